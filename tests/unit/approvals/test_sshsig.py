"""Which signatures hold, with OpenSSH's own ssh-keygen as the second opinion."""

import base64
import contextlib
import hashlib
import os
import random
import re
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils
from hypothesis import given, settings
from hypothesis import strategies as st

from approvals.errors import BadSignatureError, PublicKeyError
from approvals.sshsig import PublicKey, armor, signed_by, signing_blob, verify
from approvals.wire import Reader, mpint, string

NAMESPACE = "decision.v1@assent"
MESSAGE = "AGR-2026-0042 同意\n".encode()
KINDS = ("ed25519", "ecdsa-256", "ecdsa-384", "ecdsa-521", "rsa-3072")
MUTANTS = int(os.environ.get("ASSENT_TEST_MUTANTS", "150"))


@pytest.fixture(scope="session")
def ed25519_key():
    return ed25519.Ed25519PrivateKey.generate()


def ours(signature, *, key, message=MESSAGE, namespace=NAMESPACE):
    """Say whether we accept; anything but the one refusal fails the test."""
    try:
        verify(message, signature, key=key, namespace=namespace)
    except BadSignatureError:
        return False
    return True


def unarmored(signature):
    return base64.b64decode("".join(signature.splitlines()[1:-1]))


def armored(data):
    body = base64.b64encode(data).decode()
    lines = [body[at : at + 70] for at in range(0, len(body), 70)]
    return "\n".join(["-----BEGIN SSH SIGNATURE-----", *lines, "-----END SSH SIGNATURE-----", ""])


def fields_of(signature):
    """The envelope's five fields: key, namespace, reserved, hash, signature."""
    reader = Reader(unarmored(signature))
    assert reader.take(10) == b"SSHSIG\0\0\0\1"
    return [reader.string() for _ in range(5)]


def envelope(fields):
    return armored(b"SSHSIG\0\0\0\1" + b"".join(map(string, fields)))


def raw_ed25519(private):
    return private.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)


def signed_with_ed25519(private, *, hashed="sha512", message=MESSAGE, namespace=NAMESPACE):
    key = PublicKey("ssh-ed25519", string(b"ssh-ed25519") + string(raw_ed25519(private)))
    made = private.sign(signing_blob(message, namespace, hashed))
    return key, armor(key, string(b"ssh-ed25519") + string(made), namespace=namespace, hash_algorithm=hashed)


# --- what ssh-keygen signs -------------------------------------------------------------


@pytest.mark.parametrize("hashed", ["sha256", "sha512"])
@pytest.mark.parametrize("kind", KINDS)
def test_accepts_what_ssh_keygen_signs(oracle, kind, hashed):
    signature = oracle.sign(kind, hashed=hashed)

    verify(MESSAGE, signature, key=oracle.key(kind), namespace=NAMESPACE)
    assert signed_by(signature) == oracle.key(kind)


@pytest.mark.parametrize("message", [b"", b"\0" * 100_000], ids=["empty", "large"])
def test_accepts_a_signature_over_any_length(oracle, message):
    verify(message, oracle.sign("ed25519", message=message), key=oracle.key("ed25519"), namespace=NAMESPACE)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("other", "reason"),
    [
        ({"message": MESSAGE + b" "}, "not the one that was signed"),
        ({"namespace": "registry.v1@assent"}, "another purpose"),
    ],
    ids=["message", "namespace"],
)
def test_refuses_another_message_or_namespace_as_ssh_keygen_does(oracle, kind, other, reason):
    signature, key = oracle.sign(kind), oracle.key(kind)
    asked = {"message": MESSAGE, "namespace": NAMESPACE, **other}

    with pytest.raises(BadSignatureError, match=reason):
        verify(asked["message"], signature, key=key, namespace=asked["namespace"])
    assert not oracle.accepts(signature, key=key, **other)


@pytest.mark.parametrize("kind", KINDS)
def test_refuses_another_key_as_ssh_keygen_does(oracle, kind):
    signature, other = oracle.sign(kind), oracle.key("ed25519" if kind != "ed25519" else "ecdsa-256")

    with pytest.raises(BadSignatureError, match=re.escape(oracle.key(kind).fingerprint)):
        verify(MESSAGE, signature, key=other, namespace=NAMESPACE)
    assert not oracle.accepts(signature, key=other)


