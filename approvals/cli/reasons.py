"""Reasons: given on the line, in a file, on standard input, or asked for."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from approvals.cli.output import say
from approvals.cli.settings import Settings
from workflow.errors import EvidenceMissingError, InvalidInputError, ReasonMissingError
from workflow.i18n import mark

_LARGEST = 100_000


def reason_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--reason`` and ``--reason-file`` to a command."""
    function = click.option(
        "--reason-file",
        default="",
        metavar="FILE",
        help=mark('A file with the reason; "-" reads standard input.'),
    )(function)
    return click.option("--reason", default="", help=mark("Why."))(function)


def read_reason(settings: Settings, action: str, text: str, path: str, *, required: bool) -> str:
    """Return the reason from wherever it was given; ask for it on a terminal where one is needed."""
    if path:
        text = _from_file(path)
    if not text.strip() and required and can_ask(settings):
        text = click.prompt(say(mark("Reason")), default="", show_default=False, err=True)
    if not text.strip():
        if required:
            raise ReasonMissingError(action=action)
        return ""
    from workflow.problems import Problem, Refused
    from workflow.texts import clean_text

    try:
        return clean_text(text)
    except Refused as refused:
        raise InvalidInputError(
            action, [Problem("reason", refused.what, refused.fix, facts=refused.facts)]
        ) from None


def can_ask(settings: Settings) -> bool:
    """Tell whether somebody is there to answer."""
    return not settings.no_input and sys.stdin.isatty() and sys.stderr.isatty()


def _from_file(path: str) -> str:
    try:
        body = sys.stdin.buffer.read(_LARGEST + 1) if path == "-" else Path(path).read_bytes()
        text = body.decode("utf-8-sig")
    except OSError as error:
        raise EvidenceMissingError(path=path, reason=error.strerror) from None
    except UnicodeDecodeError:
        raise EvidenceMissingError(path=path, reason=mark("it is not UTF-8 text")) from None
    if len(body) > _LARGEST:
        raise EvidenceMissingError(path=path, reason=mark("it is too long for a reason"))
    return text
