"""Who may answer a flag, decline it or close its conditions, or the first refusal that applies. Pure."""

from approvals.directory import Person
from approvals.eligibility import require_key, require_text, require_unbarred
from approvals.errors import FlagDemandedError, FlagSettledError, UnknownFlagError, WrongRoleError
from workflow.case import OBJECTED, OPEN, Case, Condition, Flag


def closable(case: Case, flag: Flag, person: Person, name: str) -> Condition:
    """Return the condition that *person* may close now, or raise the first refusal that applies."""
    require_unbarred(case, person.id, "close a condition of")
    require_key(person)
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
    require_unbarred(case, person.id, "resolve a flag of")
    if flag.role not in person.roles or flag.assigned not in ("", person.id):
        raise not_entitled(case, person, flag, "resolve")
    require_key(person)


def document_of(case: Case, expect: str) -> str:
    """Return the digest of the text under review; raise where it is not the one expected."""
    now = text_of(case)
    require_text(case.ref, now, expect)
    return now


def text_of(case: Case) -> str:
    """Return the digest of the text that an answer is about; a draft's where nothing was submitted."""
    if case.submission is not None:
        return case.submission.document
    return case.contract.file if case.contract else ""
