"""The Open XML SDK, which Word is built on, has nothing against a document in a house's style."""

import json
import os
import struct
import subprocess
import tomllib
import zlib
from importlib.resources import files

import pytest

from workflow.documents.catalogue import shipped
from workflow.documents.engine import compile_template
from workflow.documents.house import House, housed

VALIDATOR = os.environ.get("ASSENT_OOXML_VALIDATOR")
HOUSE = {
    "name": "台北光電 <股份> & 公司",
    "font": "Verdana",
    "font_chinese": "標楷體",
    "header": "臺北市內湖區瑞光路 513 號",
    "footer": "www.example.com & 'more'",
    "accent": "#8B1A1A",
}


def logo():
    def chunk(kind, data):
        return struct.pack(">I4s", len(data), kind) + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 40, 20, 8, 2, 0, 0, 0))
    rows = chunk(b"IDAT", zlib.compress((b"\0" + b"\xaa" * 120) * 20))
    return b"\x89PNG\r\n\x1a\n" + head + rows + chunk(b"IEND", b"")


@pytest.mark.skipif(not VALIDATOR, reason="ASSENT_OOXML_VALIDATOR names no Open XML SDK validator")
@pytest.mark.parametrize("beside", [{"logo": logo()}, {}], ids=["with a logo", "in words"])
@pytest.mark.parametrize("language", ["zh-TW", "en"])
def test_a_letter_in_the_style_is_valid(tmp_path, language, beside):
    layout = shipped().layout("confirmation-letter", language)
    path = files("contract_templates") / "layouts" / layout.kind / language / "sample.toml"
    body = compile_template(housed(layout.body, House(**HOUSE, **beside))).render(
        tomllib.loads(path.read_text(encoding="utf-8"))
    )
    (tmp_path / "letter.docx").write_bytes(body)

    done = subprocess.run(
        [VALIDATOR, tmp_path / "letter.docx"], capture_output=True, text=True, timeout=120, check=False
    )

    assert json.loads(done.stdout)["errors"] == []
