"""Putting an organisation's fonts, colours, logo and words into the parts of a template.

Which they are, and that they can stand in one, is for ``workflow.documents.house``. Text and tags
of the template stay as they are: attributes of styles are changed, and a paragraph is added to each
header and footer.
"""

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from lxml import etree

from workflow.documents.album import TYPES, relationships_of
from workflow.documents.pictures import Image
from workflow.errors import TemplateError
from workflow.i18n import mark

if TYPE_CHECKING:
    from workflow.documents.house import House

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006"
_RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_STYLES, _FONTS = "word/styles.xml", "word/fontTable.xml"
_HEADER, _FOOTER = re.compile(r"word/header\d*\.xml"), re.compile(r"word/footer\d*\.xml")
_TEXT = re.compile(r"word/(document|header\d*|footer\d*|styles|numbering)\.xml")

_LATIN = ("ascii", "hAnsi", "cs")
# Digests are read digit by digit, each of one width.
_MONOSPACED = frozenset(("Courier New", "Consolas", "Courier"))
_CHINESE = 0x88
_GREY, _SMALL, _LINE = "595959", 16, 18
_EMU_PER_MM = 36_000
#: How high a logo stands, and how wide one may be, in millimetres.
LOGO_HEIGHT, LOGO_WIDTH = 10, 60
_KEY = "rIdHouseLogo"
# Drawings of templates count from one, those of values from a hundred thousand.
_FIRST_NUMBER = 90_000
# The width of the text of our layouts, in twips.
_USUAL_WIDTH = 9070


def furnished(parts: Mapping[str, bytes], house: "House", colours: Mapping[str, str]) -> dict[str, bytes]:
    """Return *parts* with the look of *house*; *colours* maps the layouts' own to its."""
    made = {name: _coloured(name, body, colours) for name, body in parts.items()}
    if _STYLES not in made:
        raise TemplateError(template="template", reason=mark("it has no styles to change the look of"))
    styles = _read(made[_STYLES])
    _set_fonts(styles, house)
    _add_styles(styles, house, _width(made))
    made[_STYLES] = _written(styles)
    if _FONTS in made:
        made[_FONTS] = _with_fonts(made[_FONTS], house)
    if house.logo or house.left or house.right:
        for number, name in enumerate(_all(made, _HEADER, mark("it has no header"))):
            made |= _headed(name, made, house, _FIRST_NUMBER + number)
    if house.footer:
        for name in _all(made, _FOOTER, mark("it has no footer")):
            footer = _read(made[name])
            footer.append(_paragraph("HouseFooter", _run(house.footer)))
            made[name] = _written(footer)
    return made


def _all(parts: Mapping[str, bytes], pattern: re.Pattern[str], without: str) -> list[str]:
    found = [name for name in parts if pattern.fullmatch(name)]
    if not found:
        raise TemplateError(template="template", reason=without)
    return found


def _coloured(name: str, body: bytes, colours: Mapping[str, str]) -> bytes:
    """Return a part whose attributes have the house's colours; its text, and so its tags, stay."""
    if not _TEXT.fullmatch(name):
        return body
    for old, new in colours.items():
        body = re.sub(
            rb'(w:(?:val|color|fill)=")' + old.encode() + rb'"', rb"\g<1>" + new.encode() + b'"', body
        )
    return body


def _set_fonts(styles: Any, house: "House") -> None:
    for fonts in styles.iter(_w("rFonts")):
        if fonts.get(_w("ascii")) not in _MONOSPACED:
            _set_font(fonts, house.font, _LATIN)
        _set_font(fonts, house.font_chinese, ("eastAsia",))


def _set_font(fonts: Any, font: str | None, scripts: Iterable[str]) -> None:
    for script in scripts if font else ():
        fonts.set(_w(script), font)
        # A theme's font would go before the one that is named.
        fonts.attrib.pop(_w("cstheme" if script == "cs" else f"{script}Theme"), None)


def _with_fonts(body: bytes, house: "House") -> bytes:
    table = _read(body)
    known = {font.get(_w("name")) for font in table}
    for name, charset in ((house.font, 0), (house.font_chinese, _CHINESE)):
        if name and name not in known:
            known.add(name)
            font = etree.SubElement(table, _w("font"), {_w("name"): name})
            etree.SubElement(font, _w("charset"), {_w("val"): f"{charset:02X}"})
    return _written(table)


def _add_styles(styles: Any, house: "House", width: int) -> None:
    usual = next(
        (
            style.get(_w("styleId"))
            for style in styles.iter(_w("style"))
            if style.get(_w("type")) == "paragraph" and style.get(_w("default")) in ("1", "true", "on")
        ),
        "Normal",
    )
    known = {style.get(_w("styleId")) for style in styles}
    if "HouseHeader" in known:
        raise TemplateError(template="template", reason=mark("it is in the style of a house already"))
    for name, title, settings, size, shade in (
        ("HouseHeader", "House Header", _head_settings(width), _LINE, house.accent or _GREY),
        ("HouseFooter", "House Footer", [_el("spacing", before=40), _el("jc", val="center")], _SMALL, _GREY),
    ):
        style = _el(
            "style",
            _el("name", val=title),
            _el("basedOn", val=usual),
            _el("pPr", *settings),
            _el("rPr", _el("color", val=shade), _el("sz", val=size), _el("szCs", val=size)),
            type="paragraph",
            customStyle=1,
            styleId=name,
        )
        styles.append(style)


