"""The clause library by command: choosing otherwise, checking, and a library of one's own."""

import json
import zipfile
from contextlib import closing

import docx
import pytest

from approvals.forgery import Forgery
from workflow import Terms, Workspace
from workflow.documents.house import House
from workflow.wordings import canonical

FALLBACK = """
[[clauses]]
id = "liability.cap"
use = "liability.double"
why = "對方堅持，並同意三十日付款。"
"""
OWN = """
[[clauses]]
id = "quality.samples"
title = "樣品"
own = "乙方應就每批成果保存封樣一年。"
why = "第二輪議定。"

[[clauses]]
id = "publicity.consent"
omit = true
why = "本案不對外公開。"
"""
LAW = """family = "law"

[[clauses]]
id = "law.governing"
version = "9.0.0"
kinds = ["services"]
order = 960
title = "準據法"
reason = "本公司一律以中華民國法律為準據法。"
text = "本契約依本公司慣例，以中華民國法律為準據法。"
"""


def with_clauses(cli, text):
    cli.write("chosen.toml", (cli.folder / "terms.toml").read_text(encoding="utf-8") + text)


def name_library(cli):
    config = cli.folder / "assent.toml"
    config.write_text(config.read_text(encoding="utf-8") + 'library = "house"\n', encoding="utf-8")


def contract(cli, folder="papers"):
    """Return the newest contract's text."""
    cli("documents", "save", "1", "--out", folder)
    path = max((cli.folder / folder).glob("*services*.docx"), key=lambda path: path.name)
    return "\n".join(paragraph.text for paragraph in docx.Document(str(path)).paragraphs)


def test_lists_every_clause_in_each_language_with_its_fallbacks(founded):
    rows = founded.json("clauses", "list")["clauses"]

    assert {row["language"] for row in rows} == {"zh-TW", "en"}
    liability = next(row for row in rows if (row["id"], row["language"]) == ("liability.cap", "en"))
    assert [fallback["rank"] for fallback in liability["fallbacks"]] == [1, 2, 3]
    assert all(
        fallback["text"] and fallback["reason"] and fallback["risk"] for fallback in liability["fallbacks"]
    )
    assert len({row["family"] for row in rows}) >= 45


def test_shows_a_clause_and_says_which_there_are_where_there_is_none(founded):
    shown = founded("clauses", "show", "liability.cap").out

    assert "Fallback 1:" in shown
    assert "民法 §222" in shown
    assert "[if liability.kind" in shown
    assert not any(tag in shown for tag in ("{{", "{%", "%}"))
    assert "liability" in founded.refuses("W100", 3, "clauses", "show", "liability").err


def test_what_is_not_standard_is_listed_signed_with_and_told_to_the_policy(confirmed):
    with_clauses(confirmed, FALLBACK + OWN)
    confirmed("draft", "1", "--terms", "chosen.toml")

    rows = confirmed.json("clauses", "deviations", "1")["deviations"]
    assert [(row["id"], row["chosen"], row["risk"]) for row in rows] == [
        ("liability.cap", "liability.double", "medium"),
        ("quality.samples", "added", "high"),
        ("publicity.consent", "omitted", "high"),
    ]
    text = contract(confirmed)
    assert "乙方應就每批成果保存封樣一年。" in text
    assert "本案不對外公開" not in text

    confirmed("submit", "1")
    asked = {row["rule"]: row for row in confirmed.json("policy", "why", "1")["rules"]}
    assert asked["L01"]["fired"]
    assert confirmed.json("audit", "verify")["ok"]
    confirmed("documents", "save", "1", "--out", "sheets")


