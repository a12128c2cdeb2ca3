"""From a part of a DOCX to the Jinja source it stands for.

Word spreads a tag over runs, proofing marks and bookmarks; docxtpl's patching gathers it
again and lifts ``{%p``, ``{%tr``, ``{%tc`` and ``{{r`` out of the element they name. Before
that, what it cannot cope with is refused with the paragraph's text, because its patterns are
quadratic on tags that do not close and silent about the rest.
"""

import html
import re
from collections.abc import Iterator
from typing import Any

from docxtpl import DocxTemplate
from lxml import etree

from workflow.errors import TemplateError
from workflow.i18n import mark, translate

# A part of three hundred pages; the patterns take time and memory in proportion.
_LARGEST_PART = 4_000_000
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_TAG = re.compile(r"\{\{|\{%|\{#")
_MARKUP = re.compile(r"<[^<>]*>")
_ENDS = re.compile(r"\{[{%#]|[}%#]\}")
_CLOSER = {"{{": "}}", "{%": "%}", "{#": "#}"}
_QUOTED = re.compile(r'="([^"]*\{[^"]*)"')
_PARAGRAPH = re.compile(r"<w:p[ >]")
# How docxtpl writes the looks of a cell that a tag asks for: first, whatever follows.
_CELL_LOOK = re.compile(r"(<w:tcPr[^>]*>)(<w:(?:gridSpan|shd) (?:(?!</w:tcPr>).)*)(</w:tcPr>)", re.DOTALL)
_CHILD = re.compile(r"<w:(\w+)(?: [^<>]*)?(?:/>|>(?:(?!</w:\1>).)*</w:\1>)", re.DOTALL)
_CELL_ORDER = (
    "cnfStyle", "tcW", "gridSpan", "hMerge", "vMerge", "tcBorders", "shd", "noWrap", "tcMar",
    "textDirection", "tcFitText", "vAlign", "hideMark",
)  # fmt: skip
# Where docxtpl lets a dash eat markup, up to pictures and the ends of table cells.
_DASHED = re.compile(r"\{[{%#]-|-[}%#]\}")
# A tag as docxtpl finds it once it is whole.
_WHOLE = re.compile(r"(?<=\{[{%]).*?(?=[}%]\})", re.DOTALL)
# What docxtpl leaves on either side of {%r ... %}: a run without anything.
_EMPTY_RUN = re.compile(r'<w:r><w:t xml:space="preserve"></w:t></w:r>')
_ENCODING = re.compile(rb"""\s*(?:\xef\xbb\xbf)?<\?xml[^>]{0,100}?encoding\s*=\s*["']([\w.-]+)""")
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
    return b"{" in content and bool(_TAG.search(_MARKUP.sub("", content.decode("utf-8", "replace"))))


def source_of(part: str, content: bytes, *, template: str) -> str:
    """Return the Jinja source of a part; raise `TemplateError` where it cannot be one."""
    root = parse(part, content, template=template)
    xml = etree.tostring(root, encoding="unicode")
    _require_closed_tags(root, xml, part, template)
    _require_no_dash(root, part, template)
    # docxtpl's patching uses nothing of its own object.
    patched: str = DocxTemplate.patch_xml(None, xml)
    _require_straight_quotes(root, part, template)
    # docxtpl leaves &amp; inside tags, where 'R&D' would then never equal R&D.
    source = _WHOLE.sub(lambda tag: tag[0].replace("&quot;", '"').replace("&amp;", "&"), patched)
    return _EMPTY_RUN.sub("", _CELL_LOOK.sub(_in_order, source))


def _in_order(found: re.Match[str]) -> str:
    """Put what docxtpl adds for ``colspan`` and ``cellbg`` where the schema has it (CT_TcPr)."""
    children = list(_CHILD.finditer(found[2]))
    if "".join(child[0] for child in children) != found[2]:
        return found[0]
    ranked = sorted(
        children, key=lambda child: _CELL_ORDER.index(child[1]) if child[1] in _CELL_ORDER else 99
    )
    return found[1] + "".join(child[0] for child in ranked) + found[3]


def refused(template: str, part: str, what: str, *, text: str = "", fix: str = "") -> TemplateError:
    """Return the refusal of a template: what is wrong, in which part and text, and what to write instead."""
    reason = f"{part}: {what}" + (f": {text!r}" if text else "") + (f"; {fix}" if fix else "")
    error = TemplateError(template=template, reason=reason)
    # The same in its parts, for the check.
    error.facts |= {"part": part, "what": what, "text": text, "fix": fix}
    return error


def parse(part: str, content: bytes, *, template: str) -> Any:
    """Parse a part strictly; raise `TemplateError` where it is damaged or brings a DTD."""
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        reason = mark("{part} holds a document type definition")
        raise TemplateError(template=template, reason=translate(reason).format(part=part))
    if len(content) > _LARGEST_PART:
        what = translate(mark("it is longer than three hundred pages"))
        raise refused(template, part, what, fix=translate(mark("divide it into several documents")))
    require_utf8(part, content, template=template)
    try:
        return etree.fromstring(content, _PARSER)
    except (etree.XMLSyntaxError, ValueError) as error:
        what = translate(mark("it is damaged ({error})")).format(error=error)
        raise refused(template, part, what, fix=_anew()) from None


def require_utf8(part: str, content: bytes, *, template: str) -> None:
    """Raise `TemplateError` for a part in another encoding, in which tags and more could hide."""
    encoding = _ENCODING.match(content)
    if b"\0" in content[:200] or (encoding and encoding[1].lower() not in (b"utf-8", b"us-ascii")):
        what = translate(mark("it is not written in UTF-8, as Word writes it"))
        raise refused(template, part, what, fix=_anew())


