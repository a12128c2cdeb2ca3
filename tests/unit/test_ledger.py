"""The ledger: one way to write a line, and every kind of fault in a chain found and named."""

import hashlib
import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflow.ledger import GENESIS, Entry, canonical, digest, faults, link

FEW = settings(max_examples=100, deadline=None, database=None)
LARGEST = 2**53 - 1
STREAM = "AGR-2026-0001"

TEXT = st.text(st.characters(codec="utf-8"))
KEYS = st.text(st.characters(codec="ascii"), max_size=8)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-LARGEST, LARGEST) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)
RECORDS = st.dictionaries(KEYS, VALUES, max_size=5)


def chain(length=5, *, stream=STREAM, first=None):
    entries, prev = [], GENESIS
    for seq in range(1, length + 1):
        entries.append(
            link({"said": first if first and seq == 1 else f"第{seq}"}, stream=stream, seq=seq, prev=prev)
        )
        prev = entries[-1].hash
    return entries


def found(entries, stream=STREAM):
    return list(faults(entries, stream=stream))


def named(entries, stream=STREAM):
    """Return which numbers are at fault, and the first words of each fault."""
    return [(seq, " ".join(text.split()[:2])) for seq, text in found(entries, stream)]


def rewritten(entry, **changes):
    """Return *entry* with another content and a digest that fits it, as a forger would write it."""
    line = canonical({**json.loads(entry.line), **changes})
    return replace(entry, line=line, hash=digest(line))


# --- the one way to write a line ---------------------------------------------------------


@FEW
@given(RECORDS)
def test_what_is_written_reads_back_and_is_written_the_same_again(record):
    line = canonical(record)

    assert json.loads(line) == record
    assert canonical(json.loads(line)) == line


@FEW
@given(RECORDS)
def test_the_order_of_keys_and_the_kind_of_list_do_not_matter(record):
    turned = {
        key: tuple(value) if isinstance(value, list) else value for key, value in reversed(record.items())
    }

    assert canonical(turned) == canonical(record)


def test_writes_without_spaces_sorted_and_in_utf_8():
    assert canonical({"b": [True, None, -1], "a": "合約\n\u2028\x7f\x1f", "Z": {}}) == (
        '{"Z":{},"a":"合約\\n\u2028\x7f\\u001f","b":[true,null,-1]}'.encode()
    )


@pytest.mark.parametrize("number", [LARGEST, -LARGEST, 0])
def test_takes_numbers_every_reader_agrees_on(number):
    assert json.loads(canonical({"n": number})) == {"n": number}


@pytest.mark.parametrize(
    "value",
    [
        0.5, 1.0, float("nan"), float("inf"), LARGEST + 1, -LARGEST - 1, 10**5000, b"bytes", {1, 2}, object(),
        1j, "\ud800", "a\udfff", {"ключ": 1}, {"é": 1}, {1: 1}, {None: 1}, {True: 1}, {"\ud800": 1},
    ],
    ids=lambda value: type(value).__name__,
)  # fmt: skip
@pytest.mark.parametrize(
    "place", [lambda v: {"a": v}, lambda v: {"a": [1, {"b": (v,)}]}], ids=["near", "deep"]
)
def test_refuses_what_cannot_be_written_one_way(value, place):
    with pytest.raises(ValueError):
        canonical(place(value))


def test_names_a_line_by_its_sha_256():
    assert digest(b"abc") == hashlib.sha256(b"abc").hexdigest()


def test_a_link_says_where_it_stands():
    entry = link({"said": "x"}, stream=STREAM, seq=3, prev="f" * 64)

    assert json.loads(entry.line) == {"said": "x", "stream": STREAM, "seq": 3, "prev": "f" * 64}
    assert (entry.stream, entry.seq, entry.prev, entry.hash) == (STREAM, 3, "f" * 64, digest(entry.line))


def test_a_link_cannot_be_talked_into_another_place():
    entry = link({"stream": "other", "seq": 9, "prev": "x"}, stream=STREAM, seq=1, prev=GENESIS)

    assert found([entry]) == []


# --- faults ------------------------------------------------------------------------------


@pytest.mark.parametrize("length", [0, 1, 2, 20])
def test_finds_no_fault_in_a_chain_that_holds(length):
    assert found(chain(length)) == []


def test_finds_an_edited_line():
    entries = chain()
    entries[2] = replace(entries[2], line=entries[2].line.replace("第3".encode(), "第9".encode()))

    assert [seq for seq, _ in found(entries)] == [3]
    assert found(entries)[0][1].startswith(f"stored digest {entries[2].hash[:12]}, recomputed ")


