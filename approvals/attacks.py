"""The ways we know to alter a store, each made on a copy by whoever owns the file.

An attack makes everything fit again that fits without a key, see ``approvals.forgery``, and
says where it was made; it raises `NotHere` where a store has nothing that it alters.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from approvals.assessments import fields_of
from approvals.forgery import Body, Forgery
from approvals.keys import Signer, generate_key, load_signer
from approvals.statements import read_statement
from workflow.events import ASSESSMENTS, REGISTRY, SIGNED, Type, read_time, written_time
from workflow.i18n import mark
from workflow.ledger import GENESIS

_SIGNED = frozenset(kind.value for kind in SIGNED)


class NotHere(Exception):
    """The store has nothing that this attack alters."""


@dataclass(frozen=True, slots=True)
class Attack:
    """One way to alter a store: its name, what is done, and doing it; returns where."""

    id: str
    name: str
    do: Callable[[Forgery, Signer], str]


# What attacks look for.


def _find(forgery: Forgery, wanted: Callable[[Body], object]) -> tuple[str, int, list[Body]]:
    """Return the last event that is *wanted*, of the agreement that went furthest."""
    for stream in sorted(forgery.streams(), key=lambda ref: -len(forgery.bodies(ref))):
        bodies = forgery.bodies(stream)
        for seq in range(len(bodies), 0, -1):
            if wanted(bodies[seq - 1]):
                return stream, seq, bodies
    raise NotHere


def _of(*kinds: str) -> Callable[[Body], bool]:
    return lambda body: body["type"] in kinds


def _after_the_last_signature(forgery: Forgery, kinds: tuple[str, ...] = ()) -> tuple[str, int, list[Body]]:
    for stream in sorted(forgery.streams(), key=lambda ref: -len(forgery.bodies(ref))):
        bodies = forgery.bodies(stream)
        last = max((body["seq"] for body in bodies if body["type"] in _SIGNED), default=0)
        if last < len(bodies) and (not kinds or bodies[-1]["type"] in kinds):
            return stream, last, bodies
    raise NotHere


def _without(taken: slice, rows: list[Body]) -> None:
    del rows[taken]


def _with(said: Body, body: Body) -> None:
    body.update(said)


# The attacks.


def _changed_byte(forgery: Forgery, _: Signer) -> str:
    stream, seq, bodies = _find(forgery, lambda body: body["seq"] > 1)
    line = forgery.do("SELECT line FROM event WHERE stream = ? AND seq = ?", stream, seq)[0][0]
    actor = json.dumps(bodies[seq - 1]["actor"])
    changed = line.replace(f'"actor":{actor}', f'"actor":{actor[:-1]}x"', 1)
    forgery.do("UPDATE event SET line = ? WHERE stream = ? AND seq = ?", changed, stream, seq)
    return f"{stream}#{seq}"


def _swapped_document(forgery: Forgery, _: Signer) -> str:
    stream, seq, bodies = _find(forgery, lambda body: body["payload"].get("documents"))
    file = bodies[seq - 1]["payload"]["documents"][0]["file"]
    body = bytearray(forgery.content(file))
    body[len(body) // 2] ^= 1
    forgery.do("UPDATE content SET body = ? WHERE sha256 = ?", bytes(body), file)
    return f"{stream}#{seq}"


def _deleted_decision(forgery: Forgery, _: Signer) -> str:
    # The last but one, so that the states still follow from each other.
    for stream in sorted(forgery.streams(), key=lambda ref: -len(forgery.bodies(ref))):
        bodies = forgery.bodies(stream)
        for body in reversed(bodies):
            follows = bodies[body["seq"] : body["seq"] + 1]
            if (
                body["type"] in ("approved", "flag_resolved")
                and follows
                and body["to"] == bodies[body["seq"] - 2]["to"]
            ):
                forgery.rewrite(stream, partial(_without, slice(body["seq"] - 1, body["seq"])))
                return f"{stream}#{body['seq']}"
    raise NotHere


def _edited_table(forgery: Forgery, _: Signer) -> str:
    rows = forgery.do(
        "SELECT ref FROM agreement WHERE state NOT IN ('approved', 'withdrawn') ORDER BY ref DESC"
    )
    if not rows:
        raise NotHere
    forgery.do("UPDATE agreement SET state = 'approved' WHERE ref = ?", rows[0][0])
    return str(rows[0][0])


def _edited_price(forgery: Forgery, _: Signer) -> str:
    rows = forgery.do("SELECT ref FROM agreement WHERE total_minor IS NOT NULL ORDER BY ref")
    if not rows:
        raise NotHere
    forgery.do("UPDATE agreement SET total_minor = total_minor / 2 WHERE ref = ?", rows[0][0])
    return str(rows[0][0])


def _swapped_key_row(forgery: Forgery, signer: Signer) -> str:
    person = _last_signer(forgery)
    forgery.do("UPDATE key SET public = ? WHERE person = ?", signer.public_key.line, person)
    return REGISTRY


def _swapped_key(forgery: Forgery, signer: Signer) -> str:
    person = _last_signer(forgery)
    said = {"public": signer.public_key.line, "fingerprint": signer.public_key.fingerprint}
    bodies = forgery.bodies(REGISTRY)
    seq = next(
        (b["seq"] for b in reversed(bodies) if b["type"] == "key_added" and b["payload"]["person"] == person),
        0,
    )
    if not seq:
        raise NotHere
    forgery.edit(REGISTRY, seq, lambda body: body["payload"].update(said))
    return f"{REGISTRY}#{seq}"


def _last_signer(forgery: Forgery) -> str:
    _stream, seq, bodies = _find(forgery, lambda body: body["type"] in _SIGNED)
    return str(bodies[seq - 1]["actor"])


def _forged_approval(forgery: Forgery, signer: Signer) -> str:
    stream, seq, _ = _find(forgery, _of("approved"))
    forgery.edit(stream, seq, lambda body: forgery.sign(body, signer))
    return f"{stream}#{seq}"


def _replayed_signature(forgery: Forgery, _: Signer) -> str:
    stream, seq, bodies = _find(forgery, _of("approved", "flag_resolved"))
    target = bodies[seq - 1]
    for other in forgery.streams():
        for body in forgery.bodies(other):
            same = body["type"] in _SIGNED and body["actor"] == target["actor"]
            if same and body["signed"] != target["signed"]:
                forgery.edit(stream, seq, partial(_with, {"signed": body["signed"]}))
                return f"{stream}#{seq}"
    raise NotHere


def _another_reason(forgery: Forgery, _: Signer) -> str:
    rows = forgery.do("SELECT digest, text FROM note WHERE text <> '' ORDER BY digest")
    for digest, text in rows:
        where = forgery.do(
            "SELECT stream, seq FROM event WHERE line LIKE ? ORDER BY stream, seq", f"%{digest}%"
        )
        if where:
            forgery.do("UPDATE note SET text = ? WHERE digest = ?", f"{text}.", digest)
            return f"{where[0][0]}#{where[0][1]}"
    raise NotHere


def _lowered_quorum(forgery: Forgery, _: Signer) -> str:
    stream, seq, bodies = _find(forgery, lambda body: len(body["payload"].get("seats", ())) > 0)
    seats = bodies[seq - 1]["payload"]["seats"]
    high = next((place for place, seat in enumerate(seats) if seat["quorum"] > 1), None)

    def change(body: Body) -> None:
        if high is None:
            body["payload"]["seats"].pop()
        else:
            body["payload"]["seats"][high]["quorum"] -= 1

    if high is None and len(seats) < 2:
        raise NotHere
    forgery.edit(stream, seq, change)
    return f"{stream}#{seq}"


def _swapped_policy(forgery: Forgery, _: Signer) -> str:
    stream, seq, bodies = _find(forgery, lambda body: body["payload"].get("policy"))
    text = forgery.content(bodies[seq - 1]["payload"]["policy"])
    header, _newline, rows = text.partition(b"\n")
    lax = forgery.keep(header + b"\n" + b"\n".join(rows.splitlines()[1:]) + b"\n")
    forgery.edit(stream, seq, lambda body: body["payload"].update(policy=lax))
    return f"{stream}#{seq}"


def _adopted_policy(forgery: Forgery, _: Signer) -> str:
    bodies = forgery.bodies(REGISTRY)
    seq = next((body["seq"] for body in reversed(bodies) if body["type"] == "policy_adopted"), 0)
    if not seq:
        raise NotHere
    text = forgery.content(bodies[seq - 1]["payload"]["policy"])
    lax = forgery.keep(b"\n".join(text.splitlines()[:-1]) + b"\n")
    forgery.edit(REGISTRY, seq, lambda body: body["payload"].update(policy=lax))
    return f"{REGISTRY}#{seq}"


def _changed_role(forgery: Forgery, _: Signer) -> str:
    bodies = forgery.bodies(REGISTRY)
    seq = next((body["seq"] for body in reversed(bodies) if body["type"] == "role_granted"), 0)
    if not seq:
        raise NotHere
    role = "gm" if bodies[seq - 1]["payload"]["role"] == "chair" else "chair"
    forgery.edit(REGISTRY, seq, lambda body: body["payload"].update(role=role))
    return f"{REGISTRY}#{seq}"


def _other_terms(forgery: Forgery, _: Signer) -> str:
    stream, seq, bodies = _find(forgery, _of("terms_agreed"))
    terms = json.loads(forgery.content(bodies[seq - 1]["payload"]["terms"]))
    terms["purpose"] = f"{terms.get('purpose', '')}."
    changed = forgery.keep(
        json.dumps(terms, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    )
    old = bodies[seq - 1]["payload"]["terms"]

    def change(rows: list[Body]) -> None:
        for row in rows:
            for name, value in row["payload"].items():
                if value == old:
                    row["payload"][name] = changed

    forgery.rewrite(stream, change)
    return f"{stream}#{seq}"


def _swapped_events(forgery: Forgery, _: Signer) -> str:
    def change(seq: int, rows: list[Body]) -> None:
        rows[seq - 1], rows[seq] = rows[seq], rows[seq - 1]

    for stream in sorted(forgery.streams(), key=lambda ref: -len(forgery.bodies(ref))):
        bodies = forgery.bodies(stream)
        for one, two in pairwise(bodies):
            if one["to"] == two["to"] and one["type"] in _SIGNED and two["type"] in _SIGNED:
                forgery.rewrite(stream, partial(change, one["seq"]))
                return f"{stream}#{one['seq']}"
    raise NotHere


def _removed_agreement(forgery: Forgery, _: Signer) -> str:
    streams = forgery.streams()
    if len(streams) < 2:
        raise NotHere
    forgery.remove(streams[0])
    return streams[0]


def _removed_last(forgery: Forgery, _: Signer) -> str:
    streams = sorted(forgery.streams())
    if not streams:
        raise NotHere
    forgery.remove(streams[-1])
    return streams[-1]


def _cut_tail(forgery: Forgery, _: Signer) -> str:
    stream, last, bodies = _after_the_last_signature(forgery)
    keep = max(last, len(bodies) - 1)
    forgery.rewrite(stream, partial(_without, slice(keep, None)))
    return f"{stream}#{keep + 1}"


def _cut_decision(forgery: Forgery, _: Signer) -> str:
    stream, seq, _bodies = _find(forgery, _of("approved", "returned", "rejected"))
    forgery.rewrite(stream, partial(_without, slice(seq - 1, None)))
    return f"{stream}#{seq}"


def _old_backup(forgery: Forgery, _: Signer) -> str:
    """Put the store back to how it was at a moment in its middle."""
    rows = forgery.do("SELECT stream, seq, line FROM event WHERE stream <> ?", REGISTRY)
    events = sorted((json.loads(line)["at"], stream, seq) for stream, seq, line in rows)
    moments = sorted({at for at, _stream, _seq in events})
    if len(moments) < 2:
        raise NotHere
    last = moments[(len(moments) - 1) // 2]
    for stream in sorted({stream for _at, stream, _seq in events}, reverse=True):
        keep = sum(body["at"] <= last for body in forgery.bodies(stream))
        if keep:
            forgery.rewrite(stream, partial(_without, slice(keep, None)))
        else:
            forgery.remove(stream)
    _at, stream, seq = next(event for event in events if event[0] > last)
    return f"{stream}#{seq}"


def _later_fact(forgery: Forgery, _: Signer) -> str:
    stream, _last, bodies = _after_the_last_signature(forgery)
    later = written_time(read_time(bodies[-1]["at"]) + timedelta(seconds=1))
    forgery.edit(stream, len(bodies), lambda body: body.update(at=later))
    return f"{stream}#{len(bodies)}"


def _all_keys(forgery: Forgery, _: Signer) -> str:
    """Write the whole trail anew, with a key of the forger's for everybody who signed."""
    with TemporaryDirectory(prefix="assent-keys-") as folder:
        keys = dict[str, Signer]()

        def key_of(fingerprint: str) -> Signer:
            if fingerprint not in keys:
                path = Path(folder) / str(len(keys))
                generate_key(path)
                keys[fingerprint] = load_signer(path, passphrase=None)
            return keys[fingerprint]

        def anew(body: Body, heads: Any) -> None:
            said = body["payload"]
            if "fingerprint" in said:
                mine = key_of(said["fingerprint"]).public_key
                known = {"fingerprint": mine.fingerprint, "public": mine.line}
                said.update({name: known[name] for name in known if name in said})
            if not body.get("signed"):
                return
            _namespace, fields = read_statement(forgery.content(body["signed"]["statement"]))
            new: dict[str, str | int] = {
                name: said[name] for name in ("fingerprint", "public") if name in fields
            }
            if "seen" in fields:
                seq = int(str(fields["seen"]).partition(" ")[0])
                new["seen"] = f"{seq} {heads[seq] if seq else GENESIS}"
            if "after" in fields and "number" in fields:
                new["after"] = heads.get(int(fields["number"]) - 1, fields["after"])
            if body["type"] == Type.ASSESSED:
                for cited in said["evidence"]:
                    cited["digest"] = forgery.digest(cited["event"])
                new["evidence"] = fields_of(said)["evidence"]
            forgery.sign(body, key_of(body["signed"]["key"]), **new)

        for stream in (REGISTRY, *forgery.streams(), ASSESSMENTS):
            forgery.write(stream, forgery.bodies(stream), each=anew)
        forgery.tidy()
    return REGISTRY


