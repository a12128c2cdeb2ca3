"""What several documents show of the agreement itself: its parties, terms, price, signatures."""

import style
from parts import Cell, Grid, Page, label
from wording import TERMS
from words import BOX, TICKED, Words, choose, lines, optional, stated

REGISTRATION: Words = ("統編／登記號碼", "Registration no.")
SIGNED_ON: Words = ("　　　年　　月　　日", "")


def particulars(page: Page, *more: tuple[Words, Words]) -> None:
    """Write the document's own data, and *more* rows across the width."""
    with page.table(2.7, 5.6, 2.7, 5.0) as grid:
        number, day = "{{ document.number }}", "{{ document.date }}"
        grid.row(label(("文件編號", "Document no.")), number, label(("日期", "Date")), day)
        owner, level = (
            "{{ document.owner }}",
            choose(
                ("document.classification", "{{ document.classification }}"), ("", ("一般", "Unclassified"))
            ),
        )
        grid.row(label(("承辦人", "Prepared by")), owner, label(("機密等級", "Classification")), level)
        case = "{{ document.ref }}"
        revision = choose(("document.revision", "{{ document.revision }}"), ("", "–"))
        grid.row(label(("案號", "Case no.")), case, label(("版次", "Revision")), revision)
        for name, words in more:
            grid.row(label(name), Cell(words, span=3))


def party_block(page: Page, *, small: bool = False) -> None:
    """Write who the parties are, a block of rows each; *small* where more stands on the page."""

    def named(words: Words) -> Cell:
        if small:
            return Cell(words, "LabelSmall", fill=style.LABEL_FILL, kept=True)
        return label(words, kept=True)

    def said(words: Words, span: int = 1) -> Cell:
        return Cell(words, "CellSmall", span, kept=True) if small else Cell(words, "CellKept", span)

    with page.table(1.9, 3.0, 4.9, 2.0, 4.2) as grid, grid.each("party in parties"):
        name = lines("**{{ party.name }}**", optional("party.name_other", "{{ party.name_other }}"))
        side = Cell("**{{ party.label }}**", "CellCentre", merge="restart")
        grid.row(side, named(("名稱", "Name")), said(name, 3))
        beside = Cell("", "CellSmall" if small else "Cell", merge="continue")
        for left, left_value, right, right_value in (
            (REGISTRATION, "registration", ("國別", "Country"), "country"),
            (("代表人", "Represented by"), "representative", ("職稱", "Title"), "representative_title"),
            (("聯絡人", "Contact"), "contact", ("電話", "Telephone"), "phone"),
        ):
            grid.row(
                beside,
                named(left),
                said(stated(f"party.{left_value}")),
                named(right),
                said(stated(f"party.{right_value}")),
            )
        grid.row(beside, named(("登記地址", "Address")), said(stated("party.address"), 3))
        email: Words = ("電子郵件", "E-mail")
        if small:
            last = (Cell(email, "LabelSmall", fill=style.LABEL_FILL), "CellSmall")
        else:
            last = (label(email), "Cell")
        grid.row(beside, last[0], Cell(stated("party.email"), last[1], span=3))


def terms_table(page: Page, *names: str) -> None:
    """Write the terms as a table: all of them, or those named."""
    with page.table(3.4, 12.6) as grid:
        grid.head(("條件", "Term"), ("內容", "What was agreed"))
        for name in names or TERMS:
            grid.row(label(TERMS[name][0]), TERMS[name][1])


def items_table(page: Page, *, roomy: bool = False) -> None:
    """Write the price table: its lines, and the totals in figures and in words.

    A *roomy* one has more room for what is described, and less beside the figures.
    """
    shares = (1.2, 6.0, 1.3, 1.6, 2.8, 3.1) if roomy else (1.2, 5.0, 1.4, 1.7, 3.1, 3.6)
    with page.table(*shares) as grid:
        grid.head(
            ("項次", "No."),
            ("項目說明", "Description"),
            ("數量", "Qty"),
            ("單位", "Unit"),
            ("單價", "Unit price"),
            ("金額", "Amount"),
        )
        with grid.each("item in price.items"):
            with grid.when("not loop.last"):
                _item(grid, "Cell", "CellCentre", "CellRight")
            # The totals never begin a page: the last line goes with them.
            with grid.when("loop.last"):
                _item(grid, "CellKept", "CellCentreKept", "CellTotal")
        _total(grid, ("未稅金額", "Net amount"), "{{ price.untaxed }}")
        _total(
            grid, ("營業稅（{{ price.tax_rate }}）", "Business tax ({{ price.tax_rate }})"), "{{ price.tax }}"
        )
        _total(grid, ("**總價（含稅）**", "**Total including tax**"), "**{{ price.total }}**")
        words: Words = ("總價（大寫）：**{{ price.words }}**", "In words: **{{ price.words }}**")
        grid.row(Cell(words, span=6, fill=style.LABEL_FILL))
    page.put(
        choose(
            (
                "price.tax_included",
                (
                    "上列單價含營業稅。文字與號碼如有不符，以文字為準。",
                    "Unit prices include business tax. Where words and figures differ, the words prevail.",
                ),
            ),
            (
                "",
                (
                    "上列單價未含營業稅。文字與號碼如有不符，以文字為準。",
                    "Unit prices do not include business tax. Where words and figures differ, the words "
                    "prevail.",
                ),
            ),
        ),
        "Note",
    )


