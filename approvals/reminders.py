"""Who is to be reminded of what: pure, from what waits, who there is and what day it is.

A reminder asks and tells; nothing is decided by it, and nothing is ever approved because time
has passed. How a message is written and brought to people is for ``approvals.messages`` and
``approvals.outbox``.
"""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import Any

from approvals.labels import ASPECTS, ROLES
from approvals.lateness import due_words, is_late
from workflow.i18n import language, mark, translate
from workflow.mail import one_line
from workflow.values.deadlines import Calendar, working_days_between
from workflow.values.money import Money, figures
from workflow.values.problems import ValueRefusedError

Row = Mapping[str, Any]
_Place = tuple[object, ...]


NO_RECEIPTS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Matter:
    """One thing that waits: a place to sign for, or a flag to answer.

    *principal* is whom they would act for as a deputy; *people* are who else's it is; *receipt* is that
    of the agreement's last event, so that whoever keeps the message can hold the trail to it.
    """

    ref: str
    revision: int
    title: str
    counterparty: str
    amount: str
    task: str
    aspect: str
    role: str
    flag: str
    due: str
    principal: str = ""
    people: tuple[str, ...] = ()
    receipt: str = ""

    @property
    def place(self) -> _Place:
        """What tells it from everything else that waits in the same store."""
        return self.ref, self.revision, self.task, self.aspect, self.role, self.flag

    def key(self, *more: object) -> str:
        """Return a digest that names it, within what *more* says."""
        return _digest(*self.place, self.due, *more)

    def event_id(self, log: str) -> str:
        """Return what its event in a calendar is known by, also after its day was moved."""
        return _digest(log, *self.place)[:32]

    def summary(self) -> str:
        """Say in one line what is to be done, for a calendar."""
        text = mark("Review {ref}: {title}") if self.task == "review" else mark("Sign {ref}: {title}")
        return translate(text).format(ref=one_line(self.ref), title=one_line(self.title))

    def capacity(self) -> str:
        """Return in which role, about what and for whom they would act."""
        roles = translate(mark(", ")).join(translate(ROLES.get(role, role)) for role in self.role.split("/"))
        aspect = translate(ASPECTS.get(self.aspect, self.aspect))
        said = translate(mark("{role} ({aspect})")).format(role=roles, aspect=aspect)
        if self.principal:
            said = translate(mark("{capacity}, for {principal}")).format(
                capacity=said, principal=self.principal
            )
        return one_line(f"{said} {self.flag}".rstrip())


@dataclass(frozen=True, slots=True)
class Letter:
    """What one person is told: *waiting* for them, and late with others, *escalated* to them."""

    person: str
    name: str
    email: str
    waiting: tuple[Matter, ...]
    escalated: tuple[Matter, ...] = ()

    def keys(self, log: str) -> frozenset[str]:
        """Return what names its contents: two letters with the same keys tell the same."""
        return frozenset(
            matter.key(log, self.person, kind)
            for kind, matters in (("waiting", self.waiting), ("escalated", self.escalated))
            for matter in matters
        )


def letters(
    inbox: Iterable[Row],
    late: Iterable[Row],
    people: Iterable[Row],
    *,
    escalate_to: Callable[[str, str], str],
    today: date,
    within: int,
    calendar: Calendar,
    receipts: Mapping[str, str] = NO_RECEIPTS,
) -> tuple[list[Letter], list[tuple[Matter, str]]]:
    """Return a letter for everyone who has to know, and what nobody holds the role to be told of.

    *inbox* is what waits for each person, of which they are told what is late or due *within* so
    many working days. *late* is every open place and flag that is late, with its rules; where the
    policy has a rule escalate, *escalate_to* gives the role for an agreement and a rule's name.
    *receipts* are those of the last events, by agreement.
    """
    known = {row["id"]: row for row in people}

    names = {person: str(row["name"]) for person, row in known.items()}
    waiting: dict[str, dict[_Place, Matter]] = defaultdict(dict)
    whose: dict[_Place, list[str]] = defaultdict(list)
    # What is a person's own comes before what they could do for somebody else.
    for row in sorted(inbox, key=lambda row: str(row["principal"])):
        matter = matter_of(row, names, receipts)
        if not row["principal"]:
            whose[matter.place].append(names.get(row["person"]) or str(row["person"]))
        if _is_near(matter.due, today, within, calendar):
            waiting[row["person"]].setdefault(matter.place, matter)
    escalated: dict[str, dict[_Place, Matter]] = defaultdict(dict)
    untold: list[tuple[Matter, str]] = []
    for row in late:
        matter = matter_of(row, names, receipts)
        matter = replace(matter, people=tuple(whose[matter.place]))
        for role in sorted({escalate_to(matter.ref, rule) for rule in row["rules"].split()} - {""}):
            holders = [person for person, said in known.items() if role in said["roles"]]
            if not holders:
                untold.append((matter, role))
            for person in holders:
                if matter.place not in waiting[person]:
                    escalated[person][matter.place] = matter
    return [
        Letter(
            person,
            row["name"],
            row["email"],
            _by_due(waiting[person].values()),
            _by_due(escalated[person].values()),
        )
        for person, row in sorted(known.items())
        if waiting[person] or escalated[person]
    ], untold


