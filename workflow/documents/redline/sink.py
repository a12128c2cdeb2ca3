"""A paragraph that is being written anew: runs in reading order, marked and nested as they come."""

from lxml import etree

from workflow.documents.redline.marks import Marks, as_deleted
from workflow.documents.redline.names import DEL_TEXT, PPR, Element, R, T, inner
from workflow.documents.redline.styling import looks


class Sink:
    """Empties a paragraph and takes its content again, piece by piece.

    *kind* is ``ins``, ``del`` or nothing for text that stays. Links and content controls of the
    new document are used as they are; they never have to be cut in two.
    """

    def __init__(self, paragraph: Element, marks: Marks) -> None:
        self._marks = marks
        for child in [child for child in paragraph if child.tag != PPR]:
            paragraph.remove(child)
        self.path: tuple[Element, ...] = ()
        self._holders: list[Element] = [paragraph]
        self._wrapper: Element | None = None
        self._kind = ""
        self._run: Element | None = None
        self._look: tuple[object, ...] = ()

    def enter(self, path: tuple[Element, ...]) -> None:
        """Go on inside these links and controls, each emptied when it is first entered."""
        if path == self.path:
            return
        common = 0
        while common < min(len(path), len(self.path)) and path[common] is self.path[common]:
            common += 1
        del self._holders[common + 1 :]
        self._close()
        for element in path[common:]:
            self._holders[-1].append(element)
            content = inner(element)
            assert content is not None  # noqa: S101 - text was read from it
            for child in list(content):
                content.remove(child)
            self._holders.append(content)
        self.path = path

    def enter_copy(self, original: Element, copy: Element) -> None:
        """Go on inside a copy of a link of the old document."""
        self._close()
        self._holders[-1].append(copy)
        self._holders.append(copy)
        self.path = (original,)

    def child(self, kind: str, props: Element | None, node: Element) -> None:
        """Add an element that stands in a run with these properties."""
        run = self._open(kind, props)
        last = run[-1] if len(run) else None
        if node.tag == T and last is not None and last.tag in (T, DEL_TEXT):
            last.text = (last.text or "") + (node.text or "")
            return
        run.append(node)
        if kind == "del":
            as_deleted(run)

    def element(self, kind: str, node: Element) -> None:
        """Add an element that stands beside runs."""
        self._switch(kind)
        self._run = None
        self._holder.append(node)
        if kind == "del":
            as_deleted(node)

    def marker(self, node: Element) -> None:
        """Add a marker that is neither inserted nor deleted."""
        self._close()
        self._holders[-1].append(node)

    @property
    def _holder(self) -> Element:
        return self._holders[-1] if self._wrapper is None else self._wrapper

    def _open(self, kind: str, props: Element | None) -> Element:
        self._switch(kind)
        look = looks(props)
        if self._run is None or look != self._look:
            self._run, self._look = etree.Element(R), look
            if props is not None:
                self._run.append(props)
            self._holder.append(self._run)
        return self._run

    def _switch(self, kind: str) -> None:
        if kind == self._kind:
            return
        self._close()
        self._kind = kind
        if kind:
            self._wrapper = self._marks.make(kind)
            self._holders[-1].append(self._wrapper)

    def _close(self) -> None:
        self._wrapper, self._kind, self._run = None, "", None


def shell(element: Element) -> Element:
    """Return an element like this one with nothing in it."""
    made = etree.Element(element.tag)
    for name, value in element.attrib.items():
        made.set(name, value)
    return made
