"""The portfolio as a document to read and to file, in one language.

It shows what `approvals.dossier` found. Of a row with very much evidence the newest pieces are
shown; all of it is in the table beside the document.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from approvals.assessments import Assessment
from approvals.competency import Label
from approvals.dossier import Dossier
from approvals.labels import EVENTS, JUDGEMENTS, METHODS
from approvals.portfolio import Artefact, Shown
from workflow.documents.engine import Template, compile_template
from workflow.events import ASSESSMENTS
from workflow.i18n import in_language, mark
from workflow.values.dates import TAIPEI

_DATA = Path(__file__).parent / "data"
#: More pieces of one row than anybody reads on paper.
MOST_PIECES = 20


def paper_of(dossier: Dossier, language: str) -> bytes:
    """Return the document as DOCX; the same dossier gives the same bytes."""
    return _template(language).issue(_Telling(dossier, language).context()).body


@cache
def _template(language: str) -> Template:
    return compile_template(_DATA / f"portfolio-{language}.docx", name=f"portfolio/{language}")


class _Telling:
    """A dossier put into the words of one language."""

    def __init__(self, dossier: Dossier, language: str) -> None:
        self._dossier, self._language = dossier, language

    def context(self) -> dict[str, Any]:
        """Return everything that the template asks for."""
        found = self._dossier.portfolio
        rows = found.rows
        return {
            "candidate": {"id": found.candidate, "name": self._dossier.name},
            "unit": {"code": found.unit.code, "title": self._said(found.unit.title)},
            "head": self._said(found.unit.title),
            "counts": {
                "rows": str(len(rows)),
                "covered": str(sum(bool(shown.artefacts) for shown in rows)),
                "judged": str(found.judged),
            },
            "works": [
                {"ref": work.ref, "events": str(len(work.events)), "head": work.events[-1].hash}
                for work in found.works
            ],
            "groups": [self._group(name) for name in found.unit.groups],
            "judgements": [
                self._judgement(one, stands=one is shown.judged) for shown in rows for one in shown.judgements
            ],
            "listed": [row for row in map(self._listed, rows) if row["pieces"]],
            "gaps": [
                {
                    "id": shown.row.id,
                    "label": self._said(shown.row.label),
                    "ways": self._list(self._word(METHODS, way) for way in shown.row.methods),
                }
                for shown in rows
                if not shown.artefacts and not shown.judgements
            ],
        }

    def _group(self, name: str) -> dict[str, Any]:
        found = self._dossier.portfolio
        rows = [shown for shown in found.rows if shown.row.group == name]
        # A task is its own heading.
        heading = "" if any(shown.row.id == name for shown in rows) else self._said(found.unit.groups[name])
        return {
            "heading": heading,
            "rows": [self._row(shown) for shown in rows],
        }

    def _row(self, shown: Shown) -> dict[str, Any]:
        newest, judged = shown.newest, shown.judged
        return {
            "id": shown.row.id,
            "label": self._said(shown.row.label),
            "task": bool(shown.row.gathers),
            "count": str(len(shown.artefacts) or "–"),
            "newest": newest.event if newest else in_language(mark("nothing yet"), self._language),
            "judged": self._word(JUDGEMENTS, judged.judgement) if judged else "–",
            "by": self._name(judged.assessor) if judged else "",
        }

    def _judgement(self, one: Assessment, *, stands: bool) -> dict[str, Any]:
        return {
            "row": one.row,
            "judgement": self._word(JUDGEMENTS, one.judgement),
            "method": self._word(METHODS, one.method),
            "superseded": not stands,
            "reason": self._dossier.words.get(one.reason, ""),
            "evidence": self._list(cited.ref for cited in one.evidence),
            "assessor": self._name(one.assessor),
            "when": f"{one.at.astimezone(TAIPEI):%Y-%m-%d %H:%M}",
            "receipt": one.receipt,
            "name": f"{ASSESSMENTS}#{one.seq}",
        }

    def _listed(self, shown: Shown) -> dict[str, Any]:
        found = self._dossier.portfolio
        below = {piece for name in shown.row.gathers for piece in found.row(name).artefacts}
        own = [piece for piece in shown.artefacts if piece not in below]
        pieces = own[-MOST_PIECES:]
        more = len(own) - len(pieces)
        return {
            "id": shown.row.id,
            "label": self._said(shown.row.label),
            "pieces": [self._piece(artefact) for artefact in pieces],
            "more": str(more) if more else "",
        }

    def _piece(self, artefact: Artefact) -> dict[str, str]:
        what = artefact.document.removeprefix(f"{artefact.ref}-")
        return {
            "event": artefact.event,
            "date": f"{artefact.at.astimezone(TAIPEI):%Y-%m-%d}",
            "who": self._name(artefact.actor),
            "what": what or self._word(EVENTS, artefact.type),
            "digest": artefact.digest[:12],
        }

    def _said(self, label: Label) -> str:
        return label.said(self._language)

    def _name(self, person: str) -> str:
        return self._dossier.directory.name_of(person)

    def _word(self, words: Mapping[str, str], name: str) -> str:
        return in_language(words.get(name, name), self._language)

    def _list(self, words: Iterable[str]) -> str:
        return in_language(mark(", "), self._language).join(words)
