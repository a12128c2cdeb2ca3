"""The look of an organisation's documents, said in one place: fonts, colour, logo, header and footer.

    [house]                       # in assent.toml
    name = "台北光電股份有限公司"
    logo = "logo.png"
    font = "Arial"
    font_chinese = "Microsoft JhengHei"
    header = "臺北市內湖區瑞光路 513 號 8 樓"
    footer = "www.example.com"
    accent = "#1F3864"

`housed` makes a template in that style out of one of ours, the same bytes on any machine. What the
document says is not touched, and no word of the house can become a tag. Where a template comes from
is the catalogue's business.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

from lxml import etree
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    StringConstraints,
    ValidationError,
    field_validator,
)

from workflow.documents.furnishing import furnished
from workflow.documents.package import read_package, write_stored
from workflow.documents.pictures import LARGEST, Image, read_image
from workflow.documents.vetting import vet
from workflow.errors import InvalidInputError, TemplateError
from workflow.i18n import mark
from workflow.problems import Problem, Refused, problems_of
from workflow.texts import clean_line

#: The colour of headings and rules in the layouts, and of what stands behind the heads of tables.
ACCENT, HEAD_FILL = "1F3864", "E4E9F1"

_COLOUR = re.compile(r"#?([0-9A-Fa-f]{6})")
# Names as systems have them; a comma would make two of one.
_FONT = re.compile(r"[\w][\w .&()'_-]*")
# Large text has to stand out from paper by this much to be read (WCAG 2, 1.4.3).
_LEAST_CONTRAST = 3.0
# How much of the accent is in the colour behind a head; it gives ours for our own accent.
_TINT = 0.12


def _words(text: str) -> str:
    text = clean_line(text)
    if "{" in text or "}" in text:
        raise Refused(
            mark("has a brace in it, with which a tag would begin"), mark("write it without braces")
        )
    return text


def _font(text: str) -> str:
    text = clean_line(text)
    if not _FONT.fullmatch(text):
        raise Refused(mark("is no name of a font"), mark("write one font's name as Word lists it"))
    return text


def _colour(text: str) -> str:
    found = _COLOUR.fullmatch(text.strip())
    if not found:
        raise Refused(mark("is no colour"), mark("write it as in #1F3864"))
    colour = found.group(1).upper()
    if _contrast(colour) < _LEAST_CONTRAST:
        raise Refused(mark("is too light to be read on paper"), mark("give a darker colour"))
    return colour


_Words = Annotated[str, StringConstraints(strict=True, max_length=120), AfterValidator(_words)]
# Windows takes names of 31 characters.
_Font = Annotated[str, StringConstraints(strict=True, max_length=31), AfterValidator(_font)]
_Colour = Annotated[str, StringConstraints(strict=True), AfterValidator(_colour)]


class House(BaseModel):
    """How an organisation's documents look; what is not said stays as the layouts have it.

    ``logo`` is the picture's bytes. The header's left is the logo, or the name; its right the
    header's words, or the name beside a logo.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)

    name: _Words | None = None
    logo: Image | None = None
    font: _Font | None = None
    font_chinese: _Font | None = None
    header: _Words | None = None
    footer: _Words | None = None
    accent: _Colour | None = None

    @field_validator("logo", mode="before")
    @classmethod
    def _is_picture(cls, value: object) -> object:
        return read_image(value) if isinstance(value, bytes) else value

    @classmethod
    def read(cls, said: Mapping[str, Any], *, folder: Path, source: str) -> "House":
        """Read what a file of settings says; the logo's path starts from *folder*.

        Raises `InvalidInputError` with every problem in it.
        """
        given, problems = dict(said), list[Problem]()
        try:
            if "logo" in given:
                given["logo"] = _file(folder, given["logo"])
        except Refused as refused:
            problems.append(Problem("logo", refused.what, refused.fix, facts=refused.facts))
            del given["logo"]
        try:
            made = cls.model_validate(given)
        except ValidationError as error:
            problems += problems_of(error, cls)
        if problems:
            raise InvalidInputError(
                source, [replace(p, path=f"house.{p.path}", value=said.get(p.path)) for p in problems]
            )
        return made

    @property
    def left(self) -> str:
        """The words that stand in the header where there is no logo."""
        return "" if self.logo else self.name or ""

    @property
    def right(self) -> str:
        """The words at the header's other end."""
        return self.header or (self.name or "" if self.logo else "")


def housed(template: bytes, house: House) -> bytes:
    """Return *template* in the style of *house*: the same bytes for the same two, wherever it is made.

    Raises `TemplateError` for what is no template, or has no header or footer for the words of the house.
    """
    if house == House():
        return template
    parts = read_package(template, name="template")
    vet(parts, name="template")
    colours = {ACCENT: house.accent, HEAD_FILL: _tint(house.accent)} if house.accent else {}
    try:
        return write_stored(furnished(parts, house, colours))
    except etree.XMLSyntaxError:
        raise TemplateError(template="template", reason=mark("it is damaged")) from None


def _file(folder: Path, name: object) -> bytes:
    if not isinstance(name, str):
        raise Refused(mark("is not text"), mark("put it in quotes"))
    try:
        path = folder / name
        if path.exists() and not path.is_file():
            raise Refused(mark("is not a file"), mark("give a PNG or a JPEG"))
        with path.open("rb") as file:
            return file.read(LARGEST + 1)
    except (OSError, ValueError) as error:
        if isinstance(error, Refused):
            raise
        reason = getattr(error, "strerror", None) or str(error)
        raise Refused(mark("cannot be read: {reason}"), mark("check the path"), reason=reason) from None


def _contrast(colour: str) -> float:
    """Return how much a colour stands out from white."""
    linear = []
    for at in (0, 2, 4):
        part = int(colour[at : at + 2], 16) / 255
        linear.append(part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4)
    red, green, blue = linear
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


def _tint(colour: str) -> str:
    parts = (int(colour[at : at + 2], 16) for at in (0, 2, 4))
    return "".join(f"{round(255 - (255 - part) * _TINT):02X}" for part in parts)