ATTACKS = (
    Attack("byte", mark("one byte of an event changed"), _changed_byte),
    Attack("document", mark("one bit of a document changed"), _swapped_document),
    Attack("note", mark("the words of a reason altered"), _another_reason),
    Attack("state", mark("a state edited in a table"), _edited_table),
    Attack("price", mark("a price edited in a table"), _edited_price),
    Attack("terms", mark("other terms, chain and tables mended"), _other_terms),
    Attack("decision", mark("a decision deleted, chain and tables mended"), _deleted_decision),
    Attack("order", mark("two decisions swapped, chain and tables mended"), _swapped_events),
    Attack("forged", mark("an approval forged with another key"), _forged_approval),
    Attack("replayed", mark("a signature used again for another decision"), _replayed_signature),
    Attack("key-row", mark("a public key swapped in a table"), _swapped_key_row),
    Attack("key", mark("a public key swapped, registry mended"), _swapped_key),
    Attack("role", mark("a role changed, registry mended"), _changed_role),
    Attack("quorum", mark("a sign-off that was asked for taken out, chain mended"), _lowered_quorum),
    Attack("policy", mark("the policy of a submission swapped, chain mended"), _swapped_policy),
    Attack("adopted", mark("the policy in force swapped, registry mended"), _adopted_policy),
    Attack("agreement", mark("the first agreement removed whole"), _removed_agreement),
    Attack("last-agreement", mark("the last agreement removed whole"), _removed_last),
    Attack("tail", mark("the last unsigned event cut off, tables mended"), _cut_tail),
    Attack("last-decision", mark("the last decision cut off with all after it"), _cut_decision),
    Attack("time", mark("the time of the last unsigned event moved"), _later_fact),
    Attack("backup", mark("an old backup put back"), _old_backup),
    Attack("rewritten", mark("everything written anew with the forger's own keys"), _all_keys),
)
