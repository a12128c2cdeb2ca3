"""What a template may do: show values, choose and repeat. Nothing else exists in it.

The stock sandbox stops a template from reaching Python, not from eating time or memory, and
lets a dictionary's methods hide its keys. So the language is cut down to an allow-list of
what contracts need, and a name after a dot is a key and only a key.
"""

import re
from collections.abc import Mapping
from typing import Any

from jinja2 import StrictUndefined, Undefined, nodes
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup, escape

from workflow.i18n import mark

_ALLOWED = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Getattr,
    nodes.Const,
    nodes.If,
    nodes.For,
    nodes.Compare,
    nodes.Operand,
    nodes.And,
    nodes.Or,
    nodes.Not,
    nodes.Getitem,
    nodes.Tuple,
    nodes.List,
)

# Characters XML cannot hold, and those that change the order in which text is read.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff\u202a-\u202e\u2066-\u2069]")
_BREAK = Markup('</w:t><w:br/><w:t xml:space="preserve">')


class UnprintableError(ValueError):
    """A value that cannot stand in a document; the message says why."""


class Sandbox(SandboxedEnvironment):
    """Jinja for documents: strict, escaping, without calls, filters or arithmetic."""

    def __init__(self, *, line_breaks: bool = True) -> None:
        show = _show if line_breaks else _show_plain
        super().__init__(undefined=StrictUndefined, autoescape=True, finalize=show)
        self.globals = {}

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Look a name up as a key; objects have none."""
        if isinstance(obj, Mapping) and attribute in obj:
            return obj[attribute]
        return self.undefined(obj=obj, name=attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """Look a key or a place in a list up."""
        try:
            return (
                obj[argument]
                if isinstance(obj, Mapping | list | tuple)
                else self.undefined(obj=obj, name=argument)
            )
        except (KeyError, IndexError, TypeError):
            return self.undefined(obj=obj, name=argument)

    def forbidden(self, source: str) -> str:
        """Return what *source* does that no template may, or the empty text."""
        for node in self.parse(source).find_all(nodes.Node):
            if not isinstance(node, _ALLOWED) and not _is_context(node):
                return (
                    mark("it may only show values, choose (if) and repeat (for)")
                    + f" ({type(node).__name__})"
                )
            if isinstance(node, nodes.Getattr) and node.attr.startswith("_"):
                return mark("a name may not begin with an underscore") + f" ({node.attr})"
        return ""


def _is_context(node: nodes.Node) -> bool:
    return type(node) in (nodes.EvalContextModifier, nodes.ScopedEvalContextModifier)


def _show(value: Any) -> Markup:
    """Escape a value for running text; its line ends become Word's."""
    return _BREAK.join(_checked(value).split("\n"))


def _show_plain(value: Any) -> Markup:
    """Escape a value for a property or a plain text."""
    return escape(_checked(value))


def _checked(value: Any) -> str:
    if isinstance(value, Undefined):
        str(value)  # raises, and names what is missing
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise UnprintableError(f"{type(value).__name__} is not text")
    # str() takes the promise of safety off a Markup: no value is trusted.
    text = str.__str__(value) if isinstance(value, str) else str(value)
    text = text.replace("\r\n", "\n")
    found = _UNPRINTABLE.search(text)
    if found:
        raise UnprintableError(f"it holds the hidden character U+{ord(found[0]):04X}")
    return text
