"""What a repetition tells a template of itself."""

import io

import docx
import pytest

from workflow.documents.engine import compile_template
from workflow.errors import MissingFieldError


def template(text):
    document = docx.Document()
    for paragraph in ("{%p for name in names %}", text, "{%p endfor %}"):
        document.add_paragraph(paragraph)
    saved = io.BytesIO()
    document.save(saved)
    return compile_template(saved.getvalue())


def test_a_repetition_knows_its_place():
    filled = template(
        "{{ loop.index }}/{{ loop.length }} {{ name }}{% if loop.first %} first{% endif %}"
        "{% if loop.last %} last{% endif %}"
    )

    body = filled.render({"names": ["a", "b", "c"]})

    said = [paragraph.text for paragraph in docx.Document(io.BytesIO(body)).paragraphs]
    assert said == ["1/3 a first", "2/3 b", "3/3 c last"]


def test_a_repetition_is_no_field_to_be_filled():
    assert template("{{ loop.index }} {{ name }}").fields == {"names"}


@pytest.mark.parametrize("attribute", ["previtem", "nextitem", "cycle", "changed", "depth"])
def test_a_repetition_gives_nothing_else(attribute):
    filled = template(f"{{{{ loop.{attribute} }}}}")

    with pytest.raises(MissingFieldError) as refused:
        filled.render({"names": ["a"]})

    assert refused.value.facts["field"] == attribute
