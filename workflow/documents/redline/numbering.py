"""The number Word shows before a paragraph, and how deep a heading is: what no text run says.

Numbers come from the list a paragraph or its style belongs to, counted from the beginning of
the document as Word counts.
"""

import re
from dataclasses import dataclass, field

from workflow.documents.redline.names import ILVL, NUM_ID, NUMPR, PPR, PSTYLE, VAL, Element, P, w
from workflow.documents.redline.numerals import numeral
from workflow.documents.redline.source import Source

_STYLE_ID, _BASED_ON, _OUTLINE = w("styleId"), w("basedOn"), w("outlineLvl")
_ABSTRACT_ID, _START = w("abstractNumId"), w("start")


@dataclass(frozen=True, slots=True)
class Label:
    """What Word shows before a paragraph, at which level of its list, and its level as a heading."""

    text: str = ""
    level: int = -1
    heading: int = -1


@dataclass(slots=True)
class _Level:
    start: int = 1
    form: str = "decimal"
    text: str = ""
    style: str = ""
    restart: int | None = None
    legal: bool = False


@dataclass(slots=True)
class _List:
    """One numbered list: its levels, and whose counters it uses."""

    counter: str
    levels: dict[int, _Level] = field(default_factory=dict)
    starts: dict[int, int] = field(default_factory=dict)
    begun: set[int] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class _Style:
    number: str = ""
    level: int | None = None
    heading: int = -1


class Numbering:
    """Numbers the paragraphs of one document."""

    def __init__(self, source: Source) -> None:
        self._lists = _read_lists(source)
        styles, numbering = source.related("styles"), source.tree
        entries = numbering(styles).iterchildren(w("style")) if styles else ()
        self._entries = {entry.get(_STYLE_ID, ""): entry for entry in entries}
        self._default = next(
            (
                name
                for name, e in self._entries.items()
                if e.get(w("default")) in ("1", "true") and e.get(w("type")) == "paragraph"
            ),
            "",
        )
        self._styles: dict[str, _Style] = {}
        self._counters: dict[str, dict[int, int]] = {}

    def labels(self, container: Element) -> dict[Element, Label]:
        """Return the label of every paragraph under *container* that has one."""
        made = ((paragraph, self._label(paragraph)) for paragraph in container.iter(P))
        return {paragraph: label for paragraph, label in made if label != Label()}

    def _label(self, paragraph: Element) -> Label:
        properties = paragraph.find(PPR)
        name = _value(properties, PSTYLE) or self._default
        style = self._style(name)
        number, level, heading = style.number, style.level, style.heading
        if properties is not None:
            own = properties.find(NUMPR)
            if own is not None:
                number = _value(own, NUM_ID) or number
                level = _number(_value(own, ILVL), level or 0)
            heading = _number(_value(properties, _OUTLINE), heading)
        heading = heading if 0 <= heading < 9 else -1
        found = self._lists.get(number)
        if found is None:
            return Label(heading=heading)
        if level is None:
            level = next((n for n, entry in found.levels.items() if entry.style == name), 0)
        return Label(self._count(found, level), level, heading)

    def _count(self, found: _List, level: int) -> str:
        counters = self._counters.setdefault(found.counter, {})
        definition = found.levels.get(level, _Level())
        # A list that says where to start does so when it is first used.
        if level in found.starts and level not in found.begun:
            found.begun.add(level)
            counters[level] = found.starts[level]
        else:
            counters[level] = counters.get(level, definition.start - 1) + 1
        for deeper in [other for other in counters if other > level]:
            restart = found.levels.get(deeper, _Level()).restart
            if restart is None or level < restart:
                del counters[deeper]
        if definition.form == "bullet":
            return ""

        def place(match: re.Match[str]) -> str:
            other = int(match[1]) - 1
            entry = found.levels.get(other, _Level())
            counters.setdefault(other, found.starts.get(other, entry.start))
            return numeral(counters[other], "decimal" if definition.legal else entry.form)

        return re.sub(r"%([1-9])", place, definition.text).strip(" \t\u3000")

    def _style(self, name: str, depth: int = 0) -> _Style:
        if name not in self._styles:
            entry = self._entries.get(name)
            if entry is None or depth > 20:
                return _Style()
            base = self._style(_value(entry, _BASED_ON), depth + 1)
            properties = entry.find(PPR)
            own = None if properties is None else properties.find(NUMPR)
            heading = _number(_value(properties, _OUTLINE), base.heading)
            if own is None:
                self._styles[name] = _Style(base.number, base.level, heading)
            else:
                level = _value(own, ILVL)
                self._styles[name] = _Style(
                    _value(own, NUM_ID) or base.number, _number(level, 0) if level else None, heading
                )
        return self._styles[name]


def _read_lists(source: Source) -> dict[str, _List]:
    part = source.related("numbering")
    if not part:
        return {}
    root = source.tree(part)
    shared = {entry.get(_ABSTRACT_ID, ""): entry for entry in root.iterchildren(w("abstractNum"))}
    lists: dict[str, _List] = {}
    for entry in root.iterchildren(w("num")):
        name = _value(entry, _ABSTRACT_ID)
        found = _List(name)
        for level in shared[name].iterchildren(w("lvl")) if name in shared else ():
            found.levels[_number(level.get(ILVL, ""), 0)] = _read_level(level)
        for override in entry.iterchildren(w("lvlOverride")):
            number = _number(override.get(ILVL, ""), 0)
            for level in override.iterchildren(w("lvl")):
                found.levels[number] = _read_level(level)
            start = _value(override, w("startOverride"))
            if start:
                found.starts[number] = _number(start, 1)
        lists[entry.get(NUM_ID, "")] = found
    lists.pop("0", None)
    return lists


def _read_level(level: Element) -> _Level:
    restart = _value(level, w("lvlRestart"))
    return _Level(
        start=_number(_value(level, _START), 1),
        form=_value(level, w("numFmt")) or "decimal",
        text=_value(level, w("lvlText")),
        style=_value(level, PSTYLE),
        restart=_number(restart, 0) if restart else None,
        legal=level.find(w("isLgl")) is not None,
    )


def _value(parent: Element | None, tag: str) -> str:
    found = None if parent is None else parent.find(tag)
    return "" if found is None else found.get(VAL, "")


def _number(text: str, otherwise: int) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else otherwise
