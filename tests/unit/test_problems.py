"""Problems with input: all of them at once, each with its place, its value and its remedy."""

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from workflow.errors import InvalidInputError
from workflow.problems import LARGEST_FILE, Problem, Refused, checked, read_toml
from workflow.texts import Day, Line

FEW = settings(max_examples=150, deadline=None, database=None)
BOM = b"\xef\xbb\xbf"


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class Wheel(BaseModel):
    model_config = ConfigDict(extra="forbid")

    size: Annotated[int, Field(ge=10, le=30)]
    spokes: Annotated[Decimal, Field(gt=0, decimal_places=2, allow_inf_nan=False)] = Decimal(32)


class Frame(BaseModel):
    model_config = ConfigDict(extra="forbid")

    maker: Line
    colour: Colour = Colour.RED
    locked: bool | Literal["unknown"] = "unknown"

    @field_validator("maker")
    @classmethod
    def _not_us(cls, value):
        if value == "us":
            raise Refused("cannot be {who}", "ask {who}", who="us")
        return value


class Bicycle(BaseModel):
    model_config = ConfigDict(extra="forbid")

    frame: Frame
    wheels: Annotated[tuple[Wheel, ...], Field(min_length=1, max_length=2)]
    nickname: Line | None = None
    built: Day | None = None
    bell: bool = True
    basket: Wheel | None = None
    owners: tuple[Line, ...] = ()
    code: Annotated[str, BeforeValidator(str)] = ""

    @model_validator(mode="after")
    def _whole(self):
        if self.nickname == "unicycle":
            raise Refused("is no bicycle")
        return self


GOOD = {"frame": {"maker": "Giant"}, "wheels": [{"size": 20}]}


def problems(data):
    with pytest.raises(InvalidInputError) as refusal:
        checked(Bicycle, data, source="bike.toml")
    return refusal.value.problems


def only_problem(**changes):
    (problem,) = problems({**GOOD, **changes})
    return problem


def test_returns_the_model_where_nothing_is_wrong():
    assert checked(Bicycle, GOOD, source="bike.toml").wheels[0].size == 20


