"""What every test may ask for: places for a store on both databases, and a founded world.

With ASSENT_CI=1 a test that is skipped fails with its reason: on the build machine everything
is there, so nothing may be left out in silence.
"""

import importlib.util
import os
import shutil
import sys
import uuid
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from workflow.places import find_place

DATA = Path(__file__).parent / "data"


def _in_memory():
    """Return where tests write without waiting for a disk, which every commit of a store does."""
    place = Path("/dev/shm")
    if not place.is_dir() or not os.access(place, os.W_OK) or shutil.disk_usage(place).free < 4 << 30:
        return None
    return None if os.statvfs(place).f_flag & os.ST_NOEXEC else str(place)


if _in_memory():
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", _in_memory())

# Files that take long though they have few tests: begun first, so that no core waits for one at the end.
LONG = (
    "test_crash.py", "test_real_agreements.py", "test_concurrency.py", "test_walks.py", "test_model.py",
    "test_audit.py", "test_traps.py",
)  # fmt: skip


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: LONG.index(item.path.name) if item.path.name in LONG else len(LONG))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    return _refuse_skip((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector):
    return _refuse_skip((yield))


def _refuse_skip(report):
    if report.skipped and not hasattr(report, "wasxfail") and os.environ.get("ASSENT_CI") == "1":
        reason = report.longrepr[-1] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome, report.longrepr = "failed", f"skipped, and ASSENT_CI=1 allows no skips: {reason}"
    return report


def _beside(name):
    """Import a helper that lies beside this file; the tests are no package to import it from."""
    full = f"assent_tests_{name}"
    if full not in sys.modules:
        spec = importlib.util.spec_from_file_location(full, Path(__file__).with_name(f"{name}.py"))
        sys.modules[full] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[full])
    return sys.modules[full]


class Files:
    """SQLite: a store is a file."""

    def __init__(self, folder):
        self._founded = folder / "founded.db"

    @contextmanager
    def empty(self, folder):
        """Give a place where no store is yet."""
        yield find_place(str(folder / "assent.db"))

    @contextmanager
    def founded(self, folder, found):
        """Give a place with a founded store; *found* makes the first, the others are copies of it."""
        if not self._founded.exists():
            found(find_place(str(self._founded)))
        with self.empty(folder) as place:
            shutil.copyfile(self._founded, place.path)
            yield place


class Databases:
    """PostgreSQL: a store is a database on the session's server."""

    def __init__(self, server):
        self._server, self._founded = server, ""

    @contextmanager
    def empty(self, folder, template="template1"):
        """Give a place where no store is yet."""
        name = f"assent_{uuid.uuid4().hex[:16]}"
        self._server.create(name, template=template)
        try:
            yield find_place(self._server.url(name))
        finally:
            self._server.drop(name)

    @contextmanager
    def founded(self, folder, found):
        """Give a place with a founded store; *found* makes the first, the others are copies of it."""
        if not self._founded:
            name = f"assent_{uuid.uuid4().hex[:16]}"
            self._server.create(name)
            found(find_place(self._server.url(name)))
            self._founded = name
        with self.empty(folder, template=self._founded) as place:
            yield place

    def close(self):
        """Remove what the copies were made of."""
        if self._founded:
            self._server.drop(self._founded)


@pytest.fixture(scope="session")
def sqlite(tmp_path_factory):
    """Stores in files."""
    return Files(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgresql():
    """Stores on a server that runs for the session; skips, saying why, where there is none."""
    postgres = _beside("postgres")
    try:
        with postgres.running() as server, closing(Databases(server)) as databases:
            yield databases
    except postgres.Unavailable as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def database(request):
    """Each database in turn."""
    return request.getfixturevalue(request.param)


@pytest.fixture
def place(database, tmp_path):
    """A place for a store, where there is none yet, on each database in turn."""
    with database.empty(tmp_path) as place:
        yield place


@pytest.fixture(scope="session")
def beside():
    """A function that imports a helper of tests/ by its name."""
    return _beside


@pytest.fixture
def clock():
    """A clock that stands still until it is set."""
    return _beside("world").Clock()


@pytest.fixture(scope="session")
def keys(tmp_path_factory):
    """The folder with everyone's key file, called after the person; no passphrase."""
    folder = tmp_path_factory.mktemp("keys")
    _beside("world").make_keys(folder)
    return folder


@pytest.fixture(scope="session")
def terms():
    """Valid terms with two risky facts: personal data, and a cap of 150 % of the price."""
    from workflow.terms import Terms

    return Terms.load(DATA / "terms.toml")


@pytest.fixture(scope="session")
def schema():
    """What the schema of WordprocessingML holds against a DOCX; skips, saying why, where it is not there."""
    schemas = _beside("schemas")
    if not schemas.at_hand():
        pytest.skip("ASSENT_OOXML_XSD names no folder with the schema of WordprocessingML, wml.xsd")
    return schemas.faults


@pytest.fixture(scope="session")
def found(keys, terms):
    """A function that gives, for a ``with``, a founded store on a database; see tests/world.py."""
    helpers = _beside("world")
    signers = helpers.read_keys(keys)

    @contextmanager
    def found(database, folder, clock=None):
        with (
            database.founded(
                folder, lambda place: helpers.found_world(place, signers, clock=helpers.Clock())
            ) as place,
            closing(helpers.World(place, signers, terms, clock or helpers.Clock(), folder, keys)) as world,
        ):
            yield world

    return found


@pytest.fixture
def world(found, database, tmp_path, clock):
    """A founded store with its people and their keys, on each database in turn."""
    with found(database, tmp_path, clock) as world:
        yield world


@pytest.fixture
def sqlite_world(found, sqlite, tmp_path, clock):
    """A founded store in a file, for what does not depend on the database."""
    with found(sqlite, tmp_path, clock) as world:
        yield world


@pytest.fixture
def postgresql_world(found, postgresql, tmp_path, clock):
    """A founded store on PostgreSQL, for what only it has."""
    with found(postgresql, tmp_path, clock) as world:
        yield world
