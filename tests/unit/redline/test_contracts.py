"""The product's own contracts, edited: sound Word files for two other readers as well.

docx-revisions resolves revisions by itself; the Open XML SDK validator knows what Word accepts.
"""

import copy
import importlib.util
import io
import json
import os
import re
import subprocess
import tomllib
from importlib.resources import files
from pathlib import Path

import docx
import pytest
from docx.oxml.ns import qn

from workflow.documents.catalogue import shipped
from workflow.documents.engine import compile_template
from workflow.documents.redline import accept_all, compare, reject_all, text_of, tracked_changes

VALIDATOR = os.environ.get("ASSENT_OOXML_VALIDATOR")
LANGUAGES = ("zh-TW", "en")
# What two of the articles say; a reference is written as {5}.
SAID = {
    "zh-TW": {
        3: ("總價為新臺幣壹佰參拾捌萬陸仟元整（NT$1,386,000）。", "客戶應依{5}約定，於三十日內付款。"),
        "else": ("{n}之約定適用之。", "違反前項者，依{8}負責。"),
        "added": ("因天災致無法履行者，免負遲延責任。", "應於七日內依{2}通知。"),
    },
    "en": {
        3: ("The total price is TWD 1,386,000.", "The Customer pays within thirty days under {5}."),
        "else": ("What {n} says applies.", "Whoever breaks it answers under {8}."),
        "added": ("Nobody answers for an earthquake.", "Notice is given within seven (7) days under {2}."),
    },
}
NUMBERS = {"zh-TW": "第{}條", "en": "Article {}"}
COUNTED = "一二三四五六七八九十"

pytestmark = pytest.mark.parametrize("language", LANGUAGES)


def number(language, place):
    """Return an article's number as Word shows it."""
    return NUMBERS[language].format(
        place if language == "en" else "十" * (place > 10) + COUNTED[(place - 1) % 10]
    )


def article(language, place, said=None):
    """Return an article as the clause engine gives it to a layout."""
    texts = SAID[language].get(said or place - 1, SAID[language]["else"])
    lines = []
    for text in texts:
        pieces = []
        for part in re.split(r"(\{\w+\})", text):
            if part.startswith("{"):
                other = place if part == "{n}" else int(part[1:-1])
                pieces.append({"text": number(language, other), "bookmark": f"clause_{other}"})
            else:
                pieces.append({"text": part, "bookmark": ""})
        lines.append({"pieces": pieces})
    bookmark = f"clause_{said or place}"
    return {
        "title": f"標題 {said or place}",
        "number": number(language, place),
        "bookmark": bookmark,
        "lines": lines,
    }


def sample(language):
    """Return the data of a contract with a table of contents and eleven articles."""
    path = files("contract_templates") / "layouts" / "services" / language / "sample.toml"
    context = tomllib.loads(path.read_text(encoding="utf-8"))
    return context | {"contents": True, "clauses": [article(language, place) for place in range(1, 12)]}


def written(language, context):
    return compile_template(shipped().layout("services", language).body).render(context)


def edited(language, context):
    """Change an amount, a term, rows; move an article, add one, take a paragraph out."""
    made = copy.deepcopy(context)
    made["document"]["revision"] = "2"
    clauses = made["clauses"]
    price, term = (line["pieces"] for line in clauses[3]["lines"])
    price[0]["text"] = price[0]["text"].replace("1,386,000", "1,486,000")
    for piece in term:
        piece["text"] = piece["text"].replace("三十", "六十").replace("thirty", "sixty")
    clauses.insert(8, clauses.pop(5))
    clauses.append(article(language, 12, "added"))
    del clauses[1]["lines"][1]
    made["price"]["items"][2]["quantity"] = "5"
    made["price"]["items"].insert(1, {**made["price"]["items"][0], "no": "1a", "description": "資料字典"})
    return made


@pytest.fixture
def pair(language):
    """Two versions of a contract."""
    context = sample(language)
    return written(language, context), written(language, edited(language, context))


@pytest.fixture
def tracked(pair, word):
    """The second with its changes marked."""
    return tracked_changes(*pair, author="許庭瑋", at=word.at)


def lines(document):
    """Return every line of a document that says something, tables too, as python-docx reads it."""
    return [
        text
        for paragraph in document.element.body.iter(qn("w:p"))
        if (text := "".join(node.text or "" for node in paragraph.iter(qn("w:t"))))
    ]


def test_leads_back_to_both_versions(language, pair, tracked):
    old, new = pair

    assert text_of(accept_all(tracked)) == text_of(new)
    assert text_of(reject_all(tracked)) == text_of(old)


def test_docx_revisions_reads_the_same_two_texts(language, word):
    revisions = pytest.importorskip("docx_revisions", reason="docx-revisions is not installed")
    # It does not look into links, of which a table of contents is made.
    context = sample(language) | {"contents": False}
    # It knows no moves, so nothing is moved here.
    changed = edited(language, context)
    changed["clauses"].insert(5, changed["clauses"].pop(8))
    old, new = written(language, context), written(language, changed)
    marked = tracked_changes(old, new, author="許庭瑋", at=word.at)

    found = []
    for resolve in ("accept_all", "reject_all"):
        document = revisions.RevisionDocument(io.BytesIO(marked))
        getattr(document, resolve)()
        found.append(lines(document.document))

    assert "w:moveFrom" not in docx.Document(io.BytesIO(marked)).element.xml
    assert found == [lines(docx.Document(io.BytesIO(body))) for body in (new, old)]


def test_is_a_sound_word_file(language, tracked):
    spec = importlib.util.spec_from_file_location("validity", Path(__file__).parents[2] / "validity.py")
    validity = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(validity)

    assert validity.faults(tracked) == []


@pytest.mark.skipif(not VALIDATOR, reason="ASSENT_OOXML_VALIDATOR names no Open XML SDK validator")
def test_the_open_xml_sdk_has_nothing_against_it(language, pair, tracked, tmp_path):
    for name, body in (
        ("tracked", tracked),
        ("accepted", accept_all(tracked)),
        ("rejected", reject_all(tracked)),
    ):
        path = tmp_path / f"{name}.docx"
        path.write_bytes(body)
        done = subprocess.run([VALIDATOR, path], capture_output=True, text=True, timeout=120, check=False)

        assert json.loads(done.stdout)["errors"] == [], name


def test_the_report_follows_the_articles(language, pair):
    found = compare(*pair)

    kinds = [(clause.kind.value, clause.part) for clause in found.clauses]
    assert kinds.count(("moved", "body")) == kinds.count(("added", "body")) == 1
    assert ("changed", "footer") in kinds
    numbers = [clause.number for clause in found.clauses if clause.number]
    assert numbers == (
        ["第二條", "第四條", "第九條", "第十二條", "附件一"]
        if language == "zh-TW"
        else ["Article 2", "Article 4", "Article 9", "Article 12", "Annex 1"]
    )


def test_amounts_are_replaced_whole(language, pair):
    runs = [run.text for clause in compare(*pair).clauses for run in clause.runs if run.op.value == "insert"]

    assert any(run.endswith("1,486,000") for run in runs)