@pytest.mark.parametrize("kind", KINDS[:-1])  # a second RSA key takes too long to make
def test_refuses_a_signature_relabelled_with_another_key_of_the_same_kind(oracle, kind):
    copy = type(oracle)(oracle.folder / "second")
    copy.folder.mkdir(exist_ok=True)
    fields = fields_of(oracle.sign(kind))
    fields[0] = copy.key(kind).blob

    assert not ours(envelope(fields), key=copy.key(kind))
    assert not oracle.accepts(envelope(fields), key=copy.key(kind))


# --- what ssh-keygen refuses -----------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_accepts_no_mutant_that_ssh_keygen_refuses(oracle, kind):
    key, signature = oracle.key(kind), oracle.sign(kind)
    data, pick = unarmored(signature), random.Random(f"assent {kind}")

    accepted = set()
    for number in range(MUTANTS):
        mutant = mutate_text(signature, pick) if number % 3 == 0 else armored(mutate_bytes(data, pick))
        with contextlib.suppress(BadSignatureError):
            signed_by(mutant)
        if mutant != signature and ours(mutant, key=key):
            accepted.add(mutant)

    assert [mutant for mutant in accepted if not oracle.accepts(mutant, key=key)] == []


def mutate_bytes(data, pick):
    at = pick.randrange(len(data))
    match pick.randrange(6):
        case 0 | 1:
            changed = bytes((data[at] ^ 1 << pick.randrange(8),))
        case 2:
            changed = bytes((pick.randrange(256),))
        case 3:
            changed = b""
        case 4:
            changed = data[at : at + 1] * 2
        case _:
            return data[:at] if pick.random() < 0.5 else data + pick.randbytes(1 + at % 7)
    return data[:at] + changed + data[at + 1 :]


def mutate_text(text, pick):
    at = pick.randrange(len(text))
    changed = pick.choice(
        [chr(ord(text[at]) ^ 1 << pick.randrange(7)), "", "\n", "\r\n", " ", "=", "\0", "é", text[at] * 2]
    )
    return text[:at] + changed + text[at + 1 :]


def test_the_mutants_tell_right_from_wrong(oracle):
    """The differential test is worth nothing if its control, an intact signature, is refused."""
    signature = oracle.sign("ed25519")

    assert armored(unarmored(signature)) == signature == envelope(fields_of(signature))
    assert ours(signature, key=oracle.key("ed25519"))
    assert oracle.accepts(signature, key=oracle.key("ed25519"))


def test_ignores_the_reserved_field_as_ssh_keygen_does(oracle):
    fields = fields_of(oracle.sign("ed25519"))
    fields[2] = b"for later"

    assert ours(envelope(fields), key=oracle.key("ed25519"))
    assert oracle.accepts(envelope(fields), key=oracle.key("ed25519"))


def test_needs_no_line_end_after_the_armor_as_ssh_keygen_does(oracle):
    signature = oracle.sign("ed25519").rstrip("\n")

    assert ours(signature, key=oracle.key("ed25519"))
    assert oracle.accepts(signature, key=oracle.key("ed25519"))


def test_refuses_line_ends_of_windows_because_openssh_9_2_does(oracle):
    signature = oracle.sign("ecdsa-256").replace("\n", "\r\n")

    assert not ours(signature, key=oracle.key("ecdsa-256"))


@pytest.mark.parametrize("kind", ["ecdsa-256", "rsa-3072"])
def test_refuses_a_second_spelling_of_the_same_signature(oracle, kind):
    fields = fields_of(oracle.sign(kind))
    inner = Reader(fields[4])
    name, raw = inner.string(), inner.string()
    if kind == "ecdsa-256":
        numbers = Reader(raw)
        raw = string(b"\0" + numbers.string()) + string(numbers.string())
    else:
        raw = b"\0" + raw
    fields[4] = string(name) + string(raw)

    assert not ours(envelope(fields), key=oracle.key(kind))


