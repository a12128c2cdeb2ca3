"""Who an agreement's last submission asks for, step by step, and how each stands.

Pure: a case in, frozen values and mermaid text out; ``approvals.drawing`` draws it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from approvals.diagrams import LINE, Mark, Named, capacity, classes, moment, quoted
from approvals.labels import DECISIONS, STATUSES
from workflow.case import CONDITIONS, DECLINED, OBJECTED, SUPERSEDED, Case, Decision, Flag
from workflow.i18n import mark, translate
from workflow.lifecycle import STATE_NAMES, State
from workflow.seats import SeatStatus, seat_statuses


@dataclass(frozen=True, slots=True)
class Card:
    """One thing somebody is asked for: who, in which capacity, how it stands."""

    name: str
    mark: Mark
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stage:
    """What is asked at the same time."""

    name: str
    mark: Mark
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class Flow:
    """The sign-offs of the last submission, from its drafter to its execution."""

    ref: str
    title: str
    stages: tuple[Stage, ...]

    def mermaid(self) -> str:
        """Return it as a mermaid flowchart."""
        lines, marks = ["flowchart TD"], dict[str, Mark]()
        for number, stage in enumerate(self.stages):
            lines.append(f'    subgraph s{number}["{quoted(stage.name)}"]')
            for place, card in enumerate(stage.cards):
                text = "<br/>".join(map(quoted, (card.name, *card.lines)))
                lines.append(f'        c{number}_{place}["{text}"]')
                marks[f"c{number}_{place}"] = card.mark
            lines.append("    end")
        lines += [f"    s{number} --> s{number + 1}" for number in range(len(self.stages) - 1)]
        return "\n".join(lines + classes(marks))


def flow(case: Case, *, name: Named) -> Flow:
    """Return the flow of sign-offs that the last submission asked for; *name* names people."""
    submission = case.submission
    if submission is None:
        card = Card(translate(mark("nothing was submitted yet")), Mark.NOW, (name(case.drafter),))
        return Flow(case.ref, case.title, (Stage(translate(mark("Drafting")), Mark.NOW, (card,)),))
    sent_back = case.state is State.DRAFTING
    revision = translate(mark("revision {number}")).format(number=submission.revision)
    sent = Card(name(submission.submitted_by), Mark.DONE, (revision, moment(submission.at)))
    stages = [Stage(translate(mark("Submitted")), Mark.DONE, (sent,))]
    flags = [_flag_card(flag, case, name) for flag in case.flags if flag.status != SUPERSEDED]
    if flags:
        stages.append(_stage(translate(mark("Expert review")), flags))
    statuses = seat_statuses(case)
    reached = case.state is State.SIGN_OFF
    for number, step in enumerate(sorted({status.seat.step for status in statuses}), start=1):
        here = [status for status in statuses if status.seat.step == step]
        cards = [_seat_card(status, case, name, open_now=reached) for status in here]
        reached = reached and not any(status.missing for status in here)
        stages.append(_stage(translate(mark("Step {number}")).format(number=number), cards))
    if sent_back:
        stages.append(_sent_back(case, name))
    stages.append(_outcome(case))
    return Flow(case.ref, case.title, tuple(stages))


def _sent_back(case: Case, name: Named) -> Stage:
    said = [d for d in case.current_decisions if d.decision in ("return", "reject")]
    cards = [Card(capacity(d.role, d.aspect), Mark.REFUSED, _decided(d, name)) for d in said]
    text = translate(mark("drafting again"))
    return Stage(translate(mark("Sent back")), Mark.REFUSED, tuple(cards) or (Card(text, Mark.NOW, ()),))


def _stage(name: str, cards: Sequence[Card]) -> Stage:
    order = (Mark.REFUSED, Mark.NOW, Mark.AHEAD, Mark.DONE)
    return Stage(name, min((card.mark for card in cards), key=order.index), tuple(cards))


def _flag_card(flag: Flag, case: Case, name: Named) -> Card:
    said = [translate(STATUSES[flag.status])]
    if flag.expert:
        said.append(name(flag.expert))
    elif flag.assigned:
        said.append(name(flag.assigned))
    if flag.status == CONDITIONS:
        unmet = sum(condition.open for condition in flag.conditions)
        text = mark("{count} condition(s) to meet") if unmet else mark("every condition is met")
        said.append(translate(text).format(count=unmet))
    if flag.blocking and flag.due and case.state is not State.WITHDRAWN:
        said.append(translate(mark("due {day}")).format(day=flag.due))
    here = Mark.NOW if case.state is State.EXPERT_REVIEW else Mark.AHEAD
    refused = Mark.REFUSED if flag.status == OBJECTED else here
    marked = refused if flag.blocking else Mark.DONE
    if flag.status == DECLINED:
        marked = Mark.DONE
    return Card(f"{flag.id} {capacity(flag.role, flag.aspect)}", marked, tuple(said))


def _seat_card(status: SeatStatus, case: Case, name: Named, *, open_now: bool) -> Card:
    seat = status.seat
    given = [d for d in case.current_decisions if (d.aspect, d.role) == (seat.aspect, seat.role)]
    lines = [line for decision in given for line in _decided(decision, name)]
    if not status.missing:
        return Card(capacity(seat.role, seat.aspect), Mark.DONE, tuple(lines))
    refused = status.lost or any(d.decision in ("return", "reject") for d in given)
    if case.state is State.WITHDRAWN:
        return Card(capacity(seat.role, seat.aspect), Mark.AHEAD, tuple(lines))
    lines.append(translate(mark("{count} still to sign")).format(count=status.missing))
    if seat.due and not refused:
        lines.append(translate(mark("due {day}")).format(day=seat.due))
    marked = Mark.REFUSED if refused else Mark.NOW if open_now else Mark.AHEAD
    return Card(capacity(seat.role, seat.aspect), marked, tuple(lines))


def _decided(decision: Decision, name: Named) -> tuple[str, ...]:
    who = name(decision.person)
    if decision.principal:
        who = translate(mark("{deputy} for {principal}")).format(
            deputy=who, principal=name(decision.principal)
        )
    what = translate(DECISIONS[decision.decision])
    said = translate(mark("{who}: {what}")).format(who=who, what=what)
    return said, f"{moment(decision.at)}  {decision.receipt}"


def _outcome(case: Case) -> Stage:
    stands = LINE.index(case.state) if case.state in LINE else -1
    rows = ((State.APPROVED, mark("Approved")), (State.EXECUTED, mark("Executed")))
    cards = [
        Card(translate(text), Mark.DONE if stands >= LINE.index(state) else Mark.AHEAD, _since(case, state))
        for state, text in rows
    ]
    if case.state is State.WITHDRAWN:
        cards = [Card(translate(STATE_NAMES[State.WITHDRAWN]), Mark.REFUSED, (moment(case.at),))]
    return _stage(translate(mark("Outcome")), cards)


def _since(case: Case, state: State) -> tuple[str, ...]:
    return (moment(case.at),) if case.state is state else ()
