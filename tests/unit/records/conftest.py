"""What a record is told beside itself: the terms of an agreement, and a day."""

from datetime import date

import pytest

from workflow.records.record import Setting
from workflow.terms import Terms

TERMS = {
    "title": "設備保養",
    "parties": [{"side": "ours", "name": "甲公司"}, {"side": "theirs", "name": "乙公司"}],
    "period": {"start": date(2026, 1, 1), "end": date(2026, 12, 31), "notice_days": 30},
    "payment": {"days": 30},
}


@pytest.fixture
def setting():
    """Return a setting of a day, with changes to its terms and language."""

    def made(on=date(2026, 11, 23), language="en", **terms):
        return Setting(Terms.read(TERMS | terms), language, on)

    return made