# --- forms, without ssh-keygen ---------------------------------------------------------


@pytest.mark.parametrize("hashed", ["md5", "sha1", "sha384", "SHA512", ""])
def test_hashes_the_message_with_sha256_or_sha512_only(ed25519_key, hashed):
    digest = hashlib.new(hashed, MESSAGE).digest() if hashed else b""
    fields = (NAMESPACE.encode(), b"", hashed.encode(), digest)
    made = ed25519_key.sign(b"SSHSIG" + b"".join(map(string, fields)))
    key, _ = signed_with_ed25519(ed25519_key)
    signature = armor(key, string(b"ssh-ed25519") + string(made), namespace=NAMESPACE, hash_algorithm=hashed)

    with pytest.raises(BadSignatureError, match="hashes the message"):
        verify(MESSAGE, signature, key=key, namespace=NAMESPACE)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: "\n" + text,
        lambda text: text + "\n",
        lambda text: text + "and more",
        lambda text: text * 2,
        lambda text: text.replace("BEGIN SSH", "BEGIN PGP"),
        lambda text: text.replace("\n", "", 1),
        lambda text: text.replace("\n", "\n\n", 1),
        lambda text: text.replace("\n", " \n", 1),
        lambda text: text.replace("U1NI", "U1N", 1),
        lambda text: text.replace("\n-----END", "=\n-----END"),
        lambda text: text.replace("U", "Ｕ"),
        lambda text: "\ud800" + text,
        lambda text: text.replace("\n", "\n" + "A" * 40_000, 1),
        lambda text: "",
    ],
)  # fmt: skip
def test_refuses_any_other_armor(ed25519_key, spoil):
    key, signature = signed_with_ed25519(ed25519_key)

    verify(MESSAGE, signature, key=key, namespace=NAMESPACE)
    with pytest.raises(BadSignatureError):
        verify(MESSAGE, spoil(signature), key=key, namespace=NAMESPACE)


def test_reads_no_armor_longer_than_any_key_makes(ed25519_key):
    key, signature = signed_with_ed25519(ed25519_key)
    fields = fields_of(signature)
    for size, accepted in ((20_000, True), (30_000, False)):
        fields[2] = bytes(size)
        assert ours(envelope(fields), key=key) is accepted


def test_refuses_base64_with_bits_to_spare(ed25519_key):
    key, signature = signed_with_ed25519(ed25519_key, namespace="xy")
    padded = re.search(r"([A-Za-z0-9+/])(=+)\n-----END", signature)
    assert padded, "the namespace is chosen so that the last group is not full"
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    other = letters[letters.index(padded[1]) + 1]
    spoilt = signature[: padded.start(1)] + other + signature[padded.end(1) :]

    assert unarmored(spoilt) == unarmored(signature)
    with pytest.raises(BadSignatureError, match="usual spelling"):
        verify(MESSAGE, spoilt, key=key, namespace="xy")


@pytest.mark.parametrize("version", [0, 2, 2**32 - 1])
def test_knows_version_1_only(ed25519_key, version):
    key, signature = signed_with_ed25519(ed25519_key)
    data = unarmored(signature)

    with pytest.raises(BadSignatureError, match="version 1"):
        verify(MESSAGE, armored(data[:6] + version.to_bytes(4) + data[10:]), key=key, namespace=NAMESPACE)


@pytest.mark.parametrize("length", [2**31, 2**32 - 1, 5000])
def test_refuses_a_length_beyond_the_end(ed25519_key, length):
    key, signature = signed_with_ed25519(ed25519_key)
    data = unarmored(signature)

    with pytest.raises(BadSignatureError, match="cut short"):
        verify(MESSAGE, armored(data[:10] + length.to_bytes(4) + data[14:]), key=key, namespace=NAMESPACE)


@pytest.mark.parametrize("namespace", [f"{NAMESPACE}\0", "", NAMESPACE[:-1], "\udcff", "x" * 256])
def test_takes_the_namespace_exactly(ed25519_key, namespace):
    key, signature = signed_with_ed25519(ed25519_key)
    fields = fields_of(signature)
    fields[1] = namespace.encode("utf-8", "surrogateescape")

    for candidate in (signature, envelope(fields)):
        with pytest.raises(BadSignatureError):
            verify(MESSAGE, candidate, key=key, namespace=namespace)


