"""A portfolio read from a store, and as files: what is listed, the papers themselves, the signatures.

The same trail gives the same files. Nothing is judged here but by the assessors, each of whose
judgements comes with the statement they signed.
"""

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from approvals.allowed_signers import allowed_signers
from approvals.assessments import Assessment, assessments_of
from approvals.assessors import taking_part
from approvals.bundle import safe_name
from approvals.competency import CompetencyUnit, find_unit
from approvals.directory import Directory, directory_of
from approvals.portfolio import Artefact, Portfolio, Shown, Work, portfolio_of
from approvals.statements import ASSESSMENT
from workflow.errors import TrailRefusedError
from workflow.events import ASSESSMENTS, REGISTRY, Event, is_agreement, written_time
from workflow.reading import Reader
from workflow.spreadsheets import no_formula

SCHEMA = "assent.portfolio/1"
_README = Path(__file__).parent / "data" / "portfolio_readme.txt"
_COLUMNS = (
    "row", "group", "label", "label_zh", "event", "at", "actor", "type", "document", "digest", "file",
    "judgement", "method", "assessor", "judged_at", "assessment",
)  # fmt: skip
# What a spreadsheet would compute.


@dataclass(frozen=True, slots=True)
class Dossier:
    """A portfolio, who is who in it, and the words of those who judged."""

    portfolio: Portfolio
    directory: Directory
    words: Mapping[str, str]

    @property
    def name(self) -> str:
        """What the candidate is called."""
        return self.directory.name_of(self.portfolio.candidate)

    def document(self) -> dict[str, Any]:
        """Return it for programs: every row with its evidence and its judgements."""
        found = self.portfolio
        return {
            "candidate": found.candidate,
            "name": self.name,
            "unit": found.unit.code,
            "title": found.unit.title.en,
            "title_zh": found.unit.title.zh,
            "agreements": [work.ref for work in found.works],
            "rows": [self.row(shown) for shown in found.rows],
        }

    def row(self, shown: Shown) -> dict[str, Any]:
        """Return one row for programs, with everything that speaks for it."""
        return {
            **summary(shown),
            "methods": list(shown.row.methods),
            "artefacts": [record(artefact) for artefact in shown.artefacts],
            "judgements": [self.judgement(one, stands=one is shown.judged) for one in shown.judgements],
        }

    def judgement(self, found: Assessment, *, stands: bool) -> dict[str, Any]:
        """Return a judgement for programs; it *stands* where none came after it."""
        return {
            "assessment": f"{ASSESSMENTS}#{found.seq}",
            "receipt": found.receipt,
            "hash": found.hash,
            "at": written_time(found.at),
            "assessor": found.assessor,
            "name": self.directory.name_of(found.assessor),
            "judgement": found.judgement,
            "method": found.method,
            "evidence": [{"event": cited.ref, "digest": cited.digest} for cited in found.evidence],
            "reason": self.words.get(found.reason, ""),
            "stands": stands,
        }


def summary(shown: Shown) -> dict[str, Any]:
    """Return a row in one line: how much speaks for it, the newest of it, the judgement that stands."""
    newest, judged = shown.newest, shown.judged
    return {
        "row": shown.row.id,
        "group": shown.row.group,
        "label": shown.row.label.en,
        "label_zh": shown.row.label.zh,
        "count": len(shown.artefacts),
        "newest": newest.event if newest else "",
        "newest_at": written_time(newest.at) if newest else "",
        "judgement": judged.judgement if judged else "",
        "method": judged.method if judged else "",
        "assessor": judged.assessor if judged else "",
        "judged_at": written_time(judged.at) if judged else "",
        "assessment": f"{ASSESSMENTS}#{judged.seq}" if judged else "",
    }


def record(artefact: Artefact) -> dict[str, Any]:
    """Return a piece of evidence for programs."""
    return {
        "event": artefact.event,
        "at": written_time(artefact.at),
        "actor": artefact.actor,
        "type": artefact.type,
        "hash": artefact.hash,
        "document": artefact.document,
        "digest": artefact.digest,
    }


def read_dossier(reader: Reader, candidate: str, unit: str, refs: Iterable[str] = ()) -> Dossier:
    """Read what the agreements *refs*, or all of the candidate's, hold for a unit."""
    found = find_unit(unit)
    try:
        return _read(reader, candidate, found, tuple(refs))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        reason = f"an event cannot be read ({type(error).__name__}: {error})"
        raise TrailRefusedError(stream=candidate, reason=reason) from None


def _read(reader: Reader, candidate: str, unit: CompetencyUnit, refs: tuple[str, ...]) -> Dossier:
    with reader.snapshot():
        directory = directory_of(reader.events(REGISTRY))
        directory.person(candidate)
        kinds = {row["ref"]: row["kind"] for row in reader.rows("SELECT ref, kind FROM v_agreement")}
        works = [_work(reader, ref, kinds[ref], candidate) for ref in refs or _named(reader, candidate)]
        # A judgement of an agreement that is left out here is a judgement all the same.
        judged = assessments_of(reader.events(ASSESSMENTS), candidate, unit.code)
        words = {one.reason: reader.note(one.reason) for one in judged if one.reason}
    taken = [work for work in works if candidate in taking_part(work.events)]
    return Dossier(portfolio_of(candidate, unit, taken, judged), directory, words)


