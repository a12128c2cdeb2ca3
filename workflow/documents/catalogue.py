"""The library: which layouts and clauses there are, ours and the organisation's own.

An organisation's folder has the same shape as ``contract_templates``: ``layouts/<kind>/<language>/``
with a ``template.docx`` and a ``manifest.toml``, and ``clauses/<language>/<family>.toml``. What is
there goes before what is shipped. Nothing depends on a name: what an agreement used is kept with
it by digest, so that a folder may change.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from workflow.documents.clauses import Clause, read_clauses
from workflow.errors import SystemFileError, UnknownDocumentError
from workflow.problems import checked, read_toml
from workflow.texts import Line
from workflow.topics import Section

if TYPE_CHECKING:
    from workflow.documents.house import House

#: The languages a text can be in; a contract in both is in ``zh-TW+en``.
LANGUAGES = ("zh-TW", "en")
BOTH = "zh-TW+en"


def spoken(language: str) -> str:
    """Return the language in which people are addressed where a contract has two: the first."""
    return language.partition("+")[0]


@dataclass(frozen=True, slots=True)
class Layout:
    """A template and what its manifest says: kind, language, stage, audience, title.

    ``source`` says whose it is: "shipped", or the folder it was found in.
    """

    kind: str
    language: str
    version: str
    stage: str
    audience: str
    title: str
    fields: tuple[str, ...]
    body: bytes = field(repr=False)
    source: str = "shipped"

    @property
    def digest(self) -> str:
        """SHA-256 of the template's bytes."""
        return hashlib.sha256(self.body).hexdigest()


class _Manifest(Section):
    id: Line
    version: Line
    kind: Line
    stage: Line
    audience: Literal["internal", "both", "theirs"]
    language: Line
    title: Line
    prevailing: Line | None = None
    fields: Mapping[str, Line] = {}


class Library:
    """Layouts and clauses from folders, each of which goes before the next, in a *house*'s style."""

    def __init__(self, *folders: Path, house: "House | None" = None) -> None:
        self._folders, self._house = (*folders, _shipped_folder()), house
        self._layouts: dict[tuple[str, str], Layout] = {}
        self._clauses: dict[str, tuple[Clause, ...]] = {}

    def layout(self, kind: str, language: str) -> Layout:
        """Return the layout of a kind of document in a language, or raise `UnknownDocumentError`."""
        found = self._layouts.get((kind, language))
        if found is None:
            folder = self._folder(kind, language)
            found = self._layouts[kind, language] = self._read(folder, kind, language)
        return found

    def layout_for(self, kind: str, language: str) -> Layout:
        """Return the layout in the agreement's language; what has none in two has the first's."""
        return self.layout(kind, language if language in self.languages(kind) else spoken(language))

    def title(self, kind: str, language: str) -> str:
        """Return what a document of a kind is called; the kind's own name where its layout is gone."""
        try:
            return self.layout(kind, language).title
        except UnknownDocumentError:
            return kind

    @cached_property
    def kinds(self) -> tuple[str, ...]:
        """Every kind of document there is a layout for."""
        found = {entry.name for root in self._folders for entry in _folders_in(root / "layouts")}
        return tuple(sorted(name for name in found if _plain(name)))

    def languages(self, kind: str) -> tuple[str, ...]:
        """Return the languages a kind comes in."""
        found = {
            entry.name
            for root in self._folders
            for entry in _folders_in(root / "layouts" / kind)
            if (entry / "manifest.toml").is_file()
        }
        return tuple(sorted(found))

    @cached_property
    def contract_kinds(self) -> tuple[str, ...]:
        """The kinds that are contracts: those drafted for both sides to sign."""
        return tuple(
            kind for kind in self.kinds if self.layout(kind, self.languages(kind)[0]).stage == "drafting"
        )

    def clauses(self, language: str) -> tuple[Clause, ...]:
        """Return every clause in a language, in the order they stand in a contract."""
        found = self._clauses.get(language)
        if found is None:
            by_id: dict[str, Clause] = {}
            for root in reversed(self._folders):
                for path in _toml_in(root / "clauses" / language) if _plain(language) else ():
                    by_id |= {clause.id: clause for clause in read_clauses(path, language)}
            in_order = sorted(by_id.values(), key=lambda clause: (clause.order, clause.id))
            found = self._clauses[language] = tuple(in_order)
        return found

    def _folder(self, kind: str, language: str) -> Path:
        if _plain(kind) and _plain(language):
            for root in self._folders:
                folder = root / "layouts" / kind / language
                if (folder / "manifest.toml").is_file():
                    return folder
        known = ", ".join(f"{k} ({', '.join(self.languages(k))})" for k in self.kinds)
        raise UnknownDocumentError(what=f"{kind} in {language}", known=known)

    def _read(self, folder: Path, kind: str, language: str) -> Layout:
        path = folder / "manifest.toml"
        said = checked(_Manifest, read_toml(path), source=str(path))
        try:
            body = (folder / "template.docx").read_bytes()
        except OSError as error:
            raise SystemFileError(path=folder / "template.docx", reason=error.strerror) from None
        if self._house:
            from workflow.documents.house import housed  # most organisations have none

            body = housed(body, self._house)
        shipped = folder.is_relative_to(_shipped_folder())
        return Layout(
            kind,
            language,
            said.version,
            said.stage,
            said.audience,
            said.title,
            tuple(said.fields),
            body,
            "shipped" if shipped else str(folder),
        )


@cache
def shipped() -> Library:
    """Return the library as it is shipped."""
    return Library()


@cache
def _shipped_folder() -> Path:
    return Path(str(files("contract_templates")))


def _folders_in(folder: Path) -> Iterable[Path]:
    return [entry for entry in folder.iterdir() if entry.is_dir()] if folder.is_dir() else []


def _toml_in(folder: Path) -> Iterable[Path]:
    return sorted(folder.glob("*.toml")) if folder.is_dir() else []


def _plain(name: str) -> bool:
    return name.replace("-", "").replace("+", "").isalnum() and name.isascii()
