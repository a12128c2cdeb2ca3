"""How an agreement was executed: who signed or sealed for each side and by what right, and what was kept.

These are the facts as they were written down, and whether they fit together. Whether they fit
what was approved is ``workflow.signing``'s business; whether our side's signatories could sign
is a matter of the registry, and so of ``approvals.authority``.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime
from os import PathLike
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    StringConstraints,
    ValidationInfo,
    field_validator,
)

from workflow.i18n import mark
from workflow.problems import Refused, checked, read_toml
from workflow.texts import Day, Line, Text
from workflow.topics import Section
from workflow.values.dates import TAIPEI

Authority = Literal["representative", "manager", "attorney"]
Seal = Literal["company", "representative", "contract", "joining"]


def _moment(value: object) -> object:
    if isinstance(value, str):
        try:
            return datetime.fromisoformat(value)
        except ValueError:
            pass
    if not isinstance(value, datetime):
        raise Refused(mark("is not a time"), mark("write it as in 2026-12-01T15:30:00, without quotes"))
    return value


def _in_taipei(value: datetime) -> datetime:
    # A time without a zone is one on a clock in Taiwan, where the seals are.
    return value.replace(tzinfo=TAIPEI) if value.tzinfo is None else value.astimezone(TAIPEI)


#: A moment; in Taiwan's time where it does not say in whose.
Moment = Annotated[datetime, BeforeValidator(_moment), AfterValidator(_in_taipei)]
Digest = Annotated[str, StringConstraints(strict=True, pattern=r"^[0-9a-f]{64}$")]


class Power(Section):
    """A power of attorney (授權書, 民法 §167): its day, until when it holds, and the paper itself.

    The paper is a ``file``, which is kept, or the ``sha256`` of one that is kept elsewhere.
    """

    dated: Day
    until: Day | None = None
    file: Annotated[str, StringConstraints(strict=True, min_length=1, max_length=4096)] | None = None
    sha256: Digest | None = None

    @field_validator("sha256")
    @classmethod
    def _one_paper(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value and info.data.get("file"):
            raise Refused(mark("stands beside a file"), mark("keep one of the two"))
        return value

    @field_validator("until")
    @classmethod
    def _not_over_before_it_began(cls, value: date | None, info: ValidationInfo) -> date | None:
        if value and info.data.get("dated") and value < info.data["dated"]:
            raise Refused(mark("lies before the day it was given"), mark("check both dates"))
        return value


class Signatory(Section):
    """Someone who signed or sealed for a party (電子簽章法 §4; 民法 §3: a seal equals a signature).

    ``authority`` is the right they signed by: the party's ``representative`` (公司法 §208), a
    ``manager`` within their duties (公司法 §31, 民法 §554), or an ``attorney`` under a power.
    """

    side: Literal["ours", "theirs"]
    name: Line
    title: Line
    method: Literal["signed", "sealed", "signed_and_sealed", "electronic"]
    on: Day
    authority: Authority
    power: Annotated[Power | None, Field(validate_default=True)] = None

    @field_validator("power")
    @classmethod
    def _power_of_an_attorney(cls, value: Power | None, info: ValidationInfo) -> Power | None:
        attorney = info.data.get("authority") == "attorney"
        if attorney and value is None:
            fix = mark("add [signatories.power] with dated and file")
            raise Refused(mark("is missing, and an attorney signs under one"), fix)
        if value is None or "authority" not in info.data:
            return value
        if not attorney:
            fix = mark('write authority = "attorney", or remove it')
            raise Refused(mark("stands beside another authority"), fix)
        day = info.data.get("on")
        if day and not value.dated <= day <= (value.until or day):
            fix = mark("a power of attorney holds from its day on; check the dates")
            raise Refused(mark("did not hold on {day}"), fix, day=day)
        return value

    @property
    def sealed(self) -> bool:
        """True where a seal was put to it."""
        return self.method in ("sealed", "signed_and_sealed")


class Sealing(Section):
    """One line of our seal log (用印紀錄): which seal, when, on which pages, in whose hands, before whom.

    A mistake is not mended: the line says why it is ``void``, and the sealing that took its place
    has a line of its own.
    """

    seal: Seal
    at: Moment
    pages: Line
    custodian: Line
    witness: Line
    void: Text | None = None

    @field_validator("witness")
    @classmethod
    def _another_person(cls, value: str, info: ValidationInfo) -> str:
        if value == info.data.get("custodian"):
            raise Refused(mark("is the custodian"), mark("a second person watches: name them"))
        return value


class Notice(Section):
    """How the other side was told that the electronic form would be used (電子簽章法 §5 IV)."""

    sent_on: Day
    object_by: Day
    means: Line
    silence_explained: bool

    @field_validator("object_by")
    @classmethod
    def _time_to_object(cls, value: date, info: ValidationInfo) -> date:
        if "sent_on" in info.data and value <= info.data["sent_on"]:
            fix = mark("give a day after it was sent: they need reasonable time (電子簽章法 §5)")
            raise Refused(mark("leaves no time to object"), fix)
        return value

    @field_validator("silence_explained")
    @classmethod
    def _silence_was_explained(cls, value: bool) -> bool:
        if not value:
            fix = mark("tell them that silence counts as consent, and wait again (電子簽章法 §5)")
            raise Refused(mark("is false, so silence is not consent"), fix)
        return value


class Keeping(Section):
    """Who keeps our original, where, and until when; see the card for how long the law asks."""

    custodian: Line
    place: Line | None = None
    until: Day | None = None


class StampTax(Section):
    """What was paid of stamp tax on our original, in whole dollars, when and how (印花稅法 §8)."""

    amount: Annotated[int, Field(ge=0, le=10**12)]
    means: Literal["stamps", "payment_slip", "summary", "none"]
    on: Day | None = None

    @field_validator("means")
    @classmethod
    def _nothing_is_paid_where_none_is_due(cls, value: str, info: ValidationInfo) -> str:
        if "amount" in info.data and (value == "none") != (info.data["amount"] == 0):
            fix = mark('write means = "none" with an amount of 0, and only then')
            raise Refused(mark("does not fit the amount"), fix)
        return value


class Execution(Section):
    """The facts of execution; read it from a file with `load`, or build it in Python.

    ``holders`` has a name for each original, so that somebody who holds two is named twice, and
    ``copy_holders`` the same for copies. ``seals`` is our own log, in the order of time. ``keeping``
    and ``stamp_tax`` are for the contract card, which has a line to fill in where they are not given.
    """

    signatories: Annotated[tuple[Signatory, ...], Field(min_length=2, max_length=40)]
    effective_on: Day
    originals: Annotated[int, Field(ge=1, le=50)]
    holders: Annotated[tuple[Line, ...], Field(min_length=1, max_length=50)]
    consent_mode: Literal["agreed", "notified", "paper"]
    copies: Annotated[int, Field(ge=0, le=50)] = 0
    copy_holders: Annotated[tuple[Line, ...], Field(max_length=50, validate_default=True)] = ()
    notice: Annotated[Notice | None, Field(validate_default=True)] = None
    seals: Annotated[tuple[Sealing, ...], Field(max_length=100, validate_default=True)] = ()
    keeping: Keeping | None = None
    stamp_tax: StampTax | None = None

    @field_validator("signatories")
    @classmethod
    def _both_sides_signed(cls, value: tuple[Signatory, ...]) -> tuple[Signatory, ...]:
        missing = {"ours", "theirs"} - {signatory.side for signatory in value}
        if missing:
            fix = mark('add a signatory with side = "{side}"')
            raise Refused(mark("lack one side's signature"), fix, side=min(missing))
        return value

    @field_validator("holders")
    @classmethod
    def _every_original_is_held(cls, value: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        return _one_each(value, info.data.get("originals"))

    @field_validator("copy_holders")
    @classmethod
    def _every_copy_is_held(cls, value: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        return _one_each(value, info.data.get("copies"))

    @field_validator("consent_mode")
    @classmethod
    def _electronic_by_consent(cls, value: str, info: ValidationInfo) -> str:
        if value == "paper" and any(s.method == "electronic" for s in info.data.get("signatories", ())):
            fix = mark('consent_mode is "agreed" or "notified" where someone signs electronically')
            raise Refused(mark("signs electronically without consent to the electronic form"), fix)
        return value

    @field_validator("notice")
    @classmethod
    def _notified_by_a_notice(cls, value: Notice | None, info: ValidationInfo) -> Notice | None:
        notified = info.data.get("consent_mode") == "notified"
        if notified and value is None:
            fix = mark("add [notice] with sent_on, object_by, means and silence_explained")
            raise Refused(mark("is missing, and without it nobody was notified"), fix)
        if value and "consent_mode" in info.data and not notified:
            fix = mark('write consent_mode = "notified", or remove it')
            raise Refused(mark("stands beside another consent"), fix)
        return value

    @field_validator("seals")
    @classmethod
    def _what_was_sealed_is_logged(
        cls, value: tuple[Sealing, ...], info: ValidationInfo
    ) -> tuple[Sealing, ...]:
        if "signatories" not in info.data:
            return value
        days = {s.on for s in info.data["signatories"] if s.side == "ours" and s.sealed}
        logged = {sealing.at.date() for sealing in value if not sealing.void}
        if days - logged:
            what, fix = mark("do not log the seal of {day}"), mark("add [[seals]] for what our side sealed")
            raise Refused(what, fix, day=min(days - logged))
        if logged - days:
            fix = mark("check both: our signatory's method and day, or the log")
            raise Refused(
                mark("log a seal of {day}, when our side did not seal"), fix, day=min(logged - days)
            )
        return value

    @property
    def paper(self) -> bool:
        """True where anybody signed or sealed paper, so that there are originals to count."""
        return any(signatory.method != "electronic" for signatory in self.signatories)

    @property
    def files(self) -> Mapping[int, str]:
        """The files of powers of attorney, by the number of the signatory."""
        return {n: s.power.file for n, s in enumerate(self.signatories) if s.power and s.power.file}

    @classmethod
    def load(cls, path: str | PathLike[str]) -> "Execution":
        """Read a TOML file, or raise `InvalidInputError` with every problem in it.

        The files it names lie beside it, unless they say where.
        """
        return cls.read(_beside(Path(path), read_toml(path)), source=str(path))

    @classmethod
    def read(cls, data: Mapping[str, Any], *, source: str = "execution") -> "Execution":
        """Check a mapping; raise `InvalidInputError` with every problem in it."""
        return checked(cls, data, source=source)

    @classmethod
    def recorded(cls, payload: Mapping[str, Any]) -> "Execution":
        """Return what an event says, whatever else it says; the files it kept are digests in it."""
        said = {name: payload[name] for name in cls.model_fields if name in payload}
        said["signatories"] = [_without_file(row) for row in payload["signatories"]]
        return cls.read(said)


def counted(names: tuple[str, ...]) -> Mapping[str, int]:
    """Return how many of the papers each name holds, in the order they were named."""
    return Counter(names)


def _one_each(names: tuple[str, ...], count: int | None) -> tuple[str, ...]:
    if count is not None and len(names) != count:
        what = mark("names {found} of {count} holders")
        fix = mark("name the holder of each; who holds two is named twice")
        raise Refused(what, fix, found=len(names), count=count)
    return names


def _beside(path: Path, data: dict[str, Any]) -> dict[str, Any]:
    rows = data.get("signatories")
    for row in rows if isinstance(rows, list) else ():
        power = row.get("power") if isinstance(row, dict) else None
        if isinstance(power, dict) and isinstance(power.get("file"), str) and power["file"].strip():
            power["file"] = str(path.parent / power["file"].strip())
    return data


def _without_file(row: Mapping[str, Any]) -> dict[str, Any]:
    power = row.get("power")
    if not power or not power.get("file"):
        return dict(row)
    said = {name: value for name, value in power.items() if name != "file"}
    return {**row, "power": {**said, "sha256": power["file"]["sha256"]}}
