"""The data of the approvers' documents: review request, opinion, approval sheet, contract card, certificate.

They speak the agreement's language, whatever language the interface speaks.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from approvals.checklists import points_of
from approvals.clearance import clearance_of
from approvals.completion import Completion
from approvals.contract_card import contract_card
from approvals.directory import Directory
from approvals.labels import ASPECTS, CHOICES, CONCLUSIONS, DECISIONS, RISKS, ROLES, SEVERITIES, STATUSES
from approvals.policy import Policy
from approvals.stamp_note import NO_PROPOSAL, stamp_note
from workflow.case import SUPERSEDED, Case, Decision, Flag, Seat
from workflow.documents.catalogue import Library
from workflow.i18n import in_language, mark
from workflow.records.record import Setting
from workflow.rules import Paper
from workflow.signing import approved_on, texts_of
from workflow.terms import Terms
from workflow.values.dates import TAIPEI, long_date
from workflow.wordings import Wordings


class Papers:
    """Makes the data of one agreement's approval documents, in its language."""

    def __init__(self, directory: Directory, policy: Policy, library: Library, language: str) -> None:
        self._directory, self._policy, self._language = directory, policy, language
        self._library = library

    def review_request(
        self, flag: Mapping[str, Any], document: str, terms: str, name: str, *, deal: Terms, on: date
    ) -> Paper:
        """Ask an expert: which text, which rules brought it, by when; of tax, with the stamps proposed."""
        taxed = "tax" in flag["role"].split("/")
        stamps = stamp_note(deal, self._language, on=on) if taxed else NO_PROPOSAL
        review = self._review(flag, document, terms, name) | {"stamp_tax": stamps}
        return Paper("review-request", flag["flag"], {"review": review})

    def opinion_form(self, flag: Mapping[str, Any], document: str, terms: str, name: str) -> Paper:
        """Return the empty memo that goes with a request."""
        empty: dict[str, Any] = dict.fromkeys(
            ("expert", "date", "conclusion", "conclusion_name", "legal_basis"), ""
        )
        opinion = empty | {"given": False, "reasoning": [], "conditions": []}
        context = {"review": self._review(flag, document, terms, name), "opinion": opinion}
        return Paper("opinion", f"{flag['flag']}-form", context)

    def opinion(
        self, flag: Mapping[str, Any], said: Mapping[str, Any], *, document: str, terms: str, name: str
    ) -> Paper:
        """Return the memo an expert gave; *said* has expert, at, conclusion, reasoning, basis, conditions."""
        opinion = {
            "given": True,
            "expert": self._directory.name_of(said["expert"]),
            "date": self._day(said["at"]),
            "conclusion": said["conclusion"],
            "conclusion_name": self._say(CONCLUSIONS[said["conclusion"]]),
            "reasoning": [block for block in said["reasoning"].split("\n") if block.strip()],
            "legal_basis": said["basis"],
            "conditions": [
                {
                    "no": row["id"],
                    "severity_name": self._say(SEVERITIES[row["severity"]]),
                    "text": row["text"],
                    "status": self._say(STATUSES["open"] if row["severity"] == "must" else mark("recorded")),
                }
                for row in said["conditions"]
            ],
        }
        context = {"review": self._review(flag, document, terms, name), "opinion": opinion}
        return Paper("opinion", str(flag["flag"]), context)

    def approval_sheet(
        self, case: Case, notes: Mapping[str, str], *, policy: str, wordings: Wordings
    ) -> Paper:
        """Return the approval sheet (簽呈) as it stands; *notes* gives the words behind digests."""
        submission = case.submission
        if submission is None:
            raise ValueError("nothing was submitted")
        decisions = case.current_decisions
        names = {rule for seat in submission.seats for rule in seat.rules}
        names |= {rule for flag in case.flags if flag.status != SUPERSEDED for rule in flag.rules}
        sheet = {
            "drafter": self._directory.name_of(submission.submitted_by),
            "submitted": self._day(submission.at),
            "policy_digest": policy,
            "document_name": case.contract.name if case.contract else "",
            "document_digest": submission.document,
            "terms_digest": submission.terms,
            "complete": bool(clearance_of(case)),
            "seats": [
                {
                    "step": str(number),
                    "aspect_name": self._say(ASPECTS[seat.aspect]),
                    "role_name": self._role(seat.role),
                    "quorum": str(seat.quorum),
                    "decisions": self._seat_rows(seat, decisions, notes),
                }
                for number, seat in enumerate(submission.seats, start=1)
            ],
            "flags": [self._flag(flag, notes) for flag in case.flags if flag.status != SUPERSEDED],
            "rules": self._rules(names),
            "deviations": [self._deviation(row) for row in wordings.deviations],
        }
        return Paper("approval-sheet", str(case.seq), {"sheet": sheet})

    def _deviation(self, row: Mapping[str, str]) -> dict[str, str]:
        chosen = self._say(CHOICES[row["chosen"]]) if row["chosen"] in CHOICES else row["chosen"]
        return {
            "clause": row["title"],
            "standard": row["id"],
            "chosen": chosen,
            "risk": self._say(RISKS[row["risk"]]),
            "why": row["why"],
        }

    def certificate(
        self, case: Case, execution: Mapping[str, Any], parties: Mapping[str, str], *, despite: str = ""
    ) -> Paper:
        """Return the certificate of completion for an execution that is about to be recorded.

        *despite* is why a signed copy was taken that differs from the approved text.
        """
        certificate = {
            **Completion(execution, self._language).facts(
                parties, approved=approved_on(case), despite=despite
            ),
            "decisions": [
                {
                    "seq": str(d.seq),
                    "who": self._who(d),
                    "when": self._time(d),
                    "what": self._say(mark("{aspect}: {decision}")).format(
                        aspect=self._say(ASPECTS[d.aspect]), decision=self._say(DECISIONS[d.decision])
                    ),
                    "fingerprint": d.key,
                }
                for d in case.current_decisions
            ],
            "documents": [
                {
                    "name": ref.name,
                    "kind_name": self._library.title(ref.kind, ref.language),
                    "digest": ref.file,
                }
                for ref in case.documents
                if ref.audience != "internal"
            ],
            "events": str(case.seq),
            "head": case.head,
        }
        return Paper("certificate", "", {"certificate": certificate})

    def contract_card(self, case: Case, execution: Mapping[str, Any], setting: Setting) -> Paper:
        """Return the contract card of an execution that is about to be recorded."""
        completed = Completion(execution, self._language).facts(
            {"ours": "", "theirs": ""}, approved=approved_on(case), despite=""
        )
        approvals = [
            {"who": self._who(d), "what": self._say(ASPECTS[d.aspect]), "when": self._time(d)}
            for d in case.current_decisions
            if d.decision == "approve"
        ]
        text = next(iter(texts_of(case)), None)
        card = contract_card(execution, setting, completed=completed, text=text, approvals=approvals)
        return Paper("contract-card", "", {"card": card})

    def _review(self, flag: Mapping[str, Any], document: str, terms: str, name: str) -> dict[str, Any]:
        experts = sorted(self._directory.name_of(person) for person in self._directory.holders(flag["role"]))
        rules = self._rules(flag["rules"])
        return {
            "flag": flag["flag"],
            "role": flag["role"],
            "role_name": self._role(flag["role"]),
            "aspect_name": self._say(ASPECTS[flag["aspect"]]),
            "experts": "、".join(experts) if self._language == "zh-TW" else ", ".join(experts),
            "questions": [flag["question"]] if flag.get("question") else [self._asked(row) for row in rules],
            "rules": rules,
            "checklist": points_of(flag["role"], self._language),
            "due": self._iso_day(flag["due"]) if flag["due"] else "",
            "document_name": name,
            "document_digest": document,
            "terms_digest": terms,
        }

    def _asked(self, rule: Mapping[str, str]) -> str:
        text = self._say(mark("Given that this applies ({when}): is the text acceptable? Background: {why}"))
        return text.format(when=rule["when"], why=rule["why"])

    def _rules(self, names: Iterable[str]) -> list[dict[str, str]]:
        wanted = set(names)
        return [
            {
                "rule": rule.id,
                "when": rule.when(self._language),
                "why": rule.why(self._language),
                "basis": rule.basis,
            }
            for rule in self._policy.rules
            if rule.id in wanted
        ]

    def _seat_rows(
        self, seat: Seat, decisions: Iterable[Decision], notes: Mapping[str, str]
    ) -> list[dict[str, str]]:
        """Return a seat's decisions; where some are still to come, an empty row for each of those."""
        given = [d for d in decisions if (d.aspect, d.role) == (seat.aspect, seat.role)]
        rows = [self._decision(d, notes) for d in given]
        to_come = 0 if seat.body else seat.quorum - sum(d.decision == "approve" for d in given)
        empty = dict.fromkeys(("who", "decision_name", "when", "reason", "receipt"), "")
        return rows + [empty] * to_come if rows else []

    def _decision(self, decision: Decision, notes: Mapping[str, str]) -> dict[str, str]:
        return {
            "who": self._who(decision),
            "decision_name": self._decided(decision),
            "when": self._time(decision),
            "reason": notes.get(decision.reason, ""),
            "receipt": decision.receipt,
        }

    def _who(self, decision: Decision) -> str:
        """Name who signed; a deputy's name stands with the one they signed for (代)."""
        name = self._directory.name_of(decision.person)
        if not decision.principal:
            return name
        text = self._say(mark("{deputy} for {principal}"))
        return text.format(deputy=name, principal=self._directory.name_of(decision.principal))

    def _decided(self, decision: Decision) -> str:
        word = self._say(DECISIONS[decision.decision])
        return f"{word}: {self._directory.name_of(decision.member)}" if decision.member else word

    def _flag(self, flag: Flag, notes: Mapping[str, str]) -> dict[str, str]:
        conditions = self._say(mark("; ")).join(
            self._say(mark("{number} {text} ({status})")).format(
                number=c.id,
                text=notes.get(c.text, ""),
                status=self._say(mark("closed") if c.closed_by else SEVERITIES[c.severity]),
            )
            for c in flag.conditions
        )
        return {
            "flag": flag.id,
            "aspect_name": self._say(ASPECTS[flag.aspect]),
            "role_name": self._role(flag.role),
            "expert": self._directory.name_of(flag.expert) if flag.expert else "",
            "status_name": self._say(STATUSES[flag.status]),
            "conditions": conditions,
        }

    def _role(self, role: str) -> str:
        return " / ".join(self._say(ROLES[one]) for one in role.split("/"))

    def _say(self, text: str) -> str:
        return in_language(text, self._language)

    def _day(self, at: Any) -> str:
        return long_date(at.astimezone(TAIPEI).date(), self._language)

    def _iso_day(self, text: str) -> str:
        return long_date(date.fromisoformat(text), self._language)

    def _time(self, decision: Decision) -> str:
        at = decision.at.astimezone(TAIPEI)
        return f"{long_date(at.date(), self._language)} {at:%H:%M}"
