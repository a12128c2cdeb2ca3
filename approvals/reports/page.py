"""One agreement as one page: it opens without a network, checks itself, and reads in both languages.

The page is given the exact lines and statements as data, its program and its style; the policy
in its head allows these by their digests and nothing else, so it can fetch nothing. Nothing that
anybody wrote becomes markup: the template escapes, and in the data ``<`` is written as an escape.
"""

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from approvals.directory import Directory, directory_of
from approvals.reports.pictures import gantt, state_diagram
from approvals.reports.story import Story, Teller
from approvals.reports.trail import Trail
from approvals.reports.words import SAID, both, plain, word
from workflow.errors import WorkflowError
from workflow.events import REGISTRY
from workflow.replay import replay

if TYPE_CHECKING:
    from jinja2 import Template

    from workflow.documents.redline.comparison import Comparison

_DATA = Path(__file__).parent / "data"
_FINGERPRINT = re.compile("SHA256:[A-Za-z0-9+/]{43}")
_ODD = (KeyError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError, WorkflowError)


def write_page(trail: Trail, ref: str, *, redacted: bool = False) -> bytes:
    """Return the page of the agreement *ref*."""
    story, directory = _told(trail, ref)
    style, program = (_read(name).strip() for name in ("page.css", "page.js"))
    founder = next(
        (body["payload"].get("fingerprint", "") for _, body in trail.stream(REGISTRY).bodies()
         if body.get("type") == "key_added" and isinstance(body.get("payload"), dict)), "",
    )  # fmt: skip
    page = _template().render(
        story=story,
        data=_island(_data(trail, story)),
        style=style,
        program=program,
        style_digest=_digest(style),
        program_digest=_digest(program),
        # What a store says is shown to be compared, but only where it can be nothing else.
        founder=founder if _FINGERPRINT.fullmatch(str(founder)) else "",
        organisation=directory.organisation,
        redacted=redacted,
        states=state_diagram(story.visits, story.case.state) if story.case else "",
        chart=gantt(story.chart) if story.chart else "",
        word=word,
        both=both,
        plain=plain,
    )
    return str(page).encode()


def _told(trail: Trail, ref: str) -> tuple[Story, Directory]:
    """Return the story; of a trail that was altered, as much of it as there is."""
    directory = Directory()
    with suppress(*_ODD):  # without names people are called by their identifiers
        directory = directory_of(trail.events(REGISTRY))
    teller = Teller(trail, ref, directory, _compared)
    try:
        events = trail.events(ref)
        return teller.tell(replay(events), events), directory
    except _ODD as error:
        entries = trail.stream(ref).entries
        return Story(ref, entries[-1][0] if entries else "", len(entries), problem=str(error)), directory


def _compared(old: bytes, new: bytes, names: tuple[str, str]) -> "Comparison":
    from workflow.documents.worker import compare_apart

    return compare_apart(old, new, names=names)[0]


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
        "documents": {
            document.file: {"name": document.name, "seq": document.seq}
            for document in (story.case.documents if story.case else ())
        },
        "words": {key: list(said) for key, said in SAID.items()},
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
