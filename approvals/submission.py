"""The organisation's rules, as drafting meets them: what a submission asks of whom.

This is what the entry point ``assent.rules`` names, so that ``workflow`` need not import
this package.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from approvals.clearance import clearance_of, unfillable
from approvals.directory import Directory
from approvals.errors import SeatUnfillableError
from approvals.facts import facts_of
from approvals.papers import Papers
from approvals.policy import (
    DEFAULT_POLICY,
    MAJORITY,
    Assessment,
    Policy,
    Requirement,
    assess,
    load_policy,
    read_policy,
)
from approvals.registry import read_directory
from workflow.case import Case, Seat
from workflow.documents.context import terms_context
from workflow.errors import NotStaffError
from workflow.events import TAIPEI
from workflow.lifecycle import State
from workflow.rules import Asked, Paper
from workflow.store import Unit
from workflow.terms import Terms
from workflow.values.deadlines import Calendar, due, taiwan_calendar


@dataclass(frozen=True, slots=True)
class PolicyRules:
    """Rules read from one policy."""

    policy: Policy

    def require_staff(self, unit: Unit, person: str, action: str) -> str:
        """Return the person's name, or raise `NotStaffError`."""
        known = read_directory(unit).person(person)
        if "staff" not in known.roles:
            raise NotStaffError(person=person, action=action, role="staff")
        return known.name

    def formal_contract(self, terms: Terms) -> tuple[bool, str]:
        """Tell whether any rule fires that does not apply to everything; then one is required."""
        found = assess(self.policy, facts_of(terms))
        beyond = [o.rule for o in found.trace if o.fired and not _always(self.policy, o.rule)]
        return bool(beyond), " ".join(beyond)

    def asked_of(
        self, unit: Unit, case: Case, terms: Terms, person: str, revision: int, document: str
    ) -> Asked:
        """Return seats, flags and papers; raise `SeatUnfillableError` where nobody could sign."""
        directory = read_directory(unit)
        found = assess(self.policy, facts_of(terms))
        today = unit.now.astimezone(TAIPEI).date()
        drafters = frozenset(case.drafters | {case.drafter, person})
        seats = self._seats(found, directory, drafters, today)
        self._require_people(case, seats, found, directory, drafters)
        first = case.flag_count + 1
        flags = [
            {
                "flag": f"F-{number}",
                "aspect": r.aspect,
                "role": r.role,
                "rules": list(r.rules),
                "due": _due(today, r.working_days),
            }
            for number, r in enumerate(found.reviews, start=first)
        ]
        papers = Papers(directory, self.policy, case.language)
        name = f"{case.ref}-{case.kind}-r{revision}-draft.docx"
        return Asked(
            policy=self.policy.body,
            trace=json.dumps(
                trace_rows(found), ensure_ascii=False, sort_keys=True, separators=(",", ":")
            ).encode(),
            seats=tuple(asdict(seat) | {"rules": list(seat.rules)} for seat in seats),
            flags=tuple(flags),
            papers=tuple(
                paper
                for flag in flags
                for paper in (
                    papers.review_request(flag, document, case.terms, name),
                    papers.opinion_form(flag, document, case.terms, name),
                )
            ),
        )

    def waiting_for(self, case: Case) -> tuple[str, ...]:
        """Return the roles whose move it is."""
        if case.state not in (State.EXPERT_REVIEW, State.SIGN_OFF):
            return ()
        return clearance_of(case).waiting_for

    def certificate(self, unit: Unit, case: Case, terms: Terms, execution: Mapping[str, Any]) -> Paper:
        """Return the certificate of completion."""
        context = terms_context(terms, case.language)
        parties = {"ours": context["ours"]["name"], "theirs": context["theirs"]["name"]}
        return Papers(read_directory(unit), self.policy, case.language).certificate(case, execution, parties)

    def _seats(
        self, found: Assessment, directory: Directory, drafters: frozenset[str], today: date
    ) -> tuple[Seat, ...]:
        days = 0
        seats = []
        for asked in found.sign_offs:
            days += asked.working_days
            quorum = _quorum(asked, directory, drafters)
            seats.append(Seat(asked.step, asked.aspect, asked.role, quorum, _due(today, days), asked.rules))
        return tuple(seats)

    def _require_people(
        self,
        case: Case,
        seats: tuple[Seat, ...],
        found: Assessment,
        directory: Directory,
        drafters: frozenset[str],
    ) -> None:
        short = unfillable(seats, directory.by_role, drafters)
        advised = [Seat(r.step, r.aspect, r.role, 1, "", r.rules) for r in found.reviews]
        unadvised = next((seat for seat in advised if not directory.holders(seat.role) - drafters), None)
        lacking = short or unadvised
        if lacking:
            raise SeatUnfillableError(
                ref=case.ref,
                role=lacking.role,
                aspect=lacking.aspect,
                quorum=lacking.quorum,
                holders=len(directory.holders(lacking.role) - drafters),
                rules=", ".join(lacking.rules),
            )


def rules(path: Path = DEFAULT_POLICY) -> PolicyRules:
    """Return the rules of a policy file, the shipped one where none is named."""
    return PolicyRules(load_policy(path))


def policy_of(unit: Unit, case: Case) -> Policy:
    """Return the policy an agreement was submitted under, as the store kept it."""
    if case.submission is None:
        raise ValueError("nothing was submitted")
    return read_policy(unit.get(case.submission.policy), source=case.ref)


def _quorum(asked: Requirement, directory: Directory, drafters: frozenset[str]) -> int:
    if asked.quorum != MAJORITY:
        return int(asked.quorum)
    # More than half of the body as it stands now; a body of nobody still needs one.
    return len(directory.holders(asked.role) - drafters) // 2 + 1


def _always(policy: Policy, name: str) -> bool:
    """Tell whether a rule applies to every agreement, such as one of a value of zero or more."""
    rule = policy.rule(name)
    return rule is not None and rule.condition.text.replace(" ", "") == "contract_value>=0"


def _due(today: date, days: int) -> str:
    return due(today, days, "working_day", _calendar()).isoformat()


@cache
def _calendar() -> Calendar:
    # Working the holidays out takes a while, and a submission has a due date for everyone asked.
    return taiwan_calendar()


def trace_rows(found: Assessment) -> list[dict[str, Any]]:
    """Return every rule's answer and the facts it asked, as they are stored and shown."""
    return [
        {"rule": o.rule, "fired": o.fired, "inputs": {name: _plain(fact) for name, fact in o.inputs.items()}}
        for o in found.trace
    ]


def _plain(fact: object) -> object:
    if fact is None:
        return "unknown"
    return str(fact) if isinstance(fact, Decimal) else fact
