"""Making an agreement's documents again from what the trail keeps, and comparing.

The template's bytes and the data are kept by digest beside every document; the engine makes
it anew, and the digest of its parts has to be the one the event recorded. The file's own
bytes are compared too where the same compressor is at hand. This is a second check: the bytes
that were issued are kept, and what they say does not depend on making them again.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from workflow.case import DocumentRef
from workflow.documents.engine import Rendered, Template, compile_template
from workflow.errors import WorkflowError
from workflow.i18n import mark

#: Content by its digest; None where the store lacks it.
Fetch = Callable[[str], bytes | None]


class Verdict(StrEnum):
    """What came of making a document again."""

    SAME = "same"
    DIFFERENT = "different"
    IMPOSSIBLE = "impossible"


@dataclass(frozen=True, slots=True)
class Made:
    """A document made again: its parts against those recorded, and its bytes where they compare.

    ``file`` is empty where bytes cannot be compared; ``why`` says so, or what stood in the way.
    """

    document: DocumentRef
    verdict: Verdict
    file: str
    why: str
    facts: tuple[tuple[str, object], ...] = ()


def reproduce(documents: Iterable[DocumentRef], fetch: Fetch) -> Iterator[Made]:
    """Make every document again."""
    templates: dict[str, Template] = {}
    for document in documents:
        try:
            rendered = _render(document, fetch, templates)
        except _MissingError as error:
            yield Made(document, Verdict.IMPOSSIBLE, "", *error.args)
        except (WorkflowError, ValueError, RecursionError) as error:
            why = mark("this program does not make it: {reason}")
            yield Made(document, Verdict.IMPOSSIBLE, "", why, (("reason", error),))
        else:
            yield _compared(document, rendered)


class _MissingError(Exception):
    """What a document was made of is not there as it was."""


def _render(document: DocumentRef, fetch: Fetch, templates: dict[str, Template]) -> Rendered:
    data: Any = json.loads(_whole(document.context, fetch, mark("the data it was made of")))
    if document.template not in templates:
        body = _whole(document.template, fetch, mark("the template it was made of"))
        templates[document.template] = compile_template(body, name=document.kind)
    return templates[document.template].issue(data)


def _whole(digest: str, fetch: Fetch, what: str) -> bytes:
    """Return content that is the one its digest names, or raise."""
    body = fetch(digest)
    if body is None:
        raise _MissingError(mark("{what} is missing"), (("what", what),))
    if hashlib.sha256(body).hexdigest() != digest:
        raise _MissingError(mark("{what} was altered"), (("what", what),))
    return body


def _compared(document: DocumentRef, rendered: Rendered) -> Made:
    if rendered.content != document.content:
        why = mark("made again, its parts have the digest {digest}")
        return Made(document, Verdict.DIFFERENT, "", why, (("digest", rendered.content[:12]),))
    if not document.compressor or document.compressor != rendered.compressor:
        facts = (("recorded", document.compressor or "?"), ("here", rendered.compressor))
        return Made(
            document, Verdict.SAME, "", mark("bytes not compared: made by {recorded}, here is {here}"), facts
        )
    if hashlib.sha256(rendered.body).hexdigest() == document.file:
        return Made(document, Verdict.SAME, Verdict.SAME, "")
    why = mark("its parts are the same, its bytes are not")
    return Made(document, Verdict.DIFFERENT, Verdict.DIFFERENT, why)
