"""How an agreement's working days went by, as a Gantt chart.

Pure: events and a case in, frozen values and mermaid text out; ``approvals.drawing`` draws it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from approvals.diagrams import Mark, Named, Visit, capacity, quiet, visits
from approvals.worktime import working_time
from workflow.case import OBJECTED, SUPERSEDED, Case, Decision
from workflow.events import Event
from workflow.i18n import translate
from workflow.lifecycle import STATE_NAMES, State
from workflow.seats import seat_statuses
from workflow.values.dates import TAIPEI
from workflow.values.deadlines import Calendar

_FINAL = (State.ENDED, State.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch of working time, in days from the beginning."""

    start: float
    end: float
    mark: Mark


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a Gantt chart; *due* is where it should have ended."""

    name: str
    bars: tuple[Bar, ...]
    spans: tuple[tuple[datetime, datetime], ...]
    due: float | None = None

    @property
    def days(self) -> float:
        """The working days it took together."""
        return sum(bar.end - bar.start for bar in self.bars)

    @property
    def late(self) -> float:
        """The working days it went on after it was due."""
        end = max((bar.end for bar in self.bars), default=0.0)
        return 0.0 if self.due is None else max(0.0, end - self.due)


@dataclass(frozen=True, slots=True)
class Gantt:
    """How the working days of an agreement were spent: *total* of them, drawn over *longest*.

    *ticks* are the beginnings of days.
    """

    ref: str
    title: str
    rows: tuple[Row, ...]
    total: float
    longest: float
    ticks: tuple[tuple[float, date], ...]
    since: datetime
    until: datetime

    def mermaid(self) -> str:
        """Return it as a mermaid Gantt chart."""
        form = "%Y-%m-%d %H:%M"
        lines = [
            "gantt",
            f"    title {quiet(self.ref)} {quiet(self.title)}",
            "    dateFormat YYYY-MM-DD HH:mm",
            "    axisFormat %m-%d",
        ]
        for row in self.rows:
            lines.append(f"    section {quiet(row.name)}")
            for bar, (start, end) in zip(row.bars, row.spans, strict=True):
                kind = "active" if bar.mark is Mark.NOW else "crit" if bar.mark is Mark.REFUSED else "done"
                begins, ends = (at.astimezone(TAIPEI).strftime(form) for at in (start, end))
                lines.append(f"    {quiet(row.name)} :{kind}, {begins}, {ends}")
        return "\n".join(lines)


def gantt(
    case: Case, events: Sequence[Event], *, calendar: Calendar, now: datetime, name: Named
) -> Gantt | None:
    """Return how the days went by; None where nobody knows the holidays of those days."""
    stays = visits(events)
    until = case.at if case.state in _FINAL or case.state is State.IN_FORCE else max(now, case.at)
    scale = _Scale(events[0].at, until, calendar)
    if scale.at(until) is None:
        return None
    rows = [_state_row(state, stays, scale) for state in State if any(v.state is state for v in stays)]
    asked = [_asked_row(*row, scale=scale, name=name) for row in _answers(case, events)]
    total = scale.place(until)
    # What took no time still has a place: an hour's.
    longest = max([total, 1 / 24, *(row.due or 0.0 for row in asked)])
    ticks = scale.ticks(longest)
    return Gantt(case.ref, case.title, (*rows, *asked), total, longest, ticks, events[0].at, until)


@dataclass(frozen=True, slots=True)
class _Scale:
    since: datetime
    until: datetime
    calendar: Calendar

    def at(self, moment: datetime) -> float | None:
        passed = working_time(self.since, moment, self.calendar)
        return None if passed is None else passed / timedelta(days=1)

    def place(self, moment: datetime) -> float:
        return self.at(moment) or 0.0

    def ticks(self, longest: float) -> tuple[tuple[float, date], ...]:
        """Return where each working day begins, as far as the rows reach."""
        day, found = self.since.astimezone(TAIPEI).date() + timedelta(days=1), []
        while (at := self.at(datetime.combine(day, time(), TAIPEI))) is not None and at <= longest:
            if self.calendar.is_working_day(day):
                found.append((at, day))
            day += timedelta(days=1)
        return tuple(found)

    def bar(self, start: datetime, end: datetime, marked: Mark) -> Bar:
        return Bar(self.place(start), self.place(end), marked)


def _state_row(state: State, stays: Sequence[Visit], scale: _Scale) -> Row:
    here = [visit for visit in stays if visit.state is state and (state not in _FINAL or not visit.until)]
    spans = tuple((visit.since, visit.until or scale.until) for visit in here)
    bars = tuple(
        scale.bar(*span, Mark.DONE if visit.until else Mark.REFUSED if state is State.WITHDRAWN else Mark.NOW)
        for visit, span in zip(here, spans, strict=True)
    )
    return Row(translate(STATE_NAMES[state]), bars, spans)


def _answers(
    case: Case, events: Sequence[Event]
) -> Iterable[tuple[str, datetime, datetime | None, str, str, bool]]:
    """Yield everybody who was asked: what, since when, until when, due, who answered, whether with a no."""
    at = {event.seq: event.at for event in events}
    for flag in case.flags:
        raised = next(
            (e.at for e in events if flag.id in _flags_of(e) and e.type in ("submitted", "flag_raised")),
            case.created_at,
        )
        answered = at.get(flag.answered)
        if flag.status != SUPERSEDED or answered:
            yield (
                f"{flag.id} {capacity(flag.role, flag.aspect)}", raised, answered, flag.due, flag.expert,
                flag.status == OBJECTED,
            )  # fmt: skip
    submission = case.submission
    if submission is None:
        return
    for status in seat_statuses(case):
        seat = status.seat
        given = [d for d in case.current_decisions if (d.aspect, d.role) == (seat.aspect, seat.role)]
        open_since = max(
            (d.at for d in case.current_decisions if _step(case, d) < seat.step), default=submission.at
        )
        ended = given[-1].at if given and not status.missing else None
        refused = [d for d in given if d.decision in ("return", "reject")]
        if given or case.state in (State.SIGN_OFF, State.EXPERT_REVIEW):
            yield (
                capacity(seat.role, seat.aspect), max(open_since, submission.at),
                refused[-1].at if refused else ended, seat.due,
                given[-1].person if given else "", bool(refused),
            )  # fmt: skip


def _flags_of(event: Event) -> set[str]:
    said = event.payload
    return {said["flag"]} if "flag" in said else {row["flag"] for row in said.get("flags", ())}


def _step(case: Case, decision: Decision) -> int:
    seats = case.submission.seats if case.submission else ()
    return next((s.step for s in seats if (s.aspect, s.role) == (decision.aspect, decision.role)), 0)


def _asked_row(
    text: str, start: datetime, end: datetime | None, due: str, who: str, refused: bool, *,
    scale: _Scale, name: Named,
) -> Row:  # fmt: skip
    span = (start, end or scale.until)
    marked = Mark.REFUSED if refused else Mark.DONE if end else Mark.NOW
    # What is due on a day may be done until its end.
    last = datetime.combine(date.fromisoformat(due), time(), TAIPEI) + timedelta(days=1) if due else None
    shown = f"{text} {name(who)}" if who else text
    return Row(shown, (scale.bar(*span, marked),), (span,), scale.place(last) if last else None)
