"""Fields, as Word writes them: a beginning, a code, a result and an end, in runs of their own."""

import re
from collections.abc import Iterator

from workflow.documents.redline.names import FIELD_CHAR, Element, P, w

FIELD_TYPE = w("fldCharType")
#: Fields that number pages and nothing else; Word counts anew whenever it lays a document out.
_COUNTING = frozenset({"PAGE", "NUMPAGES", "SECTIONPAGES", "PAGEREF"})
_PAGE_NUMBER = re.compile(r"\s*(?:\d{1,5}|[ivxlc]{1,9}|[IVXLC]{1,9})?\s*")


def is_balanced(paragraph: Element) -> bool:
    """Say whether every field ends where it begins, so that it can be taken as one object."""
    open_in: list[Element | None] = []
    for char in paragraph.iter(FIELD_CHAR):
        kind, run = char.get(FIELD_TYPE), char.getparent()
        holder = None if run is None else run.getparent()
        if kind == "begin":
            open_in.append(holder)
        elif not open_in or open_in[-1] is not holder:
            return False
        elif kind == "end":
            open_in.pop()
    return not open_in


def field_depth(paragraph: Element) -> int:
    """Return how many more fields begin than end in a paragraph."""
    depth = 0
    for char in paragraph.iter(FIELD_CHAR):
        kind = char.get(FIELD_TYPE)
        depth += (kind == "begin") - (kind == "end")
    return depth


def field_code(text: str) -> str:
    """Return a field's code without the blanks that mean nothing."""
    return " ".join(text.split())


def counting(code: str) -> str:
    """Return which page number a field's code asks for, or nothing where it asks for anything else."""
    word = (code.split() or [""])[0].upper()
    return word if word in _COUNTING else ""


def is_page_number(text: str) -> bool:
    """Say whether a text could be a page's number; anything else has no business in such a field."""
    return _PAGE_NUMBER.fullmatch(text) is not None


def spread(container: Element) -> Iterator[Element]:
    """Yield the paragraphs that share one field with others, as those of a table of contents do."""
    depth = 0
    for paragraph in container.iter(P):
        before, depth = depth, max(depth + field_depth(paragraph), 0)
        if before or depth:
            yield paragraph
