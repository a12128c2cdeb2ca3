"""A store with fifty agreements, at least one in every state, and people who did all that people do.

Flags, conditions, delegations, deputies, votes, recusals, absences, retractions, withdrawals,
executions and endings are among it. Half way a copy is put aside, as an old backup.
"""

import shutil
import sys
from contextlib import closing
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[1] / "integration"))

import forging
import world as worlds

from approvals.policy import DEFAULT_POLICY, read_policy
from workflow import Terms
from workflow.lifecycle import State
from workflow.places import find_place
from workflow.values.dates import TAIPEI

TERMS = Path(__file__).parents[1] / "data" / "terms.toml"
#: How many agreements there are.
MANY = 50
BOARD = ("ken", "kim", "kai")
#: How the board's first two members vote; with a yes of both, the last is taken back.
VOTES = (("approve", "approve"), ("recuse", "approve"), ("excuse", "approve"), ("reject", "reject"))


def make(folder: Path) -> tuple[Path, Path]:
    """Make the store in *folder*; return its file, and that of its old backup."""
    keys = folder / "keys"
    keys.mkdir()
    worlds.make_keys(keys)
    signers = worlds.read_keys(keys)
    place, backup = find_place(str(folder / "fifty.db")), folder / "backup.db"
    worlds.found_world(place, signers, clock=worlds.Clock())
    terms = Terms.load(TERMS)
    with closing(worlds.World(place, signers, terms, worlds.Clock(), folder, keys)) as world:
        forging.live(world)
        shutil.copyfile(place.path, backup)
        forging.live(world)
        _on_the_way(world)
        _ended(world)
        while len(_states(world)) < MANY - len(VOTES):
            world.clock.advance(hours=1)
            world.approved()
        _voted(world)
        assert len(_states(world)) == MANY
        assert set(_states(world)) == set(State)
    return place.path, backup


def _states(world):
    with world.reader() as reader:
        return [State(row["state"]) for row in reader.agreements()]


def _on_the_way(world):
    """Leave agreements where the others only pass through."""
    staff = world.workspace()
    for _ in range(2):
        world.clock.advance(hours=1)
        staff.new("services", world.terms, plan=forging.PLAN).open().round(forging.ROUND)
        staff.new("services", world.terms).open().agree()
        world.negotiated()
        world.negotiated().draft()
        _executed(world)
        drafted = world.negotiated().draft()
        paper = world.reply.with_name("draft.docx")
        contract = next(one for one in drafted.documents if one.kind == "services")
        with world.reader() as reader:
            paper.write_bytes(reader.content(contract.file))
        drafted.import_draft(paper, note="對方回傳。")


def _ended(world):
    """Take agreements to each of their ends."""
    for how in ("renew", "terminate", "expire"):
        world.clock.advance(hours=1)
        getattr(_executed(world).activate(), how)(reason="雙方合意。")


def _executed(world):
    ref = world.approved()
    facts = forging.execution(world.clock().astimezone(TAIPEI).date())
    return world.workspace().get(ref).execute(facts, signed_copy=_approved_text(world, ref))


def _approved_text(world, ref):
    """Return a file with the text as it came back signed, which is the one that was approved."""
    texts = [one for one in world.case(ref).documents if one.kind == "services"]
    path = world.reply.with_name("signed.docx")
    with world.reader() as reader:
        path.write_bytes(reader.content(texts[-1].file))
    return path


def _voted(world):
    """Let a board vote, with one absent and one recused."""
    world.enter(BOARD, "board")
    text = DEFAULT_POLICY.read_text(encoding="utf-8-sig").splitlines()
    rule = dict.fromkeys(text[0].split(","), "")
    rule |= {
        "rule": "B01", "when_zh": "董事會", "when_en": "the board", "condition": "contract_value >= 0",
        "adds": "board", "aspect": "authority", "kind": "signoff", "seq": "90", "mode": "parallel",
        "quorum": "majority", "sla_bd": "3", "why": "because",
    }  # fmt: skip
    policy = read_policy("\n".join([*text, ",".join(rule.values())]).encode())
    rules = worlds.PolicyRules(policy)
    for vote in VOTES:
        world.clock.advance(hours=1)
        ref = world.resolve_all(world.submitted(rules=rules).ref)
        for seat in sorted(world.case(ref).submission.seats, key=lambda seat: seat.step):
            if seat.role != "board":
                world.decide(ref, world.holder(seat.role))
        for member, action in zip(BOARD, vote, strict=False):
            given = {"member": BOARD[2]} if action == "excuse" else {}
            world.decide(ref, member, action, **given)
        if vote[0] == "approve":
            world.retract(ref, BOARD[1], world.case(ref).decisions[-1].receipt)
