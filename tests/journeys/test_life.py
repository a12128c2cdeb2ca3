"""An agreement's whole life, lived through commands."""

import sqlite3
import zipfile
from contextlib import closing

import docx
import pytest


def text_of(path):
    """Return everything a DOCX holds, its hidden parts too."""
    with zipfile.ZipFile(path) as package:
        return "\n".join(package.read(name).decode("utf-8", "replace") for name in package.namelist())


def state(cli):
    return cli.json("show", "1")["state"]


def test_goes_from_an_empty_folder_into_force(office, forks, tmp_path, ways):
    stages = ("confirmed", "in_review", "in_sign_off", "approved", "in_force")
    clis = [ways.copied(office(stage), tmp_path / stage, forks) for stage in stages]

    assert [state(cli) for cli in clis] == ["confirmed", "expert_review", "sign_off", "approved", "in_force"]
    assert all(cli.json("audit", "verify")["ok"] for cli in clis)


def test_enters_each_state_by_its_own_command(founded):
    founded("new", "services", "--terms", "terms.toml")
    entered = [state(founded)]

    for words in (
        ("open",),
        ("agree",),
        ("confirm",),
        ("acknowledge", "--evidence", "reply.eml"),
        ("draft",),
        ("submit",),
    ):
        founded(words[0], "1", *words[1:])
        entered.append(state(founded))

    assert entered == [
        "planning",
        "negotiating",
        "terms_agreed",
        "confirming",
        "confirmed",
        "drafting",
        "expert_review",
    ]


def test_shows_everyone_what_waits_for_them_and_nothing_else(in_review):
    waiting = {
        person: [row["ref"] for row in in_review.json("inbox", person=person)["agreements"]]
        for person in ("alice", "bob", "dan", "lena", "grace", "sam")
    }

    assert [person for person, refs in waiting.items() if refs] == ["dan", "lena"]


def test_passes_the_turn_from_step_to_step(in_sign_off):
    before = in_sign_off.json("why", "1")["waiting_for"]
    in_sign_off("approve", "1", "--yes", person="bob")
    after = in_sign_off.json("why", "1")["waiting_for"]

    assert (before, after) == (["dept_manager"], ["gm"])


def test_leaves_the_inbox_with_8_only_where_something_waits(in_sign_off):
    in_sign_off("inbox", "--exit-code", person="bob", code=8)
    in_sign_off("inbox", "--exit-code", person="grace", code=0)


def test_says_why_it_waits_and_by_which_rule(in_sign_off):
    told = in_sign_off("why", "1").out

    assert "department manager" in told
    assert "bob" in told
    assert "A01" in told
    assert "contract_value >= 0" in told


def test_tells_of_every_rule_whether_it_fired_and_because_of_what(in_review):
    rules = {row["rule"]: row for row in in_review.json("policy", "why", "1")["rules"]}

    assert [name for name, row in rules.items() if row["fired"]] == ["A01", "L02a", "L02b", "P01"]
    assert rules["P01"]["inputs"] == {"personal_data": True}
    assert rules["A04"]["inputs"] == {"contract_value": 1080}


def test_takes_a_reference_in_full_in_short_or_as_a_receipt(in_sign_off):
    ref = in_sign_off.json("show", "1")["ref"]
    receipt = in_sign_off.json("timeline", "1")["events"][-1]["receipt"]

    for given in (ref, ref.lower(), ref.removeprefix("AGR-"), "0001", receipt):
        assert in_sign_off.json("show", given)["ref"] == ref


@pytest.fixture
def saved(in_force):
    """The documents of an agreement in force, saved: name -> (audience, path)."""
    rows = in_force.json("documents", "list", "1")["documents"]
    in_force("documents", "save", "1", "--out", "papers")
    return {row["name"]: (row["audience"], in_force.folder / "papers" / row["name"]) for row in rows}


def test_issues_a_document_of_every_kind_on_the_way(in_force):
    kinds = {row["kind"] for row in in_force.json("documents", "list", "1")["documents"]}

    assert kinds == {
        "negotiation-plan",
        "minutes",
        "term-sheet",
        "confirmation-letter",
        "services",
        "review-request",
        "opinion",
        "approval-sheet",
        "contract-card",
        "certificate",
    }


def test_saves_documents_that_open_and_hold_no_tag(saved):
    assert len(saved) >= 15
    for _, path in saved.values():
        assert docx.Document(str(path)).paragraphs
        assert not any(tag in text_of(path) for tag in ("{{", "}}", "{%", "%}", "{#"))


