"""Records: each is read from a file, and gives its layout exactly what that asks for."""

import tomllib
from datetime import date
from pathlib import Path

import pytest

from workflow.documents.catalogue import shipped
from workflow.documents.context import terms_context
from workflow.documents.engine import compile_template
from workflow.errors import InvalidInputError
from workflow.records.kinds import KINDS

FOLDER = Path(__file__).parents[2] / "data" / "records"
FILES = {path.stem: path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.toml"))}
EACH = [(kind, language) for kind in KINDS for language in ("zh-TW", "en")]


@pytest.fixture
def read(tmp_path):
    """Read a record of a kind from its file."""

    def read(kind, more=""):
        path = tmp_path / "record.toml"
        path.write_text(more + FILES[kind], encoding="utf-8")
        return KINDS[kind].load(path)

    return read


def test_every_record_is_of_a_kind_there_is_a_layout_for():
    assert set(KINDS) == set(FILES)
    assert all({"zh-TW", "en"} <= set(shipped().languages(kind)) for kind in KINDS)


@pytest.mark.parametrize(("kind", "language"), EACH)
def test_a_record_gives_its_layout_all_it_asks_for(kind, language, read, setting):
    place = setting(language=language)
    heading = dict.fromkeys(("number", "ref", "date", "owner", "revision", "classification", "receipt"), "x")
    context = {
        **terms_context(place.terms, language),
        **read(kind).context(place),
        "document": heading | {"draft": False},
    }

    assert compile_template(shipped().layout(kind, language).body).render(context)


@pytest.mark.parametrize("kind", KINDS)
def test_a_record_reads_back_from_its_bytes(kind, read):
    record = read(kind)

    assert type(record).model_validate_json(record.canonical()) == record
    assert len(record.digest) == 64


@pytest.mark.parametrize("kind", KINDS)
def test_a_slip_is_told_with_its_place(kind, read):
    with pytest.raises(InvalidInputError) as refusal:
        read(kind, more="slip = 1\n")

    assert [problem.path for problem in refusal.value.problems] == ["slip"]


@pytest.mark.parametrize(
    ("kind", "old", "new", "path"),
    [
        ("request-letter", "delivery =", "reply_by = 2026-12-01\ndelivery =", "."),
        ("request-letter", 'by = "hand"', 'by = "hand", sent_on = 2026-11-02, received_on = 2026-11-01',
         "delivery.received_on"),
        ("request-letter", 'by = "hand"', 'by = "pigeon"', "delivery.by"),
        ("notice", '"rescission"', '"renewal"', "demand"),
        ("notice", "returns =", "renewal = { months = 12 }\nreturns =", "renewal"),
        ("kpi-review", "last_day = 2026-03-31", "last_day = 2025-03-31", "last_day"),
        ("contact-log", "on = 2026-01-14", "on = 2025-01-14", "entries"),
        ("contact-log", "next_on = 2026-02-01", "next_on = 2026-01-14", "entries[0].next_on"),
        ("contact-log", "next_on = 2026-02-01", "", "entries[0].next_on"),
        ("acceptance-record", "inspected_on = 2026-03-04", "inspected_on = 2026-02-04", "inspected_on"),
        ("acceptance-record", '"conditional"', '"accepted"', "result"),
        ("contract-card", '"joining"', '"company"', "seals"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(kind, old, new, path):
    assert old in FILES[kind]
    with pytest.raises(InvalidInputError) as refusal:
        KINDS[kind].read(tomllib.loads(FILES[kind].replace(old, new)))

    assert path in [problem.path for problem in refusal.value.problems]


def test_a_letter_tells_the_day_it_arrived(setting):
    letter = KINDS["request-letter"].read(
        {
            "subject": "s",
            "basis": "b",
            "requests": ["r"],
            "delivery": {"by": "email", "received_on": date(2026, 11, 24), "received_by": "Ann"},
        }
    )

    delivery = letter.context(setting())["request"]["delivery"]

    assert (delivery["received_on"], delivery["received_by"]) == ("24 November 2026", "Ann")


def test_a_seal_request_leaves_blank_what_nobody_knows_yet(read, setting):
    card = read("contract-card").context(setting())["card"]

    assert (card["seal_company"], card["seal_contract"], card["seal_joining"]) == ("yes", "", "yes")
    assert (card["originals"], card["copies"], card["dated"], card["log"]) == ("2", "1", "", [])
    assert [row["on"] for row in card["watch"]] == ["1 January 2026", "1 December 2026", "31 December 2026"]


def test_a_card_without_known_holidays_leaves_the_day_of_notice_to_be_filled_in(read, setting):
    period = {"start": date(2090, 1, 1), "end": date(2190, 1, 1), "notice_days": 30}

    card = read("contract-card").context(setting(period=period))["card"]

    assert [row["on"] for row in card["watch"]] == ["1 January 2090", "1 January 2190"]
