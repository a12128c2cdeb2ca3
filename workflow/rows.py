"""Rows through the database's own driver: all at once, or one after the other, as of one moment."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol, Self

from workflow.errors import StoreUnavailableError
from workflow.i18n import mark
from workflow.places import Place

Row = dict[str, Any]

#: How long a reader waits for a writer who is just committing, in seconds.
PATIENCE = 30.0


class _Connection(Protocol):
    def execute(self, query: Any, params: Any = ..., /) -> Any: ...

    @property
    def cursor(self) -> Any: ...

    def close(self) -> None: ...


class RowReader:
    """A database opened for reading, that gives rows as plain dictionaries."""

    def __init__(self, place: Place, *, patience: float = PATIENCE) -> None:
        place.require_file()
        self.place, self._cursors = place, 0
        with self._explained():
            self._connection = _connect(place, patience)
            try:
                place.require_version(self._version())
            except BaseException:
                self._connection.close()
                raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Release the connection."""
        self._connection.close()

    def rows(self, query: str, **params: object) -> list[Row]:
        """Run a query with ``:name`` places and return its rows."""
        with self._explained():
            cursor = self._connection.execute(self._in_its_words(query), params)
            names = [column[0] for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def each(self, query: str, *, at_once: int = 500, **params: object) -> Iterator[Row]:
        """Yield the rows of a query, never holding more than some; only inside a `snapshot`."""
        with self._explained():
            cursor = self._cursor()
            try:
                cursor.execute(self._in_its_words(query), params)
                names = [column[0] for column in cursor.description]
                while rows := cursor.fetchmany(at_once):
                    for row in rows:
                        yield dict(zip(names, row, strict=True))
            finally:
                cursor.close()

    @contextmanager
    def snapshot(self, shared: str = "") -> Iterator[None]:
        """See one moment for the length of a ``with``, whatever others write meanwhile.

        *shared* is what `share` of another process returned: both then see the same moment.
        """
        begin = "BEGIN" if self.place.sqlite else "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
        with self._explained():
            self._connection.execute(begin)
        try:
            if shared:
                self._require_same(shared)
            yield
        finally:
            with self._explained():
                self._connection.execute("ROLLBACK")

    def share(self) -> str:
        """Return by what other processes see the moment of this `snapshot`; empty where they cannot.

        While somebody reads a file nobody can change it, unless its journal is a write-ahead log.
        """
        if not self.place.sqlite:
            return str(self.rows("SELECT pg_export_snapshot() AS name")[0]["name"])
        self.rows("SELECT count(*) FROM meta")  # from the first read on it is held
        ahead = self.rows("PRAGMA journal_mode")[0]["journal_mode"] == "wal"
        return "" if ahead else self._file()

    def _require_same(self, shared: str) -> None:
        if not self.place.sqlite:
            with self._explained():
                self._connection.execute(f"SET TRANSACTION SNAPSHOT '{shared}'")
        elif self._file() != shared:
            raise StoreUnavailableError(place=self.place.shown, reason=mark("it is another file by now"))

    def _file(self) -> str:
        """Return what tells the file from one that is put in its place."""
        try:
            found = self.place.path.stat() if self.place.path else None
        except OSError:
            found = None
        return f"{found.st_dev} {found.st_ino}" if found else ""

    def _in_its_words(self, query: str) -> str:
        return query if self.place.sqlite else re.sub(r"(?<!:):(\w+)", r"%(\1)s", query)

    def _cursor(self) -> Any:
        if self.place.sqlite:
            return self._connection.cursor()
        # A cursor of the server's own: the driver's would fetch everything first.
        self._cursors += 1
        return self._connection.cursor(f"rows_{self._cursors}")

    def _version(self) -> str | None:
        try:
            row = self._connection.execute("SELECT version_num FROM alembic_version").fetchone()
            return str(row[0]) if row else None
        except Exception as error:
            if re.search(r"no such table|does not exist", str(error)):
                return None
            raise

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Turn a driver's error into one of ours."""
        try:
            yield
        except (sqlite3.Error, UnicodeDecodeError) as error:
            raise self.place.explain(error) from None
        except Exception as error:
            # psycopg is only there where it is installed, so its errors are known by their home.
            if type(error).__module__.partition(".")[0] == "psycopg":
                raise self.place.explain(error) from None
            raise


def _connect(place: Place, patience: float) -> _Connection:
    if place.path is not None:
        # Not read-only: after a crash the first reader has to roll the journal back.
        connection = sqlite3.connect(f"{place.path.absolute().as_uri()}?mode=rw", uri=True, timeout=patience)
        connection.execute("PRAGMA query_only = ON")
        # A damaged byte is something to report, not a reason to stop reading.
        connection.text_factory = lambda raw: raw.decode(errors="replace")
        return connection
    try:
        import psycopg
    except ImportError:
        reason = mark("its driver is not installed: pip install 'assent[postgres]'")
        raise StoreUnavailableError(place=place.shown, reason=reason) from None
    return psycopg.connect(place.url, autocommit=True)
