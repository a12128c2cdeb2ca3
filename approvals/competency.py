"""Competency units: what an assessor judges somebody's work against, row by row.

A unit is data: for each of its rows our own short label in both languages, the kinds of
evidence in the trail that speak for it, and the ways in which an assessor can add what no
trail holds. The wording of a unit is its publisher's, and is not kept here.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from approvals.errors import UnknownRowError

#: The unit that is meant where none is named.
DEFAULT_UNIT = "BGM4R0450v2"
_DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Label:
    """A short name in both languages."""

    en: str
    zh: str

    def said(self, language: str) -> str:
        """Return it in *language*."""
        return self.zh if language == "zh-TW" else self.en


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a unit.

    *evidence* are the kinds that speak for it (see ``approvals.portfolio``); a task *gathers*
    the rows below it. *methods* are how an assessor can add what the trail does not hold.
    """

    id: str
    group: str
    label: Label
    evidence: tuple[str, ...]
    methods: tuple[str, ...]
    gathers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CompetencyUnit:
    """A unit by its code with its version, and its rows in order."""

    code: str
    title: Label
    groups: dict[str, Label]
    rows: tuple[Row, ...]

    def row(self, wanted: str) -> Row:
        """Return a row by its name, or raise `UnknownRowError`."""
        for row in self.rows:
            if row.id == wanted.strip().upper():
                return row
        raise UnknownRowError(
            what=f"row {wanted} of {self.code}", known=", ".join(row.id for row in self.rows)
        )


def units() -> tuple[str, ...]:
    """Return the codes of the units there are."""
    return tuple(sorted(path.stem.removeprefix("unit_") for path in _DATA.glob("unit_*.toml")))


@cache
def find_unit(code: str) -> CompetencyUnit:
    """Return a unit by its code, or raise `UnknownRowError`."""
    if code not in units():
        raise UnknownRowError(what=f"competency unit {code}", known=", ".join(units()))
    said = tomllib.loads((_DATA / f"unit_{code}.toml").read_text(encoding="utf-8"))
    groups = {group["id"]: _label(group) for group in said["groups"]}
    rows = tuple(_row(row) for row in said["rows"])
    # A task's row stands for the whole group that bears its name.
    return CompetencyUnit(
        said["code"],
        _label(said),
        groups,
        tuple(_gathering(row, rows) for row in rows),
    )


def _row(said: dict[str, Any]) -> Row:
    return Row(said["id"], said["group"], _label(said), tuple(said["evidence"]), tuple(said["methods"]))


def _gathering(row: Row, rows: tuple[Row, ...]) -> Row:
    below = tuple(other.id for other in rows if other.group == row.id != other.id)
    return Row(row.id, row.group, row.label, row.evidence, row.methods, below)


def _label(said: dict[str, Any]) -> Label:
    return Label(said["en"], said["zh"])
