"""What the other side's reply by e-mail says, read leniently; nothing in it is run or asked for.

A reply is received evidence and no signature: that the form of ours in it has one box ticked
says what its sender wrote, not who the sender is. What cannot be read is left to people. Who
changes what they accept makes a new offer (民法 §160 II), so anything but a plain yes to the
letter that was sent needs a person's reason to be taken for one.
"""

import hashlib
import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32
from email.utils import parsedate_to_datetime
from html.parser import HTMLParser
from types import MappingProxyType
from typing import Any

from workflow.errors import UnreadableFileError
from workflow.i18n import mark
from workflow.mail import one_line

#: The letters of the form's boxes: what each answers to the terms, and to electronic form.
ANSWERS: Mapping[str, str] = MappingProxyType({"A": "agree", "B": "changes", "C": "disagree"})
FORMS: Mapping[str, str] = MappingProxyType({"E": "agreed", "F": "objected"})
#: No box is ticked; more than one is, or not in a way that can be read; nothing could be read.
NONE, UNCLEAR, UNREAD = "none", "unclear", "unread"

_AGAINST = {
    "changes": mark("it agrees with changes only"),
    "disagree": mark("it does not agree"),
    UNCLEAR: mark("which answer it ticks is not clear"),
    "earlier": mark("it is about an earlier letter, which a later one replaced"),
    "other": mark("it has the SHA-256 of something else than the letter that was sent"),
}

# A reply with its signatures and pictures has a dozen.
_MOST_PARTS = 1000
_LONGEST = 300
_MARKS = frozenset("xvoy*+✓✔√☑☒✗✘×■●◉○是")
# In a box these are an answer too, and not the one that the box asks for.
_NOES = frozenset(("n", "no", "not", "否", "不", "無"))
_BOX = re.compile(r"^[ \t>|]*[\[(【〔]([^\])】〕\n]{0,8})[\])】〕][ \t]*([A-F])(?![A-Za-z0-9])", re.MULTILINE)
_TICKED = re.compile(r"^[ \t>|]*(?:[☑☒✓✔√]|[xXvV](?=[ .]))[ \t.]*([A-F])(?![A-Za-z0-9])", re.MULTILINE)
# Where what the sender wrote ends and what they answer begins; our own message opens in these words.
_QUOTED = re.compile(
    r"^(?:>|-----|_____|={20,}|From:|寄件者:|寄件人:|On .{0,200} wrote:)|^.{0,200}(?:寫道|撰寫):$"
    r"|^[ \t]*\[[ _]*\][ \t]*[A-F]\b|^.{0,300}(?:業經雙方議定條件|have been settled between us)",
    re.MULTILINE,
)
_NO = re.compile(
    r"不同意|不接受|(?:無法|不能|未能|難以)(?:同意|接受)|拒絕|婉拒|disagree|reject|decline"
    r"|(?:not|n't|n’t|cannot|unable to) (?:agree|accept)|with (?:the following|these|some) changes",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)
# Windows once printed a digest in pairs.
_DIGEST = re.compile(r"(?<![0-9a-f])(?:[0-9a-f]{64}|(?:[0-9a-f]{2} ){31}[0-9a-f]{2})(?![0-9a-f])")
_CHARSETS = re.compile(r"utf-?(8|16|32)|us-ascii|iso-?8859|cp\d|windows-\d|big5|gb|shift|euc|koi8|iso-?2022")
_BIG5 = ("big5", "x-x-big5", "cn-big5")
_MENDED = ("cp950", "utf-8")
_ODD = (ValueError, LookupError, TypeError, AttributeError, OverflowError, MessageError, AssertionError)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came with a reply."""

    name: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Reply:
    """What a reply says: whose it seems to be, what is ticked, and which letter it is about.

    ``quotes`` is ``letter`` where it has the digest of the letter that was sent and no other,
    ``earlier`` for that of a letter before it, ``other`` where there is one we never sent.
    """

    sender: str
    sent: str
    subject: str
    message_id: str
    attachments: tuple[Attachment, ...]
    answer: str
    electronic: str
    quotes: str
    digests: tuple[str, ...]

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data, as it is recorded."""
        return {**asdict(self), "attachments": [asdict(each) for each in self.attachments]}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Reply":
        """Return what `as_data` wrote."""
        attachments = tuple(Attachment(**each) for each in data["attachments"])
        return cls(**{**data, "attachments": attachments, "digests": tuple(data["digests"])})


def is_message(name: str) -> bool:
    """Tell by its name whether a file is an e-mail as mail programs save it."""
    return name.lower().endswith(".eml")


def needs_reason(answer: str, quotes: str) -> bool:
    """Tell whether a reply is anything but a yes to the letter: somebody has to say why it is taken."""
    return answer in ("changes", "disagree", UNCLEAR) or quotes in ("earlier", "other")


def objections_to(reply: Reply) -> tuple[str, ...]:
    """Return what keeps a reply from being a yes to the letter, as texts of the catalogue."""
    found = (_AGAINST.get(reply.answer), _AGAINST.get(reply.quotes))
    return tuple(text for text in found if text)