def _anew() -> str:
    return translate(mark("open it in Word and save it again"))


def paragraphs(root: Any) -> Iterator[tuple[Any, str]]:
    """Yield every paragraph with its own text, nested text boxes apart."""
    texts: dict[Any, list[str]] = {block: [] for block in root.iter(f"{W}p")}
    for text in root.iter(f"{W}t"):
        block = next(text.iterancestors(f"{W}p"), None)
        if block is not None and text.text:
            texts[block].append(text.text)
    for block, pieces in texts.items():
        yield block, "".join(pieces)


def lined(source: str) -> str:
    """Return Jinja source with a line for each tag and paragraph, so that a line number tells the place."""
    return re.sub(r"(?<!\{)(?=\{[{%])|(?=<w:p[ >])", "\n", source.replace("\r", " ").replace("\n", " "))


def near(source: str, line: int) -> tuple[str, str]:
    """Return the tag in a line of `lined` source, and the words of its paragraph around it."""
    lines = source.split("\n")
    at = min(max(line, 1), len(lines)) - 1
    tag = re.match(r"\{\{.*?\}\}|\{%.*?%\}", lines[at])
    first = next((n for n in range(at, -1, -1) if _PARAGRAPH.match(lines[n])), 0)
    last = next((n for n in range(at + 1, len(lines)) if _PARAGRAPH.match(lines[n])), len(lines))
    before, after = (_words(lines[first:at]), _words(lines[at:last]))
    return tag[0] if tag else "", before[-30:] + after[:80]


def unclosed(source: str) -> tuple[str, int, str] | None:
    """Find an if or for of `lined` source that does not end, or an end that ends nothing."""
    opened: list[tuple[str, int]] = []
    for number, line in enumerate(source.split("\n"), start=1):
        tag = re.match(r"\{%\s*(if|for|endif|endfor|raw)\b", line)
        if not tag:
            continue
        word = tag[1]
        if word == "raw":
            return None
        if word in ("if", "for"):
            opened.append((word, number))
        elif opened and opened[-1][0] == word.removeprefix("end"):
            opened.pop()
        elif opened:
            what = translate(mark("{word} stands where {before} is open")).format(
                word=word, before=opened[-1][0]
            )
            fix = translate(mark("write end{word} before it")).format(word=opened[-1][0])
            return what, number, fix
        else:
            what = translate(mark("{word} ends nothing")).format(word=word)
            return what, number, translate(mark("take it out, or write what it ends before it"))
    if not opened:
        return None
    word, number = opened[-1]
    what = translate(mark("{word} is never ended")).format(word=word)
    return what, number, translate(mark("write end{word} after it")).format(word=word)


def _words(lines: list[str]) -> str:
    return html.unescape(_MARKUP.sub("", "".join(lines)))


def _open_tag(text: str) -> str:
    """Return what is wrong with the ends of tags in a text; empty when each is closed before the next."""
    opened = ""
    for end in _ENDS.finditer(text):
        if opened == "{#" or (opened and end[0] not in _CLOSER):
            opened = "" if end[0] == _CLOSER[opened] else opened
        elif opened or end[0] not in _CLOSER:
            return mark("a tag is not closed in its paragraph")
        else:
            opened = end[0]
    return mark("a tag is not closed in its paragraph") if opened else ""


def _require_closed_tags(root: Any, xml: str, part: str, template: str) -> None:
    """Refuse what docxtpl's patterns take quadratic time over, and lose text by."""
    fix = mark("write {{ name }} or {% ... %} whole within one paragraph")
    for _, text in paragraphs(root):
        if ("{" in text or "}" in text) and (what := _open_tag(text)):
            raise refused(template, part, translate(what), text=text[:80], fix=translate(fix))
    # What stands in no paragraph: properties, and names of pictures.
    joined = _MARKUP.sub("", xml)
    for text in (joined, *_QUOTED.findall(xml)):
        if what := _open_tag(text):
            found = _TAG.search(text)
            start = max(0, found.start() - 20) if found else 0
            raise refused(template, part, translate(what), text=text[start : start + 80], fix=translate(fix))
    # docxtpl joins the paragraphs in which two braces meet.
    if len(_ENDS.findall(joined)) != len(_ENDS.findall(_MARKUP.sub("", xml.replace("</w:p>", "\n")))):
        what = translate(mark("a tag is not closed in its paragraph"))
        raise refused(template, part, what, text=_meeting(root), fix=translate(fix))


def _meeting(root: Any) -> str:
    """Return the text of the first paragraph that ends in half of a tag's end."""
    return next((text[-80:] for _, text in paragraphs(root) if text.rstrip()[-1:] in tuple("{}%#")), "")


def _require_no_dash(root: Any, part: str, template: str) -> None:
    for _, text in paragraphs(root):
        if _DASHED.search(text):
            what = translate(mark("a dash in a tag eats what stands beside it"))
            fix = translate(mark("write the tag without it, or {%p ... %} in a paragraph of its own"))
            raise refused(template, part, what, text=text[:80], fix=fix)


def _require_straight_quotes(root: Any, part: str, template: str) -> None:
    """Refuse curly quotes inside a literal: docxtpl straightens them, and then nothing equals."""
    for _, text in paragraphs(root):
        for tag in re.findall(r"\{[{%](.*?)[}%]\}", text):
            for literal in re.findall(r"'[^']*'|\"[^\"]*\"", tag):
                if re.search("[‘’“”]", literal):
                    what = translate(mark("curly quotes stand inside {literal}")).format(literal=literal)
                    raise refused(
                        template, part, what, text=text[:80], fix=translate(mark("type straight ones"))
                    )
