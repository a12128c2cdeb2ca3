"""The bands of thirteen real bodies, written as policies of ours and asked at both edges.

The bodies' figures are public; who signs stands for the office each of them names. Where a
body thinks in another currency its policy has the figures in TWD at the rate of the terms.
"""

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from approvals.policy import assess, examine, load_policy
from workflow.facts import facts_of
from workflow.terms import Terms

FOLDER = Path(__file__).parents[2] / "data" / "policies"
SHARED = Path(__file__).parents[4] / "shared" / "data" / "policy" / "real_thresholds.csv"
FILES = sorted(path for path in FOLDER.glob("*.csv") if path.name != "edges.csv")
# What is said of the quiet agreement that only its amount tells from others.
FACTS = {
    "related_party": False, "paper": "own_standard", "on_site_work": False, "system_access": False,
    "personal_data": False,
}  # fmt: skip
#: How each body's rows are headed.
ORGANISATIONS = {
    "National Cheng Kung University": "ncku",
    "Kaohsiung Medical University": "kmu",
    "Feng Chia University": "fcu",
    "Taiwan government": "government",
    "Listed company": "listed",
    "Public companies": "assets",
    "Mattermost": "mattermost",
    "Sourcegraph": "sourcegraph",
    "University of the Pacific": "pacific",
    "Furman University": "furman",
    "Lewis & Clark College": "lewis_clark",
    "Monmouth University": "monmouth",
    "Brimbank City Council": "brimbank",
}


def rows(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


EDGES = rows(FOLDER / "edges.csv")
ENDS = ("from_exclusive", "to_inclusive")
# Lines that change neither who signs nor who reviews: another offer is asked for, or it is tendered.
SAME_PEOPLE = {("sourcegraph", "10000"), ("government", "1500000")}
THREE_YEARS = {"start": date(2026, 1, 1), "end": date(2028, 12, 31)}
AND_A_DAY = {"start": date(2026, 1, 1), "end": date(2029, 1, 1)}


def terms(amount, band, **said):
    exchange = (
        {"rate": band["rate"], "on": "2026-01-05", "source": "Bank of Taiwan"} if band["rate"] else None
    )
    return Terms.read(
        {
            "title": "T",
            "contract_type": "services",
            "parties": [{"side": "ours", "name": "Ours"}, {"side": "theirs", "name": "Theirs"}],
            "currency": band["currency"],
            "estimated_value": str(amount),
            "period": {"start": date(2026, 1, 1), "end": date(2026, 12, 31), "auto_renew": False},
            "liability": {"kind": "capped", "cap_percent": "100"},
            "facts": FACTS,
            **({"exchange": exchange} if band["rate"] else {}),
            **said,
        }
    )


def asked(band, amount, **said):
    found = assess(load_policy(FOLDER / f"{band['policy']}.csv"), facts_of(terms(amount, band, **said)))
    last = max(found.sign_offs, key=lambda each: each.step)
    return last.role, " ".join(sorted(each.role for each in found.reviews))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_policy_of_a_body_has_nothing_wrong_with_it(path):
    assert [str(problem) for problem in examine(path.read_bytes())[1]] == []


@pytest.mark.parametrize("band", EDGES, ids=lambda band: f"{band['policy']} above {band['from_exclusive']}")
def test_asks_whom_the_band_names_from_its_first_dollar_to_its_last(band):
    low, high = Decimal(band["from_exclusive"]), band["to_inclusive"] and Decimal(band["to_inclusive"])
    inside = [low + 1, low + 2, *([high - 1, high] if high else [low * 100 + 1])]
    if band["rate"]:
        inside.append(low + Decimal("0.04"))  # the first cents that are a dollar of ours
    if not low:
        inside.append(low)

    assert {asked(band, amount) for amount in inside} == {(band["final_role"], band["reviews"])}


@pytest.mark.parametrize(
    "band",
    [band for band in EDGES if band["to_inclusive"]],
    ids=lambda band: f"{band['policy']} to {band['to_inclusive']}",
)
def test_asks_otherwise_from_the_first_dollar_above_the_band(band):
    (above,) = (
        other
        for other in EDGES
        if (other["policy"], other["from_exclusive"]) == (band["policy"], band["to_inclusive"])
    )

    found = asked(band, Decimal(band["to_inclusive"]) + 1)

    assert found == (above["final_role"], above["reviews"])
    same = (band["final_role"], band["reviews"]) == (above["final_role"], above["reviews"])
    assert same is ((band["policy"], band["to_inclusive"]) in SAME_PEOPLE)


@pytest.mark.parametrize(
    ("policy", "amount", "said", "final", "reviews"),
    [
        ("lewis_clark", 100, {"period": THREE_YEARS}, "division_head", ""),
        ("lewis_clark", 100, {"period": AND_A_DAY}, "cfo/gm/legal", ""),
        ("mattermost", 100, {"liability": {"kind": "unlimited"}}, "gm", "finance"),
        ("mattermost", 100, {"facts": FACTS | {"paper": "theirs"}}, "cfo", "finance legal"),
        ("sourcegraph", 1000, {"facts": FACTS | {"personal_data": True}}, "dept_manager", "finance"),
        ("sourcegraph", 1001, {"facts": FACTS | {"personal_data": True}}, "dept_manager", "finance legal"),
        ("sourcegraph", 1, {"facts": FACTS | {"system_access": True}}, "dept_manager", "finance infosec"),
        ("furman", 100, {"contract_type": "saas"}, "division_head", "finance infosec"),
        ("furman", 100, {"contract_type": "real_estate"}, "division_head", "finance legal"),
        ("assets", 100, {"facts": FACTS | {"related_party": True}}, "board", "compliance"),
        ("fcu", 100, {"facts": FACTS | {"on_site_work": True}}, "dept_manager", "ehs"),
    ],
)  # fmt: skip
def test_asks_whom_a_body_names_for_more_than_the_amount(policy, amount, said, final, reviews):
    band = next(band for band in EDGES if band["policy"] == policy)

    assert asked(band, amount, **said) == (final, reviews)


def test_a_rate_nobody_gave_leaves_the_amount_unknown_and_asks_everyone():
    band = next(band for band in EDGES if band["policy"] == "pacific")

    assert asked(band | {"rate": ""}, 1) == ("chair", "finance legal")


@pytest.mark.skipif(not SHARED.is_file(), reason="the collected thresholds are not beside the project")
def test_every_figure_that_was_collected_is_an_edge_of_a_band():
    edges = {
        name: {int(band[end]) for band in EDGES if band["policy"] == name for end in ENDS if band[end]}
        for name in ORGANISATIONS.values()
    }

    missing = [
        (row["org"], figure)
        for row in rows(SHARED)
        for figure in (row[end] for end in ENDS)
        # The line of 查核金額 is the first amount above it, ours the last below.
        if figure and not {int(figure), int(figure) - 1} & edges[_policy(row["org"])]
    ]
    assert missing == []
    assert {_policy(row["org"]) for row in rows(SHARED)} == set(edges) == {path.stem for path in FILES}


def _policy(organisation):
    (name,) = (policy for start, policy in ORGANISATIONS.items() if organisation.startswith(start))
    return name