def read_reply(body: bytes, *, name: str, letter: str, earlier: Collection[str] = ()) -> Reply:
    """Read a reply to the *letter* of this digest; *earlier* are the digests of letters it replaced.

    Raises `UnreadableFileError` for a message of more parts than anybody sends, or too deeply nested.
    """
    try:
        message = BytesParser(policy=compat32).parsebytes(body)
        parts = list(_leaves(message, name))
    except RecursionError:
        raise _too_much(name) from None
    except _ODD:
        raise UnreadableFileError(name=name, reason=mark("it is not built as an e-mail is")) from None
    text = "\n".join(_text(part) for part in parts)
    found = _digests(text)
    ticked, odd = _ticked(text)
    answer = _chosen(ticked, odd, ANSWERS)
    return Reply(
        sender=_header(message, "from"),
        sent=_date(message),
        subject=_header(message, "subject"),
        message_id=_header(message, "message-id"),
        attachments=tuple(_attachment(part) for part in parts if part.get_filename()),
        answer=UNCLEAR if answer == NONE and _refuses(text) else answer,
        electronic=_chosen(ticked, odd, FORMS),
        quotes=_quoted(found, letter, earlier),
        digests=tuple(sorted(found))[:20],
    )


def _leaves(message: Message, name: str) -> Iterator[Message]:
    """Yield the parts that hold something, those of messages inside it too."""
    waiting, seen = [message], 0
    while waiting:
        part = waiting.pop()
        seen += 1
        if seen > _MOST_PARTS:
            raise _too_much(name)
        inner = part.get_payload() if part.is_multipart() else None
        if isinstance(inner, list):
            waiting += [each for each in reversed(inner) if isinstance(each, Message)]
        else:
            yield part


def _too_much(name: str) -> UnreadableFileError:
    return UnreadableFileError(name=name, reason=mark("it has more parts than anybody sends"))


def _bytes(part: Message) -> bytes:
    try:
        body = part.get_payload(decode=True)
    except _ODD:
        return b""
    return body if isinstance(body, bytes) else b""


def _attachment(part: Message) -> Attachment:
    body = _bytes(part)
    try:
        name = _decoded(part.get_filename() or "")
    except _ODD:
        name = ""
    return Attachment(name or "?", hashlib.sha256(body).hexdigest(), len(body))


def _text(part: Message) -> str:
    """Return what a part says to a reader, as plain text in one width; empty for what is no text."""
    kind = part.get_content_type()
    if kind not in ("text/plain", "text/html"):
        return ""
    try:
        charset = (part.get_content_charset() or "utf-8").lower()
    except _ODD:
        charset = "utf-8"
    text = _in_charset(_bytes(part), charset)
    if kind == "text/html":
        reader = _Shown()
        reader.feed(text)
        text = "".join(reader.pieces)
    return unicodedata.normalize("NFKC", text.replace("\r", "\n"))


def _in_charset(body: bytes, charset: str) -> str:
    charset = "cp950" if charset in _BIG5 else charset
    # Some of Python's codecs are no charsets, and take a time that nobody would wait.
    for each in (charset if _CHARSETS.match(charset) else "utf-8", *_MENDED):
        try:
            return body.decode(each)
        except (UnicodeError, LookupError):
            continue
    return body.decode("utf-8", "replace")


class _Shown(HTMLParser):
    """Collects the text of a page, a line for each block."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002 - the parser's signature
        if tag in ("br", "p", "div", "tr", "li", "td", "blockquote"):
            self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        self.pieces.append(data.replace("\n", " "))


def _ticked(text: str) -> tuple[frozenset[str], frozenset[str]]:
    """Return the letters whose box is ticked, and those whose box says no."""
    ticked, odd = set(_TICKED.findall(text)), set()
    for inside, letter in _BOX.findall(text):
        filled = inside.strip().casefold()
        if filled and set(filled) <= _MARKS:
            ticked.add(letter)
        elif filled in _NOES:
            odd.add(letter)
    return frozenset(ticked), frozenset(odd)


def _chosen(ticked: Collection[str], odd: Collection[str], choices: Mapping[str, str]) -> str:
    found = [choices[letter] for letter in choices if letter in ticked]
    if any(letter in odd for letter in choices) or len(found) > 1:
        return UNCLEAR
    return found[0] if found else NONE


def _refuses(text: str) -> bool:
    """Tell whether the words above what is quoted speak of no, where no box says anything."""
    return _NO.search(_QUOTED.split(text.strip(), maxsplit=1)[0]) is not None


def _digests(text: str) -> frozenset[str]:
    plain = _ADDRESS.sub(" ", text).lower()
    return frozenset(found.replace(" ", "") for found in _DIGEST.findall(plain))


def _quoted(found: Collection[str], letter: str, earlier: Collection[str]) -> str:
    if set(found) - {letter, *earlier}:
        return "other"
    return "letter" if letter in found else "earlier" if found else NONE


def _header(message: Message, name: str) -> str:
    raw = next((value for key, value in message.raw_items() if key.lower() == name), "")
    return _decoded(str(raw)[:2000])


def _decoded(raw: str) -> str:
    """Return a header's words on one line, also where whoever wrote it left them unencoded."""
    with suppress(UnicodeError):
        raw = _in_charset(raw.encode("ascii", "surrogateescape"), "utf-8")
    with suppress(*_ODD):
        raw = str(make_header(decode_header(raw)))
    return one_line(" ".join(raw.split()))[:_LONGEST]


def _date(message: Message) -> str:
    """Return when it says it was sent, in UTC; its own words where they are no time."""
    said = _header(message, "date")
    try:
        at = parsedate_to_datetime(said)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except _ODD:
        return said
