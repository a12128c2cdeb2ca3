"""The experts' checklists: for every reviewing role, in both languages, with statutes that exist."""

import json
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest

from approvals.checklists import points_of
from approvals.labels import ROLES
from approvals.policy import load_policy

LISTS = tomllib.loads((files("approvals") / "data" / "checklists.toml").read_text(encoding="utf-8"))
POINTS = [(role, point) for role, points in LISTS.items() for point in points]
REVIEWERS = {rule.role for rule in load_policy().rules if rule.kind == "review"}


def test_every_role_that_the_policy_asks_has_a_checklist():
    assert REVIEWERS <= set(LISTS) <= set(ROLES)


@pytest.mark.parametrize("role", LISTS)
def test_a_checklist_has_as_many_points_as_people_read(role):
    assert 5 <= len(LISTS[role]) <= 9


@pytest.mark.parametrize(("role", "point"), POINTS)
def test_a_point_is_a_question_in_both_languages(role, point):
    assert set(point) == {"zh", "en", "basis"}
    assert (point["zh"][-1], point["en"][-1]) == ("？", "?")
    assert point["en"].replace("’", "'").isascii()


def test_the_data_protection_officers_points_are_the_six_of_the_law():
    points = LISTS["dpo"]

    assert len(points) == 6
    assert all(point["basis"][0] == "個人資料保護法施行細則 §8" for point in points)


def test_a_flag_for_two_roles_has_the_points_of_both():
    both = points_of("dpo/infosec", "en")

    assert [point["no"] for point in both] == [str(n) for n in range(1, len(both) + 1)]
    assert len(both) == len(LISTS["dpo"]) + len(LISTS["infosec"])


def test_an_own_role_has_no_points_and_is_asked_all_the_same():
    assert points_of("sustainability", "zh-TW") == []


def test_the_statutes_exist():
    path = Path(__file__).parents[4] / "shared" / "data" / "articles.json"
    if not path.exists():
        pytest.skip(f"{path} is not here")
    acts = json.loads(path.read_text(encoding="utf-8"))
    cited = [basis.partition(" §") for _, point in POINTS for basis in point["basis"]]

    # An act that was renumbered is cited without its article.
    assert [act for act, _, _ in cited if act not in acts] == []
    assert [(act, n) for act, _, n in cited if n and n not in acts[act]["articles"]] == []
