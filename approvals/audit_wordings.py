"""Whether the wordings recorded with a contract are those it has: its policy was asked with them."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from approvals.audit_contents import Faults, content
from approvals.audit_report import ODD
from workflow.case import Case
from workflow.events import Event, Type
from workflow.reading import Reader
from workflow.wordings import Wordings, canonical, read_wordings, text_digest


def check_wordings(reader: Reader, case: Case, event: Event) -> Faults:
    """Hold the wordings of a draft against its contract, the clauses they came from, and the terms."""
    if event.type is not Type.DRAFTED or case.contract is None:
        return
    try:
        data = json.loads(content(reader, case.contract.context))
        said = read_wordings(content(reader, case.wordings) if case.wordings else b"")
        sources = json.loads(content(reader, str(event.payload.get("library", ""))) or b"[]")
        terms = json.loads(content(reader, case.terms))
        yield from (("duties", what) for what in _faults(data, said, sources, terms))
    except ODD as error:
        yield "duties", f"what its clauses are cannot be read: {error}"


def _faults(
    data: Mapping[str, Any], said: Wordings, sources: list[Mapping[str, Any]], terms: Mapping[str, Any]
) -> Iterator[str]:
    # Contracts from before wordings were recorded have no place to refer to.
    articles = [row for row in data["clauses"] if "bookmark" in row]
    recorded = {row["id"]: row for row in said.clauses}
    if [row["id"] for row in articles] != list(recorded):
        yield "the clauses recorded are not those of the contract"
        return
    by_digest = {hashlib.sha256(canonical(source)).hexdigest(): source for source in sources}
    deviations = {row["id"]: row["chosen"] for row in said.deviations}
    for article in articles:
        row = recorded[article["id"]]
        if row["text"] != text_digest(article):
            yield f"the clause {row['id']} is not the one that was recorded"
        if row["sets"] != _sets(row, by_digest.get(row["source"], {})):
            yield f"what the clause {row['id']} tells the policy is not what its wording sets"
        if row["wording"] != "standard" and row["id"] not in deviations:
            yield f"the clause {row['id']} is not the standard, and that is not listed"
    for choice in terms.get("clauses", ()):
        if not choice.get("omit") and choice["id"] not in deviations:
            yield f"the terms choose another wording of {choice['id']}, and that is not listed"


def _sets(row: Mapping[str, Any], source: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the facts that a recorded wording sets, by the clause it came from."""
    wordings = {"standard": source} | {fallback["id"]: fallback for fallback in source.get("fallbacks", ())}
    facts: Mapping[str, Any] = wordings.get(row["wording"], {}).get("sets", {})
    return facts
