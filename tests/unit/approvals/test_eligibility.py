"""The text that somebody means is the one that was shown, however its digest is copied."""

import pytest

from approvals.eligibility import require_text
from workflow.errors import StaleDocumentError

NOW = "9f2c41d807be33aa" + "0" * 48


@pytest.mark.parametrize(
    "expect", ["", NOW, f"sha256:{NOW}", NOW[:8], "9f2c 41d8 07be", "9F2C41D8", "sha256:9f2c 41d8"]
)
def test_is_the_one_however_it_is_written(expect):
    require_text("AGR-2026-0001", NOW, expect)


@pytest.mark.parametrize("expect", ["9f2c41d", "9f2c 41d", "03be77a0", "sha256:", "?", f"{NOW}0", " "])
def test_is_not_the_one_where_a_digit_differs_or_too_few_are_given(expect):
    with pytest.raises(StaleDocumentError):
        require_text("AGR-2026-0001", NOW, expect)
