"""What a template may do: show values, choose and repeat. Nothing else exists in it.

The stock sandbox stops a template from reaching Python, not from eating time or memory, and
lets a dictionary's methods hide its keys. So the language is cut down to an allow-list of
what contracts need, and a name after a dot is a key and only a key.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from jinja2 import StrictUndefined, Undefined, nodes, pass_context, pass_environment
from jinja2.runtime import Context, LoopContext
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
# What all repetitions of a part may come to, in tags and texts; ten thousand rows are a tenth of it.
_MOST_STEPS = 5_000_000
# No author's expression is a tenth as deep.
_DEEPEST = 50
# A value of a hundred pages; escaping makes a copy of it.
_LONGEST = 200_000
#: What a repetition knows of itself, as in ``loop.last``.
_OF_LOOPS = frozenset({"index", "index0", "revindex", "revindex0", "first", "last", "length"})

# Characters XML cannot hold, line ends that only some programs show, and those that change the
# order in which text is read.
_UNPRINTABLE = "\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\u2028-\u202e\u2066-\u2069"
_SPECIAL = re.compile(f"[&<>\"'\n\t\r{_UNPRINTABLE}]")
_REFUSED = re.compile(f"[{_UNPRINTABLE}]")
_NAMES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&#34;", "'": "&#39;"}
_BREAKS = {
    "\n": '</w:t><w:br/><w:t xml:space="preserve">',
    "\t": '</w:t><w:tab/><w:t xml:space="preserve">',
}


# What to write instead of each thing that no template may do; the first that fits.
_INSTEAD: tuple[tuple[tuple[type[nodes.Node], ...], str], ...] = (
    ((nodes.Call,), mark("put what it returns into the data and write {{ name }}")),
    ((nodes.BinExpr, nodes.UnaryExpr), mark("put the result into the data and write {{ name }}")),
    ((nodes.Concat,), mark("write one after the other: {{ a }}{{ b }}")),
    ((nodes.CondExpr,), mark("write {% if a %}...{% else %}...{% endif %}")),
    ((nodes.Test,), mark("give every field in the data, empty where need be, and write {% if name %}")),
    ((nodes.Slice, nodes.Dict), mark("put that part into the data under a name of its own")),
    ((nodes.Node,), mark("write the text out where it is wanted")),
)


class UnprintableError(ValueError):
    """A value that cannot stand in a document; the message says why."""


class ExhaustedError(ValueError):
    """A document that would grow beyond all measure."""


class Formatted:
    """A value that is more than text, and so stands where ``{{r name }}`` is written."""

    __slots__ = ()


class Steps(Context):
    """The data of one rendering, which counts what repetitions have come to."""

    taken = 0


class Sandbox(SandboxedEnvironment):
    """Jinja for documents: strict, without calls, assignments or arithmetic.

    It does not escape by itself: every value is wrapped in the filter of the place where it
    stands, which does.
    """

    context_class = Steps

    def __init__(self) -> None:
        # Jinja's optimizer takes quadratic time over a long name, and templates hold no constants.
        super().__init__(undefined=StrictUndefined, autoescape=False, optimized=False)
        self.globals = {}
        self.filters = {name: self.filters[name] for name in FILTERS - _TEXT_FILTERS.keys()}
        self.filters |= {name: _of_text(change) for name, change in _TEXT_FILTERS.items()}
        self.filters |= {"entries": entries, "members": members}
        self.filters |= {name: _of_list(name, self.filters[name]) for name in ("first", "last")}

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

    def forbidden(self, template: nodes.Template) -> tuple[str, int, str] | None:
        """Return the first thing *template* does that none may, its line, and what to write instead."""
        for node, depth in _nodes(template):
            if depth > _DEEPEST:
                what = mark("it nests too deeply")
                instead = mark("put that part into the data under a name of its own")
                return translate(what), node.lineno or 1, translate(instead)
            if not isinstance(node, _ALLOWED):
                what = mark("it may only show values, choose (if) and repeat (for)")
                instead = next(text for kinds, text in _INSTEAD if isinstance(node, kinds))
                return (
                    f"{translate(what)} ({type(node).__name__.lower()})",
                    node.lineno or 1,
                    translate(instead),
                )
            if isinstance(node, nodes.Filter) and node.name not in FILTERS:
                what = translate(mark("there is no filter {name}")).format(name=node.name)
                known = translate(mark("known: {names}")).format(names=", ".join(sorted(FILTERS)))
                return what, node.lineno or 1, known
            if isinstance(node, nodes.Getattr) and node.attr.startswith("_"):
                what = mark("a name may not begin with an underscore")
                instead = mark("give the field another name")
                return f"{translate(what)} ({node.attr})", node.lineno or 1, translate(instead)
        return None


def _nodes(template: nodes.Template) -> Iterator[tuple[nodes.Node, int]]:
    """Yield every node in the order of the text, with how many expressions it stands within."""
    waiting: list[tuple[nodes.Node, int]] = [(template, 0)]
    while waiting:
        node, depth = waiting.pop()
        depth = depth + 1 if isinstance(node, nodes.Expr) else 0
        yield node, depth
        if depth <= _DEEPEST:
            waiting += [(child, depth) for child in reversed([*node.iter_child_nodes()])]


def wrap_values(tree: nodes.Template, filter_of: Callable[[nodes.Expr], str]) -> None:
    """Put every value of *tree* through the filter that *filter_of* names for it, and count repetitions."""
    for loop in tree.find_all(nodes.For):
        steps = nodes.Const(sum(1 for part in loop.body for _ in part.find_all(nodes.Node)) + 1)
        loop.iter = nodes.Filter(loop.iter, "entries", [steps], [], None, None, lineno=loop.iter.lineno)
    for operand in tree.find_all(nodes.Operand):
        if operand.op in ("in", "notin"):
            operand.expr = nodes.Filter(
                operand.expr, "members", [], [], None, None, lineno=operand.expr.lineno
            )
    for output in tree.find_all(nodes.Output):
        output.nodes = [
            node
            if isinstance(node, nodes.TemplateData)
            else nodes.Filter(node, filter_of(node), [], [], None, None, lineno=node.lineno)
            for node in output.nodes
        ]


@pass_context
def entries(context: Steps, value: object, steps: int) -> object:
    """Return what a repetition of so many steps goes over: a list, whose order is part of the data.

    The order of a dictionary or a set is not, and whatever else can be gone through may never end.
    """
    if not isinstance(value, list | tuple):
        if isinstance(value, Undefined):
            return value  # fails when it is gone through, and names what is missing
        what = translate(mark("{kind} is no list to repeat over; give a list"))
        raise TypeError(what.format(kind=type(value).__name__))
    context.taken += len(value) * steps
    if context.taken > _MOST_STEPS:
        raise ExhaustedError(translate(mark("it repeats more than a document can hold; give fewer entries")))
    return value


def members(value: object) -> object:
    """Return what can be asked whether it holds something, and answers at once."""
    if isinstance(value, str | list | tuple | Mapping | set | frozenset | Undefined):
        return value
    what = translate(mark("{kind} holds nothing that could be looked for; give a list"))
    raise TypeError(what.format(kind=type(value).__name__))


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


def _of_list(name: str, choose: Callable[..., object]) -> Callable[..., object]:
    """Return a filter that chooses from a list or a text, and refuses what has no order."""

    def chosen(environment: SandboxedEnvironment, value: object) -> object:
        if not isinstance(value, str | list | tuple | Undefined):
            raise TypeError(f"{name}: " + _refusal(value))
        return choose(environment, value)

    return pass_environment(chosen)


def _refusal(value: object) -> str:
    """Say why a value is not text, and what to write for it."""
    if value is None or isinstance(value, bool):
        instead = mark("{kind} is not text; give a text, or ask for it with {{% if name %}}")
    elif isinstance(value, list | tuple):
        instead = mark("{kind} is not text; repeat it: {{% for x in name %}}{{{{ x }}}}{{% endfor %}}")
    elif isinstance(value, Mapping):
        instead = mark("{kind} is not text; say which part of it, as in {{{{ name.part }}}}")
    elif isinstance(value, Formatted):
        instead = mark("{kind} is not text but formatted; write {{{{r name }}}}")
    else:
        instead = mark("{kind} is not text; write it out as text in the data")
    return translate(instead).format(kind=type(value).__name__)


def _plain(value: object) -> str:
    if isinstance(value, Undefined):
        str(value)  # raises, and names what is missing
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise UnprintableError(_refusal(value))
    if isinstance(value, int) and value.bit_length() > _MOST_BITS:
        raise UnprintableError(translate(mark("it is a number that nobody could read")))
    # A subclass that promises to be safe, as Markup does, is not believed.
    return str.__str__(value) if isinstance(value, str) else int.__repr__(value)


def _escaped(text: str, breaks: Mapping[str, str]) -> str:
    text = text.replace("\r\n", "\n")
    refused = _REFUSED.search(text)
    if refused:
        what = translate(mark("it holds the hidden character U+{code}"))
        raise UnprintableError(what.format(code=f"{ord(refused[0]):04X}"))
    if len(text) > _LONGEST:
        raise UnprintableError(translate(mark("it is longer than any contract")))
    names = {**_NAMES, **breaks}
    return _SPECIAL.sub(lambda found: names[found[0]], text)
