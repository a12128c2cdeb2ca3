"""Changes of a chain after which everything is made to fit again that fits without a key.

What no signature has seen can be written anew by whoever owns the file, as long as it could
have happened so; only a receipt kept elsewhere shows it. Everything else has to be found.
"""

import copy
import json
import sqlite3
from datetime import timedelta

from spoiling.lines import delete_at, leaves, nodes, put_at, replace_in, texts_in
from spoiling.values import other
from spoiling.vault import Change, NotHere, Vault

from approvals.statements import read_statement
from workflow.errors import WorkflowError
from workflow.events import REGISTRY, Type, read_time, written_time
from workflow.notes import note_digest

#: What a chain that cannot have happened raises where tables are made of it.
_IMPOSSIBLE = (
    LookupError, TypeError, ValueError, AttributeError, ArithmeticError, WorkflowError, sqlite3.Error,
)  # fmt: skip
#: Why nothing can be found.
UNSEEN = "no signature has seen it: only a receipt kept elsewhere shows that it was otherwise"
ADDED = (
    "staff sign nothing: whoever owns the file can add to the end, and no receipt speaks of what comes later"
)
#: What a signed event says that its statement does not: when it was recorded, and what was issued with it.
_BESIDE = (("at",), ("clock",), ("payload", "documents"))
_PLACE = ("stream", "seq", "prev", "attempt")


def value(vault: Vault, chance) -> Change:
    """Put another value anywhere into an event."""
    stream, bodies, seq = any_event(vault, chance)
    body = bodies[seq - 1]
    path, old = chance.choice([(path, old) for path, old in leaves(body) if path[0] not in _PLACE])
    how, new = _other(vault, chance, bodies, body, path, old)
    told = f"{'.'.join(map(str, path))}: {how}: {new!r:.60}"
    change = _told("value rewritten", vault, stream, seq, told, body, path)
    rewrite(vault, stream, lambda rows: put_at(rows[seq - 1], path, new))
    return change


def left_out(vault: Vault, chance) -> Change:
    """Take a part out of an event."""
    stream, bodies, seq = any_event(vault, chance)
    body = bodies[seq - 1]
    path = chance.choice([path for path, _ in nodes(body) if path[0] not in _PLACE])
    change = _told("part left out", vault, stream, seq, ".".join(map(str, path)), body, path)
    rewrite(vault, stream, lambda rows: delete_at(rows[seq - 1], path))
    return change


def put_in(vault: Vault, chance) -> Change:
    """Put a part of another event of its type into an event, or one nobody knows."""
    stream, bodies, seq = any_event(vault, chance)
    body = bodies[seq - 1]
    like = [b for ref in vault.agreements() for b in vault.bodies(ref) if b["type"] == body["type"]]
    more = {name: said for one in like for name, said in one["payload"].items()}
    more = {name: said for name, said in more.items() if name not in body["payload"]}
    name, said = chance.choice([*more.items(), ("remark", "x"), ("clock", "2026-01-05T02:00:00Z")])
    path = ("payload", name) if name in more or chance.random() < 0.5 else (name,)
    if path[-1] in body or (path[0] == "payload" and name in body["payload"]):
        raise NotHere
    silent = path if name in more else ("payload", "documents")  # nobody reads it
    change = _told("part put in", vault, stream, seq, f"{'.'.join(path)}: {said!r:.60}", body, silent)
    rewrite(vault, stream, lambda rows: put_at(rows[seq - 1], path, said))
    return change


def event_deleted(vault: Vault, chance) -> Change:
    """Take an event out."""
    stream, bodies, seq = any_event(vault, chance)
    silent = UNSEEN if seq > seen(vault, stream, [*bodies[: seq - 1], *bodies[seq:]]) else ""
    rewrite(vault, stream, lambda rows: rows.pop(seq - 1))
    return changed("event deleted", f"{stream}#{seq} {bodies[seq - 1]['type']}", stream, seq, silent)


def event_doubled(vault: Vault, chance) -> Change:
    """Let an event happen twice."""
    stream, bodies, seq = any_event(vault, chance)
    unseen = seq >= seen(vault, stream, bodies) and not bodies[seq - 1].get("signed")
    rewrite(vault, stream, lambda rows: rows.insert(seq, {**copy.deepcopy(rows[seq - 1]), "attempt": None}))
    silent = (UNSEEN if seq < len(bodies) else ADDED) if unseen else ""
    return changed("event doubled", f"{stream}#{seq} {bodies[seq - 1]['type']}", stream, seq + 1, silent)


