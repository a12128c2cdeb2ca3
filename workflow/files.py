"""Writing files for people: each is there whole, or as it was before."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from workflow.errors import FileKeptError, SystemFileError


def save_files(bodies: Mapping[str, bytes], folder: Path, *, replace: bool = False) -> list[Path]:
    """Write *bodies* under their names into *folder* and return the paths.

    A file that is there and says something else may be somebody's work: without *replace* it
    raises `FileKeptError`, before anything is written. Raises `SystemFileError` where the
    folder cannot be written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, body in bodies.items():
            path = folder / name
            if not replace and path.exists() and path.read_bytes() != body:
                raise FileKeptError(path=path)
        return [_save(folder / name, body) for name, body in bodies.items()]
    except OSError as error:
        raise SystemFileError(path=error.filename or folder, reason=error.strerror) from None


def file_names(documents: Iterable[tuple[str, int]]) -> list[str]:
    """Return a file name for each (name, event): one issued again gets its event's number."""
    taken: set[str] = set()
    names = []
    for name, seq in documents:
        stem, dot, ending = name.rpartition(".")
        names.append(f"{stem}-event{seq}{dot}{ending}" if name in taken else name)
        taken.add(name)
    return names


def _save(path: Path, body: bytes) -> Path:
    partial = path.with_name(f".{path.name}.partial")
    try:
        partial.write_bytes(body)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    return path
