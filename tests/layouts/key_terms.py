"""What was agreed, on one page before the articles: a row for each term that has been settled.

A term that the agreement does not have has no row; price, time and law are asked for always.
"""

from contextlib import nullcontext
from dataclasses import dataclass

import ooxml
import wording
from parts import Cell, Page
from style import LABEL_FILL
from words import Words, choose, lines, optional

HEADING: Words = ("契約要項", "Key Terms")
NOTE: Words = (
    "本表摘錄各條之約定，以便檢閱；與條文不一致者，以條文為準。",
    "This table summarises the articles for convenience; where it differs from an article, the article "
    "prevails.",
)


@dataclass(frozen=True, slots=True)
class Row:
    """A term: its name, what was agreed, and the condition under which it is there at all."""

    name: Words
    words: Words
    condition: str = ""


def _delivery() -> Words:
    return lines(
        optional("delivery.by", ("期限：{{ delivery.by }}", "By {{ delivery.by }}")),
        optional("delivery.place", ("地點：{{ delivery.place }}", "Place: {{ delivery.place }}")),
        optional(
            "delivery.incoterm", ("貿易條件：{{ delivery.incoterm }}", "Trade term: {{ delivery.incoterm }}")
        ),
    )


def _warranty() -> Words:
    months: Words = ("{{ warranty.months }} 個月", "{{ warranty.months }} months")
    return choose(
        (
            'warranty.starts == "acceptance"',
            (
                "自驗收合格之日起 {{ warranty.months }} 個月",
                "{{ warranty.months }} months from acceptance",
            ),
        ),
        (
            'warranty.starts == "delivery"',
            ("自交付之日起 {{ warranty.months }} 個月", "{{ warranty.months }} months from delivery"),
        ),
        ("", months),
    )


def _deposit() -> Words:
    share: Words = (
        "總價之 {{ deposit.percent }}%",
        "{{ deposit.percent }}% of the total price",
    )
    forms = (
        ("cash", ("，以現金繳納", ", in cash")),
        ("guarantee", ("，以銀行保證書提供", ", by bank guarantee")),
        ("note", ("，以本票提供", ", by promissory note")),
    )
    shown = [
        (f'deposit.form == "{form}"', (share[0] + chinese, share[1] + english))
        for form, (chinese, english) in forms
    ]
    return choose(*shown, ("", share))


def time_for_works() -> Words:
    """Return how the time for works is counted, and how long it is."""
    return choose(
        (
            'works.counting == "deadline" and delivery.by',
            ("限期完成：{{ delivery.by }}前", "Fixed date: by {{ delivery.by }}"),
        ),
        ('works.counting == "deadline"', ("限期完成", "Fixed date")),
        (
            'works.counting == "calendar"',
            ("{{ works.days }} 日曆天", "{{ works.days }} calendar days"),
        ),
        (
            'works.counting == "working"',
            ("{{ works.days }} 工作天", "{{ works.days }} working days"),
        ),
        ("", wording.TO_BE_AGREED),
    )


def _disclosure() -> Words:
    return choose(
        ('secrecy.discloser == "both"', ("雙方互為揭露", "Each party discloses to the other")),
        (
            'secrecy.discloser == "ours"',
            ("由{{ ours.label }}揭露", "{{ ours.label }} discloses"),
        ),
        ("", ("由{{ theirs.label }}揭露", "{{ theirs.label }} discloses")),
    )


def _secrecy() -> Words:
    return choose(
        (
            "secrecy.years",
            (
                "契約終止後 {{ secrecy.years }} 年；營業秘密於其仍為秘密之期間內",
                "{{ secrecy.years }} years after the end; a trade secret for as long as it remains one",
            ),
        ),
        ("", ("於其仍為秘密之期間內", "For as long as it remains secret")),
    )


