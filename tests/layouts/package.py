"""The empty document every layout starts from, and the one way its bytes are written.

python-docx's own default template carries 900 KB of styles, a theme and a thumbnail; all of
that is left behind here. What a layout says is not this module's business.
"""

import io
import zipfile
from datetime import datetime

import docx
import numbering
import style
from docx.document import Document
from docx.opc.constants import RELATIONSHIP_TYPE as RT
from lxml import etree
from lxml.etree import _Element
from ooxml import el

_KEPT = {RT.STYLES, RT.SETTINGS, RT.NUMBERING, RT.FONT_TABLE}
_WRITTEN = datetime(2026, 1, 1)  # noqa: DTZ001  core.xml is written in UTC by python-docx
_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)


def blank(language: str, title: str) -> Document:
    """Return an empty A4 document in the house style of *language*."""
    document = docx.Document()
    part = document.part
    for key in [key for key, link in part.rels.items() if link.reltype not in _KEPT]:
        part.rels.pop(key)
    links = part.package.rels
    for key in [
        key for key, link in links.items() if link.reltype not in (RT.OFFICE_DOCUMENT, RT.CORE_PROPERTIES)
    ]:
        links.pop(key)

    document.styles.element[:] = style.styles(language)
    part.numbering_part.element[:] = numbering.numbering(language)
    document.settings.element[:] = _settings()
    fonts = part.part_related_by(RT.FONT_TABLE)
    fonts._blob = etree.tostring(_font_table(), encoding="UTF-8", xml_declaration=True, standalone=True)

    _describe(document, language, title)
    section = document.sections[0]._sectPr
    section[:] = [
        el("pgSz", w=11906, h=16838),
        el("pgMar", top=1418, right=1418, bottom=1361, left=1418, header=737, footer=624, gutter=0),
    ]
    return document


def _describe(document: Document, language: str, title: str) -> None:
    core = document.core_properties
    core.author = core.last_modified_by = "Assent"
    core.title, core.language, core.comments, core.revision = title, language, "", 1
    core.created = core.modified = _WRITTEN


def packed(document: Document) -> bytes:
    """Return the document as a zip whose bytes depend on its content alone."""
    saved = io.BytesIO()
    document.save(saved)
    parts = zipfile.ZipFile(saved)
    result = io.BytesIO()
    with zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(parts.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            entry = zipfile.ZipInfo(name, _ZIP_EPOCH)
            entry.create_system, entry.external_attr = 0, 0
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, parts.read(name), compresslevel=9)
    return result.getvalue()


def _settings() -> list[_Element]:
    """Return the children of ``w:settings``: Word 2013 layout, Chinese punctuation compressed."""
    mode = el(
        "compatSetting", name="compatibilityMode", uri="http://schemas.microsoft.com/office/word", val=15
    )
    return [
        el("zoom", percent=100),
        el("defaultTabStop", val=480),
        el("characterSpacingControl", val="compressPunctuation"),
        el("compat", mode),
        el("themeFontLang", val="en-US", eastAsia="zh-TW"),
        el("decimalSymbol", val="."),
        el("listSeparator", val=","),
    ]


def _font_table() -> _Element:
    """Return the fonts used, each with the name it has on a Chinese system."""
    known = {
        "PMingLiU": "新細明體",
        "Microsoft JhengHei": "微軟正黑體",
        "Times New Roman": "",
        "Arial": "",
        "Courier New": "",
    }
    node = el("fonts")
    for name, other in known.items():
        described = [el("altName", val=other), el("charset", val=88)] if other else [el("charset", val="00")]
        node.append(el("font", *described, name=name))
    return node
