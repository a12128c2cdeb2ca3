"""A bundle proves itself: whoever alters it is found by the verifier in it, and by stock tools.

`bundles` has the forger's tools. The verifier and the audit are independent of each other; where
both can see an alteration they have to give the same verdict.
"""

import ast
import importlib.util
import io
import json
import re
import shutil
import sys
import zipfile
from pathlib import Path

import pytest

from approvals.bundle import export, safe_name, save_bundle, zipped
from approvals.keys import generate_key, load_signer
from approvals.statements import DECISION
from workflow.errors import FileKeptError
from workflow.i18n import use_language
from workflow.reading import Reader


def _beside(name):
    full = f"assent_tests_{name}"
    if full not in sys.modules:
        spec = importlib.util.spec_from_file_location(full, Path(__file__).with_name(f"{name}.py"))
        sys.modules[full] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[full])
    return sys.modules[full]


bundles, forging = _beside("bundles"), _beside("forging")

REF = bundles.REF
WORDS = "責任上限過高，請改為百分之百。"
NASTY = "=cmd|'/c calc'!A1 </script><script>document.title=\"x\"</script> <!-- ../../x"

pytestmark = pytest.mark.skipif(
    not all(map(shutil.which, ("ssh-keygen", "jq", "openssl"))), reason="ssh-keygen, jq or openssl is missing"
)


@pytest.fixture(scope="module")
def office(found, sqlite, tmp_path_factory):
    """A store with one agreement that was returned, mended and approved, full of nasty texts."""
    folder = tmp_path_factory.mktemp("office")
    with found(sqlite, folder) as world:
        world.reply = folder / "..evil $(id) 回函;.eml"
        world.reply.write_text("We agree.", encoding="utf-8")
        terms = world.terms.model_copy(update={"title": f"客服 {NASTY[:60]}"})
        drafted = world.negotiated(terms).draft()
        drafted.submit(note=NASTY)
        forging.answer(world, REF, "dan", "conditions", forging.MUST)
        forging.close(world, REF, "F-1", "C-1", "grace", "附件二已補。")
        world.resolve_all(REF)
        world.decide(REF, "bob", reason="同意。\n但請追蹤。")
        world.clock.advance(days=2)
        world.decide(REF, "grace", "return", reason=WORDS, parts=("第九條",))
        world.workspace().get(REF).draft(terms.model_copy(update={"purpose": "另一目的。"})).submit()
        world.approve_all(world.resolve_all(REF))
        yield world


@pytest.fixture(scope="module")
def honest(office, tmp_path_factory):
    """A bundle as it was exported."""
    return bundles.exported(office.place, tmp_path_factory.mktemp("honest") / "bundle")


@pytest.fixture
def bundle(honest, tmp_path):
    """A bundle in the hands of a forger."""
    return bundles.copied(honest, tmp_path / "bundle")


def test_an_honest_bundle_fits_together(honest):
    checked = bundles.Checked(honest)

    assert checked.code == 0
    assert "fits together" in checked.said


def test_says_what_it_was_not_given(honest):
    said = bundles.Checked(honest).said

    for missing in ("--receipt", "--fingerprint", "no checkpoint", "README.txt, this program"):
        assert missing in said


def test_names_the_outside_facts_it_was_given(honest, office):
    case = office.case(REF)
    key = office.signer("alice").public_key.fingerprint

    checked = bundles.Checked(honest, "--receipt", f"{REF}#{case.seq}:{case.head}", "--fingerprint", key)

    assert checked.code == 0
    assert f"given from outside: receipt of {REF}#{case.seq}" in checked.said
    assert "given from outside: fingerprint" in checked.said
    assert "with --receipt" not in checked.said


def test_finds_another_first_administrator(honest, office):
    other = office.signer("bob").public_key.fingerprint

    assert bundles.Checked(honest, "--fingerprint", other).code == 5


def test_every_agreement_of_a_busy_store_fits_together(found, sqlite, tmp_path):
    with found(sqlite, tmp_path) as world:
        refs = forging.live(world)
        folder = bundles.exported(world.place, tmp_path / "bundle", *refs.values())

        checked = bundles.Checked(folder)

    assert (checked.code, checked.where) == (0, set())


def test_the_same_trail_gives_the_same_bytes(office):
    with Reader(office.place) as reader:
        first, again = (zipped(export(reader, refs)) for refs in ((REF,), (REF, REF)))

    assert first == again


