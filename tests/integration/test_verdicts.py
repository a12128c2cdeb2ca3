"""The verifier in a bundle, its page and the recipe for the shell come to the same verdict.

Whoever owns the store alters it in one way of each kind, makes fit what fits without a key, and
exports it. What the page does not hold, the bytes of documents, its reader has to give it.
"""

import importlib.util
import shutil
import sys
from pathlib import Path

import pytest


def _beside(name):
    full = f"assent_tests_{name}"
    if full not in sys.modules:
        folder = Path(__file__).parents[1] if name == "chromium" else Path(__file__).parent
        spec = importlib.util.spec_from_file_location(full, folder / f"{name}.py")
        sys.modules[full] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[full])
    return sys.modules[full]


bundles, chromium, forging = _beside("bundles"), _beside("chromium"), _beside("forging")
REF = bundles.REF

pytestmark = [
    pytest.mark.skipif(not chromium.at_hand(), reason="Chromium is missing"),
    pytest.mark.skipif(
        not all(map(shutil.which, ("ssh-keygen", "jq", "openssl"))),
        reason="ssh-keygen, jq or openssl is missing",
    ),
]


@pytest.fixture(scope="module")
def office(found, sqlite, tmp_path_factory):
    """A store with an agreement that was returned and approved, and a checkpoint of it."""
    with found(sqlite, tmp_path_factory.mktemp("office")) as world:
        world.in_sign_off()
        world.decide(REF, "bob", reason="同意。")
        world.clock.advance(days=2)
        world.decide(REF, "grace", "return", reason="責任上限過高。")
        terms = world.terms.model_copy(update={"purpose": "另一目的。"})
        world.workspace().get(REF).draft(terms).submit()
        world.approve_all(world.resolve_all(REF))
        world.checkpoint()
        yield world


@pytest.fixture(scope="module")
def tab():
    with chromium.running() as browser:
        yield chromium.Page(browser)


@pytest.fixture
def copy(office, tmp_path):
    with forging.copied(office, {}, tmp_path / "copy.db") as copy:
        yield copy


def verdicts(tab, folder):
    """Return what verifier, shell and page say: whether it fits together."""
    tab.open(folder / f"{REF}.html", "lang=en")
    shown = tab.run("document.documentElement.dataset.verdict")
    return bundles.Checked(folder).code == 0, bundles.by_hand(folder) == "", shown == "ok"


def _line(copy):
    copy.db.execute(
        "UPDATE event SET line = replace(line, 'alice', 'carol') WHERE seq = 3 AND stream = ?", (REF,)
    )


def _digest(copy):
    copy.db.execute("UPDATE event SET hash = ? WHERE seq = 3 AND stream = ?", ("0" * 64, REF))


def _removed(copy):
    copy.db.execute("DELETE FROM event WHERE stream = ? AND seq = ?", (REF, copy.last(REF, "returned")))


def _doubled(copy):
    number = copy.last(REF, "approved")
    copy.db.execute(
        "INSERT INTO event SELECT stream, seq + 1, prev, hash, line FROM event WHERE stream = ? AND seq = ?",
        (REF, number),
    )


def _swapped(copy):
    number = copy.last(REF, "approved")
    for old, new in ((number, 999), (number - 1, number), (999, number - 1)):
        copy.db.execute("UPDATE event SET seq = ? WHERE stream = ? AND seq = ?", (new, REF, old))


def _tail(copy):
    copy.cut(REF, copy.last(REF, "approved") - 1)


def _decider(copy):
    copy.edit(REF, copy.last(REF, "approved"), lambda body: body.update(actor="hana"))


def _time(copy):
    copy.edit(REF, copy.last(REF, "approved"), lambda body: body.update(at="2025-01-01T00:00:00Z"))


def _signature(copy):
    def change(body):
        text = body["signed"]["signature"]
        body["signed"]["signature"] = text[:-70] + ("A" if text[-70] != "A" else "B") + text[-69:]

    copy.edit(REF, copy.last(REF, "approved"), change)


def _statement(copy):
    digest = copy.bodies(REF)[copy.last(REF, "approved") - 1]["signed"]["statement"]
    (body,) = copy.db.execute("SELECT body FROM content WHERE sha256 = ?", (digest,)).fetchone()
    altered = body.replace(b'"approve"', b'"reject "')
    copy.db.execute("UPDATE content SET body = ? WHERE sha256 = ?", (altered, digest))


def _words(copy):
    digest = copy.bodies(REF)[copy.last(REF, "returned") - 1]["payload"]["reason"]
    copy.db.execute("UPDATE note SET text = 'x' WHERE digest = ?", (digest,))


def _key(copy):
    kind = "ssh-ed25519 AAA"
    copy.db.execute(
        "UPDATE event SET line = replace(line, ?, ?) WHERE stream = 'registry'", (f"{kind}A", f"{kind}B")
    )


def _checkpoint(copy):
    copy.db.execute("UPDATE checkpoint SET body = replace(body, '=', 'A')")


def _sealed(copy):
    copy.db.execute(
        "UPDATE seal SET seq = 1 WHERE stream = ? AND seq = (SELECT max(seq) FROM seal WHERE stream = ?)",
        (REF, REF),
    )


def _sealer(copy):
    copy.db.execute("UPDATE checkpoint SET person = 'bob'")


CHANGES = (
    _line, _digest, _removed, _doubled, _swapped, _tail, _decider, _time, _signature, _statement, _words,
    _key, _checkpoint, _sealed, _sealer,
)  # fmt: skip


def test_an_honest_bundle_fits_together_for_all_of_them(office, tab, tmp_path):
    assert verdicts(tab, bundles.exported(office.place, tmp_path / "bundle")) == (True, True, True)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__.strip("_"))
def test_an_altered_one_does_not_for_any_of_them(copy, tab, tmp_path, change):
    change(copy)

    assert verdicts(tab, bundles.exported(copy.place, tmp_path / "bundle")) == (False, False, False)


def test_an_altered_document_is_none_of_the_agreements_for_any_of_them(office, tab, tmp_path):
    folder = bundles.exported(office.place, tmp_path / "bundle")
    (path,) = (folder / "documents").glob("*r2-final*")
    path.write_bytes(path.read_bytes() + b"\0")
    bundles.refreshed(folder)

    assert bundles.Checked(folder).code == 5
    assert bundles.by_hand(folder)
    tab.open(folder / f"{REF}.html", "lang=en")
    tab.choose("#file", path)
    tab.wait("document.querySelectorAll('#dropped li').length == 1")
    assert "none of the documents" in tab.read("#dropped li.bad")
