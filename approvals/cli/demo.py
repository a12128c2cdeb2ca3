"""A whole life in a few seconds, played with the public API and the commands themselves.

Seven people with keys of their own take a real agreement from terms to force; then a copy of
the store is tampered with, and verification names the event; an older copy is put back, and a
checkpoint shows what is gone. Any step that does not hold ends the demonstration with a non-zero exit.
"""

import io
import json
import os
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import chdir, closing, contextmanager, redirect_stderr, redirect_stdout
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import click

from approvals.cli.lazy import command
from approvals.cli.output import say, show, show_json
from approvals.cli.settings import CONFIG, Settings
from approvals.cli.words import role_name
from approvals.labels import STATUSES
from workflow.errors import DemoFailedError, DemoFolderError, SystemFileError
from workflow.i18n import language, mark
from workflow.values.dates import TAIPEI

_PEOPLE = (
    ("bob", "陳伯寧", "監控事業部經理", ("dept_manager",)),
    ("dora", "吳朵拉", "財務長辦公室", ("finance", "tax")),
    ("lena", "陳美", "法務", ("legal",)),
    ("dan", "林丹", "個資與資安", ("dpo", "infosec")),
    ("hana", "張花", "資訊處處長", ("division_head",)),
    ("grace", "王怡君", "總經理", ("gm",)),
)
_OPINIONS = (
    ("dora", "finance", "clear", "預算已編列，付款條件可行。", "", ()),
    ("dora", "tax", "clear", "外國事業提供勞務，由我方報繳營業稅。", "營業稅法 §36", ()),
    ("dan", "infosec", "clear", "供應商已提供資安稽核報告。", "", ()),
    ("dan", "dpo", "clear", "六項監督事項均已入約。", "個人資料保護法施行細則 §8", ()),
    (
        "lena",
        "legal",
        "conditions",
        "責任上限為總價 150%，高於慣例。",
        "民法 §222",
        ("總經理須知悉並同意責任上限。",),
    ),
)
_EXECUTION = """\
effective_on = {today}
originals = 2
holders = ["台北光電股份有限公司", "Northwind Cloud GmbH"]
consent_mode = "agreed"

[[signatories]]
side = "ours"
name = "林志遠"
title = "董事長"
method = "signed_and_sealed"
on = {today}
authority = "representative"

[[signatories]]
side = "theirs"
name = "Anna Becker"
title = "Managing Director"
method = "electronic"
on = {today}
authority = "representative"

[[seals]]
seal = "company"
at = {now}
pages = "全部騎縫及簽署頁"
custodian = "游淑芬"
witness = "何愛莉"

[[seals]]
seal = "representative"
at = {now}
pages = "簽署頁"
custodian = "林志遠"
witness = "何愛莉"
"""


@command(
    "demo",
    mark("Play an agreement's whole life, and catch a tampered byte."),
    epilog="assent demo --dir try-it",
)
@click.option(
    "--dir",
    "folder",
    type=click.Path(path_type=Path),
    help=mark("Where to leave the store and the documents; a new folder unless given."),
)
def demo_command(settings: Settings, folder: Path | None) -> None:
    """Play the demonstration."""
    shown = folder or _new_folder()
    place = shown.absolute()
    if place.is_dir() and any(place.iterdir()):
        raise DemoFolderError(path=shown)
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SystemFileError(path=place, reason=error.strerror) from None
    with chdir(place), own_environment():
        Demo(quiet=settings.as_json).play()
    if settings.as_json:
        show_json(
            "demo", folder=str(place), store=str(place / "assent.db"), documents=str(place / "documents")
        )
        return
    show()
    show(
        say(
            mark("The store is {path}, the documents are in {folder}"),
            path=place / "assent.db",
            folder=place / "documents",
        )
    )
    show(say(mark("Try next:")))
    for line in (
        f"cd {shown}",
        "assent inbox --as bob",
        "assent show 2",
        "assent approve 2 --as bob",
        "assent audit verify",
    ):
        show(f"  {line}")


