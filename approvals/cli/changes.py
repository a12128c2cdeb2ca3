"""How changes are shown in a terminal: ``[-old-] {+new+}``, clause by clause.

On a terminal, text that stayed is shortened to what surrounds a change; other programs get
all of it.
"""

from collections.abc import Iterable, Sequence
from shutil import get_terminal_size

from approvals.cli.output import on_terminal, say, show, show_table, show_wrapped, visible, width, wrap
from workflow.documents.redline.clauses import Clause, Counts, Kind, Passage, Run
from workflow.documents.redline.inline import OBJECT
from workflow.documents.redline.textdiff import Op
from workflow.documents.redline.tokens import is_wide
from workflow.documents.redline.unseen import Unseen, Unshown
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
_UNSEEN = {
    Unshown.LINK: mark("a link leads elsewhere: {said}"),
    Unshown.FIELD: mark("a field computes what is shown: {said}"),
    Unshown.HIDDEN: mark("there is text that a reader cannot see: {said}"),
    Unshown.COMMENT: mark("a comment by {said}"),
    Unshown.BINDING: mark("what is shown is taken from another place in the file: {said}"),
}
# How many columns of unchanged text are kept beside a change.
_BESIDE = 30


def show_amounts(clauses: Sequence[Clause]) -> None:
    """Print how much changed in each clause."""
    rows = [(heading(clause), amounts(clause.counts)) for clause in clauses]
    show_table((mark("CLAUSE"), mark("CHANGED")), rows, flexible=[0])


def show_clauses(clauses: Sequence[Clause]) -> None:
    """Print the clauses that changed, with what went and came."""
    for clause in clauses:
        show()
        show(heading(clause))
        for passage in clause.passages:
            if not _is_heading(passage, clause):
                moved = passage.kind is Kind.MOVED and clause.kind is not Kind.MOVED
                _show_lines(say(mark("(moved here)")) * moved + " " * moved + _written(passage))


def show_unseen(found: Iterable[Unseen]) -> None:
    """Print what the new document holds that its text does not show."""
    for each in found:
        what = say(_UNSEEN[each.kind], said=each.text)
        where = _name(each.part, each.number, each.title)
        show_wrapped("! ", say(mark("{where}: {what}"), where=where, what=what))


def show_fetched(found: Iterable[tuple[str, str]]) -> None:
    """Print what a document asks for from elsewhere when it is opened."""
    text = mark("{name} fetches {target} when it is opened; nothing was fetched here")
    for name, target in found:
        show_wrapped("! ", say(text, name=name, target=target))


def heading(clause: Clause) -> str:
    """Return a clause's number and title, and what happened to it."""
    name = _name(clause.part, clause.number, clause.title)
    happened = translate(KINDS[clause.kind])
    return visible(f"{name}   ({happened})" if happened else name)


def amounts(counts: Counts) -> str:
    """Say how many words came and went."""
    return say(mark("+{come} -{gone} words"), come=counts.words_inserted, gone=counts.words_deleted)


def _name(part: str, number: str, title: str) -> str:
    name = "  ".join(filter(None, (number, title)))
    return name if part == "body" and name else translate(PARTS[part])


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
    if not on_terminal() or width(text) <= 2 * _BESIDE + 5 or (first and last):
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
        for piece in wrap(visible(line), room) if on_terminal() else [visible(line)]:
            show(f"  {piece}")
