"""Who may answer a flag, decline it or close its conditions, or the first refusal that applies. Pure."""

from approvals.directory import Person
from approvals.errors import (
    FlagDemandedError,
    FlagSettledError,
    KeyRequiredError,
    RecusedError,
    SelfApprovalError,
    UnknownFlagError,
    WrongRoleError,
)
from workflow.case import OBJECTED, OPEN, Case, Condition, Flag
from workflow.errors import StaleDocumentError


def closable(case: Case, flag: Flag, person: Person, name: str) -> Condition:
    """Return the condition that *person* may close now, or raise the first refusal that applies."""
    if person.id in case.drafters | {case.drafter}:
        raise SelfApprovalError(ref=case.ref, action="close a condition of")
    if person.id in case.recused:
        raise RecusedError(ref=case.ref, person=person.id)
    if not any(key.valid_until is None for key in person.keys):
        raise KeyRequiredError(person=person.id)
    seats = case.submission.seats if case.submission else ()
    if not person.roles & {flag.role, *(role for seat in seats for role in seat.role.split("/"))}:
        raise WrongRoleError(
            ref=case.ref,
            person=person.id,
            action="close a condition of",
            needed=flag.role,
            held=", ".join(sorted(person.roles)) or "-",
        )
    found = next((c for c in flag.conditions if c.id == name.upper()), None)
    if found is None:
        known = ", ".join(c.id for c in flag.conditions) or "-"
        raise UnknownFlagError(ref=case.ref, what=f"condition {name} of {flag.id}", known=known)
    if found.closed_by:
        raise FlagSettledError(ref=case.ref, what=f"{flag.id} {found.id}", status=found.closed_by)
    return found


def require_declinable(case: Case, flag: Flag, person: Person) -> None:
    """Raise unless *person* could answer the flag, and no rule asks for it."""
    require_expert(case, flag, person)
    if flag.origin == "policy":
        raise FlagDemandedError(ref=case.ref, flag=flag.id, rules=", ".join(flag.rules))
    if flag.status not in (OPEN, OBJECTED):
        raise FlagSettledError(ref=case.ref, what=flag.id, status=flag.status)


def not_entitled(case: Case, person: Person, flag: Flag, action: str) -> WrongRoleError:
    """Return the refusal of somebody whose expertise, or whose task, it is not."""
    needed = flag.role + (f" ({flag.assigned})" if flag.assigned else "")
    held = ", ".join(sorted(person.roles)) or "-"
    return WrongRoleError(
        ref=case.ref, person=person.id, action=f"{action} {flag.id} of", needed=needed, held=held
    )


def require_expert(case: Case, flag: Flag, person: Person) -> None:
    """Raise unless *person* may answer the flag: no drafter, not recused, of its role, and asked."""
    if person.id in case.drafters | {case.drafter}:
        raise SelfApprovalError(ref=case.ref, action="resolve a flag of")
    if person.id in case.recused:
        raise RecusedError(ref=case.ref, person=person.id)
    if flag.role not in person.roles or flag.assigned not in ("", person.id):
        raise not_entitled(case, person, flag, "resolve")
    if not any(key.valid_until is None for key in person.keys):
        raise KeyRequiredError(person=person.id)


def document_of(case: Case, expect: str) -> str:
    """Return the digest of the text under review; raise where it is not the one expected."""
    now = text_of(case)
    wanted = expect.removeprefix("sha256:").lower()
    if expect and (len(wanted) < 8 or not now.startswith(wanted)):
        raise StaleDocumentError(ref=case.ref, seen=wanted[:8], now=now[:8])
    return now


def text_of(case: Case) -> str:
    """Return the digest of the text that an answer is about; a draft's where nothing was submitted."""
    if case.submission is not None:
        return case.submission.document
    return case.contract.file if case.contract else ""
