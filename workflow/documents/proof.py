"""Proof, when a template is compiled, that whatever it renders is well-formed XML.

The template is walked as a tree of text, choices and repetitions with a stack of open
elements. Every branch and every loop body has to leave the stack as it found it, and every
value has to stand where text may stand; then no order of rendering can break the document,
and nothing has to be parsed again afterwards. What a value may be depends on its `Place`.
"""

import re
from dataclasses import dataclass, field, replace
from enum import StrEnum

from jinja2 import nodes

from workflow.documents.instructions import NAMED_BY_ATTRIBUTE, NAMED_BY_ELEMENT
from workflow.i18n import mark, translate


class Place(StrEnum):
    """Where in the XML a value stands."""

    TEXT = "text"
    PROPERTY = "property"
    ATTRIBUTE = "attribute"
    RUN = "run"
    BOOKMARK = "bookmark"


class NotWellFormedError(ValueError):
    """The template could render XML that is broken: what is wrong, and what to write instead."""

    def __init__(self, what: str, fix: str, **facts: str) -> None:
        self.what, self.fix, self.line = translate(what).format(**facts), translate(fix), 1
        super().__init__(self.what)


@dataclass(frozen=True, slots=True)
class _Element:
    """An open element: its name, which children could be its last, whether it could lack a row."""

    name: str
    last: frozenset[str] = frozenset({""})
    rowless: bool = True


@dataclass(frozen=True, slots=True)
class _State:
    """Where the walk is: open elements, and the tag or the attribute's value it is inside of."""

    stack: tuple[_Element, ...] = ()
    tag: str = ""
    quoted: str = ""
    floor: int = 0
    ended: bool = False

    @property
    def shape(self) -> tuple[object, ...]:
        """What has to be equal where branches meet."""
        return tuple(element.name for element in self.stack), self.tag, self.quoted


# Elements whose content is text that people read, in running text and in properties.
_RUNNING = frozenset({"w:t", "a:t", "m:t"})
_PROPERTIES = frozenset(
    {"dc:title", "dc:subject", "dc:creator", "dc:description", "cp:keywords", "cp:category",
     "cp:contentStatus", "cp:lastModifiedBy", "vt:lpwstr", "Company", "Manager"}
)  # fmt: skip
# A run stands in a paragraph, or in what may stand around runs and around paragraphs.
_RUN_PARENTS = frozenset({"w:hyperlink", "w:ins", "w:smartTag", "w:sdt", "w:sdtContent", "w:fldSimple"})
# Elements that Word calls damaged when no paragraph is their last child (ECMA-376 17.4.66 for cells).
_HELD_BY_PARAGRAPHS = frozenset(
    {"w:tc", "w:hdr", "w:ftr", "w:txbxContent", "w:footnote", "w:endnote", "w:comment"}
)
_ENDS = frozenset({"w:p", "w:sdt"})
# What may stand anywhere and is no content.
_MARKERS = frozenset({"w:bookmarkStart", "w:bookmarkEnd", "w:proofErr", "w:permStart", "w:permEnd"})
# Elements whose numbers have to differ, so that a repetition must not repeat them as they are.
_NUMBERED = frozenset({"wp:docPr", "w:bookmarkStart"})

_ONE_PLACE = mark(
    "put both ends in one paragraph, or {%p ... %} in paragraphs and {%tr ... %} in rows of their own"
)
_IN_TEXT = mark("put the tag into the text of a paragraph")

_OPEN = re.compile(r"<([A-Za-z_][\w.:-]*)")
_CLOSE = re.compile(r"</([A-Za-z_][\w.:-]*)\s*>")
_ATTRIBUTE = re.compile(r'\s+([A-Za-z_][\w.:-]*)\s*=\s*"')
_TAG_END = re.compile(r"\s*(/?)>")
_SKIPPED = re.compile(r"<!--.*?-->|<\?.*?\?>", re.DOTALL)


