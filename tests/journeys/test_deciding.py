"""Deciding through commands: deputies, second thoughts, recusals, boards, and what a change voids."""

import csv
import io
import subprocess
import zipfile
from datetime import timedelta

import docx
import pytest

from approvals.cli.output import width
from approvals.policy import DEFAULT_POLICY

LANGUAGES = pytest.mark.parametrize("lang", ["en", "zh-TW"])


def state(cli):
    return cli.json("show", "1")["state"]


def text_of(path):
    """Return the words of a DOCX, cell by cell."""
    document = docx.Document(str(path))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(p.text for p in document.paragraphs), *cells])


def enter(cli, person, name, *roles):
    cli("key", "new", person=person)
    held = [word for role in roles for word in ("--role", role)]
    cli("people", "add", person, "--name", name, *held, "--public-key", f"keys/{person}.pub")


@pytest.fixture
def deputised(in_sign_off, ways):
    """An office in which hana stands in for bob."""
    enter(in_sign_off, "hana", "張花", "division_head")
    until = ways.TODAY + timedelta(days=3)
    in_sign_off("delegate", "--to", "hana", "--until", until, "--max-value", "5000000", person="bob")
    return in_sign_off


# --- deputies ------------------------------------------------------------------------------


@LANGUAGES
def test_a_delegation_is_listed_with_its_days_and_limits(deputised, ways, lang):
    (row,) = deputised.json("delegate", person="bob")["delegations"]

    told = deputised("delegate", "--lang", lang, person="grace").out

    assert row["id"] == "D-1"
    assert (row["principal"], row["deputy"], row["max_value"]) == ("bob", "hana", 5_000_000)
    assert (row["first_day"], row["last_day"]) == (f"{ways.TODAY}", f"{ways.TODAY + timedelta(days=3)}")
    assert "D-1\thana\tbob\t" in told
    assert "5,000,000" in told


@LANGUAGES
def test_a_deputy_finds_in_the_inbox_what_waits_for_whom_they_stand_for(deputised, lang):
    (row,) = deputised.json("inbox", person="hana")["agreements"]
    told = deputised("inbox", "--lang", lang, person="hana").out

    assert row["role"] == "dept_manager"
    assert "陳伯寧" in told
    assert not deputised.json("inbox", person="grace")["agreements"]


@LANGUAGES
def test_why_names_the_deputies_who_could_act(deputised, lang):
    manager, gm = deputised.json("why", "1")["missing"]

    assert (manager["people"], manager["deputies"]) == (["bob"], [["hana", "bob"]])
    assert (gm["people"], gm["deputies"]) == (["grace"], [])
    told = deputised("why", "1", "--lang", lang).out
    assert ("hana（代 bob）" if lang == "zh-TW" else "hana for bob") in told
    deputised("delegate", "--end", "D-1", person="bob")
    assert deputised.json("why", "1")["missing"][0]["deputies"] == []


@LANGUAGES
def test_both_names_stand_wherever_a_deputy_decided(deputised, lang):
    said = deputised("approve", "1", "--reason", "代理簽核。", "--yes", "--lang", lang, person="hana").out
    shown = deputised.json("show", "1")["decisions"][-1]
    told = {word: deputised(word, "1", "--lang", lang).out for word in ("show", "timeline")}

    assert (shown["person"], shown["principal"]) == ("hana", "bob")
    assert "hana" in said
    assert "bob" in said
    for out in told.values():
        assert "張花" in out
        assert "陳伯寧" in out
        assert ("代" in out) if lang == "zh-TW" else (" for " in out)
    assert deputised.json("audit", "verify")["ok"]


def test_the_approval_sheet_names_the_deputy_and_whom_they_stood_for(deputised):
    deputised("approve", "1", "--yes", person="hana")
    deputised("documents", "save", "1", "--out", "papers")
    sheets = sorted((deputised.folder / "papers").glob("*approval-sheet*.docx"))

    words = text_of(sheets[-1])

    assert "張花" in words
    assert "陳伯寧" in words
    assert any("張花" in cell and "陳伯寧" in cell and "代" in cell for cell in words.split("\n"))


