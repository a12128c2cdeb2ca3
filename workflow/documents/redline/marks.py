"""The elements that say what was inserted, deleted or moved, by whom and when."""

from collections.abc import Iterable
from copy import deepcopy
from datetime import UTC, datetime

from lxml import etree

from workflow.documents.redline.names import (
    CONTAINERS,
    DEL,
    DEL_INSTR,
    DEL_TEXT,
    FIELD,
    FIELD_CHAR,
    ID,
    INSTR,
    MATH,
    MATH_BLOCK,
    PPR,
    RPR,
    SECTPR,
    TBL,
    TC,
    TR,
    TRPR,
    Element,
    P,
    R,
    T,
    inner,
    w,
)

_WRAPPED = frozenset({R, MATH, MATH_BLOCK})
_PPR_CHANGE, _RPR_CHANGE, _FIELD_TYPE = w("pPrChange"), w("rPrChange"), w("fldCharType")
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"


class Marks:
    """Makes and places the marks of one author at one time."""

    def __init__(self, author: str, at: datetime, first_id: int) -> None:
        if at.tzinfo is None:
            raise ValueError("a time without a zone says nothing")
        self._author, self._date = author, at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        self._next = first_id

    def make(self, name: str) -> Element:
        """Return a new mark such as ``w:ins``."""
        element = etree.Element(w(name))
        element.set(ID, str(self._number()))
        element.set(w("author"), self._author)
        element.set(w("date"), self._date)
        return element

    def paragraph_mark(self, paragraph: Element, name: str) -> None:
        """Say of a paragraph's own mark that it was inserted, deleted or moved."""
        properties = paragraph_properties(paragraph)
        run = properties.find(RPR)
        if run is None:
            run = etree.Element(RPR)
            later = next((c for c in properties if c.tag in (SECTPR, _PPR_CHANGE)), None)
            properties.append(run) if later is None else later.addprevious(run)
        run.insert(0, self.make(name))

    def whole_paragraph(self, paragraph: Element, name: str, *, mark: str = "") -> None:
        """Mark everything in a paragraph, and its mark unless *mark* says otherwise."""
        self._wrap(paragraph, name)
        if mark != "keep":
            self.paragraph_mark(paragraph, mark or name)

    def whole_block(self, block: Element, name: str) -> None:
        """Mark a paragraph, a table or a row with all that is in it."""
        if block.tag == P:
            self.whole_paragraph(block, name)
        elif block.tag == TR:
            self._row(block, name)
        else:
            for row in descend(block, TR):
                self._row(row, name)

    def whole_container(self, container: Element, name: str) -> None:
        """Mark all that is in a note or a header; its last paragraph's mark has to stay."""
        blocks = list(descend(container, P, TBL))
        for number, block in enumerate(blocks, 1):
            if block.tag == P and number == len(blocks):
                self.whole_paragraph(block, name, mark="keep")
            else:
                self.whole_block(block, name)

    def formatting(self, properties: Element, before: Element | None) -> None:
        """Remember in a run's properties what they were."""
        change = self.make("rPrChange")
        change.append(etree.Element(RPR) if before is None else before)
        properties.append(change)

    def paragraph_formatting(self, paragraph: Element, before: Element) -> None:
        """Remember in a paragraph's properties what they were."""
        change = self.make("pPrChange")
        change.append(before)
        paragraph_properties(paragraph).append(change)

    def table_formatting(self, properties: Element, name: str, before: Element) -> None:
        """Remember in the properties of a table or cell what they were."""
        change = self.make(name)
        if name == "tblGridChange":
            # Of a grid it is not told who changed it.
            del change.attrib[w("author")], change.attrib[w("date")]
        change.append(before)
        properties.append(change)

    def move_range(self, first: Element, last: Element, name: str, number: int) -> None:
        """Say that the paragraphs from *first* to *last* moved together."""
        start = self.make(f"{name}RangeStart")
        start.set(w("name"), f"move{number}")
        properties = first.find(PPR)
        first.insert(0, start) if properties is None else properties.addnext(start)
        end = etree.Element(w(f"{name}RangeEnd"))
        end.set(ID, start.get(ID, ""))
        last.addnext(end)

    def _row(self, row: Element, name: str) -> None:
        properties = row.find(TRPR)
        if properties is None:
            properties = etree.Element(TRPR)
            exceptions = row.find(w("tblPrEx"))
            row.insert(0, properties) if exceptions is None else exceptions.addnext(properties)
        properties.append(self.make(name))
        for cell in descend(row, TC):
            for block in list(descend(cell, P, TBL)):
                self.whole_block(block, name)

    def _wrap(self, holder: Element, name: str) -> None:
        wrapper: Element | None = None
        for child in list(holder):
            if child.tag == FIELD:
                spelled = spell_out(child)
                for run in spelled:
                    child.addprevious(run)
                holder.remove(child)
                wrapper = self._wrapped(spelled, wrapper, name)
            elif child.tag in _WRAPPED:
                wrapper = self._wrapped([child], wrapper, name)
            elif child.tag in CONTAINERS:
                wrapper = None
                content = inner(child)
                if content is not None:
                    self._wrap(content, name)
            elif child.tag != PPR:
                wrapper = None

    def _wrapped(self, runs: Iterable[Element], wrapper: Element | None, name: str) -> Element | None:
        for run in runs:
            if wrapper is None:
                wrapper = self.make(name)
                run.addprevious(wrapper)
            wrapper.append(run)
            if wrapper.tag == DEL:
                as_deleted(run)
        return wrapper

    def _number(self) -> int:
        self._next += 1
        return self._next - 1


def paragraph_properties(paragraph: Element) -> Element:
    """Return a paragraph's properties, made where there are none."""
    properties = paragraph.find(PPR)
    if properties is None:
        properties = etree.Element(PPR)
        paragraph.insert(0, properties)
    return properties


def as_deleted(run: Element) -> None:
    """Write a run's text the way Word wants deleted text written."""
    for child in run:
        if child.tag == T:
            child.tag = DEL_TEXT
        elif child.tag == INSTR:
            child.tag = DEL_INSTR


def text_element(text: str) -> Element:
    """Return a text element that keeps its blanks."""
    element = etree.Element(T)
    element.set(_SPACE, "preserve")
    element.text = text
    return element


def spell_out(field: Element) -> list[Element]:
    """Return a simple field as runs, since only runs can be marked."""
    code = etree.Element(INSTR)
    code.set(_SPACE, "preserve")
    code.text = field.get(w("instr"), "")
    runs = [_run(_field_char("begin")), _run(code), _run(_field_char("separate"))]
    runs += [deepcopy(run) for run in field.iter(R)]
    return [*runs, _run(_field_char("end"))]


def descend(container: Element, *tags: str) -> list[Element]:
    """Return the nearest elements with these names under *container*, in order."""
    found: list[Element] = []
    for child in container:
        if child.tag in tags:
            found.append(child)
        elif child.tag in CONTAINERS or child.tag == w("sdtContent"):
            found += descend(child, *tags)
    return found


def _field_char(kind: str) -> Element:
    char = etree.Element(FIELD_CHAR)
    char.set(_FIELD_TYPE, kind)
    return char


def _run(child: Element) -> Element:
    run = etree.Element(R)
    run.append(child)
    return run
