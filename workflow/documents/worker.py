"""Looking at a foreign template in a process of its own, which is stopped at limits.

A hostile file can make a parser or a pattern run for ever or eat all memory. Whatever comes
from elsewhere is therefore checked first by ``python -m workflow.documents.worker``, which
may use so much time and memory and no more; what it says is data.
"""

import json
import subprocess
import sys
from typing import Any

from workflow.errors import TemplateError
from workflow.i18n import LANGUAGES, language, mark, translate, use_language

#: Processor seconds, seconds on the wall, and bytes of memory a foreign template may cost.
CPU_SECONDS, WALL_SECONDS, MEMORY = 10, 20, 1_000_000_000


def check_apart(body: bytes, *, name: str, kind: str = "") -> dict[str, Any]:
    """Return what `lint.check` finds, found by a worker; raise `TemplateError` where it had to be stopped."""
    command = [sys.executable, "-m", "workflow.documents.worker", name, kind, language()]
    try:
        done = subprocess.run(command, input=body, capture_output=True, timeout=WALL_SECONDS, check=False)  # noqa: S603
    except subprocess.TimeoutExpired:
        raise _stopped(name) from None
    try:
        report: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        raise _stopped(name) from None
    return report


def _stopped(name: str) -> TemplateError:
    reason = mark("reading it takes more time or memory than a document needs; it was stopped")
    return TemplateError(template=name, reason=translate(reason))


def _limit() -> None:
    try:
        import resource  # not on Windows, where only the clock on the wall limits
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> None:
    """Read a template from standard input and write what is found to standard output."""
    name, kind, spoken = sys.argv[1:4]
    if spoken in LANGUAGES:
        use_language(spoken)
    from workflow.documents.lint import check

    body = sys.stdin.buffer.read()
    _limit()
    sys.stdout.write(json.dumps(check(body, name=name, kind=kind).as_data(), ensure_ascii=False))


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    main()
