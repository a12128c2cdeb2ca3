"""What a revision changed, clause by clause, with what came underlined and what went struck out."""

from typing import TYPE_CHECKING, Any

from approvals.reports.legible import one_line, two_lines
from approvals.reports.report_words import joined, listed, said
from approvals.reports.story import Change
from approvals.reports.words import Both, plain, word
from workflow.documents.rich import Run

if TYPE_CHECKING:
    from workflow.documents.redline.comparison import Clause, Comparison

_CAME, _WENT = "1B5E20", "8C2F2F"


def change_of(change: Change) -> dict[str, Any]:
    """Return a change as the report's template is given it."""
    facts = []
    if change.parts:
        facts.append(said("changed parts", parts=listed(list(change.parts))))
    if change.kept:
        facts.append(said("kept", count=change.kept))
    if change.voided:
        facts.append(said("voided", count=change.voided))
    facts.append(said("not comparable") if change.found is None else _much(change.found))
    return {
        "title": one_line(word("from to", old=change.old, new=change.new)),
        "facts": two_lines(joined(facts)),
        "clauses": [_clause(clause) for clause in (change.found.clauses if change.found else ())],
    }


def _much(found: "Comparison") -> Both:
    if not found.clauses:
        return said("same")
    return said(
        "much",
        some=len(found.clauses),
        all=found.total,
        come=found.counts.words_inserted,
        gone=found.counts.words_deleted,
    )


def _clause(clause: "Clause") -> dict[str, Any]:
    title = [plain(f"{clause.number} {clause.title}".strip())] if clause.number or clause.title else []
    if clause.part != "body" or not title:
        title.append(word(clause.part))
    kind = "" if clause.kind.value == "changed" else two_lines(word(clause.kind.value))
    return {
        "title": "\n".join(one_line(text) for text in title),
        "kind": kind,
        "passages": [
            {"number": passage.number, "runs": [_run(run.op.value, run.text) for run in passage.runs]}
            for passage in clause.passages
        ],
    }


def _run(op: str, text: str) -> Run:
    if op == "insert":
        return Run(text=text, underline=True, colour=_CAME)
    if op == "delete":
        return Run(text=text, strike=True, colour=_WENT)
    return Run(text=text)
