"""What people get wrong: each slip is refused with a code and a way out, and leaves nothing behind."""

import pytest

HOSTILE = "\x1b]0;pwned\x07\x1b[31m"
HIDDEN = ("\x01", "\x1b[31m", "\u202e", "\u200b", "\udcff")


def with_terms(cli, old, new):
    text = (cli.folder / "terms.toml").read_text(encoding="utf-8")
    assert old in text
    return cli.write("bad.toml", text.replace(old, new))


# Files of terms.


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("missing", None),
        ("empty", b""),
        ("not TOML", b"title = [unclosed"),
        ("not text", b"\xff\xfe\x00"),
        ("nested without end", b"x = " + b"[" * 100_000),
        ("a number without end", b"x = " + b"9" * 5_000),
        ("too large", b"# " + b"x" * 2_000_000),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_refuses_a_file_that_holds_no_terms(founded, name, body):
    if body is not None:
        (founded.folder / "bad.toml").write_bytes(body)

    result = founded.refuses("W001", 2, "new", "services", "--terms", "bad.toml")

    assert "bad.toml" in result.err


def test_refuses_a_folder_where_a_file_is_meant(founded):
    founded.refuses("W001", 2, "new", "services", "--terms", "keys")


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ('currency = "TWD"', 'currency = "XXX"', "currency"),
        ('quantity = "12"', "quantity = 1.5", "items[0].quantity"),
        ('quantity = "12"', 'quantity = "1e999999999"', "items[0].quantity"),
        ('quantity = "12"', 'quantity = "NaN"', "items[0].quantity"),
        ('quantity = "12"', 'quantity = "-1"', "items[0].quantity"),
        ('unit_price = "90"', 'unit_price = "90.005"', ".: items[0].unit_price"),
        ("end = 2027-11-30", "end = 2026-01-01", "period"),
        ("end = 2027-11-30", "end = 2027-11-30\nperpetual = true", "period"),
        ("start = 2026-12-01", "start = 2026-12-01T09:00:00", "period.start"),
        ('kind = "capped"', 'kind = "unlimited"', "liability"),
        ('court = "臺灣臺北地方法院"', 'court = "A"\narbitration = "B"', "law"),
        ('side = "theirs"', 'side = "ours"', "parties"),
        ('registration = "12345675"', 'registration = "12345678"', "parties[0].registration"),
        ("title_en", "titel_en", "titel_en"),
        ('title = "客戶服務中心維運"', 'title = "甲\\u202e乙"', "title"),
        ('title = "客戶服務中心維運"', 'title = "甲\\u0000乙"', "title"),
        ('title = "客戶服務中心維運"', 'title = "  "', "title"),
        ("personal_data = true", 'personal_data = "maybe"', "facts.personal_data"),
        ("[payment]", "[[payment]]", "payment"),
    ],
    ids=lambda value: value.partition("\n")[0][:40],
)
def test_refuses_terms_that_cannot_be_meant_and_says_where(founded, old, new, place):
    with_terms(founded, old, new)

    result = founded.refuses("W001", 2, "new", "services", "--terms", "bad.toml")

    assert f"\n  {place}" in result.err


def test_names_every_problem_of_the_terms_at_once(founded):
    with_terms(founded, "[payment]", "[payment]\nday = 3\n[nothing]\nx = 1\n[tax2]\n")

    result = founded.refuses("W001", 2, "new", "services", "--terms", "bad.toml")

    assert "payment.day" in result.err
    assert "nothing" in result.err
    assert "did you mean" in result.err


def test_shows_no_control_characters_of_a_file(founded):
    key = HOSTILE.replace("\x1b", "\\u001b").replace("\x07", "\\u0007")
    with_terms(founded, 'currency = "TWD"', f'currency = "{key}"\n"{key}" = 1')

    result = founded.refuses("W001", 2, "new", "services", "--terms", "bad.toml")

    assert "\x1b" not in result.err


