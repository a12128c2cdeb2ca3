"""The competency units: every row there, in words of our own, and evidence that can exist."""

import pytest

from approvals.competency import DEFAULT_UNIT, find_unit, units
from approvals.errors import UnknownRowError
from approvals.labels import METHODS
from approvals.portfolio import KINDS
from workflow.documents.catalogue import shipped
from workflow.events import ACTION_OF, Type
from workflow.negotiation import Plan

UNIT = find_unit(DEFAULT_UNIT)
EACH = pytest.mark.parametrize("row", UNIT.rows, ids=lambda row: row.id)
#: The rows as the unit's publisher numbers them.
ROWS = [
    "U1", "T1", "P1.1", "P1.2", "P1.3", "T2", "P2.1", "P2.2", "P2.3", "P2.4", "P2.5", "T3", "P3.1", "P3.2",
    "P3.3", "T4", "P4.1", "P4.2", "P4.3", "P4.4", "O1", "K1", "K2", "K3", "K4", "S1", "S2", "S3", "S4", "S5",
    "E1.1", "E1.2", "E1.3", "E1.4", "C2.1", "C2.2", "C2.3", "M3.1", "M3.2", "M3.3", "M3.4", "M3.5", "M3.6",
    "N1", "N2", "H1",
]  # fmt: skip


def test_has_every_row_once_and_in_order():
    assert [row.id for row in UNIT.rows] == ROWS
    assert len(ROWS) == 46
    assert {row.group for row in UNIT.rows} == set(UNIT.groups)


def test_a_task_gathers_the_rows_below_it():
    below = {row.id: row.gathers for row in UNIT.rows if row.gathers}

    assert below["T3"] == ("P3.1", "P3.2", "P3.3")
    assert set(below) == {"T1", "T2", "T3", "T4"}


@EACH
def test_says_how_an_assessor_can_add_what_no_trail_holds(row):
    assert row.methods
    assert set(row.methods) <= set(METHODS)


@EACH
def test_asks_for_evidence_that_can_exist(row):
    known = {
        "did": {kind.value for kind in ACTION_OF},
        "case": {kind.value for kind in ACTION_OF},
        "paper": {*shipped().kinds, "contract"},
        "file": {Type.CONFIRMATION_ACKNOWLEDGED, Type.DRAFT_RECEIVED, Type.EXECUTED},
        "plan": set(Plan.model_fields),
    }

    assert set(known) == set(KINDS)
    for wanted in row.evidence:
        kind, _, name = wanted.partition(":")
        assert name in known[kind], wanted


@EACH
def test_has_a_short_label_in_both_languages(row):
    assert row.label.said("en") == row.label.en != row.label.zh == row.label.said("zh-TW")
    assert 0 < len(row.label.en) <= 50
    assert 0 < len(row.label.zh) <= 16


def test_finds_a_row_however_it_is_written():
    assert UNIT.row(" p3.2 ").id == "P3.2"


def test_says_which_rows_and_units_there_are():
    with pytest.raises(UnknownRowError, match=r"no row P9\.9 of BGM4R0450v2") as refusal:
        UNIT.row("P9.9")
    with pytest.raises(UnknownRowError, match="no competency unit BGM4R0450v1"):
        find_unit("BGM4R0450v1")

    assert "known: U1, T1, P1.1" in refusal.value.explain()[2]
    assert units() == (DEFAULT_UNIT,)
