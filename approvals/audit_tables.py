"""Whether the tables still say what the events amount to, column by column.

The rows that should be there are worked out here from the replayed case, not by the code
that wrote them. Each check yields (stream, what does not hold).
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from typing import Any

from approvals.directory import Directory
from workflow.case import Case
from workflow.events import ACTION_OF, ASSESSMENTS, REGISTRY, Event, Type, is_agreement, written_time
from workflow.ledger import GENESIS
from workflow.migrations.views import VIEWS
from workflow.price import price_of, value_for_policy
from workflow.reading import Reader
from workflow.seats import seat_statuses
from workflow.terms import Terms, their_keys

Faults = Iterator[tuple[str, str]]
Rows = Sequence[Mapping[str, Any]]
#: How an attempt's name begins, and how it ends where that is known.
Attempt = tuple[str, str]

_KEYS = {
    "agreement": ("ref",),
    "drafter": ("agreement", "person"),
    "document": ("agreement", "seq", "name"),
    "seat": ("agreement", "aspect", "role"),
    "flag": ("agreement", "flag"),
    "decision": ("agreement", "seq"),
    "person": ("id",),
    "role": ("person", "role"),
    "key": ("fingerprint",),
    "delegation": ("id",),
    "erasure": ("digest",),
}
# What a view shows of its table: the key, then the other columns.
_SHOWN = {
    "event": "stream seq prev hash line",
    "content": "sha256 size body",
    "note": "digest salt text",
    "stream": "id seq head",
    "meta": "name value",
    "agreement": "ref seq head state outcome kind language title counterparty currency theirs drafter "
    "revision terms document policy created_at updated_at",
    "document": "agreement seq name kind language revision audience content file size template context",
    "seat": "agreement aspect role step quorum given due rules body",
    "flag": "agreement flag aspect role revision origin status blocking expert due rules assigned",
    "decision": "agreement seq revision person aspect role decision at reason receipt current "
    "principal member",
    "person": "id name title email",
    "role": "person role",
    "key": "fingerprint person public valid_from valid_until",
    "delegation": "id principal deputy first_day last_day kinds aspects",
}


def check_cache(reader: Reader, case: Case, terms: Terms | None) -> Faults:
    """Compare an agreement's rows with its events."""
    expected = {"agreement": [_agreement(case, terms)], **_details(case)}
    for table, rows in expected.items():
        column = _KEYS[table][0]
        found = reader.rows(f"SELECT * FROM {table} WHERE {column} = :ref", ref=case.ref)  # noqa: S608
        yield from ((case.ref, text) for text in _differences(table, found, rows))


def check_registry(reader: Reader, directory: Directory) -> Faults:
    """Compare the people, roles, keys and delegations with the registry's events."""
    people = directory.people.values()
    expected: Mapping[str, Rows] = {
        "person": [{"id": p.id, "name": p.name, "title": p.title, "email": p.email} for p in people],
        "role": [{"person": p.id, "role": role} for p in people for role in p.roles],
        "key": [
            {
                "fingerprint": key.fingerprint,
                "person": p.id,
                "public": key.public,
                "valid_from": written_time(key.valid_from),
                "valid_until": written_time(key.valid_until) if key.valid_until else "",
            }
            for p in people
            for key in p.keys
        ],
        "delegation": [
            {
                "id": grant.id,
                "principal": grant.principal,
                "deputy": grant.deputy,
                "first_day": grant.first_day.isoformat(),
                "last_day": grant.last_day.isoformat(),
                "kinds": _among(grant.kinds),
                "aspects": _among(grant.aspects),
                "max_value": grant.max_value,
            }
            for grant in directory.grants
            if not grant.ended
        ],
        "erasure": [
            {"digest": digest, "stream": REGISTRY, "seq": seq} for digest, seq in directory.erased.items()
        ],
    }
    for table, rows in expected.items():
        found = reader.rows(f"SELECT * FROM {table}")  # noqa: S608 - our own name
        yield from ((REGISTRY, text) for text in _differences(table, found, rows))


def check_end(reader: Reader, stream: str, end: tuple[int, str] | None) -> Faults:
    """Compare the remembered end of a chain with its last event."""
    rows = reader.rows("SELECT seq, head FROM stream WHERE id = :stream", stream=stream)
    known = (rows[0]["seq"], rows[0]["head"]) if rows else None
    if len(rows) > 1:
        yield stream, "the store remembers its end twice"
    # A registry that nobody has founded yet has no entries; an agreement begins with its first.
    if known != end and (is_agreement(stream) or end or known != (0, GENESIS)):
        yield stream, "its last event is not the one the store remembers; events were cut off or added"


