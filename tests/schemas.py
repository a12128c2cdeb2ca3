"""The schema of WordprocessingML (ECMA-376, first edition), where it is at hand.

The schema's files are others' and lie outside this project: ``ASSENT_OOXML_XSD`` names a folder with
``wml.xsd`` and the files beside it. `faults` says what it holds against a DOCX; a valid one has none.
It knows what may stand where and in which order, but no references between parts; those are
`validity`'s part.
"""

import io
import os
import zipfile
from functools import cache, lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

from lxml import etree

_MAIN = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
_XML = "http://www.w3.org/XML/1998/namespace"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_ROOTS = (f"{{{_MAIN}}}", f"{{{_DRAWING}}}")
# The schema imports the attributes every XML file may have from the network, or from nowhere.
_XML_ATTRIBUTES = f"""\
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="{_XML}">
<xs:attribute name="lang" type="xs:language"/>
<xs:attribute name="space"><xs:simpleType><xs:restriction base="xs:NCName">
<xs:enumeration value="default"/><xs:enumeration value="preserve"/>
</xs:restriction></xs:simpleType></xs:attribute>
</xs:schema>
"""
_XS = "http://www.w3.org/2001/XMLSchema"
# What a text document never holds: spreadsheets, presentations and the package's own files.
_OTHERS = ("sml", "pml", "opc")


def at_hand() -> bool:
    """Say whether the schema's files are there."""
    return _file().is_file()


def faults(body: bytes) -> list[str]:
    """Return what the schema holds against a DOCX, each with its part."""
    with zipfile.ZipFile(io.BytesIO(body)) as package:
        parts = {name: package.read(name) for name in package.namelist() if name.endswith(".xml")}
    return [f"{name}: {fault}" for name, content in parts.items() for fault in _of_part(content)]


# Many documents have the same styles, the largest part of a small one.
@lru_cache(maxsize=256)
def _of_part(content: bytes) -> tuple[str, ...]:
    root, schema = etree.fromstring(content), _schema()
    if not root.tag.startswith(_ROOTS) or schema.validate(plain(root)):
        return ()
    return tuple(error.message for error in schema.error_log)


def plain(root: etree._Element) -> etree._Element:
    """Return a part as a reader sees it that knows the standard alone (ISO/IEC 29500-3, 7.6)."""
    ignorable: set[str] = set()
    for node in root.iter(etree.Element):
        prefixes = node.attrib.pop(f"{_MC}Ignorable", "").split()
        ignorable |= {f"{{{node.nsmap[prefix]}}}" for prefix in prefixes}
    for node in list(root.iter(f"{_MC}AlternateContent")):
        # No choice is the standard's own, so what stands in is taken.
        for instead in node.findall(f"{_MC}Fallback/*"):
            node.addprevious(instead)
        node.getparent().remove(node)
    # Word writes these since the second edition; the schema at hand is the first's.
    for node in list(root.iter(f"{{{_MAIN}}}compatSetting")):
        node.getparent().remove(node)
    for node in list(root.iter(etree.Element)):
        for name in [name for name in node.attrib if name.startswith(tuple(ignorable) or "\0")]:
            del node.attrib[name]
        if node is not root and node.tag.startswith(tuple(ignorable) or "\0"):
            node.getparent().remove(node)
    return root


def _file() -> Path:
    return Path(os.environ.get("ASSENT_OOXML_XSD") or os.devnull, "wml.xsd")


@cache
def _schema() -> etree.XMLSchema:
    """Load every file, one namespace at a time.

    libxml2 takes only the first file that is imported for a namespace, and the standard spreads a
    namespace over many. So imports lose their file, and one file a namespace includes all of it.
    """
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "xml.xsd").write_text(_XML_ATTRIBUTES, encoding="utf-8")
        spaces: dict[str, list[Path]] = {_XML: [folder / "xml.xsd"]}
        for file in sorted(_file().parent.glob("*.xsd")):
            if not file.name.startswith(_OTHERS):
                root = etree.parse(file).getroot()
                for imported in root.iter(f"{{{_XS}}}import"):
                    imported.attrib.pop("schemaLocation", None)
                for included in list(root.iter(f"{{{_XS}}}include")):
                    root.remove(included)
                copy = folder / f"part-{file.name}"
                copy.write_bytes(etree.tostring(root))
                spaces.setdefault(root.get("targetNamespace"), []).append(copy)
        rows = []
        for number, (space, parts) in enumerate(spaces.items()):
            whole = folder / f"space{number}.xsd"
            includes = "".join(f'<xs:include schemaLocation="{part.as_uri()}"/>' for part in parts)
            whole.write_text(f'<xs:schema xmlns:xs="{_XS}" targetNamespace="{space}">{includes}</xs:schema>')
            rows.append(f'<xs:import namespace="{space}" schemaLocation="{whole.as_uri()}"/>')
        return etree.XMLSchema(etree.fromstring(f'<xs:schema xmlns:xs="{_XS}">{"".join(rows)}</xs:schema>'))
