"""What Word holds against a document, found without Word: rules the schema alone does not tell.

`faults` reads a DOCX and says each fault in words; a sound document has none. What the
elements may hold, and in which order, is the Open XML SDK validator's part.
"""

import io
import posixpath
import re
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import pairwise
from urllib.parse import unquote

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_TYPES = "[Content_Types].xml"
_TEXT = re.compile(r"word/(document|header\d*|footer\d*|footnotes|endnotes|comments)\.xml")
_TAG = re.compile(r"\{\{|\}\}|\{%|%\}|\{#|#\}")
# A name of a style, and the element a use of it stands in.
_STYLED = {f"{W}pStyle": "paragraph", f"{W}rStyle": "character", f"{W}tblStyle": "table"}

Parts = Mapping[str, etree._Element]


def faults(body: bytes) -> list[str]:
    """Return every fault of a DOCX, in words; none is what a sound one has."""
    with zipfile.ZipFile(io.BytesIO(body)) as package:
        names = package.namelist()
        contents = {name: package.read(name) for name in names}
    twice = [f"{name} stands in the package twice" for name, times in Counter(names).items() if times > 1]
    parts = {
        name: etree.fromstring(content)
        for name, content in contents.items()
        if name.endswith((".xml", ".rels"))
    }
    texts = {name: root for name, root in parts.items() if _TEXT.fullmatch(name)}
    return [
        *twice,
        *_types(parts, names),
        *_relationships(parts, names),
        *_section(parts),
        *_identifiers(texts),
        *_names_used(parts, texts),
        *(f"{name}: {fault}" for name, root in texts.items() for fault in _tables(root)),
        *(f"{name}: {fault}" for name, root in parts.items() for fault in _tags(root)),
    ]


def _types(parts: Parts, names: list[str]) -> Iterator[str]:
    """Every part needs a type, and every type a part; what Word reads is more than just XML."""
    defaults, overrides = set(), set()
    for entry in parts[_TYPES]:
        if "PartName" in entry.attrib:
            overrides.add(entry.get("PartName").removeprefix("/"))
        elif entry.get("ContentType") != "application/xml":
            defaults.add(entry.get("Extension").lower())
    for name in names:
        typed = name in overrides or name.rpartition(".")[2].lower() in defaults
        if not typed and name != _TYPES and not name.startswith("customXml/"):
            yield f"{name} has no content type"
    for name in sorted(overrides - set(names)):
        yield f"{_TYPES} gives a type to {name}, which is not there"


def _relationships(parts: Parts, names: list[str]) -> Iterator[str]:
    for name, root in parts.items():
        if not name.endswith(".rels"):
            continue
        folder, file = posixpath.split(name)
        source = posixpath.join(posixpath.dirname(folder), file.removesuffix(".rels"))
        known = Counter(link.get("Id") for link in root)
        yield from (f"{name} gives {key} twice" for key, times in known.items() if times > 1)
        for link in root:
            if link.get("TargetMode") == "External":
                continue
            target = unquote(link.get("Target"))
            path = posixpath.normpath(posixpath.join("/", posixpath.dirname(source), target)).lstrip("/")
            if path not in names:
                yield f"{name} points to {path}, which is not there"
        if source and source not in names:
            yield f"{name} belongs to {source}, which is not there"
    for name, root in parts.items():
        folder, file = posixpath.split(name)
        links = parts.get(f"{folder}/_rels/{file}.rels", ())
        known = {link.get("Id") for link in links}
        for node in root.iter(etree.Element):
            for attribute, value in node.attrib.items():
                if attribute.startswith(R) and value not in known:
                    yield f"{name} uses {value}, which has no relationship"


def _section(parts: Parts) -> Iterator[str]:
    body = parts["word/document.xml"].find(f"{W}body")
    if body is None or not len(body) or body[-1].tag != f"{W}sectPr":
        yield "the body does not end with the section's properties"


def _identifiers(texts: Parts) -> Iterator[str]:
    """Numbers of drawings and bookmarks are the document's, not a part's."""
    drawings = Counter(node.get("id") for root in texts.values() for node in root.iter(f"{WP}docPr"))
    yield from (f"drawing {key} stands in it {times} times" for key, times in drawings.items() if times > 1)
    starts = [node for root in texts.values() for node in root.iter(f"{W}bookmarkStart")]
    ends = Counter(node.get(f"{W}id") for root in texts.values() for node in root.iter(f"{W}bookmarkEnd"))
    for attribute in ("id", "name"):
        found = Counter(node.get(f"{W}{attribute}") for node in starts)
        yield from (
            f"bookmark {attribute} {key} stands in it {times} times"
            for key, times in found.items()
            if times > 1
        )
    if ends != Counter(node.get(f"{W}id") for node in starts):
        yield "bookmarks do not end as they start"


def _names_used(parts: Parts, texts: Parts) -> Iterator[str]:
    """A style or numbering that is used has to be there."""
    styles = parts.get("word/styles.xml", ())
    defined = {(style.get(f"{W}type"), style.get(f"{W}styleId")) for style in styles}
    numbering = parts.get("word/numbering.xml", ())
    numbers = {node.get(f"{W}numId") for node in numbering if node.tag == f"{W}num"} | {"0"}
    for name, root in texts.items():
        for tag, kind in _STYLED.items():
            used = {node.get(f"{W}val") for node in root.iter(tag)}
            yield from (
                f"{name} uses the {kind} style {style}, which is not there"
                for style in sorted(used)
                if (kind, style) not in defined
            )
        used = {node.get(f"{W}val") for node in root.iter(f"{W}numId")}
        yield from (f"{name} uses the numbering {number}, which is not there" for number in used - numbers)


def _tables(root: etree._Element) -> Iterator[str]:
    # ECMA-376 17.4.65: a cell without a last paragraph makes the document corrupt.
    if any(not len(cell) or cell[-1].tag != f"{W}p" for cell in root.iter(f"{W}tc")):
        yield "a cell does not end with a paragraph"
    for table in root.iter(f"{W}tbl"):
        rows = table.findall(f"{W}tr")
        columns = len(table.findall(f"{W}tblGrid/{W}gridCol"))
        if not rows:
            yield "a table has no row"
        for row in rows:
            cells = row.findall(f"{W}tc")
            spans = (cell.find(f"{W}tcPr/{W}gridSpan") for cell in cells)
            if not cells:
                yield "a row has no cell"
            elif sum(1 if span is None else int(span.get(f"{W}val")) for span in spans) != columns:
                yield "a row does not fill the columns of its table"
    # Two tables that touch become one in Word.
    for parent in {table.getparent() for table in root.iter(f"{W}tbl")}:
        if any(one.tag == after.tag == f"{W}tbl" for one, after in pairwise(parent)):
            yield "two tables touch"


def _tags(root: etree._Element) -> Iterator[str]:
    """Template tags, also those that Word split over runs, and those in attributes."""
    paragraphs = ["".join(block.itertext()) for block in root.iter(f"{W}p")]
    others = [node.text or "" for node in root.iter(etree.Element)]
    attributes = [value for node in root.iter(etree.Element) for value in node.attrib.values()]
    for text in {text for text in (*paragraphs, *others, *attributes) if _TAG.search(text)}:
        yield f"a template tag is left: {text[:60]!r}"
