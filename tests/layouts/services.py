"""The services agreement (勞務契約): a frame around the clauses chosen from the library."""

from typing import Any

import deal
from parts import Layout, Page
from samples import sample

PREAMBLE = (
    "立契約書人就「{{ title }}」（下稱「本案」），本於誠信原則，同意訂立本契約，並約定條款如下，"
    "以資共同遵守：",
    "The parties named above have agreed, in good faith, on the terms below for “{{ title }}” (the "
    "“Project”):",
)
CLOSING = (
    "為昭信守，立契約書人已詳閱並同意本契約全部條款、價目表及附件（如有），特於下列簽署日期簽名或蓋章：",
    "The parties have read and agree to this Agreement, its price table and annexes, if any, and sign or "
    "seal it on the dates below:",
)


def write(page: Page) -> None:
    """Write the contract: parties, articles, signatures, and the price table as its annex."""
    page.title(("勞務契約", "Services Agreement"), "{{ title }}")
    page.put(
        (
            "契約編號：{{ document.number }}　　版次：{{ document.revision }}　　文件日"
            "期：{{ document.date }}",
            "Contract no. {{ document.number }}    Revision {{ document.revision }}    {{ document.date }}",
        ),
        "CellCentre",
    )
    page.heading(("立契約書人", "Parties"), "Heading2")
    deal.party_block(page)
    page.put(PREAMBLE)
    with page.each("clause in clauses"):
        page.put("{{ clause.title }}", "Article")
        with page.each("paragraph in clause.paragraphs"):
            page.put("{{ paragraph }}", "Clause")
    page.heading(("簽署", "Signatures"), "Heading2")
    page.put(CLOSING, keep_next=True)
    deal.signature_blocks(page)
    with page.when("price.known"):
        page.heading(("價目表", "Price Table"), "Heading2", new_page=True)
        page.put(
            (
                "本價目表為本契約之一部分。",
                "This price table is part of the Agreement.",
            )
        )
        deal.items_table(page)


