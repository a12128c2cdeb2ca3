"""Checking a contract before it leaves the house."""

from pathlib import Path

import click

from approvals.cli.lazy import command
from approvals.cli.output import say, show, show_json, show_wrapped
from approvals.cli.settings import Settings
from workflow.i18n import mark
from workflow.problems import Problem


@command(
    "check",
    mark(
        "Check an agreement's terms and the contract they make; exit 1 where something must be mended.\n\n"
        "With --terms the contract is made of that file, and nothing is recorded either way."
    ),
    epilog="assent check 42 --terms terms.toml",
)
@click.argument("ref")
@click.option("--terms", type=click.Path(path_type=Path), help=mark("A file of terms (TOML)."))
def check_command(settings: Settings, ref: str, terms: Path | None) -> int:
    """Check a contract."""
    from workflow.documents.checks import check_contract
    from workflow.documents.contract import make_contract
    from workflow.errors import TermsMissingError
    from workflow.negotiation import Deal
    from workflow.terms import from_canonical, gaps

    with settings.reader() as reader:
        case = reader.case(ref)
        if not terms and not case.terms:
            raise TermsMissingError(ref=case.ref)
        agreed = Deal.load(terms).terms if terms else from_canonical(reader.content(case.terms))
    contract = make_contract(settings.library, case.kind, case.language, agreed)
    found = check_contract(contract, agreed)
    open_points = gaps(agreed)
    if settings.as_json:
        show_json(
            "check",
            ref=case.ref,
            ok=not found.faults,
            clauses=len(contract.context["clauses"]),
            deviations=len(contract.wordings.deviations),
            faults=[_as_data(problem) for problem in found.faults],
            doubts=[_as_data(problem) for problem in found.doubts],
            unknown=[_as_data(problem) for problem in open_points],
        )
        return 1 if found.faults else 0
    for sign, problems in (("  xx ", found.faults), ("  !  ", (*found.doubts, *open_points))):
        for problem in problems:
            show_wrapped(sign, str(problem))
    text = mark(
        "{clauses} clauses, {deviations} not standard; {faults} to mend, {doubts} to look at, {gaps} unknown"
    )
    show(
        say(
            text,
            clauses=len(contract.context["clauses"]),
            deviations=len(contract.wordings.deviations),
            faults=len(found.faults),
            doubts=len(found.doubts),
            gaps=len(open_points),
        )
    )
    return 1 if found.faults else 0


def _as_data(problem: Problem) -> dict[str, str]:
    return {"where": problem.path, "what": str(problem)}