def check_numbering(reader: Reader, streams: Set[str]) -> Faults:
    """Look for gaps: references are given out one after the other, so a missing one was taken away."""
    counters = reader.rows("SELECT * FROM counter")
    given = {row["name"]: row["value"] for row in counters}
    yield from (("counter", f"{name} is counted twice") for (name,) in twice(counters, ("name",)))
    most = len(streams) + 99  # missing ones are named, but not without end
    due = {f"{name}-{n:04d}" for name, last in given.items() for n in range(1, min(last, most) + 1)}
    for ref in sorted(due - streams):
        yield ref, "its number was given out, and the trail has nothing of it"
    for ref in sorted(streams - due - {REGISTRY, ASSESSMENTS}):
        yield ref, "its number was never given out"
    for table, (column, *_) in _KEYS.items():
        if column in ("ref", "agreement"):
            rows = reader.each(f"SELECT DISTINCT {column} AS ref FROM {table}")  # noqa: S608
            for ref in sorted({row["ref"] for row in rows} - streams, key=str):
                yield ref, f"{table} has rows of an agreement that the trail knows nothing of"


def attempt_of(event: Event, nonce: str) -> Attempt:
    """Return what the attempt that recorded an event is called: how it begins, and its own name.

    It is kept as person, action, what that was about, and name. What is signed has its *nonce*
    for a name; what is not may have any.
    """
    said = event.payload
    if event.type in (Type.FLAG_RESOLVED, Type.FLAG_DECLINED, Type.CONDITION_CLOSED):
        action = f"{event.type} {said.get('flag', '')} {said.get('condition', '')}".upper()
    elif event.type is Type.FLAG_ASSIGNED:
        action = f"assign {said.get('flag', '')}"
    elif event.type is Type.ASSESSED:
        action = f"assess {said.get('candidate', '')} {said.get('unit', '')} {said.get('row', '')}"
    else:
        action = ACTION_OF.get(event.type, "").removesuffix("_flag")
    return f"{event.actor} {action} ", nonce


def check_attempts(reader: Reader, stream: str, events: Mapping[int, Attempt]) -> Faults:
    """Check that what makes a retry harmless names the event that was recorded, as `attempt_of` has it."""
    found: set[int] = set()
    query = "SELECT seq, key FROM idempotency WHERE stream = :stream ORDER BY seq, key"
    for seq, key in ((row["seq"], row["key"]) for row in reader.each(query, stream=stream)):
        begins, name = events.get(seq, ("", ""))
        if seq not in events:
            yield stream, f"the attempt {key!r} is said to have recorded number {seq}, which is not there"
        elif not isinstance(key, str) or not key.startswith(begins) or name not in ("", key[len(begins) :]):
            yield stream, f"number {seq} was not recorded by the attempt {key!r}"
        elif seq in found:
            yield stream, f"number {seq} was recorded by more than one attempt"
        found.add(seq)
    for seq, (_, name) in events.items():
        if name and seq not in found:
            yield stream, f"the attempt that recorded number {seq} is forgotten"


def check_stray_attempts(reader: Reader, streams: Collection[str]) -> Faults:
    """Look for attempts of chains that are not there."""
    for row in reader.each("SELECT DISTINCT stream FROM idempotency ORDER BY stream"):
        if row["stream"] not in streams:
            yield from check_attempts(reader, row["stream"], {})


def check_views(reader: Reader) -> Faults:
    """Check that people are shown what the tables hold."""
    for table, columns in _SHOWN.items():
        same = " AND ".join(f"v.{column} = t.{column}" for column in columns.split())
        if table == "agreement":
            same += " AND COALESCE(v.total_minor, -1) = COALESCE(t.total_minor, -1)"
            same += " AND COALESCE(v.value, -1) = COALESCE(t.value, -1)"
        if table == "delegation":
            same += " AND COALESCE(v.max_value, -1) = COALESCE(t.max_value, -1)"
        counts = reader.rows(
            f"SELECT (SELECT count(*) FROM {table}) AS held, (SELECT count(*) FROM v_{table}) AS shown, "  # noqa: S608
            f"(SELECT count(*) FROM {table} t JOIN v_{table} v ON {same}) AS alike"
        )[0]
        if len(set(counts.values())) > 1:
            yield f"v_{table}", f"it does not show what the table {table} holds"
    for view in ("v_agreement", "v_seat", "v_decision", "v_inbox"):
        # They show more than a table holds: names, words, whose turn it is.
        ours = f"SELECT * FROM ({VIEWS[view]}) AS ours"  # noqa: S608
        theirs = f"SELECT * FROM {view}"  # noqa: S608
        if any(reader.rows(f"{one} EXCEPT {other}") for one, other in ((ours, theirs), (theirs, ours))):
            yield view, "it shows something else than what it is made of"


