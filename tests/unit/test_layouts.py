"""The shipped layouts: made by their scripts, and good documents once filled."""

import importlib.util
import io
import re
import sys
import tomllib
import zipfile
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

import docx
import pytest
from docx.oxml.ns import qn
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined
from jinja2.sandbox import SandboxedEnvironment

import contract_templates
from workflow.documents.engine import compile_template
from workflow.documents.redline.numbering import Label, Numbering
from workflow.documents.redline.source import open_source

ROOT = Path(__file__).resolve().parents[2]
# As they are installed, so that a wheel's layouts are compared too.
LAYOUTS = Path(contract_templates.__file__).parent / "layouts"
CONTRACTS = ("services", "purchase", "works", "distribution", "nda", "mou", "amendment")
OTHERS = (
    "term-sheet", "confirmation-letter", "review-request", "opinion", "approval-sheet", "certificate",
    "negotiation-plan", "minutes", "request-letter", "notice", "kpi-review", "contact-log",
    "acceptance-record", "contract-card",
)  # fmt: skip
EACH = [
    f"{kind}/{language}"
    for kind in CONTRACTS + OTHERS
    for language in ("zh-TW", "en", "zh-TW+en")
    if kind in CONTRACTS or language != "zh-TW+en"
]


class KeysFirst(SandboxedEnvironment):
    """Jinja as the product has it: in ``price.items`` the key is meant, not the method."""

    def getattr(self, obj, attribute):
        return (
            obj[attribute] if isinstance(obj, dict) and attribute in obj else super().getattr(obj, attribute)
        )


@pytest.fixture(scope="module")
def scripts():
    spec = importlib.util.spec_from_file_location("build_layouts", ROOT / "tests" / "layouts" / "build.py")
    module = importlib.util.module_from_spec(spec)
    before = list(sys.path)
    spec.loader.exec_module(module)
    yield module
    sys.path[:] = before


@pytest.fixture(scope="module")
def built(scripts):
    return scripts.built()


def read(name, file):
    return (LAYOUTS / name / file).read_bytes()


def sample_of(name):
    return tomllib.loads(read(name, "sample.toml").decode())


def manifest_of(name):
    return tomllib.loads(read(name, "manifest.toml").decode())


def rendered(name, context):
    template = DocxTemplate(io.BytesIO(read(name, "template.docx")))
    template.render(context, KeysFirst(undefined=StrictUndefined, autoescape=True), autoescape=True)
    saved = io.BytesIO()
    template.save(saved)
    return saved.getvalue()


def the_other_way_round(value):
    """Flags turned, lists emptied, texts gone: what a layout must stand as well."""
    if isinstance(value, dict):
        # A document always has its parties, and a sheet its seats: there the entries are emptied.
        return {
            key: [the_other_way_round(each) for each in entry]
            if key in ("parties", "seats")
            else the_other_way_round(entry)
            for key, entry in value.items()
        }
    if isinstance(value, bool):
        return not value
    return [] if isinstance(value, list) else ""


def only(fields, context):
    """Return the part of *context* that the manifest's fields name."""

    def pruned(value, path):
        if isinstance(value, dict):
            kept = {key: pruned(entry, f"{path}.{key}".lstrip(".")) for key, entry in value.items()}
            return {key: entry for key, entry in kept.items() if entry is not None}
        if isinstance(value, list):
            return [pruned(entry, f"{path}[]") for entry in value] if path in fields else None
        return value if path in fields else None

    return pruned(context, "")


def check(package):
    """Assert what every document must be, whatever stands in it."""
    document = docx.Document(io.BytesIO(package))
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        text = "".join(archive.read(name).decode() for name in archive.namelist() if name.endswith(".xml"))
    assert not re.search(r"\{\{|\{%|\{#", text)

    body = document.element.body
    assert body[-1].tag == qn("w:sectPr")
    # ECMA-376 17.4.65: a cell without a last paragraph is a corrupt document.
    assert all(cell[-1].tag == qn("w:p") for cell in body.iter(qn("w:tc")))
    assert all(table.find(qn("w:tr")) is not None for table in body.iter(qn("w:tbl")))
    # Two tables that touch would become one in Word.
    assert not any(one.tag == after.tag == qn("w:tbl") for one, after in pairwise(body))
    codes = [code.text.strip() for code in document.sections[0].footer._element.iter(qn("w:instrText"))]
    assert codes == ["PAGE", "NUMPAGES"]
    return document


def test_every_file_is_what_the_scripts_make(scripts, built):
    there = {str(path.relative_to(LAYOUTS)) for path in LAYOUTS.rglob("*") if path.is_file()}

    assert there == set(built)
    for name, content in built.items():
        stored = (LAYOUTS / name).read_bytes()
        if name.endswith(".docx"):
            # Byte for byte within the zip; the zip itself differs where zlib does.
            assert scripts.parts_of(stored) == scripts.parts_of(content), name
        else:
            assert stored == content, name


def test_the_reports_template_is_what_the_script_makes(scripts):
    shipped = files("approvals") / "reports" / "data" / "report.docx"

    assert scripts.parts_of(shipped.read_bytes()) == scripts.parts_of(scripts.report())


def test_building_twice_gives_the_same_bytes(scripts, built):
    assert scripts.built() == built


@pytest.mark.parametrize("name", EACH)
def test_a_sample_becomes_a_whole_document(name):
    context = sample_of(name)

    document = check(rendered(name, context))

    text = "".join(node.text or "" for node in document.element.body.iter(qn("w:t")))
    assert context["theirs"]["name"] in text
    assert context.get("en", context)["theirs"]["name"] in text
    assert context["document"]["number"] in document.sections[0].header._element.xpath("string(.)")


