"""Statements that were signed elsewhere: what they ask for, and whether they are what we would sign.

A statement names its signer's own words by their digest; the words go beside it, in a file of their
own. Pure. The signature over a statement is checked where every signature is.
"""

import json
from collections.abc import Mapping

from approvals.capacity import Ask, Capacity
from approvals.errors import StatementRefusedError
from approvals.statements import read_statement
from workflow.case import Case
from workflow.errors import WorkflowError
from workflow.events import Event
from workflow.i18n import mark, translate
from workflow.notes import Note, is_salt
from workflow.texts import tidy


def asked_of(action: str, said: Mapping[str, str | int], person: str) -> Ask:
    """Return what a statement asks for."""
    word = {name: str(said.get(name, "")) for name in ("capacity", "aspect", "for", "member", "document")}
    return Ask(
        action, word["capacity"], word["aspect"], word["for"] or person, word["member"], word["document"]
    )


def written_words(note: Note) -> bytes:
    """Return the file of the words beside a statement, as ``notes.json`` of a bundle has them."""
    words = {note.digest: [note.salt, note.text]} if note.text else {}
    return (json.dumps(words, ensure_ascii=False, indent=1) + "\n").encode()


def read_words(body: bytes, digest: str) -> Note:
    """Return the words that a statement names by *digest*, or raise `StatementRefusedError`."""
    if not digest:
        return Note("", "")
    try:
        salt, text = json.loads(body)[digest]
        # What may be typed may be handed in, and nothing else.
        if is_salt(salt) and tidy(text, of="reason") == text and Note(salt, text).digest == digest:
            return Note(salt, text)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, WorkflowError):
        pass
    raise StatementRefusedError(reason=mark("the words it names are not in the file beside it"))


def require_same(expected: bytes, statement: bytes, events: list[Event], case: Case) -> None:
    """Raise unless two statements differ in nothing but their time and what was seen, rightly told."""
    ours, theirs = read_statement(expected)[1], read_statement(statement)[1]
    for name in {**ours, **theirs}:
        if name not in ("time", "seen") and ours.get(name) != theirs.get(name):
            reason = mark("its {name} is not the one that would be signed here")
            raise StatementRefusedError(reason=translate(reason).format(name=name))
    number, _, head = str(theirs.get("seen")).partition(" ")
    since = case.submission.seq if case.submission else 1
    if not any(str(e.seq) == number and e.hash == head and e.seq >= since for e in events):
        raise StatementRefusedError(reason=mark("its signer had not seen this text"))


def require_delegation(statement: bytes, place: Capacity) -> None:
    """Raise where a deputy signed under a delegation that has ended since and another has followed."""
    if place.grant and read_statement(statement)[1].get("delegation") != place.grant:
        reason = mark("its {name} is not the one that would be signed here")
        raise StatementRefusedError(reason=translate(reason).format(name="delegation"))
