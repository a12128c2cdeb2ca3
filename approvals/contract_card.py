"""The seal request and contract card (用印申請及契約管理卡) of an agreement that was executed.

It says what the execution and the terms say, and what the stamp tax would be. What nobody has
given (who asked for the seals, where the original lies) is left for a hand to fill in.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from approvals.completion import CONSENTS
from approvals.stamp_note import stamp_note
from workflow.case import DocumentRef
from workflow.execution import counted
from workflow.i18n import mark
from workflow.records.record import Setting
from workflow.records.sealing import card_of_terms, seals_wanted
from workflow.values.money import Money, figures

#: How stamp tax is paid (印花稅法 §8), or that none is due.
STAMPED = {
    "stamps": mark("stamps put to each original and cancelled"),
    "payment_slip": mark("by payment slip of the tax office"),
    "summary": mark("in the summary return"),
    "none": mark("none is due"),
}


def contract_card(
    execution: Mapping[str, Any],
    setting: Setting,
    *,
    completed: Mapping[str, Any],
    text: DocumentRef | None,
    approvals: Iterable[Mapping[str, str]],
) -> dict[str, Any]:
    """Return the card's data; *completed* is what the certificate says of the same execution."""
    made = [row for row in execution["seals"] if not row.get("void")]
    signed = max(date.fromisoformat(row["on"]) for row in execution["signatories"])
    starts = date.fromisoformat(execution["effective_on"])
    return {
        **card_of_terms(setting, starts=starts),
        **seals_wanted(tuple(row["seal"] for row in made)),
        "originals": str(execution["originals"]),
        "copies": str(execution["copies"]),
        "pages": setting.say(mark("; ")).join(dict.fromkeys(row["pages"] for row in made)),
        "approved_on": completed["approved_on"],
        "dated": completed["executed_on"],
        "effective_on": completed["effective_on"],
        "form_name": setting.say(CONSENTS[execution["consent_mode"]]),
        "document_name": text.name if text else "",
        "document_digest": text.file if text else "",
        "approvals": list(approvals),
        "log": completed["seals"],
        "holders": [
            {"paper": paper, "name": name, "count": str(count)}
            for paper, names in (("original", "holders"), ("copy", "copy_holders"))
            for name, count in counted(tuple(execution[names])).items()
        ],
        "scan": (execution.get("signed_copy") or {}).get("sha256", ""),
        **_stamps(execution, setting, signed),
        **_kept(execution, setting),
    }


def _stamps(execution: Mapping[str, Any], setting: Setting, signed: date) -> dict[str, Any]:
    """Return the tax proposed, and what was recorded as paid."""
    proposed = stamp_note(setting.terms, setting.language, on=signed)
    paid = execution.get("stamp_tax")
    return {
        "stamps": proposed["rows"],
        "stamp_notes": proposed["notes"][:1],
        "stamp_paid": figures(Money.of(paid["amount"], "TWD"), setting.language) if paid else "",
        "stamp_paid_on": setting.day(date.fromisoformat(paid["on"])) if paid and paid.get("on") else "",
        "stamp_means": setting.say(STAMPED[paid["means"]]) if paid else "",
    }


def _kept(execution: Mapping[str, Any], setting: Setting) -> dict[str, str]:
    """Return who keeps our original, where, and until when."""
    kept = execution.get("keeping") or {}
    until = kept.get("until")
    return {
        "custodian": kept.get("custodian", ""),
        "place": kept.get("place", ""),
        "keep_until": setting.day(date.fromisoformat(until)) if until else "",
    }
