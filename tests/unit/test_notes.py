"""A person's words stand beside the trail, which has only their salted digest."""

import hashlib

from workflow.notes import Note, note_digest


def test_a_note_is_known_by_a_salted_digest():
    assert note_digest("salt", "不同意") == hashlib.sha256("salt\n不同意".encode()).hexdigest()
    assert note_digest("salt", "no") != note_digest("tlas", "no")


def test_the_same_words_never_have_the_same_digest():
    assert Note.of("同意。").digest != Note.of("同意。").digest


def test_no_words_have_no_digest():
    assert Note.of("") == Note("", "")
    assert Note.of("").digest == ""


def test_words_are_found_again_by_their_digest():
    note = Note.of("責任上限過高。")

    assert Note(note.salt, note.text).digest == note.digest == note_digest(note.salt, note.text)
