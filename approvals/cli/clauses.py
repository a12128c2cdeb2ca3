"""The clause library: what there is to choose, what one says, and what a contract has otherwise."""

import json
import re
from typing import TYPE_CHECKING, Any

import click

from approvals.cli.lazy import command, group
from approvals.cli.output import say, show, show_json, show_pairs, show_table, show_wrapped, visible
from approvals.cli.settings import Settings
from approvals.labels import CHOICES, RISKS
from workflow.i18n import language, mark

if TYPE_CHECKING:
    from workflow.documents.clauses import Clause, Wording

_TAGS = tuple(
    (re.compile(pattern), instead)
    for pattern, instead in (
        (r"\{\{ ?articles\.(\w+) ?\}\}", r"[article: \1]"),
        (r"\{\{ ?(.+?) ?\}\}", r"[\1]"),
        (r"\{% ?if (.+?) ?%\}", r"[if \1: "),
        (r"\{% ?elif (.+?) ?%\}", r" | if \1: "),
        (r"\{% ?else ?%\}", " | else: "),
        (r"\{% ?for (.+?) ?%\}", r"[for \1: "),
        (r"\{% ?end(?:if|for) ?%\}", "]"),
    )
)

_kind = click.option("--kind", default="", help=mark("Only of this kind of contract."))


@group(
    "clauses",
    mark("List and read the clause library, and what of a contract is not standard."),
    default="list",
)
def clauses_command() -> None:
    """Work with clauses."""


@command("list", mark("List the clauses there are."), epilog="assent clauses list --kind purchase")
@_kind
def list_clauses(settings: Settings, kind: str) -> None:
    """List clauses; as JSON in every language, as a table in the interface's."""
    from workflow.documents.catalogue import LANGUAGES

    found = [
        clause
        for each in LANGUAGES
        for clause in settings.library.clauses(each)
        if not kind or kind in clause.kinds
    ]
    if settings.as_json:
        show_json("clauses", clauses=[_as_data(clause) for clause in found])
        return
    rows = [
        (clause.id, clause.title, " ".join(clause.kinds), str(len(clause.fallbacks)))
        for clause in found
        if clause.language == language()
    ]
    show_table(
        (mark("CLAUSE"), mark("TITLE"), mark("KINDS"), mark("FALLBACKS")),
        rows,
        flexible=[1, 2],
        right=[3],
    )


@command(
    "show",
    mark("Show what a clause says, why, and what may stand in its place."),
    epilog="assent clauses show liability.cap",
)
@click.argument("name")
def show_clause(settings: Settings, name: str) -> None:
    """Show a clause with its fallbacks, in the interface's language; as JSON in every language."""
    from workflow.documents.catalogue import LANGUAGES
    from workflow.errors import UnknownClauseError

    found = [clause for each in LANGUAGES for clause in settings.library.clauses(each) if clause.id == name]
    if not found:
        families = sorted({clause.family for clause in settings.library.clauses("en")})
        raise UnknownClauseError(clause=name, known=", ".join(families))
    if settings.as_json:
        show_json("clauses-show", clauses=[_as_data(clause) for clause in found])
        return
    for clause in found:
        if clause.language == language():
            _show(clause)


@command(
    "deviations",
    mark("List what of an agreement's contract is not the standard wording, and why."),
    epilog="assent clauses deviations 42",
)
@click.argument("ref")
def list_deviations(settings: Settings, ref: str) -> None:
    """List deviations as they were recorded with the draft."""
    with settings.reader() as reader:
        case = reader.case(ref)
        said = json.loads(reader.content(case.wordings)) if case.wordings else {"deviations": []}
    rows = said["deviations"]
    if settings.as_json:
        show_json("clauses-deviations", ref=case.ref, drafted=bool(case.wordings), deviations=rows)
        return
    if not rows:
        text = mark("Every clause is the standard one.") if case.wordings else mark("Nothing is drafted yet.")
        show(say(text))
        return
    show_table(
        (mark("CLAUSE"), mark("TITLE"), mark("INSTEAD"), mark("RISK"), mark("BECAUSE")),
        [
            (
                row["id"],
                visible(row["title"]),
                chosen_name(row["chosen"]),
                say(RISKS[row["risk"]]),
                visible(row["why"]),
            )
            for row in rows
        ],
        flexible=[1, 4],
    )


def chosen_name(chosen: str) -> str:
    """Return what was chosen as people read it."""
    return say(CHOICES[chosen]) if chosen in CHOICES else chosen


def _show(clause: "Clause") -> None:
    show(f"{clause.id}  {clause.title}")
    show_pairs(
        [
            (say(mark("kinds")), " ".join(clause.kinds)),
            (say(mark("only where")), clause.when or "-"),
            (say(mark("basis")), "; ".join(clause.basis) or "-"),
            (say(mark("version")), f"{clause.version}  {clause.digest[:16]}"),
        ],
        indent=2,
    )
    _show_wording(clause, say(mark("Standard")))
    for number, wording in enumerate(clause.fallbacks, start=1):
        heading = say(
            mark("Fallback {number}: {name}, risk {risk}"),
            number=number,
            name=wording.id,
            risk=say(RISKS[wording.risk]),
        )
        _show_wording(wording, heading)


def _show_wording(wording: "Wording", heading: str) -> None:
    show()
    show(heading)
    show_wrapped("  ", wording.reason)
    if wording.sets:
        show_wrapped(
            "  ", say(mark("sets {facts}"), facts=", ".join(f"{k} = {v}" for k, v in wording.sets.items()))
        )
    for paragraph in wording.text.split("\n\n"):
        show()
        show_wrapped("    ", _readable(" ".join(paragraph.split())))


def _readable(text: str) -> str:
    """Return a wording with its fields and choices in brackets, for people who write no templates."""
    for pattern, instead in _TAGS:
        text = pattern.sub(instead, text)
    return text


def _as_data(clause: "Clause") -> dict[str, Any]:
    """Return one clause in one language, as JSON tells it."""
    return {
        "id": clause.id,
        "family": clause.family,
        "language": clause.language,
        "kinds": list(clause.kinds),
        "order": clause.order,
        "when": clause.when,
        "only": list(clause.only),
        "basis": list(clause.basis),
        "version": clause.version,
        "digest": clause.digest,
        **_wording_as_data(clause),
        "fallbacks": [
            _wording_as_data(wording) | {"id": wording.id, "rank": rank, "risk": wording.risk}
            for rank, wording in enumerate(clause.fallbacks, start=1)
        ],
    }


def _wording_as_data(wording: "Wording") -> dict[str, Any]:
    return {
        "title": wording.title,
        "text": wording.text,
        "reason": wording.reason,
        "sets": dict(wording.sets),
    }


for _made in (list_clauses, show_clause, list_deviations):
    clauses_command.add_command(_made)