def test_signs_for_no_empty_namespace():
    with pytest.raises(ValueError, match="namespace"):
        signing_blob(MESSAGE, "")


@pytest.mark.parametrize("inner", [b"", string(b"ssh-ed25519"), string(b"ssh-rsa") + string(b"x" * 64)])
def test_refuses_a_signature_field_of_another_form(ed25519_key, inner):
    key, _ = signed_with_ed25519(ed25519_key)

    assert not ours(armor(key, inner, namespace=NAMESPACE), key=key)


@pytest.mark.parametrize("numbers", [(0, 0), (1, 0), (2**256, 1), (2**2000, 2**2000)])
def test_refuses_ecdsa_numbers_out_of_range(numbers):
    point = ec.generate_private_key(ec.SECP256R1()).public_key()
    key = PublicKey.parse(openssh_line(point))
    inner = string(b"ecdsa-sha2-nistp256") + string(b"".join(map(mpint, numbers)))

    assert not ours(armor(key, inner, namespace=NAMESPACE), key=key)


def openssh_line(public):
    return public.public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH).decode()


# --- public keys -----------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_names_a_key_as_ssh_keygen_does(oracle, kind):
    key, file = oracle.key(kind), oracle.key_file(kind).with_suffix(".pub")

    assert oracle.run("-lf", file).stdout.split()[1].decode() == key.fingerprint
    assert file.read_text().rsplit(maxsplit=1)[0] == key.line
    assert PublicKey.parse(key.line) == key


@pytest.fixture(scope="session")
def rsa_2048():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def test_refuses_rsa_of_2048_bits(rsa_2048):
    line = openssh_line(rsa_2048.public_key())

    with pytest.raises(PublicKeyError, match="2048 bits"):
        PublicKey.parse(line)


def test_refuses_what_rsa_of_2048_bits_has_signed(rsa_2048):
    blob = base64.b64decode(openssh_line(rsa_2048.public_key()).split()[1])
    made = rsa_2048.sign(signing_blob(MESSAGE, NAMESPACE), padding.PKCS1v15(), hashes.SHA512())
    inner = string(b"rsa-sha2-512") + string(made)
    signature = envelope([blob, NAMESPACE.encode(), b"", b"sha512", inner])

    with pytest.raises(BadSignatureError, match="2048 bits"):
        signed_by(signature)


def test_refuses_rsa_with_sha1(oracle):
    private = serialization.load_ssh_private_key(oracle.key_file("rsa-3072").read_bytes(), None)
    key = oracle.key("rsa-3072")
    inner = string(b"ssh-rsa") + string(
        private.sign(signing_blob(MESSAGE, NAMESPACE), padding.PKCS1v15(), hashes.SHA1())
    )
    signature = armor(key, inner, namespace=NAMESPACE)

    with pytest.raises(BadSignatureError, match="'ssh-rsa' is not one of its key"):
        verify(MESSAGE, signature, key=key, namespace=NAMESPACE)
    assert not oracle.accepts(signature, key=key)


@pytest.mark.parametrize("hashed", ["sha256", "sha512"])
def test_accepts_rsa_with_either_sha2(oracle, hashed):
    private = serialization.load_ssh_private_key(oracle.key_file("rsa-3072").read_bytes(), None)
    key, digest = oracle.key("rsa-3072"), getattr(hashes, hashed.upper())()
    inner = string(f"rsa-sha2-{hashed[3:]}".encode()) + string(
        private.sign(signing_blob(MESSAGE, NAMESPACE), padding.PKCS1v15(), digest)
    )
    signature = armor(key, inner, namespace=NAMESPACE)

    assert ours(signature, key=key)
    assert oracle.accepts(signature, key=key)


def line_of(*fields, name=None):
    return f"{name or fields[0].decode()} {base64.b64encode(b''.join(map(string, fields))).decode()}"


