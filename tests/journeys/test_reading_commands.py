"""Finding agreements and reading their trail: list, timeline, diagram, receipt, log, figures."""

import csv
import io
import json
import signal
import subprocess
import xml.etree.ElementTree as ET
from unicodedata import east_asian_width

import pytest

REGISTRATION = "53312848"


def width(text):
    return sum(2 if east_asian_width(c) in "WF" else 1 for c in text)


def refs(cli, *words, **how):
    return [row["ref"] for row in cli.json("list", *words, **how)["agreements"]]


# list


@pytest.mark.parametrize(
    "words",
    [
        ("--state", "sign_off"),
        ("--state", "drafting", "--state", "sign_off"),
        ("--party", REGISTRATION),
        ("--party", "和風"),
        ("--person", "alice"),
        ("--person", "何愛莉"),
        ("--person", "lena"),
        ("--value", ">0"),
        ("--value", "1..999999999"),
        ("--older-than", "0d", "--kind", "services"),
        ("--text", "客戶服務中心"),
        ("--state", "sign_off", "--party", "和風", "--value", ">0", "--person", "dan", "--kind", "services"),
    ],
    ids=" ".join,
)
def test_finds_an_agreement_by_what_is_true_of_it(in_sign_off, words):
    expected = [] if "--older-than" in words else refs(in_sign_off)

    assert refs(in_sign_off, *words) == expected


@pytest.mark.parametrize(
    "words",
    [
        ("--state", "drafting"),
        ("--party", "5331284"),
        ("--person", "grace"),
        ("--value", ">999999999"),
        ("--value", "<1"),
        ("--kind", "nda"),
        ("--older-than", "5wd"),
        ("--text", "沒有這些字"),
        ("--state", "sign_off", "--party", "Acme"),
    ],
    ids=" ".join,
)
def test_leaves_out_an_agreement_of_which_any_of_it_is_not_true(in_sign_off, words):
    assert refs(in_sign_off, *words) == []
    assert "There is no agreement that fits" in in_sign_off("list", *words).out


def test_lists_ones_own_with_other_filters_too(in_sign_off):
    assert refs(in_sign_off, "--mine", "--state", "sign_off", person="alice")
    assert not refs(in_sign_off, "--mine", "--state", "drafting", person="alice")


@pytest.mark.parametrize(
    "words", [("--value", "much"), ("--older-than", "long"), ("--value", "1' OR '1'='1")], ids=" ".join
)
def test_refuses_a_filter_that_cannot_be_read(in_sign_off, words):
    in_sign_off.refuses("W001", 2, "list", *words)


def test_takes_a_person_who_is_a_query_for_a_person(in_sign_off):
    assert refs(in_sign_off, "--person", "x' OR '1'='1") == []


# forms


@pytest.mark.parametrize(
    "words",
    [("list",), ("parties",), ("timeline", "1"), ("stats",), ("audit", "reproduce", "1")],
    ids=" ".join,
)
def test_prints_the_same_rows_as_csv_and_as_json(in_sign_off, words):
    read = list(csv.DictReader(io.StringIO(in_sign_off(*words, "--csv").out)))
    document = in_sign_off.json(*words)

    if words != ("stats",):
        rows = next(value for value in document.values() if isinstance(value, list))
        assert [list(row) for row in read] == [list(row) for row in rows]
        assert [row[next(iter(row))] for row in read] == [str(row[next(iter(row))]) for row in rows]
    else:
        assert [r["name"] for r in read if r["section"] == "state"] == [r["name"] for r in document["states"]]


def test_prints_for_excel_with_the_mark_that_it_needs(in_sign_off):
    out = in_sign_off("list", "--excel").out

    assert out.startswith("\ufeffref,title,")


def test_prints_plain_rows_on_a_terminal_too(in_sign_off):
    in_sign_off.env["COLUMNS"] = "80"

    assert in_sign_off("list", "--plain").out.startswith("AGR-")
    assert in_sign_off("list").out.startswith("REF")


#: Columns that may not be cut or broken: reference, value; number, time.
_KEPT = {("list",): (0, 3), ("timeline", "1"): (0, 1)}


