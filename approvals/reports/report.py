"""The bundle's report for the file: one Word document of all its agreements, in both languages.

It tells what the trail says and judges nothing; ``verify.py`` does. There is no clock in it, and
nothing anybody wrote becomes markup: the document engine escapes, and what hides is made visible.
"""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from approvals.reports.chapter import chapter
from approvals.reports.legible import grouped, legible, one_line
from approvals.reports.report_words import said
from approvals.reports.told import Told, founders_key
from approvals.reports.trail import Trail
from workflow.errors import TemplateError
from workflow.events import REGISTRY

_TEMPLATE = Path(__file__).parent / "data" / "report.docx"


def write_report(
    trail: Trail, told: Sequence[Told], files: Mapping[str, bytes], *, redacted: bool = False
) -> dict[str, bytes]:
    """Return the report's parts, to be packed as a DOCX; *files* are the others of the bundle."""
    # Both take half a second to import, and most commands write no report.
    from workflow.documents import compile_template
    from workflow.documents.package import read_package

    template = compile_template(_TEMPLATE.read_bytes(), name=_TEMPLATE.name)
    context = {"report": _cover(trail, told, files, redacted=redacted)}
    chapters = [legible(chapter(trail, one)) for one in told]
    try:
        body = template.render({**context, "agreements": chapters, "short": False})
    except TemplateError:  # more than a document holds; the pages beside it tell each agreement whole
        body = template.render({**context, "agreements": chapters, "short": True})
    return read_package(body, name=_TEMPLATE.name)


def digest_of(files: Mapping[str, bytes]) -> str:
    """Return one digest of files: SHA-256 over a line for each, as ``sha256sum`` writes them."""
    lines = (f"{hashlib.sha256(body).hexdigest()}  {name}\n" for name, body in sorted(files.items()))
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _cover(
    trail: Trail, told: Sequence[Told], files: Mapping[str, bytes], *, redacted: bool
) -> dict[str, Any]:
    entries = trail.stream(REGISTRY).entries
    names = [one.story.ref for one in told]
    several = said("several", first=names[0], last=names[-1], count=len(names)) if len(names) > 1 else None
    facts = {
        "refs": one_line(several) if several else "".join(names),
        "organisation": told[0].directory.organisation if told else "",
        "log": trail.log or "–",
        "files": str(len(files)),
        "digest": grouped(digest_of(files)),
        "registry_events": str(len(entries)),
        "registry_head": grouped(entries[-1][0]) if entries else "–",
        "founder": founders_key(trail) or "–",
        "redacted": redacted,
    }
    fit: dict[str, Any] = legible(facts)
    return fit
