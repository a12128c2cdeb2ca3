"""What drafting needs of the organisation's rules, without knowing them.

``approvals`` provides the rules through the entry point ``assent.rules``; this package
never imports it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any, Protocol

from workflow.case import Case
from workflow.errors import WorkflowError
from workflow.execution import Execution
from workflow.terms import Terms

if TYPE_CHECKING:
    from workflow.store import Unit


@dataclass(frozen=True, slots=True)
class Paper:
    """A document to issue with an action: its kind, what its name ends in, and its data."""

    kind: str
    suffix: str
    context: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """What the policy asks of a submission; ``policy``, ``trace`` and ``parts`` are kept by digest.

    ``standing`` says what changed since the submission before, and what of it still holds;
    ``earlier`` are the agreements of the same party that count beside it.
    """

    policy: bytes
    trace: bytes
    parts: bytes
    standing: Mapping[str, Any]
    earlier: tuple[Mapping[str, Any], ...]
    seats: tuple[Mapping[str, Any], ...]
    flags: tuple[Mapping[str, Any], ...]
    papers: tuple[Paper, ...]


class Rules(Protocol):
    """The organisation's rules, as drafting meets them."""

    @property
    def overrides(self) -> Mapping[date, bool]:
        """The organisation's own exceptions from the calendar: which days it works or rests."""

    def require_staff(self, unit: "Unit", person: str, action: str) -> str:
        """Return the person's name for documents, or raise when they may not do staff's work."""

    def formal_contract(self, unit: "Unit", terms: Terms) -> tuple[bool, str]:
        """Tell whether these terms need a formal contract, and which rules say so."""

    def asked_of(
        self, unit: "Unit", case: Case, terms: Terms, person: str, revision: int, document: str
    ) -> Asked:
        """Return what the policy asks of this text that *person* submits, or raise when it cannot be met."""

    def waiting_for(self, case: Case) -> tuple[str, ...]:
        """Return the roles whose move it is."""

    def unauthorised(self, unit: "Unit", terms: Terms, execution: Execution) -> Sequence[WorkflowError]:
        """Return who of our side could not sign on the day they did, each with the reason."""

    def papers_of(
        self, unit: "Unit", case: Case, terms: Terms, execution: Mapping[str, Any]
    ) -> tuple[Paper, ...]:
        """Return what an execution is recorded in: the contract card, the certificate of completion."""


@cache
def default_rules() -> Rules:
    """Return the rules that are installed."""
    (found,) = entry_points(group="assent.rules", name="default")
    make = found.load()
    rules: Rules = make()
    return rules
