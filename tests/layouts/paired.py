"""A page in two languages: Chinese, and below or beside it the English, a little quieter.

Whatever the terms say differently in English is looked up in what the context keeps as ``en``;
what is the same in both languages is said once.
"""

import re
from collections.abc import Iterator
from typing import Any

import ooxml
import style
from lxml.etree import _Element
from parts import Page
from words import CHINESE, ENGLISH, Words, spoken

# What the context has of the terms, in Chinese, and once more below ``en`` in English.
_TERMS = (
    "title|purpose|price|period|payment|liability|law|delivery|warranty|delay|secrecy|works|distribution"
    "|deposit|amends|ours|theirs"
)
_OF_TERMS = re.compile(rf"(\{{\{{ )(?=(?:{_TERMS})\b)")
# Loops go over the Chinese list; the English one has the same order.
_OF_LOOPS = {"party": "parties", "item": "price.items", "kpi": "kpis", "change": "amends.changes"}
_OF_LOOP = re.compile(r"(\{\{ )(" + "|".join(_OF_LOOPS) + r")\.")
#: Fields that read differently in English although their place is the same.
_TRANSLATED = re.compile(
    r"\{\{ (?:title|price\.words|law\.governing_name|period\.start|period\.end|delivery\.by|amends\.signed_on"
    r"|party\.label|party\.country|kpi\.period_name|purpose|delivery\.place|distribution\.territory"
    r"|distribution\.products|amends\.title|amends\.reason|item\.description|item\.unit|kpi\.name|kpi\.target"
    r"|kpi\.formula|kpi\.source|kpi\.remedy|change\.clause|change\.before|change\.after) \}\}"
)
_FIELD = re.compile(r"\{\{ (.+?) \}\}")
# Beside each other where there is room for it, below each other elsewhere.
_BESIDE = frozenset(
    {"Label", "LabelKept", "LabelSmall", "Head", "Heading1", "Heading2", "Annex", "CellCentre",
     "CellCentreKept", "CellTotal", "TocHead"}
)  # fmt: skip


class PairedPage(Page):
    """A page that says everything in Chinese and in English."""

    def __init__(self, language: str, title: str, *, internal: bool) -> None:
        super().__init__(language, title, internal=internal)
        self.document.styles.element[:] = style.styles(language, style.IN_PAIRS)

    def say(self, words: Words) -> str:
        """Return short *words* in both languages, beside each other."""
        chinese, english = spoken(words, CHINESE), spoken(words, ENGLISH)
        return chinese if chinese == english else f"{chinese.rstrip('　')} {english}"

    def _paragraphs(self, words: Words, named: str, **properties: Any) -> Iterator[_Element]:
        chinese, english = (spoken(words, language).split("\n") for language in (CHINESE, ENGLISH))
        for one, other in zip(chinese, english, strict=True):
            if one.startswith("{%p "):
                if one != other:
                    raise ValueError(f"the languages do not choose alike: {one} and {other}")
                yield ooxml.paragraph(ooxml.run(one), style="Tag")
            elif not other or (one == other and not _TRANSLATED.search(one)):
                yield ooxml.paragraph(*ooxml.runs(one), style=named, **properties)
            elif named in _BESIDE and one == other and "**" not in one:
                said, (found,) = _FIELD.findall(one)[0], _FIELD.findall(_in_english(one))
                beside = f"{{% if {found} != {said} %}} {_in_english(one)}{{% endif %}}"
                pair = (*ooxml.runs(one), ooxml.run(beside, style="English"))
                yield ooxml.paragraph(*pair, style=named, **properties)
            elif named in _BESIDE:
                pair = (*ooxml.runs(one), ooxml.run(" "), *_english(other, named))
                yield ooxml.paragraph(*pair, style=named, **properties)
            elif one == other:
                # What was written in one language only is not said twice.
                said, (found,) = _FIELD.findall(one)[0], _FIELD.findall(_in_english(one))
                yield ooxml.paragraph(*ooxml.runs(one), style=named, **properties)
                yield ooxml.paragraph(ooxml.run(f"{{%p if {found} != {said} %}}"), style="Tag")
                yield ooxml.paragraph(*_english(other, named), style=_below(named), **properties)
                yield ooxml.paragraph(ooxml.run("{%p endif %}"), style="Tag")
            else:
                together = (
                    properties | {"keep_next": True} if named not in ("Title", "Header") else properties
                )
                yield ooxml.paragraph(*ooxml.runs(one), style=named, **together)
                below = {name: value for name, value in properties.items() if name != "new_page"}
                yield ooxml.paragraph(*_english(other, named), style=_below(named), **below)


def _below(named: str) -> str:
    return {"Title": "Subtitle", "Body": "BodyEnglish"}.get(named, named)


def _english(text: str, named: str) -> Iterator[_Element]:
    """Yield the runs of an English text whose fields are looked up in the English terms."""
    plain = named in (
        "Title",
        "Subtitle",
        "Header",
        "Footer",
        "Draft",
        "Note",
        "Heading1",
        "Heading2",
        "Annex",
    )
    return ooxml.runs(_in_english(text), style="" if plain else "English")


def _in_english(text: str) -> str:
    text = _OF_TERMS.sub(r"\1en.", text)
    return _OF_LOOP.sub(lambda found: f"{found[1]}en.{_OF_LOOPS[found[2]]}[loop.index0].", text)
