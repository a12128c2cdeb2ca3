"""Who signed what, as OpenSSH sees it, and what comes of signing for somebody else."""

import shutil
import sqlite3
import subprocess
from contextlib import closing

import pytest

from approvals.statements import DECISION, REGISTRY
from workflow.ledger import Entry, link

pytestmark = pytest.mark.skipif(
    not shutil.which("ssh-keygen"), reason="OpenSSH, the oracle, is not installed"
)


def rows(cli, query, *places):
    with closing(sqlite3.connect(cli.folder / "assent.db")) as connection:
        return connection.execute(query, places).fetchall()


def statement_of(cli, event):
    return rows(cli, "SELECT body FROM content WHERE sha256 = ?", event["signed"]["statement"])[0][0]


def ssh_keygen_accepts(cli, event, body, namespace):
    """Ask OpenSSH, which knows nothing of us but the registered public keys."""
    people = rows(cli, "SELECT person, public FROM key ORDER BY person")
    allowed = cli.write("allowed_signers", "".join(f"{person} {public}\n" for person, public in people))
    signature = cli.write("signature", event["signed"]["signature"])
    command = [
        "ssh-keygen",
        "-Y",
        "verify",
        "-f",
        allowed,
        "-I",
        event["actor"],
        "-n",
        namespace,
        "-s",
        signature,
    ]
    return subprocess.run(command, input=body, capture_output=True, check=False, timeout=30).returncode == 0


def signed(cli, *ref):
    return [event for event in cli.json("audit", "log", *ref)["events"] if "signed" in event]


@pytest.fixture
def of_every_kind(in_sign_off, ways):
    """An office where every kind of decision was made at least once."""
    in_sign_off("return", "1", "--reason", "費用過高。", "--part", "price", "--yes", person="bob")
    in_sign_off("draft", "1", "--terms", "changed.toml")
    in_sign_off("submit", "1")
    ways.review(in_sign_off)
    in_sign_off("approve", "1", "--yes", person="bob")
    in_sign_off("reject", "1", "--reason", "不與此公司往來。", "--yes", person="grace")
    return in_sign_off


def test_openssh_accepts_every_decision(of_every_kind):
    decisions = signed(of_every_kind, "1")

    assert {event["type"] for event in decisions} == {
        "approved",
        "returned",
        "rejected",
        "flag_resolved",
        "condition_closed",
    }
    for event in decisions:
        body = statement_of(of_every_kind, event)
        assert ssh_keygen_accepts(of_every_kind, event, body, DECISION), event
        assert not ssh_keygen_accepts(of_every_kind, event, body + b" ", DECISION)
        assert not ssh_keygen_accepts(of_every_kind, event, body, REGISTRY)


def test_openssh_accepts_every_change_of_the_registry(founded):
    changes = signed(founded)

    assert {event["type"] for event in changes} == {
        "organisation_named",
        "person_added",
        "role_granted",
        "key_added",
        "policy_adopted",
    }
    for event in changes:
        assert ssh_keygen_accepts(founded, event, statement_of(founded, event), REGISTRY), event


def test_a_statement_reads_as_what_was_decided(of_every_kind):
    returned = next(event for event in signed(of_every_kind, "1") if event["type"] == "returned")

    lines = statement_of(of_every_kind, returned).decode().splitlines()

    assert 'decision: "return"' in lines
    assert f'reason: "{returned["payload"]["reason"]}"' in lines
    assert 'parts: "price"' in lines
    assert 'person: "bob"' in lines


# Signing for somebody else.


def test_ones_own_key_does_not_sign_for_another(in_sign_off):
    in_sign_off.refuses("W037", 4, "approve", "1", "--key", "keys/lena", "--yes", person="bob")


def test_a_key_nobody_registered_signs_for_nobody(in_sign_off):
    in_sign_off("key", "new", "--out", "stranger", person="bob")

    in_sign_off.refuses("W037", 4, "approve", "1", "--key", "stranger", "--yes", person="bob")


def test_an_administrators_key_decides_nothing_for_others(in_sign_off):
    in_sign_off.refuses("W037", 4, "approve", "1", "--key", "keys/alice", "--yes", person="bob")


def test_an_experts_opinion_is_signed_by_the_expert(in_review, ways):
    flag = ways.flag_of(in_review, "legal")
    said = ("--conclusion", "clear", "--reason", "無意見。", "--key", "keys/bob", "--yes")

    in_review.refuses("W037", 4, "flag", "resolve", "1", flag, *said, person="lena")


def test_a_change_of_the_registry_is_signed_by_an_administrator(founded):
    founded.refuses("W037", 4, "people", "add", "eve", "--name", "Eve", "--key", "keys/bob", person="alice")
    founded.refuses("W030", 4, "people", "role", "bob", "gm", "--key", "keys/bob", person="bob")
    founded.refuses("W030", 4, "key", "add", "lena", "--public-key", "keys/bob.pub", person="bob")