def _item(grid: Grid, left: str, centre: str, right: str) -> None:
    grid.row(
        Cell("{{ item.no }}", centre),
        Cell("{{ item.description }}", left),
        Cell("{{ item.quantity }}", right),
        Cell("{{ item.unit }}", centre),
        Cell("{{ item.unit_price }}", right),
        Cell("{{ item.amount }}", right),
    )


def _total(grid: Grid, name: Words, amount: Words) -> None:
    grid.row(Cell(name, "CellTotal", span=5), Cell(amount, "CellTotal"))


def signature_rows(grid: Grid, who: str) -> None:
    """Write one side's place to sign and seal into a table of four columns."""
    _signatory(grid, who)
    _seals(grid)


def _signatory(grid: Grid, who: str) -> None:
    name = lines(f"**{{{{ {who}.name }}}}**", optional(f"{who}.name_other", f"{{{{ {who}.name_other }}}}"))
    grid.row(label(f"**{{{{ {who}.label }}}}**", kept=True), Cell(name, "CellKept", span=3))
    grid.row(
        label(REGISTRATION, kept=True),
        Cell(f"{{{{ {who}.registration }}}}", "CellKept"),
        label(("簽署日期", "Date"), kept=True),
        Cell(SIGNED_ON, "CellKept"),
    )
    grid.row(label(("登記地址", "Address"), kept=True), Cell(f"{{{{ {who}.address }}}}", "CellKept", span=3))
    grid.row(
        label(("代表人", "Represented by"), kept=True),
        Cell(f"{{{{ {who}.representative }}}}", "CellKept"),
        label(("職稱", "Title"), kept=True),
        Cell(f"{{{{ {who}.representative_title }}}}", "CellKept"),
    )


def _seals(grid: Grid, *, kept: bool = False) -> None:
    empty = Cell("", "CellKept" if kept else "Cell")
    grid.row(
        label(("公司印章", "Company seal, if used"), kept=kept),
        empty,
        label(("代表人簽名或蓋章", "Signature or seal"), kept=kept),
        empty,
        height=1500,
    )


def signature_blocks(page: Page, taxed: str) -> None:
    """Write a block for each party: up to three together on one page, none broken over two.

    Where *taxed* holds, the place for the revenue stamps is below the last, on the same page.
    """
    with page.table(3.1, 5.5, 2.5, 4.9) as grid:
        with grid.each("party in parties"):
            _signatory(grid, "party")
            with grid.when("loop.length <= 3 or loop.last"):
                _seals(grid, kept=True)
            with grid.when("loop.length > 3 and not loop.last"):
                _seals(grid)
        with grid.when(taxed):
            grid.row(
                label(("印花稅票", "Revenue stamps"), kept=True), Cell("", "CellKept", span=3), height=900
            )


def initials(page: Page) -> None:
    """Write a row for each party's representative to sign: less than a contract's block."""
    with page.table(5.6, 3.4, 4.2, 2.8) as grid:
        grid.head(
            ("當事人", "Party"), ("代表姓名及職稱", "Name and title"), ("簽名", "Signature"), ("日期", "Date")
        )
        with grid.each("party in parties"):
            empty = Cell("", "CellKept")
            name = Cell(lines("{{ party.label }}", "{{ party.name }}"), "CellKept")
            grid.row(name, empty, empty, empty, height=800)


def ticks(page: Page, *choices: tuple[str, tuple[str, str]]) -> None:
    """Write a line for each of *choices*, its box ticked where the condition holds."""
    for condition, (chinese, english) in choices:
        empty: Words = (f"{BOX} {chinese}", f"{BOX} {english}")
        filled: Words = (f"{TICKED} {chinese}", f"{TICKED} {english}")
        page.put(choose((condition, filled), ("", empty)), "BodyLeft", keep_next=True)
