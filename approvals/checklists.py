"""What an expert of each role looks at in every review, in both languages, with the statute behind it."""

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any


def points_of(role: str, language: str) -> list[dict[str, str]]:
    """Return the points of a role, or of each where one flag is for several; none for a role without."""
    rows = [row for one in role.split("/") for row in _lists().get(one, ())]
    return [
        {
            "no": str(number),
            "text": row["zh" if language == "zh-TW" else "en"],
            "basis": _joined(row, language),
        }
        for number, row in enumerate(rows, start=1)
    ]


def _joined(row: Mapping[str, Any], language: str) -> str:
    return ("、" if language == "zh-TW" else ", ").join(row["basis"])


@cache
def _lists() -> Mapping[str, Sequence[Mapping[str, Any]]]:
    text = (files("approvals") / "data" / "checklists.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
