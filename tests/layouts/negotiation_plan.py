"""The negotiation plan (協商計畫), which stays inside: aims, limits and mandate, evidence and input."""

from typing import Any

import deal
import forms
from parts import Cell, Layout, Page, label
from samples import sample
from words import Words, choose, lines, optional, stated


def write(page: Page) -> None:
    """Write the plan, for our own side only."""
    page.title(("協商計畫", "Negotiation Plan"), "{{ title }}")
    deal.particulars(page, (("協商對象", "Counterpart"), "{{ theirs.name }}"))
    page.heading(("背景與目的", "Purpose"))
    page.put(stated("plan.purpose"))
    _paragraphs(page, ("對象分析", "The counterpart"), "plan.counterpart")
    page.heading(("行銷焦點", "Marketing focus"))
    page.put(stated("plan.marketing_focus"))
    with page.when("plan.our_benefit or plan.their_benefit"):
        page.heading(("雙方長期利益", "Lasting benefit to each side"))
        with page.table(2.6, 13.4) as grid:
            grid.row(label(("我方", "Ours")), forms.filled("plan.our_benefit", "–"))
            grid.row(label(("對方", "Theirs")), forms.filled("plan.their_benefit", "–"))
    page.heading(("議題", "Issues"))
    _issues(page)
    with page.when("plan.evidence"):
        page.heading(("事證與數據", "Evidence and data"))
        _evidence(page)
    _paragraphs(page, ("策略與讓步", "Strategy and concessions"), "plan.concessions")
    with page.when("plan.techniques"):
        page.heading(("協商技巧", "Techniques"))
        with page.each("technique in plan.techniques"):
            page.put("{{ technique.name }}", "ListBullet")
    page.heading(("授權範圍", "Mandate"))
    page.put(stated("plan.mandate"))
    page.heading(("替代方案及離場點", "Alternative and walk-away point"))
    page.put(optional("plan.batna", ("最佳替代方案：{{ plan.batna }}", "Best alternative: {{ plan.batna }}")))
    page.put(stated("plan.walk_away"))
    with page.when("plan.input"):
        page.heading(("同事意見", "Colleagues’ input"))
        _input(page)
    with page.when("plan.schedule"):
        page.heading(("時程與分工", "Schedule"))
        steps(page, "plan.schedule")
    page.heading(("同意", "Agreed by"))
    page.put(
        (
            "本計畫於第一次協商前凍結；其後之變更應另行記錄。",
            "The plan is frozen before the first round; later changes are recorded separately.",
        ),
        keep_next=True,
    )
    with page.table(2.6, 5.4, 2.6, 5.4) as grid:
        for name in (("承辦人", "Prepared by"), ("主管", "Manager")):
            grid.row(
                label(name, kept=True),
                Cell("", "CellKept"),
                label(("日期", "Date"), kept=True),
                Cell(deal.SIGNED_ON, "CellKept"),
                height=640,
            )


def steps(page: Page, name: str) -> None:
    """Write a table of who does what until when."""
    with page.table(1.2, 6.3, 3.7, 4.8) as grid:
        grid.head(("編號", "No."), ("事項", "What"), ("負責人", "Who"), ("期限", "Due"))
        with grid.each(f"step in {name}"):
            grid.row(
                Cell("{{ step.no }}", "CellCentre"),
                "{{ step.what }}",
                "{{ step.who }}",
                Cell("{{ step.due }}", "CellCentre"),
            )


def _paragraphs(page: Page, heading: Words, name: str) -> None:
    with page.when(name):
        page.heading(heading)
        with page.each(f"paragraph in {name}"):
            page.put("{{ paragraph }}")