@dataclass(slots=True)
class Proof:
    """What was found: the place of every value and loop by its node's id, and what could go wrong.

    What could go wrong is told with the line: ``fragile``, a cell or header could lose its paragraph;
    ``rowless``, a table its rows; ``crossed``, elements that a choice or loop begins in and ends in
    another of; ``repeated``, numbered elements inside a repetition; ``same_name``, a bookmark
    there that has one name every time. ``columns``: cells are repeated or chosen, so that the grid of the
    table changes.
    """

    places: dict[int, Place] = field(default_factory=dict)
    loops: dict[int, str] = field(default_factory=dict)
    fragile: dict[str, int] = field(default_factory=dict)
    rowless: int = 0
    columns: bool = False
    crossed: dict[str, int] = field(default_factory=dict)
    repeated: dict[str, int] = field(default_factory=dict)
    same_name: int = 0
    line: int = 1
    loop: int = 0


def prove(template: nodes.Template) -> Proof:
    """Walk a template and return what was found; raise `NotWellFormedError`."""
    proof = Proof()
    try:
        end = _walk(template.body, _State(), proof)
    except NotWellFormedError as error:
        error.line = proof.line
        raise
    if end.stack or end.tag:
        raise NotWellFormedError(mark("an element is left open: {name}"), _ONE_PLACE, name=_name(end))
    return proof


def _walk(body: list[nodes.Node], state: _State, proof: Proof) -> _State:
    for node in body:
        proof.line = node.lineno or proof.line
        if isinstance(node, nodes.Output):
            for part in node.nodes:
                proof.line = part.lineno or proof.line
                if isinstance(part, nodes.TemplateData):
                    state = _read(part.data, state, proof)
                else:
                    place = proof.places[id(part)] = _place(state)
                    if place is Place.RUN:
                        state = _child(state, "w:r")
        elif isinstance(node, nodes.If):
            proof.columns = proof.columns or _name(state) == "w:tr"
            inside = replace(state, floor=len(state.stack))
            state = _join([_walk(branch, inside, proof) for branch in _branches(node)], state)
        elif isinstance(node, nodes.For):
            proof.loops[id(node)] = _name(state)
            proof.columns = proof.columns or _name(state) == "w:tr"
            inside = replace(state, floor=len(state.stack))
            proof.loop += 1
            ways = [
                _walk(node.body, inside, proof),
                _walk(node.else_, inside, proof) if node.else_ else state,
            ]
            proof.loop -= 1
            state = _join(ways, state)
        else:
            raise NotWellFormedError(
                mark("it may only show values, choose (if) and repeat (for)"), mark("write the text out")
            )
    return state


def _branches(node: nodes.If) -> list[list[nodes.Node]]:
    return [node.body, *(other.body for other in node.elif_), node.else_]


def _join(ways: list[_State], before: _State) -> _State:
    """Return what is true whichever way was taken; raise where a way opens or closes something."""
    for way in ways:
        if way.shape != before.shape:
            raise NotWellFormedError(
                mark("a choice or loop opens in {before} and ends in {after}"),
                _ONE_PLACE,
                before=_name(before),
                after=_name(way),
            )
    if not before.stack:
        return before
    merged = tuple(
        replace(
            elements[0],
            last=frozenset().union(*(element.last for element in elements)),
            rowless=any(element.rowless for element in elements),
        )
        for elements in zip(*(way.stack for way in ways), strict=True)
    )
    return replace(before, stack=merged)


def _read(text: str, state: _State, proof: Proof) -> _State:
    """Walk over a piece of the template's own XML."""
    at = read = 0
    while at < len(text):
        proof.line += text.count("\n", read, at)
        read = at
        if state.quoted:
            end = text.find('"', at)
            if end < 0:
                return state
            if proof.loop and end > at and (state.tag, state.quoted) == ("w:bookmarkStart", "w:name"):
                proof.same_name = proof.same_name or proof.line
            state, at = replace(state, quoted=""), end + 1
        elif state.tag:
            state, at = _in_tag(text, at, state, proof)
        else:
            at = text.find("<", at)
            if at < 0:
                return state
            state, at = _at_tag(text, at, state, proof)
    return state


