"""The notice of renewal, termination or rescission (續約、終止、解除通知), one letter for the three."""

from typing import Any

import forms
import letter
from parts import Cell, Layout, Page, label
from samples import sample
from wording import TERMS
from words import Words, choose, lines, optional

RENEWAL, TERMINATION, RESCISSION = (
    f'notice.kind == "{kind}"' for kind in ("renewal", "termination", "rescission")
)
SUBJECT = choose(
    (RENEWAL, ("**通知續約「{{ title }}」**", "**Notice of renewal: “{{ title }}”**")),
    (TERMINATION, ("**通知終止「{{ title }}」**", "**Notice of termination: “{{ title }}”**")),
    ("", ("**通知解除「{{ title }}」**", "**Notice of rescission: “{{ title }}”**")),
)
OPENING = choose(
    (
        RENEWAL,
        (
            "本公司依{{ notice.clause }}，通知　貴公司續訂旨揭契約，說明如下：",
            "Under {{ notice.clause }} we give notice that the contract named above is renewed:",
        ),
    ),
    (
        TERMINATION,
        (
            "本公司依{{ notice.clause }}，通知　貴公司終止旨揭契約，說明如下：",
            "Under {{ notice.clause }} we give notice that the contract named above is terminated:",
        ),
    ),
    (
        "",
        (
            "本公司依{{ notice.clause }}，通知　貴公司解除旨揭契約，說明如下：",
            "Under {{ notice.clause }} we give notice that the contract named above is rescinded:",
        ),
    ),
)
NO_TIME: Words = ("未約定", "None agreed")
CALLED: Words = (
    "請　貴公司就下列事項於**{{ notice.demand.until }}**前履行（催告期限 {{ notice.demand.days }} 日）：",
    "Please perform the following by **{{ notice.demand.until }}** (a period of {{ notice.demand.days }} "
    "days):",
)
CALLED_BEFORE: Words = (
    "本公司業於{{ notice.demand.sent_on }}催告　貴公司於 {{ notice.demand.days }} 日內（至"
    "{{ notice.demand.until }}止）履行下列事項，期限屆滿仍未履行：",
    "On {{ notice.demand.sent_on }} we called on you to perform the following within "
    "{{ notice.demand.days }} days, by {{ notice.demand.until }}. That time is over and it was not done:",
)
UNLESS = choose(
    (
        TERMINATION,
        (
            "　貴公司於前開期限內履行者，本函關於終止之意思表示不生效力；逾期未履行者，契約自"
            "**{{ notice.effective_on }}**起終止，不另通知。",
            "If you perform within that time, this notice has no effect. If you do not, the contract ends "
            "on **{{ notice.effective_on }}** without further notice.",
        ),
    ),
    (
        "",
        (
            "　貴公司於前開期限內履行者，本函關於解除之意思表示不生效力；逾期未履行者，契約自"
            "**{{ notice.effective_on }}**起解除（民法第二百五十四條），不另通知。",
            "If you perform within that time, this notice has no effect. If you do not, the contract is "
            "rescinded on **{{ notice.effective_on }}** (Article 254 of the Civil Code) without further "
            "notice.",
        ),
    ),
)
EFFECT = choose(
    (
        RENEWAL,
        lines(
            (
                "契約自**{{ notice.effective_on }}**起續約 {{ notice.renewal.months }} 個月，至"
                "**{{ notice.renewal.until }}**止。",
                "The contract is renewed from **{{ notice.effective_on }}** for "
                "{{ notice.renewal.months }} months, until **{{ notice.renewal.until }}**.",
            ),
            choose(
                (
                    "notice.renewal.changes",
                    (
                        "續約期間變更如下：{{ notice.renewal.changes }}",
                        "For that time the following changes: {{ notice.renewal.changes }}",
                    ),
                ),
                ("", ("除續約期間外，契約條件不變。", "All other terms stay as they are.")),
            ),
        ),
    ),
    (
        TERMINATION,
        (
            "契約自**{{ notice.effective_on }}**起終止，向將來失其效力；終止前已發生之權利義務及得請求之損害"
            "賠償，不受影響。",
            "The contract ends on **{{ notice.effective_on }}** for the time to come. Rights that arose "
            "before and claims for damages are not affected.",
        ),
    ),
    (
        "",
        (
            "契約自**{{ notice.effective_on }}**起解除，雙方應依民法第二百五十九條互負回復原狀之義務；"
            "解除不妨礙損害賠償之請求（民法第二百六十條）。",
            "The contract is rescinded on **{{ notice.effective_on }}**. Each party restores what it "
            "received (Article 259 of the Civil Code); claims for damages are not affected (Article 260).",
        ),
    ),
)