def _issues(page: Page) -> None:
    with page.table(1.2, 3.2, 3.9, 3.7, 4.0) as grid:
        grid.head(
            ("編號", "No."),
            ("議題", "Issue"),
            ("我方目標", "Our aim"),
            ("我方底線", "Our limit"),
            ("對方利益", "Their interest"),
        )
        priority: Words = ("優先：{{ issue.priority_name }}", "Priority: {{ issue.priority_name }}")
        with grid.each("issue in plan.issues"):
            grid.row(
                Cell("{{ issue.no }}", "CellCentre"),
                lines("{{ issue.topic }}", optional("issue.priority_name", priority)),
                "{{ issue.aim }}",
                "{{ issue.limit }}",
                "{{ issue.their_interest }}",
            )
            with grid.when("issue.opening or issue.options or issue.trade"):
                grid.row(Cell("", "CellCentre"), Cell(_ways(), "Cell", span=4))


def _ways() -> Words:
    shown: tuple[tuple[str, Words], ...] = (
        ("opening", ("起始提案：{{ issue.opening }}", "Opening: {{ issue.opening }}")),
        ("options", ("選項：{{ issue.options }}", "Options: {{ issue.options }}")),
        ("trade", ("交換條件：{{ issue.trade }}", "In return: {{ issue.trade }}")),
    )
    return lines(*(choose((f"issue.{name}", words)) for name, words in shown))


def _evidence(page: Page) -> None:
    with page.table(2.4, 6.2, 4.4, 3.0) as grid:
        grid.head(("類別", "Kind"), ("內容", "What it shows"), ("來源", "Source"), ("查閱日", "Seen on"))
        with grid.each("proof in plan.evidence"):
            grid.row(
                Cell("{{ proof.kind_name }}", "CellCentre"),
                "{{ proof.what }}",
                "{{ proof.source }}",
                Cell(forms.filled("proof.seen_on", "–"), "CellCentre"),
            )


def _input(page: Page) -> None:
    with page.table(3.2, 6.6, 1.8, 4.4) as grid:
        grid.head(("提出人", "From"), ("意見", "Input"), ("採納", "Taken"), ("理由", "Why"))
        with grid.each("said in plan.input"):
            grid.row(
                lines("{{ said.who }}", "{{ said.on }}"),
                "{{ said.what }}",
                Cell(choose(('said.taken == "yes"', ("是", "Yes")), ("", ("否", "No"))), "CellCentre"),
                "{{ said.why }}",
            )


