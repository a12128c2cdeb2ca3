"""A template in an organisation's style says what it said before, and nothing of the house is a tag."""

import importlib.util
import re
import struct
import tomllib
import zlib
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from approvals.cli.settings import read_settings
from workflow.documents.catalogue import shipped
from workflow.documents.engine import compile_template
from workflow.documents.frame import stored
from workflow.documents.house import ACCENT, HEAD_FILL, House, _tint, housed
from workflow.documents.package import read_package, write_package
from workflow.documents.redline.text import text_of
from workflow.errors import InvalidInputError, TemplateError

EACH = [(kind, language) for kind in shipped().kinds for language in shipped().languages(kind)]
LAYOUTS = Path(__file__).parents[2] / "layouts"
FEW = settings(max_examples=60, deadline=None, database=None)


def png(width=400, height=120):
    def chunk(kind, data):
        return struct.pack(">I4s", len(data), kind) + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    data = chunk(b"IDAT", zlib.compress((b"\0" + b"\xaa" * 3 * width) * height))
    return b"\x89PNG\r\n\x1a\n" + head + data + chunk(b"IEND", b"")


LOGO = png()
WHOLE = House(
    name="台北光電 <股份> & 公司",
    logo=LOGO,
    font="Verdana",
    font_chinese="標楷體",
    header="臺北市內湖區瑞光路 513 號",
    footer="www.example.com & 'more'",
    accent="#8b1a1a",
)
TEMPLATE = shipped().layout("services", "zh-TW").body


def sample(kind, language):
    path = files("contract_templates") / "layouts" / kind / language / "sample.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def parts(body):
    return read_package(body, name="x")


def text(body, part):
    return parts(body)[part].decode()


def filled(template, kind="services", language="zh-TW"):
    return compile_template(template).render(sample(kind, language))


