"""Diagrams of agreements: what they show, as values, as mermaid text, and as SVG."""

import re
import xml.etree.ElementTree as ET
from datetime import timedelta
from unicodedata import east_asian_width

import pytest

from approvals.canvas import cells, wrapped
from approvals.charts import gantt
from approvals.diagrams import LINE, MARKS, Mark, state_diagram
from approvals.drawing import draw_flow, draw_gantt, draw_states
from approvals.flows import flow
from workflow import i18n
from workflow.lifecycle import TRANSITIONS, State
from workflow.values.deadlines import office_calendar

SVG = "{http://www.w3.org/2000/svg}"
CALENDAR = office_calendar()


def events(world, ref):
    with world.reader() as reader:
        return reader.events(ref)


def states(world, ref):
    return {node.state: node for node in state_diagram(events(world, ref)).nodes}


def chart(world, ref, **later):
    now = world.clock() + timedelta(**later)
    return gantt(world.case(ref), events(world, ref), calendar=CALENDAR, now=now, name=str)


def stages(world, ref):
    return {stage.name: stage for stage in flow(world.case(ref), name=str).stages}


@pytest.fixture
def returned(sqlite_world):
    """An agreement that was sent back by the second to sign."""
    ref = sqlite_world.in_sign_off()
    sqlite_world.decide(ref, "bob")
    sqlite_world.decide(ref, "grace", "return")
    return ref


def test_every_way_of_the_table_is_in_the_diagram():
    drawn = {(arrow.source, arrow.target): set(arrow.actions) for arrow in state_diagram().arrows}

    for action, source, target in TRANSITIONS:
        if source is not target and action != "withdraw":
            assert action in drawn[source, target]


def test_marks_where_it_is_what_is_behind_and_what_is_to_come(sqlite_world):
    found = states(sqlite_world, sqlite_world.in_sign_off())

    assert found[State.SIGN_OFF].mark is Mark.NOW
    assert {found[state].mark for state in LINE[: LINE.index(State.SIGN_OFF)]} == {Mark.DONE}
    assert {found[state].mark for state in LINE[LINE.index(State.APPROVED) :]} == {Mark.AHEAD}


def test_what_was_sent_back_has_its_sign_off_to_come_again(sqlite_world, returned):
    found = states(sqlite_world, returned)
    arrows = {(a.source, a.target): a for a in state_diagram(events(sqlite_world, returned)).arrows}

    assert found[State.DRAFTING].mark is Mark.NOW
    assert found[State.DRAFTING].times == 2
    assert found[State.SIGN_OFF].mark is Mark.AHEAD
    assert arrows[State.SIGN_OFF, State.DRAFTING].taken == 1
    assert arrows[State.SIGN_OFF, State.APPROVED].taken == 0


def test_what_was_withdrawn_ends_beside_the_line(sqlite_world):
    ref = sqlite_world.submitted().ref
    sqlite_world.workspace().get(ref).withdraw(reason="對方改變心意。")

    diagram = state_diagram(events(sqlite_world, ref))

    assert {n.state: n.mark for n in diagram.nodes}[State.WITHDRAWN] is Mark.REFUSED
    taken = [(a.source, a.target) for a in diagram.arrows if a.target is State.WITHDRAWN]
    assert taken == [(State.EXPERT_REVIEW, State.WITHDRAWN)]


def test_shows_who_signed_and_whose_turn_it_is(sqlite_world):
    ref = sqlite_world.in_sign_off()
    sqlite_world.decide(ref, "bob")

    found = stages(sqlite_world, ref)

    assert (found["Step 1"].mark, found["Step 2"].mark) == (Mark.DONE, Mark.NOW)
    assert "bob: approved" in found["Step 1"].cards[0].lines
    assert "1 still to sign" in found["Step 2"].cards[0].lines


def test_a_later_step_waits_for_the_one_before_it(sqlite_world):
    found = stages(sqlite_world, sqlite_world.in_sign_off())

    assert (found["Step 1"].mark, found["Step 2"].mark) == (Mark.NOW, Mark.AHEAD)


def test_no_sign_off_is_anybodys_turn_while_the_experts_are_asked(sqlite_world):
    found = stages(sqlite_world, sqlite_world.submitted().ref)

    assert found["Expert review"].mark is Mark.NOW
    assert (found["Step 1"].mark, found["Step 2"].mark) == (Mark.AHEAD, Mark.AHEAD)


def test_shows_who_sent_it_back(sqlite_world, returned):
    found = stages(sqlite_world, returned)

    assert found["Sent back"].mark is Mark.REFUSED
    assert "grace: returned for changes" in found["Sent back"].cards[0].lines


def test_names_a_deputy_with_whom_they_signed_for(sqlite_world):
    ref = sqlite_world.in_sign_off()
    sqlite_world.delegate("bob", "hana")
    sqlite_world.decide(ref, "hana")

    assert "hana for bob: approved" in stages(sqlite_world, ref)["Step 1"].cards[0].lines


def test_an_agreement_that_was_never_submitted_says_so(sqlite_world):
    (stage,) = flow(sqlite_world.case(sqlite_world.negotiated().ref), name=str).stages

    assert stage.cards[0].name == "nothing was submitted yet"


def test_bars_leave_out_the_days_nobody_works(sqlite_world):
    world = sqlite_world
    ref = world.negotiated().ref  # Monday 5 January, ten o'clock
    world.clock.advance(days=7)
    world.workspace().get(ref).draft()

    rows = {row.name: row for row in chart(world, ref).rows}

    assert rows["confirmed in writing"].days == pytest.approx(5)
    assert sum(row.days for row in rows.values()) == pytest.approx(chart(world, ref).total)


