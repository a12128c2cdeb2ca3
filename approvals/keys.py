"""Key files: signing with a private key, reading a public one, and making a new key.

What a signature looks like and whether one holds is in ``approvals.sshsig``; signing through
ssh-agent is in ``approvals.agent``. Private keys are read here, used, and never kept, shown or
written anywhere but in the file of a new key.
"""

import base64
import binascii
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from approvals.errors import KeyExistsError, KeyFileError, KeyLockedError, PublicKeyError
from approvals.sshsig import PublicKey, armor, signing_blob
from approvals.wire import Reader, WireError, mpint, string
from workflow.i18n import mark

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

    PrivateKey = ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey

_BEGIN, _END = b"-----BEGIN OPENSSH PRIVATE KEY-----", b"-----END OPENSSH PRIVATE KEY-----"
_LARGEST_FILE = 65_536

_REPLACE = mark("take it from a copy, or make a new key and have that registered")


class Signer(Protocol):
    """Someone's key, ready to sign."""

    @property
    def public_key(self) -> PublicKey:
        """The key that will verify what is signed here."""

    def sign(self, message: bytes, *, namespace: str) -> str:
        """Return an armored SSH signature over *message*, made for *namespace*."""


@dataclass(frozen=True, slots=True)
class KeyFileSigner:
    """Signs with a private key that `load_signer` has read from its file."""

    public_key: PublicKey
    _private: "PrivateKey" = field(repr=False)

    def sign(self, message: bytes, *, namespace: str) -> str:
        """Return an armored SSH signature over *message*, made for *namespace*."""
        signature = _sign(self._private, signing_blob(message, namespace))
        return armor(self.public_key, signature, namespace=namespace)


def load_signer(path: str | os.PathLike[str], *, passphrase: Callable[[], str] | None) -> Signer:
    """Return a signer from an OpenSSH private key file.

    *passphrase* is called only if the key has one; None says that nobody can be asked.
    """
    from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
    from cryptography.hazmat.primitives import serialization

    data = _read_key_file(path)
    public_key, locked = _read_header(path, data)
    if locked and passphrase is None:
        raise KeyLockedError(path=path, reason=mark("it has a passphrase and nobody can be asked"))
    typed = passphrase() if locked and passphrase else None
    try:
        password = None if typed is None else _to_bytes(typed)
        private = serialization.load_ssh_private_key(data, password)
        line = private.public_key().public_bytes(
            serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH
        )
    except UnsupportedAlgorithm as error:
        raise _unusable(
            path, mark("its cipher is not known here"), f"ssh-keygen -p -Z aes256-ctr -f {path}"
        ) from error
    except (ValueError, TypeError, InvalidTag) as error:
        if locked:
            raise KeyLockedError(path=path, reason=mark("the passphrase is wrong")) from error
        raise _unusable(path, mark("it is damaged"), _REPLACE) from error
    # cryptography compares the copies of the public half, but not with what an ed25519 key derives.
    if line.decode("ascii") != public_key.line:
        raise _unusable(path, mark("its two halves do not belong together"), _REPLACE)
    return KeyFileSigner(public_key, private)  # type: ignore[arg-type] # _read_header let no other kind pass


def read_public_key(path: str | os.PathLike[str]) -> PublicKey:
    """Return the public key in a ``.pub`` file; raise `KeyFileError` or `PublicKeyError`."""
    with _reading(path, missing=mark("name the public key's file, the one that ends in .pub")):
        data = Path(path).read_bytes()
    try:
        return PublicKey.parse(data.decode("utf-8"))
    except UnicodeDecodeError:
        raise PublicKeyError(reason=f"{path} is not text") from None


