"""Money: an exact number of minor units of one currency.

Owns which currencies exist, how many decimals each has, exact arithmetic, rounding and
the figures shown to people. Amounts in words are in ``workflow.values.amounts``; rates of
exchange are nobody's business here, so two currencies never meet.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Self

from workflow.i18n import LANGUAGES, mark
from workflow.values.problems import ValueRefusedError

_CODES = """
AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BOV BRL BSD BTN BWP BYN BZD
CAD CDF CHE CHF CHW CLF CLP CNY COP COU CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP
GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR
KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN
MXV MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD
SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX
USD USN UYI UYU UYW UZS VED VES VND VUV WST XAD XAF XCD XCG XOF XPF YER ZAR ZMW ZWG
"""
#: The active codes of ISO 4217 (November 2026) that stand for money: no metals, no test codes.
CURRENCIES = frozenset(_CODES.split())
_USUAL_EXPONENT = 2
_UNUSUAL = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
_EXPONENTS = {code: places for places, codes in _UNUSUAL.items() for code in codes.split()}
# ISO gives the New Taiwan dollar two decimals, but nobody pays less than a dollar.
_SETTLED_EXPONENTS = {"TWD": 0}
_SYMBOLS_ZH = {"TWD": "NT$", "USD": "US$"}

#: The largest amount, in whole units: one 京, as far as the words for it are tested.
LARGEST = 10**16
# Decimals may be written with any exponent; beyond this, exact arithmetic only eats memory.
_MOST_PLACES = 40
_WRITTEN = re.compile(r"-?(?:0|[1-9][0-9]*|[1-9][0-9]{0,2}(?:,[0-9]{3})+)(?:\.(?P<decimals>[0-9]+))?")

_AN_AMOUNT = mark("an amount in {currency} with at most {places} decimal(s)")
_A_NUMBER = mark("an exact number to multiply money with")


def exponent(currency: str) -> int:
    """Return how many decimals *currency* has, or refuse a code that is not in use."""
    if not isinstance(currency, str) or currency not in CURRENCIES:
        hint = mark("give the three capital letters of ISO 4217, as in TWD or USD")
        raise ValueRefusedError(currency, mark("a currency"), hint=hint)
    return _EXPONENTS.get(currency, _USUAL_EXPONENT)


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """*minor* smallest units of *currency*; refuses what is no such amount."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        """Refuse fractions of the minor unit, unknown currencies and absurd sizes."""
        scale = 10 ** exponent(self.currency)
        if isinstance(self.minor, bool) or not isinstance(self.minor, int):
            raise ValueRefusedError(self.minor, mark("a whole number of minor units"))
        if abs(self.minor) > LARGEST * scale:
            wanted = mark("an amount of at most {largest} {currency}, in minor units")
            raise ValueRefusedError(self.minor, wanted, largest=f"{LARGEST:,}", currency=self.currency)

    @classmethod
    def of(cls, amount: int | str | Decimal, currency: str) -> Self:
        """Read *amount*, in whole units of *currency*, exactly as it is written."""
        places = exponent(currency)
        number: object = amount
        if isinstance(amount, str):
            written = _WRITTEN.fullmatch(amount)
            # 1.500 may be a thousand and a half to its writer, so decimals count as written.
            exact = written is not None and len(written["decimals"] or "") <= places
            number = Decimal(amount.replace(",", "")) if exact else None
        ratio = _ratio(number)
        if ratio is None or (ratio * 10**places).denominator != 1:
            hint = mark("write digits, a point before decimals, and commas between thousands or not at all")
            raise ValueRefusedError(amount, _AN_AMOUNT, hint=hint, currency=currency, places=places)
        return cls((ratio * 10**places).numerator, currency)

    @property
    def amount(self) -> Decimal:
        """The amount in whole units, with all the currency's decimals."""
        return Decimal(f"{self.minor}e-{exponent(self.currency)}")

    def __add__(self, other: "Money") -> "Money":
        """Return the sum; both must be in one currency."""
        if not isinstance(other, Money):
            return NotImplemented
        return Money(self.minor + self._same_currency(other).minor, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        """Return the difference; both must be in one currency."""
        if not isinstance(other, Money):
            return NotImplemented
        return Money(self.minor - self._same_currency(other).minor, self.currency)

    def times(self, quantity: Decimal | Fraction | int) -> "Money":
        """Return *quantity* times this, rounded half up to what is really paid."""
        return self._settled(self.minor * _factor(quantity))

    def percent(self, rate: Decimal | int) -> "Money":
        """Return *rate* per cent of this, rounded half up to what is really paid."""
        return self._settled(self.minor * _factor(rate) / 100)

    def _settled(self, minor: Fraction) -> "Money":
        places = exponent(self.currency)
        unit = 10 ** (places - _SETTLED_EXPONENTS.get(self.currency, places))
        # Half up means away from zero, so that a credit note mirrors its invoice.
        units = int(abs(minor) / unit + Fraction(1, 2))
        return Money(units * unit * (-1 if minor < 0 else 1), self.currency)

    def _same_currency(self, other: "Money") -> "Money":
        if other.currency != self.currency:
            hint = mark("convert it first, at a rate the contract names")
            wanted = mark("an amount in {currency}")
            raise ValueRefusedError(figures(other, "en"), wanted, hint=hint, currency=self.currency)
        return other


def figures(money: Money, lang: str) -> str:
    """Return *money* in digits for readers of *lang*: NT$1,230,000 or TWD 1,230,000."""
    if lang not in LANGUAGES:
        wanted = mark("a language of the interface: {languages}")
        raise ValueRefusedError(lang, wanted, languages=", ".join(LANGUAGES))
    places = exponent(money.currency)
    whole, part = divmod(abs(money.minor), 10**places)
    number = f"{whole:,}"
    if places and (part or money.currency not in _SETTLED_EXPONENTS):
        number += f".{part:0{places}}"

    sign = "-" if money.minor < 0 else ""
    if lang == "zh-TW" and money.currency in _SYMBOLS_ZH:
        return f"{sign}{_SYMBOLS_ZH[money.currency]}{number}"
    return f"{money.currency} {sign}{number}"


def _factor(number: object) -> Fraction:
    """Return what money is multiplied with, exactly, or refuse it."""
    ratio = _ratio(number)
    if ratio is None:
        raise ValueRefusedError(number, _A_NUMBER)
    return ratio


def _ratio(number: object) -> Fraction | None:
    """Return *number* exactly; nothing where it is no number, or a float, which was never exact."""
    if isinstance(number, Fraction):
        return number
    if isinstance(number, int) and not isinstance(number, bool):
        return Fraction(number)
    if isinstance(number, Decimal) and number.is_finite():
        if not number:
            return Fraction(0)
        highest = number.adjusted()
        lowest = highest - len(number.as_tuple().digits) + 1
        if lowest >= -_MOST_PLACES and highest <= _MOST_PLACES:
            return Fraction(number)
    return None
