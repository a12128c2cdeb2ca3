"""The catalogue of layouts: which are shipped, what each is for, and that none can be made up."""

import hashlib
import tomllib
from importlib.resources import files

import pytest

from workflow.documents.catalogue import shipped
from workflow.errors import UnknownDocumentError

EACH = [(kind, language) for kind in shipped().kinds for language in shipped().languages(kind)]
INTERNAL = {
    "negotiation-plan",
    "approval-sheet",
    "opinion",
    "review-request",
    "certificate",
    "contact-log",
    "contract-card",
}


def test_ships_what_an_agreements_life_needs():
    assert {
        "term-sheet",
        "confirmation-letter",
        "services",
        "review-request",
        "opinion",
        "approval-sheet",
        "certificate",
        "negotiation-plan",
        "minutes",
        "request-letter",
        "notice",
        "kpi-review",
        "contact-log",
        "acceptance-record",
        "contract-card",
    } <= set(shipped().kinds)


@pytest.mark.parametrize("kind", shipped().kinds)
def test_every_kind_comes_in_both_languages_and_contracts_in_the_two_together(kind):
    both = {"zh-TW+en"} if kind in shipped().contract_kinds else set()

    assert set(shipped().languages(kind)) == {"zh-TW", "en"} | both


@pytest.mark.parametrize(("kind", "language"), EACH)
def test_a_layout_is_what_its_folder_says(kind, language):
    layout = shipped().layout(kind, language)
    folder = files("contract_templates") / "layouts" / kind / language
    said = tomllib.loads((folder / "manifest.toml").read_text(encoding="utf-8"))

    assert (layout.kind, layout.language) == (kind, language)
    assert (layout.version, layout.stage, layout.title) == (said["version"], said["stage"], said["title"])
    assert layout.body == (folder / "template.docx").read_bytes()
    assert layout.digest == hashlib.sha256(layout.body).hexdigest()


@pytest.mark.parametrize("kind", shipped().kinds)
def test_a_kind_has_one_stage_and_one_audience_in_every_language(kind):
    layouts = [shipped().layout(kind, language) for language in shipped().languages(kind)]

    assert len({(layout.stage, layout.audience) for layout in layouts}) == 1
    assert all(layout.title and layout.version for layout in layouts)


def test_what_is_internal_is_marked_so():
    audiences = {kind: shipped().layout(kind, "en").audience for kind in shipped().kinds}

    assert {kind for kind, audience in audiences.items() if audience == "internal"} >= INTERNAL
    assert audiences["services"] != "internal"
    assert audiences["confirmation-letter"] != "internal"


def test_contracts_are_those_drafted_for_both_sides():
    contracts = {"services", "purchase", "works", "distribution", "nda", "mou", "amendment"}

    assert set(shipped().contract_kinds) == contracts
    assert not set(shipped().contract_kinds) & INTERNAL


@pytest.mark.parametrize(
    ("kind", "language"),
    [
        ("service", "en"),
        ("services", "fr"),
        ("services", ""),
        ("", "en"),
        ("services", "EN"),
        ("..", "en"),
        ("services", ".."),
        ("../layouts/services", "en"),
        ("services/en", "."),
        ("services", "en/../zh-TW"),
        ("/etc", "passwd"),
        ("services\0", "en"),
        ("合約", "en"),
        ("-", "+"),
    ],
)
def test_a_layout_that_is_not_shipped_is_refused_with_those_that_are(kind, language):
    with pytest.raises(UnknownDocumentError) as refusal:
        shipped().layout(kind, language)

    assert refusal.value.facts["what"] == f"{kind} in {language}"
    assert "services (en, zh-TW" in refusal.value.facts["known"]


def test_a_document_whose_layout_is_gone_is_called_by_its_kind():
    assert shipped().title("services", "en") == "Services Agreement"
    assert shipped().title("own-kind", "zh-TW") == "own-kind"