def _head_settings(width: int) -> list[Any]:
    return [
        _el("tabs", _el("tab", val="right", pos=width)),
        _el("spacing", after=60),
        _el("textAlignment", val="center"),
    ]


def _headed(name: str, parts: Mapping[str, bytes], house: "House", number: int) -> dict[str, bytes]:
    """Return the parts that change when a header gets the line of the house."""
    header, changed = _read(parts[name]), dict[str, bytes]()
    first: list[Any] = []
    if house.logo:
        first = [_drawing(house.logo, house.name or "Logo", number)]
        changed = _with_logo(name, parts, house.logo)
    elif house.left:
        first = [_run(house.left)]
    last = ([_el("r", _el("tab"))] if first else []) + [_run(house.right)] if house.right else []
    header.insert(0, _paragraph("HouseHeader", *first, *last))
    return {name: _written(header), **changed}


def _with_logo(name: str, parts: Mapping[str, bytes], logo: Image) -> dict[str, bytes]:
    file = f"house-logo.{logo.kind}"
    empty = f'<Relationships xmlns="{_RELATIONSHIPS}"/>'.encode()
    listed, types = _read(parts.get(relationships_of(name), empty)), _read(parts[TYPES])
    facts = {"Id": _KEY, "Type": f"{_R}/image", "Target": f"media/{file}"}
    etree.SubElement(listed, f"{{{_RELATIONSHIPS}}}Relationship", facts)
    if logo.kind not in {entry.get("Extension", "").lower() for entry in types}:
        facts = {"Extension": logo.kind, "ContentType": f"image/{logo.kind}"}
        types.insert(0, types.makeelement(f"{{{_TYPES}}}Default", facts))
    return {
        relationships_of(name): _written(listed),
        TYPES: _written(types),
        f"word/media/{file}": logo.body,
    }


def _drawing(logo: Image, described: str, number: int) -> Any:
    """Return the run that shows a logo, at its own proportions."""
    scale = min(LOGO_HEIGHT / logo.height, LOGO_WIDTH / logo.width) * _EMU_PER_MM
    size = {"cx": str(max(1, round(logo.width * scale))), "cy": str(max(1, round(logo.height * scale)))}
    wp, a, pic = (f"{_DRAWING}/{name}" for name in ("wordprocessingDrawing", "main", "picture"))
    inline = etree.Element(f"{{{wp}}}inline", {f"dist{side}": "0" for side in "TBLR"}, {"wp": wp})
    etree.SubElement(inline, f"{{{wp}}}extent", size)
    facts = {"id": str(number), "name": "House logo"}
    etree.SubElement(inline, f"{{{wp}}}docPr", {**facts, "descr": described})
    graphic = etree.SubElement(inline, f"{{{a}}}graphic", nsmap={"a": a})
    data = etree.SubElement(graphic, f"{{{a}}}graphicData", {"uri": pic})
    picture = etree.SubElement(data, f"{{{pic}}}pic", nsmap={"pic": pic})
    about = etree.SubElement(picture, f"{{{pic}}}nvPicPr")
    etree.SubElement(about, f"{{{pic}}}cNvPr", facts)
    etree.SubElement(about, f"{{{pic}}}cNvPicPr")
    fill = etree.SubElement(picture, f"{{{pic}}}blipFill")
    etree.SubElement(fill, f"{{{a}}}blip", {f"{{{_R}}}embed": _KEY}, {"r": _R})
    etree.SubElement(etree.SubElement(fill, f"{{{a}}}stretch"), f"{{{a}}}fillRect")
    shape = etree.SubElement(picture, f"{{{pic}}}spPr")
    frame = etree.SubElement(shape, f"{{{a}}}xfrm")
    etree.SubElement(frame, f"{{{a}}}off", {"x": "0", "y": "0"})
    etree.SubElement(frame, f"{{{a}}}ext", size)
    etree.SubElement(etree.SubElement(shape, f"{{{a}}}prstGeom", {"prst": "rect"}), f"{{{a}}}avLst")
    return _el("r", _el("drawing", inline))


def _width(parts: Mapping[str, bytes]) -> int:
    """Return how wide the text of the first section is, in twips."""
    page = _read(parts["word/document.xml"]).find(f".//{_w('sectPr')}")
    try:
        size, margins = page.find(_w("pgSz")), page.find(_w("pgMar"))
        return int(size.get(_w("w"))) - int(margins.get(_w("left"))) - int(margins.get(_w("right")))
    except (AttributeError, TypeError, ValueError):
        return _USUAL_WIDTH


def _paragraph(style: str, *runs: Any) -> Any:
    return _el("p", _el("pPr", _el("pStyle", val=style)), *runs)


def _run(text: str) -> Any:
    written = _el("t")
    written.text = text
    written.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    return _el("r", written)


def _el(tag: str, *children: Any, **attributes: object) -> Any:
    node = etree.Element(_w(tag), {_w(name): str(value) for name, value in attributes.items()}, {"w": _W})
    node.extend(children)
    return node


def _w(name: str) -> str:
    return f"{{{_W}}}{name}"


def _read(body: bytes) -> Any:
    return etree.fromstring(body, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))


def _written(root: Any) -> bytes:
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return written