def test_says_how_late_what_still_waits_is(sqlite_world):
    world = sqlite_world
    ref = world.in_sign_off()
    first = world.case(ref).submission.seats[0]

    in_time, late = chart(world, ref), chart(world, ref, days=28)

    assert all(row.late == 0 for row in in_time.rows)
    row = next(row for row in late.rows if row.due is not None and row.bars[0].mark is Mark.NOW)
    assert row.late == pytest.approx(late.total - row.due)
    assert first.due


def test_counts_no_days_whose_holidays_nobody_knows(sqlite_world):
    ref = sqlite_world.negotiated().ref

    assert chart(sqlite_world, ref, days=365 * 200) is None


def every_picture(world, ref):
    yield draw_states(state_diagram(events(world, ref), title=world.case(ref).title))
    yield draw_flow(flow(world.case(ref), name=str))
    yield draw_gantt(chart(world, ref, days=3))


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_draws_pictures_that_tell_those_who_do_not_see_them(sqlite_world, returned, language):
    i18n.use_language(language)
    try:
        pictures = [ET.fromstring(text) for text in every_picture(sqlite_world, returned)]
    finally:
        i18n.use_language("en")

    for picture in pictures:
        assert picture.get("role") == "img"
        assert picture.find(f"{SVG}title").text.startswith(returned)
        assert len(picture.find(f"{SVG}desc").text) > 20


def test_draws_without_a_script_or_anything_from_elsewhere(sqlite_world, returned):
    for text in every_picture(sqlite_world, returned):
        tags = {element.tag.removeprefix(SVG) for element in ET.fromstring(text).iter()}
        assert tags <= {"svg", "title", "desc", "style", "rect", "path", "text"}
        assert not re.search(r"url\(|@import|href|on\w+=", text)


def test_keeps_every_mark_apart_without_its_colour(sqlite_world, returned):
    for text in every_picture(sqlite_world, returned):
        style = ET.fromstring(text).find(f"{SVG}style").text
        borders = {mark: re.sub(r"#\w+", "", re.search(rf"\.{mark}{{([^}}]*)}}", style)[1]) for mark in Mark}
        assert len(set(borders.values())) == len(Mark)


def test_writes_no_words_over_the_edge_of_a_picture(sqlite_world, returned):
    for text in every_picture(sqlite_world, returned):
        picture = ET.fromstring(text)
        wide, high = (float(picture.get(side)) for side in ("width", "height"))
        for element in picture.iter(f"{SVG}text"):
            # Eight units are more than half a letter of the largest text is wide.
            size = 8 * sum(2 if east_asian_width(c) in "WF" else 1 for c in element.text)
            x, anchor = float(element.get("x")), element.get("text-anchor")
            right = x + {"middle": size / 2, "end": 0}.get(anchor, size * 0.8)
            assert right <= wide + 1, element.text
            assert 0 <= float(element.get("y")) <= high


def test_writes_no_words_over_the_edge_of_a_card(sqlite_world):
    picture = ET.fromstring(draw_flow(flow(sqlite_world.case(sqlite_world.in_sign_off()), name=str)))

    # A letter of a name is nine units wide at most, and the mark beside it needs thirty.
    inside = {"ink b": (250 - 12 - 30) / 9, "ink s": (250 - 12 - 10) / 7}
    for element in picture.iter(f"{SVG}text"):
        if element.get("x") != "24.0" and element.get("class") in inside:
            assert cells(element.text) <= inside[element.get("class")] + 1, element.text


def test_asks_for_nothing_of_what_was_withdrawn(sqlite_world):
    ref = sqlite_world.submitted().ref
    sqlite_world.workspace().get(ref).withdraw(reason="對方改變心意。")

    lines = [line for stage in stages(sqlite_world, ref).values() for c in stage.cards for line in c.lines]

    assert not any("due" in line or "to sign" in line for line in lines)


def test_shows_a_hostile_title_as_the_text_it_is(sqlite_world):
    title = '</text><script>alert("x")</script>&amp;'

    picture = ET.fromstring(draw_states(state_diagram(title=title)))

    assert any(element.text == title for element in picture.iter(f"{SVG}text"))


@pytest.mark.parametrize("title", ['a"] --> b', "x\n    y --> z", "end; click", "#quot;"])
def test_lets_no_title_add_to_the_mermaid_text(sqlite_world, title):
    world = sqlite_world
    ref = world.submitted(world.terms.model_copy(update={"title": title.replace("\n", " ")})).ref
    plain = world.submitted().ref

    lines = [len(chart(world, one).mermaid().split("\n")) for one in (ref, plain)]

    assert lines[0] == lines[1]
    assert '"' not in flow(world.case(ref), name=lambda _: title).mermaid().replace('["', "").replace(
        '"]', ""
    )


def test_mermaid_names_the_same_states_and_their_marks(sqlite_world, returned):
    text = state_diagram(events(sqlite_world, returned)).mermaid()

    assert text.startswith("stateDiagram-v2")
    assert "class drafting now" in text
    assert "sign_off --> drafting: return, reject, recuse, excuse" in text


def test_every_mark_has_letters_of_its_own():
    assert len({letters for _, letters in MARKS.values()}) == len(Mark)


@pytest.mark.parametrize(
    "text", ["部門主管（商務）：核准。", "a" * 70, "one two three", "中文 and English，混排。"]
)
def test_breaks_lines_that_fit_and_lose_nothing(text):
    lines = wrapped(text, 12)

    assert all(cells(line) <= 14 for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert not any(line[0] in "，。：）" for line in lines)
