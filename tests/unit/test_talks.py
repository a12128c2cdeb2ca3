"""What the plan and the minutes say of their records, and what the minutes leave out."""

import json
from datetime import date

import pytest

from workflow.documents.catalogue import shipped
from workflow.documents.engine import compile_template
from workflow.negotiation import Plan, Round
from workflow.talks import classified, plan_context, round_context

HEADING = dict.fromkeys(("number", "ref", "date", "owner", "revision", "classification"), "x") | {
    "draft": False
}
NOBODY = {"title": "t", "parties": [], "ours": {"name": ""}, "theirs": {"name": ""}, "document": HEADING}
PLAN = Plan.read(
    {
        "purpose": "Buy it.",
        "issues": [{"topic": "price", "priority": "high", "opening": "90"}, {"topic": "term"}],
        "evidence": [{"kind": "usage", "what": "71 %", "source": "report"}],
        "techniques": ["bargaining"],
        "input": [{"who": "Bob", "on": date(2026, 10, 2), "what": "w", "taken": False, "why": "late"}],
        "schedule": [{"what": "meet", "due": date(2026, 11, 2), "who": "Ann"}],
    }
)
ROUND = Round.read(
    {
        "held_on": date(2026, 11, 2),
        "attendees": ["Ann"],
        "summary": "One.\n\nTwo.",
        "points": [
            {"topic": "price", "status": "open", "our_position": "90"},
            {"topic": "term", "status": "agreed", "value": "a year"},
        ],
        "actions": [{"what": "draft", "who": "Bob", "due": date(2026, 11, 5)}],
        "next_meeting": {"on": date(2026, 11, 9)},
        "confirm_by": date(2026, 11, 6),
        "techniques": ["bargaining"],
    }
)


@pytest.mark.parametrize("language", ["en", "zh-TW"])
@pytest.mark.parametrize("plan", [PLAN, Plan(purpose="p")])
def test_a_plan_is_a_document_before_there_are_terms(plan, language):
    template = compile_template(shipped().layout("negotiation-plan", language).body)

    assert template.render(NOBODY | plan_context(plan, language))


@pytest.mark.parametrize("language", ["en", "zh-TW"])
@pytest.mark.parametrize("held", [ROUND, Round(held_on=date(2026, 11, 2), attendees=("Ann",), summary="s")])
def test_minutes_are_a_document_before_there_are_terms(held, language):
    template = compile_template(shipped().layout("minutes", language).body)

    assert template.render(NOBODY | round_context(held, 1, language))


def test_the_minutes_say_what_was_said_and_not_how_we_went_about_it():
    said = round_context(ROUND, 2, "en")["round"]

    assert (said["no"], said["summary"], said["next_on"]) == ("2", ["One.", "Two."], "9 November 2026")
    assert said["positions"] == [{"no": "1", "topic": "price", "ours": "90", "theirs": ""}]
    assert [row["due"] for row in said["actions"]] == ["5 November 2026"]
    assert "bargaining" not in json.dumps(said)


def test_the_plan_says_its_choices_in_words():
    said = plan_context(PLAN, "en")["plan"]

    assert [issue["priority_name"] for issue in said["issues"]] == ["high", ""]
    assert said["evidence"][0]["kind_name"] == "rate of use"
    assert said["techniques"] == [{"name": "bargaining"}]
    assert said["input"][0]["taken"] == "no"


@pytest.mark.parametrize(
    ("name", "words"), [(None, ""), ("internal", "for internal use"), ("secret", "strictly confidential")]
)
def test_a_document_says_how_closely_it_is_kept(name, words):
    assert classified(name, "en") == words
