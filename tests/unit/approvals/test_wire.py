"""SSH's wire format: what was put in comes out, and nothing has a second spelling."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals.wire import Reader, WireError, mpint, string


@given(st.lists(st.binary(max_size=40)))
def test_reads_strings_back_in_order(values):
    reader = Reader(b"".join(map(string, values)))

    assert [reader.string() for _ in values] == values
    reader.end()


@given(st.integers(min_value=0, max_value=2**600))
def test_reads_an_integer_back(value):
    assert Reader(mpint(value)).mpint() == value


# RFC 4251 section 5 gives these examples.
@pytest.mark.parametrize(
    ("value", "wire"),
    [
        (0, "00000000"),
        (0x9A378F9B2E332A7, "0000000809a378f9b2e332a7"),
        (0x80, "000000020080"),
    ],
)
def test_writes_an_integer_as_the_standard_does(value, wire):
    assert mpint(value).hex() == wire


@pytest.mark.parametrize("digits", [b"\x00", b"\x00\x7f", b"\xed\xcc", b"\xff\x21"])
def test_refuses_an_integer_that_is_padded_or_negative(digits):
    with pytest.raises(WireError, match="negative or padded"):
        Reader(string(digits)).mpint()


@pytest.mark.parametrize("data", [b"", b"\0\0\0", b"\0\0\0\2a", b"\xff\xff\xff\xffabc"])
def test_refuses_a_string_that_is_cut_short(data):
    with pytest.raises(WireError, match="cut short"):
        Reader(data).string()


def test_refuses_what_follows_the_end():
    reader = Reader(string(b"all") + b"\0")
    reader.string()

    with pytest.raises(WireError, match="follows its end"):
        reader.end()


@pytest.mark.parametrize(("name", "reason"), [(b"\xff", "not text"), (b"x" * 256, "too long")])
def test_refuses_a_name_that_cannot_be_repeated_in_a_message(name, reason):
    with pytest.raises(WireError, match=reason):
        Reader(string(name)).text()
