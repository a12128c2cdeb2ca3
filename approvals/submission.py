"""The organisation's rules, as drafting meets them: what a submission asks of whom.

This is what the entry point ``assent.rules`` names, so that ``workflow`` need not import
this package.
"""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from approvals.aggregation import LONGEST_YEAR, STANDING, counted
from approvals.assessors import require_no_assessor
from approvals.authority import unauthorised
from approvals.clearance import clearance_of, unfillable
from approvals.directory import Directory
from approvals.errors import NoAuthorityError, PolicyNotAdoptedError, SeatUnfillableError
from approvals.papers import Papers
from approvals.policy import (
    MAJORITY,
    Assessment,
    Policy,
    assess,
    load_policy,
    read_policy,
    trace_rows,
)
from approvals.registry import read_directory
from approvals.standing import still_holding
from workflow.case import Case, Seat, Submission
from workflow.documents.context import terms_context
from workflow.errors import NotStaffError
from workflow.execution import Execution
from workflow.facts import facts_of
from workflow.lifecycle import State
from workflow.parts import parts_of
from workflow.records.record import Setting
from workflow.rules import Asked, Paper
from workflow.store import Unit
from workflow.terms import Terms, from_canonical, their_keys
from workflow.values.dates import TAIPEI
from workflow.values.deadlines import NO_OVERRIDES, Calendar, due, office_calendar
from workflow.wordings import read_wordings


@dataclass(frozen=True, slots=True)
class PolicyRules:
    """The rules of the policy that an administrator has put in force.

    Where a *policy* is named it must be that one. *overrides* are the organisation's own
    exceptions from the calendar that due dates go by.
    """

    policy: Policy | None = None
    source: str = "policy"
    overrides: Mapping[date, bool] = field(default_factory=lambda: NO_OVERRIDES)

    def require_staff(self, unit: Unit, person: str, action: str) -> str:
        """Return the person's name, or raise `NotStaffError`."""
        known = read_directory(unit).person(person)
        require_no_assessor(known, action)
        if "staff" not in known.roles:
            raise NotStaffError(person=person, action=action, role="staff")
        return known.name

    def formal_contract(self, unit: Unit, terms: Terms) -> tuple[bool, str]:
        """Tell whether any rule fires that does not apply to everything; then one is required."""
        policy = self._in_force(unit, read_directory(unit))
        found = assess(policy, facts_of(terms))
        beyond = [o.rule for o in found.trace if o.fired and not _always(policy, o.rule)]
        return bool(beyond), " ".join(beyond)

    def asked_of(
        self, unit: Unit, case: Case, terms: Terms, person: str, revision: int, document: str
    ) -> Asked:
        """Return seats, flags and papers; raise `SeatUnfillableError` where nobody could sign."""
        directory = read_directory(unit)
        policy = self._in_force(unit, directory)
        today = unit.now.astimezone(TAIPEI).date()
        earlier = counted(terms, today, _submitted(unit, terms), but=case.ref)
        found = assess(
            policy, facts_of(terms, beside=[one.value for one in earlier], **_wordings(unit, case))
        )
        barred = case.barred | {person}
        calendar = office_calendar(overrides=self.overrides)
        seats = _seats(found, directory, barred, today, calendar)
        _require_people(case, seats, found, directory, barred)
        parts = parts_of(_context(unit, case), template=_template(case), terms=terms)
        holds = still_holding(
            case, found, seats, directory, _parts(unit, case.submission), parts, submitter=person
        )
        asked_again = [r for r in found.reviews if not holds.keeps(r)]
        flags = [
            {
                "flag": f"F-{number}",
                "aspect": r.aspect,
                "role": r.role,
                "rules": list(r.rules),
                "due": _due(today, r.working_days, calendar),
                "covers": list(r.covers),
            }
            for number, r in enumerate(asked_again, start=case.flag_count + 1)
        ]
        papers = Papers(directory, policy, unit.library, case.spoken_in)
        name = f"{case.ref}-{case.kind}-r{revision}-draft.docx"
        return Asked(
            policy=policy.body,
            trace=_canonical(trace_rows(found)),
            parts=_canonical(parts),
            standing={
                "changed": list(holds.changed),
                "kept": list(holds.kept),
                "voided": [{"seq": v.seq, "parts": list(v.parts)} for v in holds.voided],
                "flags_kept": list(holds.flags),
            },
            earlier=tuple(asdict(one) for one in earlier),
            seats=tuple(_seat_row(seat) for seat in seats),
            flags=tuple(flags),
            papers=tuple(
                paper
                for flag in flags
                for paper in (
                    papers.review_request(flag, document, case.terms, name, deal=terms, on=today),
                    papers.opinion_form(flag, document, case.terms, name),
                )
            ),
        )

    def _in_force(self, unit: Unit, directory: Directory) -> Policy:
        """Return the policy that was adopted, or raise where the one named is another."""
        if not directory.policy or (self.policy and self.policy.digest != directory.policy):
            raise PolicyNotAdoptedError(
                source=self.source,
                found=self.policy.digest[:12] if self.policy else "-",
                adopted=directory.policy[:12] or "-",
            )
        return read_policy(unit.get(directory.policy), source=self.source)

    def waiting_for(self, case: Case) -> tuple[str, ...]:
        """Return the roles whose move it is."""
        if case.state not in (State.EXPERT_REVIEW, State.SIGN_OFF):
            return ()
        return clearance_of(case).waiting_for

    def unauthorised(self, unit: Unit, terms: Terms, execution: Execution) -> tuple[NoAuthorityError, ...]:
        """Return who of our side could not sign, by the terms, the registry or a power of attorney."""
        return tuple(unauthorised(execution, terms, read_directory(unit)))

    def papers_of(
        self, unit: Unit, case: Case, terms: Terms, execution: Mapping[str, Any]
    ) -> tuple[Paper, ...]:
        """Return the contract card and the certificate of completion."""
        context = terms_context(terms, case.spoken_in)
        parties = {"ours": context["ours"]["name"], "theirs": context["theirs"]["name"]}
        why = unit.note_text(execution["reason"]) if execution.get("reason") else ""
        papers = Papers(read_directory(unit), policy_of(unit, case), unit.library, case.spoken_in)
        setting = Setting(terms, case.spoken_in, unit.now.astimezone(TAIPEI).date(), self.overrides)
        return (
            papers.contract_card(case, execution, setting),
            papers.certificate(case, execution, parties, despite=why),
        )


