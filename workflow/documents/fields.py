"""The fields a template asks for, with the shape each has to have.

A field is a dotted name. One that is repeated over is a list, or a table row where the loop
stands between rows; what is asked of its entries is written with brackets, as in
``price.items[].amount``.
"""

from enum import StrEnum

from jinja2 import nodes

from workflow.documents.proof import Place, Proof


class Shape(StrEnum):
    """What the data for a field has to be."""

    TEXT = "text"
    CHOICE = "choice"
    LIST = "list"
    ROWS = "table rows"
    RICH = "formatted text"
    BOOKMARK = "bookmark"


_SHAPES = {Place.RUN: Shape.RICH, Place.BOOKMARK: Shape.BOOKMARK}


def fields_of(tree: nodes.Template, proof: Proof) -> dict[str, Shape]:
    """Return every field *tree* needs; a field that is shown and chosen by is text."""
    found: dict[str, Shape] = {}
    _collect(tree.body, {}, found, proof)
    return dict(sorted(found.items()))


def _collect(body: list[nodes.Node], names: dict[str, str], found: dict[str, Shape], proof: Proof) -> None:
    for node in body:
        if isinstance(node, nodes.Output):
            for value in node.nodes:
                if not isinstance(value, nodes.TemplateData):
                    _note(value, _SHAPES.get(proof.places[id(value)], Shape.TEXT), names, found)
        elif isinstance(node, nodes.If):
            _note(node.test, Shape.CHOICE, names, found)
            _collect(node.body, names, found, proof)
            for other in node.elif_:
                _note(other.test, Shape.CHOICE, names, found)
                _collect(other.body, names, found, proof)
            _collect(node.else_, names, found, proof)
        elif isinstance(node, nodes.For):
            shape = Shape.ROWS if proof.loops.get(id(node)) == "w:tbl" else Shape.LIST
            _note(node.iter, shape, names, found)
            source = _dotted(node.iter, names)
            inner = dict(names)
            if source and isinstance(node.target, nodes.Name):
                inner[node.target.name] = f"{source}[]"
            _collect(node.body, inner | {"loop": ""}, found, proof)
            _collect(node.else_, names, found, proof)


def _note(value: nodes.Node, shape: Shape, names: dict[str, str], found: dict[str, Shape]) -> None:
    name = _dotted(value, names)
    if name is None:
        for child in value.iter_child_nodes():
            _note(
                child,
                Shape.CHOICE if shape is Shape.TEXT and not isinstance(value, nodes.Filter) else shape,
                names,
                found,
            )
    elif name and (name not in found or found[name] is Shape.CHOICE):
        found[name] = shape


def _dotted(value: nodes.Node, names: dict[str, str]) -> str | None:
    """Return the dotted name of a value; empty for what the loop itself provides; None for anything else."""
    if isinstance(value, nodes.Name):
        return names.get(value.name, value.name)
    if isinstance(value, nodes.Getattr):
        before = _dotted(value.node, names)
        return before if not before else f"{before}.{value.attr}"
    if isinstance(value, nodes.Getitem) and _dotted(value.arg, names) == "":
        # The entry beside the one a loop is at, as in en.parties[loop.index0].
        before = _dotted(value.node, names)
        return f"{before}[]" if before else None
    return None
