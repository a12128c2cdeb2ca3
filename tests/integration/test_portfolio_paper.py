"""The portfolio as a document: made by its script, true to the dossier, and sound whatever people wrote."""

import importlib.util
import io
import sys
from pathlib import Path

import docx
import pytest

import approvals
from approvals.assessing import AssessmentDesk
from approvals.assessments import Judgement
from approvals.dossier import read_dossier
from approvals.portfolio_paper import MOST_PIECES, paper_of

TESTS = Path(__file__).parents[1]
DATA = Path(approvals.__file__).parent / "data"
UNIT = "BGM4R0450v2"
NASTY = "</w:t><w:p/> {{ 7*7 }} {%p if x %} & “引號” \u3000末"
LANGUAGES = pytest.mark.parametrize("language", ["zh-TW", "en"])


@pytest.fixture(scope="module")
def office(found, sqlite, tmp_path_factory):
    """A store with one agreement in sign-off, and two judgements of alice's work by it."""
    with found(sqlite, tmp_path_factory.mktemp("portfolio")) as world:
        world.enter(["zoe"], "assessor")
        ref = world.in_sign_off()
        desk = AssessmentDesk(world.store, "zoe")
        for word, reason in (("not-yet", NASTY), ("met", "已補充說明。")):
            said = Judgement("alice", UNIT, "P3.2", word, "documents", ((ref, 7),), reason)
            desk.assess(said, world.signer("zoe"))
        yield world


@pytest.fixture(scope="module")
def dossier(office):
    with office.reader() as reader:
        return read_dossier(reader, "alice", UNIT)


def tables_of(body):
    return [
        [[cell.text for cell in row.cells] for row in table.rows]
        for table in docx.Document(io.BytesIO(body)).tables
    ]


def text_of(body):
    document = docx.Document(io.BytesIO(body))
    cells = [cell for table in tables_of(body) for row in table for cell in row]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def test_its_templates_are_what_the_script_makes():
    before = list(sys.path)
    spec = importlib.util.spec_from_file_location("portfolio_layout", TESTS / "layouts" / "portfolio.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    sys.path[:] = before

    made = script.built()

    assert set(made) == {path.name for path in DATA.glob("*.docx")}
    for name, body in made.items():
        assert script.parts_of((DATA / name).read_bytes()) == script.parts_of(body), name


@LANGUAGES
def test_is_a_sound_document(dossier, language, beside, schema):
    body = paper_of(dossier, language)

    # The only tag in it is the one that somebody wrote as their own words.
    assert all(NASTY[:10] in fault for fault in beside("validity").faults(body))
    assert not schema(body)


@LANGUAGES
def test_the_same_dossier_gives_the_same_bytes(dossier, language):
    assert paper_of(dossier, language) == paper_of(dossier, language)


@LANGUAGES
def test_shows_every_row_and_what_assessors_wrote_as_they_wrote_it(dossier, language):
    text = text_of(paper_of(dossier, language))

    for shown in dossier.portfolio.rows:
        assert shown.row.label.said(language) in text
    assert NASTY.replace("\u3000", " ") in text.replace("\u3000", " ")
    assert "已補充說明。" in text
    assert "zoe" in text


@LANGUAGES
def test_shows_both_judgements_and_which_stands(dossier, language):
    judged = next(
        table
        for table in tables_of(paper_of(dossier, language))
        if [row[0] for row in table[1:]] == ["P3.2"] * 2
    )

    superseded = {"zh-TW": "日後之判斷取代", "en": "a later judgement took its place"}[language]
    assert [superseded in row[1] for row in judged[1:]] == [True, False]


def test_of_very_much_the_newest_is_shown_and_how_much_more_there_is(dossier, monkeypatch):
    monkeypatch.setattr("approvals.portfolio_paper.MOST_PIECES", 2)

    body = paper_of(dossier, "en")

    pieces = len(dossier.portfolio.row("P3.3").artefacts)
    assert f"{pieces - 2} earlier pieces are in portfolio.csv." in text_of(body)
    assert pieces < MOST_PIECES + 2


def test_judges_nobody(dossier):
    text = text_of(paper_of(dossier, "en")).lower()

    assert "competent" not in text


def test_says_so_where_there_is_nothing(office):
    with office.reader() as reader:
        empty = read_dossier(reader, "judy", UNIT)

    text = text_of(paper_of(empty, "zh-TW"))
    assert "尚無。" in text
    assert "0／46" in text
