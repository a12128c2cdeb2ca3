"""The numberings: articles and their paragraphs, sections, bullets, and lists that start at one.

Word counts, not the template, so a lawyer can insert an article and all others follow.
"""

from lxml.etree import _Element
from ooxml import el

# Numbering instances; lists of their own are added from FIRST_LIST on.
ARTICLES, SECTIONS, BULLETS, ANNEXES, ENGLISH_ARTICLES, FIRST_LIST = 1, 2, 3, 4, 5, 10
LISTS = {"plain": 5, "formal": 6}  # abstract numberings a list may use


def numbering(language: str) -> list[_Element]:
    """Return the abstract numberings and the instances the styles name."""
    chinese = language != "en"
    counting = "taiwaneseCountingThousand" if chinese else "decimal"
    annex = _level(
        0, counting, "附件%1" if chinese else "Annex %1", style="Annex", ind={"left": 0, "firstLine": 0}
    )
    section = _level(
        0,
        counting,
        "%1、" if chinese else "%1.",
        style="Heading1",
        follow="nothing" if chinese else "tab",
        ind={"left": 0, "firstLine": 0} if chinese else {"left": 425, "hanging": 425},
    )
    bullet = _level(0, "bullet", "•", style="ListBullet", ind={"left": 425, "hanging": 425})
    plain = _level(0, "decimal", "%1.", ind={"left": 425, "hanging": 425})
    formal = _level(0, counting, "%1、" if chinese else "%1.", ind={"left": 600, "hanging": 600})
    # In a document of two languages each counts by itself.
    english = _articles(False, "ArticleEnglish", "ClauseEnglish")
    kinds = [
        _articles(chinese, "Article", "Clause"),
        [section],
        [bullet],
        [annex],
        english,
        [plain],
        [formal],
    ]
    instances = [el("num", el("abstractNumId", val=n), numId=n + 1) for n in range(5)]
    return [
        *(
            el("abstractNum", el("multiLevelType", val="multilevel"), *levels, abstractNumId=n)
            for n, levels in enumerate(kinds)
        ),
        *instances,
    ]


def _articles(chinese: bool, article: str, clause: str) -> list[_Element]:
    """Return the levels of articles, their paragraphs, and what is listed in one, by their styles.

    An article's number is what a reference to it repeats, so it holds no blank.
    """
    counting = "taiwaneseCountingThousand" if chinese else "decimal"
    indent, wide = 600 if chinese else 720, 1320 if article == "Article" else 1120
    return [
        _level(
            0,
            counting,
            "第%1條" if chinese else "Article %1",
            style=article,
            ind={"left": 0, "firstLine": 0} if chinese else {"left": wide, "hanging": wide},
        ),
        # Not 5.1 in Chinese: under 第五條 that takes w:isLgl, and LibreOffice before 7.5, which
        # does not know it, would print 五.1 where Word prints 5.1.
        _level(
            1, counting, "%2、" if chinese else "%1.%2", style=clause, ind={"left": indent, "hanging": indent}
        ),
        _level(
            2,
            counting if chinese else "lowerLetter",
            "（%3）" if chinese else "(%3)",
            ind={"left": 1320, "hanging": 720},
        ),
    ]


def _level(
    depth: int, counting: str, shown: str, *, ind: dict[str, int], style: str = "", follow: str = "tab"
) -> _Element:
    node = el("lvl", el("start", val=1), el("numFmt", val=counting), ilvl=depth)
    if style:
        node.append(el("pStyle", val=style))
    node.extend([el("suff", val=follow), el("lvlText", val=shown), el("lvlJc", val="left")])
    node.append(el("pPr", el("ind", **ind)))
    return node


def list_instance(number: int, kind: str) -> _Element:
    """Return a numbering of its own for one list, so that it starts at one."""
    override = el("lvlOverride", el("startOverride", val=1), ilvl=0)
    return el("num", el("abstractNumId", val=LISTS[kind]), override, numId=number)
