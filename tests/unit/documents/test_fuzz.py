"""Hostile values and mutated templates: nothing breaks, nothing is lost, nothing runs away.

A sample of what ``python tests/bench/fuzz.py`` runs: ten thousand values and a thousand
templates, each in a process under limits. The numbers of cases can be set by ASSENT_FUZZ.
"""

import importlib.util
import os
import random
from contextlib import suppress
from pathlib import Path

import pytest

from workflow.documents import compile_template
from workflow.errors import TemplateError

_SPEC = importlib.util.spec_from_file_location("fuzz", Path(__file__).parents[2] / "bench" / "fuzz.py")
fuzz = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(fuzz)

MANY = int(os.environ.get("ASSENT_FUZZ", "1"))


def test_a_hostile_value_is_shown_whole_or_refused():
    chance = random.Random(20261123)
    template = fuzz.small()
    ended = {"shown": 0, "refused": 0}
    for _ in range(300 * MANY):
        value = "".join(chance.choice(fuzz.PIECES) for _ in range(chance.randint(1, 5)))

        ended[fuzz.shown_or_refused(template, {**fuzz.PLAIN, "name": value, "rich": value})] += 1

    assert min(ended.values()) > 60


def test_any_value_anywhere_is_shown_whole_or_refused():
    ended = [fuzz.of_value(seed) for seed in range(150 * MANY)]

    assert ended.count("shown") > 30
    assert ended.count("refused") > 30


def test_a_mutated_template_is_refused_or_renders_what_parses():
    ended = [fuzz.of_template(seed) for seed in range(16 * MANY)]

    assert ended.count("shown") > 0
    assert ended.count("refused") > 4


@pytest.mark.skipif(not hasattr(os, "fork"), reason="limits of a child need a fork")
@pytest.mark.parametrize("case", [fuzz.of_value, fuzz.of_template])
def test_no_case_takes_more_than_two_seconds_or_300_megabytes(case):
    fuzz.small(), fuzz.originals()  # made once, so that no child is charged for them

    line, strange = fuzz.measured(case.__name__, case, range(10_000, 10_000 + 8 * MANY))

    assert strange == [], line


@pytest.mark.parametrize("seed", range(60))
def test_a_damaged_file_is_refused_in_words(seed):
    chance = random.Random(seed)
    body = bytearray(fuzz.package(fuzz.SMALL.encode()))
    for _ in range(chance.randint(1, 20)):
        body[chance.randrange(len(body))] = chance.randrange(256)
    with suppress(TemplateError):  # nothing else may come out
        compile_template(bytes(body))
