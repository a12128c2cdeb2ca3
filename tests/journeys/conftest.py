"""The command, run as people run it, and offices to run it in.

`cli` runs the installed ``assent`` in a process of its own, in an empty folder, with keys and
settings of its own. `founded`, `confirmed`, `in_review`, `in_sign_off`, `approved` and `in_force`
are folders in which one agreement has come that far, each a copy of what commands prepared once.
"""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

SCRIPT = Path(sys.executable).with_name("assent")
TERMS = Path(__file__).parents[1] / "data" / "terms.toml"
#: Everyone but alice, who founds the store and drafts; what they are called, what they are.
PEOPLE = {
    "bob": ("陳伯寧", ("dept_manager",)),
    "lena": ("陳美", ("legal",)),
    "dan": ("林丹", ("dpo",)),
    "grace": ("王怡君", ("gm",)),
    "sam": ("沈山", ("staff",)),
}
#: No command takes so many seconds; one that waits for ever is ended.
PATIENCE = 20
#: The tables that are only ever added to: nothing may be recorded by halves.
KEPT = ("event", "content", "note", "idempotency", "stream", "seal", "checkpoint", "stamp")
TODAY = (datetime.now(UTC) + timedelta(hours=8)).date()
REF = f"AGR-{TODAY:%Y}-0001"
#: What only our own side may read: where the plan stops, and where it walks away.
SECRETS = ("不超過每月一萬一千元", "低於九成服務水準即離席")
PLAN = f"""
purpose = "由可靠的夥伴維運客戶服務中心。"
walk_away = "{SECRETS[1]}"

[[issues]]
topic = "每月費用"
aim = "九千元"
limit = "{SECRETS[0]}"
"""
ROUND = f"""
held_on = {TODAY - timedelta(days=3)}
attendees = ["何愛莉", "許和風"]
summary = "雙方就費用達成一致。"

[[points]]
topic = "每月費用"
status = "agreed"
value = "九千元"
"""
EXECUTION = f"""
effective_on = {TODAY}
originals = 2
holders = ["台北光電股份有限公司", "和風客服有限公司"]
consent_mode = "agreed"

[[signatories]]
side = "ours"
name = "林志遠"
title = "董事長"
method = "signed_and_sealed"
on = {TODAY}
authority = "representative"

[[signatories]]
side = "theirs"
name = "許和風"
title = "負責人"
method = "electronic"
on = {TODAY}
authority = "representative"

[[seals]]
seal = "company"
at = {TODAY}T00:00:00
pages = "12"
custodian = "游淑芬"
witness = "沈山"
"""


@dataclass(frozen=True)
class Result:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON document it printed."""
        return json.loads(self.out)


class Forks:
    """The process that forks one for each command; see ``forks.py``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("forks.py")), str(SCRIPT)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(
        self, words: Sequence[str], folder: Path, env: Mapping[str, str], given: str, **how: Any
    ) -> Result:
        """Run a command to its end; *given* is what it can read."""
        out, err, read = (self._folder / name for name in ("out", "err", "in"))
        read.write_text(given, encoding="utf-8")
        streams = {"out": str(out), "err": str(err), "in": str(read)}
        code = self.wait(self.start(words, folder, env, **streams, **how))
        return Result(code, out.read_text(encoding="utf-8"), err.read_text(encoding="utf-8"))

    def start(self, words: Sequence[str], folder: Path, env: Mapping[str, str], **how: Any) -> int:
        """Start a command and return its process; *how* names its files, or its terminal."""
        asked = {"words": words, "folder": str(folder), "env": dict(env)}
        return self._ask({**asked, "patience": PATIENCE, "bound": False, **how})

    def wait(self, process: int) -> int:
        """Wait for a command to end and return its exit code."""
        return self._ask({"wait": process})

    def _ask(self, request: Mapping[str, Any]) -> int:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        assert answer, "the process that runs the commands has ended"
        return int(answer)

    def close(self) -> None:
        self._process.communicate()