def test_the_approval_sheet_says_what_is_not_standard_and_why(confirmed, ways):
    with_clauses(confirmed, FALLBACK)
    confirmed("draft", "1", "--terms", "chosen.toml")
    confirmed("submit", "1")
    ways.review(confirmed)
    confirmed("approve", "1", "--reason", "同意。", "--yes", person="bob")

    confirmed("documents", "save", "1", "--out", "sheets")
    sheet = max((confirmed.folder / "sheets").glob("*approval-sheet*.docx"), key=lambda path: path.name)
    with zipfile.ZipFile(sheet) as package:
        text = package.read("word/document.xml").decode()
    assert "liability.double" in text
    assert "對方堅持，並同意三十日付款。" in text
    (made,) = [r for r in confirmed.json("documents", "list", "1")["documents"] if r["kind"] == "services"]
    saved = (confirmed.folder / "sheets" / made["name"]).read_bytes()
    assert "對方堅持".encode() not in saved


def test_a_contract_that_contradicts_itself_is_checked_and_not_drafted(confirmed):
    wrong = OWN.replace(
        "乙方應就每批成果保存封樣一年。", "遲延利息按年利率百分之二十計算，並依第九十九條辦理。"
    )
    with_clauses(confirmed, wrong)

    found = confirmed.json("check", "1", "--terms", "chosen.toml", code=1)
    assert not found["ok"]
    assert [fault["where"] for fault in found["faults"]] == ["clauses.quality.samples"] * 2
    refused = confirmed.refuses("W101", 1, "draft", "1", "--terms", "chosen.toml")
    assert "20%" in refused.err
    assert confirmed.json("check", "1")["ok"]


@pytest.mark.parametrize(
    ("change", "error", "code"),
    [
        (("liability.double", "liability.tenfold"), "W100", 3),
        (("liability.cap", "liability.none"), "W100", 3),
        (('why = "對方堅持，並同意三十日付款。"', ""), "W001", 2),
    ],
)
def test_a_choice_there_is_not_is_refused_and_nothing_is_drafted(confirmed, change, error, code):
    with_clauses(confirmed, FALLBACK.replace(*change))

    confirmed.refuses(error, code, "draft", "1", "--terms", "chosen.toml")


def test_a_library_of_ones_own_goes_before_ours_and_binds_what_was_drafted(confirmed):
    (confirmed.folder / "house" / "clauses" / "zh-TW").mkdir(parents=True)
    own = confirmed.folder / "house" / "clauses" / "zh-TW" / "law.toml"
    own.write_text(LAW, encoding="utf-8")
    name_library(confirmed)

    confirmed("draft", "1")
    assert "依本公司慣例" in contract(confirmed, "first")
    own.write_text(LAW.replace("依本公司慣例", "依本公司新例"), encoding="utf-8")
    confirmed("submit", "1")
    assert "依本公司慣例" in contract(confirmed, "second")
    assert all(row["verdict"] == "same" for row in confirmed.json("audit", "reproduce", "1")["documents"])
    assert confirmed.json("audit", "verify")["ok"]


def test_a_layout_of_ones_own_is_listed_as_such(confirmed):
    ours = docx.Document()
    ours.add_paragraph("{{ title }}")
    ours.add_paragraph("{%p for clause in clauses %}")
    ours.add_paragraph("{{ clause.number }} {{ clause.title }}")
    ours.add_paragraph("{%p endfor %}")
    folder = confirmed.folder / "house" / "layouts" / "services" / "zh-TW"
    folder.mkdir(parents=True)
    ours.save(str(folder / "template.docx"))
    manifest = {"id": "services", "version": "9.0.0", "kind": "services", "stage": "drafting"}
    manifest |= {"audience": "both", "language": "zh-TW", "title": "本公司勞務契約"}
    lines = "".join(f'{name} = "{value}"\n' for name, value in manifest.items())
    (folder / "manifest.toml").write_text(lines, encoding="utf-8")
    name_library(confirmed)

    rows = confirmed.json("templates", "list")["templates"]
    mine = next(row for row in rows if (row["kind"], row["language"]) == ("services", "zh-TW"))
    assert (mine["version"], mine["title"]) == ("9.0.0", "本公司勞務契約")
    confirmed("draft", "1")
    assert "第一條 定義" in contract(confirmed)


