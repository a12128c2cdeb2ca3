"""Bringing messages to people, once: into a folder, or to a mail server.

The outbox's folder remembers who was told what on which day, so that running twice on a day
tells once, whatever ended the first run. A folder gets a message before it is remembered,
because a file that is there already is the same message. A server gets it after, because
nobody can tell whether one that was being sent arrived: it is not sent again on that day, and
what still waits on the next is told then.
"""

import os
import re
import smtplib
import ssl
from collections.abc import Callable, Iterable, Iterator, Set
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from hashlib import sha256
from pathlib import Path
from typing import Final, Protocol
from urllib.parse import urlsplit

from approvals.errors import AddressError, MailServerError, MessageRefusedError
from approvals.reminders import Letter
from workflow.errors import InvalidInputError, SystemFileError
from workflow.i18n import mark, translate

#: Seconds a mail server may take to answer.
PATIENCE: Final = 30
#: Where the password for the mail server is looked for; never on the command line.
PASSWORD, PASSWORD_FILE = "ASSENT_SMTP_PASSWORD", "ASSENT_SMTP_PASSWORD_FILE"
_TOLD, _SENDING = ".told", ".sending"


@dataclass(frozen=True, slots=True)
class Outbox:
    """A folder for messages, and the memory of what was told to whom."""

    folder: Path

    def name(self, day: str, person: str, keys: Set[str]) -> str:
        """Return what a message is called: by its day, its person and its content."""
        content = sha256("\n".join(sorted(keys)).encode()).hexdigest()[:12]
        return f"{self._whose(day, person)}{content}"

    def told(self, day: str, person: str) -> frozenset[str]:
        """Return the keys of everything *person* was told on *day*, or was being told."""
        return frozenset(key for path in self._records(day, person) for key in path.read_text().split())

    def in_doubt(self, day: str, person: str) -> bool:
        """Tell whether a message to *person* was being sent on *day* when the run ended."""
        return any(path.suffix == _SENDING for path in self._records(day, person))

    def put(self, name: str, message: EmailMessage, keys: Set[str]) -> Path:
        """Put a message into the folder, whole, and remember it."""
        with _explained(self.folder):
            path = self.folder / f"{name}.eml"
            _put(path, bytes(message))
            _put(self._memory / f"{name}{_TOLD}", _lines(keys))
        return path

    @contextmanager
    def sending(self, name: str, keys: Set[str]) -> Iterator[bool]:
        """Remember a message that is sent inside a ``with``; gives False where another run sends it.

        What the server refuses is forgotten again, so that the next run tries once more; where the
        connection breaks nobody knows, and it stays.
        """
        claim = self._memory / f"{name}{_SENDING}"
        with _explained(self.folder):
            ours = _put(claim, _lines(keys))
        if not ours:
            yield False
            return
        try:
            yield True
        except MessageRefusedError:
            claim.unlink(missing_ok=True)
            raise
        claim.replace(claim.with_suffix(_TOLD))

    @property
    def _memory(self) -> Path:
        return self.folder / "told"

    def _records(self, day: str, person: str) -> list[Path]:
        with _explained(self.folder):
            found = self._memory.iterdir() if self._memory.is_dir() else ()
            whose = self._whose(day, person)
            return [p for p in found if p.name.startswith(whose) and p.suffix in (_TOLD, _SENDING)]

    def _whose(self, day: str, person: str) -> str:
        # No identifier holds an underscore, and none can lead out of the folder.
        return f"{day}_{re.sub(r'[^a-z0-9.-]', '', person)}_"


class Carrier(Protocol):
    """A way for messages to their readers."""

    def carry(self, name: str, message: EmailMessage, keys: Set[str]) -> tuple[str, str]:
        """Bring a message on its way and return what became of it, and where it is."""


