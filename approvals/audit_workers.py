"""Agreements verified by several processes: what comes of it is what one process would find.

Every helper opens the store itself and sees the same moment. A helper that cannot is no loss,
as whoever asked does the part then. Helpers end with the process that started them, however it
ends, because whoever reads a file keeps others from writing.
"""

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from multiprocessing.connection import wait

from approvals.audit_agreement import Verified, check_agreements
from approvals.audit_chains import Chain
from approvals.audit_digests import Digests
from approvals.audit_registry import Directories, stages
from approvals.audit_report import Report
from workflow.errors import WorkflowError
from workflow.events import REGISTRY
from workflow.i18n import language, use_language
from workflow.places import Place
from workflow.reading import Reader

Part = Sequence[str]

# A writer who waits for us to finish keeps others from beginning to read.
_PATIENCE = 3.0


@dataclass(frozen=True, slots=True)
class Moment:
    """The store as it was when the verification began, for others to see as well."""

    place: Place
    log: str
    shared: str


def cores() -> int:
    """Return how many processes can run at a time here."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def verified_by_many(
    moment: Moment, parts: Sequence[Part], *, processes: int, myself: Callable[[Part], Verified]
) -> Iterator[Verified]:
    """Yield what every one of *parts* comes to, in order; *myself* does what helpers cannot."""
    try:
        pool = ProcessPoolExecutor(
            processes, multiprocessing.get_context("spawn"), _begin, (moment, language())
        )
    except (OSError, NotImplementedError, ImportError):  # no semaphores here
        yield from map(myself, parts)
        return
    try:
        waiting: deque[tuple[Part, Future[Verified | None] | None]] = deque()
        for part in parts:
            waiting.append((part, _submitted(pool, part)))
        while waiting:
            part, future = waiting.popleft()
            yield _outcome(future) or myself(part)
    finally:
        pool.shutdown(cancel_futures=True)


def _submitted(pool: ProcessPoolExecutor, part: Part) -> Future[Verified | None] | None:
    try:
        return pool.submit(_verify, part)
    except (BrokenExecutor, OSError):
        return None


def _outcome(future: Future[Verified | None] | None) -> Verified | None:
    try:
        return future.result() if future else None
    except BrokenExecutor:
        return None


# What follows runs in the helpers.


@dataclass(frozen=True, slots=True)
class _Opened:
    reader: Reader
    log: str
    directories: Directories


_moment: Moment | None = None
_opened: _Opened | None = None
_open = ExitStack()


def _begin(moment: Moment, language: str) -> None:
    global _moment
    _moment = moment
    use_language(language)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that started us
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _verify(part: Part) -> Verified | None:
    """Verify agreements; None where this process cannot read the store, or not now."""
    try:
        here = _opened or _opened_now()
        return check_agreements(here.reader, here.log, here.directories, part)
    except WorkflowError:
        return None


def _opened_now() -> _Opened:
    global _opened
    if _moment is None:
        raise RuntimeError("a helper begins before it verifies")
    with ExitStack() as stack:
        reader = stack.enter_context(Reader(_moment.place, patience=_PATIENCE))
        stack.enter_context(reader.snapshot(_moment.shared))
        registry = Chain(reader, REGISTRY, _moment.log, Report(), Digests())
        _opened = _Opened(reader, _moment.log, stages(registry))
        _open.push(stack.pop_all())
    return _opened
