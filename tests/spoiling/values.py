"""Other values to put where one stands: plausible ones, and garbage.

Each way takes what may be needed to choose (the value, a `random.Random`, and the values that
stand elsewhere in its place and beside it) and returns another value, or the same where the
way leads nowhere.
"""

import unicodedata

_LOOK_ALIKE = str.maketrans("aceopxyABEIJKMOT0123456789", "асеорхуАВЕІЈКМОТ０１２３４５６７８９")


def _another(value, chance, elsewhere, beside):
    return chance.choice(elsewhere) if elsewhere else value


def _beside(value, chance, elsewhere, beside):
    fitting = [one for one in beside if isinstance(one, type(value))]
    return chance.choice(fitting) if fitting else value


def _garbage(value, chance, elsewhere, beside):
    if isinstance(value, int):
        return chance.choice((0, -1, value + 1, value - 1, -value, value * 10, 2**53 - 1))
    odd = ("x", "0" * 64, "null", "'; --", "\x00", "true", "2026-01-05T02:00:00Z", " staff ", "-", "0")
    return chance.choice(odd) if isinstance(value, str) else chance.choice(odd).encode()


def _one_more(value, chance, elsewhere, beside):
    if isinstance(value, int):
        return value + chance.choice((-1, 1))
    return value + value[-1:]


def _emptied(value, chance, elsewhere, beside):
    return type(value)()


def _shorter(value, chance, elsewhere, beside):
    if isinstance(value, int):
        return value // 10
    return value[: chance.randrange(len(value))] if value else value


def _one_bit(value, chance, elsewhere, beside):
    if isinstance(value, int):
        return value ^ (1 << chance.randrange(8))
    if not value:
        return value
    at = chance.randrange(len(value))
    if isinstance(value, bytes):
        return value[:at] + bytes([value[at] ^ (1 << chance.randrange(8))]) + value[at + 1 :]
    changed = chr(ord(value[at]) ^ (1 << chance.randrange(5)))
    return value[:at] + (changed if changed.isprintable() else "x") + value[at + 1 :]


def _spaced(value, chance, elsewhere, beside):
    if not isinstance(value, str):
        return value
    return chance.choice((f" {value}", f"{value} ", f"{value}\n", f"\ufeff{value}", f"{value}\u200b"))


def _other_case(value, chance, elsewhere, beside):
    return value.swapcase() if isinstance(value, str) else value


def _look_alike(value, chance, elsewhere, beside):
    if not isinstance(value, str):
        return value
    there = [at for at, sign in enumerate(value) if sign.translate(_LOOK_ALIKE) != sign]
    if not there:
        return value
    at = chance.choice(there)
    return value[:at] + value[at].translate(_LOOK_ALIKE) + value[at + 1 :]


def _other_form(value, chance, elsewhere, beside):
    if not isinstance(value, str):
        return value
    forms = [unicodedata.normalize(form, value) for form in ("NFC", "NFD", "NFKC", "NFKD")]
    return chance.choice([form for form in forms if form != value] or [value])


#: The ways, by the name they are told under.
WAYS = {
    "another of its column": _another,
    "its neighbour's": _beside,
    "garbage": _garbage,
    "one more": _one_more,
    "emptied": _emptied,
    "truncated": _shorter,
    "one bit": _one_bit,
    "whitespace": _spaced,
    "other case": _other_case,
    "look-alike": _look_alike,
    "normal form": _other_form,
}


def other(value, chance, *, elsewhere=(), beside=()):
    """Return (the way, another value of the same type), or None where no way leads to one."""
    ways = list(WAYS.items())
    chance.shuffle(ways)
    for name, way in ways:
        found = way(1 if value is None else value, chance, elsewhere, beside)
        if found != value:
            return name, found
    return None


def of_other_type(value, chance):
    """Return what reads the same and is of another type, as a column without a type can hold it."""
    if isinstance(value, bytes):
        return value.decode("latin-1")
    if isinstance(value, int):
        return chance.choice((str(value), float(value), str(value).encode(), None))
    if value is None:
        return chance.choice(("", b"", 0))
    number = [int(value)] if value.isascii() and value.isdecimal() and len(value) < 16 else []
    return chance.choice((value.encode(), None, *number))
