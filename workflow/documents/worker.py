"""Looking at what comes from elsewhere in a process of its own, which is stopped at limits.

A hostile file can make a parser or a pattern run for ever or eat all memory. So a foreign
template is checked and tried, the other side's paper is read and compared, and their mail is
read, by ``python -m workflow.documents.worker``, which may use so much time and memory and no
more. It is given the name of a task, data and bytes, and answers with data and bytes; nothing
else passes.
"""

import errno
import json
import os
import subprocess
import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workflow.errors import CATALOGUE, UnreadableFileError, WorkflowError
from workflow.i18n import LANGUAGES, language, mark, use_language

if TYPE_CHECKING:
    from workflow.documents.redline.comparison import Comparison
    from workflow.replies import Reply

#: Processor seconds, seconds on the wall, and bytes of memory that looking at a file may cost.
CPU_SECONDS, WALL_SECONDS, MEMORY = 10, 20, 1_000_000_000
#: No template and no contract is larger.
LARGEST = 50_000_000
#: A message this small costs next to nothing, whatever is in it, so that no process is worth it.
SMALL_MESSAGE = 16_000

# What a worker ends with that ran out of memory or of stack.
_EXHAUSTED = 3
_Task = Callable[[Mapping[str, Any], Sequence[bytes]], tuple[Any, bytes]]


def read_foreign(path: Path) -> bytes:
    """Return the bytes of a file; raise `OSError` for what is none, and for more than a document has."""
    if path.exists() and not path.is_file():
        raise OSError(errno.EINVAL, mark("it is not a file"))
    with path.open("rb") as file:
        body = file.read(LARGEST + 1)
    if len(body) > LARGEST:
        raise OSError(errno.EFBIG, mark("it is larger than 50 MB"))
    return body


def check_apart(body: bytes, *, name: str, kind: str = "") -> dict[str, Any]:
    """Return what `lint.check` finds in a template, as data."""
    report: dict[str, Any] = _apart("check", {"name": name, "kind": kind}, body, name=name)[0]
    return report


def try_apart(body: bytes, *, name: str, data: bytes | None) -> tuple[dict[str, str], bytes]:
    """Return the fields of a template, and the document it gives with *data* (TOML), or made-up data."""
    given = [body] if data is None else [body, data]
    fields: dict[str, str]
    fields, made = _apart("try", {"name": name}, *given, name=name)
    return fields, made


def compare_apart(
    old: bytes, new: bytes, *, names: tuple[str, str], resolve: str = "", author: str = "", at: str = ""
) -> tuple["Comparison", bytes]:
    """Compare two documents; where an *author* is given, return the tracked changes as DOCX too."""
    from workflow.documents.redline.comparison import Comparison

    said = {"names": names, "resolve": resolve, "author": author, "at": at}
    found, tracked = _apart("compare", said, old, new, name=", ".join(names))
    return Comparison.from_data(found), tracked


def examine_apart(sent: bytes, returned: bytes, *, name: str, terms: bytes) -> dict[str, Any]:
    """Return what `received.examine` finds, as data; *terms* in their canonical form."""
    found: dict[str, Any] = _apart("examine", {"name": name}, sent, returned, terms, name=name)[0]
    return found


def read_reply_apart(body: bytes, *, name: str, letter: str, earlier: Collection[str]) -> "Reply":
    """Return what `replies.read_reply` reads in a message."""
    from workflow.replies import Reply, read_reply

    if len(body) <= SMALL_MESSAGE:
        return read_reply(body, name=name, letter=letter, earlier=earlier)
    said = {"name": name, "letter": letter, "earlier": sorted(earlier)}
    return Reply.from_data(_apart("reply", said, body, name=name)[0])


def _check(said: Mapping[str, Any], bodies: Sequence[bytes]) -> tuple[Any, bytes]:
    from workflow.documents.lint import check

    return check(bodies[0], name=said["name"], kind=said["kind"]).as_data(), b""


def _try(said: Mapping[str, Any], bodies: Sequence[bytes]) -> tuple[Any, bytes]:
    import tomllib

    from workflow.documents.engine import compile_template
    from workflow.documents.lint import check
    from workflow.documents.samples import made_up

    template = compile_template(bodies[0], name=said["name"])
    fields = check(bodies[0], name=said["name"]).as_data()["fields"]
    context = tomllib.loads(bodies[1].decode("utf-8-sig")) if len(bodies) > 1 else made_up(fields)
    return fields, template.render(context)


