"""The acceptance record (驗收紀錄): what was inspected, the result, and what starts with it."""

from typing import Any

import deal
import forms
from parts import Cell, Layout, Page, label
from samples import sample
from words import choose, optional

TOLD = (
    "本紀錄送達時，即為瑕疵之通知（民法第三百五十六條）。依通常檢查不能發現之瑕疵，日後發現者仍得通知，"
    "不因本次驗收而喪失權利。",
    "On delivery this record gives notice of the defects in it (Article 356 of the Civil Code). Defects that "
    "ordinary inspection cannot show may still be notified when they are found.",
)


def write(page: Page) -> None:
    """Write the record, to be signed by both sides."""
    page.title(("驗收紀錄", "Acceptance Record"), "{{ title }}")
    deal.particulars(
        page,
        (
            ("當事人", "Parties"),
            "{%p for party in parties %}\n{{ party.label }}　{{ party.name }}\n{%p endfor %}",
        ),
        (("驗收標的", "Inspected"), forms.filled("acceptance.stage", "{{ title }}")),
    )
    page.heading(("驗收情形", "The inspection"))
    with page.table(2.7, 5.6, 2.7, 5.0) as grid:
        forms.pair(
            grid,
            (("交付日期", "Delivered on"), "{{ acceptance.delivered_on }}"),
            (("驗收日期", "Inspected on"), "{{ acceptance.inspected_on }}"),
        )
        grid.row(label(("地點", "Place")), Cell("{{ acceptance.place }}", span=3))
        grid.row(label(("驗收方式", "Method")), Cell("{{ acceptance.method }}", span=3))
        present = choose(
            (
                "acceptance.present",
                "{%p for person in acceptance.present %}\n{{ person.text }}\n{%p endfor %}",
            ),
            ("", " "),
        )
        grid.row(label(("會同人員", "Present")), Cell(present, span=3))
    page.heading(("數量及規格", "Quantity and specification"))
    with page.table(1.1, 3.6, 4.1, 1.3, 1.9, 1.9, 2.1) as grid:
        grid.head(
            ("項次", "No."),
            ("項目", "Item"),
            ("約定規格", "As agreed"),
            ("單位", "Unit"),
            ("應交", "Agreed"),
            ("實收", "Accepted"),
            ("符合", "Conforms"),
        )
        with grid.each("item in acceptance.items"):
            grid.row(
                Cell("{{ item.no }}", "CellCentre"),
                "{{ item.description }}",
                choose(
                    ("item.remark", "{{ item.specification }}\n{{ item.remark }}"),
                    ("", "{{ item.specification }}"),
                ),
                Cell("{{ item.unit }}", "CellCentre"),
                Cell("{{ item.agreed }}", "CellRight"),
                Cell("{{ item.accepted }}", "CellRight"),
                Cell(
                    choose(('item.conforms == "yes"', ("是", "Yes")), ("", ("**否**", "**No**"))),
                    "CellCentre",
                ),
            )
    page.heading(("驗收結果", "Result"))
    deal.ticks(
        page,
        *(
            (f'acceptance.result == "{value}"', words)
            for value, words in (
                ("accepted", ("合格", "Accepted")),
                (
                    "conditional",
                    ("有條件合格，缺失應依限改正", "Accepted on condition that the defects are corrected"),
                ),
                ("rejected", ("不合格", "Rejected")),
            )
        ),
    )
    page.heading(("缺失及改正期限", "Defects"))
    _defects(page)
    page.heading(("付款及保固", "Payment and warranty"))
    _follows(page)
    with page.when("acceptance.remarks"):
        page.heading(("備註", "Remarks"))
        page.put("{{ acceptance.remarks }}")
    page.heading(("簽認", "Signed by both sides"))
    deal.initials(page)


def _defects(page: Page) -> None:
    with page.when("acceptance.defects"), page.table(1.2, 5.1, 4.9, 4.8) as grid:
        grid.head(("編號", "No."), ("缺失", "Defect"), ("處理方式", "Remedy"), ("改正期限", "By"))
        with grid.each("defect in acceptance.defects"):
            grid.row(
                Cell("{{ defect.no }}", "CellCentre"),
                "{{ defect.what }}",
                "{{ defect.remedy }}",
                Cell("{{ defect.due }}", "CellCentre"),
            )
    page.put(optional("not acceptance.defects", ("未發現缺失。", "None was found.")))
    page.put(
        optional(
            "acceptance.inspect_again_on",
            (
                "複驗日期：{{ acceptance.inspect_again_on }}",
                "Inspected again on: {{ acceptance.inspect_again_on }}",
            ),
        )
    )
    page.put(TOLD, "Note")


