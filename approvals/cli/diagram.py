"""Diagrams of an agreement: in the terminal, as mermaid text, or as an SVG file."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from shutil import get_terminal_size

import click

from approvals.charts import Gantt, gantt
from approvals.cli.lazy import command
from approvals.cli.output import on_terminal, pad, remark, say, show, show_json, visible, width, wrap
from approvals.cli.settings import Settings
from approvals.cli.words import when
from approvals.diagrams import FROM_ANYWHERE, LINE, MARKS, Mark, StateDiagram, state_diagram
from approvals.errors import NoCalendarError
from approvals.flows import Flow, flow
from workflow.i18n import mark
from workflow.lifecycle import State
from workflow.replay import replay
from workflow.values.dates import TAIPEI

Diagram = StateDiagram | Flow | Gantt

_BAR = {Mark.DONE: "=", Mark.NOW: ">", Mark.REFUSED: "x", Mark.AHEAD: "."}


@command(
    "diagram",
    mark(
        "Draw an agreement's states, sign-offs or days.\n\n"
        "state shows where it stands and the way it took, or the whole life where no REF is given; "
        "flow shows who is asked to sign off, and who has; gantt shows how the working days went by."
    ),
    epilog="assent diagram state 42 --svg state.svg",
)
@click.argument("kind", type=click.Choice(["state", "flow", "gantt"]))
@click.argument("ref", required=False)
@click.option(
    "--svg",
    type=click.Path(path_type=Path, allow_dash=True),
    help=mark("Draw it into this file; - for standard output."),
)
@click.option("--mermaid", "form", flag_value="mermaid", help=mark("Print it as mermaid text."))
@click.option(
    "--ascii",
    "form",
    flag_value="ascii",
    default="ascii",
    help=mark("Print it for a terminal, which it is unless told otherwise."),
)
def diagram_command(settings: Settings, kind: str, ref: str | None, svg: Path | None, form: str) -> None:
    """Draw a diagram."""
    if ref is None and kind != "state":
        raise click.UsageError(say(mark("name an agreement; only the states can be drawn without one")))
    diagram = _diagram(settings, kind, ref)
    if settings.as_json:
        show_json("diagram", kind=kind, **asdict(diagram))
    elif svg:
        _draw(diagram, svg)
    elif form == "mermaid":
        show(diagram.mermaid())
    else:
        for line in _sketch(diagram):
            show(line)


def _diagram(settings: Settings, kind: str, ref: str | None) -> Diagram:
    if ref is None:
        return state_diagram()
    with settings.reader() as reader:
        events = reader.events(reader.resolve(ref))
        names: dict[str, str] = {p["id"]: p["name"] for p in reader.rows("SELECT id, name FROM v_person")}
    case = replay(events)

    def name(person: str) -> str:
        return names.get(person, person)

    if kind == "state":
        return state_diagram(events, title=case.title)
    if kind == "flow":
        return flow(case, name=name)
    made = gantt(case, events, calendar=settings.calendar, now=datetime.now(UTC), name=name)
    if made is None:
        raise NoCalendarError(ref=case.ref)
    return made


def _draw(diagram: Diagram, file: Path) -> None:
    from approvals.drawing import draw_flow, draw_gantt, draw_states
    from workflow.files import save_files

    if isinstance(diagram, StateDiagram):
        text = draw_states(diagram)
    else:
        text = draw_flow(diagram) if isinstance(diagram, Flow) else draw_gantt(diagram)
    if str(file) == "-":
        show(text.rstrip("\n"))
        return
    # A picture drawn before makes room for the one drawn now; another file does not.
    ours = file.is_file() and file.read_bytes().startswith(b"<svg")
    (path,) = save_files({file.name: text.encode()}, file.parent, replace=ours)
    remark(say(mark("Wrote {path}"), path=path))


def _sketch(diagram: Diagram) -> Iterator[str]:
    if isinstance(diagram, StateDiagram):
        return _states(diagram)
    return _flow(diagram) if isinstance(diagram, Flow) else _gantt(diagram)


def _room() -> int:
    return get_terminal_size((80, 24)).columns if on_terminal() else 80


def _headed(diagram: Diagram) -> Iterator[str]:
    if diagram.ref:
        yield from wrap(f"{diagram.ref}  {visible(diagram.title)}", _room())
        yield ""


def _states(diagram: StateDiagram) -> Iterator[str]:
    """Sketch the states one under another; what leads elsewhere than to the next stands beside."""
    yield from _headed(diagram)
    names = {node.state: node.name for node in diagram.nodes}
    start = max(width(name) for name in names.values()) + 6
    for node in diagram.nodes:
        if node.state is State.WITHDRAWN:
            yield ""
        times = f" ({node.times}x)" if node.times > 1 else ""
        since = when(node.since.isoformat()) + times if node.since else ""
        if node.state is State.WITHDRAWN and not node.times:
            since = say(FROM_ANYWHERE)
        letters = MARKS[node.mark][1] if diagram.ref else "--"
        yield f"{letters}  {pad(visible(node.name), start - 4)}{since}".rstrip()
        down = ""
        for arrow in (arrow for arrow in diagram.arrows if arrow.source is node.state):
            if arrow.target in LINE and LINE.index(arrow.target) == LINE.index(node.state) + 1:
                down = arrow.words
                continue
            taken = f" ({arrow.taken}x)" if arrow.taken else ""
            text = say(mark("to {state}: {actions}"), state=names[arrow.target], actions=arrow.words)
            bullet = "<= " if arrow.taken and arrow.back else "<- " if arrow.back else "-> "
            pieces = wrap(text + taken, _room() - start - 3)
            for number, piece in enumerate(pieces):
                yield f" |{' ' * (start - 2)}{'   ' if number else bullet}{piece}"
        if down:
            yield f" |  {down}"


def _flow(diagram: Flow) -> Iterator[str]:
    yield from _headed(diagram)
    for number, stage in enumerate(diagram.stages):
        if number:
            yield " |"
        yield f"{MARKS[stage.mark][1]}  {stage.name}"
        for card in stage.cards:
            first, *others = (visible(text) for text in (card.name, *card.lines))
            for place, piece in enumerate(wrap(first, _room() - 10)):
                yield f" |    {'    ' if place else MARKS[card.mark][1] + '  '}{piece}"
            for line in others:
                for piece in wrap(line, _room() - 12):
                    yield f" |          {piece}"


def _gantt(diagram: Gantt) -> Iterator[str]:
    """Sketch a line for every row; a ``!`` is where it was due."""
    yield from _headed(diagram)
    room = _room()
    names = min(max(width(row.name) for row in diagram.rows), room // 2 - 4)
    wide = room - names - 9
    yield pad("", names + 1) + _scale(diagram, wide)
    for row in diagram.rows:
        cells = [" "] * wide
        for bar in row.bars:
            first, last = (min(wide - 1, int(at / diagram.longest * wide)) for at in (bar.start, bar.end))
            cells[first : last + 1] = _BAR[bar.mark] * (last + 1 - first)
        if row.due is not None:
            cells[min(wide - 1, int(row.due / diagram.longest * wide))] = "!"
        pieces = wrap(visible(row.name), names)
        for number, piece in enumerate(pieces):
            line = f"{''.join(cells)} {row.days:6.1f}" if number == len(pieces) - 1 else ""
            yield f"{pad(piece, names)} {line}".rstrip()
    yield ""
    yield say(mark("in working days; = done  > still going on  x turned back  ! due"))


def _scale(diagram: Gantt, wide: int) -> str:
    """Write the days over their places, as many as there is room for."""
    text = ""
    for at, day in diagram.ticks:
        place = int(at / diagram.longest * wide)
        if place >= len(text) + bool(text) and place + 5 <= wide:
            text = text.ljust(place) + f"{day.month}/{day.day}"
    return text or f"{diagram.since.astimezone(TAIPEI):%Y-%m-%d}"
