"""Real agreements, as lawyers labelled them, turned into terms; loaded by the test beside it.

The labels are those of CUAD v1 by The Atticus Project (CC BY 4.0), which is no part of this project.
A label says that a clause was found. What no label tells (the price, personal data, how high a
cap is) stays unknown, and so does what a label leaves open: see the notes in `_facts`.
"""

import csv
import re
from datetime import date, datetime
from pathlib import Path
from typing import Any

from workflow import Terms

#: Kinds of contract that the labels know and our terms do not.
_TYPES = {"joint_venture": "alliance", "filing": "other", "restrictive": "other"}

# The part after the last comma decides; whatever is not here has to be a state of the US.
_COUNTRIES = {
    "british columbia": "CA", "canada": "CA", "china": "CN", "colombia": "CO", "england": "GB",
    "hong kong": "HK", "india": "IN", "israel": "IL", "japan": "JP", "papua new guinea": "PG",
    "people's republic of china": "CN", "republic of kazakhstan": "KZ", "republic of south africa": "ZA",
    "spain": "ES", "taiwan": "TW",
}  # fmt: skip
_STATES = {
    "arizona", "arkansas", "california", "colorado", "connecticut", "delaware", "district of columbia",
    "florida", "georgia", "illinois", "indiana", "iowa", "kansas", "kentucky", "massachusetts", "minnesota",
    "missouri", "nevada", "new jersey", "new york", "north carolina", "ohio", "oklahoma", "pennsylvania",
    "texas", "virginia", "washington",
    "the state in which the franchised restaurant is located",
}  # fmt: skip

_MONTHS = {"month": 1, "year": 12}
_DAYS = {"day": 1, "month": 30, "year": 365}

_QUOTE = re.compile(r'["“”]')
_QUOTED = re.compile(r'["“]([^"“”]+?),?["”]')
# A semicolon inside brackets, that is one whose next bracket closes, separates no parties.
_BETWEEN = re.compile(r";(?![^()\[\]]*[)\]])")
# What stands beside the parties and speaks of several of them: Buyer and Seller (each a "Party").
_COLLECTIVE = re.compile(r"\W*(?:collectively|each|individually|together)\b", re.IGNORECASE)
_COLLECTIVE_NAME = re.compile(r"(?:.* )?part(?:y|ies)", re.IGNORECASE)


def read_rows(path: Path) -> list[dict[str, str]]:
    """Return the labels, one agreement a row."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def terms_of(row: dict[str, str]) -> Terms:
    """Return the terms a row of labels amounts to."""
    return Terms.read(
        {
            "title": _one_line(row["document_name"]),
            "contract_type": _TYPES.get(row["contract_type"], row["contract_type"]),
            "parties": [
                {"side": "theirs" if number else "ours", "name": name}
                for number, name in enumerate(party_names(row["parties"]))
            ],
            "period": _period(row),
            "liability": _liability(row),
            "law": {"governing": country(row["governing_law"])},
            "facts": _facts(row),
        },
        source=row["filename"],
    )


def party_names(column: str) -> list[str]:
    """Return who agrees, ours first; a party that is only described goes by its description."""
    found = [name for part in _BETWEEN.split(_one_line(column)) if (name := _party(part))]
    return [*found, "(not named)"] if len(found) == 1 else found


def country(law: str) -> str:
    """Return the code of the country whose law governs, or "unknown" where none is named."""
    place = law.partition(";")[0].rpartition(",")[2].strip().lower()
    if not any(map(str.isalpha, place)):
        return "unknown"
    return "US" if place in _STATES else _COUNTRIES[place]


def _party(part: str) -> str:
    part = part.strip().removeprefix("(")
    said = _QUOTED.search(part)
    if _COLLECTIVE.match(part) or (said and _COLLECTIVE_NAME.fullmatch(said[1].split(",")[0])):
        return ""
    name = _QUOTE.split(part)[0]
    # The parenthesis that the first quotation mark stood in, as in: Ltd. (the "Company").
    if name.count("(") > name.count(")"):
        name = name[: name.rindex("(")]
    name = name.strip(" ,")
    if any(map(str.isalpha, name)):
        return name
    return "" if "collectively" in part else max(_QUOTED.findall(part), key=len, default="")


def _period(row: dict[str, str]) -> dict[str, Any]:
    perpetual = _is(row, "perpetual")
    start = _day(row["effective_date"]) or _day(row["agreement_date"])
    end = None if perpetual else _day(row["expiration_date"])
    if start and end and end <= start:  # one of the two was read wrongly, and nobody can tell which
        end = None
    told = {
        "start": start,
        "end": end,
        "renewal_months": _count(row["renewal_term"], _MONTHS),
        "notice_days": _count(row["notice_period_to_terminate_renewal"], _DAYS),
    }
    known = {name: value for name, value in told.items() if value}
    return {"perpetual": perpetual, "auto_renew": _is(row, "auto_renew"), **known}


def _day(text: str) -> date | None:
    for form in ("%m/%d/%y", "%m/%d/%Y"):
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day has no time zone
        except ValueError:
            continue
    return None


def _count(text: str, units: dict[str, int]) -> int | None:
    found = re.search(r"(\d+) (day|month|year)", text.lower())
    return int(found[1]) * units[found[2]] if found else None


def _liability(row: dict[str, str]) -> dict[str, Any]:
    # A cap is labelled and its height is not, so how far one answers stays unknown.
    kind = "unlimited" if _is(row, "unlimited_liability") else "unknown"
    return {"kind": kind, "penalty_percent": "unknown" if _is(row, "liquidated_damages") else 0}


def _facts(row: dict[str, str]) -> dict[str, Any]:
    kind = row["contract_type"]
    if _is(row, "ip_assignment"):
        ip = "assignment"
    elif _is(row, "joint_ip"):
        ip = "joint"
    else:
        # That a licence is given is known and whether it excludes others is not; source code in
        # escrow changes hands on conditions that no label tells.
        ip = "unknown" if kind == "licence" or _is(row, "source_escrow") else "none"
    return {
        "ip_terms": ip,
        # Franchises come with territories, which no label tells.
        "exclusivity": _is(row, "exclusivity") or ("unknown" if kind == "franchise" else False),
        "non_compete": _is(row, "non_compete"),
        # A most favoured customer's clause binds prices too; whether those of resale, no label tells.
        "resale_price": _is(row, "resale_price") or ("unknown" if _is(row, "mfn") else False),
    }


def _is(row: dict[str, str], name: str) -> bool:
    return row[name] == "True"


def _one_line(text: str) -> str:
    return " ".join(text.replace("\u00ad", "").split())
