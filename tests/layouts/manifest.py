"""What a layout asks for, read from the layout itself, and the two TOML files beside it.

The names a template uses are found with docxtpl's own patching and Jinja's parser, so that
the manifest cannot promise less or more than the template wants.
"""

import io
import json
from collections.abc import Iterator
from typing import Any

from docxtpl import DocxTemplate
from jinja2 import Environment, nodes

VERSION = "1.0.0"

# Everything else a template asks for is text, or a list where it is looped over.
FLAGS = {
    "contents",
    "document.draft",
    "opinion.given",
    "payment.known",
    "period.perpetual",
    "price.known",
    "price.tax_included",
    "sheet.complete",
}


def fields_of(template: bytes) -> dict[str, str]:
    """Return each dotted name the template uses, and whether it is text, a flag or a list."""
    document = DocxTemplate(io.BytesIO(template))
    document.init_docx()
    section = document.docx.sections[0]
    found: dict[str, str] = {}
    for root in (document.docx.element.body, section.header._element, section.footer._element):
        tree = Environment(autoescape=True).parse(document.patch_xml(document.xml_to_string(root)))
        for name, kind in _names(tree, {}):
            if found.get(name) != "list":
                found[name] = kind
    return dict(sorted(found.items()))


def _names(node: nodes.Node, known: dict[str, str]) -> Iterator[tuple[str, str]]:
    if isinstance(node, nodes.For):
        path = _path(node.iter, known)
        yield path, "list"
        known = known | {node.target.name: f"{path}[]"}
        for child in node.body:
            yield from _names(child, known)
    elif isinstance(node, nodes.Getattr | nodes.Name):
        if isinstance(node, nodes.Getattr) and isinstance(node.node, nodes.Getitem):
            yield _path(node.node.node, known), "list"
        path = _path(node, known)
        if not path.startswith("loop."):  # which Jinja provides
            yield path, "flag" if path in FLAGS else "text"
    else:
        for child in node.iter_child_nodes():
            yield from _names(child, known)


def _path(node: nodes.Node, known: dict[str, str]) -> str:
    if isinstance(node, nodes.Getattr):
        return f"{_path(node.node, known)}.{node.attr}"
    if isinstance(node, nodes.Getitem):
        return f"{_path(node.node, known)}[]"
    if not isinstance(node, nodes.Name):
        raise TypeError(f"a layout may only name fields, not use {type(node).__name__}")
    return known.get(node.name, node.name)


def manifest(about: dict[str, str], fields: dict[str, str]) -> str:
    """Return the text of ``manifest.toml``."""
    return toml(about | {"fields": fields})


def toml(values: dict[str, Any], path: tuple[str, ...] = ()) -> str:
    """Return *values* as TOML: plain ones first, then tables, then lists of tables."""
    plain = {key: value for key, value in values.items() if not _is_table(value)}
    written = [f"{_key(key)} = {_value(value)}\n" for key, value in plain.items()]
    for key, value in values.items():
        name = ".".join((*path, _key(key)))
        if isinstance(value, dict):
            written.append(f"\n[{name}]\n{toml(value, (*path, _key(key)))}")
        elif _is_table(value):
            written.extend(f"\n[[{name}]]\n{toml(entry, (*path, _key(key)))}" for entry in value)
    return "".join(written)


def _is_table(value: object) -> bool:
    return isinstance(value, dict) or (isinstance(value, list) and bool(value) and isinstance(value[0], dict))


def _key(name: str) -> str:
    return name if name.replace("_", "").isalnum() and name.isascii() else json.dumps(name)


def _value(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return "[\n" + "".join(f"    {_value(entry)},\n" for entry in value) + "]" if value else "[]"
    return json.dumps(value, ensure_ascii=False)
