"""Pictures and shapes: what makes two of them the same, and the text boxes in them."""

from collections.abc import Iterator

from workflow.documents.redline.names import FALLBACK, RELATIONS, TEXT_BOX, Element
from workflow.documents.redline.source import Source


def picture_key(element: Element, source: Source, part: str) -> str:
    """Return what makes two pictures the same: what they show; text in them is compared by itself."""
    boxes = sum(1 for _ in element.iter(TEXT_BOX))
    shown = [
        source.fingerprint(part, str(value))
        for node in element.iter()
        for name, value in node.attrib.items()
        if str(name).startswith(f"{{{RELATIONS}}}")
    ]
    return f"picture:{TEXT_BOX if boxes else ''}{boxes}:{','.join(shown)}"


def text_boxes(element: Element, *, hidden: bool = False) -> list[Element]:
    """Return the text boxes under *element*, without those inside others.

    Word writes each a second time for old programs; those are *hidden*.
    """
    barriers = {TEXT_BOX} if hidden else {TEXT_BOX, FALLBACK}
    return [
        box
        for box in element.iter(TEXT_BOX)
        if not any(parent.tag in barriers for parent in _ancestors(box, element))
    ]


def _ancestors(element: Element, top: Element) -> Iterator[Element]:
    for parent in element.iterancestors():
        if parent is top:
            return
        yield parent