def generate_key(path: str | os.PathLike[str], *, passphrase: str = "", comment: str = "") -> PublicKey:
    """Make an ed25519 key in *path*, its public half beside it in ``.pub``; overwrite nothing."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ed25519

    target = Path(path)
    if not target.name:
        raise _unusable(path, mark("it is no name for a file"))
    beside = target.with_name(f"{target.name}.pub")
    for file in (target, beside):
        if os.path.lexists(file):
            raise KeyExistsError(path=file)
    private = ed25519.Ed25519PrivateKey.generate()
    public_key = PublicKey.parse(
        private.public_key()
        .public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH)
        .decode("ascii")
    )
    line = " ".join((public_key.line, *comment.split()))
    try:
        protection = (
            serialization.BestAvailableEncryption(_to_bytes(passphrase))
            if passphrase
            else serialization.NoEncryption()
        )
        secret = private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, protection
        )
        # The private half first: alone it is a key, while a public half alone is a trap.
        _publish(target, secret, mode=0o600)
        try:
            _publish(beside, _to_bytes(f"{line}\n"), mode=0o644)
        except BaseException:
            target.unlink()
            raise
    except (OSError, ValueError) as error:
        raise _unusable(path, _say(error), mark("name a file in a folder you can write to")) from error
    return public_key


def _unusable(
    path: object, reason: str, remedy: str = mark("name the private key file, not its .pub")
) -> KeyFileError:
    return KeyFileError(path=path, reason=reason, remedy=remedy)


def _to_bytes(text: str) -> bytes:
    # What a terminal or a command line could not decode comes back as it was typed.
    return text.encode("utf-8", "surrogateescape")


def _say(error: OSError | ValueError) -> str:
    return ((isinstance(error, OSError) and error.strerror) or str(error)).lower()


@contextmanager
def _reading(path: str | os.PathLike[str], *, missing: str) -> Iterator[None]:
    """Say why the file *path* cannot be read, with *missing* as the advice if it is not there."""
    try:
        yield
    except FileNotFoundError as error:
        raise _unusable(path, mark("there is no such file"), missing) from error
    except (OSError, ValueError) as error:  # ValueError: a path with a null character
        raise _unusable(path, _say(error), mark("name a file that you can read")) from error


def _read_key_file(path: str | os.PathLike[str]) -> bytes:
    missing = mark("name the file your private key is in, or make a key")
    with _reading(path, missing=missing), open(path, "rb", opener=_open_at_once) as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise _unusable(path, mark("it is not a file"))
        # Asked of the open file, so that it cannot be exchanged after the answer.
        if os.name == "posix" and status.st_mode & 0o077:
            raise _unusable(path, mark("others can read it"), f"chmod 600 {path}, if nobody has taken a copy")
        return file.read(_LARGEST_FILE)


def _open_at_once(path: str, flags: int) -> int:
    # Opening a named pipe would otherwise wait until someone writes to it.
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _read_header(path: str | os.PathLike[str], data: bytes) -> tuple[PublicKey, bool]:
    """Return what a key file says of itself in clear: its public key, and whether it is locked."""
    body, begin, end = data.strip(), len(_BEGIN), -len(_END)
    if not (body.startswith(_BEGIN) and body.endswith(_END)):
        if b"PRIVATE KEY-----" in body:
            remedy = f"ssh-keygen -p -f {path} converts it"
            raise _unusable(path, mark("it is not in OpenSSH's format"), remedy)
        raise _unusable(path, mark("it is not a private key"))
    try:
        reader = Reader(base64.b64decode(b"".join(body[begin:end].split()), validate=True))
        if reader.take(15) != b"openssh-key-v1\0":
            raise _unusable(path, mark("it is not a private key of a known version"))
        cipher = reader.string()
        reader.string(), reader.string()
        count, blob = reader.number(), reader.string()
        public_key = PublicKey(Reader(blob).text(), blob)
    except (WireError, binascii.Error) as error:
        raise _unusable(path, mark("it is damaged"), _REPLACE) from error
    except PublicKeyError as error:
        raise _unusable(path, str(error.facts["reason"]), _REPLACE) from error
    if count != 1:
        raise _unusable(path, mark("it holds more than one key"), _REPLACE)
    if public_key.algorithm.startswith("sk-"):
        remedy = f"ssh-add {path}, then sign through the agent"
        raise _unusable(path, mark("a security key signs through ssh-agent only"), remedy)
    return public_key, cipher != b"none"


def _sign(private: "PrivateKey", data: bytes) -> bytes:
    """Return the signature over *data* in SSH's encoding: its algorithm, then its numbers."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils

    if isinstance(private, rsa.RSAPrivateKey):
        return string(b"rsa-sha2-512") + string(private.sign(data, padding.PKCS1v15(), hashes.SHA512()))
    if isinstance(private, ec.EllipticCurvePrivateKey):
        size = private.curve.key_size
        # RFC 5656 section 6.2.1: the hash goes with the size of the curve.
        digest = {256: hashes.SHA256(), 384: hashes.SHA384(), 521: hashes.SHA512()}[size]
        r, s = utils.decode_dss_signature(private.sign(data, ec.ECDSA(digest)))
        return string(f"ecdsa-sha2-nistp{size}".encode()) + string(mpint(r) + mpint(s))
    return string(b"ssh-ed25519") + string(private.sign(data))


def _publish(path: Path, data: bytes, *, mode: int) -> None:
    """Make *data* appear as the file *path*, whole or not at all, and never over another."""
    draft = path.with_name(f".{path.name}.{os.urandom(8).hex()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(descriptor)
        # Unlike a rename, a link fails where there is a file already.
        os.link(draft, path)
    except FileExistsError as error:
        raise KeyExistsError(path=path) from error
    finally:
        draft.unlink(missing_ok=True)
    if os.name == "posix":
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
