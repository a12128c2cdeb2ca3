"""Connections: how each database is opened, and how its tables are brought up to date."""

import sqlite3
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from workflow.errors import StoreUnavailableError
from workflow.migrations.views import install_views
from workflow.places import Place

#: How long a writer waits for another, in seconds.
PATIENCE = 30

# journal_mode=TRUNCATE with synchronous=FULL loses no acknowledged commit to a power cut;
# Python's default (DELETE) does, and WAL is corrupted by a bug of SQLite before 3.51.3.
# What is erased is to be gone from the file too.
_SQLITE_SETTINGS = ("journal_mode=TRUNCATE", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON")
_NETWORK_FILE_SYSTEMS = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "fuse.sshfs"})


def make_engine(place: Place) -> sa.Engine:
    """Return an engine whose every transaction is a writer's."""
    if place.path is None:
        url = place.url.replace("postgresql://", "postgresql+psycopg://", 1)
        return sa.create_engine(url, poolclass=NullPool)
    _refuse_network(place)
    engine = sa.create_engine(
        sa.URL.create("sqlite", database=str(place.path)),
        poolclass=NullPool,
        connect_args={"timeout": PATIENCE, "isolation_level": None},
    )
    sa.event.listen(engine, "connect", _set_up)
    # Left to itself the driver begins at the first write, and what was read before it is lost.
    sa.event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    return engine


def stored_version(engine: sa.Engine) -> str | None:
    """Return the version of the tables in a database; None where there are none of ours."""
    with engine.connect() as connection:
        if not sa.inspect(connection).has_table("alembic_version"):
            return None
        version: str | None = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
        return version


def is_blank(engine: sa.Engine) -> bool:
    """Tell whether a store may be made in a database: a file without any table, a schema without ours."""
    with engine.connect() as connection:
        tables = sa.inspect(connection).get_table_names()
        return not tables if engine.dialect.name == "sqlite" else "alembic_version" not in tables


def migrate(connection: sa.Connection) -> None:
    """Bring tables and views to this program's version, inside the caller's transaction."""
    from alembic import command  # half a second; only making and upgrading need it
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    install_views(connection)


def _set_up(connection: sqlite3.Connection, _record: Any) -> None:
    for setting in _SQLITE_SETTINGS:
        connection.execute(f"PRAGMA {setting}")


def _refuse_network(place: Place) -> None:
    """Raise where the file lies on a network file system, whose locks cannot be trusted."""
    mounts = Path("/proc/self/mounts")
    if place.path is None or not mounts.is_file():
        return
    folder = place.path.absolute().parent
    best, kind = Path("/"), ""
    for line in mounts.read_text(encoding="utf-8", errors="replace").splitlines():
        _, point, file_system, *_ = line.split()
        if folder.is_relative_to(point) and len(Path(point).parts) >= len(best.parts):
            best, kind = Path(point), file_system
    if kind in _NETWORK_FILE_SYSTEMS:
        raise StoreUnavailableError(
            place=place.shown, reason=f"{kind} is a network file system; its locks lose data"
        )
