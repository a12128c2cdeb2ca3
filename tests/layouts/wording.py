"""How each term of the agreement is put into words, whatever is known of it.

The wording is the same wherever it stands, so a letter and a term sheet cannot disagree.
"""

from words import Words, choose, lines, optional

TO_BE_AGREED: Words = ("尚待雙方議定", "To be agreed")


def duration() -> Words:
    """Return how long the agreement runs."""
    whole = choose(
        (
            "period.months",
            (
                "自{{ period.start }}起至{{ period.end }}止，計 {{ period.months }} 個月",
                "From {{ period.start }} to {{ period.end }} ({{ period.months }} months)",
            ),
        ),
        ("", ("自{{ period.start }}起至{{ period.end }}止", "From {{ period.start }} to {{ period.end }}")),
    )
    return choose(
        ("period.start and period.end", whole),
        (
            "period.perpetual and period.start",
            ("自{{ period.start }}起，未定終止日", "From {{ period.start }}, without a fixed end"),
        ),
        ("period.perpetual", ("未定終止日；起始日尚待雙方議定", "Without a fixed end; start to be agreed")),
        (
            "period.start",
            ("自{{ period.start }}起；終止日尚待雙方議定", "From {{ period.start }}; end to be agreed"),
        ),
        (
            "period.end",
            ("至{{ period.end }}止；起始日尚待雙方議定", "Until {{ period.end }}; start to be agreed"),
        ),
        ("", TO_BE_AGREED),
    )


def renewal() -> Words:
    """Return whether the agreement renews itself, and the notice it takes."""
    notice: Words = (
        "通知期間：{{ period.notice_days }} 日，以書面為之",
        "Notice period: {{ period.notice_days }} days, in writing",
    )
    return lines(
        choose(
            (
                'period.auto_renew == "yes" and period.renewal_months',
                (
                    "期滿自動續約，每次 {{ period.renewal_months }} 個月",
                    "Renews automatically for {{ period.renewal_months }} months at a time",
                ),
            ),
            (
                'period.auto_renew == "yes"',
                (
                    "期滿自動續約；每次續約期間尚待議定",
                    "Renews automatically; length of renewal to be agreed",
                ),
            ),
            ('period.auto_renew == "no"', ("期滿不自動續約", "Does not renew automatically")),
            ("", TO_BE_AGREED),
        ),
        optional("period.notice_days", notice),
    )


def price() -> Words:
    """Return the price in figures and in words."""
    net: Words = (
        "（未稅 {{ price.untaxed }}，營業稅 {{ price.tax_rate }} 計 {{ price.tax }}）",
        "(net {{ price.untaxed }}, business tax at {{ price.tax_rate }} {{ price.tax }})",
    )
    total = lines(
        ("總價 **{{ price.total }}**", "Total **{{ price.total }}**"),
        ("（大寫）{{ price.words }}", "In words: {{ price.words }}"),
        net,
    )
    estimate: Words = (
        "預估金額（未稅）{{ price.estimated }}；實際金額依雙方書面議定之單價及數量計算",
        "Estimated value before tax {{ price.estimated }}; the actual amount follows the rates and "
        "quantities the parties agree in writing",
    )
    return choose(("price.known", total), ("price.estimated", estimate), ("", TO_BE_AGREED))


def payment() -> Words:
    """Return when payment is due."""
    due = choose(
        ('payment.days == "0"', ("收受發票時即行付款", "On receipt of the invoice")),
        (
            "",
            (
                "收受發票後 {{ payment.days }} 日內付款",
                "Within {{ payment.days }} days after receipt of the invoice",
            ),
        ),
    )
    advance = choose(
        (
            'payment.prepayment_percent and payment.prepayment_percent != "0"',
            (
                "預付款：總價之 {{ payment.prepayment_percent }}%",
                "Advance payment: {{ payment.prepayment_percent }}% of the total price",
            ),
        ),
        ("", ("無預付款", "No advance payment")),
    )
    return choose(("payment.known", lines(due, advance)), ("", TO_BE_AGREED))


def liability() -> Words:
    """Return how far each side answers for loss; never beyond what may be excluded (民法 §222)."""
    kinds = choose(
        (
            'liability.kind == "capped"',
            (
                "賠償總額以總價之 {{ liability.cap_percent }}% 為上限；因故意或重大過失所生者，不受此限",
                "Limited to {{ liability.cap_percent }}% of the total price, except for intent and gross "
                "negligence",
            ),
        ),
        (
            'liability.kind == "unlimited"',
            ("依法負責，未約定上限", "As provided by law, without an agreed limit"),
        ),
        ("", TO_BE_AGREED),
    )
    penalty: Words = (
        "違約金總額以總價之 {{ liability.penalty_percent }}% 為上限",
        "Contractual penalties: at most {{ liability.penalty_percent }}% of the total price in all",
    )
    none: Words = ("不約定違約金", "No contractual penalties")
    return lines(
        kinds,
        choose(('liability.penalty_percent == "0"', none), ("liability.penalty_percent", penalty)),
    )


def law() -> Words:
    """Return the governing law and the one forum."""
    return lines(
        choose(
            (
                "law.governing_name",
                ("準據法：{{ law.governing_name }}法律", "Governing law: {{ law.governing_name }}"),
            ),
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
        ("正本 {{ originals }} 份", "Originals: {{ originals }}"),
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
