"""Commands of staff: from terms to an agreement in force."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from approvals.cli.acting import once_option, tell
from approvals.cli.lazy import command
from approvals.cli.output import remark, say, show, visible
from approvals.cli.reasons import read_reason, reason_options
from approvals.cli.settings import Settings
from workflow.i18n import mark

if TYPE_CHECKING:
    from workflow.drafting import Agreement
    from workflow.negotiation import Deal

_TERMS = click.option("--terms", type=click.Path(path_type=Path), help=mark("A file of terms (TOML)."))


_EXAMPLE = """\b
# execution.toml
effective_on = 2027-01-01
originals = 2                  # as the contract says
holders = ["甲公司", "乙公司"]   # one for each original
copies = 1
copy_holders = ["採購部"]
consent_mode = "notified"      # or "agreed", "paper"

[notice]                       # where consent_mode is "notified"
sent_on = 2026-11-27
object_by = 2026-12-11
means = "電子郵件"
silence_explained = true

[[signatories]]
side = "ours"
name = "王小明"
title = "董事長"
method = "signed_and_sealed"   # or "signed", "sealed", "electronic"
on = 2026-12-21
authority = "representative"   # or "manager", "attorney"

[[signatories]]
side = "theirs"
name = "Ann Lee"
title = "Director"
method = "electronic"
on = 2026-12-21
authority = "attorney"

[signatories.power]            # where authority is "attorney"
dated = 2026-12-01
file = "power.pdf"             # or sha256, of one kept elsewhere

[[seals]]                      # each time our side sealed
seal = "company"               # or "representative", "contract", "joining"
at = 2026-12-21T10:20:00
pages = "12"
custodian = "游淑芬"
witness = "許庭瑋"
# void = "..."                 # why, where it was a mistake

[keeping]                      # for the contract card; left out, there is a line to fill in
custodian = "法務室"
place = "三樓契約櫃 A-12"
until = 2042-12-31

