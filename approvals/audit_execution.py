"""Whether what is recorded as executed could be executed so: by whom, when, and which text.

Pure checks for ``approvals.audit``: each yields (check, what does not hold). The same rules
that let it be recorded are asked again, with what the trail keeps.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from approvals.audit_contents import terms_of
from approvals.audit_decisions import Evidence
from approvals.authority import unauthorised
from approvals.directory import Directory
from workflow.case import Case
from workflow.errors import WorkflowError
from workflow.events import Event, Type
from workflow.execution import Execution
from workflow.signing import Compared, Likeness, differences, objections, same_in_text, texts_of

Faults = Iterator[tuple[str, str]]


def check_execution(before: Case | None, event: Event, directory: Directory, evidence: Evidence) -> Faults:
    """Check an execution: authority, days, originals, consent, and the signed copy."""
    if event.type is not Type.EXECUTED or before is None:
        return
    said = event.payload
    try:
        execution = Execution.recorded(said)
    except (WorkflowError, LookupError, TypeError) as error:
        yield "duties", f"the facts of its execution do not add up: {error}"
        return
    terms = terms_of(evidence.get(before.terms))
    compared = _compared(said, evidence)
    yield from _check_copy(before, said, compared, evidence)
    found: list[WorkflowError] = [
        *objections(before, terms, execution, now=event.at, agrees=compared.agrees),
        *unauthorised(execution, terms, directory),
        *differences("the signed copy", compared, accepted=bool(said.get("reason"))),
    ]
    yield from (("duties", f"it could not be executed so: {error}") for error in found)
    for row in said["signatories"]:
        kept = (row.get("power") or {}).get("file")
        if kept and len(evidence.get(kept["sha256"])) != kept["size"]:
            yield "content", f"the power of attorney of {row['name']} is missing or not of the size recorded"


def _compared(said: Mapping[str, Any], evidence: Evidence) -> Compared:
    found = said.get("compared")
    if not found:
        return Compared(Likeness.NOT_COMPARED)
    report = json.loads(evidence.get(found["report"])) if found.get("report") else None
    return Compared(Likeness(found["likeness"]), found["sent"], report)


def _check_copy(before: Case, said: Mapping[str, Any], compared: Compared, evidence: Evidence) -> Faults:
    """Check that what is said of the copy is what its bytes and the report kept of it say."""
    copy = said.get("signed_copy")
    if bool(copy) != bool(said.get("compared")):
        yield "duties", "a signed copy and what comparing it came to do not stand together"
        return
    if not copy:
        return
    approved = {ref.file for ref in texts_of(before)}
    if compared.likeness is not Likeness.NOT_COMPARED and compared.sent not in approved:
        yield "duties", "the signed copy was compared with another text than the one approved"
    if compared.likeness is Likeness.IDENTICAL:
        if copy["sha256"] != compared.sent or not _is(evidence.get(copy["sha256"]), compared.sent):
            yield "duties", "the signed copy is not byte for byte the approved text"
    elif compared.likeness is not Likeness.NOT_COMPARED:
        same = compared.report is not None and same_in_text(compared.report)
        if same is not (compared.likeness is Likeness.SAME_TEXT):
            yield "duties", "what is said of the signed copy is not what comparing it found"
    elif copy["sha256"] in approved:
        yield "duties", "the signed copy is the approved text, and is said not to have been compared"


def _is(body: bytes, digest: str) -> bool:
    return hashlib.sha256(body).hexdigest() == digest
