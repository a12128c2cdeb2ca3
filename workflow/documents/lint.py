"""What an author should know of a template: the fields it needs, what is wrong, and where.

An error would fail or mislead; a warning renders and may surprise. Every finding names the
part, the paragraph's text and what to write instead.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from difflib import get_close_matches
from typing import Any

import jinja2

from workflow.documents.catalogue import shipped
from workflow.documents.engine import compile_template, text_parts
from workflow.documents.fields import Shape, fields_of
from workflow.documents.package import read_package
from workflow.documents.proof import NotWellFormedError, Proof, prove
from workflow.documents.rich import is_east_asian
from workflow.documents.samples import given_names
from workflow.documents.sandbox import Sandbox
from workflow.documents.source import W, has_tags, lined, near, paragraphs, parse, source_of
from workflow.errors import TemplateError, WorkflowError
from workflow.i18n import mark, translate

ERROR, WARNING = "error", "warning"

# What other products' tags look like, and what authors mistype; each with the way to write it here.
_MISTAKES = (
    (
        re.compile(r"\{%\s+(?:tr|tc|p|r)\s"),
        ERROR,
        mark("a space stands before tr, tc, p or r"),
        mark("write {%tr, {%tc, {%p or {%r without a space"),
    ),
    (
        re.compile(r"\{\{\s*[#/^>&!]|\{\{\{"),
        ERROR,
        mark("this is a mustache tag"),
        mark("write {% for x in list %}...{% endfor %} or {% if x %}...{% endif %}"),
    ),
    (
        re.compile(r"\{\{[^}]*;\s*\w+\s*=[^}]*\}\}"),
        ERROR,
        mark("this is a DocuSeal field"),
        mark("write {{ name }}; signature fields do not exist here"),
    ),
    (
        re.compile(r"\[\[\s*\w[^\]]*\]\]"),
        WARNING,
        mark("this looks like another product's tag"),
        mark("write {{ name }}"),
    ),
    (
        re.compile("\u00ab[^\u00bb]+\u00bb"),
        WARNING,
        mark("this looks like a mail merge field"),
        mark("write {{ name }}"),
    ),
    (
        re.compile(r"\$\{\w+\}"),
        WARNING,
        mark("this looks like another product's tag"),
        mark("write {{ name }}"),
    ),
    (
        re.compile(r"(?<![{$])\{[A-Za-z_][\w.]*\}(?!\})"),
        WARNING,
        mark("a single brace is no tag"),
        mark("write {{ name }}"),
    ),
)
_REVISIONS = ("ins", "del", "moveFrom", "moveTo")


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about a template: how bad, where, the text there, and what to write instead."""

    severity: str
    part: str
    text: str
    what: str
    fix: str


@dataclass(slots=True)
class Report:
    """Everything found about one template."""

    name: str
    fields: dict[str, Shape] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """True when nothing found would fail or mislead."""
        return not any(finding.severity == ERROR for finding in self.findings)

    def as_data(self) -> dict[str, Any]:
        """Return the report as plain data."""
        return {
            "name": self.name,
            "ok": self.ok,
            "fields": {name: shape.value for name, shape in self.fields.items()},
            "findings": [asdict(finding) for finding in self.findings],
        }


def check(body: bytes, *, name: str, kind: str = "") -> Report:
    """Look at a template; *kind* names the kind of document whose data it will be given."""
    report = Report(name)
    try:
        parts = read_package(body, name=name)
        for part in text_parts(parts):
            report.findings += _of_text(part, parts[part], name)
        for part in text_parts(parts):
            if has_tags(parts[part]):
                _of_tags(report, part, parts[part])
        compile_template(body, name=name)
    except WorkflowError as error:
        if not any(finding.severity == ERROR for finding in report.findings):
            report.findings.append(_of_refusal(error))
        return report
    report.findings += _of_fonts(parts, name)
    if kind:
        report.findings += _unknown(report.fields, kind)
    return report


def _of_text(part: str, content: bytes, name: str) -> Iterator[Finding]:
    """Find what can be seen in the words of a part."""
    root = parse(part, content, template=name)
    revised = {mark for kind in _REVISIONS for mark in root.iter(f"{W}{kind}")}
    for block, text in paragraphs(root):
        shown = text[:80]
        for pattern, severity, what, fix in _MISTAKES:
            if pattern.search(text):
                yield Finding(severity, part, shown, translate(what), translate(fix))
        within = revised.intersection(block.iter(*(f"{W}{kind}" for kind in _REVISIONS))) if revised else ()
        if within:
            revised.difference_update(within)
            yield _of_revisions(part, shown)
    if revised:  # of rows, which stand in no paragraph
        yield _of_revisions(part, "")


