"""Comparing two DOCX files, by itself: what changed by clause, and tracked changes for Word.

``compare(old, new)`` returns a `Comparison`; ``tracked_changes(old, new, author=, at=)`` a
DOCX with real revisions, all of which ``accept_all`` and ``reject_all`` resolve; ``text_of``
returns the plain text by part. Nothing is imported before it is used.

    from workflow.documents.redline import compare, tracked_changes

Words are compared whole, Chinese by the character; amounts, dates, references and quoted terms
are never split. Compared are body, tables, headers, footers, notes and text boxes.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workflow.documents.redline.comparison import compare as compare
    from workflow.documents.redline.resolve import accept_all as accept_all
    from workflow.documents.redline.resolve import reject_all as reject_all
    from workflow.documents.redline.text import text_of as text_of
    from workflow.documents.redline.tracked import tracked_changes as tracked_changes

_HOMES = {
    "compare": "comparison",
    "tracked_changes": "tracked",
    "accept_all": "resolve",
    "reject_all": "resolve",
    "text_of": "text",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
