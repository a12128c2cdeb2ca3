"""How the terms that only some agreements have are put into words: delivery, warranty, rights, secrecy."""

from parts import Cell, Grid, Page, label
from words import Words, choose, lines, optional

DELIVERY = lines(
    optional("delivery.place", ("地點：{{ delivery.place }}", "Place: {{ delivery.place }}")),
    optional("delivery.by", ("期限：{{ delivery.by }}前", "By {{ delivery.by }}")),
    optional("delivery.incoterm", ("貿易條件：{{ delivery.incoterm }}", "Incoterm: {{ delivery.incoterm }}")),
    optional(
        "delivery.inspection_days",
        (
            "檢驗期間：收受後 {{ delivery.inspection_days }} 個工作日",
            "Inspection: {{ delivery.inspection_days }} working days after receipt",
        ),
    ),
)
WARRANTY = choose(
    (
        'warranty.starts == "acceptance"',
        ("自驗收合格日起 {{ warranty.months }} 個月", "{{ warranty.months }} months from acceptance"),
    ),
    (
        'warranty.starts == "delivery"',
        ("自交付日起 {{ warranty.months }} 個月", "{{ warranty.months }} months from delivery"),
    ),
    ("", ("{{ warranty.months }} 個月", "{{ warranty.months }} months")),
)
DELAY: Words = (
    "每逾期一日，按遲延部分價金千分之 {{ delay.per_mille }} 計付逾期違約金",
    "{{ delay.per_mille }} per mille of the price of what is late for each day",
)
DEPOSIT = lines(
    ("價金之 {{ deposit.percent }}%", "{{ deposit.percent }}% of the price"),
    choose(
        ('deposit.form == "cash"', ("以現金繳納", "In cash")),
        ('deposit.form == "guarantee"', ("以銀行保證書為之", "By bank guarantee")),
        ('deposit.form == "note"', ("以本票為之", "By promissory note")),
    ),
)
TIME = choose(
    (
        'works.counting == "deadline"',
        ("限期完成：{{ works.days }} 日，例假日均計入", "{{ works.days }} days in all, holidays counted"),
    ),
    (
        'works.counting == "calendar"',
        ("{{ works.days }} 日曆天", "{{ works.days }} calendar days"),
    ),
    ("", ("{{ works.days }} 工作天", "{{ works.days }} working days")),
)
RIGHTS = choose(
    ('facts.ip_terms == "licence"', ("權利仍歸原權利人，授權他方使用", "Rights stay; a licence is given")),
    ('facts.ip_terms == "exclusive_licence"', ("專屬授權", "Exclusive licence")),
    (
        'facts.ip_terms == "assignment"',
        ("成果之權利讓與付款方", "Results are assigned to the party that pays"),
    ),
    ("", ("共同開發，權利共有", "Joint development, rights held together")),
)
SECRECY = lines(
    choose(
        ('secrecy.discloser == "ours"', ("由{{ ours.label }}揭露", "{{ ours.label }} discloses")),
        ('secrecy.discloser == "theirs"', ("由{{ theirs.label }}揭露", "{{ theirs.label }} discloses")),
        ("", ("雙方互負保密義務", "Both parties keep each other’s information confidential")),
    ),
    ("存續：{{ secrecy.years }} 年", "For {{ secrecy.years }} years"),
)
SALES = lines(
    optional(
        "distribution.territory",
        ("區域：{{ distribution.territory }}", "Territory: {{ distribution.territory }}"),
    ),
    optional(
        "distribution.products",
        ("產品：{{ distribution.products }}", "Products: {{ distribution.products }}"),
    ),
    optional(
        "distribution.minimum",
        ("每年最低採購：{{ distribution.minimum }}", "Minimum a year: {{ distribution.minimum }}"),
    ),
    optional(
        "distribution.commission_percent",
        (
            "佣金：{{ distribution.commission_percent }}%",
            "Commission: {{ distribution.commission_percent }}%",
        ),
    ),
)
MATTERS = lines(
    "{%p for matter in cooperation.matters %}",
    "{{ matter }}",
    "{%p endfor %}",
    "{%p for duty in cooperation.ours %}",
    ("{{ ours.label }}：{{ duty }}", "{{ ours.label }}: {{ duty }}"),
    "{%p endfor %}",
    "{%p for duty in cooperation.theirs %}",
    ("{{ theirs.label }}：{{ duty }}", "{{ theirs.label }}: {{ duty }}"),
    "{%p endfor %}",
)

#: Each with the condition under which there is anything to say.
TOPICS: tuple[tuple[str, Words, Words], ...] = (
    ("cooperation.matters or cooperation.ours or cooperation.theirs", ("主要義務", "Main duties"), MATTERS),
    (
        "delivery.place or delivery.by or delivery.incoterm or delivery.inspection_days",
        ("交付及檢驗", "Delivery and inspection"),
        DELIVERY,
    ),
    ("works.days", ("工期", "Time for the work"), TIME),
    ("delay.per_mille", ("逾期違約金", "Penalty for delay"), DELAY),
    ("warranty.months", ("保固", "Warranty"), WARRANTY),
    ("deposit.percent", ("保證金", "Deposit"), DEPOSIT),
    (
        "distribution.territory or distribution.products or distribution.minimum or "
        "distribution.commission_percent",
        ("經銷代理", "Distribution"),
        SALES,
    ),
    (
        'facts.ip_terms and facts.ip_terms != "none" and facts.ip_terms != "unknown"',
        ("智慧財產權", "Intellectual property"),
        RIGHTS,
    ),
    ("secrecy.years", ("保密", "Confidentiality"), SECRECY),
)


def topic_rows(grid: Grid) -> None:
    """Write a row of two columns for each topic the agreement has."""
    for condition, name, words in TOPICS:
        with grid.when(condition):
            grid.row(label(name), words)


def kpi_table(page: Page) -> None:
    """Write the key figures agreed: target, formula and source, how often, and what follows a miss."""
    with page.table(1.1, 3.3, 2.2, 4.6, 1.8, 3.0) as grid:
        grid.head(
            ("編號", "No."),
            ("指標", "Figure"),
            ("目標", "Target"),
            ("計算式及資料來源", "Formula and source"),
            ("週期", "Period"),
            ("未達之處理", "If missed"),
        )
        with grid.each("kpi in kpis"):
            grid.row(
                Cell("{{ kpi.no }}", "CellCentre"),
                "{{ kpi.name }}",
                Cell("{{ kpi.target }}", "CellCentre"),
                choose(
                    ("kpi.formula and kpi.source", lines("{{ kpi.formula }}", "{{ kpi.source }}")),
                    ("kpi.formula", "{{ kpi.formula }}"),
                    ("kpi.source", "{{ kpi.source }}"),
                    ("", "–"),
                ),
                Cell("{{ kpi.period_name }}", "CellCentre"),
                choose(("kpi.remedy", "{{ kpi.remedy }}"), ("", "–")),
            )
