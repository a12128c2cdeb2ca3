"""The relationships of the new package, and the parts that deleted content brings along."""

import posixpath

from lxml import etree

from workflow.documents.redline.names import CONTENT_TYPES, DOCUMENT, Element, relation_part
from workflow.documents.redline.source import Relation, Source, serialise

_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


class Links:
    """Adds relationships, parts and content types to *new*, taken from *old*."""

    def __init__(self, old: Source, new: Source) -> None:
        self._old, self._new = old, new
        self._made: dict[tuple[str, str, str], str] = {}
        self._parts: dict[str, str] = {}

    def ensure(self, reference: str, old_part: str, new_part: str) -> str:
        """Return the identifier in *new_part* for what *reference* means in *old_part*."""
        wanted = (reference, old_part, new_part)
        if wanted not in self._made:
            relation = self._old.relations(old_part).get(reference)
            self._made[wanted] = (
                reference if relation is None else self._find_or_add(relation, old_part, new_part)
            )
        return self._made[wanted]

    def add_part(self, part: str, kind: str, content: bytes, old_part: str) -> str:
        """Put a new part beside the document, of the type *old_part* has; return its relationship."""
        self._new.parts[part] = content
        self._declare(part, old_part)
        return self._relate(DOCUMENT, f"{_OFFICE}/{kind}", part, external=False)

    def unused(self, part: str) -> str:
        """Return a name like *part* that no part has yet."""
        stem, dot, extension = part.rpartition(".")
        number = 1
        while part in self._new.parts:
            part = f"{stem}-old{number}{dot}{extension}"
            number += 1
        return part

    def _find_or_add(self, relation: Relation, old_part: str, new_part: str) -> str:
        print_of = self._old.fingerprint(old_part, relation.id)
        for found in self._new.relations(new_part).values():
            if (
                found.type == relation.type
                and found.external == relation.external
                and self._new.fingerprint(new_part, found.id) == print_of
            ):
                return found.id
        target = relation.target if relation.external else self._bring(relation.target)
        return self._relate(new_part, relation.type, target, external=relation.external)

    def _bring(self, part: str) -> str:
        """Copy a part of the old package with all it refers to; return its name."""
        if part not in self._old.parts:
            return part
        if part not in self._parts:
            name = self._parts[part] = self.unused(part)
            self._new.parts[name] = self._old.parts[part]
            self._declare(name, part)
            if relation_part(part) in self._old.parts:
                # The identifiers are used inside the part, so they stay as they are.
                root = _empty()
                for relation in self._old.relations(part).values():
                    target = relation.target if relation.external else self._bring(relation.target)
                    _entry(
                        root,
                        relation.id,
                        relation.type,
                        _address(name, target, relation.external),
                        relation.external,
                    )
                self._new.parts[relation_part(name)] = serialise(root)
        return self._parts[part]

    def _relate(self, part: str, kind: str, target: str, *, external: bool) -> str:
        listing = relation_part(part)
        root = self._new.tree(listing) if listing in self._new.parts else _empty()
        taken = {entry.get("Id") for entry in root}
        number = len(taken) + 1
        while f"rId{number}" in taken:
            number += 1
        _entry(root, f"rId{number}", kind, _address(part, target, external), external)
        self._new.parts[listing] = serialise(root)
        self._new.forget(listing)
        return f"rId{number}"

    def _declare(self, part: str, old_part: str) -> None:
        """Say of which type *part* is: the one *old_part* has in its package."""
        extension = part.rpartition(".")[2].lower()
        old, new = self._old.tree(CONTENT_TYPES), self._new.tree(CONTENT_TYPES)
        override = next((e for e in old if e.get("PartName") == f"/{old_part}"), None)
        if override is not None:
            entry = etree.SubElement(new, f"{{{_TYPES}}}Override")
            entry.set("PartName", f"/{part}")
            entry.set("ContentType", override.get("ContentType", ""))
        elif not any((e.get("Extension") or "").lower() == extension for e in new):
            default = next((e for e in old if (e.get("Extension") or "").lower() == extension), None)
            if default is not None:
                entry = etree.Element(f"{{{_TYPES}}}Default")
                entry.set("Extension", extension)
                entry.set("ContentType", default.get("ContentType", ""))
                new.insert(0, entry)
        self._new.parts[CONTENT_TYPES] = serialise(new)


def _empty() -> Element:
    return etree.fromstring(f'<Relationships xmlns="{_PACKAGE}"/>')


def _entry(root: Element, name: str, kind: str, target: str, external: bool) -> None:
    entry = etree.SubElement(root, f"{{{_PACKAGE}}}Relationship")
    entry.set("Id", name)
    entry.set("Type", kind)
    entry.set("Target", target)
    if external:
        entry.set("TargetMode", "External")


def _address(part: str, target: str, external: bool) -> str:
    return target if external else posixpath.relpath(target, posixpath.dirname(part) or ".")
