"""Which clause a changed paragraph belongs to.

A clause begins at a heading, at the number of a list's first level where a document has no
headings, or where someone typed 第一條 or Article 1. A paragraph that went belongs to the clause
it stood in, one that came to the clause it stands in.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Self

from workflow.documents.redline.fields import spread
from workflow.documents.redline.names import TBL, Element, T
from workflow.documents.redline.numbering import Label, Numbering
from workflow.documents.redline.source import Source
from workflow.documents.redline.textdiff import Op
from workflow.documents.redline.tokens import count_words

_TYPED = re.compile(
    r"\s*(第\s*[〇零一二三四五六七八九十百千\d]+\s*[條章節](?:之[一二三四五六七八九十\d]+)?"
    r"|(?:Article|Section|Clause)\s+\d+(?:\.\d+)*)(?:[.:：、．\s]+|(?=[（(])|$)",
    re.IGNORECASE,
)
_TYPED_FIGURES = re.compile(r"\s*(\d{1,3}(?:\.\d{1,3})*)[.、)）]?[\s\u3000]+(?=\S)")
# A longer first paragraph is the clause itself, not its title.
_LONGEST_TITLE = 60


class Kind(StrEnum):
    """What happened to a clause or a passage."""

    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text that stayed, went or came."""

    op: Op
    text: str


@dataclass(frozen=True, slots=True)
class Counts:
    """How much was taken out and put in. What only moved counts as neither."""

    words_deleted: int = 0
    words_inserted: int = 0
    characters_deleted: int = 0
    characters_inserted: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.words_deleted + other.words_deleted,
            self.words_inserted + other.words_inserted,
            self.characters_deleted + other.characters_deleted,
            self.characters_inserted + other.characters_inserted,
        )


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph or a row of a table that changed, with the number Word shows before it."""

    kind: Kind
    number: str
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause in which something changed; before the first heading it has no number or title."""

    part: str
    number: str
    title: str
    kind: Kind
    passages: tuple[Passage, ...]

    @property
    def runs(self) -> tuple[Run, ...]:
        """What became of its text, paragraph after paragraph."""
        return tuple(run for passage in self.passages for run in passage.runs)

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data, as it is recorded and printed for programs."""
        return {
            "part": self.part,
            "number": self.number,
            "title": self.title,
            "kind": self.kind.value,
            "passages": [
                {
                    "kind": passage.kind.value,
                    "number": passage.number,
                    "runs": [[run.op.value, run.text] for run in passage.runs],
                }
                for passage in self.passages
            ],
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """Return what `as_data` was made of."""
        passages = tuple(
            Passage(Kind(p["kind"]), p["number"], tuple(Run(Op(op), text) for op, text in p["runs"]))
            for p in data["passages"]
        )
        return cls(data["part"], data["number"], data["title"], Kind(data["kind"]), passages)

    @property
    def counts(self) -> Counts:
        """How many words and characters went and came, blanks not counted."""
        gone = [run.text for run in self.runs if run.op is Op.DELETE]
        come = [run.text for run in self.runs if run.op is Op.INSERT]
        return Counts(
            sum(map(count_words, gone)),
            sum(map(count_words, come)),
            sum(len("".join(text.split())) for text in gone),
            sum(len("".join(text.split())) for text in come),
        )


@dataclass(eq=False)
class _Open:
    """A clause that is being read."""

    part: str
    number: str = ""
    title: str = ""
    kind: Kind = Kind.CHANGED
    passages: list[Passage] = field(default_factory=list)
    #: Whether its heading moved elsewhere, where the clause is counted.
    left: bool = False


class Clauses:
    """Takes paragraph after paragraph, and knows the clauses in the end."""

    def __init__(self, old: Source, new: Source) -> None:
        self.sides = (Headings(old), Headings(new))
        self._clauses: list[_Open] = []
        self._old = self._new = _Open("")
        #: How many paragraphs without any text came or went.
        self.blank = 0

    @property
    def total(self) -> int:
        """How many clauses there are on either side; what has no heading counts where it changed."""
        return sum(1 for c in self._clauses if c.passages or ((c.number or c.title) and not c.left))

    def part(self, name: str) -> None:
        """Go on with another part of the document."""
        self._old = self._new = self._begin(_Open(name))

    def say(self, old: Element | None, new: Element | None, kind: Kind, runs: tuple[Run, ...]) -> None:
        """Take what became of a paragraph; a side is missing where it came or went."""
        self._turn(old, new, kind)
        label = self.sides[0].label(old) if new is None else self.sides[1].label(new)
        if not runs and kind is not Kind.CHANGED:
            self.blank += 1
        elif kind is not Kind.CHANGED or any(run.op is not Op.EQUAL for run in runs):
            clause = self._old if new is None else self._new
            clause.passages.append(Passage(kind, label.text, runs))

    def leave(self, old: Element) -> None:
        """Pass a paragraph that is told of where it went; what stays behind is told under its old heading."""
        if self.sides[0].begins(old):
            number, title = self.sides[0].heading(old)
            self._old = self._begin(_Open(self._old.part, number, title, left=True))

    def changed(self) -> tuple[Clause, ...]:
        """Return the clauses in which something changed."""
        return tuple(
            Clause(c.part, c.number, c.title, c.kind, tuple(c.passages)) for c in self._clauses if c.passages
        )

    def _turn(self, old: Element | None, new: Element | None, kind: Kind) -> None:
        """Go on to the next clause where a heading was reached."""
        began_old = old is not None and self.sides[0].begins(old)
        began_new = new is not None and self.sides[1].begins(new)
        if not began_old and not began_new:
            return
        side, element = (self.sides[1], new) if began_new else (self.sides[0], old)
        assert element is not None  # noqa: S101 - one of them began
        number, title = side.heading(element)
        opened = self._begin(_Open(self._new.part, number, title, kind))
        if began_old:
            self._old = opened
        if began_new:
            self._new = opened

    def _begin(self, clause: _Open) -> _Open:
        self._clauses.append(clause)
        return clause


class Headings:
    """Where clauses begin in one document."""

    def __init__(self, source: Source) -> None:
        self._labels = Numbering(source).labels(source.body)
        # A table of contents repeats the headings and is none.
        self._listed = set(spread(source.body))
        self._headed = any(label.heading >= 0 for label in self._labels.values())

    def label(self, paragraph: Element | None) -> Label:
        """Return what Word shows before a paragraph."""
        return Label() if paragraph is None else self._labels.get(paragraph, Label())

    def begins(self, paragraph: Element) -> bool:
        """Say whether a clause begins with this paragraph."""
        label = self.label(paragraph)
        if paragraph in self._listed:
            return False
        if label.heading >= 0:
            return True
        if next(paragraph.iterancestors(TBL), None) is not None:
            return False
        if _TYPED.match(self._text(paragraph)):
            return True
        if self._headed:
            return False
        return (label.level == 0 and bool(label.text)) or bool(_TYPED_FIGURES.match(self._text(paragraph)))

    def heading(self, paragraph: Element) -> tuple[str, str]:
        """Return a clause's number and title."""
        text, label = self._text(paragraph).strip(), self.label(paragraph).text
        typed = (
            None if label else (_TYPED.match(text) or (None if self._headed else _TYPED_FIGURES.match(text)))
        )
        number = typed[1] if typed else label
        title = text[typed.end() :] if typed else text
        return number.rstrip(".、．:："), title if len(title) <= _LONGEST_TITLE else ""

    def _text(self, paragraph: Element) -> str:
        return "".join(node.text or "" for node in paragraph.iter(T))
