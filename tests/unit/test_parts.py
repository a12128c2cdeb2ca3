"""The parts of a contract: what changes which, and whom a change concerns."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflow.parts import TOPICS, changed_parts, concerns, parts_of

FEW = settings(max_examples=150, deadline=None, database=None)
EVERYONES = ("facts", "layout", "other", "parties", "title", "everything", "anything_new")
DIGEST = "t" * 64


def clause(name, text="…", **more):
    return {"id": name, "title": name, "text": text, **more}


def context(**changes):
    made = {
        "document": {
            "number": "AGR-1-r1",
            "revision": 1,
            "date": "x",
            "draft": True,
            "owner": "A",
            "law": "TW",
        },
        "parties": [{"side": "ours", "name": "甲"}],
        "ours": {"name": "甲"},
        "theirs": {"name": "乙"},
        "facts": [],
        "payment": {"days": 30},
        "price": {"total": "NT$1"},
        "purpose": "維運",
        "period": {"start": "2026-12-01"},
        "consent_mode": "agreed",
        "clauses": [clause("payment.standard"), clause("liability.capped"), clause("law.tw")],
    }
    return made | changes


@pytest.fixture
def parts(terms):
    """A function that gives the parts of a context, by default of ours."""

    def parts(made=None, *, template=DIGEST, said=terms):
        return parts_of(context() if made is None else made, template=template, terms=said)

    return parts


def test_a_text_is_made_of_the_topics_it_speaks_of_and_of_what_is_everyones(parts):
    assert list(parts()) == [
        "facts", "law", "layout", "liability", "parties", "payment", "price", "scope", "signature", "term",
    ]  # fmt: skip


def test_what_is_made_again_is_the_same(parts):
    assert parts() == parts(context())


@pytest.mark.parametrize(
    ("changes", "changed"),
    [
        ({"payment": {"days": 45}}, "payment"),
        ({"price": {"total": "NT$2"}}, "price"),
        ({"purpose": "另一目的"}, "scope"),
        ({"period": {"start": "2027-01-01"}}, "term"),
        ({"consent_mode": "paper"}, "signature"),
        ({"parties": [{"side": "ours", "name": "丙"}]}, "parties"),
        ({"kpi": {"uptime": "99"}}, "kpi"),
        ({"something_new": 1}, "something_new"),
    ],
)
def test_a_change_of_one_section_changes_its_topic_alone(parts, changes, changed):
    assert changed_parts(parts(), parts(context(**changes))) == (changed,)


@pytest.mark.parametrize(
    ("place", "new", "changed"),
    [
        (0, clause("payment.standard", "提前十日付款"), ("payment",)),
        (1, clause("liability.capped", "上限提高"), ("liability",)),
        (0, clause("payment.late"), ("layout", "payment")),
    ],
)
def test_a_changed_clause_changes_its_familys_topic(parts, place, new, changed):
    clauses = context()["clauses"]
    clauses[place] = new

    assert changed_parts(parts(), parts(context(clauses=clauses))) == changed


def test_a_clause_of_a_family_nobody_knows_is_everyones(parts):
    clauses = [*context()["clauses"], clause("special.own")]

    assert changed_parts(parts(), parts(context(clauses=clauses))) == ("layout", "other")


def test_clauses_in_another_order_are_another_layout_and_nothing_else(parts):
    clauses = context()["clauses"]

    assert changed_parts(parts(), parts(context(clauses=clauses[::-1]))) == ("layout",)


def test_a_clause_taken_out_changes_its_topic(parts):
    clauses = context()["clauses"]

    assert changed_parts(parts(), parts(context(clauses=clauses[:1] + clauses[2:]))) == (
        "layout",
        "liability",
    )


@pytest.mark.parametrize("heading", ["number", "revision", "date", "draft", "owner"])
def test_the_heading_that_differs_with_every_revision_is_no_change(parts, heading):
    document = context()["document"] | {heading: "another"}

    assert changed_parts(parts(), parts(context(document=document))) == ()


def test_anything_else_about_the_document_is_its_layout(parts):
    document = context()["document"] | {"law": "JP"}

    assert changed_parts(parts(), parts(context(document=document))) == ("layout",)


def test_another_template_is_another_layout(parts):
    assert changed_parts(parts(), parts(template="u" * 64)) == ("layout",)


@pytest.mark.parametrize("name", ["ours", "theirs", "facts"])
def test_what_is_said_elsewhere_too_is_no_part_of_its_own(parts, name):
    assert changed_parts(parts(), parts(context(**{name: "another"}))) == ()


@pytest.mark.parametrize("change", ["facts", "contract_type", "exchange"])
def test_what_only_the_rules_read_is_a_change_for_everyone(parts, terms, change):
    other = {
        "facts": terms.facts.model_copy(update={"personal_data": False}),
        "contract_type": "saas",
        "exchange": type("Rate", (), {"model_dump": lambda self, mode: {"rate": "31"}})(),
    }[change]

    assert changed_parts(parts(), parts(said=terms.model_copy(update={change: other}))) == ("facts",)


def test_names_what_was_added_removed_and_altered_in_order():
    before = {"price": "1", "term": "1", "law": "1"}
    after = {"price": "2", "law": "1", "audit": "1"}

    assert changed_parts(before, after) == ("audit", "price", "term")


# --- whom it concerns ----------------------------------------------------------------------

NAMES = st.sampled_from([*TOPICS[:12], *EVERYONES])
SETS = st.frozensets(NAMES, max_size=6)
COVERS = st.frozensets(st.sampled_from(TOPICS[:12]), max_size=6)


def test_the_topics_are_in_order_and_none_twice():
    assert sorted(set(TOPICS)) == list(TOPICS)
    assert not {*TOPICS} & {*EVERYONES}


@pytest.mark.parametrize("part", [*TOPICS, *EVERYONES])
def test_every_change_concerns_whoever_answers_for_everything(part):
    assert concerns([part], ()) == (part,)


@pytest.mark.parametrize("part", EVERYONES)
def test_what_belongs_to_no_topic_concerns_everyone(part):
    assert concerns([part], ("payment",)) == (part,)


@pytest.mark.parametrize("part", TOPICS)
def test_a_topic_concerns_whoever_answers_for_it_and_nobody_else(part):
    others = [topic for topic in TOPICS if topic != part]

    assert concerns([part], [part]) == (part,)
    assert concerns([part], others) == ()


@FEW
@given(SETS, SETS, COVERS)
def test_more_changes_never_concern_anyone_less(changed, more, covers):
    assert {*concerns(changed, covers)} <= {*concerns(changed | more, covers)}


@FEW
@given(SETS, COVERS.filter(bool), COVERS)
def test_answering_for_more_never_means_being_concerned_by_less(changed, covers, more):
    assert {*concerns(changed, covers)} <= {*concerns(changed, covers | more)} <= {*concerns(changed, ())}


@FEW
@given(SETS, COVERS)
def test_nothing_concerns_anyone_that_did_not_change(changed, covers):
    assert {*concerns(changed, covers)} <= changed
    assert concerns((), covers) == ()
