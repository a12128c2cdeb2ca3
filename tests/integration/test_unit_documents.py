"""Every row of the competency unit whose evidence is a document has that document, and counts it."""

import csv
import re
import tomllib
from pathlib import Path

import pytest

import approvals
from workflow.documents.catalogue import shipped

ROWS = Path(__file__).resolve().parents[3] / "shared" / "data" / "competency_unit_rows.csv"
UNIT = Path(approvals.__file__).parent / "data" / "unit_BGM4R0450v2.toml"
#: The documents professionals use, by the numbers the rows name them with.
KINDS = {
    "D1": "negotiation-plan",
    "D2": "minutes",
    "D3": "request-letter",
    "D4": "confirmation-letter",
    "D5": "term-sheet",
    "D6": "purchase",
    "D7": "services",
    "D8": "works",
    "D9": "distribution",
    "D10": "nda",
    "D11": "mou",
    "D12": "approval-sheet",
    "D13": "opinion",
    "D14": "contract-card",
    "D15": "amendment",
    "D16": "kpi-review",
    "D17": "notice",
    "D18": "contact-log",
    "D19": "acceptance-record",
}


@pytest.mark.parametrize("kind", KINDS.values())
def test_each_document_comes_in_both_languages_and_a_contract_in_the_two_together(kind):
    languages = {"zh-TW", "en"} | ({"zh-TW+en"} if kind in shipped().contract_kinds else set())

    assert set(shipped().languages(kind)) == languages


@pytest.mark.skipif(not ROWS.is_file(), reason="the rows of the unit with their evidence are not here")
def test_every_row_whose_evidence_is_a_document_counts_that_document():
    with ROWS.open(encoding="utf-8-sig") as file:
        named = {row["id"]: set(re.findall(r"\bD\d+\b", row["evidence"])) for row in csv.DictReader(file)}
    unit = tomllib.loads(UNIT.read_text(encoding="utf-8"))
    counted = {row["id"]: set(row.get("evidence", ())) for row in unit["rows"]}
    contracts = set(shipped().contract_kinds)

    lacking = {
        (row, KINDS[code])
        for row, codes in named.items()
        for code in codes
        if f"paper:{KINDS[code]}" not in counted[row]
        and not (KINDS[code] in contracts and "paper:contract" in counted[row])
        # Of a plan only what it says counts, field by field.
        and not (code == "D1" and any(piece.startswith("plan:") for piece in counted[row]))
    }
    assert len(named) == 46
    assert lacking == set()
