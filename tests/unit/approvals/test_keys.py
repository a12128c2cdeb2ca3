"""Signing with key files, and making them; ssh-keygen says whether what we made holds."""

import base64
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519

from approvals.errors import KeyExistsError, KeyFileError, KeyLockedError, PublicKeyError
from approvals.keys import KeyFileSigner, generate_key, load_signer, read_public_key
from approvals.sshsig import verify
from approvals.wire import mpint, string

ROOT = Path(__file__).parents[3]
NAMESPACE = "decision.v1@assent"
MESSAGE = "AGR-2026-0042 同意\n".encode()
PASSPHRASE = "簽核 pass phrase"
KINDS = ("ed25519", "ecdsa-256", "ecdsa-384", "ecdsa-521", "rsa-3072")

needs_posix = pytest.mark.skipif(os.name != "posix", reason="file modes mean nothing here")


def names(folder):
    return sorted(file.name for file in folder.iterdir())


def nobody():
    pytest.fail("a passphrase was asked for where none is needed")


# --- key files -------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_ssh_keygen_accepts_what_a_key_file_signs(oracle, kind):
    signer = load_signer(oracle.key_file(kind), passphrase=nobody)
    signature = signer.sign(MESSAGE, namespace=NAMESPACE)

    assert signer.public_key == oracle.key(kind)
    verify(MESSAGE, signature, key=signer.public_key, namespace=NAMESPACE)
    assert oracle.accepts(signature, key=signer.public_key)
    for other in ({"namespace": "registry.v1@assent"}, {"message": b"another"}):
        assert not oracle.accepts(signature, key=signer.public_key, **other)


@pytest.mark.parametrize("kind", KINDS)
def test_ssh_keygen_accepts_what_a_locked_key_file_signs(oracle, kind):
    signer = load_signer(str(oracle.locked_key_file(kind, PASSPHRASE)), passphrase=lambda: PASSPHRASE)
    signature = signer.sign(MESSAGE, namespace=NAMESPACE)

    assert signer.public_key == oracle.key(kind)
    assert oracle.accepts(signature, key=signer.public_key)


@pytest.mark.parametrize("kind", ["ecdsa-256", "ecdsa-521"])
def test_writes_ecdsa_numbers_of_any_length(oracle, kind):
    """One number in two needs a leading zero, one in 256 is short."""
    signer = load_signer(oracle.key_file(kind), passphrase=None)

    for number in range(64):
        message = b"%d" % number
        signature = signer.sign(message, namespace=NAMESPACE)
        verify(message, signature, key=signer.public_key, namespace=NAMESPACE)


@pytest.mark.parametrize("kind", ["ed25519", "rsa-3072"])
def test_says_that_a_key_is_locked_when_nobody_can_be_asked(oracle, kind):
    with pytest.raises(KeyLockedError, match="nobody can be asked") as caught:
        load_signer(oracle.locked_key_file(kind, PASSPHRASE), passphrase=None)
    assert "ssh-add" in caught.value.explain()[2]


@pytest.mark.parametrize("wrong", ["", "wrong", f"{PASSPHRASE} ", "\0", "\udcff", "x" * 5000])
@pytest.mark.parametrize("cipher", ["", "aes256-gcm@openssh.com"])
def test_refuses_a_wrong_passphrase(oracle, wrong, cipher, tmp_path):
    shutil.copy2(oracle.locked_key_file("ed25519", PASSPHRASE), tmp_path / "key")
    if cipher:
        passphrases = ("-P", PASSPHRASE, "-N", PASSPHRASE)
        changed = oracle.run("-q", "-p", "-a", "1", "-Z", cipher, *passphrases, "-f", tmp_path / "key")
        assert changed.returncode == 0, changed.stderr
        load_signer(tmp_path / "key", passphrase=lambda: PASSPHRASE)

    with pytest.raises(KeyLockedError, match="wrong"):
        load_signer(tmp_path / "key", passphrase=lambda: wrong)


def test_names_a_cipher_it_does_not_know(oracle, tmp_path):
    shutil.copy2(oracle.locked_key_file("ed25519", PASSPHRASE), tmp_path / "key")
    passphrases = ("-P", PASSPHRASE, "-N", PASSPHRASE)
    cipher = "chacha20-poly1305@openssh.com"
    oracle.run("-q", "-p", "-a", "1", "-Z", cipher, *passphrases, "-f", tmp_path / "key")

    with pytest.raises(KeyFileError, match="cipher"):
        load_signer(tmp_path / "key", passphrase=lambda: PASSPHRASE)