@pytest.fixture(scope="module")
def faults():
    """The rules beside the tests' folder."""
    spec = importlib.util.spec_from_file_location("validity", Path(__file__).parents[2] / "validity.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.faults


@pytest.mark.parametrize(("kind", "language"), EACH)
def test_every_layout_in_its_style_is_sound_and_valid(faults, schema, kind, language):
    body = filled(housed(shipped().layout(kind, language).body, WHOLE), kind, language)

    assert faults(body) == []
    assert schema(body) == []


@pytest.mark.parametrize(
    "house",
    [
        House(name="甲公司"),
        House(header="臺北市"),
        House(logo=LOGO),
        House(name="甲公司", logo=LOGO),
        House(footer="www"),
        House(accent="#333333"),
        House(font="Arial"),
        House(font_chinese="標楷體"),
    ],
)
def test_each_part_of_a_style_is_valid_alone(faults, schema, house):
    body = filled(housed(TEMPLATE, house))

    assert faults(body) == []
    assert schema(body) == []


@pytest.mark.parametrize(("kind", "language"), EACH)
def test_what_the_document_says_is_what_it_said(kind, language):
    plain = shipped().layout(kind, language).body

    def said(template):
        return {
            n: t for n, t in text_of(filled(template, kind, language), name="x").items() if "document" in n
        }

    assert said(housed(plain, WHOLE)) == said(plain)
    assert compile_template(housed(plain, WHOLE)).fields == compile_template(plain).fields


def test_is_the_same_bytes_each_time_and_on_any_machine():
    made = housed(TEMPLATE, WHOLE)

    assert made == housed(TEMPLATE, WHOLE)
    # Nothing in it is compressed, so that no version of a compressor shows in its digest.
    assert parts(made)["word/document.xml"] in made


def test_without_a_style_a_template_stays_as_it_is():
    assert housed(TEMPLATE, House()) is TEMPLATE


@pytest.mark.parametrize("size", [0, 1, 65_534, 65_535, 65_536, 200_000])
def test_what_is_stored_unpacks_to_itself(size):
    body = bytes(range(256)) * (size // 256) + b"x" * (size % 256)

    assert zlib.decompress(stored(body), -15) == body


def test_the_fonts_are_the_houses_save_for_digests():
    styles = text(housed(TEMPLATE, WHOLE), "word/styles.xml")

    assert set(re.findall(r'w:(?:ascii|hAnsi|cs)="([^"]*)"', styles)) == {"Verdana", "Courier New"}
    assert set(re.findall(r'w:eastAsia="([^"]*)"', styles)) == {"標楷體", "zh-TW"}
    assert '<w:font w:name="標楷體"><w:charset w:val="88"/></w:font>' in text(
        housed(TEMPLATE, WHOLE), "word/fontTable.xml"
    )


def test_a_latin_font_leaves_the_chinese_one():
    styles = text(housed(TEMPLATE, House(font="Verdana")), "word/styles.xml")

    assert "PMingLiU" in styles
    assert "Times New Roman" not in styles


def test_the_colour_of_headings_is_the_houses_and_behind_heads_a_light_one():
    made = housed(TEMPLATE, WHOLE)

    assert ACCENT not in text(made, "word/styles.xml")
    assert '"8B1A1A"' in text(made, "word/styles.xml")
    assert HEAD_FILL not in text(made, "word/document.xml")
    assert f'w:fill="{_tint("8B1A1A")}"' in text(made, "word/document.xml")


def test_the_layouts_have_the_colours_that_are_replaced():
    style = (LAYOUTS / "style.py").read_text(encoding="utf-8")

    assert f'ACCENT = "{ACCENT}"' in style
    assert f'HEAD_FILL = "{HEAD_FILL}"' in style
    assert _tint(ACCENT)[:1] == "E"


def test_the_logo_stands_in_the_header_at_its_proportions_with_words_for_who_cannot_see_it():
    made = housed(TEMPLATE, WHOLE)
    header = text(made, "word/header1.xml")

    width, height = map(int, re.search(r'<wp:extent cx="(\d+)" cy="(\d+)"/>', header).groups())
    assert height == 10 * 36_000
    assert abs(width / height - 400 / 120) < 0.01
    assert 'descr="台北光電 &lt;股份&gt; &amp; 公司"' in header
    assert parts(made)["word/media/house-logo.png"] == LOGO
    assert 'Target="media/house-logo.png"' in text(made, "word/_rels/header1.xml.rels")


def test_a_wide_logo_is_no_wider_than_its_place():
    header = text(housed(TEMPLATE, House(logo=png(1000, 60))), "word/header1.xml")

    assert re.search(r'<wp:extent cx="2160000" cy="129600"/>', header)


def test_a_template_that_is_in_a_style_already_is_refused():
    with pytest.raises(TemplateError, match="already"):
        housed(housed(TEMPLATE, WHOLE), WHOLE)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda p: p.pop("word/styles.xml"), "no styles"),
        (lambda p: p.pop("word/header1.xml"), "no header"),
        (lambda p: p.pop("word/footer1.xml"), "no footer"),
        (lambda p: p.update({"word/styles.xml": b"<w:styles"}), "damaged"),
        (lambda p: p.update({"word/header1.xml": b"<!DOCTYPE x><x/>"}), "document type"),
    ],
)
def test_says_why_a_template_cannot_have_the_style(change, said):
    found = parts(TEMPLATE)
    change(found)

    with pytest.raises(TemplateError, match=said):
        housed(write_package(found), WHOLE)


def test_refuses_what_is_no_template():
    with pytest.raises(TemplateError):
        housed(b"not a document", WHOLE)


def test_fonts_of_a_theme_give_way():
    found = parts(TEMPLATE)
    found["word/styles.xml"] = found["word/styles.xml"].replace(
        b'w:ascii="Times New Roman"', b'w:asciiTheme="minorHAnsi" w:ascii="Times New Roman"'
    )

    styles = text(housed(write_package(found), House(font="Verdana")), "word/styles.xml")

    assert "asciiTheme" not in styles


