"""Choosing clauses: by rule, otherwise than by rule, numbered, and what a clause file is refused for."""

import json

import pytest

from workflow.documents.articles import numbered
from workflow.documents.catalogue import Library, shipped
from workflow.documents.choosing import ADDED, OMITTED, OWN, STANDARD, choose_clauses, rows_of
from workflow.documents.context import terms_context
from workflow.errors import ClauseError, InvalidInputError, UnknownClauseError
from workflow.terms import Terms

LANGUAGES = ("zh-TW", "en")
KINDS = ("services", "purchase", "works", "distribution", "nda", "mou", "amendment")
TERMS = {
    "title": "系統維護合約",
    "title_en": "Maintenance",
    "parties": [{"side": "ours", "name": "Ours"}, {"side": "theirs", "name": "Theirs"}],
}

# A library of its own, of a kind of its own, so that nothing shipped is in the contract.
FAMILIES = {
    "alpha": """
[[clauses]]
id = "alpha.first"
version = "1"
kinds = ["test"]
order = 10
title = "First"
reason = "It is first."
text = "One, as {{ articles.gamma }} says{% if articles.beta %} and {{ articles.beta }} too{% endif %}."
sets = { liability = "capped" }

[[clauses.fallbacks]]
id = "alpha.softer"
title = "Softer"
risk = "medium"
reason = "When they insist."
sets = { liability = "unlimited", cap_pct = 200 }
text = "Softer."

[[clauses.fallbacks]]
id = "alpha.softest"
risk = "high"
reason = "Only the chair may."
text = "Softest."
""",
    "beta": """
[[clauses]]
id = "beta.data"
version = "1"
kinds = ["test"]
order = 20
title = "Data"
reason = "Where there is data."
when = "personal_data is true"
text = "Data."
""",
    "gamma": """
[[clauses]]
id = "gamma.last"
version = "1"
kinds = ["test"]
order = 950
title = "Last"
reason = "It is last."
basis = ["民法 §1"]
text = "Last."
""",
    "delta": """
[[clauses]]
id = "delta.both"
version = "1"
kinds = ["test"]
order = 960
title = "Languages"
reason = "Where there are two."
only = ["zh-TW+en"]
text = "Both."
""",
}


def library(folder, **families):
    for language in LANGUAGES:
        place = folder / "clauses" / language
        place.mkdir(parents=True, exist_ok=True)
        for family, text in {**FAMILIES, **families}.items():
            (place / f"{family}.toml").write_text(f'family = "{family}"\n{text}', encoding="utf-8")
    return Library(folder)


@pytest.fixture
def own(tmp_path):
    return library(tmp_path)


def choose(own, language="en", document="", **said):
    terms = Terms.read({**TERMS, "facts": {"personal_data": False}, **said})
    return choose_clauses(own, "test", language, terms, terms_context(terms, language), document=document)


def texts(chosen):
    return {clause.id: "\n".join(clause.paragraphs) for clause in chosen.clauses}


def one_clause(name, kind, text):
    """Return a clause file's only clause."""
    about = {
        "id": name,
        "version": "9",
        "kinds": [kind],
        "order": 1,
        "title": "T",
        "reason": "r",
        "text": text,
    }
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in about.items()]
    return "\n".join(["[[clauses]]", *lines, ""])


def filled(tmp_path, text, language="en", **said):
    """Return the paragraphs of a contract's one clause that says *text*."""
    own = library(tmp_path, gamma=one_clause("gamma.last", "alone", text))
    terms = Terms.read({**TERMS, **said})
    chosen = choose_clauses(own, "alone", language, terms, terms_context(terms, language))
    return chosen.clauses[0].paragraphs


# --- by rule -----------------------------------------------------------------------------


def test_a_contract_has_the_clauses_of_its_kind_in_order(own):
    assert list(texts(choose(own))) == ["alpha.first", "gamma.last"]


@pytest.mark.parametrize(("answer", "there"), [(True, True), (False, False), ("unknown", True)])
def test_a_clause_with_a_condition_is_there_where_it_holds_or_nobody_knows(own, answer, there):
    assert ("beta.data" in texts(choose(own, facts={"personal_data": answer}))) is there


