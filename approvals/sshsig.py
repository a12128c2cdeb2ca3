"""SSH signatures (OpenSSH's PROTOCOL.sshsig): public keys, and whether a signature holds.

Pure: bytes in, an answer out; no file, no clock, no agent. How values are put into bytes is
in ``approvals.wire``; private keys are the business of ``approvals.keys``; which key speaks for
whom is decided by those who call. Everything read here comes from someone we do not trust yet,
so one value has one spelling: whatever OpenSSH merely tolerates (text after the armor) is refused.
"""

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from approvals.errors import BadSignatureError, PublicKeyError
from approvals.wire import Reader, WireError, string
from workflow.i18n import mark

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

SMALLEST_RSA = 3072

_MAGIC = b"SSHSIG"
_VERSION = (1).to_bytes(4)
_HASHES = ("sha256", "sha512")
_RSA_HASHES = {"rsa-sha2-256": "SHA256", "rsa-sha2-512": "SHA512"}
# Curve, its hash (RFC 5656 section 6.2.1) and the length of a coordinate.
_CURVES = {
    "nistp256": ("SECP256R1", "SHA256", 32),
    "nistp384": ("SECP384R1", "SHA384", 48),
    "nistp521": ("SECP521R1", "SHA512", 66),
}
_ED25519 = ("ssh-ed25519", "sk-ssh-ed25519@openssh.com")
_ECDSA = (*(f"ecdsa-sha2-{curve}" for curve in _CURVES), "sk-ecdsa-sha2-nistp256@openssh.com")
_USER_PRESENT = 0x01

# A signature by a point of small order fits more than one message: no evidence of anything.
_FIELD = 2**255 - 19
_ORDER_8 = 0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826
_SMALL_ORDER = (0, 1, _FIELD - 1, _ORDER_8, _FIELD - _ORDER_8)

# Line feeds only: OpenSSH 9.2 refuses a first line that ends in a carriage return too.
_ARMOR = re.compile(r"-----BEGIN SSH SIGNATURE-----\n((?:[A-Za-z0-9+/=]+\n)+)-----END SSH SIGNATURE-----\n?")
# A trail is signed by few people very often, so their keys are not read anew each time.
_KEPT = 256
_LARGEST = 32_768  # characters; an armored signature by the largest RSA key has about 6,000


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key that may identify someone; making one checks it, `PublicKeyError` says why not."""

    algorithm: str
    blob: bytes

    def __post_init__(self) -> None:
        """Refuse a key of a kind, size or spelling that is not used here."""
        try:
            key = _read_key(self.blob)
        except WireError as error:
            raise PublicKeyError(reason=str(error)) from error
        if key.algorithm != self.algorithm:
            raise PublicKeyError(reason=mark("its first word does not match the key"))

    @classmethod
    def parse(cls, line: str) -> "PublicKey":
        """Read a line as in a ``.pub`` file; a comment after the key is ignored."""
        return _parsed(line)

    @property
    def line(self) -> str:
        """The key as OpenSSH writes it, without a comment."""
        return f"{self.algorithm} {base64.b64encode(self.blob).decode('ascii')}"

    @property
    def fingerprint(self) -> str:
        """The key's short name, as ``ssh-keygen -lf`` prints it."""
        digest = base64.b64encode(hashlib.sha256(self.blob).digest()).decode("ascii")
        return f"SHA256:{digest.rstrip('=')}"


@lru_cache(_KEPT)
def _parsed(line: str) -> PublicKey:
    words = line.split(maxsplit=2)
    if len(words) < 2 or len(line.strip().splitlines()) != 1:
        raise PublicKeyError(reason=mark("it is not one line of the form: algorithm key [comment]"))
    try:
        return PublicKey(words[0], _from_base64(words[1]))
    except WireError as error:
        raise PublicKeyError(reason=str(error)) from error


