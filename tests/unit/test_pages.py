"""What the layouts promise of a page: what belongs together is not parted by its end."""

import io
import tomllib
from importlib.resources import files

import docx
import pytest
from docx.oxml.ns import qn

from workflow.documents.catalogue import shipped
from workflow.documents.engine import compile_template


def filled(kind, language, **changes):
    """Return a layout filled from its sample, with some of it changed."""
    sample = files("contract_templates") / "layouts" / kind / language / "sample.toml"
    context = tomllib.loads(sample.read_text(encoding="utf-8"))
    for name, change in changes.items():
        context[name] = change(context[name])
    return docx.Document(io.BytesIO(compile_template(shipped().layout(kind, language).body).render(context)))


def kept(document, row):
    """Say whether a row stays on the page of the next one: every paragraph in it says so."""
    styles = {style.style_id: style for style in document.styles}
    names = {style.get(qn("w:val")) for style in row._tr.iter(qn("w:pStyle"))}
    return all(_keeps_with_next(styles[name]) for name in names)


def _keeps_with_next(style):
    while style is not None:
        if style.paragraph_format.keep_with_next is not None:
            return style.paragraph_format.keep_with_next
        style = style.base_style
    return False


def signatures(document):
    """Return the table in which a contract is signed: the one with a place for the seal."""
    return next(table for table in document.tables if "seal" in table._tbl.xpath("string(.)"))


def prices_lines(table):
    """Tell whether a table is the price table, by the names of its columns."""
    names = " ".join(cell.text for cell in table.rows[0].cells)
    return "單價" in names or "Unit price" in names


@pytest.mark.parametrize(
    ("kind", "language"),
    [
        (kind, language)
        for kind in ("services", "purchase", "works", "term-sheet", "confirmation-letter")
        for language in shipped().languages(kind)
    ],
)
def test_the_totals_stay_with_the_last_line_of_the_price_table(kind, language):
    document = filled(kind, language)

    prices = next(table for table in document.tables if prices_lines(table))
    *_, before, last, net, tax, total, words = prices.rows
    assert not kept(document, before)
    assert all(kept(document, row) for row in (last, net, tax, total))
    assert not kept(document, words)


@pytest.mark.parametrize("parties", [2, 3])
def test_two_or_three_parties_sign_on_one_page(parties):
    document = filled("services", "en", parties=lambda known: (known * 2)[:parties])

    assert all(kept(document, row) for row in signatures(document).rows)


def test_of_many_parties_each_signs_on_one_page():
    document = filled("services", "en", parties=lambda known: known * 3)

    rows = signatures(document).rows
    block = len(rows) // 6
    assert len(rows) == 6 * block
    # Where there is a place for revenue stamps, it goes with the last of them.
    breaks = ([True] * (block - 1) + [False]) * 5 + [True] * block
    assert [kept(document, row) for row in rows] == breaks


@pytest.mark.parametrize(("language", "word"), [("zh-TW", "版次"), ("en", "Revision")])
def test_a_footer_names_a_revision_only_where_there_is_one(language, word):
    first = filled("term-sheet", language, document=lambda known: known | {"revision": "3"})
    none = filled("term-sheet", language, document=lambda known: known | {"revision": ""})

    assert word in first.sections[0].footer.paragraphs[0].text
    assert word not in none.sections[0].footer.paragraphs[0].text
