"""The bundle's report for the file: what it says, in which shape, and what no text can do to it."""

import importlib.util
import io
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import docx
import pytest
from docx.oxml.ns import qn

from approvals.bundle import export
from approvals.reports import report
from approvals.reports.cells import COLUMNS
from workflow.documents import engine
from workflow.reading import Reader

VALIDATOR = os.environ.get("ASSENT_OOXML_VALIDATOR")


def _beside(name):
    full = f"assent_tests_{name}"
    if full not in sys.modules:
        folder = Path(__file__).parents[1] if name == "validity" else Path(__file__).parent
        spec = importlib.util.spec_from_file_location(full, folder / f"{name}.py")
        sys.modules[full] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[full])
    return sys.modules[full]


bundles, forging, validity = _beside("bundles"), _beside("forging"), _beside("validity")

REF = bundles.REF
WORDS = "責任上限過高，請改為百分之百。"
NASTY = "</w:t><w:p/> {{ report.log }} {% if x %} & =cmd|'/c calc'!A1"
HEADINGS = (
    "簽署紀錄", "專家意見與條件", "規則所要求者", "版本與變更", "文件", "經過之狀態", "歷時", "時間軸",
)  # fmt: skip


@pytest.fixture(scope="module")
def office(found, sqlite, tmp_path_factory):
    """A store with an agreement returned, approved in a second revision and executed, and one withdrawn."""
    with found(sqlite, tmp_path_factory.mktemp("office")) as world:
        terms = world.terms.model_copy(update={"title": f"客服 {NASTY}"})
        drafted = world.negotiated(terms).draft()
        world.clock.advance(days=1)
        drafted.submit(note=NASTY)
        forging.answer(world, REF, "dan", "conditions", forging.MUST)
        forging.close(world, REF, "F-1", "C-1", "grace", "附件二已補。")
        world.resolve_all(REF)
        world.decide(REF, "bob", reason="同意。\n但請追蹤。")
        world.clock.advance(days=9)
        world.decide(REF, "grace", "return", reason=WORDS)
        world.workspace().get(REF).draft(terms.model_copy(update={"purpose": "另一目的。"})).submit()
        world.resolve_all(REF)
        world.delegate("bob", "hana", kinds=("services",), max_value=10_000_000)
        world.decide(REF, "hana")
        world.decide(REF, "grace")
        today = world.clock().date()
        world.workspace().get(REF).execute(forging.execution(today)).activate()
        other = world.submitted()
        other.withdraw(reason="對方改變心意。")
        world.other = other.ref
        yield world


def written(place, *refs, redact=False):
    """Return the bytes of the report of some agreements."""
    with Reader(place) as reader:
        return export(reader, refs or (REF,), redact=redact)["report.docx"]


def read(body):
    return docx.Document(io.BytesIO(body))


def words_of(node):
    """Return the text in an element, line after line."""
    texts = node.iter(qn("w:t"), qn("w:br"))
    return "".join("\n" if text.tag == qn("w:br") else text.text or "" for text in texts)


def faults(body):
    """Return what is wrong with a report, but the tags that people wrote."""
    return [fault for fault in validity.faults(body) if "template tag is left" not in fault]


def text_of(body):
    """Return all that the report says, line by line."""
    paragraphs = read(body).element.body.iter(qn("w:p"))
    return "\n".join(map(words_of, paragraphs))


def table_under(body, heading):
    """Return the rows of the first table under a heading, as texts."""
    nodes = iter(read(body).element.body)
    next(node for node in nodes if heading in words_of(node) and node.tag == qn("w:p"))
    table = next(node for node in nodes if node.tag == qn("w:tbl"))
    return [[words_of(cell) for cell in row.iter(qn("w:tc"))] for row in table.iter(qn("w:tr"))]


@pytest.fixture(scope="module")
def body(office):
    return written(office.place)


@pytest.fixture(scope="module")
def said(body):
    return text_of(body)


def test_tells_whose_agreement_it_is_and_what_became_of_it(said):
    for words in ("台北光電股份有限公司", "和風客服有限公司", "何愛莉", "in force", "林志遠", "our side"):
        assert words in said


def test_names_every_head_in_groups_to_compare_with_a_receipt(office, said):
    head = office.case(REF).head

    groups = " ".join(head[start : start + 4] for start in range(0, 64, 4))
    assert said.count(groups) == 2
    assert f"{REF}#{office.case(REF).seq}" in said


def test_names_whoever_signed_with_key_text_and_whom_they_stood_for(office, body):
    rows = table_under(body, "簽署紀錄")

    for decision in office.case(REF).decisions:
        row = next(row for row in rows if row[0] == str(decision.seq))
        assert decision.key in row[4]
        assert decision.document in row[4]
    deputy = next(row for row in rows if "張花" in row[1])
    assert "代理 陳伯寧" in deputy[1]


