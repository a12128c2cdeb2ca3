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
import jinja2.nodes

from workflow.documents.album import TYPES, placed, relationships_of
from workflow.documents.emitting import emitting_bytes
from workflow.documents.frame import ZLIB, Deflate, Frame, zlib_deflate
from workflow.documents.instructions import bookmark, field_fault, may_hold_fields
from workflow.documents.mending import Mending, mending_of
from workflow.documents.package import digest_of_digests, read_package
from workflow.documents.proof import NotWellFormedError, Place, Proof, prove
from workflow.documents.rich import ALBUM, Album, runs
from workflow.documents.sandbox import ExhaustedError, Sandbox, UnprintableError, running, shown, wrap_values
from workflow.documents.source import (
    has_tags,
    lined,
    near,
    parse,
    refused,
    require_utf8,
    source_of,
    unclosed,
)
from workflow.documents.vetting import vet
from workflow.errors import MissingFieldError, TemplateError, UnprintableValueError, WorkflowError
from workflow.i18n import mark, translate

# The parts of a package that hold text an author can put tags into.
_TEXT_PARTS = re.compile(
    r"word/(document|header\d*|footer\d*|footnotes|endnotes|comments)\.xml|docProps/core\.xml"
)
# Others that Word shows text of, such as diagrams and charts.
_SHOWN = re.compile(r"word/(?!glossary/|_rels/).*\.xml")
_DECLARATION = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_FILTERS = {
    Place.TEXT: "running",
    Place.PROPERTY: "shown",
    Place.ATTRIBUTE: "shown",
    Place.RUN: "runs",
    Place.BOOKMARK: "bookmark",
}
_SIX = zlib_deflate(6)
_BATCH = 256
# What a document may grow to, in characters; three hundred pages are four million.
_LARGEST = 30_000_000
# Parts are numbered apart, so that no drawing of one has the number of another's.
_NUMBERS_A_PART = 100_000


@dataclass(frozen=True, slots=True)
class Rendered:
    """An issued document: its bytes, the digest of its parts, and what compressed them.

    The parts are the same on any machine; the bytes are where the compressor is the same.
    """

    body: bytes
    content: str
    compressor: str


@dataclass(frozen=True, slots=True)
class _Part:
    """A compiled part.

    ``rich`` ones have places for formatted text and pictures; ``mending`` is what has to be done
    to what they render, where a choice or repetition could leave it damaged. Drawings are numbered
    from ``first``.
    """

    name: str
    source: str
    template: jinja2.Template
    mending: tuple[Mending, ...]
    rich: bool
    first: int

    def render(self, context: Mapping[str, Any]) -> bytearray:
        """Return the part's bytes for *context*."""
        pieces: Any = self.template.root_render_func(self.template.new_context(dict(context), shared=True))
        body = bytearray(_DECLARATION)
        for batch in _batches(pieces):
            body += batch
        for mend in self.mending:
            body = mend(body)
        return body

    def place_of(self, context: Mapping[str, Any]) -> tuple[str, str]:
        """Render again to find the tag that *context* fails at, and the words around it."""
        source = lined(self.source)
        sandbox = Sandbox()
        tree = sandbox.parse(source)
        _wrap(sandbox, tree)
        template = jinja2.Template.from_code(sandbox, sandbox.compile(tree, name=self.name), {})
        try:
            for _ in template.root_render_func(template.new_context(dict(context), shared=True)):
                pass
        except Exception as error:  # noqa: BLE001 - whichever it was, it is told by the caller
            frame, line = error.__traceback__, 1
            while frame is not None:
                if frame.tb_frame.f_code.co_filename == "<template>":
                    line = template.get_corresponding_lineno(frame.tb_lineno)
                frame = frame.tb_next
            return near(source, line)
        return "", ""


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
        return Rendered(self._frame.write(changed, _SIX), digest_of_digests(digests), f"{ZLIB} level 6")

    @cached_property
    def _digests(self) -> dict[str, str]:
        return {name: hashlib.sha256(body).hexdigest() for name, body in self._static.items()}

    def _rendered(self, context: Mapping[str, Any]) -> Iterator[tuple[str, bytes | bytearray]]:
        loose = dict(self._open)
        for part in self._parts:
            album = Album(first=part.first)
            token = ALBUM.set(album) if part.rich else None
            try:
                yield part.name, part.render(context)
                if album.pictures:
                    loose |= placed(part.name, album, {**self._static, **loose})
            except WorkflowError:
                raise
            except Exception as error:  # noqa: BLE001 - a value may be anything, and do anything when asked
                raise self._refused(part, context, error) from None
            finally:
                if token is not None:
                    ALBUM.reset(token)
        yield from loose.items()

    def _refused(self, part: _Part, context: Mapping[str, Any], error: Exception) -> WorkflowError:
        """Say what went wrong with the data, at which tag and in which words."""
        if isinstance(error, ExhaustedError | MemoryError):
            return refused(self.name, part.name, str(error) or translate(mark("it grows beyond all measure")))
        tag, text = part.place_of(context)
        if isinstance(error, jinja2.UndefinedError):
            known = ", ".join(sorted(map(str, context)))
            return MissingFieldError(
                template=self.name, field=_missing(error), known=known, part=part.name, text=repr(text)
            )
        if isinstance(error, UnprintableError):
            field = re.sub(r"^\{\{[rp]?\s*|\s*\}\}$", "", tag) or part.name
            return UnprintableValueError(
                template=self.name, field=field, reason=str(error), part=part.name, text=repr(text)
            )
        what = str(error) if isinstance(error, TypeError) else f"{type(error).__name__}: {error}"
        if isinstance(error, RecursionError):
            what = translate(mark("it nests too deeply"))
        fix = translate(mark("give it a value of the right kind"))
        return refused(self.name, part.name, what, text=text, fix=fix)


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
        if part.endswith((".xml", ".rels")):
            require_utf8(part, content, template=name)
        if _SHOWN.fullmatch(part) and may_hold_fields(content):
            _require_harmless_fields(part, content, name)
        if _TEXT_PARTS.fullmatch(part) and has_tags(content):
            first = (len(parts) + 1) * _NUMBERS_A_PART
            compiled, asked = _compile_part(part, source_of(part, content, template=name), name, first)
            parts.append(compiled)
            fields |= asked
        elif _SHOWN.fullmatch(part) and has_tags(content):
            what = translate(mark("a tag stands where nothing is filled in"))
            fix = translate(mark("write it in the text, a header, a footer or a note"))
            raise refused(name, part, what, fix=fix)
        else:
            static[part] = content
    return Template(name, static, tuple(parts), frozenset(fields))