def _compare(said: Mapping[str, Any], bodies: Sequence[bytes]) -> tuple[Any, bytes]:
    from workflow.documents.redline import compare, tracked_changes

    old, new = bodies
    names, resolve = tuple(said["names"]), said["resolve"]
    found = compare(old, new, resolve=resolve, names=names).as_data()
    if not said["author"]:
        return found, b""
    at = datetime.fromisoformat(said["at"])
    return found, tracked_changes(old, new, author=said["author"], at=at, resolve=resolve, names=names)


def _examine(said: Mapping[str, Any], bodies: Sequence[bytes]) -> tuple[Any, bytes]:
    from workflow.documents.received import examine
    from workflow.terms import from_canonical

    sent, returned, terms = bodies
    return examine(sent, returned, name=said["name"], terms=from_canonical(terms)).as_data(), b""


def _reply(said: Mapping[str, Any], bodies: Sequence[bytes]) -> tuple[Any, bytes]:
    from workflow.replies import read_reply

    found = read_reply(bodies[0], name=said["name"], letter=said["letter"], earlier=said["earlier"])
    return found.as_data(), b""


_TASKS: Mapping[str, _Task] = {
    "check": _check,
    "try": _try,
    "compare": _compare,
    "examine": _examine,
    "reply": _reply,
}


def _apart(task: str, said: Mapping[str, Any], *bodies: bytes, name: str) -> tuple[Any, bytes]:
    """Have a worker do a task; raise what it raised, or `UnreadableFileError` where it had to be stopped."""
    heading = {"task": task, "said": said, "sizes": [*map(len, bodies)], "language": language()}
    try:
        done = subprocess.run(
            # -P: a module that lies in the folder someone works in is not ours.
            [sys.executable, "-P", "-m", "workflow.documents.worker"],
            input=b"".join((json.dumps(heading).encode(), b"\n", *bodies)),
            env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(os.path.isabs, sys.path))},
            capture_output=True,
            timeout=WALL_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise _stopped(name) from None
    if done.returncode:
        raise _stopped(name) if done.returncode in (_EXHAUSTED, *_KILLED) else _failed(name, done.stderr)
    line, _, made = done.stdout.partition(b"\n")
    answer = json.loads(line)
    if "error" in answer:
        raise CATALOGUE[answer["error"]](**answer["facts"])
    return answer["said"], made


# Killed by the system: the processor's time or the memory is spent, or the stack overran.
_KILLED = tuple(-number for number in range(1, 65))


def _stopped(name: str) -> UnreadableFileError:
    reason = mark("it takes more time or memory than a document needs, and was stopped")
    return UnreadableFileError(name=name, reason=reason)


def _failed(name: str, told: bytes) -> UnreadableFileError:
    if os.environ.get("ASSENT_DEBUG"):
        sys.stderr.write(told.decode("utf-8", "replace"))
    return UnreadableFileError(name=name, reason=mark("it is not built as a Word document is"))


def _limit() -> None:
    try:
        import resource  # not on Windows, where only the clock on the wall limits
    except ImportError:
        return
    for what, most in (
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(what)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        with suppress(ValueError, OSError):  # macOS knows no limit of memory
            resource.setrlimit(what, (most, most))


def main() -> int:
    """Do the task that standard input asks for, and write the answer to standard output."""
    heading = json.loads(sys.stdin.buffer.readline())
    bodies = [sys.stdin.buffer.read(size) for size in heading["sizes"]]
    if heading["language"] in LANGUAGES:
        use_language(heading["language"])
    _limit()
    made = b""
    try:
        said, made = _TASKS[heading["task"]](heading["said"], bodies)
        answer = {"said": said}
    except WorkflowError as error:
        facts = {name: str(fact) for name, fact in error.facts.items()}
        answer = {"error": error.code, "facts": facts}
    except (MemoryError, RecursionError):
        return _EXHAUSTED
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n" + made)
    return 0


if __name__ == "__main__":
    sys.exit(main())
