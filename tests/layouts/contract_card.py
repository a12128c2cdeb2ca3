"""The seal request and contract card (用印申請及契約管理卡): one sheet from the request to the archive.

What nobody has given is a line to fill in by hand.
"""

from typing import Any

import deal
import forms
from parts import Cell, Layout, Page, label
from review import stamp_table
from samples import DIGESTS, sample
from wording import TERMS
from words import Words, choose, lines, optional

SEALS: tuple[tuple[str, tuple[str, str]], ...] = (
    ("company", ("公司章", "Company seal")),
    ("representative", ("負責人章", "Representative’s seal")),
    ("contract", ("合約專用章", "Contract seal")),
    ("joining", ("騎縫章", "Seal across pages")),
)
MISTAKES = (
    "用印有誤者，該次用印註明作廢並載明理由，另行申請重新用印，不得塗改。多頁文件應於騎縫處加蓋騎縫章。",
    "A sealing that went wrong is marked void with the reason, and a new request is made; nothing is "
    "corrected by hand. Documents of several pages are sealed across the joins.",
)
KEPT = (
    "保存期限取各規定之最長者：應貼印花之憑證自權利義務消滅後二年（印花稅法第四條）、會計憑證至少五年"
    "（商業會計法第三十八條），並考量請求權時效最長十五年（民法第一百二十五條）。",
    "Keep for the longest that applies: stamped documents two years after the rights end (印花稅法 §4), "
    "vouchers at least five years (商業會計法 §38), and mind that claims live up to fifteen (民法 §125).",
)


def write(page: Page) -> None:
    """Write the card."""
    page.title(("用印申請及契約管理卡", "Seal Request and Contract Card"), "{{ title }}")
    deal.particulars(page)
    page.heading(("契約資料", "The contract"))
    _contract(page)
    page.heading(("用印申請", "Seal request"))
    _request(page)
    page.heading(("用印紀錄", "Seal log"))
    _log(page)
    page.heading(("份數及正本持有人", "Originals, copies and who holds them"))
    _papers(page)
    page.heading(("印花稅", "Stamp tax"))
    _stamps(page)
    page.heading(("保管及後續管制", "Custody and dates to watch"))
    _custody(page)


def _contract(page: Page) -> None:
    party: Words = (
        "{{ party.name }}（統編／登記號碼 {{ party.registration }}）",
        "{{ party.name }} (registration no. {{ party.registration }})",
    )
    with page.table(3.1, 4.9, 3.1, 4.9) as grid:
        grid.row(label(("契約名稱", "Contract")), Cell("**{{ title }}**", span=3))
        with grid.each("party in parties"):
            name = choose(("party.registration", party), ("", "{{ party.name }}"))
            grid.row(label("{{ party.label }}"), Cell(name, span=3))
        subject = choose(("purpose", "{{ purpose }}"), ("", "{{ title }}"))
        grid.row(label(("標的", "Subject")), Cell(subject, span=3))
        grid.row(label(("金額", "Amount")), Cell(TERMS["price"][1], span=3))
        grid.row(label(("期間", "Term")), Cell(TERMS["duration"][1], span=3))
        forms.pair(
            grid,
            (("核准日期", "Approved on"), forms.filled("card.approved_on", deal.SIGNED_ON)),
            (("訂約日期", "Dated"), forms.filled("card.dated", deal.SIGNED_ON)),
        )
        forms.pair(
            grid,
            (("生效日期", "Effective from"), forms.filled("card.effective_on", deal.SIGNED_ON)),
            (("文件形式", "Form"), forms.filled("card.form_name")),
        )
        text = lines(
            forms.filled("card.document_name"),
            optional("card.document_digest", "`{{ card.document_digest }}`"),
        )
        grid.row(label(("用印文本", "Text to seal")), Cell(text, span=3))
        approvals = choose(
            (
                "card.approvals",
                "{%p for approved in card.approvals %}\n{{ approved.who }}　{{ approved.what }}　"
                "{{ approved.when }}\n{%p endfor %}",
            ),
            ("", " "),
        )
        grid.row(label(("核准人", "Approved by")), Cell(approvals, span=3))


