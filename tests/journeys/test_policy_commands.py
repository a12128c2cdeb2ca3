"""Trying a policy before it counts: check, try, why, diff, as an administrator types them."""

import pytest

from approvals.cli.output import width
from approvals.policy import DEFAULT_POLICY
from workflow.i18n import LANGUAGES

SHIPPED = DEFAULT_POLICY.read_text(encoding="utf-8-sig")
REF = 1


def stricter(cli):
    """A policy that asks one level up at 1,000 and no expert in competition law."""
    text = SHIPPED.replace("contract_value > 1500000,", "contract_value > 1000,")
    rows = [line for line in text.splitlines() if not line.startswith("C01,")]
    return cli.write("stricter.csv", "\n".join(rows) + "\n")


def wrong(cli):
    """A policy with a slip, a rule that can never apply, and one that is there twice."""
    rows = SHIPPED.splitlines()
    changes = {
        "G02": ("on_site_work is true", "on_site_wrok is true"),
        "T02": ('"stamp_class in works,movables,real_estate"', "cap_pct > 5 & cap_pct < 3"),
        "L04": ("foreign_law is true", "paper != own_standard"),
    }
    for number, line in enumerate(rows):
        old, new = changes.get(line.partition(",")[0], ("", ""))
        assert old in line
        rows[number] = line.replace(old, new)
    return cli.write("wrong.csv", "\n".join(rows) + "\n")


# --- check -------------------------------------------------------------------------------


def test_checks_a_policy_without_a_store_and_says_what_it_could_not_check(cli):
    result = cli("policy", "check", "--lang", "en")

    assert "it can be used" in result.out
    assert "whether anyone holds each role could not be checked" in result.err


def test_lists_everything_that_is_wrong_and_ends_with_1(cli):
    found = cli.json("policy", "check", wrong(cli), code=1)

    assert not found["usable"]
    assert not found["holders_checked"]
    assert [(row["code"], row["row"], row["column"]) for row in found["problems"]] == [
        ("overlap", 13, "condition"),
        ("unreachable", 16, "condition"),
        ("bad_condition", 27, "condition"),
    ]


def test_warns_of_roles_nobody_holds_and_ends_with_0(founded):
    founded.write("policy.csv", SHIPPED)

    found = founded.json("policy", "check", "policy.csv")

    assert found["usable"]
    assert found["holders_checked"]
    assert {row["severity"] for row in found["problems"]} == {"warning"}
    unheld = {row["message"].split(",")[0] for row in found["problems"]}
    assert "nobody holds board" in unheld
    assert "nobody holds legal" not in unheld


def test_a_policy_with_errors_is_not_used(founded):
    wrong(founded)
    founded.write("assent.toml", 'db = "assent.db"\nperson = "alice"\npolicy = "wrong.csv"\n')

    refusal = founded.refuses("W010", 2, "policy", "adopt")

    assert "row 16, condition: cap_pct > 5 & cap_pct < 3 can never hold" in refusal.err
    assert "row 27, condition: unknown field 'on_site_wrok'" in refusal.err


def test_a_policy_counts_once_an_administrator_has_put_it_in_force(confirmed):
    in_drafting = confirmed
    in_drafting("draft", "1")
    in_drafting.write("stricter.csv", SHIPPED.replace("> 150000 |", "> 100 |"))
    in_drafting.write("assent.toml", 'db = "assent.db"\nperson = "alice"\npolicy = "stricter.csv"\n')

    in_drafting.refuses("W013", 4, "submit", "1")
    in_drafting.refuses("W030", 4, "policy", "adopt", person="bob")
    adopted = in_drafting.json("policy", "adopt")
    assert in_drafting.json("policy", "show")["digest"] == adopted["digest"]
    in_drafting("people", "role", "lena", "finance")
    in_drafting("submit", "1")

    assert in_drafting.json("policy", "why", "1")["policy"] == adopted["digest"]
    assert "finance" in {flag["role"] for flag in in_drafting.json("show", "1")["flags"]}
    in_drafting.refuses("W049", 1, "policy", "adopt")
    assert in_drafting.json("audit", "verify")["ok"]


def test_says_that_a_file_is_no_policy(cli):
    cli.write("notes.txt", "buy milk\n")

    cli.refuses("W010", 2, "policy", "check", "missing.csv")
    assert cli("policy", "check", "notes.txt", code=1).out


# --- try ---------------------------------------------------------------------------------


def test_tries_terms_without_a_store(cli, ways):
    cli.write("terms.toml", ways.TERMS.read_text(encoding="utf-8"))

    found = cli.json("policy", "try", "terms.toml")

    assert [(row["role"], row["rules"]) for row in found["requirements"]] == [
        ("dpo", ["P01"]),
        ("legal", ["L02a"]),
        ("dept_manager", ["A01"]),
        ("gm", ["L02b"]),
    ]
    assert (found["value"], found["earlier"], found["unknown"]) == (1_080, [], [])
    assert all("people" not in row for row in found["requirements"])


