"""The command ``assent``: parse, call one function, print its result, return a code.

Nothing is decided here. Commands are named in `COMMANDS` and loaded when they are called,
so that looking at the inbox does not import what drafting needs.
"""

import os
import sys
from collections.abc import Sequence

from approvals.cli.lazy import LazyGroup
from approvals.cli.output import pad, remark, say, visible
from workflow import i18n
from workflow.errors import InvalidInputError, SystemFileError, UnexpectedError, WorkflowError
from workflow.i18n import mark

#: Group heading, then command -> (module, what it does).
COMMANDS = {
    mark("Draft"): {
        "new": ("draft", mark("Begin an agreement from terms.")),
        "plan": ("draft", mark("Set the negotiation plan.")),
        "open": ("draft", mark("Freeze the plan and open the talks.")),
        "round": ("draft", mark("Record a round of the negotiation.")),
        "agree": ("draft", mark("Record that the terms are agreed.")),
        "confirm": ("confirming", mark("Issue the confirmation letter.")),
        "acknowledge": ("confirming", mark("Attach the other side's written reply.")),
        "draft": ("draft", mark("Draft the contract, or a new revision of it.")),
        "check": ("check", mark("Check a contract before it leaves the house.")),
        "import-draft": ("received", mark("Compare a draft the other side returned with what was sent.")),
        "submit": ("draft", mark("Put the draft forward for review and sign-off.")),
        "withdraw": ("draft", mark("Give an agreement up before it is executed.")),
        "execute": ("draft", mark("Record who signed for each side.")),
        "activate": ("draft", mark("Bring an executed agreement into force.")),
    },
    mark("Decide"): {
        "inbox": ("inbox", mark("Show what waits for you.")),
        "show": ("show", mark("Show an agreement: terms, steps, flags, documents.")),
        "diff": ("diff", mark("Compare two revisions, or any two documents.")),
        "why": ("why", mark("Say why an agreement waits, and for whom.")),
        "approve": ("decide", mark("Sign an agreement off.")),
        "return": ("decide", mark("Send an agreement back for changes.")),
        "reject": ("decide", mark("Record a no.")),
        "recuse": ("decide", mark("Declare a conflict of interest.")),
        "excuse": ("decide", mark("Note that a member of the board is absent.")),
        "retract": ("decide", mark("Take your decision back, until the next person acts.")),
        "delegate": ("delegate", mark("Name a deputy for some days, or end that.")),
        "flag": ("flag", mark("Raise, assign, resolve, decline and close questions for experts.")),
        "remind": ("remind", mark("Write to everyone for whom something is late or soon due.")),
    },
    mark("Assess"): {
        "list": ("listing", mark("List agreements.")),
        "timeline": ("timeline", mark("Tell an agreement's story, event by event.")),
        "diagram": ("diagram", mark("Draw an agreement's states, sign-offs or days.")),
        "receipt": ("receipt", mark("Show everything about one event, and how to check it.")),
        "stats": ("stats", mark("Count time, rework and lateness.")),
        "documents": ("documents", mark("List, save and issue the documents of an agreement.")),
        "audit": ("audit", mark("Verify and read the trail.")),
        "portfolio": ("portfolio", mark("List the evidence of somebody's work, by the rows of a unit.")),
        "assess": ("assess", mark("Judge somebody's work by evidence, as an assessor.")),
    },
    mark("Library"): {
        "templates": ("templates", mark("List, check and try document templates.")),
        "clauses": ("clauses", mark("List the clause library, and what a contract has otherwise.")),
        "policy": ("policy", mark("Show the policy, and what it asked of an agreement.")),
    },
    mark("Administer"): {
        "init": ("init", mark("Make a store with its first person and key.")),
        "demo": ("demo", mark("Play an agreement's whole life, and catch a tampered byte.")),
        "people": ("people", mark("List, add and empower people.")),
        "key": ("key", mark("Make, register, revoke and export keys.")),
        "parties": ("listing", mark("List the parties of all agreements.")),
        "db": ("db", mark("Show the store's version, upgrade it, or erase words by request.")),
    },
}


def build() -> LazyGroup:
    """Return the whole command tree; the README's help text is printed from it."""
    return LazyGroup(COMMANDS)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; every deliberate error becomes a few lines and an exit code."""
    import click

    _open_closed_streams()
    arguments = list(sys.argv[1:] if argv is None else argv)
    i18n.use_language(i18n.preferred_language(_asked_language(arguments)))
    try:
        code = build().main(args=arguments, prog_name="assent", standalone_mode=False)
        sys.stdout.flush()
        return int(code or 0)
    except WorkflowError as error:
        return _refuse(error)
    except click.exceptions.Abort:
        sys.stderr.write("\n")
        return 130
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (BrokenPipeError, SystemExit):
        # The reader of our output left, as `head` does, and click ends by leaving; Python must
        # not complain again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        sys.stderr.write("\n")
        return 130
    except OSError as error:
        return _refuse(SystemFileError(path=error.filename or "-", reason=error.strerror or error))
    except UnicodeEncodeError:
        # An argument that is not text in the terminal's encoding comes through as half characters.
        return _refuse(InvalidInputError("argv", [say(mark("an argument is not text; type it again"))]))
    except Exception as error:
        if os.environ.get("ASSENT_DEBUG"):
            raise
        return _refuse(UnexpectedError(kind=type(error).__name__, text=error))


def _open_closed_streams() -> None:
    """Let a stream that our caller closed lead nowhere; Python has None in its place."""
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "r+", encoding="utf-8"))  # noqa: PTH123, SIM115


def _refuse(error: WorkflowError) -> int:
    what, why, remedy = error.explain()
    lines = [say(mark("error[{code}]: {what}"), code=error.code, what=what)]
    labels = ((say(mark("rule")), why), (say(mark("try")), remedy))
    lines += [f"  {pad(label, 4)}  {text}" for label, text in labels if text]
    # What people and files are called stands in the facts, and must not move the cursor.
    remark(visible("\n".join(lines), lines=True))
    return error.exit_code


def _asked_language(arguments: list[str]) -> str:
    """Find ``--lang`` before anything is parsed, so that parsing errors are in that language too."""
    for number, argument in enumerate(arguments):
        if argument == "--lang" and number + 1 < len(arguments):
            return arguments[number + 1]
        if argument.startswith("--lang="):
            return argument.removeprefix("--lang=")
    return ""
