"""Whether what assessors recorded is what they signed, by evidence that stands, of others' work.

Pure checks for ``approvals.audit``: each yields (check, what does not hold).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import cache

from approvals.assessments import Assessment, Cited, fields_of, lacking, read_assessment
from approvals.assessors import ASSESSOR, taking_part
from approvals.audit_chains import Chain
from approvals.audit_contents import check_notes
from approvals.audit_decisions import Evidence, check_signature, compare, read_fields
from approvals.audit_registry import Directories
from approvals.audit_report import ODD
from approvals.audit_tables import check_attempts, check_end
from approvals.competency import find_unit, units
from approvals.directory import Directory
from approvals.labels import JUDGEMENTS, METHODS
from approvals.statements import ASSESSMENT
from workflow.errors import WorkflowError
from workflow.events import ASSESSMENTS, Event, is_agreement
from workflow.ledger import GENESIS
from workflow.notes import notes_in

Faults = Iterator[tuple[str, str]]
#: Returns the events of an agreement; none where there is no such one.
Agreements = Callable[[str], Sequence[Event]]


def check_assessments(chain: Chain, directories: Directories) -> Iterator[str]:
    """Verify what assessors recorded, by the registry and what they cite; yield their words' digests."""
    report, statements = chain.report, set[str]()

    @cache
    def agreement(ref: str) -> Sequence[Event]:
        try:
            return chain.reader.events(ref)
        except WorkflowError:
            return ()  # what cannot be read is found there

    for event in [chained.event for chained in chain.events()]:
        report.signatures += 1
        statement = event.signed.statement if event.signed else ""
        if statement in statements:
            report.find("signatures", ASSESSMENTS, event.seq, "its statement was signed for another")
        statements.add(statement)
        found = check_assessment(event, directories.at(event), chain.evidence(event), agreement)
        report.add(ASSESSMENTS, event.seq, found)
        report.add(ASSESSMENTS, event.seq, check_notes(chain.reader, event, directories.now.erased))
        with suppress(*ODD):  # what cannot be read is found above
            yield from [digest for _, digest in notes_in(event.payload)]
    report.compare(ASSESSMENTS, check_end(chain.reader, ASSESSMENTS, chain.end), check="chain")
    report.compare(ASSESSMENTS, check_attempts(chain.reader, ASSESSMENTS, chain.attempts))


def check_assessment(
    event: Event, directories: Iterable[Directory], evidence: Evidence, agreements: Agreements
) -> Faults:
    """Check one assessment; *directories* are the registry as it may have stood then, the latest first."""
    found = read_assessment(event)
    yield from _check_words(found)
    # Times are to the second: it holds where it does under any of them.
    judged = [list(_check_signed(event, directory, evidence)) for directory in directories]
    yield from next((faults for faults in judged if not faults), judged[0] if judged else [])
    for ref in sorted({cited.stream for cited in found.evidence}):
        cited = [one for one in found.evidence if one.stream == ref]
        yield from _check_cited(found, ref, cited, agreements(ref) if is_agreement(ref) else ())


def _check_words(found: Assessment) -> Faults:
    if found.judgement not in JUDGEMENTS or found.method not in METHODS:
        yield "duties", f"there is no judgement {found.judgement!r} by {found.method!r}"
    # Of a unit that is not shipped any more, nobody can say which rows it had.
    if found.unit in units() and found.row not in {row.id for row in find_unit(found.unit).rows}:
        yield "duties", f"the unit {found.unit} has no row {found.row}"
    if lacking(found.method, seen=bool(found.evidence), told=bool(found.reason)):
        yield "duties", "it does not say what was seen"
    if found.assessor == found.candidate:
        yield "duties", f"{found.assessor} judged their own work"


def _check_signed(event: Event, directory: Directory, evidence: Evidence) -> Faults:
    person = directory.people.get(event.actor)
    if person is None or person.roles != {ASSESSOR}:
        yield "duties", f"{event.actor} was not assessor, and nothing else, at that time"
    if event.payload["candidate"] not in directory.people:
        yield "duties", f"{event.payload['candidate']} was not in the registry"
    key = person.key(event.signed.key, event.at) if person and event.signed else None
    if key is None:
        yield "signatures", f"it is not signed with a key that was {event.actor}'s at that time"
        return
    statement = evidence.statement()
    yield from check_signature(event, statement, key.public, ASSESSMENT)
    said = read_fields(statement)
    expected = {
        **fields_of(event.payload),
        "log": evidence.log,
        "person": event.actor,
    }
    yield from compare(said, expected)
    number, _, head = str(said.get("seen")).partition(" ")
    seq = int(number) if number.isascii() and number.isdecimal() and len(number) < 10 else -1
    if head != (evidence.head(seq) if seq else GENESIS) or not head:
        yield "signatures", f"the trail was rewritten: its signer saw {head[:12]} as number {number}"


def _check_cited(found: Assessment, ref: str, cited: Sequence[Cited], events: Sequence[Event]) -> Faults:
    """Check that the events cited are there still, and that the work was the candidate's alone of the two."""
    hashes = {event.seq: event.hash for event in events}
    for one in cited:
        if hashes.get(one.seq) != one.digest:
            yield "content", f"it cites {one.ref} as {one.digest[:12]}, which is not there"
    last = max(one.seq for one in cited)
    if found.assessor in taking_part(e for e in events if e.seq <= last or e.at < found.at):
        yield "duties", f"{found.assessor} had taken part in {ref}"
    if found.candidate not in taking_part(e for e in events if e.seq <= last or e.at <= found.at):
        yield "duties", f"{found.candidate} had taken no part in {ref}"
