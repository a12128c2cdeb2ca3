"""Whatever is tried, in whatever order: each step happens whole or not at all, and all records agree.

Hypothesis takes agreements for walks through the public API: actions that are allowed and
others, people who may and others, terms that ask for little or much, a clock that jumps.
"""

import os
from collections import defaultdict
from datetime import date
from decimal import Decimal

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from approvals.registry import Registry
from approvals.reviews import Opinion
from approvals.statements import DECISION
from workflow.case import Condition
from workflow.errors import WorkflowError
from workflow.execution import Execution
from workflow.lifecycle import ACTIONS, allowed
from workflow.negotiation import Plan, Round
from workflow.projection import CACHED, agreement_row, detail_rows
from workflow.replay import replay
from workflow.tables import AgreementRow
from workflow.terms import from_canonical
from workflow.values.dates import TAIPEI

#: How many walks; for a night, or to have a failure made shorter: ASSENT_WALKS=500.
WALKS = int(os.environ.get("ASSENT_WALKS", "6"))

PLAN = Plan(purpose="談妥客服維運。")
ROUND = Round(held_on=date(2026, 1, 2), attendees=("何愛莉",), summary="逐項討論。")

#: Actions that lead nowhere, or out; they are tried less often.
SIDEWAYS = ("plan", "round", "import_draft", "withdraw", "raise_flag", "return")

numbers = st.lists(st.integers(0, 10_000), min_size=50, max_size=100)
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
        self.people = tuple(world.signers)
        if "staff" not in _roles(world, "hana"):
            # Someone who drafts and might sign off, so that it matters who drafted.
            with world.store.begin() as unit:
                Registry(unit, "alice", world.signer("alice")).grant("hana", "staff")
                unit.commit()
        world.clock.advance(days=30)
        begin = self._pick((self._new, world.negotiated, world.submitted, world.in_sign_off, world.approved))
        self.ref = getattr(begun := begin(self._any_terms(asking=False)), "ref", begun)

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
        before, counts = self.world.case(self.ref), self.world.counts()
        self.world.clock.advance(hours=self._pick((0, 0, 1, 20, -5)))
        forward = [action for action in allowed(before.state) if action not in SIDEWAYS]
        action = self._pick((*forward * 10, *ACTIONS))
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
        return self.world.workspace().new("services", terms)

    def _any_terms(self, *, asking=True):
        terms = self.world.terms
        item = terms.items[0].model_copy(
            update={"unit_price": Decimal(self._pick((9000, 20_000, 200_000, 600_000)))}
        )
        # What nobody answered asks for the board, which has no members here.
        related = self._pick((False, False, False, "unknown")) if asking else False
        facts = terms.facts.model_copy(update={"related_party": related})
        return type(terms).read(
            terms.model_copy(update={"items": (item,), "facts": facts}).model_dump(
                mode="json", exclude_none=True
            )
        )

    def _someone(self, *roles):
        right = [person for person in self.people if _roles(self.world, person) & set(roles)]
        return self._pick((*right * 4, *self.people))

    def _agreement(self):
        return self.world.workspace(self._someone("staff")).get(self.ref)

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

    def _decision(self, case, action):
        seats = case.submission.seats if case.submission else ()
        person = self._someone(*(seat.role for seat in seats), *(flag.role for flag in case.blocking_flags))
        return lambda: self.world.decide(self.ref, person, action, reason="責任上限。")

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
        case = self.world.case(self.ref)
        with self.world.reader() as reader:
            for person in self.people:
                rows = [
                    row for row in reader.inbox(person, self.world.clock().date()) if row["ref"] == self.ref
                ]
                told = {(row["role"], row["aspect"]) for row in rows if row["task"] == "sign-off"}
                assert told == self._may_sign(case, person), person
                asked = {row["flag"] for row in rows if row["task"] == "review"}
                assert asked == self._may_answer(case, person), person

    def _may_sign(self, case, person):
        seats = case.submission.seats if case.submission else ()
        return {
            (s.role, s.aspect) for s in seats if _succeeds(self._propose_approval, person, s.role, s.aspect)
        }

    def _propose_approval(self, person, role, aspect):
        self.world.desk(person).propose(self.ref, "approve", role=role, aspect=aspect)

    def _may_answer(self, case, person):
        return {
            flag.id
            for flag in case.blocking_flags
            if flag.role in _roles(self.world, person) and _succeeds(self._propose_answer, person, flag)
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


def _roles(world, person):
    with world.reader() as reader:
        return {row["role"] for row in reader.rows("SELECT role FROM v_role WHERE person = :who", who=person)}


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
