"""The approval sheet (簽呈): the request, the experts' flags, and who signed it off."""

from typing import Any

import deal
from parts import Cell, Layout, Page, label
from samples import DIGESTS, sample
from words import BOX, TICKED, Words, choose

SUBJECT = (
    "為與{{ theirs.name }}訂立「{{ title }}」契約一案，簽請　核示。",
    "Request for approval to conclude “{{ title }}” with {{ theirs.name }}.",
)
EXPLANATION = (
    (
        "本案業經與相對人{{ theirs.name }}協商，議定條件摘要如附表一。",
        "The terms negotiated with {{ theirs.name }} are summed up in Table 1.",
    ),
    (
        "應簽核及會辦之事項，依送簽時有效之核決規則判定，適用規則如附表二；各項審查情形如附表三；與標準條款之差異如附表四。",
        "Who must sign and review follows from the policy in force at submission: the rules that apply are "
        "in Table 2, the reviews in Table 3, what is not standard in Table 4.",
    ),
    (
        "簽核以下列雜湊值所示之文本及條件為準；任一有變更者，受影響之簽核失其效力，應重新送簽。",
        "A sign-off is of the text and terms with the digests below. Should either change, the sign-offs "
        "affected are void and the request is submitted again.",
    ),
)
PROPOSAL = (
    "擬請准予依附呈文本與相對人訂約，並於核准後辦理用印；契約簽署日不得早於核准日。",
    "That the contract be concluded on the attached text and sealed once approved. It is not to be dated "
    "earlier than the approval.",
)


def write(page: Page) -> None:
    """Write the sheet; seats that nobody has filled are left empty to be signed by hand."""
    registered: Words = (
        "{{ theirs.name }}（統編／登記號碼 {{ theirs.registration }}）",
        "{{ theirs.name }} (registration no. {{ theirs.registration }})",
    )
    counterpart = choose(("theirs.registration", registered), ("", "{{ theirs.name }}"))
    page.title(("簽　　呈", "Approval Sheet"))
    deal.particulars(
        page,
        (("相對人", "Counterpart"), counterpart),
        (("簽辦人", "Submitted by"), "{{ sheet.drafter }}"),
        (("送簽時間", "Submitted on"), "{{ sheet.submitted }}"),
        (
            ("簽核狀態", "Status"),
            choose(
                (
                    "sheet.complete",
                    (f"{TICKED} 應簽核事項均已完成", f"{TICKED} All sign-offs required are given"),
                ),
                ("", (f"{BOX} 簽核中", f"{BOX} Sign-off in progress")),
            ),
        ),
    )
    page.heading(("主旨", "Subject"), "Heading2")
    page.put(SUBJECT)
    page.heading(("說明", "Explanation"), "Heading2")
    explanation = page.new_list("formal")
    for words in EXPLANATION:
        page.put(words, "ListItem", number=explanation)
    page.put("", "Gap")
    with page.table(3.1, 12.9) as grid:
        grid.row(label(("文本", "Text")), "{{ sheet.document_name }}")
        grid.row(label(("文件雜湊值", "Document digest")), "`{{ sheet.document_digest }}`")
        grid.row(label(("條件雜湊值", "Terms digest")), "`{{ sheet.terms_digest }}`")
        grid.row(label(("規則雜湊值", "Policy digest")), "`{{ sheet.policy_digest }}`")
    page.heading(("擬辦", "Proposed action"), "Heading2")
    page.put(PROPOSAL)
    page.heading(("簽核", "Sign-offs"), "Heading2")
    _seats(page)
    page.heading(("附表一　條件摘要", "Table 1: Terms"), "Heading2")
    deal.terms_table(page, "subject", "duration", "renewal", "price", "payment", "liability", "law")
    page.heading(("附表二　適用規則", "Table 2: Rules that apply"), "Heading2")
    with page.table(1.8, 6.6, 7.6) as grid:
        grid.head(("規則", "Rule"), ("適用情形", "When"), ("理由", "Why"))
        with grid.each("rule in sheet.rules"):
            grid.row(Cell("{{ rule.rule }}", "CellCentre"), "{{ rule.when }}", "{{ rule.why }}")
    page.heading(("附表三　會辦審查", "Table 3: Reviews"), "Heading2")
    _flags(page)
    page.heading(("附表四　與標準條款之差異", "Table 4: Deviations from the Standard Clauses"), "Heading2")
    _deviations(page)


def _seats(page: Page) -> None:
    with page.table(1.2, 2.2, 2.3, 2.2, 1.9, 3.2, 3.0) as grid:
        grid.head(
            ("順序", "Step"),
            ("事項", "Aspect"),
            ("簽核職務", "Role"),
            ("簽核人", "Signed by"),
            ("決定", "Decision"),
            ("時間", "Time"),
            ("意見／收據", "Reason, receipt"),
        )
        role = (
            "{{ seat.role_name }}\n應簽 {{ seat.quorum }} 人",
            "{{ seat.role_name }}\n(needs {{ seat.quorum }})",
        )
        seat = (Cell("{{ seat.step }}", "CellCentre"), "{{ seat.aspect_name }}", role)
        with grid.each("seat in sheet.seats"):
            with grid.each("decision in seat.decisions"):
                reason = choose(
                    ("decision.reason", "{{ decision.reason }}\n`{{ decision.receipt }}`"),
                    ("", "`{{ decision.receipt }}`"),
                )
                grid.row(
                    *seat,
                    "{{ decision.who }}",
                    Cell("**{{ decision.decision_name }}**", "CellCentre"),
                    "{{ decision.when }}",
                    reason,
                    height=620,
                )
            with grid.when("not seat.decisions"):
                grid.row(*seat, "", "", "", "", height=900)