POINT = bytes((9,)) + bytes(31)
MODULUS = mpint(2**3071 + 1)[4:]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("", "not one line"),
        ("ssh-ed25519", "not one line"),
        (line_of(b"ssh-ed25519", POINT) + "\n" + line_of(b"ssh-ed25519", POINT), "not one line"),
        ("ssh-ed25519 AAAA=BBB", "not base64"),
        ("ssh-ed25519 ＡＡＡＡ", "not base64"),
        ("ssh-ed25519 AAAB", "cut short"),
        (f"restrict {line_of(b'ssh-ed25519', POINT)}", "not base64"),
        (line_of(b"ssh-ed25519", POINT, name="ssh-rsa"), "first word"),
        (line_of(b"ssh-ed25519", POINT, b""), "follows its end"),
        (line_of(b"ssh-ed25519", POINT[1:]), "ed25519"),
        (line_of(b"ssh-dss", POINT), "'ssh-dss'"),
        (line_of(b"ssh-ed25519-cert-v01@openssh.com", POINT), "cert-v01"),
        (line_of(b"\xff", POINT, name="x"), "not text"),
        (line_of(b"x" * 300, POINT, name="x"), "too long"),
        (line_of(b"ecdsa-sha2-nistp256", b"nistp384", b"\4" + bytes(96)), "curve"),
        (line_of(b"ecdsa-sha2-nistp256", b"nistp256", b"\2" + bytes(32)), "uncompressed"),
        (line_of(b"ecdsa-sha2-nistp256", b"nistp256", b"\2" + bytes(64)), "uncompressed"),
        (line_of(b"ssh-rsa", b"\1\0\1", b"\0" + MODULUS), "padded"),
        (line_of(b"ssh-rsa", b"\1\0\1", MODULUS[1:]), "negative"),
        (line_of(b"ssh-rsa", b"\1", MODULUS), "numbers"),
        (line_of(b"ssh-rsa", b"\1\0\0", MODULUS), "numbers"),
        (line_of(b"ssh-rsa", b"\1" + bytes(8) + b"\1", MODULUS), "numbers"),
        (line_of(b"ssh-rsa", b"\1\0\1", MODULUS[:-1] + b"\2"), "numbers"),
        (line_of(b"ssh-rsa", b"\1\0\1", b"\1" + bytes(2047) + b"\1"), "16385 bits"),
    ],
)
def test_refuses_a_public_key_line_and_says_why(line, reason):
    with pytest.raises(PublicKeyError, match=reason):
        PublicKey.parse(line)


@pytest.mark.parametrize("sign_bit", [0, 0x80])
@pytest.mark.parametrize("y", [0, 1, 2**255 - 20, 2**255 - 19, 2**255 - 18, 2**255 - 1])
def test_refuses_an_ed25519_key_that_fits_many_messages(y, sign_bit):
    point = bytearray(y.to_bytes(32, "little"))
    point[31] |= sign_bit

    with pytest.raises(PublicKeyError, match="fit for a key"):
        PublicKey.parse(line_of(b"ssh-ed25519", bytes(point)))


def test_an_ed25519_key_of_order_8_would_fit_many_messages_and_is_refused():
    """The forger's shortcut exists (the control), so refusing such keys is not superstition."""
    weak = bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05")
    forged = bytes((1,)) + bytes(63)  # R is the identity, S is 0
    public = ed25519.Ed25519PublicKey.from_public_bytes(weak)

    def holds(message):
        try:
            public.verify(forged, message)
        except Exception:  # noqa: BLE001 - any refusal will do
            return False
        return True

    assert sum(holds(b"%d" % number) for number in range(200)) > 5
    with pytest.raises(PublicKeyError, match="fit for a key"):
        PublicKey.parse(line_of(b"ssh-ed25519", weak))


@given(
    st.text()
    | st.builds(lambda word, data: f"{word} {base64.b64encode(data).decode()}", st.text(), st.binary())
)
@settings(max_examples=200, deadline=None)
def test_lets_nothing_but_its_own_error_escape_from_a_public_key_line(line):
    try:
        key = PublicKey.parse(line)
    except PublicKeyError:
        return
    assert PublicKey.parse(key.line) == key


