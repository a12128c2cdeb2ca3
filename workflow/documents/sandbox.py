"""What a template may do: show values, choose and repeat. Nothing else exists in it.

The stock sandbox stops a template from reaching Python, not from eating time or memory, and
lets a dictionary's methods hide its keys. So the language is cut down to an allow-list of
what contracts need, and a name after a dot is a key and only a key.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from jinja2 import StrictUndefined, Undefined, nodes
from jinja2.runtime import LoopContext
from jinja2.sandbox import SandboxedEnvironment

from workflow.i18n import mark, translate

_ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Getattr, nodes.Getitem,
    nodes.Const, nodes.If, nodes.For, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not,
    nodes.Tuple, nodes.List, nodes.Filter,
)  # fmt: skip
#: Filters whose work is bounded by the value they are given.
FILTERS = frozenset({"upper", "lower", "title", "capitalize", "trim", "length", "count", "first", "last"})
# Jinja's own make text of anything, a missing value included.
_TEXT_FILTERS: Mapping[str, Callable[[str], str]] = {
    "upper": str.upper,
    "lower": str.lower,
    "title": str.title,
    "capitalize": str.capitalize,
    "trim": str.strip,
}
# Python refuses to print numbers of thousands of digits; no contract has one of sixty.
_MOST_BITS = 200
#: What a repetition knows of itself, as in ``loop.last``.
_OF_LOOPS = frozenset({"index", "index0", "revindex", "revindex0", "first", "last", "length"})

# Characters XML cannot hold, and those that change the order in which text is read.
_UNPRINTABLE = "\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff\u202a-\u202e\u2066-\u2069"
_SPECIAL = re.compile(f"[&<>\"'\n\t\r{_UNPRINTABLE}]")
_REFUSED = re.compile(f"[{_UNPRINTABLE}]")
_NAMES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&#34;", "'": "&#39;"}
_BREAKS = {
    "\n": '</w:t><w:br/><w:t xml:space="preserve">',
    "\t": '</w:t><w:tab/><w:t xml:space="preserve">',
}


class UnprintableError(ValueError):
    """A value that cannot stand in a document; the message says why."""


class Sandbox(SandboxedEnvironment):
    """Jinja for documents: strict, without calls, assignments or arithmetic.

    It does not escape by itself: every value is wrapped in the filter of the place where it
    stands, which does.
    """

    def __init__(self) -> None:
        super().__init__(undefined=StrictUndefined, autoescape=False)
        self.globals = {}
        self.filters = {name: self.filters[name] for name in FILTERS - _TEXT_FILTERS.keys()}
        self.filters |= {name: _of_text(change) for name, change in _TEXT_FILTERS.items()}

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Look a name up as a key; objects have none."""
        # Asking for the plain type first is three times as fast as asking for any mapping.
        if type(obj) is dict or isinstance(obj, Mapping):
            try:
                return obj[attribute]
            except KeyError:
                pass
        elif isinstance(obj, LoopContext) and attribute in _OF_LOOPS:
            return getattr(obj, attribute)
        return obj if isinstance(obj, Undefined) else self.undefined(obj=obj, name=attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """Look a key or a place in a list up."""
        try:
            if isinstance(obj, Mapping | list | tuple):
                return obj[argument]
        except (KeyError, IndexError, TypeError):
            pass
        return obj if isinstance(obj, Undefined) else self.undefined(obj=obj, name=argument)

    def forbidden(self, template: nodes.Template) -> tuple[str, int] | None:
        """Return the first thing *template* does that none may, and its line; None when there is none."""
        for node in template.find_all(nodes.Node):
            if not isinstance(node, _ALLOWED):
                what = mark("it may only show values, choose (if) and repeat (for)")
                return f"{translate(what)} ({type(node).__name__.lower()})", node.lineno or 1
            if isinstance(node, nodes.Filter) and node.name not in FILTERS:
                what = mark("there is no filter {name}; known: {known}")
                known = ", ".join(sorted(FILTERS))
                return translate(what).format(name=node.name, known=known), node.lineno or 1
            if isinstance(node, nodes.Getattr) and node.attr.startswith("_"):
                what = mark("a name may not begin with an underscore")
                return f"{translate(what)} ({node.attr})", node.lineno or 1
        return None


def wrap_values(tree: nodes.Template, filter_of: Callable[[nodes.Expr], str]) -> None:
    """Put every value of *tree* through the filter that *filter_of* names for it."""
    for output in tree.find_all(nodes.Output):
        output.nodes = [
            node
            if isinstance(node, nodes.TemplateData)
            else nodes.Filter(node, filter_of(node), [], [], None, None, lineno=node.lineno)
            for node in output.nodes
        ]


def shown(value: object) -> str:
    """Return a value's text escaped for a place where line ends mean nothing, as in a property."""
    text = value if type(value) is str else _plain(value)
    if _SPECIAL.search(text) is None:
        return text
    return _escaped(text, {"\n": " ", "\t": " "})


def running(value: object) -> str:
    """Return a value's text escaped for running text; its line ends and tabs become Word's."""
    text = value if type(value) is str else _plain(value)
    if _SPECIAL.search(text) is None:
        return text
    return _escaped(text, _BREAKS)


def unescaped(value: object) -> str:
    """Return a value's text as it is, for text that is escaped later."""
    text = _plain(value)
    if _REFUSED.search(text):
        _escaped(text, _BREAKS)
    return text.replace("\r\n", "\n")


def _of_text(change: Callable[[str], str]) -> Callable[[object], str]:
    """Return a filter that changes text, and refuses what is none."""
    return lambda value: change(_plain(value))


def _plain(value: object) -> str:
    if isinstance(value, Undefined):
        str(value)  # raises, and names what is missing
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise UnprintableError(f"{type(value).__name__} is not text")
    if isinstance(value, int) and value.bit_length() > _MOST_BITS:
        raise UnprintableError(translate(mark("it is a number that nobody could read")))
    # A subclass that promises to be safe, as Markup does, is not believed.
    return str.__str__(value) if isinstance(value, str) else str(value)


def _escaped(text: str, breaks: Mapping[str, str]) -> str:
    text = text.replace("\r\n", "\n")
    refused = _REFUSED.search(text)
    if refused:
        what = translate(mark("it holds the hidden character U+{code}"))
        raise UnprintableError(what.format(code=f"{ord(refused[0]):04X}"))
    names = {**_NAMES, **breaks}
    return _SPECIAL.sub(lambda found: names[found[0]], text)