def _require_harmless_fields(part: str, content: bytes, name: str) -> None:
    fault = field_fault(parse(part, content, template=name))
    if fault:
        what, text, fix = fault
        raise refused(name, part, what, text=text[:80], fix=fix)


def _compile_part(part: str, source: str, name: str, first: int) -> tuple[_Part, set[str]]:
    sandbox = Sandbox()
    try:
        tree = sandbox.parse(source)
        if sandbox.forbidden(tree):
            raise _explained(part, source, name)
        fields = jinja2.meta.find_undeclared_variables(tree)
        proof = _wrap(sandbox, tree)
        code = emitting_bytes(sandbox.compile(tree, name=part, raw=True))
        rich = Place.RUN in proof.places.values()
        template = jinja2.Template.from_code(sandbox, code, {})
        return _Part(part, source, template, mending_of(proof, first), rich, first), fields
    except (jinja2.TemplateSyntaxError, NotWellFormedError):
        raise _explained(part, source, name) from None
    # Python's own compiler has limits too: of nesting, and of the digits of a number.
    except (RecursionError, SyntaxError, ValueError, MemoryError):
        what = translate(mark("it nests too deeply"))
        fix = translate(mark("put fewer choices and loops into one another"))
        raise refused(name, part, what, fix=fix) from None


def _wrap(sandbox: Sandbox, tree: jinja2.nodes.Template) -> Proof:
    """Have every value escaped as its place asks; return the proof that what comes out is well formed."""
    proof = prove(tree)
    wrap_values(tree, lambda node: _FILTERS[proof.places[id(node)]])
    sandbox.filters |= {"running": running, "shown": shown, "runs": runs, "bookmark": bookmark}
    return proof


def _batches(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Join pieces, some at a time; raise `ExhaustedError` before they become more than a document."""
    size = 0
    while batch := list(islice(pieces, _BATCH)):
        joined = b"".join(batch)
        size += len(joined)
        if size > _LARGEST:
            raise ExhaustedError(translate(mark("it becomes longer than any contract; give less data")))
        yield joined


def _explained(part: str, source: str, name: str) -> TemplateError:
    """Say what is wrong with a part, at which tag and in which words: read it again, a line a tag."""
    source = lined(source)
    sandbox = Sandbox()
    what, line, fix = "", 1, translate(mark("write {{ name }}, {% if name %} or {% for x in list %}"))
    try:
        tree = sandbox.parse(source)
        found = sandbox.forbidden(tree)
        if found:
            what, line, fix = found
        else:
            prove(tree)
    except jinja2.TemplateSyntaxError as error:
        what, line, fix = unclosed(source) or (error.message or "", error.lineno, fix)
    except NotWellFormedError as error:
        what, line, fix = error.what, error.line, error.fix
    except (RecursionError, ValueError):
        what = translate(mark("it nests too deeply"))
    tag, text = near(source, line)
    return refused(name, part, what, text=text or tag, fix=fix)


def _missing(error: jinja2.UndefinedError) -> str:
    found = re.search(r"'([^']*)' is undefined|has no attribute '([^']*)'", str(error))
    return next(filter(None, found.groups()), "?") if found else str(error)
