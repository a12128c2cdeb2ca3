"""Footnotes and endnotes: each is compared where its mark stayed, and comes or goes with it."""

from collections.abc import Callable
from copy import deepcopy
from typing import TYPE_CHECKING

from workflow.documents.redline.links import Links
from workflow.documents.redline.marks import Marks
from workflow.documents.redline.model import Story
from workflow.documents.redline.names import ENDNOTE, FOOTNOTE, ID, TYPE, Element, w
from workflow.documents.redline.pairing import NoteKey, note_key
from workflow.documents.redline.source import Source, serialise

if TYPE_CHECKING:
    from workflow.documents.redline.adopt import Adopter


class Notes:
    """The notes of both documents. What is done to them waits until the body is finished."""

    def __init__(self, old: Source, new: Source, adopter: "Adopter", marks: Marks, links: Links) -> None:
        self._old, self._new, self._adopter, self._marks, self._links = old, new, adopter, marks, links
        self._pairs: list[tuple[NoteKey, NoteKey]] = []
        self._inserted: list[NoteKey] = []
        self._deleted: list[tuple[NoteKey, NoteKey]] = []
        self._next: dict[str, int] = {}
        self.parts: list[str] = []

    def pair(self, old: NoteKey, new: NoteKey) -> None:
        """Take two notes whose mark stayed."""
        self._pairs.append((old, new))

    def inserted_in(self, element: Element) -> None:
        """Take the notes whose marks are under *element*, which is new."""
        self._inserted += [note_key(reference) for reference in element.iter(FOOTNOTE, ENDNOTE)]

    def deleted(self, kind: str, old_id: str) -> str:
        """Keep a deleted note and return its identifier in the new document."""
        if old_id not in self._old.notes(kind):
            return old_id
        part = self._part(kind)
        if kind not in self._next:
            numbers = [int(note.get(ID, "0")) for note in self._new.tree(part).iterchildren(w(kind))]
            self._next[kind] = max([0, *numbers]) + 1
        number = str(self._next[kind])
        self._next[kind] += 1
        self._deleted.append(((kind, old_id), (kind, number)))
        return number

    def merge(self, container: Callable[[Story, Story, Element, Element], None]) -> None:
        """Show in the notes what became of them; *container* does it for one that stayed."""
        old = {kind: self._old.notes(kind) for kind in ("footnote", "endnote")}
        new = {kind: self._new.notes(kind) for kind in ("footnote", "endnote")}
        for (kind, was), (_, now) in self._pairs:
            before, after = old[kind].get(was), new[kind].get(now)
            if before is not None and after is not None:
                stories = Story(self._old, self._old.related(f"{kind}s")), Story(self._new, self._part(kind))
                container(*stories, before, after)
        for kind, number in self._inserted:
            note = new[kind].get(number)
            if note is not None:
                self._part(kind)
                self._marks.whole_container(note, "ins")
        for (kind, was), (_, number) in self._deleted:
            self._keep_deleted(kind, old[kind].get(was), number)

    def _keep_deleted(self, kind: str, note: Element | None, number: str) -> None:
        part = self._part(kind)
        if note is None:
            return
        copy = self._adopter.copy(note, self._old.related(f"{kind}s"), part)
        copy.set(ID, number)
        self._new.tree(part).append(copy)
        self._marks.whole_container(copy, "del")

    def _part(self, kind: str) -> str:
        """Return the part of the new document that holds such notes, made where there is none."""
        part = self._new.related(f"{kind}s")
        if not part:
            part = self._links.unused(f"word/{kind}s.xml")
            root = deepcopy(self._old.tree(self._old.related(f"{kind}s")))
            for note in [note for note in root if note.get(TYPE, "normal") == "normal"]:
                root.remove(note)
            self._links.add_part(part, f"{kind}s", serialise(root), self._old.related(f"{kind}s"))
        if part not in self.parts:
            self.parts.append(part)
        return part
