"""One agreement verified: its chain, every event in it, and the rows that are kept of it."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field

from approvals.audit_aggregation import Ledger
from approvals.audit_chains import Chain, Chained
from approvals.audit_contents import (
    check_documents,
    check_final,
    check_notes,
    check_references,
    content,
    issued_with,
    terms_of,
)
from approvals.audit_digests import Digests
from approvals.audit_duties import check_event
from approvals.audit_registry import Directories
from approvals.audit_report import ODD, Report, guarded
from approvals.audit_tables import check_attempts, check_cache, check_end
from approvals.audit_wordings import check_wordings
from workflow.case import Case
from workflow.errors import WorkflowError
from workflow.events import SIGNED, Event
from workflow.notes import notes_in
from workflow.reading import Reader
from workflow.replay import apply


@dataclass(slots=True)
class Verified:
    """What verifying a part of the store comes to: small beside what was read, and it adds up.

    ``own`` is what of that which was erased were people's words, or papers that may repeat them.
    """

    report: Report = field(default_factory=Report)
    named: Digests = field(default_factory=Digests)
    ledger: Ledger = field(default_factory=Ledger)
    own: set[str] = field(default_factory=set)

    def take(self, other: "Verified") -> None:
        """Add what another part comes to."""
        self.report.take(other.report)
        self.named.take(other.named)
        self.ledger.take(other.ledger)
        self.own |= other.own


def check_agreements(reader: Reader, log: str, directories: Directories, refs: Iterable[str]) -> Verified:
    """Verify agreements, one after the other, by the registry as it stood."""
    done = Verified()
    for ref in refs:
        one = _Agreement(Chain(reader, ref, log, done.report, done.named), directories, done)
        one.read()
        one.compare()
    return done


class _Agreement:
    """The verification of one agreement: how it stands, and what has been signed."""

    def __init__(self, chain: Chain, directories: Directories, done: Verified) -> None:
        self._chain, self._directories, self._done = chain, directories, done
        self._reader, self._report, self._ref = chain.reader, chain.report, chain.stream
        self._case: Case | None = None
        self._refused = False
        self._statements: dict[str, Event] = {}

    def read(self) -> None:
        """Verify every event, until one cannot have happened."""
        for chained in self._chain.events():
            try:
                after = apply(self._case, chained.event)
            except WorkflowError as error:
                self._report.find("replay", self._ref, chained.event.seq, str(error))
                self._refused = True
                self._chain.stop()
                continue
            self._check(after, chained)
            self._case = after

    def compare(self) -> None:
        """Compare what is kept beside the chain with it."""
        report, ref = self._report, self._ref
        if self._case is None and not self._refused:
            report.find("chain", ref, 0, "it has no events")
        if self._case is not None and not self._refused:
            report.compare(ref, self._cached(self._case))
        report.compare(ref, check_end(self._reader, ref, self._chain.end), check="chain")
        report.compare(ref, check_attempts(self._reader, ref, self._chain.attempts))

    def _check(self, after: Case, chained: Chained) -> None:
        event, reader, report = chained.event, self._reader, self._report
        if event.type in SIGNED:
            report.signatures += 1
            self._require_first_use(event)
        self._judge(after, event)
        now = self._directories.now
        report.add(self._ref, event.seq, check_documents(reader, after, event, now.erased))
        report.add(self._ref, event.seq, check_notes(reader, event, now.erased))
        report.add(self._ref, event.seq, check_references(reader, after, event, now.erased))
        report.add(self._ref, event.seq, check_wordings(reader, after, event))
        if now.erased:
            self._done.own |= now.erased.keys() & set(_own(after, event))
        report.add(self._ref, event.seq, check_final(reader, after, event, now, clock=chained.clock))
        report.documents += sum(document.seq == event.seq for document in after.documents)
        with suppress(*ODD):  # what cannot be read is found above
            self._done.ledger.follow(after, event, lambda digest: terms_of(content(reader, digest)))

    def _judge(self, after: Case, event: Event) -> None:
        """Add what does not hold, unless all does under a registry that may have stood at the time."""
        latest: list[tuple[str, str]] | None = None
        evidence = self._chain.evidence(event)
        for directory in self._directories.at(event):
            found = list(guarded(check_event(self._case, after, event, directory, evidence)))
            if not found:
                return
            latest = latest or found
        self._report.add(self._ref, event.seq, iter(latest or ()))

    def _require_first_use(self, event: Event) -> None:
        """Find a statement that counts a second time, such as one whose decision was taken back.

        A statement names its agreement, so another agreement's is found where it is compared.
        """
        statement = event.signed.statement if event.signed else ""
        first = self._statements.setdefault(statement, event)
        if first is not event and statement:
            text = f"its signed statement is that of {first.ref}; nobody signed it twice"
            self._report.find("signatures", self._ref, event.seq, text)

    def _cached(self, case: Case) -> Iterator[tuple[str, str]]:
        terms = terms_of(content(self._reader, case.terms)) if case.terms else None
        yield from check_cache(self._reader, case, terms)


def _own(case: Case, event: Event) -> Iterator[str]:
    """Yield the digests of an event's notes, and of the internal papers issued with it."""
    yield from (digest for _, digest in notes_in(event.payload))
    for paper in issued_with(case, event):
        if paper.audience == "internal":
            yield from (paper.file, paper.context)
