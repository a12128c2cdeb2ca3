"""Counting seats: whose word counts, and a board's vote against the text of 公司法 §206."""

from datetime import UTC, datetime
from itertools import product

import pytest

from workflow.case import Case, Decision, Seat, Submission
from workflow.lifecycle import State
from workflow.seats import SeatStatus, seat_statuses

AT = datetime(2026, 11, 23, tzinfo=UTC)
SUBMITTED = 9
BOARD = ("amy", "ben", "cal", "deb", "eve")


def seat(role="gm", *, aspect="commercial", quorum=1, body=()):
    return Seat(10, aspect, role, quorum, "", ("R1",), body=tuple(body))


def decision(person, role="gm", word="approve", *, seq=SUBMITTED + 1, document="d2", revision=2, **more):
    return Decision(
        seq, revision, person, more.pop("aspect", "commercial"), role, word, document, AT, "", "", "", **more
    )


def case(seats, decisions=(), *, kept=(), drafters=("alice",), recused=()):
    submission = Submission(SUBMITTED, 2, "d2", "t1", "p", "t", tuple(seats), "alice", AT, kept=tuple(kept))
    return Case(
        ref="AGR-2026-0001", kind="services", language="en", title="T", drafter="alice", state=State.SIGN_OFF,
        seq=20, head="", created_at=AT, at=AT, revision=2, submission=submission,
        decisions=tuple(decisions), drafters=frozenset(drafters), recused=frozenset(recused),
    )  # fmt: skip


def status(*given, **more):
    (found,) = seat_statuses(case(*given, **more))
    return found


def test_nothing_is_asked_where_nothing_was_submitted():
    unsubmitted = Case(
        ref="R", kind="services", language="en", title="T", drafter="alice", state=State.DRAFTING,
        seq=1, head="", created_at=AT, at=AT,
    )  # fmt: skip

    assert seat_statuses(unsubmitted) == ()


# --- a seat with a number ------------------------------------------------------------------


@pytest.mark.parametrize(("given", "missing"), [(0, 3), (1, 2), (2, 1), (3, 0), (4, 0)])
def test_a_quorum_lacks_as_many_as_have_not_signed(given, missing):
    yes = [decision(person) for person in BOARD[:given]]

    assert status([seat(quorum=3)], yes).missing == missing


def test_a_deputys_yes_is_that_of_whom_it_was_given_for():
    assert status([seat()], [decision("hana", principal="grace")]).people == ("grace",)


@pytest.mark.parametrize(
    "second",
    [
        decision("hana"),
        decision("grace"),
        decision("hana", principal="gina"),
        decision("ivan", principal="grace"),
        decision("grace", principal="gina"),
        decision("ivan", principal="hana"),
    ],
    ids=lambda d: f"{d.person} for {d.principal or 'none'}",
)
def test_neither_a_deputy_nor_whom_they_stood_for_counts_again(second):
    found = status([seat(quorum=2)], [decision("hana", principal="grace"), second])

    assert found.people == ("grace",)
    assert found.missing == 1


@pytest.mark.parametrize("who", [{"person": "alice"}, {"person": "hana", "principal": "alice"}])
@pytest.mark.parametrize("barred", [{"drafters": ("zoe",)}, {"recused": ("alice",), "drafters": ()}])
def test_no_word_of_whoever_is_barred_counts_nor_their_deputys(who, barred):
    assert status([seat()], [decision(**who)], **barred).people == ()


def test_a_yes_to_an_earlier_text_counts_where_it_was_kept_and_only_there():
    earlier = decision("grace", seq=5, document="d1", revision=1)

    assert status([seat()], [earlier], kept=[5]).people == ("grace",)
    assert status([seat()], [earlier], kept=[6]).people == ()
    assert status([seat()], [earlier]).people == ()


def test_a_yes_to_another_text_does_not_count_for_this_one():
    assert status([seat()], [decision("grace", document="d1")]).people == ()


@pytest.mark.parametrize("other", [{"role": "cfo"}, {"aspect": "legal"}])
def test_a_yes_fills_the_seat_of_its_role_and_aspect(other):
    assert status([seat()], [decision("grace", **other)]).people == ()


@pytest.mark.parametrize("word", ["return", "reject", "recuse", "excuse"])
def test_no_other_word_than_yes_fills_a_seat(word):
    assert status([seat()], [decision("grace", word=word)]).people == ()


def test_what_was_taken_back_does_not_count_and_uses_nobody_up():
    again = [decision("grace", retracted=True), decision("grace", seq=SUBMITTED + 3)]

    assert status([seat()], again[:1]).people == ()
    assert status([seat()], again).people == ("grace",)


def test_noting_an_absence_uses_nobody_up():
    board = seat("board", body=BOARD[:3])
    said = [decision("amy", "board", "excuse", member="cal"), decision("amy", "board")]

    assert status([board], said).people == ("amy",)


def test_a_seat_with_a_number_is_never_voted_down():
    assert not status([seat(quorum=2)], [decision(person, word="reject") for person in BOARD]).lost


