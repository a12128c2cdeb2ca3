"""A DOCX opened for comparing: its parts, parsed within limits, and what they refer to.

Nothing hostile gets further than this: no DTD, no entities, nothing fetched or repaired,
and no more markup than a very long contract has. Changes that are still tracked in a
document are refused, or accepted first where the caller says so.
"""

import hashlib
import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from workflow.documents.package import read_package
from workflow.documents.redline.names import (
    BODY,
    COMPARED,
    DOCUMENT,
    ID,
    RELATIONS,
    REVISIONS,
    SECTPR,
    TYPE,
    Element,
    W,
    relation_part,
    w,
)
from workflow.documents.vetting import vet_content
from workflow.errors import NotComparableError, TemplateError
from workflow.i18n import mark

#: What the two documents are called in errors where the caller gives no names.
NAMES = ("the old document", "the new document")
# A contract of 200 pages has some 300,000 tags in all.
_MOST_TAGS = 2_000_000
_PARSER = etree.XMLParser(
    resolve_entities=False,
    no_network=True,
    recover=False,
    load_dtd=False,
    huge_tree=False,
    remove_comments=True,
    remove_pis=True,
)
_RELATION = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"


@dataclass(frozen=True, slots=True)
class Relation:
    """What a part refers to: another part, or an address outside."""

    id: str
    type: str
    target: str
    external: bool


class Source:
    """The parts of a DOCX; make it with `open_source`."""

    def __init__(self, parts: dict[str, bytes], name: str) -> None:
        self.parts, self.name = parts, name
        self._trees: dict[str, Element] = {}
        self._relations: dict[str, dict[str, Relation]] = {}

    @property
    def body(self) -> Element:
        """The element that holds the document's text."""
        body = self.tree(DOCUMENT).find(BODY)
        if body is None:
            raise NotComparableError(document=self.name, reason=mark("it is not a Word document"))
        return body

    def tree(self, part: str) -> Element:
        """Return a part as a tree, always the same one."""
        if part not in self._trees:
            self._trees[part] = parse(self.parts[part], part, self.name)
        return self._trees[part]

    def forget(self, part: str) -> None:
        """Read a part anew: its bytes were changed."""
        self._trees.pop(part, None)
        self._relations.clear()

    def relations(self, part: str) -> dict[str, Relation]:
        """Return what *part* refers to, by the identifiers used in it."""
        if part not in self._relations:
            self._relations[part] = dict(self._read_relations(part))
        return self._relations[part]

    def related(self, kind: str) -> str:
        """Return the name of the document's part of a *kind* such as ``footnotes``, or nothing."""
        for relation in self.relations(DOCUMENT).values():
            if relation.type.endswith(f"/{kind}") and relation.target in self.parts:
                return relation.target
        return ""

    def fingerprint(self, part: str, reference: str) -> str:
        """Return what stands for the target of a reference: its digest, or its address."""
        relation = self.relations(part).get(reference)
        if relation is None:
            return "?"
        if relation.external or relation.target not in self.parts:
            return relation.target
        return hashlib.sha256(self.parts[relation.target]).hexdigest()

    def furniture(self) -> dict[tuple[int, str, str], str]:
        """Return the parts of headers and footers: (section, header or footer, which pages) -> part."""
        found = {}
        for number, section in enumerate(sections(self.tree(DOCUMENT)), 1):
            for kind in ("header", "footer"):
                for reference in section.iterchildren(w(f"{kind}Reference")):
                    relation = self.relations(DOCUMENT).get(reference.get(f"{{{RELATIONS}}}id", ""))
                    if relation and relation.target in self.parts:
                        found[number, kind, reference.get(TYPE, "default")] = relation.target
        return found

    def notes(self, kind: str) -> dict[str, Element]:
        """Return the ``footnote`` or ``endnote`` elements people wrote, by their identifiers."""
        part = self.related(f"{kind}s")
        if not part:
            return {}
        return {
            note.get(ID, ""): note
            for note in self.tree(part).iterchildren(w(kind))
            if note.get(TYPE, "normal") == "normal"
        }

    def _read_relations(self, part: str) -> Iterator[tuple[str, Relation]]:
        listing = relation_part(part)
        if listing not in self.parts:
            return
        for entry in parse(self.parts[listing], listing, self.name).iter(_RELATION):
            external = entry.get("TargetMode") == "External"
            target = entry.get("Target", "")
            if not external:
                folder = posixpath.dirname(part)
                target = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
            yield entry.get("Id", ""), Relation(entry.get("Id", ""), entry.get("Type", ""), target, external)


def open_source(body: bytes, *, name: str, resolve: str = "") -> Source:
    """Open the bytes of a DOCX; raise `NotComparableError` where they cannot be compared.

    Changes that are still tracked in it are accepted first where *resolve* is ``accept``.
    """
    source = Source(read_parts(body, name), name)
    revised = [part for part in source.parts if COMPARED.fullmatch(part) and is_revised(source.tree(part))]
    if revised and resolve != "accept":
        raise NotComparableError(document=name, reason=mark("changes are still tracked in it"))
    if revised:
        from workflow.documents.redline.resolve import accept_all

        source = Source(read_parts(accept_all(body, name=name), name), name)
    _ = source.body
    return source


def parse(content: bytes, part: str, name: str) -> Element:
    """Parse a part; raise `NotComparableError` unless it is plain, well-formed XML."""
    if content.count(b"<") > _MOST_TAGS:
        raise NotComparableError(document=name, reason=mark("it is larger than a document is"))
    try:
        root = etree.fromstring(content, _PARSER)
    except etree.XMLSyntaxError as error:
        # 256 elements inside each other; libxml2 has no other name for it.
        deep = "depth" in str(error)
        reason = mark("it nests too deeply") if deep else f"{part}: {error.msg}"
        raise NotComparableError(document=name, reason=reason) from None
    except ValueError as error:
        raise NotComparableError(document=name, reason=f"{part}: {error}") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise NotComparableError(document=name, reason=mark("it holds a document type definition"))
    return root


def serialise(root: Element) -> bytes:
    """Write a part."""
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def sections(root: Element) -> list[Element]:
    """Return the section properties of a document, in the order of its sections."""
    old = w("sectPrChange")
    return [section for section in root.iter(SECTPR) if _parent_tag(section) != old]


def is_revised(root: Element) -> bool:
    """Say whether changes are tracked anywhere under *root*."""
    return next(root.iter(*REVISIONS), None) is not None


def read_parts(body: bytes, name: str) -> dict[str, bytes]:
    """Return the parts of a DOCX, within the limits that templates have."""
    try:
        parts = read_package(body, name=name)
        vet_content(parts, name=name)
    except TemplateError as error:
        raise NotComparableError(document=name, reason=error.facts["reason"]) from None
    head = parts[DOCUMENT][:4096]
    if re.search(rb"purl\.oclc\.org/ooxml", head) and W.encode() not in head:
        raise NotComparableError(document=name, reason=mark("it is in the strict format of Open XML"))
    return parts


def _parent_tag(element: Element) -> str:
    parent = element.getparent()
    return "" if parent is None else str(parent.tag)