@given(st.data())
@settings(max_examples=200, deadline=None)
def test_lets_nothing_but_its_own_error_escape_from_a_public_key_of_random_fields(data):
    names = [b"ssh-ed25519", b"ssh-rsa", b"ecdsa-sha2-nistp521", b"sk-ssh-ed25519@openssh.com"]
    name = data.draw(st.sampled_from(names))
    fields = data.draw(st.lists(st.binary(max_size=140) | st.sampled_from([POINT, MODULUS]), max_size=4))
    try:
        PublicKey.parse(line_of(name, *fields))
    except PublicKeyError:
        return


@given(st.text() | st.builds(armored, st.binary()), st.binary(), st.text())
@settings(max_examples=200, deadline=None)
def test_lets_nothing_but_its_own_error_escape_from_garbage(signature, message, namespace):
    key = PublicKey.parse(line_of(b"ssh-ed25519", POINT))

    assert not ours(signature, key=key, message=message, namespace=namespace)


@given(st.data())
@settings(max_examples=200, deadline=None)
def test_lets_nothing_but_its_own_error_escape_from_an_envelope_of_random_fields(data):
    blob = string(b"ssh-ed25519") + string(POINT)
    inner = st.builds(lambda raw: string(b"ssh-ed25519") + string(raw), st.binary(min_size=60, max_size=66))
    fields = [
        data.draw(st.just(value) | st.binary(max_size=80))
        for value in (blob, NAMESPACE.encode(), b"", b"sha512", data.draw(inner))
    ]

    assert not ours(envelope(fields), key=PublicKey("ssh-ed25519", blob))


def test_a_point_off_its_curve_verifies_nothing():
    key = PublicKey.parse(line_of(b"ecdsa-sha2-nistp256", b"nistp256", b"\4" + b"\1" * 64))
    inner = string(b"ecdsa-sha2-nistp256") + string(mpint(1) + mpint(1))

    assert not ours(armor(key, inner, namespace=NAMESPACE), key=key)


# --- security keys ---------------------------------------------------------------------

TOUCHED, TOUCHED_WITH_PIN, UNTOUCHED = 0x01, 0x05, 0x04


def security_key(kind, *, flags=TOUCHED, application=b"ssh:", message=MESSAGE, signed_flags=None):
    """A signature as a FIDO token makes it: over application, flags, counter and the rest hashed."""
    state = bytes((flags,)) + (7).to_bytes(4)
    signed_state = state if signed_flags is None else bytes((signed_flags,)) + state[1:]
    rest = hashlib.sha256(signing_blob(message, NAMESPACE)).digest()
    authenticated = hashlib.sha256(application).digest() + signed_state + rest
    if kind == "ed25519":
        name, private = b"sk-ssh-ed25519@openssh.com", ed25519.Ed25519PrivateKey.generate()
        made, public = private.sign(authenticated), [raw_ed25519(private)]
    else:
        name, private = b"sk-ecdsa-sha2-nistp256@openssh.com", ec.generate_private_key(ec.SECP256R1())
        made = b"".join(
            map(mpint, utils.decode_dss_signature(private.sign(authenticated, ec.ECDSA(hashes.SHA256()))))
        )
        encoding = serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        public = [b"nistp256", private.public_key().public_bytes(*encoding)]
    key = PublicKey(name.decode(), b"".join(map(string, [name, *public, application])))
    return key, armor(key, string(name) + string(made) + state, namespace=NAMESPACE)


both_security_keys = pytest.mark.parametrize("kind", ["ed25519", "ecdsa"])


@both_security_keys
@pytest.mark.parametrize("flags", [TOUCHED, TOUCHED_WITH_PIN])
def test_accepts_a_security_key_that_was_touched(kind, flags):
    key, signature = security_key(kind, flags=flags)

    verify(MESSAGE, signature, key=key, namespace=NAMESPACE)
    assert signed_by(signature) == key


@both_security_keys
def test_agrees_with_ssh_keygen_about_security_keys(oracle, kind):
    key, signature = security_key(kind)

    assert oracle.accepts(signature, key=key)
    assert not oracle.accepts(signature, key=key, message=MESSAGE + b" ")
    (oracle.folder / "sk.pub").write_text(key.line)
    assert oracle.run("-lf", oracle.folder / "sk.pub").stdout.split()[1].decode() == key.fingerprint


