"""Who is reminded of what, and that a reminder decides nothing."""

from datetime import date

import pytest

from approvals.reminders import body, letters, matter_of, one_line, subject
from workflow import i18n
from workflow.values.deadlines import office_calendar

MONDAY = date(2026, 11, 23)
TAIWAN = office_calendar()
PEOPLE = [
    {"id": "bob", "name": "陳伯寧", "email": "bob@example.com", "roles": ["dept_manager"]},
    {"id": "grace", "name": "王怡君", "email": "grace@example.com", "roles": ["gm"]},
    {"id": "hana", "name": "張花", "email": "", "roles": ["division_head"]},
]
SEAT = {
    "person": "bob",
    "ref": "AGR-2026-0042",
    "revision": 2,
    "title": "雲端主機服務合約",
    "counterparty": "台北光電股份有限公司",
    "currency": "TWD",
    "total_minor": 125000000,
    "task": "sign-off",
    "aspect": "commercial",
    "role": "dept_manager",
    "flag": "",
    "due": "2026-11-19",
    "principal": "",
    "rules": "A01",
}


def row(**changes):
    return SEAT | changes


def told(inbox, late=(), *, escalate_to=lambda ref, rule: "", within=1, people=PEOPLE):
    """Return who is told of which agreements: what waits for them, and what is late with others."""
    found, _ = letters(
        inbox, late, people, escalate_to=escalate_to, today=MONDAY, within=within, calendar=TAIWAN
    )
    return {
        letter.person: ([m.ref for m in letter.waiting], [m.ref for m in letter.escalated])
        for letter in found
    }


def letter_of(inbox, late=(), **given):
    found, _ = letters(
        inbox,
        late,
        PEOPLE,
        today=MONDAY,
        within=1,
        calendar=TAIWAN,
        **{"escalate_to": lambda ref, rule: "", **given},
    )
    return found[0]


@pytest.mark.parametrize(
    ("due", "within", "expected"),
    [
        ("2026-11-19", 0, True),
        ("2026-11-23", 0, True),
        ("2026-11-24", 0, False),
        ("2026-11-24", 1, True),
        ("2026-11-25", 1, False),
        # Five working days after Monday is the Monday that follows.
        ("2026-11-30", 5, True),
        ("2026-12-01", 5, False),
        ("", 365, False),
        ("2150-01-04", 365, False),
    ],
)
def test_tells_of_what_is_late_or_due_within_so_many_working_days(due, within, expected):
    assert bool(told([row(due=due)], within=within)) is expected


def test_tells_everyone_in_one_letter_with_the_most_urgent_first():
    inbox = [row(ref="AGR-2026-0051", due="2026-11-23"), row(), row(person="grace", role="gm")]

    assert told(inbox) == {
        "bob": (["AGR-2026-0042", "AGR-2026-0051"], []),
        "grace": (["AGR-2026-0042"], []),
    }


def test_tells_the_role_the_policy_escalates_to_of_what_is_late_with_others():
    late = [row()]

    assert told([row()], late, escalate_to=lambda ref, rule: "gm" if rule == "A01" else "") == {
        "bob": (["AGR-2026-0042"], []),
        "grace": ([], ["AGR-2026-0042"]),
    }


def test_escalates_what_waits_for_nobody_any_more():
    assert told([], [row()], escalate_to=lambda ref, rule: "gm") == {"grace": ([], ["AGR-2026-0042"])}


def test_escalates_once_what_several_rules_asked_for():
    late = [row(rules="A01 A03")]

    assert told([], late, escalate_to=lambda ref, rule: "gm") == {"grace": ([], ["AGR-2026-0042"])}


def test_escalates_to_nobody_what_waits_for_themselves():
    waiting = row(person="grace", role="gm")

    assert told([waiting], [waiting], escalate_to=lambda ref, rule: "gm") == {
        "grace": (["AGR-2026-0042"], [])
    }


def test_escalates_nothing_where_no_rule_says_so():
    assert told([row()], [row()]) == {"bob": (["AGR-2026-0042"], [])}
    assert told([row()], [row(rules="")], escalate_to=lambda ref, rule: "gm") == {
        "bob": (["AGR-2026-0042"], [])
    }


