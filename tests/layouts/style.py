"""The house style: fonts, and the paragraph, character and table styles.

Every style is spelt out here for both languages; a paragraph only names its style, so a
lawyer who opens a layout in Word changes its look in one place.
"""

from dataclasses import dataclass

from lxml.etree import _Element
from numbering import ANNEXES, ARTICLES, BULLETS, ENGLISH_ARTICLES, SECTIONS
from ooxml import el

TEXT_WIDTH = 9070  # twips between the margins of an A4 page: 16 cm
ACCENT = "1F3864"
GREY = "595959"
QUIET = "404040"
LABEL_FILL = "F2F2F2"
HEAD_FILL = "E4E9F1"


@dataclass(frozen=True, slots=True)
class Look:
    """What differs between the languages: fonts, sizes in half points and line spacing."""

    latin: str
    heading: str
    body_size: int
    cell_size: int
    body_line: tuple[int, str]
    cell_line: tuple[int, str]
    justified: str


EAST_ASIAN = "PMingLiU"
MONOSPACED = "Courier New"
EAST_ASIAN_HEADING = "Microsoft JhengHei"
LOOKS = {
    "zh-TW": Look("Times New Roman", EAST_ASIAN_HEADING, 24, 21, (380, "atLeast"), (300, "atLeast"), "both"),
    "en": Look("Times New Roman", "Arial", 22, 20, (276, "auto"), (252, "auto"), "left"),
    # Both languages in one document, which is of tables more than of sentences.
    "zh-TW+en": Look("Times New Roman", "Arial", 20, 18, (280, "atLeast"), (240, "atLeast"), "left"),
}
#: A contract in both languages, which is of sentences.
IN_PAIRS = Look("Times New Roman", EAST_ASIAN_HEADING, 22, 19, (330, "atLeast"), (250, "atLeast"), "both")


def fonts(latin: str, east_asian: str) -> _Element:
    """Return the font settings; without ``eastAsia`` Word would choose one for Chinese by itself."""
    return el("rFonts", ascii=latin, hAnsi=latin, eastAsia=east_asian, cs=latin)


