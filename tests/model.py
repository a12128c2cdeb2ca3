"""The rules of sign-off once more, plain and slow, for the product to be held against.

Nothing of the product is imported. A refusal is a set of codes, one for every rule that
forbids the thing: the product may name whichever it meets first, and where the set is empty
it has to accept.
"""

from dataclasses import dataclass, field, replace
from typing import Any

NOT_NOW, NOT_STAFF, UNCHANGED, NOBODY_LEFT = "W020", "W030", "W023", "W012"
OWN_DRAFT, WRONG_ROLE, CHOOSE, NOT_YOUR_TURN, DECIDED, NO_KEY = (f"W03{n}" for n in range(1, 7))
RECUSED, TOO_LATE, DEMANDED, NOT_OF_THE_BODY, UNKNOWN, SETTLED = (
    "W015",
    "W016",
    "W017",
    "W018",
    "W047",
    "W048",
)

#: What concerns everyone, whatever they answer for.
EVERYONES = {"facts"}


@dataclass
class Grant:
    """From *first* to *last*, both included, *deputy* may decide for *principal*."""

    principal: str
    deputy: str
    first: int
    last: int
    aspects: tuple[str, ...] = ()
    limit: int | None = None
    ended: bool = False


@dataclass
class Organisation:
    """Who holds what, who has a key, and who stands in for whom."""

    roles: dict[str, set[str]]
    keyless: set[str] = field(default_factory=set)
    grants: dict[str, Grant] = field(default_factory=dict)
    day: int = 0

    def holders(self, role: str) -> set[str]:
        """Of a group of roles, whoever holds any of them."""
        return {person for person, held in self.roles.items() if held & set(role.split("/"))}


@dataclass(frozen=True)
class Demand:
    """What a rule of the policy that applies asks for; ``covers`` empty is everything."""

    kind: str
    step: int
    aspect: str
    role: str
    quorum: int | str
    covers: frozenset[str]

    @property
    def place(self) -> tuple[str, str]:
        return self.aspect, self.role


@dataclass(frozen=True)
class Seat(Demand):
    """A demand put to people; a body is who was asked to vote."""

    body: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Signed:
    """A decision; of an ``excuse``, *member* is the one it is about."""

    number: int
    word: str
    person: str
    principal: str
    place: tuple[str, str]
    member: str = ""

    @property
    def people(self) -> set[str]:
        """Whom it speaks for."""
        return set() if self.word == "excuse" else {self.person, self.principal or self.person}


@dataclass(frozen=True)
class Flag:
    """A question to an expert; ``musts`` are the conditions of the answer that are still open."""

    aspect: str
    role: str
    asked_by: str
    covers: frozenset[str]
    status: str = "open"
    expert: str = ""
    answered: int = 0
    assigned: str = ""
    musts: frozenset[str] = frozenset()
    met: frozenset[str] = frozenset()

    @property
    def unsettled(self) -> bool:
        return self.status in ("open", "object")

    @property
    def blocks(self) -> bool:
        """Clear advice does not stop it, nor a need that an expert declined or a new text superseded."""
        return self.status not in ("declined", "superseded") and (self.unsettled or bool(self.musts))


