"""A bundle shows that its events are among all of the store's, and goes on from what somebody kept."""

import importlib.util
import json
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from approvals.checkpoints import Checkpoint, SignedCheckpoint, cosigned
from approvals.statements import CHECKPOINT


def _beside(name):
    full = f"assent_tests_{name}"
    if full not in sys.modules:
        spec = importlib.util.spec_from_file_location(full, Path(__file__).with_name(f"{name}.py"))
        sys.modules[full] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[full])
    return sys.modules[full]


bundles = _beside("bundles")
REF = bundles.REF

pytestmark = pytest.mark.skipif(
    not all(map(shutil.which, ("ssh-keygen", "jq", "openssl"))), reason="ssh-keygen, jq or openssl is missing"
)


@pytest.fixture(scope="module")
def office(found, sqlite, tmp_path_factory):
    """A store with an approved agreement, others beside it, and three checkpoints that people kept."""
    with found(sqlite, tmp_path_factory.mktemp("office")) as world:
        world.negotiated()
        kept = [world.checkpoint()]
        world.approved()
        kept.append(world.checkpoint("alice"))
        for _ in range(3):
            world.negotiated()
        kept.append(world.checkpoint())
        world.kept = kept
        yield world


@pytest.fixture(scope="module")
def honest(office, tmp_path_factory):
    return bundles.exported(office.place, tmp_path_factory.mktemp("honest") / "bundle", REF, "AGR-2026-0002")


@pytest.fixture
def bundle(honest, tmp_path):
    return bundles.copied(honest, tmp_path / "bundle")


@pytest.fixture
def files(office, tmp_path):
    """The checkpoints as they were kept elsewhere, the oldest first."""
    paths = [tmp_path / f"kept-{number}.txt" for number in range(len(office.kept))]
    for path, note in zip(paths, office.kept, strict=True):
        path.write_bytes(note.body)
    return paths


def manifest(bundle):
    return json.loads((bundle / "manifest.json").read_text(encoding="utf-8"))


def edited(bundle, change):
    """Change what the manifest says of the checkpoint."""
    said = manifest(bundle)
    change(said["checkpoint"])
    (bundle / "manifest.json").write_text(json.dumps(said), encoding="utf-8")


def test_every_chain_of_it_is_in_the_checkpoint(honest, office, files):
    checked = bundles.Checked(honest, *(word for path in files for word in ("--checkpoint", str(path))))

    assert checked.code == 0, checked.said
    assert {proof["stream"] for proof in manifest(honest)["checkpoint"]["proofs"]} == {
        "registry", REF, "AGR-2026-0002",
    }  # fmt: skip
    assert checked.said.count("given from outside: the checkpoint of") == 3
    assert bundles.by_hand(honest) == ""


def test_without_one_kept_elsewhere_it_says_what_is_missing(honest):
    assert "give a checkpoint kept elsewhere" in bundles.Checked(honest).said


def test_the_same_trail_gives_the_same_bytes(honest, office, tmp_path):
    again = bundles.exported(office.place, tmp_path / "again", REF, "AGR-2026-0002")

    assert (again / "manifest.json").read_bytes() == (honest / "manifest.json").read_bytes()


def test_says_how_many_events_are_newer_than_the_checkpoint(found, sqlite, tmp_path):
    with found(sqlite, tmp_path) as world:
        world.checkpoint()
        world.negotiated()
        checked = bundles.Checked(bundles.exported(world.place, tmp_path / "bundle"))

    assert checked.code == 0
    assert "5 events that are newer than the checkpoint" in checked.said


def _line(bundle):
    bundles.relinked(bundle, lambda bodies: bodies[0]["payload"].update(title="另一個"))
    return REF


def _proof(bundle):
    edited(bundle, lambda said: said["proofs"][0]["path"].reverse())
    return "AGR-2026-0001"


def _place(bundle):
    edited(bundle, lambda said: said["proofs"][0].update(index=said["proofs"][0]["index"] + 1))
    return "AGR-2026-0001"


def _longer(bundle):
    edited(bundle, lambda said: said["proofs"][0].update(seq=99))
    return "AGR-2026-0001"


def _root(bundle):
    path = bundle / "checkpoints" / f"{manifest(bundle)['checkpoint']['size']}.txt"
    note = SignedCheckpoint.read(path.read_bytes(), name=path)
    other = Checkpoint(note.checkpoint.origin, note.checkpoint.size, bytes(32))
    path.write_bytes(replace(note, checkpoint=other).body)
    return "checkpoint"


def _signer(bundle):
    edited(bundle, lambda said: said.update(person="bob"))
    return "checkpoint"


def _time(bundle):
    edited(bundle, lambda said: said.update(at="2020-01-01T00:00:00Z"))
    return "checkpoint"


@pytest.mark.parametrize(
    "change", [_line, _proof, _place, _longer, _root, _signer, _time], ids=lambda f: f.__name__.strip("_")
)
def test_what_a_forger_made_fit_again_is_not_in_it(bundle, change):
    where = change(bundle)
    bundles.refreshed(bundle)

    checked = bundles.Checked(bundle)

    assert checked.code == 5
    assert "xx   these events are in the checkpoint" in checked.said
    assert where in checked.said
    assert bundles.by_hand(bundle)


def test_another_root_signed_by_who_may_is_not_what_somebody_kept(bundle, office, files):
    """A forger with the sealer's own key writes a checkpoint of another trail."""
    path = bundle / "checkpoints" / f"{manifest(bundle)['checkpoint']['size']}.txt"
    note = SignedCheckpoint.read(path.read_bytes(), name=path)
    other = Checkpoint(note.checkpoint.origin, note.checkpoint.size, bytes(32))
    signature = office.signer("alice").sign(cosigned(other, note.at), namespace=CHECKPOINT)
    path.write_bytes(SignedCheckpoint(other, note.at, signature).body)
    bundles.refreshed(bundle)

    for kept in files:
        assert f"{kept}: the bundle's checkpoint does not go on from it" in (
            bundles.Checked(bundle, "--checkpoint", str(kept)).said
        )


def test_one_kept_later_shows_that_the_bundle_is_older(honest, office, files):
    newest = office.kept[-1]
    later = Checkpoint(newest.checkpoint.origin, newest.checkpoint.size + 1, newest.checkpoint.root)
    files[0].write_bytes(replace(newest, checkpoint=later).body)

    assert (
        "was cut off, or the bundle is older" in bundles.Checked(honest, "--checkpoint", str(files[0])).said
    )


@pytest.mark.parametrize("said", [b"", b"hello", b"\xff\xfe\x00"])
def test_what_is_no_checkpoint_is_none(honest, tmp_path, said):
    (tmp_path / "kept.txt").write_bytes(said)

    checked = bundles.Checked(honest, "--checkpoint", str(tmp_path / "kept.txt"))

    assert checked.code == 5
    assert "there is no checkpoint in it" in checked.said
