"""How changes are shown in a terminal: ``[-old-] {+new+}``, clause by clause.

On a terminal, text that stayed is shortened to what surrounds a change; other programs get
all of it.
"""

import os
import sys
from collections.abc import Mapping, Sequence
from shutil import get_terminal_size
from typing import Any

from approvals.cli.output import say, show, show_table, visible, width, wrap
from workflow.documents.redline.clauses import Clause, Counts, Kind, Passage, Run
from workflow.documents.redline.comparison import Comparison
from workflow.documents.redline.inline import OBJECT
from workflow.documents.redline.textdiff import Op
from workflow.documents.redline.tokens import is_wide
from workflow.i18n import mark, translate

PARTS = {
    "body": mark("before the first clause"),
    "header": mark("page header"),
    "footer": mark("page footer"),
    "footnote": mark("footnote"),
    "endnote": mark("endnote"),
    "text box": mark("text box"),
}
KINDS = {
    Kind.CHANGED: "",
    Kind.ADDED: mark("added"),
    Kind.REMOVED: mark("removed"),
    Kind.MOVED: mark("moved"),
}
# How many columns of unchanged text are kept beside a change.
_BESIDE = 30


def show_comparison(found: Comparison, *, stat: bool) -> None:
    """Print the clauses that changed, or with *stat* only how much did in each."""
    if stat:
        rows = [(heading(clause), amounts(clause.counts)) for clause in found.clauses]
        show_table((mark("CLAUSE"), mark("CHANGED")), rows, flexible=[0])
        return
    for clause in found.clauses:
        show()
        show(heading(clause))
        for passage in clause.passages:
            if not _is_heading(passage, clause):
                moved = passage.kind is Kind.MOVED and clause.kind is not Kind.MOVED
                _show_lines(say(mark("(moved here)")) * moved + " " * moved + _written(passage))


def heading(clause: Clause) -> str:
    """Return a clause's number and title, and what happened to it."""
    name = "  ".join(filter(None, (clause.number, clause.title)))
    if clause.part != "body" or not name:
        name = translate(PARTS[clause.part])
    happened = translate(KINDS[clause.kind])
    return visible(f"{name}   ({happened})" if happened else name)


def amounts(counts: Counts) -> str:
    """Say how many words came and went."""
    return say(mark("+{come} -{gone} words"), come=counts.words_inserted, gone=counts.words_deleted)


def as_data(clause: Clause) -> Mapping[str, Any]:
    """Return a clause as JSON has it."""
    return {
        "part": clause.part,
        "number": clause.number,
        "title": clause.title,
        "kind": clause.kind.value,
        "passages": [
            {"kind": p.kind.value, "number": p.number, "runs": [[run.op.value, run.text] for run in p.runs]}
            for p in clause.passages
        ],
    }


def _is_heading(passage: Passage, clause: Clause) -> bool:
    """Say whether a passage is the title that stands above it already."""
    return clause.kind is not Kind.CHANGED and "".join(run.text for run in passage.runs) == clause.title


def _written(passage: Passage) -> str:
    runs = passage.runs
    pieces = [f"{passage.number} "] if passage.number else []
    for number, run in enumerate(runs):
        if run.op is Op.EQUAL:
            pieces.append(_context(run.text, first=number == 0, last=number == len(runs) - 1))
        else:
            pieces.append(f"[-{run.text}-]" if run.op is Op.DELETE else f"{{+{run.text}+}}")
            if _apart(run, runs[number + 1 : number + 2]):
                pieces.append(" ")
    text = "".join(pieces).replace(OBJECT, say(mark("[picture]")))
    return text.replace("\t", " ").replace("\f", "\n").replace("\v", "\n")


def _apart(run: Run, following: Sequence[Run]) -> bool:
    """Say whether a blank is wanted between what went and what came instead: not in Chinese."""
    if run.op is not Op.DELETE or not following or following[0].op is not Op.INSERT:
        return False
    return not is_wide(run.text[-1]) and not is_wide(following[0].text[0])


def _context(text: str, *, first: bool, last: bool) -> str:
    """Shorten unchanged text to what is near a change."""
    if not _on_terminal() or width(text) <= 2 * _BESIDE + 5 or (first and last):
        return text
    head = "" if first else f"{_cut(text)} "
    tail = "" if last else f" {_cut(text[::-1])[::-1]}"
    return f"{head}...{tail}"


def _cut(text: str) -> str:
    """Return the beginning of *text*, whole words of it where it has words."""
    kept = ""
    for character in text:
        if width(kept + character) > _BESIDE:
            break
        kept += character
    blank = kept.rfind(" ")
    return kept[:blank] if blank > _BESIDE // 2 else kept


def _show_lines(text: str) -> None:
    room = get_terminal_size((80, 24)).columns - 2
    for line in text.split("\n"):
        for piece in wrap(visible(line), room) if _on_terminal() else [visible(line)]:
            show(f"  {piece}")


def _on_terminal() -> bool:
    return sys.stdout.isatty() or bool(os.environ.get("COLUMNS"))
