"""Whatever was edited: accepting every change gives the new text, rejecting them the old one."""

import io

import docx
import pytest
from docx.oxml.ns import qn
from docx.shared import Pt
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from workflow.documents.redline import accept_all, reject_all, text_of, tracked_changes

MANY = settings(max_examples=60, deadline=None, database=None, suppress_health_check=list(HealthCheck))

WORDS = (
    "the fee", "NT$1,250,000", "shall pay", "within thirty (30) days", "民國115年12月1日", "甲方應於", "乙方",
    "新臺幣壹佰貳拾伍萬元整", "第九條", "「服務」", "，", "。", " and ", "Article 9.1", "2026-12-01", "50%",
    "AGR-2026-0042", "保密義務", "本契約終止後", "\t", "\n", "1 December 2026", "“Confidential”", " ", "a",
)  # fmt: skip
texts = st.lists(st.sampled_from(WORDS), max_size=8).map("".join)
runs = st.lists(st.tuples(texts, st.sampled_from(("", "bold", "italic", "size"))), min_size=0, max_size=4)
paragraphs = st.tuples(
    st.just("p"), runs, st.sampled_from(("Normal", "List Number", "Heading 1", "List Bullet"))
)
cells = st.lists(texts, min_size=1, max_size=2)
tables = st.integers(1, 3).flatmap(
    lambda width: st.tuples(
        st.just("t"),
        st.lists(st.lists(cells, min_size=width, max_size=width), min_size=1, max_size=4),
    )
)
bodies = st.lists(st.one_of(paragraphs, paragraphs, paragraphs, tables), min_size=1, max_size=8)
furniture = st.tuples(st.one_of(st.none(), runs), st.one_of(st.none(), runs))


@st.composite
def pairs(draw):
    """A document and what someone made of it."""
    old = draw(bodies)
    new = list(old)
    for _ in range(draw(st.integers(0, 5))):
        action = draw(st.sampled_from(("edit", "edit", "delete", "insert", "move", "look")))
        at = draw(st.integers(0, max(0, len(new) - 1)))
        if action == "insert" or not new:
            new.insert(at, draw(st.one_of(paragraphs, tables)))
        elif action == "delete":
            del new[at]
        elif action == "move":
            new.insert(draw(st.integers(0, len(new) - 1)), new.pop(at))
        elif new[at][0] == "p":
            new[at] = _edited(draw, new[at], look=action == "look")
        else:
            new[at] = ("t", _table_edited(draw, new[at][1]))
    return (old, draw(furniture)), (new, draw(furniture))


def _edited(draw, paragraph, *, look):
    kind, said, style = paragraph
    if look or not said:
        return kind, [(text, draw(st.sampled_from(("", "bold")))) for text, _ in said], style
    number = draw(st.integers(0, len(said) - 1))
    text, format_ = said[number]
    start = draw(st.integers(0, len(text)))
    stop = draw(st.integers(start, min(len(text), start + 6)))
    changed = text[:start] + draw(texts) + text[stop:]
    return kind, [*said[:number], (changed, format_), *said[number + 1 :]], style


def _table_edited(draw, rows):
    made = [list(row) for row in rows]
    number = draw(st.integers(0, len(made) - 1))
    action = draw(st.sampled_from(("cell", "add", "remove")))
    if action == "add":
        made.insert(number, [draw(cells) for _ in made[0]])
    elif action == "remove" and len(made) > 1:
        del made[number]
    else:
        made[number][draw(st.integers(0, len(made[0]) - 1))] = draw(cells)
    return made


def written(described):
    """Write what was described, with python-docx."""
    blocks, (header, footer) = described
    document = docx.Document()
    for block in blocks:
        if block[0] == "p":
            _write(document.add_paragraph(style=block[2]), block[1])
            continue
        table = document.add_table(len(block[1]), len(block[1][0]))
        for row, said in zip(table.rows, block[1], strict=True):
            for cell, lines in zip(row.cells, said, strict=True):
                cell.text = lines[0]
                for line in lines[1:]:
                    cell.add_paragraph(line)
        document.add_paragraph()
    for said, where in ((header, document.sections[0].header), (footer, document.sections[0].footer)):
        if said is not None:
            _write(where.paragraphs[0], said)
    saved = io.BytesIO()
    document.save(saved)
    return saved.getvalue()


def _write(paragraph, said):
    for text, look in said:
        run = paragraph.add_run(text)
        run.bold, run.italic = look == "bold" or None, look == "italic" or None
        if look == "size":
            run.font.size = Pt(15)


@MANY
@given(pairs())
def test_accepting_gives_the_new_text_and_rejecting_the_old(word, pair):
    old, new = map(written, pair)

    tracked = tracked_changes(old, new, author="何愛莉", at=word.at)

    assert text_of(accept_all(tracked)) == text_of(new)
    assert text_of(reject_all(tracked)) == text_of(old)
    assert tracked == tracked_changes(old, new, author="何愛莉", at=word.at)


