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
    "agency_powers",
    "amendment",
    "amendment_effect",
    "amendment_price",
    "assignment",
    "audit",
    "binding_effect",
    "business_continuity",
    "change_control",
    "change_of_circumstances",
    "commission",
    "compelled_disclosure",
    "confidential_information",
    "confidentiality",
    "cooperation",
    "costs",
    "definitions",
    "delivery",
    "deposit",
    "disputes",
    "division_of_work",
    "entire_agreement",
    "exceptions",
    "exclusivity",
    "exit",
    "expenses",
    "export_control",
    "force_majeure",
    "governance",
    "government",
    "infringement",
    "insurance",
    "integrity",
    "intellectual_property",
    "kpi",
    "language",
    "law",
    "liability",
    "marketing",
    "materials",
    "minimum_purchase",
    "no_licence",
    "non_compete",
    "notices",
    "ordering",
    "originals",
    "payment",
    "penalties",
    "performance",
    "personal_data",
    "precedence",
    "price",
    "price_adjustment",
    "product_liability",
    "protection",
    "publicity",
    "purpose",
    "recipients",
    "relationship",
    "remedies",
    "reporting",
    "resale_price",
    "return_destruction",
    "safety",
    "scope",
    "security",
    "service_levels",
    "severability",
    "signature",
    "staff",
    "stock",
    "subcontracting",
    "survival",
    "taxes",
    "term",
    "termination",
    "territory",
    "title_and_risk",
    "trade_marks",
    "use_restrictions",
    "variation",
    "waiver",
    "warranty",
)

# Sections of a contract's data whose topic has another name, or that say what others say too.
_SECTION_TOPICS = {
    "purpose": "scope",
    "period": "term",
    "consent_mode": "signature",
    "delay": "penalties",
    "secrecy": "confidentiality",
    "works": "delivery",
    "distribution": "scope",
    "kpis": "kpi",
    "amends": "amendment",
    "prevailing": "language",
}
_SAID_ELSEWHERE = frozenset({"ours", "theirs", "customer", "supplier", "clauses", "contents", "facts"})
# Where a contract has a second language, all of its data in it.
_SECOND = "en"
# Where an article stands; another's coming or going changes that and no word of it.
_PLACED = frozenset({"number", "mark", "lines", "paragraphs"})
# A document's heading differs with every revision, whatever the text.
_HEADING = frozenset({"number", "revision", "date", "draft", "owner"})


def parts_of(context: Mapping[str, Any], *, template: str, terms: Terms) -> Mapping[str, str]:
    """Return the digest of every part of the contract that *context* and *template* make."""
    said: dict[str, list[Any]] = {"layout": [template]}
    for name, value in [*context.items(), *context.get(_SECOND, {}).items()]:
        if name == "document":
            kept = {key: text for key, text in value.items() if key not in _HEADING}
            said["layout"].append(kept)
        elif name not in _SAID_ELSEWHERE and name != _SECOND:
            said.setdefault(_SECTION_TOPICS.get(name, name), []).append([name, value])
    for place, clause in enumerate(context.get("clauses", ())):
        family = str(clause["id"]).partition(".")[0]
        said.setdefault(family if family in TOPICS else "other", []).append(_worded(clause))
        # Clauses refer to one another by number, so their order is everyone's.
        said["layout"].append([place, clause["id"]])
    said["facts"] = [terms.facts.model_dump(mode="json"), terms.contract_type]
    said["facts"].append(terms.exchange.model_dump(mode="json") if terms.exchange else None)
    return {name: _digest(value) for name, value in sorted(said.items())}


def _worded(clause: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what a clause says, without the numbers that it and others have in this contract."""
    if "lines" not in clause:
        return clause
    named = {name: text for name, text in clause.items() if name not in _PLACED}
    lines = [[p["bookmark"] or p["text"] for p in line["pieces"]] for line in clause["lines"]]
    second = {_SECOND: _worded(clause[_SECOND])} if _SECOND in clause else {}
    return {**named, **second, "lines": lines}


def changed_parts(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[str, ...]:
    """Return the names of the parts that differ, in order."""
    return tuple(sorted(name for name in {*before, *after} if before.get(name) != after.get(name)))


def concerns(changed: Collection[str], covers: Collection[str]) -> tuple[str, ...]:
    """Return which changed parts concern someone who answers for *covers*; all of them where it is empty."""
    return tuple(part for part in changed if not covers or part in covers or part not in TOPICS)


def _digest(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
