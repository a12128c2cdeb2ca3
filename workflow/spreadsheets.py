"""Tables for a spreadsheet: what it must not take for a formula. Pure."""

# What a spreadsheet may begin one with, full-width too; the last two it strips before it looks.
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r")


def no_formula(cell: object) -> str:
    """Return a cell as text that no spreadsheet computes."""
    text = str(cell)
    return f"'{text}" if text.startswith(_FORMULA) else text
