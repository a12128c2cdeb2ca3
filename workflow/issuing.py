"""Issuing a document: context and layout in, stored bytes and their description out.

Everything a document was made from (template, context) is kept by digest beside it, so that
anyone can make it again and compare. Issuing happens inside the action's transaction.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from workflow.case import DocumentRef
from workflow.documents.catalogue import Layout, find_layout
from workflow.documents.clauses import choose_clauses
from workflow.documents.context import terms_context
from workflow.documents.engine import compile_template
from workflow.store import Unit
from workflow.terms import Terms
from workflow.values.dates import TAIPEI, long_date

#: Documents that stay inside speak the agreement's language too.
_NO_REVISION = frozenset({"term-sheet", "confirmation-letter", "negotiation-plan", "minutes"})


#: What goes to the other side to be kept: it says where the trail stood, and so is a witness of it.
_LETTERS = frozenset({"confirmation-letter"})

# What a plan or minutes can say while nobody has written terms yet.
_BEFORE_TERMS = {"title": "", "parties": [], "ours": {"name": ""}, "theirs": {"name": ""}}


class Issuer:
    """Issues one agreement's documents within one unit of work."""

    def __init__(self, unit: Unit, *, ref: str, language: str, owner: str, revision: int = 0) -> None:
        self._unit, self._ref, self._language = unit, ref, language
        self._owner, self._revision = owner, revision

    def issue(
        self,
        kind: str,
        terms: Terms | None,
        extra: Mapping[str, Any],
        *,
        suffix: str = "",
        draft: bool = False,
        classification: str = "",
    ) -> dict[str, Any]:
        """Render a document, keep it, and return its description for the event."""
        layout = find_layout(kind, self._language)
        heading = self._document(layout, suffix, draft=draft) | {"classification": classification}
        if kind in _LETTERS:
            heading["receipt"] = self._receipt()
        context = {
            **(terms_context(terms, self._language) if terms else _BEFORE_TERMS),
            **extra,
            "document": heading,
        }
        template = compile_template(layout.body, name=f"{kind}/{self._language}")
        rendered = template.issue(context)
        written = json.dumps(context, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
        ref = DocumentRef(
            kind=kind,
            language=self._language,
            revision=self._revision,
            audience=layout.audience,
            name=self._name(kind, suffix),
            content=rendered.content,
            file=self._unit.put(rendered.body),
            size=len(rendered.body),
            template=self._unit.put(layout.body),
            context=self._unit.put(written),
            compressor=rendered.compressor,
        )
        row = asdict(ref)
        del row["seq"]  # the event that carries the row tells
        return row

    def contract(self, kind: str, terms: Terms, *, draft: bool) -> dict[str, Any]:
        """Issue the contract: the terms, the clauses they call for, and the layout of its kind."""
        clauses = choose_clauses(kind, self._language, terms_context(terms, self._language))
        rows = [{"id": c.id, "title": c.title, "paragraphs": list(c.paragraphs)} for c in clauses]
        return self.issue(kind, terms, {"clauses": rows}, suffix="draft" if draft else "final", draft=draft)

    def _document(self, layout: Layout, suffix: str, *, draft: bool) -> dict[str, Any]:
        number = "-".join(filter(None, (self._ref, layout.kind, suffix)))
        return {
            "ref": self._ref,
            "number": number,
            "revision": str(self._revision) if self._revision else "",
            "date": issue_date(self._unit.now, self._language),
            "language": self._language,
            "owner": self._owner,
            "draft": draft,
            "classification": "",
        }

    def _receipt(self) -> str:
        """Return the receipt of the last event before the letter; its digest in groups, to break lines at."""
        last = self._unit.events(self._ref)[-1]
        groups = " ".join(last.hash[start : start + 8] for start in range(0, 64, 8))
        return f"{last.ref}: {groups}"

    def _name(self, kind: str, suffix: str) -> str:
        revision = f"r{self._revision}" if self._revision and kind not in _NO_REVISION else ""
        return "-".join(filter(None, (self._ref, kind, revision, suffix))) + ".docx"


def issue_date(at: datetime, language: str) -> str:
    """Write the day of *at*, in Taiwan, as documents do."""
    return long_date(at.astimezone(TAIPEI).date(), language)