def _flags(page: Page) -> None:
    with page.when("sheet.flags"), page.table(1.3, 3.0, 2.9, 3.2, 2.0, 3.6) as grid:
        grid.head(
            ("旗標", "Flag"),
            ("事項", "Aspect"),
            ("審查職務", "Role"),
            ("審查人", "Expert"),
            ("狀態", "Status"),
            ("條件", "Conditions"),
        )
        with grid.each("flag in sheet.flags"):
            grid.row(
                Cell("{{ flag.flag }}", "CellCentre"),
                "{{ flag.aspect_name }}",
                "{{ flag.role_name }}",
                "{{ flag.expert }}",
                Cell("{{ flag.status_name }}", "CellCentre"),
                "{{ flag.conditions }}",
            )
    with page.when("not sheet.flags"):
        page.put(("本案無應會辦之審查事項。", "No review was called for."))


def _deviations(page: Page) -> None:
    with page.when("sheet.deviations"), page.table(3.6, 3.6, 1.8, 7.0) as grid:
        grid.head(
            ("條款", "Clause"), ("採用文字", "Instead of the standard"), ("風險", "Risk"), ("理由", "Why")
        )
        with grid.each("row in sheet.deviations"):
            grid.row(
                "{{ row.clause }}\n{{ row.standard }}",
                "{{ row.chosen }}",
                Cell("{{ row.risk }}", "CellCentre"),
                "{{ row.why }}",
            )
    with page.when("not sheet.deviations"):
        page.put(("本案各條均採標準文字。", "Every clause is the standard one."))


def _sheet(language: str) -> dict[str, Any]:
    def said(chinese: str, english: str) -> str:
        return chinese if language == "zh-TW" else english

    decision = {"decision_name": said("核准", "Approve"), "receipt": "a41f-09c2"}
    first = decision | {
        "who": said("王曉雯", "Wang Hsiao-Wen (王曉雯)"),
        "when": "2026-11-26 10:42",
        "reason": said("價格經三家比較，屬合理。", "Price compared with three offers; reasonable."),
    }
    second = decision | {
        "who": said("孫米娜（代理 林偉）", "Sun Mi-Na (孫米娜), for Lin Wei"),
        "when": "2026-11-26 15:08",
        "reason": "",
        "receipt": "4c4c-e2f0",
    }
    return {
        "drafter": said("許庭瑋（採購部）", "Hsu Ting-Wei (許庭瑋), Purchasing"),
        "submitted": said("中華民國115年11月24日 09:15", "24 November 2026, 09:15"),
        "policy_digest": DIGESTS["policy"],
        "document_name": "AGR-2026-0042-SV-01.docx",
        "document_digest": DIGESTS["document"],
        "terms_digest": DIGESTS["terms"],
        "complete": False,
        "seats": [
            {
                "step": "1",
                "aspect_name": said("商務", "Commercial"),
                "role_name": said("部門主管", "Department manager"),
                "quorum": "1",
                "decisions": [first],
            },
            {
                "step": "2",
                "aspect_name": said("財務", "Financial"),
                "role_name": said("財務主管", "Head of finance"),
                "quorum": "1",
                "decisions": [second],
            },
            {
                "step": "3",
                "aspect_name": said("簽約權限", "Authority to sign"),
                "role_name": said("總經理", "General manager"),
                "quorum": "1",
                "decisions": [],
            },
        ],
        "flags": [
            {
                "flag": "F-1",
                "aspect_name": said("資料與資訊安全", "Data and information security"),
                "role_name": said("資訊安全審查", "Information security"),
                "expert": said("柯怡", "Ke Yi (柯怡)"),
                "status_name": said("已解除", "Resolved"),
                "conditions": said("必要 1 項，已結案；建議 1 項", "1 must, closed; 1 should"),
            },
            {
                "flag": "F-2",
                "aspect_name": said("財務", "Financial"),
                "role_name": said("財務審查", "Finance review"),
                "expert": said("羅書豪", "Lo Shu-Hao (羅書豪)"),
                "status_name": said("已解除", "Resolved"),
                "conditions": said("無", "None"),
            },
        ],
        "deviations": [
            {
                "clause": said("損害賠償責任", "Liability"),
                "standard": "liability.cap",
                "chosen": "liability.double",
                "risk": said("中", "medium"),
                "why": said(
                    "對方堅持提高上限，並同意縮短付款期間為三十日。",
                    "They insisted on the higher cap and gave payment within thirty days for it.",
                ),
            },
        ],
        "rules": [
            {
                "rule": "A01",
                "when": said("所有協議", "Every agreement"),
                "why": said(
                    "承諾應由擬稿人以外之人負責", "Someone other than the author must own the commitment"
                ),
            },
            {
                "rule": "A02",
                "when": said("總額逾新臺幣 15 萬元", "Value above TWD 150,000"),
                "why": said("確認預算及付款條件", "The budget exists and the payment terms can be met"),
            },
            {
                "rule": "S01",
                "when": said("委外資訊系統、雲端或遠端存取", "IT outsourcing, cloud or remote access"),
                "why": said(
                    "受託者之選任、監督及事件通報",
                    "Selection and supervision of the provider; incident reports",
                ),
            },
        ],
    }


LAYOUT = Layout(
    "approval-sheet",
    "sign_off",
    "internal",
    ("簽呈", "Approval Sheet"),
    write,
    {language: sample(language, code="AS", sheet=_sheet(language)) for language in ("zh-TW", "en")},
)