def styles(language: str, look: Look | None = None) -> list[_Element]:
    """Return the children of ``w:styles``."""
    look = look or LOOKS[language]
    cell = {"size": look.cell_size, "line": look.cell_line, "before": 30, "after": 30}
    body = {"size": look.body_size, "line": look.body_line, "after": 100}
    small = {"size": 18, "line": (240, "auto")}
    quiet = {"size": look.body_size - 3, "line": (240, "auto")}
    small_cell = {"size": look.cell_size - 1, "line": (240, "atLeast"), "before": 16, "after": 16}
    # Exact, or the fonts some systems take for the Chinese ones need two pages for forty articles.
    contents = {"line": (230 if look is IN_PAIRS else 250, "exact")}
    # A character on from 第一條, 第十一條 and 第二十一條.
    after_numbers = tuple(characters * look.body_size * 10 for characters in (4, 5, 6))
    # A Chinese font sets the apostrophe of Parties’ as wide as a character.
    english = LOOKS["en"].heading if look is IN_PAIRS else ""
    return [
        _defaults(language, look),
        *_built_in(),
        _style(look, "Title", "Title", heading=True, size=40, bold=True, align="center", before=60, after=120,
               tracking=20 if language == "zh-TW" else 0),
        _style(look, "Subtitle", "Subtitle", heading=True, size=26, align="center", after=160, latin=english),
        _style(look, "Letterhead", "Letterhead", heading=True, size=30, bold=True, color=ACCENT, after=20),
        _style(look, "Heading1", "heading 1", heading=True, size=look.body_size + 1, bold=True, color=ACCENT,
               before=220, after=80, keep_next=True, number=(SECTIONS, 0), outline=0),
        _style(look, "Heading2", "heading 2", heading=True, size=look.body_size, bold=True,
               before=220, after=80, keep_next=True, outline=1),
        _style(look, "Article", "Article", heading=True, size=look.body_size, bold=True, before=240, after=60,
               keep_next=True, number=(ARTICLES, 0), outline=0, following="Clause",
               stops=() if language == "en" else after_numbers),
        _style(look, "Clause", "Clause", **body, align=look.justified, number=(ARTICLES, 1)),
        # In a document of two languages English stands below the Chinese, and steps back a little.
        _style(look, "ArticleEnglish", "Article English", heading=True, **quiet, bold=True, color=GREY,
               latin=english, before=80, after=40, keep_next=True, number=(ENGLISH_ARTICLES, 0), outline=1,
               following="ClauseEnglish"),
        _style(look, "ClauseEnglish", "Clause English", **quiet, color=QUIET, after=60,
               number=(ENGLISH_ARTICLES, 1)),
        _style(look, "Annex", "Annex", heading=True, size=look.body_size + 2, bold=True, color=ACCENT,
               before=280, after=120, keep_next=True, number=(ANNEXES, 0), outline=0, following="Body",
               stops=(1100, 1340, 1580)),
        _style(look, "TocHead", "TOC Heading", heading=True, size=look.body_size + 2, bold=True,
               align="center", before=120, after=160, keep_next=True),
        _style(look, "TOC1", "toc 1", **contents, size=look.cell_size, before=20 if look is IN_PAIRS else 36,
               hanging=1400, tab=TEXT_WIDTH, leader="dot"),
        _style(look, "TOC2", "toc 2", **contents | {"line": (200, "exact")}, size=look.cell_size - 2,
               color=GREY, hanging=1400, tab=TEXT_WIDTH, leader="dot"),
        _style(look, "Body", "Body Text", **body, align=look.justified),
        _style(look, "BodyEnglish", "Body English", **quiet, color=QUIET, after=100),
        _style(look, "BodyLeft", "Body Left", **body | {"after": 40}),
        _style(look, "ListItem", "List Item", **body | {"after": 60}),
        _style(look, "ListBullet", "List Bullet", **body | {"after": 40}, number=(BULLETS, 0)),
        _style(look, "Close", "Closing", **body | {"after": 40}, left=4300),
        _style(look, "Cell", "Cell", **cell),
        _style(look, "CellSmall", "Cell Small", **small_cell),
        _style(look, "CellRight", "Cell Right", **cell, align="right"),
        _style(look, "CellTotal", "Cell Total", **cell, align="right", keep_next=True),
        _style(look, "CellCentre", "Cell Centre", **cell, align="center"),
        _style(look, "CellCentreKept", "Cell Centre Kept", **cell, align="center", keep_next=True),
        _style(look, "CellKept", "Cell Kept", **cell, keep_next=True),
        _style(look, "Label", "Label", **cell | {"size": look.cell_size - 1}, heading=True, color=GREY),
        _style(look, "LabelSmall", "Label Small", **small_cell, heading=True, color=GREY),
        _style(look, "LabelKept", "Label Kept", based="Label", keep_next=True),
        _style(look, "Head", "Table Head", **cell | {"size": look.cell_size - 1}, heading=True, bold=True,
               align="center", keep_next=True),
        _style(look, "Note", "Note", **small, color=GREY, after=60),
        _style(look, "Gap", "Gap", size=8, line=(140, "exact")),
        _style(look, "Header", "header", **small, color=GREY, rule="bottom", tab=TEXT_WIDTH),
        _style(look, "Footer", "footer", **small, color=GREY, rule="top", tab=TEXT_WIDTH),
        _style(look, "Draft", "Draft Mark", heading=True, size=20, bold=True, color="C00000", align="center",
               rule="box", before=60),
        _style(look, "Rule", "Rule", size=8, line=(120, "exact"), rule="bottom", color=ACCENT, after=160),
        # What the template engine removes: seen only while a layout is edited.
        _style(look, "Tag", "Template Tag", size=14, line=(180, "exact"), color="8E7CC3", keep_next=True),
        _character("Strong", "Strong", el("b"), el("bCs")),
        _character("English", "English", el("color", val=QUIET), el("sz", val=look.cell_size - 2),
                   el("szCs", val=look.cell_size - 2)),
        _character("Digest", "Digest", fonts(MONOSPACED, EAST_ASIAN), el("sz", val=16), el("szCs", val=16)),
        _table_style(),
    ]  # fmt: skip


def _defaults(language: str, look: Look) -> _Element:
    size = [el("sz", val=look.body_size), el("szCs", val=look.body_size)]
    spoken = el("lang", val="en-GB" if language == "en" else "en-US", eastAsia="zh-TW")
    return el(
        "docDefaults",
        el("rPrDefault", el("rPr", fonts(look.latin, EAST_ASIAN), *size, spoken)),
        el("pPrDefault", el("pPr", el("spacing", before=0, after=0))),
    )


