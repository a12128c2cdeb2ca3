"""What the command asks on a terminal, and that no answer but the right one does anything."""

import os
import pty
import re
import select
import signal
from contextlib import suppress

import pytest

PATIENCE = 30
CTRL_C, CTRL_D = "\x03", "\x04"


class Terminal:
    """A command running on a terminal, and what its screen shows so far."""

    def __init__(self, cli, *words, person=""):
        self._cli = cli
        self._ours, theirs = pty.openpty()
        self._process = cli.start(*words, person=person, terminal=os.ttyname(theirs))
        # Held until the command has it, for a terminal that nobody holds is gone.
        self._theirs = theirs
        self._code = None
        self._seen = 0
        self.screen = ""

    def until(self, text):
        """Wait for *text* to appear after what was waited for before."""
        while text not in self.screen[self._seen :]:
            assert self._read(), f"it ended without asking for {text!r}:\n{self.screen}"
        self._seen = self.screen.index(text, self._seen) + len(text)
        return self

    def type(self, text):
        os.write(self._ours, text.encode())
        return self

    def press(self, key):
        """Press *key* until it is felt: one that comes just before the command listens is lost."""
        while not self.type(key).ended(within=1):
            pass
        return self

    def ended(self, within=PATIENCE):
        """Read what is printed, and tell whether the command ends while some is left of *within* seconds."""
        while self._prints(within):
            if not self._read():
                return True
        return False

    def end(self):
        """Wait for the end, and return the exit code."""
        assert self.ended(), f"it waits for something:\n{self.screen}"
        self._code = self._cli.wait(self._process)
        return self._code

    def close(self):
        if self._code is None:
            with suppress(ProcessLookupError):
                os.kill(self._process, signal.SIGKILL)
            self._cli.wait(self._process)
        os.close(self._ours)

    def _prints(self, within):
        return bool(select.select([self._ours], [], [], within)[0])

    def _read(self):
        assert self._prints(PATIENCE), f"it waits for something:\n{self.screen}"
        self._let_go()
        try:
            piece = os.read(self._ours, 4096)
        except OSError:  # Linux's way to say that nobody holds the other end any more
            piece = b""
        self.screen += piece.decode(errors="replace")
        assert "Traceback" not in self.screen, self.screen
        return bool(piece)

    def _let_go(self):
        if self._theirs is not None:
            os.close(self._theirs)
            self._theirs = None


@pytest.fixture
def terminal():
    """A function that runs a command on a terminal."""
    opened = []

    def run(cli, *words, person=""):
        opened.append(Terminal(cli, *words, person=person))
        return opened[-1]

    yield run
    for one in opened:
        one.close()


def given(cli):
    """Return how many have signed for each seat."""
    return [row["given"] for row in cli.json("show", "1")["seats"]]


def test_signs_when_the_reference_is_typed(in_sign_off, terminal, ways):
    asking = terminal(in_sign_off, "approve", "1", person="bob")
    asking.until("You are about to APPROVE").until(f"({ways.REF})").type(f"{ways.REF.lower()} \n")

    assert asking.end() == 0
    assert given(in_sign_off) == [1, 0]


def test_shows_what_is_about_to_be_signed(in_sign_off, terminal, ways):
    document = in_sign_off.json("show", "1")["document"]

    asking = terminal(in_sign_off, "approve", "1", person="bob").until(f"({ways.REF})")

    assert f"{ways.REF} as department manager (commercial)" in asking.screen
    assert document[:8] in re.sub(r"\s", "", asking.screen)


@pytest.mark.parametrize("typed", ["AGR-1999-0001", "1", "yes", "", "y"])
def test_signs_nothing_when_something_else_is_typed(in_sign_off, terminal, ways, typed):
    with in_sign_off.nothing_recorded():
        asking = terminal(in_sign_off, "approve", "1", person="bob")
        code = asking.until(f"({ways.REF})").type(f"{typed}\n").end()

    assert code in (1, 130)


@pytest.mark.parametrize("key", [CTRL_C, CTRL_D], ids=["Ctrl-C", "Ctrl-D"])
def test_signs_nothing_when_it_is_interrupted(in_sign_off, terminal, ways, key):
    with in_sign_off.nothing_recorded():
        asking = terminal(in_sign_off, "approve", "1", person="bob").until(f"({ways.REF})")
        code = asking.press(key).end()

    assert code == 130


def test_asks_for_the_reason_of_a_no(in_sign_off, terminal, ways):
    asking = terminal(in_sign_off, "return", "1", person="bob")
    asking.until("Reason").type("費用過高。\n").until(f"({ways.REF})").type(f"{ways.REF}\n")

    assert asking.end() == 0
    assert in_sign_off.json("timeline", "1")["events"][-1]["reason"] == "費用過高。"


def test_takes_no_silence_for_a_reason(in_sign_off, terminal):
    with in_sign_off.nothing_recorded():
        asking = terminal(in_sign_off, "return", "1", person="bob")
        code = asking.until("Reason").type("  \n").end()

    assert code == 2
    assert "error[W025]" in asking.screen


