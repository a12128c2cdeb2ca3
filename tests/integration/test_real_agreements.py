"""Real agreements, labelled by lawyers, drafted in bulk: documents, reviews and trail hold for all."""

import importlib.util
import io
import os
import re
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from docx import Document
from lxml import etree

from approvals.audit import audit
from approvals.founding import found_store
from approvals.keys import load_signer
from approvals.labels import ROLES
from approvals.registry import NewPerson, Registry
from workflow import Agreement, Terms, Workspace
from workflow.lifecycle import State
from workflow.places import find_place
from workflow.reading import Reader
from workflow.store import Store
from workflow.texts import clean_line

LABELS = Path(__file__).parents[3] / "shared" / "data" / "cuad" / "agreements.csv"
TAG = re.compile(r"\{[{%#]|[}%#]\}")

pytestmark = pytest.mark.skipif(
    not LABELS.is_file(), reason="the labelled agreements are not beside the project"
)


@dataclass(frozen=True)
class Real:
    """One agreement: its labels, the terms made from them, and where it got to."""

    row: dict[str, str]
    terms: Terms
    agreement: Agreement

    @property
    def name(self):
        return self.row["filename"]

    @property
    def reviews(self):
        """The roles whose opinion was asked."""
        return {flag.role for flag in self.agreement.case.flags}

    @property
    def sign_offs(self):
        """The roles that have to sign."""
        return {seat.role for seat in self.agreement.case.submission.seats}


@pytest.fixture(scope="module")
def labels():
    """The helper beside this file; the tests are no package to import it from."""
    path = Path(__file__).with_name("real_agreements.py")
    spec = importlib.util.spec_from_file_location("assent_tests_real_agreements", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def rows(labels):
    """The labels, one agreement a row."""
    return labels.read_rows(LABELS)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A store in which one person holds each role there is; alice administers and drafts."""
    folder = tmp_path_factory.mktemp("real")
    place = find_place(str(folder / "assent.db"))
    found_store(place, person="alice", name="Alice Ho", organisation="Taipei Optronics", keys=folder)
    with closing(Store.open(place)) as store, store.begin() as unit:
        registry = Registry(unit, "alice", load_signer(folder / "alice", passphrase=None))
        for role in sorted(ROLES.keys() - {"admin", "staff"}):
            registry.add(NewPerson(f"the.{role}", f"The {role}", roles=(role,)))
        unit.commit()
    return place


@pytest.fixture(scope="module")
def agreements(labels, rows, place, tmp_path_factory):
    """Agreements taken by one member of staff as far as they can: the build takes all, others every sixth."""
    reply = tmp_path_factory.mktemp("reply") / "reply.eml"
    reply.write_text("We agree.", encoding="utf-8")
    made = []
    with Workspace.open(place.path, person="alice") as workspace:
        for row in rows if os.environ.get("ASSENT_CI") else rows[::6]:
            terms = labels.terms_of(row)
            agreement = workspace.new("services", terms, language="en")
            agreement.open().agree().confirm().acknowledge(reply).draft().submit()
            made.append(Real(row, terms, agreement))
    return made


# --- from labels to terms --------------------------------------------------------------


def test_names_both_sides_of_every_agreement(labels, rows):
    parties = [[party.name for party in labels.terms_of(row).parties] for row in rows]

    names = {name for found in parties for name in found}
    assert len(rows) == 236
    assert min(map(len, parties)) >= 2
    assert {name for name in names if clean_line(name) != name} == set()
    assert {name for name in names if re.search(r'["“”;]|\b(collectively|individually)\b', name)} == set()


@pytest.mark.parametrize(
    ("column", "names"),
    [
        (
            'CONVERGTV,\xa0INC.\xa0(“ConvergTV”); Fulucai Ltd. ("Producer")',
            ["CONVERGTV, INC.", "Fulucai Ltd."],
        ),
        ('Dialog (UK) Ltd. (“DIALOG”); Sorrent (the "Company");', ["Dialog (UK) Ltd.", "Sorrent"]),
        ('(BANK LIMITED ("BSP"); DATEC (PNG) LIMITED ("Datec"))', ["BANK LIMITED", "DATEC (PNG) LIMITED"]),
        ('Excite, Inc."Excite"; CyberShop "Client"', ["Excite, Inc.", "CyberShop"]),
        ('Pretzel ("Pretzel"; "FRANCHISOR"); Kiosk ("K")', ["Pretzel", "Kiosk"]),
        ('A ("B"); [] ("you" or "Franchisee"); A and you (each a “Party”)', ["A", "Franchisee"]),
        ('A; B; ("A" and, collectively, the “Parties”); each a "Party"', ["A", "B"]),
        ("Thrivent Financial", ["Thrivent Financial", "(not named)"]),
    ],
)
def test_tells_names_from_what_is_said_about_them(labels, column, names):
    assert labels.party_names(column) == names


def test_knows_the_country_whose_law_governs(labels, rows):
    unknown = {row["governing_law"] for row in rows if labels.country(row["governing_law"]) == "unknown"}

    assert unknown == {"", "[]"}
    named = ("Nova Scotia, Canada", "British Columbia", "Georgia", "Taiwan")
    assert [labels.country(law) for law in named] == ["CA", "CA", "US", "TW"]


# --- what is made of them --------------------------------------------------------------


def test_every_agreement_waits_for_its_experts(agreements):
    assert {real.name for real in agreements if real.agreement.state is not State.EXPERT_REVIEW} == set()


def test_every_document_opens_and_holds_no_leftover_tag(agreements, place):
    tagged, opened = set(), 0
    with Reader(place) as reader:
        for real in agreements:
            for document in real.agreement.documents:
                opened += 1
                if TAG.search(text_of(reader.content(document.file))):
                    tagged.add(document.name)

    assert tagged == set()
    assert opened > 15 * len(agreements)


def text_of(body):
    """The words of a document, as Word would find them: those of its text, its headers and its footers."""
    word = Document(io.BytesIO(body))
    related = [relation.target_part for relation in word.part.rels.values() if not relation.is_external]
    beside = [part for part in related if part.partname.startswith(("/word/header", "/word/footer"))]
    return "".join(
        etree.tostring(part.element, encoding="unicode", method="text") for part in (word.part, *beside)
    )


def test_every_contract_names_all_its_parties(agreements, place):
    with Reader(place) as reader:
        for real in agreements:
            text = text_of(reader.content(real.agreement.case.contract.file))

            assert [party.name for party in real.terms.parties if party.name not in text] == []


@pytest.mark.parametrize("expert", ["competition", "ip"])
def test_asks_an_expert_exactly_where_the_labels_call_for_one(agreements, expert):
    differ = [real.name for real in agreements if (expert in real.reviews) != expected(real, expert)]

    assert differ == []


def test_asks_a_lawyer_wherever_the_labels_call_for_one(agreements):
    assert [real.name for real in agreements if expected(real, "legal") and "legal" not in real.reviews] == []


def test_asks_the_general_manager_wherever_the_labels_tell_of_great_risk(agreements):
    assert [
        real.name for real in agreements if expected(real, "gm_risk") and "gm" not in real.sign_offs
    ] == []


def expected(real, what):
    return real.row[f"expect_{what}"] == "True"


def test_every_trail_verifies(agreements, place):
    with Reader(place) as reader:
        report = audit(reader)

    assert report.findings == []
    assert report.streams.keys() > {real.agreement.ref for real in agreements}
    assert report.documents == sum(len(real.agreement.documents) for real in agreements)