def _named(reader: Reader, person: str) -> list[str]:
    """Return the agreements whose events may name *person*: as who acted, or as whom a deputy acted for."""
    query = (
        "SELECT DISTINCT stream FROM v_event WHERE line LIKE :actor OR line LIKE :principal ORDER BY stream"
    )
    rows = reader.rows(query, actor=f'%"actor":"{person}"%', principal=f'%"for":"{person}"%')
    return [row["stream"] for row in rows if is_agreement(row["stream"])]


def _work(reader: Reader, ref: str, kind: str, candidate: str) -> Work:
    events = tuple(reader.events(ref))
    plans = {e.payload["plan"] for e in events if e.payload.get("plan") and e.actor == candidate}
    return Work(ref, kind, events, {digest: json.loads(reader.content(digest)) for digest in plans})


def files_of(dossier: Dossier, reader: Reader, paper: bytes = b"") -> dict[str, bytes]:
    """Return the files of a portfolio by their names; *paper* is the document to read and to file."""
    files = {"README.txt": _README.read_bytes(), **({"portfolio.docx": paper} if paper else {})}
    places: dict[str, str] = {}
    named: dict[str, set[str]] = {}
    for artefact in dossier.portfolio.artefacts:
        if artefact.document and not reader.is_erased(artefact.digest):
            name = places.setdefault(artefact.digest, _free(files, artefact))
            files.setdefault(name, reader.content(artefact.digest))
            named.setdefault(name, set()).add(artefact.event)
    files |= _signed(dossier, reader)
    document = {"schema": SCHEMA, **dossier.document(), "files": dict(sorted(places.items()))}
    files["portfolio.json"] = _json(document)
    files["portfolio.csv"] = _table(dossier.portfolio, places)
    files["manifest.json"] = _json(
        {
            "schema": "assent.portfolio-files/1",
            "candidate": dossier.portfolio.candidate,
            "unit": dossier.portfolio.unit.code,
            "purpose": ASSESSMENT,
            "files": [
                {
                    "path": name,
                    "size": len(body),
                    "sha256": hashlib.sha256(body).hexdigest(),
                    "named_by": sorted(named.get(name, ())),
                }
                for name, body in sorted(files.items())
            ],
        }
    )
    return files


def _signed(dossier: Dossier, reader: Reader) -> dict[str, bytes]:
    """Return the judgements of this person as they were hashed and signed, and the keys to check them."""
    wanted = {one.seq for shown in dossier.portfolio.rows for one in shown.judgements}
    files = {"allowed_signers": allowed_signers(dossier.directory)}
    rows = reader.rows(
        "SELECT seq, line FROM v_event WHERE stream = :stream ORDER BY seq", stream=ASSESSMENTS
    )
    lines = [str(row["line"]) for row in rows if row["seq"] in wanted]
    files["assessments.jsonl"] = "".join(f"{line}\n" for line in lines).encode()
    for event in _events(reader, wanted):
        if event.signed:
            path = f"statements/{ASSESSMENTS}-{event.seq}.txt"
            files[path] = reader.content(event.signed.statement)
            files[f"{path}.sig"] = event.signed.signature.encode()
    return files


def _events(reader: Reader, wanted: set[int]) -> Iterator[Event]:
    yield from (event for event in reader.events(ASSESSMENTS) if event.seq in wanted)


def _free(files: Mapping[str, bytes], artefact: Artefact) -> str:
    """Return a name for a document that no other file has, on any system."""
    # Our own papers are called after their agreement already.
    name = safe_name(artefact.document.removeprefix(f"{artefact.ref}-"))
    path = f"documents/{safe_name(artefact.ref)}-{artefact.seq}-{name}"
    taken = {name.casefold() for name in files}
    if path.casefold() not in taken:
        return path
    return f"documents/{artefact.digest[:16]}-{name}"


def _table(portfolio: Portfolio, places: Mapping[str, str]) -> bytes:
    """Return every row with every piece of evidence, as CSV that Excel opens as it is."""
    target = io.StringIO()
    writer = csv.writer(target)
    writer.writerow(_COLUMNS)
    for shown in portfolio.rows:
        about = summary(shown)
        for artefact in shown.artefacts or (None,):
            piece = record(artefact) if artefact else {}
            file = places.get(piece["digest"], "") if piece else ""
            said = {**about, **piece, "file": file}
            writer.writerow([no_formula(said.get(column, "")) for column in _COLUMNS])
    return b"\xef\xbb\xbf" + target.getvalue().encode()


def _json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()
