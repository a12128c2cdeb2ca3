"""The shipped policy and 236 real agreements: the reviews their labels call for, or why not.

The labels are those of CUAD v1 by The Atticus Project (CC BY 4.0), which is no part of this
project. Facts that no label covers are set to what asks nobody, so that only the labels speak.
"""

import csv
from decimal import Decimal
from pathlib import Path

import pytest

from approvals.policy import assess, load_policy
from workflow.vocabulary import FIELDS, NUMBER, TRUTH

LABELS = Path(__file__).parents[4] / "shared" / "data" / "cuad" / "agreements.csv"

pytestmark = pytest.mark.skipif(
    not LABELS.is_file(), reason="the labelled agreements are not beside the project"
)

POLICY = load_policy()
QUIET = {
    **{name: 0 if kind == NUMBER else False for name, kind in FIELDS.items() if kind in (NUMBER, TRUTH)},
    "budgeted": True, "contract_type": "services", "currency": "TWD", "liability": "capped",
    "paper": "own_standard", "stamp_class": "none", "ip_terms": "none", "cap_pct": Decimal(100),
}  # fmt: skip
# Kinds of contract that the labels know and our terms do not.
TYPES = {"joint_venture": "alliance", "filing": "other", "restrictive": "other"}
# Clauses the labels call a risk for and a policy asks nothing about by itself: in terms they are
# answered by other facts (a franchise comes with territories, a licence may be exclusive, a most
# favoured customer's clause may bind resale prices, source code in escrow may change hands), and a
# change of control is answered by the clause on assignment.
NOT_ASKED = {
    "competition": {"mfn", "franchise"},
    "ip": {"source_escrow", "licence"},
    "gm_risk": {"change_of_control"},
    "legal": set(),
}
ASKED = {
    "competition": {"exclusivity", "non_compete", "resale_price", "agency", "distribution"},
    "ip": {"ip_assignment", "joint_ip", "development"},
    "gm_risk": {"unlimited_liability", "auto_renew", "perpetual"},
}


def labelled():
    if not LABELS.is_file():
        return []
    with LABELS.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


ROWS = labelled()


def clauses(row):
    """What the labels found, with the kind of contract."""
    return {name for name, said in row.items() if said == "True"} | {row["contract_type"]}


def facts(row, *, paper="theirs"):
    found = clauses(row)
    kind = TYPES.get(row["contract_type"], row["contract_type"])
    ip = "assignment" if "ip_assignment" in found else "joint" if "joint_ip" in found else "none"
    return QUIET | {
        "contract_type": kind,
        "paper": paper,
        "auto_renew": "auto_renew" in found,
        "term_months": 1200 if "perpetual" in found else 12,
        "foreign_law": "foreign_law" in found,
        "liability": "unlimited" if "unlimited_liability" in found else "capped",
        "ip_terms": ip,
        **{name: name in found for name in ("exclusivity", "non_compete", "resale_price")},
    }


def asked(row, what, **given):
    found = assess(POLICY, facts(row, **given))
    if what == "gm_risk":  # management: one level up, or the top
        return bool({each.role for each in found.sign_offs} & {"gm", "division_head"})
    return what in {each.role for each in found.reviews}


def test_has_all_the_agreements():
    assert len(ROWS) == 236


@pytest.mark.parametrize("what", NOT_ASKED)
def test_asks_whom_the_labels_call_for_or_has_no_question_about_it(what):
    differ = [row for row in ROWS if asked(row, what) != (row[f"expect_{what}"] == "True")]

    # Row by row: the labels call for someone, and nothing they found is anything the policy asks.
    assert [row["filename"] for row in differ if asked(row, what)] == []
    for row in differ:
        assert clauses(row) & NOT_ASKED[what], row["filename"]
        assert not clauses(row) & ASKED[what], row["filename"]


@pytest.mark.parametrize(("what", "differ"), [("competition", 4), ("ip", 18), ("gm_risk", 30), ("legal", 0)])
def test_the_difference_is_as_large_as_it_was_when_it_was_explained(what, differ):
    assert sum(asked(row, what) != (row[f"expect_{what}"] == "True") for row in ROWS) == differ


@pytest.mark.parametrize("what", ASKED)
def test_each_clause_the_policy_asks_about_is_reason_enough(what):
    for clause in ASKED[what]:
        found = [row for row in ROWS if clause in clauses(row)]

        assert found
        assert all(asked(row, what) for row in found), clause


def test_a_lawyer_reads_every_agreement_on_their_paper():
    # The column is constant, so the cases in which no lawyer is asked are added below.
    assert {row["expect_legal"] for row in ROWS} == {"True"}
    assert all(asked(row, "legal") for row in ROWS)


def test_no_lawyer_reads_our_own_form_unless_something_in_it_is_for_one():
    # What is left of the lawyer's reasons once the paper is ours: foreign law, a long term, a great risk.
    reasons = {"foreign_law", "auto_renew", "perpetual", "unlimited_liability"}

    unread = [row for row in ROWS if not asked(row, "legal", paper="own_standard")]
    assert len(unread) > 10
    assert [row["filename"] for row in unread if clauses(row) & reasons] == []
    assert all(clauses(row) & reasons for row in ROWS if row not in unread)


@pytest.mark.parametrize("what", ["competition", "ip", "gm_risk", "legal"])
def test_an_agreement_without_any_of_it_asks_none_of_them(what):
    nothing = dict.fromkeys(ROWS[0], "False") | {"contract_type": "services"}

    assert not asked(nothing, what, paper="own_standard")