def test_a_library_with_a_slip_is_refused_by_file(confirmed):
    name_library(confirmed)
    confirmed.refuses("W077", 1, "draft", "1")
    (confirmed.folder / "house" / "clauses" / "zh-TW").mkdir(parents=True)
    (confirmed.folder / "house" / "clauses" / "zh-TW" / "law.toml").write_text(
        LAW.replace("order = 960", 'order = "last"'), encoding="utf-8"
    )

    assert "law.toml" in confirmed.refuses("W001", 2, "draft", "1").err


def headers(path):
    """Return what the page headers of a document hold."""
    with zipfile.ZipFile(path) as package:
        return "".join(package.read(name).decode() for name in package.namelist() if "header" in name)


def test_documents_have_the_look_of_the_house_by_command_and_by_script(confirmed):
    config = confirmed.folder / "assent.toml"
    config.write_text(config.read_text(encoding="utf-8") + '[house]\nname = "台北光電"\n', encoding="utf-8")
    confirmed("draft", "1")
    with Workspace.open(confirmed.folder / "assent.db", person="alice", house=House(name="光電集團")) as ws:
        ws.get("1").draft(Terms.load(confirmed.folder / "changed.toml"))

    confirmed("documents", "save", "1", "--out", "papers")
    first, second = sorted((confirmed.folder / "papers").glob("*services*.docx"))
    assert "台北光電" in headers(first)
    assert "光電集團" in headers(second)
    assert all(row["verdict"] == "same" for row in confirmed.json("audit", "reproduce", "1")["documents"])


def test_terms_that_make_no_contract_are_told_when_an_agreement_begins(founded):
    with_clauses(founded, FALLBACK.replace("liability.double", "liability.tenfold"))

    begun = founded("new", "services", "--terms", "chosen.toml")
    assert "liability.tenfold" in begun.err


def test_a_contract_may_be_in_both_languages(founded):
    founded("new", "services", "--terms", "terms.toml", "--language", "zh-TW+en")
    for words in (
        ("open", "1"),
        ("agree", "1"),
        ("confirm", "1"),
        ("acknowledge", "1", "--evidence", "reply.eml"),
    ):
        founded(*words)
    founded("draft", "1")
    founded("submit", "1")

    text = contract(founded)
    assert "定義" in text
    assert "Definitions" in text
    rows = founded.json("documents", "list", "1")["documents"]
    languages = {row["kind"]: row["language"] for row in rows}
    assert languages["services"] == "zh-TW+en"
    assert (
        languages["term-sheet"] == languages["confirmation-letter"] == languages["review-request"] == "zh-TW"
    )
    assert founded.json("audit", "verify")["ok"]
    assert all(row["verdict"] == "same" for row in founded.json("audit", "reproduce", "1")["documents"])


def without_deviations(said):
    return {**said, "deviations": []}


def without_facts(said):
    return {**said, "clauses": [{**row, "sets": {}} for row in said["clauses"]]}


def of_another_text(said):
    first, *others = said["clauses"]
    return {**said, "clauses": [{**first, "text": "0" * 64}, *others]}


def without_a_clause(said):
    return {**said, "clauses": said["clauses"][1:]}


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (without_deviations, "that is not listed"),
        (without_facts, "not what its wording sets"),
        (of_another_text, "not the one that was recorded"),
        (without_a_clause, "not those of the contract"),
    ],
)
def test_wordings_that_were_rewritten_with_all_that_fits_are_found(confirmed, change, found):
    with_clauses(confirmed, FALLBACK.replace("double", "carve_outs"))
    confirmed("draft", "1", "--terms", "chosen.toml")
    assert confirmed.json("audit", "verify")["ok"]

    with closing(Forgery(confirmed.folder / "assent.db")) as forgery:
        (ref,) = forgery.streams()

        def forge(body):
            said = json.loads(forgery.content(body["payload"]["wordings"]))
            body["payload"]["wordings"] = forgery.keep(canonical(change(said)))

        forgery.edit(ref, len(forgery.bodies(ref)), forge)

    findings = confirmed.json("audit", "verify", code=5)["findings"]
    assert {row["check"] for row in findings} == {"duties"}
    assert any(found in json.dumps(row) for row in findings)
