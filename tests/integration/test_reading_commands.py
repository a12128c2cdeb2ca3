"""The commands that read, against both databases."""

import json

import pytest

from approvals.cli import main


@pytest.fixture
def read(world, capsys):
    """A function that runs a command on the store and returns the document it prints."""

    def read(*words):
        db = str(world.place.path or world.place.url)
        assert main([*map(str, words), "--db", db, "--json"]) == 0
        return json.loads(capsys.readouterr().out)

    return read


def refs(document):
    return {row["ref"] for row in document["agreements"]}


def test_narrows_a_list_down_by_everything_that_was_said(world, read):
    signing = world.in_sign_off()
    world.decide(signing, "bob")
    small = world.negotiated(world.terms.model_copy(update={"title": "小案"})).ref
    everything = {signing, small}

    assert refs(read("list")) == everything
    assert refs(read("list", "--state", "sign_off")) == {signing}
    assert refs(read("list", "--state", "sign_off", "--state", "confirmed")) == everything
    assert refs(read("list", "--person", "bob")) == {signing}
    assert refs(read("list", "--person", "陳美")) == {signing}
    assert refs(read("list", "--person", "何愛莉")) == everything
    assert refs(read("list", "--text", "小案")) == {small}
    assert refs(read("list", "--party", "53312848", "--kind", "services", "--value", ">0")) == everything
    assert refs(read("list", "--value", "<1")) == set()
    assert refs(read("list", "--older-than", "5wd")) == everything


def test_tells_draws_counts_and_makes_again(world, read):
    ref = world.approved()
    events = read("timeline", ref)["events"]

    assert len(events) == len(world.events(ref))
    assert read("diagram", "state", ref)["nodes"]
    assert read("diagram", "flow", ref)["stages"]
    assert read("diagram", "gantt", ref)["rows"]
    assert read("stats")["rework"]["approved"] == 1
    assert read("audit", "reproduce", ref)["ok"]
    assert read("receipt", events[-1]["receipt"])["ref"] == ref
    assert read("audit", "verify", "--receipt", f"{ref}#2:{events[1]['hash']}")["ok"]
    assert [e["seq"] for e in read("audit", "log", ref, "--last", "2")["events"]] == [
        len(events) - 1,
        len(events),
    ]
