"""The product against the rules of sign-off written down once more; see tests/lives.py and tests/model.py.

Longer: ASSENT_MODEL_STEPS=100000, or tests/bench/model.py, which tells the figures.
"""

import os

import pytest

from approvals.directory import Grant
from approvals.errors import RecusedError, StatementRefusedError
from approvals.reviews import Opinion
from approvals.signoff import Desk
from approvals.statements import DECISION
from workflow.lifecycle import State
from workflow.values.dates import TAIPEI

#: How many steps in memory; a failure is made shorter where the number is given.
STEPS = int(os.environ.get("ASSENT_MODEL_STEPS", "5000"))
SHRINK = "ASSENT_MODEL_STEPS" in os.environ


@pytest.fixture(scope="module")
def studio(beside, tmp_path_factory, terms):
    """What makes agreements to live through, each in a store of its own."""
    return beside("lives").Studio(tmp_path_factory.mktemp("lives"), terms, beside("world"))


def test_product_and_rules_agree_on_every_step_of_every_life(beside, studio):
    beside("lives").run(studio.in_memory, STEPS, shrink=SHRINK)


def test_they_agree_in_a_database_and_the_audit_finds_nothing(beside, studio):
    beside("lives").run(studio.in_a_file, max(200, STEPS // 25), shrink=SHRINK)


# What the machine found, each as small as it goes.


@pytest.fixture
def scene(beside, studio):
    """An agreement that waits for the opinions F-1 (of a dpo) and F-2 (on tax), then for sign-offs."""
    scene = studio.in_memory(beside("lives").BEGINNINGS[0])
    scene.agreement("alice").submit()
    return scene


@pytest.fixture
def must(beside):
    """A condition that has to be met."""
    return beside("lives").MUST


def _answer(scene, person, flag, conclusion, *conditions):
    scene.answer(person, "propose_opinion", flag, Opinion(conclusion, "已審閱。", "", conditions))


def _name_a_deputy(scene, principal, deputy, day):
    names, grant = [], Grant("", principal, deputy, day, day)
    scene.registry(principal, lambda registry: names.append(registry.delegate(grant)))
    return names[0]


def _today(scene):
    return scene.clock().astimezone(TAIPEI).date()


def test_who_holds_one_role_of_a_group_that_signs_may_close_a_condition(scene, must):
    _answer(scene, "dan", "F-1", "conditions", must)

    scene.answer("ivan", "propose_closing", "F-1", "C-1", "附件已補。")

    assert scene.case().flag("F-1").conditions[0].closed_by == "ivan"


def test_who_is_recused_closes_no_condition(scene, must):
    _answer(scene, "dan", "F-1", "conditions", must)
    scene.decide("dan", "recuse")

    with pytest.raises(RecusedError):
        scene.answer("dan", "propose_closing", "F-1", "C-1", "附件已補。")


def test_a_clear_opinion_with_a_condition_leads_on_once_that_is_closed(scene, must):
    _answer(scene, "tina", "F-2", "clear")
    _answer(scene, "dan", "F-1", "clear", must)

    scene.answer("ivan", "propose_closing", "F-1", "C-1", "附件已補。")

    assert scene.case().state is State.SIGN_OFF


def test_an_opinion_does_not_outlast_its_experts_role(scene):
    _answer(scene, "tina", "F-2", "clear")
    _answer(scene, "dan", "F-1", "clear")
    scene.decide("bob", "return")
    scene.registry("alice", lambda registry: registry.revoke("dan", "dpo"))

    scene.agreement("alice").submit()

    assert [flag.id for flag in scene.case().blocking_flags] == ["F-3"]


def test_a_deputy_needs_the_day_that_the_decision_will_bear(scene):
    _answer(scene, "tina", "F-2", "clear")
    scene.clock.advance(days=1)
    _answer(scene, "dan", "F-1", "clear")
    _name_a_deputy(scene, "bob", "hana", _today(scene))
    scene.clock.advance(days=-1)

    scene.decide("hana", "approve")

    assert scene.events()[-1].at.astimezone(TAIPEI).date() > _today(scene)


def test_what_was_signed_under_a_delegation_that_another_replaced_is_not_recorded(scene):
    _answer(scene, "tina", "F-2", "clear")
    _answer(scene, "dan", "F-1", "clear")
    first, desk = _name_a_deputy(scene, "bob", "hana", _today(scene)), Desk(scene.store, "hana")
    proposal = desk.propose(scene.ref, "approve")
    scene.registry("bob", lambda registry: registry.end_delegation(first))
    _name_a_deputy(scene, "bob", "hana", _today(scene))
    signature = scene.signers["hana"].sign(proposal.statement, namespace=DECISION)

    with pytest.raises(StatementRefusedError):
        desk.record(proposal, signature)
