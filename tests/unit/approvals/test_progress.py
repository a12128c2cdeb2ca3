"""How far a long run is: said to a person who waits, and to nobody else."""

import io
import sys

import pytest

from approvals.cli import progress
from approvals.cli.progress import Progress


class Terminal(io.StringIO):
    """A stream that says whether a person reads it."""

    def __init__(self, *, person):
        super().__init__()
        self._person = person

    def isatty(self):
        return self._person


@pytest.fixture
def run(monkeypatch):
    """Let a run tell of its progress at given seconds; return what was written."""

    def told(*seconds, person=True, shown=True):
        stream, now = Terminal(person=person), [0.0]
        monkeypatch.setattr(sys, "stderr", stream)
        monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
        with Progress(shown=shown) as tell:
            for second in seconds:
                now[0] = second
                tell(int(second * 1000), 9000)
        return stream.getvalue()

    return told


def test_writes_one_line_over_itself_and_takes_it_away(run):
    text = run(0.5, 2, 4)

    assert "Verified 2,000 of 9,000 events" in text
    assert "Verified 4,000 of 9,000 events" in text
    assert "500" not in text.replace("9,000", "")
    assert "\n" not in text
    assert "\x1b" not in text
    *_, last, blank, end = text.split("\r")
    assert last.startswith("Verified")
    assert blank == " " * len(last)
    assert end == ""


def test_covers_a_line_in_chinese_as_wide_as_it_is(run, monkeypatch):
    monkeypatch.setattr(progress, "say", lambda _, done, of: f"已驗 {done}")
    text = run(2)

    assert text.split("\r")[-2] == " " * len("xxxx 2,000")


def test_does_not_write_more_often_than_can_be_read(run):
    assert run(*[2 + step / 100 for step in range(20)]).count("Verified") == 1


@pytest.mark.parametrize("how", [{"person": False}, {"shown": False}])
def test_writes_nothing_into_a_pipe_or_where_it_is_not_wanted(run, how):
    assert run(2, 4, **how) == ""


def test_writes_nothing_of_what_is_soon_over(run):
    assert run(0.1, 0.9) == ""
