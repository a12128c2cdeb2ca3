"""Headers and footers: compared by section and by the pages they are for."""

from collections.abc import Callable
from copy import deepcopy

from lxml import etree

from workflow.documents.redline.adopt import Adopter
from workflow.documents.redline.links import Links
from workflow.documents.redline.marks import Marks, descend
from workflow.documents.redline.model import Story
from workflow.documents.redline.names import DOCUMENT, RELATIONS, TBL, TYPE, Element, P, w
from workflow.documents.redline.source import Source, sections, serialise


class Furniture:
    """The headers and footers of both documents."""

    def __init__(self, old: Source, new: Source, adopter: Adopter, marks: Marks, links: Links) -> None:
        self._old, self._new = old, new
        self._adopter, self._marks, self._links = adopter, marks, links
        self.parts: list[str] = []

    def merge(self, container: Callable[[Story, Story, Element, Element], None]) -> None:
        """Show in the new ones what became of the old; *container* does it where there are both."""
        old, new = self._old.furniture(), self._new.furniture()
        for place in sorted(old.keys() | new.keys()):
            if place not in new:
                self._bring_back(place, old[place])
            elif new[place] not in self.parts:
                self.parts.append(new[place])
                root = self._new.tree(new[place])
                if place in old:
                    stories = Story(self._old, old[place]), Story(self._new, new[place])
                    container(*stories, self._old.tree(old[place]), root)
                else:
                    self._marks.whole_container(root, "ins")

    def _bring_back(self, place: tuple[int, str, str], old_part: str) -> None:
        """Put a header that is gone where it was, with all its text deleted."""
        number, kind, pages = place
        found = sections(self._new.tree(DOCUMENT))
        if number > len(found):
            return
        part = self._links.unused(f"word/{kind}-old.xml")
        empty = self._old.tree(old_part)
        reference = self._links.add_part(part, kind, serialise(_like(empty)), old_part)
        root = self._new.tree(part)
        for block in descend(empty, P, TBL):
            root.append(self._adopter.copy(block, old_part, part))
        self._marks.whole_container(root, "del")
        self.parts.append(part)
        link = etree.Element(w(f"{kind}Reference"))
        link.set(TYPE, pages)
        link.set(f"{{{RELATIONS}}}id", reference)
        found[number - 1].insert(0, link)


def _like(root: Element) -> Element:
    """Return an empty element with the same name and namespaces."""
    made = deepcopy(root)
    for child in list(made):
        made.remove(child)
    return made
