"""Writing files for people: each is there whole, or as it was before."""

from collections.abc import Mapping
from pathlib import Path

from workflow.errors import SystemFileError


def save_files(bodies: Mapping[str, bytes], folder: Path) -> list[Path]:
    """Write *bodies* under their names into *folder* and return the paths; raise `SystemFileError`."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return [_save(folder / name, body) for name, body in bodies.items()]
    except OSError as error:
        raise SystemFileError(path=error.filename or folder, reason=error.strerror) from None


def _save(path: Path, body: bytes) -> Path:
    partial = path.with_name(f".{path.name}.partial")
    try:
        partial.write_bytes(body)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    return path
