"""The text a person signs: readable lines that name everything the decision depends on.

Values are written as JSON strings, so that no name can add a line or change what another line
means. What people write themselves stands in it by its salted digest, as in the trail, so that
it can be erased and the signature still holds. The namespace ties a signature to one purpose: a
key that signs the registry's changes with it cannot thereby decide on an agreement, nor judge work.
"""

import json
import re
from collections.abc import Mapping
from datetime import datetime

from workflow import events
from workflow.events import written_time

DECISION = "decision.v1@assent"
REGISTRY = "registry.v1@assent"
ASSESSMENT = "assessment.v1@assent"
CHECKPOINT = "checkpoint.v1@assent"
WITNESS = "witness.v1@assent"

# A text or a whole number, as JSON; nothing that could be nested.
_VALUE = re.compile(r'"[^\n]*"|-?[0-9]+')
_CONSENT = "I have read what is named here, and I sign this with my own key."


def purpose_of(stream: str) -> str:
    """Return the namespace in which the entries of a chain are signed."""
    return {events.REGISTRY: REGISTRY, events.ASSESSMENTS: ASSESSMENT}.get(stream, DECISION)


def write_statement(namespace: str, *, log: str, at: datetime, fields: Mapping[str, str | int]) -> bytes:
    """Return the bytes to sign: a heading, one line a field in the order given, a consent sentence."""
    lines = [f"Assent {namespace}", f"log: {json.dumps(log)}"]
    lines += [f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in fields.items()]
    lines += [f"time: {json.dumps(written_time(at))}", _CONSENT, ""]
    return "\n".join(lines).encode()


def read_statement(body: bytes) -> tuple[str, Mapping[str, str | int]]:
    """Return a statement's namespace and fields; raise `ValueError` where it is not one."""
    first, *lines, consent, end = body.decode().split("\n")
    if not first.startswith("Assent ") or consent != _CONSENT or end:
        raise ValueError("it is not one of our statements")
    fields = {}
    for line in lines:
        name, separator, value = line.partition(": ")
        if not separator or name in fields or not _VALUE.fullmatch(value):
            raise ValueError(f"the line {line[:40]!r} cannot be read")
        fields[name] = json.loads(value)
    return first.removeprefix("Assent "), fields