def test_keeps_internal_words_out_of_what_the_other_side_may_read(saved, ways):
    ours = [path for audience, path in saved.values() if audience == "internal"]
    theirs = [path for audience, path in saved.values() if audience != "internal"]

    assert any(all(secret in text_of(path) for secret in ways.SECRETS) for path in ours)
    assert len(theirs) >= 5
    for path in theirs:
        assert not any(secret in text_of(path) for secret in ways.SECRETS), path.name


def test_saves_exactly_the_bytes_that_were_recorded(saved, in_force):
    with closing(sqlite3.connect(in_force.folder / "assent.db")) as connection:
        for name, (_, path) in saved.items():
            row = "SELECT c.body FROM document d JOIN content c ON c.sha256 = d.file WHERE d.name = ?"
            assert connection.execute(row, (name,)).fetchone()[0] == path.read_bytes()


def test_tells_the_story_event_by_event(in_force):
    events = in_force.json("timeline", "1")["events"]

    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    assert [(event["type"], event["actor"]) for event in events[-5:]] == [
        ("condition_closed", "grace"),
        ("approved", "bob"),
        ("approved", "grace"),
        ("executed", "alice"),
        ("activated", "alice"),
    ]
    assert events[-3]["reason"] == "同意。"


def test_lists_agreements_parties_and_people(in_force):
    assert "客戶服務中心維運" in in_force("list").out
    assert in_force("list", "--state", "drafting").out.startswith("There is no agreement")
    assert in_force("list", "--mine", person="bob").out.startswith("There is no agreement")
    assert "和風客服有限公司\t53312848\tTW\tAGR-" in in_force("parties").out
    assert "lena\t陳美\tlegal counsel\tSHA256:" in in_force("people", "list").out


READING = {
    "list": ("list",),
    "inbox": ("inbox",),
    "show": ("show", "1"),
    "why": ("why", "1"),
    "timeline": ("timeline", "1"),
    "parties": ("parties",),
    "people": ("people", "list"),
    "roles": ("people", "roles"),
    "documents": ("documents", "list", "1"),
    "policy-show": ("policy", "show"),
    "policy-why": ("policy", "why", "1"),
    "audit-verify": ("audit", "verify"),
    "audit-log": ("audit", "log"),
    "db-status": ("db", "status"),
}


@pytest.mark.parametrize("name", READING)
def test_prints_one_json_document_that_names_its_schema(in_sign_off, name):
    document = in_sign_off.json(*READING[name])

    assert document["schema"] == f"assent.{name}/1"
    assert len(document) > 1


@pytest.mark.parametrize("name", READING)
def test_reads_without_changing_a_byte(in_sign_off, name):
    before = (in_sign_off.folder / "assent.db").read_bytes()

    in_sign_off(*READING[name])

    assert (in_sign_off.folder / "assent.db").read_bytes() == before


def test_changed_terms_void_what_was_signed(in_sign_off, ways):
    in_sign_off("approve", "1", "--yes", person="bob")
    in_sign_off("return", "1", "--reason", "費用過高。", "--part", "price", "--yes", person="grace")
    returned = state(in_sign_off)

    in_sign_off("draft", "1", "--terms", "changed.toml")
    in_sign_off("submit", "1")

    shown = in_sign_off.json("show", "1")
    assert returned == "drafting"
    assert (shown["state"], shown["revision"]) == ("expert_review", 2)
    assert [row["current"] for row in shown["decisions"]] == [0, 0]
    assert [row["given"] for row in shown["seats"]] == [0, 0]
    assert sorted((row["role"], row["status"]) for row in shown["flags"]) == [
        ("dpo", "clear"),  # the price is nothing that data protection answers for
        ("legal", "open"),
        ("legal", "superseded"),
    ]


def test_a_revision_goes_the_whole_way_again(in_sign_off, ways):
    in_sign_off("approve", "1", "--yes", person="bob")
    in_sign_off("return", "1", "--reason", "費用過高。", "--yes", person="grace")
    in_sign_off("draft", "1", "--terms", "changed.toml")
    for go_on in (lambda cli: cli("submit", "1"), ways.review, ways.approve, ways.perform):
        go_on(in_sign_off)

    shown = in_sign_off.json("show", "1")
    finals = [row for row in shown["documents"] if row["name"].endswith("final.docx")]
    assert shown["state"] == "in_force"
    assert [row["revision"] for row in finals] == [2]
    assert in_sign_off.json("audit", "verify")["ok"]