def test_the_language_of_whoever_exports_changes_nothing(office, honest):
    use_language("zh-TW")
    try:
        with Reader(office.place) as reader:
            files = export(reader, [REF])
    finally:
        use_language("en")

    assert {name: (honest / name).read_bytes() for name in files} == files


def test_every_command_of_the_readme_passes(honest):
    assert len(bundles.commands(honest)) == 12
    assert not bundles.by_hand(honest)


def test_the_verifier_needs_nothing_but_an_old_python(honest):
    source = (honest / "verify.py").read_text(encoding="utf-8")

    tree = ast.parse(source, feature_version=(3, 9))

    imported = {
        name.name.partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for name in node.names
    } | {node.module.partition(".")[0] for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert imported <= sys.stdlib_module_names
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.Match)]
    # Python 3.9 has no X | None but in annotations, which it does not look at.
    noted = {
        inner
        for node in ast.walk(tree)
        for note in (getattr(node, "annotation", None), getattr(node, "returns", None))
        if note
        for inner in ast.walk(note)
    }
    unions = [
        node for node in ast.walk(tree) if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr)
    ]
    assert not [node.lineno for node in unions if node not in noted and "None" in ast.dump(node)]


def test_no_signature_unchecked_is_called_verified(honest, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")

    checked = bundles.Checked(honest)

    assert checked.code == 5
    assert "ssh-keygen was not found" in checked.said
    assert bundles.Checked(honest, "--without-signatures").code == 0


def test_no_name_leaves_the_folder(honest):
    for path in honest.rglob("*"):
        assert re.fullmatch(r"[\w.-]+", path.name), path
        assert not path.is_symlink()
    assert [path.name for path in (honest / "evidence").iterdir()] == ["5-evil___id__回函_.eml"]


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "C:\\x", "a/b", "..", "\u202egnp.exe", "x" * 300, "a\nb"]
)
def test_a_safe_name_is_one_name(name):
    safe = safe_name(name)

    assert not set(safe) & set("/\\:\n\u202e")
    assert not safe.startswith(".")
    assert len(safe) <= 80


def test_the_table_computes_nothing(honest):
    body = (honest / "events.csv").read_bytes()

    assert body.startswith(b"\xef\xbb\xbf")
    assert not re.search(rb'(?m)(^|,)"?[=+@-]', body)


def test_writes_nothing_over_what_is_there(honest, office):
    with Reader(office.place) as reader:
        files = export(reader, [REF])

    with pytest.raises(FileKeptError):
        save_bundle(files, honest)


def test_names_every_file_once(honest):
    manifest = json.loads((honest / "manifest.json").read_text(encoding="utf-8"))

    listed = [row["path"] for row in manifest["files"]]
    there = {path.relative_to(honest).as_posix() for path in honest.rglob("*") if path.is_file()}
    assert len(listed) == len(set(listed))
    assert set(listed) == there - {"manifest.json"}
    assert manifest["checkpoint"] is None


# What a forger can do to the files.


def _changed_byte(bundle):
    number = bundles.number_of(bundle, "approved")
    changed = bundles.lines(bundle)
    changed[number - 1] = changed[number - 1].replace(b'"actor":"bob"', b'"actor":"dan"')
    bundles.write_lines(bundle, changed)
    return f"{REF}#{number + 1}"


def _changed_byte_and_rest(bundle):
    number = bundles.number_of(bundle, "drafted")
    bundles.relinked(bundle, lambda bodies: bodies[number - 1].update(actor="bob"))
    return f"{REF}#{bundles.number_of(bundle, 'flag_resolved')}"


def _line_not_digested(bundle):
    changed = bundles.lines(bundle)
    changed[2] = changed[2].replace(b'"actor":"alice"', b'"actor":"carol"')
    bundles.write_lines(bundle, changed, digests=False)
    return f"{REF}#3"


def _removed_line(bundle):
    changed = bundles.lines(bundle)
    del changed[4]
    bundles.write_lines(bundle, changed)
    return f"{REF}#5"


def _removed_decision(bundle):
    number = bundles.number_of(bundle, "returned")
    bundles.relinked(bundle, lambda bodies: bodies.pop(number - 1))
    later = next(
        n
        for n, line in enumerate(bundles.lines(bundle), start=1)
        if n > number and json.loads(line)["type"] == "flag_resolved"
    )
    return f"{REF}#{later}"


