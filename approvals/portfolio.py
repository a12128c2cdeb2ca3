"""What the trail holds of somebody's work, row by row of a competency unit. Pure.

A portfolio organises evidence, and says what there is none of yet; whether it is enough is
for an assessor to judge. Evidence is what the candidate did, what others did in agreements
the candidate drafted, and the papers and files of both. A row names the kinds that speak for it:

    did:TYPE     the candidate's own event of that type
    case:TYPE    anybody's, in an agreement the candidate drafted
    paper:KIND   a document of that kind that came out of either; ``contract`` is the agreement's own
    file:TYPE    what was attached to either
    plan:FIELD   a plan of the candidate's that says something there
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from approvals.assessments import Assessment, latest
from approvals.competency import CompetencyUnit, Row
from workflow.events import Event, Type

#: What begins a kind of evidence.
KINDS = ("did", "case", "paper", "file", "plan")
# Whoever does one of these writes what the agreement says.
_DRAFTING = frozenset({Type.CREATED, Type.TERMS_AGREED, Type.DRAFTED, Type.SUBMITTED})
_ATTACHED = ("evidence", "signed_copy")


@dataclass(frozen=True, slots=True)
class Work:
    """An agreement the candidate took part in: its events, and its plans by their digest."""

    ref: str
    kind: str
    events: tuple[Event, ...]
    plans: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def drafted_by(self, person: str) -> bool:
        """Tell whether *person* began it, or wrote what it says."""
        return any(event.actor == person and event.type in _DRAFTING for event in self.events)


@dataclass(frozen=True, slots=True)
class Artefact:
    """One piece of evidence: an event, or a document or file that came with it.

    *digest* is the document's or the file's where there is one, else the event's own.
    """

    ref: str
    seq: int
    at: datetime
    actor: str
    type: str
    hash: str
    kind: str
    document: str = ""
    digest: str = ""

    @property
    def event(self) -> str:
        """How people name the event."""
        return f"{self.ref}#{self.seq}"


@dataclass(frozen=True, slots=True)
class Shown:
    """A row with what speaks for it, oldest first, and what was judged of it."""

    row: Row
    artefacts: tuple[Artefact, ...]
    judgements: tuple[Assessment, ...]

    @property
    def newest(self) -> Artefact | None:
        """The newest artefact; None where there is nothing yet."""
        return self.artefacts[-1] if self.artefacts else None

    @property
    def judged(self) -> Assessment | None:
        """The judgement that stands; None where nobody has judged it."""
        return self.judgements[-1] if self.judgements else None


@dataclass(frozen=True, slots=True)
class Portfolio:
    """The rows of a unit, in its order, for one candidate."""

    candidate: str
    unit: CompetencyUnit
    works: tuple[Work, ...]
    rows: tuple[Shown, ...]

    def row(self, name: str) -> Shown:
        """Return one row, or raise `UnknownRowError`."""
        wanted = self.unit.row(name).id
        return next(shown for shown in self.rows if shown.row.id == wanted)

    @property
    def artefacts(self) -> tuple[Artefact, ...]:
        """Everything that speaks for any row, once."""
        return _in_order(artefact for shown in self.rows for artefact in shown.artefacts)

    @property
    def judged(self) -> int:
        """How many rows somebody has judged."""
        return len(latest(one for shown in self.rows for one in shown.judgements))


def portfolio_of(
    candidate: str, unit: CompetencyUnit, works: Iterable[Work], assessments: Iterable[Assessment]
) -> Portfolio:
    """Put together what *works* hold for each row, and what assessors said of it."""
    works, judged = tuple(works), tuple(assessments)
    found = [artefact for work in works for artefact in _found(work, candidate)]
    by_kind: dict[str, list[Artefact]] = {}
    for artefact in found:
        by_kind.setdefault(artefact.kind, []).append(artefact)
    kinds = {row.id: row.evidence for row in unit.rows}
    rows = []
    for row in unit.rows:
        wanted = {kind for name in (row.id, *row.gathers) for kind in kinds[name]}
        artefacts = _in_order(artefact for kind in wanted for artefact in by_kind.get(kind, ()))
        rows.append(Shown(row, artefacts, tuple(one for one in judged if one.row == row.id)))
    return Portfolio(candidate, unit, works, tuple(rows))


def _found(work: Work, candidate: str) -> Iterator[Artefact]:
    drafted = work.drafted_by(candidate)
    for event in work.events:
        own = event.actor == candidate
        if own:
            yield _artefact(event, f"did:{event.type}")
            yield from _plans(work, event)
        if drafted:
            yield _artefact(event, f"case:{event.type}")
        if own or drafted:
            yield from _papers(work, event)
            yield from _files(event)


def _plans(work: Work, event: Event) -> Iterator[Artefact]:
    plan = work.plans.get(event.payload.get("plan", ""), {})
    for name, said in plan.items():
        if said:
            yield _artefact(event, f"plan:{name}")


def _papers(work: Work, event: Event) -> Iterator[Artefact]:
    for paper in event.payload.get("documents", ()):
        kind = "contract" if paper["kind"] == work.kind else paper["kind"]
        yield _artefact(event, f"paper:{kind}", paper["name"], paper["file"])


def _files(event: Event) -> Iterator[Artefact]:
    for name in _ATTACHED:
        attached = event.payload.get(name)
        if isinstance(attached, Mapping):
            yield _artefact(event, f"file:{event.type}", attached["name"], attached["sha256"])


def _artefact(event: Event, kind: str, document: str = "", digest: str = "") -> Artefact:
    return Artefact(
        ref=event.stream,
        seq=event.seq,
        at=event.at,
        actor=event.actor,
        type=event.type.value,
        hash=event.hash,
        kind=kind,
        document=document,
        digest=digest or event.hash,
    )


def _in_order(artefacts: Iterable[Artefact]) -> tuple[Artefact, ...]:
    """Return artefacts by time, each piece once, whatever makes it speak for a row."""
    pieces = {(a.ref, a.seq, a.document, a.digest): a for a in sorted(artefacts, key=lambda a: a.kind)}
    return tuple(sorted(pieces.values(), key=lambda a: (a.at, a.ref, a.seq, a.document)))
