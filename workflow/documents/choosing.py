"""Choosing the clauses of a contract: by rule from the terms, and where staff chose otherwise.

What is chosen instead of a standard wording is a deviation, and listed.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from workflow.conditions import Fact
from workflow.documents.articles import Absent, Article, Piece, bookmark_of, lines_of, numbered, plain_lines
from workflow.documents.catalogue import Library, spoken
from workflow.documents.clauses import Clause, Wording
from workflow.documents.roles import role_words
from workflow.errors import ClauseError, UnknownClauseError
from workflow.facts import facts_of
from workflow.i18n import mark, translate
from workflow.terms import Terms
from workflow.topics import ClauseChoice

STANDARD, OWN, OMITTED, ADDED = "standard", "own", "omitted", "added"

# What staff add stands before what every contract ends with.
_ADDED_ORDER = 899
_ONE_LANGUAGE = mark("its wording is of one's own, and own_en is missing: the contract has two languages")


@dataclass(frozen=True, slots=True)
class ChosenClause:
    """An article of one contract: its wording, its number, and its paragraphs, fields filled in."""

    id: str
    version: str
    wording: str
    title: str
    number: str
    lines: tuple[tuple[Piece, ...], ...]
    sets: Mapping[str, bool | int | str]
    source: Clause | None = None

    @property
    def family(self) -> str:
        """What it is about."""
        return self.id.partition(".")[0]

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """The text alone, a paragraph each."""
        return tuple("".join(piece.text for piece in line) for line in self.lines)


@dataclass(frozen=True, slots=True)
class Deviation:
    """A clause that is not the standard: what was chosen, why, and how much worse it is for us.

    ``advice`` is what the library says of the wording.
    """

    id: str
    title: str
    chosen: str
    why: str
    risk: str
    advice: str = ""

    @property
    def row(self) -> dict[str, str]:
        """It as it is remembered."""
        return {
            "id": self.id,
            "title": self.title,
            "chosen": self.chosen,
            "why": self.why,
            "risk": self.risk,
            "advice": self.advice,
        }


@dataclass(frozen=True, slots=True)
class Chosen:
    """The clauses of one contract in one language, and what of them is not the standard."""

    language: str
    clauses: tuple[ChosenClause, ...]
    deviations: tuple[Deviation, ...]


def choose_clauses(
    library: Library,
    kind: str,
    language: str,
    terms: Terms,
    context: Mapping[str, Any],
    *,
    document: str = "",
) -> Chosen:
    """Return the clauses of a contract of *kind*, in order and numbered.

    *context* are the terms as documents are told them in *language*; *document* is the language
    of the contract, where it has two. Raises `UnknownClauseError` for a choice that the library
    does not have, and `ClauseError` where a clause cannot be used.
    """
    document = document or language
    second = language != spoken(document)
    facts = facts_of(terms)
    taken = list(_taken(library, kind, language, document, terms, facts))
    numbers = {clause.id: numbered(number, language) for number, (clause, _) in enumerate(taken, start=1)}
    articles: dict[str, object] = {
        clause.family: Absent(clause.family) for clause in library.clauses(language)
    }
    articles |= {clause.family: Article(clause.family) for clause, _ in reversed(taken)}
    told = {
        **context,
        "roles": role_words(kind, language, context),
        "language": {"document": document},
        "articles": articles,
    }
    by_family = {clause.family: numbers[clause.id] for clause, _ in reversed(taken)}
    clauses = tuple(
        _chosen(clause, choice, language, second, told, numbers[clause.id], by_family)
        for clause, choice in taken
    )
    return Chosen(language, clauses, tuple(_deviations(library, kind, language, document, terms, facts)))


def _taken(
    library: Library, kind: str, language: str, document: str, terms: Terms, facts: Mapping[str, Fact]
) -> Iterator[tuple[Clause, ClauseChoice | None]]:
    """Yield each clause of the contract in order, with what staff chose for it."""
    chosen = {choice.id: choice for choice in terms.clauses}
    found: list[tuple[int, Clause, ClauseChoice | None]] = []
    for clause in library.clauses(language):
        choice = chosen.pop(clause.id, None)
        if choice is not None and kind not in clause.kinds:
            raise UnknownClauseError(clause=clause.id, known=_known(library, kind, language))
        if choice is not None and choice.omit:
            continue
        if choice is not None or clause.belongs(kind, document, facts):
            found.append((clause.order, clause, choice))
    for choice in chosen.values():
        found.append((_ADDED_ORDER, _added(library, kind, language, document, choice), choice))
    for _, clause, choice in sorted(found, key=lambda row: row[0]):
        yield clause, choice


def _added(library: Library, kind: str, language: str, document: str, choice: ClauseChoice) -> Clause:
    """Return the clause that staff added; only wording of their own can be."""
    title = choice.title if language == spoken(document) else choice.title_en
    if choice.own is None or not title:
        raise UnknownClauseError(clause=choice.id, known=_known(library, kind, language))
    return Clause(
        id=choice.id,
        version="-",
        kinds=(kind,),
        order=_ADDED_ORDER,
        title=title,
        text=choice.own,
        reason=choice.why,
        language=language,
    )


def _known(library: Library, kind: str, language: str) -> str:
    return ", ".join(clause.id for clause in library.clauses(language) if kind in clause.kinds)


def _chosen(
    clause: Clause,
    choice: ClauseChoice | None,
    language: str,
    second: bool,
    told: Mapping[str, Any],
    number: str,
    numbers: Mapping[str, str],
) -> ChosenClause:
    shipped = clause if clause.version != "-" else None
    if choice is not None and choice.own is not None:
        title = (choice.title_en if second else choice.title) or clause.title
        own = choice.own_en if second else choice.own
        if own is None:
            raise ClauseError(clause=clause.id, reason=translate(_ONE_LANGUAGE))
        lines = plain_lines(own, language)
        return ChosenClause(clause.id, clause.version, OWN, title, number, lines, {}, shipped)
    wording: Wording = clause
    if choice is not None:
        fallback = clause.wording(str(choice.use))
        if fallback is None:
            known = ", ".join(wording.id for wording in clause.fallbacks) or "-"
            raise UnknownClauseError(clause=choice.use, known=known)
        wording = fallback
    lines = lines_of(wording, language, told, numbers)
    name = STANDARD if wording is clause else wording.id
    title = wording.title or clause.title
    return ChosenClause(clause.id, clause.version, name, title, number, lines, wording.sets, shipped)


def _deviations(
    library: Library, kind: str, language: str, document: str, terms: Terms, facts: Mapping[str, Fact]
) -> Iterator[Deviation]:
    clauses = {clause.id: clause for clause in library.clauses(language)}
    for choice in terms.clauses:
        clause = clauses.get(choice.id)
        if clause is None:
            title = choice.title or choice.id
            yield Deviation(choice.id, title, ADDED, choice.why, "high")
        elif choice.omit:
            if clause.belongs(kind, document, facts):
                yield Deviation(clause.id, clause.title, OMITTED, choice.why, "high")
        elif choice.own is not None:
            yield Deviation(clause.id, clause.title, OWN, choice.why, "high")
        else:
            wording = clause.wording(str(choice.use))
            if wording:
                yield Deviation(clause.id, clause.title, wording.id, choice.why, wording.risk, wording.reason)


def rows_of(chosen: Chosen, *, second: bool = False) -> list[dict[str, Any]]:
    """Return the clauses as a layout is told them; a *second* language has bookmarks of its own."""
    suffix, first = ("_en", 1100) if second else ("", 100)
    return [
        {
            "id": clause.id,
            "version": clause.version,
            "title": clause.title,
            "number": clause.number,
            "paragraphs": list(clause.paragraphs),
            "bookmark": bookmark_of(clause.family) + suffix,
            "mark": str(first + place),
            "lines": [
                {"pieces": [{"text": p.text, "bookmark": p.bookmark and p.bookmark + suffix} for p in line]}
                for line in clause.lines
            ],
        }
        for place, clause in enumerate(chosen.clauses)
    ]
