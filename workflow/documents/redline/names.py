"""The names of WordprocessingML that comparing needs, and the parts that hold text."""

import re
from typing import TypeAlias

from lxml import etree

Element: TypeAlias = etree._Element

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"
_MATH = "http://schemas.openxmlformats.org/officeDocument/2006/math"
_WP = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
_W14 = "http://schemas.microsoft.com/office/word/2010/wordml"


def w(name: str) -> str:
    """Return the full name of an element or attribute of WordprocessingML."""
    return f"{{{W}}}{name}"


BODY, P, PPR, R, RPR, T = w("body"), w("p"), w("pPr"), w("r"), w("rPr"), w("t")
TBL, TR, TRPR, TC, TCPR, SECTPR = w("tbl"), w("tr"), w("trPr"), w("tc"), w("tcPr"), w("sectPr")
INS, DEL, MOVE_FROM, MOVE_TO = w("ins"), w("del"), w("moveFrom"), w("moveTo")
DEL_TEXT, INSTR, DEL_INSTR = w("delText"), w("instrText"), w("delInstrText")
SDT, SDT_CONTENT, CUSTOM_XML = w("sdt"), w("sdtContent"), w("customXml")
HYPERLINK, FIELD, FIELD_CHAR = w("hyperlink"), w("fldSimple"), w("fldChar")
FOOTNOTE, ENDNOTE = w("footnoteReference"), w("endnoteReference")
NUMPR, NUM_ID, ILVL, VAL, ID, TYPE = w("numPr"), w("numId"), w("ilvl"), w("val"), w("id"), w("type")
PSTYLE, RSTYLE, TBL_STYLE = w("pStyle"), w("rStyle"), w("tblStyle")
TEXT_BOX = w("txbxContent")
FALLBACK, ALTERNATE = f"{{{_MC}}}Fallback", f"{{{_MC}}}AlternateContent"
MATH, MATH_BLOCK = f"{{{_MATH}}}oMath", f"{{{_MATH}}}oMathPara"
DOC_PR = f"{{{_WP}}}docPr"
PARAGRAPH_IDS = (f"{{{_W14}}}paraId", f"{{{_W14}}}textId")

#: Elements around runs that a paragraph's text passes through.
CONTAINERS = frozenset({HYPERLINK, w("smartTag"), CUSTOM_XML, SDT, w("dir"), w("bdo")})
#: Elements without text of their own that stand between runs or blocks.
MARKERS = frozenset(
    w(name)
    for name in (
        "bookmarkStart", "bookmarkEnd", "commentRangeStart", "commentRangeEnd", "permStart", "permEnd",
        "customXmlInsRangeStart", "customXmlInsRangeEnd", "customXmlDelRangeStart", "customXmlDelRangeEnd",
        "customXmlMoveFromRangeStart", "customXmlMoveFromRangeEnd",
        "customXmlMoveToRangeStart", "customXmlMoveToRangeEnd",
        "moveFromRangeStart", "moveFromRangeEnd", "moveToRangeStart", "moveToRangeEnd",
    )
)  # fmt: skip
#: Where moved text and changed markup begin and end: gone once the change is resolved.
RANGES = frozenset(name for name in MARKERS if "Range" in name and "comment" not in name)
#: Formatting as it was before, kept inside the formatting as it is now.
PROPERTY_CHANGES = frozenset(
    w(name)
    for name in (
        "rPrChange", "pPrChange", "sectPrChange", "tblPrChange", "tblPrExChange", "trPrChange", "tcPrChange",
        "tblGridChange", "numberingChange",
    )
)  # fmt: skip
CELL_INS, CELL_DEL, CELL_MERGE = w("cellIns"), w("cellDel"), w("cellMerge")
#: Everything that says a document still has changes to accept or reject.
REVISIONS = (INS, DEL, MOVE_FROM, MOVE_TO, CELL_INS, CELL_DEL, CELL_MERGE, *sorted(PROPERTY_CHANGES))

DOCUMENT = "word/document.xml"
CONTENT_TYPES = "[Content_Types].xml"
#: The parts that are compared, where the document refers to them.
COMPARED = re.compile(r"word/(document|header\d*|footer\d*|footnotes|endnotes)\.xml")


def inner(element: Element) -> Element | None:
    """Return the element that holds a container's content; a content control has its own."""
    return element.find(SDT_CONTENT) if element.tag == SDT else element


def relation_part(part: str) -> str:
    """Return the name of the part that lists another part's relationships."""
    folder, _, name = part.rpartition("/")
    return f"{folder}/_rels/{name}.rels" if folder else f"_rels/{name}.rels"
