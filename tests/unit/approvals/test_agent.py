"""Signing through ssh-agent: a real one, and some that only pretend to be."""

import hashlib
import os
import socket
import subprocess
import threading
import time

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519

from approvals import agent as module
from approvals.agent import AgentSigner, agent_keys
from approvals.errors import AgentError
from approvals.sshsig import PublicKey, verify
from approvals.wire import Reader, string

NAMESPACE = "decision.v1@assent"
MESSAGE = "AGR-2026-0042 同意\n".encode()
PASSPHRASE = "簽核 pass phrase"
KINDS = ("ed25519", "ecdsa-256", "ecdsa-384", "ecdsa-521", "rsa-3072")


@pytest.fixture(scope="session")
def agent(tmp_path_factory, oracle):
    """A real ssh-agent that holds a key of each kind, two of them unlocked by passphrase."""
    folder = tmp_path_factory.mktemp("agent")
    process = subprocess.Popen(["ssh-agent", "-D", "-a", folder / "socket"], stdout=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 5
        while not (folder / "socket").exists() and time.monotonic() < deadline:
            time.sleep(0.01)
        ask = folder / "ask"
        ask.write_text(f"#!/bin/sh\necho '{PASSPHRASE}'\n")
        ask.chmod(0o700)
        asking = {"SSH_ASKPASS": str(ask), "SSH_ASKPASS_REQUIRE": "force"}
        for kind in KINDS:
            locked = kind in ("ed25519", "rsa-3072")
            file = oracle.locked_key_file(kind, PASSPHRASE) if locked else oracle.key_file(kind)
            subprocess.run(
                ["ssh-add", "-q", file],
                env={**os.environ, **asking, "SSH_AUTH_SOCK": str(folder / "socket")},
                check=True,
                timeout=30,
            )
        yield folder / "socket"
    finally:
        process.terminate()
        process.wait(timeout=10)


@pytest.fixture
def with_agent(agent, monkeypatch):
    monkeypatch.setenv("SSH_AUTH_SOCK", str(agent))


@pytest.mark.parametrize("kind", KINDS)
def test_ssh_keygen_accepts_what_the_agent_signs(with_agent, oracle, kind):
    key = oracle.key(kind)
    signature = AgentSigner(key).sign(MESSAGE, namespace=NAMESPACE)

    verify(MESSAGE, signature, key=key, namespace=NAMESPACE)
    assert oracle.accepts(signature, key=key)


def test_lists_the_keys_the_agent_holds(with_agent, oracle):
    assert agent_keys() == tuple(oracle.key(kind) for kind in KINDS)


def test_says_that_the_agent_does_not_hold_the_key(with_agent, lenas):
    key = PublicKey.parse(lenas.with_name("lena.pub").read_text())

    with pytest.raises(AgentError, match="does not hold") as caught:
        AgentSigner(key).sign(MESSAGE, namespace=NAMESPACE)
    assert key.fingerprint in str(caught.value)
    assert "ssh-add" in caught.value.explain()[2]


@pytest.mark.parametrize("address", [None, "", "/none/such/socket", "x" * 500])
def test_says_that_there_is_no_agent(monkeypatch, address):
    if address is None:
        monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    else:
        monkeypatch.setenv("SSH_AUTH_SOCK", address)

    with pytest.raises(AgentError) as caught:
        agent_keys()
    assert caught.value.exit_code == 4
    assert caught.value.explain()[2]


@pytest.fixture
def pretend(tmp_path, monkeypatch):
    """Call it with answers: an agent that gives them, one per request, and then hangs up."""
    if not hasattr(socket, "AF_UNIX"):
        pytest.skip("there are no Unix sockets here")
    monkeypatch.chdir(tmp_path)  # the name of a socket must be short
    monkeypatch.setenv("SSH_AUTH_SOCK", "agent")
    server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    server.bind("agent")
    server.listen()
    monkeypatch.setattr(module, "_SECONDS_TO_ANSWER", 0.2)
    monkeypatch.setattr(module, "_SECONDS_TO_TOUCH", 0.2)
    over, threads = threading.Event(), []

    def serve(answers):
        with server.accept()[0] as connection:
            for answer in answers:
                with connection.makefile("rb") as requests:
                    request = requests.read(int.from_bytes(requests.read(4)))
                if answer is None:
                    over.wait(5)
                    return
                connection.sendall(answer(request) if callable(answer) else answer)

    def start(*answers):
        threads.append(threading.Thread(target=serve, args=(answers,)))
        threads[-1].start()

    yield start
    over.set()
    for thread in threads:
        thread.join()
    server.close()


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (None, "does not answer"),
        (b"", "hung up"),
        (string(b"\5"), "refused"),
        (string(b""), "refused"),
        (b"\xff\xff\xff\xff\x0c", "refused"),
        (b"\0\0\0\x09\x0c", "hung up"),
        (string(b"\x0c"), "no sense"),
        (string(b"\x0c\xff\xff\xff\xff"), "no sense"),
        (string(b"\x0c\0\0\0\0more"), "no sense"),
    ],
)
def test_says_what_is_wrong_with_an_agent(pretend, answer, reason):
    pretend(answer)

    with pytest.raises(AgentError, match=reason) as caught:
        agent_keys()
    assert caught.value.explain()[2]


def listing(*blobs):
    pairs = b"".join(string(blob) + string(b"comment") for blob in blobs)
    return string(b"\x0c" + len(blobs).to_bytes(4) + pairs)


def test_passes_over_keys_it_cannot_use(pretend, lenas):
    key = PublicKey.parse(lenas.with_name("lena.pub").read_text())
    pretend(listing(b"", string(b"ssh-dss"), string(b"ssh-ed25519-cert-v01@openssh.com"), key.blob))

    assert agent_keys() == (key,)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (None, "does not answer"),
        (string(b"\5"), "refused"),
        (string(b"\x0e"), "no sense"),
        (string(b"\x0e" + string(b"") + b"more"), "no sense"),
        (string(b"\x0e" + string(b"")), "does not hold"),
        (string(b"\x0e" + string(string(b"ssh-ed25519") + string(b"\1" * 64))), "does not hold"),
    ],
)
def test_believes_no_agent_that_signs_badly(pretend, lenas, answer, reason):
    key = PublicKey.parse(lenas.with_name("lena.pub").read_text())
    pretend(listing(key.blob), answer)

    with pytest.raises(AgentError, match=reason):
        AgentSigner(key).sign(MESSAGE, namespace=NAMESPACE)


@pytest.mark.parametrize("touched", [True, False])
def test_signs_with_a_security_key_through_the_agent_if_it_is_touched(pretend, touched):
    private = ed25519.Ed25519PrivateKey.generate()
    point = private.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    name = "sk-ssh-ed25519@openssh.com"
    key = PublicKey(name, b"".join(map(string, (name.encode(), point, b"ssh:"))))

    def token(request):
        reader = Reader(request)
        assert (reader.take(1), reader.string()) == (b"\x0d", key.blob)
        state = bytes((touched,)) + (7).to_bytes(4)
        rest = hashlib.sha256(reader.string()).digest()
        made = private.sign(hashlib.sha256(b"ssh:").digest() + state + rest)
        return string(b"\x0e" + string(string(name.encode()) + string(made) + state))

    pretend(listing(key.blob), token)
    if touched:
        signature = AgentSigner(key).sign(MESSAGE, namespace=NAMESPACE)
        verify(MESSAGE, signature, key=key, namespace=NAMESPACE)
    else:
        with pytest.raises(AgentError, match="nobody touched"):
            AgentSigner(key).sign(MESSAGE, namespace=NAMESPACE)
