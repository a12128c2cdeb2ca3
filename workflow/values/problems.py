"""The one error the values raise: something given is not what was wanted.

Owns how a refused value is shown and explained. What is acceptable is decided by the
module that refuses. Findings that do not stop anybody, such as a doubtful registration
number, are results and not errors; see ``workflow.values.registration``.
"""

from datetime import date
from decimal import Decimal

from workflow.errors import WorkflowError
from workflow.i18n import mark, translate

_LONGEST_SHOWN = 60


class ValueRefusedError(WorkflowError):
    """*value* is not what was *wanted*; *places* fill the text of *wanted* and of *hint*."""

    code = "W002"
    exit_code = 2
    message = mark("{value!r} is not {wanted}")
    hint = "{hint}"

    def __init__(self, value: object, wanted: str, *, hint: str = "", **places: object) -> None:
        self._texts = {"wanted": wanted, "hint": hint}
        self._places = places
        filled = {name: text.format(**places) for name, text in self._texts.items()}
        super().__init__(value=_shown(value), **filled)

    def explain(self) -> tuple[str, str, str]:
        """Return what, why and what to do; *wanted* and *hint* are translated like the message."""
        filled = {name: translate(text).format(**self._places) for name, text in self._texts.items()}
        return translate(self.message).format(value=self.facts["value"], **filled), "", filled["hint"]


def _shown(value: object) -> object:
    """Return *value* short enough for one line, and safe to print."""
    if isinstance(value, int):
        # Python refuses to print integers of thousands of digits; Decimal does not.
        return value if value.bit_length() <= 128 else f"{Decimal(value):.3e}"
    text = str(value) if isinstance(value, (str, Decimal, date)) else repr(value)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"