@pytest.mark.parametrize("place", range(8))
def test_finds_a_single_turned_bit(place):
    entries = chain()
    line = bytearray(entries[1].line)
    line[len(line) // 2] ^= 1 << place
    entries[1] = replace(entries[1], line=bytes(line))

    assert (2, "stored digest") in named(entries)


def test_finds_an_edit_whose_digest_was_made_to_fit_by_the_next_link():
    entries = chain()
    entries[2] = rewritten(entries[2], said="forged")

    assert named(entries) == [(4, "follows " + chain()[2].hash[:12] + ",")]


def test_does_not_find_a_last_entry_forged_whole():
    entries = chain()
    entries[4] = rewritten(entries[4], said="forged")

    assert found(entries) == []


def test_finds_two_entries_exchanged():
    entries = chain()
    entries[1], entries[2] = entries[2], entries[1]

    assert {seq for seq, _ in found(entries)} >= {2, 3}
    assert any(text.startswith("number 3 stands where 2 should") for _, text in found(entries))


@pytest.mark.parametrize("gone", range(1, 5))
def test_finds_a_deleted_entry(gone):
    entries = chain()
    del entries[gone - 1]

    assert named(entries)[:2] == [
        (gone + 1, f"number {gone + 1}"),
        (gone + 1, f"follows {chain()[gone - 1].hash[:12]},"),
    ]
    assert len(found(entries)) == 2


def test_finds_an_inserted_entry():
    entries = chain()
    entries.insert(2, link({"said": "forged"}, stream=STREAM, seq=3, prev=entries[1].hash))

    assert any(text == "number 3 stands where 4 should" for _, text in found(entries))


def test_finds_an_entry_that_stands_twice():
    entries = chain()
    entries.insert(2, entries[1])

    assert found(entries)[0] == (2, "number 2 stands where 3 should")


def test_finds_a_fork():
    entries, other = chain(), chain(first="another beginning")

    assert named(entries[:2] + other[2:]) == [(3, f"follows {other[1].hash[:12]},")]


def test_finds_a_beginning_that_follows_something():
    entries = chain()[:1]
    entries[0] = rewritten(replace(entries[0], prev="f" * 64), prev="f" * 64)

    assert found(entries) == [(1, "follows ffffffffffff, but the entry before it is 000000000000")]


def test_finds_the_entries_of_another_stream():
    texts = {text for _, text in found(chain(stream="AGR-2026-0002"))}

    assert texts == {"the line names another place in the trail than the one it stands in"}


@pytest.mark.parametrize("changes", [{"stream": "AGR-2026-0002"}, {"seq": 2}, {"prev": "f" * 64}])
def test_finds_a_line_that_names_another_place_than_its_columns(changes):
    (entry,) = chain(1)

    assert found([rewritten(entry, **changes)]) == [
        (1, "the line names another place in the trail than the one it stands in")
    ]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda line: line.replace(b":", b": ", 1),
        lambda line: line + b"\n",
        lambda line: b"{" + b",".join(reversed(line[1:-1].split(b","))) + b"}",
        lambda line: line.replace("第".encode(), b"\\u7b2c"),
        lambda line: b'{"said":"hidden",' + line[1:],
        lambda line: line.decode().encode("utf-16"),
    ],
    ids=["a space", "a line end", "another order", "an escape", "a key twice", "another encoding"],
)
def test_finds_a_line_that_is_written_another_way(spoil):
    (entry,) = chain(1)
    line = spoil(entry.line)

    assert (1, "the line is not in canonical form") in found([replace(entry, line=line, hash=digest(line))])


@pytest.mark.parametrize(
    "line",
    [
        b"", b"{", b"\xff", b"[]", b"[1]", b"null", b"1", b'"x"', b'{"a":0.5}', b'{"a":NaN}',
        b'{"\xc3\xa9":1}', b'{"a":9007199254740992}', b'{"a":"\\ud800"}', b"[" * 100_000,
        b'{"a":' + b"9" * 5000 + b"}",
    ],
    ids=lambda line: repr(line[:12]),
)  # fmt: skip
def test_finds_a_line_that_is_no_canonical_json(line):
    assert found([Entry(STREAM, 1, GENESIS, digest(line), line)]) == [(1, "the line is not canonical JSON")]


ODD = st.recursive(
    st.floats() | st.integers() | st.text() | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=500, deadline=None, database=None)
@given(st.dictionaries(st.text(max_size=3), ODD | VALUES, max_size=3))
def test_finds_every_line_that_could_not_have_been_written(record):
    line = json.dumps(record, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    line = line.encode(errors="surrogatepass")
    try:
        told = None if canonical(record) == line else "the line is not in canonical form"
    except ValueError:
        told = "the line is not canonical JSON"

    # What it says of its place is another matter.
    said = {text for _, text in found([Entry(STREAM, 1, GENESIS, digest(line), line)])}
    assert (told or "the line names another place in the trail than the one it stands in") in said
    assert len(said) == 1


@FEW
@given(st.data())
def test_finds_a_fault_in_whatever_is_done_to_a_chain_but_cutting_its_end(data):
    entries = chain(6)
    moved = data.draw(st.permutations(entries).map(lambda some: some[: data.draw(st.integers(0, 6))]))

    assert bool(found(moved)) is (moved != entries[: len(moved)])
