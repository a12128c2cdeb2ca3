"""What is wrong with a piece of input: where, the value, and how to mend it.

Problems are collected, never raised one by one; `checked` turns what pydantic finds into
them. The errors that carry them are in ``workflow.errors``.
"""

import difflib
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from os import PathLike
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from workflow.errors import InvalidInputError
from workflow.i18n import mark, translate

_Model = TypeVar("_Model", bound=BaseModel)

#: A file of terms is a page or two; anything larger is not one.
LARGEST_FILE = 1_000_000
# A key of many parts costs tomllib memory by the square of their number; terms need three.
_LONG_KEY = re.compile(r"""^[ \t[]*(?:(?:[\w-]+|"[^"\n]*"|'[^'\n]*')[ \t]*\.[ \t]*){50}""", re.MULTILINE)
_LONGEST_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend. *what* and *fix* are catalogue texts, filled with *facts*."""

    path: str
    what: str
    fix: str = ""
    value: object = None
    facts: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        shown = "" if self.value is None else f" {_shorten(self.value)}"
        what = translate(self.what).format(**self.facts)
        fix = translate(self.fix).format(**self.facts)
        return f"{self.path}:{shown} {what}" + (f" -- {fix}" if fix else "")


class Refused(ValueError):
    """Raised by a validator to say what is wrong and how to mend it."""

    def __init__(self, what: str, fix: str = "", **facts: object) -> None:
        self.what, self.fix, self.facts = what, fix, facts
        super().__init__(what)


# What pydantic calls a failure, and how we say it. Anything else is said in its own words.
_TEXTS = {
    "missing": (mark("is missing"), mark("add it")),
    "string_type": (mark("is not text"), mark("put it in quotes")),
    "string_unicode": (mark("is not whole characters"), mark("type the text again")),
    "string_too_long": (mark("is too long"), mark("write at most {max_length} characters")),
    "bool_type": (mark("is not true or false"), mark("write true or false, without quotes")),
    "bool_parsing": (mark("is not true or false"), mark("write true or false, without quotes")),
    "int_type": (mark("is not a whole number"), mark("write digits only, without quotes")),
    "int_parsing": (mark("is not a whole number"), mark("write digits only, without quotes")),
    "int_from_float": (mark("is not a whole number"), mark("write digits only, without quotes")),
    "decimal_parsing": (mark("is not a number"), mark('write it as text, as in "12.5"')),
    "decimal_type": (mark("is not a number"), mark('write it as text, as in "12.5"')),
    "finite_number": (mark("is not a number"), mark('write it as text, as in "12.5"')),
    "decimal_max_places": (mark("has too many decimals"), mark("give at most {decimal_places}")),
    "date_type": (mark("is not a date"), mark("write it as in 2026-12-01, without quotes")),
    "date_parsing": (mark("is not a date"), mark("write it as in 2026-12-01, without quotes")),
    "date_from_datetime_parsing": (mark("is not a date"), mark("write it as in 2026-12-01, without quotes")),
    "date_from_datetime_inexact": (mark("is not a date"), mark("write it as in 2026-12-01, without quotes")),
    "model_type": (mark("is not a table"), mark("write it as a [section]")),
    "tuple_type": (mark("is not a list"), mark("write it as a [[section]] for each")),
    "greater_than_equal": (mark("is too small"), mark("give at least {ge}")),
    "greater_than": (mark("is too small"), mark("give more than {gt}")),
    "less_than_equal": (mark("is too large"), mark("give at most {le}")),
    "literal_error": (mark("is not one of the choices"), mark("write one of: {expected}")),
    "enum": (mark("is not one of the choices"), mark("write one of: {expected}")),
    "too_short": (mark("has too few entries"), mark("give at least {min_length}")),
    "too_long": (mark("has too many entries"), mark("give at most {max_length}")),
}


def checked(model: type[_Model], data: Mapping[str, Any], *, source: str) -> _Model:
    """Return *data* as a *model*, or raise `InvalidInputError` with every problem in it."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise InvalidInputError(source, problems_of(error, model)) from None