def test_a_text_that_comes_back_unchanged_keeps_what_was_signed(in_sign_off):
    in_sign_off("approve", "1", "--yes", person="bob")
    in_sign_off("return", "1", "--reason", "請補說明。", "--yes", person="grace")

    in_sign_off("submit", "1", "--note", "the explanation is attached")

    shown = in_sign_off.json("show", "1")
    assert (shown["state"], shown["revision"]) == ("sign_off", 2)
    assert [(row["role"], row["given"]) for row in shown["seats"]] == [("dept_manager", 1), ("gm", 0)]
    assert {row["status"] for row in shown["flags"]} == {"clear", "conditions"}
    in_sign_off("approve", "1", "--yes", person="grace")
    assert state(in_sign_off) == "approved"
    assert in_sign_off.json("audit", "verify")["ok"]


def test_the_only_holders_no_sends_it_back_as_refused(in_sign_off):
    in_sign_off("reject", "1", "--reason", "不與此公司往來。", "--yes", person="bob")

    shown = in_sign_off.json("show", "1")
    assert (shown["state"], shown["outcome"]) == ("drafting", "refused")


def test_a_question_stops_the_sign_off_until_it_is_answered(in_sign_off):
    in_sign_off("flag", "raise", "1", "--role", "legal", "--question", "管轄法院？", person="bob")
    stopped = state(in_sign_off)
    in_sign_off.refuses("W020", 1, "approve", "1", "--yes", person="bob")
    flag = in_sign_off.json("show", "1")["flags"][-1]["flag"]

    answer = ("--conclusion", "clear", "--reason", "臺北地方法院。", "--yes")
    in_sign_off("flag", "resolve", "1", flag, *answer, person="lena")

    assert stopped == "expert_review"
    assert state(in_sign_off) == "sign_off"


CLEAR = ("--conclusion", "clear", "--reason", "無意見。", "--yes")


def test_an_objection_blocks_until_the_expert_takes_it_back(in_review, ways):
    legal = ways.flag_of(in_review, "legal")
    objects = ("--conclusion", "object", "--reason", "責任上限過高。", "--yes")
    in_review("flag", "resolve", "1", legal, *objects, person="lena")
    in_review("flag", "resolve", "1", ways.flag_of(in_review, "dpo"), *CLEAR, person="dan")
    blocked = state(in_review)

    in_review("flag", "resolve", "1", legal, *CLEAR, person="lena")

    assert blocked == "expert_review"
    assert state(in_review) == "sign_off"


def test_a_condition_blocks_until_somebody_else_closes_it(in_review, ways):
    legal = ways.flag_of(in_review, "legal")
    two = ("--conclusion", "conditions", "--must", "附錄 B", "--should", "附錄 C", "--reason", "見附錄。")
    in_review("flag", "resolve", "1", legal, *two, "--yes", person="lena")
    in_review("flag", "resolve", "1", ways.flag_of(in_review, "dpo"), *CLEAR, person="dan")
    blocked = state(in_review)

    met = ("--reason", "已附。", "--yes")
    in_review.refuses("W031", 4, "flag", "close", "1", legal, "C-1", *met, person="alice")
    in_review("flag", "close", "1", legal, "C-1", *met, person="grace")

    assert blocked == "expert_review"
    assert state(in_review) == "sign_off"


def test_an_attempt_that_is_named_is_recorded_once(in_sign_off):
    first = in_sign_off.json("approve", "1", "--yes", "--once", "monday", person="bob")

    with in_sign_off.nothing_recorded():
        again = in_sign_off.json("approve", "1", "--yes", "--once", "monday", person="bob")

    assert again == first


def test_one_persons_name_for_an_attempt_is_not_anothers(in_sign_off):
    in_sign_off("approve", "1", "--yes", "--once", "monday", person="bob")

    in_sign_off("approve", "1", "--yes", "--once", "monday", person="grace")

    assert state(in_sign_off) == "approved"


def test_stops_before_a_text_that_is_not_the_one_expected(in_sign_off):
    digest = in_sign_off.json("show", "1")["document"]

    in_sign_off.refuses("W044", 6, "approve", "1", "--expect", "0" * 64, "--yes", person="bob")
    in_sign_off("approve", "1", "--expect", f"sha256:{digest}", "--yes", person="bob")

    assert in_sign_off.json("show", "1")["seats"][0]["given"] == 1


def test_withdraws_with_a_reason_and_is_done(in_sign_off):
    in_sign_off("withdraw", "1", "--reason", "改與他人簽約。")

    assert state(in_sign_off) == "withdrawn"
    in_sign_off.refuses("W020", 1, "approve", "1", "--yes", person="bob")


def test_plays_the_demonstration_beside_a_store_without_touching_it(founded):
    with founded.nothing_recorded():
        told = founded("demo", "--dir", "try").out

    assert "verification fails (exit 5)" in told
    assert (founded.folder / "try" / "assent.db").is_file()
    assert len(list((founded.folder / "try" / "documents").glob("*.docx"))) > 20
    founded.refuses("W091", 1, "demo", "--dir", "try")