def _plan(language: str) -> dict[str, Any]:
    def said(chinese: str, english: str) -> str:
        return chinese if language == "zh-TW" else english

    return {
        "purpose": said(
            "為提升臺中廠稼動率，需外部顧問於一年內協助建置產線數據平台，並使同仁具備自主維運能力。",
            "To raise utilisation at the Taichung plant we need outside advice to set up a production data "
            "platform within a year and enable our own staff to run it.",
        ),
        "counterpart": [
            said(
                "海岬數據專營製造業資料顧問，臺灣分公司約三十人；前一年完成兩件同規模專案，"
                "本季業績壓力較大，重視可公開之成功案例。",
                "Headland advises manufacturers on data; about thirty people in Taiwan. It finished two "
                "projects of this size last year, is under pressure now and wants a reference to show.",
            )
        ],
        "our_benefit": said("一年內自主維運數據平台", "Run the platform on our own within a year"),
        "their_benefit": said(
            "取得中部精密加工業之首件案例", "A first reference among machine builders here"
        ),
        "evidence": [
            {
                "kind_name": said("統計數據", "statistics"),
                "what": said(
                    "三條產線近一年平均稼動率 71%", "Mean utilisation of three lines last year: 71%"
                ),
                "source": said("本公司 MES 月報", "Our MES, monthly reports"),
                "seen_on": said("中華民國115年10月30日", "30 October 2026"),
            },
            {
                "kind_name": said("事證", "fact"),
                "what": said(
                    "另兩家廠商人日報價 11,500 至 13,000 元",
                    "Two other offers: TWD 11,500 to 13,000 a man-day",
                ),
                "source": said("報價單（115 年 10 月）", "Quotations of October 2026"),
                "seen_on": said("中華民國115年11月2日", "2 November 2026"),
            },
        ],
        "concessions": [
            said(
                "先議著作權再議價格；付款天數可讓至 30 日，換取人日單價調降。",
                "Copyright first, then price. Payment may go down to 30 days for a lower daily rate.",
            )
        ],
        "techniques": [
            {"name": said("準備研究與數據", "prepare with facts and figures")},
            {"name": said("發展選擇方案", "develop options")},
        ],
        "batna": said("第二順位廠商，未稅 142 萬元", "The second bidder, at TWD 1,420,000 before tax"),
        "input": [
            {
                "who": said("王曉雯（製造部）", "Wang Hsiao-Wen, Manufacturing"),
                "on": said("中華民國115年11月3日", "3 November 2026"),
                "what": said(
                    "停機窗口僅限週日，駐廠日應配合。", "Lines stop on Sundays only: days on site must fit."
                ),
                "taken": "yes",
                "why": said("列為付款條件之前提", "Made a premise of the schedule"),
            }
        ],
        "schedule": [
            {
                "no": "1",
                "what": said("第一次協商：價格及付款", "First round: price and payment"),
                "who": said("許庭瑋", "Hsu Ting-Wei"),
                "due": said("中華民國115年11月5日", "5 November 2026"),
            }
        ],
        "marketing_focus": said(
            "115年度「準時交貨」方案：以即時產線資料回覆客戶交期。",
            "The 2026 “on-time delivery” programme: answer customers’ delivery dates from live data.",
        ),
        "mandate": said(
            "許庭瑋得於總價未稅新臺幣 150 萬元內議定價格及付款條件；責任上限及智慧財產權應先經法務同意。",
            "Hsu Ting-Wei may settle price and payment up to TWD 1,500,000 before tax; the liability cap "
            "and intellectual property need the legal department’s prior consent.",
        ),
        "walk_away": said(
            "未稅總價逾新臺幣 150 萬元，或對方拒絕讓與客製程式之著作財產權時，改採第二順位廠商。",
            "Above TWD 1,500,000 before tax, or if rights in custom code are refused, we turn to the second "
            "bidder.",
        ),
        "issues": [
            {
                "no": "1",
                "topic": said("總價", "Total price"),
                "aim": said("未稅 125 萬元", "TWD 1,250,000 before tax"),
                "limit": said("未稅 150 萬元", "TWD 1,500,000 before tax"),
                "opening": said("未稅 115 萬元", "TWD 1,150,000 before tax"),
                "options": said("總價制，或人日單價加上限", "A fixed price, or a daily rate with a ceiling"),
                "trade": said("提供案例發表之同意", "Our consent to a published reference"),
                "priority_name": said("高", "high"),
                "their_interest": said("本季營收認列", "Revenue within this quarter"),
            },
            {
                "no": "2",
                "topic": said("付款條件", "Payment"),
                "aim": said("發票後 60 日", "60 days after invoice"),
                "limit": said("發票後 30 日，預付 20%", "30 days, 20% in advance"),
                "opening": "",
                "options": "",
                "trade": "",
                "priority_name": "",
                "their_interest": said("顧問人力成本之現金流", "Cash flow for staff costs"),
            },
            {
                "no": "3",
                "topic": said("著作財產權", "Copyright"),
                "aim": said("全部讓與", "Full assignment"),
                "limit": said(
                    "客製部分讓與，既有工具授權使用", "Custom work assigned, existing tools licensed"
                ),
                "opening": "",
                "options": "",
                "trade": "",
                "priority_name": "",
                "their_interest": said("保留方法及工具供再利用", "Keep methods and tools for reuse"),
            },
        ],
    }


LAYOUT = Layout(
    "negotiation-plan",
    "planning",
    "internal",
    ("協商計畫", "Negotiation Plan"),
    write,
    {tongue: sample(tongue, code="NP", plan=_plan(tongue)) for tongue in ("zh-TW", "en")},
)
