"""What a field of a template may be told: nothing but which place of the same document to show.

A field's instruction is a command to Word: it can start programs (DDE) and bring files and
pages in (INCLUDETEXT). So a value stands in one only as the name of a bookmark, in a reference
that is written whole; and what calls out is refused in a template whoever wrote it.
"""

import re
from collections.abc import Iterator
from typing import Any

from workflow.documents.sandbox import UnprintableError, unescaped
from workflow.i18n import mark, translate

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_P, _CHAR, _KIND = f"{_W}p", f"{_W}fldChar", f"{_W}fldCharType"
_CODE, _SIMPLE, _INSTRUCTION = f"{_W}instrText", f"{_W}fldSimple", f"{_W}instr"
# Word's own limit is forty characters.
_BOOKMARK = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}")
_VALUE = r"\{\{\s*[A-Za-z_][\w.]*\s*\}\}"
_REFERENCE = re.compile(
    rf"\s*(?:REF|PAGEREF)\s+{_VALUE}(?:\s+\\(?:[A-Za-z]|\*\s+MERGEFORMAT))*\s*", re.IGNORECASE
)
_NAME = re.compile(_VALUE)
_CALLS_OUT = frozenset(
    {"DDE", "DDEAUTO", "INCLUDE", "INCLUDETEXT", "INCLUDEPICTURE", "IMPORT", "LINK", "DATABASE", "RD",
     "MACROBUTTON"}
)  # fmt: skip

_HOLDERS = (b"instrText", b"fldSimple", b"bookmarkStart", b"anchor=")

#: Elements and attributes in which a value is the name of a bookmark.
NAMED_BY_ELEMENT = frozenset({"w:instrText"})
NAMED_BY_ATTRIBUTE = frozenset({("w:bookmarkStart", "w:name"), ("w:hyperlink", "w:anchor")})

#: What is wrong, the text it stands in, and what to write instead.
Fault = tuple[str, str, str]


def bookmark(value: object) -> str:
    """Return a bookmark's name as it is; refuse anything that could be more."""
    text = unescaped(value)
    if not _BOOKMARK.fullmatch(text):
        reason = mark(
            "it is no bookmark's name: a letter, then letters, digits and underscores, at most 40 in all"
        )
        raise UnprintableError(translate(reason))
    return text


def may_hold_fields(content: bytes) -> bool:
    """Tell whether a part is worth reading for `field_fault`."""
    return any(name in content for name in _HOLDERS)


def field_fault(root: Any) -> Fault | None:
    """Return what the fields and bookmarks of a part do that those of no template may."""
    fix = mark("write {{ name }} alone in it, as in REF {{ clause.bookmark }} \\r \\h")
    for text in _unsafe(root):
        return (
            translate(mark("a value stands in a field or bookmark other than as its name")),
            text,
            translate(fix),
        )
    for code in _codes(root):
        word = (code.split() or [""])[0].strip('"').upper()
        if word in _CALLS_OUT:
            what = translate(mark("the field {word} fetches or starts something")).format(word=word)
            return what, code.strip(), translate(mark("delete the field in Word and write its text"))
    return None


def _unsafe(root: Any) -> Iterator[str]:
    """Yield every instruction and name that holds a tag and is not a name or reference alone."""
    marks = [None, *root.iter(_CHAR, _CODE), None]
    for before, node, after in zip(marks, marks[1:], marks[2:], strict=False):
        if node is None or node.tag != _CODE or not _tagged(node.text):
            continue
        # Another run of the same instruction could make another command of it.
        begun = _is_char(before, "begin") and _paragraph(before) is _paragraph(node)
        ended = _is_char(after, "separate", "end") and _paragraph(after) is _paragraph(node)
        if not (begun and ended and _REFERENCE.fullmatch(node.text)):
            yield node.text
    for node in root.iter(_SIMPLE):
        if _tagged(node.get(_INSTRUCTION)):
            yield node.get(_INSTRUCTION)
    for tag, attribute in NAMED_BY_ATTRIBUTE:
        for node in root.iter(tag.replace("w:", _W)):
            said = node.get(attribute.replace("w:", _W))
            if _tagged(said) and not _NAME.fullmatch(said.strip()):
                yield said


def _codes(root: Any) -> Iterator[str]:
    """Yield the instruction of every field, each without those of the fields inside it."""
    for node in root.iter(_SIMPLE):
        yield node.get(_INSTRUCTION) or ""
    open_codes: list[list[str]] = []
    for node in root.iter(_CHAR, _CODE):
        if node.tag == _CODE:
            if open_codes:
                open_codes[-1].append(node.text or "")
        elif node.get(_KIND) == "begin":
            open_codes.append([])
        elif node.get(_KIND) == "end" and open_codes:
            yield "".join(open_codes.pop())
    yield from ("".join(code) for code in open_codes)


def _tagged(text: str | None) -> bool:
    return text is not None and ("{" in text or "}" in text)


def _is_char(node: Any, *kinds: str) -> bool:
    return node is not None and node.tag == _CHAR and node.get(_KIND) in kinds


def _paragraph(node: Any) -> Any:
    return next(node.iterancestors(_P), None)
