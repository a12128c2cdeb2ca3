"""Negotiation: plans and rounds as they are read, and where each issue stands after them."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflow.errors import InvalidInputError
from workflow.negotiation import Deal, Issue, Plan, Point, Round, Standing, standings, unsettled

FEW = settings(max_examples=100, deadline=None, database=None)
HELD = {"held_on": date(2026, 11, 2), "attendees": ["Ann", "林"], "summary": "We talked."}
FULL_PLAN = Plan.read(
    {
        "purpose": "Buy it.",
        "counterpart": "Small, keen.",
        "our_benefit": "Ours.",
        "their_benefit": "Theirs.",
        "issues": [{"topic": "price", "priority": "high", "opening": "90", "options": "o", "trade": "t"}],
        "evidence": [
            {"kind": "usage", "what": "71 %", "source": "report", "seen_on": date(2026, 10, 1)},
            {"kind": "fact", "what": "w", "source": "s"},
        ],
        "concessions": "Late.",
        "techniques": ["bargaining", "culture"],
        "batna": "Another.",
        "input": [{"who": "Bob", "on": date(2026, 10, 2), "what": "w", "taken": False, "why": "late"}],
        "schedule": [{"what": "meet", "due": date(2026, 11, 2), "who": "Ann"}],
        "classification": "secret",
    }
)
FULL_ROUND = Round.read(
    {
        **HELD,
        "place": "Taichung",
        "agenda": ["price"],
        "points": [
            {"topic": "price", "status": "open", "our_position": "90", "their_position": "95"},
            {"topic": "term", "status": "agreed", "value": "a year"},
        ],
        "actions": [{"what": "draft", "who": "Bob", "due": date(2026, 11, 5)}],
        "reservations": "Head office.",
        "next_meeting": {"on": date(2026, 11, 9), "place": "by video", "about": "price"},
        "confirm_by": date(2026, 11, 6),
        "techniques": ["listening_and_questions"],
        "classification": "confidential",
    }
)
TERMS = """
title = "T"
[[parties]]
side = "ours"
name = "Ours"
[[parties]]
side = "theirs"
name = "Theirs"
"""


def problems(read, data):
    with pytest.raises(InvalidInputError) as refusal:
        read(data)
    return {problem.path: str(problem) for problem in refusal.value.problems}


def plan(*topics):
    return Plan(purpose="p", issues=tuple(Issue(topic=topic) for topic in topics))


def held(*points):
    return Round(**HELD, points=tuple(Point(topic=t, status=s, value=v) for t, s, v in points))


def test_reads_a_plan():
    read = Plan.read(
        {"purpose": "Buy it.", "issues": [{"topic": "price", "limit": "100"}], "walk_away": "120"}
    )

    assert (read.issues[0].topic, read.issues[0].limit, read.mandate) == ("price", "100", None)


def test_tells_everything_that_is_wrong_with_a_plan():
    found = problems(
        Plan.read,
        {"purpose": " ", "issues": [{"topic": "a\u202e"}, {"topci": "x"}], "walkaway": "1", "mandate": 5},
    )

    assert set(found) == {
        "purpose",
        "issues[0].topic",
        "issues[1].topic",
        "issues[1].topci",
        "walkaway",
        "mandate",
    }
    assert found["issues[1].topci"].endswith("did you mean topic?")
    assert found["walkaway"].endswith("did you mean walk_away?")


def test_tells_everything_that_is_wrong_with_a_round():
    found = problems(
        Round.read,
        {
            "held_on": 0,
            "attendees": [],
            "summary": "\0",
            "points": [{"topic": "price", "status": "settled", "valeu": "5"}],
        },
    )

    assert set(found) == {"held_on", "attendees", "summary", "points[0].status", "points[0].valeu"}
    assert "'agreed', 'open' or 'dropped'" in found["points[0].status"]


@pytest.mark.parametrize(
    ("read", "data", "path"),
    [
        (Plan.read, {"purpose": "p", "issues": [{"topic": "t"}] * 201}, "issues"),
        (Round.read, {**HELD, "points": [{"topic": "t", "status": "open"}] * 201}, "points"),
        (Round.read, {**HELD, "attendees": ["a"] * 101}, "attendees"),
        (Plan.read, {"purpose": "x" * 10_001}, "purpose"),
    ],
)
def test_has_a_largest_size(read, data, path):
    assert set(problems(read, data)) == {path}


def test_records_are_known_by_the_digest_of_their_bytes():
    first, again = Round.read(HELD), Round.read(dict(reversed(HELD.items())))

    assert first.canonical() == (
        '{"attendees":["Ann","林"],"held_on":"2026-11-02","points":[],"summary":"We talked."}'.encode()
    )
    assert first.digest == again.digest != held(("price", "open", None)).digest


def test_what_is_left_out_leaves_the_bytes_as_they_were_before_it_could_be_said():
    # Digests of records that stores have kept.
    assert held(("price", "agreed", "90")).digest == (
        "2dfc408335edef186bfe0e95d16641aab0e26bf468263f5abc985cd75226ebf1"
    )
    assert plan("price").digest == "8e74496015f67e8b3d0c924ae6ff36681bd29ffdb607a5eb0f95ae4a523d1c61"


def test_a_record_reads_back_from_its_bytes():
    for record in (held(("price", "agreed", "90")), plan("price"), FULL_PLAN, FULL_ROUND):
        assert type(record).model_validate_json(record.canonical()) == record


def test_a_deal_file_holds_terms_plan_and_rounds(tmp_path):
    path = tmp_path / "deal.toml"
    beside = '[plan]\npurpose = "p"\n[[rounds]]\nheld_on = 2026-11-02\nattendees = ["Ann"]\nsummary = "s"\n'
    path.write_text(TERMS + beside, encoding="utf-8")

    deal = Deal.load(path)

    assert (deal.terms.title, deal.plan.purpose, len(deal.rounds)) == ("T", "p", 1)


def test_a_deal_file_may_hold_terms_alone(tmp_path):
    (tmp_path / "deal.toml").write_text(TERMS, encoding="utf-8")

    assert (Deal.load(tmp_path / "deal.toml").plan, Deal.load(tmp_path / "deal.toml").rounds) == (None, ())


@pytest.mark.parametrize(
    ("beside", "path"),
    [
        ('[plan]\npurpose = ""\n', "plan.purpose"),
        ("[[rounds]]\nheld_on = 5\n", "rounds[0].held_on"),
        ('[[rounds]]\n[[rounds.points]]\ntopick = "x"\n', "rounds[0].points[0].topick"),
        ("[plna]\n", "plna"),
    ],
)
def test_a_deal_files_problems_have_their_place(beside, path, tmp_path):
    (tmp_path / "deal.toml").write_text(TERMS + beside, encoding="utf-8")

    assert path in problems(Deal.load, tmp_path / "deal.toml")


def test_an_issue_is_open_until_a_round_speaks_of_it():
    assert standings(plan("price", "term"), []) == (
        Standing("price", "open", None),
        Standing("term", "open", None),
    )


def test_the_last_round_that_spoke_of_an_issue_decides():
    rounds = [held(("price", "agreed", "90")), held(("term", "open", None)), held(("price", "open", "95"))]

    assert standings(plan("price"), rounds) == (
        Standing("price", "open", "95"),
        Standing("term", "open", None),
    )


def test_without_a_plan_the_rounds_alone_tell_the_issues():
    assert unsettled(None, []) == ()
    assert unsettled(None, [held(("price", "open", None))]) == ("price",)


@pytest.mark.parametrize(
    ("status", "value", "is_settled"),
    [("agreed", "90", True), ("agreed", None, False), ("dropped", None, True), ("open", "90", False)],
)
def test_an_issue_is_settled_by_an_agreed_value_or_by_being_dropped(status, value, is_settled):
    assert (unsettled(plan("price"), [held(("price", status, value))]) == ()) is is_settled


@FEW
@given(
    st.lists(
        st.tuples(
            st.sampled_from("abc"),
            st.sampled_from(["agreed", "open", "dropped"]),
            st.sampled_from(["1", None]),
        ),
        max_size=12,
    ),
    st.integers(1, 4),
)
def test_how_points_are_spread_over_rounds_does_not_matter(points, size):
    in_many = [held(*points[i : i + size]) for i in range(0, len(points), size)]

    assert standings(plan("a", "b"), in_many) == standings(plan("a", "b"), [held(*points)])


@pytest.mark.parametrize("field", ["confirm_by", "next_meeting"])
def test_what_follows_a_meeting_comes_after_it(field):
    early = date(2026, 11, 1)

    found = problems(Round.read, HELD | {field: early if field == "confirm_by" else {"on": early}})

    assert set(found) == {field}