def signing_blob(message: bytes, namespace: str, hash_algorithm: str = "sha512") -> bytes:
    """Return the bytes a key signs on behalf of *message*; the namespace says what for."""
    if not namespace:
        raise ValueError("a signature needs a namespace")
    digest = hashlib.new(hash_algorithm, message).digest()
    # The empty string is the reserved field. OpenSSH signs it empty whatever the envelope holds.
    fields = (namespace.encode(), b"", hash_algorithm.encode(), digest)
    return _MAGIC + b"".join(map(string, fields))


def armor(key: PublicKey, signature: bytes, *, namespace: str, hash_algorithm: str = "sha512") -> str:
    """Return the text of a signature file; *signature* is the key's, in SSH's own encoding."""
    fields = (key.blob, namespace.encode(), b"", hash_algorithm.encode(), signature)
    body = base64.b64encode(_MAGIC + _VERSION + b"".join(map(string, fields))).decode("ascii")
    lines = (body[start : start + 70] for start in range(0, len(body), 70))
    return "\n".join(("-----BEGIN SSH SIGNATURE-----", *lines, "-----END SSH SIGNATURE-----", ""))


def signed_by(signature: str) -> PublicKey:
    """Return the key that *signature* claims to be by. Nothing is verified."""
    try:
        return _open(signature).key
    except WireError as error:
        raise BadSignatureError(reason=str(error)) from error


def verify(message: bytes, signature: str, *, key: PublicKey, namespace: str) -> None:
    """Return if *signature* is one by *key* over *message* in *namespace*; else `BadSignatureError`."""
    try:
        _check(_open(signature), message, key=key, namespace=namespace)
    except WireError as error:
        raise BadSignatureError(reason=str(error)) from error


@dataclass(frozen=True, slots=True)
class _Envelope:
    """What the armor holds: a signature, and what it claims about itself."""

    key: PublicKey
    namespace: str
    hash_algorithm: str
    signature: bytes


@dataclass(frozen=True, slots=True)
class _Key:
    """The numbers in a public key; those of the other kinds are left empty."""

    algorithm: str
    curve: str = ""
    point: bytes = b""
    exponent: int = 0
    modulus: int = 0
    application: bytes = b""


def _from_base64(text: str) -> bytes:
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error) as error:
        raise WireError(mark("it is not base64")) from error
    if base64.b64encode(data).decode("ascii") != text:
        raise WireError(mark("its base64 is not the usual spelling"))
    return data


def _open(signature: str) -> _Envelope:
    match = _ARMOR.fullmatch(signature) if len(signature) <= _LARGEST else None
    if not match:
        raise WireError(mark("it is not an SSH signature file"))
    reader = Reader(_from_base64("".join(match[1].split())))
    if reader.take(len(_MAGIC)) != _MAGIC or reader.take(4) != _VERSION:
        raise WireError(mark("it is not an SSH signature of version 1"))
    blob, namespace = reader.string(), reader.text()
    reader.string()  # reserved: to be ignored, and no part of what is signed
    hash_algorithm, inner = reader.text(), reader.string()
    reader.end()
    if hash_algorithm not in _HASHES:
        raise WireError(f"it hashes the message with {hash_algorithm!r}")
    try:
        return _Envelope(PublicKey(Reader(blob).text(), blob), namespace, hash_algorithm, inner)
    except PublicKeyError as error:
        raise WireError(f"its key cannot be used, {error.facts['reason']}") from error


