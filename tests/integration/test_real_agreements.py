"""Real agreements, labelled by lawyers, drafted in bulk: documents, reviews and trail hold for all of them."""

import importlib.util
import io
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import pytest
from docx import Document

from approvals.audit import audit
from approvals.facts import facts_of
from approvals.founding import found_store
from approvals.keys import load_signer
from approvals.labels import ROLES
from approvals.registry import NewPerson, Registry
from workflow import Agreement, Terms, Workspace
from workflow.lifecycle import State
from workflow.places import find_place
from workflow.reading import Reader
from workflow.store import Store

LABELS = Path(__file__).parents[3] / "shared" / "data" / "cuad" / "agreements.csv"

pytestmark = pytest.mark.skipif(not LABELS.is_file(), reason="the labelled agreements are not beside the project")


class Real(NamedTuple):
    """One of the agreements: its labels, the terms made from them, and where it got to."""

    row: dict[str, str]
    terms: Terms
    agreement: Agreement

    def expects(self, what):
        return self.row[f"expect_{what}"] == "True"

    @property
    def reviews(self):
        return {flag.role for flag in self.agreement.case.flags}

    @property
    def sign_offs(self):
        return {seat.role for seat in self.agreement.case.submission.seats}


@pytest.fixture(scope="module")
def labels():
    """The helper beside this file; the tests are no package to import it from."""
    spec = importlib.util.spec_from_file_location("real_agreements", Path(__file__).with_name("real_agreements.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """A store in which everything the policy can ask for has one holder."""
    folder = tmp_path_factory.mktemp("real")
    place = find_place(str(folder / "assent.db"))
    found_store(place, person="alice", name="Alice Ho", organisation="Taipei Optronics", keys=folder / "keys")
    alice = load_signer(folder / "keys" / "alice", passphrase=None)
    with closing(Store.open(place)) as store:
        with store.begin() as unit:
            registry = Registry(unit, "alice", alice)
            for role in ROLES.keys() - {"admin", "staff"}:
                registry.add(NewPerson(f"the.{role}", f"The {role}", roles=(role,)))
            unit.commit()
        yield store


@pytest.fixture(scope="module")
def agreements(labels, store, tmp_path_factory):
    """Every agreement, negotiated, confirmed, drafted and submitted by one member of staff."""
    reply = tmp_path_factory.mktemp("replies") / "reply.eml"
    reply.write_text("We agree.", encoding="utf-8")
    workspace = Workspace.open(store.place.url, person="alice")
    made = []
    with workspace:
        for row in labels.read_rows(LABELS):
            terms = labels.terms_of(row)
            agreement = workspace.new("services", terms, language="en")
            agreement.open().agree().confirm().acknowledge(reply).draft().submit()
            made.append(Real(row, terms, agreement))
    return made