[stamp_tax]                    # as above
amount = 2640
means = "stamps"               # or "payment_slip", "summary", "none"
on = 2026-12-21"""


@command(
    "new",
    mark("Begin an agreement of KIND from a file of terms."),
    epilog="assent new services --terms terms.toml",
)
@click.argument("kind")
@_TERMS
@click.option(
    "--language",
    default="zh-TW",
    help=mark("Language of the documents: zh-TW, en, or zh-TW+en for a contract in both."),
)
@click.option("--title", default="", help=mark("What it is about; the terms' title unless given."))
@once_option
def new_command(
    settings: Settings, kind: str, terms: Path | None, language: str, title: str, once: str
) -> None:
    """Begin an agreement."""
    from workflow.negotiation import Deal

    deal = Deal.load(terms) if terms else None
    with settings.workspace() as workspace:
        agreement = workspace.new(kind, deal, language=language, title=title, once=once)
        tell(settings, "new", agreement)
        if not settings.as_json:
            _warn(agreement)


@command("plan", mark("Set the negotiation plan from a file."), epilog="assent plan 42 --file plan.toml")
@click.argument("ref")
@click.option("--file", "path", type=click.Path(path_type=Path), required=True, help=mark("The plan (TOML)."))
@once_option
def plan_command(settings: Settings, ref: str, path: Path, once: str) -> None:
    """Set the plan."""
    from workflow.negotiation import Plan
    from workflow.problems import read_toml

    plan = Plan.read(read_toml(path), source=str(path))
    _act(settings, "plan", ref, lambda agreement: agreement.plan(plan, once=once))


@command("open", mark("Freeze the plan and open the talks."), epilog="assent open 42")
@click.argument("ref")
@once_option
def open_command(settings: Settings, ref: str, once: str) -> None:
    """Open the talks."""
    _act(settings, "open", ref, lambda agreement: agreement.open(once=once))


@command(
    "round",
    mark("Record a round of the negotiation from a file."),
    epilog="assent round 42 --file round1.toml",
)
@click.argument("ref")
@click.option(
    "--file", "path", type=click.Path(path_type=Path), required=True, help=mark("The round (TOML).")
)
@once_option
def round_command(settings: Settings, ref: str, path: Path, once: str) -> None:
    """Record a round."""
    from workflow.negotiation import Round
    from workflow.problems import read_toml

    held = Round.read(read_toml(path), source=str(path))
    _act(settings, "round", ref, lambda agreement: agreement.round(held, once=once))


@command(
    "agree",
    mark("Record that the terms are agreed; issues the term sheet."),
    epilog="assent agree 42 --terms terms.toml",
)
@click.argument("ref")
@_TERMS
@once_option
def agree_command(settings: Settings, ref: str, terms: Path | None, once: str) -> None:
    """Agree the terms."""
    deal = _deal(terms)
    _act(settings, "agree", ref, lambda agreement: agreement.agree(deal.terms if deal else None, once=once))


@command(
    "draft",
    mark("Draft the contract, or a new revision of it from changed terms."),
    epilog="assent draft 42 --terms terms.toml",
)
@click.argument("ref")
@_TERMS
@once_option
def draft_command(settings: Settings, ref: str, terms: Path | None, once: str) -> None:
    """Draft the contract."""
    deal = _deal(terms)
    _act(settings, "draft", ref, lambda agreement: agreement.draft(deal.terms if deal else None, once=once))


@command(
    "submit",
    mark("Put the draft forward for review and sign-off."),
    epilog="assent submit 42 --note 'Replaces AGR-2024-0311'",
)
@click.argument("ref")
@click.option("--note", default="", help=mark("A remark for those who review and sign."))
@once_option
def submit_command(settings: Settings, ref: str, note: str, once: str) -> None:
    """Submit the draft."""
    _act(settings, "submit", ref, lambda agreement: agreement.submit(note=note, once=once))


@command(
    "withdraw",
    mark("Give an agreement up before it is executed."),
    epilog="assent withdraw 42 --reason 'They chose another supplier'",
)
@click.argument("ref")
@reason_options
@once_option
def withdraw_command(settings: Settings, ref: str, reason: str, reason_file: str, once: str) -> None:
    """Withdraw the agreement."""
    why = read_reason(settings, "withdraw", reason, reason_file, required=True)
    _act(settings, "withdraw", ref, lambda agreement: agreement.withdraw(reason=why, once=once))


@command(
    "execute",
    mark("Record who signed or sealed for each side, from a file; issues contract card and certificate."),
    # A paragraph after \b keeps its lines.
    epilog="assent execute 42 --file execution.toml --signed-copy signed.docx\n\n"
    + _EXAMPLE.replace("\n\n", "\n\n\b\n"),
)
@click.argument("ref")
@click.option(
    "--file",
    "path",
    type=click.Path(path_type=Path),
    required=True,
    help=mark("The facts of execution (TOML), as in the example below."),
)
@click.option(
    "--signed-copy",
    type=click.Path(path_type=Path),
    help=mark("What the other side signed; a Word document is compared with the approved text."),
)
@click.option(
    "--despite-differences",
    default="",
    metavar="REASON",
    help=mark("Why a signed copy is taken in which something was filled in."),
)
@once_option
def execute_command(
    settings: Settings,
    ref: str,
    path: Path,
    signed_copy: Path | None,
    despite_differences: str,
    once: str,
) -> None:
    """Record the execution."""
    from workflow.execution import Execution

    execution = Execution.load(path)
    _act(
        settings,
        "execute",
        ref,
        lambda agreement: agreement.execute(
            execution, signed_copy=signed_copy, despite_differences=despite_differences, once=once
        ),
    )
    if signed_copy and not settings.as_json:
        _tell_likeness(settings, ref)


@command(
    "activate",
    mark("Bring an executed agreement into force on its effective date."),
    epilog="assent activate 42",
)
@click.argument("ref")
@click.option(
    "--on", type=click.DateTime(["%Y-%m-%d"]), help=mark("The day it took effect, where that is another.")
)
@once_option
def activate_command(settings: Settings, ref: str, on: Any, once: str) -> None:
    """Activate the agreement."""
    day = _day(on)
    _act(settings, "activate", ref, lambda agreement: agreement.activate(on=day, once=once))


def _act(settings: Settings, name: str, ref: str, act: Any) -> None:
    with settings.workspace() as workspace:
        agreement = workspace.get(ref)
        known = len(agreement.documents)
        act(agreement)
        tell(settings, name, agreement, known)


def _tell_likeness(settings: Settings, ref: str) -> None:
    """Say what comparing the signed copy came to, as the event has it."""
    from approvals.completion import LIKENESSES

    with settings.reader() as reader:
        lines = [line for line in reader.lines(reader.resolve(ref)) if line["type"] == "executed"]
        said = lines[-1]["payload"]
        why = reader.note(said["reason"]) if said.get("reason") else ""
    show(say(LIKENESSES[said["compared"]["likeness"]], why=visible(why)))


def _warn(agreement: "Agreement") -> None:
    gaps = agreement.check()
    for problem in gaps[:8]:
        remark(f"! {problem}")
    if len(gaps) > 8:
        remark(say(mark("! and {count} more"), count=len(gaps) - 8))


def _deal(path: Path | None) -> "Deal | None":
    from workflow.negotiation import Deal

    return Deal.load(path) if path else None


def _day(given: Any) -> date | None:
    return given.date() if given else None