def _of_revisions(part: str, text: str) -> Finding:
    what = translate(mark("tracked changes are left in the template"))
    return Finding(WARNING, part, text, what, translate(mark("accept or reject them in Word first")))


def _of_refusal(error: WorkflowError) -> Finding:
    """Tell why a template was refused, in the words of the refusal."""
    said = {key: str(error.facts.get(key, "")) for key in ("part", "text", "what", "fix")}
    return Finding(
        ERROR,
        said["part"],
        said["text"],
        said["what"] or str(error.facts.get("reason", error)),
        said["fix"] or translate(mark("mend the template in Word and try again")),
    )


def _of_fonts(parts: Mapping[str, bytes], name: str) -> Iterator[Finding]:
    """Find where Chinese would be shown in whatever font there is."""
    styles = parts.get("word/styles.xml", b"")
    if styles and not re.search(rb"<w:rFonts[^>]*\bw:eastAsia(?:Theme)?=", styles):
        what = mark("no style names a font for Chinese; it will be shown in whatever font there is")
        fix = mark("set an Asian font in the default style")
        yield Finding(WARNING, "word/styles.xml", "", translate(what), translate(fix))
    for part in text_parts(parts):
        for block, text in paragraphs(parse(part, parts[part], template=name)):
            for fonts in block.iter(f"{W}rFonts"):
                said = fonts.get(f"{W}ascii") or fonts.get(f"{W}hAnsi") or ""
                if is_east_asian(said) and not (fonts.get(f"{W}eastAsia") or fonts.get(f"{W}eastAsiaTheme")):
                    what = translate(
                        mark("{font} is set for Latin letters only, and Chinese is shown in another font")
                    )
                    fix = translate(mark("set it as the Asian font too"))
                    yield Finding(WARNING, part, text[:80], what.format(font=said), fix)
                    break


def _of_tags(report: Report, part: str, content: bytes) -> None:
    """Find what only shows when the tags are read as a whole."""
    source = lined(source_of(part, content, template=report.name))
    try:
        tree = Sandbox().parse(source)
        proof = prove(tree)
        report.fields |= fields_of(tree, proof)
    except (jinja2.TemplateSyntaxError, NotWellFormedError, RecursionError, ValueError):
        return  # compiling says it better
    for line, severity, what, fix in _gaps(proof):
        if line:
            text = near(source, line)[1]
            report.findings.append(Finding(severity, part, text, translate(what), translate(fix)))


def _gaps(proof: Proof) -> Iterator[tuple[int, str, str, str]]:
    """Yield what could go wrong with tables, cells and bookmarks, with the line or 0."""
    yield (
        next((proof.crossed[name] for name in ("w:tc", "w:tr", "w:tbl") if name in proof.crossed), 0),
        ERROR,
        mark("a choice or loop begins in one table cell and ends in another"),
        mark("put {%tr ... %} in rows of their own, or {%tc ... %} in cells of their own"),
    )
    yield (
        proof.rowless,
        WARNING,
        mark("a table could lose all its rows, and is left out then"),
        mark("keep a heading row outside the loop"),
    )
    yield (
        next(iter(proof.fragile.values()), 0),
        WARNING,
        mark("a table cell, header or note could lose its only paragraph; an empty one is put there"),
        mark("keep a paragraph in it outside the choice"),
    )
    yield (
        proof.same_name,
        WARNING,
        mark("a bookmark stands inside a loop, and Word keeps only the first of them"),
        mark("delete the bookmark in Word (Insert, Bookmark), or put it outside the loop"),
    )


def _unknown(fields: dict[str, Shape], kind: str) -> Iterator[Finding]:
    """Find fields that the data of *kind* does not have."""
    library = shipped()
    if kind not in library.kinds:
        raise TemplateError(template=kind, reason=translate(mark("there is no such kind of document")))
    known = set(library.layout(kind, library.languages(kind)[0]).fields) | given_names()
    # A template may ask for a whole section too, as in {% if payment %}.
    known |= {name[: dot.start()] for name in known for dot in re.finditer(r"\.|\[\]", name)}
    for name in fields:
        if name not in known:
            near = get_close_matches(name, known, n=5, cutoff=0.5) or sorted(n for n in known if "." not in n)
            what = translate(mark("{name} is not among the data of {kind}")).format(name=name, kind=kind)
            fix = translate(mark("known: {names}")).format(names=", ".join(near))
            yield Finding(ERROR, "", name, what, fix)
