"""One agreement as one page: it opens without a network, checks itself, and reads in both languages.

The page is given the exact lines and statements as data, its program and its style; the policy
in its head allows these by their digests and nothing else, so it can fetch nothing. Nothing that
anybody wrote becomes markup: the template escapes, and in the data ``<`` is written as an escape.
"""

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from approvals.reports.pictures import gantt, state_diagram
from approvals.reports.story import Story
from approvals.reports.told import Told, founders_key
from approvals.reports.trail import Trail
from approvals.reports.words import SAID, both, plain, word
from workflow.events import REGISTRY

if TYPE_CHECKING:
    from jinja2 import Template

_DATA = Path(__file__).parent / "data"


def write_page(trail: Trail, told: Told, *, redacted: bool = False) -> bytes:
    """Return the page of an agreement."""
    story = told.story
    style, program = (_read(name).strip() for name in ("page.css", "page.js"))
    page = _template().render(
        story=story,
        data=_island(_data(trail, story)),
        style=style,
        program=program,
        style_digest=_digest(style),
        program_digest=_digest(program),
        founder=founders_key(trail),
        organisation=told.directory.organisation,
        redacted=redacted,
        states=state_diagram(story.visits, story.case.state) if story.case else "",
        chart=gantt(story.chart) if story.chart else "",
        word=word,
        both=both,
        plain=plain,
    )
    return str(page).encode()


def _data(trail: Trail, story: Story) -> Mapping[str, Any]:
    streams = [trail.stream(REGISTRY), trail.stream(story.ref)]
    statements, notes = {}, {}
    for stream in streams:
        for seq, body in stream.bodies():
            signed = body.get("signed")
            kept = trail.contents.get(str(signed.get("statement"))) if isinstance(signed, dict) else None
            if kept is not None:
                statements[f"{stream.name}#{seq}"] = kept.decode(errors="replace")
    lines = "".join(line.decode(errors="replace") for _, line in trail.stream(story.ref).entries)
    notes = {digest: list(said) for digest, said in sorted(trail.notes.items()) if digest in lines}
    return {
        "ref": story.ref,
        "log": trail.log,
        "streams": {
            stream.name: {
                "lines": [line.decode(errors="replace") for _, line in stream.entries],
                "hashes": [own for own, _ in stream.entries],
            }
            for stream in streams
        },
        "statements": statements,
        "notes": notes,
        "checkpoint": _checkpoint(trail, [stream.name for stream in streams]),
        "documents": {
            document.file: {"name": document.name, "seq": document.seq}
            for document in (story.case.documents if story.case else ())
        },
        "words": {key: list(said) for key, said in SAID.items()},
    }


def _checkpoint(trail: Trail, streams: Sequence[str]) -> Mapping[str, Any] | None:
    """Return the checkpoint with the proofs of these *streams*."""
    anchor = trail.anchor
    if anchor is None:
        return None
    return {
        "note": anchor.note.decode(errors="replace"),
        **{name: getattr(anchor, name) for name in ("size", "person", "at", "key")},
        "proofs": [asdict(proof) for proof in anchor.proofs if proof.stream in streams],
        "earlier": [asdict(one) for one in anchor.earlier],
    }


def _island(data: Mapping[str, Any]) -> str:
    """Return *data* as JSON in which nothing can end the element it stands in."""
    text = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


@cache
def _read(name: str) -> str:
    return (_DATA / name).read_text(encoding="utf-8")


@cache
def _template() -> "Template":
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["groups"] = lambda digest: [
        digest[start : start + 4] for start in range(0, len(digest), 4)
    ]
    return environment.from_string(_read("page.html"))
