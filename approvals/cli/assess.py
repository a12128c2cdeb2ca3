"""The assessor's own command: judge a row of a competency unit by evidence."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from approvals.cli.lazy import command
from approvals.cli.output import group_digits, remark, say, show, show_json, show_pairs, visible
from approvals.cli.reasons import can_ask, read_reason, reason_options
from approvals.cli.settings import Settings
from approvals.cli.signing import confirm, find_signer, key_option, yes_option
from approvals.cli.words import judgement_name, method_name
from approvals.labels import JUDGEMENTS, METHODS
from workflow.i18n import language, mark

if TYPE_CHECKING:
    from approvals.assessing import Assessable
    from workflow.reading import Reader


@command(
    "assess",
    mark(
        "Judge one row of a competency unit by evidence of somebody's work, as an assessor.\n\n"
        "Evidence is named by its event (AGR-2026-0042#7, 42#7) or by its receipt; its digest is signed too. "
        "A later judgement of the row takes the place of this one, and both stay."
    ),
    epilog="assent assess alice --row P3.2 --judgement met --method documents --evidence 42#7",
)
@click.argument("candidate", metavar="PERSON")
@click.option("--row", required=True, metavar="ROW", help=mark("The row, such as P3.2."))
@click.option("--judgement", required=True, type=click.Choice(list(JUDGEMENTS)), help=mark("What you find."))
@click.option("--method", required=True, type=click.Choice(list(METHODS)), help=mark("How you came to it."))
@click.option(
    "--evidence",
    "cited",
    multiple=True,
    metavar="EVENT",
    help=mark("An event you saw, as number or receipt; may be repeated."),
)
@click.option("--unit", "code", metavar="CODE", help=mark("The competency unit; BGM4R0450v2 unless given."))
@click.option(
    "--once",
    default="",
    metavar="NAME",
    help=mark("Name this attempt; a retry with the same name does nothing new."),
)
@click.option("--dry-run", is_flag=True, help=mark("Show what would be signed; record nothing."))
@reason_options
@yes_option
@key_option
def assess_command(
    settings: Settings,
    candidate: str,
    row: str,
    judgement: str,
    method: str,
    cited: tuple[str, ...],
    code: str | None,
    once: str,
    dry_run: bool,
    reason: str,
    reason_file: str,
    yes: bool,
    key_file: Path | None,
) -> None:
    """Record a judgement."""
    from approvals.assessing import AssessmentDesk
    from approvals.assessments import Judgement
    from approvals.competency import DEFAULT_UNIT
    from approvals.statements import ASSESSMENT

    with settings.reader() as reader:
        evidence = tuple(_event(reader, text) for text in cited)
        public = reader.public_keys(settings.person)
    words = read_reason(settings, "assess", reason, reason_file, required=False)
    said = Judgement(candidate, code or DEFAULT_UNIT, row, judgement, method, evidence, words)
    store = settings.store()
    try:
        desk = AssessmentDesk(store, settings.person)
        proposal = desk.propose(said, once=once)
        if dry_run:
            _show_statement(settings, proposal)
            return
        _confirm(settings, proposal, yes=yes)
        signer = find_signer(settings, key_file, public)
        event = desk.record(proposal, signer.sign(proposal.statement, namespace=ASSESSMENT))
    finally:
        store.close()
    _tell(settings, proposal, event)


def _event(reader: "Reader", text: str) -> tuple[str, int]:
    """Return the agreement and the number of the event that *text* names; a receipt has to fit it."""
    from approvals.cli.receipt import find_event
    from approvals.receipts import Receipt

    entry = find_event(reader, Receipt.read(text))
    return entry.stream, entry.seq


def _confirm(settings: Settings, proposal: "Assessable", *, yes: bool) -> None:
    said = proposal.said
    if can_ask(settings) and not yes:
        _show_what_is_judged(proposal)
    confirm(settings, "assess", said.row, yes=yes, digest="")


def _show_what_is_judged(proposal: "Assessable") -> None:
    said = proposal.said
    facts = {"row": said.row, "candidate": said.candidate, "judgement": judgement_name(said.judgement)}
    remark(say(mark("You are about to JUDGE {row} of {candidate}: {judgement}"), **facts))
    remark("")
    for cited in proposal.evidence:
        remark(f"  {cited.ref:<18} {group_digits(cited.digest, 8)} ...")
    remark(say(mark("  recorded  your name, key, reason and the time; it cannot be edited later")))
    remark("")


def _show_statement(settings: Settings, proposal: "Assessable") -> None:
    statement = proposal.statement.decode()
    if settings.as_json:
        show_json("assess-dry-run", recorded=False, statement=statement)
        return
    show(visible(statement.rstrip("\n"), lines=True))
    remark(say(mark("Nothing is recorded.")))


def _tell(settings: Settings, proposal: "Assessable", event: Any) -> None:
    from approvals.competency import find_unit

    said = proposal.said
    if settings.as_json:
        show_json(
            "assess",
            candidate=said.candidate,
            unit=said.unit,
            row=said.row,
            judgement=said.judgement,
            method=said.method,
            evidence=[{"event": cited.ref, "digest": cited.digest} for cited in proposal.evidence],
            assessor=event.actor,
            assessment=event.ref,
            event=event.seq,
            head=event.hash,
            receipt=event.receipt,
        )
        return
    facts = {
        "row": said.row,
        "candidate": said.candidate,
        "judgement": judgement_name(said.judgement),
        "assessor": event.actor,
    }
    show(say(mark("{row} of {candidate}: {judgement}, by {assessor}"), **facts))
    show_pairs(
        (
            (
                mark("Receipt"),
                f"{event.receipt}   {event.ref}   {say(mark('head'))} {group_digits(event.hash)} ...",
            ),
            (mark("Row"), find_unit(said.unit).row(said.row).label.said(language())),
            (mark("Method"), method_name(said.method)),
            (mark("Evidence"), ", ".join(cited.ref for cited in proposal.evidence)),
        )
    )
