"""The trail worked out again from its rows, and everything in it that does not fit.

Nothing stored is believed: chains, documents, signatures, states, clearances and tables are
recomputed with the pure rules and compared. Nothing that writes the trail is imported. A
finding names the agreement, the event and what it means; no finding means that what was
checked holds, and `Report.unchecked` says what could not be checked.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

from approvals.audit_agreement import Verified, check_agreements
from approvals.audit_assessments import check_assessments
from approvals.audit_chains import Chain
from approvals.audit_checkpoints import changed_since, check_all_checkpoints
from approvals.audit_registry import check_stages
from approvals.audit_report import CHECKS, Finding, Report
from approvals.audit_stored import check_stored
from approvals.audit_tables import check_numbering, check_stray_attempts, check_views
from approvals.audit_workers import Moment, cores, verified_by_many
from approvals.checkpoints import Checkpoint
from workflow.events import ASSESSMENTS, REGISTRY, is_agreement
from workflow.reading import Reader

__all__ = ["CHECKS", "Finding", "Report", "audit", "cores"]


#: How much is done at a time, in events; what comes after is told that so much is done.
_PART = 250
#: From how many events on it pays to start other processes.
_MANY = 6_000

Progress = Callable[[int, int], None]


def audit(
    reader: Reader,
    refs: Iterable[str] = (),
    *,
    kept: Sequence[Checkpoint] = (),
    since: Checkpoint | None = None,
    roots: bytes = b"",
    processes: int = 1,
    progress: Progress | None = None,
) -> Report:
    """Verify the agreements *refs*, or everything when there are none, against the stored rows.

    The order of all events has to begin as each checkpoint *kept* elsewhere says. *since* names one
    up to which all was verified before: only agreements with newer events are, and cost what they are;
    what is older is not held to it.
    *roots* are the certificates, in PEM, of who may have stamped checkpoints with a time.

    With more than one of *processes* a long trail is shared among so many; a script that asks for
    them has to be one that can be imported. *progress* is told how much is done, and of how much.
    """
    wanted: Sequence[str] | None = tuple(refs) or None
    with reader.snapshot():
        run = _Run(reader)
        if wanted:
            run.report.skipped = frozenset({"checkpoints"})
        else:
            wanted = run.read_order(kept, since, roots)
            run.read_assessments()
        run.read(run.lengths(wanted), processes=processes, progress=progress or _nobody)
        run.read_contents(() if wanted is None else (REGISTRY, ASSESSMENTS, *wanted))
        if wanted is None:
            run.read_all_else()
    return run.report


def _nobody(done: int, of: int) -> None:
    """Tell nobody."""


class _Run:
    """One verification: the registry it judges by, and what it has come to so far."""

    def __init__(self, reader: Reader) -> None:
        self._reader, self._done = reader, Verified()
        rows = reader.rows("SELECT value FROM meta WHERE name = :name", name="log")
        self._log = str(rows[0]["value"]) if rows else ""
        registry = Chain(reader, REGISTRY, self._log, self._done.report, self._done.named)
        self._directories = check_stages(registry)

    @property
    def report(self) -> Report:
        """What it says."""
        return self._done.report

    def lengths(self, wanted: Sequence[str] | None) -> dict[str, int]:
        """Return every agreement that is *wanted*, or all, with how long its chain is said to be."""
        rows = self._reader.each("SELECT id, seq FROM stream")
        said = {row["id"]: row["seq"] if isinstance(row["seq"], int) else 0 for row in rows}
        if wanted is not None:
            return {ref: said.get(ref, 0) for ref in wanted}
        rows = self._reader.each("SELECT DISTINCT stream FROM event")
        names = {*said, *(row["stream"] for row in rows)}
        return {name: said.get(name, 0) for name in sorted(names, key=str) if is_agreement(name)}

    def read(self, lengths: Mapping[str, int], *, processes: int, progress: Progress) -> None:
        """Verify agreements, given with the lengths of their chains."""
        parts, total = list(_parts(lengths)), sum(lengths.values())
        shared = self._reader.share() if processes > 1 and total >= _MANY else ""
        if shared:
            moment = Moment(self._reader.place, self._log, shared)
            verified = verified_by_many(moment, parts, processes=processes, myself=self._verified)
        else:
            verified = map(self._verified, parts)
        done = 0
        for refs, part in zip(parts, verified, strict=True):
            self._done.take(part)
            done += sum(lengths[ref] for ref in refs)
            progress(done, total)

    def _verified(self, refs: Sequence[str]) -> Verified:
        return check_agreements(self._reader, self._log, self._directories, refs)

    def read_assessments(self) -> None:
        """Verify what assessors recorded."""
        chain = Chain(self._reader, ASSESSMENTS, self._log, self.report, self._done.named)
        self._done.own |= self._directories.now.erased.keys() & set(
            check_assessments(chain, self._directories)
        )

    def read_order(
        self, kept: Sequence[Checkpoint], since: Checkpoint | None, roots: bytes
    ) -> Sequence[str] | None:
        """Verify the order and its checkpoints; return the agreements to go on with, None for all."""
        order = check_all_checkpoints(
            self._reader, self.report, self._directories.now, self._log, kept=kept, since=since, roots=roots
        )
        if order is None or not since:
            return None
        changed = {stream for stream in changed_since(self._reader, order) if is_agreement(stream)}
        streams = {row["id"] for row in self._reader.rows("SELECT id FROM stream") if is_agreement(row["id"])}
        self.report.passed = len(streams - changed)
        return tuple(sorted(changed))

    def read_contents(self, streams: Collection[str]) -> None:
        """Hash what *streams* name, or everything stored when there are none."""
        self.report.place("content", "content", check_stored(self._reader, self._done.named, streams))

    def read_all_else(self) -> None:
        """Check what takes every agreement to know."""
        streams = {REGISTRY, *self.report.streams}
        self.report.compare("idempotency", check_stray_attempts(self._reader, streams))
        self.report.place("duties", "agreements", self._done.ledger.check())
        self.report.compare("counter", check_numbering(self._reader, streams), check="chain")
        self.report.compare("views", check_views(self._reader))
        for digest, seq in self._directories.now.erased.items():
            if digest not in self._done.own:
                text = f"it erased {digest[:12]}, which is nobody's own words"
                self.report.find("duties", REGISTRY, seq, text)


def _parts(lengths: Mapping[str, int]) -> Iterator[Sequence[str]]:
    """Yield agreements in order, as many together as are worth the while."""
    part: list[str] = []
    events = 0
    for ref, length in lengths.items():
        part.append(ref)
        events += length
        if events >= _PART:
            yield part
            part, events = [], 0
    if part:
        yield part