def test_tells_every_problem_at_once_with_its_place():
    found = problems(
        {
            "frame": {"maker": "", "colour": "green", "lokced": True},
            "wheels": [{"size": 9}, {"size": "big", "spokes": "-1"}],
            "nickname": 5,
            "built": 0,
            "bell": "ding",
            "owners": ["Ann", 7],
        }
    )

    assert [problem.path for problem in found] == [
        "frame.maker",
        "frame.colour",
        "frame.lokced",
        "wheels[0].size",
        "wheels[1].size",
        "wheels[1].spokes",
        "nickname",
        "built",
        "bell",
        "owners[1]",
    ]
    assert all(problem.what and problem.fix for problem in found)


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"frame": {}}, "frame.maker: is missing -- add it"),
        ({"frame": {"maker": 3}}, "frame.maker: 3 is not text -- put it in quotes"),
        ({"frame": {"maker": "us"}}, "frame.maker: 'us' cannot be us -- ask us"),
        ({"frame": "Giant"}, "frame: 'Giant' is not a table -- write it as a [section]"),
        ({"frame": {"maker": "x" * 201}}, f"frame.maker: '{'x' * 56}... is too long -- write at most 200 c"),
        (
            {"frame": {"maker": "\ud800"}},
            r"frame.maker: '\ud800' is not whole characters -- type the text again",
        ),
        (
            {"frame": {"maker": "a\x1b[31m"}},
            r"frame.maker: 'a\x1b[31m' holds the hidden character U+001B -- type the text again without it",
        ),
        (
            {"frame": {"maker": "a", "colour": "green"}},
            "frame.colour: 'green' is not one of the choices -- write one of: 'red' or 'blue'",
        ),
        (
            {"frame": {"maker": "a", "locked": "maybe"}},
            "frame.locked: 'maybe' is not true or false -- write true or false, without quotes",
        ),
        ({"wheels": []}, "wheels: has too few entries -- give at least 1"),
        ({"wheels": [{"size": 20}] * 3}, "wheels: has too many entries -- give at most 2"),
        ({"wheels": {"size": 20}}, "wheels: is not a list -- write it as a [[section]] for each"),
        ({"wheels": [{"size": 9}]}, "wheels[0].size: 9 is too small -- give at least 10"),
        ({"wheels": [{"size": 31}]}, "wheels[0].size: 31 is too large -- give at most 30"),
        ({"wheels": [{"size": 10**5000}]}, "wheels[0].size: 1.000e+5000 is too large -- give at most 30"),
        ({"wheels": [{"size": 20.5}]}, "wheels[0].size: 20.5 is not a whole number -- write digits only"),
        ({"wheels": [{"size": "x"}]}, "wheels[0].size: 'x' is not a whole number -- write digits only"),
        ({"wheels": [{"size": 20, "spokes": "0"}]}, "wheels[0].spokes: '0' is too small -- give more than 0"),
        ({"wheels": [{"size": 20, "spokes": "NaN"}]}, "wheels[0].spokes: 'NaN' is not a number -- write it"),
        ({"wheels": [{"size": 20, "spokes": "1,5"}]}, "wheels[0].spokes: '1,5' is not a number -- write it"),
        ({"wheels": [{"size": 20, "spokes": []}]}, "wheels[0].spokes: is not a number -- write it as text"),
        (
            {"wheels": [{"size": 20, "spokes": "0.001"}]},
            "wheels[0].spokes: '0.001' has too many decimals -- give at most 2",
        ),
        ({"built": 1.5}, "built: 1.5 is not a date -- write it as in 2026-12-01, without quotes"),
        ({"built": []}, "built: is not a date -- write it as in 2026-12-01, without quotes"),
        ({"bell": []}, "bell: is not true or false -- write true or false, without quotes"),
        ({"nickname": "unicycle"}, ".: is no bicycle"),
    ],
)
def test_says_it_in_our_words(changes, line):
    assert str(only_problem(**changes)).startswith(line)


def test_names_a_place_once_where_it_may_be_one_of_two_things():
    assert only_problem(frame={"maker": "a", "locked": []}).path == "frame.locked"


@pytest.mark.parametrize(
    ("changes", "path", "meant"),
    [
        ({"wheals": []}, "wheals", "wheels"),
        ({"frame": {"maker": "a", "color": "red"}}, "frame.color", "colour"),
        ({"wheels": [{"size": 20}, {"size": 20, "spoke": 1}]}, "wheels[1].spoke", "spokes"),
        ({"basket": {"sise": 1, "size": 20}}, "basket.sise", "size"),
    ],
)
def test_asks_what_an_unknown_key_was_meant_to_be(changes, path, meant):
    problem = only_problem(**changes)

    assert str(problem) == f"{path}: is not a known key -- did you mean {meant}?"


def test_lists_the_known_keys_where_an_unknown_one_resembles_none():
    line = str(only_problem(frame={"maker": "a", "zzz": 1}))

    assert line == "frame.zzz: is not a known key -- remove it; known here: maker, colour, locked"


@pytest.mark.parametrize(
    ("key", "path"),
    [
        ("\x1b[31m", r"frame.'\x1b[31m'"),
        ("\u202e", r"frame.'\u202e'"),
        ("a b", "frame.'a b'"),
        ("a\nb", r"frame.'a\nb'"),
        ("", "frame.''"),
        ("x" * 10**6, "frame.'" + "x" * 56 + "..."),
        ("顏色", "frame.顏色"),
    ],
)
def test_shows_a_hostile_key_harmless_and_short(key, path):
    assert only_problem(frame={"maker": "a", key: 1}).path == path


def test_shows_a_long_value_short():
    line = str(only_problem(wheels=[{"size": "9" * 10**6}]))

    assert len(line) < 200