def test_writes_template_code_in_a_value_as_words(founded):
    with_terms(founded, 'title = "客戶服務中心維運"', 'title = "{{ 7 * 7 }} {% raw %} {braces} %s"')
    founded("new", "services", "--terms", "bad.toml")

    founded("open", "1")
    founded("agree", "1")

    assert founded.json("show", "1")["title"] == "{{ 7 * 7 }} {% raw %} {braces} %s"


def test_refuses_the_same_slips_where_terms_are_changed(in_sign_off):
    in_sign_off("return", "1", "--reason", "x", "--yes", person="bob")
    with_terms(in_sign_off, 'currency = "TWD"', 'currency = "XXX"')

    in_sign_off.refuses("W001", 2, "draft", "1", "--terms", "bad.toml")
    in_sign_off.refuses("W001", 2, "draft", "1", "--terms", "missing.toml")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('side = "theirs"', 'side = "ours"'),
        ("originals = 2", "originals = 0"),
        ('consent_mode = "agreed"', 'consent_mode = "paper"'),
        ("effective_on", "effective"),
        ('method = "electronic"', 'method = "by nodding"'),
    ],
)
def test_refuses_an_execution_that_does_not_add_up(approved, old, new):
    text = (approved.folder / "execution.toml").read_text(encoding="utf-8")
    approved.write("bad.toml", text.replace(old, new))

    approved.refuses("W001", 2, "execute", "1", "--file", "bad.toml")


@pytest.mark.parametrize("command", ["plan", "round"])
def test_refuses_a_plan_or_a_round_that_cannot_be_read(founded, command):
    founded("new", "services", "--terms", "terms.toml")
    founded.write("bad.toml", "[[")

    founded.refuses("W001", 2, command, "1", "--file", "bad.toml")
    founded.refuses("W001", 2, command, "1", "--file", "missing.toml")
    founded.refuses("W001", 2, command, "1", "--file", "terms.toml")


# Names that nobody and nothing has.


@pytest.mark.parametrize("words", [("inbox",), ("approve", "1", "--yes"), ("new", "services")])
def test_knows_nobody_by_an_unknown_name(in_sign_off, words):
    in_sign_off.refuses("W045", 3, *words, person="nobody")


@pytest.mark.parametrize(
    "name", ["²", "", "0", "-1", "9" * 5000, "AGR-2026", "1-1", "%", "' OR 1=1 --", "\udcff"]
)
def test_knows_no_agreement_by_an_unknown_reference(in_sign_off, name):
    for command in ("show", "why", "timeline", "submit", "approve"):
        in_sign_off.refuses("W040", 3, command, "--", name)


def test_says_which_agreements_a_short_reference_could_mean(in_sign_off):
    receipt = in_sign_off.json("timeline", "1")["events"][0]["hash"][:8]
    in_sign_off("new", "services")

    assert in_sign_off.json("show", receipt)["ref"].endswith("0001")
    assert in_sign_off.json("show", "2")["ref"].endswith("0002")