@pytest.mark.parametrize("language", ["en", "zh-TW"])
@pytest.mark.parametrize(
    "words",
    [
        ("list",),
        ("timeline", "1"),
        ("diagram", "state", "1"),
        ("diagram", "flow", "1"),
        ("diagram", "gantt", "1"),
        ("stats",),
        ("audit", "reproduce", "1"),
        ("audit", "tamper-demo"),
    ],
    ids=" ".join,
)
def test_fits_eighty_columns_and_cuts_no_reference_amount_or_receipt(in_sign_off, words, language):
    in_sign_off.env["COLUMNS"] = "80"
    shown = in_sign_off(*words, "--lang", language).out
    in_sign_off.env.pop("COLUMNS")

    assert max(map(width, shown.splitlines())) <= 80, shown
    rows = (
        csv.reader(io.StringIO(in_sign_off(*words, "--plain", "--lang", language).out), delimiter="\t")
        if _KEPT.get(words)
        else []
    )
    for row in rows:
        assert all(row[column] in shown for column in _KEPT[words])


# timeline


def test_tells_how_long_each_step_took_and_what_proves_it(in_force):
    events = in_force.json("timeline", "1")["events"]

    assert events[0]["took_days"] is None
    assert all(event["took_days"] >= 0 for event in events[1:])
    signed = next(event for event in events if event["type"] == "approved")
    assert signed["evidence"] == signed["hash"]
    drafted = next(event for event in events if event["type"] == "drafted")
    assert drafted["evidence"] in {d["file"] for d in in_force.json("documents", "list", "1")["documents"]}


def test_counts_events_and_people_above_the_story(in_force):
    events = in_force.json("timeline", "1")["events"]
    in_force.env["COLUMNS"] = "80"

    assert (
        f"{len(events)} events, {len({e['actor'] for e in events})} people" in in_force("timeline", "1").err
    )


# diagram


@pytest.mark.parametrize("kind", ["state", "flow", "gantt"])
def test_draws_a_picture_into_a_file_and_draws_it_anew(in_sign_off, kind):
    for _ in range(2):
        in_sign_off("diagram", kind, "1", "--svg", "picture.svg")

    picture = ET.parse(in_sign_off.folder / "picture.svg").getroot()
    assert picture.find("{http://www.w3.org/2000/svg}title").text.startswith("AGR-")


def test_draws_over_no_other_file(in_sign_off):
    in_sign_off.write("notes.txt", "mine")

    in_sign_off.refuses("W078", 1, "diagram", "state", "1", "--svg", "notes.txt")

    assert (in_sign_off.folder / "notes.txt").read_text() == "mine"


def test_draws_to_standard_output(in_sign_off):
    assert in_sign_off("diagram", "flow", "1", "--svg", "-").out.startswith("<svg")


def test_shows_the_whole_life_without_an_agreement_and_nothing_else(cli):
    assert "planning" in cli("diagram", "state").out
    assert "name an agreement" in cli("diagram", "flow", code=2).err


def test_prints_mermaid_text_and_json(in_sign_off):
    assert in_sign_off("diagram", "gantt", "1", "--mermaid").out.startswith("gantt\n")
    assert in_sign_off.json("diagram", "flow", "1")["stages"][0]["mark"] == "done"


# receipt


def last(cli):
    return cli.json("timeline", "1")["events"][-1]


def test_finds_the_same_event_by_every_form_of_its_receipt(in_sign_off):
    event, ref = last(in_sign_off), refs(in_sign_off)[0]

    forms = (event["receipt"], event["hash"], f"1#{event['seq']}", f"{ref}#{event['seq']}:{event['hash']}")

    assert {in_sign_off.json("receipt", form)["head"] for form in forms} == {event["hash"]}


def test_what_it_saves_is_checked_with_stock_tools(in_sign_off):
    event = last(in_sign_off)
    in_sign_off("receipt", event["receipt"], "--out", "proof")
    checks = in_sign_off.json("receipt", event["receipt"])["check"]

    said = [
        subprocess.run(check, shell=True, cwd=in_sign_off.folder / "proof", capture_output=True, text=True)
        for check in checks
    ]

    assert [one.returncode for one in said] == [0, 0, 0]
    assert said[0].stdout.startswith(event["hash"])
    assert said[2].stdout.startswith('Good "decision.v1@assent" signature')


def test_knows_no_receipt_that_is_not_of_this_trail(in_sign_off):
    in_sign_off.refuses("W040", 3, "receipt", "0000-0000")
    in_sign_off.refuses("W040", 3, "receipt", "1#99")
    in_sign_off.refuses("W001", 2, "receipt", "nothing")


def test_refuses_a_receipt_whose_digest_is_another(in_sign_off):
    in_sign_off.refuses("W076", 5, "receipt", f"1#1:{last(in_sign_off)['hash']}")


# audit verify --receipt


def test_verifies_that_the_trail_still_holds_a_receipt(in_sign_off):
    event = last(in_sign_off)

    for form in (f"1#{event['seq']}:{event['hash']}", event["receipt"]):
        assert in_sign_off.json("audit", "verify", "--receipt", form)["ok"]


