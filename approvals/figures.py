"""How long things took, how often they were done again, how much was late: counted from events.

Pure: events in, counts and medians out, with how many they are of. Only what ended in the
period is counted as having taken time; what still waits is counted as waiting, so that the
slowest of all do not look like nothing. Time is working time, see ``approvals.worktime``.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from statistics import median
from typing import Any

from approvals.diagrams import visits
from approvals.worktime import in_days, working_time
from workflow.case import Case, Seat
from workflow.events import Event, Type
from workflow.lifecycle import State
from workflow.replay import WORDS, apply
from workflow.seats import seat_statuses
from workflow.values.dates import TAIPEI
from workflow.values.deadlines import Calendar, working_days_between
from workflow.values.problems import ValueRefusedError

_ENDS = (State.IN_FORCE, State.ENDED, State.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class Period:
    """From one day to another, both included; open where there is none."""

    since: date | None = None
    until: date | None = None

    def has(self, at: datetime) -> bool:
        """Tell whether a moment lies within."""
        day = at.astimezone(TAIPEI).date()
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True)
class Answer:
    """What one request for a sign-off or an opinion came to; *answered* is None while it waits."""

    kind: str
    role: str
    person: str
    asked: datetime
    answered: datetime | None
    due: str


@dataclass(slots=True)
class Figures:
    """What is counted so far; every list keeps single values, so that medians are of them all."""

    agreements: int = 0
    submitted: int = 0
    revisions: list[int] = field(default_factory=list)
    first_time: int = 0
    returned: int = 0
    rejected: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    changed: Counter[str] = field(default_factory=Counter)
    stays: dict[State, list[float]] = field(default_factory=dict)
    answers: list[Answer] = field(default_factory=list)
    uncounted: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """One line of figures: of what, how many, how long, how many late and still waiting."""

    name: str
    n: int
    median_days: float | None
    longest_days: float | None
    late: int = 0
    median_days_late: float | None = None
    waiting: int = 0
    waiting_late: int = 0


def count(
    agreements: Iterable[Sequence[Event]], *, period: Period, calendar: Calendar, today: date
) -> Figures:
    """Count every agreement's events that lie within *period*."""
    figures = Figures()
    for events in agreements:
        if any(period.has(event.at) for event in events):
            figures.agreements += 1
            _count(figures, events, period, calendar)
    if period.until is not None and period.until < today:
        # Who waited on a day in the past is not what waits now.
        figures.answers = [answer for answer in figures.answers if answer.answered]
    return figures


def steps(figures: Figures) -> Iterator[Line]:
    """Return the time spent in each state, in the order of the lifecycle."""
    for state in State:
        taken = figures.stays.get(state, [])
        if taken:
            yield Line(state.value, len(taken), middle(taken), max(taken))


def answered(
    figures: Figures, by: Callable[[Answer], str], *, calendar: Calendar, today: date
) -> Iterator[Line]:
    """Return how quickly sign-offs and opinions were given, and how many late, for each *by*."""
    for name in sorted({by(answer) for answer in figures.answers}):
        here = [answer for answer in figures.answers if by(answer) == name]
        done = [(answer, answer.answered) for answer in here if answer.answered]
        taken = [t for a, end in done if (t := in_days(working_time(a.asked, end, calendar))) is not None]
        late = [_late(answer.due, end.astimezone(TAIPEI).date(), calendar) for answer, end in done]
        waiting = [_late(answer.due, today, calendar) for answer in here if answer.answered is None]
        overdue = [days for days in late if days is not None]
        yield Line(
            name,
            len(done),
            middle(taken),
            max(taken, default=None),
            len(overdue),
            middle(overdue),
            len(waiting),
            sum(days is not None for days in waiting),
        )