def _follows(page: Page) -> None:
    with page.table(3.4, 12.6) as grid:
        grid.row(
            label(("得請領之款項", "Payment released")),
            forms.filled(
                "acceptance.payment",
                choose(
                    ('acceptance.result == "rejected"', ("無；應俟複驗合格", "None until accepted")),
                    ("", " "),
                ),
            ),
        )
        grid.row(
            label(("發票日及付款期限", "Invoice and due date")),
            choose(
                (
                    "acceptance.invoice_on and acceptance.pay_by",
                    (
                        "發票日：{{ acceptance.invoice_on }}；付款期限：**{{ acceptance.pay_by }}**",
                        "Invoice of {{ acceptance.invoice_on }}; payment by **{{ acceptance.pay_by }}**",
                    ),
                ),
                ("acceptance.invoice_on", "{{ acceptance.invoice_on }}"),
                ("", " "),
            ),
        )
        grid.row(
            label(("保固期間", "Warranty")),
            choose(
                (
                    "acceptance.warranty_from",
                    (
                        "自{{ acceptance.warranty_from }}起算 {{ acceptance.warranty_months }} 個月，至"
                        "**{{ acceptance.warranty_until }}**止",
                        "{{ acceptance.warranty_months }} months from {{ acceptance.warranty_from }}, until "
                        "**{{ acceptance.warranty_until }}**",
                    ),
                ),
                ('acceptance.result == "rejected"', ("未起算", "Not started")),
                ("", " "),
            ),
        )


def _sample(language: str) -> dict[str, Any]:
    def said(chinese: str, english: str) -> str:
        return chinese if language == "zh-TW" else english

    acceptance = {
        "stage": said("第一期：產線資料盤點與導入藍圖", "Stage 1: survey of production data and roadmap"),
        "delivered_on": said("中華民國116年2月25日", "25 February 2027"),
        "inspected_on": said("中華民國116年3月4日", "4 March 2027"),
        "place": said("臺中廠會議室 A", "Meeting room A, Taichung plant"),
        "method": said(
            "依契約附件之驗收項目逐項核對，並抽測三條產線資料欄位各 20 筆",
            "Item by item against the annex; 20 samples of each of three lines’ data fields",
        ),
        "present": [
            {"text": said("王曉雯（晴川精密，製造部經理）", "Wang Hsiao-Wen, Chingchuan, Manufacturing")},
            {"text": said("蘇芷涵（海岬數據，業務協理）", "Su Chih-Han, Headland, Business Development")},
        ],
        "items": [
            {
                "no": "1",
                "description": said("資料盤點報告", "Data survey"),
                "specification": said(
                    "三條產線全部感測欄位，含資料品質評分",
                    "All sensor fields of three lines, with data quality scores",
                ),
                "unit": said("份", "copy"),
                "agreed": "1",
                "accepted": "1",
                "conforms": "yes",
                "remark": "",
            },
            {
                "no": "2",
                "description": said("導入藍圖", "Roadmap"),
                "specification": said("時程、里程碑、人力及預算", "Timetable, milestones, staff and budget"),
                "unit": said("份", "copy"),
                "agreed": "1",
                "accepted": "1",
                "conforms": "no",
                "remark": said("缺第三條產線之預算表", "The third line’s budget is missing"),
            },
        ],
        "result": "conditional",
        "defects": [
            {
                "no": "1",
                "what": said("導入藍圖缺第三條產線之預算表", "The roadmap lacks the third line’s budget"),
                "remedy": said("補送預算表，並更新總表", "Send it and update the summary"),
                "due": said("中華民國116年3月12日", "12 March 2027"),
            },
        ],
        "inspect_again_on": said("中華民國116年3月15日", "15 March 2027"),
        "payment": said("第一期款，俟缺失改正後請領", "First instalment, once the defect is corrected"),
        "invoice_on": said("中華民國116年3月16日", "16 March 2027"),
        "pay_by": said("中華民國116年4月15日", "15 April 2027"),
        "warranty_months": "12",
        "warranty_from": said("中華民國116年3月4日", "4 March 2027"),
        "warranty_until": said("中華民國117年3月4日", "4 March 2028"),
        "remarks": "",
    }
    return sample(language, code="AR", acceptance=acceptance)


LAYOUT = Layout(
    "acceptance-record",
    "in_force",
    "both",
    ("驗收紀錄", "Acceptance Record"),
    write,
    {language: _sample(language) for language in ("zh-TW", "en")},
)
