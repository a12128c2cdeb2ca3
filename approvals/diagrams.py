"""An agreement's way through the states, and what its diagrams have in common.

Pure: events in, frozen values and mermaid text out, with names in the interface's language.
Who is asked to sign off is in ``approvals.flows``, how the days went by in
``approvals.charts``; ``approvals.drawing`` draws all three.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import pairwise

from approvals.labels import ASPECTS, ROLES
from workflow.events import Event
from workflow.i18n import mark, translate
from workflow.lifecycle import STATE_NAMES, TRANSITIONS, State
from workflow.values.dates import TAIPEI

#: The states in their order; an agreement is withdrawn beside it.
LINE: tuple[State, ...] = tuple(state for state in State if state is not State.WITHDRAWN)
#: What names a person in the interface.
Named = Callable[[str], str]


class Mark(StrEnum):
    """How something stands: behind us, where it is now, refused, or still to come."""

    DONE = "done"
    NOW = "now"
    REFUSED = "refused"
    AHEAD = "ahead"


#: The words and the letters that stand for each mark, where tone and border are not seen.
MARKS = {
    Mark.DONE: (mark("done"), "ok"),
    Mark.NOW: (mark("now"), ">>"),
    Mark.REFUSED: (mark("turned back"), "xx"),
    Mark.AHEAD: (mark("to come"), ".."),
}


@dataclass(frozen=True, slots=True)
class Visit:
    """A stay in a state; it lasts where *until* is None."""

    state: State
    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Node:
    """A state as an agreement met it: how often, and when last."""

    state: State
    mark: Mark
    times: int
    since: datetime | None

    @property
    def name(self) -> str:
        """The words for the state."""
        return translate(STATE_NAMES[self.state])


@dataclass(frozen=True, slots=True)
class Arrow:
    """A way from one state to another: the actions that lead along it, and how often it was taken."""

    source: State
    target: State
    actions: tuple[str, ...]
    taken: int

    @property
    def words(self) -> str:
        """The words for the actions."""
        return translate(mark(", ")).join(translate(ACTIONS.get(one, one)) for one in self.actions)

    @property
    def back(self) -> bool:
        """True where it leads to a state before."""
        return self.target in LINE and LINE.index(self.target) < LINE.index(self.source)


@dataclass(frozen=True, slots=True)
class StateDiagram:
    """The table of the lifecycle, with one agreement's way where there is one."""

    ref: str
    title: str
    nodes: tuple[Node, ...]
    arrows: tuple[Arrow, ...]

    def mermaid(self) -> str:
        """Return it as a mermaid state diagram."""
        lines = ["stateDiagram-v2", *(f'    state "{quoted(n.name)}" as {n.state}' for n in self.nodes)]
        lines.append(f"    [*] --> {State.PLANNING}")
        for arrow in self.arrows:
            times = f" ({arrow.taken}x)" if arrow.taken > 1 else ""
            lines.append(f"    {arrow.source} --> {arrow.target}: {', '.join(arrow.actions)}{times}")
        if not any(arrow.target is State.WITHDRAWN for arrow in self.arrows):
            lines.append(
                f"    note right of {State.WITHDRAWN}: {quiet(translate(FROM_ANYWHERE))}",
            )
        lines.append(f"    {State.ENDED} --> [*]")
        return "\n".join(lines + classes({n.state.value: n.mark for n in self.nodes}))


FROM_ANYWHERE = mark("from any state before executed")

#: The words for the actions that lead from state to state.
ACTIONS = {
    "open": mark("open the talks"),
    "agree": mark("agree the terms"),
    "round": mark("another round"),
    "confirm": mark("send the confirmation letter"),
    "acknowledge": mark("the other side confirms"),
    "draft": mark("draft"),
    "submit": mark("submit"),
    "raise_flag": mark("raise a flag"),
    "decline_flag": mark("decline a flag"),
    "resolve_flag": mark("give an opinion"),
    "close_condition": mark("close a condition"),
    "approve": mark("approve"),
    "return": mark("return"),
    "reject": mark("reject"),
    "recuse": mark("recuse"),
    "excuse": mark("note an absence"),
    "retract": mark("take back"),
    "execute": mark("sign and seal"),
    "activate": mark("bring into force"),
    "renew": mark("renew"),
    "terminate": mark("terminate"),
    "expire": mark("expire"),
    "withdraw": mark("withdraw"),
}