def test_a_deputy_and_their_principal_are_one_voice(deputised):
    deputised("people", "role", "hana", "gm")
    deputised("approve", "1", "--yes", person="hana")

    deputised.refuses("W035", 1, "approve", "1", "--yes", person="bob")
    deputised.refuses("W035", 1, "approve", "1", "--role", "gm", "--yes", person="hana")


def test_a_delegation_that_was_ended_lends_nothing(deputised):
    deputised("delegate", "--end", "d-1", person="bob")

    deputised.refuses("W032", 4, "approve", "1", "--yes", person="hana")
    deputised.refuses("W047", 3, "delegate", "--end", "D-1", person="bob")
    assert deputised.json("delegate")["delegations"] == []
    assert deputised.json("inbox", person="hana")["agreements"] == []


def test_a_deputy_who_could_act_for_two_says_for_whom(deputised, ways):
    enter(deputised, "ivan", "周毅凡", "dept_manager")
    deputised("delegate", "--to", "hana", "--until", ways.TODAY, person="ivan")

    refused = deputised.refuses("W033", 2, "approve", "1", "--yes", person="hana")
    deputised("approve", "1", "--for", "ivan", "--yes", person="hana")

    assert "--for PERSON" in refused.err
    assert deputised.json("show", "1")["decisions"][-1]["principal"] == "ivan"


def test_an_assistant_records_a_delegation_for_somebody_and_never_for_themselves(deputised, ways):
    enter(deputised, "mina", "林米娜", "assistant")
    for_grace = ("--for", "grace", "--until", ways.TODAY)

    made = deputised.json("delegate", "--to", "hana", *for_grace, person="mina")

    assert made == {"schema": "assent.delegate/1", "delegation": "D-2"}
    deputised.refuses("W014", 1, "delegate", "--to", "mina", *for_grace, person="mina")
    deputised.refuses("W030", 4, "delegate", "--to", "hana", *for_grace, person="bob")
    deputised.refuses("W030", 4, "delegate", "--end", "D-2", person="bob")
    deputised("delegate", "--end", "D-2", person="mina")
    assert deputised.json("audit", "verify")["ok"]


def test_a_delegation_worth_nothing_is_refused(deputised, ways):
    yesterday, tomorrow = (ways.TODAY + timedelta(days=n) for n in (-1, 1))

    for words in (
        ("--to", "bob", "--until", tomorrow),
        ("--to", "hana", "--until", yesterday),
        ("--to", "hana", "--from", tomorrow, "--until", ways.TODAY),
    ):
        deputised.refuses("W014", 1, "delegate", *words, person="bob")
    deputised.refuses("W014", 1, "delegate", "--to", "hana", "--until", tomorrow, person="sam")
    deputised.refuses("W045", 3, "delegate", "--to", "nobody", "--until", tomorrow, person="bob")
    deputised.refuses(
        "W037", 4, "delegate", "--to", "hana", "--until", tomorrow, "--key", "keys/lena", person="bob"
    )


# --- second thoughts -----------------------------------------------------------------------


@LANGUAGES
def test_a_decision_is_taken_back_until_the_next_person_acts(in_sign_off, lang):
    receipt = in_sign_off.json("approve", "1", "--yes", person="bob")["receipt"]
    back = ("retract", receipt, "--reason", "看錯了。", "--yes")

    said = in_sign_off(*back, "--lang", lang, person="bob").out
    shown = in_sign_off.json("show", "1")

    assert "bob" in said
    assert [row["given"] for row in shown["seats"]] == [0, 0]
    in_sign_off("approve", "1", "--yes", person="bob")
    in_sign_off("approve", "1", "--yes", person="grace")
    assert state(in_sign_off) == "approved"
    assert in_sign_off.json("audit", "verify")["ok"]


def test_a_decision_is_not_taken_back_once_somebody_else_has_acted(in_sign_off):
    receipt = in_sign_off.json("approve", "1", "--yes", person="bob")["receipt"]
    in_sign_off("approve", "1", "--yes", person="grace")

    refused = in_sign_off.refuses(
        "W016", 1, "retract", receipt, "--reason", "看錯了。", "--yes", person="bob"
    )

    assert "grace" in refused.err


def test_nobody_takes_back_what_somebody_else_decided(in_sign_off):
    receipt = in_sign_off.json("approve", "1", "--yes", person="bob")["receipt"]

    in_sign_off.refuses("W047", 3, "retract", receipt, "--reason", "x", "--yes", person="grace")


