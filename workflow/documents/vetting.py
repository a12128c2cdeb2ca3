"""What a package may bring: no macros, no controls, no DTD, and nothing fetched from elsewhere.

A document that is only opened can still call home: through an attached template, a linked
picture or object. A template that does is refused, for what is made of it goes to others. In
the other side's paper it is told: `fetched` names what would be asked for, the text is compared
all the same, and nothing here ever asks. What can run code, and text that is brought in from
another place so that it cannot be compared, is refused in both. Links that a reader follows,
to the web and to people, are no fetching.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lxml import etree

from workflow.errors import TemplateError
from workflow.i18n import mark, translate

_ACTIVE = re.compile(
    r"(vbaProject|vbaData|activeX/|attachedToolbars|(?<!printerSettings)(?<!printerSettings\d)\.bin$"
    r"|\.(exe|dll|js|vbs|docm|dotm|xlsm|xltm|xlsb|xlam|pptm|ppsm)$)",
    re.IGNORECASE,
)
# What brings in text that is not in the parts we read, or runs.
_BRINGS_TEXT = ("aFChunk", "subDocument", "frame", "control", "vbaProject", "attachedToolbars")
_FOLLOWED = "hyperlink"
_TEMPLATE = "attachedTemplate"
_LONGEST = 500
_NOWHERE = "about:blank"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)


@dataclass(frozen=True, slots=True)
class Fetched:
    """Something that is asked for when the document is opened: from which part, what, and where."""

    part: str
    kind: str
    target: str


def vet(parts: Mapping[str, bytes], *, name: str) -> None:
    """Raise `TemplateError` for a package that brings more than a document."""
    vet_content(parts, name=name)
    for found in fetched(parts, name=name):
        if found.kind == _TEMPLATE:
            reason = mark(
                "{part} attaches a template ({target}); in Word: Developer, Document Template, Normal"
            )
        else:
            reason = mark("{part} fetches something from {target} when it is opened; embed it instead")
        target = re.split(r"[\\/]", found.target)[-1] if found.kind == _TEMPLATE else found.target
        raise _refused(name, reason, part=found.part, target=target[:80])


def vet_content(parts: Mapping[str, bytes], *, name: str) -> None:
    """Raise `TemplateError` for what can run code or hides its text; what is fetched is no matter here."""
    for part, body in parts.items():
        if _ACTIVE.search(part):
            raise _refused(
                name, mark("{part} can run code; save the document without macros and controls"), part=part
            )
        if part.lower().endswith((".xml", ".rels")):
            text = body.decode("utf-16", "replace").encode() if body[:2] in _UTF_16 else body
            if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
                raise _refused(name, mark("{part} holds a document type definition"), part=part)
    types = parts["[Content_Types].xml"]
    if b"macroEnabled" in types or b"vbaProject" in types:
        raise _refused(name, mark("it is a document with macros; save it as .docx"))
    for part, kind, _ in _relations(parts, name):
        if kind in _BRINGS_TEXT:
            raise _refused(
                name,
                mark("{part} attaches something that is not part of the text ({kind})"),
                part=part,
                kind=kind,
            )


def fetched(parts: Mapping[str, bytes], *, name: str) -> list[Fetched]:
    """Return what a package asks for from elsewhere when it is opened."""
    return [
        Fetched(part, kind, entry.get("Target", "?")[:_LONGEST])
        for part, kind, entry in _relations(parts, name)
        if kind == _TEMPLATE or (entry.get("TargetMode") == "External" and kind != _FOLLOWED)
    ]


def disarmed(parts: Mapping[str, bytes], *, name: str) -> dict[str, bytes]:
    """Return the parts that have to be replaced so that nothing is fetched any more."""
    changed: dict[str, bytes] = {}
    for part, kind, entry in _relations(parts, name):
        if kind == _TEMPLATE or (entry.get("TargetMode") == "External" and kind != _FOLLOWED):
            entry.set("Target", _NOWHERE)
            entry.set("TargetMode", "External")
            changed[part] = etree.tostring(
                entry.getroottree(), xml_declaration=True, encoding="UTF-8", standalone=True
            )
    return changed


def _relations(parts: Mapping[str, bytes], name: str) -> Iterator[tuple[str, str, etree._Element]]:
    """Yield every relationship with the part that lists it and the last word of its type."""
    for part, body in parts.items():
        if not part.lower().endswith(".rels"):
            continue
        try:
            root = etree.fromstring(body, _PARSER)
        except (etree.XMLSyntaxError, ValueError):
            raise _refused(name, mark("{part} is damaged"), part=part) from None
        for entry in root.iter("{*}Relationship"):
            yield part, entry.get("Type", "").rstrip("/").rpartition("/")[2], entry


def _refused(name: str, reason: str, **facts: str) -> TemplateError:
    return TemplateError(template=name, reason=translate(reason).format(**facts))
