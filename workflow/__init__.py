"""What an agreement is, goes through, and what is remembered of it.

The names a staff script needs are here, loaded when first used, so that reading the
package costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workflow.drafting import Agreement, Workspace
    from workflow.errors import WorkflowError
    from workflow.negotiation import Plan, Round
    from workflow.parties import Party
    from workflow.terms import Terms

__all__ = ["Agreement", "Party", "Plan", "Round", "Terms", "WorkflowError", "Workspace"]

_HOMES = {
    "Agreement": "workflow.drafting",
    "Party": "workflow.parties",
    "Plan": "workflow.negotiation",
    "Round": "workflow.negotiation",
    "Terms": "workflow.terms",
    "WorkflowError": "workflow.errors",
    "Workspace": "workflow.drafting",
}


def __getattr__(name: str) -> Any:
    """Load a public name from the module it lives in (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