def test_a_key_that_was_revoked_decides_nothing(in_sign_off):
    key = fingerprint(in_sign_off, "bob")
    in_sign_off("key", "revoke", "bob", key, person="alice")

    in_sign_off.refuses("W036", 4, "approve", "1", "--yes", person="bob")


def test_what_a_key_signed_before_it_was_revoked_stays_good(approved):
    approved("key", "revoke", "bob", fingerprint(approved, "bob"), person="alice")

    assert approved.json("audit", "verify")["ok"]


def test_a_new_key_takes_the_place_of_the_revoked_one(in_sign_off):
    in_sign_off("key", "revoke", "bob", fingerprint(in_sign_off, "bob"), person="alice")
    in_sign_off("key", "new", "--out", "bob2", person="bob")
    in_sign_off("key", "add", "bob", "--public-key", "bob2.pub", person="alice")

    in_sign_off("approve", "1", "--key", "bob2", "--yes", person="bob")

    assert in_sign_off.json("show", "1")["seats"][0]["given"] == 1
    assert in_sign_off.json("audit", "verify")["ok"]


def test_two_people_do_not_share_a_key(founded):
    founded.refuses("W049", 1, "people", "add", "eve", "--name", "Eve", "--public-key", "keys/bob.pub")


def test_a_role_that_was_taken_away_decides_nothing(in_sign_off):
    in_sign_off("people", "role", "bob", "dept_manager", "--revoke", person="alice")

    in_sign_off.refuses("W032", 4, "approve", "1", "--yes", person="bob")


def test_a_signature_for_one_agreement_proves_nothing_for_another(in_sign_off, ways):
    in_sign_off("approve", "1", "--yes", person="bob")
    second = another_in_sign_off(in_sign_off)
    genuine = next(event for event in signed(in_sign_off, "1") if event["type"] == "approved")

    seq = forge(in_sign_off, second, genuine)

    report = in_sign_off.json("audit", "verify", code=5)
    assert not report["ok"]
    assert f"{second}#{seq}" in {finding["event"] for finding in report["findings"]}
    assert "signatures" in {finding["check"] for finding in report["findings"]}


def test_a_decision_without_a_signature_proves_nothing(in_sign_off, ways):
    in_sign_off("approve", "1", "--yes", person="bob")
    genuine = next(event for event in signed(in_sign_off, "1") if event["type"] == "approved")
    unsigned = {name: value for name, value in genuine.items() if name != "signed"}

    seq = forge(in_sign_off, ways.REF, unsigned | {"actor": "grace", "to": "approved"}, role="gm")

    report = in_sign_off.json("audit", "verify", code=5)
    found = {f["check"] for f in report["findings"] if f["event"] == f"{ways.REF}#{seq}"}
    assert "signatures" in found


def fingerprint(cli, person):
    return next(row["keys"][0] for row in cli.json("people", "list")["people"] if row["id"] == person)


def another_in_sign_off(cli):
    """Take a second agreement as far as the first one, and return its reference."""
    ref = cli.json("new", "services", "--terms", "terms.toml")["ref"]
    for words in (
        ("open",),
        ("agree",),
        ("confirm",),
        ("acknowledge", "--evidence", "reply.eml"),
        ("draft",),
    ):
        cli(words[0], ref, *words[1:])
    cli("submit", ref)
    said = ("--conclusion", "clear", "--reason", "無意見。", "--yes")
    for row in cli.json("show", ref)["flags"]:
        person = {"dpo": "dan", "legal": "lena"}[row["role"]]
        cli("flag", "resolve", ref, row["flag"], *said, person=person)
    return ref


def forge(cli, stream, event, **said):
    """Write *event* into another chain, as whoever holds the file can; return its number there."""
    with closing(sqlite3.connect(cli.folder / "assent.db", isolation_level=None)) as connection:
        seq, prev = connection.execute("SELECT seq, head FROM stream WHERE id = ?", (stream,)).fetchone()
        document = connection.execute("SELECT document FROM agreement WHERE ref = ?", (stream,)).fetchone()[0]
        payload = event["payload"] | {"document": document, "documents": []} | said
        body = {name: value for name, value in event.items() if name not in ("hash", "prev", "seq", "stream")}
        entry: Entry = link(body | {"payload": payload}, stream=stream, seq=seq + 1, prev=prev)
        values = (stream, entry.seq, entry.prev, entry.hash, entry.line.decode())
        connection.execute("INSERT INTO event (stream, seq, prev, hash, line) VALUES (?, ?, ?, ?, ?)", values)
        connection.execute(
            "UPDATE stream SET seq = ?, head = ? WHERE id = ?", (entry.seq, entry.hash, stream)
        )
    return seq + 1
