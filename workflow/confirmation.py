"""The message that carries a letter of confirmation to the other side, ready to be sent.

It says what to do and until when, how to check that the letter is the one we sent, what silence
means and what it never means, and has a form to fill in. Nothing is sent from here: it is a file
that a mail program opens. What its words are is in ``contract_templates/messages``; what comes
back is read by ``workflow.replies``.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import cache
from importlib.resources import files
from typing import Any

from workflow.case import DocumentRef
from workflow.documents.context import terms_context
from workflow.errors import InvalidInputError
from workflow.i18n import mark
from workflow.mail import header_text, mailbox, one_line
from workflow.problems import Problem
from workflow.replies import ANSWERS, FORMS
from workflow.terms import Terms
from workflow.values.dates import long_date

_RULE = "=" * 60
_BLANK = "_" * 30
_WORD = ("application", "vnd.openxmlformats-officedocument.wordprocessingml.document")
# Windows' own editor took a file without it for one in the system's old encoding.
_MARK = "\ufeff"


@dataclass(frozen=True, slots=True)
class Kit:
    """What the message is made of: the letter as it was issued, the terms in it, and the event it came with.

    *language* may name several, as in ``zh-TW+en``: the message then says everything in each.
    """

    ref: str
    language: str
    letter: DocumentRef
    body: bytes
    terms: Terms
    reply_by: date
    event: str
    at: datetime

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages it speaks, the first of which is the letter's."""
        return tuple(self.language.split("+"))


def write_kit(kit: Kit, *, sender: str = "") -> bytes:
    """Return the message as a file (.eml), the same for the same letter.

    Without a *sender* the mail program that opens it puts in its own user's address; and without
    an address of the other side the reader has to add it. Raises `InvalidInputError` for a sender
    that is no address.
    """
    said = [_Said.of(kit, language) for language in kit.languages]
    message = EmailMessage(policy=SMTP)
    theirs, ours = kit.terms.theirs, kit.terms.ours
    own = mailbox(ours.name, sender)
    if own:
        message["From"] = own
    elif sender:
        what, fix = mark("is not an e-mail address"), mark("write one address, as in ann@example.com")
        raise InvalidInputError("message", [Problem("sender", what, fix, sender)])
    address = mailbox(theirs.contact or theirs.name, theirs.email or "")
    if address:
        message["To"] = address
    message["Subject"] = header_text(" / ".join(one.line("subject") for one in said))
    message["Date"] = format_datetime(kit.at)
    message["Message-ID"] = f"<{kit.event[:32]}@assent.invalid>"
    # Outlook opens such a file for sending; others, as a message to be sent again or as a new one.
    message["X-Unsent"] = "1"
    form = _form(kit, said)
    text = "\n\n\n".join([*(one.text() for one in said), form])
    # Base64 for Chinese, which no server on the way can damage; Python chooses for the rest.
    message.set_content(text, cte=None if text.isascii() else "base64")
    message.add_attachment(kit.body, *_WORD, filename=kit.letter.name)
    message.add_attachment(
        (_MARK + form).replace("\n", "\r\n").encode(),
        maintype="text",
        subtype="plain",
        filename=_form_name(kit),
        params={"charset": "utf-8"},
    )
    # What Python would choose is another each time.
    message.set_boundary(f"assent-{kit.event[:40]}")
    return bytes(message)


@dataclass(frozen=True, slots=True)
class _Said:
    """The words of the message in one language, and what fills their places."""

    words: Mapping[str, Any]
    facts: Mapping[str, str]
    mode: str

    @classmethod
    def of(cls, kit: Kit, language: str) -> "_Said":
        told = terms_context(kit.terms, language)
        facts = {
            "ref": kit.ref,
            "number": kit.letter.name.removesuffix(".docx"),
            "letter": kit.letter.name,
            "form": _form_name(kit),
            "digest": kit.letter.file,
            "title": told["title"],
            "ours": told["ours"]["name"],
            "theirs": told["theirs"]["name"],
            "reply_by": long_date(kit.reply_by, language),
        }
        return cls(
            words_in(language), {name: one_line(fact) for name, fact in facts.items()}, kit.terms.consent_mode
        )

    def line(self, *path: str) -> str:
        """Return the words at *path*, filled in."""
        found: Any = self.words
        for step in path:
            found = found[step]
        return str(found).strip("\n").format(**self.facts)

    def text(self) -> str:
        """Return the message's text up to the form."""
        parts = [
            self.line("addressed"),
            self.line("opening"),
            self.line("reply", "heading"),
            self.line("reply", "paper" if self.mode == "paper" else "electronic"),
            self.line("check", "heading"),
            self.line("check", "text"),
            self.line("effect", "heading"),
            self.line("effect", "text"),
            self.line("electronic", "heading"),
            self.line("electronic", self.mode),
            self.line("closing"),
        ]
        return "\n\n".join(parts)


@cache
def words_in(language: str) -> Mapping[str, Any]:
    """Return the words of the message in a language."""
    path = files("contract_templates") / "messages" / "confirmation" / f"{language}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _form_name(kit: Kit) -> str:
    return f"{kit.ref}-reply.txt"


def _form(kit: Kit, said: Iterable[_Said]) -> str:
    """Return the form to fill in: once, each line of it in every language."""
    said = tuple(said)

    colon = ":" if "en" in kit.languages else "："

    def both(*path: str, between: str = " / ") -> str:
        return between.join(one.line("form", *path) for one in said)

    def choice(letter: str) -> str:
        return f"[ ] {letter}  {both(letter, between=chr(10) + ' ' * 7)}"

    def field(name: str) -> str:
        return f"{both(name)}{colon} {_BLANK}"

    lines = [_RULE, both("heading"), _RULE, both("to"), both("matter"), "", both("how", between="\n"), ""]
    for letter in ANSWERS:
        lines += [choice(letter), *(["", f"       {_BLANK * 2}", ""] if letter != "A" else [""])]
    if kit.terms.consent_mode in ("notified", "unknown"):
        lines += [both("electronic", between="\n"), "", *map(choice, FORMS), ""]
    lines += map(field, ("company", "name", "position", "date"))
    lines += [f"{both('digest')}{colon}", f"  {kit.letter.file}", _RULE]
    return "\n".join(lines) + "\n"
