"""Names and addresses for the headers of e-mail, whatever a name tries.

A name or a title comes from terms, or from a database that may have been tampered with: nothing
in one can begin a header, add a recipient or reorder what is read. Messages themselves are made
where it is known what they say.
"""

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from email.headerregistry import Address

# The plain form of RFC 5321, without what a reader could take for an encoded word.
_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=^_`{|}~.-]{1,64}@[A-Za-z0-9][A-Za-z0-9.-]{0,252}")


def one_line(text: str) -> str:
    """Return *text* without what could end a line, hide or reorder what is read."""
    return "".join(c if c.isprintable() or c == "\u3000" else "\N{REPLACEMENT CHARACTER}" for c in text)


def header_text(text: str) -> str:
    """Return *text* as one line that does not pass for one that is encoded, and could hold anything."""
    return one_line(text).replace("=?", "=\N{REPLACEMENT CHARACTER}?")


def mailbox(name: str, address: str) -> "Address | None":
    """Return one e-mail address with the name of who it belongs to; None for what is not one address."""
    from email.errors import MessageError  # only where there is mail to write
    from email.headerregistry import Address

    if not _ADDRESS.fullmatch(address):
        return None
    try:
        return Address(header_text(name), addr_spec=address)
    except (MessageError, ValueError, IndexError):
        return None