def test_a_cut_off_end_fails_with_the_receipt_and_only_with_it(in_sign_off, tmp_path):
    from approvals.forgery import Forgery

    event, ref = last(in_sign_off), refs(in_sign_off)[0]
    forgery = Forgery(in_sign_off.folder / "assent.db")
    forgery.rewrite(ref, lambda rows: rows.pop())
    forgery.close()

    assert in_sign_off.json("audit", "verify")["ok"]
    report = in_sign_off.json("audit", "verify", "--receipt", f"1#{event['seq']}:{event['hash']}", code=5)
    (finding,) = report["findings"]
    assert (finding["check"], finding["event"]) == ("receipts", f"{ref}#{event['seq']}")
    assert in_sign_off("audit", "verify", "--receipt", event["receipt"], code=5)


# audit log


def test_logs_the_last_events_of_all_chains_in_the_order_of_their_times(in_sign_off):
    lines = [json.loads(line) for line in in_sign_off("audit", "log", "--last", "3").out.splitlines()]

    assert len(lines) == 3
    assert [line["at"] for line in lines] == sorted(line["at"] for line in lines)
    assert len(in_sign_off("audit", "log").out.splitlines()) > 3


def test_refuses_one_document_without_an_end(in_sign_off):
    assert "--json is one document" in in_sign_off("audit", "log", "--follow", "--json", code=2).err


def test_follows_what_is_committed_until_it_is_stopped(in_sign_off, ways):
    command = [ways.SCRIPT, "audit", "log", "1", "--follow", "--jsonl", "--last", "1", "--every", "0.05"]
    with subprocess.Popen(
        command,
        cwd=in_sign_off.folder,
        env=in_sign_off.env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # Whoever started the tests in the background had this signal ignored for all of them.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as follower:
        before = json.loads(follower.stdout.readline())
        in_sign_off("approve", "1", "--yes", person="bob")
        line = json.loads(follower.stdout.readline())
        follower.send_signal(signal.SIGINT)
        out, err = follower.communicate(timeout=10)

    assert (line["type"], line["actor"], line["seq"]) == ("approved", "bob", before["seq"] + 1)
    assert follower.returncode == 130
    assert out == ""
    assert "Traceback" not in err


# stats, reproduce, tamper-demo


def test_counts_what_happened_and_how_many_it_is_of(in_force):
    document = in_force.json("stats", "--by", "person")

    assert document["agreements"] == 1
    assert document["rework"]["approved_first_time"] == 1
    assert {row["name"] for row in document["answers"]} == {"bob", "grace", "lena", "dan"}
    assert in_force.json("stats", "--until", "2020-01-01")["agreements"] == 0
    assert in_force.json("stats", "--kind", "nda")["agreements"] == 0


def test_makes_every_document_again(in_force):
    document = in_force.json("audit", "reproduce", "1")

    assert document["ok"]
    assert document["same"] == len(in_force.json("documents", "list", "1")["documents"])
    in_force.refuses("W040", 3, "audit", "reproduce", "77")


def test_a_document_that_comes_out_otherwise_ends_with_5(in_sign_off):
    from approvals.forgery import Forgery

    ref = refs(in_sign_off)[0]
    forgery = Forgery(in_sign_off.folder / "assent.db")
    seq = in_sign_off.json("documents", "list", "1")["documents"][0]["seq"]
    forgery.edit(ref, seq, lambda body: body["payload"]["documents"][0].update(content="0" * 64))
    forgery.close()

    document = in_sign_off.json("audit", "reproduce", "1", code=5)

    assert (document["ok"], document["different"]) == (False, 1)


def test_shows_tampering_on_copies_only(in_sign_off):
    before = {p: p.read_bytes() for p in in_sign_off.folder.rglob("*") if p.is_file()}

    document = in_sign_off.json("audit", "tamper-demo")

    assert document["nobody"] == 0
    assert document["trail"] >= 10
    assert document["receipt"] >= 3
    assert {p: p.read_bytes() for p in in_sign_off.folder.rglob("*") if p.is_file()} == before


def test_shows_tampering_without_a_store_of_ones_own(cli):
    document = cli.json("audit", "tamper-demo", "--demo")

    assert (document["nobody"], document["not_here"]) == (0, 0)
    assert not list(cli.folder.iterdir())


def test_says_that_postgresql_is_not_copied(cli):
    assert "--demo" in cli("audit", "tamper-demo", "--db", "postgresql://localhost/none", code=2).err
