"""Our documents compared with docxtpl's own, on templates that nobody here wrote.

What we refuse is listed with the reason; where both render, the parts are equal after XML
normalisation, or docxtpl's defect is named.
"""

import io
import random
import re
from pathlib import Path

import jinja2
import pytest
from docxtpl import DocxTemplate
from lxml import etree

from workflow.documents import compile_template
from workflow.documents.lint import check
from workflow.documents.package import read_package
from workflow.documents.samples import made_up
from workflow.errors import TemplateError

FOLDER = Path(__file__).parents[3] / "shared" / "data" / "templates"
TEMPLATES = {path.name.split("_")[0]: path for path in sorted(FOLDER.glob("*.docx"))}
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"

# The reason we give, and the templates it is given for.
REFUSED = {
    # a call: templates of docassemble call Python, which is how template code gets out
    "(call)": """
        t037 t059 t063 t071 t075 t082 t094 t107 t112 t114 t122 t127 t128 t130 t132 t136 t137
        t139 t140 t142 t143 t144 t145 t153 t165 t166 t172 t189 t190 t191 t192 t193 t194 t196
        t198 t206 t220 t221 t223 t225 t266 t267 t271 t276 t278 t282
    """,
    # a value in the instruction of a field, which is a command to Word
    "a value stands in a field": """
        t178
    """,
    # the file is damaged, docxtpl cannot open it either
    "not a DOCX": """
        t038 t040 t041 t275
    """,
    # a macro
    "(macro)": """
        t066
    """,
    # a block value straight in the body: a text there vanishes in docxtpl
    "directly in w:body": """
        t085 t157
    """,
    # Word fetches the attached template when the document is opened
    "attaches a template": """
        t093 t095 t096 t097 t098 t100 t129
    """,
    # Jinja cannot read it, docxtpl cannot either
    "unexpected": """
        t103
    """,
    # docxtpl straightens the quotes inside a literal, which then equals nothing
    "curly quotes": """
        t119 t135 t188 t211
    """,
    # a filter of its own application
    "there is no filter": """
        t219
    """,
    # in docxtpl a dash takes away whatever stands up to the next text, pictures and cells included
    "a dash in a tag": """
        t123 t124 t168
    """,
    # arithmetic
    "(div)": """
        t125
    """,
    # a tag runs over the end of its paragraph
    "not closed": """
        t175 t176 t186 t273 t274
    """,
    # a slice
    "(slice)": """
        t215
    """,
}
REASONS = {name: reason for reason, names in REFUSED.items() for name in names.split()}

# Where the two differ, docxtpl's defect.
DEFECTS = {"t080": "a plain text in {{r }} vanishes in docxtpl and is a run here"}

# Fields that these templates use both as a text and as a thing with parts; no data fits both.
TWOFOLD = {"t064", "t074"}

pytestmark = pytest.mark.skipif(
    not TEMPLATES, reason="the collection of public templates is not beside the project"
)


class KeysFirst(jinja2.Environment):
    """Finds keys before methods, so that docxtpl can render `price.items` at all."""

    def getattr(self, obj, attribute):
        return (
            obj[attribute] if isinstance(obj, dict) and attribute in obj else super().getattr(obj, attribute)
        )


def normal(body):
    """Write a part in one way: without xml:space, empty runs and the numbers of drawings."""
    root = etree.fromstring(body, etree.XMLParser(remove_comments=True, remove_pis=True))
    for text in list(root.iter(f"{W}t")):
        text.attrib.pop("{http://www.w3.org/XML/1998/namespace}space", None)
        if not text.text:
            text.getparent().remove(text)
    for run in list(root.iter(f"{W}r")):
        if all(child.tag == f"{W}rPr" for child in run):
            run.getparent().remove(run)
    for drawing in root.iter(f"{DRAWING}docPr"):
        drawing.set("id", "0")
    return etree.tostring(root, method="c14n")


def varied(context, seed):
    """Return the context with lists of other lengths and choices made the other way."""
    chance = random.Random(seed)
    changed = {}
    for name, value in context.items():
        if isinstance(value, list):
            changed[name] = (
                value if seed == 0 else value[: chance.randint(0, 2)] if seed == 1 else value + value
            )
        elif isinstance(value, dict):
            changed[name] = varied(value, seed)
        else:
            changed[name] = "" if value == "yes" and seed == 1 else value
    return changed


def theirs(body, context):
    template = DocxTemplate(io.BytesIO(body))
    template.render(context, KeysFirst(autoescape=True, undefined=jinja2.StrictUndefined), autoescape=True)
    written = io.BytesIO()
    template.save(written)
    return read_package(written.getvalue(), name="theirs")


@pytest.mark.parametrize("name", sorted(REASONS))
def test_refuses_with_the_reason_listed(name):
    with pytest.raises(TemplateError, match=re.escape(REASONS[name])):
        compile_template(TEMPLATES[name].read_bytes(), name=name)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("name", [name for name in TEMPLATES if name not in REASONS and name not in TWOFOLD])
def test_renders_what_docxtpl_renders(name):
    body = TEMPLATES[name].read_bytes()
    template = compile_template(body, name=name)
    fields = {field: shape.value for field, shape in check(body, name=name).fields.items()}
    different = set()
    for seed in range(3):
        context = varied(made_up(fields), seed)

        ours, reference = read_package(template.render(context), name=name), theirs(body, context)

        parts = [
            part for part in ours if part.startswith("word/") and part.endswith(".xml") and part in reference
        ]
        assert "word/document.xml" in parts
        different |= {part for part in parts if normal(ours[part]) != normal(reference[part])}
    assert bool(different) == (name in DEFECTS), different


def test_every_template_of_the_collection_is_accounted_for():
    assert set(REASONS) <= set(TEMPLATES)
    assert set(DEFECTS) | TWOFOLD <= set(TEMPLATES) - set(REASONS)