def test_refuses_a_missing_file(tmp_path):
    with pytest.raises(KeyFileError, match="no such file") as caught:
        load_signer(tmp_path / "none", passphrase=nobody)
    assert caught.value.exit_code == 4
    assert str(tmp_path / "none") in str(caught.value)


def test_refuses_a_folder_and_a_name_no_file_can_have(tmp_path):
    for path in (tmp_path, "nul\0character"):
        with pytest.raises(KeyFileError):
            load_signer(path, passphrase=nobody)


@needs_posix
def test_does_not_wait_for_a_named_pipe(tmp_path):
    os.mkfifo(tmp_path / "pipe", 0o600)

    with pytest.raises(KeyFileError, match="not a file"):
        load_signer(tmp_path / "pipe", passphrase=nobody)


@needs_posix
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644, 0o601])
def test_refuses_a_key_that_others_can_read(lenas, mode):
    lenas.chmod(mode)

    with pytest.raises(KeyFileError, match="others can read") as caught:
        load_signer(lenas, passphrase=nobody)
    assert f"chmod 600 {lenas}" in caught.value.explain()[2]


@needs_posix
@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_accepts_a_key_that_only_its_owner_can_read(lenas, mode):
    lenas.chmod(mode)

    assert load_signer(lenas, passphrase=nobody).public_key


def private_file(path, data):
    path.write_bytes(data)
    path.chmod(0o600)
    return path


def test_refuses_what_is_not_a_private_key(lenas, tmp_path):
    for data in (b"", b"hello", b"\xff" * 100, lenas.with_name("lena.pub").read_bytes(), b"x" * 100_000):
        with pytest.raises(KeyFileError, match="not a private key"):
            load_signer(private_file(tmp_path / "file", data), passphrase=nobody)


def test_says_how_to_convert_a_key_in_another_format(tmp_path):
    key = ed25519.Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )

    with pytest.raises(KeyFileError, match="OpenSSH's format") as caught:
        load_signer(private_file(tmp_path / "key", key), passphrase=nobody)
    assert "ssh-keygen -p" in caught.value.explain()[2]


def test_lets_nothing_but_its_own_errors_escape_from_a_damaged_key_file(lenas, tmp_path):
    data = lenas.read_bytes()

    for at in range(0, len(data), 3):
        for damaged in (data[:at] + data[at + 1 :], data[:at] + b"A" + data[at + 1 :], data[:at]):
            try:
                signer = load_signer(private_file(tmp_path / "key", damaged), passphrase=lambda: "x")
            except (KeyFileError, KeyLockedError):
                continue
            signature = signer.sign(MESSAGE, namespace=NAMESPACE)
            verify(MESSAGE, signature, key=signer.public_key, namespace=NAMESPACE)


def test_lets_nothing_but_its_own_errors_escape_from_a_damaged_locked_key_file(oracle, tmp_path):
    data = oracle.locked_key_file("ed25519", PASSPHRASE).read_bytes()

    for at in range(90, len(data), 7):
        damaged = data[:at] + b"A" + data[at + 1 :]
        try:
            load_signer(private_file(tmp_path / "key", damaged), passphrase=lambda: PASSPHRASE)
        except (KeyFileError, KeyLockedError):
            continue


def test_refuses_keys_too_weak_or_of_another_kind_before_asking_for_a_passphrase(oracle, tmp_path):
    made = oracle.run("-q", "-t", "rsa", "-b", "2048", "-N", PASSPHRASE, "-f", tmp_path / "weak")
    assert made.returncode == 0, made.stderr

    with pytest.raises(KeyFileError, match="2048 bits"):
        load_signer(tmp_path / "weak", passphrase=nobody)


def key_file_saying(public_blob):
    fields = (b"none", b"none", b"")
    body = b"openssh-key-v1\0" + b"".join(map(string, fields)) + (1).to_bytes(4) + string(public_blob)
    text = base64.encodebytes(body + string(b""))
    return b"-----BEGIN OPENSSH PRIVATE KEY-----\n" + text + b"-----END OPENSSH PRIVATE KEY-----\n"


