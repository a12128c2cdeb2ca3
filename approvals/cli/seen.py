"""What this person was shown on this computer, so that `show` can say what is new to them.

A note of convenience in the cache folder: nothing is decided by it, and where it cannot be
read or written, nothing is remembered.
"""

import json
from contextlib import suppress
from pathlib import Path

from workflow.errors import WorkflowError
from workflow.files import save_files


def seen_before(cache: Path, log: str, person: str, ref: str) -> int:
    """Return the revision of *ref* that *person* was last shown here; 0 where none is remembered."""
    revision = _read(cache, log).get(person, {}).get(ref, 0)
    return revision if isinstance(revision, int) else 0


def remember(cache: Path, log: str, person: str, ref: str, revision: int) -> None:
    """Remember that *person* was shown this revision."""
    known = _read(cache, log)
    if known.get(person, {}).get(ref) == revision:
        return
    known.setdefault(person, {})[ref] = revision
    path = _file(cache, log)
    with suppress(OSError, WorkflowError):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        save_files({path.name: json.dumps(known, sort_keys=True).encode()}, path.parent, replace=True)


def _read(cache: Path, log: str) -> dict[str, dict[str, int]]:
    try:
        known = json.loads(_file(cache, log).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return {k: v for k, v in known.items() if isinstance(v, dict)} if isinstance(known, dict) else {}


def _file(cache: Path, log: str) -> Path:
    return cache / "seen" / f"{log.rpartition(':')[2]}.json"
