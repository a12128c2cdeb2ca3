"""Tables whose columns a template repeats or chooses: their grid has to follow.

Word and LibreOffice take the widths of columns from the grid, which stands before the rows and
so cannot know how many cells they will have. A part is read once more where that can happen,
and nowhere else. The table keeps its width, as docxtpl does it.
"""

from typing import Any

from lxml import etree

_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def with_grids(body: bytearray) -> bytearray:
    """Return a rendered part whose tables have a grid as wide as their widest row."""
    root = etree.fromstring(bytes(body), _PARSER)
    for table in root.iter(f"{_W}tbl"):
        grid = table.find(f"{_W}tblGrid")
        wanted = max((_cells(row) for row in table.findall(f"{_W}tr")), default=0)
        if grid is not None and wanted:
            _fit(grid, wanted)
    return bytearray(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))


def _cells(row: Any) -> int:
    return sum(_number(cell.find(f"{_W}tcPr/{_W}gridSpan"), "val", 1) for cell in row.findall(f"{_W}tc"))


def _fit(grid: Any, wanted: int) -> None:
    columns = grid.findall(f"{_W}gridCol")
    widths = [_number(column, "w", 0) for column in columns]
    if len(columns) < wanted:
        average = sum(widths) // wanted
        widths = [width * len(columns) // wanted for width in widths]
        widths += [average] * (wanted - len(columns))
    elif len(columns) > wanted:
        more = sum(widths[wanted:]) // wanted
        widths = [width + more for width in widths[:wanted]]
    else:
        return
    for column in columns:
        grid.remove(column)
    for width in widths:
        etree.SubElement(grid, f"{_W}gridCol", {f"{_W}w": str(width)})


def _number(element: Any, attribute: str, otherwise: int) -> int:
    said = "" if element is None else element.get(f"{_W}{attribute}", "")
    return int(said) if said.isdecimal() and len(said) < 9 else otherwise