def _original() -> Words:
    return lines(
        "{{ amends.title }}",
        optional("amends.number", ("編號：{{ amends.number }}", "No. {{ amends.number }}")),
        optional("amends.signed_on", ("簽訂日：{{ amends.signed_on }}", "Signed on {{ amends.signed_on }}")),
    )


def _effect() -> Words:
    return choose(
        (
            "amends.value_before and amends.value_after",
            (
                "變更前 {{ amends.value_before }}；本次增減 {{ amends.value_change }}；"
                "變更後 {{ amends.value_after }}",
                "Before {{ amends.value_before }}; change {{ amends.value_change }}; "
                "after {{ amends.value_after }}",
            ),
        ),
        ("", ("不因本協議變更價金", "This amendment does not change the price")),
    )


def _of(name: str, condition: str = "") -> Row:
    named, words = wording.TERMS[name]
    return Row(named, words, condition)


SUBJECT = Row(("標的", "Subject"), "{{ purpose }}", "purpose")
DURATION, RENEWAL = _of("duration"), _of("renewal", 'period.auto_renew != "unknown"')
PRICE, PAYMENT = _of("price"), _of("payment")
LIABILITY, LAW, FORM = _of("liability"), _of("law"), _of("form")
DELIVERY = Row(("交付", "Delivery"), _delivery(), "delivery.place or delivery.by or delivery.incoterm")
INSPECTION = Row(
    ("檢查驗收", "Inspection"),
    (
        "收受後 {{ delivery.inspection_days }} 個工作日內",
        "Within {{ delivery.inspection_days }} working days after receipt",
    ),
    "delivery.inspection_days",
)
WARRANTY = Row(("保固", "Warranty"), _warranty(), "warranty.months")
DELAY = Row(
    ("遲延違約金", "Penalty for delay"),
    (
        "每日按逾期部分價金之 {{ delay.per_mille }}‰ 計算",
        "{{ delay.per_mille }}‰ a day of the price of what is late",
    ),
    "delay.per_mille",
)
DEPOSIT = Row(("履約保證", "Performance bond"), _deposit(), "deposit.percent")
TIME = Row(("工期", "Time for completion"), time_for_works())
TERRITORY = Row(("經銷區域", "Territory"), "{{ distribution.territory }}", "distribution.territory")
PRODUCTS = Row(("經銷產品", "Products"), "{{ distribution.products }}", "distribution.products")
MINIMUM = Row(
    ("最低採購額", "Minimum purchase"),
    ("每年 {{ distribution.minimum }}（未稅）", "{{ distribution.minimum }} a year before tax"),
    "distribution.minimum",
)
COMMISSION = Row(
    ("佣金", "Commission"), "{{ distribution.commission_percent }}%", "distribution.commission_percent"
)
PURPOSE = Row(("目的", "Purpose"), "{{ purpose }}", "purpose")
DISCLOSURE = Row(("揭露方式", "Disclosure"), _disclosure())
SECRECY = Row(("保密期間", "Time of secrecy"), _secrecy())
ORIGINAL = Row(("原契約", "Original agreement"), _original())
REASON = Row(("變更原因", "Reason"), "{{ amends.reason }}", "amends.reason")
EFFECT = Row(("價金影響", "Effect on the price"), _effect())
IN_FORCE = Row(("生效日", "In force from"), "{{ period.start }}", "period.start")
UNCHANGED = Row(
    ("其餘條款", "What stays"),
    ("未經本協議變更者，依原契約繼續有效", "Whatever is not changed here remains in force as it was"),
)


def table(page: Page, *rows: Row) -> None:
    """Write the terms as a table of two columns, small enough for them to stand on one page."""
    with page.table(3.5, 12.5) as grid:
        for row in rows:
            with grid.when(row.condition) if row.condition else nullcontext():
                grid.row(Cell(row.name, "LabelSmall", fill=LABEL_FILL), Cell(row.words, "CellSmall"))
    page.put(NOTE, "Note")
    page.write(ooxml.paragraph(style="Gap"))
