"""What the commands of staff share: naming an attempt, and telling where the agreement then stands."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from approvals.cli.output import say, show, show_json
from approvals.cli.settings import Settings
from approvals.cli.words import role_names, state_name
from workflow.i18n import mark

if TYPE_CHECKING:
    from workflow.drafting import Agreement

once_option = click.option(
    "--once",
    default="",
    metavar="NAME",
    help=mark("Name this attempt; a retry with the same name does nothing new."),
)


def tell(
    settings: Settings,
    name: str,
    agreement: "Agreement",
    known: int = 0,
    *,
    more: Mapping[str, Any] | None = None,
) -> None:
    """Tell what the command *name* did; *known* documents were there before.

    What is *more* to say goes into the JSON document.
    """
    issued = [document.name for document in agreement.documents[known:]]
    receipt = f"{agreement.case.head[:4]}-{agreement.case.head[4:8]}"
    if settings.as_json:
        show_json(
            name,
            ref=agreement.ref,
            state=agreement.state.value,
            event=agreement.case.seq,
            head=agreement.case.head,
            receipt=receipt,
            waiting_for=list(agreement.waiting_for),
            documents=issued,
            **(more or {}),
        )
        return
    show(
        say(
            mark("{ref}  {state}   receipt {receipt}   event #{seq}"),
            ref=agreement.ref,
            state=state_name(agreement.state),
            receipt=receipt,
            seq=agreement.case.seq,
        )
    )
    for document in issued:
        show(f"  {document}")
    waiting = role_names(agreement.waiting_for)
    if waiting:
        show(say(mark("Waiting for: {roles}"), roles=waiting))
