"""Every cell of the state table, allowed or not."""

import itertools

import pytest

from workflow.errors import ActionNotAllowedError
from workflow.events import ACTION_OF, Type
from workflow.lifecycle import (
    ACTIONS,
    FIRST,
    STATE_NAMES,
    TRANSITIONS,
    Lifecycle,
    State,
    allowed,
    mermaid,
    targets,
)

BEFORE_EXECUTED = list(State)[: list(State).index(State.EXECUTED)]
PAIRS = list(itertools.product(State, ACTIONS))
# What the README tells people, kept apart from the table that is tested.
LEADS_TO = {
    "planning": "planning negotiating withdrawn",
    "negotiating": "negotiating terms_agreed withdrawn",
    "terms_agreed": "terms_agreed negotiating confirming withdrawn",
    "confirming": "confirming negotiating confirmed withdrawn",
    "confirmed": "confirmed drafting withdrawn",
    "drafting": "drafting expert_review sign_off withdrawn",
    "expert_review": "expert_review sign_off drafting withdrawn",
    "sign_off": "expert_review sign_off approved drafting withdrawn",
    "approved": "approved sign_off executed withdrawn",
    "executed": "executed in_force",
    "in_force": "in_force ended",
    "ended": "",
    "withdrawn": "",
}


@pytest.mark.parametrize(("state", "action"), PAIRS)
def test_moves_as_the_table_says_or_not_at_all(state, action):
    offered = {to for name, source, to in TRANSITIONS if (name, source) == (action, state)}

    unmoved = Lifecycle(state)
    for to in set(State) - offered:
        with pytest.raises(ActionNotAllowedError):
            unmoved.advance(action, to)
        assert unmoved.state is state
    for to in offered:
        lifecycle = Lifecycle(state)
        assert lifecycle.advance(action, to) is to
        assert lifecycle.state is to


@pytest.mark.parametrize(("state", "action"), PAIRS)
def test_needs_no_target_exactly_where_there_is_one(state, action):
    lifecycle = Lifecycle(state)
    offered = targets(action, state)

    if len(offered) == 1:
        assert lifecycle.advance(action) is offered[0]
    else:
        with pytest.raises(ActionNotAllowedError):
            lifecycle.advance(action)
        assert lifecycle.state is state


@pytest.mark.parametrize("state", State)
def test_leads_where_people_were_told(state):
    reached = {to for _, source, to in TRANSITIONS if source is state}

    assert reached == {State(name) for name in LEADS_TO[state].split()}


@pytest.mark.parametrize(
    "action", ["", "new", "to_approved", "APPROVE", "approve:approved", "state", "__init__"]
)
def test_refuses_an_action_nobody_heard_of(action):
    lifecycle = Lifecycle(State.SIGN_OFF)

    with pytest.raises(ActionNotAllowedError):
        lifecycle.advance(action, State.APPROVED)
    assert lifecycle.state is State.SIGN_OFF


def test_says_what_was_refused_and_what_is_possible():
    with pytest.raises(ActionNotAllowedError) as refusal:
        Lifecycle(State.APPROVED).advance("approve", State.APPROVED)

    assert (refusal.value.action, refusal.value.state) == ("approve", State.APPROVED)
    assert refusal.value.allowed == ("retract", "import_draft", "issue", "execute", "withdraw")
    said = "possible now: retract, import-draft, documents issue, execute, withdraw"
    assert refusal.value.explain()[2] == said


def test_says_that_nothing_is_possible_at_the_end():
    with pytest.raises(ActionNotAllowedError) as refusal:
        Lifecycle(State.ENDED).advance("withdraw")

    assert refusal.value.explain()[2] == "possible now: -"


@pytest.mark.parametrize("state", State)
def test_offers_the_actions_of_the_table_and_no_others(state):
    assert set(allowed(state)) == {action for action in ACTIONS if targets(action, state)}
    assert Lifecycle(state).allowed == allowed(state)


def test_offers_no_way_round_the_table():
    lifecycle = Lifecycle()

    assert {name for name in dir(lifecycle) if name[0] != "_"} == {"state", "allowed", "advance"}
    with pytest.raises(AttributeError):
        lifecycle.state = State.APPROVED
    with pytest.raises(AttributeError):
        lifecycle._machine.to_APPROVED()
    assert lifecycle.state is FIRST


def test_begins_with_planning():
    assert Lifecycle().state is FIRST is State.PLANNING


def test_every_state_can_be_reached_and_left_unless_it_is_final():
    reached = {FIRST}
    while new := {to for _, source, to in TRANSITIONS if source in reached} - reached:
        reached |= new

    assert reached == set(State)
    assert [state for state in State if not allowed(state)] == [State.ENDED, State.WITHDRAWN]


def test_can_be_withdrawn_until_it_is_executed():
    assert [state for state in State if "withdraw" in allowed(state)] == BEFORE_EXECUTED


def test_is_approved_in_sign_off_only():
    entered = {(a, source) for a, source, to in TRANSITIONS if to is State.APPROVED and source is not to}
    # A vote of a body can be settled by a no, a recusal or an absence too.
    assert entered == {(action, State.SIGN_OFF) for action in ("approve", "reject", "recuse", "excuse")}


def test_no_row_stands_twice():
    assert len(set(TRANSITIONS)) == len(TRANSITIONS)


def test_every_action_is_recorded_by_one_type_of_event():
    assert sorted(ACTION_OF.values()) == sorted([*ACTIONS, "new"])
    assert set(ACTION_OF) <= set(Type)


def test_every_state_has_words_for_people():
    assert set(STATE_NAMES) == set(State)
    assert all("_" not in words for words in STATE_NAMES.values())


def test_draws_every_arrow_of_the_table_once():
    lines = [line.strip() for line in mermaid().splitlines()]

    drawn = {
        (action, source, to)
        for line in lines[2:]
        if "-->" in line and ":" in line
        for source, to in [line.split(":")[0].split(" --> ")]
        for action in line.split(": ")[1].split(", ")
    }
    assert lines[:2] == ["stateDiagram-v2", "[*] --> planning: new"]
    noted = ("withdraw", "issue")
    assert drawn == {(action, str(s), str(to)) for action, s, to in TRANSITIONS if action not in noted}
    assert len(lines) == len(set(lines))
