"""How SSH puts values on the wire (RFC 4251 section 5): numbers, strings and integers in bytes.

What the values mean, a key or a signature or an answer of ssh-agent, is known to those who read
them. One value has one spelling: a padded integer is refused, though OpenSSH tolerates it.
"""

from workflow.i18n import mark

_LONGEST_NAME = 255  # of an algorithm or a namespace; names are repeated in messages


class WireError(Exception):
    """Bytes that are not what they should be; becomes one of the catalogue's errors."""


class Reader:
    """Takes apart what SSH puts on the wire (RFC 4251 section 5); anything odd is a `WireError`."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def take(self, count: int) -> bytes:
        """Return the next *count* bytes."""
        if count > len(self._data) - self._at:
            raise WireError(mark("it is cut short"))
        self._at += count
        return self._data[self._at - count : self._at]

    def number(self) -> int:
        """Return the next four bytes as a number."""
        return int.from_bytes(self.take(4))

    def string(self) -> bytes:
        """Return the next string: its length, then as many bytes."""
        return self.take(self.number())

    def text(self) -> str:
        """Return the next string as a name."""
        data = self.string()
        if len(data) > _LONGEST_NAME:
            raise WireError(mark("a name in it is too long"))
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError as error:
            raise WireError(mark("a name in it is not text")) from error

    def mpint(self) -> int:
        """Return the next integer; negative or padded ones are refused."""
        data = self.string()
        value = int.from_bytes(data)
        if data != mpint(value)[4:]:
            raise WireError(mark("a number in it is negative or padded"))
        return value

    def end(self) -> None:
        """Refuse anything left over."""
        if self._at != len(self._data):
            raise WireError(mark("something follows its end"))


def string(data: bytes) -> bytes:
    """Return *data* as SSH puts a string on the wire."""
    return len(data).to_bytes(4) + data


def mpint(value: int) -> bytes:
    """Return *value*, not negative, as SSH puts an integer on the wire."""
    # The first bit is the sign: one bit more than the value needs, except that zero is empty.
    return string(value.to_bytes(value.bit_length() // 8 + 1 if value else 0))
