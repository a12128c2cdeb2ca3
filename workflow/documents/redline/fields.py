"""Fields, as Word writes them: a beginning, a code, a result and an end, in runs of their own."""

from workflow.documents.redline.names import FIELD_CHAR, Element, w

FIELD_TYPE = w("fldCharType")


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