class Demo:
    """The steps, in order. Each says what it did, or raises `DemoFailedError`."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet, self._step, self._ref = quiet, 0, ""

    def play(self) -> None:
        """Play everything in the current folder."""
        self._found()
        self._negotiate()
        self._review()
        self._sign()
        self._execute()
        shutil.copyfile("assent.db", "older.db")
        self._leave_one_waiting()
        self._verify()
        self._tamper()
        self._put_back()

    def _found(self) -> None:
        Path(CONFIG).write_text('db = "assent.db"\nperson = "alice"\nkeys = "keys"\n', encoding="utf-8")
        self._run("alice", "init", "--organisation", "台北光電股份有限公司", "--name", "何愛莉")
        self._tell("alice", mark("made the store, her key, and the registry of people"))
        for person, name, title, roles in _PEOPLE:
            self._run(person, "key", "new")
            given = [word for role in roles for word in ("--role", role)]
            self._run(
                "alice",
                "people",
                "add",
                person,
                "--name",
                name,
                "--title",
                title,
                *given,
                "--public-key",
                f"keys/{person}.pub",
            )
        self._tell("alice", mark("registered {count} people with keys of their own"), count=len(_PEOPLE))

    def _negotiate(self) -> None:
        from workflow import Workspace
        from workflow.negotiation import Deal

        for name in ("terms.toml", "small.toml", "reply.eml"):
            Path(name).write_bytes((files("approvals") / "data" / "demo" / name).read_bytes())
        with Workspace.open("assent.db", person="alice") as workspace:
            deal = workspace.new("services", Deal.load("terms.toml"))
            self._ref = deal.ref
            self._tell("alice", mark("planned and negotiated {ref}: {title}"), ref=deal.ref, title=deal.title)
            deal.agree()
            self._tell("alice", mark("recorded the agreed terms: term sheet"))
            deal.confirm()
            self._tell("alice", mark("issued the confirmation letter, words and figures from one integer"))
            deal.acknowledge("reply.eml")
            self._tell("alice", mark("attached the other side's written reply by its digest"))
            deal.draft()
            self._tell("alice", mark("drafted the contract from terms and clauses"))
            deal.submit()
            self._tell("alice", mark("submitted it; the policy asks five experts and two approvers"))
        self._expect_state("expert_review")

    def _review(self) -> None:
        flags = {row["role"]: row["flag"] for row in self._json("alice", "show", self._ref)["flags"]}
        for person, role, conclusion, reason, basis, musts in _OPINIONS:
            given = [word for text in musts for word in ("--must", text)]
            self._run(
                person,
                "flag",
                "resolve",
                self._ref,
                flags[role],
                "--conclusion",
                conclusion,
                "--reason",
                reason,
                "--basis",
                basis,
                *given,
                "--yes",
            )
            self._tell(
                person,
                mark("signed an opinion on {flag} ({role}): {conclusion}"),
                flag=flags[role],
                role=role_name(role),
                conclusion=say(STATUSES[conclusion]),
            )
        self._run(
            "grace",
            "flag",
            "close",
            self._ref,
            flags["legal"],
            "C-1",
            "--reason",
            "已知悉並同意責任上限。",
            "--yes",
        )
        self._tell("grace", mark("closed the lawyer's condition; the last flag is resolved"))
        self._expect_state("sign_off")

    def _sign(self) -> None:
        self._refused("alice", 4, "W031", "approve", self._ref, "--yes")
        self._tell("alice", mark("tried to approve her own draft: refused (W031)"))
        self._refused("grace", 1, "W034", "approve", self._ref, "--yes")
        self._tell("grace", mark("tried to sign before her step: refused (W034)"))
        for person in ("bob", "grace"):
            self._run(person, "approve", self._ref, "--yes", "--reason", "同意。")
            self._tell(person, mark("signed it off with an SSH key"))
        self._expect_state("approved")

    def _execute(self) -> None:
        now = datetime.now(UTC).astimezone(TAIPEI)
        facts = _EXECUTION.format(today=now.date().isoformat(), now=f"{now:%Y-%m-%dT%H:%M:00}")
        Path("execution.toml").write_text(facts, encoding="utf-8")
        self._run("alice", "execute", self._ref, "--file", "execution.toml")
        self._tell("alice", mark("recorded who signed for each side: certificate of completion"))
        self._run("alice", "activate", self._ref)
        self._expect_state("in_force")
        saved = self._json("alice", "documents", "save", self._ref, "--out", "documents")["files"]
        self._tell("alice", mark("brought it into force and saved {count} Word documents"), count=len(saved))

    def _leave_one_waiting(self) -> None:
        from workflow import Terms, Workspace

        with Workspace.open("assent.db", person="alice") as workspace:
            deal = workspace.new("services", Terms.load("small.toml"))
            deal.open().agree().confirm().acknowledge("reply.eml").draft().submit()
            self._tell("alice", mark("submitted a small one, {ref}: it waits for bob alone"), ref=deal.ref)
            waits = deal.waiting_for
        if waits != ("dept_manager",):
            raise DemoFailedError(step=self._step, reason=f"the small agreement waits for {waits}")

    def _verify(self) -> None:
        report = self._json("alice", "audit", "verify")
        if not report["ok"]:
            raise DemoFailedError(step=self._step, reason=json.dumps(report["findings"], ensure_ascii=False))
        self._tell(
            "-",
            mark("verified {events} events and {signatures} signatures: they fit together"),
            events=report["events"],
            signatures=report["signatures"],
        )

    def _tamper(self) -> None:
        shutil.copyfile("assent.db", "tampered.db")
        with closing(sqlite3.connect("tampered.db", isolation_level=None)) as copy:
            seq, line = copy.execute(
                "SELECT seq, line FROM event WHERE stream = ? AND line LIKE ? ORDER BY seq",
                (self._ref, '%"type":"approved"%'),
            ).fetchone()
            changed = line.replace('"actor":"bob"', '"actor":"bab"')
            change = ("UPDATE event SET line = ? WHERE stream = ? AND seq = ?", (changed, self._ref, seq))
            try:
                copy.execute(*change)
            except sqlite3.IntegrityError:
                self._tell("-", mark("changed one byte in a copy: the database itself refused"))
            else:
                raise DemoFailedError(step=self._step, reason=mark("the database accepted a changed event"))
            copy.execute("DROP TRIGGER event_no_update")
            copy.execute(*change)
        report = self._refused("alice", 5, "", "audit", "verify", "--db", "tampered.db", "--json")
        found = [f for f in json.loads(report)["findings"] if f["event"] == f"{self._ref}#{seq}"]
        if not found:
            raise DemoFailedError(step=self._step, reason=mark("verification did not name the event"))
        self._tell(
            "-", mark("removed that guard and changed it: verification fails (exit 5) and names the event")
        )
        if not self._quiet:
            show(f"       {found[0]['event']}: {found[0]['meaning']}")

    def _put_back(self) -> None:
        self._run("alice", "audit", "checkpoint", "--out", "checkpoint.txt")
        self._tell("alice", mark("signed a checkpoint of every event, to be kept elsewhere"))
        self._run("alice", "audit", "verify", "--db", "older.db")
        kept = ("--checkpoint", "checkpoint.txt")
        self._refused("alice", 5, "", "audit", "verify", "--db", "older.db", *kept)
        Path("older.db").unlink()
        self._tell(
            "-",
            mark("put an older copy back: it fits together by itself, and the checkpoint shows what is gone"),
        )

    def _expect_state(self, state: str) -> None:
        found = self._json("alice", "show", self._ref)["state"]
        if found != state:
            raise DemoFailedError(step=self._step, reason=f"{self._ref} is {found}, not {state}")

    def _json(self, person: str, *words: str) -> Any:
        return json.loads(self._run(person, *words, "--json"))

    def _run(self, person: str, *words: str) -> str:
        code, out, err = _call([*words, "--as", person, "--no-input"])
        if code:
            raise DemoFailedError(step=self._step, reason=f"assent {' '.join(words)}: {err.strip()}")
        return out

    def _refused(self, person: str, expected: int, error: str, *words: str) -> str:
        code, out, err = _call([*words, "--as", person, "--no-input"])
        if code != expected or error not in err:
            raise DemoFailedError(
                step=self._step, reason=f"assent {' '.join(words)} should be refused: {code} {err}"
            )
        return out

    def _tell(self, who: str, text: str, **facts: object) -> None:
        self._step += 1
        if not self._quiet:
            show(f"{self._step:>3}  {who:<6} {say(text, **facts)}")


def _call(arguments: Sequence[str]) -> tuple[int, str, str]:
    from approvals.cli import main

    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = main([*arguments, "--lang", language()])
    return code, out.getvalue(), err.getvalue()


def _new_folder() -> Path:
    names = (f"assent-demo{suffix}" for suffix in ("", *(f"-{n}" for n in range(2, 10_000))))
    return next(Path(name) for name in names if not Path(name).exists())


@contextmanager
def own_environment() -> Iterator[None]:
    """Keep the demonstration from the reader's own store, person and keys."""
    kept = {
        name: os.environ.pop(name)
        for name in list(os.environ)
        if name.startswith("ASSENT_") and name != "ASSENT_LANG"
    }
    try:
        yield
    finally:
        os.environ.update(kept)