def _seats(
    found: Assessment, directory: Directory, barred: Collection[str], today: date, calendar: Calendar
) -> tuple[Seat, ...]:
    days = 0
    seats = []
    for asked in found.sign_offs:
        days += asked.working_days
        body: frozenset[str] = frozenset()
        if asked.quorum == MAJORITY:
            body = directory.holders(asked.role) - frozenset(barred)
        # More than half of the body as it stands now; a body of nobody still needs one.
        quorum = len(body) // 2 + 1 if asked.quorum == MAJORITY else int(asked.quorum)
        seats.append(
            Seat(
                asked.step,
                asked.aspect,
                asked.role,
                quorum,
                _due(today, days, calendar),
                asked.rules,
                asked.covers,
                tuple(sorted(body)),
            )
        )
    return tuple(seats)


def _submitted(unit: Unit, terms: Terms) -> Iterator[tuple[Case, Terms]]:
    """Yield the agreements with the same party that may count beside one of these terms."""
    since = unit.now - timedelta(days=LONGEST_YEAR)
    for case in unit.cases_with(their_keys(terms), STANDING, since=since):
        if case.submission is not None:
            yield case, from_canonical(unit.get(case.submission.terms))


def _seat_row(seat: Seat) -> dict[str, Any]:
    return asdict(seat) | {name: list(getattr(seat, name)) for name in ("rules", "covers", "body")}


def _require_people(
    case: Case, seats: tuple[Seat, ...], found: Assessment, directory: Directory, barred: frozenset[str]
) -> None:
    short = unfillable(seats, directory.by_role, barred)
    advised = [Seat(r.step, r.aspect, r.role, 1, "", r.rules) for r in found.reviews]
    unadvised = next((seat for seat in advised if not directory.holders(seat.role) - barred), None)
    lacking = short or unadvised
    if lacking:
        raise SeatUnfillableError(
            ref=case.ref,
            role=lacking.role,
            aspect=lacking.aspect,
            quorum=lacking.quorum,
            holders=len(directory.holders(lacking.role) - barred),
            rules=", ".join(lacking.rules),
        )


def rules(path: Path | None = None, overrides: Mapping[date, bool] = NO_OVERRIDES) -> PolicyRules:
    """Return the rules in force; with a *path*, only where they are those of that policy file."""
    if path is None:
        return PolicyRules(overrides=overrides)
    return PolicyRules(load_policy(path), str(path), overrides)


def policy_of(unit: Unit, case: Case) -> Policy:
    """Return the policy an agreement was submitted under, as the store kept it."""
    if case.submission is None:
        raise ValueError("nothing was submitted")
    return read_policy(unit.get(case.submission.policy), source=case.ref)


def _context(unit: Unit, case: Case) -> dict[str, Any]:
    context: dict[str, Any] = json.loads(unit.get(case.contract.context)) if case.contract else {}
    return context


def _wordings(unit: Unit, case: Case) -> dict[str, Any]:
    """Return what the contract's clauses tell the policy."""
    return read_wordings(unit.get(case.wordings) if case.wordings else b"").for_rules


def _template(case: Case) -> str:
    return case.contract.template if case.contract else ""


def _parts(unit: Unit, submission: Submission | None) -> dict[str, str] | None:
    """Return the parts of the text last submitted; None where there is none to compare with."""
    if submission is None or not submission.parts:
        return None
    found: dict[str, str] = json.loads(unit.get(submission.parts))
    return found


def _canonical(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _always(policy: Policy, name: str) -> bool:
    """Tell whether a rule applies to every agreement, such as one of a value of zero or more."""
    rule = policy.rule(name)
    return rule is not None and rule.condition.text.replace(" ", "") == "contract_value>=0"


def _due(today: date, days: int, calendar: Calendar) -> str:
    return due(today, days, "working_day", calendar).isoformat()