def _reordered(bundle):
    changed = bundles.lines(bundle)
    changed[1], changed[2] = changed[2], changed[1]
    bundles.write_lines(bundle, changed)
    return f"{REF}#2"


def _not_canonical(bundle):
    changed = bundles.lines(bundle)
    changed[-1] = changed[-1].replace(b'{"actor":', b'{ "actor":')
    bundles.write_lines(bundle, changed)
    return f"{REF}#{len(changed)}"


def _swapped_documents(bundle):
    one, other = sorted((bundle / "documents").glob("*services*draft*"))[:2]
    body = one.read_bytes()
    one.write_bytes(other.read_bytes()[:-1] + b"\x01")
    other.write_bytes(body)
    drafted = [n for n, line in enumerate(bundles.lines(bundle), start=1) if b'"type":"drafted"' in line]
    return f"{REF}#{drafted[-1]}"


def _exchanged_names(bundle):
    one, other = sorted((bundle / "documents").glob("*services*draft*"))[:2]
    one.rename(bundle / "between")
    other.rename(one)
    (bundle / "between").rename(other)
    return "documents/"


def _second_copy(bundle):
    shutil.copyfile(next((bundle / "documents").glob("*r1-draft*")), bundle / "documents" / "final.docx")
    return "documents/final.docx"


def _extra_file(bundle):
    (bundle / "documents" / "annex.docx").write_bytes(b"PK an annex nobody signed")
    return "documents/annex.docx"


def _missing_file(bundle):
    next((bundle / "terms").iterdir()).unlink()
    return f"{REF}#"


def _altered_statement(bundle):
    number = bundles.number_of(bundle, "approved")
    path = bundle / f"statements/{REF}-{number}.txt"
    path.write_bytes(path.read_bytes().replace(b'decision: "approve"', b'decision: "reject"'))
    return f"{REF}#{number}"


def _no_statement(bundle):
    """Have a decision name some other digest for its statement, and leave the statement out."""
    number = bundles.number_of(bundle, "approved")

    def change(bodies):
        bodies[number - 1]["signed"] = {
            **bodies[number - 1]["signed"], "statement": bodies[1]["prev"], "signature": "junk",
        }  # fmt: skip

    bundles.relinked(bundle, change)
    for path in (bundle / "statements").glob(f"{REF}-{number}.txt*"):
        path.unlink()
    (bundle / "statements" / f"{REF}-{number}.txt.sig").write_text("junk")
    return f"{REF}#{number}"


def _hidden_words(bundle):
    """Move the first line of somebody's words into their salt."""
    path = bundle / "notes.json"
    notes = json.loads(path.read_text(encoding="utf-8"))
    digest, (salt, text) = next(
        (digest, said) for digest, said in notes.items() if said[1].startswith("同意。\n")
    )
    first, _, rest = text.partition("\n")
    notes[digest] = [f"{salt}\n{first}", rest]
    path.write_text(json.dumps(notes), encoding="utf-8")
    return REF


def _other_key(bundle):
    """Sign a changed statement with a key of the forger's own, and link everything anew."""
    import hashlib

    number = bundles.number_of(bundle, "approved")
    path = bundle / f"statements/{REF}-{number}.txt"
    generate_key(bundle.parent / "forger")
    signer = load_signer(bundle.parent / "forger", passphrase=None)
    signature = signer.sign(path.read_bytes(), namespace=DECISION)

    def change(bodies):
        bodies[number - 1]["signed"]["signature"] = signature

    bundles.relinked(bundle, change)
    path.with_suffix(".txt.sig").write_text(signature)
    assert hashlib.sha256(path.read_bytes()).hexdigest()
    return f"{REF}#{number}"


def _edited_signers(bundle):
    path = bundle / "allowed_signers"
    path.write_text(path.read_text().replace("bob ", "dan ", 1))
    return "allowed_signers"


def _edited_note(bundle):
    path = bundle / "notes.json"
    path.write_text(path.read_text(encoding="utf-8").replace(WORDS, "沒有意見。"), encoding="utf-8")
    return f"{REF}#{bundles.number_of(bundle, 'returned')}"


def _registry_entry_removed(bundle):
    changed = bundles.lines(bundle, "registry")
    bundles.relinked(bundle, lambda bodies: bodies.pop(), "registry")
    assert len(bundles.lines(bundle, "registry")) == len(changed) - 1
    return f"registry-{len(changed)}"


def _edited_table(bundle):
    path = bundle / "events.csv"
    path.write_bytes(path.read_bytes().replace(b",bob,", b",dan,", 1))
    return "events.csv"