def write(page: Page) -> None:
    """Write the letter, and below it the receipt."""
    letter.head(page, SUBJECT)
    page.put(OPENING)
    page.heading(("契約及依據條款", "The contract and the clause relied on"))
    _contract(page)
    page.heading(("事由", "Grounds"))
    with page.each("paragraph in notice.grounds"):
        page.put("{{ paragraph }}")
    with page.when("notice.demand.what"):
        page.heading(("催告", "Demand to perform"))
        page.put(choose(("notice.demand.sent_on", CALLED_BEFORE), ("", CALLED)))
        page.put("{{ notice.demand.what }}", "ListBullet")
        page.put(optional("not notice.demand.sent_on", UNLESS))
    page.heading(("效力及生效日", "Effect and effective date"))
    page.put(EFFECT)
    _duties(page)
    with page.when(f"not ({RENEWAL})"):
        _account(page)
    page.heading(("聯絡人", "Contact"))
    letter.ask(page, "notice")
    page.put("", "Gap")
    letter.closing(page)
    page.put("", "Gap")
    letter.delivered(page, "notice")


def _contract(page: Page) -> None:
    with page.table(4.0, 12.0) as grid:
        grid.row(
            label(("契約", "Contract")),
            ("「{{ title }}」（案號 {{ document.ref }}）", "“{{ title }}” (case {{ document.ref }})"),
        )
        grid.row(
            label(("當事人", "Parties")),
            "{%p for party in parties %}\n{{ party.label }}　{{ party.name }}\n{%p endfor %}",
        )
        grid.row(label(("契約期間", "Term")), TERMS["duration"][1])
        grid.row(label(("依據條款", "Clause")), "{{ notice.clause }}")
        days: Words = ("{{ notice.notice_days }} 日", "{{ notice.notice_days }} days")
        grid.row(label(("通知期間", "Notice period")), choose(("notice.notice_days", days), ("", NO_TIME)))
        with grid.when("notice.last_notice_on"):
            grid.row(label(("最遲通知日", "Latest day of notice")), "{{ notice.last_notice_on }}")
        grid.row(label(("生效日", "Effective date")), "**{{ notice.effective_on }}**")


def _duties(page: Page) -> None:
    page.heading(("後續義務及存續條款", "Duties that go on"))
    with page.each("duty in notice.duties"):
        page.put("{{ duty.text }}", "ListBullet")
    with page.when("not notice.duties"):
        page.put(
            (
                "依契約或其性質應繼續有效之約定（如保密、智慧財產、責任及爭議解決），仍有效力。",
                "What by the contract or its nature goes on (such as confidentiality, intellectual property, "
                "liability and disputes) stays in force.",
            )
        )


def _account(page: Page) -> None:
    page.heading(("結算", "Settlement"))
    with page.when("notice.settlement"), page.table(1.2, 7.2, 3.6, 4.0) as grid:
        grid.head(("項次", "No."), ("項目", "Item"), ("應付方", "Payable by"), ("金額", "Amount"))
        with grid.each("row in notice.settlement"):
            grid.row(
                Cell("{{ row.no }}", "CellCentre"),
                "{{ row.what }}",
                Cell(forms.side("row.payable_by"), "CellCentre"),
                Cell("{{ row.amount }}", "CellRight"),
            )
        balance = choose(
            (
                'notice.balance_by == "ours"',
                ("**結算後甲乙雙方差額，由{{ ours.label }}給付**", "**Balance payable by {{ ours.label }}**"),
            ),
            (
                'notice.balance_by == "theirs"',
                (
                    "**結算後甲乙雙方差額，由{{ theirs.label }}給付**",
                    "**Balance payable by {{ theirs.label }}**",
                ),
            ),
            ("", ("**結算後互無差額**", "**No balance either way**")),
        )
        grid.row(Cell(balance, "CellTotal", span=3), Cell("**{{ notice.balance }}**", "CellTotal"))
    with page.when("not notice.settlement"):
        page.put(
            (
                "雙方現無應結算之款項；日後發現者，仍應結算。",
                "Nothing is to be settled at present; what comes to light later is.",
            )
        )
    page.put(
        optional(
            "notice.pay_by",
            ("前開款項應於**{{ notice.pay_by }}**前付清。", "Payment is due by **{{ notice.pay_by }}**."),
        )
    )
    page.heading(("返還", "Return of property and data"))
    with page.each("back in notice.returns"):
        page.put("{{ back.text }}", "ListBullet")
    with page.when("not notice.returns"):
        page.put(("無應返還之物或資料。", "Nothing is to be returned."))
    page.put(
        optional(
            "notice.returns and notice.return_by",
            (
                "上列各項應於**{{ notice.return_by }}**前返還；依約應銷毀者，並應以書面證明已銷毀。",
                "These are to be returned by **{{ notice.return_by }}**; what is to be destroyed instead is "
                "to be certified as destroyed in writing.",
            ),
        )
    )


