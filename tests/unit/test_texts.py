"""Typed text: what may stand in a name, a paragraph or for a day, and what is hidden in none."""

import unicodedata
from contextlib import suppress
from datetime import date, datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from workflow.problems import Refused
from workflow.texts import Day, Line, Text, clean_line, clean_text

FEW = settings(max_examples=150, deadline=None, database=None)
HIDDEN = {
    "NUL": "\0",
    "escape": "\x1b",
    "bell": "\a",
    "tab": "\t",
    "delete": "\x7f",
    "C1 control": "\x9b",
    "next line": "\x85",
    "line separator": "\u2028",
    "paragraph separator": "\u2029",
    "right-to-left override": "\u202e",
    "left-to-right embedding": "\u202a",
    "first strong isolate": "\u2068",
    "right-to-left mark": "\u200f",
    "Arabic letter mark": "\u061c",
    "zero-width space": "\u200b",
    "zero-width non-joiner": "\u200c",
    "zero-width joiner": "\u200d",
    "word joiner": "\u2060",
    "invisible times": "\u2062",
    "byte-order mark": "\ufeff",
    "soft hyphen": "\u00ad",
    "Mongolian vowel separator": "\u180e",
    "tag letter": "\U000e0041",
    "combining grapheme joiner": "\u034f",
    "Hangul filler": "\u3164",
    "half-width Hangul filler": "\uffa0",
    "blank Braille": "\u2800",
    "high surrogate": "\ud800",
    "low surrogate": "\udfff",
    "no character": "\ufffe",
    "unassigned": "\u0378",
}


class Typed(BaseModel):
    line: Line = "-"
    text: Text = "-"
    day: Day = date(2026, 1, 1)


@pytest.mark.parametrize("clean", [clean_line, clean_text])
@pytest.mark.parametrize("character", HIDDEN.values(), ids=HIDDEN.keys())
def test_refuses_a_hidden_character_and_names_it(character, clean):
    with pytest.raises(Refused) as refusal:
        clean(f"Formosa{character}Ltd")

    assert refusal.value.facts == {"code": f"{ord(character):04X}"}
    assert refusal.value.fix


@pytest.mark.parametrize("clean", [clean_line, clean_text])
@pytest.mark.parametrize(
    "text",
    [
        "Ann",
        "台積電股份有限公司",
        "Café Müller & Söhne <GmbH>",
        "甲　乙",
        "𠮷野家",
        "{{ name }}",
        "'; DROP TABLE",
        "O\u2019Neil",
        "堀\U000e0100",
        "造字\ue000",
    ],
)
def test_keeps_what_can_be_seen(text, clean):
    assert clean(text) == text


@pytest.mark.parametrize("clean", [clean_line, clean_text])
@pytest.mark.parametrize("blank", ["", " ", "\n", "\t \r\n", "\u3000", "\u00a0"])
def test_refuses_a_blank(blank, clean):
    with pytest.raises(Refused, match="is empty"):
        clean(blank)


def test_takes_the_space_off_both_ends():
    assert clean_line("  Ann \n") == "Ann"
    assert clean_text("\n a \n b \n") == "a \n b"


@pytest.mark.parametrize("two", ["a\nb", "a\rb", "a\r\nb"])
def test_a_line_is_one_line(two):
    with pytest.raises(Refused, match="more than one line"):
        clean_line(two)


def test_a_text_has_plain_line_ends():
    assert clean_text("a\r\nb\rc\nd") == "a\nb\nc\nd"


def test_writes_a_letter_with_its_accent_one_way():
    assert clean_line("Cafe\u0301") == clean_text("Cafe\u0301") == "Caf\u00e9"


@pytest.mark.parametrize(("field", "most"), [("line", 200), ("text", 10_000)])
def test_has_a_longest_length(field, most):
    assert len(getattr(Typed(**{field: "字" * most}), field)) == most
    for length in (most + 1, 10**6):
        with pytest.raises(ValidationError, match=f"at most {most} characters"):
            Typed(**{field: "字" * length})


@pytest.mark.parametrize("value", [1, 1.5, True, None, b"Ann", ["Ann"], {"name": "Ann"}])
def test_takes_text_only(value):
    with pytest.raises(ValidationError):
        Typed(line=value)
    with pytest.raises(ValidationError):
        Typed(text=value)


@pytest.mark.parametrize(
    "written", [date(2026, 12, 1), "2026-12-01", "2026/12/1", "2026年12月1日", "民國115年12月1日"]
)
def test_reads_a_day_in_the_forms_that_mean_one_day(written):
    assert Typed(day=written).day == date(2026, 12, 1)


@pytest.mark.parametrize(
    "written",
    [
        0,
        20261201,
        1798761600,
        0.0,
        float("nan"),
        10**5000,
        True,
        "0",
        "1798761600",
        "12/01/2026",
        "115/12/01",
        "2026-13-01",
        "2026-02-29",
        "２０２６-12-01",
        "",
        "tomorrow",
        "9" * 5000,
        None,
        [],
        datetime(2026, 12, 1, 9, 30),  # noqa: DTZ001 - what TOML gives for a local date and time
    ],
    ids=lambda written: str(type(written).__name__),
)
def test_refuses_what_is_no_day_or_could_be_two(written):
    with pytest.raises(ValidationError):
        Typed(day=written)


@FEW
@given(st.text())
@example("\ud800")
def test_what_is_accepted_is_accepted_again_unchanged(text):
    for clean in (clean_line, clean_text):
        with suppress(Refused):
            cleaned = clean(text)
            assert cleaned == clean(cleaned) == unicodedata.normalize("NFC", cleaned)
            assert cleaned.encode()
