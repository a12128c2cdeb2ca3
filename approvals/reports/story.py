"""What the page tells of an agreement, worked out from its events. Pure, and nothing here is HTML.

The page checks the events themselves; this is their reading, made where working days and
differences between texts can be computed.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from approvals.directory import Directory
from approvals.labels import ASPECTS, CONCLUSIONS, EVENTS, PARTS, ROLES, SEVERITIES, STATUSES
from approvals.reports.trail import Trail
from approvals.reports.words import Both, both, plain, word
from approvals.worktime import working_time
from workflow.case import Case, Flag
from workflow.errors import WorkflowError
from workflow.events import SIGNED, Event, Type, written_time
from workflow.lifecycle import STATE_NAMES, State
from workflow.terms import Terms, from_canonical
from workflow.values.dates import TAIPEI
from workflow.values.money import figures

if TYPE_CHECKING:
    from workflow.documents.redline.comparison import Comparison

_DAY = timedelta(days=1)
_NOTES = ("reason", "note", "question", "reasoning", "basis", "evidence")
Compare = Callable[[bytes, bytes, tuple[str, str]], "Comparison"]


@dataclass(frozen=True, slots=True)
class Words:
    """What somebody wrote, by the digest the event carries; None where it is not in the bundle."""

    digest: str
    text: str | None


@dataclass(frozen=True, slots=True)
class Row:
    """An event as the timeline tells it."""

    seq: int
    at: str
    local: str
    type: str
    actor: str
    name: str
    what: Both
    about: tuple[Both, ...]
    words: tuple[Words, ...]
    state: str
    signed: bool
    receipt: str
    took: Both | None


@dataclass(frozen=True, slots=True)
class Signature:
    """A signed event: who, in which capacity, what, about which text."""

    row: Row
    capacity: Both
    principal: str
    document: str
    digest: str
    revision: int
    statement: str
    note: Both | None
    no: bool


@dataclass(frozen=True, slots=True)
class Change:
    """What a revision changed: the parts, what became of sign-offs, and the texts side by side."""

    old: int
    new: int
    parts: tuple[Both, ...]
    kept: int
    voided: int
    found: "Comparison | None"
    reason: str


@dataclass(frozen=True, slots=True)
class Opinion:
    """A need for advice, with the advice and its conditions."""

    flag: Flag
    title: Both
    status: Both
    expert: str
    rows: tuple[Row, ...]
    conditions: tuple[tuple[str, Both, Words, str], ...]


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch of time on a row of the chart, in working days since the first; *late* past its due."""

    start: float
    end: float
    kind: str


@dataclass(frozen=True, slots=True)
class Lane:
    """A row of the chart: its bars, and when it was due."""

    name: Both
    bars: tuple[Bar, ...]
    due: float | None = None


@dataclass(frozen=True, slots=True)
class Chart:
    """What lasted how long, in working days; ticks are (working day, date)."""

    lanes: tuple[Lane, ...]
    length: float
    ticks: tuple[tuple[float, str], ...]


@dataclass(slots=True)
class Story:
    """Everything the page tells."""

    ref: str
    head: str
    seq: int
    problem: str = ""
    case: Case | None = None
    title: str = ""
    state: Both = field(default_factory=lambda: plain(""))
    parties: tuple[str, ...] = ()
    value: Both = field(default_factory=lambda: plain(""))
    drafter: str = ""
    rows: list[Row] = field(default_factory=list)
    signatures: list[Signature] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    opinions: list[Opinion] = field(default_factory=list)
    visits: list[tuple[State, State]] = field(default_factory=list)
    chart: Chart | None = None


