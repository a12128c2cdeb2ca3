"""Receipts kept outside, and what a trail lacks of them."""

import pytest

from approvals.receipts import Receipt, faults
from workflow.errors import InvalidInputError
from workflow.ledger import GENESIS, link

ENTRY = link({"v": 1}, stream="AGR-2026-0042", seq=7, prev=GENESIS)


@pytest.mark.parametrize(
    ("text", "receipt"),
    [
        ("AGR-2026-0042#7:51AA0BE4", Receipt("AGR-2026-0042", 7, "51aa0be4")),
        ("42#7", Receipt("42", 7, "")),
        ("7be1-c09d", Receipt("", 0, "7be1c09d")),
        (" 7be1 c09d 1122... ", Receipt("", 0, "7be1c09d1122")),
        (f"registry#3:{'ab' * 32}", Receipt("registry", 3, "ab" * 32)),
    ],
)
def test_reads_a_receipt_in_every_form_it_is_printed_in(text, receipt):
    assert Receipt.read(text) == receipt


@pytest.mark.parametrize("text", ["", "7be1", "42#7:xyz", "42#7:12", "42#", "#7", "ab" * 33, "7be1%09d0"])
def test_refuses_what_is_no_receipt(text):
    with pytest.raises(InvalidInputError):
        Receipt.read(text)


def test_finds_nothing_where_the_event_is_there():
    assert not list(faults(Receipt("AGR-2026-0042", 7, ENTRY.hash[:8]), ENTRY, last=9))


def test_says_that_the_end_was_cut_off():
    (fault,) = faults(Receipt("AGR-2026-0042", 7, ENTRY.hash), None, last=6)

    assert "ends at 6" in fault


def test_says_that_the_trail_was_rewritten():
    (fault,) = faults(Receipt("AGR-2026-0042", 7, "0" * 64), ENTRY, last=9)

    assert "rewritten" in fault


def test_believes_the_bytes_of_the_event_and_not_the_digest_stored_with_them():
    altered = link({"v": 2}, stream="AGR-2026-0042", seq=7, prev=GENESIS)
    claimed = type(altered)(altered.stream, altered.seq, altered.prev, ENTRY.hash, altered.line)

    assert list(faults(Receipt("AGR-2026-0042", 7, ENTRY.hash), claimed, last=9))
