"""The request letter (要求信件): numbered requests, what is enclosed, and by when to answer."""

from typing import Any

import letter
from parts import Layout, Page
from samples import sample

OPENING = (
    "關於「{{ title }}」一案，謹就下列事項函請　貴公司協助辦理，敬請　惠復。",
    "We write about “{{ title }}” and ask for your help with the points below.",
)
DEADLINE = (
    "敬請　貴公司於**{{ request.reply_by }}**前，以書面或電子郵件回覆。",
    "Please answer in writing or by e-mail by **{{ request.reply_by }}**.",
)
RESERVED = (
    "本函僅為請求，不構成對契約條件之變更，亦不影響任何一方依法律或契約所得主張之權利。",
    "This letter is a request. It changes no term of the contract and leaves either party’s rights under "
    "law and contract as they are.",
)


def write(page: Page) -> None:
    """Write the letter, and below it the receipt."""
    letter.head(page, "**{{ request.subject }}**")
    page.put(OPENING)
    page.heading(("依據", "Basis"))
    with page.each("paragraph in request.basis"):
        page.put("{{ paragraph }}")
    page.heading(("要求事項", "Requests"))
    requests = page.new_list("formal")
    with page.each("asked in request.requests"):
        page.put("{{ asked.text }}", "ListItem", number=requests)
    page.heading(("所附資料", "Enclosures"))
    with page.each("enclosed in request.enclosures"):
        page.put("{{ enclosed.text }}", "ListBullet")
    with page.when("not request.enclosures"):
        page.put(("無。", "None."))
    page.heading(("回覆期限", "Deadline"))
    page.put(DEADLINE)
    with page.each("paragraph in request.consequence"):
        page.put("{{ paragraph }}")
    page.put(RESERVED)
    page.heading(("聯絡人", "Contact"))
    letter.ask(page, "request")
    page.put("", "Gap")
    letter.closing(page)
    page.put("", "Gap")
    with page.when("request.copies_to"):
        page.put(("副本：", "Copies to:"), "Note", keep_next=True)
        with page.each("copied in request.copies_to"):
            page.put("{{ copied.text }}", "Note")
    letter.delivered(page, "request")


def _sample(language: str) -> dict[str, Any]:
    def said(chinese: str, english: str) -> str:
        return chinese if language == "zh-TW" else english

    request = {
        "subject": said(
            "請提供 115 年度系統使用率統計及顧問人力配置資料",
            "Usage statistics for 2026 and the staffing of the project",
        ),
        "basis": [
            said(
                "依中華民國115年11月12日第二次協商紀錄，雙方合意於報價定案前交換使用量及人力資料。",
                "In the second round of 12 November 2026 the parties agreed to exchange data on usage and "
                "staffing before the quotation is settled.",
            )
        ],
        "requests": [
            {
                "text": said(
                    "請提供近十二個月同類專案之平台使用率統計（含計算方式及資料來源）。",
                    "Please provide platform usage for comparable projects over the last twelve months, "
                    "with the method of calculation and the source.",
                )
            },
            {
                "text": said(
                    "請提供擬指派之顧問名單、學經歷及各階段投入人日。",
                    "Please name the consultants you intend to assign, with their experience and the "
                    "man-days for each stage.",
                )
            },
            {
                "text": said(
                    "請就附件一之資安問卷逐項填復，並附佐證。",
                    "Please answer the security questionnaire in Enclosure 1 item by item, with evidence.",
                )
            },
        ],
        "enclosures": [
            {"text": said("附件一　資訊安全問卷（114 年版）", "Enclosure 1: security questionnaire (2025)")},
            {"text": said("附件二　第二次協商紀錄影本", "Enclosure 2: copy of the minutes of round 2")},
        ],
        "reply_by": said("中華民國115年12月7日", "7 December 2026"),
        "consequence": [
            said(
                "逾期未獲回覆者，本公司將以現有資料續行評估，並得調整議價時程。",
                "Without an answer by then we go on with the data we have and may adjust the timetable.",
            )
        ],
        "contact": {
            "name": said("許庭瑋（採購部）", "Hsu Ting-Wei (許庭瑋), Purchasing"),
            "phone": "+886 4 5550 0142",
            "email": "contracts@chingchuan.example",
        },
        "delivery": {
            "by": "registered",
            "by_name": said("掛號郵寄", "registered mail"),
            "reference": "900123-45678-9",
            "sent_on": said("中華民國115年11月23日", "23 November 2026"),
            "received_on": "",
            "received_by": "",
        },
        "copies_to": [{"text": said("本公司製造部、資訊部", "Our manufacturing and IT departments")}],
    }
    return sample(language, code="RL", request=request)


LAYOUT = Layout(
    "request-letter",
    "negotiating",
    "both",
    ("要求信件", "Request Letter"),
    write,
    {language: _sample(language) for language in ("zh-TW", "en")},
)
