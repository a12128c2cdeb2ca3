"""Whether everything the events refer to by digest is there and unaltered.

Documents, terms, policies, statements and evidence are *content*; people's own words are
*notes*. Each check yields what does not hold, with the place where `audit` cannot know it.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Set
from datetime import datetime
from typing import Any

from approvals.directory import Directory
from workflow.case import Case, DocumentRef
from workflow.documents.package import content_digest, read_package
from workflow.errors import WorkflowError
from workflow.events import Event, Type, note_digest
from workflow.lifecycle import State
from workflow.reading import Reader, Row
from workflow.values.dates import TAIPEI, long_date

Faults = Iterator[tuple[str, str]]

_REFERENCES = ("terms", "plan", "round", "policy", "trace", "made_of")
_NOTES = ("reason", "note", "question", "reasoning", "basis", "evidence")
_DIGEST = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")


def content(reader: Reader, digest: object) -> bytes:
    """Return content by digest; empty where it is missing."""
    if not isinstance(digest, str) or not _DIGEST.fullmatch(digest):
        return b""
    rows = reader.rows("SELECT body FROM content WHERE sha256 = :digest", digest=digest)
    body = rows[0]["body"] if rows else b""
    return bytes(body) if isinstance(body, bytes | memoryview) else b""


def note(reader: Reader, digest: object) -> str:
    """Return the words behind a digest; empty where they are missing."""
    return next((str(row["text"]) for row in _notes(reader, digest)), "")


def _notes(reader: Reader, digest: object) -> list[Row]:
    if not isinstance(digest, str) or not _DIGEST.fullmatch(digest):
        return []
    return reader.rows("SELECT salt, text FROM note WHERE digest = :digest", digest=digest)


def digests_in(line: bytes) -> Set[str]:
    """Return everything in a line that could name content or a note."""
    return set(_DIGEST.findall(line.decode(errors="replace")))


def check_bodies(
    reader: Reader, named: Mapping[str, list[tuple[str, int]]], *, whole: bool
) -> Iterator[tuple[str, int, str]]:
    """Hash the stored bytes; *named* says which events name which digest.

    Where the *whole* store is verified, content and notes that nothing names are found too:
    what was cut away leaves them behind.
    """
    before = None
    for row in reader.rows("SELECT sha256, size FROM content ORDER BY sha256"):
        name, again = row["sha256"], row["sha256"] == before
        before = name
        places = named.get(name, [])
        if not places:
            if whole:
                yield name[:12], 0, "it is stored and nothing in the trail names it"
            continue
        body = content(reader, name)
        if again:
            text = f"something else is stored as {name[:12]} too"
        elif hashlib.sha256(body).hexdigest() != name:
            text = f"the stored bytes of {name[:12]} are not the ones the event names"
        elif len(body) != row["size"]:
            text = f"the stored size of {name[:12]} is not that of its bytes"
        else:
            continue
        yield from ((stream, seq, text) for stream, seq in places)
    if whole:
        for row in reader.rows("SELECT digest FROM note ORDER BY digest"):
            if row["digest"] not in named:
                yield row["digest"][:12], 0, "these words are stored and nothing in the trail names them"


def check_notes(reader: Reader, event: Event) -> Faults:
    """Check that every note an event names is there, and is the one that was written."""
    said = event.payload
    named = [(name, said.get(name)) for name in _NOTES]
    if event.type is Type.FLAG_RESOLVED:
        named += [(f"condition {row['id']}", row["text"]) for row in said["conditions"]]
    for name, digest in named:
        if not isinstance(digest, str) or not digest:
            continue
        rows = _notes(reader, digest)
        if len(rows) > 1:
            yield "content", f"the words of its {name} are stored twice"
        if not rows:
            yield "content", f"the words of its {name} are missing"
        elif note_digest(rows[0]["salt"], rows[0]["text"]) != digest:
            yield "content", f"the words of its {name} were altered"


def check_references(reader: Reader, case: Case, event: Event) -> Faults:
    """Check that every file, term and policy an event names by digest is there."""
    said = event.payload
    named = {name: said[name] for name in _REFERENCES if said.get(name)}
    if event.signed:
        named["statement"] = event.signed.statement
    for name in ("evidence", "signed_copy"):
        attached = said.get(name)
        if isinstance(attached, Mapping):
            named[name] = attached["sha256"]
            if len(content(reader, attached["sha256"])) != attached["size"]:
                yield "content", f"the {name} is not of the size recorded"
    for document in issued_with(case, event):
        named[f"template of {document.name}"] = document.template
        named[f"data of {document.name}"] = document.context
    for name, digest in named.items():
        if not content(reader, digest):
            yield "content", f"the {name} it names by {digest[:12]} is missing"


def check_documents(reader: Reader, case: Case, event: Event) -> Faults:
    """Check that every document issued with an event has the digests and size recorded."""
    for document in issued_with(case, event):
        body = content(reader, document.file)
        if len(body) != document.size:
            yield "documents", f"{document.name} is missing or not of the size recorded"
            continue
        try:
            parts = read_package(body, name=document.name)
        except WorkflowError as error:
            yield "documents", str(error)
            continue
        if content_digest(parts) != document.content:
            yield "documents", f"{document.name} does not have the content digest recorded"


def issued_with(case: Case, event: Event) -> tuple[DocumentRef, ...]:
    """Return the documents an event issued."""
    return tuple(document for document in case.documents if document.seq == event.seq)


def check_final(reader: Reader, case: Case, event: Event, directory: Directory, *, clock: datetime) -> Faults:
    """Check that the version to execute is the approved text, without the mark of a draft.

    Nobody signs after the last sign-off, so its bytes are bound to the approved ones by being
    made again: from the same template and data, and only where that gives the approved ones.
    """
    if event.to != State.APPROVED or case.contract is None:
        return
    finals = [document for document in issued_with(case, event) if document.kind == case.kind]
    if len(finals) != 1:
        yield "documents", f"{len(finals)} versions to execute were issued"
        return
    draft, final = case.contract, finals[0]
    approved, data = json.loads(content(reader, draft.context)), json.loads(content(reader, final.context))
    heading = {
        **approved["document"],
        "draft": False,
        "number": f"{case.ref}-{case.kind}-final",
        "date": long_date(clock.astimezone(TAIPEI).date(), case.language),
        "owner": directory.name_of(case.drafter),
    }
    if final.template != draft.template or data != {**approved, "document": heading}:
        yield "documents", f"{final.name} is not made of the text that was approved"
        return
    template = content(reader, draft.template)
    if _made(template, approved) == draft.content and _made(template, data) != final.content:
        yield "documents", f"{final.name} is not the text that was approved"


def _made(template: bytes, data: Mapping[str, Any]) -> str:
    """Return the content digest of a document made again; empty where it cannot be made now."""
    from workflow.documents.engine import compile_template  # slow to import, and seldom needed

    try:
        return compile_template(template).issue(data).content
    except WorkflowError:
        return ""
