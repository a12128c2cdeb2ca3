"""A store that another program holds. The waiting begins with the first test and ends in this file."""


def test_says_that_another_program_holds_the_store(waiting):
    cli, hear = waiting

    heard = hear()

    assert [code for code, _ in heard] == [7, 7, 7]
    for _, text in heard:
        assert text.startswith("error[W075]: ")
        assert "locked" in text
        assert "\n  try   " in text
    assert [row["state"] for row in cli.json("list")["agreements"]] == ["sign_off"]
    assert cli.json("audit", "verify")["ok"]