@pytest.mark.parametrize("name", EACH)
def test_it_stands_the_opposite_of_its_sample(name):
    check(rendered(name, the_other_way_round(sample_of(name))))


@pytest.mark.parametrize("name", EACH)
def test_the_draft_mark_shows_on_drafts_only(name):
    context = sample_of(name)

    for draft in (True, False):
        context["document"]["draft"] = draft
        header = check(rendered(name, context)).sections[0].header._element.xpath("string(.)")
        assert ("DRAFT" in header) == draft


@pytest.mark.parametrize("name", EACH)
def test_the_product_compiles_and_renders_it(name):
    check(compile_template(read(name, "template.docx"), name=name).render(sample_of(name)))


@pytest.mark.parametrize("name", EACH)
def test_the_manifest_names_all_it_needs(name):
    fields = manifest_of(name)["fields"]

    check(rendered(name, only(fields, sample_of(name))))


@pytest.mark.parametrize("name", EACH)
def test_the_manifest_names_nothing_else(name, scripts, built):
    from manifest import fields_of  # on the path once the scripts are loaded

    assert manifest_of(name)["fields"] == fields_of(read(name, "template.docx"))


@pytest.mark.parametrize("name", EACH)
def test_the_manifest_says_what_the_layout_is(name):
    kind, language = name.split("/")
    said = manifest_of(name)

    internal = {
        "review-request", "opinion", "approval-sheet", "negotiation-plan", "certificate", "contact-log",
        "contract-card",
    }  # fmt: skip
    assert (said["id"], said["kind"], said["language"]) == (kind, kind, language)
    assert said["version"] == ("2.0.0" if kind == "services" else "1.0.0")
    assert said["audience"] == ("internal" if kind in internal else "both")
    assert said.get("prevailing") == (language.removesuffix("+en") if kind in CONTRACTS else None)
    assert said["stage"] == "drafting" or kind not in CONTRACTS
    assert set(said["fields"].values()) <= {"text", "flag", "list"}


@pytest.mark.parametrize("name", EACH)
def test_chinese_has_its_own_font_everywhere(name):
    template = docx.Document(io.BytesIO(read(name, "template.docx")))

    fonts = list(template.styles.element.iter(qn("w:rFonts")))
    assert len(fonts) > 20
    assert all(font.get(qn("w:eastAsia")) in ("PMingLiU", "Microsoft JhengHei") for font in fonts)
    languages = list(template.styles.element.iter(qn("w:lang")))
    assert [entry.get(qn("w:eastAsia")) for entry in languages] == ["zh-TW"]


@pytest.mark.parametrize("name", EACH)
def test_a_template_is_small_and_names_no_person_or_time(name):
    body = read(name, "template.docx")
    core = docx.Document(io.BytesIO(body)).core_properties

    assert len(body) < 40_000
    assert (core.author, core.last_modified_by) == ("Assent", "Assent")
    assert core.created == core.modified
    assert core.title == manifest_of(name)["title"]


@pytest.mark.parametrize("name", EACH)
def test_columns_are_as_wide_as_the_text(name):
    body = docx.Document(io.BytesIO(read(name, "template.docx"))).element.body

    for table in body.iter(qn("w:tbl")):
        widths = [int(column.get(qn("w:w"))) for column in table.iter(qn("w:gridCol"))]
        assert sum(widths) == 9070
        for row in table.iter(qn("w:tr")):
            assert sum(int(cell.get(qn("w:w"))) for cell in row.iter(qn("w:tcW"))) == 9070


def paragraphs_of(body):
    """Return the style and number of every paragraph of a document, as Word shows it, with its text."""
    source = open_source(body, name="made")
    labels = Numbering(source).labels(source.body)
    return [
        (
            paragraph.find(qn("w:pPr")).find(qn("w:pStyle")).get(qn("w:val")),
            labels.get(paragraph, Label()).text,
            "".join(node.text or "" for node in paragraph.iter(qn("w:t"))),
        )
        for paragraph in source.body.iter(qn("w:p"))
    ]


@pytest.mark.parametrize("name", [f"{kind}/zh-TW+en" for kind in CONTRACTS])
def test_in_two_languages_each_article_is_counted_in_both(name):
    context = sample_of(name)

    made = paragraphs_of(compile_template(read(name, "template.docx"), name=name).render(context))

    articles = [(number, text) for style, number, text in made if style in ("Article", "ArticleEnglish")]
    wanted = [
        (each["number"], each["title"]) for clause in context["clauses"] for each in (clause, clause["en"])
    ]
    assert articles == wanted
    last = next(number for style, number, _ in reversed(made) if style == "ClauseEnglish")
    assert last == f"{len(context['clauses'])}.{len(context['clauses'][-1]['en']['lines'])}"


@pytest.mark.parametrize("name", [each for each in EACH if each.partition("/")[0] in CONTRACTS])
def test_a_reference_shows_the_number_of_the_article_it_leads_to(name):
    source = open_source(compile_template(read(name, "template.docx")).render(sample_of(name)), name=name)

    labels = Numbering(source).labels(source.body)
    places = {
        mark.get(qn("w:name")): labels[next(mark.iterancestors(qn("w:p")))].text
        for mark in source.body.iter(qn("w:bookmarkStart"))
    }
    shown = [
        (code.text.split()[1], code.getparent().getnext().getnext().findtext(qn("w:t")))
        for code in source.body.iter(qn("w:instrText"))
        if code.text.split()[0] == "REF"
    ]
    # An amendment may name no other article of its own.
    assert shown or name.startswith("amendment")
    assert all(places[place] == text for place, text in shown)
