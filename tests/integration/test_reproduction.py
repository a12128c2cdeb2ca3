"""Making documents again from what the trail keeps."""

import json
from dataclasses import replace

import pytest

from approvals.reproduction import Verdict, reproduce


@pytest.fixture
def kept(sqlite_world):
    """An approved agreement's documents, and the content they are made of by digest."""
    case = sqlite_world.case(sqlite_world.approved())
    with sqlite_world.reader() as reader:
        digests = {digest for d in case.documents for digest in (d.template, d.context)}
        return case.documents, {digest: reader.content(digest) for digest in digests}


def test_makes_every_document_again_to_the_byte(kept):
    documents, content = kept

    made = list(reproduce(documents, content.get))

    assert [one.document.name for one in made] == [d.name for d in documents]
    assert {(one.verdict, one.file) for one in made} == {(Verdict.SAME, "same")}


def test_finds_a_document_whose_recorded_digest_is_another(kept):
    documents, content = kept
    other = replace(documents[0], content="0" * 64)

    (made,) = reproduce([other], content.get)

    assert made.verdict is Verdict.DIFFERENT


def test_finds_bytes_that_are_not_the_ones_recorded(kept):
    documents, content = kept
    other = replace(documents[0], file="0" * 64)

    (made,) = reproduce([other], content.get)

    assert (made.verdict, made.file) == (Verdict.DIFFERENT, "different")


def test_compares_no_bytes_that_another_compressor_made(kept):
    documents, content = kept
    elsewhere = replace(documents[0], compressor="zlib 9.9 level 6", file="0" * 64)

    (made,) = reproduce([elsewhere], content.get)

    assert (made.verdict, made.file) == (Verdict.SAME, "")
    assert "zlib 9.9" in made.why.format(**dict(made.facts))


@pytest.mark.parametrize("part", ["template", "context"])
def test_says_what_is_missing_or_altered(kept, part):
    documents, content = kept
    digest = getattr(documents[0], part)

    (missing,) = reproduce(documents[:1], {**content, digest: None}.get)
    (altered,) = reproduce(documents[:1], {**content, digest: content[digest] + b" "}.get)

    assert missing.verdict is altered.verdict is Verdict.IMPOSSIBLE
    assert "missing" in missing.why
    assert "altered" in altered.why


def test_says_why_this_program_cannot_make_it(kept):
    import hashlib

    documents, content = kept
    data = json.loads(content[documents[0].context])
    data.pop("document")
    body = json.dumps(data).encode()
    digest = hashlib.sha256(body).hexdigest()

    (made,) = reproduce([replace(documents[0], context=digest)], {**content, digest: body}.get)

    assert made.verdict is Verdict.IMPOSSIBLE
    assert "document" in str(dict(made.facts)["reason"])
