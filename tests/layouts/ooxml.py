"""The few WordprocessingML elements the layouts are made of, as functions.

Nothing here knows what a contract is, nor which fonts the house uses.
"""

import re
from collections.abc import Iterator

from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from lxml.etree import _Element

# **bold** and `digest` are all the mark-up the texts need; a tag never holds either sign.
_MARKUP = re.compile(r"(\*\*.+?\*\*|`.+?`)")


def el(tag: str, *children: _Element, **attributes: object) -> _Element:
    """Return ``w:tag`` holding *children*; each attribute gets the prefix ``w:``."""
    node = OxmlElement(f"w:{tag}")
    for name, value in attributes.items():
        node.set(qn(f"w:{name}"), str(value))
    node.extend(children)
    return node


def run(text: str, *, style: str = "") -> _Element:
    """Return one run; a tab in *text* becomes Word's own."""
    node = el("r")
    if style:
        node.append(el("rPr", el("rStyle", val=style)))
    for number, piece in enumerate(text.split("\t")):
        if number:
            node.append(el("tab"))
        if piece:
            written = el("t")
            written.text = piece
            written.set(qn("xml:space"), "preserve")
            node.append(written)
    return node


def runs(text: str, *, style: str = "") -> Iterator[_Element]:
    """Yield the runs of *text*, whose mark-up names their character styles; *style* is the others'."""
    for piece in _MARKUP.split(text):
        if piece.startswith("**"):
            yield run(piece[2:-2], style="Strong")
        elif piece.startswith("`"):
            yield run(piece[1:-1], style="Digest")
        elif piece:
            yield run(piece, style=style)


def field(code: str, shown: str = "1", *, dirty: bool = False) -> list[_Element]:
    """Return the runs of a field such as ``PAGE``, which Word fills; it shows *shown* until then."""
    return [*field_begin(code, dirty=dirty), *([run(shown)] if shown else []), field_end()]


def field_begin(code: str, *, dirty: bool = False) -> list[_Element]:
    """Return the runs before what a field shows; a *dirty* one Word fills when the document is opened."""
    instruction = el("instrText")
    instruction.text = f" {code} "
    instruction.set(qn("xml:space"), "preserve")
    begin = el("fldChar", fldCharType="begin", **({"dirty": "true"} if dirty else {}))
    return [el("r", begin), el("r", instruction), el("r", el("fldChar", fldCharType="separate"))]


def field_end() -> _Element:
    """Return the run after what a field shows."""
    return el("r", el("fldChar", fldCharType="end"))


def bookmarked(name: str, *content: _Element) -> list[_Element]:
    """Return *content* as a place that references can name; the engine numbers such places."""
    return [el("bookmarkStart", id=0, name=name), *content, el("bookmarkEnd", id=0)]


def paragraph(*content: _Element, style: str, **properties: object) -> _Element:
    """Return a paragraph; *properties* are ``keep_next``, ``new_page`` and ``number``."""
    settings = el("pPr", el("pStyle", val=style))
    if properties.get("keep_next"):
        settings.append(el("keepNext"))
    if properties.get("new_page"):
        settings.append(el("pageBreakBefore"))
    if number := properties.get("number"):
        settings.append(el("numPr", el("ilvl", val=0), el("numId", val=number)))
    return el("p", settings, *content)
