"""Values that are more than text: formatted runs, links, pictures, page breaks.

They go where a template has ``{{r name }}``. They are data, not XML: what they become is
written here, so that no value can break a document, and Chinese gets a font of its own.
"""

import hashlib
import re
from contextvars import ContextVar
from dataclasses import dataclass, field

from workflow.documents.sandbox import Formatted, UnprintableError, running, shown

_COLOUR = re.compile(r"[0-9A-Fa-f]{6}")
_STYLE = re.compile(r"[\w-]{1,60}")
_ADDRESS = re.compile(r"(https?://|mailto:)[^\s\"<>\\]{1,2000}")
_LARGEST_PICTURE = 5_000_000
# English Metric Units, in which Word measures pictures.
_EMU_PER_MM = 36_000
_EAST_ASIAN = re.compile(
    r"[\u2e80-\u9fff\uac00-\ud7ff\uf900-\ufaff]|\b(CJK|P?MingLiU|DFKai|JhengHei|YaHei|SimSun|SimHei|FangSong|KaiTi"
    r"|Mincho|Gothic|Meiryo|Malgun|Batang|Gulim|Source Han|(?:TC|SC|HK|JP|KR)$)",
    re.IGNORECASE,
)
_KINDS = {b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpeg"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Run(Formatted):
    """Text in one formatting: ``size`` in points, ``colour`` as RRGGBB; fonts by script.

    A font with a Chinese, Japanese or Korean name, or a known font for these scripts, is the East
    Asian one too; any other is not, for it has no such letters.
    """

    text: str
    bold: bool = False
    italic: bool = False
    underline: bool = False
    strike: bool = False
    colour: str = ""
    size: int = 0
    font: str = ""
    east_asian_font: str = ""
    style: str = ""

    def __post_init__(self) -> None:
        """Refuse formatting that Word has no word for."""
        _require_texts(self.text, self.colour, self.font, self.east_asian_font, self.style)
        _require_numbers(self.size)
        if self.colour and not _COLOUR.fullmatch(self.colour):
            raise UnprintableError(f"{self.colour!r} is no colour of the form RRGGBB")
        if self.style and not _STYLE.fullmatch(self.style):
            raise UnprintableError(f"{self.style!r} is no style's identifier")
        if not 0 <= self.size <= 400:
            raise UnprintableError(f"{self.size} is no size in points")


@dataclass(frozen=True, slots=True)
class Link(Formatted):
    """Text that leads to an address on the web or of a person."""

    text: str
    address: str

    def __post_init__(self) -> None:
        """Refuse an address that could run or read something."""
        _require_texts(self.text, self.address)
        if not _ADDRESS.fullmatch(self.address):
            raise UnprintableError(f"{self.address[:60]!r} is no http, https or mailto address")


@dataclass(frozen=True, slots=True)
class PageBreak(Formatted):
    """What follows begins a page."""


@dataclass(frozen=True, slots=True)
class Picture(Formatted):
    """A PNG or JPEG such as a seal or a logo, at a size in millimetres."""

    body: bytes
    width_mm: int
    height_mm: int
    description: str = ""

    def __post_init__(self) -> None:
        """Refuse what is no picture, or no size on paper."""
        _require_texts(self.description)
        _require_numbers(self.width_mm, self.height_mm)
        if not isinstance(self.body, bytes):
            raise UnprintableError("a picture is given as bytes")
        if len(self.body) > _LARGEST_PICTURE or not self.kind:
            raise UnprintableError("a picture has to be a PNG or JPEG of at most 5 MB")
        if not (1 <= self.width_mm <= 1000 and 1 <= self.height_mm <= 1000):
            raise UnprintableError(f"{self.width_mm} x {self.height_mm} mm is no size on paper")

    @property
    def kind(self) -> str:
        """``png`` or ``jpeg``, by its first bytes; empty for anything else."""
        return next((kind for start, kind in _KINDS.items() if self.body.startswith(start)), "")


@dataclass(slots=True)
class Album:
    """The pictures of a part that is being rendered; they are numbered from ``first``."""

    first: int = 10_000
    pictures: dict[str, Picture] = field(default_factory=dict)
    shown: int = 0

    def add(self, picture: Picture) -> tuple[str, int]:
        """Return the picture's relationship and a number no other drawing of the part has."""
        name = f"assent{hashlib.sha256(picture.body).hexdigest()[:16]}.{picture.kind}"
        self.pictures[name] = picture
        self.shown += 1
        return f"rId{name.partition('.')[0]}", self.first + self.shown


#: Where the pictures of the part being rendered are collected.
ALBUM: ContextVar[Album] = ContextVar("album")


def runs(value: object) -> str:
    """Return the runs a value becomes; plain text becomes a run of its own."""
    if isinstance(value, list | tuple):
        return "".join(map(runs, value))
    if isinstance(value, Run):
        return f"<w:r>{_formatting(value)}{_text(value.text)}</w:r>"
    if isinstance(value, Link):
        return _link(value)
    if isinstance(value, PageBreak):
        return '<w:r><w:br w:type="page"/></w:r>'
    if isinstance(value, Picture):
        return _drawing(value)
    return f"<w:r>{_text(value)}</w:r>"


def is_east_asian(font: str) -> bool:
    """Tell by a font's name whether it has Chinese, Japanese or Korean letters."""
    return _EAST_ASIAN.search(font) is not None


def _require_texts(*values: object) -> None:
    for value in values:
        if not isinstance(value, str):
            raise UnprintableError(f"{type(value).__name__} is not text")


def _require_numbers(*values: object) -> None:
    for value in values:
        if type(value) is not int:
            raise UnprintableError(f"{value!r} is no whole number")


def _text(value: object) -> str:
    return f'<w:t xml:space="preserve">{running(value)}</w:t>'


def _formatting(run: Run) -> str:
    # In the order of the schema (CT_RPr), which Word insists on.
    east_asian = run.east_asian_font or (run.font if is_east_asian(run.font) else "")
    fonts = "".join(
        f' w:{script}="{shown(name)}"'
        for script, name in (("ascii", run.font), ("eastAsia", east_asian), ("hAnsi", run.font))
        if name
    )
    parts = (
        f'<w:rStyle w:val="{run.style}"/>' if run.style else "",
        f"<w:rFonts{fonts}/>" if fonts else "",
        "<w:b/>" if run.bold else "",
        "<w:i/>" if run.italic else "",
        "<w:strike/>" if run.strike else "",
        f'<w:color w:val="{run.colour}"/>' if run.colour else "",
        f'<w:sz w:val="{2 * run.size}"/><w:szCs w:val="{2 * run.size}"/>' if run.size else "",
        '<w:u w:val="single"/>' if run.underline else "",
    )
    written = "".join(parts)
    return f"<w:rPr>{written}</w:rPr>" if written else ""


def _link(link: Link) -> str:
    # A field, because a relationship would have to be added to the package for each address.
    field_code = shown(f' HYPERLINK "{link.address}" ')
    look = '<w:rPr><w:color w:val="0563C1"/><w:u w:val="single"/></w:rPr>'
    return (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        f'<w:r><w:instrText xml:space="preserve">{field_code}</w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
        f"<w:r>{look}{_text(link.text)}</w:r>"
        '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


def _drawing(picture: Picture) -> str:
    relationship, number = ALBUM.get().add(picture)
    size = f'cx="{picture.width_mm * _EMU_PER_MM}" cy="{picture.height_mm * _EMU_PER_MM}"'
    drawing = "http://schemas.openxmlformats.org/drawingml/2006"
    return (
        f'<w:r><w:drawing><wp:inline xmlns:wp="{drawing}/wordprocessingDrawing" '
        'distT="0" distB="0" distL="0" distR="0">'
        f'<wp:extent {size}/><wp:docPr id="{number}" name="Picture {number}" '
        f'descr="{shown(picture.description)}"/>'
        f'<a:graphic xmlns:a="{drawing}/main"><a:graphicData uri="{drawing}/picture">'
        f'<pic:pic xmlns:pic="{drawing}/picture">'
        f'<pic:nvPicPr><pic:cNvPr id="{number}" name="Picture {number}"/><pic:cNvPicPr/></pic:nvPicPr>'
        '<pic:blipFill><a:blip xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
        f'r:embed="{relationship}"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>'
        f'<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext {size}/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr>'
        "</pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
    )
