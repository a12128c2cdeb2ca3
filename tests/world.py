"""An organisation to test with: nine people with keys of their own, in a founded store.

alice drafts and administers; everyone else holds the roles the shipped policy asks for. A
`World` stands at a copy of the store that was founded once, and takes agreements through
their life with the public API, as far as a test needs them.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from approvals.audit import Report, audit
from approvals.checkpoints import SignedCheckpoint
from approvals.directory import Grant
from approvals.keys import Signer, generate_key, load_signer
from approvals.policy import Policy, load_policy
from approvals.registry import NewPerson, Registry, read_directory
from approvals.reviews import Opinion, ReviewDesk
from approvals.sealing import make_checkpoint, note_of
from approvals.signoff import Desk, Recorded
from approvals.statements import DECISION
from approvals.submission import PolicyRules
from workflow import Terms, Workspace
from workflow.case import Case
from workflow.drafting import Agreement
from workflow.events import Event
from workflow.places import Place
from workflow.reading import Reader
from workflow.rules import default_rules
from workflow.store import Store, Unit
from workflow.values.dates import TAIPEI

ORGANISATION = "台北光電股份有限公司"
PEOPLE = {
    "alice": ("何愛莉", ("admin", "staff")),
    "bob": ("陳伯寧", ("dept_manager",)),
    "dora": ("吳朵拉", ("finance", "tax")),
    "lena": ("陳美", ("legal",)),
    "dan": ("林丹", ("dpo", "infosec")),
    "grace": ("王怡君", ("gm",)),
    "hana": ("張花", ("division_head",)),
    "ivan": ("周毅凡", ("cfo",)),
    "judy": ("蔡茱蒂", ("chair",)),
}
#: A Monday morning in Taipei, long enough ago that what is founded then is valid by the real clock too.
START = datetime(2026, 1, 5, 2, 0, 0, tzinfo=UTC)


class Clock:
    """A clock that stands still until it is set."""

    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **duration: float) -> None:
        """Move on, or back where the duration is negative: ``clock.advance(hours=-3)``."""
        self.now += timedelta(**duration)


def make_keys(folder: Path, people: Iterable[str] = PEOPLE) -> None:
    """Make a key without a passphrase for everyone, in a file called after them."""
    for person in people:
        generate_key(folder / person, comment=person)


def read_keys(folder: Path, people: Iterable[str] = PEOPLE) -> dict[str, Signer]:
    """Return what `make_keys` made."""
    return {person: load_signer(folder / person, passphrase=None) for person in people}


def found_world(place: Place, signers: Mapping[str, Signer], *, clock: Callable[[], datetime]) -> None:
    """Make a store at *place* and enter everyone of `PEOPLE`."""
    name, roles = PEOPLE["alice"]
    alice = NewPerson("alice", name, roles=roles)

    def enter_alice(unit: Unit) -> None:
        Registry(unit, "alice", signers["alice"]).found(ORGANISATION, alice, load_policy())

    with closing(Store.create(place, clock=clock, first=enter_alice)) as store:
        add_people(store, {who: said for who, said in PEOPLE.items() if who != "alice"}, signers)


def add_people(
    store: Store, people: Mapping[str, tuple[str, tuple[str, ...]]], signers: Mapping[str, Signer]
) -> None:
    """Let alice enter people with their keys: person -> (name in documents, roles)."""
    with store.begin() as unit:
        registry = Registry(unit, "alice", signers["alice"])
        for person, (name, roles) in people.items():
            registry.add(NewPerson(person, name, roles=roles), signers[person].public_key)
        unit.commit()


class World:
    """A founded store, its people, and the way of an agreement through it.

    *folder* is for files the other side sends; *keys* holds everyone's key file.
    """

    def __init__(
        self,
        place: Place,
        signers: Mapping[str, Signer],
        terms: Terms,
        clock: Clock,
        folder: Path,
        keys: Path,
    ) -> None:
        self.place, self.signers, self.terms, self.clock = place, dict(signers), terms, clock
        self.keys = keys
        self.store = Store.open(place, clock=clock)
        self.reply = folder / "reply.eml"
        if not self.reply.exists():
            self.reply.write_text("We agree.", encoding="utf-8")

    def close(self) -> None:
        """Release the store."""
        self.store.close()

    def enter(self, people: Iterable[str], role: str) -> None:
        """Let alice enter more people, who all hold *role*."""
        make_keys(self.keys, [person for person in people if not (self.keys / person).exists()])
        self.signers |= read_keys(self.keys, people)
        add_people(self.store, {person: (person, (role,)) for person in people}, self.signers)

    def workspace(self, person: str = "alice", *, rules: PolicyRules | None = None) -> Workspace:
        """Return the staff API as *person*, under *rules* that alice puts in force."""
        if rules is not None:
            self.adopt(rules.policy)
        return Workspace(self.store, person, rules or default_rules())

    def adopt(self, policy: Policy) -> None:
        """Let alice put a policy in force, unless it is already."""
        with self.store.begin() as unit:
            if read_directory(unit).policy != policy.digest:
                Registry(unit, "alice", self.signer("alice")).adopt(policy)
                unit.commit()

    def delegate(self, principal: str, deputy: str, *, by: str = "", **limits: Any) -> str:
        """Let *principal* (or *by*) name a deputy, for today unless told otherwise."""
        today = self.clock().astimezone(TAIPEI).date()
        given = {"first_day": today, "last_day": today, **limits}
        with self.store.begin() as unit:
            registry = Registry(unit, by or principal, self.signer(by or principal))
            name = registry.delegate(Grant("", principal, deputy, **given))
            unit.commit()
        return name

    def end_delegation(self, principal: str, name: str) -> None:
        """Let *principal* end a delegation."""
        with self.store.begin() as unit:
            Registry(unit, principal, self.signer(principal)).end_delegation(name)
            unit.commit()

    def retract(self, ref: str, person: str, receipt: str, reason: str = "看錯了。") -> Recorded:
        """Let *person* take a decision back."""
        return self.desk(person).retract(ref, receipt, self.signer(person), reason=reason)

    def desk(self, person: str) -> Desk:
        """Return where *person* approves, returns and rejects."""
        return Desk(self.store, person)

    def reviews(self, person: str) -> ReviewDesk:
        """Return where *person* gives opinions."""
        return ReviewDesk(self.store, person)

    def signer(self, person: str) -> Signer:
        """Return the key of *person*."""
        return self.signers[person]

    def decide(self, ref: str, person: str, action: str = "approve", **given: Any) -> Recorded:
        """Let *person* decide, with their own key; a no gets a reason where none is given."""
        if action != "approve":
            given.setdefault("reason", "責任上限過高。")
        return self.desk(person).decide(ref, action, self.signer(person), **given)

    def resolve(self, ref: str, flag: str, person: str, conclusion: str = "clear", **given: Any) -> Recorded:
        """Let *person* give a signed opinion on a flag."""
        desk = self.reviews(person)
        answer = desk.propose_opinion(ref, flag, Opinion(conclusion, "無意見。"), **given)
        return desk.record(answer, self.signer(person).sign(answer.statement, namespace=DECISION))

    def negotiated(self, terms: Terms | None = None) -> Agreement:
        """Return an agreement whose terms the other side has acknowledged in writing."""
        agreement = self.workspace().new("services", terms or self.terms)
        return agreement.open().agree().confirm().acknowledge(self.reply)

    def submitted(self, terms: Terms | None = None, *, rules: PolicyRules | None = None) -> Agreement:
        """Return an agreement that was put forward and waits for its experts."""
        drafted = self.negotiated(terms).draft()
        return self.workspace(rules=rules).get(drafted.ref).submit()

    def in_sign_off(self, terms: Terms | None = None) -> str:
        """Return the reference of an agreement whose flags are all resolved."""
        return self.resolve_all(self.submitted(terms).ref)

    def approved(self, terms: Terms | None = None) -> str:
        """Return the reference of an agreement that everyone asked has signed off."""
        return self.approve_all(self.in_sign_off(terms))

    def resolve_all(self, ref: str) -> str:
        """Let the experts answer every flag that blocks."""
        for flag in self.case(ref).blocking_flags:
            self.resolve(ref, flag.id, self.holder(flag.role))
        return ref

    def approve_all(self, ref: str) -> str:
        """Let everyone who is asked sign off, step by step."""
        submission = self.case(ref).submission
        for seat in sorted(submission.seats if submission else (), key=lambda seat: seat.step):
            self.decide(ref, self.holder(seat.role))
        return ref

    def holder(self, role: str) -> str:
        """Return who holds *role*."""
        return next(person for person, (_, roles) in PEOPLE.items() if role in roles)

    @contextmanager
    def reader(self) -> Iterator[Reader]:
        """Read the store as the commands do."""
        with Reader(self.place) as reader:
            yield reader

    def case(self, ref: str) -> Case:
        """Return an agreement as its events tell it."""
        with self.reader() as reader:
            return reader.case(ref)

    def events(self, stream: str) -> list[Event]:
        """Return a stream's events."""
        with self.store.begin() as unit:
            return unit.events(stream)

    def checkpoint(self, person: str = "alice") -> SignedCheckpoint:
        """Let *person* sign a checkpoint of everything; return it as people keep it."""
        with self.store.begin() as unit:
            made = make_checkpoint(unit, person, self.signer(person))
            unit.commit()
        return note_of(made)

    def audit(self, *refs: str, **given: Any) -> Report:
        """Verify the store, or the agreements named, against what is *given* from outside."""
        with self.reader() as reader:
            return audit(reader, refs, **given)

    def counts(self) -> dict[str, int]:
        """Return how many rows there are of everything that is only ever added to."""
        tables = ("event", "content", "note", "idempotency", "stream", "seal", "checkpoint", "stamp")
        with self.reader() as reader:
            return {name: reader.rows(f"SELECT count(*) AS n FROM {name}")[0]["n"] for name in tables}