def test_tells_what_was_said_with_each_decision_and_opinion(said):
    for words in (WORDS, "但請追蹤。", "依個資法第八條。", forging.MUST.text, "附件二已補。"):
        assert words in said


def test_lists_every_event_with_the_working_days_since_the_one_before(office, body):
    rows = [row for row in table_under(body, "時間軸") if len(row) == 6][1:]

    events = office.events(REF)
    assert [row[0] for row in rows] == [str(event.seq) for event in events]
    assert [row[5] for row in rows] == [event.receipt for event in events]
    returned = next(event.seq for event in events if event.type == "returned")
    assert rows[returned - 1][4] == "7"


def test_shows_what_a_revision_changed_with_what_went_struck_out(body):
    runs = [run for p in read(body).element.body.iter(qn("w:p")) for run in p.iter(qn("w:r"))]

    def marked(look):
        return "".join(words_of(run) for run in runs if run.find(f"{qn('w:rPr')}/{qn(look)}") is not None)

    struck, came = marked("w:strike"), marked("w:u")
    assert "另一目的" in came
    assert struck


def test_names_the_rules_that_asked_for_each_sign_off(office, body, said):
    asked = "\n".join("".join(row) for row in table_under(body, "規則所要求者"))

    for seat in office.case(REF).submission.seats:
        for rule in seat.rules:
            assert rule in asked
    assert "所有協議" in said


def test_names_every_document_with_its_digest(office, body):
    rows = table_under(body, "文件　Documents")[1:]

    assert [(row[0], row[2]) for row in rows] == [(d.name, d.file) for d in office.case(REF).documents]


def test_draws_the_states_with_a_sign_beside_the_shade(body):
    cells = {cell[2:]: cell[0] for row in table_under(body, "經過之狀態") for cell in row if cell}

    signs = "".join(cells.values())
    assert signs.count("■") == 1
    assert "●" in signs
    assert "○" in signs


def test_draws_the_chart_as_wide_as_its_grid(body):
    for table in read(body).element.body.iter(qn("w:tbl")):
        if len(list(table.iter(qn("w:gridCol")))) == COLUMNS + 2:
            break
    fills = {shade.get(qn("w:fill")) for shade in table.iter(qn("w:shd"))}

    assert len(fills) > 3
    assert "◆" in words_of(table)
    assert faults(body) == []


def test_every_agreement_begins_on_a_new_page(office):
    document = read(written(office.place, REF, office.other))

    firsts = [p for p in document.paragraphs if p.style.name == "Heading 1"]
    assert [p.text.split("　")[0] for p in firsts] == [REF, office.other]
    assert all(p.paragraph_format.page_break_before for p in firsts)


def test_has_headings_of_words_own_and_head_rows_that_come_again(body):
    document = read(body)

    headings = [p for p in document.paragraphs if p.style.name == "Heading 2"]
    assert [h for h in HEADINGS if any(p.text.startswith(h) for p in headings)] == list(HEADINGS)
    assert all(p.style.paragraph_format.keep_with_next for p in headings)
    for name in ("簽署紀錄", "時間軸"):
        nodes = iter(document.element.body)
        next(node for node in nodes if name in words_of(node) and node.tag == qn("w:p"))
        table = next(node for node in nodes if node.tag == qn("w:tbl"))
        assert next(table.iter(qn("w:tr"))).find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None
    codes = [code.text.strip() for code in document.sections[0].footer._element.iter(qn("w:instrText"))]
    assert set(codes) == {"PAGE", "NUMPAGES"}
    assert [
        round(side.mm) for side in (document.sections[0].page_width, document.sections[0].page_height)
    ] == [210, 297]


def test_says_that_it_judges_nothing_and_what_it_does_not_prove(said, office):
    assert "it judges nothing" in said
    assert "不作任何判斷" in said
    assert "nothing newer was cut off" in said
    assert office.signer("alice").public_key.fingerprint in said


def test_its_digest_of_the_other_files_is_found_by_the_command_it_gives(office, tmp_path, said):
    if not shutil.which("jq"):
        pytest.skip("jq is missing")
    folder = bundles.exported(office.place, tmp_path / "bundle")
    command = next(line for line in said.splitlines() if line.startswith("jq "))

    done = subprocess.run(["bash", "-c", command], cwd=folder, capture_output=True, text=True, check=True)

    digest = done.stdout.split()[0]
    assert " ".join(digest[start : start + 4] for start in range(0, 64, 4)) in said


def test_the_verifier_says_that_its_words_were_not_checked(office, tmp_path):
    folder = bundles.exported(office.place, tmp_path / "bundle")

    checked = bundles.Checked(folder)

    assert checked.code == 0
    assert re.search(r"not checked: .*words and drawings of the page and of report\.docx", checked.said)
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert [row["path"] for row in manifest["files"] if row["what"] == "report"] == ["report.docx"]


