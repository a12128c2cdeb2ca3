"""Random lives of agreements, lived twice: in the product, and in the rules as model.py has them.

Hypothesis chooses people, actions, delegations, changes of text, of roles and of the clock. Each
is tried with the public API and asked of the model; both have to refuse for a reason the rules
give, or to accept and to agree on everything that follows: the state, whose signatures count,
what a change of text keeps and voids, who may do what next. The audit is asked of every event.
"""

import importlib.util
import shutil
import sys
from collections import Counter
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import ClassVar

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from approvals.audit import audit
from approvals.audit_duties import check_event
from approvals.capacity import Ask, find_capacity
from approvals.clearance import clearance_of
from approvals.directory import Grant, directory_of
from approvals.errors import ChooseCapacityError
from approvals.policy import read_policy
from approvals.registry import NewPerson, Registry
from approvals.reviews import Opinion, ReviewDesk
from approvals.signoff import Desk
from approvals.statements import DECISION
from approvals.submission import PolicyRules
from workflow import Terms, Workspace
from workflow.case import Condition
from workflow.drafting import Agreement
from workflow.errors import WorkflowError
from workflow.events import REGISTRY
from workflow.lifecycle import State
from workflow.places import find_place
from workflow.reading import Reader
from workflow.store import Store
from workflow.values.dates import TAIPEI


def _beside(name):
    """Import a helper that lies beside this file; the tests are no package to import it from."""
    full = f"assent_tests_{name}"
    if full not in sys.modules:
        spec = importlib.util.spec_from_file_location(full, Path(__file__).with_name(f"{name}.py"))
        sys.modules[full] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[full])
    return sys.modules[full]


model, memory = _beside("model"), _beside("memory")

#: How many steps a run of the machine has; an agreement that is approved makes room for the next.
LENGTH = 100

PEOPLE = {
    "alice": {"admin", "staff"},
    "adam": {"staff", "dept_manager"},
    "bob": {"dept_manager"},
    "bea": {"dept_manager", "legal"},
    "ivan": {"cfo"},
    "dora": {"finance", "tax"},
    "fred": {"finance", "gm"},
    "grace": {"gm", "board"},
    "judy": {"board"},
    "jack": {"board", "cfo"},
    "joan": {"board"},
    "dan": {"dpo"},
    "tina": {"tax", "dpo"},
    "hana": {"division_head"},
    "mute": {"finance", "dept_manager"},
}
KEYLESS = {"mute"}
WHO = tuple(PEOPLE)
#: What people may come to hold, or hold no more.
LENT = ("dept_manager", "cfo", "finance", "gm", "board", "dpo", "tax", "staff")

# rule, condition, the same in Python, and what is asked: kind, step, aspect, role, quorum, covers
POLICY = (
    ("R1", "contract_value >= 0", lambda t: True,
     "signoff", 20, "commercial", "dept_manager", 1, "price,scope"),
    ("R2", "contract_value >= 0", lambda t: True,
     "signoff", 20, "financial", "cfo/finance", 2, "payment,price"),
    ("R3", "contract_value > 1500000", lambda t: t["price"] > 1500000,
     "signoff", 30, "commercial", "gm", 1, ""),
    ("R4", "guarantee_given is true", lambda t: t["facts"],
     "signoff", 40, "authority", "board", "majority", "price"),
    ("R5", "prepay_pct > 30", lambda t: t["payment"] > 30,
     "signoff", 30, "financial", "cfo", 1, "payment"),
    ("R8", "prepay_pct > 30", lambda t: t["payment"] > 30,
     "signoff", 20, "commercial", "dept_manager", 1, ""),
    ("R6", "personal_data is true", lambda t: True,
     "review", 10, "data", "dpo", 1, "scope"),
    ("R7", "contract_value > 150000", lambda t: t["price"] > 150000,
     "review", 10, "financial", "tax", 1, "payment,price"),
)  # fmt: skip
HEAD = "rule,when_zh,when_en,condition,adds,aspect,kind,covers,seq,mode,quorum,sla_bd,why,basis"
TEXTS = {
    "price": (120_000, 1_200_000, 2_400_000),
    "payment": (0, 40),
    "scope": ("維運", "維運與訓練"),
    "facts": (False, True),
}
#: What lives begin with: small, with a board, with everyone.
BEGINNINGS = (
    {"price": 1_200_000, "payment": 0, "scope": "維運", "facts": False},
    {"price": 120_000, "payment": 0, "scope": "維運", "facts": True},
    {"price": 2_400_000, "payment": 40, "scope": "維運", "facts": True},
)
#: Someone who holds nothing that is asked, someone who signs, a drafter, someone without a key.
DEPUTIES = ("hana", "hana", "bob", "grace", "alice", "mute")
QUESTIONS = (("finance", "financial"), ("legal", "legal"), ("ehs", "operational"))
numbers = st.integers(0, 999)
CHOOSE = ChooseCapacityError.code
MUST = Condition("C-1", "must", "附件二須列明刪除期限。")