def test_a_clause_for_two_languages_is_only_in_a_contract_of_two(own):
    assert "delta.both" not in texts(choose(own))
    assert "delta.both" in texts(choose(own, document="zh-TW+en"))


@pytest.mark.parametrize(("language", "number"), [("en", "Article 3"), ("zh-TW", "第三條")])
def test_a_text_refers_to_another_article_by_its_number(own, language, number):
    chosen = choose(own, language, facts={"personal_data": True})

    assert number in texts(chosen)["alpha.first"]
    reference = next(piece for piece in chosen.clauses[0].lines[0] if piece.bookmark)
    assert (reference.text, reference.bookmark) == (number, "clause_gamma")
    assert chosen.clauses[2].number == number


def test_an_article_that_is_not_there_is_not_referred_to(own):
    assert texts(choose(own))["alpha.first"] == "One, as Article 2 says."


def test_an_unguarded_reference_to_what_may_be_absent_is_refused(tmp_path):
    own = library(tmp_path, alpha=FAMILIES["alpha"].replace("articles.gamma", "articles.beta", 1))

    with pytest.raises(ClauseError, match=r"alpha\.first"):
        choose(own)


@pytest.mark.parametrize(
    ("number", "said"),
    [(1, "一"), (9, "九"), (10, "十"), (11, "十一"), (20, "二十"), (34, "三十四"), (100, "一百"),
     (101, "一百零一"), (110, "一百一十"), (121, "一百二十一"), (200, "二百")],
)  # fmt: skip
def test_counts_as_word_does_in_chinese(number, said):
    assert numbered(number, "zh-TW") == f"第{said}條"


# --- otherwise than by rule --------------------------------------------------------------


def test_a_fallback_stands_in_place_of_the_standard_and_is_a_deviation(own):
    chosen = choose(own, clauses=[{"id": "alpha.first", "use": "alpha.softer", "why": "They insisted."}])

    first = chosen.clauses[0]
    assert (first.title, first.paragraphs, first.wording) == ("Softer", ("Softer.",), "alpha.softer")
    assert first.sets == {"liability": "unlimited", "cap_pct": 200}
    (deviation,) = chosen.deviations
    assert (deviation.id, deviation.chosen, deviation.why) == (
        "alpha.first",
        "alpha.softer",
        "They insisted.",
    )
    assert (deviation.risk, deviation.advice) == ("medium", "When they insist.")


def test_wording_of_ones_own_is_taken_as_it_is_and_is_the_riskiest(own):
    said = {"id": "alpha.first", "own": "Ours {{ title }}.\n\nTwo <b>.", "why": "Special."}
    chosen = choose(own, clauses=[said])

    assert chosen.clauses[0].paragraphs == ("Ours {{ title }}.", "Two <b>.")
    assert chosen.clauses[0].title == "First"
    assert chosen.clauses[0].wording == chosen.deviations[0].chosen == OWN
    assert chosen.deviations[0].risk == "high"
    assert chosen.clauses[0].sets == {}


def test_a_clause_left_out_moves_the_numbers_and_is_listed(own):
    chosen = choose(own, clauses=[{"id": "alpha.first", "omit": True, "why": "Not needed."}])

    assert [(clause.id, clause.number) for clause in chosen.clauses] == [("gamma.last", "Article 1")]
    assert [(d.id, d.chosen, d.risk) for d in chosen.deviations] == [("alpha.first", OMITTED, "high")]


def test_leaving_out_what_is_not_there_anyway_is_no_deviation(own):
    assert choose(own, clauses=[{"id": "beta.data", "omit": True, "why": "No data."}]).deviations == ()


def test_a_clause_may_be_added_and_stands_before_what_every_contract_ends_with(own):
    said = {"id": "extra.thing", "title": "Extra", "own": "More.", "why": "Agreed in round 2."}
    chosen = choose(own, clauses=[said])

    assert list(texts(chosen)) == ["alpha.first", "extra.thing", "gamma.last"]
    assert [(d.chosen, d.title) for d in chosen.deviations] == [(ADDED, "Extra")]


