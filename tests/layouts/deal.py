"""What several documents say about the agreement itself: its parties, its terms, its price.

The wording is the same wherever it stands, so a letter and a term sheet cannot disagree.
"""

import style
from parts import BOX, NOT_STATED, TICKED, Cell, Grid, Page, Words, choose, label, lines, optional, stated

TO_BE_AGREED: Words = ("尚待雙方議定", "To be agreed")
REGISTRATION: Words = ("統編／登記號碼", "Registration no.")
SIGNED_ON: Words = ("　　　年　　月　　日", "")


def particulars(page: Page, *more: tuple[Words, Words]) -> None:
    """Write the document's own data, and *more* rows across the width."""
    with page.table(2.7, 5.6, 2.7, 5.0) as grid:
        number, day = "{{ document.number }}", "{{ document.date }}"
        grid.row(label(("文件編號", "Document no.")), number, label(("日期", "Date")), day)
        owner, level = "{{ document.owner }}", choose(
            ("document.classification", "{{ document.classification }}"), ("", ("一般", "Unclassified")))  # fmt: skip
        grid.row(label(("承辦人", "Prepared by")), owner, label(("機密等級", "Classification")), level)
        case, revision = "{{ document.ref }}", "{{ document.revision }}"
        grid.row(label(("案號", "Case no.")), case, label(("版次", "Revision")), revision)
        for name, words in more:
            grid.row(label(name), Cell(words, span=3))


def party_block(page: Page) -> None:
    """Write who the parties are, a block of rows each."""
    with page.table(1.5, 3.1, 5.0, 2.0, 4.4) as grid, grid.each("party in parties"):
        name = lines("**{{ party.name }}**", optional("party.name_other", "{{ party.name_other }}"))
        side = Cell("**{{ party.label }}**", "CellCentre", merge="restart")
        grid.row(side, label(("名稱", "Name"), kept=True), Cell(name, "CellKept", span=3))
        beside = Cell("", merge="continue")
        for left, left_value, right, right_value in (
            (REGISTRATION, "registration", ("國別", "Country"), "country"),
            (("代表人", "Represented by"), "representative", ("職稱", "Title"), "representative_title"),
            (("聯絡人", "Contact"), "contact", ("電話", "Telephone"), "phone"),
        ):
            grid.row(beside, label(left, kept=True), Cell(stated(f"party.{left_value}"), "CellKept"),
                     label(right, kept=True), Cell(stated(f"party.{right_value}"), "CellKept"))  # fmt: skip
        address = Cell(stated("party.address"), "CellKept", span=3)
        grid.row(beside, label(("登記地址", "Address"), kept=True), address)
        grid.row(beside, label(("電子郵件", "E-mail")), Cell(stated("party.email"), span=3))


def duration() -> Words:
    """Return how long the agreement runs."""
    whole = choose(
        ("period.months", ("自{{ period.start }}起至{{ period.end }}止，計 {{ period.months }} 個月",
                           "From {{ period.start }} to {{ period.end }} ({{ period.months }} months)")),
        ("", ("自{{ period.start }}起至{{ period.end }}止", "From {{ period.start }} to {{ period.end }}")),
    )  # fmt: skip
    return choose(
        ("period.start and period.end", whole),
        ("period.perpetual and period.start",
         ("自{{ period.start }}起，未定終止日", "From {{ period.start }}, without a fixed end")),
        ("period.perpetual", ("未定終止日；起始日尚待雙方議定", "Without a fixed end; start to be agreed")),
        ("period.start", ("自{{ period.start }}起；終止日尚待雙方議定", "From {{ period.start }}; end to be agreed")),
        ("period.end", ("至{{ period.end }}止；起始日尚待雙方議定", "Until {{ period.end }}; start to be agreed")),
        ("", TO_BE_AGREED),
    )  # fmt: skip


def renewal() -> Words:
    """Return whether the agreement renews itself, and the notice it takes."""
    notice: Words = ("通知期間：{{ period.notice_days }} 日，以書面為之",
                     "Notice period: {{ period.notice_days }} days, in writing")  # fmt: skip
    return lines(
        choose(
            ('period.auto_renew == "yes" and period.renewal_months',
             ("期滿自動續約，每次 {{ period.renewal_months }} 個月",
              "Renews automatically for {{ period.renewal_months }} months at a time")),
            ('period.auto_renew == "yes"',
             ("期滿自動續約；每次續約期間尚待議定", "Renews automatically; length of renewal to be agreed")),
            ('period.auto_renew == "no"', ("期滿不自動續約", "Does not renew automatically")),
            ("", TO_BE_AGREED),
        ),
        optional("period.notice_days", notice),
    )  # fmt: skip


