"""How far a long run is: one line on a terminal, written over itself and gone at the end."""

import sys
import time

from approvals.cli.output import rewrite, say, width
from workflow.i18n import mark

_FIRST_AFTER = 1.0
_AGAIN_AFTER = 0.25


class Progress:
    """To be told how much is done; shows it when that takes longer, and only to a person."""

    def __init__(self, *, shown: bool) -> None:
        self._shown = shown and sys.stderr.isatty()
        self._due = time.monotonic() + _FIRST_AFTER
        self._width = 0

    def __enter__(self) -> "Progress":
        return self

    def __exit__(self, *_: object) -> None:
        if self._width:
            rewrite("", over=self._width)

    def __call__(self, done: int, of: int) -> None:
        """Take in how much is done."""
        if not self._shown or time.monotonic() < self._due:
            return
        self._due = time.monotonic() + _AGAIN_AFTER
        line = say(mark("Verified {done} of {of} events"), done=f"{done:,}", of=f"{of:,}")
        rewrite(line, over=self._width)
        self._width = width(line)