# --- a board's vote ------------------------------------------------------------------------


def carried(words):
    """公司法 §206 I, IV with §180 II: more than half are present, and more than half of those who vote agree.

    Who recuses is present and has no vote.
    """
    present = [word for word in words if word in ("yes", "no", "recused")]
    votes = [word for word in present if word != "recused"]
    return len(present) > len(words) / 2 and words.count("yes") > len(votes) / 2


def endings(words):
    """Return every way in which those who are silent can still end up."""
    open_ends = (("yes", "no", "recused", "absent") if word == "silent" else (word,) for word in words)
    return list(product(*open_ends))


def voted(words):
    of = {word: frozenset(p for p, w in zip(BOARD, words, strict=False) if w == word) for word in set(words)}
    none = frozenset()
    return SeatStatus(
        seat("board", quorum=len(words) // 2 + 1, body=BOARD[: len(words)]),
        tuple(sorted(of.get("yes", none))),
        of.get("no", none),
        of.get("recused", none),
        of.get("absent", none),
    )


@pytest.mark.parametrize("size", range(1, 6))
def test_a_vote_is_carried_exactly_when_no_silent_member_can_turn_it(size):
    for words in product(("yes", "no", "recused", "absent", "silent"), repeat=size):
        for_sure = all(carried(ending) for ending in endings(words))

        assert (voted(words).missing == 0) is for_sure, words


@pytest.mark.parametrize("size", range(1, 6))
def test_a_vote_is_lost_exactly_when_no_silent_member_can_save_it(size):
    for words in product(("yes", "no", "recused", "absent", "silent"), repeat=size):
        never = not any(carried(ending) for ending in endings(words))

        assert voted(words).lost is never, words


@pytest.mark.parametrize("size", range(1, 6))
def test_a_vote_lacks_the_least_number_of_yeses_that_settles_it(size):
    for words in product(("yes", "no", "recused", "absent", "silent"), repeat=size):
        found, silent = voted(words), words.count("silent")
        settling = [more for more in range(silent + 1) if voted(_more(words, more)).missing == 0]

        assert found.missing == (settling[0] if settling else 1), words


def _more(words, more):
    """Let so many of the silent say yes."""
    silent = [place for place, word in enumerate(words) if word == "silent"]
    return tuple("yes" if place in silent[:more] else word for place, word in enumerate(words))


@pytest.mark.parametrize(
    ("words", "missing", "lost"),
    [
        ("yes yes silent silent silent", 1, False),
        ("yes yes yes silent silent", 0, False),
        ("yes yes no no silent", 1, False),
        ("yes no no no silent", 1, True),
        ("yes yes no absent absent", 0, False),
        ("yes yes absent absent absent", 1, True),
        ("yes recused recused absent absent", 0, False),
        ("yes yes no no absent", 1, True),
        ("yes recused silent", 1, False),
        ("recused", 1, True),
        ("yes no", 1, True),
        ("yes absent", 1, True),
    ],
)
def test_votes_told_in_words(words, missing, lost):
    assert (voted(tuple(words.split())).missing, voted(tuple(words.split())).lost) == (missing, lost)


def test_a_boards_words_are_sorted_by_what_they_are():
    said = [
        decision("amy", "board"),
        decision("ben", "board", "reject"),
        decision("deb", "board", "recuse"),
        decision("amy", "board", "excuse", member="cal"),
    ]
    found = status([seat("board", body=BOARD)], said, recused=("deb",))

    assert (found.people, found.noes, found.recused, found.absent, found.silent) == (
        ("amy",),
        frozenset({"ben"}),
        frozenset({"deb"}),
        frozenset({"cal"}),
        frozenset({"eve"}),
    )


def test_only_members_of_the_body_vote():
    strangers = [decision("zoe", "board"), decision("zed", "board", "reject")]
    found = status([seat("board", body=BOARD)], strangers, recused=("rex",))

    assert (found.people, found.noes, found.recused) == ((), frozenset(), frozenset())
    assert found.silent == frozenset(BOARD)


def test_a_members_deputy_votes_for_the_member():
    found = status([seat("board", body=BOARD)], [decision("zoe", "board", "reject", principal="amy")])

    assert found.noes == frozenset({"amy"})


@pytest.mark.parametrize("word", ["approve", "reject"])
def test_who_votes_after_all_was_not_absent(word):
    said = [decision("amy", "board", "excuse", member="ben"), decision("ben", "board", word)]

    assert status([seat("board", body=BOARD)], said).absent == frozenset()


def test_who_recuses_is_present_whoever_called_them_absent():
    said = [decision("amy", "board", "excuse", member="ben"), decision("ben", "board", "recuse")]
    found = status([seat("board", body=BOARD)], said, recused=("ben",))

    assert (found.recused, found.absent) == (frozenset({"ben"}), frozenset())


def test_nobody_is_noted_absent_who_is_no_member():
    said = [decision("amy", "board", "excuse", member="zoe")]

    assert status([seat("board", body=BOARD)], said).absent == frozenset()
