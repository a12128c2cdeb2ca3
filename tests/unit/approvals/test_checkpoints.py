"""A checkpoint is three lines, written in one way only, and a note holds one with its signature."""

import base64
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from approvals.checkpoints import Checkpoint, SignedCheckpoint, cosigned
from approvals.errors import CheckpointFileError

FEW = settings(max_examples=150, deadline=None, database=None)
ROOT = bytes(range(32))
MADE = Checkpoint("assent:0f", 42, ROOT)
SIGNATURE = "-----BEGIN SSH SIGNATURE-----\nU1NIU0lH\n-----END SSH SIGNATURE-----\n"
SEEN = datetime(2026, 11, 23, 2, 33, tzinfo=UTC)
NOTE = SignedCheckpoint(MADE, SEEN, SIGNATURE)

ORIGINS = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=40)
CHECKPOINTS = st.builds(Checkpoint, ORIGINS, st.integers(0, 2**50), st.binary(min_size=32, max_size=32))


def test_is_three_lines_that_anybody_can_read():
    assert MADE.body == b"assent:0f\n42\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"


@FEW
@given(CHECKPOINTS)
def test_says_after_reading_what_it_said_before(made):
    assert Checkpoint.read(made.body) == made


@FEW
@given(CHECKPOINTS, st.integers(0, 10**11))
def test_a_note_says_after_reading_what_it_said_before(made, time):
    note = SignedCheckpoint(made, datetime.fromtimestamp(time, UTC), SIGNATURE)

    assert SignedCheckpoint.read(note.body, name="note") == note


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"assent:0f\n42\n",
        MADE.body + b"\n",
        MADE.body[:-1],
        b" " + MADE.body.replace(b"42", b"042"),
        MADE.body.replace(b"42", b"-1"),
        MADE.body.replace(b"42", "４２".encode()),
        MADE.body.replace(b"\n", b"\r\n"),
        MADE.body.replace(base64.b64encode(ROOT), base64.b64encode(ROOT[:31])),
        # The last character has two bits that say nothing: another way to write the same root.
        MADE.body.replace(b"Hh8=", b"Hh9="),
        b"\xff" + MADE.body,
    ],
)
def test_nothing_else_is_a_checkpoint(body):
    with pytest.raises(ValueError):
        Checkpoint.read(body)


def test_what_is_signed_says_when():
    assert cosigned(MADE, SEEN) == b"cosignature/v1\ntime 1795401180\n" + MADE.body
    assert SignedCheckpoint(MADE, SEEN, SIGNATURE).signed == cosigned(MADE, SEEN)


def test_a_note_saved_by_an_editor_of_windows_is_the_same_note():
    assert SignedCheckpoint.read(NOTE.body.replace(b"\n", b"\r\n"), name="note") == NOTE


@pytest.mark.parametrize(
    "data",
    [
        b"",
        MADE.body,
        MADE.body + b"\n",
        MADE.body + b"\nno signature\n",
        MADE.body + b"\n" + SIGNATURE.encode() + b"more\n",
        NOTE.body[:-10],
        NOTE.body.removeprefix(b"cosignature/v1\n"),
        b"\xff" * 50,
        NOTE.body + b"x" * 20_000,
    ],
)
def test_what_is_no_note_is_refused_by_name(data):
    with pytest.raises(CheckpointFileError, match=r"kept\.txt is no checkpoint"):
        SignedCheckpoint.read(data, name="kept.txt")
