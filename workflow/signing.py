"""Whether an execution is one of what was approved: its days, its originals, its form, its text.

Pure: facts in, reasons against it out. Each is asked again by the audit. A contract is not
dated before its approval. That the other side signs first is common, and then their day may lie
before it, but only where the text they signed is known to be the approved one; paper cannot be
compared, so there it is refused. Our own side never signs first.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from workflow.case import Case, DocumentRef
from workflow.errors import (
    ConsentLackingError,
    FutureDateError,
    OriginalsDifferError,
    SignedTextDiffersError,
    SignedTooEarlyError,
    WorkflowError,
)
from workflow.execution import Execution
from workflow.i18n import mark, translate
from workflow.terms import Terms
from workflow.values.dates import TAIPEI

# Of more clauses the first are named.
_MOST_NAMED = 5


class Likeness(StrEnum):
    """What comparing a signed copy with the approved text came to."""

    IDENTICAL = "identical"  # byte for byte
    SAME_TEXT = "same_text"
    DIFFERS = "differs"
    NOT_COMPARED = "not_compared"


@dataclass(frozen=True, slots=True)
class Compared:
    """What was found in a signed copy; ``sent`` is the digest of the text it was held against."""

    likeness: Likeness
    sent: str = ""
    report: Mapping[str, Any] | None = None

    @property
    def agrees(self) -> bool:
        """True where the copy is known to say what was approved."""
        return self.likeness in (Likeness.IDENTICAL, Likeness.SAME_TEXT)


def approved_on(case: Case) -> date:
    """Return the day of the last sign-off, in Taiwan."""
    return max(decision.at for decision in case.current_decisions).astimezone(TAIPEI).date()


def texts_of(case: Case) -> tuple[DocumentRef, ...]:
    """Return the approved text: the version to execute, then the draft that was signed off."""
    if case.contract is None or case.submission is None:
        return ()
    issued = [ref for ref in case.documents if ref.kind == case.kind and ref.seq > case.submission.seq]
    return (*issued[-1:], case.contract)


def same_in_text(report: Mapping[str, Any]) -> bool:
    """Tell whether a comparison found nothing but what both documents say."""
    return not any(report[kind] for kind in ("hidden", "marked", "unseen", "fetched"))


def differences(name: str, compared: Compared, *, accepted: bool) -> Iterator[SignedTextDiffersError]:
    """Yield that a signed copy is another text, unless what nobody marked is *accepted* for a reason.

    A tracked change in it is a proposal and no assent, so that no reason makes up for one; nor
    for what cannot be read off the page.
    """
    if compared.likeness is not Likeness.DIFFERS or compared.report is None:
        return
    unmarked = not any(compared.report[kind] for kind in ("marked", "unseen", "fetched"))
    if not (accepted and unmarked):
        yield SignedTextDiffersError(name=name, listing=_told(compared.report))


def _told(report: Mapping[str, Any]) -> str:
    kinds = (
        ("hidden", mark("{count} clause(s) changed without a mark ({names})")),
        ("marked", mark("{count} clause(s) with changes that are still proposals ({names})")),
        ("unseen", mark("{count} thing(s) that the page does not show ({names})")),
        ("fetched", mark("{count} thing(s) fetched from elsewhere ({names})")),
    )
    told = []
    for kind, text in kinds:
        names = list(dict.fromkeys(map(_called, report[kind])))
        if names:
            listed = ", ".join(names[:_MOST_NAMED]) + (", ..." if len(names) > _MOST_NAMED else "")
            told.append(translate(text).format(count=len(report[kind]), names=listed))
    return "; ".join(told)


def _called(found: Any) -> str:
    if isinstance(found, str):
        return found
    return " ".join(filter(None, (found["number"], found["title"]))) or str(found["part"])


def objections(
    case: Case, terms: Terms, execution: Execution, *, now: datetime, agrees: bool
) -> Iterator[WorkflowError]:
    """Yield what stands against it; *agrees* where the text the other side signed is the approved one."""
    yield from _too_late(execution, now.astimezone(TAIPEI))
    yield from _too_early(execution, approved_on(case), agrees=agrees)
    if execution.paper and execution.originals != terms.originals:
        yield OriginalsDifferError(place="originals", found=execution.originals, agreed=terms.originals)
    yield from _without_consent(execution, terms)


def _too_late(execution: Execution, now: datetime) -> Iterator[WorkflowError]:
    for number, signatory in enumerate(execution.signatories):
        if signatory.on > now.date():
            yield FutureDateError(place=f"signatories[{number}].on", date=signatory.on.isoformat())
    for number, sealing in enumerate(execution.seals):
        if sealing.at > now:
            yield FutureDateError(place=f"seals[{number}].at", date=f"{sealing.at:%Y-%m-%d %H:%M}")


def _too_early(execution: Execution, approved: date, *, agrees: bool) -> Iterator[WorkflowError]:
    for number, signatory in enumerate(execution.signatories):
        first = signatory.side == "theirs" and agrees
        if signatory.on < approved and not first:
            yield SignedTooEarlyError(
                place=f"signatories[{number}].on",
                name=signatory.name,
                date=signatory.on.isoformat(),
                approved=approved.isoformat(),
            )


def _without_consent(execution: Execution, terms: Terms) -> Iterator[WorkflowError]:
    if terms.consent_mode == "paper" and execution.consent_mode != "paper":
        reason = mark("the contract provides for paper and nothing else")
        yield ConsentLackingError(place="consent_mode", reason=reason)
    days = [s.on for s in execution.signatories if s.method == "electronic"]
    if execution.notice and days and min(days) <= execution.notice.object_by:
        reason = mark("somebody signed electronically before the time to object was over")
        yield ConsentLackingError(place="notice.object_by", reason=reason)
