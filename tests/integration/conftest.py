"""Processes that race, and that can be killed: what `labour.py` offers, as a fixture."""

import fcntl
import json
import os
import signal
import subprocess
import sys
from collections import defaultdict
from contextlib import contextmanager
from pathlib import Path

import pytest


class Labour:
    """The program `labour.py`, running; each of its processes is known by its number."""

    def __init__(self, folder):
        self._gate = folder / "gate"
        self._gate.touch()
        program = Path(__file__).with_name("labour.py")
        self._program = subprocess.Popen(
            [sys.executable, program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.said = defaultdict(list)

    def start(self, world, do, **job):
        """Start a process for a job and return its number."""
        self._ask(self._job(world, do, job))
        return self._hear("started")["started"]

    def warm_up(self, world, **job):
        """Do a job in the program itself, so that what it imports and compiles is inherited."""
        self._ask(self._job(world, "warm up", job))
        self._hear("warm")

    def kill(self, process):
        """End a process at once, as the power cut or the kernel would, and return all it said."""
        os.kill(process, signal.SIGKILL)
        return self.wait(process)

    def wait(self, process):
        """Wait until a process has ended and return all it said."""
        self._ask({"do": "wait", "of": process})
        while self._hear("ended")["ended"] != process:
            pass
        return self.said.pop(process, [])

    def hear(self, process, word):
        """Wait until a process has said *word* at least once."""
        while not any(word in said for said in self.said[process]):
            self._next()

    @contextmanager
    def gate(self):
        """Keep the gate shut for the length of a ``with``: whoever waits there starts together."""
        with self._gate.open() as gate:
            fcntl.flock(gate, fcntl.LOCK_EX)
            yield str(self._gate)

    def race(self, world, do, jobs):
        """Let a process for each job start at the same moment; return what each said."""
        with self.gate() as gate:
            processes = [self.start(world, do, gate=gate, **job) for job in jobs]
            for process in processes:
                self.hear(process, "ready")
        return [self.wait(process)[1:] for process in processes]

    def close(self):
        self._program.stdin.close()
        self._program.wait()
        self._program.stdout.close()

    def _job(self, world, do, job):
        db = str(world.place.path or world.place.url)
        return {"do": do, "db": db, "keys": str(world.keys), "folder": str(world.reply.parent), **job}

    def _ask(self, question):
        self._program.stdin.write(json.dumps(question) + "\n")
        self._program.stdin.flush()

    def _hear(self, word):
        """Return the next thing the program itself says about *word*; keep what its processes say."""
        while True:
            said = self._next()
            if word in said and said["pid"] == self._program.pid:
                return said

    def _next(self):
        line = self._program.stdout.readline()
        assert line, "labour.py broke; see its error output"
        said = json.loads(line)
        if said["pid"] != self._program.pid:
            self.said[said["pid"]].append(said)
        return said


@pytest.fixture(scope="session")
def labour(tmp_path_factory, found, sqlite):
    """Processes that work on a store; they have imported all they need before they begin."""
    folder = tmp_path_factory.mktemp("labour")
    labour = Labour(folder)
    with found(sqlite, folder) as world:
        labour.warm_up(world, number=1, step=0, ref="", limit=13)
    yield labour
    labour.close()
