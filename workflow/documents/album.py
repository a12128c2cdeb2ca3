"""Putting rendered pictures into the package: media, relationships and content types."""

from collections.abc import Mapping
from typing import Any

from lxml import etree

from workflow.documents.rich import Album

_RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_IMAGE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"
TYPES = "[Content_Types].xml"


def relationships_of(part: str) -> str:
    """Return the name of the part that lists what *part* refers to."""
    folder, _, name = part.rpartition("/")
    return f"{folder}/_rels/{name}.rels"


def placed(part: str, album: Album, parts: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the parts that change when *part* shows the pictures of *album*."""
    empty = f'<Relationships xmlns="{_RELATIONSHIPS}"/>'.encode()
    listed = _read(parts.get(relationships_of(part), empty))
    types = _read(parts[TYPES])
    known = {entry.get("Id") for entry in listed}
    typed = {entry.get("Extension", "").lower() for entry in types}
    media: dict[str, bytes] = {}
    for name, picture in album.pictures.items():
        # A template made from one of our documents has the picture already.
        if f"word/media/{name}" not in parts:
            media[f"word/media/{name}"] = picture.body
        key = f"rId{name.partition('.')[0]}"
        if key not in known:
            facts = {"Id": key, "Type": _IMAGE, "Target": f"media/{name}"}
            etree.SubElement(listed, f"{{{_RELATIONSHIPS}}}Relationship", facts)
        if picture.kind not in typed:
            typed.add(picture.kind)
            facts = {"Extension": picture.kind, "ContentType": f"image/{picture.kind}"}
            types.insert(0, types.makeelement(f"{{{_TYPES}}}Default", facts))
    return {relationships_of(part): _written(listed), TYPES: _written(types), **media}


def _read(body: bytes) -> Any:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    return etree.fromstring(body, parser)


def _written(root: Any) -> bytes:
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return written