CLAUSES: dict[str, list[tuple[str, list[str]]]] = {
    "zh-TW": [
        (
            "定義",
            [
                "本契約所稱「客戶」指甲方，「服務提供者」指乙方。",
                "「交付成果」指服務提供者依本契約應交付之報告、文件、程式及教材。",
            ],
        ),
        (
            "服務範圍",
            [
                "服務提供者應就甲方臺中廠三條產線，辦理資料盤點、導入藍圖規劃、駐廠顧問及教育訓練，"
                "項目及數量如價目表。",
                "服務範圍如有變更，應經雙方以書面同意；未經書面同意者，不得請求增加報酬。",
            ],
        ),
        (
            "注意義務及報告",
            [
                "服務提供者處理本案，應以善良管理人之注意為之，並指派具三年以上相關經驗之人員。",
                "服務提供者應每週以書面報告進度，並於本契約終止時報告始末。",
            ],
        ),
        (
            "報酬及付款",
            [
                "本契約總價為新臺幣壹佰參拾捌萬陸仟元整（NT$1,386,000），含營業稅，明細如價目表。",
                "客戶應於收受合法發票後三十日內，以匯款方式付款至服務提供者指定之帳戶。",
            ],
        ),
        (
            "驗收",
            [
                "客戶應於收受交付成果後十個工作日內完成驗收，並以書面通知結果。",
                "交付成果與約定不符者，服務提供者應於客戶所定之相當期限內無償補正。",
            ],
        ),
        (
            "保密",
            [
                "任一方因本契約知悉他方非公開之技術或營業資訊，應予保密，非為履行本契約，不得使用或揭露。",
                "前項義務於本契約終止後三年內仍有效力；屬營業秘密者，於其仍為營業秘密之期間內均有效力。",
            ],
        ),
        (
            "智慧財產權",
            [
                "交付成果之著作財產權，自客戶付清該部分報酬時起讓與客戶；服務提供者既有之方法及工具，"
                "仍歸其所有。"
            ],
        ),
        (
            "賠償責任",
            [
                "任一方因可歸責之事由致他方受損害者，應負賠償責任，其總額以本契約總價為上限。",
                "前項上限，於故意或重大過失、侵害智慧財產權或違反保密義務之情形，不適用之。",
            ],
        ),
        (
            "期間及終止",
            [
                "本契約自中華民國116年1月1日起至中華民國116年12月31日止。",
                "任一方得於三十日前以書面通知他方終止本契約；於不利於他方之時期終止者，"
                "應賠償因此所生之損害。",
            ],
        ),
        (
            "準據法及管轄",
            [
                "本契約以中華民國法律為準據法。",
                "因本契約所生之爭議，雙方同意以臺灣臺中地方法院為第一審管轄法院。",
            ],
        ),
        ("份數", ["本契約正本壹式貳份，由雙方各執壹份為憑。"]),
    ],
    "en": [
        (
            "Definitions",
            [
                "“Customer” means Party A and “Provider” means Party B.",
                "“Deliverables” means the reports, documents, programs and training material the Provider "
                "is to deliver under this Agreement.",
            ],
        ),
        (
            "Scope of Services",
            [
                "For three production lines at Party A’s Taichung plant the Provider surveys the data, "
                "prepares an introduction roadmap, advises on site and trains key users, as itemised in the "
                "price table.",
                "Any change of scope needs both parties’ agreement in writing; without it no further fee is "
                "due.",
            ],
        ),
        (
            "Standard of Care and Reports",
            [
                "The Provider acts with the care of a good administrator and assigns staff with at least "
                "three years of relevant experience.",
                "The Provider reports progress in writing every week and gives a full account when this "
                "Agreement ends.",
            ],
        ),
        (
            "Fees and Payment",
            [
                "The total price is New Taiwan Dollars one million three hundred eighty-six thousand only "
                "(TWD 1,386,000) including business tax, as itemised in the price table.",
                "The Customer pays within thirty days after receipt of a lawful invoice, by transfer to the "
                "Provider’s account.",
            ],
        ),
        (
            "Acceptance",
            [
                "The Customer examines Deliverables within ten working days after receipt and gives notice "
                "of the result in writing.",
                "The Provider corrects Deliverables that do not conform, free of charge, within the "
                "reasonable time the Customer sets.",
            ],
        ),
        (
            "Confidentiality",
            [
                "Each party keeps confidential the other’s non-public technical and business information "
                "and uses it for this Agreement only.",
                "This duty continues for three years after the end of this Agreement, and for a trade "
                "secret for as long as it remains one.",
            ],
        ),
        (
            "Intellectual Property",
            [
                "The economic rights in the Deliverables pass to the Customer when it has paid for them; "
                "the Provider keeps its existing methods and tools."
            ],
        ),
        (
            "Liability",
            [
                "A party in breach for which it is responsible compensates the other’s loss, up to the "
                "total price of this Agreement.",
                "The limit does not apply to intent or gross negligence, infringement of intellectual "
                "property or breach of confidentiality.",
            ],
        ),
        (
            "Term and Termination",
            [
                "This Agreement runs from 1 January 2027 to 31 December 2027.",
                "Either party may terminate it by thirty days’ notice in writing; whoever terminates at a "
                "time unfavourable to the other compensates the loss this causes.",
            ],
        ),
        (
            "Governing Law and Jurisdiction",
            [
                "This Agreement is governed by the laws of Taiwan (R.O.C.).",
                "The Taiwan Taichung District Court has jurisdiction in the first instance over disputes "
                "arising from this Agreement.",
            ],
        ),
        ("Originals", ["This Agreement is made in two originals, one for each party."]),
    ],
}


def _sample(language: str) -> dict[str, Any]:
    clauses = [{"title": title, "paragraphs": paragraphs} for title, paragraphs in CLAUSES[language]]
    return sample(language, code="SV", draft=True, clauses=clauses)


LAYOUT = Layout(
    "services",
    "drafting",
    "both",
    ("勞務契約", "Services Agreement"),
    write,
    {language: _sample(language) for language in CLAUSES},
    has_prevailing_language=True,
)
