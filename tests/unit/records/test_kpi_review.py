"""Key figures: what was measured against what was promised, and what follows of it."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflow.records.contacts import ContactLog
from workflow.records.kpi_review import Kpi, KpiReview, measured
from workflow.records.record import standing

FEW = settings(max_examples=100, deadline=None, database=None)


def kpi(target, actual=None, **more):
    return Kpi.model_validate(
        {"name": "n", "formula": "f", "source": "s", "target": target, "actual": actual, **more}
    )


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("99.5%", (Decimal("99.5"), "%", 0)),
        ("≥ 99.5 %", (Decimal("99.5"), "%", 1)),
        ("<=4 小時", (Decimal(4), "小時", -1)),
        ("9９.５％", (Decimal("99.5"), "%", 0)),
        ("1,234 units", (Decimal(1234), "units", 0)),
        ("-3", (Decimal(-3), "", 0)),
        ("on time", None),
        ("12,34", None),
        ("3 of 4", None),
        ("", None),
        (None, None),
    ],
)
def test_reads_the_number_and_unit_that_a_figure_states(text, found):
    read = measured(text)

    assert (read and (read.number, read.unit, read.sense)) == found


@pytest.mark.parametrize(
    ("figure", "variance", "result"),
    [
        (kpi("99.5%", "99.7%"), "+0.2%", "met"),
        (kpi("99.5%", "99.4%"), "-0.1%", "missed"),
        (kpi("4 小時", "5 小時", better="lower"), "+1 小時 (+25.0%)", "missed"),
        (kpi("≤ 4 h", "3 h"), "-1 h (-25.0%)", "met"),
        (kpi("80", "80"), "0", "met"),
        (kpi("0", "2", better="lower"), "+2", "missed"),
        (kpi("80 points"), "", "unknown"),
        (kpi("80 points", "80%"), "", "unknown"),
        (kpi("as agreed", "good"), "", "unknown"),
    ],
)
def test_compares_where_both_are_numbers_of_one_unit(figure, variance, result):
    assert (figure.variance, figure.result) == (variance, result)


NUMBERS = st.decimals(min_value=0, max_value=10**6, places=2)


@FEW
@given(NUMBERS, NUMBERS, st.sampled_from(["higher", "lower"]))
def test_a_target_is_met_when_there_is_no_shortfall(target, actual, better):
    figure = kpi(f"{target}", f"{actual}", better=better)

    met = actual >= target if better == "higher" else actual <= target
    assert (figure.result == "met") is met
    assert (figure.shortfall <= 0) is met


@FEW
@given(NUMBERS, NUMBERS, st.integers(0, 1000), st.integers(0, 5000))
def test_a_credit_is_never_below_nothing_nor_above_its_cap(target, actual, amount, cap):
    figure = kpi(f"{target}", f"{actual}", credit={"amount": str(amount), "step": "0.5", "cap": str(cap)})

    assert 0 <= figure.credited <= cap
    assert figure.credited <= amount * 2 * max(Decimal(0), target - actual)


def test_only_full_steps_are_credited():
    assert kpi("100%", "97.5%", credit={"amount": "1000"}).credited == 2000
    assert kpi("100%", "97.5%").credited is None
    assert kpi("100%", credit={"amount": "1000"}).credited is None


def test_the_review_adds_up_what_was_met_missed_and_credited(setting):
    review = KpiReview.read(
        {
            "first_day": date(2026, 1, 1),
            "last_day": date(2026, 3, 31),
            "recommendation": "adjust",
            "reasons": "r",
            "relationship": "r",
            "kpis": [
                kpi("99%", "98%", credit={"amount": "1500"}).model_dump(),
                kpi("99%", "97%", credit={"amount": "1500"}).model_dump(),
                kpi("99%", "99%").model_dump(),
                kpi("soon").model_dump(),
            ],
        }
    )

    said = review.context(setting())["performance"]

    assert (said["met"], said["missed"], said["unknown"], said["credits"]) == ("1", "2", "1", "TWD 4,500")


@pytest.mark.parametrize(
    ("done_on", "on", "stands"),
    [
        (None, 10, "due"),
        (None, 11, "overdue"),
        (10, 20, "kept"),
        (11, 20, "late"),
        (15, 14, "overdue"),  # on that day nobody knew of it
        (9, 8, "due"),
    ],
)
def test_what_is_due_is_kept_late_or_overdue_as_of_a_day(done_on, on, stands):
    done = date(2026, 1, done_on) if done_on else None

    assert standing(date(2026, 1, 10), done, date(2026, 1, on)) == stands


def test_the_log_tells_how_many_promises_were_kept_in_time(setting):
    due = date(2026, 2, 1)
    promises = [
        {"what": "a", "by": "ours", "due": due, "kept_on": due},
        {"what": "b", "by": "theirs", "due": due, "kept_on": date(2026, 2, 2)},
        {"what": "c", "by": "theirs", "due": due},
        {"what": "d", "by": "theirs", "due": date(2027, 1, 1)},
    ]
    entry = {"who": "w", "our_side": "o", "channel": "social", "content": "c", "next_on": due}
    log = ContactLog.read(
        {
            "first_day": date(2026, 1, 1),
            "last_day": date(2026, 3, 31),
            "entries": [
                entry | {"on": date(2026, 1, 14), "promises": promises},
                entry | {"on": date(2026, 1, 7)},
            ],
        }
    )

    said = log.context(setting())["log"]

    assert (said["kept"], said["decided"], said["kept_percent"]) == ("1", "3", "33")
    assert [row["on"] for row in said["entries"]] == ["7 January 2026", "14 January 2026"]
