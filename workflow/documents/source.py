"""From a part of a DOCX to the Jinja source it stands for.

Word spreads a tag over runs, proofing marks and bookmarks; docxtpl's patching gathers it
again and lifts ``{%p``, ``{%tr``, ``{%tc`` and ``{{r`` out of the element they name. Before
that, what it cannot cope with is refused with the paragraph's text, because its patterns are
quadratic on tags that do not close and silent about the rest.
"""

import re
from collections.abc import Iterator
from typing import Any

from docxtpl import DocxTemplate
from lxml import etree

from workflow.errors import TemplateError
from workflow.i18n import mark, translate

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_TAG = re.compile(r"\{\{|\{%|\{#")
_OPENED, _CLOSED = re.compile(r"\{[{%#]"), re.compile(r"[}%#]\}")
# A tag as docxtpl finds it once it is whole.
_WHOLE = re.compile(r"(?<=\{[{%]).*?(?=[}%]\})", re.DOTALL)
# Nothing from elsewhere, nothing repaired in silence, no more than a document holds.
_PARSER = etree.XMLParser(
    resolve_entities=False,
    no_network=True,
    recover=False,
    load_dtd=False,
    huge_tree=False,
    remove_comments=True,
    remove_pis=True,
)


def has_tags(content: bytes) -> bool:
    """Tell whether a part may hold tags; Word may have split a brace pair with markup."""
    return b"{" in content and bool(_TAG.search(re.sub(r"<[^>]*>", "", content.decode("utf-8", "replace"))))


def source_of(part: str, content: bytes, *, template: str) -> str:
    """Return the Jinja source of a part; raise `TemplateError` where it cannot be one."""
    root = parse(part, content, template=template)
    _require_closed_tags(root, part, template)
    # docxtpl's patching uses nothing of its own object.
    patched: str = DocxTemplate.patch_xml(None, etree.tostring(root, encoding="unicode"))
    _require_straight_quotes(root, part, template)
    # docxtpl leaves &amp; inside tags, where 'R&D' would then never equal R&D.
    return _WHOLE.sub(lambda tag: tag[0].replace("&quot;", '"').replace("&amp;", "&"), patched)


def parse(part: str, content: bytes, *, template: str) -> Any:
    """Parse a part strictly; raise `TemplateError` where it is damaged or brings a DTD."""
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        reason = mark("{part} holds a document type definition")
        raise TemplateError(template=template, reason=translate(reason).format(part=part))
    try:
        return etree.fromstring(content, _PARSER)
    except etree.XMLSyntaxError as error:
        raise TemplateError(template=template, reason=f"{part}: {error}") from None


def paragraphs(root: Any) -> Iterator[tuple[Any, str]]:
    """Yield every paragraph with its own text, nested text boxes apart."""
    for block in root.iter(f"{W}p"):
        own = (text for text in block.iter(f"{W}t") if next(text.iterancestors(f"{W}p")) is block)
        yield block, "".join(text.text or "" for text in own)


def near(source: str, line: int) -> str:
    """Return the readable text around a line of Jinja source."""
    lines = source.splitlines() or [""]
    text = re.sub(r"<[^>]+>", "", lines[min(line, len(lines)) - 1])
    found = _TAG.search(text)
    start = max(0, found.start() - 20) if found else 0
    return text[start : start + 80]


def _require_closed_tags(root: Any, part: str, template: str) -> None:
    for _, text in paragraphs(root):
        if "{" in text and len(_OPENED.findall(text)) != len(_CLOSED.findall(text)):
            reason = mark("{part}: a tag is not closed in its paragraph: {text}")
            raise TemplateError(
                template=template, reason=translate(reason).format(part=part, text=repr(text[:80]))
            )


def _require_straight_quotes(root: Any, part: str, template: str) -> None:
    """Refuse curly quotes inside a literal: docxtpl straightens them, and then nothing equals."""
    for _, text in paragraphs(root):
        for tag in re.findall(r"\{[{%](.*?)[}%]\}", text):
            for literal in re.findall(r"'[^']*'|\"[^\"]*\"", tag):
                if re.search("[‘’“”]", literal):
                    reason = mark("{part}: curly quotes stand inside {text}; type straight ones")
                    raise TemplateError(
                        template=template, reason=translate(reason).format(part=part, text=literal)
                    )