def _other_page(bundle):
    path = bundle / f"{REF}.html"
    path.write_bytes(path.read_bytes().replace(b'\\"actor\\":\\"bob\\"', b'\\"actor\\":\\"dan\\"', 1))
    return f"{REF}.html"


def _link(bundle):
    path = bundle / "documents" / "link.docx"
    path.symlink_to("/etc/hostname")
    return "documents/link.docx"


#: With those the shell's recipe does not see, because it compares no meaning.
ALTERATIONS = [
    (_changed_byte, True),
    (_changed_byte_and_rest, True),
    (_line_not_digested, True),
    (_removed_line, True),
    (_removed_decision, True),
    (_reordered, True),
    (_not_canonical, False),
    (_swapped_documents, True),
    (_exchanged_names, False),
    (_second_copy, False),
    (_extra_file, True),
    (_missing_file, False),
    (_altered_statement, True),
    (_no_statement, True),
    (_hidden_words, True),
    (_other_key, True),
    (_edited_signers, True),
    (_edited_note, True),
    (_registry_entry_removed, False),
    (_edited_table, False),
    (_other_page, False),
    (_link, True),
]
NAMES = [change.__name__.strip("_") for change, _ in ALTERATIONS]


@pytest.mark.parametrize(("change", "by_hand"), ALTERATIONS, ids=NAMES)
def test_finds_what_a_forger_made_fit_again(bundle, change, by_hand):
    where = change(bundle)
    if change is not _link:
        bundles.refreshed(bundle)

    checked = bundles.Checked(bundle)

    assert checked.code == 5
    assert any(found.endswith(where) or where in found for found in checked.where), checked.said
    if by_hand:
        assert bundles.by_hand(bundle)


@pytest.mark.parametrize(("change", "_by_hand"), ALTERATIONS, ids=NAMES)
def test_finds_what_a_clumsy_forger_did_also_by_hand(bundle, change, _by_hand):
    change(bundle)

    assert bundles.Checked(bundle).code == 5
    assert bundles.by_hand(bundle)


@pytest.mark.parametrize("name", ["manifest.json", "notes.json", f"{REF}.html"])
def test_a_file_that_is_no_longer_readable_is_found_and_not_stumbled_over(bundle, name):
    (bundle / name).write_bytes(b"\xff\xfe" + b"[" * 100_000)

    assert bundles.Checked(bundle).code == 5


def test_a_manifest_that_names_other_places_reads_nothing_there(bundle):
    path = bundle / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    manifest["files"].append(
        {"path": "../../secret", "what": "record", "size": 0, "sha256": "", "named_by": []}
    )
    path.write_text(json.dumps(manifest), encoding="utf-8")

    checked = bundles.Checked(bundle)

    assert checked.code == 5
    assert "../../secret: it names a place outside the folder" in checked.said


# What the owner of the store can do before it is exported: the audit and the verifier agree.


@pytest.fixture
def copy(office, tmp_path):
    with forging.copied(office, {}, tmp_path / "copy.db") as copy:
        yield copy


def _both(copy, tmp_path):
    """Return where the audit and the verifier found something in the agreement's own events."""
    folder = bundles.exported(copy.place, tmp_path / "bundle")
    audited = {finding.event for finding in copy.findings() if finding.seq and finding.stream == REF}
    checked = bundles.Checked(folder)
    return audited, {place for place in checked.where if place.startswith(f"{REF}#")}, checked.code


def _edit_line(copy):
    copy.db.execute(
        "UPDATE event SET line = replace(line, 'alice', 'carol') WHERE seq = 3 AND stream = ?", (REF,)
    )


def _edit_content(copy):
    digest = copy.bodies(REF)[copy.last(REF, "drafted") - 1]["payload"]["terms"]
    copy.db.execute("UPDATE content SET body = ? WHERE sha256 = ?", (b"{}", digest))


def _edit_words(copy):
    digest = copy.bodies(REF)[copy.last(REF, "returned") - 1]["payload"]["reason"]
    copy.db.execute("UPDATE note SET text = 'x' WHERE digest = ?", (digest,))


def _remove_decision(copy):
    number = copy.last(REF, "condition_closed")
    copy.rewrite(REF, lambda bodies: bodies.pop(number - 1))


def _change_decider(copy):
    copy.edit(REF, copy.last(REF, "approved"), lambda body: body.update(actor="hana"))