def read_toml(path: str | PathLike[str]) -> dict[str, Any]:
    """Return the tables of a TOML file, or raise `InvalidInputError` saying why it cannot be read."""
    source = Path(path)
    text = _read_text(source)
    if _LONG_KEY.search(text):
        raise _file_problem(source, mark("is nested too deeply"), mark("give a file of terms"))
    try:
        return tomllib.loads(text)
    # A number of thousands of digits is a ValueError only.
    except (ValueError, RecursionError) as error:
        fix = mark("mend it in a text editor")
        raise _file_problem(source, mark("is not TOML: {reason}"), fix, reason=str(error)) from None


def _read_text(source: Path) -> str:
    unreadable, path = mark("cannot be read: {reason}"), mark("check the path")
    try:
        if source.stat().st_size > LARGEST_FILE:
            raise _file_problem(source, mark("is larger than a megabyte"), mark("give a file of terms"))
        return source.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise _file_problem(source, mark("does not exist"), path) from None
    except OSError as error:
        raise _file_problem(source, unreadable, path, reason=error.strerror) from None
    except UnicodeDecodeError:
        fix = mark("save the file as UTF-8")
        raise _file_problem(source, mark("is not UTF-8 text"), fix) from None
    except ValueError as error:  # no path can hold this character
        raise _file_problem(source, unreadable, path, reason=str(error)) from None


def problems_of(error: ValidationError, model: type[BaseModel]) -> tuple[Problem, ...]:
    """Say in our own words everything pydantic found, one problem a place."""
    found: list[dict[str, Any]] = [dict(row) for row in error.errors(include_url=False)]
    # pydantic leaves a bad entry out of its list and then finds the list too short.
    faulty = {row["loc"][:depth] for row in found for depth in range(len(row["loc"]))}
    problems: dict[str, Problem] = {}
    for row in found:
        if row["type"] != "too_short" or row["loc"] not in faulty:
            problem = _problem(row, model)
            # What may be one of two things was tried as each; the first answer stands for both.
            problems.setdefault(problem.path, problem)
    return tuple(problems.values())


def _problem(found: dict[str, Any], model: type[BaseModel]) -> Problem:
    path, value, context = _path(found["loc"], model), found.get("input"), found.get("ctx") or {}
    if isinstance(value, BaseModel | dict | list | tuple):
        value = None
    refused = context.get("error")
    if isinstance(refused, Refused):
        return Problem(path, refused.what, refused.fix, value, refused.facts)
    if found["type"] == "extra_forbidden":
        known = _fields_at(model, found["loc"][:-1])
        nearest = difflib.get_close_matches(str(found["loc"][-1]), known, n=1, cutoff=0.5)
        if nearest:
            return Problem(
                path, mark("is not a known key"), mark("did you mean {name}?"), facts={"name": nearest[0]}
            )
        fix = mark("remove it; known here: {names}")
        return Problem(path, mark("is not a known key"), fix, facts={"names": ", ".join(known)})
    what, fix = _TEXTS.get(found["type"], (found["msg"].replace("{", "(").replace("}", ")"), ""))
    return Problem(path, what, fix, value, context)


def _fields_at(model: Any, place: Iterable[object]) -> list[str]:
    """Return the field names of the model found at *place*, following lists and options."""
    for step in place:
        if isinstance(step, str) and step in getattr(model, "model_fields", {}):
            model = _inner_model(model.model_fields[step].annotation) or model
    return list(getattr(model, "model_fields", {}))


def _inner_model(annotation: Any) -> Any:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next(filter(None, map(_inner_model, getattr(annotation, "__args__", ()))), None)


def _path(place: Iterable[int | str], model: Any) -> str:
    text = ""
    for step in place:
        if isinstance(step, int):
            text += f"[{step}]"
        elif model is not None:  # below a plain field stand only the alternatives pydantic tried
            text += f".{step if step.isidentifier() and len(step) <= _LONGEST_SHOWN else _shorten(step)}"
            field = getattr(model, "model_fields", {}).get(step)
            model = _inner_model(field.annotation) if field else model
    return text.lstrip(".") or "."


def _shorten(value: object) -> str:
    if isinstance(value, int) and value.bit_length() > 128:
        # Python refuses to print integers of thousands of digits; Decimal does not.
        return f"{Decimal(value):.3e}"
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 3] + "..."


def _file_problem(path: Path, what: str, fix: str = "", **facts: object) -> InvalidInputError:
    return InvalidInputError(str(path), [Problem(str(path), what, fix, facts=facts)])