def events_swapped(vault: Vault, chance) -> Change:
    """Let two events change places."""
    stream, bodies, one = any_event(vault, chance)
    two = min(len(bodies), one + chance.randint(1, 2))
    if one == two:
        raise NotHere
    silent = UNSEEN if one > seen(vault, stream, bodies) else ""

    def change(rows):
        rows[one - 1], rows[two - 1] = rows[two - 1], rows[one - 1]
        if chance.random() < 0.5:  # at the times that stood there
            rows[one - 1]["at"], rows[two - 1]["at"] = rows[two - 1]["at"], rows[one - 1]["at"]

    rewrite(vault, stream, change)
    return changed("events swapped", f"{stream}#{one} and #{two}", stream, one, silent)


def event_moved(vault: Vault, chance) -> Change:
    """Move an event to another agreement."""
    stream, bodies, seq = any_event(vault, chance)
    to = chance.choice(vault.agreements())
    if to == stream:
        raise NotHere
    body, theirs = bodies[seq - 1], vault.bodies(to)
    place = chance.choice([b["seq"] for b in theirs if b["type"] == body["type"]] or [len(theirs)])
    unseen = seq > seen(vault, stream, [*bodies[: seq - 1], *bodies[seq:]])
    there = place >= seen(vault, to, theirs) and not body.get("signed")
    rewrite(vault, stream, lambda rows: rows.pop(seq - 1))
    rewrite(vault, to, lambda rows: rows.insert(place, {**copy.deepcopy(body), "attempt": None}))
    needs = [] if unseen else [_from(stream, seq)]
    needs += [] if there else [_from(to, place + 1)]
    silent = UNSEEN if unseen and there else ""
    return Change("event moved", f"{stream}#{seq} {body['type']} to {to}#{place + 1}", tuple(needs), silent)


def tail_cut(vault: Vault, chance) -> Change:
    """Cut the last events off."""
    stream, bodies, seq = any_event(vault, chance)
    keep = max(1, len(bodies) - chance.randint(1, 3)) if chance.random() < 0.5 else seq
    if keep >= len(bodies):
        raise NotHere
    rewrite(vault, stream, lambda rows: rows.__delitem__(slice(keep, None)))
    return changed("tail cut", f"{stream} after {keep} of {len(bodies)}", stream, keep, UNSEEN)


def removed(vault: Vault, chance) -> Change:
    """Take a whole agreement away."""
    ref = chance.choice(vault.agreements())
    last = ref == vault.agreements()[-1]
    vault.remove(ref)
    return Change("agreement removed", ref, (frozenset({ref}),), UNSEEN if last else "")


def content(vault: Vault, chance) -> Change:
    """Put other content in the place of some that an event names, under its own digest."""
    stream, bodies, seq = any_event(vault, chance)
    named = [(path, old) for path, old in leaves(bodies[seq - 1]) if isinstance(old, str) and len(old) == 64]
    named = [(path, old) for path, old in named if path[0] != "prev" and body_of(vault, old) is not None]
    if not named:
        raise NotHere
    path, old = chance.choice(named)
    found = other(body_of(vault, old), chance, elsewhere=[vault.row("content", chance)["body"]])
    if found is None:
        raise NotHere
    told = f"{'.'.join(map(str, path))}: {found[0]}"
    return replaced(vault, stream, bodies, old, found[1], "content replaced", told)


def words(vault: Vault, chance) -> Change:
    """Put other words in the place of somebody's, under their own digest."""
    note = vault.row("note", chance)
    places = sorted(vault.naming(note["digest"]))
    if not places:
        raise NotHere
    stream = places[0].partition("#")[0]
    found = other(note["text"], chance)
    digest = note_digest(note["salt"], found[1])
    vault.do("INSERT OR IGNORE INTO note VALUES (?, ?, ?)", digest, note["salt"], found[1])
    bodies = vault.bodies(stream)
    first = _first(bodies, note["digest"])
    silent = UNSEEN if first > seen(vault, stream, bodies) and not bodies[first - 1].get("signed") else ""
    rewrite(vault, stream, lambda rows: [replace_in(row, note["digest"], digest) for row in rows])
    told = f"{stream}#{first}: {found[0]}: {found[1]!r:.60}"
    return changed("words replaced", told, stream, first, silent)


def forged(vault: Vault, chance, signer) -> Change:
    """Sign an event anew, with a key of the forger's."""
    stream, _, seq = any_event(vault, chance, lambda body: body.get("signed"))
    claimed = chance.random() < 0.5  # under the fingerprint of the true key

    def change(rows):
        key = rows[seq - 1]["signed"]["key"]
        vault.sign(rows[seq - 1], signer)
        if claimed:
            rows[seq - 1]["signed"]["key"] = key

    rewrite(vault, stream, change)
    return changed("signed by another key", f"{stream}#{seq}", stream, seq, "")