# What the words of a house try.


@pytest.mark.parametrize("name", ["name", "header", "footer"])
@pytest.mark.parametrize(
    "words",
    ["{{ title }}", "{% for x in y %}", "{# x #}", "{", "}", "a\nb", "a\u202eb", "", "x" * 121, 3, None],
)
def test_no_word_of_a_house_is_a_tag_or_hides_anything(name, words):
    if words is None:
        assert House(**{name: None}) == House()
        return
    with pytest.raises(ValidationError):
        House(**{name: words})


@FEW
@given(st.text(max_size=120), st.text(max_size=120))
def test_whatever_words_are_taken_stand_in_the_document_as_they_are(header, footer):
    try:
        house = House(header=header, footer=footer)
    except ValidationError:
        return

    shown = text_of(filled(housed(TEMPLATE, house)), name="x")
    assert any(house.header in said for name, said in shown.items() if "header" in name)
    assert any(house.footer in said for name, said in shown.items() if "footer" in name)


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ({"accent": "red"}, "house.accent"),
        ({"accent": "#FFFF00"}, "house.accent"),
        ({"accent": "#12345"}, "house.accent"),
        ({"font": "Arial, Verdana"}, "house.font"),
        ({"font": 'x" w:val="'}, "house.font"),
        ({"font_chinese": "甲" * 32}, "house.font_chinese"),
        ({"logo": "missing.png"}, "house.logo"),
        ({"logo": "."}, "house.logo"),
        ({"logo": "text.png"}, "house.logo"),
        ({"logo": "a\0b"}, "house.logo"),
        ({"logo": 3}, "house.logo"),
        ({"heading": "x"}, "house.heading"),
        ({"header": "{{ x }}"}, "house.header"),
    ],
)
def test_a_slip_is_told_with_its_place_and_a_way_out(tmp_path, said, place):
    (tmp_path / "text.png").write_text("not a picture")

    with pytest.raises(InvalidInputError) as refused:
        House.read(said, folder=tmp_path, source="assent.toml")

    (problem,) = refused.value.problems
    assert problem.path == place
    assert problem.fix


def test_every_slip_is_told_at_once(tmp_path):
    with pytest.raises(InvalidInputError) as refused:
        House.read({"logo": "missing.png", "accent": "red", "font": ","}, folder=tmp_path, source="x")

    assert {problem.path for problem in refused.value.problems} == {
        "house.logo",
        "house.accent",
        "house.font",
    }


GIVEN = dict.fromkeys(("db", "person", "as_json", "no_input"))


def settings_in(folder, monkeypatch, text):
    (folder / "assent.toml").write_text(text, encoding="utf-8")
    (folder / "below").mkdir()
    monkeypatch.chdir(folder / "below")
    return read_settings(GIVEN)


def test_is_read_from_the_settings_with_a_logo_beside_them(tmp_path, monkeypatch):
    (tmp_path / "logo.png").write_bytes(LOGO)

    found = settings_in(
        tmp_path, monkeypatch, '[house]\nname = "甲公司"\nlogo = "logo.png"\naccent = "8B1A1A"\n'
    )

    assert found.house == House(name="甲公司", logo=LOGO, accent="#8B1A1A")


def test_where_nothing_is_said_there_is_no_house(tmp_path, monkeypatch):
    assert settings_in(tmp_path, monkeypatch, 'person = "alice"\n').house is None


@pytest.mark.parametrize(
    "text", ['house = "x"\n', "[house]\nfont = 3\n", '[house]\ncolour = "x"\n', "[[house]]\n"]
)
def test_a_slip_in_the_settings_is_told(tmp_path, monkeypatch, text):
    with pytest.raises(InvalidInputError):
        _ = settings_in(tmp_path, monkeypatch, text).house
