"""The copy of a document that LibreOffice is given, so that its table of contents names pages.

LibreOffice shows a table of contents as it was saved, and a document that no word processor
has laid out yet was saved without pages. Outside such a table it counts them; so in the copy
the lines stay, and the field around them goes.
"""

from typing import Any

from lxml import etree

from workflow.documents.package import read_package, write_package

_DOCUMENT = "word/document.xml"
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_CHAR, _CODE, _KIND = f"{_W}fldChar", f"{_W}instrText", f"{_W}fldCharType"
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)


def with_pages(body: bytes, *, name: str) -> bytes:
    """Return a DOCX whose table of contents is lines of text with references to pages."""
    parts = read_package(body, name=name)
    if b"TOC" not in parts[_DOCUMENT]:
        return body
    try:
        root = etree.fromstring(parts[_DOCUMENT], _PARSER)
    except etree.XMLSyntaxError:
        return body  # LibreOffice says what is wrong with it
    found = [mark for marks in _tables_of_contents(root) for mark in marks]
    if not found:
        return body
    for node in found:
        node.getparent().remove(node)
    return write_package(
        parts | {_DOCUMENT: etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)}
    )


def _tables_of_contents(root: Any) -> list[list[Any]]:
    """Return the marks of every field that is a table of contents: its beginning, code and end."""
    found: list[list[Any]] = []
    open_fields: list[tuple[list[Any], list[str]]] = []
    for node in root.iter(_CHAR, _CODE):
        kind = node.get(_KIND)
        if kind == "begin":
            open_fields.append(([], []))
        if open_fields:
            marks, code = open_fields[-1]
            marks.append(node)
            code.append(node.text or "")
        if kind == "end" and open_fields:
            marks, code = open_fields.pop()
            if "".join(code).split()[:1] == ["TOC"]:
                found.append(marks)
    return found