def test_names_a_role_to_be_told_that_nobody_holds():
    found, untold = letters(
        [],
        [row()],
        PEOPLE,
        escalate_to=lambda ref, rule: "chair",
        today=MONDAY,
        within=1,
        calendar=TAIWAN,
    )

    assert not found
    assert [(matter.ref, role) for matter, role in untold] == [("AGR-2026-0042", "chair")]


def test_tells_a_deputy_for_whom_they_would_act_and_their_own_before_that():
    deputy = row(person="grace", principal="bob")

    text = body(letter_of([deputy]), MONDAY, TAIWAN)
    own = letter_of([deputy, row(person="grace")])

    assert "for 陳伯寧" in text
    assert [matter.principal for matter in own.waiting] == [""]


def test_says_what_it_is_about_how_late_and_where_to_look():
    letter = letter_of([row()])

    assert subject(letter, MONDAY) == "1 waiting for you, 1 late: AGR-2026-0042"
    assert body(letter, MONDAY, TAIWAN) == (
        "Dear 陳伯寧,\n"
        "\n"
        "This waits for you, the most urgent first:\n"
        "\n"
        "AGR-2026-0042  雲端主機服務合約\n"
        "  other side: 台北光電股份有限公司\n"
        "  value: TWD 1,250,000\n"
        "  in the role of: department manager (commercial)\n"
        "  due: 2026-11-19 (2 working days late)\n"
        "  see it: assent show AGR-2026-0042\n"
        "\n"
        "Nothing is approved by time passing: it waits until someone decides.\n"
    )


def test_says_it_in_chinese():
    i18n.use_language("zh-TW")
    try:
        letter = letter_of([row()])
        text = subject(letter, MONDAY) + body(letter, MONDAY, TAIWAN)
    finally:
        i18n.use_language("en")

    assert text.startswith("待您處理 1 件，其中逾期 1 件：AGR-2026-0042陳伯寧 您好：")
    assert "  期限：2026-11-19（逾期 2 個工作天）\n" in text
    assert "逾期並不會自動核准" in text


def test_says_with_whom_it_is_late():
    letter = letter_of([row(due="")], [row()], escalate_to=lambda ref, rule: "gm")

    assert letter.person == "grace"
    assert subject(letter, MONDAY) == "1 late with others: AGR-2026-0042"
    assert "  waits for: 陳伯寧\n" in body(letter, MONDAY, TAIWAN)


def test_a_letter_that_tells_the_same_has_the_same_keys():
    first = letter_of([row()])

    assert letter_of([row(title="另名")]).keys("log") == first.keys("log")
    assert letter_of([row(), row(ref="AGR-2026-0051")]).keys("log") > first.keys("log")
    for other in (
        row(revision=3),
        row(due="2026-11-20"),
        row(aspect="legal"),
        row(role="gm"),
        row(task="review", flag="F-1"),
        row(person="grace"),
    ):
        assert not letter_of([other]).keys("log") & first.keys("log")
    assert not first.keys("another log") & first.keys("log")


def test_an_event_keeps_its_identifier_when_its_day_moves():
    first, moved, other = (
        matter_of(row(**changes), {}) for changes in ({}, {"due": "2026-12-01"}, {"ref": "AGR-2026-0051"})
    )

    assert first.event_id("log") == moved.event_id("log") != other.event_id("log")


@pytest.mark.parametrize("hostile", ["\n", "\r\n", "\x1b[2J", "\u202e", "\u2066", "\u2028", "\x00", "\ud800"])
def test_no_name_can_end_a_line_or_reorder_what_is_read(hostile):
    letter = letter_of([row(ref=f"AGR{hostile}-1", title=f"甲{hostile}乙", counterparty=f"a{hostile}b")])

    text = subject(letter, MONDAY) + body(letter, MONDAY, TAIWAN)

    assert "甲\ufffd" in text
    assert hostile not in text.replace("\n", "") if hostile != "\n" else "甲\n" not in text
    assert one_line(f"甲{hostile}").startswith("甲\ufffd")
