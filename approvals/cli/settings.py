"""Where the store is, who acts, in which language: flags, then environment, then files.

The nearest ``assent.toml`` upwards from the current folder may name ``db``, ``person``,
``policy``, ``keys`` and ``holidays``, a file of days on which the office rests or works against
the calendar; ``library``, a folder of the organisation's own layouts and clauses; ``sealer``, whose
key in ``keys`` signs checkpoints when they are due, and ``checkpoints``, a folder that each is also
written to. ``[mail]`` says with ``from`` which address messages to the other side come from,
``[house]`` how documents look (see ``workflow.documents.house``). Relative paths in it start from its
own folder.
"""

import os
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workflow.errors import InvalidInputError, NobodyActsError
from workflow.i18n import mark, translate
from workflow.places import DEFAULT, Place, find_place

if TYPE_CHECKING:
    from approvals.policy import Policy
    from approvals.submission import PolicyRules
    from workflow.documents.catalogue import Library
    from workflow.documents.house import House
    from workflow.drafting import Workspace
    from workflow.events import Event
    from workflow.office import QuickCalendar
    from workflow.reading import Reader
    from workflow.store import Store

CONFIG = "assent.toml"


@dataclass(frozen=True)
class Settings:
    """What a command was told, from wherever it was said."""

    db: str
    actor: str
    as_json: bool
    no_input: bool
    keys: Path
    policy: Path | None
    holidays: Path | None
    own_library: Path | None
    sealer: str
    checkpoints: Path | None
    witnessed: Path
    cache: Path
    folder: Path = Path()
    tables: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def sender(self) -> str:
        """The address that messages to the other side come from; empty where it is the mail program's."""
        said = self.tables.get("mail", {}).get("from", "")
        if not said:
            return ""
        from approvals.messages import mailbox

        return mailbox("", said).addr_spec

    @cached_property
    def house(self) -> "House | None":
        """How the organisation's documents look; None where nothing is said of it."""
        said = self.tables.get("house")
        if not said:
            return None
        from workflow.documents.house import House

        return House.read(said, folder=self.folder, source=str(self.folder / CONFIG))

    @property
    def place(self) -> Place:
        """Where the store is."""
        return find_place(self.db)

    @property
    def person(self) -> str:
        """Who acts, or raise `NobodyActsError`."""
        if not self.actor:
            raise NobodyActsError()
        return self.actor

    def reader(self) -> "Reader":
        """Open the store for reading."""
        from workflow.reading import Reader

        return Reader(self.place)

    def store(self) -> "Store":
        """Open the store for writing."""
        from workflow.store import Store

        store = Store.open(self.place, library=self.library)
        # Where the folder is another's, there is no key of ours.
        if os.path.isfile(self.keys / self.sealer):  # noqa: PTH113 - is_file() raises there
            store.follow = self._checkpoint
        return store

    def _checkpoint(self, store: "Store", events: "Sequence[Event]") -> None:
        """Make a checkpoint where one is due."""
        from approvals.cli.checkpoint import follow

        follow(self, store, events)

    def workspace(self) -> "Workspace":
        """Open the store for the person who acts, under the policy that is set."""
        from workflow.drafting import Workspace

        return Workspace(self.store(), self.person, self.rules)

    @cached_property
    def rules(self) -> "PolicyRules":
        """The rules in force in the store; those of the policy that is set must be the same."""
        from approvals.submission import rules

        return rules(self.policy, self.overrides)

    @cached_property
    def library(self) -> "Library":
        """The layouts and clauses: the organisation's own, and ours where it has none."""
        from workflow.documents.catalogue import Library, shipped
        from workflow.errors import SystemFileError

        if self.own_library is None:
            return Library(house=self.house) if self.house else shipped()
        if not self.own_library.is_dir():
            raise SystemFileError(path=self.own_library, reason=translate(mark("there is no such folder")))
        return Library(self.own_library, house=self.house)

    @cached_property
    def own_policy(self) -> "Policy":
        """The policy file that is set, or the shipped one."""
        from approvals.policy import DEFAULT_POLICY, load_policy

        return load_policy(self.policy or DEFAULT_POLICY)

    @cached_property
    def overrides(self) -> Mapping[date, bool]:
        """The organisation's own exceptions from the calendar."""
        from workflow.office import read_overrides

        return read_overrides(self.holidays) if self.holidays else {}

    @cached_property
    def calendar(self) -> "QuickCalendar":
        """The days our own people work, for commands that only look."""
        from workflow.office import QuickCalendar

        return QuickCalendar(self.cache, self.overrides)


