"""The interface's translations against the code: run this file to see what is missing or left over.

``--write`` brings the catalogue up to date and compiles it: new texts are added without a translation,
in the order of the code, and texts that nobody marks any more are taken out.
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

import approvals
import workflow

#: The packages as they are installed, so that a wheel's catalogue can be tested too.
PACKAGES = tuple(Path(str(package.__file__)).parent for package in (workflow, approvals))
CATALOGUE = PACKAGES[0] / "locale/zh_TW/LC_MESSAGES/assent.po"

#: Functions whose first argument is a text of the catalogue, where it is written out.
_OURS = ("mark", "say", "translate")
#: click asks gettext for its own words, so they are translated here too.
_CLICK = ("_", "gettext", "ngettext")
_PLACE = re.compile(r"\{(\w*(?:![rsa])?)(?::[^{}]*)?\}|(%\(\w+\)s)")

#: A text, or what click says of one thing and of several.
Text = str | tuple[str, str]


def marked() -> dict[str, set[str]]:
    """Return every text that is marked in the code, with the files it stands in."""
    found: dict[str, set[str]] = {}
    for folder in PACKAGES:
        for path in sorted(folder.rglob("*.py")):
            for name, arguments in _calls(path):
                if name in _OURS and (text := _literal(arguments[0])) is not None:
                    found.setdefault(text, set()).add(path.relative_to(folder.parent).as_posix())
                elif name == "mark":
                    raise SyntaxError(f"{path}: mark() takes a text that is written out")
    return found


def from_click() -> dict[Text, set[str]]:
    """Return the texts of the click that is installed; another version may have others."""
    import click

    found: dict[Text, set[str]] = {"required": {"click"}}  # looked up by a variable
    for path in sorted(Path(click.__file__).parent.glob("*.py")):
        for name, arguments in _calls(path):
            texts = [text for argument in arguments if (text := _literal(argument)) is not None]
            if name in _CLICK and texts and not _for_programmers(texts[0]):
                found[(texts[0], texts[1]) if name == "ngettext" else texts[0]] = {"click"}
    return found


def wanted() -> dict[Text, set[str]]:
    """Return all texts the catalogue should have: ours, then click's."""
    found: dict[Text, set[str]] = {**marked()}
    for text, places in from_click().items():
        found.setdefault(text, set()).update(places)
    return found


def read() -> Catalog:
    """Return the catalogue as it is on disk."""
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="zh_TW")


def entries(catalogue: Catalog) -> dict[Text, Message]:
    """Return the catalogue's entries by text."""
    return {_key(message): message for message in catalogue if message.id}


def fields(text: str) -> set[str]:
    """Return the places of a text that are filled in, with how: ``value!r`` of ``{value!r}``."""
    return {place or old for place, old in _PLACE.findall(text)}


def is_said(message: Message) -> bool:
    """Tell whether an entry has its translation, and no doubtful one."""
    return all(texts(message.string)) and not message.fuzzy


def wrong_places(message: Message) -> set[str]:
    """Return the places a translation lacks or invents; of a plural's it may use those of either form."""
    forms = [fields(text) for text in texts(message.id)]
    known, needed = set.union(*forms), set.intersection(*forms)
    said = [fields(text) for text in texts(message.string) if text]
    return set().union(*((places - known) | (needed - places) for places in said))


def texts(value: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def _key(message: Message) -> Text:
    return message.id if isinstance(message.id, str) else (message.id[0], message.id[1])


def _calls(path: Path) -> Iterator[tuple[str, list[ast.expr]]]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and node.args]
    for node in sorted(found, key=lambda node: (node.lineno, node.col_offset)):
        if isinstance(node.func, ast.Name):
            yield node.func.id, node.args


def _literal(node: ast.expr) -> str | None:
    """Return a text that is written out, also as a sum of texts."""
    try:
        value = ast.literal_eval(node)
    except ValueError:
        if not (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add)):
            return None
        parts = _literal(node.left), _literal(node.right)
        return parts[0] + parts[1] if parts[0] is not None and parts[1] is not None else None
    return value if isinstance(value, str) else None


def _for_programmers(text: str) -> bool:
    """Tell texts of click that only a fault in a program can print."""
    return text.startswith(("Name ", "Boolean option", "Could not determine", "No options", "Arguments take",
                            "Unknown ", "Choice("))  # fmt: skip


def refreshed(old: Catalog) -> Catalog:
    """Return *old* with the texts of the code, no more and no fewer."""
    new = Catalog(
        locale="zh_TW",
        project="Assent",
        version="1",
        msgid_bugs_address="the issues of the project",
        last_translator="The Assent developers",
        language_team="zh_TW",
        header_comment="# The interface in Traditional Chinese as written in Taiwan.",
        creation_date=old.creation_date,
        revision_date=old.revision_date,
        fuzzy=False,
    )
    known = entries(old)
    for text, places in wanted().items():
        said = known[text].string if text in known else ""
        new.add(text, said, locations=[(place, 0) for place in sorted(places)])
    return new


def main(arguments: list[str]) -> int:
    """Print what is missing, left over or does not fit; return 1 where there is any."""
    if "--write" in arguments:
        catalogue = refreshed(read())
        with CATALOGUE.open("wb") as file:
            write_po(file, catalogue, width=100, include_lineno=False)
        with CATALOGUE.with_suffix(".mo").open("wb") as file:
            write_mo(file, read())
    known, needed = entries(read()), wanted()
    lines = [f"missing    {text!r}" for text in needed if text not in known or not is_said(known[text])]
    lines += [f"left over  {text!r}" for text in known if text not in needed]
    lines += [f"places     {text!r}: {wrong}" for text in known if (wrong := wrong_places(known[text]))]
    print("\n".join(lines) or f"all {len(known)} texts are translated")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