@pytest.mark.parametrize(
    "choice",
    [
        {"id": "nothing.here", "use": "x"},
        {"id": "nothing.here", "omit": True},
        {"id": "nothing.here", "own": "Text without a title."},
        {"id": "alpha.first", "use": "gamma.last"},
        {"id": "alpha.first", "use": "alpha.hardest"},
        {"id": "liability.cap", "omit": True},
    ],
)
def test_what_the_library_does_not_have_cannot_be_chosen(own, choice):
    with pytest.raises(UnknownClauseError) as refusal:
        choose(own, clauses=[choice | {"why": "w"}])

    assert "alpha" in refusal.value.facts["known"]


@pytest.mark.parametrize(
    "choice",
    [
        {"id": "alpha.first", "why": "w"},
        {"id": "alpha.first", "use": "x", "omit": True, "why": "w"},
        {"id": "alpha.first", "use": "x", "own": "y", "why": "w"},
        {"id": "alpha.first", "omit": True, "title": "T", "why": "w"},
        {"id": "alpha.first", "omit": True},
        {"id": "alpha", "omit": True, "why": "w"},
        {"id": "../alpha.first", "omit": True, "why": "w"},
    ],
)
def test_a_choice_says_one_thing_and_why(choice):
    with pytest.raises(InvalidInputError):
        Terms.read({**TERMS, "clauses": [choice]})


def test_a_clause_is_chosen_once():
    choice = {"id": "alpha.first", "omit": True, "why": "w"}

    with pytest.raises(InvalidInputError, match=r"alpha\.first twice"):
        Terms.read({**TERMS, "clauses": [choice, choice]})


def test_wording_of_ones_own_needs_both_languages_of_a_contract_in_two(own):
    said = {"id": "alpha.first", "own": "我方文字。", "why": "w"}

    assert choose(own, "zh-TW", "zh-TW+en", clauses=[said]).clauses[0].paragraphs == ("我方文字。",)
    with pytest.raises(ClauseError, match="own_en"):
        choose(own, "en", "zh-TW+en", clauses=[said])
    both = choose(own, "en", "zh-TW+en", clauses=[said | {"own_en": "Ours."}])
    assert both.clauses[0].paragraphs == ("Ours.",)


def test_the_rows_for_a_layout_tell_the_two_languages_bookmarks_apart(own):
    first, second = rows_of(choose(own)), rows_of(choose(own), second=True)

    assert [row["bookmark"] for row in first] == ["clause_alpha", "clause_gamma"]
    assert [row["bookmark"] for row in second] == ["clause_alpha_en", "clause_gamma_en"]
    assert not {row["mark"] for row in first} & {row["mark"] for row in second}
    pieces = second[0]["lines"][0]["pieces"]
    assert [piece["bookmark"] for piece in pieces if piece["bookmark"]] == ["clause_gamma_en"]
    assert first[0]["paragraphs"] == ["One, as Article 2 says."]


# --- an organisation's own library -------------------------------------------------------


def test_a_clause_of_the_organisations_own_goes_before_the_shipped_one(tmp_path):
    own = library(tmp_path, law=one_clause("law.governing", "services", "Our law."))

    assert next(c for c in own.clauses("en") if c.id == "law.governing").text == "Our law."
    assert next(c for c in shipped().clauses("en") if c.id == "law.governing").text != "Our law."
    assert len(own.clauses("en")) > len(shipped().clauses("en"))


def test_a_clause_is_known_by_a_digest_of_its_file():
    one, other = shipped().clauses("en")[:2]

    assert one.digest != other.digest
    assert one.digest == Library().clauses("en")[0].digest
    assert type(one).model_validate(one.source | {"reason": "another"}).digest != one.digest


@pytest.mark.parametrize("language", ["fr", "", "..", "zh", "../layouts"])
def test_a_language_nobody_wrote_has_no_clauses(language):
    assert shipped().clauses(language) == ()


# --- filling in --------------------------------------------------------------------------