@dataclass
class Life:
    """One agreement, from its first draft on. *text* says what each part of it says."""

    text: dict[str, Any]
    drafters: set[str]
    number: int
    state: str = "drafting"
    submitted: dict[str, Any] | None = None
    seats: tuple[Seat, ...] = ()
    signed: tuple[Signed, ...] = ()
    flags: dict[str, Flag] = field(default_factory=dict)
    recused: set[str] = field(default_factory=set)
    changed: set[str] = field(default_factory=set)
    kept: set[int] = field(default_factory=set)
    voided: dict[int, set[str]] = field(default_factory=dict)
    unheard: set[str] = field(default_factory=set)
    undo: "tuple[str, Life] | None" = None
    makers: dict[int, str] = field(default_factory=dict)

    # --- counting ------------------------------------------------------------------------

    @property
    def barred(self) -> set[str]:
        """Whoever drafted it or is recused decides nothing, and nobody decides for them."""
        return self.drafters | self.recused

    @property
    def spoken(self) -> set[str]:
        """Nobody counts twice, be it in person or by a deputy."""
        return set().union(*(s.people for s in self.signed))

    @property
    def blocking(self) -> dict[str, Flag]:
        return {name: flag for name, flag in self.flags.items() if flag.blocks}

    def said(self, word: str, seat: Seat) -> set[str]:
        """For whom it was said in a seat: nothing a drafter says counts, nor who is not of the body."""
        here = [s for s in self.signed if (s.word, s.place) == (word, seat.place)]
        given = {s.principal or s.person for s in here if not s.people & self.barred}
        return given & seat.body if seat.body else given

    def yes(self, seat: Seat) -> set[str]:
        return self.said("approve", seat)

    def noes(self, seat: Seat) -> set[str]:
        return self.said("reject", seat) if seat.body else set()

    def silent(self, seat: Seat) -> set[str]:
        """Who of a body may still vote."""
        out = {s.member for s in self.signed if s.place == seat.place and s.word == "excuse"}
        return set(seat.body) - self.yes(seat) - self.noes(seat) - self.recused - out

    def outcomes(self, seat: Seat, more: int = 0) -> set[bool]:
        """How a body's vote may end once *more* have said yes and each of the rest votes or stays away.

        More than half of the body has to be present, of whom more than half of those who may
        vote have to agree; who is recused is present and has no vote (公司法 §206, §180).
        """
        rest = len(self.silent(seat)) - more
        yes, no, away = len(self.yes(seat)) + more, len(self.noes(seat)), len(seat.body & self.recused)
        return {
            2 * (yes + y + no + n + away) > len(seat.body) and yes + y > no + n
            for y in range(rest + 1)
            for n in range(rest + 1 - y)
        }

    def needed(self, seat: Seat) -> int:
        """How many more have to say yes."""
        if seat.quorum != "majority":
            return max(0, int(seat.quorum) - len(self.yes(seat)))
        rest = range(len(self.silent(seat)) + 1)
        return next((more for more in rest if self.outcomes(seat, more) == {True}), 1)

    @property
    def turn(self) -> list[Seat]:
        """The seats that lack somebody and whose step has come: steps follow one another."""
        open_seats = [seat for seat in self.seats if self.needed(seat)]
        return [s for s in open_seats if s.step == min(o.step for o in open_seats)]

    def out_of_reach(self, org: Organisation) -> bool:
        """A quorum that the people left cannot fill, nobody sitting twice, or a vote that is lost."""
        if any(seat.body and True not in self.outcomes(seat) for seat in self.seats):
            return True
        left = [seat for seat in self.seats for _ in range(self.needed(seat))]
        return not _seated(left, org, self.barred | self.spoken)

    # --- who may do what -----------------------------------------------------------------

    def barring(self, org: Organisation, person: str) -> set[str]:
        """Return what keeps *person* from deciding or advising at all."""
        no = {OWN_DRAFT} if person in self.drafters else set()
        no |= {RECUSED} if person in self.recused else set()
        return no | ({NO_KEY} if person in org.keyless else set())

    def decision(self, org: Organisation, person: str, action: str, member: str = "") -> tuple[set[str], set]:
        """Return why *person* may not decide so now, and in which capacities they might."""
        no = self.barring(org, person)
        states = {"return": ("sign_off", "expert_review"), "recuse": ("sign_off", "expert_review")}
        if self.state not in states.get(action, ("sign_off",)):
            return {NOT_NOW}, set()
        no |= {DECIDED} if person in self.spoken and action != "excuse" else set()
        if self.state == "expert_review":
            flags = [f for f in self.blocking.values() if f.role in org.roles[person]]
            found = {((f.aspect, f.role), "") for f in flags if f.assigned in ("", person)}
            return no | _one_of(found, WRONG_ROLE), found
        seats = [seat for seat in self.seats if _sits(org, seat, person)]
        if action == "recuse":
            return no | (set() if seats else {WRONG_ROLE}), {(seat.place, "") for seat in seats}
        if action == "excuse":
            bodies = [s for s in self.turn if s in seats and member in self.silent(s) - {person}]
            return no | (set() if bodies else {NOT_OF_THE_BODY}), {(s.place, "") for s in bodies}
        lent = [
            (seat, grant.principal)
            for seat in self.seats
            for grant in org.grants.values()
            if self.lends(org, grant, person, seat)
        ]
        found = {(seat.place, "") for seat in seats if seat in self.turn}
        found = found or {(seat.place, principal) for seat, principal in lent if seat in self.turn}
        late = any(
            grant.principal in self.spoken and self.reaches(org, grant, person, seat)
            for seat in self.seats
            for grant in org.grants.values()
        )
        none = NOT_YOUR_TURN if seats or lent else DECIDED if late else WRONG_ROLE
        return no | _one_of(found, none), found

    def lends(self, org: Organisation, grant: Grant, deputy: str, seat: Seat) -> bool:
        """A deputy decides for who could decide themselves."""
        return (
            self.reaches(org, grant, deputy, seat)
            and grant.principal not in self.barred | self.spoken
            and _sits(org, seat, grant.principal)
        )

    def reaches(self, org: Organisation, grant: Grant, deputy: str, seat: Seat) -> bool:
        """A delegation holds on the days and within the limits given."""
        return (
            grant.deputy == deputy
            and not grant.ended
            and grant.first <= org.day <= grant.last
            and seat.aspect in (grant.aspects or (seat.aspect,))
            and (grant.limit is None or self.text["price"] <= grant.limit)
        )

    def retraction(self, org: Organisation, person: str, number: int) -> set[str]:
        """Whoever decided takes it back until anything else has happened."""
        if self.makers.get(number) != person:
            return {UNKNOWN}
        no = {NO_KEY} if person in org.keyless else set()
        return no | ({TOO_LATE} if number != self.number else set())

    def advice(self, org: Organisation, person: str, name: str, to: str) -> set[str]:
        """Return why *person* may not ``resolve`` or ``decline`` a flag, or be the one to answer it."""
        states = ("expert_review",) if to == "resolve" else ("expert_review", "drafting")
        if name not in self.flags or self.state not in states:
            return {UNKNOWN} if name not in self.flags else {NOT_NOW}
        flag = self.flags[name]
        no = self.barring(org, person)
        mine = flag.role in org.roles[person] and (to == "answer" or flag.assigned in ("", person))
        no |= set() if mine else {WRONG_ROLE}
        no |= set() if flag.unsettled else {SETTLED}
        return no | ({DEMANDED} if to == "decline" and flag.asked_by == "policy" else set())

    def assignment(self, org: Organisation, person: str, name: str, expert: str) -> set[str]:
        no = self.advice(org, expert, name, "answer")
        entitled = name in self.flags and org.roles[person] & {self.flags[name].role, "staff", "admin"}
        return no | (set() if entitled else {WRONG_ROLE})

    def closing(self, org: Organisation, person: str, name: str, condition: str) -> set[str]:
        """A condition is closed by its expert or who is asked to sign; never by a drafter."""
        if name not in self.flags or self.state != "expert_review":
            return {UNKNOWN} if name not in self.flags else {NOT_NOW}
        flag = self.flags[name]
        no = self.barring(org, person)
        able = any(person in org.holders(role) for role in (flag.role, *(seat.role for seat in self.seats)))
        no |= set() if able else {WRONG_ROLE}
        return no | ({SETTLED} if condition in flag.met else set() if condition in flag.musts else {UNKNOWN})

    def question(self, org: Organisation, role: str) -> set[str]:
        """Anyone may ask, as long as somebody can answer."""
        if self.state not in ("drafting", "expert_review", "sign_off"):
            return {NOT_NOW}
        return set() if org.holders(role) - self.barred else {NOBODY_LEFT}

    def submission(self, org: Organisation, person: str, demands: list[Demand]) -> set[str]:
        """Nothing is asked that cannot be answered: a quorum is never lowered, a review never left out."""
        no = set() if "staff" in org.roles[person] else {NOT_STAFF}
        if self.state != "drafting":
            return no | {NOT_NOW}
        barred = self.barred | {person}
        seats = [s for s in _seats(org, demands, barred) for _ in range(_least(s))]
        advised = all(org.holders(d.role) - barred for d in demands if d.kind == "review")
        return no | (set() if advised and _seated(seats, org, barred) else {NOBODY_LEFT})

    # --- what happens --------------------------------------------------------------------

    def happen(self, person: str = "", *, taken_back: bool = False) -> int:
        """Count an event; one that can be taken back remembers how things were."""
        self.undo = (person, replace(self, undo=None, flags=dict(self.flags))) if taken_back else None
        self.number += 1
        if taken_back:
            self.makers[self.number] = person
        return self.number

    def decide(self, org: Organisation, person: str, action: str, capacity: tuple, member: str = "") -> None:
        place, principal = capacity
        number = self.happen(person, taken_back=True)
        self.signed += (Signed(number, action, person, principal, place, member),)
        self.recused = self.recused | ({person} if action == "recuse" else set())
        if action == "return":
            self.state = "drafting"
        elif self.state == "sign_off" and not self.turn and not self.blocking:
            self.state = "approved"
        elif self.state == "sign_off" and action != "approve" and self.out_of_reach(org):
            self.state = "drafting"

    def retract(self) -> None:
        """Everything is again as it was, and both events stay in the trail."""
        number, makers = self.number, self.makers
        before = self.undo[1] if self.undo else self
        makers.pop(number)
        self.__dict__.update(before.__dict__ | {"number": number + 1, "makers": makers, "undo": None})

    def answer(self, person: str, name: str, conclusion: str, musts: frozenset[str]) -> None:
        number = self.happen(person, taken_back=True)
        self._flag(name, status=conclusion, expert=person, answered=number, musts=musts, met=frozenset())

    def close(self, name: str, condition: str) -> None:
        self.happen()
        flag = self.flags[name]
        self._flag(name, musts=flag.musts - {condition}, met=flag.met | {condition})

    def decline(self, person: str, name: str) -> None:
        number = self.happen()
        self._flag(name, status="declined", expert=person, answered=number)

    def assign(self, name: str, expert: str) -> None:
        self.happen()
        self.flags[name] = replace(self.flags[name], assigned=expert)

    def ask(self, person: str, role: str, aspect: str) -> None:
        self.happen()
        self.flags[f"F-{len(self.flags) + 1}"] = Flag(aspect, role, person, frozenset())
        self.state = "drafting" if self.state == "drafting" else "expert_review"

    def draft(self, person: str, text: dict[str, Any]) -> None:
        self.happen()
        self.text, self.drafters = text, self.drafters | {person}

    def submit(self, org: Organisation, person: str, demands: list[Demand]) -> None:
        """Put the text forward; what was signed of the text before holds where no change concerns it."""
        self.happen()
        before, again = self.submitted, {d.place: d for d in demands if d.kind == "review"}
        self.changed = {part for part in self.text if before and before[part] != self.text[part]}
        self.drafters = self.drafters | {person}
        were, self.seats = {s.place: s for s in self.seats}, _seats(org, demands, self.barred)
        self.kept, self.voided, asked = set(), {}, {s.place: s for s in self.seats}
        hearing = [self._concerned(each.covers) for each in (*self.seats, *again.values())]
        self.unheard = self.changed.difference(*hearing)
        for sign in self.signed:
            if sign.word == "approve" and sign.place in asked:
                was, now = were[sign.place], asked[sign.place]
                less = was.body != now.body or not _within(now.covers, was.covers)
                gone = sign.people & self.barred or not _holds(org, now.role, sign.principal or sign.person)
                reasons = {"rules"} if less else self._concerned(was.covers)
                if self._holds_on(sign.number, reasons, bool(gone)):
                    self.kept.add(sign.number)
        self._sign_the_last_step_again()
        self.signed = tuple(s for s in self.signed if s.number in self.kept)
        answered = set()
        for name, flag in self.flags.items():
            if flag.status == "declined":
                continue
            asks = flag.asked_by != "policy" or (flag.aspect, flag.role) in again
            holds = not flag.unsettled and flag.status != "superseded" and asks
            if holds:
                gone = flag.expert in self.barred or not _holds(org, flag.role, flag.expert)
                holds = self._holds_on(flag.answered, self._concerned(flag.covers), gone)
            if holds and flag.asked_by == "policy":
                answered.add((flag.aspect, flag.role))
            elif not holds and flag.asked_by == "policy":
                self.flags[name] = replace(flag, status="superseded")
            elif not holds:
                self.flags[name] = replace(flag, status="open", expert="", musts=frozenset(), met=frozenset())
        for place, demand in again.items():
            if place not in answered:
                self.flags[f"F-{len(self.flags) + 1}"] = Flag(*place, "policy", demand.covers)
        self.submitted = dict(self.text)
        self.state = "expert_review" if self.blocking else "sign_off"

    def _concerned(self, covers: frozenset[str]) -> set[str]:
        return {part for part in self.changed if not covers or part in covers or part in EVERYONES}

    def _holds_on(self, number: int, reasons: set[str], gone: bool) -> bool:
        """Keep what nothing speaks against; void the rest, saying why.

        Where nobody is asked about a change, nothing holds.
        """
        reasons = reasons or ({"role"} if gone else set()) or self.unheard
        self.voided |= {number: reasons} if reasons else {}
        return not reasons

    def _sign_the_last_step_again(self) -> None:
        """Where every seat would be filled already, somebody has to sign all the same: the last step."""
        kept = [sign for sign in self.signed if sign.number in self.kept]
        filled = all(
            sum(sign.place == seat.place for sign in kept)
            >= (len(seat.body) // 2 + 1 if seat.body else seat.quorum)
            for seat in self.seats
        )
        if filled:
            last = max(seat.step for seat in self.seats)
            places = {seat.place for seat in self.seats if seat.step == last}
            again = {sign.number for sign in kept if sign.place in places}
            self.kept -= again
            self.voided |= {number: {"last"} for number in again}

    def _flag(self, name: str, **changes: Any) -> None:
        self.flags[name] = replace(self.flags[name], **changes)
        if self.state == "expert_review" and not self.blocking:
            self.state = "sign_off"


def joined(demands: list[Demand]) -> list[Demand]:
    """Rules that ask the same of the same role become one demand, of whatever is the strictest."""
    found: dict[tuple, Demand] = {}
    for new in demands:
        old = found.get((new.kind, *new.place), new)
        covers = old.covers | new.covers if old.covers and new.covers else frozenset()
        step, quorum = min(old.step, new.step), new.quorum if old is new else max(old.quorum, new.quorum)
        found[new.kind, *new.place] = replace(new, step=step, quorum=quorum, covers=covers)
    return sorted(found.values(), key=lambda demand: (demand.step, demand.role, demand.aspect))


def _holds(org: Organisation, role: str, person: str) -> bool:
    return person in org.holders(role)


def _sits(org: Organisation, seat: Seat, person: str) -> bool:
    return person in org.holders(seat.role) and (not seat.body or person in seat.body)


def _one_of(found: set, none: str) -> set[str]:
    return {none} if not found else {CHOOSE} if len(found) > 1 else set()


def _within(now: frozenset[str], was: frozenset[str]) -> bool:
    return not was or (bool(now) and now <= was)


def _seats(org: Organisation, demands: list[Demand], barred: set[str]) -> tuple[Seat, ...]:
    return tuple(
        Seat(**vars(d), body=frozenset(org.holders(d.role) - barred if d.quorum == "majority" else ()))
        for d in demands
        if d.kind == "signoff"
    )


def _least(seat: Seat) -> int:
    return len(seat.body) // 2 + 1 if seat.quorum == "majority" else int(seat.quorum)


def _seated(seats: list[Seat], org: Organisation, taken: set[str]) -> bool:
    """Tell whether everyone asked for can be found, each person sitting once."""
    if not seats:
        return True
    first, *rest = seats
    able = {person for person in org.holders(first.role) - taken if _sits(org, first, person)}
    return any(_seated(rest, org, taken | {person}) for person in sorted(able))