def policy():
    """Return the table as an administrator would write it."""
    rows = [
        f'{name},何時,when,{condition},{role},{aspect},{kind},"{covers}",{step},parallel,{quorum},3,because,'
        for name, condition, _, kind, step, aspect, role, quorum, covers in POLICY
    ]
    return read_policy("\n".join([HEAD, *rows]).encode())


def written(terms, text):
    """Return the terms that say *text*."""
    said = terms.model_dump(mode="json", exclude_none=True)
    said["items"][0]["unit_price"] = str(text["price"] // 12)
    said["payment"]["prepayment_percent"] = str(text["payment"])
    said["purpose"] = text["scope"]
    said["facts"]["guarantee_given"] = text["facts"]
    return Terms.read(said)


class Scene:
    """A store in which one agreement has its first draft, and what people do there."""

    def __init__(self, store, signers, terms, clock, ref=""):
        self.store, self.signers, self.terms, self.clock, self.ref = store, signers, terms, clock, ref
        self.rules = PolicyRules(policy())
        self._known = None

    def found(self, unit):
        """Enter everyone, of whom some have no key, and put the policy in force."""
        registry = Registry(unit, "alice", self.signers["alice"])
        alice = NewPerson("alice", "alice", roles=tuple(sorted(PEOPLE["alice"])))
        registry.found("台北光電", alice, self.rules.policy)
        for person, roles in PEOPLE.items():
            key = None if person in KEYLESS else self.signers[person].public_key
            if person != "alice":
                registry.add(NewPerson(person, person, roles=tuple(sorted(roles))), key)

    def begin(self, text, reply):
        """Take an agreement that says *text* to its first draft."""
        staff = Workspace(self.store, "alice", self.rules)
        agreement = staff.new("services", written(self.terms, text)).open().agree().confirm()
        self.ref = agreement.acknowledge(reply).draft().ref

    def close(self):
        """Leave the store; one in memory needs nothing."""

    def case(self):
        with self.store.begin() as unit:
            return unit.case(self.ref)

    def events(self):
        with self.store.begin() as unit:
            return list(unit.events(self.ref))

    def directory(self):
        with self.store.begin() as unit:
            events = unit.events(REGISTRY)
        if self._known is None or self._known[0] != len(events):
            self._known = len(events), directory_of(events)
        return self._known[1]

    def agreement(self, person):
        return Agreement(Workspace(self.store, person, self.rules), self.case())

    def decide(self, person, action, **given):
        reason = "同意。" if action == "approve" else "責任上限過高。"
        Desk(self.store, person).decide(self.ref, action, self.signers[person], reason=reason, **given)

    def retract(self, person, number):
        Desk(self.store, person).retract(self.ref, str(number), self.signers[person], reason="看錯了。")

    def answer(self, person, propose, *said):
        desk = ReviewDesk(self.store, person)
        answer = getattr(desk, propose)(self.ref, *said)
        desk.record(answer, self.signers[person].sign(answer.statement, namespace=DECISION))

    def registry(self, person, change):
        with self.store.begin() as unit:
            change(Registry(unit, person, self.signers[person]))
            unit.commit()


class Evidence:
    """What the audit asks for, of an event that was just recorded."""

    def __init__(self, unit, event, events):
        self.log, self.get, self.note = unit.log, unit.get, unit.note_text
        self._event, self._events = event, events

    def head(self, seq):
        return self._events[seq - 1].hash if 0 < seq < self._event.seq else ""

    def statement(self):
        return self.get(self._event.signed.statement)


def refusal_of(act):
    """Do it; return the refusal, None where it was accepted."""
    try:
        act()
    except WorkflowError as error:
        return error
    return None


# --- the rules that hold always (the numbers are the design's) ---------------------------------


def one_action_is_one_event(before, after, *, accepted):
    """1: An accepted action adds one event to the chain, a refused one nothing."""
    assert len(after) == len(before) + accepted


def a_sign_off_is_of_a_text(case, counted):
    """2: What counts was signed of the text submitted, or of one from which nothing it covers differs."""
    last = case.submission
    for decision in counted:
        about_it = (decision.document, decision.revision) == (last.document, last.revision)
        assert about_it or decision.seq in last.kept
        assert decision.seq not in {fallen.seq for fallen in last.voided}
        assert not decision.retracted


def every_aspect_is_owned(case, demands):
    """3: Each demand of the policy has its seat, for no fewer people; nothing is skipped."""
    seats = {(seat.aspect, seat.role): seat for seat in case.submission.seats}
    wanted = {d.place: d for d in demands if d.kind == "signoff"}
    assert seats.keys() == wanted.keys()
    for place, seat in seats.items():
        least = len(seat.body) // 2 + 1 if wanted[place].quorum == "majority" else wanted[place].quorum
        assert seat.quorum >= max(1, least)


def nobody_signs_their_own_draft_or_counts_twice(case, counted):
    """4: No drafter speaks, nobody speaks twice, a deputy is neither; and both names are recorded."""
    spoken = [person for decision in counted for person in decision.people]
    assert len(spoken) == len(set(spoken))
    assert not set(spoken) & case.drafters
    assert all(bool(decision.principal) == bool(decision.grant) for decision in case.decisions)


def approved_means_clear(case):
    """5: Approved means that every seat is filled and no flag blocks."""
    if case.state is State.APPROVED:
        assert clearance_of(case)
        assert not case.blocking_flags


def the_trail_only_grows(before, after):
    """6: What was recorded stays as it was."""
    assert after[: len(before)] == before


def the_inputs_are_recorded(case, rules):
    """8: The policy that decided is the one that was in force, and each event bears its clock."""
    assert case.submission.policy == rules.policy.digest


class Lives(RuleBasedStateMachine):
    """One agreement after another, each in a store of its own that *make* returns."""

    make = scene = None
    compared = None
    happened: ClassVar[Counter] = Counter()

    # --- the beginning --------------------------------------------------------------------

    @initialize(text=st.sampled_from(BEGINNINGS))
    def begin(self, text):
        self.teardown()
        self.scene = type(self).make(text)
        self.org = model.Organisation({p: set(roles) for p, roles in PEOPLE.items()}, set(KEYLESS))
        self._from_the_first_draft(text)

    def _from_the_first_draft(self, text):
        self.life = model.Life(dict(text), {"alice"}, self.scene.case().seq)
        self.demands, self.trail = [], self.scene.events()
        self.settled = self.scene.clock.now
        self._day()

    def teardown(self):
        if self.scene is not None:
            self.scene.close()

    # --- what people try ------------------------------------------------------------------

    def _is(*states):
        return precondition(lambda self: self.life.state in states)

    def _asked(self):
        """Tell whether an expert was asked something; where nobody may answer now it is tried at times."""
        there = self.life.state in ("expert_review", "drafting") or len(self.trail) % 9 == 0
        return bool(self.life.flags) and there

    @_is("drafting", "expert_review", "sign_off")
    @rule(pick=numbers)
    def what_is_due_happens(self, pick):
        """Take the agreement forward, so that lives get somewhere."""
        if self.life.state == "drafting":
            self.submit("adam" if pick % 5 == 0 else "alice")
        elif self.life.state == "expert_review":
            self.an_expert_answers(pick, "clear")
        else:
            self.somebody_able_decides(pick, "approve")

    @_is("drafting", "expert_review", "sign_off")
    @rule(pick=numbers)
    def what_is_due_happens_again(self, pick):
        self.what_is_due_happens(pick)

    @_is("sign_off")
    @rule(
        pick=numbers, action=st.sampled_from(("approve", "approve", "reject", "reject", "return", "recuse"))
    )
    def somebody_able_decides(self, pick, action):
        able = [p for p in WHO if not self.life.decision(self.org, p, action)[0] - {CHOOSE}]
        if able:
            self.decide(able[pick % len(able)], action, "", pick)

    @_is("expert_review", "sign_off")
    @rule(pick=numbers)
    def somebody_returns_it(self, pick):
        able = [p for p in WHO if not self.life.decision(self.org, p, "return")[0] - {CHOOSE}]
        if able and pick % 2:
            self.decide(able[pick % len(able)], "return", "", pick)

    @_is("sign_off")
    @rule(pick=numbers)
    def somebody_able_votes(self, pick):
        self.somebody_able_decides(pick, ("approve", "reject")[pick % 2])

    @_is("sign_off")
    @rule(pick=numbers)
    def a_deputy_decides(self, pick):
        able = [
            (person, "approve" if pick % 3 else "reject", capacity)
            for person in WHO
            for capacity in sorted(self.life.decision(self.org, person, "approve")[1])
            if capacity[1]
        ]
        if able:
            person, action, capacity = able[pick % len(able)]
            self.decide(
                person, action, "", sorted(self.life.decision(self.org, person, action)[1]).index(capacity)
            )

    @precondition(
        lambda self: (
            self.life.state in ("sign_off", "expert_review")
            or (len(self.trail) % 8 == 0 and self.life.state != "approved")
        )
    )
    @rule(
        person=st.sampled_from(WHO),
        action=st.sampled_from(("approve", "reject", "return", "recuse")),
        choice=st.none() | st.integers(0, 9),
    )
    def anybody_decides(self, person, action, choice):
        self.decide(person, action, "", choice)

    @precondition(lambda self: self.life.state == "sign_off" and any(seat.body for seat in self.life.turn))
    @rule(pick=numbers, member=st.sampled_from(WHO))
    def an_absence_is_noted(self, pick, member):
        bodies = sorted({m for seat in self.life.turn for m in seat.body})
        member = bodies[pick % len(bodies)] if pick % 5 and bodies else member
        able = [p for p in WHO if not self.life.decision(self.org, p, "excuse", member)[0]] or WHO
        self.decide(able[pick % len(able)] if pick % 7 else WHO[pick % len(WHO)], "excuse", member, None)

    @precondition(lambda self: self.life.makers and self.life.number % 3 == 0)
    @rule(person=st.none() | st.sampled_from(WHO), back=st.sampled_from((0, 0, 0, 1, 2)))
    def somebody_takes_back(self, person, back):
        number = self.life.number - back
        person = person or self.life.makers.get(number, "bob")
        no = self.life.retraction(self.org, person, number)
        self.attempt(no, lambda: self.scene.retract(person, number), self.life.retract)

    @_is("approved")
    @rule(text=st.sampled_from(BEGINNINGS))
    def another_life_begins(self, text):
        self.begin(text)

    @_is("approved")
    @rule(text=st.sampled_from(BEGINNINGS))
    def and_another(self, text):
        self.begin(text)

    @precondition(lambda self: self.life.state == "drafting" or len(self.trail) % 9 == 0)
    @rule(person=st.sampled_from(("alice", "alice", "adam", "bob")))
    def somebody_submits(self, person):
        self.submit(person)

    @_is("drafting")
    @rule(
        person=st.sampled_from(("alice", "alice", "alice", "alice", "adam", "bob")),
        part=st.sampled_from(tuple(TEXTS)), choice=st.integers(0, 2),
    )  # fmt: skip
    def the_text_is_changed(self, person, part, choice):
        text = self.life.text | {part: TEXTS[part][choice % len(TEXTS[part])]}
        no = set() if self.life.state == "drafting" else {model.NOT_NOW}
        no |= set() if "staff" in self.org.roles[person] else {model.NOT_STAFF}
        no |= set() if text != self.life.text else {model.UNCHANGED}
        agreement, terms = self.scene.agreement(person), written(self.scene.terms, text)
        self.attempt(no, lambda: agreement.draft(terms), lambda: self.life.draft(person, text))

    @precondition(lambda self: self.life.state != "approved")
    @rule(person=st.sampled_from(WHO), ask=st.sampled_from(QUESTIONS), often=st.integers(0, 1))
    def somebody_asks_an_expert(self, person, ask, often):
        if often:
            return
        role, aspect = ask
        desk = ReviewDesk(self.scene.store, person)
        self.attempt(
            self.life.question(self.org, role),
            lambda: desk.raise_flag(self.scene.ref, role=role, aspect=aspect, question="預算？"),
            lambda: self.life.ask(person, role, aspect),
        )

    @_is("expert_review")
    @rule(
        pick=numbers, conclusion=st.sampled_from(("clear", "conditions", "object", "clear with conditions"))
    )
    def an_expert_answers(self, pick, conclusion):
        able = [(p, f) for f in self.life.blocking for p in WHO if not self._advice(p, f)]
        if able:
            self.resolve(*able[pick % len(able)], conclusion)

    @precondition(_asked)
    @rule(person=st.sampled_from(WHO), pick=numbers, conclusion=st.sampled_from(("clear", "object")))
    def anybody_answers(self, person, pick, conclusion):
        self.resolve(person, self._one_of(self.life.flags, pick), conclusion)

    @precondition(_asked)
    @rule(person=st.sampled_from(WHO), expert=st.sampled_from(WHO), pick=numbers)
    def an_expert_is_assigned(self, person, expert, pick):
        name = self._one_of(self.life.flags, pick)
        able = [p for p in WHO if not self.life.assignment(self.org, person, name, p)]
        expert = able[pick % len(able)] if able and pick % 3 else expert
        no = self.life.assignment(self.org, person, name, expert)
        desk = ReviewDesk(self.scene.store, person)
        self.attempt(
            no, lambda: desk.assign(self.scene.ref, name, expert), lambda: self.life.assign(name, expert)
        )

    @precondition(_asked)
    @rule(person=st.sampled_from(WHO), pick=numbers)
    def a_need_is_declined(self, person, pick):
        raised = [name for name, flag in self.life.flags.items() if flag.asked_by != "policy"]
        name = self._one_of(raised or self.life.flags, pick)
        no = self.life.advice(self.org, person, name, "decline")
        self.attempt(
            no,
            lambda: self.scene.answer(person, "propose_declining", name, "無須。"),
            lambda: self.life.decline(person, name),
        )

    @precondition(lambda self: any(flag.musts | flag.met for flag in self.life.flags.values()))
    @rule(pick=numbers, anybody=st.none() | st.sampled_from(WHO))
    def a_condition_is_closed(self, pick, anybody):
        name = self._one_of([name for name, flag in self.life.flags.items() if flag.musts | flag.met], pick)
        able = [p for p in WHO if not self.life.closing(self.org, p, name, "C-1")] or WHO
        person = anybody or able[pick % len(able)]
        no = self.life.closing(self.org, person, name, "C-1")
        self.attempt(
            no,
            lambda: self.scene.answer(person, "propose_closing", name, "C-1", "附件已補。"),
            lambda: self.life.close(name, "C-1"),
        )

    # --- what happens around it ------------------------------------------------------------

    @rule(
        principal=st.sampled_from(WHO), deputy=st.sampled_from(DEPUTIES),
        first=st.integers(-1, 1), days=st.integers(0, 4),
        aspects=st.sampled_from(((), (), ("financial",), ("commercial", "authority"))),
        limit=st.sampled_from((None, None, 1_200_000)),
    )  # fmt: skip
    def somebody_names_a_deputy(self, principal, deputy, first, days, aspects, limit):
        self._set_the_clock_right()
        today = self.scene.clock().astimezone(TAIPEI).date()
        begins, ends = today + timedelta(days=first), today + timedelta(days=first + days)
        no = {"W014"} if principal == deputy or ends < today else set()
        no |= set() if self.org.roles[principal] - {"admin", "staff"} else {"W014"}
        no |= {"W037"} if principal in self.org.keyless else set()
        grant = Grant("", principal, deputy, begins, ends, ("services",), aspects, limit)
        names = []

        def then():
            days = begins.toordinal(), ends.toordinal()
            self.org.grants[names[0]] = model.Grant(principal, deputy, *days, aspects, limit)

        self.attempt(
            no,
            lambda: self.scene.registry(principal, lambda r: names.append(r.delegate(grant))),
            then,
            ours=False,
        )

    @precondition(lambda self: self.org.grants)
    @rule(pick=numbers)
    def a_delegation_ends(self, pick):
        given = [(name, grant) for name, grant in self.org.grants.items() if not grant.ended]
        if given:
            name, grant = given[pick % len(given)]
            self._set_the_clock_right()
            self.scene.registry(grant.principal, lambda registry: registry.end_delegation(name))
            grant.ended = True

    @rule(person=st.sampled_from(WHO[1:]), role=st.sampled_from(LENT), pick=numbers)
    def a_role_changes_hands(self, person, role, pick):
        """Now and then; every other time of somebody who has signed or answered in it."""
        if pick % 3:
            return
        used = [(flag.expert, flag.role) for flag in self.life.flags.values() if flag.expert]
        used += [(s.principal or s.person, s.place[1]) for s in self.life.signed if "/" not in s.place[1]]
        if used and pick % 2:
            person, role = used[pick % len(used)]
        held = self.org.roles[person]
        revoked = role in held
        self._set_the_clock_right()
        self.scene.registry("alice", lambda r: r.revoke(person, role) if revoked else r.grant(person, role))
        self.org.roles[person] = held ^ {role}

    @rule(hours=st.sampled_from((1, 9, 24, -6, -20)))
    def time_passes(self, hours):
        self.scene.clock.advance(hours=hours)
        self.scene.clock.now = max(self.scene.clock.now, self.settled)
        self._day()

    def _set_the_clock_right(self):
        """Only time tells what the registry said when an agreement moved: no clock goes back past that."""
        self.settled = self.scene.clock.now = max(self.scene.clock.now, self.trail[-1].at)

    def _one_of(self, names, pick):
        names = list(names)
        return names[pick % len(names)]

    # --- how it is compared ----------------------------------------------------------------

    @invariant()
    def model_and_product_agree(self):
        self.happened["steps"] += 1
        case, life = self.scene.case(), self.life
        assert (case.state.value, case.seq) == (life.state, life.number), (life, case.flags, case.submission)
        assert {n: (f.aspect, f.role, f.blocking, f.assigned) for n, f in self._flags(case).items()} == {
            n: (f.aspect, f.role, f.blocks, f.assigned) for n, f in life.flags.items()
        }
        assert (case.drafters, case.recused) == (life.drafters, life.recused)
        if case.submission is None:
            return
        last = case.submission
        assert (set(last.changed), set(last.kept)) == (life.changed, life.kept)
        assert {fallen.seq: set(fallen.parts) for fallen in last.voided} == life.voided
        statuses = clearance_of(case).seats
        assert {(s.seat.aspect, s.seat.role): (set(s.people), s.missing) for s in statuses} == {
            s.place: (life.yes(s), life.needed(s)) for s in life.seats
        }
        counted = [d for d in case.current_decisions if d.decision == "approve"]
        if case.state is State.DRAFTING:
            return  # what was signed waits for the next text, and counts for nothing until then
        a_sign_off_is_of_a_text(case, counted)
        every_aspect_is_owned(case, self.demands)
        nobody_signs_their_own_draft_or_counts_twice(case, counted)
        approved_means_clear(case)
        the_inputs_are_recorded(case, self.scene.rules)
        self._both_say_the_same_of_everyone(case)

    def _both_say_the_same_of_everyone(self, case):
        """Ask both of everybody what they may do now; again once anything is another."""
        directory = self.scene.directory()
        now = (case.head, id(directory), self.org.day)
        if now == self.compared:
            return
        self.compared = now
        for person in WHO:
            for action in ("approve", "return", "reject", "recuse"):
                self._same(case, directory, person, action, "")
        bodies = {member for seat in case.submission.seats for member in seat.body}
        for member in sorted(bodies):
            self._same(case, directory, WHO[case.seq % len(WHO)], "excuse", member)

    def _same(self, case, directory, person, action, member):
        no, found = self.life.decision(self.org, person, action, member)
        day = max(self.scene.clock(), case.at).astimezone(TAIPEI).date()
        asked, places = Ask(action, member=member), []
        refused = refusal_of(
            lambda: places.append(
                find_capacity(case, directory, person, asked, day=day, value=self.life.text["price"])
            )
        )
        if refused is None:
            assert not no, (person, action, member, places, no)
            assert ((places[0].aspect, places[0].role), places[0].principal) in found
        else:
            assert refused.code in no, (person, action, member, refused, no)

    def attempt(self, no, act, then, *, ours=True):
        """Try it: refused for one of the reasons *no*, or accepted where there are none."""
        before, case = self.trail, self.scene.case()
        refused = refusal_of(act)
        if refused is None:
            assert not no, f"accepted, though {no}"
            then()
        else:
            assert refused.code in no, (refused.code, str(refused), no)
            self.happened[f"refused {refused.code}"] += 1
        accepted = ours and refused is None
        self.trail = self.scene.events()
        one_action_is_one_event(before, self.trail, accepted=accepted)
        the_trail_only_grows(before, self.trail)
        if accepted:
            self.happened[f"{self.trail[-1].type} -> {self.trail[-1].to}"] += 1
            self._audit_has_nothing_to_say(case)
        self._day()

    def _audit_has_nothing_to_say(self, before):
        event, directory = self.trail[-1], self.scene.directory()
        with self.scene.store.begin() as unit:
            evidence = Evidence(unit, event, self.trail)
            found = list(check_event(before, unit.case(self.scene.ref), event, directory, evidence))
            assert found == [], (event.actor, found)

    def _day(self):
        """The day an event would bear: time never runs backwards within a chain."""
        now = max(self.scene.clock(), self.trail[-1].at)
        self.org.day = now.astimezone(TAIPEI).date().toordinal()

    # --- the same thing in both -------------------------------------------------------------

    def decide(self, person, action, member, choice):
        no, found = self.life.decision(self.org, person, action, member)
        given, chosen = {"member": member} if member else {}, sorted(found)
        if choice is not None and found:
            (aspect, role), principal = chosen[choice % len(chosen)]
            given |= {"aspect": aspect, "role": role, "principal": principal or person}
            no, chosen = no - {CHOOSE}, [chosen[choice % len(chosen)]]
        self.attempt(
            no,
            lambda: self.scene.decide(person, action, **given),
            lambda: self.life.decide(self.org, person, action, chosen[0], member),
        )

    def submit(self, person):
        text = self.life.text
        demands = [
            model.Demand(kind, step, aspect, role, quorum, frozenset(filter(None, covers.split(","))))
            for _, _, applies, kind, step, aspect, role, quorum, covers in POLICY
            if applies(text)
        ]
        demands = model.joined(demands)
        no = self.life.submission(self.org, person, demands)
        agreement = self.scene.agreement(person)

        def then():
            self.life.submit(self.org, person, demands)
            self.demands = demands

        self.attempt(no, agreement.submit, then)

    def resolve(self, person, name, conclusion):
        musts = (MUST,) if conclusion.endswith("conditions") else ()
        opinion = Opinion(conclusion.split()[0], "已審閱。", "", musts)
        self.attempt(
            self.life.advice(self.org, person, name, "resolve"),
            lambda: self.scene.answer(person, "propose_opinion", name, opinion),
            lambda: self.life.answer(person, name, opinion.conclusion, frozenset(c.id for c in musts)),
        )

    def _advice(self, person, name):
        return self.life.advice(self.org, person, name, "resolve")

    @staticmethod
    def _flags(case):
        return {flag.id: flag for flag in case.flags}


# --- the runs ----------------------------------------------------------------------------------


class Studio:
    """Makes scenes: founds a store for each beginning once, and gives copies of it."""

    def __init__(self, folder, terms, world):
        self._folder, self._terms, self._world = folder, terms, world
        world.make_keys(folder, PEOPLE)
        self._signers = world.read_keys(folder, PEOPLE)
        self._reply = folder / "reply.eml"
        self._reply.write_text("We agree.", encoding="utf-8")
        self._founded = {}

    def in_memory(self, text):
        """Return a scene in which nothing but the rules takes time."""
        if str(text) not in self._founded:
            scene = self._scene(memory.MemoryStore(self._world.Clock()))
            with scene.store.begin() as unit:
                scene.found(unit)
                unit.commit()
            scene.begin(text, self._reply)
            self._founded[str(text)] = scene
        first, clock = self._founded[str(text)], self.clock()
        return self._scene(first.store.copy(clock), first.ref)

    def in_a_file(self, text):
        """Return a scene in a real store; when it is left, the audit has to find nothing in it."""
        founded = self._folder / f"{BEGINNINGS.index(text)}.db"
        if not founded.exists():
            scene = self._scene(None)
            place, clock = find_place(str(founded)), self._world.Clock()
            with closing(Store.create(place, clock=clock, first=scene.found)) as scene.store:
                scene.clock = clock
                scene.begin(text, self._reply)
            self._founded[founded] = scene.ref
        path = self._folder / "life.db"
        shutil.copyfile(founded, path)
        scene = self._scene(Store.open(find_place(str(path)), clock=self.clock()), self._founded[founded])
        scene.close = lambda: leave(scene)
        return scene

    def many_in_a_file(self, path, each):
        """Make a store with *each* agreements for every beginning; return (reference, terms, beginning)."""
        place, clock, waiting = find_place(str(path)), self._world.Clock(), []
        scene = self._scene(None)
        with closing(Store.create(place, clock=clock, first=scene.found)) as scene.store:
            for number in range(each * len(BEGINNINGS)):
                text = BEGINNINGS[number % len(BEGINNINGS)]
                # Of another party each, so that no value is added to another's.
                said = self._terms.model_dump(mode="json", exclude_none=True)
                said["parties"][1] |= {"name": f"和風{number}", "name_en": f"Hefeng {number}"}
                del said["parties"][1]["registration"]
                scene.terms = Terms.read(said)
                scene.begin(text, self._reply)
                waiting.append((scene.ref, scene.terms, text))
        return waiting

    def open(self, path, clock):
        """Return a scene in a store that is there, in which no agreement is chosen yet."""
        scene = self._scene(None)
        scene.store, scene.clock = Store.open(find_place(str(path)), clock=clock), clock
        return scene

    def clock(self):
        """Return a clock that shows when lives begin."""
        clock = self._world.Clock()
        clock.advance(days=30)
        return clock

    def _scene(self, store, ref=""):
        return Scene(store, self._signers, self._terms, store.clock if store else None, ref)


def leave(scene):
    """Close a scene's store and hold the audit over it."""
    place = scene.store.place
    scene.store.close()
    with Reader(place) as reader:
        assert audit(reader, ()).findings == []
    scene.close = lambda: None


def run(make, steps, *, shrink=False):
    """Let the machine take at least so many steps; return what happened, counted."""

    class These(Lives):
        happened: ClassVar[Counter] = Counter()

    These.make = staticmethod(make)
    while (left := steps - These.happened["steps"]) > 0:
        machine = settings(
            deadline=None,
            database=None,
            print_blob=True,
            max_examples=1 + left // LENGTH,
            stateful_step_count=LENGTH,
            phases=set(Phase) if shrink else {Phase.generate},
            suppress_health_check=list(HealthCheck),
        )
        run_state_machine_as_test(These, settings=machine)
    return These.happened
