"""One agreement as the report's template is given it: texts in both languages, and nothing judged.

Of an agreement whose events do not add up, the events are listed as far as they can be read.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any

from approvals.labels import EVENTS
from approvals.reports.cells import chart_cells, other_ways, state_cells
from approvals.reports.legible import grouped, one_line, two_lines
from approvals.reports.report_words import joined, said
from approvals.reports.revisions import change_of
from approvals.reports.rules import asked_of, rules_of
from approvals.reports.story import Opinion, Row, Signature, Words, capacity
from approvals.reports.told import ODD, Told
from approvals.reports.trail import Trail
from approvals.reports.words import Both, both, plain, word
from approvals.worktime import working_time
from workflow.case import Case, Decision
from workflow.events import Type, read_time
from workflow.lifecycle import State
from workflow.values.dates import TAIPEI

_DAY = timedelta(days=1)
#: What an altered event may hold where a word belongs is shown no further than this.
_SHORT = 120


def chapter(trail: Trail, told: Told) -> dict[str, Any]:
    """Return what the report says of one agreement."""
    try:
        return _whole(trail, told)
    except ODD as error:
        return _broken(trail, told, told.story.problem or str(error))


def _whole(trail: Trail, told: Told) -> dict[str, Any]:
    story, case = told.story, told.story.case
    if case is None:
        return _broken(trail, told, story.problem)
    state = two_lines(story.state)
    if case.revision:
        state = two_lines(joined([story.state, said("revision", number=case.revision)]))
    return {
        **_known(trail, told),
        "whole": True,
        "problem": "",
        "title": story.title,
        "state": state,
        "state_name": one_line(story.state),
        "parties": "\n".join(story.parties) or "–",
        "value": two_lines(story.value) or "–",
        "drafted": "、".join(_name(told, p) for p in sorted(case.drafters | {case.drafter})),
        "submitted": _submitted(case, told),
        "approved": _approved(case, told),
        "executed": _executed(told),
        "period": f"{story.rows[0].local} – {story.rows[-1].local}",
        "signatures": [_signature(signature, told) for signature in story.signatures],
        "opinions": [_opinion(opinion) for opinion in story.opinions],
        "asked": asked_of(case),
        "rules": rules_of(trail, case),
        "changes": [change_of(change) for change in story.changes],
        "documents": [
            {"name": document.name, "seq": str(document.seq), "digest": document.file}
            for document in case.documents
        ],
        "states": state_cells(story.visits, case.state),
        "withdrawn": case.state is State.WITHDRAWN,
        "ways": [one_line(way) for way in other_ways(story.visits)],
        "chart": chart_cells(story.chart) if story.chart else {"ticks": [], "lanes": []},
        "rows": list(_rows(trail, told)),
    }


def _broken(trail: Trail, told: Told, problem: str) -> dict[str, Any]:
    return {
        **_known(trail, told),
        "whole": False,
        "problem": problem,
        "title": one_line(said("broken")),
        "state_name": "–",
        "rows": list(_as_stored(trail, told)),
    }


def _known(trail: Trail, told: Told) -> dict[str, Any]:
    entries = trail.stream(told.story.ref).entries
    return {
        "ref": told.story.ref,
        "events": str(len(entries)),
        "head": grouped(entries[-1][0]) if entries else "–",
    }


def _name(told: Told, person: str) -> str:
    return told.directory.name_of(person)


def _at(when: Any) -> str:
    return f"{when.astimezone(TAIPEI):%Y-%m-%d %H:%M}"


def _submitted(case: Case, told: Told) -> str:
    last = case.submission
    if last is None:
        return two_lines(said("not yet"))
    return f"{_name(told, last.submitted_by)}　{_at(last.at)}"


def _approved(case: Case, told: Told) -> str:
    given = [decision for decision in case.current_decisions if decision.decision == "approve"]
    if not given:
        return two_lines(said("not yet"))
    rows = [_gave(decision, told) for decision in given]
    # Where the last approval was taken back, it was approved once and is no more.
    review = (State.EXPERT_REVIEW, State.SIGN_OFF, State.APPROVED)
    if [event.to for event in told.events if event.to in review][-1] != State.APPROVED:
        rows.append(one_line(said("not all")))
    return "\n".join(rows)


def _gave(decision: Decision, told: Told) -> str:
    deputy = one_line(said("for", person=_name(told, decision.principal))) if decision.principal else ""
    who = "　".join(filter(None, (_name(told, decision.person), deputy)))
    return f"{who}　{one_line(capacity(decision.role, decision.aspect))}　{_at(decision.at)}"


def _executed(told: Told) -> str:
    event = next((event for event in told.events if event.type is Type.EXECUTED), None)
    if event is None:
        return two_lines(said("not yet"))
    signers = [
        f"{row['name']}　{row['title']}　{one_line(said(row['side']))}　{row['on']}"
        for row in event.payload["signatories"]
    ]
    recorded = f"{one_line(said('recorded by'))} {_name(told, event.actor)}　{_at(event.at)}"
    return "\n".join([*signers, recorded])


def _words(words: Sequence[Words]) -> list[str]:
    return [one_line(word("words withheld")) if given.text is None else given.text for given in words]


def _signature(signature: Signature, told: Told) -> dict[str, Any]:
    row, event = signature.row, told.events[signature.row.seq - 1]
    about = [about for about in row.about if about.en != signature.capacity.en]
    return {
        "seq": str(row.seq),
        "name": row.name,
        "for": two_lines(said("for", person=signature.principal)) if signature.principal else "",
        "capacity": two_lines(signature.capacity),
        "decision": two_lines(row.what),
        "about": [one_line(text) for text in about],
        "note": two_lines(signature.note) if signature.note else "",
        "time": row.local,
        "document": signature.document or "–",
        "digest": signature.digest,
        "key": event.signed.key if event.signed else "–",
        # An opinion's words stand with the opinions.
        "words": [] if row.type in (Type.FLAG_RESOLVED, Type.FLAG_DECLINED) else _words(row.words),
    }


def _opinion(opinion: Opinion) -> dict[str, Any]:
    return {
        "flag": opinion.flag.id,
        "title": two_lines(opinion.title),
        "status": two_lines(opinion.status),
        "expert": opinion.expert,
        "said": [
            {"about": f"#{row.seq} {row.name} {one_line(row.what)}", "words": _words(row.words)}
            for row in opinion.rows
        ],
        "conditions": [
            {
                "about": one_line(
                    said("condition", id=name, weight=weight, closed=_closed(by, _severity(opinion, name)))
                ),
                "words": _words([text]),
            }
            for name, weight, text, by in opinion.conditions
        ],
    }


def _severity(opinion: Opinion, name: str) -> str:
    return next(condition.severity for condition in opinion.flag.conditions if condition.id == name)


def _closed(by: str, severity: str) -> Both:
    if by:
        return said("closed", person=by)
    return said("open" if severity == "must" else "recorded")


def _rows(trail: Trail, told: Told) -> Iterator[dict[str, Any]]:
    for row, event, last in zip(told.story.rows, told.events, [None, *told.events], strict=False):
        passed = working_time(last.at, event.at, trail.calendar) if last else None
        days = f"{passed / _DAY:.1f}" if passed is not None else ""
        yield _line(row, "" if days == "0.0" else days.removesuffix(".0"))


def _line(row: Row, days: str) -> dict[str, Any]:
    return {
        "seq": str(row.seq),
        "time": row.local,
        "who": row.name,
        "what": two_lines(row.what),
        "about": "、".join(map(one_line, row.about)),
        "words": [] if row.signed else _words(row.words),
        "days": days,
        "receipt": row.receipt,
    }


def _as_stored(trail: Trail, told: Told) -> Iterator[dict[str, Any]]:
    """Yield every line of a chain, with what of it can be read."""
    for seq, (own, line) in enumerate(trail.stream(told.story.ref).entries, start=1):
        body: Mapping[str, Any] = {}
        with suppress(ValueError, RecursionError):
            found = json.loads(line)
            body = found if isinstance(found, dict) else {}
        kind, actor, at = (_short(body.get(name, "")) for name in ("type", "actor", "at"))
        with suppress(ValueError, OverflowError):
            at = _at(read_time(at))
        what = both(EVENTS[kind]) if kind in EVENTS else plain(kind) if kind else said("unread")
        yield {
            "seq": str(seq),
            "time": at,
            "who": _name(told, actor),
            "what": two_lines(what),
            "about": "",
            "words": [],
            "days": "",
            "receipt": f"{own[:4]}-{own[4:8]}",
        }


def _short(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _SHORT else f"{text[:_SHORT]}…"