def price() -> Words:
    """Return the price in figures and in words."""
    net: Words = ("（未稅 {{ price.untaxed }}，營業稅 {{ price.tax_rate }} 計 {{ price.tax }}）",
                  "(net {{ price.untaxed }}, business tax at {{ price.tax_rate }} {{ price.tax }})")  # fmt: skip
    total = lines(("總價 **{{ price.total }}**", "Total **{{ price.total }}**"),
                  ("（大寫）{{ price.words }}", "In words: {{ price.words }}"), net)  # fmt: skip
    estimate: Words = ("預估金額（未稅）{{ price.estimated }}；實際金額依雙方書面議定之單價及數量計算",
                       "Estimated value before tax {{ price.estimated }}; the actual amount follows the rates and "
                       "quantities the parties agree in writing")  # fmt: skip
    return choose(("price.known", total), ("price.estimated", estimate), ("", TO_BE_AGREED))


def payment() -> Words:
    """Return when payment is due."""
    due = choose(
        ('payment.days == "0"', ("收受發票時即行付款", "On receipt of the invoice")),
        ("", ("收受發票後 {{ payment.days }} 日內付款", "Within {{ payment.days }} days after receipt of the invoice")),
    )
    advance = choose(
        ('payment.prepayment_percent and payment.prepayment_percent != "0"',
         ("預付款：總價之 {{ payment.prepayment_percent }}%",
          "Advance payment: {{ payment.prepayment_percent }}% of the total price")),
        ("", ("無預付款", "No advance payment")),
    )  # fmt: skip
    return choose(("payment.known", lines(due, advance)), ("", TO_BE_AGREED))


def liability() -> Words:
    """Return how far each side answers for loss; never beyond what may be excluded (民法 §222)."""
    kinds = choose(
        ('liability.kind == "capped"',
         ("賠償總額以總價之 {{ liability.cap_percent }}% 為上限；因故意或重大過失所生者，不受此限",
          "Limited to {{ liability.cap_percent }}% of the total price, except for intent and gross negligence")),
        ('liability.kind == "unlimited"', ("依法負責，未約定上限", "As provided by law, without an agreed limit")),
        ("", TO_BE_AGREED),
    )  # fmt: skip
    penalty: Words = ("違約金：總價之 {{ liability.penalty_percent }}%",
                      "Contractual penalty: {{ liability.penalty_percent }}% of the total price")  # fmt: skip
    return lines(kinds, optional('liability.penalty_percent and liability.penalty_percent != "0"', penalty))


def law() -> Words:
    """Return the governing law and the one forum."""
    return lines(
        choose(
            ("law.governing_name", ("準據法：{{ law.governing_name }}法律", "Governing law: {{ law.governing_name }}")),
            ("", ("準據法：尚待雙方議定", "Governing law: to be agreed")),
        ),
        choose(
            ("law.court", ("第一審管轄法院：{{ law.court }}", "Court of first instance: {{ law.court }}")),
            ("law.arbitration", ("仲裁：{{ law.arbitration }}", "Arbitration: {{ law.arbitration }}")),
            ("", ("爭議解決：尚待雙方議定", "Disputes: to be agreed")),
        ),
    )


def form() -> Words:
    """Return the number of originals and the form of the documents."""
    return lines(
        ("正本 {{ originals }} 份", "{{ originals }} original(s)"),
        choose(
            ('consent_mode == "agreed"', ("雙方同意採用電子形式", "Electronic form agreed")),
            ('consent_mode == "notified"', ("已通知擬採用電子形式", "Notice of electronic form given")),
            ('consent_mode == "paper"', ("以紙本為之", "On paper")),
            ("", ("形式尚待雙方議定", "Form to be agreed")),
        ),
    )


TERMS: dict[str, tuple[Words, Words]] = {
    "subject": (("標的", "Subject"), lines("{{ title }}", optional("purpose", "{{ purpose }}"))),
    "duration": (("期間", "Term"), duration()),
    "renewal": (("續約及通知", "Renewal and notice"), renewal()),
    "price": (("價金", "Price"), price()),
    "payment": (("付款", "Payment"), payment()),
    "liability": (("責任及違約金", "Liability"), liability()),
    "law": (("準據法及爭議解決", "Law and disputes"), law()),
    "form": (("份數及形式", "Originals and form"), form()),
}