@dataclass(frozen=True, slots=True)
class Folder:
    """The outbox's folder, where another program takes messages from."""

    outbox: Outbox

    def carry(self, name: str, message: EmailMessage, keys: Set[str]) -> tuple[str, str]:
        """Put a message into the folder."""
        return "written", str(self.outbox.put(name, message, keys))


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one letter, and where it is or why not."""

    letter: Letter
    outcome: str
    detail: str = ""


def deliver(
    letters: Iterable[Letter],
    outbox: Outbox,
    way: AbstractContextManager[Carrier],
    write: Callable[[Letter, str], EmailMessage],
    *,
    day: str,
    log: str,
) -> list[Result]:
    """Bring every letter on its way that was not told on *day*; *way* is opened only where there is one."""
    found = list(letters)
    settled = [_settled(letter, outbox, day, log) for letter in found]
    if all(settled):
        return [result for result in settled if result]
    with way as carrier:
        return [
            result or _bring(letter, outbox, carrier, write, day, log)
            for letter, result in zip(found, settled, strict=True)
        ]


def _settled(letter: Letter, outbox: Outbox, day: str, log: str) -> Result | None:
    if letter.keys(log) <= outbox.told(day, letter.person):
        return Result(letter, "in doubt" if outbox.in_doubt(day, letter.person) else "told")
    return None if letter.email else Result(letter, "no address")


def _bring(
    letter: Letter,
    outbox: Outbox,
    carrier: Carrier,
    write: Callable[[Letter, str], EmailMessage],
    day: str,
    log: str,
) -> Result:
    keys = letter.keys(log)
    name = outbox.name(day, letter.person, keys)
    try:
        return Result(letter, *carrier.carry(name, write(letter, name), keys))
    except AddressError:
        return Result(letter, "bad address")
    except MessageRefusedError as error:
        return Result(letter, "refused", str(error.facts["reason"]))


@dataclass(frozen=True, slots=True)
class Server:
    """A mail server and how to speak to it."""

    host: str
    port: int
    starttls: bool
    user: str = ""
    password: str = field(default="", repr=False)

    @contextmanager
    def opened(self, outbox: Outbox) -> Iterator["Line"]:
        """Connect for the length of a ``with``; raises `MailServerError`."""
        try:
            with smtplib.SMTP(self.host, self.port, timeout=PATIENCE) as connection:
                if self.starttls:
                    connection.starttls(context=ssl.create_default_context())
                if self.user:
                    connection.login(self.user, self.password)
                yield Line(outbox, connection)
        except (smtplib.SMTPException, OSError) as error:
            raise MailServerError(server=f"{self.host}:{self.port}", reason=_reason(error)) from None


@dataclass(frozen=True, slots=True)
class Line:
    """An open connection to a mail server, which carries messages over it."""

    outbox: Outbox
    connection: smtplib.SMTP

    def carry(self, name: str, message: EmailMessage, keys: Set[str]) -> tuple[str, str]:
        """Hand one message over, or raise `MessageRefusedError` where the server does not take this one."""
        sender, to = (message[header].addresses[0].addr_spec for header in ("From", "To"))
        with self.outbox.sending(name, keys) as ours:
            if not ours:
                return "told", ""
            try:
                self.connection.send_message(message, sender, [to])
            except (smtplib.SMTPRecipientsRefused, smtplib.SMTPResponseException) as refused:
                raise MessageRefusedError(address=to, reason=_reason(refused)) from None
        return "sent", ""


def find_server(where: str, *, starttls: bool, user: str) -> Server:
    """Return the server ``HOST[:PORT]`` names, with the user's password from the environment or a file.

    Without a port it is 587, where mail is handed in under TLS, or 25. A password is never sent
    in the clear.
    """
    try:
        parts = urlsplit(f"//{where}")
        host, port = parts.hostname or "", parts.port or (587 if starttls else 25)
    except ValueError:
        host, port = "", 0
    problems = []
    if not host or parts.path or parts.username:
        problems.append(translate(mark("--smtp: is not HOST or HOST:PORT")))
    if user and not starttls:
        text = mark("--user: give --starttls too, so that the password is not sent in the clear")
        problems.append(translate(text))
    password = _password() if user and not problems else ""
    if user and not problems and not password:
        text = mark("--user: put the password into {variable}, or into a file that {file} names")
        problems.append(translate(text).format(variable=PASSWORD, file=PASSWORD_FILE))
    if problems:
        raise InvalidInputError("remind", problems)
    return Server(host, port, starttls, user, password)


def _password() -> str:
    file = os.environ.get(PASSWORD_FILE)
    if not file:
        return os.environ.get(PASSWORD, "")
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        raise SystemFileError(path=file, reason=getattr(error, "strerror", None) or error) from None


def _put(path: Path, body: bytes) -> bool:
    """Make a file whole; False where it is there already."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        partial.write_bytes(body)
        os.link(partial, path)
    except FileExistsError:
        return False
    finally:
        partial.unlink(missing_ok=True)
    return True


def _lines(keys: Set[str]) -> bytes:
    return "".join(f"{key}\n" for key in sorted(keys)).encode()


@contextmanager
def _explained(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise SystemFileError(path=error.filename or folder, reason=error.strerror or error) from None


def _reason(error: Exception) -> str:
    """Return what a mail server, or the way to it, says."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, said = next(iter(error.recipients.values()))
        return f"{code} {said.decode('utf-8', 'replace')}"
    if isinstance(error, smtplib.SMTPResponseException):
        answer = error.smtp_error
        return (
            f"{error.smtp_code} {answer.decode('utf-8', 'replace') if isinstance(answer, bytes) else answer}"
        )
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error) or type(error).__name__