def _request(page: Page) -> None:
    with page.table(3.1, 4.9, 3.1, 4.9) as grid:
        forms.pair(
            grid,
            (("申請人", "Requested by"), forms.filled("card.requested_by", "{{ document.owner }}")),
            (("申請單位", "Department"), forms.filled("card.department")),
        )
        forms.pair(
            grid,
            (("申請日期", "Requested on"), forms.filled("card.requested_on", deal.SIGNED_ON)),
            (("需用日期", "Needed on"), forms.filled("card.needed_on", deal.SIGNED_ON)),
        )
        grid.row(label(("用印事由", "Purpose")), Cell(forms.filled("card.purpose"), span=3), height=480)
        forms.pair(
            grid,
            (
                ("份數", "Number"),
                choose(
                    (
                        "card.copies",
                        (
                            "正本 {{ card.originals }} 份、副本 {{ card.copies }} 份",
                            "Originals: {{ card.originals }}, copies: {{ card.copies }}",
                        ),
                    ),
                    ("", ("正本 {{ card.originals }} 份", "Originals: {{ card.originals }}")),
                ),
            ),
            (("用印頁次", "Pages to seal"), forms.filled("card.pages")),
        )
    with page.table(2.6, 3.35, 3.35, 3.35, 3.35) as grid:
        ticked = (Cell(forms.tick(f"card.seal_{seal}", words)) for seal, words in SEALS)
        grid.row(label(("用印種類", "Seals")), *ticked)
    forms.signed_by(
        page,
        ("申請人", "Requested by"),
        ("單位主管", "Manager"),
        ("用印核准", "Sealing approved"),
        ("印章保管人", "Custodian of the seal"),
        height=700,
    )


def _log(page: Page) -> None:
    with page.table(1.2, 4.3, 3.2, 2.7, 2.3, 2.3) as grid:
        grid.head(
            ("序號", "No."),
            ("印章", "Seal"),
            ("時間", "Time"),
            ("用印頁次", "Pages sealed"),
            ("保管人", "Custodian"),
            ("見證人", "Witness"),
        )
        with grid.each("sealing in card.log"):
            void: Words = ("**作廢**：{{ sealing.void }}", "**Void**: {{ sealing.void }}")
            grid.row(
                Cell("{{ sealing.no }}", "CellCentre"),
                lines("{{ sealing.seal_name }}", optional("sealing.void", void)),
                "{{ sealing.time }}",
                "{{ sealing.pages }}",
                "{{ sealing.custodian }}",
                "{{ sealing.witness }}",
            )
        with grid.when("not card.log"):
            forms.empty_rows(grid, 3, 6)
    page.put(MISTAKES, "Note")


def _papers(page: Page) -> None:
    with page.table(2.2, 6.8, 1.8, 5.2) as grid:
        grid.head(("份別", "Paper"), ("持有人", "Held by"), ("份數", "Number"), ("簽收", "Received"))
        with grid.each("held in card.holders"):
            paper = choose(('held.paper == "copy"', ("副本", "Copy")), ("", ("正本", "Original")))
            grid.row(
                Cell(paper, "CellCentre"),
                "{{ held.name }}",
                Cell("{{ held.count }}", "CellCentre"),
                "",
                height=400,
            )
        with grid.when("not card.holders"):
            forms.empty_rows(grid, 3, 4)


def _stamps(page: Page) -> None:
    with page.when("card.stamps"):
        stamp_table(page, "card.stamps")
    with page.each("note in card.stamp_notes"):
        page.put("{{ note }}", "Note")
    with page.table(3.1, 4.9, 3.1, 4.9) as grid:
        forms.pair(
            grid,
            (("實貼金額", "Tax paid"), forms.filled("card.stamp_paid")),
            (("繳納日期", "Paid on"), forms.filled("card.stamp_paid_on", deal.SIGNED_ON)),
        )
        grid.row(label(("繳納方式", "How it was paid")), Cell(forms.filled("card.stamp_means"), span=3))


def _custody(page: Page) -> None:
    with page.table(3.1, 4.9, 3.1, 4.9) as grid:
        forms.pair(
            grid,
            (("正本保管人", "Custodian"), forms.filled("card.custodian")),
            (("存放處所", "Kept at"), forms.filled("card.place")),
        )
        forms.pair(
            grid,
            (("保存至", "Keep until"), forms.filled("card.keep_until", deal.SIGNED_ON)),
            (("履約承辦人", "Contract manager"), ""),
        )
        scan = choose(("card.scan", "`{{ card.scan }}`"), ("", " "))
        grid.row(label(("掃描檔 SHA-256", "Scan, SHA-256")), Cell(scan, span=3))
    page.put(KEPT, "Note")
    with page.table(6.6, 4.8, 2.4, 2.2) as grid:
        grid.head(("管制事項", "To watch"), ("日期", "Date"), ("承辦人", "Who"), ("完成", "Done"))
        with grid.each("watched in card.watch"):
            grid.row("{{ watched.what }}", Cell("{{ watched.on }}", "CellCentre"), "", "")
        forms.empty_rows(grid, 1, 4)


