"""The life of an agreement, written as one table.

Which state may follow which is decided here and nowhere else; *who* may act, and whether
enough people have signed, is the business of ``approvals.policy``. Where one action can
lead to several states, whoever performs it says which, and the table says whether it may.
The README's diagram and the "possible now" hints are made from ``TRANSITIONS``.
"""

from enum import StrEnum

from workflow.errors import ActionNotAllowedError
from workflow.i18n import mark


class State(StrEnum):
    """Where an agreement can be. Errors say these words, so those that are no name below are marked."""

    PLANNING = "planning"
    NEGOTIATING = "negotiating"
    TERMS_AGREED = mark("terms_agreed")
    CONFIRMING = mark("confirming")
    CONFIRMED = mark("confirmed")
    DRAFTING = "drafting"
    EXPERT_REVIEW = mark("expert_review")
    SIGN_OFF = mark("sign_off")
    APPROVED = "approved"
    EXECUTED = "executed"
    IN_FORCE = mark("in_force")
    ENDED = "ended"
    WITHDRAWN = "withdrawn"


#: The words people read for each state.
STATE_NAMES = {
    State.PLANNING: mark("planning"),
    State.NEGOTIATING: mark("negotiating"),
    State.TERMS_AGREED: mark("terms agreed"),
    State.CONFIRMING: mark("awaiting confirmation"),
    State.CONFIRMED: mark("confirmed in writing"),
    State.DRAFTING: mark("drafting"),
    State.EXPERT_REVIEW: mark("expert review"),
    State.SIGN_OFF: mark("sign-off"),
    State.APPROVED: mark("approved"),
    State.EXECUTED: mark("executed"),
    State.IN_FORCE: mark("in force"),
    State.ENDED: mark("ended"),
    State.WITHDRAWN: mark("withdrawn"),
}

_BEFORE_EXECUTED = (
    State.PLANNING, State.NEGOTIATING, State.TERMS_AGREED, State.CONFIRMING, State.CONFIRMED,
    State.DRAFTING, State.EXPERT_REVIEW, State.SIGN_OFF, State.APPROVED,
)  # fmt: skip

# The other side may send its paper back as long as nothing is executed.
_WHILE_DRAFTED = (State.DRAFTING, State.EXPERT_REVIEW, State.SIGN_OFF, State.APPROVED)

_WHILE_IT_LIVES = (*_BEFORE_EXECUTED, State.EXECUTED, State.IN_FORCE)

TRANSITIONS = (
    # action             from                  to
    ("plan",             State.PLANNING,       State.PLANNING),
    ("open",             State.PLANNING,       State.NEGOTIATING),
    ("round",            State.NEGOTIATING,    State.NEGOTIATING),
    ("agree",            State.NEGOTIATING,    State.TERMS_AGREED),
    # A changed acceptance is a new offer (民法 §160 II): the talks go on.
    ("round",            State.TERMS_AGREED,   State.NEGOTIATING),
    ("round",            State.CONFIRMING,     State.NEGOTIATING),
    ("confirm",          State.TERMS_AGREED,   State.CONFIRMING),
    ("acknowledge",      State.CONFIRMING,     State.CONFIRMED),
    ("draft",            State.CONFIRMED,      State.DRAFTING),
    ("draft",            State.DRAFTING,       State.DRAFTING),
    ("raise_flag",       State.DRAFTING,       State.DRAFTING),
    ("submit",           State.DRAFTING,       State.EXPERT_REVIEW),
    ("submit",           State.DRAFTING,       State.SIGN_OFF),
    ("assign_flag",      State.DRAFTING,       State.DRAFTING),
    ("decline_flag",     State.DRAFTING,       State.DRAFTING),
    ("raise_flag",       State.EXPERT_REVIEW,  State.EXPERT_REVIEW),
    ("assign_flag",      State.EXPERT_REVIEW,  State.EXPERT_REVIEW),
    ("decline_flag",     State.EXPERT_REVIEW,  State.EXPERT_REVIEW),
    ("decline_flag",     State.EXPERT_REVIEW,  State.SIGN_OFF),
    ("resolve_flag",     State.EXPERT_REVIEW,  State.EXPERT_REVIEW),
    ("resolve_flag",     State.EXPERT_REVIEW,  State.SIGN_OFF),
    ("close_condition",  State.EXPERT_REVIEW,  State.EXPERT_REVIEW),
    ("close_condition",  State.EXPERT_REVIEW,  State.SIGN_OFF),
    ("raise_flag",       State.SIGN_OFF,       State.EXPERT_REVIEW),
    ("approve",          State.SIGN_OFF,       State.SIGN_OFF),
    ("approve",          State.SIGN_OFF,       State.APPROVED),
    ("return",           State.EXPERT_REVIEW,  State.DRAFTING),
    ("return",           State.SIGN_OFF,       State.DRAFTING),
    ("reject",           State.SIGN_OFF,       State.SIGN_OFF),
    ("reject",           State.SIGN_OFF,       State.DRAFTING),
    # A no can bring together enough of a body for the yeses it has.
    ("reject",           State.SIGN_OFF,       State.APPROVED),
    # A conflict of interest, or a director who is absent, can settle a board's vote or end it.
    ("recuse",           State.EXPERT_REVIEW,  State.EXPERT_REVIEW),
    *((action,           State.SIGN_OFF,       to)
      for action in ("recuse", "excuse") for to in (State.SIGN_OFF, State.APPROVED, State.DRAFTING)),
    # Until the next person acts, whoever decided can take it back.
    ("retract",          State.EXPERT_REVIEW,  State.EXPERT_REVIEW),
    ("retract",          State.SIGN_OFF,       State.EXPERT_REVIEW),
    ("retract",          State.SIGN_OFF,       State.SIGN_OFF),
    ("retract",          State.APPROVED,       State.SIGN_OFF),
    ("retract",          State.DRAFTING,       State.EXPERT_REVIEW),
    ("retract",          State.DRAFTING,       State.SIGN_OFF),
    *(("import_draft",   state,                state) for state in _WHILE_DRAFTED),
    # Letters, notices, reviews and contacts go with an agreement as long as it lives.
    *(("issue",          state,                state) for state in _WHILE_IT_LIVES),
    ("execute",          State.APPROVED,       State.EXECUTED),
    ("activate",         State.EXECUTED,       State.IN_FORCE),
    ("renew",            State.IN_FORCE,       State.ENDED),
    ("terminate",        State.IN_FORCE,       State.ENDED),
    ("expire",           State.IN_FORCE,       State.ENDED),
    *(("withdraw",       state,                State.WITHDRAWN) for state in _BEFORE_EXECUTED),
)  # fmt: skip

