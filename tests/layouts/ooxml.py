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


def runs(text: str) -> Iterator[_Element]:
    """Yield the runs of *text*, whose mark-up names their character styles."""
    for piece in _MARKUP.split(text):
        if piece.startswith("**"):
            yield run(piece[2:-2], style="Strong")
        elif piece.startswith("`"):
            yield run(piece[1:-1], style="Digest")
        elif piece:
            yield run(piece)


def field(code: str) -> list[_Element]:
    """Return the runs of a field such as ``PAGE``, which Word fills while it lays out pages."""
    instruction = el("instrText")
    instruction.text = f" {code} "
    instruction.set(qn("xml:space"), "preserve")
    return [
        el("r", el("fldChar", fldCharType="begin")),
        el("r", instruction),
        el("r", el("fldChar", fldCharType="separate")),
        run("1"),
        el("r", el("fldChar", fldCharType="end")),
    ]


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
