"""Where a store is, and what to say when it cannot be reached. Imports no driver."""

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from workflow.errors import (
    NotOurStoreError,
    StoreMissingError,
    StoreNewerError,
    StoreOutdatedError,
    StoreUnavailableError,
    WorkflowError,
)
from workflow.i18n import mark

#: The migration this program's tables are at; older is upgraded, newer is refused.
SCHEMA_VERSION = "0003"
DEFAULT = "assent.db"

_DAMAGED = re.compile(
    r"not a database|malformed|no such table|does not exist|file is encrypted|no such column"
)


@dataclass(frozen=True, slots=True)
class Place:
    """A SQLite file or a PostgreSQL database."""

    path: Path | None
    url: str

    @property
    def sqlite(self) -> bool:
        """True for a file, False for a server."""
        return self.path is not None

    @property
    def shown(self) -> str:
        """The place as people may see it: without a password."""
        if self.path is not None:
            return str(self.path)
        try:
            parts = urlsplit(self.url)
        except ValueError:
            return "postgresql://?"
        return f"postgresql://{parts.hostname or ''}{parts.path}"

    def require_file(self) -> None:
        """Raise `StoreMissingError` unless the file is there; a server answers for itself."""
        if self.path is not None and not self.path.is_file():
            raise StoreMissingError(place=self.shown)

    def require_version(self, found: str | None) -> None:
        """Raise unless *found* is the version of the tables this program knows."""
        if found is None:
            raise NotOurStoreError(place=self.shown, reason=mark("it has none of our tables"))
        if not found.isdigit() or found > SCHEMA_VERSION:
            raise StoreNewerError(place=self.shown, found=found[:20])
        if found < SCHEMA_VERSION:
            raise StoreOutdatedError(place=self.shown, found=found, needed=SCHEMA_VERSION)

    def explain(self, error: Exception) -> WorkflowError:
        """Turn a driver's error into one of ours that says what to do."""
        reason = str(getattr(error, "orig", None) or error).strip().splitlines()
        text = reason[0] if reason else type(error).__name__
        if _DAMAGED.search(text):
            return NotOurStoreError(place=self.shown, reason=text)
        return StoreUnavailableError(place=self.shown, reason=text)


def find_place(given: str) -> Place:
    """Return the place *given* names: a ``postgresql://`` URL, or the path of a file."""
    if given.startswith(("postgresql://", "postgres://")):
        url = "postgresql://" + given.split("://", 1)[1]
        try:
            urlsplit(url).port  # noqa: B018 - raises where the address is none
        except ValueError:
            raise StoreUnavailableError(place="postgresql://?", reason=mark("it is no address")) from None
        return Place(None, url)
    path = given.removeprefix("sqlite:///") if given.startswith("sqlite:") else given
    if "://" in path:
        raise StoreMissingError(place=path.split("@")[-1])
    return Place(Path(path), f"sqlite:///{path}")