class Cli:
    """The command in *folder*: ``cli("show", "1", person="lena")``."""

    def __init__(self, forks: Forks, folder: Path) -> None:
        self._forks, self.folder = forks, folder
        kept = {name: value for name, value in os.environ.items() if not _theirs(name)}
        self.env = kept | {
            "HOME": str(folder / "home"),
            "XDG_CONFIG_HOME": str(folder / "config"),
            "ASSENT_KEYS": str(folder / "keys"),
            "LANG": "C.UTF-8",
        }

    def __call__(
        self,
        *words: object,
        person: str = "",
        given: str = "",
        code: int | tuple[int, ...] = 0,
        bound: bool = False,
    ) -> Result:
        """Run a command that ends with *code*, or one of several, and never with a fault of ours.

        *given* is what it reads; *bound* by file permissions it is even where root runs it.
        """
        said = (*map(str, words), *(("--as", person) if person else ()))
        return checked(self._forks.run(said, self.folder, self.env, given, bound=bound), code)

    def start(self, *words: object, person: str = "", **how: Any) -> int:
        """Start a command, on a terminal or with files for streams, and return its process."""
        said = (*map(str, words), *(("--as", person) if person else ()))
        return self._forks.start(said, self.folder, self.env | {"TERM": "dumb"}, **how)

    def wait(self, process: int) -> int:
        """Wait for a command that was started to end, and return its exit code."""
        return self._forks.wait(process)

    def alone(self, *words: object, program: object = SCRIPT, code: int = 0, **how: Any) -> Result:
        """Run it, or another *program*, as `subprocess.run` does, with what that offers beside it."""
        done = subprocess.run(
            [str(program), *map(str, words)],
            **{"cwd": self.folder, "env": self.env, "stdin": subprocess.DEVNULL, "timeout": 60, **how},
            capture_output=True,
            text=True,
            check=False,
        )
        return checked(Result(done.returncode, done.stdout, done.stderr), code)

    def refuses(self, error: str, code: int, *words: object, **how: Any) -> Result:
        """Run a command that is refused: with this error, a way out, and nothing recorded."""
        with self.nothing_recorded():
            result = self(*words, code=code, **how)
        assert f"\nerror[{error}]: " in f"\n{result.err}", result.err
        assert "\n  try   " in result.err, result.err
        assert not result.out
        return result

    def json(self, *words: object, **how: Any) -> Any:
        """Run a command with ``--json`` and return the document it printed."""
        return self(*words, "--json", **how).json

    @contextmanager
    def nothing_recorded(self) -> Iterator[None]:
        """Assert that what happens inside adds nothing to the store."""
        before = self.kept()
        yield
        assert self.kept() == before

    def kept(self) -> dict[str, int]:
        """Return how many rows there are of everything that is only ever added to."""
        store = self.folder / "assent.db"
        if not store.exists():
            return {}
        with closing(sqlite3.connect(f"{store.as_uri()}?mode=ro", uri=True)) as connection:
            return {
                table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in KEPT
            }

    def write(self, name: str, text: str) -> Path:
        """Write a file for a command to read."""
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path


def checked(result: Result, code: int | tuple[int, ...]) -> Result:
    assert "Traceback" not in result.err, result.err
    assert "W099" not in result.err, result.err
    assert result.code in (code if isinstance(code, tuple) else (code,)), (
        result.code,
        result.err,
        result.out,
    )
    return result


def _theirs(name: str) -> bool:
    """Tell whether a variable would bring the developer's own store, keys or language along."""
    return name.startswith(("ASSENT_", "LC_", "SSH_", "LANG", "XDG_", "COLUMNS"))


def found(cli: Cli) -> None:
    """Make the store, everyone's key, and the people; lay out the files that commands read."""
    cli("init", "--organisation", "台北光電股份有限公司", "--name", "何愛莉", person="alice")
    for person, (name, roles) in PEOPLE.items():
        cli("key", "new", person=person)
        held = [word for role in roles for word in ("--role", role)]
        cli("people", "add", person, "--name", name, *held, "--public-key", f"keys/{person}.pub")
    cli.write("terms.toml", TERMS.read_text(encoding="utf-8"))
    cli.write("changed.toml", TERMS.read_text(encoding="utf-8").replace('"90"', '"95"'))
    cli.write("reply.eml", "We agree to the terms of your letter.\n")
    for name, text in (("plan.toml", PLAN), ("round.toml", ROUND), ("execution.toml", EXECUTION)):
        cli.write(name, text)


def negotiate(cli: Cli) -> None:
    """Take one agreement from its plan to the other side's written yes."""
    cli("new", "services", "--terms", "terms.toml")
    cli("plan", "1", "--file", "plan.toml")
    cli("open", "1")
    cli("round", "1", "--file", "round.toml")
    cli("agree", "1")
    cli("confirm", "1")
    cli("acknowledge", "1", "--evidence", "reply.eml", "--note", "received by mail")


def submit(cli: Cli) -> None:
    """Draft the contract and put it forward."""
    cli("draft", "1")
    cli("submit", "1", "--note", "as agreed on the telephone")