@settings(MANY, max_examples=25)
@given(pairs())
def test_docx_revisions_reads_the_same_two_texts(word, pair):
    """An independent reader agrees where it can: it knows no moves, joins nothing and sees no headers."""
    revisions = pytest.importorskip("docx_revisions", reason="docx-revisions is not installed")
    old, new = map(written, pair)
    tracked = tracked_changes(old, new, author="何愛莉", at=word.at)
    assume("w:moveFrom" not in docx.Document(io.BytesIO(tracked)).element.xml)

    for resolve, wanted in (("accept_all", new), ("reject_all", old)):
        document = revisions.RevisionDocument(io.BytesIO(tracked))
        getattr(document, resolve)()
        assert lines(document.document) == lines(docx.Document(io.BytesIO(wanted)))


def lines(document):
    """Return every line of a document that says something, those of tables too."""
    found = (paragraph.xpath("string(.)") for paragraph in document.element.body.iter(qn("w:p")))
    return [text for text in found if text]


NOTES = ("見附件一。", "See Annex 1.", "民國115年12月1日生效。")
pieces = st.one_of(
    st.tuples(st.just("text"), texts),
    st.tuples(st.just("bold"), texts),
    st.tuples(st.sampled_from(("link", "field", "note", "box", "control", "mark", "picture")), texts),
)
odd_paragraphs = st.tuples(st.just("p"), st.lists(pieces, max_size=5))
odd_blocks = st.one_of(
    odd_paragraphs,
    odd_paragraphs,
    st.tuples(st.just("contents"), st.lists(texts, min_size=2, max_size=3)),
    st.tuples(st.just("control"), st.lists(odd_paragraphs, min_size=1, max_size=2)),
    st.tuples(st.just("nested"), st.lists(texts, min_size=1, max_size=3)),
)
odd_bodies = st.lists(odd_blocks, min_size=1, max_size=5)


@st.composite
def odd_pairs(draw):
    """Documents with links, fields, notes, text boxes and content controls, and what became of them."""
    old = draw(odd_bodies)
    new = list(old)
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, max(0, len(new) - 1)))
        action = draw(st.sampled_from(("piece", "piece", "insert", "delete", "move")))
        if action == "insert" or not new:
            new.insert(at, draw(odd_blocks))
        elif action == "delete":
            del new[at]
        elif action == "move":
            new.insert(draw(st.integers(0, len(new) - 1)), new.pop(at))
        elif new[at][0] == "p":
            said = list(new[at][1])
            place = draw(st.integers(0, len(said)))
            said[place : place + draw(st.integers(0, 1))] = draw(st.lists(pieces, max_size=2))
            new[at] = ("p", said)
    return old, new


class Odd:
    """Writes what `odd_pairs` describes."""

    def __init__(self, word, described):
        self._word, self._notes, self._number = word, {}, 0
        blocks = [self._block(kind, said) for kind, said in described]
        self.body = word.docx(
            *blocks,
            word.p("結尾"),
            links=[("L1", "https://example.com/"), ("L2", "https://example.org/?a=1&b=2")],
            media={"P1": b"one", "P2": b"two"},
            footnotes=self._notes,
            header=word.p("抬頭 ", word.field("PAGE", "1")),
        )

    def _block(self, kind, said):
        word = self._word
        if kind == "p":
            return word.p(*(self._piece(*piece) for piece in said))
        if kind == "contents":
            begin, end = (f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "end"))
            code = '<w:r><w:instrText>TOC</w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>'
            return word.p(begin, code, said[0]) + "".join(map(word.p, said[1:-1])) + word.p(said[-1], end)
        if kind == "control":
            inside = "".join(self._block(*block) for block in said)
            return f"<w:sdt><w:sdtPr/><w:sdtContent>{inside}</w:sdtContent></w:sdt>"
        return word.table(*([word.table([text]) + word.p(text)] for text in said))

    def _piece(self, kind, text):
        word, self._number = self._word, self._number + 1
        if kind == "note":
            self._notes[self._number] = word.p(NOTES[len(text) % 3]) + word.p(text)
            return word.note(self._number)
        return {
            "text": lambda: word.t(text),
            "bold": lambda: word.t(text, "<w:b/>"),
            "link": lambda: word.link("L1" if len(text) % 2 else "L2", text),
            "field": lambda: word.field("REF x", text[:5]),
            "box": lambda: word.box(word.p(text), word.p(text[:3]), number=self._number),
            "control": lambda: f"<w:sdt><w:sdtPr/><w:sdtContent>{word.t(text)}</w:sdtContent></w:sdt>",
            "picture": lambda: word.picture("P1" if len(text) % 2 else "P2", self._number),
            "mark": lambda: (
                f'<w:bookmarkStart w:id="{self._number}" w:name="b{self._number}"/>'
                f'<w:bookmarkEnd w:id="{self._number}"/>'
            ),
        }[kind]()


@MANY
@given(odd_pairs())
def test_links_fields_notes_boxes_and_controls_come_through_as_well(word, pair):
    old, new = (Odd(word, described).body for described in pair)

    tracked = tracked_changes(old, new, author="何愛莉", at=word.at)

    assert text_of(accept_all(tracked)) == text_of(new)
    assert text_of(reject_all(tracked)) == text_of(old)