ACTIONS = tuple(dict.fromkeys(action for action, _, _ in TRANSITIONS))
FIRST = State.PLANNING


def allowed(state: State) -> tuple[str, ...]:
    """Return the actions the table permits in *state*, in its order."""
    return tuple(dict.fromkeys(action for action, source, _ in TRANSITIONS if source is state))


def targets(action: str, state: State) -> tuple[State, ...]:
    """Return the states *action* may lead to from *state*; none when it is not permitted."""
    return tuple(to for name, source, to in TRANSITIONS if (name, source) == (action, state))


class Lifecycle:
    """One agreement's position in the table, and the only way to move it."""

    def __init__(self, state: State = FIRST) -> None:
        from transitions import Machine  # most commands only read the table

        # The machine is its own model, so none of the methods it generates become ours;
        # auto_transitions would generate to_APPROVED(), a way round it all. A trigger
        # names its target, because `conditions=` would return False without a reason.
        rows = [[f"{action}:{to}", source, to] for action, source, to in TRANSITIONS]
        self._machine = Machine(states=State, transitions=rows, initial=state, auto_transitions=False)

    @property
    def state(self) -> State:
        """Where the agreement is now; only `advance` changes it."""
        return State(self._machine.state)

    @property
    def allowed(self) -> tuple[str, ...]:
        """The actions possible from here."""
        return allowed(self.state)

    def advance(self, action: str, to: State | None = None) -> State:
        """Perform *action*, or raise `ActionNotAllowedError` and stay put.

        *to* is needed where the table offers several states, and refused where it is none of them.
        """
        offered = targets(action, self.state)
        chosen = offered[0] if to is None and len(offered) == 1 else to
        if chosen is None or chosen not in offered:
            raise ActionNotAllowedError(action, self.state, self.allowed)
        self._machine.trigger(f"{action}:{chosen}")
        return self.state


def mermaid() -> str:
    """Return the table as a mermaid state diagram, one arrow for each pair of states."""
    arrows: dict[tuple[State, State], list[str]] = {}
    for action, source, to in TRANSITIONS:
        if action not in ("withdraw", "issue"):
            arrows.setdefault((source, to), []).append(action)
    lines = ["stateDiagram-v2", f"    [*] --> {FIRST}: new"]
    lines += [f"    {source} --> {to}: {', '.join(actions)}" for (source, to), actions in arrows.items()]
    lines += [
        f"    {State.ENDED} --> [*]",
        f"    note right of {State.WITHDRAWN}: from any state before executed",
        f"    note left of {FIRST}: documents are issued in any state but the last two",
    ]
    return "\n".join(lines)
