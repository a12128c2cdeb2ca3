"""Time, rework and lateness, counted from the events of agreements that took their time."""

from datetime import date, timedelta

import pytest

from approvals import figures
from approvals.figures import Period
from workflow.lifecycle import State
from workflow.values.deadlines import office_calendar

CALENDAR = office_calendar()
ALWAYS = Period()
LATER = date(2026, 3, 2)


@pytest.fixture
def life(sqlite_world):
    """An agreement that was returned once: the days are Taipei's, and none of them is a holiday."""
    world, clock = sqlite_world, sqlite_world.clock
    deal = world.negotiated()  # Monday 5 January, ten o'clock
    clock.advance(days=1)
    deal = deal.draft()
    clock.advance(days=1)
    ref = deal.submit().ref
    clock.advance(days=1)
    world.resolve_all(ref)
    clock.advance(days=1)
    world.decide(ref, "bob")  # Friday 9 January
    clock.advance(days=3)
    world.decide(ref, "grace", "return", parts=("第九條",))  # Monday 12 January
    clock.advance(days=1)
    terms = world.terms.model_copy(update={"payment": world.terms.payment.model_copy(update={"days": 45})})
    world.workspace().get(ref).draft(terms).submit()
    world.resolve_all(ref)
    return world, ref


def counted(world, period=ALWAYS, today=LATER):
    with world.reader() as reader:
        agreements = [reader.events(row["ref"]) for row in reader.agreements()]
    return figures.count(agreements, period=period, calendar=CALENDAR, today=today)


def answers(world, by, period=ALWAYS, today=LATER):
    found = counted(world, period, today)
    lines = figures.answered(found, lambda a: getattr(a, by), calendar=CALENDAR, today=today)
    return {line.name: line for line in lines}


def test_counts_the_time_in_each_state_in_working_days(life):
    world, _ = life

    found = counted(world)

    assert found.stays[State.CONFIRMED] == [1.0]
    assert found.stays[State.DRAFTING] == [1.0, 1.0]
    assert found.stays[State.EXPERT_REVIEW][0] == 1.0
    # From Thursday to Monday, of which two days are a weekend.
    assert found.stays[State.SIGN_OFF] == [2.0]


def test_counts_how_often_it_was_done_again_and_what_was_to_change(life):
    world, _ = life

    found = counted(world)

    assert (found.submitted, found.returned, found.rejected) == (2, 1, 0)
    assert found.reasons == {"第九條": 1}
    assert found.changed == {"payment": 1}
    assert found.revisions == []


def test_counts_what_was_approved_and_after_how_many_submissions(life):
    world, ref = life
    for person in sorted({"bob", "grace"} - world.case(ref).spoken):
        world.decide(ref, person)
    world.approved()

    found = counted(world)

    assert sorted(found.revisions) == [1, 2]
    assert found.first_time == 1


def test_measures_each_step_from_when_its_turn_came(life):
    world, _ = life

    lines = answers(world, "person")

    assert lines["bob"].longest_days == 1.0
    # Her turn came when bob had signed, on Friday.
    assert lines["grace"].longest_days == 1.0


def test_counts_what_still_waits_so_that_the_slowest_are_not_left_out(life):
    world, ref = life
    due = max(seat.due for seat in world.case(ref).submission.seats)
    day_after = date.fromisoformat(due) + timedelta(days=7)

    late, in_time = answers(world, "role", today=day_after), answers(world, "role", today=date(2026, 1, 13))

    assert sum(line.waiting for line in late.values()) >= 1
    assert sum(line.waiting_late for line in late.values()) >= 1
    assert sum(line.waiting_late for line in in_time.values()) == 0


def test_counts_as_late_what_was_answered_after_its_day(sqlite_world):
    world = sqlite_world
    ref = world.in_sign_off()
    world.clock.advance(days=28)
    world.decide(ref, "bob")

    line = answers(world, "person")["bob"]

    assert (line.n, line.late) == (1, 1)
    assert line.median_days_late > 10


def test_what_is_answered_on_its_day_is_in_time(sqlite_world):
    world = sqlite_world
    ref = world.in_sign_off()
    due = date.fromisoformat(min(world.case(ref).submission.seats, key=lambda s: s.step).due)
    world.clock.advance(days=(due - world.clock().date()).days)
    world.decide(ref, "bob")

    line = answers(world, "person")["bob"]

    assert (line.n, line.late) == (1, 0)


def test_leaves_out_what_ended_outside_the_period(life):
    world, _ = life
    january = Period(date(2026, 1, 9), date(2026, 1, 11))

    found = counted(world, january)

    assert [answer.person for answer in found.answers] == ["bob"]
    assert State.DRAFTING not in found.stays
    assert counted(world, Period(date(2026, 2, 1))).agreements == 0


def test_has_no_median_of_nothing():
    assert figures.middle([]) is None