def test_names_who_could_act_and_what_nobody_answered(founded, ways):
    text = ways.TERMS.read_text(encoding="utf-8")
    founded.write("open.toml", text.replace("government = false\n", "").replace("on_site_work = false\n", ""))

    found = founded.json("policy", "try", "open.toml")

    people = {row["role"]: row["people"] for row in found["requirements"]}
    assert (people["legal"], people["gm"], people["ehs"]) == (["lena"], ["grace"], [])
    assert found["unknown"] == [
        {"fact": "government", "rules": ["G01a", "G01b"]},
        {"fact": "on_site_work", "rules": ["G02"]},
    ]
    with founded.nothing_recorded():
        shown = founded("policy", "try", "open.toml", "--lang", "en").out
    assert "count as risky" in shown
    assert "nobody" in shown


def test_counts_what_was_submitted_with_the_same_party(in_review):
    found = in_review.json("policy", "try", "terms.toml")

    assert found["value"] == 2 * 1_080
    assert [row["value"] for row in found["earlier"]] == [1_080]


def test_refuses_to_try_what_are_no_terms(cli):
    cli.write("terms.toml", "title = 3\n")

    cli.refuses("W001", 2, "policy", "try", "terms.toml")


# --- why ---------------------------------------------------------------------------------


def test_tells_every_rule_and_which_nearly_applied(in_review):
    found = in_review.json("policy", "why", REF)

    missed = {row["rule"]: row["missed"] for row in found["rules"]}
    assert len(missed) == len(SHIPPED.splitlines()) - 1
    assert missed["A01"] is None
    assert missed["A03"] == {
        "field": "contract_value", "needs": "contract_value > 1500000", "by": "1498920", "near": False,
    }  # fmt: skip
    assert missed["P02a"] == {
        "field": "cross_border_data", "needs": "cross_border_data is true", "by": None, "near": True,
    }  # fmt: skip
    assert "one fact away: cross_border_data is true" in in_review("policy", "why", REF, "--lang", "en").out


# --- diff --------------------------------------------------------------------------------


def test_rehearses_two_policies_over_the_agreements_of_the_store(in_review):
    in_review.write("policy.csv", SHIPPED)
    new = stricter(in_review)

    found = in_review.json("policy", "diff", "policy.csv", new)

    assert [(row["rule"], row["change"], row["columns"]) for row in found["rules"]] == [
        ("A03", "changed", ["condition"]),
        ("C01", "removed", []),
    ]
    (one,) = found["agreements"]
    assert [(row["role"], row["step"]) for row in one["more"]] == [("division_head", 30)]
    assert (one["less"], one["other"], one["signed_by_nobody"]) == ([], [], False)
    assert in_review.json("policy", "diff", "policy.csv", new, "--over", REF)["agreements"] == [one]


def test_rehearses_two_policies_over_sample_terms_without_a_store(cli, ways):
    cli.write("terms.toml", ways.TERMS.read_text(encoding="utf-8"))
    cli.write("policy.csv", SHIPPED)

    (one,) = cli.json("policy", "diff", "policy.csv", stricter(cli), "terms.toml")["agreements"]

    assert one["agreement"] == "terms.toml"
    assert [row["role"] for row in one["more"]] == ["division_head"]


def test_says_where_a_policy_would_ask_nobody_to_sign(cli, ways):
    cli.write("terms.toml", ways.TERMS.read_text(encoding="utf-8"))
    cli.write("policy.csv", SHIPPED)
    rows = [line for line in SHIPPED.splitlines() if ",signoff," not in line or line.startswith("A05")]
    cli.write("lax.csv", "\n".join(rows) + "\n")

    (one,) = cli.json("policy", "diff", "policy.csv", "lax.csv", "terms.toml")["agreements"]

    assert one["signed_by_nobody"]
    assert "nobody would have to sign" in cli("policy", "diff", "policy.csv", "lax.csv", "terms.toml").out


def test_two_equal_policies_differ_in_nothing(in_review):
    in_review.write("policy.csv", SHIPPED)

    found = in_review.json("policy", "diff", "policy.csv", "policy.csv")

    assert found["rules"] == []
    assert [row["more"] + row["less"] + row["other"] for row in found["agreements"]] == [[]]
    assert "The rules are the same." in in_review("policy", "diff", "policy.csv", "policy.csv").out


# --- in both languages -------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_says_all_of_it_in_either_language_within_80_columns(in_review, language):
    in_review.env["COLUMNS"] = "80"
    in_review.write("policy.csv", SHIPPED)
    new = stricter(in_review).name
    wrong(in_review)

    for words, code in (
        (("show",), 0), (("check", "policy.csv"), 0), (("check", "wrong.csv"), 1), (("why", REF), 0),
        (("try", "terms.toml"), 0), (("diff", "policy.csv", new), 0),
    ):  # fmt: skip
        shown = in_review("policy", *words, "--lang", language, code=code).out

        assert max(map(width, shown.splitlines())) <= 80, words
        assert any("\u4e00" <= character <= "\u9fff" for character in _ours(shown)) is (language == "zh-TW")
        plain = in_review("policy", *words, "--json", "--lang", language, code=code).out
        assert plain == in_review("policy", *words, "--json", "--lang", "en", code=code).out


def _ours(shown):
    """What the command says itself: the title of the terms is Chinese in either language."""
    return shown.replace("客戶服務中心維運", "")
