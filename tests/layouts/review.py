"""The review request (會辦審查請求) and the opinion that answers it (會辦意見書)."""

from typing import Any

import deal
from parts import Cell, Layout, Page, Words, choose, label, optional, stated
from samples import DIGESTS, sample

CONCLUSIONS: tuple[tuple[str, tuple[str, str]], ...] = (
    ("clear", ("無意見：就本面向，得依所審文本進行。", "Clear: as far as this aspect goes, proceed with the text reviewed.")),
    ("conditions", ("附條件：上列必要條件結案後，始得進行。",
                    "Conditions: proceed once the must-conditions above are closed.")),
    ("object", ("反對：依所審文本，不宜進行。", "Objection: do not proceed with the text reviewed.")),
)  # fmt: skip
BOUND = (
    "審查意見僅就上列雜湊值所示之文本及條件有效；文本或條件如有變更，應重新送審。",
    "An opinion holds for the text and terms with the digests above only; any change calls for a new review.",
)


def write_request(page: Page) -> None:
    """Write what the expert is asked, about which text, and why."""
    page.title(("會辦審查請求", "Review Request"), "{{ review.aspect_name }}")
    deal.particulars(
        page,
        (("會辦職務", "Reviewing role"), "{{ review.role_name }}"),
        (("審查人", "Experts"), "{{ review.experts }}"),
        (("回覆期限", "Due"), "**{{ review.due }}**"),
    )
    page.heading(("案由", "The matter"))
    page.put(("本案擬與{{ theirs.name }}訂立「{{ title }}」，因涉及{{ review.aspect_name }}事項（旗標 {{ review.flag }}），"
              "敬請　惠予審查並提供意見。",
              "We intend to conclude “{{ title }}” with {{ theirs.name }}. It raises a matter of {{ review.aspect_name }} "
              "(flag {{ review.flag }}), on which we ask for your opinion."))  # fmt: skip
    deal.terms_table(page, "subject", "duration", "price", "payment", "liability", "law")
    page.heading(("受審文本", "Text under review"))
    _text_reviewed(page)
    page.put(BOUND, "Note")
    page.heading(("會辦原因", "Why the review is needed"))
    _rules(page)
    page.heading(("請審查之問題", "Questions"))
    _questions(page)
    page.heading(("回覆方式", "How to answer"))
    steps = page.new_list()
    for step in (
        ("請就上列問題逐項表示意見，並載明法令或其他依據。",
         "Answer each question and state the law or other basis relied on."),
        ("結論請擇一：無意見、附條件、反對。", "Choose one conclusion: clear, conditions or objection."),
        ("如附條件，請區分「必要」「建議」「備註」，並寫明如何修改；「必要」條件結案前，本案不得核准。",
         "Grade each condition must, should or note, and say how to meet it; the agreement cannot be approved while a "
         "must-condition is open."),
        ("如無法於期限內完成，或與本案有利害關係，請即通知承辦人改派。",
         "If you cannot answer in time, or have an interest in the matter, tell the drafter at once."),
    ):  # fmt: skip
        page.put(step, "ListItem", number=steps)


def write_opinion(page: Page) -> None:
    """Write the opinion given, or the form on which to give it by hand."""
    page.title(("會辦意見書", "Expert Opinion"), "{{ review.aspect_name }}")
    expert = choose(("opinion.given", "{{ opinion.expert }}"), ("", "{{ review.experts }}"))
    deal.particulars(
        page,
        (("審查人", "Expert"), expert),
        (("審查職務", "Role"), "{{ review.role_name }}"),
        (("旗標", "Flag"), "{{ review.flag }}"),
        (("意見日期", "Date of opinion"), choose(("opinion.given", "{{ opinion.date }}"), ("", deal.SIGNED_ON))),
    )
    page.heading(("審查範圍與文本", "Scope and text reviewed"))
    page.put(("「{{ title }}」，相對人：{{ theirs.name }}。", "“{{ title }}” with {{ theirs.name }}."), "BodyLeft")
    _text_reviewed(page)
    page.put(BOUND, "Note")
    page.heading(("問題", "Questions"))
    _questions(page)
    page.heading(("法令依據", "Legal basis"))
    with page.when("opinion.given"):
        page.put(stated("opinion.legal_basis"), "BodyLeft")
    _blank(page, 900)
    page.heading(("意見及理由", "Opinion and reasons"))
    with page.when("opinion.given"), page.each("paragraph in opinion.reasoning"):
        page.put("{{ paragraph }}")
    _blank(page, 3000)
    page.heading(("條件", "Conditions"))
    _conditions(page)
    page.heading(("結論", "Conclusion"))
    deal.ticks(page, *((f'opinion.conclusion == "{value}"', words) for value, words in CONCLUSIONS))
    page.put("", "Gap")
    with page.table(3.1, 5.5, 2.5, 4.9) as grid:
        given = choose(("opinion.given", "{{ opinion.expert }}"), ("", " "))
        grid.row(label(("審查人簽名", "Expert’s signature")), given, label(("日期", "Date")),
                 choose(("opinion.given", "{{ opinion.date }}"), ("", deal.SIGNED_ON)), height=900)  # fmt: skip


def _text_reviewed(page: Page) -> None:
    with page.table(2.7, 13.3) as grid:
        grid.row(label(("文件", "Document")), "{{ review.document_name }}")
        grid.row(label(("文件雜湊值", "Document digest")), "`{{ review.document_digest }}`")
        grid.row(label(("條件雜湊值", "Terms digest")), "`{{ review.terms_digest }}`")