def test_the_verifier_misses_a_report_that_is_gone(office, tmp_path):
    folder = bundles.exported(office.place, tmp_path / "bundle")
    (folder / "report.docx").unlink()
    bundles.refreshed(folder)

    assert "report.docx" in bundles.Checked(folder).where


def test_depends_on_no_compressor(body):
    with zipfile.ZipFile(io.BytesIO(body)) as package:
        assert {entry.compress_type for entry in package.infolist()} == {zipfile.ZIP_STORED}
        assert package.namelist()[0] == "[Content_Types].xml"


def test_what_people_wrote_stays_text(said):
    assert f"客服 {NASTY}" in said
    assert said.count(NASTY) > 1


def test_withheld_words_stand_nowhere_in_it(office):
    said = text_of(written(office.place, redact=True))

    for words in (WORDS, "但請追蹤。", "依個資法第八條。", forging.MUST.text, "附件二已補。"):
        assert words not in said
    assert "words withheld" in said
    assert "were withheld when the bundle was made" in said


@pytest.fixture
def copy(office, tmp_path):
    with forging.copied(office, {}, tmp_path / "copy.db") as copy:
        yield copy


def test_of_a_trail_that_does_not_add_up_it_lists_what_can_be_read(copy, office):
    seq = office.case(REF).seq
    change = "UPDATE event SET line = ? WHERE seq = ? AND stream = ?"
    hidden = json.dumps({"type": "\u202e<w:p/>\x00{{ x }}", "actor": ["x"] * 500, "at": "9999"})
    copy.db.execute(change, ("not JSON", 2, REF))
    copy.db.execute(change, (hidden, 3, REF))

    body = written(copy.place)

    said = text_of(body)
    rows = [row for row in table_under(body, "時間軸") if len(row) == 6][1:]
    assert "do not add up to an agreement" in said
    assert [row[0] for row in rows] == [str(number) for number in range(1, seq + 1)]
    assert "it cannot be read" in rows[1][3]
    assert "[U+202E]<w:p/>[U+0000]{{ x }}" in rows[2][3]
    assert len(rows[2][2]) < 200
    assert "何愛莉" in rows[3][2]
    assert faults(body) == []


@pytest.mark.parametrize("line", ["[]", "{}", '{"type": {}, "actor": null}', "[" * 100_000, ""])
def test_no_line_keeps_it_from_being_written(copy, line):
    copy.db.execute("UPDATE event SET line = ? WHERE seq = 4 AND stream = ?", (line, REF))

    assert "do not add up to an agreement" in text_of(written(copy.place))


def test_a_registry_that_cannot_be_read_leaves_the_identifiers(copy):
    copy.db.execute("UPDATE event SET line = 'x' WHERE seq = 3 AND stream = 'registry'")

    assert "alice" in text_of(written(copy.place))


def test_more_agreements_than_a_document_holds_leave_their_list(office, monkeypatch):
    monkeypatch.setattr(engine, "_LARGEST", 150_000)

    body = written(office.place, REF, office.other)

    said = text_of(body)
    assert "lists the agreements only" in said
    assert office.other in said
    assert "時間軸" not in said
    assert faults(body) == []


@pytest.mark.skipif(not VALIDATOR, reason="ASSENT_OOXML_VALIDATOR names no Open XML SDK validator")
def test_the_open_xml_sdk_finds_nothing_in_it(office, copy, tmp_path):
    copy.db.execute("UPDATE event SET line = 'not JSON' WHERE seq = 2 AND stream = ?", (REF,))
    bodies = {
        "one.docx": written(office.place),
        "two.docx": written(office.place, REF, office.other),
        "redacted.docx": written(office.place, redact=True),
        "broken.docx": written(copy.place),
    }

    for name, body in bodies.items():
        path = tmp_path / name
        path.write_bytes(body)
        done = subprocess.run([VALIDATOR, path], capture_output=True, text=True, timeout=120, check=False)
        assert json.loads(done.stdout)["errors"] == [], name


def test_is_valid_by_the_schema(office, schema):
    assert schema(written(office.place, REF, office.other)) == []


def test_the_template_has_a_place_for_every_state(body):
    from workflow.lifecycle import State

    template = report._TEMPLATE.read_bytes()
    with zipfile.ZipFile(io.BytesIO(template)) as package:
        document = package.read("word/document.xml").decode()
    assert all(f"agreement.states.{state.value}.text" in document for state in State)


def test_what_was_approved_and_is_no_more_says_that_not_all_have(sqlite_world):
    ref = sqlite_world.approved()
    last = sqlite_world.case(ref).decisions[-1]
    assert "have approved" not in text_of(written(sqlite_world.place, ref))

    sqlite_world.retract(ref, last.person, last.receipt)

    assert "not all who were asked have approved" in text_of(written(sqlite_world.place, ref))
