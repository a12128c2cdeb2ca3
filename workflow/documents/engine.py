"""Templates: a DOCX with docxtpl's tags is compiled once and rendered for any data.

    template = compile_template("contract.docx")
    body = template.render({"title": "Services", "parties": [...]})

Template bytes and context determine the output; there is no clock here. Parts without tags
are compressed when the template is compiled, the others are proved well-formed then, so that
rendering is joining, encoding and deflating. Finding a template by name is the catalogue's
business; what a template may do is the sandbox's.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import islice
from os import PathLike
from pathlib import Path
from typing import Any

import jinja2
import jinja2.meta

from workflow.documents.album import TYPES, placed, relationships_of
from workflow.documents.frame import Deflate, Frame, zlib_deflate
from workflow.documents.package import digest_of_digests, read_package
from workflow.documents.proof import NotWellFormedError, Place, prove
from workflow.documents.rich import ALBUM, Album, runs
from workflow.documents.sandbox import Sandbox, UnprintableError, running, shown, wrap_values
from workflow.documents.source import has_tags, near, source_of
from workflow.documents.vetting import vet
from workflow.errors import MissingFieldError, TemplateError, UnprintableValueError
from workflow.i18n import mark, translate

# The parts of a package that hold text an author can put tags into.
_TEXT_PARTS = re.compile(
    r"word/(document|header\d*|footer\d*|footnotes|endnotes|comments)\.xml|docProps/core\.xml"
)
_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_EMPTY_CELL = re.compile(
    r"(<w:tc(?: [^>]*)?>(?:<w:tcPr/>|<w:tcPr>.*?</w:tcPr>)?|</w:tbl>)(?=</w:tc>)", re.DOTALL
)
_FILTERS = {Place.TEXT: "running", Place.PROPERTY: "shown", Place.ATTRIBUTE: "shown", Place.RUN: "runs"}
_SIX = zlib_deflate(6)
_BATCH = 4096


@dataclass(frozen=True, slots=True)
class Rendered:
    """An issued document: its bytes, and the digest of its parts."""

    body: bytes
    content: str


@dataclass(frozen=True, slots=True)
class _Part:
    """A compiled part.

    ``fragile`` ones could leave a cell without its paragraph; ``rich`` ones have places for
    formatted text and pictures.
    """

    name: str
    template: jinja2.Template
    fragile: bool
    rich: bool

    def render(self, context: Mapping[str, Any]) -> bytes | bytearray:
        """Return the part's bytes for *context*."""
        pieces = self.template.root_render_func(self.template.new_context(dict(context), shared=True))
        if self.fragile:
            text = _EMPTY_CELL.sub(r"\1<w:p/>", "".join(pieces))
            return (_DECLARATION + text).encode()
        # A batch at a time: the text as one string would take twice its bytes once Chinese is in it.
        body = bytearray(_DECLARATION.encode())
        while batch := "".join(islice(pieces, _BATCH)):
            body += batch.encode()
        return body


class Template:
    """A compiled template; make it with `compile_template`. ``fields`` are the names it needs."""

    def __init__(
        self, name: str, static: Mapping[str, bytes], parts: tuple[_Part, ...], fields: frozenset[str]
    ) -> None:
        self.name, self.fields = name, fields
        self._static, self._parts = static, parts
        # What a picture changes cannot be compressed ahead.
        open_parts = {TYPES, *(relationships_of(part.name) for part in parts if part.rich)}
        open_parts = open_parts if any(part.rich for part in parts) else set()
        self._open = {name: body for name, body in static.items() if name in open_parts}
        self._frame = Frame({n: b for n, b in static.items() if n not in open_parts}, _SIX)

    def render(self, context: Mapping[str, Any], *, deflate: Deflate = _SIX) -> bytes:
        """Return the DOCX for *context*.

        Raises `MissingFieldError` for a field the context lacks and `UnprintableValueError`
        for a value that cannot stand in a document.
        """
        return self._frame.write(self._rendered(context), deflate)

    def issue(self, context: Mapping[str, Any]) -> Rendered:
        """Render, and say the digest of the content too, which is the same on any machine."""
        changed = list(self._rendered(context))
        digests = self._digests | {name: hashlib.sha256(body).hexdigest() for name, body in changed}
        return Rendered(self._frame.write(changed, _SIX), digest_of_digests(digests))

    @cached_property
    def _digests(self) -> dict[str, str]:
        return {name: hashlib.sha256(body).hexdigest() for name, body in self._static.items()}

    def _rendered(self, context: Mapping[str, Any]) -> Iterator[tuple[str, bytes | bytearray]]:
        loose = dict(self._open)
        for part in self._parts:
            album = Album()
            token = ALBUM.set(album) if part.rich else None
            try:
                yield part.name, part.render(context)
                if album.pictures:
                    loose |= placed(part.name, album, {**self._static, **loose})
            except jinja2.UndefinedError as error:
                raise MissingFieldError(
                    template=self.name, field=_missing(error), known=", ".join(sorted(context))
                ) from None
            except UnprintableError as error:
                raise UnprintableValueError(template=self.name, field=part.name, reason=str(error)) from None
            except TypeError as error:
                raise TemplateError(template=self.name, reason=f"{part.name}: {error}") from None
            finally:
                if token is not None:
                    ALBUM.reset(token)
        yield from loose.items()


