"""What the rules asked of an agreement when it was last put forward, and which rules they were."""

from contextlib import suppress
from typing import Any

from approvals.policy import read_policy
from approvals.reports.legible import one_line, two_lines
from approvals.reports.report_words import said
from approvals.reports.story import capacity
from approvals.reports.told import ODD
from approvals.reports.trail import Trail
from approvals.reports.words import Both
from workflow.case import SUPERSEDED, Case, Flag, Seat


def asked_of(case: Case) -> list[dict[str, Any]]:
    """Return each advice and each sign-off that was asked for, with the rules that did."""
    seats = case.submission.seats if case.submission else ()
    return [
        *(_flag(flag) for flag in case.flags if flag.status != SUPERSEDED),
        *(_seat(seat) for seat in sorted(seats, key=lambda seat: (seat.step, seat.aspect, seat.role))),
    ]


def rules_of(trail: Trail, case: Case) -> list[dict[str, Any]]:
    """Return those rules as the policy of that day has them; none where it cannot be read."""
    if case.submission is None:
        return []
    names = {name for row in asked_of(case) for name in row["rules"]}
    with suppress(*ODD):
        policy = read_policy(trail.contents[case.submission.policy])
        return [
            {
                "rule": rule.id,
                "when": two_lines(Both(rule.when("en"), rule.when("zh-TW"))),
                "why": two_lines(Both(rule.why("en"), rule.why("zh-TW"))),
                "basis": rule.basis,
            }
            for rule in policy.rules
            if rule.id in names
        ]
    return []


def _flag(flag: Flag) -> dict[str, Any]:
    return {
        "what": two_lines(said("review", flag=flag.id)),
        "capacity": two_lines(capacity(flag.role, flag.aspect)),
        "much": _due(flag.due),
        "rules": list(flag.rules),
        "asked": "" if flag.rules else two_lines(said("raised")),
    }


def _seat(seat: Seat) -> dict[str, Any]:
    people = said("vote") if seat.body else said("people", count=seat.quorum)
    return {
        "what": two_lines(said("seat", step=seat.step)),
        "capacity": two_lines(capacity(seat.role, seat.aspect)),
        "much": "\n".join(filter(None, (one_line(people), _due(seat.due)))),
        "rules": list(seat.rules),
        "asked": "",
    }


def _due(day: str) -> str:
    return f"{one_line(said('due'))} {day}" if day else ""
