"""The people and organisations that agree: how they are named, found and represented."""

import re
import unicodedata
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationInfo, field_validator

from workflow.i18n import mark
from workflow.problems import Refused
from workflow.texts import Line, Text
from workflow.values.registration import registration_problem

# One legal form written in full or not, and one character written in two ways.
_FORMS = {
    "limited": "ltd", "incorporated": "inc", "corporation": "corp", "company": "co", "台": "臺",
}  # fmt: skip


class Party(BaseModel):
    """One side's legal person, as it will stand in the documents.

    ``registration`` is the 統一編號 for a Taiwanese company. A number that fails its check
    digit may still be right (some registered ones do), so it is accepted when
    ``registration_note`` says why; the note goes into the trail with the terms.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    side: Literal["ours", "theirs"]
    name: Line
    name_en: Line | None = None
    country: Line = "TW"
    # Before `registration`, whose check reads it.
    registration_note: Text | None = None
    registration: Line | None = None
    address: Line | None = None
    representative: Line | None = None
    representative_title: Line | None = None
    contact: Line | None = None
    email: Line | None = None
    phone: Line | None = None

    @field_validator("country")
    @classmethod
    def _country_code(cls, value: str) -> str:
        if len(value) != 2 or not value.isascii() or not value.isalpha() or not value.isupper():
            raise Refused(
                mark("is not a country code"), mark("write two capital letters (ISO 3166), as in TW")
            )
        return value

    @field_validator("email")
    @classmethod
    def _one_mail_address(cls, value: str | None) -> str | None:
        # Enough to catch a slip; only a letter that arrives proves an address.
        if value is not None and (value.count("@") != 1 or " " in value or "," in value):
            raise Refused(mark("is not an e-mail address"), mark("write one address, as in ann@example.com"))
        return value

    @field_validator("registration")
    @classmethod
    def _registration_fits(cls, value: str | None, info: ValidationInfo) -> str | None:
        problem = registration_problem(value, info.data.get("country", "")) if value else None
        if problem and (problem.severity == "error" or not info.data.get("registration_note")):
            raise Refused(problem.what, problem.fix)
        return value

    @property
    def numbers(self) -> frozenset[str]:
        """Its registration number as one word, without width and punctuation; none where it has none."""
        return frozenset({f"{self.country}:{_tidy(self.registration)}"} if self.registration else ())

    @property
    def names(self) -> frozenset[str]:
        """Its names as one word each, without case, width, spaces and punctuation, legal forms shortened."""
        return frozenset(f"={_tidy(name)}" for name in (self.name, self.name_en) if name)


def _tidy(name: str) -> str:
    plain = unicodedata.normalize("NFKC", name).casefold()
    for long, short in _FORMS.items():
        plain = re.sub(rf"\b{long}\b", short, plain) if long.isascii() else plain.replace(long, short)
    return "".join(filter(str.isalnum, plain)) or "".join(plain.split())