class Teller:
    """Tells the story of one agreement."""

    def __init__(self, trail: Trail, ref: str, directory: Directory, compare: Compare) -> None:
        self._trail, self._directory, self._compare = trail, directory, compare
        entries = trail.stream(ref).entries
        self.story = Story(ref, entries[-1][0] if entries else "", len(entries))

    def tell(self, case: Case, events: Sequence[Event]) -> Story:
        """Return the story of *events*, which add up to *case*."""
        story = self.story
        story.case, story.title, story.state = case, case.title, both(STATE_NAMES[case.state])
        story.drafter = self._name(case.drafter)
        terms = self._terms(case)
        if terms:
            story.parties = tuple(party.name for party in terms.parties)
            story.value = _value(terms)
        story.rows = [
            self._row(event, before) for event, before in zip(events, [None, *events], strict=False)
        ]
        story.signatures = [self._signature(case, e) for e in events if e.type in SIGNED and e.signed]
        story.visits = [(State(old.to), State(new.to)) for old, new in pairwise(events) if old.to != new.to]
        about = _by_flag(events)
        story.opinions = [self._opinion(flag, about[flag.id]) for flag in case.flags]
        story.changes = list(self._changes(case, events))
        story.chart = self._chart(case, events)
        return story

    def _terms(self, case: Case) -> Terms | None:
        try:
            return from_canonical(self._trail.contents[case.terms]) if case.terms else None
        except (KeyError, ValueError):
            return None

    def _name(self, person: str) -> str:
        return self._directory.name_of(person)

    def _words(self, digest: object) -> Iterator[Words]:
        if isinstance(digest, str) and digest:
            yield Words(digest, self._trail.notes[digest][1] if digest in self._trail.notes else None)

    def _row(self, event: Event, before: Event | None) -> Row:
        said = event.payload
        about = []
        if "flag" in said:
            about.append(plain(str(said["flag"])))
        if event.type is Type.FLAG_RESOLVED:
            about.append(both(CONCLUSIONS[said["conclusion"]]))
        if "condition" in said:
            about.append(plain(str(said["condition"])))
        if "role" in said and "aspect" in said:
            about.append(capacity(said["role"], said["aspect"]))
        if said.get("for"):
            about.append(word("for", person=self._name(said["for"])))
        if event.type in (Type.SUBMITTED, Type.DRAFTED):
            about.append(word("revision", number=said["revision"]))
        if event.type in (Type.RETURNED, Type.REJECTED):
            about += [plain(str(part)) for part in said.get("parts", ())]
        took = working_time(before.at, event.at, self._trail.calendar) if before else None
        return Row(
            seq=event.seq,
            at=written_time(event.at),
            local=f"{event.at.astimezone(TAIPEI):%Y-%m-%d %H:%M}",
            type=event.type.value,
            actor=event.actor,
            name=self._name(event.actor),
            what=both(EVENTS[event.type.value]),
            about=tuple(about),
            words=tuple(w for name in _NOTES for w in self._words(said.get(name))),
            state=event.to,
            signed=event.signed is not None,
            receipt=event.receipt,
            took=word("took", days=f"{took / _DAY:.1f}".removesuffix(".0"))
            if took and took >= _DAY / 2
            else None,
        )

    def _signature(self, case: Case, event: Event) -> Signature:
        said = event.payload
        flag = case.flag(said["flag"]) if "flag" in said else None
        role, aspect = said.get("role", ""), said.get("aspect", "")
        if flag and event.type is not Type.CONDITION_CLOSED:
            role, aspect = flag.role, flag.aspect
        issued = next((d for d in case.documents if d.file == said["document"]), None)
        decision = case.decision(event.seq)
        note = None
        if decision and decision.retracted:
            note = word("taken back")
        elif decision and decision.decision == "approve" and decision not in case.current_decisions:
            note = word("no longer")
        statement = self._trail.contents.get(event.signed.statement if event.signed else "", b"")
        return Signature(
            row=self.story.rows[event.seq - 1],
            capacity=capacity(role, aspect) if role else plain(""),
            principal=self._name(said["for"]) if said.get("for") else "",
            document=issued.name if issued else "",
            digest=said["document"],
            revision=issued.revision if issued else 0,
            statement=statement.decode(errors="replace"),
            note=note,
            no=event.type in (Type.RETURNED, Type.REJECTED) or said.get("conclusion") == "object",
        )

    def _opinion(self, flag: Flag, events: Sequence[Event]) -> Opinion:
        rows = tuple(
            self.story.rows[event.seq - 1]
            for event in events
            if event.type not in (Type.SUBMITTED, Type.CONDITION_CLOSED)
        )
        conditions = tuple(
            (
                condition.id,
                both(SEVERITIES[condition.severity]),
                next(self._words(condition.text), Words("", "")),
                self._name(condition.closed_by) if condition.closed_by else "",
            )
            for condition in flag.conditions
        )
        expert = self._name(flag.expert) if flag.expert else ""
        return Opinion(
            flag, capacity(flag.role, flag.aspect), both(STATUSES[flag.status]), expert, rows, conditions
        )

    def _changes(self, case: Case, events: Sequence[Event]) -> Iterator[Change]:
        issued_by = {event.seq: event.type for event in events}
        drafts = {
            document.revision: document
            for document in case.documents
            if document.kind == case.kind and issued_by[document.seq] in (Type.DRAFTED, Type.SUBMITTED)
        }
        asked = {int(e.payload["revision"]): e.payload for e in events if e.type is Type.SUBMITTED}
        for old, new in pairwise(sorted(drafts)):
            said = asked.get(new, {})
            found, reason = None, ""
            try:
                pair = [self._trail.contents[drafts[number].file] for number in (old, new)]
                found = self._compare(pair[0], pair[1], (drafts[old].name, drafts[new].name))
            except KeyError:
                reason = word("words withheld").en
            except WorkflowError as error:
                reason = str(error)
            parts = tuple(both(PARTS.get(part, part)) for part in said.get("changed", ()))
            kept, voided = len(said.get("kept", ())), len(said.get("voided", ()))
            yield Change(old, new, parts, kept, voided, found, reason)

    # What lasted how long.

    def _chart(self, case: Case, events: Sequence[Event]) -> Chart | None:
        start = datetime.combine(events[0].at.astimezone(TAIPEI).date(), datetime.min.time(), TAIPEI)

        def place(at: datetime) -> float:
            passed = working_time(start, at, self._trail.calendar)
            return (passed or timedelta()) / _DAY

        def end_of(day: str) -> float | None:
            at = datetime.combine(date.fromisoformat(day), datetime.min.time(), TAIPEI) if day else None
            return place(at + _DAY) if at else None

        lanes = [*_states(events, place)]
        about = _by_flag(events)
        lanes += [_flag(flag, about[flag.id], events[-1].at, place, end_of) for flag in case.flags]
        lanes += _seats(case, events, place, end_of)
        length = max(
            [1.0, *(bar.end for lane in lanes for bar in lane.bars), *(lane.due or 0 for lane in lanes)]
        )
        return Chart(tuple(lanes), length, tuple(self._ticks(start, length)))

    def _ticks(self, start: datetime, length: float) -> Iterator[tuple[float, str]]:
        step = max(1, -(-int(length) // 9))
        number, day = 0, start.date()
        while number <= length:
            if self._trail.calendar.is_working_day(day):
                if number % step == 0:
                    yield number, f"{day.month}/{day.day}"
                number += 1
            day += _DAY


def _states(events: Sequence[Event], place: Callable[[datetime], float]) -> Iterator[Lane]:
    spans: dict[str, list[Bar]] = {}
    began = events[0]
    for event in (*events[1:], None):
        if event is None or event.to != began.to:
            end = events[-1].at if event is None else event.at
            spans.setdefault(began.to, []).append(Bar(place(began.at), place(end), "state"))
            began = event or began
    for state, bars in spans.items():
        yield Lane(both(STATE_NAMES[State(state)]), tuple(bars))


def _by_flag(events: Sequence[Event]) -> Mapping[str, list[Event]]:
    """Return the events about each flag; the first is the one that raised it."""
    about: dict[str, list[Event]] = {}
    for event in events:
        asked = event.payload["flags"] if event.type is Type.SUBMITTED else [event.payload]
        for row in asked:
            if "flag" in row:
                about.setdefault(row["flag"], []).append(event)
    return about


def _flag(
    flag: Flag,
    about: Sequence[Event],
    now: datetime,
    place: Callable[[datetime], float],
    end_of: Callable[[str], float | None],
) -> Lane:
    end = place(about[-1].at if len(about) > 1 else now)
    due = end_of(flag.due)
    late = due is not None and end > due
    role = both(ROLES.get(flag.role, flag.role))
    name = Both(f"{flag.id} {role.en}", f"{flag.id} {role.zh}")
    return Lane(name, (Bar(place(about[0].at), end, "late" if late else "advice"),), due)


def _seats(
    case: Case,
    events: Sequence[Event],
    place: Callable[[datetime], float],
    end_of: Callable[[str], float | None],
) -> Iterator[Lane]:
    if case.submission is None:
        return
    at = {event.seq: event.at for event in events}
    start = next((e.at for e in events if e.seq >= case.submission.seq and e.to == State.SIGN_OFF), None)
    for seat in sorted(case.submission.seats, key=lambda seat: (seat.step, seat.aspect, seat.role)):
        given = [d for d in case.current_decisions if (d.aspect, d.role) == (seat.aspect, seat.role)]
        if start is None and not given:
            continue
        end = at[given[-1].seq] if given else events[-1].at
        began = min(start or end, end)
        due = end_of(seat.due)
        late = due is not None and place(end) > due
        yield Lane(
            capacity(seat.role, seat.aspect),
            (Bar(place(began), place(end), "late" if late else "sign"),),
            due,
        )
        start = end if given else start


def capacity(role: str, aspect: str) -> Both:
    """Return in which role somebody speaks, and for which aspect."""
    names = [both(ROLES.get(one, one)) for one in role.split("/")]
    what = both(ASPECTS.get(aspect, aspect))
    return Both(
        f"{'/'.join(name.en for name in names)} ({what.en})",
        f"{'/'.join(name.zh for name in names)}（{what.zh}）",
    )


def _value(terms: Terms) -> Both:
    from workflow.price import price_of

    try:
        price = price_of(terms)
        return Both(figures(price.total, "en"), figures(price.total, "zh-TW")) if price else plain("")
    except (WorkflowError, ValueError):
        return plain("")
