"""The wordings of a contract as they are remembered: which were chosen, and what is not the standard.

Internal: why staff deviated, and how risky that is, is for approvers and the policy; a document
for the other side is not made of it.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Wordings:
    """What was chosen: a row for each clause of the contract, and one for each deviation.

    A clause row has id, version, wording, the facts it ``sets``, the digest of the library's
    ``source`` and that of the ``text`` as the contract has it. A deviation has id, title, chosen,
    why, risk and advice.
    """

    clauses: Sequence[Mapping[str, Any]] = ()
    deviations: Sequence[Mapping[str, Any]] = ()

    @property
    def for_rules(self) -> dict[str, Any]:
        """What `workflow.facts.facts_of` is told of them."""
        return {"wordings": [row["sets"] for row in self.clauses], "deviations": len(self.deviations)}

    def written(self) -> bytes:
        """Return the bytes that are kept: sorted JSON."""
        said = {"clauses": list(self.clauses), "deviations": list(self.deviations)}
        return canonical(said)


def read_wordings(body: bytes) -> Wordings:
    """Return the wordings that were kept; none where there are no bytes."""
    if not body:
        return Wordings()
    said = json.loads(body)
    return Wordings(tuple(said["clauses"]), tuple(said["deviations"]))


def text_digest(row: Mapping[str, Any]) -> str:
    """Return SHA-256 over what a clause says, as a contract's data has it: name, title, paragraphs."""
    second = row.get("en", {})
    said = [row["id"], row["title"], row["paragraphs"], second.get("title"), second.get("paragraphs")]
    return hashlib.sha256(canonical(said)).hexdigest()


def canonical(value: object) -> bytes:
    """Return the one way a value is written: JSON with sorted names and no blanks."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
