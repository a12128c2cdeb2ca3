"""What a contract is made of: the terms, the clauses they call for, in one language or in two."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workflow.documents.catalogue import BOTH, LANGUAGES, Layout, Library
from workflow.documents.choosing import Chosen, choose_clauses, rows_of
from workflow.documents.context import terms_context
from workflow.terms import Terms
from workflow.wordings import Wordings, canonical, text_digest

#: A contract of more articles than these has a table of contents.
_SHORT = 15


@dataclass(frozen=True, slots=True)
class Contract:
    """A contract before it is printed: its layout and data, and the clauses in each language."""

    layout: Layout
    context: Mapping[str, Any]
    chosen: tuple[Chosen, ...]

    @property
    def wordings(self) -> Wordings:
        """What is remembered of its clauses; those of two languages are one clause each."""
        first = self.chosen[0]
        rows = [
            {
                "id": clause.id,
                "version": clause.version,
                "wording": clause.wording,
                "sets": dict(clause.sets),
                "source": clause.source.digest if clause.source else "",
                "text": text_digest(row),
            }
            for clause, row in zip(first.clauses, self.context["clauses"], strict=True)
        ]
        return Wordings(rows, [deviation.row for deviation in first.deviations])

    @property
    def sources(self) -> bytes:
        """The clauses it was made of as their files have them, to be kept for ever."""
        return canonical([c.source.source for chosen in self.chosen for c in chosen.clauses if c.source])


def make_contract(library: Library, kind: str, language: str, terms: Terms) -> Contract:
    """Put a contract together; raise `UnknownDocumentError` where there is no layout for it.

    In two languages the data is the first's, with all of the second's beside it as ``en``.
    """
    layout = library.layout(kind, language)
    spoken_in = LANGUAGES if language == BOTH else (language,)
    contexts = [terms_context(terms, each) for each in spoken_in]
    chosen = tuple(
        choose_clauses(library, kind, each, terms, context, document=language)
        for each, context in zip(spoken_in, contexts, strict=True)
    )
    rows = rows_of(chosen[0])
    context = contexts[0] | {"clauses": rows, "contents": len(rows) > _SHORT}
    if language == BOTH:
        context["en"] = contexts[1]
        beside = {row["id"]: row for row in rows_of(chosen[1], second=True)}
        context["clauses"] = [row | {"en": beside.get(row["id"], _NOTHING)} for row in rows]
    return Contract(layout, context, chosen)


# An organisation's own library may lack a clause in the second language; the checks say so.
_NOTHING: Mapping[str, Any] = {"title": "", "paragraphs": [], "lines": [], "bookmark": "", "mark": ""}
