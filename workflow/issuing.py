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
from workflow.documents.catalogue import spoken
from workflow.documents.checks import check_contract
from workflow.documents.context import terms_context
from workflow.documents.contract import make_contract
from workflow.documents.engine import compile_template
from workflow.errors import ContractFaultyError
from workflow.store import Unit
from workflow.terms import Terms
from workflow.values.dates import TAIPEI, long_date

# What is issued before there is a contract to revise.
_NO_REVISION = frozenset({"term-sheet", "confirmation-letter", "negotiation-plan", "minutes"})
# What goes to the other side to be kept: it says where the trail stood, and so is a witness of it.
_LETTERS = frozenset({"confirmation-letter", "request-letter", "notice"})

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
        classification: str = "",
    ) -> dict[str, Any]:
        """Render a document, keep it, and return its description for the event."""
        layout = self._unit.library.layout_for(kind, self._language)
        heading = self._document(kind, layout.language, suffix) | {"classification": classification}
        if kind in _LETTERS:
            heading["receipt"] = self._receipt()
        context = {
            **(terms_context(terms, layout.language) if terms else _BEFORE_TERMS),
            **extra,
            "document": heading,
        }
        return self._render(kind, layout.language, layout.audience, suffix, layout.body, context)

    def draft(self, kind: str, terms: Terms) -> dict[str, Any]:
        """Issue a contract's draft: the terms, the clauses they call for, and the layout of its kind.

        Raises `ContractFaultyError` where it says what it may not.

        What is returned also names the wordings chosen and the clauses they were made of.
        """
        made = make_contract(self._unit.library, kind, self._language, terms)
        faults = check_contract(made, terms).faults
        if faults:
            raise ContractFaultyError(self._ref, faults)
        heading = self._document(kind, self._language, "draft", draft=True)
        context = {**made.context, "document": heading}
        layout = made.layout
        row = self._render(kind, self._language, layout.audience, "draft", layout.body, context)
        kept = {"wordings": self._unit.put(made.wordings.written()), "library": self._unit.put(made.sources)}
        return {"documents": [row], **kept}

    def again(self, contract: DocumentRef, *, draft: bool) -> dict[str, Any]:
        """Issue a contract's text once more, as a draft or to be executed.

        It is made of what it was made of before, whatever the library has become meanwhile.
        """
        suffix = "draft" if draft else "final"
        context = json.loads(self._unit.get(contract.context))
        heading = self._document(contract.kind, contract.language, suffix, draft=draft)
        context["document"] = {**context["document"], **heading}
        body = self._unit.get(contract.template)
        return self._render(contract.kind, contract.language, contract.audience, suffix, body, context)

    def _render(
        self, kind: str, language: str, audience: str, suffix: str, body: bytes, context: Mapping[str, Any]
    ) -> dict[str, Any]:
        rendered = compile_template(body, name=f"{kind}/{language}").issue(context)
        written = json.dumps(context, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
        ref = DocumentRef(
            kind=kind,
            language=language,
            revision=self._revision,
            audience=audience,
            name=self._name(kind, suffix),
            content=rendered.content,
            file=self._unit.put(rendered.body),
            size=len(rendered.body),
            template=self._unit.put(body),
            context=self._unit.put(written),
            compressor=rendered.compressor,
        )
        row = asdict(ref)
        del row["seq"]  # the event that carries the row tells
        return row

    def _document(self, kind: str, language: str, suffix: str, *, draft: bool = False) -> dict[str, Any]:
        number = "-".join(filter(None, (self._ref, kind, suffix)))
        return {
            "ref": self._ref,
            "number": number,
            "revision": str(self._revision) if self._revision else "",
            "date": issue_date(self._unit.now, spoken(language)),
            "language": language,
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