def test_the_last_approval_is_taken_back_and_so_is_what_it_led_to(approved):
    approved("retract", "1", "--reason", "看錯了。", "--yes", person="grace")

    assert state(approved) == "sign_off"
    approved("approve", "1", "--yes", person="grace")
    assert state(approved) == "approved"
    assert approved.json("audit", "verify")["ok"]


def test_an_opinion_is_taken_back_too(in_review, ways):
    flag = ways.flag_of(in_review, "dpo")
    said = ("--conclusion", "clear", "--reason", "無意見。", "--yes")
    receipt = in_review.json("flag", "resolve", "1", flag, *said, person="dan")["receipt"]

    in_review("retract", receipt, "--reason", "漏看附件。", "--yes", person="dan")

    assert {row["status"] for row in in_review.json("show", "1")["flags"]} == {"open"}
    assert in_review.json("audit", "verify")["ok"]


# --- conflicts of interest, and a board ----------------------------------------------------


def test_whoever_is_recused_takes_no_part_any_more(in_sign_off):
    enter(in_sign_off, "ivan", "周毅凡", "dept_manager")
    in_sign_off("recuse", "1", "--reason", "與相對人有親屬關係。", "--yes", person="bob")

    in_sign_off.refuses("W015", 4, "approve", "1", "--yes", person="bob")
    assert in_sign_off.json("inbox", person="bob")["agreements"] == []
    in_sign_off("approve", "1", "--yes", person="ivan")
    in_sign_off("approve", "1", "--yes", person="grace")
    assert state(in_sign_off) == "approved"
    assert in_sign_off.json("audit", "verify")["ok"]


def test_whoever_is_recused_stays_so_when_the_text_comes_back(in_sign_off):
    enter(in_sign_off, "ivan", "周毅凡", "dept_manager")
    in_sign_off("recuse", "1", "--reason", "與相對人有親屬關係。", "--yes", person="bob")
    in_sign_off("return", "1", "--reason", "請補說明。", "--yes", person="ivan")
    in_sign_off("submit", "1")

    in_sign_off.refuses("W015", 4, "approve", "1", "--yes", person="bob")
    assert in_sign_off.json("inbox", person="bob")["agreements"] == []


@LANGUAGES
def test_the_only_holders_conflict_sends_it_back_and_nobody_signs_instead(in_sign_off, lang):
    in_sign_off("recuse", "1", "--reason", "與相對人有親屬關係。", "--yes", person="grace")

    assert state(in_sign_off) == "drafting"
    told = in_sign_off("why", "1", "--lang", lang).out
    assert "alice" in told
    assert "Nothing is missing" not in told
    assert "沒有缺漏" not in told
    in_sign_off.refuses("W012", 1, "submit", "1")


BOARD = {"amy": "董一", "ben": "董二", "cal": "董三", "deb": "董四", "eve": "董五"}


@pytest.fixture
def board(confirmed):
    """An office in which a board of five votes on the agreement, and nobody else is asked."""
    for person, name in BOARD.items():
        enter(confirmed, person, name, "board")
    columns, first, *_ = csv.reader(io.StringIO(DEFAULT_POLICY.read_text("utf-8-sig")))
    asked = {"adds": "board", "aspect": "authority", "quorum": "majority"}
    row = dict(zip(columns, first, strict=True)) | asked
    text = io.StringIO()
    writer = csv.DictWriter(text, columns)
    writer.writeheader()
    writer.writerow(row)
    confirmed.write("policy.csv", text.getvalue())
    with (confirmed.folder / "assent.toml").open("a", encoding="utf-8") as file:
        file.write('\npolicy = "policy.csv"\n')
    confirmed("draft", "1")
    return confirmed


@pytest.fixture
def voting(board):
    """The board votes."""
    board("policy", "adopt", "policy.csv", person="alice")
    board("submit", "1")
    assert state(board) == "sign_off"
    return board


def test_a_policy_that_nobody_put_in_force_is_not_applied(board):
    refused = board.refuses("W013", 4, "submit", "1")

    assert "policy adopt" in refused.err