def test_an_empty_line_separates_paragraphs(tmp_path):
    assert filled(tmp_path, "One.\n\nTwo\ngoes on.\n \n\nThree.") == ("One.", "Two goes on.", "Three.")


def test_a_chinese_line_goes_on_without_a_space(tmp_path):
    assert filled(tmp_path, "甲方應於\n期限內\n付款。", "zh-TW") == ("甲方應於期限內付款。",)


def test_a_paragraph_that_comes_out_empty_is_left_out(tmp_path):
    text = "One.\n\n{% if purpose %}For {{ purpose }}.{% endif %}\n\nThree."

    assert filled(tmp_path, text) == ("One.", "Three.")


def test_a_value_is_filled_in_as_it_is_and_never_read_as_a_template(tmp_path):
    for value in ("R&D <b>", "{{ 7 * 7 }}", "{% if x %}", "合約"):
        assert filled(tmp_path, "[{{ purpose }}]", purpose=value) == (f"[{value}]",)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{{ missing }}", "missing"),
        ("{{ price.cost }}", "cost"),
        ("{% if facts.happy == 'yes' %}x{% endif %}", "happy"),
        ("{{ period.perpetual }}", "bool is not text"),
        ("{{ price }}", "dict is not text"),
        ("{{ articles.nowhere }}", "nowhere"),
        ("{{ 1 + 1 }}", "it may only show values"),
        ("{{ title.upper() }}", "it may only show values"),
        ("{% set a = 1 %}", "it may only show values"),
        ("{{ facts._secret }}", "underscore"),
        ("{{ title", "unexpected end"),
        ("{% if title %}", "end of template"),
        ("{% endif %}", "unknown tag"),
        ("{% if purpose %}x{% endif %}", "says nothing"),
    ],
)
def test_a_clause_that_cannot_be_used_is_named_with_the_reason(tmp_path, text, reason):
    with pytest.raises(ClauseError) as refusal:
        filled(tmp_path, text)

    assert refusal.value.facts["clause"] == "gamma.last"
    assert reason.lower() in refusal.value.facts["reason"].lower()


# --- what a file is refused for ----------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "what"),
    [
        ('id = "alpha.first"', 'id = "beta.first"', "of another family"),
        ('id = "alpha.first"', 'id = "alpha"', "no name of a clause"),
        ('sets = { liability = "capped" }', 'sets = { liability = "huge" }', "liability"),
        ('sets = { liability = "capped" }', "sets = { cap_pct = true }", "cap_pct"),
        ('sets = { liability = "capped" }', "sets = { nonsense = true }", "nonsense"),
        ('risk = "high"', 'risk = "grave"', "choices"),
        ("order = 10", 'order = "ten"', "number"),
        ('title = "First"', "", "missing"),
        ("order = 10", 'order = 10\nwhen = "personal_data"', "form"),
        ("order = 10", 'order = 10\nwhen = "colour is true"', "colour"),
        ("order = 10", "order = 10\nodd = 1", "odd"),
        ("[[clauses]]", "[[clauses", "TOML"),
    ],
)
def test_a_clause_file_with_a_slip_is_refused_by_name(tmp_path, before, after, what):
    own = library(tmp_path, alpha=FAMILIES["alpha"].replace(before, after, 1))

    with pytest.raises(InvalidInputError) as refusal:
        own.clauses("en")

    assert "alpha.toml" in str(refusal.value)
    assert what in str(refusal.value)


# --- the shipped library -----------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_library_is_in_the_order_of_a_contract(language):
    clauses = shipped().clauses(language)

    assert [clause.order for clause in clauses] == sorted(clause.order for clause in clauses)
    assert len({clause.id for clause in clauses}) == len(clauses)
    assert {clause.language for clause in clauses} == {language}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_clause_is_empty_or_holds_a_tag(language, kind):
    terms = Terms.read(TERMS)
    for found in choose_clauses(shipped(), kind, language, terms, terms_context(terms, language)).clauses:
        assert found.title
        assert found.wording == STANDARD
        assert all(text.strip() == text and text for text in found.paragraphs)
        assert not any(mark in text for text in found.paragraphs for mark in ("{{", "{%", "\n", "\x02"))
