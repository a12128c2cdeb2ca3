"""The registry of people and rules: verified entry by entry, and as it stood at any moment."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime

from approvals.audit_chains import Chain
from approvals.audit_decisions import check_entry, founding_key
from approvals.audit_report import ODD
from approvals.audit_tables import check_attempts, check_end, check_registry
from approvals.directory import Directory, directory_of
from workflow.events import REGISTRY, Event


class Directories:
    """The registry as it stood at any moment."""

    def __init__(self) -> None:
        self._times: list[datetime] = []
        self._stages = [Directory()]

    @property
    def now(self) -> Directory:
        """The registry after its last entry."""
        return self._stages[-1]

    def follow(self, event: Event) -> None:
        """Take an entry of the registry in."""
        self._stages.append(directory_of([event], self.now))
        self._times.append(max(event.at, self._times[-1]) if self._times else event.at)

    def at(self, event: Event) -> Iterator[Directory]:
        """Yield who held what when *event* was recorded, the latest first.

        Times are to the second, so that what the registry learned in the same second may have
        come before the event or after it.
        """
        first, last = bisect_left(self._times, event.at), bisect_right(self._times, event.at)
        yield from reversed(self._stages[first : last + 1])


def stages(chain: Chain) -> Directories:
    """Return the registry as its chain tells it, verifying nothing else."""
    directories = Directories()
    for chained in chain.events():
        with suppress(*ODD):
            directories.follow(chained.event)
    return directories


def check_stages(chain: Chain) -> Directories:
    """Verify the registry and return it; everything else is judged by it."""
    directories, report = Directories(), chain.report
    events = [chained.event for chained in chain.events()]
    try:
        founder = founding_key(events)
    except ODD:
        founder = None
    for event in events:
        report.signatures += 1
        if directories.now.holders("admin"):
            founder = None
        report.add(
            REGISTRY,
            event.seq,
            check_entry(event, directories.now, chain.evidence(event), founder=founder),
        )
        try:
            directories.follow(event)
        except ODD as error:
            report.find("replay", REGISTRY, event.seq, str(error))
    report.compare(REGISTRY, check_end(chain.reader, REGISTRY, chain.end), check="chain")
    report.compare(REGISTRY, check_attempts(chain.reader, REGISTRY, chain.attempts))
    report.compare(REGISTRY, check_registry(chain.reader, directories.now))
    return directories
