"""The new document with everything that changed marked, so that Word can accept or reject it.

The new package is the ground. Deleted content is copied into it from the old one; what stayed
is left as it is. The author and the time are given, so the same input gives the same bytes.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import cast

from lxml import etree

from workflow.documents.package import write_package
from workflow.documents.redline.adopt import Adopter
from workflow.documents.redline.furniture import Furniture
from workflow.documents.redline.links import Links
from workflow.documents.redline.marks import Marks
from workflow.documents.redline.merge import Merger
from workflow.documents.redline.model import Story
from workflow.documents.redline.names import COMPARED, DOC_PR, DOCUMENT, Element, W
from workflow.documents.redline.notes import Notes
from workflow.documents.redline.source import NAMES, Source, open_source, serialise
from workflow.documents.redline.styling import Lists, Styles
from workflow.documents.vetting import disarmed

_IDENTIFIERS = etree.XPath("//@w:id", namespaces={"w": W})


def tracked_changes(
    old: bytes,
    new: bytes,
    *,
    author: str,
    at: datetime,
    resolve: str = "",
    names: tuple[str, str] = NAMES,
) -> bytes:
    """Return a DOCX in which accepting all changes gives *new* and rejecting them gives *old*.

    Raises `NotComparableError`, which calls the documents by their *names*. Changes already
    tracked in an input are refused, unless *resolve* is ``accept``: then they are accepted first.
    """
    before = open_source(old, name=names[0], resolve=resolve)
    after = open_source(new, name=names[1], resolve=resolve)
    marks = Marks(author, at, max(_numbers(after), default=0) + 1)
    links = Links(before, after)
    styles, lists = Styles(before, after), Lists(before, after, links)
    adopter = Adopter(links, styles, lists, max(_pictures(after), default=0) + 1)
    notes = Notes(before, after, adopter, marks, links)
    adopter.notes = notes

    def merge(old_story: Story, new_story: Story, was: Element, now: Element) -> None:
        Merger(marks, adopter, notes, old_story, new_story).container(was, now, moves=now is after.body)

    merge(Story(before, DOCUMENT), Story(after, DOCUMENT), before.body, after.body)
    furniture = Furniture(before, after, adopter, marks, links)
    furniture.merge(merge)
    notes.merge(merge)

    for part in (DOCUMENT, *furniture.parts, *notes.parts):
        after.parts[part] = serialise(after.tree(part))
    styles.write()
    lists.write()
    # The paper that is read with its changes marked fetches nothing, whatever the other side's did.
    after.parts |= disarmed(after.parts, name=names[1])
    return write_package(after.parts)


def _numbers(source: Source) -> Iterator[int]:
    """Yield the identifiers of what is marked already: bookmarks, comments."""
    for part in filter(COMPARED.fullmatch, source.parts):
        for value in cast("list[str]", _IDENTIFIERS(source.tree(part))):
            if value.isascii() and value.isdigit() and len(value) < 10:
                yield int(value)


def _pictures(source: Source) -> Iterator[int]:
    for part in filter(COMPARED.fullmatch, source.parts):
        for node in source.tree(part).iter(DOC_PR):
            value = node.get("id", "")
            if value.isascii() and value.isdigit() and len(value) < 10:
                yield int(value)
