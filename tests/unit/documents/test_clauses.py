"""Clauses: which ones a contract has, filled in, and what a clause file is refused for."""

import hashlib
import json
from dataclasses import replace

import pytest

from workflow.documents.clauses import ChosenClause, _paragraphs, choose_clauses, digest_of, library
from workflow.documents.context import terms_context
from workflow.errors import ClauseError
from workflow.terms import Terms

LANGUAGES = ("zh-TW", "en")
TERMS = {
    "title": "系統維護合約",
    "title_en": "Maintenance",
    "parties": [{"side": "ours", "name": "Ours"}, {"side": "theirs", "name": "Theirs"}],
}


def context(language="en", **said):
    return terms_context(Terms.read({**TERMS, **said}), language)


def chosen(language="en", kind="services", **said):
    return {clause.id: clause for clause in choose_clauses(kind, language, context(language, **said))}


def filled(text, language="en", **said):
    """Return the paragraphs of a clause that says *text*."""
    clause = replace(library(language)[0], id="test.clause", text=text)
    return _paragraphs(clause, context(language) | said)


# --- the shipped library -----------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_library_is_in_the_order_of_a_contract(language):
    orders = [each.order for each in library(language)]

    assert orders == sorted(orders)
    assert len({each.id for each in library(language)}) == len(orders) > 10
    assert {each.language for each in library(language)} == {language}


@pytest.mark.parametrize("language", ["fr", "", "..", "zh", "../layouts"])
def test_a_language_nobody_wrote_has_no_clauses(language):
    assert library(language) == ()
    assert choose_clauses("services", language, context()) == ()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_contract_gets_the_clauses_of_its_kind(language):
    assert list(chosen(language)) == [c.id for c in library(language) if c.id in chosen(language)]
    assert choose_clauses("no-such-kind", language, context(language)) == ()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_clause_that_says_nothing_for_these_terms_is_left_out(language):
    with_data = set(chosen(language, facts={"personal_data": True}))
    without = set(chosen(language, facts={"personal_data": False}))

    assert len(with_data - without) == 1
    assert not without - with_data


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_clause_is_empty_or_holds_a_tag(language):
    for found in chosen(language).values():
        assert found.title
        assert all(text.strip() == text and text for text in found.paragraphs)
        assert not any("{{" in text or "{%" in text or "\n" in text for text in found.paragraphs)


# --- filling in --------------------------------------------------------------------------


def test_an_empty_line_separates_paragraphs():
    assert filled("One.\n\nTwo\ngoes on.\n \n\nThree.") == ("One.", "Two goes on.", "Three.")


def test_a_chinese_line_goes_on_without_a_space():
    assert filled("甲方應於\n期限內\n付款。", "zh-TW") == ("甲方應於期限內付款。",)


def test_a_paragraph_that_comes_out_empty_is_left_out():
    assert filled("One.\n\n{% if purpose %}For {{ purpose }}.{% endif %}\n\nThree.") == ("One.", "Three.")
    assert filled("{% if purpose %}x{% endif %}") == ()


def test_a_value_is_filled_in_as_it_is_and_never_read_as_a_template():
    for value in ("R&D <b>", "{{ 7 * 7 }}", "{% if x %}", "合約"):
        assert filled("[{{ purpose }}]", purpose=value) == (f"[{value}]",)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{{ missing }}", "missing"),
        ("{{ price.cost }}", "cost"),
        ("{% if facts.happy == 'yes' %}x{% endif %}", "happy"),
        ("{{ period.perpetual }}", "bool is not text"),
        ("{{ price }}", "dict is not text"),
        ("{{ purpose }}", "hidden character"),
        ("{{ 1 + 1 }}", "it may only show values"),
        ("{{ title.upper() }}", "it may only show values"),
        ("{% set a = 1 %}", "it may only show values"),
        ("{{ facts._secret }}", "underscore"),
        ("{{ title", "unexpected end"),
        ("{% if title %}", "end of template"),
        ("{% endif %}", "unknown tag"),
    ],
)
def test_a_clause_that_cannot_be_used_is_named_with_the_reason(text, reason):
    with pytest.raises(ClauseError) as refusal:
        filled(text, purpose="a\u202eb")

    assert refusal.value.facts["clause"] == "test.clause"
    assert reason.lower() in refusal.value.facts["reason"].lower()


# --- the digest --------------------------------------------------------------------------

ONE = ChosenClause("price", "1", "Price", ("It costs 5.", "合約"))


def test_is_known_by_a_digest_of_the_text():
    written = json.dumps([["price", "1", "Price", "It costs 5.", "合約"]], ensure_ascii=False)

    assert digest_of((ONE,)) == hashlib.sha256(written.encode()).hexdigest()


@pytest.mark.parametrize(
    "other",
    [
        (),
        (ONE, ONE),
        (replace(ONE, id="term"),),
        (replace(ONE, version="2"),),
        (replace(ONE, title="Cost"),),
        (replace(ONE, paragraphs=("It costs 5.合約",)),),
        (replace(ONE, paragraphs=("合約", "It costs 5.")),),
        (replace(ONE, paragraphs=("It costs 6.", "合約")),),
    ],
)
def test_any_change_of_the_text_changes_the_digest(other):
    assert digest_of(other) != digest_of((ONE,))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_same_terms_choose_the_same_clauses(language):
    first = choose_clauses("services", language, context(language))

    assert digest_of(first) == digest_of(choose_clauses("services", language, context(language)))
