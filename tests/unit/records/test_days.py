"""The days that letters and notices bring about."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflow.errors import InvalidInputError
from workflow.records.acceptance import AcceptanceRecord
from workflow.records.notice import Notice
from workflow.records.record import Setting
from workflow.records.request import RequestLetter
from workflow.terms import Terms
from workflow.values.deadlines import Unit, last_day, last_notice
from workflow.values.problems import ValueRefusedError

FEW = settings(max_examples=100, deadline=None, database=None)
PLAIN = Setting(
    Terms.read({"title": "t", "parties": [{"side": "ours", "name": "a"}, {"side": "theirs", "name": "b"}]}),
    "en",
    date(2026, 11, 23),
)
DAYS = st.dates(min_value=date(2000, 1, 1), max_value=date(2090, 12, 31))


class Weekdays:
    def is_working_day(self, day):
        return day.weekday() < 5


class Never:
    def is_working_day(self, day):
        return False


@FEW
@given(DAYS, st.integers(1, 400))
def test_a_notice_on_the_last_day_is_in_time_and_one_a_working_day_later_is_not(end, days):
    day = last_notice(end, days, Weekdays())

    later = day + timedelta(days=1)
    while not Weekdays().is_working_day(later):
        later += timedelta(days=1)
    assert Weekdays().is_working_day(day)
    assert last_day(day, days, Unit.DAY, Weekdays()) <= end < last_day(later, days, Unit.DAY, Weekdays())


@pytest.mark.parametrize(
    ("end", "days"), [(date(1, 1, 5), 30), (date(2026, 1, 1), 0), (date(2026, 1, 1), True)]
)
def test_there_is_no_last_day_before_the_first_or_of_no_time(end, days):
    with pytest.raises(ValueRefusedError):
        last_notice(end, days, Weekdays())


def test_a_calendar_without_working_days_has_no_last_day():
    with pytest.raises(ValueRefusedError):
        last_notice(date(20, 1, 1), 5, Never())


# Requests.


def request(**changes):
    return RequestLetter.read(
        {"subject": "s", "basis": "b", "requests": ["r"], "delivery": {"by": "email"}} | changes
    )


def test_an_answer_is_asked_for_in_ten_working_days(setting):
    assert request().due_on(setting()) == date(2026, 12, 7)


def test_working_days_are_those_of_both_sides(setting):
    parties = [
        {"side": "ours", "name": "甲"},
        {"side": "theirs", "name": "Acme", "country": "US"},
    ]

    found = request(within={"count": 3}).due_on(setting(parties=parties))

    # Thursday 26 November is Thanksgiving.
    assert found == date(2026, 11, 27)


def test_a_time_in_days_that_ends_on_a_holiday_ends_on_the_next_working_day(setting):
    assert request(within={"count": 5, "unit": "day"}).due_on(setting()) == date(2026, 11, 30)


def test_a_day_to_answer_by_lies_after_the_letter(setting):
    assert request(reply_by=date(2026, 11, 24)).due_on(setting()) == date(2026, 11, 24)
    with pytest.raises(InvalidInputError):
        request(reply_by=date(2026, 11, 23)).context(setting())


# Notices.


def notice(kind="termination", **changes):
    given = {"kind": kind, "clause": "9", "grounds": "g", "delivery": {"by": "hand"}}
    if kind == "renewal":
        given["renewal"] = {"months": 12}
    return Notice.read(given | changes)


def test_a_termination_takes_effect_when_the_notice_period_is_over(setting):
    dates = notice().dates(setting())

    assert dates.effective_on == date(2026, 12, 23)
    assert dates.last_notice_on == date(2026, 12, 1)


def test_the_period_runs_from_the_day_the_notice_arrived(setting):
    arrived = {"by": "registered", "received_on": date(2026, 11, 25)}

    assert notice(delivery=arrived).dates(setting()).effective_on == date(2026, 12, 25)


def test_a_termination_may_be_for_a_later_day_and_not_for_an_earlier_one(setting):
    assert notice(effective_on=date(2026, 12, 31)).dates(setting()).effective_on == date(2026, 12, 31)
    with pytest.raises(InvalidInputError) as refusal:
        notice(effective_on=date(2026, 12, 22)).dates(setting())

    assert "2026-12-23" in str(refusal.value.problems[0])


def test_a_termination_without_notice_takes_effect_at_once(setting):
    assert notice(notice_days=0).dates(setting()).effective_on == date(2026, 11, 23)


def test_a_renewal_begins_the_day_after_the_end_and_runs_whole_months(setting):
    said = notice("renewal").context(setting())["notice"]

    assert (said["effective_on"], said["renewal"]["until"]) == ("1 January 2027", "31 December 2027")


def test_a_renewal_of_what_has_no_end_says_from_when(setting):
    period = {"start": date(2026, 1, 1), "perpetual": True}

    with pytest.raises(InvalidInputError):
        notice("renewal").dates(setting(period=period))
    assert (
        notice("renewal", effective_on=date(2027, 1, 1)).dates(setting(period=period)).last_notice_on is None
    )


def test_a_rescission_with_its_demand_takes_effect_when_that_ran_out(setting):
    # 3 December is a Thursday.
    dates = notice("rescission", demand={"what": "w", "days": 10}).dates(setting())

    assert (dates.demand_until, dates.effective_on) == (date(2026, 12, 3), date(2026, 12, 4))


def test_a_rescission_after_a_demand_takes_effect_on_arrival(setting):
    demand = {"what": "w", "days": 10, "sent_on": date(2026, 11, 2)}

    assert notice("rescission", demand=demand).dates(setting()).effective_on == date(2026, 11, 23)


def test_a_demand_that_still_runs_rescinds_nothing(setting):
    # Ten days from 13 November end on the 23rd, the day of the letter.
    demand = {"what": "w", "days": 10, "sent_on": date(2026, 11, 13)}

    with pytest.raises(InvalidInputError) as refusal:
        notice("rescission", demand=demand).dates(setting())

    assert "2026-11-23" in str(refusal.value.problems[0])


@FEW
@given(st.lists(st.tuples(st.sampled_from(["ours", "theirs"]), st.integers(0, 10**9)), max_size=6))
def test_the_balance_of_a_settlement_is_its_difference(rows):
    settlement = [{"what": "w", "payable_by": by, "amount": str(amount)} for by, amount in rows]
    ours = sum(amount for by, amount in rows if by == "ours")
    theirs = sum(amount for by, amount in rows if by == "theirs")

    said = notice(settlement=settlement).context(PLAIN)["notice"]

    assert said["balance_by"] == ("ours" if ours > theirs else "theirs" if theirs > ours else "")
    assert said["balance"] == (f"TWD {abs(ours - theirs):,}" if rows else "")


# Acceptance.


def accepted(**changes):
    given = {
        "delivered_on": date(2026, 2, 25),
        "inspected_on": date(2026, 3, 4),
        "place": "p",
        "method": "m",
        "result": "accepted",
        "items": [
            {"description": "d", "specification": "s", "unit": "u", "agreed": "1", "accepted": "1",
             "conforms": True}
        ],
    }  # fmt: skip
    return AcceptanceRecord.read(given | changes)


def test_acceptance_starts_the_warranty_and_the_time_to_pay(setting):
    said = accepted(warranty_months=12, invoice_on=date(2026, 3, 16)).context(setting())["acceptance"]

    assert (said["warranty_from"], said["warranty_until"]) == ("4 March 2026", "4 March 2027")
    assert said["pay_by"] == "15 April 2026"


@pytest.mark.parametrize(
    ("starts", "runs"),
    [
        ("acceptance", ("6", "4 March 2026", "4 September 2026")),
        ("delivery", ("6", "25 February 2026", "25 August 2026")),
    ],
)
def test_the_terms_say_how_long_the_warranty_is_and_what_starts_it(starts, runs, setting):
    said = accepted().context(setting(warranty={"months": 6, "starts": starts}))["acceptance"]

    assert (said["warranty_months"], said["warranty_from"], said["warranty_until"]) == runs


def test_what_is_rejected_starts_neither(setting):
    said = accepted(result="rejected", warranty_months=12, invoice_on=date(2026, 3, 16)).context(setting())

    assert (said["acceptance"]["warranty_from"], said["acceptance"]["pay_by"]) == ("", "")