def _agreement(case: Case, terms: Terms | None) -> Mapping[str, Any]:
    price = price_of(terms) if terms else None
    return {
        "ref": case.ref,
        "seq": case.seq,
        "head": case.head,
        "state": case.state.value,
        "outcome": case.outcome,
        "kind": case.kind,
        "language": case.language,
        "title": case.title,
        "counterparty": terms.theirs.name if terms else "",
        "currency": terms.currency if terms else "",
        "total_minor": price.total.minor if price else None,
        "value": value_for_policy(terms) if terms else None,
        "theirs": _among(their_keys(terms)) if terms else "",
        "drafter": case.drafter,
        "revision": case.revision,
        "terms": case.terms,
        "document": case.contract.file if case.contract else "",
        "policy": case.submission.policy if case.submission else "",
        "created_at": written_time(case.created_at),
        "updated_at": written_time(case.at),
    }


def _details(case: Case) -> Mapping[str, Rows]:
    current = {decision.seq for decision in case.current_decisions}
    current |= {d.seq for d in case.decisions if d.decision == "recuse" and not d.retracted}
    rows: Mapping[str, Rows] = {
        "drafter": [{"person": person} for person in case.drafters | {case.drafter}],
        "document": [
            {column: getattr(document, column) for column in _SHOWN["document"].split()[1:]}
            for document in case.documents
        ],
        "seat": [
            {
                "aspect": status.seat.aspect,
                "role": status.seat.role,
                "step": status.seat.step,
                "quorum": len(status.people) + status.missing if status.seat.body else status.seat.quorum,
                "given": len(status.people),
                "due": status.seat.due,
                "rules": " ".join(status.seat.rules),
                "body": _among(status.seat.body),
            }
            for status in seat_statuses(case)
        ],
        "flag": [
            {
                "flag": flag.id,
                "aspect": flag.aspect,
                "role": flag.role,
                "revision": flag.revision,
                "origin": flag.origin,
                "status": flag.status,
                "blocking": int(flag.blocking),
                "expert": flag.expert,
                "due": flag.due,
                "rules": " ".join(flag.rules),
                "assigned": flag.assigned,
            }
            for flag in case.flags
        ],
        "decision": [
            {
                "seq": decision.seq,
                "revision": decision.revision,
                "person": decision.person,
                "aspect": decision.aspect,
                "role": decision.role,
                "decision": decision.decision,
                "at": written_time(decision.at),
                "reason": decision.reason,
                "receipt": decision.receipt,
                "current": int(decision.seq in current),
                "principal": decision.principal,
                "member": decision.member,
            }
            for decision in case.decisions
        ],
    }
    return {table: [{"agreement": case.ref, **row} for row in made] for table, made in rows.items()}


def _among(words: Iterable[str]) -> str:
    return "".join(f" {word}" for word in words) + (" " if words else "")


def twice(rows: Rows, key: Sequence[str]) -> list[tuple[Any, ...]]:
    """Return the keys that more than one row has: whoever owns the file can take a table's key away."""
    counts = Counter(tuple(row[column] for column in key) for row in rows)
    return [place for place, number in counts.items() if number > 1]


def _differences(table: str, found: Rows, expected: Rows) -> Iterator[str]:
    key = _KEYS[table]
    for place in twice(found, key):
        yield f"{table} {' '.join(map(str, place))}: the row stands there twice"
    stored = {tuple(row[column] for column in key): row for row in found}
    wanted = {tuple(row[column] for column in key): row for row in expected}
    for place in sorted(stored.keys() | wanted.keys(), key=str):
        name = f"{table} {' '.join(str(part) for part in place)}"
        if place not in wanted:
            yield f"{name}: there is a row the events do not know"
        elif place not in stored:
            yield f"{name}: the row is missing"
        else:
            for column, value in wanted[place].items():
                if stored[place][column] != value:
                    yield f"{name}: {column} says {stored[place][column]!r}; the events say {value!r}"
