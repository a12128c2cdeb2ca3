"""The ssh-agent: which keys it holds, and signing with one of them.

Private keys stay with the agent; ``approvals.keys`` signs with those in files. What a
signature looks like and whether one holds is in ``approvals.sshsig``.
"""

import os
import socket
from dataclasses import dataclass

from approvals.errors import AgentError, BadSignatureError, PublicKeyError
from approvals.sshsig import PublicKey, armor, signing_blob, verify
from approvals.wire import Reader, WireError, string
from workflow.i18n import mark

# draft-ietf-sshm-ssh-agent: what is asked, and the answers that are not a refusal.
_LIST, _IDENTITIES = 11, 12
_SIGN, _SIGNATURE = 13, 14
_RSA_SHA2_512 = 4
_LARGEST_ANSWER = 262_144
_SECONDS_TO_ANSWER = 5.0
_SECONDS_TO_TOUCH = 60.0  # a person confirms, or touches a security key

_ADD_KEY = mark("ssh-add FILE hands a key to the agent; ssh-add -l lists those it holds")
_RESTART = mark("start it again, or sign with the key file")


@dataclass(frozen=True, slots=True)
class AgentSigner:
    """Signs through the ssh-agent that ``SSH_AUTH_SOCK`` names, which must hold the key."""

    public_key: PublicKey

    def sign(self, message: bytes, *, namespace: str) -> str:
        """Return an armored SSH signature over *message*, made for *namespace*."""
        flags = _RSA_SHA2_512 if self.public_key.algorithm == "ssh-rsa" else 0
        wanted = string(self.public_key.blob) + string(signing_blob(message, namespace))
        with _connect() as agent:
            if self.public_key.blob not in _identities(agent):
                reason = f"it does not hold the key {self.public_key.fingerprint}"
                raise AgentError(reason=reason, remedy=_ADD_KEY)
            agent.settimeout(_SECONDS_TO_TOUCH)
            answer = _ask(agent, _SIGN, wanted + flags.to_bytes(4), expect=_SIGNATURE)
        signature = armor(self.public_key, _whole_string(answer), namespace=namespace)
        # The agent is another program, and maybe another machine: what it made must hold.
        try:
            verify(message, signature, key=self.public_key, namespace=namespace)
        except BadSignatureError as error:
            reason = f"its signature does not hold: {error.facts['reason']}"
            raise AgentError(reason=reason, remedy=mark("sign with the key file instead")) from error
        return signature


def agent_keys() -> tuple[PublicKey, ...]:
    """Return the keys ssh-agent holds that can be used here, in its order."""
    with _connect() as agent:
        blobs = _identities(agent)
    keys = []
    for blob in blobs:
        try:
            keys.append(PublicKey(Reader(blob).text(), blob))
        except (PublicKeyError, WireError):  # certificates and old keys are others' business
            continue
    return tuple(keys)


def _connect() -> socket.socket:
    address = os.environ.get("SSH_AUTH_SOCK", "")
    if not address or not hasattr(socket, "AF_UNIX"):
        raise AgentError(
            reason=mark("none is running (SSH_AUTH_SOCK names no socket)"),
            remedy=mark(
                'eval "$(ssh-agent)" starts one, ssh-add FILE hands it a key; or sign with the key file'
            ),
        )
    agent = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    agent.settimeout(_SECONDS_TO_ANSWER)
    try:
        agent.connect(address)
    except OSError as error:
        agent.close()
        remedy = mark("check SSH_AUTH_SOCK, or sign with the key file")
        raise AgentError(reason=f"{address}: {_say(error)}", remedy=remedy) from error
    return agent


def _ask(agent: socket.socket, kind: int, body: bytes, *, expect: int) -> Reader:
    """Send one request and return what follows the kind of its answer."""
    try:
        agent.sendall(string(bytes((kind,)) + body))
        size = int.from_bytes(_receive(agent, 4))
        answer = _receive(agent, size) if 0 < size <= _LARGEST_ANSWER else b"\0"
    except TimeoutError as error:
        raise AgentError(
            reason=mark("it does not answer"), remedy=mark("is it waiting for you? then try again")
        ) from error
    except OSError as error:
        raise AgentError(reason=_say(error), remedy=_RESTART) from error
    if answer[0] != expect:
        remedy = mark("confirm when it asks; if it is locked, ssh-add -X opens it")
        raise AgentError(reason=mark("it refused"), remedy=remedy)
    return Reader(answer[1:])


def _receive(agent: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        piece = agent.recv(size - len(data))
        if not piece:
            raise ConnectionError(mark("it hung up"))
        data += piece
    return data


def _identities(agent: socket.socket) -> list[bytes]:
    answer = _ask(agent, _LIST, b"", expect=_IDENTITIES)
    try:
        pairs = [(answer.string(), answer.string()) for _ in range(answer.number())]  # each with its comment
        answer.end()
    except WireError as error:
        raise _garbled() from error
    return [blob for blob, _ in pairs]


def _whole_string(answer: Reader) -> bytes:
    try:
        data = answer.string()
        answer.end()
    except WireError as error:
        raise _garbled() from error
    return data


def _garbled() -> AgentError:
    return AgentError(reason=mark("its answer makes no sense"), remedy=_RESTART)


def _say(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