def test_a_board_carries_a_vote_by_more_than_half_of_those_present(voting):
    for person in ("amy", "ben"):
        voting("approve", "1", "--yes", person=person)
    voting("reject", "1", "--reason", "價格過高。", "--yes", person="cal")
    assert state(voting) == "sign_off", "two for, one against, two silent"

    absent = ("--reason", "會議紀錄", "--yes")
    voting("excuse", "1", "--member", "deb", *absent, person="amy")
    said = voting.json("excuse", "1", "--member", "eve", *absent, person="amy")

    assert said["state"] == "approved"
    assert [row["member"] for row in voting.json("show", "1")["decisions"]] == ["", "", "", "deb", "eve"]
    assert voting.json("audit", "verify")["ok"]


def test_a_board_that_cannot_carry_it_any_more_has_refused_it(voting):
    for person in ("amy", "ben", "cal"):
        voting("reject", "1", "--reason", "價格過高。", "--yes", person=person)

    assert voting.json("show", "1")["outcome"] == "refused"
    assert voting.json("audit", "verify")["ok"]


def test_a_director_with_a_conflict_is_present_and_does_not_vote(voting):
    voting("recuse", "1", "--reason", "持有相對人股份。", "--yes", person="eve")
    for person in ("amy", "ben"):
        voting("approve", "1", "--yes", person=person)
    assert state(voting) == "sign_off"
    voting("approve", "1", "--yes", person="cal")

    assert state(voting) == "approved"


@pytest.mark.parametrize(
    ("member", "person"), [("amy", "amy"), ("bob", "amy"), ("nobody", "amy"), ("amy", "bob")]
)
def test_only_another_member_who_is_silent_is_noted_as_absent(voting, member, person):
    voting.refuses("W018", 4, "excuse", "1", "--member", member, "--reason", "x", "--yes", person=person)


@LANGUAGES
def test_who_is_absent_is_shown_by_name(voting, lang):
    voting("excuse", "1", "--member", "deb", "--reason", "會議紀錄", "--yes", person="amy")

    assert "董四" in voting("show", "1", "--lang", lang).out


# --- flags ---------------------------------------------------------------------------------


def test_a_question_is_assigned_and_only_that_expert_answers_it(in_review):
    enter(in_review, "leo", "李奧", "legal")
    flag = next(row["flag"] for row in in_review.json("show", "1")["flags"] if row["role"] == "legal")
    clear = ("--conclusion", "clear", "--reason", "無意見。", "--yes")

    said = in_review.json("flag", "assign", "1", flag, "--to", "leo")

    assert said["schema"] == "assent.flag-assign/1"
    in_review.refuses("W032", 4, "flag", "resolve", "1", flag, *clear, person="lena")
    assert in_review.json("inbox", person="lena")["agreements"] == []
    assert len(in_review.json("inbox", person="leo")["agreements"]) == 1
    in_review.refuses("W032", 4, "flag", "assign", "1", flag, "--to", "bob")
    in_review.refuses("W032", 4, "flag", "assign", "1", flag, "--to", "lena", person="bob")
    in_review("flag", "resolve", "1", flag, *clear, person="leo")
    assert in_review.json("audit", "verify")["ok"]


@LANGUAGES
def test_a_need_somebody_raised_is_declined_with_name_and_reason(in_sign_off, lang):
    asked = ("--role", "legal", "--question", "管轄法院？")
    flag = in_sign_off.json("flag", "raise", "1", *asked, person="bob")["flag"]
    decline = ("flag", "decline", "1", flag, "--reason", "已有約定。", "--yes")

    in_sign_off.refuses("W032", 4, *decline, person="bob")
    in_sign_off.refuses("W031", 4, *decline, person="alice")
    said = in_sign_off(*decline, "--lang", lang, person="lena").out

    row = in_sign_off.json("show", "1")["flags"][-1]
    assert (row["status"], row["expert"], row["blocking"]) == ("declined", "lena", 0)
    assert flag in said
    assert state(in_sign_off) == "sign_off"
    assert "已有約定。" in in_sign_off("timeline", "1", "--lang", lang).out
    assert in_sign_off.json("audit", "verify")["ok"]


def test_a_review_that_the_policy_asks_for_is_not_declined(in_review, ways):
    flag = ways.flag_of(in_review, "dpo")

    in_review.refuses("W017", 1, "flag", "decline", "1", flag, "--reason", "x", "--yes", person="dan")


