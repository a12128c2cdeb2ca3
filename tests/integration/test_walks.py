"""Whatever is tried, in whatever order: each step happens whole or not at all, and all records agree.

Hypothesis takes agreements for walks through the public API: actions that are allowed and
others, people who may and others, deputies, terms that ask for little or much, roles that
change hands, a clock that jumps. In the end the inbox has to name everyone who may act, by
what the trail says and by what is accepted of them.
"""

import csv
import io
import os
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from approvals.policy import DEFAULT_POLICY, read_policy
from approvals.registry import Registry
from approvals.reviews import Opinion
from approvals.statements import DECISION
from approvals.submission import PolicyRules
from workflow.case import Condition
from workflow.errors import WorkflowError
from workflow.events import REGISTRY, Type
from workflow.execution import Execution
from workflow.lifecycle import ACTIONS, allowed
from workflow.negotiation import Plan, Round
from workflow.projection import CACHED, agreement_row, detail_rows
from workflow.records.sealing import SealRequest
from workflow.replay import replay
from workflow.tables import AgreementRow
from workflow.terms import from_canonical
from workflow.values.dates import TAIPEI

#: How many walks; for a night, or to have a failure made shorter: ASSENT_WALKS=500.
WALKS = int(os.environ.get("ASSENT_WALKS", "6"))

SEALING = SealRequest(purpose="簽約用印", requested_by="許庭瑋", seals=("company",))
PLAN = Plan(purpose="談妥客服維運。")
ROUND = Round(held_on=date(2026, 1, 2), attendees=("何愛莉",), summary="逐項討論。")

#: Actions that lead nowhere, or out; they are tried less often.
SIDEWAYS = (
    "plan", "round", "import_draft", "issue", "withdraw", "raise_flag", "return",
    "recuse", "excuse", "retract", "assign_flag", "decline_flag",
)  # fmt: skip

#: Who is there beside the nine: enough for a body that votes, and for a group of roles.
MORE = {"board": ("kim", "leo", "mia", "noah"), "finance": ("nina",), "dept_manager": ("otto",)}
#: What is asked beside the shipped policy: two of a group of roles, and a board that votes.
ASKED = (
    {"rule": "W01", "condition": "contract_value > 150000", "adds": "cfo/finance", "aspect": "financial",
     "covers": "payment,price", "seq": "40", "quorum": "2"},
    {"rule": "W02", "condition": "contract_value > 2000000", "adds": "board", "aspect": "authority",
     "covers": "", "seq": "70", "quorum": "majority"},
)  # fmt: skip

