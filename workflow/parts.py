"""The parts a contract is made of, each by its digest, so that a change can be named.

A part is what one topic says: its section of the terms and the clauses of its family. Who
signs off answers for topics; what belongs to none (the parties, the facts of the risk
questionnaire, the layout, anything new) concerns everyone.
"""

import hashlib
import json
from collections.abc import Collection, Mapping
from typing import Any

from workflow.terms import Terms

#: What somebody can answer for alone; a clause belongs to the topic its name begins with.
TOPICS = (
    "acceptance",
    "assignment",
    "audit",
    "change_of_circumstances",
    "confidentiality",
    "definitions",
    "delivery",
    "disputes",
    "entire_agreement",
    "exclusivity",
    "force_majeure",
    "insurance",
    "intellectual_property",
    "kpi",
    "law",
    "liability",
    "non_compete",
    "notices",
    "originals",
    "payment",
    "penalties",
    "performance",
    "personal_data",
    "price",
    "safety",
    "scope",
    "security",
    "service_levels",
    "signature",
    "staff",
    "subcontracting",
    "term",
    "termination",
    "title_and_risk",
    "warranty",
)

# Sections of a contract's data whose topic has another name, or that say what others say too.
_SECTION_TOPICS = {"purpose": "scope", "period": "term", "consent_mode": "signature"}
_SAID_ELSEWHERE = frozenset({"ours", "theirs", "clauses", "facts"})
# A document's heading differs with every revision, whatever the text.
_HEADING = frozenset({"number", "revision", "date", "draft", "owner"})


def parts_of(context: Mapping[str, Any], *, template: str, terms: Terms) -> Mapping[str, str]:
    """Return the digest of every part of the contract that *context* and *template* make."""
    said: dict[str, list[Any]] = {"layout": [template]}
    for name, value in context.items():
        if name == "document":
            kept = {key: text for key, text in value.items() if key not in _HEADING}
            said["layout"].append(kept)
        elif name not in _SAID_ELSEWHERE:
            said.setdefault(_SECTION_TOPICS.get(name, name), []).append([name, value])
    for place, clause in enumerate(context.get("clauses", ())):
        family = str(clause["id"]).partition(".")[0]
        said.setdefault(family if family in TOPICS else "other", []).append(clause)
        # Clauses refer to one another by number, so their order is everyone's.
        said["layout"].append([place, clause["id"]])
    said["facts"] = [terms.facts.model_dump(mode="json"), terms.contract_type]
    said["facts"].append(terms.exchange.model_dump(mode="json") if terms.exchange else None)
    return {name: _digest(value) for name, value in sorted(said.items())}


def changed_parts(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[str, ...]:
    """Return the names of the parts that differ, in order."""
    return tuple(sorted(name for name in {*before, *after} if before.get(name) != after.get(name)))


def concerns(changed: Collection[str], covers: Collection[str]) -> tuple[str, ...]:
    """Return which changed parts concern someone who answers for *covers*; all of them where it is empty."""
    return tuple(part for part in changed if not covers or part in covers or part not in TOPICS)


def _digest(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