# --- what a change voids -------------------------------------------------------------------


@LANGUAGES
def test_why_says_that_an_unchanged_text_keeps_what_was_signed(in_sign_off, lang):
    in_sign_off("approve", "1", "--yes", person="bob")
    in_sign_off("return", "1", "--reason", "請補說明。", "--yes", person="grace")
    in_sign_off("submit", "1")

    document = in_sign_off.json("why", "1")
    told = in_sign_off("why", "1", "--lang", lang).out

    assert (document["changed"], document["voided"]) == ([], [])
    assert {(row["person"], row["kept"]) for row in document["kept"]} == {
        ("dan", True),
        ("lena", True),
        ("bob", True),
    }
    assert "陳伯寧" in told


@LANGUAGES
def test_changed_payment_voids_financial_and_legal_and_keeps_data(in_sign_off, lang):
    asked = ("--role", "finance", "--aspect", "financial", "--question", "付款條件？")
    enter(in_sign_off, "dora", "吳朵拉", "finance")
    flag = in_sign_off.json("flag", "raise", "1", *asked, person="bob")["flag"]
    clear = ("--conclusion", "clear", "--reason", "無意見。", "--yes")
    in_sign_off("flag", "resolve", "1", flag, *clear, person="dora")
    in_sign_off("return", "1", "--reason", "付款期限過短。", "--yes", person="bob")
    terms = (in_sign_off.folder / "terms.toml").read_text(encoding="utf-8")
    in_sign_off.write("later.toml", terms.replace("[payment]\ndays = 30", "[payment]\ndays = 45"))
    in_sign_off("draft", "1", "--terms", "later.toml")
    in_sign_off("submit", "1")

    document = in_sign_off.json("why", "1")
    told = in_sign_off("why", "1", "--lang", lang).out

    assert document["changed"] == ["payment"]
    assert {(row["person"], row["aspect"]) for row in document["voided"]} == {
        ("dora", "financial"),
        ("lena", "legal"),
    }
    assert all(row["parts"] == ["payment"] for row in document["voided"])
    assert [(row["person"], row["aspect"]) for row in document["kept"]] == [("dan", "data")]
    assert ("付款" in told) if lang == "zh-TW" else ("payment" in told)
    shown = in_sign_off("show", "1", "--lang", lang, person="bob").out
    assert ("付款" in shown) if lang == "zh-TW" else ("payment" in shown)
    assert in_sign_off.json("audit", "verify")["ok"]


# --- signing elsewhere ---------------------------------------------------------------------


def sign(cli, file, key, namespace="decision.v1@assent"):
    """Sign a file with nothing but OpenSSH."""
    command = [
        "ssh-keygen",
        "-q",
        "-Y",
        "sign",
        "-n",
        namespace,
        "-f",
        cli.folder / "keys" / key,
        cli.folder / file,
    ]
    (cli.folder / f"{file}.sig").unlink(missing_ok=True)
    subprocess.run(command, check=True, capture_output=True, timeout=30)


def test_what_was_signed_elsewhere_with_plain_openssh_is_handed_in(in_sign_off):
    with in_sign_off.nothing_recorded():
        told = in_sign_off("approve", "1", "--reason", "同意。", "--to-sign", "yes.txt", person="bob")
    sign(in_sign_off, "yes.txt", "bob")

    done = in_sign_off.json("approve", "1", "--signed", "yes.txt", person="bob")

    assert "ssh-keygen -Y sign -n decision.v1@assent" in told.err
    assert (done["person"], done["role"]) == ("bob", "dept_manager")
    assert in_sign_off.json("timeline", "1")["events"][-1]["reason"] == "同意。"
    assert in_sign_off.json("audit", "verify")["ok"]


def test_what_was_handed_in_twice_is_recorded_once(in_sign_off):
    in_sign_off("approve", "1", "--to-sign", "yes.txt", person="bob")
    sign(in_sign_off, "yes.txt", "bob")
    first = in_sign_off.json("approve", "1", "--signed", "yes.txt", person="bob")

    with in_sign_off.nothing_recorded():
        again = in_sign_off.json("approve", "1", "--signed", "yes.txt", person="bob")

    assert again == first


