"""Whether the other side's reply was taken for what it says. Pure; yields (check, what does not hold)."""

import json
from collections.abc import Iterator

from approvals.audit_decisions import Evidence
from workflow.events import Event, Type
from workflow.replies import needs_reason

Faults = Iterator[tuple[str, str]]

_SAID = ("answer", "electronic", "quotes")


def check_reply(event: Event, evidence: Evidence) -> Faults:
    """Check that a reply that is no plain yes was taken with a reason, and says what was read."""
    said = event.payload
    if event.type is not Type.CONFIRMATION_ACKNOWLEDGED or "answer" not in said:
        return
    if said.get("report"):
        read = json.loads(evidence.get(said["report"]))
        if any(read[name] != said[name] for name in _SAID):
            yield "duties", "what the reply is said to answer is not what was read in it"
    if needs_reason(said["answer"], said.get("quotes", "")) and not said.get("reason"):
        yield "duties", "a reply that is not a plain yes was taken for one without a reason"
