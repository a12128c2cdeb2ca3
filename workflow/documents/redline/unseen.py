"""What a document holds that its text does not show, and that comparing texts would miss.

Where links lead, what fields do, text that Word does not show or shows white or too small to
read, comments, and content that Word takes from elsewhere in the file when it is opened.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from workflow.documents.redline.clauses import Headings
from workflow.documents.redline.fields import counting, field_code
from workflow.documents.redline.names import (
    DOCUMENT,
    FIELD,
    FIELD_CHAR,
    HYPERLINK,
    ID,
    INSTR,
    PPR,
    RELATIONS,
    RPR,
    VAL,
    Element,
    P,
    R,
    T,
    w,
)
from workflow.documents.redline.source import Source

_COMMENT, _BINDING, _CODE = w("commentReference"), w("dataBinding"), w("instr")
_STYLE, _STYLE_ID, _BASED_ON = w("style"), w("styleId"), w("basedOn")
_STYLES_OF = {w("rStyle"), w("pStyle")}
_HIDING = (w("vanish"), w("specVanish"), w("webHidden"))
_COLOUR, _SIZE = w("color"), w("sz")
_OFF = {"0", "false", "off"}
# Half points; what is smaller is a dot.
_READABLE = 5
_LONGEST = 200
_WATCHED = (P, R, HYPERLINK, FIELD, FIELD_CHAR, INSTR, _COMMENT, _BINDING)


class Unshown(StrEnum):
    """What it is that is not shown."""

    LINK = "link"
    FIELD = "field"
    HIDDEN = "hidden text"
    COMMENT = "comment"
    BINDING = "binding"


@dataclass(frozen=True, slots=True)
class Unseen:
    """Something the text does not show: in which part and clause, what it is, and what it says."""

    part: str
    number: str
    title: str
    kind: Unshown
    text: str


def new_unseen(old: Source, new: Source, headings: Headings) -> tuple[Unseen, ...]:
    """Return what *new* holds and *old* does not; *headings* are those of *new*."""
    known = Counter((each.kind, each.text) for each in _unseen(old, None))
    found = []
    for each in _unseen(new, headings):
        if known[each.kind, each.text]:
            known[each.kind, each.text] -= 1
        else:
            found.append(each)
    return tuple(found)


def _unseen(source: Source, headings: Headings | None) -> Iterator[Unseen]:
    styles, comments = _hiding_styles(source), _comments(source)
    for name, part, root in _stories(source):
        number = title = ""
        code: list[str] = []
        for node in root.iter(*_WATCHED):
            tag = node.tag
            if tag == P:
                if headings and name == "body" and headings.begins(node):
                    number, title = headings.heading(node)
                continue
            if tag == INSTR:
                code.append(node.text or "")
                continue
            kind, text = Unshown.FIELD, ""
            if tag == FIELD_CHAR:
                text, code = field_code("".join(code)), []
            elif tag == FIELD:
                text = field_code(node.get(_CODE, ""))
            elif tag == HYPERLINK:
                kind, text = Unshown.LINK, _link(node, source, part)
            elif tag == _COMMENT:
                kind, text = Unshown.COMMENT, comments.get(node.get(ID, ""), "")
            elif tag == _BINDING:
                kind, text = Unshown.BINDING, node.get(w("xpath"), "")
            elif _is_hidden(node, styles):
                kind, text = Unshown.HIDDEN, _text(node)
            if text.strip() and not (kind is Unshown.FIELD and counting(text)):
                yield Unseen(name, number, title, kind, text.strip()[:_LONGEST])


def _stories(source: Source) -> Iterator[tuple[str, str, Element]]:
    """Yield every text of the document: what it is, its part, and its root."""
    yield "body", DOCUMENT, source.body
    furniture = dict.fromkeys((part, kind) for (_, kind, _), part in sorted(source.furniture().items()))
    for part, kind in furniture:
        yield kind, part, source.tree(part)
    for kind in ("footnote", "endnote"):
        part = source.related(f"{kind}s")
        if part:
            yield kind, part, source.tree(part)


def _link(node: Element, source: Source, part: str) -> str:
    relation = source.relations(part).get(node.get(f"{{{RELATIONS}}}id", ""))
    return f"{_text(node)} -> {relation.target}" if relation and relation.external else ""


def _comments(source: Source) -> dict[str, str]:
    part = source.related("comments")
    if not part:
        return {}
    return {
        comment.get(ID, ""): f"{comment.get(w('author'), '')}: {_text(comment)}"
        for comment in source.tree(part).iterchildren(w("comment"))
    }


def _is_hidden(run: Element, styles: set[str]) -> bool:
    looks = [run.find(RPR)]
    paragraph = next(run.iterancestors(P), None)
    looks.append(None if paragraph is None else paragraph.find(PPR))
    for look in looks:
        for child in () if look is None else look:
            if child.tag in _STYLES_OF and child.get(VAL, "") in styles:
                return True
    return looks[0] is not None and _hides(looks[0])


def _hides(look: Element) -> bool:
    for child in look:
        value = child.get(VAL, "")
        if child.tag in _HIDING and value not in _OFF:
            return True
        if child.tag == _COLOUR and value.upper() == "FFFFFF":
            return True
        if child.tag == _SIZE and value.isdigit() and int(value) < _READABLE:
            return True
    return False


def _hiding_styles(source: Source) -> set[str]:
    """Return the styles whose text is not shown, with those that are based on them."""
    part = source.related("styles")
    if not part or not any(b":" + tag.rpartition("}")[2].encode() in source.parts[part] for tag in _HIDING):
        return set()
    based, hiding = {}, set()
    for style in source.tree(part).iterchildren(_STYLE):
        name, look = style.get(_STYLE_ID, ""), style.find(RPR)
        based[name] = next((base.get(VAL, "") for base in style.iterchildren(_BASED_ON)), "")
        if look is not None and any(
            child.tag in _HIDING and child.get(VAL, "") not in _OFF for child in look
        ):
            hiding.add(name)
    for _ in based:
        grown = hiding | {name for name, base in based.items() if base in hiding}
        if grown == hiding:
            break
        hiding = grown
    return hiding


def _text(element: Element) -> str:
    return "".join(node.text or "" for node in element.iter(T))
