"""Fifteen traps that other products fell into, each named after what happened there.

The fifteenth (a reminder run twice on one day sends once) is in ``tests/journeys/test_reminders.py``.
"""

import csv
import importlib.util
import io
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import pytest

import contract_templates
from approvals.cli import main
from approvals.errors import (
    AlreadyDecidedError,
    KeyRequiredError,
    SeatUnfillableError,
    SelfApprovalError,
    WrongRoleError,
)
from approvals.policy import DEFAULT_POLICY, read_policy
from approvals.registry import Registry
from approvals.statements import read_statement
from approvals.submission import PolicyRules
from workflow import Terms
from workflow.documents.engine import compile_template
from workflow.documents.package import read_package, write_package
from workflow.errors import InvalidInputError, WorkflowError
from workflow.lifecycle import State


def _forging():
    path = Path(__file__).with_name("forging.py")
    spec = importlib.util.spec_from_file_location("assent_tests_forging", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


forging = _forging()

BOARD = ("amy", "ben", "cal", "deb", "eve")
ODD = ("𠮷野家｜全形１２３", "王　大同", "甲 | 乙 || 丙", "第一行\n第二行\n\n第四行", "⿰釒堃喆 峯𥕛")


def policy(*rows):
    """Return the rules of the shipped policy's first row, once for each (role, step, quorum)."""
    columns, first, *_ = csv.reader(io.StringIO(DEFAULT_POLICY.read_text("utf-8-sig")))
    text = io.StringIO()
    writer = csv.DictWriter(text, columns)
    writer.writeheader()
    for number, (role, step, quorum) in enumerate(rows, start=1):
        row = dict(zip(columns, first, strict=True)) | {"rule": f"R{number}", "adds": role}
        writer.writerow(row | {"seq": step, "quorum": quorum})
    return PolicyRules(read_policy(text.getvalue().encode()))


def registered(world, change):
    with world.store.begin() as unit:
        change(Registry(unit, "alice", world.signer("alice")))
        unit.commit()
    world.clock.advance(seconds=1)


def content(world, digest):
    with world.store.begin() as unit:
        return unit.get(digest)


def edited(world, **changes):
    return world.terms.model_copy(update=changes)


def test_trap_01_a_save_without_change_keeps_approvals_and_a_change_taken_back_says_so(world):
    # wagtail/wagtail#13563: saving a page as it was voided what had been approved.
    ref = world.in_sign_off()
    world.decide(ref, "bob")
    world.decide(ref, "grace", "return")
    first = world.case(ref).submission

    world.workspace().get(ref).submit()
    unchanged = world.case(ref)
    world.decide(ref, "grace", "return")
    world.workspace().get(ref).draft(edited(world, purpose="另一目的。")).draft(world.terms).submit()
    changed_back = world.case(ref)

    for case in (unchanged, changed_back):
        assert [d.person for d in case.current_decisions] == ["bob"]
        assert (case.submission.changed, case.submission.voided) == ((), ())
        assert (case.submission.terms, case.state) == (first.terms, State.SIGN_OFF)
    assert content(world, changed_back.submission.parts) == content(world, first.parts)
    assert world.audit().findings == []


def test_trap_02_a_rejection_after_an_approval_leaves_the_approval_as_it_was(world):
    # documenso/documenso#3180: a rejection wrote over the decision before it.
    ref = world.in_sign_off()
    approval = world.decide(ref, "bob", reason="同意。").event

    world.decide(ref, "grace", "reject")

    assert approval in world.events(ref)
    assert [(d.person, d.decision) for d in world.case(ref).decisions] == [
        ("bob", "approve"),
        ("grace", "reject"),
    ]
    assert read_statement(content(world, approval.signed.statement))[1]["decision"] == "approve"
    assert world.audit().findings == []


@pytest.mark.parametrize("what", ["role", "key"])
def test_trap_03_whoever_was_deactivated_decides_no_more_and_what_they_decided_stays(world, what):
    # wso2/product-is#25308: a revoked approver could still decide.
    decided, open_still = world.in_sign_off(), world.in_sign_off()
    world.decide(decided, "bob")
    world.clock.advance(seconds=1)
    fingerprint = world.signer("bob").public_key.fingerprint
    registered(
        world,
        lambda registry: (
            registry.revoke("bob", "dept_manager")
            if what == "role"
            else registry.revoke_key("bob", fingerprint)
        ),
    )

    with pytest.raises(WrongRoleError if what == "role" else KeyRequiredError):
        world.decide(open_still, "bob")

    assert world.decide(decided, "grace").case.state is State.APPROVED
    assert world.audit().findings == []


def test_trap_04_one_person_in_two_groups_does_not_fill_two_seats(world):
    # OCA/server-ux: one click approved every tier that was pending.
    registered(world, lambda registry: registry.grant("grace", "dept_manager"))
    ref = world.in_sign_off()
    world.decide(ref, "grace", role="dept_manager")

    with pytest.raises(AlreadyDecidedError):
        world.decide(ref, "grace", role="gm")

    assert [len(status.people) for status in _seats(world, ref)] == [1, 0]
    assert world.case(ref).state is State.SIGN_OFF


def _seats(world, ref):
    from approvals.clearance import clearance_of

    return clearance_of(world.case(ref)).seats


def test_trap_05_the_authors_deputy_does_not_approve_the_authors_agreement(world):
    registered(world, lambda registry: registry.grant("alice", "dept_manager"))
    world.delegate("alice", "hana")
    ref = world.in_sign_off()

    with pytest.raises(WrongRoleError):
        world.decide(ref, "hana")
    world.delegate("bob", "alice")
    with pytest.raises(SelfApprovalError):
        world.decide(ref, "alice", principal="bob")


def test_trap_05_a_deputy_counts_once(world):
    registered(world, lambda registry: registry.grant("ivan", "dept_manager"))
    ref = world.submitted(rules=policy(("dept_manager", 1, 2))).ref
    for principal in ("bob", "ivan"):
        world.delegate(principal, "hana")
    world.decide(ref, "hana", principal="bob")

    with pytest.raises(AlreadyDecidedError):
        world.decide(ref, "hana", principal="ivan")
    with pytest.raises(AlreadyDecidedError):
        world.decide(ref, "bob")

    assert [s.missing for s in _seats(world, ref)] == [1]
    assert world.decide(ref, "ivan").case.state is State.APPROVED
    assert world.audit().findings == []


def test_trap_06_a_quorum_of_three_with_two_eligible_is_refused_and_not_lowered(world):
    # Icertis and objectstack take as many as there are.
    registered(world, lambda registry: registry.grant("ivan", "dept_manager"))
    deal = world.negotiated().draft()
    rules = policy(("dept_manager", 1, 3))
    world.adopt(rules.policy)
    before = world.counts()

    with pytest.raises(SeatUnfillableError, match="3 needed, 2 could"):
        world.workspace(rules=rules).get(deal.ref).submit()

    assert world.counts() == before
    assert world.case(deal.ref).state is State.DRAFTING


def test_trap_07_three_of_five_with_three_objections_ends_the_step_at_once(world):
    # Icertis waits for the fourth and the fifth.
    world.enter(BOARD, "board")
    ref = world.submitted(rules=policy(("board", 1, 3))).ref

    states = [world.decide(ref, member, "reject").case.state for member in BOARD[:3]]

    assert states == [State.SIGN_OFF, State.SIGN_OFF, State.DRAFTING]
    assert world.case(ref).outcome == "refused"
    assert world.audit().findings == []


def test_trap_08_an_amount_edited_after_routing_routes_anew_and_keeps_what_it_does_not_concern(world):
    ref = world.in_sign_off()
    world.decide(ref, "bob")
    asked = {flag.role for flag in world.case(ref).flags}
    data = next(flag for flag in world.case(ref).flags if flag.role == "dpo")
    world.decide(ref, "grace", "return")
    item = world.terms.items[0].model_copy(update={"unit_price": Decimal(20_000), "quantity": Decimal(12)})

    world.workspace().get(ref).draft(edited(world, items=(item,))).submit()

    case = world.case(ref)
    assert case.state is State.EXPERT_REVIEW
    assert {flag.role for flag in case.blocking_flags} - asked == {"finance"}
    assert case.flag(data.id) == data, "the price is nothing that data protection answers for"
    assert case.submission.kept == ()
    assert "price" in {part for fallen in case.submission.voided for part in fallen.parts}
    assert world.audit().findings == []


# Opens a store with the layouts that lie first on the path, and tells what it sees.
_LOOK = """
import json, sys
from approvals.audit import audit
from workflow.documents.catalogue import shipped
from workflow.places import find_place
from workflow.reading import Reader
import hashlib
with Reader(find_place(sys.argv[1])) as reader:
    body = shipped().layout("services", "zh-TW").body
    print(json.dumps([hashlib.sha256(body).hexdigest(), [f.text for f in audit(reader, ()).findings]]))
"""


def test_trap_09_a_template_edited_after_issue_does_not_alter_what_was_issued(sqlite_world, tmp_path):
    ref = sqlite_world.approved()
    issued = [ref for ref in sqlite_world.case(ref).documents if ref.kind == "services"]
    before = {document.name: content(sqlite_world, document.file) for document in issued}
    shutil.copytree(Path(contract_templates.__file__).parent, tmp_path / "path" / "contract_templates")
    layout = tmp_path / "path" / "contract_templates" / "layouts" / "services" / "zh-TW" / "template.docx"
    parts = read_package(layout.read_bytes(), name="template.docx")
    parts["word/document.xml"] = parts["word/document.xml"].replace("第".encode(), "附".encode())
    layout.write_bytes(write_package(parts))

    path = os.pathsep.join([str(tmp_path / "path"), str(Path(__file__).parents[2])])
    looked = subprocess.run(
        [sys.executable, "-c", _LOOK, str(sqlite_world.place.path)],
        cwd=tmp_path, env=os.environ | {"PYTHONPATH": path}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    digest, findings = json.loads(looked.stdout)

    assert digest != issued[-1].template, "the edited template is the one in use"
    assert findings == []
    assert len(issued) == 2
    for document in issued:
        again = compile_template(content(sqlite_world, document.template)).issue(
            json.loads(content(sqlite_world, document.context))
        )
        assert again.content == document.content
        assert before[document.name] == content(sqlite_world, document.file)


@pytest.mark.parametrize("text", ODD)
def test_trap_10_rare_and_odd_characters_survive_the_statement_the_trail_and_the_report(
    sqlite_world, capsys, text
):
    # documenso#3044 prints boxes, docuseal#213 breaks.
    line = text.replace("\n", " ")
    ref = sqlite_world.workspace().new("services", edited(sqlite_world, title=line)).ref
    sqlite_world.workspace().get(ref).open().agree().confirm().acknowledge(
        sqlite_world.reply
    ).draft().submit()
    sqlite_world.resolve_all(ref)
    event = sqlite_world.decide(ref, "bob", reason=text).event

    statement = content(sqlite_world, event.signed.statement)
    said = read_statement(statement)[1]
    code = main(["timeline", ref, "--json", "--db", str(sqlite_world.place.path)])
    told = json.loads(capsys.readouterr().out)["events"]

    assert said["reason"] == event.payload["reason"]
    assert len(statement.decode().split("\n")) == len(said) + 3, "one line a field"
    assert (code, told[-1]["reason"]) == (0, text)
    assert sqlite_world.case(ref).title == line
    assert sqlite_world.audit().findings == []


@pytest.mark.parametrize("end", ["\n", "\r\n", "\x0b", "\u2028", "\x85"])
def test_trap_11_a_party_whose_name_has_a_second_line_is_no_party(world, end):
    said = world.terms.model_dump(mode="json")
    said["parties"][1]["name"] = f'和風{end}decision: "reject"'

    with pytest.raises(InvalidInputError):
        Terms.read(said)


@pytest.mark.parametrize(
    "fake", ['ok"\ndecision: "reject', 'ok\ndecision: "reject"\nperson: "bob"', '"', "\\"]
)
def test_trap_11_no_word_of_anyone_adds_a_field_to_what_is_signed(sqlite_world, fake):
    ref = sqlite_world.in_sign_off()
    plain = sqlite_world.desk("bob").propose(ref, "approve", reason="ok").statement

    event = sqlite_world.decide(ref, "bob", reason=fake).event

    said = read_statement(content(sqlite_world, event.signed.statement))[1]
    assert list(said) == list(read_statement(plain)[1])
    assert (said["decision"], said["person"], said["reason"]) == ("approve", "bob", event.payload["reason"])
    with sqlite_world.store.begin() as unit:
        assert unit.note_text(event.payload["reason"]) == fake
    assert sqlite_world.audit().findings == []


def test_trap_12_a_tail_cut_off_is_seen_by_whoever_kept_a_receipt_and_admitted_to_the_others(
    sqlite_world, tmp_path
):
    ref = sqlite_world.in_sign_off()
    kept = sqlite_world.decide(ref, "bob").event

    with forging.copied(sqlite_world, {}, tmp_path / "copy.db") as copy:
        copy.cut(ref, kept.seq - 1)
        with forging.Reader(copy.place) as reader:
            report = forging.audit(reader)
            left = {event.receipt for event in reader.events(ref)}

    assert report.findings == [], "the store alone does not tell"
    assert any("receipts" in text for text in report.unchecked), "and says that it does not"
    assert report.streams[ref] != kept.hash
    assert kept.receipt not in left


@pytest.mark.parametrize("table", ["event", "idempotency"])
def test_trap_13_without_its_row_in_the_trail_there_is_no_approval(world, table):
    # Tr3kkR/Yuzu#2768: the audit was best-effort logging.
    ref = world.in_sign_off()
    before = (world.counts(), world.case(ref))
    _run(world.place, _FULL[world.place.sqlite].format(table=table))

    with pytest.raises(WorkflowError, match="full"):
        world.decide(ref, "bob")

    assert (world.counts(), world.case(ref)) == before
    with world.reader() as reader:
        assert [row["given"] for row in reader.of("v_seat", ref)] == [0, 0]
        assert reader.of("v_decision", ref) == []
    _run(world.place, _EMPTY[world.place.sqlite].format(table=table))
    assert world.decide(ref, "bob").case.decisions
    assert world.audit().findings == []


_FULL = {
    True: "CREATE TRIGGER full_up BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'assent: full'); END",
    False: "CREATE FUNCTION full_up() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'assent: full'; END $$; "
    "CREATE TRIGGER full_up BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION full_up()",
}
_EMPTY = {
    True: "DROP TRIGGER full_up",
    False: "DROP TRIGGER full_up ON {table}; DROP FUNCTION full_up()",
}


def _run(place, statement):
    """Run a statement as the owner of the database."""
    if place.sqlite:
        with closing(sqlite3.connect(place.path, isolation_level=None)) as owner:
            owner.execute(statement)
        return
    import psycopg

    with closing(psycopg.connect(place.url, autocommit=True)) as owner:
        owner.execute(statement)


def test_trap_14_two_approvers_at_the_same_instant_are_both_kept_in_one_chain(world, labour):
    registered(world, lambda registry: registry.grant("ivan", "dept_manager"))
    ref = world.submitted(rules=policy(("dept_manager", 1, 2))).ref
    before = world.events(ref)

    said = labour.race(world, "approve", [{"ref": ref, "person": p, "once": ""} for p in ("bob", "ivan")])

    assert sorted(seen.get("actor", str(seen)) for (seen,) in said) == ["bob", "ivan"]
    events = world.events(ref)
    assert events[: len(before)] == before
    with world.reader() as reader:
        rows = reader.rows("SELECT prev, hash FROM v_event WHERE stream = :ref ORDER BY seq", ref=ref)
    assert [row["prev"] for row in rows[1:]] == [row["hash"] for row in rows[:-1]]
    assert [event.to for event in events[len(before) :]] == [State.SIGN_OFF, State.APPROVED]
    assert world.audit().findings == []
