"""The clause library: which clauses a contract of these terms has, and what they say.

A clause is text with fields, kept in one file a family and a language. One whose text comes
out empty for the terms at hand is left out; that is how a clause depends on them.
"""

import hashlib
import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import jinja2

from workflow.documents.sandbox import ExhaustedError, Sandbox, UnprintableError, unescaped, wrap_values
from workflow.errors import ClauseError

# Stands for a line end of a value while a clause is cut into paragraphs; no value can hold it.
_LINE_END = "\x01"


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause as the library holds it; ``basis`` names the statutes that govern it."""

    id: str
    version: str
    language: str
    kinds: tuple[str, ...]
    order: int
    title: str
    text: str
    reason: str
    basis: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChosenClause:
    """A clause of one contract: its title and numbered paragraphs, fields filled in."""

    id: str
    version: str
    title: str
    paragraphs: tuple[str, ...]


def choose_clauses(kind: str, language: str, context: Mapping[str, Any]) -> tuple[ChosenClause, ...]:
    """Return the clauses of a contract of *kind*, in order; raise `ClauseError` where one cannot be used."""
    chosen = []
    for clause in library(language):
        if kind in clause.kinds:
            paragraphs = _paragraphs(clause, context)
            if paragraphs:
                chosen.append(ChosenClause(clause.id, clause.version, clause.title, paragraphs))
    return tuple(chosen)


@cache
def library(language: str) -> tuple[Clause, ...]:
    """Return every clause in a language, in the order they stand in a contract."""
    folder = files("contract_templates") / "clauses" / language
    found = []
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name) if folder.is_dir() else ():
        if entry.name.endswith(".toml"):
            for row in tomllib.loads(entry.read_text(encoding="utf-8"))["clauses"]:
                found.append(
                    Clause(
                        row["id"],
                        row["version"],
                        language,
                        tuple(row["kinds"]),
                        row["order"],
                        row["title"],
                        row["text"],
                        row["reason"],
                        tuple(row["basis"]),
                    )
                )
    return tuple(sorted(found, key=lambda clause: clause.order))


def digest_of(clauses: tuple[ChosenClause, ...]) -> str:
    """Return SHA-256 over the chosen clauses' text."""
    rows = [[c.id, c.version, c.title, *c.paragraphs] for c in clauses]
    return hashlib.sha256(json.dumps(rows, ensure_ascii=False).encode()).hexdigest()


def _paragraphs(clause: Clause, context: Mapping[str, Any]) -> tuple[str, ...]:
    try:
        text = _compiled(clause).render(context)
    except jinja2.UndefinedError as error:
        raise ClauseError(clause=clause.id, reason=str(error)) from None
    except (UnprintableError, ExhaustedError, TypeError) as error:
        raise ClauseError(clause=clause.id, reason=str(error)) from None
    blocks = (
        re.sub(r"\s*\n\s*", "" if clause.language == "zh-TW" else " ", b.strip())
        for b in re.split(r"\n\s*\n", text)
    )
    return tuple(block.replace(_LINE_END, "\n") for block in blocks if block)


@cache
def _compiled(clause: Clause) -> jinja2.Template:
    sandbox = Sandbox()
    try:
        tree = sandbox.parse(clause.text)
        forbidden = sandbox.forbidden(tree)
        if forbidden:
            raise ClauseError(clause=clause.id, reason=f"{forbidden[0]}; {forbidden[2]}")
        # The text goes on into a DOCX template, which does the escaping.
        wrap_values(tree, lambda _: "unescaped")
        sandbox.filters["unescaped"] = lambda value: unescaped(value).replace("\n", _LINE_END)
        return jinja2.Template.from_code(sandbox, sandbox.compile(tree, name=clause.id), {})
    except jinja2.TemplateSyntaxError as error:
        raise ClauseError(clause=clause.id, reason=f"{error.message} (line {error.lineno})") from None
