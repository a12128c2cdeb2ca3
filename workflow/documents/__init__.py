"""Documents: a template and data go in, the bytes of a DOCX come out, the same on any machine.

    from workflow.documents import compile_template

Nothing of a store is needed for that.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workflow.documents.engine import Template, compile_template

__all__ = ["Template", "compile_template"]


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used (PEP 562): reading commands need none."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module("workflow.documents.engine"), name)