def replayed(vault: Vault, chance) -> Change:
    """Put the signature of another event under one."""
    stream, bodies, seq = any_event(vault, chance, lambda body: body.get("signed"))
    _, others, another = any_event(vault, chance, lambda body: body.get("signed"))
    signed = others[another - 1]["signed"]
    if signed == bodies[seq - 1]["signed"]:
        raise NotHere
    rewrite(vault, stream, lambda rows: rows[seq - 1].update(signed=signed))
    return changed("signature of another", f"{stream}#{seq}", stream, seq, "")


# What these share.


def any_event(vault, chance, wanted=lambda body: True):
    """Return any chain, its lines, and the number of one that is *wanted*."""
    stream = chance.choice([*vault.agreements(), *[REGISTRY] * 5])
    bodies = vault.bodies(stream)
    numbers = [body["seq"] for body in bodies if wanted(body)]
    if not numbers:
        raise NotHere
    return stream, bodies, chance.choice(numbers)


def seen(vault, stream, bodies):
    """Return the number of the last event that somebody who signed had seen."""
    if stream == REGISTRY:
        return bodies[-1]["seq"] - 1  # each entry names the one before it
    last = 0
    for body in bodies:
        if body.get("signed"):
            said = read_statement(vault.content(body["signed"]["statement"]))[1]
            last = max(last, int(str(said["seen"]).partition(" ")[0]))
    return last


def rewrite(vault, stream, change):
    """Rewrite a chain; where its tables cannot be made to fit, they stay as they are."""
    try:
        vault.rewrite(stream, change)
    except _IMPOSSIBLE:
        vault.tidy()


def replaced(vault, stream, bodies, old, body, kind, told):
    """Replace content in a chain, with its sizes and digests."""
    first = _first(bodies, old)
    signed = bodies[first - 1].get("signed")
    loose = not signed or any(
        old in texts_in(row) for row in bodies[first - 1]["payload"].get("documents", ())
    )
    silent = UNSEEN if first > seen(vault, stream, bodies) and loose else ""
    new = vault.keep(body)
    if new == old:
        raise NotHere
    rewrite(vault, stream, lambda rows: [replace_in(row, old, new, body) for row in rows])
    return changed(kind, f"{stream}#{first} {told}", stream, first, silent)


def _told(kind, vault, stream, seq, what, body, path):
    beside = not body.get("signed") or any(path[: len(known)] == known for known in _BESIDE)
    bodies = vault.bodies(stream)
    silent = UNSEEN if seq > seen(vault, stream, bodies) and beside else ""
    return changed(kind, f"{stream}#{seq} {body['type']} {what}", stream, seq, silent)


def changed(kind, told, stream, seq, silent):
    """Return a change of a chain from an event on."""
    return Change(kind, told, (_from(stream, seq),), silent)


def _from(stream, seq):
    """Return the places of an event and all after it: who signed later saw what was written before."""
    return frozenset({f"{stream}#0", *(f"{stream}#{n}" for n in range(max(1, seq), 100))})


def body_of(vault, digest):
    """Return content by digest; None where there is none."""
    rows = vault.do("SELECT body FROM content WHERE sha256 = ?", digest)
    return bytes(rows[0][0]) if rows else None


def _first(bodies, digest):
    return next(body["seq"] for body in bodies if digest in texts_in(body))


def _other(vault, chance, bodies, body, path, old):
    """Return another value for a leaf: one that would be right elsewhere, or any."""
    if path[-1] in ("at", "clock", "time") and isinstance(old, str):
        moved = timedelta(seconds=chance.choice((-86400, -3600, -1, 1, 3600, 86400)))
        return "moved", written_time(read_time(old) + moved)
    if path == ("type",):
        return "another type", chance.choice([kind.value for kind in Type if kind.value != old])
    if isinstance(old, bool):
        return "turned", not old
    if old is None or isinstance(old, dict | list):
        return "filled", chance.choice(("x", 1, ["x"], {"x": 1}))
    elsewhere = _elsewhere(vault, chance, body, path)
    beside = [one for _, one in leaves(body)]
    if isinstance(old, str) and len(old) == 64:
        elsewhere.append(vault.row("content", chance)["sha256"])
    found = other(old, chance, elsewhere=elsewhere, beside=beside)
    if found is None:
        raise NotHere
    return found


def _elsewhere(vault, chance, body, path):
    """Return what stands at the same place in other events of its type."""
    lines = vault.do("SELECT line FROM event WHERE instr(line, ?)", f'"type":"{body["type"]}"')
    found = [dict(leaves(json.loads(line))).get(path) for (line,) in lines[: 1 + chance.randrange(20)]]
    return [one for one in found if isinstance(one, str | int)][-3:]