def _unsign(copy):
    copy.edit(REF, copy.last(REF, "approved"), lambda body: body.pop("signed"))


def _move_in_time(copy):
    copy.edit(REF, copy.last(REF, "approved"), lambda body: body.update(at="2025-01-01T00:00:00Z"))


@pytest.mark.parametrize(
    "change",
    [_edit_line, _edit_content, _edit_words, _remove_decision, _change_decider, _unsign, _move_in_time],
)
def test_finds_in_the_bundle_what_the_audit_finds_in_the_store(copy, tmp_path, change):
    change(copy)

    audited, checked, code = _both(copy, tmp_path)

    assert code == 5
    assert audited
    assert checked & audited


def test_a_tail_that_was_cut_off_shows_only_where_a_receipt_was_kept(copy, tmp_path, office):
    case = office.case(REF)
    copy.cut(REF, case.seq - 1)

    folder = bundles.exported(copy.place, tmp_path / "bundle")

    assert copy.findings() == []
    assert bundles.Checked(folder).code == 0
    found = bundles.Checked(folder, "--receipt", f"{REF}#{case.seq}:{case.head}")
    assert found.code == 5
    assert "the event is gone" in found.said
    assert bundles.Checked(folder, "--receipt", f"{case.head[:4]}-{case.head[4:8]}").code == 5


# Withheld words.


@pytest.fixture(scope="module")
def redacted(office, tmp_path_factory):
    return bundles.exported(office.place, tmp_path_factory.mktemp("redacted") / "bundle", redact=True)


def _texts_of(folder):
    for path in folder.rglob("*"):
        if path.is_file():
            body = path.read_bytes()
            yield path, body
            if zipfile.is_zipfile(io.BytesIO(body)):
                with zipfile.ZipFile(io.BytesIO(body)) as package:
                    yield from ((path, package.read(name)) for name in package.namelist())


def test_withheld_words_stand_nowhere_in_the_bundle(redacted):
    for words in (WORDS, "附件二已補。", "但請追蹤。", forging.MUST.text):
        spellings = {words.encode(), json.dumps(words).strip('"').encode()}
        assert not [path for path, body in _texts_of(redacted) if any(each in body for each in spellings)]


def test_what_was_withheld_is_named_and_every_signature_still_verifies(redacted, honest):
    checked = bundles.Checked(redacted)

    assert checked.code == 0
    assert re.search(r"not checked: \d+ things that were withheld .*note", checked.said)
    assert sorted(path.name for path in (redacted / "statements").iterdir()) == sorted(
        path.name for path in (honest / "statements").iterdir()
    )


def test_the_contract_itself_is_never_withheld(redacted):
    assert sorted(path.name for path in (redacted / "documents").glob("*services*")) == [
        f"{REF}-services-r1-draft.docx",
        f"{REF}-services-r2-draft.docx",
        f"{REF}-services-r2-final.docx",
    ]


def test_a_statement_is_not_withheld_by_whoever_only_deletes_it(bundle):
    number = bundles.number_of(bundle, "approved")
    for path in (bundle / "statements").glob(f"{REF}-{number}.txt"):
        path.unlink()
    bundles.refreshed(bundle)

    checked = bundles.Checked(bundle)

    assert checked.code == 5
    assert f"{REF}#{number}: the statement it names" in checked.said


def test_a_broken_trail_is_exported_as_it_is(copy, tmp_path):
    copy.db.execute("UPDATE event SET line = 'not JSON' WHERE seq = 2 AND stream = ?", (REF,))

    folder = bundles.exported(copy.place, tmp_path / "bundle")

    assert bundles.lines(folder)[1] == b"not JSON"
    assert (folder / f"{REF}.html").exists()
    assert f"{REF}#2" in bundles.Checked(folder).where


def test_a_bundle_is_there_whole_or_not_at_all(office, tmp_path):
    with Reader(office.place) as reader:
        files = export(reader, [REF])
    (tmp_path / "file").write_text("in the way", encoding="utf-8")

    with pytest.raises(Exception, match="file"):
        save_bundle(files, tmp_path / "file" / "bundle")
    save_bundle(files, tmp_path / "bundle.zip")
    save_bundle(files, tmp_path / "bundle.zip")

    assert sorted(path.name for path in tmp_path.iterdir() if "bundle" in path.name) == ["bundle.zip"]
    with zipfile.ZipFile(tmp_path / "bundle.zip") as archive:
        assert sorted(archive.namelist()) == sorted(files)
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
