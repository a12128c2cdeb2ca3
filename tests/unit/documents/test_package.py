"""The package: read with limits, written the same way every time."""

import hashlib
import io
import struct
import zipfile
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflow.documents.package import content_digest, read_package, write_package
from workflow.errors import TemplateError

FEW = settings(max_examples=60, deadline=None, database=None)
LEAST = {"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w:document/>"}
NAMES = st.from_regex(r"[a-z]{1,8}(/[a-z 0-9\u4e00-\u4e10]{1,8}){0,2}\.xml", fullmatch=True)
PARTS = st.dictionaries(NAMES, st.binary(max_size=200), max_size=5).map(lambda more: {**LEAST, **more})


def zipped(*entries, compression=zipfile.ZIP_DEFLATED):
    """Return a zip of (name, body) *entries*, as another program would write it."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", compression) as package:
        for name, body in entries:
            package.writestr(name, body)
    return target.getvalue()


def refused(body):
    with pytest.raises(TemplateError) as refusal:
        read_package(body, name="contract.docx")
    assert refusal.value.facts["template"] == "contract.docx"
    return refusal.value.facts["reason"]


@FEW
@given(PARTS)
def test_reads_back_what_it_wrote(parts):
    assert read_package(write_package(parts), name="t") == parts


def test_keeps_the_order_of_the_parts():
    body = zipped(*reversed(LEAST.items()))

    assert list(read_package(body, name="t")) == list(reversed(LEAST))
    with zipfile.ZipFile(io.BytesIO(write_package(LEAST))) as package:
        assert package.namelist() == list(LEAST)


@FEW
@given(PARTS)
def test_other_programs_can_read_what_it_writes(parts):
    with zipfile.ZipFile(io.BytesIO(write_package(parts))) as package:
        assert package.testzip() is None
        assert {name: package.read(name) for name in package.namelist()} == parts


def test_writes_no_clock_no_machine_and_nothing_extra():
    with zipfile.ZipFile(io.BytesIO(write_package({**LEAST, "word/合約.xml": b"x"}))) as package:
        for entry in package.infolist():
            assert entry.date_time == (1980, 1, 1, 0, 0, 0)
            assert (entry.create_system, entry.external_attr, entry.extra, entry.comment) == (0, 0, b"", b"")
        assert package.comment == b""


def test_the_same_parts_are_the_same_bytes():
    assert write_package(LEAST) == write_package(dict(LEAST))


def test_the_content_digest_names_the_parts_whatever_their_order_or_compression():
    stored = zipped(*reversed(LEAST.items()), compression=zipfile.ZIP_STORED)
    lines = "".join(f"{hashlib.sha256(body).hexdigest()}  {name}\n" for name, body in sorted(LEAST.items()))

    assert content_digest(LEAST) == hashlib.sha256(lines.encode()).hexdigest()
    assert content_digest(read_package(stored, name="t")) == content_digest(LEAST)


@pytest.mark.parametrize(
    "changed",
    [
        {**LEAST, "word/document.xml": b"<w:document />"},
        {**LEAST, "word/extra.xml": b""},
        {
            "[Content_Types].xml": LEAST["word/document.xml"],
            "word/document.xml": LEAST["[Content_Types].xml"],
        },
    ],
)
def test_any_change_of_a_part_changes_the_content_digest(changed):
    assert content_digest(changed) != content_digest(LEAST)


def test_leaves_folders_out():
    assert read_package(zipped(("word/", b""), *LEAST.items()), name="t") == LEAST


# --- what is refused ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"PK",
        b"PK\x03\x04",
        b"%PDF-1.7",
        "合約".encode(),
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512),
        zipped(*LEAST.items())[:-30],
        zipped(*LEAST.items())[: len(zipped(*LEAST.items())) // 2],
        zipped(*LEAST.items(), compression=zipfile.ZIP_STORED).replace(b"<Types/>", b"<Typex/>"),
    ],
    ids=[
        "empty",
        "two bytes",
        "a beginning",
        "a PDF",
        "text",
        "an old .doc",
        "no end",
        "half",
        "a wrong sum",
    ],
)
def test_refuses_what_is_no_whole_zip(body):
    assert "is not a DOCX file" in refused(body)


def test_refuses_a_zip_whose_compressed_data_is_damaged():
    body = bytearray(zipped(*LEAST.items()))
    data = body.find(b"word/document.xml") + len("word/document.xml")
    body[data : data + 8] = b"\xff" * 8

    assert "is not a DOCX file" in refused(bytes(body))


@pytest.mark.parametrize("missing", LEAST)
def test_refuses_a_zip_that_is_no_docx(missing):
    assert "no word/document.xml" in refused(zipped(*((n, b) for n, b in LEAST.items() if n != missing)))


def test_refuses_a_zip_that_needs_a_password():
    body = bytearray(zipped(*LEAST.items()))
    for header, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = body.find(header)
        while at >= 0:
            body[at + flags] |= 1
            at = body.find(header, at + 4)

    assert "is not a DOCX file" in refused(bytes(body))


def test_refuses_a_part_that_stands_twice():
    with pytest.warns(UserWarning, match="Duplicate name"):
        body = zipped(*LEAST.items(), ("word/document.xml", b"<w:document>other</w:document>"))

    assert "a part stands in it twice" in refused(body)


def test_refuses_a_bomb():
    assert "unpacks to more than" in refused(zipped(*LEAST.items(), ("word/big.xml", bytes(51_000_000))))


def test_refuses_a_bomb_of_many_small_parts():
    many = [(f"word/{number}.xml", bytes(200_000)) for number in range(260)]

    assert "unpacks to more than" in refused(zipped(*LEAST.items(), *many))


def test_refuses_a_package_of_too_many_parts():
    many = [(f"word/{number}.xml", b"") for number in range(500)]

    assert "unpacks to more than" in refused(zipped(*LEAST.items(), *many))


def test_a_bomb_that_lies_about_its_size_is_not_unpacked():
    body = zipped(*LEAST.items(), ("word/big.xml", bytes(51_000_000)))

    lying = body.replace(struct.pack("<I", 51_000_000), struct.pack("<I", 100))

    assert lying != body
    assert "is not a DOCX file" in refused(lying)


def test_takes_a_package_whatever_its_clock_said():
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as package:
        for name, body in LEAST.items():
            package.writestr(zipfile.ZipInfo(name, datetime(2031, 5, 6, 7, 8).timetuple()[:6]), body)  # noqa: DTZ001

    assert write_package(read_package(target.getvalue(), name="t")) == write_package(LEAST)