def _rules(page: Page) -> None:
    with page.table(1.8, 5.0, 5.2, 4.0) as grid:
        grid.head(("規則", "Rule"), ("適用情形", "When"), ("理由", "Why"), ("依據", "Basis"))
        with grid.each("rule in review.rules"):
            grid.row(Cell("{{ rule.rule }}", "CellCentre"), "{{ rule.when }}", "{{ rule.why }}", "{{ rule.basis }}")


def _questions(page: Page) -> None:
    with page.each("question in review.questions"):
        page.put("{{ question }}", "ListItem", number=page.new_list())
    page.put(optional("not review.questions", ("請就本面向為一般性審查。", "A general review of this aspect is asked.")))


def _conditions(page: Page) -> None:
    headings: tuple[Words, ...] = (("編號", "No."), ("等級", "Grade"), ("條件內容", "Condition"), ("狀態", "Status"))
    with page.when("opinion.conditions"), page.table(1.4, 2.2, 9.6, 2.8) as grid:
        grid.head(*headings)
        with grid.each("condition in opinion.conditions"):
            grid.row(Cell("{{ condition.no }}", "CellCentre"), Cell("{{ condition.severity_name }}", "CellCentre"),
                     "{{ condition.text }}", Cell("{{ condition.status }}", "CellCentre"))  # fmt: skip
    with page.when("opinion.given and not opinion.conditions"):
        page.put(("無附帶條件。", "None."))
    with page.when("not opinion.given"), page.table(1.4, 2.2, 9.6, 2.8) as grid:
        grid.head(*headings)
        for number in "123":
            grid.row(Cell(number, "CellCentre"), "", "", "", height=560)


def _blank(page: Page, height: int) -> None:
    with page.when("not opinion.given"), page.table(1) as grid:
        grid.row("", height=height)


def _review(language: str) -> dict[str, Any]:
    chinese = language == "zh-TW"
    asked = [
        ("遠端存取產線資料庫之範圍及權限控管，是否足以防免未經授權之存取？",
         "Do the scope of remote access to the production databases and its controls prevent unauthorised access?"),
        ("契約所定之資安事件通報時限及稽核權，是否符合本公司委外管理規定？",
         "Do the contract’s time to report incidents and our right to audit meet our outsourcing rules?"),
    ]  # fmt: skip
    rule = ("S01", ("委外資訊系統、雲端或遠端存取", "IT outsourcing, cloud or remote access"),
            ("受託者之選任、監督及事件通報須於訂約前確認",
             "Selection, supervision and incident reporting must be settled before contracting"),
            ("資通安全管理法（委外選任監督）", "Cyber Security Management Act (supervision of contractors)"))  # fmt: skip
    name, when, why, basis = (words if isinstance(words, str) else words[not chinese] for words in rule)
    return {
        "flag": "F-1", "role": "infosec", "role_name": "資訊安全審查" if chinese else "Information security review",
        "aspect_name": "資料與資訊安全" if chinese else "data and information security",
        "experts": "柯怡（資安長）、杜承恩（代理）" if chinese else "Ke Yi (柯怡), CISO; Tu Cheng-En (杜承恩), deputy",
        "questions": [question[not chinese] for question in asked],
        "rules": [{"rule": name, "when": when, "why": why, "basis": basis}],
        "due": "中華民國115年11月30日（五個工作日）" if chinese else "30 November 2026 (five working days)",
        "document_name": "AGR-2026-0042-SV-01.docx", "document_digest": DIGESTS["document"],
        "terms_digest": DIGESTS["terms"],
    }  # fmt: skip


def _opinion(language: str) -> dict[str, Any]:
    chinese = language == "zh-TW"
    return {
        "given": True, "expert": "柯怡（資安長）" if chinese else "Ke Yi (柯怡), CISO",
        "date": "中華民國115年11月26日" if chinese else "26 November 2026",
        "conclusion": "conditions", "conclusion_name": "附條件" if chinese else "conditions",
        "reasoning": [
            "遠端存取僅限唯讀副本，帳號採多因子驗證並逐次核准，風險可控；惟契約草案未載明存取紀錄之保存期間。",
            "草案所定資安事件通報為「儘速」，未定時限，無從據以監督，宜改為知悉後二十四小時內。",
        ] if chinese else [
            "Remote access is limited to a read-only copy, with multi-factor sign-in and approval each time, so the risk "
            "can be controlled; the draft does not say how long access records are kept.",
            "Incidents are to be reported “as soon as possible”. Without a time this cannot be supervised; it should be "
            "within twenty-four hours of becoming aware.",
        ],
        "legal_basis": "資通安全管理法；本公司委外作業資訊安全管理辦法第八條" if chinese
        else "Cyber Security Management Act; Art. 8 of our rules on information security in outsourcing",
        "conditions": [
            {"no": "1", "severity_name": "必要" if chinese else "Must",
             "text": "資安條款增訂：知悉資安事件後二十四小時內以書面通報客戶。" if chinese
             else "Add: the Provider reports a security incident in writing within twenty-four hours of knowing of it.",
             "status": "已結案" if chinese else "Closed"},
            {"no": "2", "severity_name": "建議" if chinese else "Should",
             "text": "增訂存取紀錄至少保存六個月，客戶得請求提供。" if chinese
             else "Add: access records are kept for at least six months and given to the Customer on request.",
             "status": "未結案" if chinese else "Open"},
        ],
    }  # fmt: skip


LAYOUTS = (
    Layout("review-request", "expert_review", "internal", ("會辦審查請求", "Review Request"), write_request,
           {tongue: sample(tongue, code="RQ", review=_review(tongue)) for tongue in ("zh-TW", "en")}),
    Layout("opinion", "expert_review", "internal", ("會辦意見書", "Expert Opinion"), write_opinion,
           {tongue: sample(tongue, code="OP", review=_review(tongue), opinion=_opinion(tongue))
            for tongue in ("zh-TW", "en")}),
)  # fmt: skip
