"""The articles of a contract, which Word numbers, refers to and lists.

A reference is a field that names the article's bookmark: a lawyer who puts an article in
between finds every number behind it right. What a field shows until Word fills it is what the
clause engine counted, so that a document is right wherever it is opened.
"""

import ooxml
from lxml.etree import _Element
from ooxml import el
from parts import Page
from words import BOTH, Words

CONTENTS: Words = ("目　錄", "Contents")
# Every style is named, since Word would look for headings otherwise; English without page numbers.
_LISTED = ('TOC \\h \\z \\t "Article,1"', 'TOC \\h \\z \\n 2-2 \\t "Article,1,Article English,2"')


def articles(page: Page) -> None:
    """Write every article; in a document of two languages each in Chinese and then in English."""
    with page.each("clause in clauses"):
        _article(page, "clause", "")
        if page.language == BOTH:
            _article(page, "clause.en", "English")


def _article(page: Page, clause: str, suffix: str) -> None:
    title = ooxml.bookmarked(f"{{{{ {clause}.bookmark }}}}", ooxml.run(f"{{{{ {clause}.title }}}}"))
    page.write(ooxml.paragraph(*title, style=f"Article{suffix}"))
    with page.each(f"line in {clause}.lines"):
        page.write(ooxml.paragraph(*_pieces("line.pieces"), style=f"Clause{suffix}"))


def _pieces(pieces: str) -> list[_Element]:
    """Return the runs of a paragraph: text, and references to other articles."""
    return [
        _tag(f"for piece in {pieces}"),
        _tag("if piece.bookmark"),
        *ooxml.field("REF {{ piece.bookmark }} \\r \\h", "{{ piece.text }}"),
        _tag("else"),
        ooxml.run("{{ piece.text }}"),
        _tag("endif"),
        _tag("endfor"),
    ]


def contents(page: Page) -> None:
    """Write the table of contents of a long contract: a line for each article, with its page."""
    with page.when("contents"):
        page.put(CONTENTS, "TocHead")
        with page.each("clause in clauses"):
            # Its heading never stands with one or two lines at the foot of a page, nor its last
            # lines alone at the head of one.
            with page.when("loop.index < 6 or loop.revindex in (2, 3, 4, 5)"):
                _listed(page, keep_next=True)
            with page.when("loop.index >= 6 and loop.revindex not in (2, 3, 4, 5)"):
                _listed(page, keep_next=False)


def _listed(page: Page, *, keep_next: bool) -> None:
    """Write the line of one article; the first and the last begin and end the field they all are."""
    code = ooxml.field_begin(_LISTED[page.language == BOTH], dirty=True)
    begin = [_tag("if loop.first"), *code, _tag("endif")]
    end = [_tag("if loop.last"), ooxml.field_end(), _tag("endif")]
    if page.language == BOTH:
        page.write(ooxml.paragraph(*begin, _entry("clause"), style="TOC1", keep_next=True))
        english = _entry("clause.en", page_number=False)
        page.write(ooxml.paragraph(english, *end, style="TOC2", keep_next=keep_next))
    else:
        page.write(ooxml.paragraph(*begin, _entry("clause"), *end, style="TOC1", keep_next=keep_next))


def _entry(clause: str, *, page_number: bool = True) -> _Element:
    """Return a line of the table of contents as Word writes it, so that filling it changes only pages."""
    place = f"{{{{ {clause}.bookmark }}}}"
    runs = [ooxml.run(f"{{{{ {clause}.number }}}}\t{{{{ {clause}.title }}}}")]
    if page_number:
        # No program has counted the pages yet; a wrong number would be worse than none.
        runs += [el("r", el("tab")), *ooxml.field(f"PAGEREF {place} \\h", "")]
    return el("hyperlink", *runs, anchor=place, history=1)


def _tag(tag: str) -> _Element:
    return ooxml.run(f"{{%r {tag} %}}")
