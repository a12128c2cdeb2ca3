"""What comes of a change: found at the right place, shown by a receipt, or told by nothing."""

from dataclasses import dataclass, field

from spoiling.bits import SPELLING
from spoiling.chains import UNSEEN

from approvals.audit import audit
from approvals.receipts import Receipt, faults
from workflow.errors import WorkflowError
from workflow.events import REGISTRY
from workflow.ledger import entry_of
from workflow.places import find_place
from workflow.reading import Reader

#: What a receipt has to show where the store itself does not.
BY_RECEIPT = (UNSEEN, SPELLING)


@dataclass
class Verdict:
    """How a change was judged; *wrong* says what should not be, and is empty where all is well."""

    found: str = ""  # "found", "receipt", "nothing claimed" or "slipped"
    checks: tuple = ()
    wrong: str = ""
    findings: list = field(default_factory=list)


def heads(path):
    """Return the receipts of every chain's end."""
    with Reader(find_place(str(path))) as reader:
        return [Receipt(row["id"], row["seq"], row["head"]) for row in reader.rows("SELECT * FROM stream")]


def judge(path, change, kept):
    """Verify a store that was changed; the agreements concerned first, all of it where that says nothing."""
    try:
        with Reader(find_place(str(path))) as reader:
            refs = _agreements(reader, change)
            findings = audit(reader, refs).findings if refs else []
            if not findings or _unmet(change, findings):
                findings = audit(reader).findings
            by_receipt = [] if findings else list(_held_to(reader, kept))
    except WorkflowError as error:
        return Verdict("found", (f"refused {error.code}",), "" if not change.needs else f"refused: {error}")
    except Exception as error:  # noqa: BLE001 - whatever escapes is told
        return Verdict("slipped", (), f"the audit stumbled: {type(error).__name__}: {error}")
    checks = tuple(sorted({finding.check for finding in findings}))
    if not findings:
        outcome = "receipt" if by_receipt else "nothing claimed" if change.silent else "slipped"
        wrong = "nothing was found" if not change.silent else ""
        if bool(by_receipt) is not (change.silent in BY_RECEIPT):
            wrong = wrong or f"a receipt should tell of what only it can: {by_receipt}"
        return Verdict(outcome, (), wrong)
    unmet = _unmet(change, findings)
    wrong = f"not named: {sorted(unmet)[:4]}" if unmet and not change.silent else ""
    return Verdict("found", checks, wrong, findings)


def _agreements(reader, change):
    """Return the agreements to verify first: those concerned, any where it is the registry."""
    named = {place.partition("#")[0] for group in change.needs for place in group}
    there = [row["id"] for row in reader.rows("SELECT id FROM stream WHERE id <> 'registry' ORDER BY id")]
    if named == {REGISTRY}:
        return there[:1]
    return [ref for ref in there if ref in named] if len(named) < 5 else ()


def _unmet(change, findings):
    """Return the first group of places none of which is named."""
    named = {finding.stream for finding in findings}
    named |= {f"{finding.stream}#{finding.seq}" for finding in findings}
    return next((group for group in change.needs if not group & named), None)


def _held_to(reader, kept):
    for receipt in kept:
        rows = reader.rows("SELECT * FROM event WHERE stream = :stream ORDER BY seq", stream=receipt.ref)
        entry = next((entry_of(row) for row in rows if row["seq"] == receipt.seq), None)
        yield from faults(receipt, entry, last=len(rows))
