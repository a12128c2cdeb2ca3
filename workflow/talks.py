"""What the plan and the minutes say: the records of the talks, in the words of a document.

The plan stays inside. The minutes are for both sides: of a round they have what was said and
settled in the meeting, and nothing of how we went about it.
"""

from collections.abc import Mapping
from typing import Any

from workflow.i18n import in_language, mark
from workflow.negotiation import Issue, Plan, Point, Round, Step
from workflow.values.dates import long_date

_STATUSES = {"agreed": mark("agreed"), "open": mark("open"), "dropped": mark("dropped")}
_PRIORITIES = {"high": mark("high"), "medium": mark("medium"), "low": mark("low")}
_EVIDENCE = {
    "fact": mark("fact"),
    "statistic": mark("statistics"),
    "kpi": mark("key figure"),
    "usage": mark("rate of use"),
    "request_letter": mark("request letter"),
    "written_proof": mark("written proof"),
}
_TECHNIQUES = {
    "goals_and_limits": mark("name key figures, goals and limits"),
    "clarify_needs": mark("clarify each side's needs"),
    "agreement_and_difference": mark("find points of agreement and difference"),
    "research": mark("prepare with facts and figures"),
    "listening_and_questions": mark("listen actively and ask"),
    "non_verbal": mark("non-verbal communication"),
    "language": mark("fitting language"),
    "bargaining": mark("bargaining"),
    "options": mark("develop options"),
    "confirm_agreement": mark("confirm what is agreed"),
    "culture": mark("conduct that fits the culture"),
}
_CLASSIFICATIONS = {
    "internal": mark("for internal use"),
    "confidential": mark("confidential"),
    "secret": mark("strictly confidential"),
}


def classified(name: str | None, language: str) -> str:
    """Return how closely a document is kept, as its head says it; empty where nobody has said."""
    return _word(_CLASSIFICATIONS, name, language)


def plan_context(plan: Plan, language: str) -> dict[str, Any]:
    """Return the data of the negotiation plan."""
    return {
        "plan": {
            "purpose": plan.purpose,
            "counterpart": _blocks(plan.counterpart),
            "marketing_focus": plan.marketing_focus or "",
            "our_benefit": plan.our_benefit or "",
            "their_benefit": plan.their_benefit or "",
            "issues": [_issue(number, issue, language) for number, issue in enumerate(plan.issues, start=1)],
            "evidence": [
                {
                    "kind_name": _word(_EVIDENCE, row.kind, language),
                    "what": row.what,
                    "source": row.source,
                    "seen_on": long_date(row.seen_on, language) if row.seen_on else "",
                }
                for row in plan.evidence or ()
            ],
            "concessions": _blocks(plan.concessions),
            "techniques": [{"name": _word(_TECHNIQUES, t, language)} for t in plan.techniques or ()],
            "walk_away": plan.walk_away or "",
            "batna": plan.batna or "",
            "mandate": plan.mandate or "",
            "input": [
                {
                    "who": row.who,
                    "on": long_date(row.on, language),
                    "what": row.what,
                    "taken": "yes" if row.taken else "no",
                    "why": row.why,
                }
                for row in plan.input or ()
            ],
            "schedule": [_step(number, step, language) for number, step in enumerate(plan.schedule or (), 1)],
        }
    }


def round_context(held: Round, number: int, language: str) -> dict[str, Any]:
    """Return the data of the minutes of one round."""
    meeting = held.next_meeting
    return {
        "round": {
            "no": str(number),
            "held_on": long_date(held.held_on, language),
            "place": held.place or "",
            "attendees": list(held.attendees),
            "agenda": [{"text": text} for text in held.agenda or ()],
            "summary": _blocks(held.summary),
            "points": [_point(n, point, language) for n, point in enumerate(held.points, start=1)],
            "positions": [
                {
                    "no": str(n),
                    "topic": p.topic,
                    "ours": p.our_position or "",
                    "theirs": p.their_position or "",
                }
                for n, p in enumerate(held.points, start=1)
                if p.our_position or p.their_position
            ],
            "actions": [_step(n, step, language) for n, step in enumerate(held.actions or (), start=1)],
            "reservations": _blocks(held.reservations),
            "next_on": long_date(meeting.on, language) if meeting else "",
            "next_place": (meeting.place or "") if meeting else "",
            "next_about": (meeting.about or "") if meeting else "",
            "confirm_by": long_date(held.confirm_by, language) if held.confirm_by else "",
        }
    }


def _issue(number: int, issue: Issue, language: str) -> dict[str, str]:
    said = ("aim", "opening", "limit", "their_interest", "options", "trade")
    return {
        "no": str(number),
        "topic": issue.topic,
        "priority_name": _word(_PRIORITIES, issue.priority, language),
        **{name: getattr(issue, name) or "" for name in said},
    }


def _point(number: int, point: Point, language: str) -> dict[str, str]:
    return {
        "no": str(number),
        "topic": point.topic,
        "status_name": _word(_STATUSES, point.status, language),
        "value": point.value or "",
    }


def _step(number: int, step: Step, language: str) -> dict[str, str]:
    return {"no": str(number), "what": step.what, "who": step.who, "due": long_date(step.due, language)}


def _word(words: Mapping[str, str], name: str | None, language: str) -> str:
    return in_language(words[name], language) if name else ""


def _blocks(text: str | None) -> list[str]:
    return [block for block in (text or "").split("\n") if block.strip()]
