"""Putting rendered pictures into the package: media, relationships and content types."""

from collections.abc import Mapping

from workflow.documents.rich import Album

_RELATIONSHIPS = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>'
)
_IMAGE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"
TYPES = "[Content_Types].xml"


def relationships_of(part: str) -> str:
    """Return the name of the part that lists what *part* refers to."""
    folder, _, name = part.rpartition("/")
    return f"{folder}/_rels/{name}.rels"


def placed(part: str, album: Album, parts: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the parts that change when *part* shows the pictures of *album*."""
    listed = parts.get(relationships_of(part), _RELATIONSHIPS.encode()).decode()
    types = parts[TYPES].decode()
    media: dict[str, bytes] = {}
    for name, picture in album.pictures.items():
        media[f"word/media/{name}"] = picture.body
        entry = f'<Relationship Id="rId{name.partition(".")[0]}" Type="{_IMAGE}" Target="media/{name}"/>'
        listed = listed.replace("</Relationships>", f"{entry}</Relationships>")
        if f'Extension="{picture.kind}"' not in types:
            default = f'<Default Extension="{picture.kind}" ContentType="image/{picture.kind}"/>'
            opened = types.index(">", types.index("<Types")) + 1
            types = types[:opened] + default + types[opened:]
    return {relationships_of(part): listed.encode(), TYPES: types.encode(), **media}