def terms_table(page: Page, *names: str) -> None:
    """Write the terms as a table: all of them, or those named."""
    with page.table(3.4, 12.6) as grid:
        grid.head(("條件", "Term"), ("內容", "What was agreed"))
        for name in names or TERMS:
            grid.row(label(TERMS[name][0]), TERMS[name][1])


def items_table(page: Page) -> None:
    """Write the price table: its lines, and the totals in figures and in words."""
    with page.table(1.1, 5.7, 1.5, 1.7, 2.9, 3.1) as grid:
        grid.head(("項次", "No."), ("項目說明", "Description"), ("數量", "Qty"), ("單位", "Unit"),
                  ("單價", "Unit price"), ("金額", "Amount"))  # fmt: skip
        with grid.each("item in price.items"):
            grid.row(Cell("{{ item.no }}", "CellCentre"), "{{ item.description }}",
                     Cell("{{ item.quantity }}", "CellRight"), Cell("{{ item.unit }}", "CellCentre"),
                     Cell("{{ item.unit_price }}", "CellRight"), Cell("{{ item.amount }}", "CellRight"))  # fmt: skip
        _total(grid, ("未稅金額", "Net amount"), "{{ price.untaxed }}")
        _total(grid, ("營業稅（{{ price.tax_rate }}）", "Business tax ({{ price.tax_rate }})"), "{{ price.tax }}")
        _total(grid, ("**總價（含稅）**", "**Total including tax**"), "**{{ price.total }}**")
        words: Words = ("總價（大寫）：**{{ price.words }}**", "In words: **{{ price.words }}**")
        grid.row(Cell(words, span=6, fill=style.LABEL_FILL))
    note = choose(
        ("price.tax_included", ("上列單價含營業稅。", "Unit prices include business tax.")),
        ("", ("上列單價未含營業稅。", "Unit prices do not include business tax.")),
    )
    page.put(note, "Note")
    page.put(("文字與號碼如有不符，以文字為準。", "Where words and figures differ, the words prevail."), "Note")


def _total(grid: Grid, name: Words, amount: Words) -> None:
    grid.row(Cell(name, "CellRight", span=5), Cell(amount, "CellRight"))


def signature_rows(grid: Grid, who: str) -> None:
    """Write one side's place to sign and seal into a table of four columns."""
    name = lines(f"**{{{{ {who}.name }}}}**", optional(f"{who}.name_other", f"{{{{ {who}.name_other }}}}"))
    grid.row(label(f"**{{{{ {who}.label }}}}**", kept=True), Cell(name, "CellKept", span=3))
    grid.row(label(REGISTRATION, kept=True), Cell(f"{{{{ {who}.registration }}}}", "CellKept"),
             label(("簽署日期", "Date"), kept=True), Cell(SIGNED_ON, "CellKept"))  # fmt: skip
    grid.row(label(("登記地址", "Address"), kept=True), Cell(f"{{{{ {who}.address }}}}", "CellKept", span=3))
    grid.row(label(("代表人", "Represented by"), kept=True), Cell(f"{{{{ {who}.representative }}}}", "CellKept"),
             label(("職稱", "Title"), kept=True), Cell(f"{{{{ {who}.representative_title }}}}", "CellKept"))  # fmt: skip
    grid.row(label(("公司印章", "Company seal, if used")), "",
             label(("代表人簽名或蓋章", "Signature or seal")), "", height=1500)  # fmt: skip


def signature_blocks(page: Page) -> None:
    """Write a block for each party, none of which breaks over two pages."""
    with page.each("party in parties"), page.table(3.1, 5.5, 2.5, 4.9) as grid:
        signature_rows(grid, "party")


def initials(page: Page) -> None:
    """Write a row for each party's representative to sign: less than a contract's block."""
    with page.table(5.6, 3.4, 4.2, 2.8) as grid:
        grid.head(("當事人", "Party"), ("代表姓名及職稱", "Name and title"), ("簽名", "Signature"), ("日期", "Date"))
        with grid.each("party in parties"):
            grid.row(lines("{{ party.label }}", "{{ party.name }}"), "", "", "", height=800)


def ticks(page: Page, *choices: tuple[str, tuple[str, str]]) -> None:
    """Write a line for each of *choices*, its box ticked where the condition holds."""
    for condition, (chinese, english) in choices:
        empty: Words = (f"{BOX} {chinese}", f"{BOX} {english}")
        filled: Words = (f"{TICKED} {chinese}", f"{TICKED} {english}")
        page.put(choose((condition, filled), ("", empty)) if condition else empty, "BodyLeft")
