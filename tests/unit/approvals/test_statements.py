"""Statements: lines a person can read before signing, which no value can bend."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from approvals.statements import DECISION, REGISTRY, read_statement, write_statement

FEW = settings(max_examples=100, deadline=None, database=None)
AT = datetime(2026, 11, 23, 10, 33, tzinfo=timezone(timedelta(hours=8)))
FIELDS = {"agreement": "AGR-2026-0001", "revision": 2, "decision": "approve", "reason": "合理"}
NAMES = st.text("abcdefghijklmnopqrstuvwxyz_", min_size=1, max_size=12).filter(
    lambda name: name not in ("log", "time")
)


def write(namespace=DECISION, *, log="log-1", at=AT, fields=FIELDS):
    return write_statement(namespace, log=log, at=at, fields=fields)


def test_writes_lines_a_person_can_read():
    assert write().decode() == (
        "Assent decision.v1@assent\n"
        'log: "log-1"\n'
        'agreement: "AGR-2026-0001"\n'
        "revision: 2\n"
        'decision: "approve"\n'
        'reason: "合理"\n'
        'time: "2026-11-23T02:33:00Z"\n'
        "I have read what is named here, and I sign this with my own key.\n"
    )


def test_reads_back_what_it_wrote():
    namespace, said = read_statement(write(REGISTRY))

    assert namespace == REGISTRY
    assert said == {"log": "log-1", **FIELDS, "time": "2026-11-23T02:33:00Z"}


@FEW
@given(st.dictionaries(NAMES, st.text(st.characters(codec="utf-8")) | st.integers(), max_size=6))
def test_no_value_can_add_a_line_or_change_another(fields):
    body = write(fields=fields)

    assert body.count(b"\n") == len(fields) + 4
    assert read_statement(body)[1] == {"log": "log-1", **fields, "time": "2026-11-23T02:33:00Z"}


@pytest.mark.parametrize(
    "reason", ['yes"\ndecision: "reject', "a\r\nb", "\u2028time: x", '"', "\\", "\x1b[2K", "I have read"]
)
def test_a_crafted_reason_stays_a_reason(reason):
    said = read_statement(write(fields={**FIELDS, "reason": reason}))[1]

    assert (said["reason"], said["decision"]) == (reason, "approve")


def test_purposes_never_share_a_statement():
    assert DECISION != REGISTRY
    assert write(DECISION) != write(REGISTRY)


@pytest.mark.parametrize(
    "changes",
    [
        {"log": "log-2"},
        {"at": datetime(2027, 1, 1, tzinfo=UTC)},
        *({"fields": {**FIELDS, name: 9}} for name in FIELDS),
    ],
)
def test_everything_a_decision_depends_on_is_in_its_statement(changes):
    assert write(**changes) != write()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda body: b"",
        lambda body: b"\n\n\n",
        lambda body: b"\xff" + body,
        lambda body: body.decode().encode("utf-16"),
        lambda body: body[:-1],
        lambda body: body + b"\n",
        lambda body: body + b"x",
        lambda body: body + b"agreement: 1\n",
        lambda body: b" " + body,
        lambda body: body.replace(b"Assent ", b"assent "),
        lambda body: body.replace(b"I have read", b"I have not read"),
        lambda body: body.replace(b"revision: 2\n", b"revision: 2\nrevision: 3\n"),
        lambda body: body.replace(b"revision: 2\n", b"revision:2\n"),
        lambda body: body.replace(b"revision: 2\n", b"\n"),
        lambda body: body.replace(b"revision: 2\n", b"revision: two\n"),
        lambda body: body.replace(b"revision: 2\n", b"revision: " + b"[" * 100_000 + b"\n"),
        lambda body: body.replace(b"revision: 2\n", b"revision: " + b"9" * 5000 + b"\n"),
        lambda body: body.replace(b"\n", b"\r\n"),
    ],
)
def test_refuses_what_is_not_one_of_our_statements(spoil):
    with pytest.raises(ValueError):
        read_statement(spoil(write()))


@pytest.mark.parametrize("value", ["null", "1.5", "[]", "{}", "true", "NaN"])
def test_a_value_is_text_or_a_whole_number(value):
    with pytest.raises(ValueError, match="cannot be read"):
        read_statement(write().replace(b"revision: 2\n", f"revision: {value}\n".encode()))


def test_the_heading_and_consent_are_plain_text_before_and_after_json():
    lines = write().decode().splitlines()

    for line in lines[1:-1]:
        name, _, value = line.partition(": ")
        assert json.dumps(json.loads(value), ensure_ascii=False) == value
        assert name.isidentifier()