numbers = st.lists(st.integers(0, 10_000), min_size=80, max_size=160)
unhurried = settings(
    deadline=None,
    print_blob=True,
    # Looking for a shorter walk that fails takes minutes.
    phases=set(Phase) if "ASSENT_WALKS" in os.environ else {Phase.explicit, Phase.generate},
    # The store is one for all walks of a test; each begins an agreement of its own in it.
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@settings(unhurried, max_examples=WALKS)
@given(numbers=numbers)
def test_every_step_happens_whole_or_not_at_all_and_all_records_agree(sqlite_world, numbers):
    Walk(sqlite_world, numbers).to_the_end()


@settings(unhurried, max_examples=max(2, WALKS // 5))
@given(numbers=numbers)
def test_every_step_happens_whole_or_not_at_all_on_postgresql_too(postgresql_world, numbers):
    Walk(postgresql_world, numbers).to_the_end()


class WalkOverError(Exception):
    """The numbers are used up."""


class Walk:
    """One agreement and a sequence of numbers that choose what is tried with it."""

    def __init__(self, world, numbers):
        self.world, self._numbers = world, iter(numbers)
        if "kim" not in world.signers:
            for role, people in MORE.items():
                world.enter(people, role)
            # Someone who drafts and might sign off, so that it matters who drafted.
            with world.store.begin() as unit:
                Registry(unit, "alice", world.signer("alice")).grant("hana", "staff")
                unit.commit()
            world.roles = {person: set(roles) for person, roles in Organisation(world).roles.items()}
        self.people = tuple(world.signers)
        world.clock.advance(days=30)
        self._restore_the_roles()
        self._changed_at = world.clock.now
        self.rules = PolicyRules(policy())
        self.staff = world.workspace(rules=self.rules)
        begin = self._pick((self._new, self._negotiated, self._submitted, self._submitted, self._in_sign_off))
        self.ref = begin(self._any_terms(asking=False)).ref

    def to_the_end(self):
        """Try one thing after the other until the numbers are used up."""
        try:
            while True:
                self._step()
        except WalkOverError:
            pass
        report = self.world.audit(self.ref)
        assert report.findings == []
        self._inbox_tells_who_may_act()

    def _step(self):
        self.world.clock.advance(hours=self._pick((0, 0, 1, 20, -5)))
        # Only time tells what the registry said when an agreement moved, so no clock goes back past that.
        self.world.clock.now = max(self.world.clock.now, self._changed_at)
        self._pick((_nothing, _nothing, _nothing, _nothing, self._delegate, self._change_a_role))()
        before, counts = self.world.case(self.ref), self.world.counts()
        forward = [action for action in allowed(before.state) if action not in SIDEWAYS]
        action = self._pick((*forward * 10, *allowed(before.state) * 3, *ACTIONS))
        act = getattr(self, f"_{action}")(before)
        try:
            act()
        except WorkflowError:
            assert self.world.counts() == counts
            assert self.world.case(self.ref) == before
        else:
            events = self.world.events(self.ref)
            assert len(events) == before.seq + 1
            assert events[-1].at >= before.at
            assert self.world.counts()["event"] == counts["event"] + 1
        _assert_tables_equal_the_replay(self.world, self.ref)

    def _pick(self, options):
        number = next(self._numbers, None)
        if number is None:
            raise WalkOverError
        return options[number % len(options)]

    def _new(self, terms):
        return self.staff.new("services", terms)

    def _negotiated(self, terms):
        return self._new(terms).open().agree().confirm().acknowledge(self.world.reply)

    def _submitted(self, terms):
        return self._negotiated(terms).draft().submit()

    def _in_sign_off(self, terms):
        agreement = self._submitted(terms)
        for flag in self.world.case(agreement.ref).blocking_flags:
            if flag.role in ("dpo", "legal", "finance", "tax"):
                self.world.resolve(agreement.ref, flag.id, self.world.holder(flag.role))
        return agreement.refresh()

    def _registry(self, person, change):
        self._set_the_clock_right()
        with self.world.store.begin() as unit:
            change(Registry(unit, person, self.world.signer(person)))
            unit.commit()

    def _restore_the_roles(self):
        """Undo what the walk before this one changed."""
        now = Organisation(self.world).roles
        with self.world.store.begin() as unit:
            registry = Registry(unit, "alice", self.world.signer("alice"))
            for person, roles in now.items():
                for role in sorted(roles ^ self.world.roles[person]):
                    (registry.revoke if role in roles else registry.grant)(person, role)
            unit.commit()

    def _set_the_clock_right(self):
        self._changed_at = self.world.clock.now = max(self.world.clock.now, self.world.case(self.ref).at)

    def _delegate(self):
        """Let someone name a deputy, or end what they gave."""
        self._set_the_clock_right()
        organisation = Organisation(self.world)
        given = [name for name, grant in organisation.grants.items() if not grant["ended"]]
        if given and self._pick((True, False, False)):
            name = self._pick(given)
            self.world.end_delegation(organisation.grants[name]["person"], name)
            return
        today = self.world.clock().astimezone(TAIPEI).date()
        limits = {
            "first_day": today + timedelta(days=self._pick((0, 0, 0, 1, -3))),
            "last_day": today + timedelta(days=self._pick((9, 9, 1, 40))),
            "kinds": self._pick(((), ("services",), ("nda",))),
            "aspects": self._pick(((), (), ("financial",), ("authority", "commercial"))),
            "max_value": self._pick((None, None, 1_000_000)),
        }
        principal = self._pick([p for p in self.people if organisation.roles[p] - {"admin", "staff"}])
        deputy = self._pick([person for person in self.people if person != principal])
        self.world.delegate(principal, deputy, **limits)

    def _change_a_role(self):
        """Let someone come to hold a role, or hold it no more."""
        person, role = self._pick(self.people), self._pick(("board", "finance", "dept_manager", "gm"))
        held = role in Organisation(self.world).roles[person]
        self._registry("alice", lambda r: r.revoke(person, role) if held else r.grant(person, role))

    def _any_terms(self, *, asking=True):
        terms = self.world.terms
        item = terms.items[0].model_copy(
            update={"unit_price": Decimal(self._pick((9000, 20_000, 200_000, 600_000)))}
        )
        # What nobody answered asks for the board, which has no members here.
        related = self._pick((False, False, False, "unknown")) if asking else False
        payment = terms.payment.model_copy(update={"days": self._pick((30, 30, 45))})
        facts = terms.facts.model_copy(update={"related_party": related})
        changed = terms.model_copy(update={"items": (item,), "facts": facts, "payment": payment})
        return type(terms).read(changed.model_dump(mode="json", exclude_none=True))

    def _someone(self, *roles):
        organisation = Organisation(self.world)
        wanted = {one for role in roles for one in role.split("/")}
        right = [person for person in self.people if organisation.roles[person] & wanted]
        right += [grant["deputy"] for grant in organisation.grants.values() if grant["person"] in right]
        return self._pick((*right * 4, *self.people))

    def _agreement(self):
        return self.world.workspace(self._someone("staff"), rules=self.rules).get(self.ref)

    # One method for each action of the state table; it chooses first, and returns what to do.

    def _plan(self, case):
        agreement = self._agreement()
        return lambda: agreement.plan(PLAN)

    def _open(self, case):
        agreement = self._agreement()
        return lambda: agreement.open()

    def _round(self, case):
        agreement = self._agreement()
        return lambda: agreement.round(ROUND)

    def _agree(self, case):
        agreement, terms = self._agreement(), self._pick((None, self._any_terms()))
        return lambda: agreement.agree(terms)

    def _confirm(self, case):
        agreement = self._agreement()
        return lambda: agreement.confirm()

    def _acknowledge(self, case):
        agreement = self._agreement()
        return lambda: agreement.acknowledge(self.world.reply, note="收到")

    def _draft(self, case):
        agreement, terms = self._agreement(), self._pick((None, self._any_terms()))
        return lambda: agreement.draft(terms)

    def _import_draft(self, case):
        agreement, returned = self._agreement(), self.world.reply.with_name("returned.docx")
        with self.world.reader() as reader:
            returned.write_bytes(reader.content(case.contract.file) if case.contract else b"no document")
        return lambda: agreement.import_draft(returned, note="對方退回")

    def _issue(self, case):
        agreement, record = (
            self._agreement(),
            SEALING,
        )
        return lambda: agreement.issue(record)

    def _submit(self, case):
        agreement = self._agreement()
        return lambda: agreement.submit(note="請核")

    def _withdraw(self, case):
        agreement, reason = self._agreement(), self._pick(("", "不談了"))
        return lambda: agreement.withdraw(reason=reason)

    def _execute(self, case):
        agreement, at = self._agreement(), max(self.world.clock(), case.at)
        signed = execution(at.astimezone(TAIPEI).date())
        return lambda: agreement.execute(signed, signed_copy=self.world.reply)

    def _activate(self, case):
        agreement = self._agreement()
        return lambda: agreement.activate()

    def _renew(self, case):
        agreement = self._agreement()
        return lambda: agreement.renew(reason="續約")

    def _terminate(self, case):
        agreement = self._agreement()
        return lambda: agreement.terminate(reason="終止")

    def _expire(self, case):
        agreement = self._agreement()
        return lambda: agreement.expire(reason="屆期")

    def _approve(self, case):
        return self._decision(case, "approve")

    def _return(self, case):
        return self._decision(case, "return")

    def _reject(self, case):
        return self._decision(case, "reject")

    def _recuse(self, case):
        return self._decision(case, "recuse")

    def _excuse(self, case):
        bodies = [person for seat in _seats(case) for person in seat.body] or self.people
        person, member = self._pick(bodies), self._pick(bodies)
        return lambda: self.world.decide(self.ref, person, "excuse", member=member, reason="請假。")

    def _retract(self, case):
        number = case.seq - self._pick((0, 0, 0, 1))
        maker = self.world.events(self.ref)[number - 1].actor
        person = self._pick((maker, maker, maker, self._pick(self.people)))
        return lambda: self.world.retract(self.ref, person, str(number))

    def _decision(self, case, action):
        asked = self._pick((*_seats(case), *case.blocking_flags) or (None,))
        person = self._someone(asked.role) if asked else self._someone()
        given = self._pick(({}, {"role": asked.role, "aspect": asked.aspect} if asked else {}))
        return lambda: self.world.decide(self.ref, person, action, reason="責任上限。", **given)

    def _assign_flag(self, case):
        flag, person = self._pick(case.flags or (None,)), self._someone("staff", "finance")
        expert = self._someone(*([flag.role] if flag else []))
        return lambda: self.world.reviews(person).assign(self.ref, flag.id if flag else "F-1", expert)

    def _decline_flag(self, case):
        raised = [flag for flag in case.flags if flag.origin != "policy"] or case.flags
        flag = self._pick(raised or (None,))
        person = self._someone(*([flag.role] if flag else []))
        desk = self.world.reviews(person)

        def act():
            answer = desk.propose_declining(self.ref, flag.id if flag else "F-1", "無須。")
            self._sign(desk, person, answer)

        return act

    def _raise_flag(self, case):
        person, role = self._someone("dept_manager"), self._pick(("finance", "infosec", "ehs"))
        return lambda: self.world.reviews(person).raise_flag(
            self.ref, role=role, aspect="financial", question="預算？"
        )

    def _resolve_flag(self, case):
        flag = self._pick(case.flags) if case.flags else None
        person = self._someone(*([flag.role] if flag else []))
        conclusion, severity = self._pick(
            (("clear", ""), ("conditions", "must"), ("clear", "note"), ("object", ""))
        )
        conditions = (Condition("C-1", severity, "責任上限降為 100%。"),) if severity else ()
        desk = self.world.reviews(person)

        def act():
            opinion = Opinion(conclusion, "已審閱。", "民法 §222", conditions)
            self._sign(desk, person, desk.propose_opinion(self.ref, flag.id if flag else "F-1", opinion))

        return act

    def _close_condition(self, case):
        flag = next((f for f in case.flags if any(c.open for c in f.conditions)), None)
        person = self._someone(*([flag.role] if flag else []))
        desk = self.world.reviews(person)

        def act():
            answer = desk.propose_closing(self.ref, flag.id if flag else "F-1", "C-1", "已修正。")
            self._sign(desk, person, answer)

        return act

    def _sign(self, desk, person, answer):
        desk.record(answer, self.world.signer(person).sign(answer.statement, namespace=DECISION))

    def _inbox_tells_who_may_act(self):
        case, organisation = self.world.case(self.ref), Organisation(self.world)
        day = max(self.world.clock(), case.at).astimezone(TAIPEI).date()
        oracle = Oracle(case, organisation, day, self._value(case))
        with self.world.reader() as reader:
            for person in self.people:
                rows = [row for row in reader.inbox(person, day) if row["ref"] == self.ref]
                told = {
                    (row["role"], row["aspect"], row["principal"])
                    for row in rows
                    if row["task"] == "sign-off"
                }
                assert told == oracle.may_sign(person), person
                assert told == self._accepted(case, person, organisation), person
                asked = {row["flag"] for row in rows if row["task"] == "review"}
                assert asked == oracle.may_answer(person), person
                assert asked == self._may_answer(case, person, organisation), person

    def _value(self, case):
        with self.world.store.begin() as unit:
            terms = from_canonical(unit.get(case.terms))
        return sum(item.quantity * item.unit_price for item in terms.items)

    def _accepted(self, case, person, organisation):
        """Return every capacity in which the person's approval would be taken."""
        principals = ("", *(g["person"] for g in organisation.grants.values() if g["deputy"] == person))
        return {
            (seat.role, seat.aspect, principal)
            for seat in _seats(case)
            for principal in principals
            if _succeeds(self._propose_approval, person, seat.role, seat.aspect, principal or person)
        }

    def _propose_approval(self, person, role, aspect, principal):
        desk = self.world.desk(person)
        desk.propose(self.ref, "approve", role=role, aspect=aspect, principal=principal)

    def _may_answer(self, case, person, organisation):
        return {
            flag.id
            for flag in case.blocking_flags
            if flag.role in organisation.roles[person] and _succeeds(self._propose_answer, person, flag)
        }

    def _propose_answer(self, person, flag):
        desk = self.world.reviews(person)
        if any(condition.open for condition in flag.conditions):
            desk.propose_closing(self.ref, flag.id, "C-1", "已修正。")
        else:
            desk.propose_opinion(self.ref, flag.id, Opinion("clear", "無意見。"))


def _succeeds(function, *arguments):
    try:
        function(*arguments)
    except WorkflowError:
        return False
    return True


def _seats(case):
    return case.submission.seats if case.submission else ()


def _nothing():
    """Leave everything as it is."""


def policy():
    """Return the shipped policy with `ASKED` added."""
    columns, first, *others = csv.reader(io.StringIO(DEFAULT_POLICY.read_text("utf-8-sig")))
    text = io.StringIO()
    writer = csv.DictWriter(text, columns)
    writer.writeheader()
    for row in (first, *others):
        writer.writerow(dict(zip(columns, row, strict=True)))
    for row in ASKED:
        writer.writerow(dict(zip(columns, first, strict=True)) | row)
    return read_policy(text.getvalue().encode())


class Organisation:
    """Who holds what and stands in for whom, as the registry's events say; read here once more."""

    def __init__(self, world):
        self.roles, self.grants = defaultdict(set), {}
        for event in world.events(REGISTRY):
            said = event.payload
            if event.type is Type.ROLE_GRANTED:
                self.roles[said["person"]].add(said["role"])
            elif event.type is Type.ROLE_REVOKED:
                self.roles[said["person"]].remove(said["role"])
            elif event.type is Type.DELEGATED:
                self.grants[said["grant"]] = {**said, "ended": False}
            elif event.type is Type.DELEGATION_ENDED:
                self.grants[said["grant"]]["ended"] = True


class Oracle:
    """Who may sign off and who may answer, worked out from the decisions themselves."""

    def __init__(self, case, organisation, day, value):
        self._case, self._organisation, self._day, self._value = case, organisation, day, value
        last = case.submission
        self._current = [
            d for d in case.decisions if last and not d.retracted and (d.seq in last.kept or d.seq > last.seq)
        ]
        self._recused = {d.person for d in case.decisions if d.decision == "recuse" and not d.retracted}
        out = {person for d in self._current if d.decision != "excuse" for person in (d.person, d.principal)}
        self._out = out | self._recused | case.drafters | {case.drafter}

    def may_sign(self, person):
        """Return (role, aspect, principal) of every seat the person might fill now."""
        if self._case.state != "sign_off" or person in self._out:
            return set()
        lacking = [seat for seat in _seats(self._case) if not self._filled(seat)]
        turn = [seat for seat in lacking if seat.step == min(one.step for one in lacking)]
        own = {(seat.role, seat.aspect, "") for seat in turn if self._sits(person, seat)}
        return own | {
            (seat.role, seat.aspect, grant["person"])
            for seat in turn
            for grant in self._organisation.grants.values()
            if grant["deputy"] == person and self._lends(grant, seat)
        }

    def may_answer(self, person):
        """Return the flags that wait for the person."""
        if self._case.state != "expert_review":
            return set()
        barred = self._recused | self._case.drafters | {self._case.drafter}
        return {
            flag.id
            for flag in self._case.flags
            if flag.role in self._organisation.roles[person] - ({flag.role} if person in barred else set())
            and flag.assigned in ("", person)
            and (flag.status in ("open", "objected") or self._bound(flag))
        }

    def _bound(self, flag):
        open_musts = any(c.severity == "must" and not c.closed_by for c in flag.conditions)
        return flag.status in ("clear", "conditions") and open_musts

    def _sits(self, person, seat):
        held = self._organisation.roles[person] & set(seat.role.split("/"))
        return bool(held) and (not seat.body or person in seat.body)

    def _lends(self, grant, seat):
        return (
            not grant["ended"]
            and grant["person"] not in self._out
            and self._sits(grant["person"], seat)
            and date.fromisoformat(grant["first_day"]) <= self._day <= date.fromisoformat(grant["last_day"])
            and self._case.kind in (grant["kinds"].split() or [self._case.kind])
            and seat.aspect in (grant["aspects"].split() or [seat.aspect])
            and (not grant["max_value"] or self._value <= int(grant["max_value"]))
        )

    def _filled(self, seat):
        def people(word):
            here = [
                d for d in self._current if (d.aspect, d.role, d.decision) == (seat.aspect, seat.role, word)
            ]
            return {d.principal or d.person for d in here}

        if not seat.body:
            return len(people("approve")) >= seat.quorum
        body = set(seat.body)
        yes, no, recused = people("approve") & body, people("reject") & body, self._recused & body
        absent = {d.member for d in self._current if d.decision == "excuse"} - yes - no - recused
        undecided = body - yes - no - recused - absent
        return 2 * len(yes | no | recused) > len(body) and len(yes) > len(no | undecided)


def _assert_tables_equal_the_replay(world, ref):
    events = world.events(ref)
    case = replay(events)
    assert world.case(ref) == case
    with world.store.begin() as unit:
        terms = from_canonical(unit.get(case.terms)) if case.terms else None
    expected = defaultdict(list)
    for row in (agreement_row(case, terms), *detail_rows(case)):
        expected[type(row)].append(row.model_dump())
    with world.reader() as reader:
        for table in (AgreementRow, *CACHED):
            column = "ref" if table is AgreementRow else "agreement"
            stored = reader.rows(f"SELECT * FROM {table.__tablename__} WHERE {column} = :ref", ref=ref)
            assert sorted(map(str, map(_sorted, stored))) == sorted(map(str, map(_sorted, expected[table])))
        (end,) = reader.rows("SELECT seq, head FROM v_stream WHERE id = :ref", ref=ref)
    assert end == {"seq": events[-1].seq, "head": events[-1].hash}


def _sorted(row):
    return dict(sorted(row.items()))


def execution(day):
    """Return how both sides signed on paper, on one day."""
    who = {"name": "林志遠", "title": "董事長", "method": "signed", "on": day, "authority": "representative"}
    return Execution.read(
        {
            "signatories": [{"side": side, **who} for side in ("ours", "theirs")],
            "effective_on": day,
            "originals": 2,
            "holders": ["甲方", "乙方"],
            "consent_mode": "paper",
        }
    )