@pytest.mark.parametrize(
    ("words", "error", "code"),
    [
        (("new", "novel"), "W042", 3),
        (("new", "term-sheet"), "W042", 3),
        (("new", "../services"), "W042", 3),
        (("new", "services", "--language", "fr"), "W042", 3),
        (("new", "services", "--language", "../en"), "W042", 3),
        (("people", "role", "bob", "king"), "W046", 2),
        (("people", "role", "nobody", "gm"), "W045", 3),
        (("people", "add", "eve", "--name", "Eve", "--role", "king"), "W046", 2),
        (("people", "add", "Eve!", "--name", "Eve"), "W001", 2),
        (("people", "add", "eve", "--name", " "), "W001", 2),
        (("people", "add", "eve", "--name", "E\u202eve"), "W001", 2),
        (("people", "add", "bob", "--name", "Bob"), "W049", 1),
        (("people", "add", "eve", "--name", "Eve", "--public-key", "terms.toml"), "W065", 2),
        (("people", "add", "eve", "--name", "Eve", "--public-key", "missing.pub"), "W061", 4),
        (("key", "add", "nobody", "--public-key", "keys/bob.pub"), "W045", 3),
        (("key", "revoke", "bob", "SHA256:nothing"), "W045", 3),
        (("key", "new", "--out", "keys/bob"), "W064", 1),
        (("flag", "raise", "1", "--role", "king", "--question", "why"), "W046", 2),
        (("flag", "raise", "1", "--role", "ip", "--question", "why"), "W012", 1),
        (("flag", "raise", "1", "--role", "legal", "--question", " "), "W025", 2),
        (("audit", "verify", "7"), "W040", 3),
        (("documents", "save", "7"), "W040", 3),
        (("init",), "W071", 1),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_refuses_what_does_not_exist_or_exists_already(in_sign_off, words, error, code):
    in_sign_off.refuses(error, code, *words)


@pytest.mark.parametrize(
    ("words", "error", "code"),
    [
        (("flag", "resolve", "1", "F-9", "--conclusion", "clear"), "W047", 3),
        (("flag", "close", "1", "F-9", "C-1"), "W047", 3),
        (("flag", "close", "1", "F-1", "C-9"), "W047", 3),
        (("flag", "resolve", "1", "F-1", "--conclusion", "clear", "--expect", "0" * 64), "W044", 6),
    ],
)
def test_knows_no_flag_or_condition_by_an_unknown_name(in_review, words, error, code):
    in_review.refuses(error, code, *words, "--reason", "x", "--yes", person="dan")


@pytest.mark.parametrize(
    "words",
    [
        ("aprove", "1"),
        ("approve",),
        ("approve", "1", "2"),
        ("approve", "1", "--nonsense"),
        ("list", "--state", "nowhere"),
        ("acknowledge", "1", "--evidence", "reply.eml", "--on", "yesterday"),
        ("flag", "raise", "1", "--role", "legal", "--aspect", "moral", "--question", "why"),
        ("flag", "resolve", "1", "F-1", "--conclusion", "perhaps"),
        ("flag", "resolve", "1", "F-1", "--conclusion", "clear", "--must", "but"),
        ("flag", "resolve", "1", "F-1", "--conclusion", "conditions"),
        ("flag",),
        (),
    ],
    ids=" ".join,
)
def test_explains_how_a_command_is_used(in_sign_off, words):
    with in_sign_off.nothing_recorded():
        result = in_sign_off(*words, code=2)

    assert "Usage: assent" in result.err


def test_suggests_the_command_that_was_meant(cli):
    assert "approve" in cli("aprove", "1", code=2).err


# Who may not.


def test_a_drafter_decides_nothing_about_the_draft(in_sign_off):
    for command in ("approve", "return", "reject"):
        in_sign_off.refuses("W031", 4, command, "1", "--reason", "x", "--yes", person="alice")


def test_a_role_that_is_not_asked_decides_nothing(in_sign_off):
    in_sign_off.refuses("W032", 4, "approve", "1", "--yes", person="lena")


def test_a_capacity_one_does_not_have_decides_nothing(in_sign_off):
    in_sign_off.refuses("W032", 4, "approve", "1", "--role", "gm", "--yes", person="bob")
    in_sign_off.refuses("W032", 4, "approve", "1", "--aspect", "legal", "--yes", person="bob")


def test_nobody_signs_before_their_step(in_sign_off):
    in_sign_off.refuses("W034", 1, "approve", "1", "--yes", person="grace")


def test_nobody_signs_twice(in_sign_off):
    in_sign_off("approve", "1", "--yes", person="bob")

    for command in ("approve", "return", "reject"):
        in_sign_off.refuses("W035", 1, command, "1", "--reason", "x", "--yes", person="bob")


def test_nobody_signs_without_a_key(in_sign_off):
    in_sign_off("people", "add", "max", "--name", "Max", "--role", "dept_manager")

    in_sign_off.refuses("W036", 4, "approve", "1", "--yes", person="max")


def test_nobody_signs_where_their_key_is_not_at_hand(in_sign_off):
    (in_sign_off.folder / "keys" / "bob").unlink()

    refusal = in_sign_off.refuses("W061", 4, "approve", "1", "--yes", person="bob")

    assert "ssh-agent holds none" in refusal.err


@pytest.mark.parametrize("name", ["keys", "missing", "terms.toml", "keys/bob.pub"])
def test_signs_with_nothing_that_is_no_private_key(in_sign_off, name):
    in_sign_off.refuses("W061", 4, "approve", "1", "--key", name, "--yes", person="bob")


def test_signs_with_no_key_that_others_can_read(in_sign_off):
    (in_sign_off.folder / "keys" / "bob").chmod(0o644)

    result = in_sign_off.refuses("W061", 4, "approve", "1", "--yes", person="bob")

    assert "chmod 600" in result.err


def test_asks_to_confirm_where_nobody_can_be_asked(in_sign_off):
    result = in_sign_off.refuses("W039", 2, "approve", "1", person="bob")

    assert "--yes --expect sha256:" in result.err


@pytest.mark.parametrize("expected", ["1234567", "sha256:", "zzzzzzzz", " "])
def test_takes_no_half_digest_for_a_match(in_sign_off, expected):
    in_sign_off.refuses("W044", 6, "approve", "1", "--expect", expected, "--yes", person="bob")


def test_staff_work_is_for_staff(founded):
    founded.refuses("W030", 4, "new", "services", person="bob")


def test_the_registry_is_for_administrators(founded):
    founded.refuses("W030", 4, "people", "add", "eve", "--name", "Eve", person="bob")
    founded.refuses("W038", 1, "people", "role", "alice", "admin", "--revoke", person="alice")


def test_says_what_is_possible_where_a_step_is_too_early(in_review):
    result = in_review.refuses("W020", 1, "approve", "1", "--yes", person="bob")

    assert "possible now" in result.err


def test_an_expert_who_is_not_asked_gives_no_opinion(in_review, ways):
    said = ("--conclusion", "clear", "--reason", "x", "--yes")

    in_review.refuses("W032", 4, "flag", "resolve", "1", ways.flag_of(in_review, "dpo"), *said, person="lena")
    in_review.refuses(
        "W031", 4, "flag", "resolve", "1", ways.flag_of(in_review, "dpo"), *said, person="alice"
    )


def test_a_settled_question_stays_settled(in_review, ways):
    flag, said = ways.flag_of(in_review, "dpo"), ("--conclusion", "clear", "--reason", "x", "--yes")
    in_review("flag", "resolve", "1", flag, *said, person="dan")

    in_review.refuses("W048", 1, "flag", "resolve", "1", flag, *said, person="dan")


def test_needs_a_reason_for_every_no(in_sign_off):
    in_sign_off.refuses("W025", 2, "return", "1", "--yes", person="bob")
    in_sign_off.refuses("W025", 2, "reject", "1", "--reason", "  ", "--yes", person="bob")
    in_sign_off.refuses("W025", 2, "withdraw", "1")


# Words that nobody could have seen.


@pytest.mark.parametrize(
    ("person", "words"),
    [
        ("alice", ("withdraw", "1")),
        ("bob", ("return", "1", "--yes")),
        ("bob", ("approve", "1", "--yes")),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_records_no_reason_that_cannot_be_seen(in_sign_off, person, words):
    for hidden in HIDDEN:
        in_sign_off.refuses("W001", 2, *words, "--reason", f"甲{hidden}乙", person=person)


@pytest.mark.parametrize("expected", ["1234567", "zzzzzzzz", " "])
def test_takes_no_half_digest_for_a_match_under_an_opinion(in_review, ways, expected):
    said = ("--conclusion", "clear", "--reason", "x", "--expect", expected, "--yes")
    in_review.refuses("W044", 6, "flag", "resolve", "1", ways.flag_of(in_review, "dpo"), *said, person="dan")


# Evidence and other files.


@pytest.fixture
def confirming(founded):
    founded("new", "services", "--terms", "terms.toml")
    for command in ("open", "agree", "confirm"):
        founded(command, "1")
    return founded


@pytest.mark.parametrize("name", ["missing.eml", "empty.eml", "blank.eml", "keys", "reply.eml/x"])
def test_takes_nothing_for_evidence_that_proves_nothing(confirming, name):
    confirming.write("empty.eml", "")
    confirming.write("blank.eml", " \n\t\n")

    confirming.refuses("W026", 2, "acknowledge", "1", "--evidence", name)


def test_reads_a_reason_from_a_file_or_from_standard_input(in_sign_off):
    in_sign_off.write("reason.txt", "\ufeff費用過高。\r\n請重議。\n")
    in_sign_off("return", "1", "--reason-file", "reason.txt", "--yes", person="bob")
    in_sign_off("withdraw", "1", "--reason-file", "-", given="改與他人簽約。\n")

    reasons = [event["reason"] for event in in_sign_off.json("timeline", "1")["events"][-2:]]
    assert reasons == ["費用過高。\n請重議。", "改與他人簽約。"]


@pytest.mark.parametrize("name", ["missing.txt", "keys", "long.txt", "latin.txt"])
def test_takes_no_reason_from_a_file_that_holds_none(in_sign_off, name):
    in_sign_off.write("long.txt", "x" * 100_001)
    (in_sign_off.folder / "latin.txt").write_bytes(b"\xe9")

    in_sign_off.refuses("W026", 2, "return", "1", "--reason-file", name, "--yes", person="bob")


def test_says_where_documents_cannot_be_written(in_force):
    in_force.write("taken", "x")

    in_force.refuses("W077", 1, "documents", "save", "1", "--out", "taken")
    in_force.refuses("W077", 1, "documents", "save", "1", "--out", "taken/below")


def test_leaves_no_half_written_document_behind(in_force):
    name = in_force.json("documents", "list", "1")["documents"][0]["name"]
    (in_force.folder / "papers" / name).mkdir(parents=True)

    in_force.refuses("W077", 1, "documents", "save", "1", "--out", "papers")

    assert not list((in_force.folder / "papers").glob("*.partial"))


def test_says_where_a_key_cannot_be_made(founded):
    founded.write("taken", "x")

    for path in ("taken/key", "taken/below/key"):
        founded.refuses("W077", 1, "key", "new", "--out", path)


def test_says_where_the_demonstration_cannot_be_played(cli):
    cli.write("taken", "x")

    for path in ("taken", "taken/below"):
        cli.refuses("W077", 1, "demo", "--dir", path)


# The file of settings.


@pytest.mark.parametrize(
    "text",
    ["db = [", "db = 3", 'databse = "x"', "x = " + "[" * 100_000, "x = " + "9" * 5000],
    ids=["cut short", "a number", "a slip", "nested without end", "a number without end"],
)
def test_refuses_settings_that_cannot_be_read(founded, text):
    founded.write("assent.toml", text)

    result = founded.refuses("W001", 2, "list")

    assert "assent.toml" in result.err


def test_reads_settings_that_an_editor_marked_as_unicode(founded):
    founded.write("assent.toml", "\ufeff" + 'db = "assent.db"\nperson = "alice"\n')

    founded("list", "--mine")


def test_works_in_a_folder_that_is_gone(founded):
    gone = founded.folder / "gone"
    gone.mkdir()

    result = founded.alone("--db", founded.folder / "assent.db", "list", cwd=gone, preexec_fn=gone.rmdir)

    assert "There is no agreement" in result.out


@pytest.mark.parametrize("policy", ["missing.csv", "keys", "terms.toml"])
def test_applies_no_policy_that_cannot_be_read(founded, policy):
    founded.write("assent.toml", f'db = "assent.db"\nperson = "alice"\npolicy = "{policy}"\n')

    founded.refuses("W010", 2, "policy", "adopt")
    founded.refuses("W010", 2, "new", "services", "--title", "X")


def test_works_from_a_folder_below(founded):
    (founded.folder / "below").mkdir()

    assert "There is no agreement" in founded.alone("list", cwd=founded.folder / "below").out
