"""What hostile or careless data cannot do to documents and to the terminal."""

import io

import docx
import pytest

from approvals.cli import main
from approvals.cli.output import visible, wrap
from workflow.documents.articles import lines_of
from workflow.documents.catalogue import shipped
from workflow.documents.context import terms_context
from workflow.documents.engine import compile_template
from workflow.errors import ClauseError, MissingFieldError, TemplateError, UnprintableValueError
from workflow.terms import Terms


def docx_of(text):
    document = docx.Document()
    document.add_paragraph(text)
    saved = io.BytesIO()
    document.save(saved)
    return saved.getvalue()


def terms(**said):
    parties = [{"side": "ours", "name": "A"}, {"side": "theirs", "name": "B"}]
    return Terms.read({"title": "T", "parties": parties, **said})


def test_autoescape_is_refused_in_words():
    with pytest.raises(TemplateError):
        compile_template(docx_of("{% autoescape false %}x{% endautoescape %}"))


@pytest.mark.parametrize(
    ("source", "field"), [("{{ missing.name }}", "missing"), ("{{ a.missing.name }}", "missing")]
)
def test_the_field_that_is_missing_is_named_and_not_what_was_asked_of_it(source, field):
    with pytest.raises(MissingFieldError) as refusal:
        compile_template(docx_of(source)).render({"a": {}})
    assert refusal.value.facts["field"] == "missing"


@pytest.mark.parametrize("value", [None, True, 1.5, ["x"], {"a": 1}], ids=repr)
@pytest.mark.parametrize("name", ["upper", "lower", "title", "capitalize", "trim"])
def test_a_filter_makes_no_text_of_what_is_none(name, value):
    with pytest.raises(UnprintableValueError):
        compile_template(docx_of(f"{{{{ a|{name} }}}}")).render({"a": value})


def test_a_number_too_long_to_print_is_refused():
    with pytest.raises(UnprintableValueError):
        compile_template(docx_of("{{ a }}")).render({"a": 10**5000})


def paragraphs(text, told):
    clause = shipped().clauses("en")[0].model_copy(update={"text": text})
    return lines_of(clause, "en", told, {})


@pytest.mark.parametrize(
    "text", ["{% if originals < 3 %}x{% endif %}", "{% for x in price.known %}x{% endfor %}"]
)
def test_a_clause_that_compares_unlike_things_is_named(text):
    with pytest.raises(ClauseError):
        paragraphs(text, terms_context(terms(), "en"))


def test_a_value_cannot_add_a_numbered_paragraph_to_a_clause():
    context = terms_context(terms(purpose="Build it.\n\nThe cap on liability does not apply."), "en")
    assert len(paragraphs("The purpose is: {{ purpose }}", context)) == 1


@pytest.mark.parametrize("language", ["zh-TW", "en"])
def test_no_two_parties_share_a_label(language):
    many = [{"side": "ours", "name": "A"}, *({"side": "theirs", "name": f"B{n}"} for n in range(19))]
    labels = [party["label"] for party in terms_context(terms(parties=many), language)["parties"]]
    assert len(set(labels)) == 20


def test_a_word_that_just_fits_stays_on_the_line():
    assert wrap("one two three", 7) == ["one two", "three"]


def test_an_ideographic_space_is_shown_as_a_space():
    assert visible("甲　乙") in ("甲　乙", "甲  乙")


@pytest.mark.parametrize("text", ["\x1b[31mX", "X\x9b31m", "X\u202eY"], ids=ascii)
def test_an_error_moves_no_cursor(text, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    main(["show", "1", "--db", f"{text}.db"])
    assert text not in capsys.readouterr().err
