"""Many people at the same moment: each counts once, none is lost, and nothing happens twice."""

import csv
import json
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress
from pathlib import Path
from threading import Barrier, BrokenBarrierError

from approvals.policy import DEFAULT_POLICY
from approvals.registry import Registry
from approvals.submission import rules
from workflow.actions import Action
from workflow.events import REGISTRY, Type
from workflow.lifecycle import State

CROWD = 20
BOARD = [f"member{number:02}" for number in range(1, CROWD + 1)]


class Hesitant:
    """A signer who waits a moment for the other, so that both have read before either writes."""

    def __init__(self, signer, meeting):
        self.public_key, self._signer, self._meeting = signer.public_key, signer, meeting

    def sign(self, message, *, namespace):
        with suppress(BrokenBarrierError):
            self._meeting.wait(timeout=0.5)
        return self._signer.sign(message, namespace=namespace)


# --- a crowd of approvers ------------------------------------------------------------------


def test_twenty_who_sign_at_the_same_moment_count_once_each(world, labour, tmp_path):
    ref = _before_the_board(world, tmp_path)

    said = labour.race(world, "approve", [{"ref": ref, "person": member, "once": ""} for member in BOARD])

    assert sorted(seen.get("actor", str(seen)) for (seen,) in said) == BOARD
    _assert_each_counts_once(world, ref)


def test_twenty_commands_at_the_same_moment_count_once_each(sqlite_world, tmp_path):
    ref = _before_the_board(sqlite_world, tmp_path)
    commands = {member: _approve(sqlite_world, ref, member, tmp_path) for member in BOARD}
    # Each has imported all it needs and waits for its reason; then all of them get it at once.
    reasons = [_awaited(tmp_path / member, command) for member, command in commands.items()]

    for reason in reasons:
        os.write(reason, "同意。".encode())
        os.close(reason)
    said = {member: command.communicate() for member, command in commands.items()}

    assert {member: error for member, (_, error) in said.items()} == dict.fromkeys(BOARD, "")
    receipts = [json.loads(out)["receipt"] for out, _ in said.values()]
    assert len(set(receipts)) == CROWD
    _assert_each_counts_once(sqlite_world, ref)


def test_one_member_who_signs_twenty_times_at_the_same_moment_counts_once(world, labour, tmp_path):
    ref = _before_the_board(world, tmp_path)

    said = labour.race(world, "approve", [{"ref": ref, "person": BOARD[0], "once": ""}] * CROWD)

    assert sorted(seen.get("refused", "") for (seen,) in said) == ["", *["W035"] * (CROWD - 1)]
    assert [d.person for d in world.case(ref).decisions] == [BOARD[0]]


def test_of_a_director_and_their_deputy_who_vote_at_the_same_moment_with_the_board_one_counts(
    world, labour, tmp_path
):
    board = BOARD[:5]
    ref = _before_the_board(world, tmp_path, board, quorum="majority")
    world.delegate(board[2], "hana")
    voting = [board[0], board[1], board[2], "hana"]

    said = labour.race(world, "approve", [{"ref": ref, "person": person, "once": ""} for person in voting])

    # Whoever came second found that it had been said, or that three of five had carried it.
    (refused,) = [seen["refused"] for (seen,) in said if "refused" in seen]
    assert refused in ("W035", "W020")
    case, events = world.case(ref), world.events(ref)
    assert sorted(decision.principal or decision.person for decision in case.decisions) == board[:3]
    assert [event.to for event in events[-3:]] == [State.SIGN_OFF, State.SIGN_OFF, State.APPROVED]
    assert [event.seq for event in events] == list(range(1, case.seq + 1))
    assert world.audit().findings == []


# --- two who would do the same -------------------------------------------------------------


def test_of_those_who_act_on_the_same_reading_one_wins_and_the_others_are_told(world, labour):
    ref = world.workspace().new("services", world.terms).open().ref

    said = labour.race(world, "agree", [{"ref": ref, "once": ""}] * 6)

    assert sorted(seen.get("refused", "") for (seen,) in said) == ["", *["W043"] * 5]
    assert [event.type for event in world.events(ref)][2:] == [Type.TERMS_AGREED]
    assert world.audit().ok


def test_the_same_attempt_made_at_the_same_moment_succeeds_for_all_and_happens_once(world, labour):
    ref = world.workspace().new("services", world.terms).open().ref

    said = labour.race(world, "agree", [{"ref": ref, "once": "monday"}] * 6)

    assert [seen.get("seq", str(seen)) for (seen,) in said] == [3] * 6
    assert len(world.events(ref)) == 3