@pytest.mark.parametrize(
    ("words", "given"),
    [
        (("return", "1", "--reason", "費用過高。", "--part", "第五條", "--part", "第六條"), ()),
        (("reject", "1", "--reason", "不與此公司往來。"), ()),
        (("recuse", "1", "--reason", "有利害關係。"), ()),
    ],
    ids=lambda words: words[0] if words else "",
)
def test_every_decision_is_signed_elsewhere(in_sign_off, words, given):
    in_sign_off(*words, "--to-sign", "no.txt", person="bob")
    sign(in_sign_off, "no.txt", "bob")

    done = in_sign_off.json(*words[:2], "--signed", "no.txt", person="bob")

    assert done["schema"] == f"assent.{words[0]}/1"
    assert in_sign_off.json("audit", "verify")["ok"]


def test_a_retraction_is_signed_elsewhere(in_sign_off):
    in_sign_off("approve", "1", "--yes", person="bob")
    in_sign_off("retract", "1", "--reason", "看錯了。", "--to-sign", "back.txt", person="bob")
    sign(in_sign_off, "back.txt", "bob")

    in_sign_off("retract", "1", "--signed", "back.txt", person="bob")

    assert in_sign_off.json("show", "1")["seats"][0]["given"] == 0
    assert in_sign_off.json("audit", "verify")["ok"]


EDITS = {
    "another person": ('person: "bob"', 'person: "grace"'),
    "another name": ('name: "陳伯寧"', 'name: "別人"'),
    "another revision": ("revision: 1", "revision: 2"),
    "another aspect": ('aspect: "commercial"', 'aspect: "legal"'),
    "another store": ('log: "assent:', 'log: "other:'),
    "one field more": ("revision: 1", 'revision: 1\nfor: "grace"'),
    "one field less": ('name: "陳伯寧"\n', ""),
}


@pytest.mark.parametrize("what", EDITS)
def test_a_statement_that_was_edited_before_it_was_signed_is_refused(in_sign_off, what):
    in_sign_off("approve", "1", "--to-sign", "yes.txt", person="bob")
    path = in_sign_off.folder / "yes.txt"
    before = path.read_text(encoding="utf-8")
    after = before.replace(*EDITS[what])
    assert after != before
    path.write_text(after, encoding="utf-8")
    sign(in_sign_off, "yes.txt", "bob")

    with in_sign_off.nothing_recorded():
        refused = in_sign_off("approve", "1", "--signed", "yes.txt", person="bob", code=(4, 5))
    assert "error[W019]" in refused.err or "error[W032]" in refused.err, refused.err


def test_what_was_edited_after_it_was_signed_is_refused(in_sign_off):
    in_sign_off("approve", "1", "--reason", "同意。", "--to-sign", "yes.txt", person="bob")
    sign(in_sign_off, "yes.txt", "bob")
    path = in_sign_off.folder / "yes.txt"
    path.write_text(path.read_text(encoding="utf-8").replace('Z"', 'Z" '), encoding="utf-8")
    said = path.read_text(encoding="utf-8")

    in_sign_off.refuses("W019", 5, "approve", "1", "--signed", "yes.txt", person="bob")

    path.write_text(said.replace('Z" ', 'Z"').replace('time: "2', 'time: "3'), encoding="utf-8")
    in_sign_off.refuses("W060", 5, "approve", "1", "--signed", "yes.txt", person="bob")


def test_words_that_were_edited_after_they_were_signed_for_are_refused(in_sign_off):
    in_sign_off("approve", "1", "--reason", "同意。", "--to-sign", "yes.txt", person="bob")
    sign(in_sign_off, "yes.txt", "bob")
    path = in_sign_off.folder / "yes.txt.words"
    words = path.read_text(encoding="utf-8")
    path.write_text(words.replace("同意。", "不同意。"), encoding="utf-8")

    in_sign_off.refuses("W019", 5, "approve", "1", "--signed", "yes.txt", person="bob")

    path.unlink()
    in_sign_off.refuses("W019", 5, "approve", "1", "--signed", "yes.txt", person="bob")

    path.write_text(words, encoding="utf-8")
    in_sign_off("approve", "1", "--signed", "yes.txt", person="bob")
    assert "同意。" in in_sign_off("timeline", "1").out