def _card(language: str) -> dict[str, Any]:
    def said(chinese: str, english: str) -> str:
        return chinese if language == "zh-TW" else english

    amount = "NT$" if language == "zh-TW" else "TWD "
    custodian, witness = said("游淑芬", "Yu Shu-Fen (游淑芬)"), said("許庭瑋", "Hsu Ting-Wei (許庭瑋)")
    log = (
        (
            said("公司章", "Company seal"),
            "10:05",
            said("第 11 頁", "Page 11"),
            said("誤蓋於乙方欄位，該份銷毀重印", "put in Party B’s place; that original was destroyed"),
        ),
        (said("公司章", "Company seal"), "10:20", said("第 12 頁", "Page 12"), ""),
        (said("騎縫章", "Seal across the pages"), "10:25", said("第 1 至 12 頁", "Pages 1 to 12"), ""),
    )
    return {
        "approved_on": said("中華民國115年11月26日", "26 November 2026"),
        "dated": said("中華民國115年12月21日", "21 December 2026"),
        "effective_on": said("中華民國116年1月1日", "1 January 2027"),
        "form_name": said("以紙本簽署", "executed on paper"),
        "document_name": "AGR-2026-0042-SV-02.docx",
        "document_digest": DIGESTS["document"].removeprefix("sha256:"),
        "approvals": [
            {
                "who": said("王曉雯", "Wang Hsiao-Wen (王曉雯)"),
                "what": said("商務", "commercial"),
                "when": said("中華民國115年11月26日", "26 November 2026"),
            },
        ],
        "requested_by": "",
        "department": "",
        "requested_on": said("中華民國115年12月18日", "18 December 2026"),
        "needed_on": "",
        "purpose": "",
        "originals": "2",
        "copies": "1",
        "pages": said("第 1 至 12 頁", "Pages 1 to 12"),
        "seal_company": "yes",
        "seal_representative": "",
        "seal_contract": "",
        "seal_joining": "yes",
        "log": [
            {
                "no": str(no),
                "seal_name": seal,
                "time": said(f"中華民國115年12月21日 {at}", f"21 December 2026 {at}"),
                "pages": pages,
                "custodian": custodian,
                "witness": witness,
                "void": void,
            }
            for no, (seal, at, pages, void) in enumerate(log, start=1)
        ],
        "holders": [
            {
                "paper": "original",
                "name": said("晴川精密工業股份有限公司", "Chingchuan Precision Industrial Co., Ltd."),
                "count": "1",
            },
            {
                "paper": "original",
                "name": said(
                    "新加坡商海岬數據顧問股份有限公司台灣分公司",
                    "Headland Data Advisory Pte. Ltd., Taiwan Branch",
                ),
                "count": "1",
            },
            {"paper": "copy", "name": said("採購部", "Purchasing department"), "count": "1"},
        ],
        "stamps": [
            {
                "kind_name": said(
                    "承攬契據（印花稅法 §5 (4)）", "Contract for work (承攬契據, 印花稅法 §5 (4))"
                ),
                "base": f"{amount}1,320,000",
                "rate": said("千分之一", "1 per mille"),
                "each": f"{amount}1,320",
                "originals": "2",
                "total": f"{amount}2,640",
            },
        ],
        "stamp_notes": [
            said(
                "本試算供參考，非核定；稅率以中華民國115年12月21日有效者為準。",
                "This is a proposal and no ruling; the rates are those in force on 21 December 2026.",
            )
        ],
        "stamp_paid": "",
        "stamp_paid_on": "",
        "stamp_means": "",
        "custodian": "",
        "place": "",
        "keep_until": "",
        "scan": DIGESTS["terms"].removeprefix("sha256:"),
        "watch": [
            {
                "what": said("契約生效", "the agreement comes into force"),
                "on": said("中華民國116年1月1日", "1 January 2027"),
            },
            {
                "what": said("通知不續約之最後期日", "last day to give notice that it is not to go on"),
                "on": said("中華民國116年12月1日", "1 December 2027"),
            },
            {
                "what": said("契約屆期", "the agreement ends"),
                "on": said("中華民國116年12月31日", "31 December 2027"),
            },
        ],
    }


LAYOUT = Layout(
    "contract-card",
    "executed",
    "internal",
    ("用印申請及契約管理卡", "Seal Request and Contract Card"),
    write,
    {language: sample(language, code="CD", card=_card(language)) for language in ("zh-TW", "en")},
)