def subject(letter: Letter, today: date) -> str:
    """Return a message's subject line."""
    matters = letter.waiting or letter.escalated
    late = sum(is_late(matter.due, today) for matter in matters)
    if not letter.waiting:
        text = mark("{count} late with others: {ref}")
    elif late:
        text = mark("{count} waiting for you, {late} late: {ref}")
    else:
        text = mark("{count} waiting for you: {ref}")
    return translate(text).format(count=len(matters), late=late, ref=one_line(matters[0].ref))


def body(letter: Letter, today: date, calendar: Calendar) -> str:
    """Return a message's text."""
    parts = [translate(mark("Dear {name},")).format(name=one_line(letter.name))]
    if letter.waiting:
        parts.append(translate(mark("This waits for you, the most urgent first:")))
        parts += [_paragraph(matter, today, calendar) for matter in letter.waiting]
    if letter.escalated:
        parts.append(translate(mark("This is late with others, and the policy asks that you know of it:")))
        parts += [_paragraph(matter, today, calendar) for matter in letter.escalated]
    parts.append(translate(mark("Nothing is approved by time passing: it waits until someone decides.")))
    return "\n\n".join(parts) + "\n"


def _paragraph(matter: Matter, today: date, calendar: Calendar) -> str:
    due = due_words(matter.due, today, calendar)
    if matter.due <= today.isoformat():
        due = translate(mark("{day} ({words})")).format(day=matter.due, words=due)
    facts = [
        (mark("other side"), matter.counterparty),
        (mark("value"), matter.amount),
        (mark("in the role of"), matter.capacity()),
        (mark("waits for"), translate(mark(", ")).join(matter.people)),
        (mark("due"), due),
        (mark("see it"), f"assent show {matter.ref}"),
        (mark("receipt"), matter.receipt),
    ]
    shown = [f"  {labelled(label, value)}" for label, value in facts if value]
    return "\n".join([f"{one_line(matter.ref)}  {one_line(matter.title)}", *shown])


def labelled(label: str, value: str) -> str:
    """Return a fact on one line, behind what it is."""
    return translate(mark("{label}: {value}")).format(label=translate(label), value=one_line(value))


def matter_of(row: Row, names: Mapping[str, str], receipts: Mapping[str, str] = NO_RECEIPTS) -> Matter:
    """Return what a row of the inbox, or of what is late, is about; *names* says what people are called."""
    columns = ("ref", "revision", "title", "counterparty", "task", "aspect", "role", "flag", "due")
    known = row["total_minor"] is not None
    amount = figures(Money(row["total_minor"], row["currency"]), language()) if known else "-"
    principal = row.get("principal", "")
    return Matter(
        **{name: row[name] for name in columns},
        amount=amount,
        principal=names.get(principal, principal),
        receipt=receipts.get(row["ref"], ""),
    )


def _digest(*said: object) -> str:
    return hashlib.sha256("\x1f".join(map(str, said)).encode("utf-8", "surrogatepass")).hexdigest()


def _is_near(due: str, today: date, within: int, calendar: Calendar) -> bool:
    if not due or due <= today.isoformat():
        return bool(due)
    try:
        return working_days_between(today, date.fromisoformat(due), calendar) <= within
    except ValueRefusedError:
        return False  # a year nobody knows the holidays of is decades away


def _by_due(matters: Iterable[Matter]) -> tuple[Matter, ...]:
    return tuple(sorted(matters, key=lambda matter: (matter.due, matter.ref, matter.aspect, matter.flag)))