def _in_tag(text: str, at: int, state: _State, proof: Proof) -> tuple[_State, int]:
    attribute = _ATTRIBUTE.match(text, at)
    if attribute:
        return replace(state, quoted=attribute[1]), attribute.end()
    end = _TAG_END.match(text, at)
    if not end:
        raise NotWellFormedError(mark("a tag stands inside the markup of {name}"), _IN_TEXT, name=state.tag)
    opened = replace(_child(state, state.tag), tag="")
    if end[1]:
        _note_gaps(_Element(state.tag), proof)
    return opened if end[1] else replace(opened, stack=(*opened.stack, _Element(state.tag))), end.end()


def _at_tag(text: str, at: int, state: _State, proof: Proof) -> tuple[_State, int]:
    skipped = _SKIPPED.match(text, at)
    if skipped:
        return state, skipped.end()
    closed = _CLOSE.match(text, at)
    if closed:
        if not state.stack or state.stack[-1].name != closed[1]:
            raise NotWellFormedError(
                mark("{name} is closed where {before} is open"),
                _ONE_PLACE,
                name=closed[1],
                before=_name(state),
            )
        _note_gaps(state.stack[-1], proof)
        if len(state.stack) <= state.floor:
            proof.crossed.setdefault(closed[1], proof.line)
        return replace(state, stack=state.stack[:-1]), closed.end()
    opened = _OPEN.match(text, at)
    if not opened:
        raise NotWellFormedError(
            mark("a tag stands inside the markup of {name}"), _IN_TEXT, name=_name(state)
        )
    if proof.loop and opened[1] in _NUMBERED:
        proof.repeated.setdefault(opened[1], proof.line)
    return replace(state, tag=opened[1]), opened.end()


def _child(state: _State, name: str) -> _State:
    """Note in the open element that it has one more child."""
    if not state.stack:
        return state
    parent = state.stack[-1]
    if name in _MARKERS:
        return state
    rowless = parent.rowless and name != "w:tr"
    noted = replace(parent, last=frozenset({name}), rowless=rowless)
    return replace(state, stack=(*state.stack[:-1], noted))


def _note_gaps(element: _Element, proof: Proof) -> None:
    # Word calls a document damaged whose cell does not end in a paragraph, or whose table has no row.
    if element.name in _HELD_BY_PARAGRAPHS and not element.last <= _ENDS:
        proof.fragile.setdefault(element.name, proof.line)
    if element.name == "w:tbl" and element.rowless:
        proof.rowless = proof.rowless or proof.line


def _place(state: _State) -> Place:
    if state.quoted:
        return Place.BOOKMARK if (state.tag, state.quoted) in NAMED_BY_ATTRIBUTE else Place.ATTRIBUTE
    if state.tag or not state.stack:
        raise NotWellFormedError(
            mark("a value stands inside the markup of {name}"), _IN_TEXT, name=_name(state)
        )
    name = state.stack[-1].name
    if name in NAMED_BY_ELEMENT:
        return Place.BOOKMARK
    if name in _RUNNING:
        return Place.TEXT
    if name in _PROPERTIES:
        return Place.PROPERTY
    around = next((e.name for e in reversed(state.stack) if e.name not in _RUN_PARENTS), "")
    if around == "w:p":
        return Place.RUN
    raise NotWellFormedError(
        mark("a value stands directly in {name}, where no text may stand"),
        mark("write {{ name }} in the text, without p, tr or tc"),
        name=name,
    )


def _name(state: _State) -> str:
    return state.tag or (state.stack[-1].name if state.stack else "the part")