def _count(figures: Figures, events: Sequence[Event], period: Period, calendar: Calendar) -> None:
    for visit in visits(events):
        if visit.until and visit.state not in _ENDS and period.has(visit.until):
            taken = in_days(working_time(visit.since, visit.until, calendar))
            if taken is None:
                figures.uncounted += 1
            else:
                figures.stays.setdefault(visit.state, []).append(taken)
    case: Case | None = None
    asking = _Asking()
    submissions = approved = 0
    for event in events:
        before, case = case, apply(case, event)
        figures.answers += [
            a for a in asking.follow(before, case, event) if period.has(a.answered or a.asked)
        ]
        if event.type is Type.SUBMITTED:
            submissions += 1
            if period.has(event.at):
                figures.submitted += 1
                figures.changed.update(event.payload.get("changed", ()) if submissions > 1 else ())
        if event.type in (Type.RETURNED, Type.REJECTED) and period.has(event.at):
            figures.returned += event.type is Type.RETURNED
            figures.rejected += event.type is Type.REJECTED
            figures.reasons.update(event.payload.get("parts", ()))
        if event.to == State.APPROVED and case.before is not State.APPROVED and period.has(event.at):
            approved += 1
            if approved == 1:
                figures.revisions.append(submissions)
                figures.first_time += submissions == 1
    if case is not None:
        figures.answers += asking.waiting(case)


class _Asking:
    """Who is asked for what since when, as the events of one agreement go by."""

    def __init__(self) -> None:
        self._flags: dict[str, datetime] = {}
        self._open_since: datetime | None = None

    def follow(self, before: Case | None, case: Case, event: Event) -> Iterator[Answer]:
        """Take an event in; yield the answers it gives."""
        said: Any = event.payload
        if event.type is Type.SUBMITTED:
            self._flags |= {row["flag"]: event.at for row in said["flags"]}
        elif event.type is Type.FLAG_RAISED:
            self._flags[said["flag"]] = event.at
        elif event.type in (Type.FLAG_RESOLVED, Type.FLAG_DECLINED):
            flag = case.flag(said["flag"])
            if flag:
                asked = self._flags.get(flag.id, case.created_at)
                yield Answer(case.kind, flag.role, event.actor, asked, event.at, flag.due)
        elif event.type in WORDS and event.type is not Type.EXCUSED and before and before.submission:
            seat = _seat(before, said)
            if seat and before.state is State.SIGN_OFF:
                since = self._open_since or before.submission.at
                yield Answer(case.kind, seat.role, event.actor, since, event.at, seat.due)
        # A step opens when its forerunner is complete, the first when the experts are done.
        if case.state is State.SIGN_OFF and (before is None or _step(before) != _step(case)):
            self._open_since = event.at

    def waiting(self, case: Case) -> Iterator[Answer]:
        """Yield what is asked and not answered."""
        if case.state is State.EXPERT_REVIEW:
            for flag in case.blocking_flags:
                asked = self._flags.get(flag.id, case.created_at)
                yield Answer(case.kind, flag.role, flag.assigned, asked, None, flag.due)
        step = _step(case)
        if case.state is State.SIGN_OFF and step and self._open_since:
            for status in seat_statuses(case):
                if status.missing and status.seat.step == step:
                    seat = status.seat
                    yield Answer(case.kind, seat.role, "", self._open_since, None, seat.due)


def _step(case: Case) -> int:
    """Return the step whose turn it is; 0 outside the sign-off."""
    if case.state is not State.SIGN_OFF:
        return 0
    return min((status.seat.step for status in seat_statuses(case) if status.missing), default=0)


def _seat(case: Case, said: Any) -> Seat | None:
    seats = case.submission.seats if case.submission else ()
    return next((s for s in seats if (s.aspect, s.role) == (said["aspect"], said["role"])), None)


def _late(due: str, on: date, calendar: Calendar) -> int | None:
    """Return how many working days after its due date something was; None where it was in time."""
    if not due or on.isoformat() <= due:
        return None
    try:
        return working_days_between(date.fromisoformat(due), on, calendar)
    except ValueRefusedError:
        return None


def middle(values: Sequence[float]) -> float | None:
    """Return the median; None of nothing."""
    return round(float(median(values)), 2) if values else None