def _sample(language: str) -> dict[str, Any]:
    def said(chinese: str, english: str) -> str:
        return chinese if language == "zh-TW" else english

    amount = "NT$" if language == "zh-TW" else "TWD "
    notice = {
        "kind": "termination",
        "clause": said("契約第九條第二項", "Article 9.2 of the contract"),
        "grounds": [
            said(
                "本公司臺中廠產線改造計畫調整，自中華民國116年4月起無須駐廠顧問服務，"
                "爰依契約以三十日前之書面通知終止。",
                "The plan to rebuild the lines at our Taichung plant has changed. From April 2027 on no "
                "advice on site is needed, so we terminate by thirty days’ notice in writing.",
            )
        ],
        "demand": {"what": "", "days": "", "sent_on": "", "until": ""},
        "notice_days": "30",
        "last_notice_on": said("中華民國116年12月1日", "1 December 2027"),
        "effective_on": said("中華民國116年3月31日", "31 March 2027"),
        "renewal": {"months": "", "until": "", "changes": ""},
        "duties": [
            {
                "text": said(
                    "保密義務：終止後三年內仍有效力。", "Confidentiality: for three years after the end."
                )
            },
            {
                "text": said(
                    "智慧財產權：已付款之交付成果，其著作財產權仍歸甲方。",
                    "Intellectual property: rights in deliverables paid for stay with Party A.",
                )
            },
            {"text": said("責任、準據法及管轄之約定。", "Liability, governing law and jurisdiction.")},
        ],
        "settlement": [
            {
                "no": "1",
                "what": said("三月份駐廠顧問服務 12 人日（未稅）", "12 man-days in March, before tax"),
                "payable_by": "ours",
                "amount": f"{amount}144,000",
            },
            {
                "no": "2",
                "what": said("預付款未抵充餘額", "Advance payment not yet used up"),
                "payable_by": "theirs",
                "amount": f"{amount}60,000",
            },
        ],
        "balance": f"{amount}84,000",
        "balance_by": "ours",
        "pay_by": said("中華民國116年4月30日", "30 April 2027"),
        "returns": [
            {
                "no": "1",
                "text": said(
                    "甲方提供之產線資料、帳號及門禁卡。",
                    "Production data, accounts and access cards provided by Party A.",
                ),
            },
            {
                "no": "2",
                "text": said(
                    "含甲方營業秘密之文件及其複本（含電子檔）。",
                    "Documents with Party A’s trade secrets and all copies, electronic ones included.",
                ),
            },
        ],
        "return_by": said("中華民國116年4月14日", "14 April 2027"),
        "contact": {"name": "", "phone": "", "email": ""},
        "delivery": {
            "by": "registered",
            "by_name": said("掛號郵寄", "registered mail"),
            "reference": "900123-45679-9",
            "sent_on": said("中華民國116年3月1日", "1 March 2027"),
            "received_on": "",
            "received_by": "",
        },
    }
    return sample(language, code="NT", notice=notice)


LAYOUT = Layout(
    "notice",
    "in_force",
    "both",
    ("續約、終止或解除通知", "Notice of Renewal, Termination or Rescission"),
    write,
    {language: _sample(language) for language in ("zh-TW", "en")},
)