def review(cli: Cli) -> None:
    """Let the experts answer what is asked of them; the lawyer sets a condition, and it is met."""
    clear = ("--conclusion", "clear", "--basis", "個資法 §8", "--reason", "六項監督事項均已入約。")
    if "dpo" in {row["role"] for row in cli.json("show", "1")["flags"] if row["blocking"]}:
        cli("flag", "resolve", "1", flag_of(cli, "dpo"), *clear, "--yes", person="dan")
    legal = flag_of(cli, "legal")
    conditions = ("--conclusion", "conditions", "--must", "總經理須知悉責任上限。", "--reason", "高於慣例。")
    cli("flag", "resolve", "1", legal, *conditions, "--yes", person="lena")
    cli("flag", "close", "1", legal, "C-1", "--reason", "已知悉。", "--yes", person="grace")


def approve(cli: Cli) -> None:
    """Let both approvers sign."""
    for person in ("bob", "grace"):
        cli("approve", "1", "--reason", "同意。", "--yes", person=person)


def perform(cli: Cli) -> None:
    """Record who signed for each side, and bring it into force."""
    cli("execute", "1", "--file", "execution.toml")
    cli("activate", "1")


def flag_of(cli: Cli, role: str) -> str:
    """Return the flag that asks *role*, of those that count."""
    flags = cli.json("show", "1")["flags"]
    return next(row["flag"] for row in flags if row["role"] == role and row["status"] != "superseded")


#: Each stage of an office: the one before it, and what leads to it.
_STAGES = {
    "founded": ("", found),
    "confirmed": ("founded", negotiate),
    "in_review": ("confirmed", submit),
    "in_sign_off": ("in_review", review),
    "approved": ("in_sign_off", approve),
    "in_force": ("approved", perform),
}


@pytest.fixture(scope="session")
def ways():
    """The steps that lead from stage to stage, and the words that must stay inside."""
    return sys.modules[__name__]


@pytest.fixture(scope="session")
def forks(tmp_path_factory):
    """The process that runs the commands."""
    with closing(Forks(tmp_path_factory.mktemp("forks"))) as forks:
        yield forks


@pytest.fixture
def cli(forks, tmp_path):
    """The command in an empty folder."""
    (tmp_path / "office").mkdir()
    return Cli(forks, tmp_path / "office")


@pytest.fixture(scope="session")
def office(forks, tmp_path_factory):
    """A function that returns the folder in which everything stands at a stage."""
    folder = tmp_path_factory.mktemp("offices")

    def at(stage: str) -> Path:
        before, go_on = _STAGES[stage]
        if not (folder / stage).exists():
            if before:
                shutil.copytree(at(before), folder / stage)
            else:
                (folder / stage).mkdir()
            go_on(Cli(forks, folder / stage))
        return folder / stage

    return at


def copied(office: Path, folder: Path, forks: Forks) -> Cli:
    """Return the command in a copy of an office."""
    shutil.copytree(office, folder)
    return Cli(forks, folder)


def _standing_at(stage: str):
    @pytest.fixture(name=stage)
    def standing(office, forks, tmp_path):
        return copied(office(stage), tmp_path / stage, forks)

    standing.__doc__ = f"The command in a folder whose one agreement is {stage.replace('_', ' ')}."
    return standing


founded, confirmed, in_review, in_sign_off, approved, in_force = map(_standing_at, _STAGES)


@pytest.fixture(scope="session")
def waiting(office, forks, tmp_path_factory):
    """Commands that wait for a store which another program holds: the office, and how to hear them out."""
    folder = tmp_path_factory.mktemp("waiting")
    cli = copied(office("in_sign_off"), folder / "office", forks)
    holder = sqlite3.connect(cli.folder / "assent.db", isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    (folder / "in").touch()
    started = []
    for words in (("list",), ("new", "services"), ("approve", "1", "--yes", "--as", "bob")):
        streams = {name: str(folder / f"{words[0]}.{name}") for name in ("out", "err")}
        process = cli.start(*words, patience=60, **{**streams, "in": str(folder / "in")})
        started.append((process, Path(streams["err"])))

    def hear() -> list[tuple[int, str]]:
        heard = [(cli.wait(process), err.read_text(encoding="utf-8")) for process, err in started]
        holder.execute("ROLLBACK")
        return heard

    with closing(holder):
        yield cli, hear


@pytest.fixture(scope="session", autouse=True)
def _wait_from_the_beginning(request):
    """Half a minute of waiting costs nothing while the other tests run."""
    if any("waiting" in getattr(item, "fixturenames", ()) for item in request.session.items):
        request.getfixturevalue("waiting")