def test_what_another_signed_is_refused(in_sign_off):
    in_sign_off("approve", "1", "--to-sign", "yes.txt", person="bob")

    sign(in_sign_off, "yes.txt", "grace")
    in_sign_off.refuses("W037", 4, "approve", "1", "--signed", "yes.txt", person="bob")
    in_sign_off.refuses("W032", 4, "approve", "1", "--signed", "yes.txt", person="lena")
    sign(in_sign_off, "yes.txt", "bob", namespace="registry.v1@assent")
    in_sign_off.refuses("W060", 5, "approve", "1", "--signed", "yes.txt", person="bob")


def test_what_was_signed_for_an_earlier_revision_is_stale(in_sign_off):
    in_sign_off("approve", "1", "--to-sign", "yes.txt", person="bob")
    sign(in_sign_off, "yes.txt", "bob")
    in_sign_off("return", "1", "--reason", "費用過高。", "--yes", person="bob")
    in_sign_off("draft", "1", "--terms", "changed.toml")
    in_sign_off("submit", "1")
    legal = [row["flag"] for row in in_sign_off.json("show", "1")["flags"] if row["blocking"]]
    for flag in legal:
        clear = ("--conclusion", "clear", "--reason", "無意見。", "--yes")
        in_sign_off("flag", "resolve", "1", flag, *clear, person="lena")

    in_sign_off.refuses("W044", 6, "approve", "1", "--signed", "yes.txt", person="bob")


def test_what_is_no_statement_is_refused(in_sign_off):
    in_sign_off.write("no.txt", "I approve of everything.\n")
    in_sign_off.write("no.txt.sig", "")

    in_sign_off.refuses("W019", 5, "approve", "1", "--signed", "no.txt", person="bob")


# --- for programs --------------------------------------------------------------------------


def test_every_command_prints_one_document_that_names_its_schema(in_sign_off):
    made = in_sign_off.json("approve", "1", "--to-sign", "yes.txt", person="bob")
    approved = in_sign_off.json("approve", "1", "--yes", person="bob")
    back = in_sign_off.json("retract", "1", "--reason", "看錯了。", "--yes", person="bob")
    asked = ("--role", "legal", "--question", "管轄法院？")
    flag = in_sign_off.json("flag", "raise", "1", *asked, person="bob")["flag"]
    assigned = in_sign_off.json("flag", "assign", "1", flag, "--to", "lena")
    declined = in_sign_off.json("flag", "decline", "1", flag, "--reason", "已約定。", "--yes", person="lena")

    assert (made["schema"], made["namespace"]) == ("assent.approve-to-sign/1", "decision.v1@assent")
    assert made["file"].endswith("yes.txt")
    assert (approved["schema"], approved["principal"]) == ("assent.approve/1", "")
    assert approved["waiting_for"] == ["gm"]
    assert (back["schema"], back["waiting_for"]) == ("assent.retract/1", ["dept_manager"])
    assert back["receipt"] != approved["receipt"]
    assert (assigned["schema"], assigned["blocking"]) == ("assent.flag-assign/1", [flag])
    assert (declined["schema"], declined["status"]) == ("assent.flag-decline/1", "declined")


# --- eighty columns ------------------------------------------------------------------------


def columns_of(text):
    return max(map(width, text.splitlines()), default=0)


@LANGUAGES
def test_nothing_is_wider_than_eighty_columns(deputised, lang):
    deputised.env["COLUMNS"] = "80"
    deputised("approve", "1", "--reason", "代理簽核，理由甚長，" * 5, "--yes", person="hana")
    deputised("return", "1", "--reason", "付款期限過長。", "--yes", person="grace")
    deputised("draft", "1", "--terms", "changed.toml")
    deputised("submit", "1")

    for words in (("show", "1"), ("why", "1"), ("timeline", "1"), ("delegate",), ("inbox",)):
        assert columns_of(deputised(*words, "--lang", lang, person="bob").out) <= 80, words


def test_a_sheet_stays_a_document_that_opens(deputised):
    deputised("approve", "1", "--yes", person="hana")
    deputised("documents", "save", "1", "--out", "papers")

    for path in (deputised.folder / "papers").glob("*.docx"):
        with zipfile.ZipFile(path) as package:
            assert package.testzip() is None
