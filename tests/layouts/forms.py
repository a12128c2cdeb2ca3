"""What a form has that may be filled in by hand: places that are empty, and boxes to tick."""

import style
from parts import Cell, Grid, Page, label
from words import BOX, TICKED, Words, choose


def filled(name: str, blank: Words = " ") -> Words:
    """Return the field, or the place to write it by hand."""
    return choose((name, f"{{{{ {name} }}}}"), ("", blank))


def tick(condition: str, words: tuple[str, str]) -> Words:
    """Return *words* behind a box, which is ticked where the condition holds."""
    chinese, english = words
    return choose(
        (condition, (f"{TICKED} {chinese}", f"{TICKED} {english}")),
        ("", (f"{BOX} {chinese}", f"{BOX} {english}")),
    )


def side(name: str) -> Words:
    """Return which of the two sides a field names, by the label it has in the contract."""
    return choose((f'{name} == "ours"', "{{ ours.label }}"), ("", "{{ theirs.label }}"))


def signed_by(page: Page, *names: Words, height: int = 820) -> None:
    """Write a place to sign and to date for each of *names*, side by side, kept on one page."""
    with page.table(*([1.0] * len(names))) as grid:
        grid.row(*(Cell(name, "Head", fill=style.HEAD_FILL) for name in names))
        grid.row(*(Cell("", "CellKept") for _ in names), height=height)
        grid.row(*(Cell(("　　年　　月　　日", "Date:"), "CellCentre") for _ in names))


def empty_rows(grid: Grid, count: int, columns: int, height: int = 460) -> None:
    """Write rows to be filled in by hand."""
    for _ in range(count):
        grid.row(*([""] * columns), height=height)


def pair(grid: Grid, left: tuple[Words, Words], right: tuple[Words, Words]) -> None:
    """Write two names with what stands beside each, in a row of four columns."""
    grid.row(label(left[0]), left[1], label(right[0]), right[1])
