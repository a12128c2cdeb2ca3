"""What a certificate of completion says of the signing itself, in the agreement's language."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from approvals.labels import AUTHORITIES, SEALS
from workflow.execution import counted
from workflow.i18n import in_language, mark
from workflow.values.dates import TAIPEI, long_date

METHODS = {
    "signed": mark("signature"),
    "sealed": mark("seal"),
    "signed_and_sealed": mark("signature and seal"),
    "electronic": mark("electronic signature"),
}
CONSENTS = {
    "agreed": mark("the parties agreed to the electronic form"),
    "notified": mark("notified of the electronic form, no objection received"),
    "paper": mark("executed on paper"),
}
LIKENESSES = {
    "identical": mark("compared: byte for byte the approved text"),
    "same_text": mark("compared: it says what the approved text says"),
    "differs": mark("compared: it differs from the approved text, and was taken because: {why}"),
    "not_compared": mark("not compared with the approved text: it is no Word document; its digest is kept"),
}
_NOTICE = mark(
    "Notice of {sent} by {means}: objections until {until}, and silence counts as consent (電子簽章法 §5 IV)."
)
_STATED = mark("as they stated; not verified")
_VERIFIED = mark("verified")


class Completion:
    """Puts the facts of an execution, as its event has them, into the words of a document."""

    def __init__(self, execution: Mapping[str, Any], language: str) -> None:
        self._said, self._language = execution, language

    def facts(self, parties: Mapping[str, str], *, approved: date, despite: str) -> dict[str, Any]:
        """Return what the certificate's tables and lines are filled with."""
        said = self._said
        return {
            "executed_on": self._day(max(row["on"] for row in said["signatories"])),
            "approved_on": long_date(approved, self._language),
            "effective_on": self._day(said["effective_on"]),
            "originals": str(said["originals"]),
            "holders": self._holders(said["holders"]),
            "copies": str(said["copies"]),
            "copy_holders": self._holders(said["copy_holders"]),
            "consent_name": self._say(CONSENTS[said["consent_mode"]]),
            "notice": self._notice(),
            "signatories": [self._signatory(row, parties) for row in said["signatories"]],
            "seals": [self._seal(n, row) for n, row in enumerate(said["seals"], start=1)],
            "signed_copy": self._signed_copy(despite),
            "attached": self._attached(),
        }

    def _signatory(self, row: Mapping[str, Any], parties: Mapping[str, str]) -> dict[str, str]:
        power = row.get("power")
        given = self._day(power["dated"]) if power else ""
        return {
            "party": parties[row["side"]],
            "name": row["name"],
            "title": row["title"],
            "method_name": self._say(METHODS[row["method"]]),
            "date": self._day(row["on"]),
            "authority_name": self._say(AUTHORITIES[row["authority"]]).format(dated=given),
            "standing": self._say(_VERIFIED if row["side"] == "ours" else _STATED),
        }

    def _seal(self, number: int, row: Mapping[str, Any]) -> dict[str, str]:
        at = datetime.fromisoformat(row["at"]).astimezone(TAIPEI)
        return {
            "no": str(number),
            "seal_name": self._say(SEALS[row["seal"]]),
            "time": f"{long_date(at.date(), self._language)} {at:%H:%M}",
            "pages": row["pages"],
            "custodian": row["custodian"],
            "witness": row["witness"],
            "void": row.get("void", ""),
        }

    def _notice(self) -> str:
        notice = self._said.get("notice")
        if not notice:
            return ""
        return self._say(_NOTICE).format(
            sent=self._day(notice["sent_on"]), means=notice["means"], until=self._day(notice["object_by"])
        )

    def _signed_copy(self, despite: str) -> str:
        found = self._said.get("compared")
        return self._say(LIKENESSES[found["likeness"]]).format(why=despite) if found else ""

    def _attached(self) -> list[dict[str, str]]:
        """Return the files and digests that came with it: powers of attorney, the signed copy."""
        rows = []
        for row in self._said["signatories"]:
            power = row.get("power") or {}
            file = power.get("file") or {"name": "–", "sha256": power.get("sha256")}
            if file["sha256"]:
                kind = self._say(mark("power of attorney of {name}")).format(name=row["name"])
                rows.append({"name": file["name"], "kind_name": kind, "digest": file["sha256"]})
        if copy := self._said.get("signed_copy"):
            kind = self._say(mark("signed copy"))
            rows.append({"name": copy["name"], "kind_name": kind, "digest": copy["sha256"]})
        return rows

    def _holders(self, names: Sequence[str]) -> str:
        each = self._say(mark("{name} ({count})"))
        held = (each.format(name=name, count=count) for name, count in counted(tuple(names)).items())
        return self._say(mark(", ")).join(held)

    def _day(self, written: str) -> str:
        return long_date(date.fromisoformat(written), self._language)

    def _say(self, text: str) -> str:
        return in_language(text, self._language)