@lru_cache(_KEPT)
def _read_key(blob: bytes) -> _Key:
    reader = Reader(blob)
    algorithm = reader.text()
    if algorithm in _ED25519:
        point = reader.string()
        y = int.from_bytes(point, "little") & (2**255 - 1)
        if len(point) != 32 or y >= _FIELD or y in _SMALL_ORDER:
            raise WireError(mark("it is not a point of ed25519 fit for a key"))
        key = _Key(algorithm, point=point, application=_application(reader, algorithm))
    elif algorithm in _ECDSA:
        curve, point = reader.text(), reader.string()
        if curve not in _CURVES or curve not in algorithm:
            raise WireError(mark("its curve is not the one it names"))
        if len(point) != 1 + 2 * _CURVES[curve][2] or point[0] != 4:
            raise WireError(mark("it is not an uncompressed point of its curve"))
        key = _Key(algorithm, curve=curve, point=point, application=_application(reader, algorithm))
    elif algorithm == "ssh-rsa":
        key = _Key(algorithm, exponent=reader.mpint(), modulus=reader.mpint())
        if not SMALLEST_RSA <= key.modulus.bit_length() <= 16_384:
            raise WireError(f"RSA of {key.modulus.bit_length()} bits; {SMALLEST_RSA} to 16384 are accepted")
        # OpenSSL uses no exponent above 64 bits with a modulus this large.
        if not (2 < key.exponent < 2**64 and key.exponent % 2 and key.modulus % 2):
            raise WireError(mark("its RSA numbers are not those of a key"))
    else:
        raise WireError(f"keys of the kind {algorithm!r} are not used here")
    reader.end()
    return key


def _application(reader: Reader, algorithm: str) -> bytes:
    return reader.string() if algorithm.startswith("sk-") else b""


def _check(envelope: _Envelope, message: bytes, *, key: PublicKey, namespace: str) -> None:
    if envelope.key != key:
        raise WireError(f"it is by another key, {envelope.key.fingerprint}")
    if not namespace or envelope.namespace != namespace:
        raise WireError(f"it was made for another purpose, {envelope.namespace!r}")
    signed = signing_blob(message, namespace, envelope.hash_algorithm)
    _check_signature(_read_key(key.blob), envelope.signature, signed)


def _check_signature(key: _Key, signature: bytes, signed: bytes) -> None:
    reader = Reader(signature)
    kind, raw = reader.text(), reader.string()
    if key.algorithm.startswith("sk-"):
        # PROTOCOL.u2f: the token signs the application, its flags, its counter, and the rest hashed.
        state = reader.take(5)
        if not state[0] & _USER_PRESENT:
            raise WireError(mark("nobody touched the security key"))
        signed = hashlib.sha256(key.application).digest() + state + hashlib.sha256(signed).digest()
    reader.end()
    # RFC 8332: an ssh-rsa key signs as rsa-sha2-*; as "ssh-rsa" it would be SHA-1.
    if kind not in (_RSA_HASHES if key.algorithm == "ssh-rsa" else (key.algorithm,)):
        raise WireError(f"its algorithm {kind!r} is not one of its key")

    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

    try:
        _check_numbers(key, kind, raw, signed)
    except InvalidSignature as error:
        raise WireError(mark("the message is not the one that was signed")) from error
    except (ValueError, UnsupportedAlgorithm) as error:
        raise WireError(mark("its numbers are not those of a signature")) from error


@lru_cache(_KEPT)
def _ed25519(point: bytes) -> "Ed25519PublicKey":
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    return Ed25519PublicKey.from_public_bytes(point)


def _check_numbers(key: _Key, kind: str, raw: bytes, signed: bytes) -> None:
    if key.algorithm in _ED25519:
        _ed25519(key.point).verify(raw, signed)
        return

    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils

    if key.algorithm in _ECDSA:
        curve, digest, _ = _CURVES[key.curve]
        numbers = Reader(raw)
        signature = utils.encode_dss_signature(numbers.mpint(), numbers.mpint())
        numbers.end()
        public = ec.EllipticCurvePublicKey.from_encoded_point(getattr(ec, curve)(), key.point)
        public.verify(signature, signed, ec.ECDSA(getattr(hashes, digest)()))
    else:
        # OpenSSL refuses a signature that is not exactly as long as the modulus; OpenSSH would pad it.
        whole = rsa.RSAPublicNumbers(key.exponent, key.modulus).public_key()
        whole.verify(raw, signed, padding.PKCS1v15(), getattr(hashes, _RSA_HASHES[kind])())
