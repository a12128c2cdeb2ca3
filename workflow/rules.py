"""What drafting needs of the organisation's rules, without knowing them.

``approvals`` provides the rules through the entry point ``assent.rules``; this package
never imports it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any, Protocol

from workflow.case import Case
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
    """What the policy asks of a submission; ``policy`` and ``trace`` are kept by digest."""

    policy: bytes
    trace: bytes
    seats: tuple[Mapping[str, Any], ...]
    flags: tuple[Mapping[str, Any], ...]
    papers: tuple[Paper, ...]


class Rules(Protocol):
    """The organisation's rules, as drafting meets them."""

    def require_staff(self, unit: "Unit", person: str, action: str) -> str:
        """Return the person's name for documents, or raise when they may not do staff's work."""

    def formal_contract(self, terms: Terms) -> tuple[bool, str]:
        """Tell whether these terms need a formal contract, and which rules say so."""

    def asked_of(
        self, unit: "Unit", case: Case, terms: Terms, person: str, revision: int, document: str
    ) -> Asked:
        """Return what the policy asks of this text that *person* submits, or raise when it cannot be met."""

    def waiting_for(self, case: Case) -> tuple[str, ...]:
        """Return the roles whose move it is."""

    def certificate(self, unit: "Unit", case: Case, terms: Terms, execution: Mapping[str, Any]) -> Paper:
        """Return the certificate of completion for an execution."""


@cache
def default_rules() -> Rules:
    """Return the rules that are installed."""
    (found,) = entry_points(group="assent.rules", name="default")
    make = found.load()
    rules: Rules = make()
    return rules
