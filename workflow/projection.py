"""The cache rows an agreement's case amounts to. Pure: a case in, rows out.

They are rewritten whole with every action, so they equal the replay by construction; the
audit checks that they still do.
"""

from collections.abc import Sequence

from sqlmodel import SQLModel

from workflow.case import Case
from workflow.events import written_time
from workflow.price import price_of, value_for_policy
from workflow.seats import seat_statuses
from workflow.tables import AgreementRow, DecisionRow, DocumentRow, DrafterRow, FlagRow, SeatRow
from workflow.terms import Terms, their_keys

#: Children first, so that they can be removed in this order.
CACHED: tuple[type[SQLModel], ...] = (DrafterRow, DocumentRow, SeatRow, FlagRow, DecisionRow)


def agreement_row(case: Case, terms: Terms | None) -> AgreementRow:
    """Return the agreement's own row."""
    price = price_of(terms) if terms else None
    submission = case.submission
    return AgreementRow(
        ref=case.ref,
        seq=case.seq,
        head=case.head,
        state=case.state.value,
        outcome=case.outcome,
        kind=case.kind,
        language=case.language,
        title=case.title,
        counterparty=terms.theirs.name if terms else "",
        currency=terms.currency if terms else "",
        total_minor=price.total.minor if price else None,
        value=value_for_policy(terms) if terms else None,
        theirs=f" {' '.join(their_keys(terms))} " if terms else "",
        drafter=case.drafter,
        revision=case.revision,
        terms=case.terms,
        document=case.contract.file if case.contract else "",
        policy=submission.policy if submission else "",
        created_at=written_time(case.created_at),
        updated_at=written_time(case.at),
    )


def detail_rows(case: Case) -> Sequence[SQLModel]:
    """Return every row that belongs to the agreement, in the tables of `CACHED`."""
    return [
        *(DrafterRow(agreement=case.ref, person=person) for person in sorted(case.drafters | {case.drafter})),
        *_documents(case),
        *_seats(case),
        *_flags(case),
        *_decisions(case),
    ]


def _documents(case: Case) -> list[DocumentRow]:
    return [
        DocumentRow(
            agreement=case.ref,
            seq=ref.seq,
            name=ref.name,
            kind=ref.kind,
            language=ref.language,
            revision=ref.revision,
            audience=ref.audience,
            content=ref.content,
            file=ref.file,
            size=ref.size,
            template=ref.template,
            context=ref.context,
        )
        for ref in case.documents
    ]


def _seats(case: Case) -> list[SeatRow]:
    return [
        SeatRow(
            agreement=case.ref,
            aspect=status.seat.aspect,
            role=status.seat.role,
            step=status.seat.step,
            # What a body needs depends on how it has voted so far.
            quorum=len(status.people) + status.missing if status.seat.body else status.seat.quorum,
            given=len(status.people),
            due=status.seat.due,
            rules=" ".join(status.seat.rules),
            body=f" {' '.join(status.seat.body)} " if status.seat.body else "",
        )
        for status in seat_statuses(case)
    ]


def _flags(case: Case) -> list[FlagRow]:
    return [
        FlagRow(
            agreement=case.ref,
            flag=flag.id,
            aspect=flag.aspect,
            role=flag.role,
            revision=flag.revision,
            origin=flag.origin,
            status=flag.status,
            blocking=int(flag.blocking),
            expert=flag.expert,
            due=flag.due,
            rules=" ".join(flag.rules),
            assigned=flag.assigned,
        )
        for flag in case.flags
    ]


def _decisions(case: Case) -> list[DecisionRow]:
    current = {decision.seq for decision in case.current_decisions}
    # Whoever is recused stays so for every text.
    current |= {d.seq for d in case.decisions if d.decision == "recuse" and not d.retracted}
    return [
        DecisionRow(
            agreement=case.ref,
            seq=d.seq,
            revision=d.revision,
            person=d.person,
            aspect=d.aspect,
            role=d.role,
            decision=d.decision,
            at=written_time(d.at),
            reason=d.reason,
            receipt=d.receipt,
            current=int(d.seq in current),
            principal=d.principal,
            member=d.member,
        )
        for d in case.decisions
    ]