def text_parts(parts: Iterable[str]) -> list[str]:
    """Return the names of the parts that authors can put tags into."""
    return [part for part in parts if _TEXT_PARTS.fullmatch(part)]


def compile_template(source: bytes | str | PathLike[str], *, name: str = "") -> Template:
    """Compile a DOCX, given as bytes or as a path; raise `TemplateError` saying what is wrong and where."""
    if isinstance(source, bytes):
        return _compile(source, name or "template")
    try:
        return _compile(Path(source).read_bytes(), name or Path(source).name)
    except OSError as error:
        raise TemplateError(template=str(source), reason=error.strerror) from None


@lru_cache(maxsize=64)
def _compile(body: bytes, name: str) -> Template:
    static: dict[str, bytes] = {}
    parts: list[_Part] = []
    fields: set[str] = set()
    package = read_package(body, name=name)
    vet(package, name=name)
    for part, content in package.items():
        if _TEXT_PARTS.fullmatch(part) and has_tags(content):
            compiled, asked = _compile_part(part, source_of(part, content, template=name), name)
            parts.append(compiled)
            fields |= asked
        else:
            static[part] = content
    return Template(name, static, tuple(parts), frozenset(fields))


def _compile_part(part: str, source: str, name: str) -> tuple[_Part, set[str]]:
    sandbox = Sandbox()
    try:
        tree = sandbox.parse(source)
        if sandbox.forbidden(tree):
            raise _explained(part, source, name)
        fields = jinja2.meta.find_undeclared_variables(tree)
        proof = prove(tree)
        wrap_values(tree, lambda node: _FILTERS[proof.places[id(node)]])
        sandbox.filters |= {"running": running, "shown": shown, "runs": runs}
        code = sandbox.compile(tree, name=part)
        rich = Place.RUN in proof.places.values()
        return _Part(part, jinja2.Template.from_code(sandbox, code, {}), proof.fragile, rich), fields
    except jinja2.TemplateSyntaxError:
        raise _explained(part, source, name) from None
    except NotWellFormedError as error:
        raise TemplateError(template=name, reason=f"{part}: {error}") from None
    except RecursionError:
        raise TemplateError(
            template=name, reason=f"{part}: " + translate(mark("it nests too deeply"))
        ) from None


def _explained(part: str, source: str, name: str) -> TemplateError:
    """Say what is wrong with a part and in which paragraph: read it again, a line a paragraph."""
    lined = re.sub(r"<w:p([ >])", r"\n<w:p\1", source)
    sandbox = Sandbox()
    try:
        found = sandbox.forbidden(sandbox.parse(lined))
    except jinja2.TemplateSyntaxError as error:
        found = (error.message or "", error.lineno)
    what, line = found or ("", 1)
    return TemplateError(template=name, reason=f"{part}: {what}: {near(lined, line)!r}")


def _missing(error: jinja2.UndefinedError) -> str:
    found = re.search(r"'([^']*)' is undefined|has no attribute '([^']*)'", str(error))
    return next(filter(None, found.groups()), "?") if found else str(error)