def test_braces_in_what_people_wrote_are_only_text():
    line = str(only_problem(frame={"maker": "a", "colour": "{what} {0}"}))

    assert line.startswith("frame.colour: '{what} {0}' is not one of the choices")


def test_the_error_counts_and_lists_the_problems():
    error = InvalidInputError("bike.toml", [Problem("a", "is bad", "mend it", 1), Problem("b", "is worse")])

    assert str(error) == "2 problem(s) in bike.toml:\n  a: 1 is bad -- mend it\n  b: is worse"
    assert (error.code, error.exit_code) == ("W001", 2)
    assert "nothing was recorded" in error.explain()[2]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.dates() | st.times(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@FEW
@given(
    st.dictionaries(st.sampled_from([*Bicycle.model_fields, "x"]), JSON, max_size=4)
    | st.dictionaries(st.text(), JSON, max_size=3)
)
@example({"frame": 10**9000})
@example({"\ud800": "\ud800"})
def test_whatever_is_given_the_answer_is_a_model_or_problems_that_can_be_shown(data):
    listing, found = "", ()
    try:
        checked(Bicycle, data, source="bike.toml")
    except InvalidInputError as error:
        listing, found = str(error), error.problems

    assert bool(listing) == bool(found)
    assert listing.count("\n") == len(found) == len({problem.path for problem in found})


def test_reads_the_tables_of_a_file(tmp_path):
    path = tmp_path / "deal.toml"
    path.write_bytes(BOM + '[deal]\r\ntitle = "合約"\r\n'.encode())

    assert read_toml(path) == read_toml(str(path)) == {"deal": {"title": "合約"}}


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (b"a = ", "is not TOML: Invalid value"),
        (b"a = 1\na = 2", "is not TOML: Cannot overwrite a value"),
        (b"a = 1\0", "is not TOML: "),
        (b"a = 2026-13-45", "is not TOML: "),
        (b"a = " + b"9" * 5000, "is not TOML: "),
        (b"a = " + b"[" * 100_000, "is not TOML: "),
        (b"a = " + b"{a=" * 50_000, "is not TOML: "),
        (b"a." * 10_000 + b"a = 1", "is nested too deeply"),
        (b"[" + b"'a' . " * 10_000 + b"a]", "is nested too deeply"),
        ("甲 = 1".encode("big5"), "is not UTF-8 text"),
        ("a = 1".encode("utf-16"), "is not UTF-8 text"),
        (b"PK\x03\x04\xff", "is not UTF-8 text"),
        (b"#" * (LARGEST_FILE + 1), "is larger than a megabyte"),
        (b"a = 1\n" * 900_000, "is larger than a megabyte"),
    ],
    ids=lambda value: value if isinstance(value, str) else str(len(value)),
)
def test_refuses_a_file_that_holds_no_tables(body, what, tmp_path):
    path = tmp_path / "deal.toml"
    path.write_bytes(body)

    with pytest.raises(InvalidInputError) as refusal:
        read_toml(path)

    (problem,) = refusal.value.problems
    assert problem.path == str(path)
    assert str(problem).startswith(f"{path}: {what}")
    assert problem.fix


def test_dots_in_a_paragraph_are_no_deep_nesting(tmp_path):
    path = tmp_path / "deal.toml"
    path.write_text('a = """\n' + "word. " * 40 + "\n" + "." * 200 + '\n"""\nb = "' + "1." * 500 + '"')

    assert set(read_toml(path)) == {"a", "b"}


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("missing.toml", "does not exist"),
        (".", "cannot be read: "),
        ("file/inside.toml", "cannot be read: "),
        ("x" * 300, "cannot be read: "),
        ("a\0b", "cannot be read: "),
        ("\ud800", "cannot be read: "),
    ],
)
def test_says_why_a_file_cannot_be_read(name, what, tmp_path):
    (tmp_path / "file").touch()

    with pytest.raises(InvalidInputError) as refusal:
        read_toml(tmp_path / name)

    assert what in str(refusal.value)
    assert refusal.value.problems[0].fix
