"""The annexes of contracts: price, performance, time for works, territory, changes; Word numbers them."""

from collections.abc import Iterator
from contextlib import contextmanager

import deal
import key_terms
import style
from parts import Cell, Page, label
from words import BOX, TICKED, Words, choose, lines

PART: Words = ("本附件構成契約之一部分。", "This annex is part of the contract.")


@contextmanager
def annex(page: Page, title: Words, condition: str, *before: str) -> Iterator[None]:
    """Write an annex where *condition* holds; the first begins a page, unless one of those *before* does."""
    with page.when(condition):
        if before:
            already = " or ".join(before)
            with page.when(already):
                page.put(title, "Annex")
            with page.when(f"not ({already})"):
                page.put(title, "Annex", new_page=True)
        else:
            page.put(title, "Annex", new_page=True)
        yield


def price(page: Page, *before: str) -> None:
    """Write the price table."""
    with annex(page, ("價目表", "Price Table"), "price.known", *before):
        page.put(PART, keep_next=True)
        deal.items_table(page, roomy=True)


def kpis(page: Page, *before: str) -> None:
    """Write the table of performance measures."""
    with (
        annex(page, ("績效指標表", "KPI Table"), "kpis", *before),
        page.table(1.2, 2.6, 2.1, 3.2, 2.5, 1.8, 2.6) as grid,
    ):
        grid.head(
            ("項次", "No."),
            ("指標", "Measure"),
            ("目標值", "Target"),
            ("計算公式", "Formula"),
            ("資料來源", "Source of data"),
            ("期間", "Period"),
            ("未達成之處理", "If missed"),
        )
        with grid.each("kpi in kpis"):
            grid.row(
                Cell("{{ kpi.no }}", "CellCentre"),
                Cell("{{ kpi.name }}", "CellSmall"),
                *(
                    Cell(choose((f"kpi.{name}", f"{{{{ kpi.{name} }}}}"), ("", "–")), "CellSmall")
                    for name in ("target", "formula", "source", "period_name", "remedy")
                ),
            )


def time_for_works(page: Page, *before: str) -> None:
    """Write how the time of works is counted, which a contract for works has to say."""
    counted = (
        (
            "deadline",
            (
                "限期完成：例假日、國定假日及其他休息日均計入",
                "Fixed date: every day counts, holidays included",
            ),
        ),
        (
            "calendar",
            (
                "日曆天：例假日、國定假日及其他休息日均計入",
                "Calendar days: every day counts, holidays included",
            ),
        ),
        (
            "working",
            (
                "工作天：例假日、國定假日及其他休息日均不計入",
                "Working days: holidays and other days of rest do not count",
            ),
        ),
    )
    ways = lines(
        *(
            choose(
                (f'works.counting == "{name}"', (f"{TICKED} {chinese}", f"{TICKED} {english}")),
                ("", (f"{BOX} {chinese}", f"{BOX} {english}")),
            )
            for name, (chinese, english) in counted
        )
    )
    none: Words = ("–", "–")
    with (
        annex(page, ("工期表", "Time for Completion"), "works.counting", *before),
        page.table(3.2, 12.8) as grid,
    ):
        grid.row(label(("計算方式", "How it is counted")), ways)
        grid.row(label(("工期", "Time")), key_terms.time_for_works())
        grid.row(label(("開工日", "Start")), choose(("period.start", "{{ period.start }}"), ("", none)))
        grid.row(label(("完成期限", "Completion")), choose(("delivery.by", "{{ delivery.by }}"), ("", none)))
        grid.row(label(("施工地點", "Site")), choose(("delivery.place", "{{ delivery.place }}"), ("", none)))


def distribution(page: Page, *before: str) -> None:
    """Write where what is distributed, and how much at least."""
    condition = "distribution.territory or distribution.products or distribution.minimum"
    with (
        annex(page, ("經銷條件表", "Distribution Schedule"), condition, *before),
        page.table(3.2, 12.8) as grid,
    ):
        for row in (key_terms.TERRITORY, key_terms.PRODUCTS, key_terms.MINIMUM, key_terms.COMMISSION):
            with grid.when(row.condition):
                grid.row(label(row.name), Cell(row.words))
        grid.row(label(key_terms.DURATION.name), key_terms.DURATION.words)


def changes(page: Page) -> None:
    """Write what an amendment changes, before and after, and what that does to the price."""
    with annex(page, ("變更前後對照表", "Table of Changes"), "amends.changes"):
        with page.table(1.3, 2.9, 5.9, 5.9) as grid:
            grid.head(("項次", "No."), ("條次", "Provision"), ("變更前", "Before"), ("變更後", "After"))
            with grid.each("change in amends.changes"):
                grid.row(
                    Cell("{{ change.no }}", "CellCentre"),
                    "{{ change.clause }}",
                    "{{ change.before }}",
                    "{{ change.after }}",
                    whole=False,
                )
        with page.when("amends.value_before and amends.value_after"):
            page.heading(("價金影響（未稅）", "Effect on the price, before tax"), "Heading2")
            with page.table(4, 4, 4, 4) as grid:
                grid.head(
                    ("變更前", "Before"),
                    ("本次增減", "Change"),
                    ("變更後", "After"),
                    ("增減比率", "Change in percent"),
                )
                amounts = ("value_before", "value_change", "value_after", "percent")
                grid.row(
                    *(
                        Cell(f"{{{{ amends.{name} }}}}", "CellCentre", fill=style.LABEL_FILL)
                        for name in amounts
                    )
                )
