"""Events: how a fact is written into a line, and read back from it."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflow.events import (
    ACTION_OF,
    ASSESSMENTS,
    REGISTRY,
    SCHEMA,
    SIGNED,
    Fact,
    Signed,
    Type,
    body_of,
    is_agreement,
    read_event,
    read_time,
    written_time,
)
from workflow.ledger import GENESIS, Entry, link
from workflow.values.dates import TAIPEI

FEW = settings(max_examples=100, deadline=None, database=None)
AT = datetime(2026, 11, 23, 2, 33, tzinfo=UTC)
FACT = Fact(Type.OPENED, "alice", {"note": "談"}, to="negotiating")
SIGNATURE = Signed("s" * 64, "-----BEGIN SSH SIGNATURE-----", "SHA256:abc")


def entry_of(fact=FACT, changes=()):
    body = {**body_of(fact, log="log-1", at=AT, clock=AT), **dict(changes)}
    return link(body, stream="AGR-2026-0001", seq=7, prev=GENESIS)


def lined(line):
    return Entry("AGR-2026-0001", 1, GENESIS, "0" * 64, line)


def test_writes_everything_a_fact_tells():
    assert body_of(FACT, log="log-1", at=AT, clock=AT) == {
        "v": 1,
        "log": "log-1",
        "at": "2026-11-23T02:33:00Z",
        "type": "opened",
        "actor": "alice",
        "to": "negotiating",
        "payload": {"note": "談"},
    }


def test_keeps_the_raw_clock_only_where_the_chains_time_had_to_differ():
    earlier = AT - timedelta(hours=3)

    assert body_of(FACT, log="l", at=AT, clock=earlier)["clock"] == "2026-11-22T23:33:00Z"
    assert "clock" not in body_of(FACT, log="l", at=AT, clock=AT)


def test_reads_back_what_it_wrote():
    entry = entry_of()

    event = read_event(entry)

    assert (event.stream, event.seq, event.hash) == ("AGR-2026-0001", 7, entry.hash)
    assert (event.type, event.actor, event.to, event.at) == (Type.OPENED, "alice", "negotiating", AT)
    assert (event.payload, event.signed) == ({"note": "談"}, None)


def test_reads_back_a_signature():
    assert read_event(entry_of(Fact(Type.APPROVED, "bob", {}, signed=SIGNATURE))).signed == SIGNATURE


def test_names_an_event_and_its_receipt_shortly():
    event = read_event(entry_of())

    assert event.ref == "AGR-2026-0001#7"
    assert event.receipt == f"{event.hash[:4]}-{event.hash[4:8]}"


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"null",
        b"7",
        b'"opened"',
        b"[]",
        b"{}",
        b"[" * 100_000,
        b'{"v":1}',
    ],
    ids=lambda line: repr(line[:12]),
)
def test_refuses_a_line_that_holds_no_event(line):
    with pytest.raises((ValueError, KeyError, TypeError)):
        read_event(lined(line))


@pytest.mark.parametrize(
    "changes",
    [
        {"v": SCHEMA + 1},
        {"v": "1"},
        {"v": None},
        {"type": "invented"},
        {"type": None},
        {"at": "2026-11-23T02:33:00"},
        {"at": "2026-11-23 02:33:00Z"},
        {"at": 1},
        {"signed": {"statement": "s"}},
        {"signed": {"statement": "s", "signature": "s", "key": "k", "more": "m"}},
        {"signed": "yes"},
    ],
    ids=json.dumps,
)
def test_refuses_an_event_it_does_not_understand(changes):
    with pytest.raises((ValueError, KeyError, TypeError)):
        read_event(entry_of(changes=changes))


@pytest.mark.parametrize("key", ["v", "at", "type", "actor", "to", "payload"])
def test_misses_every_part_of_an_event(key):
    body = json.loads(entry_of().line)
    del body[key]

    with pytest.raises(KeyError, match=key):
        read_event(lined(json.dumps(body).encode()))


def test_writes_the_time_in_utc_to_the_second():
    assert written_time(datetime(2026, 11, 23, 10, 33, 59, 999999, tzinfo=TAIPEI)) == "2026-11-23T02:33:59Z"


def test_refuses_a_time_without_a_zone():
    with pytest.raises(ValueError, match="without a zone"):
        written_time(datetime(2026, 11, 23))  # noqa: DTZ001 - the slip that is refused


@FEW
@given(st.datetimes(datetime(1900, 1, 2), datetime(2999, 1, 1)), st.integers(-14 * 60, 14 * 60))  # noqa: DTZ001
def test_a_time_reads_back_whatever_its_zone(naive, minutes):
    at = naive.replace(microsecond=0, tzinfo=timezone(timedelta(minutes=minutes)))

    assert read_time(written_time(at)) == at


@pytest.mark.parametrize("stream", [REGISTRY, ASSESSMENTS])
def test_a_chain_with_a_name_of_its_own_is_no_agreements(stream):
    assert not is_agreement(stream)
    assert is_agreement("AGR-2026-0001")


def test_every_type_belongs_to_one_kind_of_chain():
    of_other_chains = {
        "organisation_named", "person_added", "role_granted", "role_revoked", "key_added", "key_revoked",
        "policy_adopted", "delegated", "delegation_ended", "assessed", "erased",
    }  # fmt: skip

    assert {kind.value for kind in Type if kind not in ACTION_OF} == of_other_chains


def test_what_binds_a_person_has_to_be_signed():
    assert {kind.value for kind in SIGNED} == {
        "approved", "returned", "rejected", "recused", "excused", "retracted",
        "flag_resolved", "flag_declined", "condition_closed", "assessed",
    }  # fmt: skip