def read_settings(given: Mapping[str, Any]) -> Settings:
    """Put together what the flags, the environment and the nearest file say."""
    said, tables, folder = _nearest_file()
    db = given["db"] or os.environ.get("ASSENT_DB") or _beside(folder, said.get("db")) or DEFAULT
    keys = os.environ.get("ASSENT_KEYS") or _beside(folder, said.get("keys"))
    policy, holidays, checkpoints, library = (
        _beside(folder, said.get(name)) for name in ("policy", "holidays", "checkpoints", "library")
    )
    return Settings(
        db=str(db),
        actor=given["person"] or os.environ.get("ASSENT_PERSON") or said.get("person", ""),
        as_json=bool(given["as_json"]),
        no_input=bool(given["no_input"] or os.environ.get("ASSENT_NO_INPUT")),
        keys=Path(keys) if keys else _config_home() / "keys",
        policy=Path(policy) if policy else None,
        holidays=Path(holidays) if holidays else None,
        own_library=Path(library) if library else None,
        sealer=os.environ.get("ASSENT_SEALER") or said.get("sealer", "sealer"),
        checkpoints=Path(checkpoints) if checkpoints else None,
        witnessed=_config_home() / "witnessed",
        cache=_home_for("XDG_CACHE_HOME", "LOCALAPPDATA", ".cache"),
        folder=folder,
        tables=tables,
    )


_Tables = Mapping[str, Mapping[str, Any]]
# What each table may say; the values of [house] are checked where they are used.
_TABLES: Mapping[str, tuple[str, ...]] = {
    "mail": ("from",),
    "house": ("name", "logo", "font", "font_chinese", "header", "footer", "accent"),
}


def _nearest_file() -> tuple[Mapping[str, str], _Tables, Path]:
    try:
        here = Path.cwd()
    except FileNotFoundError:  # it was removed while we stood in it
        return {}, {}, Path()
    for folder in (here, *here.parents):
        path = folder / CONFIG
        if path.is_file():
            return *_read(path), folder
    return {}, {}, here


def _read(path: Path) -> tuple[Mapping[str, str], _Tables]:
    known = ("db", "person", "policy", "keys", "holidays", "library", "sealer", "checkpoints")
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        problem = translate(mark("cannot be read: {reason}")).format(reason=error)
        raise InvalidInputError(str(path), [problem]) from None
    odd = []
    tables = {name: said.pop(name) for name in _TABLES if isinstance(said.get(name), dict)}
    for place, table, names in (("", said, known), *((f"{n}.", t, _TABLES[n]) for n, t in tables.items())):
        text = translate(mark("{key}: is not one of {known}, or is not text"))
        odd += [
            text.format(key=f"{place}{key}", known=", ".join(names))
            for key, value in table.items()
            if key not in names or not isinstance(value, str)
        ]
    if odd:
        raise InvalidInputError(str(path), odd)
    return said, tables


def _beside(folder: Path, path: str | None) -> str:
    if not path or "://" in path:
        return path or ""
    return str(folder / path)


def _config_home() -> Path:
    return _home_for("XDG_CONFIG_HOME", "APPDATA", ".config")


def _home_for(variable: str, on_windows: str, otherwise: str) -> Path:
    home = os.environ.get(variable) or (os.environ.get(on_windows) if os.name == "nt" else "")
    return (Path(home) if home else Path.home() / otherwise) / "assent"
