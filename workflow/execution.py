"""How an agreement was executed: who signed or sealed for each side, when, how many originals."""

from collections.abc import Mapping
from os import PathLike
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from workflow.i18n import mark
from workflow.problems import Refused, checked, read_toml
from workflow.texts import Day, Line


class Signatory(BaseModel):
    """Someone who signed or sealed for a party (電子簽章法 §4; 民法 §3: a seal equals a signature)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    side: Literal["ours", "theirs"]
    name: Line
    title: Line
    method: Literal["signed", "sealed", "signed_and_sealed", "electronic"]
    on: Day


class Execution(BaseModel):
    """The facts of execution; read it from a file with `load`, or build it in Python."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    signatories: Annotated[tuple[Signatory, ...], Field(min_length=2, max_length=40)]
    effective_on: Day
    originals: Annotated[int, Field(ge=1, le=50)]
    holders: Annotated[tuple[Line, ...], Field(min_length=1, max_length=50)]
    consent_mode: Literal["agreed", "notified", "paper"]

    @model_validator(mode="after")
    def _both_sides_signed(self) -> "Execution":
        missing = {"ours", "theirs"} - {signatory.side for signatory in self.signatories}
        if missing:
            fix = mark('add a signatory with side = "{side}"')
            raise Refused(mark("lack one side's signature"), fix, side=min(missing))
        if any(s.method == "electronic" for s in self.signatories) and self.consent_mode == "paper":
            fix = mark('consent_mode is "agreed" or "notified" where someone signs electronically')
            raise Refused(mark("signs electronically without consent to the electronic form"), fix)
        return self

    @classmethod
    def load(cls, path: str | PathLike[str]) -> "Execution":
        """Read a TOML file, or raise `InvalidInputError` with every problem in it."""
        return cls.read(read_toml(path), source=str(path))

    @classmethod
    def read(cls, data: Mapping[str, Any], *, source: str = "execution") -> "Execution":
        """Check a mapping; raise `InvalidInputError` with every problem in it."""
        return checked(cls, data, source=source)
