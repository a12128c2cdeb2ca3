"""Erasing a person's own words by request, as 個人資料保護法 §11 lets them ask.

The words are removed, and with them every internal paper that repeats them. Lines and signed
statements name them by salted digests, so that every chain and signature holds as before; that they
were erased, by whom and why, is an entry of the registry.
"""

from collections.abc import Set
from dataclasses import dataclass

from approvals.errors import NothingToEraseError
from approvals.keys import Signer
from approvals.registry import Registry
from workflow.case import DocumentRef
from workflow.errors import StaleError, UnknownReferenceError
from workflow.events import is_agreement
from workflow.notes import lines_of, notes_in, repeats
from workflow.store import Unit


@dataclass(frozen=True, slots=True)
class Erasure:
    """What is to be erased: the event it came with, the notes, and the papers that repeat them."""

    event: str
    notes: tuple[str, ...]
    papers: tuple[DocumentRef, ...]

    @property
    def digests(self) -> tuple[str, ...]:
        """Everything to be removed, by digest, each once."""
        papers = (digest for paper in self.papers for digest in (paper.file, paper.context))
        return tuple(dict.fromkeys((*self.notes, *papers)))


def propose_erasure(unit: Unit, ref: str, seq: int) -> Erasure:
    """Return what goes where the words of an event are erased.

    Raises `NothingToEraseError` where it has none, or has none any more.
    """
    events = unit.events(ref)
    if not 0 < seq <= len(events):
        raise UnknownReferenceError(ref=f"{ref}#{seq}")
    event = events[seq - 1]
    kept = {digest: unit.note_text(digest) for _, digest in notes_in(event.payload)}
    notes = tuple(digest for digest, text in kept.items() if text)
    if not notes:
        raise NothingToEraseError(event=event.ref)
    lines = lines_of(kept[digest] for digest in notes)
    later = [paper for paper in unit.case(ref).documents if paper.seq >= seq] if is_agreement(ref) else []
    return Erasure(event.ref, notes, tuple(paper for paper in later if _repeats(unit, paper, lines)))


def erase(unit: Unit, person: str, signer: Signer, erasure: Erasure, request: str) -> None:
    """Erase what was proposed, as an administrator; *request* says who asked for it and when.

    Raises `StaleError` where something was issued or erased since.
    """
    ref, _, seq = erasure.event.rpartition("#")
    if propose_erasure(unit, ref, int(seq)) != erasure:
        raise StaleError(ref=ref, seen=int(seq), now=len(unit.events(ref)))
    Registry(unit, person, signer).erase(erasure.event, erasure.digests, request)


def _repeats(unit: Unit, paper: DocumentRef, lines: Set[str]) -> bool:
    """Tell whether an internal paper has any of *lines* in the data it was made of."""
    kept = paper.audience == "internal" and not unit.is_erased(paper.context)
    return kept and repeats(unit.get(paper.context), lines)