@pytest.fixture
def locked(in_sign_off, terminal):
    """An office whose bob has a key with a passphrase."""
    making = terminal(in_sign_off, "key", "new", "--as", "bob", "--out", "locked", "--passphrase")
    making.until("Passphrase").type("正確 horse\n").until("Repeat").type("正確 horse\n")
    assert making.end() == 0
    in_sign_off("key", "add", "bob", "--public-key", "locked.pub", person="alice")
    return in_sign_off


def test_asks_for_the_passphrase_and_shows_it_to_nobody(locked, terminal):
    asking = terminal(locked, "approve", "1", "--as", "bob", "--key", "locked", "--yes")
    code = asking.until("Passphrase").type("正確 horse\n").end()

    assert code == 0
    assert "horse" not in asking.screen
    assert given(locked) == [1, 0]


def test_signs_nothing_with_a_wrong_passphrase(locked, terminal):
    with locked.nothing_recorded():
        asking = terminal(locked, "approve", "1", "--as", "bob", "--key", "locked", "--yes")
        code = asking.until("Passphrase").type("wrong\n").end()

    assert code == 4
    assert "error[W062]" in asking.screen


def test_a_locked_key_signs_nothing_where_nobody_can_be_asked(locked):
    locked.refuses("W062", 4, "approve", "1", "--key", "locked", "--yes", person="bob")


@pytest.mark.parametrize(
    ("words", "error", "named"),
    [
        (("approve", "1", "--as", "bob"), "W039", "--yes"),
        (("return", "1", "--as", "bob", "--yes"), "W025", "--reason"),
        (("withdraw", "1"), "W025", "--reason"),
        (
            ("flag", "resolve", "1", "F-1", "--as", "lena", "--conclusion", "clear", "--yes"),
            "W025",
            "--reason",
        ),
    ],
)
def test_asks_nothing_with_no_input_and_names_what_to_give(in_sign_off, terminal, words, error, named):
    with in_sign_off.nothing_recorded():
        asking = terminal(in_sign_off, *words, "--no-input")
        code = asking.end()

    assert code == 2
    assert f"error[{error}]" in asking.screen
    assert named in asking.screen


def test_names_the_flag_that_says_who_acts(in_sign_off, terminal):
    (in_sign_off.folder / "assent.toml").unlink()
    asking = terminal(in_sign_off, "inbox", "--no-input")

    assert asking.end() == 2
    assert "error[W003]" in asking.screen
    assert "--as" in asking.screen


# The world goes on while somebody thinks: what was true when the question was asked is asked again.


def test_does_not_sign_a_text_that_was_sent_back_meanwhile(in_sign_off, terminal, ways):
    in_sign_off("people", "role", "lena", "dept_manager", person="alice")
    asking = terminal(in_sign_off, "approve", "1", person="bob").until(f"({ways.REF})")
    in_sign_off("return", "1", "--reason", "x", "--yes", "--role", "dept_manager", person="lena")

    with in_sign_off.nothing_recorded():
        code = asking.type(f"{ways.REF}\n").end()

    assert code == 1
    assert "error[W020]" in asking.screen


def test_does_not_sign_a_new_text_in_the_place_of_the_one_shown(in_sign_off, terminal, ways):
    asking = terminal(in_sign_off, "approve", "1", person="bob").until(f"({ways.REF})")
    in_sign_off("people", "role", "lena", "dept_manager", person="alice")
    in_sign_off("return", "1", "--reason", "x", "--yes", "--role", "dept_manager", person="lena")
    in_sign_off("draft", "1", "--terms", "changed.toml")
    in_sign_off("submit", "1")
    ways.review(in_sign_off)

    with in_sign_off.nothing_recorded():
        code = asking.type(f"{ways.REF}\n").end()

    assert code == 6
    assert "error[W044]" in asking.screen


def test_does_not_sign_twice_from_two_terminals(in_sign_off, terminal, ways):
    asking = terminal(in_sign_off, "approve", "1", person="bob").until(f"({ways.REF})")
    in_sign_off("approve", "1", "--yes", person="bob")

    with in_sign_off.nothing_recorded():
        code = asking.type(f"{ways.REF}\n").end()

    assert code == 1
    assert "error[W035]" in asking.screen


def test_does_not_sign_in_a_role_that_was_taken_away_meanwhile(in_sign_off, terminal, ways):
    asking = terminal(in_sign_off, "approve", "1", person="bob").until(f"({ways.REF})")
    in_sign_off("people", "role", "bob", "dept_manager", "--revoke", person="alice")

    with in_sign_off.nothing_recorded():
        code = asking.type(f"{ways.REF}\n").end()

    assert code == 4
    assert "error[W032]" in asking.screen


def test_does_not_give_an_opinion_as_an_expert_no_longer(in_review, terminal, ways):
    resolve = (
        "flag",
        "resolve",
        "1",
        ways.flag_of(in_review, "legal"),
        "--conclusion",
        "clear",
        "--reason",
        "x",
    )
    asking = terminal(in_review, *resolve, person="lena").until(f"({ways.REF})")
    in_review("people", "role", "lena", "legal", "--revoke", person="alice")

    with in_review.nothing_recorded():
        code = asking.type(f"{ways.REF}\n").end()

    assert code == 4
    assert "error[W032]" in asking.screen
