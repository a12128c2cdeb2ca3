"""The catalogue of errors: every entry is complete, and every place that raises one fills it in."""

import ast
import re
import string
from pathlib import Path

import pytest

import approvals.errors
import workflow
import workflow.errors
import workflow.values.problems
from workflow.errors import (
    CATALOGUE,
    ActionNotAllowedError,
    InvalidInputError,
    UnknownReferenceError,
    WorkflowError,
)

ROOT = Path(workflow.__file__).parents[1]
ENTRIES = sorted(CATALOGUE.items())
# What each exit code tells a script; the README has the same table.
EXIT_CODES = {1: "refused", 2: "usage", 3: "not found", 4: "not you", 5: "false", 6: "stale", 7: "store"}


def places(text):
    return {field for _, field, _, _ in string.Formatter().parse(text) if field is not None}


def wanted(entry):
    return places(entry.message) | places(entry.rule) | places(entry.hint)


def mentions():
    """Yield where in the packages an entry is spoken of, and with which words."""
    names = {entry.__name__: entry for entry in CATALOGUE.values()}
    for package in ("workflow", "approvals"):
        for path in sorted((ROOT / package).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                name = getattr(node.func if isinstance(node, ast.Call) else node, "id", "")
                if name in names:
                    yield f"{path.relative_to(ROOT).as_posix()}:{node.lineno}", names[name], node


MENTIONS = list(mentions())
CALLS = [pytest.param(entry, node, id=where) for where, entry, node in MENTIONS if isinstance(node, ast.Call)]
# Those that take more than their facts to make are tested below and beside what they refuse.
PLAIN = [(code, entry) for code, entry in ENTRIES if "__init__" not in vars(entry)]


@pytest.mark.parametrize(("code", "entry"), ENTRIES, ids=[code for code, _ in ENTRIES])
def test_an_entry_says_what_was_refused_and_what_to_do(code, entry):
    assert re.fullmatch("W[0-9]{3}", code)
    assert entry.code == code
    assert entry.message
    assert entry.hint
    assert entry.__doc__
    assert entry.__name__.endswith("Error")
    assert entry.exit_code in EXIT_CODES


@pytest.mark.parametrize(("code", "entry"), ENTRIES, ids=[code for code, _ in ENTRIES])
def test_an_entry_is_written_as_the_others_are(code, entry):
    for text in (entry.message, entry.rule, entry.hint):
        assert text == text.strip()
        assert not text.endswith(".")
        assert all(field.isidentifier() for field in places(text))


def test_every_entry_of_the_modules_is_in_the_catalogue_under_its_own_code():
    classes = [
        entry
        for module in (workflow.errors, workflow.values.problems, approvals.errors)
        for entry in vars(module).values()
        if isinstance(entry, type) and issubclass(entry, WorkflowError) and entry is not WorkflowError
    ]

    assert {entry.code: entry for entry in classes} == CATALOGUE
    assert len({entry.__name__ for entry in CATALOGUE.values()}) == len(CATALOGUE)


def test_a_code_cannot_be_used_for_something_else():
    with pytest.raises(TypeError, match="W040 already names UnknownReferenceError"):
        type("AnotherError", (WorkflowError,), {"code": "W040"})

    assert CATALOGUE["W040"] is UnknownReferenceError


@pytest.mark.parametrize(("entry", "call"), CALLS)
def test_every_place_that_raises_an_entry_gives_the_facts_it_shows(entry, call):
    given = {keyword.arg for keyword in call.keywords}

    if "__init__" in vars(entry):
        assert None not in given
    else:
        assert not call.args
        assert given == wanted(entry)


def test_every_entry_is_raised_somewhere():
    used = {entry for _, entry, _ in MENTIONS}

    assert [entry.__name__ for entry in CATALOGUE.values() if entry not in used] == []


@pytest.mark.parametrize(("code", "entry"), PLAIN, ids=[code for code, _ in PLAIN])
def test_an_entry_can_be_explained_whatever_its_facts_hold(code, entry):
    facts = dict.fromkeys(wanted(entry), "{0} {what} %s \ud800 字")

    error = entry(**facts)

    assert error.facts == facts
    assert error.explain() == tuple(text.format(**facts) for text in (entry.message, entry.rule, entry.hint))
    assert str(error) == error.explain()[0]


def test_a_fact_that_is_missing_is_found_when_the_error_is_made():
    with pytest.raises(KeyError, match="ref"):
        UnknownReferenceError()


def test_an_action_that_is_not_allowed_says_what_is():
    error = ActionNotAllowedError("approve", "drafting", ["submit", "withdraw"])

    assert error.explain() == (
        "cannot approve an agreement that is drafting",
        "",
        "possible now: submit, withdraw",
    )


def test_invalid_input_lists_its_problems_once_each():
    error = InvalidInputError("terms", iter(["a: is bad", "b: is {worse}"]))

    assert error.problems == ("a: is bad", "b: is {worse}")
    assert str(error) == "2 problem(s) in terms:\n  a: is bad\n  b: is {worse}"


def test_the_edge_can_catch_them_all_at_once():
    assert all(issubclass(entry, WorkflowError) for entry in CATALOGUE.values())
    assert not any(issubclass(entry, (OSError, ValueError, KeyError)) for entry in CATALOGUE.values())
