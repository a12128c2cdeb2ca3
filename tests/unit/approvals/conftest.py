"""OpenSSH's own tools, the second opinion on whatever we sign or accept."""

import shutil
import subprocess

import pytest

from approvals.keys import generate_key
from approvals.sshsig import PublicKey

NAMESPACE = "decision.v1@assent"
MESSAGE = "AGR-2026-0042 同意\n".encode()


class Oracle:
    """ssh-keygen with a folder of keys, one of each kind, made when first asked for."""

    def __init__(self, folder):
        self.folder = folder

    def run(self, *args, message=b""):
        command = ["ssh-keygen", *map(str, args)]
        return subprocess.run(command, input=message, capture_output=True, check=False, timeout=30)

    def key_file(self, kind):
        path = self.folder / kind
        if not path.exists():
            name, _, bits = kind.partition("-")
            size = ("-b", bits) if bits else ()
            made = self.run("-q", "-t", name, *size, "-N", "", "-C", "lena@example", "-f", path)
            assert made.returncode == 0, made.stderr
        return path

    def locked_key_file(self, kind, passphrase):
        """Return a copy of the key that *passphrase* unlocks."""
        path = self.folder / f"{kind}-locked"
        if not path.exists():
            shutil.copy2(self.key_file(kind), path)
            # Few rounds of the key derivation, for speed.
            change = self.run("-q", "-p", "-a", "1", "-P", "", "-N", passphrase, "-f", path)
            assert change.returncode == 0, change.stderr
        return path

    def key(self, kind):
        return PublicKey.parse(self.key_file(kind).with_suffix(".pub").read_text())

    def sign(self, kind, *, message=MESSAGE, namespace=NAMESPACE, hashed="sha512"):
        how = ("-f", self.key_file(kind), "-n", namespace, "-O", f"hashalg={hashed}")
        signed = self.run("-Y", "sign", *how, message=message)
        assert signed.returncode == 0, signed.stderr
        return signed.stdout.decode()

    def accepts(self, signature, *, key, message=MESSAGE, namespace=NAMESPACE):
        allowed, file = self.folder / "allowed_signers", self.folder / "signature"
        allowed.write_text(f"lena {key.line}\n")
        file.write_bytes(signature.encode())
        asked = ("-f", allowed, "-I", "lena", "-n", namespace, "-s", file)
        return self.run("-Y", "verify", *asked, message=message).returncode == 0


@pytest.fixture(scope="session")
def oracle(tmp_path_factory):
    if not all(map(shutil.which, ("ssh-keygen", "ssh-agent", "ssh-add"))):
        pytest.skip("OpenSSH, the oracle, is not installed")
    return Oracle(tmp_path_factory.mktemp("oracle"))


@pytest.fixture
def lenas(tmp_path):
    """The path of a fresh ed25519 key."""
    generate_key(tmp_path / "lena")
    return tmp_path / "lena"