def state_diagram(events: Sequence[Event] = (), *, title: str = "") -> StateDiagram:
    """Return the states with the way that *events* took."""
    stays = visits(events)
    now = stays[-1].state if stays else None
    taken: dict[tuple[State, State], int] = {}
    for before, after in pairwise(stays):
        taken[before.state, after.state] = taken.get((before.state, after.state), 0) + 1
    nodes = tuple(_node(state, stays, now) for state in (*LINE, State.WITHDRAWN))
    actions: dict[tuple[State, State], list[str]] = {}
    for action, source, target in TRANSITIONS:
        withdrawn = action == "withdraw" and (source, target) not in taken
        if source is not target and not withdrawn:
            actions.setdefault((source, target), []).append(action)
    arrows = tuple(Arrow(*pair, tuple(names), taken.get(pair, 0)) for pair, names in actions.items())
    return StateDiagram(events[0].stream if events else "", title, nodes, arrows)


def visits(events: Iterable[Event]) -> tuple[Visit, ...]:
    """Return the stays in each state, in order."""
    found: list[Visit] = []
    for event in events:
        state = State(event.to)
        if found and found[-1].state is state:
            continue
        if found:
            found[-1] = Visit(found[-1].state, found[-1].since, event.at)
        found.append(Visit(state, event.at, None))
    return tuple(found)


def _node(state: State, stays: Sequence[Visit], now: State | None) -> Node:
    here = [visit for visit in stays if visit.state is state]
    if not here:
        return Node(state, Mark.AHEAD, 0, None)
    marked = Mark.REFUSED if now is state is State.WITHDRAWN else Mark.NOW if now is state else Mark.DONE
    # It was there, and has to go there again.
    if now in LINE and state in LINE and LINE.index(state) > LINE.index(now):
        marked = Mark.AHEAD
    return Node(state, marked, len(here), here[-1].since)


def capacity(role: str, aspect: str) -> str:
    """Return the words for a role in which somebody speaks for an aspect."""
    roles = "/".join(translate(ROLES.get(one, one)) for one in role.split("/"))
    return translate(mark("{role} ({aspect})")).format(role=roles, aspect=translate(ASPECTS[aspect]))


def moment(at: datetime) -> str:
    """Return a moment as it is in Taiwan, to the minute."""
    return f"{at.astimezone(TAIPEI):%Y-%m-%d %H:%M}"


def quoted(text: str) -> str:
    """Return *text* without what means something to mermaid even between quotes."""
    return text.translate(str.maketrans('"#<\n', "'＃＜ "))


def quiet(text: str) -> str:
    """Return *text* without what means something to mermaid anywhere."""
    return quoted(text).translate(str.maketrans(":;", "：；"))


def classes(marks: Mapping[str, Mark]) -> list[str]:
    """Return what gives mermaid nodes the look of their marks."""
    styles = {
        Mark.DONE: "fill:#dcefe3,stroke:#2f7d55,color:#12301f",
        Mark.NOW: "fill:#dbe8fb,stroke:#2457a6,stroke-width:3px,color:#0c2347",
        Mark.REFUSED: "fill:#f8dedd,stroke:#a8322d,stroke-dasharray:6 3,color:#45110f",
        Mark.AHEAD: "fill:#f4f4f2,stroke:#8a8a86,stroke-dasharray:2 3,color:#55554f",
    }
    lines = [f"    classDef {name} {style}" for name, style in styles.items()]
    for one in Mark:
        if names := [name for name, marked in marks.items() if marked is one]:
            lines.append(f"    class {','.join(names)} {one}")
    return lines
