"""The trail worked out again from its rows, and everything in it that does not fit.

Nothing stored is believed: chains, documents, signatures, states, clearances and tables are
recomputed with the pure rules and compared. Nothing that writes the trail is imported. A
finding names the agreement, the event and what it means; no finding means that what was
checked holds, and `Report.unchecked` says what could not be checked.
"""

from collections.abc import Collection, Iterable, Iterator

from approvals.audit_agreement import Verified, check_agreement
from approvals.audit_chains import Chain
from approvals.audit_registry import check_stages
from approvals.audit_report import CHECKS, ODD, Finding, Report
from approvals.audit_stored import check_stored
from approvals.audit_tables import check_numbering, check_stray_attempts, check_views
from workflow.events import REGISTRY
from workflow.reading import Reader

__all__ = ["CHECKS", "Finding", "Report", "audit"]


def audit(reader: Reader, refs: Iterable[str] = ()) -> Report:
    """Verify the agreements *refs*, or everything when there are none, against the stored rows."""
    wanted = tuple(refs)
    with reader.snapshot():
        run = _Run(reader)
        for stream in wanted or run.agreements():
            run.read(stream)
        run.read_contents((REGISTRY, *wanted) if wanted else ())
        if not wanted:
            run.read_all_else()
    return run.report


class _Run:
    """One verification: the registry it judges by, and what it has come to so far."""

    def __init__(self, reader: Reader) -> None:
        self._reader, self._done = reader, Verified()
        rows = reader.rows("SELECT value FROM meta WHERE name = :name", name="log")
        self._log = str(rows[0]["value"]) if rows else ""
        self._directories = check_stages(self._chain(REGISTRY))

    @property
    def report(self) -> Report:
        """What it says."""
        return self._done.report

    def agreements(self) -> list[str]:
        """Return the name of every chain but the registry's."""
        rows = self._reader.rows("SELECT stream FROM event UNION SELECT id FROM stream ORDER BY 1")
        return [row["stream"] for row in rows if row["stream"] != REGISTRY]

    def read(self, ref: str) -> None:
        """Verify an agreement."""
        check_agreement(self._chain(ref), self._directories, self._done.ledger)

    def read_contents(self, streams: Collection[str]) -> None:
        """Hash what *streams* name, or everything stored when there are none."""
        self._find("content", "content", check_stored(self._reader, self._done.named, streams))

    def read_all_else(self) -> None:
        """Check what takes every agreement to know."""
        streams = {REGISTRY, *self.report.streams}
        self.report.compare("idempotency", check_stray_attempts(self._reader, streams))
        self._find("duties", "agreements", self._done.ledger.check())
        self.report.compare("counter", check_numbering(self._reader, streams), check="chain")
        self.report.compare("views", check_views(self._reader))

    def _chain(self, stream: str) -> Chain:
        return Chain(self._reader, stream, self._log, self._done.report, self._done.named)

    def _find(self, check: str, what: str, found: Iterator[tuple[str, int, str]]) -> None:
        """Add what is found of events; *what* stands for what cannot be read at all."""
        try:
            for stream, seq, text in found:
                self.report.find(check, stream, seq, text)
        except ODD as error:
            self.report.find(check, what, 0, f"it cannot be read ({type(error).__name__}: {error})")
