"""What bars somebody from deciding or advising whatever they hold, and which text they mean. Pure."""

from approvals.directory import Person
from approvals.errors import KeyRequiredError, RecusedError, SelfApprovalError
from workflow.case import Case
from workflow.errors import StaleDocumentError

# Fewer digits could be those of another text.
_ENOUGH = 8


def require_unbarred(case: Case, person: str, action: str) -> None:
    """Raise where *person* drafted the agreement, or has recused themselves from it."""
    if person in case.drafters | {case.drafter}:
        raise SelfApprovalError(ref=case.ref, action=action)
    if person in case.recused:
        raise RecusedError(ref=case.ref, person=person)


def require_key(person: Person) -> None:
    """Raise unless *person* has a key with which to sign."""
    if not any(key.valid_until is None for key in person.keys):
        raise KeyRequiredError(person=person.id)


def require_text(ref: str, now: str, expect: str) -> None:
    """Raise where the text is not the one that was shown; *expect* are its digest's first digits, if any."""
    wanted = expect.removeprefix("sha256:").replace(" ", "").lower()
    if expect and (len(wanted) < _ENOUGH or not now.startswith(wanted)):
        raise StaleDocumentError(ref=ref, seen=wanted[:_ENOUGH] or "?", now=now[:_ENOUGH])
