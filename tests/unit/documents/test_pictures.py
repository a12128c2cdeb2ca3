"""A picture is known by what is in it, and goes into documents without what is beside it."""

import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflow.documents.pictures import LARGEST, read_image
from workflow.problems import Refused

PNG = b"\x89PNG\r\n\x1a\n"
FEW = settings(max_examples=200, deadline=None, database=None)


def chunk(kind, data):
    return struct.pack(">I4s", len(data), kind) + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width=40, height=20, *, depth=8, colour=2, laced=0, rows=None, beside=b""):
    channels = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}.get(colour, 1)
    line = b"\0" + b"\xaa" * ((width * channels * depth + 7) // 8)
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, laced))
    palette = chunk(b"PLTE", b"\0\0\0\xff\xff\xff" * 128) if colour == 3 else b""
    data = zlib.compress(line * height if rows is None else rows)
    return PNG + head + palette + beside + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def segment(name, data):
    return bytes((0xFF, name)) + struct.pack(">H", len(data) + 2) + data


def jpeg(width=40, height=20, *, beside=b"", frame=0xC0, scans=1, after=b""):
    found = (
        b"\xff\xd8" + segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0") + beside + segment(0xDB, b"\0" + b"\1" * 64)
    )
    found += segment(frame, struct.pack(">BHHB", 8, height, width, 1) + b"\1\x11\0")
    for _ in range(scans):
        found += segment(0xC4, b"\0" * 17) + segment(0xDA, b"\1\1\0\0\x3f\0") + b"\x9d\xff\0\x10\xff\xd0\x33"
    return found + b"\xff\xd9" + after


@pytest.mark.parametrize(
    ("body", "kind"), [(png(), "png"), (jpeg(), "jpeg"), (jpeg(frame=0xC2, scans=4), "jpeg")]
)
def test_knows_a_picture_and_its_size(body, kind):
    image = read_image(body)

    assert (image.kind, image.width, image.height) == (kind, 40, 20)
    assert image.body == body


@pytest.mark.parametrize(("colour", "depth"), [(0, 1), (0, 16), (2, 8), (3, 4), (4, 8), (6, 16)])
@pytest.mark.parametrize("laced", [0, 1])
def test_takes_every_kind_of_png(colour, depth, laced):
    assert read_image(png(colour=colour, depth=depth, laced=laced)).width == 40


def test_leaves_out_who_made_a_png_and_where():
    beside = b"".join(
        chunk(kind, b"Author\0secret") for kind in (b"tEXt", b"iTXt", b"eXIf", b"tIME", b"prVt")
    )

    assert read_image(png(beside=beside)).body == png()


def test_leaves_out_who_made_a_jpeg_and_where():
    beside = b"".join(segment(name, b"Exif\0\0secret") for name in (0xE1, 0xED, 0xFE))

    assert read_image(jpeg(beside=beside, after=jpeg(9, 9))).body == jpeg()


def test_reads_over_filling_between_the_parts_of_a_jpeg():
    assert read_image(jpeg(beside=segment(0xFE, b"x") + b"\xff\xff\xff")).width == 40


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "is no picture"),
        (b"GIF89a" + b"\0" * 50, "is no picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "is no picture"),
        (b"PK\3\4", "is no picture"),
        (b"\0" * (LARGEST + 1), "is larger than a megabyte"),
        (PNG, "is a damaged picture"),
        (png()[:-20], "is a damaged picture"),
        (png().replace(b"IHDR", b"IHDX"), "is a damaged picture"),
        (png()[:60] + b"\0\0\0" + png()[63:], "is a damaged picture"),
        (png(colour=5), "is a damaged picture"),
        (png(depth=3), "is a damaged picture"),
        (png(rows=b"\0" * 10), "is a damaged picture"),
        (png(rows=b""), "is a damaged picture"),
        (PNG + struct.pack(">I4s", 2**31, b"IHDR"), "is a damaged picture"),
        (png(0, 20), "is no picture of a size for paper"),
        (png(60_000, 60_000, rows=b""), "is no picture of a size for paper"),
        (png(2**31, 2**31, rows=b""), "is no picture of a size for paper"),
        (png(300, 2), "is too long for its other side"),
        (jpeg(0, 0), "is a damaged picture"),
        (jpeg(9000, 9000), "is no picture of a size for paper"),
        (jpeg(scans=0), "is a damaged picture"),
        (jpeg()[:-2], "is a damaged picture"),
        (jpeg()[:30], "is a damaged picture"),
        (b"\xff\xd8\xff", "is a damaged picture"),
        (b"\xff\xd8\xff\xe0\0\0" + b"\0" * 99, "is a damaged picture"),
    ],
)
def test_refuses_what_is_no_picture_for_paper(body, said):
    with pytest.raises(Refused) as refused:
        read_image(body)

    assert refused.value.what == said
    assert refused.value.fix


def test_unpacks_no_more_than_the_picture():
    bomb = png(10, 10, rows=b"\0" * 200_000_000)

    assert read_image(bomb).width == 10


@FEW
@given(st.sampled_from((png(), jpeg())), st.integers(0, 400), st.binary(min_size=1, max_size=4))
def test_ends_in_a_picture_or_in_words_whatever_is_changed_in_it(body, at, change):
    try:
        image = read_image(body[:at] + change + body[at + len(change) :])
    except Refused:
        return

    assert image.width > 0
