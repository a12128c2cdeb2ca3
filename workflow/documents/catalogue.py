"""The layouts that are shipped: which there are, what each is for, and their bytes."""

import hashlib
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from workflow.errors import UnknownDocumentError


@dataclass(frozen=True, slots=True)
class Layout:
    """A template and what its manifest says: kind, language, stage, audience, title."""

    kind: str
    language: str
    version: str
    stage: str
    audience: str
    title: str
    fields: tuple[str, ...]
    body: bytes

    @property
    def digest(self) -> str:
        """SHA-256 of the template's bytes."""
        return hashlib.sha256(self.body).hexdigest()


@cache
def find_layout(kind: str, language: str) -> Layout:
    """Return the layout of a kind of document in a language, or raise `UnknownDocumentError`."""
    folder = _layouts() / kind / language
    if not _plain(kind) or not _plain(language) or not (folder / "manifest.toml").is_file():
        known = ", ".join(f"{k} ({', '.join(languages(k))})" for k in kinds())
        raise UnknownDocumentError(what=f"{kind} in {language}", known=known)
    said = tomllib.loads((folder / "manifest.toml").read_text(encoding="utf-8"))
    return Layout(
        kind,
        language,
        said["version"],
        said["stage"],
        said["audience"],
        said["title"],
        tuple(said["fields"]),
        (folder / "template.docx").read_bytes(),
    )


def kinds() -> tuple[str, ...]:
    """Return every kind of document there is a layout for."""
    return tuple(
        sorted(entry.name for entry in _layouts().iterdir() if entry.is_dir() and _plain(entry.name))
    )


def languages(kind: str) -> tuple[str, ...]:
    """Return the languages a kind comes in."""
    return tuple(sorted(entry.name for entry in (_layouts() / kind).iterdir() if entry.is_dir()))


def contract_kinds() -> tuple[str, ...]:
    """Return the kinds that are contracts: those drafted for both sides to sign."""
    return tuple(kind for kind in kinds() if find_layout(kind, languages(kind)[0]).stage == "drafting")


def _layouts() -> Traversable:
    return files("contract_templates") / "layouts"


def _plain(name: str) -> bool:
    return name.replace("-", "").replace("+", "").isalnum() and name.isascii()