@pytest.mark.parametrize(
    ("blob", "reason"),
    [
        (b"".join(map(string, (b"sk-ssh-ed25519@openssh.com", b"\7" * 32, b"ssh:"))), "ssh-agent only"),
        (string(b"ssh-dss") + mpint(1), "'ssh-dss'"),
        (b"", "damaged"),
        (string(b"ssh-ed25519") + string(b"\7" * 32), "damaged"),
    ],
    ids=["security key", "unsupported", "no key", "no private part"],
)
def test_refuses_a_key_file_by_what_it_says_in_clear(tmp_path, blob, reason):
    with pytest.raises(KeyFileError, match=reason):
        load_signer(private_file(tmp_path / "key", key_file_saying(blob)), passphrase=nobody)


def test_refuses_a_key_file_whose_halves_do_not_belong_together(tmp_path):
    mine, other = generate_key(tmp_path / "mine"), generate_key(tmp_path / "other")
    first, *lines, last = (tmp_path / "mine").read_bytes().splitlines()
    body = base64.b64decode(b"".join(lines))
    assert body.index(mine.blob) < 100, "the public half comes first"

    # One copy of the public half exchanged, and then every copy of it.
    for blob, times in ((mine.blob, 1), (mine.blob[-32:], -1)):
        mixed = body.replace(blob, other.blob[-len(blob) :], times)
        file = private_file(tmp_path / "mixed", b"\n".join((first, base64.b64encode(mixed), last)))
        with pytest.raises(KeyFileError, match=r"damaged|do not belong together"):
            load_signer(file, passphrase=nobody)


def test_shows_no_private_key(lenas):
    signer = load_signer(lenas, passphrase=nobody)

    assert isinstance(signer, KeyFileSigner)
    assert repr(signer) == f"KeyFileSigner(public_key={signer.public_key!r})"


def test_signs_for_no_empty_namespace(lenas):
    with pytest.raises(ValueError, match="namespace"):
        load_signer(lenas, passphrase=nobody).sign(MESSAGE, namespace="")


# --- public key files ------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_reads_the_public_key_that_ssh_keygen_wrote(oracle, kind):
    key = read_public_key(oracle.key_file(kind).with_suffix(".pub"))

    assert key == load_signer(oracle.key_file(kind), passphrase=nobody).public_key


@needs_posix
def test_reads_a_public_key_that_everyone_can_read(lenas):
    file = lenas.with_name("lena.pub")
    file.chmod(0o666)

    assert read_public_key(file) == load_signer(lenas, passphrase=nobody).public_key


def test_names_a_public_key_file_that_is_not_there(tmp_path):
    with pytest.raises(KeyFileError, match="no such file") as caught:
        read_public_key(tmp_path / "lena.pub")
    assert ".pub" in caught.value.explain()[2]


def test_reads_no_public_key_from_a_folder_or_a_name_no_file_can_have(tmp_path):
    for path in (tmp_path, "nul\0character"):
        with pytest.raises(KeyFileError):
            read_public_key(path)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "not one line"),
        (b"\xff\xfes\0s\0h\0", "lena.pub is not text"),
        (b"ssh-ed25519 AAAB", "cut short"),
    ],
)
def test_reads_no_public_key_from_anything_else(tmp_path, data, reason):
    (tmp_path / "lena.pub").write_bytes(data)

    with pytest.raises(PublicKeyError, match=reason):
        read_public_key(tmp_path / "lena.pub")


def test_takes_a_private_key_for_no_public_one(lenas):
    with pytest.raises(PublicKeyError):
        read_public_key(lenas)


# --- new keys --------------------------------------------------------------------------


def test_a_new_key_signs_at_once(tmp_path):
    key = generate_key(tmp_path / "lena", comment="lena  liu\n@example")
    signer = load_signer(tmp_path / "lena", passphrase=nobody)

    assert signer.public_key == key
    assert (tmp_path / "lena.pub").read_text() == f"{key.line} lena liu @example\n"
    verify(MESSAGE, signer.sign(MESSAGE, namespace=NAMESPACE), key=key, namespace=NAMESPACE)
    assert names(tmp_path) == ["lena", "lena.pub"]


def test_a_new_key_with_a_passphrase_is_locked(tmp_path):
    key = generate_key(tmp_path / "lena", passphrase=PASSPHRASE)

    with pytest.raises(KeyLockedError):
        load_signer(tmp_path / "lena", passphrase=None)
    assert load_signer(tmp_path / "lena", passphrase=lambda: PASSPHRASE).public_key == key