def test_an_agreement_begun_at_the_same_moment_under_one_name_is_one(world, labour):
    said = labour.race(world, "begin", [{"once": "monday"}] * 6)

    assert [seen.get("ref", str(seen)) for (seen,) in said] == ["AGR-2026-0001"] * 6
    assert len(world.workspace().agreements()) == 1


def test_agreements_begun_at_the_same_moment_have_references_of_their_own(world, labour):
    said = labour.race(world, "begin", [{"once": ""}] * 8)

    assert sorted(seen.get("ref", str(seen)) for (seen,) in said) == [f"AGR-2026-000{n}" for n in range(1, 9)]
    assert world.audit().ok


def test_two_administrators_who_sign_at_the_same_moment_are_both_heard(world):
    meeting = Barrier(2)

    def grant(role):
        with world.store.begin() as unit:
            Registry(unit, "alice", Hesitant(world.signer("alice"), meeting)).grant("judy", role)
            unit.commit()

    with ThreadPoolExecutor() as pool:
        for done in [pool.submit(grant, role) for role in ("ip", "ehs")]:
            done.result()

    assert [event.payload["role"] for event in world.events(REGISTRY)[-2:]] in (["ip", "ehs"], ["ehs", "ip"])
    assert world.audit().findings == []


def test_the_registry_changed_from_several_sides_keeps_every_change(world, labour):
    roles = ("ip", "ehs", "board", "compliance")

    said = labour.race(world, "grant", [{"person": "judy", "role": role} for role in roles])

    assert said == [[{"pid": line["pid"], "granted": True}] for (line,) in said]
    with world.reader() as reader:
        (judy,) = [person for person in reader.people() if person["id"] == "judy"]
    assert judy["roles"] == sorted(("chair", *roles))
    assert world.audit().findings == []


def test_on_postgresql_nobody_waits_for_someone_at_work_on_another_agreement(postgresql_world):
    one, other = (postgresql_world.workspace().new("services", postgresql_world.terms) for _ in range(2))

    with ThreadPoolExecutor() as pool, postgresql_world.store.begin() as unit:
        Action(unit, "alice", postgresql_world.workspace().rules).open(unit.case(one.ref))
        finished, _ = wait([pool.submit(other.open)], timeout=20)

    assert len(finished) == 1
    assert other.state is State.NEGOTIATING
    assert one.refresh().state is State.PLANNING


def _before_the_board(world, folder, board=BOARD, quorum=CROWD):
    """Return an agreement that waits for members of the board, all twenty of them, and for nobody else."""
    world.enter(board, "board")
    with DEFAULT_POLICY.open(encoding="utf-8-sig", newline="") as shipped:
        table = csv.DictReader(shipped)
        asked = next(table) | {"adds": "board", "aspect": "authority", "mode": "sequential", "quorum": quorum}
    with (folder / "policy.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, table.fieldnames)
        writer.writeheader()
        writer.writerow(asked)
    submitted = world.submitted(rules=rules(folder / "policy.csv"))
    assert submitted.state is State.SIGN_OFF
    return submitted.ref


def _assert_each_counts_once(world, ref):
    case, events = world.case(ref), world.events(ref)
    assert sorted(decision.person for decision in case.decisions) == BOARD
    assert [event.to for event in events[-CROWD:]] == [State.SIGN_OFF] * (CROWD - 1) + [State.APPROVED]
    assert case.state is State.APPROVED
    assert world.audit().findings == []


def _approve(world, ref, member, folder):
    """Start the command by which a member approves, with a reason that comes through a pipe."""
    os.mkfifo(folder / member)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ASSENT_")}
    return subprocess.Popen(
        [
            Path(sys.executable).with_name("assent"), "approve", ref, "--as", member, "--yes", "--json",
            "--reason-file", folder / member, "--db", world.place.path, "--lang", "en",
        ],
        cwd=folder, env=environment | {"ASSENT_KEYS": str(world.keys)},
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def _awaited(pipe, command):
    """Open *pipe* for writing as soon as the command reads from it."""
    while True:
        try:
            descriptor = os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
        except OSError:
            assert command.poll() is None, command.communicate()
            time.sleep(0.01)
        else:
            os.set_blocking(descriptor, True)
            return descriptor
