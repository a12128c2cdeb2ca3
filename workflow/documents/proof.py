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

from workflow.i18n import mark


class Place(StrEnum):
    """Where in the XML a value stands."""

    TEXT = "text"
    PROPERTY = "property"
    ATTRIBUTE = "attribute"
    RUN = "run"


class NotWellFormedError(ValueError):
    """The template could render XML that is broken; the message says where."""


@dataclass(frozen=True, slots=True)
class _Element:
    """An open element: its name, which children could be its last, whether it could lack a row."""

    name: str
    last: frozenset[str] = frozenset({""})
    rowless: bool = True


@dataclass(frozen=True, slots=True)
class _State:
    """Where the walk is: open elements, and the tag or quoted value it is inside of."""

    stack: tuple[_Element, ...] = ()
    tag: str = ""
    quoted: bool = False
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
_RUN_PARENTS = frozenset({"w:p", "w:hyperlink", "w:ins", "w:smartTag", "w:sdtContent"})

_OPEN = re.compile(r"<([A-Za-z_][\w.:-]*)")
_CLOSE = re.compile(r"</([A-Za-z_][\w.:-]*)\s*>")
_ATTRIBUTE = re.compile(r'\s+[A-Za-z_][\w.:-]*\s*=\s*"')
_TAG_END = re.compile(r"\s*(/?)>")
_SKIPPED = re.compile(r"<!--.*?-->|<\?.*?\?>", re.DOTALL)


@dataclass(slots=True)
class Proof:
    """What was found: the place of every value and loop by its node's id, and what could go wrong.

    ``fragile``: a cell could lose its paragraph. ``rowless``: a table could lose its rows.
    ``crossed``: elements that a choice or loop begins in and ends in another of.
    """

    places: dict[int, Place] = field(default_factory=dict)
    loops: dict[int, str] = field(default_factory=dict)
    fragile: bool = False
    rowless: bool = False
    crossed: set[str] = field(default_factory=set)

    def is_rich(self, value: nodes.Node) -> bool:
        """Tell whether a value stands where formatted text may."""
        return self.places.get(id(value)) is Place.RUN


def prove(template: nodes.Template) -> Proof:
    """Walk a template and return what was found; raise `NotWellFormedError`."""
    proof = Proof()
    end = _walk(template.body, _State(), proof)
    if end.stack or end.tag:
        raise NotWellFormedError(
            mark("an element is left open: {name}").format(name=end.tag or end.stack[-1].name)
        )
    return proof


def _walk(body: list[nodes.Node], state: _State, proof: Proof) -> _State:
    for node in body:
        if isinstance(node, nodes.Output):
            for part in node.nodes:
                if isinstance(part, nodes.TemplateData):
                    state = _read(part.data, state, proof)
                else:
                    place = proof.places[id(part)] = _place(state)
                    if place is Place.RUN:
                        state = _child(state, "w:r")
        elif isinstance(node, nodes.If):
            inside = replace(state, floor=len(state.stack))
            state = _join([_walk(branch, inside, proof) for branch in _branches(node)], state)
        elif isinstance(node, nodes.For):
            proof.loops[id(node)] = _name(state)
            inside = replace(state, floor=len(state.stack))
            ways = [
                _walk(node.body, inside, proof),
                _walk(node.else_, inside, proof) if node.else_ else state,
            ]
            state = _join(ways, state)
        else:
            raise NotWellFormedError(mark("it may only show values, choose (if) and repeat (for)"))
    return state


def _branches(node: nodes.If) -> list[list[nodes.Node]]:
    return [node.body, *(other.body for other in node.elif_), node.else_]


def _join(ways: list[_State], before: _State) -> _State:
    """Return what is true whichever way was taken; raise where a way opens or closes something."""
    for way in ways:
        if way.shape != before.shape:
            raise NotWellFormedError(
                mark("a choice or loop opens in {before} and ends in {after}; both ends belong in one place")
                .format(before=_name(before), after=_name(way))
            )  # fmt: skip
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
    at = 0
    while at < len(text):
        if state.quoted:
            end = text.find('"', at)
            if end < 0:
                return state
            state, at = replace(state, quoted=False), end + 1
        elif state.tag:
            state, at = _in_tag(text, at, state)
        else:
            at = text.find("<", at)
            if at < 0:
                return state
            state, at = _at_tag(text, at, state, proof)
    return state


def _in_tag(text: str, at: int, state: _State) -> tuple[_State, int]:
    attribute = _ATTRIBUTE.match(text, at)
    if attribute:
        return replace(state, quoted=True), attribute.end()
    end = _TAG_END.match(text, at)
    if not end:
        raise NotWellFormedError(mark("a tag stands inside the markup of {name}").format(name=state.tag))
    opened = replace(_child(state, state.tag), tag="")
    return opened if end[1] else replace(opened, stack=(*opened.stack, _Element(state.tag))), end.end()


def _at_tag(text: str, at: int, state: _State, proof: Proof) -> tuple[_State, int]:
    skipped = _SKIPPED.match(text, at)
    if skipped:
        return state, skipped.end()
    closed = _CLOSE.match(text, at)
    if closed:
        if not state.stack or state.stack[-1].name != closed[1]:
            raise NotWellFormedError(
                mark("{name} is closed where {before} is open").format(name=closed[1], before=_name(state))
            )
        _note_gaps(state.stack[-1], proof)
        if len(state.stack) <= state.floor:
            proof.crossed.add(closed[1])
        return replace(state, stack=state.stack[:-1]), closed.end()
    opened = _OPEN.match(text, at)
    if not opened:
        raise NotWellFormedError(mark("a tag stands inside the markup of {name}").format(name=_name(state)))
    return replace(state, tag=opened[1]), opened.end()


def _child(state: _State, name: str) -> _State:
    """Note in the open element that it has one more child."""
    if not state.stack:
        return state
    parent = state.stack[-1]
    rowless = parent.rowless and name != "w:tr"
    noted = replace(parent, last=frozenset({name}), rowless=rowless)
    return replace(state, stack=(*state.stack[:-1], noted))


def _note_gaps(element: _Element, proof: Proof) -> None:
    # Word calls a document damaged whose cell does not end in a paragraph (ECMA-376 17.4.66),
    # or whose table has no row.
    if element.name == "w:tc" and element.last != {"w:p"}:
        proof.fragile = True
    if element.name == "w:tbl" and element.rowless:
        proof.rowless = True


def _place(state: _State) -> Place:
    if state.quoted:
        return Place.ATTRIBUTE
    if state.tag or not state.stack:
        raise NotWellFormedError(mark("a value stands inside the markup of {name}").format(name=_name(state)))
    name = state.stack[-1].name
    if name in _RUNNING:
        return Place.TEXT
    if name in _PROPERTIES:
        return Place.PROPERTY
    if name in _RUN_PARENTS:
        return Place.RUN
    raise NotWellFormedError(
        mark("a value stands directly in {name}, where no text may stand").format(name=name)
    )


def _name(state: _State) -> str:
    return state.tag or (state.stack[-1].name if state.stack else "the part")
