"""What cannot be compared is refused in words, however it was made."""

import io
import zipfile

import pytest

from workflow.documents.redline import accept_all, compare, reject_all, text_of, tracked_changes
from workflow.errors import NotComparableError

REVISED = '<w:ins w:id="1" w:author="A" w:date="2026-11-23T02:00:00Z"><w:r><w:t>乙</w:t></w:r></w:ins>'


@pytest.fixture
def good(word):
    """A document there is nothing to say against."""
    return word.docx(word.p("甲"))


@pytest.fixture
def with_document(word, good):
    """Return the good document with other bytes for its main part."""

    def write(content, **more):
        with zipfile.ZipFile(io.BytesIO(good)) as package:
            parts = {name: package.read(name) for name in package.namelist()}
        return word.package(parts | {"word/document.xml": content} | more)

    return write


def refused(body, good):
    with pytest.raises(NotComparableError) as first:
        compare(body, good)
    with pytest.raises(NotComparableError) as second:
        compare(good, body)
    for function in (text_of, accept_all, reject_all):
        with pytest.raises(NotComparableError):
            function(body)
    assert first.value.facts["document"] == "the old document"
    assert second.value.facts["document"] == "the new document"
    return str(first.value)


@pytest.mark.parametrize("body", [b"", b"PK\x03\x04", b"%PDF-1.7", b"\xd0\xcf\x11\xe0" * 200])
def test_what_is_no_docx(body, good):
    assert "not a DOCX" in refused(body, good)


def test_a_package_without_a_document(word, good):
    assert "word/document.xml" in refused(word.package({"[Content_Types].xml": b"<Types/>"}), good)


def test_broken_xml(with_document, good):
    assert "word/document.xml" in refused(with_document(b"<w:document><w:body>"), good)


@pytest.mark.parametrize(
    "content",
    [
        b'<!DOCTYPE d [<!ENTITY e "x">]><d>&e;</d>',
        b'<!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/passwd">]><d>&e;</d>',
        b'<!DOCTYPE d SYSTEM "http://127.0.0.1:9/d.dtd"><d/>',
    ],
)
def test_a_document_type_definition(with_document, good, content):
    assert "document type definition" in refused(with_document(content), good)


def test_what_is_no_document(with_document, good):
    with pytest.raises(NotComparableError, match="not a Word document"):
        compare(with_document(b"<html/>"), good)


def test_the_strict_format(with_document, good):
    strict = b'<w:document xmlns:w="http://purl.oclc.org/ooxml/wordprocessingml/main"><w:body/></w:document>'

    assert "strict" in refused(with_document(strict), good)


def test_more_markup_than_a_document_has(with_document, good):
    assert "larger" in refused(with_document(b"<d>" + b"<p/>" * 2_000_001 + b"</d>"), good)


def test_macros(with_document, good):
    assert "run code" in refused(with_document(b"<d/>", **{"word/vbaProject.bin": b"x"}), good)


def test_what_would_be_fetched_from_elsewhere_is_told_and_not_in_what_is_made(word, good, part_of):
    relation = (
        b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        b'<Relationship Id="r" '
        b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image" '
        b'Target="https://example.com/a.png" TargetMode="External"/></Relationships>'
    )
    with zipfile.ZipFile(io.BytesIO(good)) as package:
        parts = {name: package.read(name) for name in package.namelist()}

    fetching = word.package(parts | {"word/_rels/document.xml.rels": relation})
    made = tracked_changes(good, fetching, author="A", at=word.at)

    assert compare(good, fetching).fetched == (("the new document", "https://example.com/a.png"),)
    assert "example.com" not in part_of(made, "word/_rels/document.xml.rels")
    assert not compare(good, made).fetched[0][1].startswith("http")


def test_xml_too_deep_to_walk(with_document, good):
    content = b"<d>" * 300 + b"</d>" * 300

    assert "nests too deeply" in refused(with_document(content), good)


def test_changes_that_are_still_tracked(word, good):
    revised = word.docx(word.p("甲", REVISED))

    with pytest.raises(NotComparableError, match="still tracked"):
        compare(revised, good)
    with pytest.raises(NotComparableError, match="still tracked"):
        tracked_changes(good, revised, author="A", at=word.at)


def test_changes_in_a_header_only_are_seen_too(word, good):
    with pytest.raises(NotComparableError, match="still tracked"):
        compare(good, word.docx(word.p("甲"), header=word.p(REVISED)))


def test_tracked_changes_can_be_accepted_first(word, good):
    revised = word.docx(word.p("甲", REVISED))

    found = compare(good, revised, resolve="accept")
    made = tracked_changes(revised, good, author="A", at=word.at, resolve="accept")

    assert [run.text for run in found.clauses[0].runs] == ["甲", "乙"]
    assert text_of(reject_all(made)) == {"body": "甲乙"}


def test_errors_call_the_documents_by_their_names(good):
    with pytest.raises(NotComparableError, match=r"theirs\.docx cannot be compared"):
        compare(good, b"", names=("ours.docx", "theirs.docx"))


def test_a_reference_to_nothing_is_no_reason_to_stop(word):
    broken = word.docx(word.p("甲", word.link("nowhere", "乙"), word.picture("nowhere"), word.note(9)))

    made = tracked_changes(broken, word.docx(word.p("甲")), author="A", at=word.at)

    assert text_of(reject_all(made)) == text_of(broken)