@both_security_keys
def test_refuses_a_security_key_that_nobody_touched(kind):
    key, signature = security_key(kind, flags=UNTOUCHED)

    with pytest.raises(BadSignatureError, match="nobody touched"):
        verify(MESSAGE, signature, key=key, namespace=NAMESPACE)


@both_security_keys
def test_refuses_a_touch_written_in_afterwards(kind):
    key, signature = security_key(kind, flags=TOUCHED, signed_flags=UNTOUCHED)

    assert not ours(signature, key=key)


@both_security_keys
def test_refuses_a_security_keys_signature_over_another_message(kind):
    key, signature = security_key(kind, message=b"another")

    assert not ours(signature, key=key)


@both_security_keys
def test_refuses_a_security_keys_signature_for_another_application(kind):
    key, signature = security_key(kind)
    blob = key.blob[: -len(string(b"ssh:"))] + string(b"web:")
    fields = [blob, *fields_of(signature)[1:]]

    assert not ours(envelope(fields), key=PublicKey(key.algorithm, blob))


@both_security_keys
@pytest.mark.parametrize("cut", [1, 5])
def test_refuses_a_security_keys_signature_without_its_counter(kind, cut):
    key, signature = security_key(kind)
    fields = fields_of(signature)
    fields[4] = fields[4][:-cut]

    assert not ours(envelope(fields), key=key)


@pytest.fixture
def token(oracle, tmp_path):
    """OpenSSH's own stand-in for a token: a function that makes a key of a kind and signs with it."""
    dummy = Path(os.environ.get("ASSENT_SK_DUMMY", "/usr/lib/openssh/regress/misc/sk-dummy/sk-dummy.so"))
    if not dummy.exists():
        pytest.skip("ASSENT_SK_DUMMY names no sk-dummy.so; Debian has it in openssh-tests")
    environment = {**os.environ, "SSH_SK_PROVIDER": str(dummy)}

    def run(*words):
        done = subprocess.run(
            ["ssh-keygen", "-q", *map(str, words)], env=environment, capture_output=True, timeout=30
        )
        assert done.returncode == 0, done.stderr

    def signed(kind, *options):
        path, message = tmp_path / kind, tmp_path / "message"
        run("-t", kind, "-w", dummy, "-N", "", "-f", path, *options)
        message.write_bytes(MESSAGE)
        run("-Y", "sign", "-n", NAMESPACE, "-f", path, message)
        key = PublicKey.parse(path.with_suffix(".pub").read_text())
        return key, message.with_suffix(".sig").read_text()

    return signed


@pytest.mark.parametrize("kind", ["ed25519-sk", "ecdsa-sk"])
def test_accepts_what_openssh_signs_with_a_token(oracle, token, kind):
    key, signature = token(kind)

    verify(MESSAGE, signature, key=key, namespace=NAMESPACE)
    assert signed_by(signature) == key
    assert not ours(signature, key=key, message=MESSAGE + b" ")
    assert oracle.accepts(signature, key=key)


@pytest.mark.parametrize("kind", ["ed25519-sk", "ecdsa-sk"])
def test_refuses_what_openssh_signs_with_a_token_that_asks_for_no_touch(oracle, token, kind):
    # Stricter than ``ssh-keygen -Y verify``, which leaves it to whoever logs in to ask for a touch.
    key, signature = token(kind, "-O", "no-touch-required")

    with pytest.raises(BadSignatureError, match="nobody touched"):
        verify(MESSAGE, signature, key=key, namespace=NAMESPACE)


# --- start-up time ---------------------------------------------------------------------


def test_reads_keys_without_loading_cryptography():
    root = Path(__file__).parents[3]
    code = (
        "import sys, approvals.agent, approvals.keys, approvals.sshsig as s\n"
        f"print(s.PublicKey.parse({line_of(b'ssh-ed25519', POINT)!r}).fingerprint)\n"
        "assert not any(name.startswith('cryptography') for name in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", code], cwd=root, check=True, capture_output=True).stdout
