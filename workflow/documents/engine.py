"""Templates: a DOCX with docxtpl's tags is compiled once and rendered for any data.

Template bytes and context determine the output; there is no clock here. Tags are
docxtpl's (its patching is called when a template is compiled), the language inside them is
``workflow.documents.sandbox``'s. Finding a template by name is the catalogue's business.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import jinja2
import jinja2.meta
from docxtpl import DocxTemplate
from lxml import etree

from workflow.documents.package import content_digest, read_package, write_package
from workflow.documents.sandbox import Sandbox, UnprintableError
from workflow.errors import MissingFieldError, TemplateError, UnprintableValueError
from workflow.i18n import mark

# The parts of a package that hold text an author can put tags into.
_TEXT_PARTS = re.compile(r"word/(document|header\d*|footer\d*)\.xml|docProps/core\.xml")
# docxtpl renders these with faults (values are evaluated again, tags leak), so none may hold tags.
_CLOSED_PARTS = re.compile(r"word/(footnotes|endnotes|comments)\.xml")
_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_TAG = re.compile(r"\{\{|\{%|\{#")
# Limits for XML that is read: no DTD, no entities from elsewhere, nothing repaired in silence.
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, recover=False, load_dtd=False)


@dataclass(frozen=True, slots=True)
class Rendered:
    """An issued document: its bytes, and the digest of its parts."""

    body: bytes
    content: str


class Template:
    """A compiled template; make it with `compile_template`."""

    def __init__(
        self, name: str, parts: dict[str, bytes], compiled: dict[str, jinja2.Template], fields: frozenset[str]
    ) -> None:
        self.name, self.fields = name, fields
        self._parts, self._compiled = parts, compiled

    def render(self, context: Mapping[str, Any]) -> Rendered:
        """Return the document for *context*.

        Raises `MissingFieldError` for a field the context lacks and `UnprintableValueError`
        for a value that cannot stand in a document.
        """
        parts = dict(self._parts)
        for part, template in self._compiled.items():
            parts[part] = self._render_part(part, template, context)
        return Rendered(write_package(parts), content_digest(parts))

    def _render_part(self, part: str, template: jinja2.Template, context: Mapping[str, Any]) -> bytes:
        try:
            text = template.render(context)
        except jinja2.UndefinedError as error:
            raise MissingFieldError(
                template=self.name, field=_named(error), known=", ".join(sorted(context))
            ) from None
        except UnprintableError as error:
            raise UnprintableValueError(template=self.name, field=part, reason=str(error)) from None
        except TypeError as error:
            raise TemplateError(template=self.name, reason=f"{part}: {error}") from None
        body = (_DECLARATION + text).encode()
        try:
            etree.fromstring(body, _PARSER)
        except etree.XMLSyntaxError as error:
            raise TemplateError(template=self.name, reason=f"{part}: {error}") from None
        return body


@lru_cache(maxsize=64)
def compile_template(body: bytes, *, name: str = "template") -> Template:
    """Compile the bytes of a DOCX; raise `TemplateError` saying what cannot be used and where."""
    parts = read_package(body, name=name)
    compiled: dict[str, jinja2.Template] = {}
    fields: set[str] = set()
    for part, content in parts.items():
        if _CLOSED_PARTS.fullmatch(part) and _TAG.search(content.decode("utf-8", "replace")):
            raise TemplateError(
                template=name, reason=f"{part}: " + mark("tags cannot stand in notes or comments")
            )
        if not _TEXT_PARTS.fullmatch(part):
            continue
        source = _source(part, content, name)
        if not _TAG.search(source):
            continue
        sandbox = Sandbox(line_breaks=part.startswith("word/"))
        try:
            forbidden = sandbox.forbidden(source)
            if forbidden:
                raise TemplateError(template=name, reason=f"{part}: {forbidden}")
            fields |= jinja2.meta.find_undeclared_variables(sandbox.parse(source))
            compiled[part] = sandbox.from_string(source)
        except jinja2.TemplateSyntaxError as error:
            raise TemplateError(
                template=name, reason=f"{part}: {error.message}: {_near(source, error.lineno)}"
            ) from None
    return Template(name, parts, compiled, frozenset(fields))


def _source(part: str, content: bytes, name: str) -> str:
    """Return a part as Jinja source: one canonical writing, tags freed from Word's runs."""
    try:
        root = etree.fromstring(content, _PARSER)
    except etree.XMLSyntaxError as error:
        raise TemplateError(template=name, reason=f"{part}: {error}") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise TemplateError(template=name, reason=f"{part}: " + mark("it holds a document type definition"))
    text = etree.tostring(root, encoding="unicode")
    if not _TAG.search(re.sub(r"<[^>]*>", "", text)):
        return ""
    _require_closed_tags(root, part, name)
    # Its own object is not used by docxtpl's patching, so none is needed.
    patched: str = DocxTemplate.patch_xml(None, text)
    # docxtpl leaves &amp; inside tags, where 'R&D' would then never equal R&D.
    return re.sub(r"(?<=\{[{%]).*?(?=[}%]\})", lambda tag: tag[0].replace("&amp;", "&"), patched)


def _require_closed_tags(root: Any, part: str, name: str) -> None:
    """Raise unless each tag closes in its paragraph; docxtpl is quadratic on those that do not."""
    paragraph = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}p"
    for block in root.iter(paragraph):
        text = "".join(block.itertext())
        if len(re.findall(r"\{[{%#]", text)) != len(re.findall(r"[}%#]\}", text)):
            raise TemplateError(
                template=name, reason=f"{part}: " + mark("a tag is not closed") + f": {text[:60]!r}"
            )


def _near(source: str, line: int) -> str:
    lines = source.splitlines() or [""]
    return repr(re.sub(r"<[^>]+>", "", lines[min(line, len(lines)) - 1])[:80])


def _named(error: jinja2.UndefinedError) -> str:
    found = re.search(r"'([^']*)' is undefined|has no attribute '([^']*)'", str(error))
    return next(filter(None, found.groups()), "?") if found else str(error)