@pytest.mark.parametrize("passphrase", ["", PASSPHRASE])
def test_ssh_keygen_reads_a_new_key(oracle, tmp_path, passphrase):
    key = generate_key(tmp_path / "lena", passphrase=passphrase, comment="lena")

    private = oracle.run("-y", "-P", passphrase, "-f", tmp_path / "lena")
    assert private.stdout.decode().split()[:2] == key.line.split()
    assert key.fingerprint in oracle.run("-lf", tmp_path / "lena.pub").stdout.decode()


@needs_posix
@pytest.mark.parametrize("umask", [0, 0o022, 0o077])
def test_only_its_owner_can_read_a_new_key(tmp_path, umask):
    before = os.umask(umask)
    try:
        generate_key(tmp_path / "lena")
    finally:
        os.umask(before)

    assert stat.S_IMODE((tmp_path / "lena").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "lena.pub").stat().st_mode) == 0o644 & ~umask


@pytest.mark.parametrize("there", ["lena", "lena.pub"])
def test_a_new_key_overwrites_nothing(tmp_path, there):
    (tmp_path / there).write_text("precious")

    with pytest.raises(KeyExistsError, match=there):
        generate_key(tmp_path / "lena")
    assert (tmp_path / there).read_text() == "precious"
    assert names(tmp_path) == [there]


@needs_posix
def test_a_new_key_does_not_follow_a_dangling_link(tmp_path):
    (tmp_path / "lena").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(KeyExistsError):
        generate_key(tmp_path / "lena")
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize("there", ["lena", "lena.pub"])
def test_a_file_that_appears_meanwhile_is_not_overwritten_either(tmp_path, monkeypatch, there):
    monkeypatch.setattr(os.path, "lexists", lambda path: False)
    (tmp_path / there).write_text("precious")

    with pytest.raises(KeyExistsError, match=there):
        generate_key(tmp_path / "lena")
    assert (tmp_path / there).read_text() == "precious"
    assert names(tmp_path) == [there]


@pytest.mark.parametrize("call", ["fsync", "link"])
@pytest.mark.parametrize("nth", [1, 2])
def test_a_failure_leaves_no_half_key(tmp_path, monkeypatch, call, nth):
    real, calls = getattr(os, call), []

    def fails(*args):
        calls.append(args)
        if len(calls) == nth:
            raise OSError(28, "No space left on device")
        return real(*args)

    monkeypatch.setattr(os, call, fails)
    with pytest.raises(KeyFileError, match="no space left"):
        generate_key(tmp_path / "lena")
    # The second fsync is that of the folder: the private key is whole by then.
    assert names(tmp_path) in ([], ["lena"])
    if names(tmp_path):
        assert load_signer(tmp_path / "lena", passphrase=nobody).public_key


CRASHING = """
import os, sys
from approvals.keys import generate_key

calls, nth = 0, int(sys.argv[2])

def crashing(real):
    def call(*args, **kwargs):
        global calls
        calls += 1
        if calls == nth:
            os._exit(77)
        return real(*args, **kwargs)
    return call

os.fsync, os.link = crashing(os.fsync), crashing(os.link)
generate_key(sys.argv[1])
"""


@needs_posix
@pytest.mark.parametrize("nth", [1, 2, 3, 4, 5, 6])
def test_a_crash_leaves_a_whole_key_or_none(tmp_path, nth):
    """The process ends, cleaning nothing up, at each of the calls that make files appear or last."""
    command = [sys.executable, "-c", CRASHING, tmp_path / "lena", str(nth)]
    assert subprocess.run(command, cwd=ROOT, check=False, timeout=30).returncode == 77

    if (tmp_path / "lena").exists():
        assert load_signer(tmp_path / "lena", passphrase=nobody).public_key
    else:
        assert not (tmp_path / "lena.pub").exists()
    for draft in tmp_path.glob(".lena.*"):
        assert draft.name.startswith(".lena.pub.") or stat.S_IMODE(draft.stat().st_mode) == 0o600


@pytest.mark.parametrize("path", ["", "/", "nul\0character", "none/such/folder"])
def test_refuses_a_place_where_no_key_can_be(tmp_path, monkeypatch, path):
    monkeypatch.chdir(tmp_path)

    with pytest.raises(KeyFileError):
        generate_key(path)
