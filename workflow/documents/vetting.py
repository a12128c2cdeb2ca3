"""What a package may bring: no macros, no controls, nothing fetched from elsewhere, no DTD.

A document that is only opened can still call home: through an attached template, a linked
picture or object, a frame. So relationships to the outside are refused, links to the web and
to people apart.
"""

import re
from collections.abc import Mapping

from workflow.errors import TemplateError
from workflow.i18n import mark, translate

_ACTIVE = re.compile(r"(vbaProject|vbaData|activeX/|attachedToolbars|\.bin$)", re.IGNORECASE)
_RELATIONSHIP = re.compile(r"<(?:\w+:)?Relationship\s[^>]*>")
_ATTRIBUTE = re.compile(r"(\w+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_ALWAYS_REFUSED = ("attachedTemplate", "aFChunk", "subDocument", "frame", "control", "vbaProject")
_OUTSIDE_ALLOWED = "hyperlink"


def vet(parts: Mapping[str, bytes], *, name: str) -> None:
    """Raise `TemplateError` for a package that brings more than a document."""
    for part, body in parts.items():
        if _ACTIVE.search(part) and not part.endswith("printerSettings1.bin"):
            raise _refused(
                name, mark("{part} can run code; save the document without macros and controls"), part=part
            )
        if part.endswith((".xml", ".rels")) and (b"<!DOCTYPE" in body[:4096] or b"<!ENTITY" in body):
            raise _refused(name, mark("{part} holds a document type definition"), part=part)
        if part.endswith(".rels"):
            _vet_relationships(part, body.decode("utf-8", "replace"), name)
    if b"macroEnabled" in parts["[Content_Types].xml"]:
        raise _refused(name, mark("it is a document with macros; save it as .docx"))


def _vet_relationships(part: str, text: str, name: str) -> None:
    for found in _RELATIONSHIP.findall(text):
        said = {key: double or single for key, double, single in _ATTRIBUTE.findall(found)}
        kind = said.get("Type", "").rpartition("/")[2]
        if kind in _ALWAYS_REFUSED:
            raise _refused(
                name,
                mark("{part} attaches something that is not part of the text ({kind})"),
                part=part,
                kind=kind,
            )
        if said.get("TargetMode") == "External" and kind != _OUTSIDE_ALLOWED:
            reason = mark("{part} fetches something from {target} when it is opened; embed it instead")
            raise _refused(name, reason, part=part, target=said.get("Target", "?")[:80])


def _refused(name: str, reason: str, **facts: str) -> TemplateError:
    return TemplateError(template=name, reason=translate(reason).format(**facts))
