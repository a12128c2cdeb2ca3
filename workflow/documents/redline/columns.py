"""Rows of two tables in one: those of the old with fewer columns have to fill those of the new.

Where one table replaced another the rows of both stand in it until someone accepts or rejects.
"""

from collections.abc import Iterator

from lxml import etree

from workflow.documents.redline.names import TC, TCPR, TR, VAL, Element, w

_GRID, _COLUMN, _SPAN, _WIDTH = w("tblGrid"), w("gridCol"), w("gridSpan"), w("tcW")
_BEFORE_SPAN = frozenset({w("cnfStyle"), _WIDTH})


def narrow_cells(table: Element) -> Iterator[tuple[Element, int]]:
    """Yield the last cell of each row that has fewer columns than the grid, and how many it lacks."""
    columns = len(table.findall(f"{_GRID}/{_COLUMN}"))
    for row in table.iterchildren(TR):
        cells = row.findall(TC)
        lacking = columns - sum(map(_span, cells))
        if cells and lacking > 0:
            yield cells[-1], lacking


def widen(cell: Element, more: int) -> None:
    """Let a cell reach over so many columns more."""
    properties = cell.find(TCPR)
    if properties is None:
        properties = etree.Element(TCPR)
        cell.insert(0, properties)
    spanned = _span(cell) + more
    span = properties.find(_SPAN)
    if span is None:
        span = etree.Element(_SPAN)
        properties.insert(sum(1 for child in properties if child.tag in _BEFORE_SPAN), span)
    span.set(VAL, str(spanned))


def _span(cell: Element) -> int:
    found = cell.find(f"{TCPR}/{_SPAN}")
    said = "" if found is None else found.get(VAL, "")
    return int(said) if said.isascii() and said.isdigit() and 0 < int(said) < 64 else 1