def _built_in() -> list[_Element]:
    margins = [el(side, w=width, type="dxa") for side, width in
               (("top", 0), ("left", 108), ("bottom", 0), ("right", 108))]  # fmt: skip
    return [
        el("style", el("name", val="Normal"), el("qFormat"), el("pPr", el("overflowPunct", val=0)),
           type="paragraph", default=1, styleId="Normal"),
        el("style", el("name", val="Default Paragraph Font"), el("uiPriority", val=1), el("semiHidden"),
           type="character", default=1, styleId="DefaultParagraphFont"),
        el("style", el("name", val="Normal Table"), el("uiPriority", val=99), el("semiHidden"),
           el("tblPr", el("tblInd", w=0, type="dxa"), el("tblCellMar", *margins)),
           type="table", default=1, styleId="TableNormal"),
        el("style", el("name", val="No List"), el("uiPriority", val=99), el("semiHidden"),
           type="numbering", default=1, styleId="NoList"),
    ]  # fmt: skip


def _style(
    look: Look, name_id: str, name: str, *, based: str = "Normal", following: str = "", heading: bool = False,
    size: int = 0, bold: bool = False, color: str = "", align: str = "", before: int = 0, after: int = 0,
    line: tuple[int, str] = (0, ""), keep_next: bool = False, number: tuple[int, int] | None = None,
    outline: int | None = None, rule: str = "", tab: int = 0, tracking: int = 0, left: int = 0,
    stops: tuple[int, ...] = (), leader: str = "", hanging: int = 0, latin: str = "",
) -> _Element:  # fmt: skip
    # The order of the children is the schema's; Word refuses another.
    node = el("style", el("name", val=name), el("basedOn", val=based), type="paragraph", styleId=name_id)
    if following:
        node.append(el("next", val=following))
    node.append(el("qFormat"))
    settings = el("pPr")
    if keep_next:
        settings.append(el("keepNext"))
    if number:
        settings.append(el("numPr", el("ilvl", val=number[1]), el("numId", val=number[0])))
    if rule:
        sides = ("top", "left", "bottom", "right") if rule == "box" else (rule,)
        shade = {"val": "single", "sz": 8 if color != GREY else 4, "space": 3, "color": color}
        settings.append(el("pBdr", *(el(side, **shade) for side in sides)))
    if tab or stops:
        tabs = [el("tab", val="left", pos=stop) for stop in stops]
        # The last is the right edge of the text.
        edge = {"leader": leader} if leader else {}
        tabs += [el("tab", val="right", **edge, pos=tab)] if tab else []
        settings.append(el("tabs", *tabs))
    if before or after or line[0]:
        height = {"line": line[0], "lineRule": line[1]} if line[0] else {}
        settings.append(el("spacing", before=before, after=after, **height))
    if rule == "box":
        settings.append(el("ind", left=90, right=90))  # keeps the box inside the margins
    elif hanging:
        settings.append(el("ind", left=hanging, hanging=hanging))
    elif left:
        settings.append(el("ind", left=left))
    if align:
        settings.append(el("jc", val=align))
    if outline is not None:
        settings.append(el("outlineLvl", val=outline))
    written = el("rPr")
    if based == "Normal":
        plain = fonts(latin or look.latin, EAST_ASIAN)
        written.append(fonts(latin or look.heading, EAST_ASIAN_HEADING) if heading else plain)
    if bold:
        written.extend([el("b"), el("bCs")])
    if color:
        written.append(el("color", val=color))
    if tracking:
        written.append(el("spacing", val=tracking))
    if size:
        written.extend([el("sz", val=size), el("szCs", val=size)])
    node.extend(part for part in (settings, written) if len(part))
    return node


def _character(name_id: str, name: str, *settings: _Element) -> _Element:
    names = (el("name", val=name), el("basedOn", val="DefaultParagraphFont"), el("qFormat"))
    return el("style", *names, el("rPr", *settings), type="character", styleId=name_id)


def _table_style() -> _Element:
    line = {"val": "single", "sz": 4, "space": 0, "color": "A6A6A6"}
    borders = [el(side, **line) for side in ("top", "left", "bottom", "right", "insideH", "insideV")]
    names = (el("name", val="House Table"), el("basedOn", val="TableNormal"), el("qFormat"))
    return el("style", *names, el("tblPr", el("tblBorders", *borders)), type="table", styleId="HouseTable")
