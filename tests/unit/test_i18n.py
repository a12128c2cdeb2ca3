"""The Traditional Chinese interface: complete, faithful to its places, and nowhere in the data."""

import importlib.util
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.mofile import read_mo

from approvals.cli import main
from approvals.errors import UnknownPersonError
from approvals.labels import ASPECTS, ROLES
from workflow import i18n
from workflow.errors import EvidenceMissingError

_SPEC = importlib.util.spec_from_file_location("catalogue", Path(__file__).parents[1] / "catalogue.py")
catalogue = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(catalogue)

#: Three English words in a row, and what may have them: commands and examples to type.
ENGLISH = re.compile(r"\b[A-Za-z][a-z]+ [a-z]+ [a-z]+\b")
TYPED = re.compile(r"\bassent( [a-z]+)+|'[^']*'")
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def english_in(printed):
    return ENGLISH.findall(TYPED.sub("", printed))


@pytest.fixture(scope="module")
def entries():
    return catalogue.entries(catalogue.read())


@pytest.fixture
def chinese():
    """The interface in Chinese, as ``main`` leaves it, put back afterwards."""
    i18n.use_language("zh-TW")
    yield
    i18n.use_language("en")


@pytest.fixture
def run(capsys, monkeypatch):
    """Run a command in this process and return what it printed, both streams as one."""
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("LANGUAGE", "")

    def run(*words, lang):
        main([*map(str, words), "--lang", lang])
        return "".join(capsys.readouterr())

    yield run
    i18n.use_language("en")


def test_translates_every_text_that_the_code_marks(entries):
    missing = [t for t in catalogue.marked() if t not in entries or not catalogue.is_said(entries[t])]

    assert not missing, "add them with `python tests/catalogue.py --write`, then translate them"


def test_has_no_text_that_the_code_no_longer_marks(entries):
    ours = {text for text, entry in entries.items() if {place for place, _ in entry.locations} != {"click"}}

    assert not ours - catalogue.marked().keys(), "take them out with `python tests/catalogue.py --write`"


def test_keeps_the_places_of_every_text(entries):
    wrong = {text: places for text, entry in entries.items() if (places := catalogue.wrong_places(entry))}

    assert not wrong


def test_leaves_no_translation_in_doubt(entries):
    assert not [text for text, entry in entries.items() if entry.fuzzy]


def test_is_compiled_as_it_is_written(entries):
    compiled = catalogue.CATALOGUE.with_suffix(".mo")
    advice = "compile it: python tests/catalogue.py --write (or install the package again)"

    assert compiled.is_file(), advice
    with compiled.open("rb") as file:
        shown = catalogue.entries(read_mo(file))
    assert {t: tuple(entry.string) for t, entry in shown.items()} == {
        t: tuple(entry.string) for t, entry in entries.items() if catalogue.is_said(entry)
    }, advice


def test_can_be_shown_on_a_console_of_windows_in_taiwan(entries):
    for entry in entries.values():
        "".join(entry.string).encode("cp950")


def test_writes_chinese_with_full_width_marks(entries):
    half_width = re.compile(r"[\u4e00-\u9fff][,;?!()]|[,;?!()][\u4e00-\u9fff]")

    assert not [entry.string for entry in entries.values() if half_width.search("".join(entry.string))]


@pytest.mark.parametrize("name", [*ROLES.values(), *ASPECTS.values()])
def test_gives_every_role_and_aspect_a_chinese_name(name):
    assert re.fullmatch(r"[\u4e00-\u9fff]+", i18n.in_language(name, "zh-TW"))


@pytest.mark.parametrize(
    "words", [["--help"], ["approve", "--help"], ["flag", "raise", "--help"], ["aprove"]]
)
def test_speaks_chinese_in_help_and_where_a_command_is_mistyped(words):
    # Each in a process of its own: click keeps the words of its help option.
    english, chinese = (_printed(*words, lang=lang) for lang in i18n.LANGUAGES)

    assert english_in(english)
    assert not english_in(chinese)
    assert CHINESE.search(chinese)


@pytest.mark.parametrize(
    "words", [["show", "1"], ["why", "1"], ["timeline", "1"], ["show", "99"], ["audit", "verify"]]
)
def test_speaks_chinese_about_an_agreement(run, sqlite_world, words):
    sqlite_world.submitted()
    db = ["--db", sqlite_world.place.path]

    english, chinese = (run(*words, *db, lang=lang) for lang in i18n.LANGUAGES)

    assert english_in(english)
    assert not english_in(chinese)
    assert CHINESE.search(chinese)


@pytest.mark.parametrize(
    "words",
    [
        ["inbox", "--as", "bob"], ["show", "1"], ["why", "1"], ["list"], ["timeline", "1"], ["parties"],
        ["documents", "list", "1"], ["people", "list"], ["policy", "show"], ["policy", "why", "1"],
        ["audit", "verify"], ["audit", "log"], ["db", "status"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_prints_the_same_json_in_both_languages(run, sqlite_world, words):
    sqlite_world.in_sign_off()
    db = ["--db", sqlite_world.place.path, "--json"]

    english, chinese = (run(*words, *db, lang=lang) for lang in i18n.LANGUAGES)

    assert json.loads(chinese)["schema"]
    assert chinese == english


def test_translates_the_fixed_reason_of_an_error(chinese):
    what, _, _ = EvidenceMissingError(path="reply.eml", reason="it is empty").explain()

    assert what == "無法以 reply.eml 為佐證：內容空白"


def test_shows_a_reason_it_does_not_know_as_it_is(chinese):
    what, _, _ = EvidenceMissingError(path="reply.eml", reason="the moon is full").explain()

    assert what.endswith("the moon is full")


def test_leaves_names_alone_that_happen_to_be_texts(chinese):
    what, _, remedy = UnknownPersonError(person="legal", known="staff, tax").explain()

    assert "legal" in what
    assert "staff, tax" in remedy


@pytest.mark.parametrize(
    ("asked", "environment", "language"),
    [
        ("zh-TW", {"ASSENT_LANG": "en"}, "zh-TW"),
        ("en", {"LANG": "zh_TW.UTF-8"}, "en"),
        ("", {"ASSENT_LANG": "zh-TW", "LC_ALL": "C"}, "zh-TW"),
        ("", {"LC_ALL": "C", "LANG": "zh_TW.UTF-8"}, "en"),
        ("", {"LANG": "zh_TW.UTF-8"}, "zh-TW"),
        ("", {"LANG": "de_DE.UTF-8"}, "en"),
        ("", {}, "en"),
    ],
)
def test_takes_the_language_that_was_asked_for_then_the_environments(
    monkeypatch, asked, environment, language
):
    for name in ("ASSENT_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    assert i18n.preferred_language(asked) == language


def _printed(*words, lang):
    done = subprocess.run(
        [sys.executable, "-m", "approvals", *words, "--lang", lang],
        env=os.environ | {"COLUMNS": "80"}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, encoding="utf-8", timeout=60, check=False,
    )  # fmt: skip
    return done.stdout
