"""Registration numbers: 統一編號 of companies and 身分證統一編號 of people.

Owns their form and checksums. A number that cannot be one is an error; one that merely
fails its checksum is a warning, since at least one registered company has such a number
and the rule changed in 2023. Whether a recorded reason suffices is decided by others.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from workflow.i18n import mark

_UBN = re.compile(r"[0-9]{8}")
_UBN_WEIGHTS = (1, 2, 1, 2, 1, 2, 4, 1)
_COUNTRY = re.compile(r"[A-Z]{2}")

# Men 1 and women 2; foreigners 8 and 9 since 2021, A to D before.
_NATIONAL_ID = re.compile(r"[A-Z][1289A-D][0-9]{8}")
_NATIONAL_ID_WEIGHTS = (1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1)
# In the order of their codes 10 to 35; I, O, W and Z came late to the list.
_LETTERS = "ABCDEFGHJKLMNPQRSTUVXYWZIO"


class Severity(StrEnum):
    """Whether a problem stops the work."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a number, how badly, and how to mend it; both texts are the catalogue's."""

    severity: Severity
    what: str
    fix: str


def registration_problem(number: str, country: str) -> Problem | None:
    """Return what is wrong with a company's *number* in *country*, or None.

    Only Taiwan's numbers are checked; of another country's, only that there is one.
    """
    # A missing or mistyped country must not switch the check off.
    if not isinstance(country, str) or not _COUNTRY.fullmatch(country):
        fix = mark("give the company's country in two capital letters, as in TW")
        return Problem(Severity.ERROR, mark("cannot be checked without its country"), fix)
    if not isinstance(number, str):
        fix = mark("put it in quotes, or its leading zeros are lost")
        return Problem(Severity.ERROR, mark("is not text"), fix)
    if country != "TW":
        if number.strip():
            return None
        fix = mark("give the number the company is registered under in its country")
        return Problem(Severity.ERROR, mark("is empty"), fix)

    # 00000000 passes the checksum and is nobody's.
    if not _UBN.fullmatch(number) or number == "00000000":
        fix = mark("write its eight digits, half-width and without spaces")
        return Problem(Severity.ERROR, mark("is not a 統一編號"), fix)
    if not ubn_checksum_holds(number):
        fix = mark("compare it with the company's registration; if it is right, record why it is accepted")
        return Problem(Severity.WARNING, mark("fails the check digit of a 統一編號"), fix)
    return None


def ubn_checksum_holds(number: str) -> bool:
    """Tell whether *number* has the form of a 統一編號 and passes the rule of April 2023."""
    if not isinstance(number, str) or not _UBN.fullmatch(number):
        return False
    products = (int(digit) * weight for digit, weight in zip(number, _UBN_WEIGHTS, strict=True))
    total = sum(sum(divmod(product, 10)) for product in products)
    # A 7 in seventh place makes 28, and 2 + 8 = 10: either digit of that ten may be counted, 1 or 0.
    return total % 5 == 0 or (number[6] == "7" and (total - 9) % 5 == 0)


def national_id_valid(text: str) -> bool:
    """Tell whether *text* can be a person's 統一編號, a citizen's or a resident foreigner's."""
    if not isinstance(text, str) or not _NATIONAL_ID.fullmatch(text):
        return False
    tens, ones = divmod(10 + _LETTERS.index(text[0]), 10)
    # The old second letter counts as the last digit of its code.
    second = int(text[1]) if text[1].isdigit() else _LETTERS.index(text[1]) % 10
    digits = (tens, ones, second, *map(int, text[2:]))
    return sum(a * b for a, b in zip(digits, _NATIONAL_ID_WEIGHTS, strict=True)) % 10 == 0
