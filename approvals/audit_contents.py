"""Whether everything the events refer to by digest is there and unaltered.

Documents, terms, policies, statements and evidence are *content*; people's own words are
*notes*. Each check yields what does not hold, with the place where `audit` cannot know it.
"""

import json
import re
from collections.abc import Container, Iterator, Mapping, Set
from datetime import datetime
from functools import lru_cache
from typing import Any, TypeGuard

from approvals.directory import Directory
from approvals.policy import Policy, read_policy
from workflow.case import Case, DocumentRef
from workflow.documents.package import content_digest, read_package
from workflow.errors import WorkflowError
from workflow.events import Event
from workflow.lifecycle import State
from workflow.notes import is_salt, note_digest, notes_in
from workflow.reading import Reader, Row
from workflow.terms import Terms, from_canonical
from workflow.values.dates import TAIPEI, long_date

Faults = Iterator[tuple[str, str]]

_REFERENCES = (
    "terms",
    "plan",
    "round",
    "record",
    "policy",
    "trace",
    "made_of",
    "wordings",
    "library",
    "report",
)
_DIGEST = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")


def is_digest(value: object) -> TypeGuard[str]:
    """Tell whether a value is written as digests are."""
    return isinstance(value, str) and _DIGEST.fullmatch(value) is not None


def content(reader: Reader, digest: object) -> bytes:
    """Return content by digest; empty where it is missing."""
    if not is_digest(digest):
        return b""
    rows = reader.rows("SELECT body FROM content WHERE sha256 = :digest", digest=digest)
    body = rows[0]["body"] if rows else b""
    return bytes(body) if isinstance(body, bytes | memoryview) else b""


@lru_cache(maxsize=16)
def terms_of(body: bytes) -> Terms:
    """Return the terms that content holds; an agreement's are asked for again and again."""
    return from_canonical(body)


@lru_cache(maxsize=4)
def policy_of(body: bytes) -> Policy:
    """Return the policy that content holds; nearly every submission was judged by one of a few."""
    return read_policy(body)


def _notes(reader: Reader, digest: object) -> list[Row]:
    if not is_digest(digest):
        return []
    return reader.rows("SELECT salt, text FROM note WHERE digest = :digest", digest=digest)


def digests_in(line: bytes) -> Set[str]:
    """Return everything in a line that could name content or a note."""
    return set(_DIGEST.findall(line.decode(errors="replace")))


def check_notes(reader: Reader, event: Event, erased: Container[str]) -> Faults:
    """Check that every note an event names is there, and is the one that was written."""
    for name, digest in notes_in(event.payload):
        rows = _notes(reader, digest)
        if digest in erased:
            if rows:
                yield "content", f"the words of its {name} were erased, and are there again"
            continue
        if len(rows) > 1:
            yield "content", f"the words of its {name} are stored twice"
        if not rows:
            yield "content", f"the words of its {name} are missing"
        elif not is_salt(rows[0]["salt"]) or note_digest(rows[0]["salt"], rows[0]["text"]) != digest:
            yield "content", f"the words of its {name} were altered"


def check_references(reader: Reader, case: Case, event: Event, erased: Container[str]) -> Faults:
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
        if digest not in erased and not content(reader, digest):
            yield "content", f"the {name} it names by {digest[:12]} is missing"


def check_documents(reader: Reader, case: Case, event: Event, erased: Container[str]) -> Faults:
    """Check that every document issued with an event has the digests and size recorded."""
    for document in issued_with(case, event):
        body = content(reader, document.file)
        if document.file in erased:
            if body:
                yield "documents", f"{document.name} was erased, and is there again"
            continue
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
        "date": long_date(clock.astimezone(TAIPEI).date(), case.spoken_in),
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
