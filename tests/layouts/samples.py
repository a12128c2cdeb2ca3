"""The invented agreement on which every layout is tried: a company in Taichung buys advice.

Names, numbers and addresses belong to nobody; what only one kind of document needs is in
the module of that kind.
"""

from typing import Any

OURS = {
    "zh-TW": {"label": "甲方", "name": "晴川精密工業股份有限公司", "name_other": "Chingchuan Precision "
                                                                                 "Industrial Co., Ltd.",
              "country": "中華民國（臺灣）", "address": "臺中市西屯區工業區三十八路 210 號",
              "representative": "陳怡君", "representative_title": "董事長", "contact": "許庭瑋（採購部）"},
    "en": {"label": "Party A", "name": "Chingchuan Precision Industrial Co., Ltd.", "name_other": "晴川精密"
                                                                                                  "工業股份"
                                                                                                  "有限公司",
           "country": "Taiwan (R.O.C.)", "address": "No. 210, Industrial Park 38th Road, Xitun District, "
                                                    "Taichung",
           "representative": "Chen Yi-Chun (陳怡君)", "representative_title": "Chairperson",
           "contact": "Hsu Ting-Wei, Purchasing"},
}  # fmt: skip
THEIRS = {
    "zh-TW": {"label": "乙方", "name": "新加坡商海岬數據顧問股份有限公司台灣分公司",
              "name_other": "Headland Data Advisory Pte. Ltd., Taiwan Branch", "country": "新加坡",
              "address": "臺北市信義區松仁路 999 號 18 樓", "representative": "林柏翰",
              "representative_title": "台灣分公司經理人", "contact": "蘇芷涵（業務協理）"},
    "en": {"label": "Party B", "name": "Headland Data Advisory Pte. Ltd., Taiwan Branch",
           "name_other": "新加坡商海岬數據顧問股份有限公司台灣分公司", "country": "Singapore",
           "address": "18F, No. 999, Songren Road, Xinyi District, Taipei", "representative": "Daniel Lim "
                                                                                              "(林柏翰)",
           "representative_title": "Branch Manager", "contact": "Su Chih-Han, Business Development"},
}  # fmt: skip
ITEMS = {
    "zh-TW": [("產線資料盤點與導入藍圖", "1", "式", "420,000", "420,000"),
              ("駐廠資料工程顧問服務（含每週進度報告）", "60", "人日", "12,000", "720,000"),
              ("種子人員教育訓練，每場六小時", "4", "場", "45,000", "180,000")],
    "en": [("Survey of production data and introduction roadmap", "1", "lot", "420,000", "420,000"),
           ("On-site data engineering advice, with weekly progress reports", "60", "man-day", "12,000",
            "720,000"),
           ("Training of key users, six hours a session", "4", "session", "45,000", "180,000")],
}  # fmt: skip
FACTS = {
    "budgeted": "yes", "related_party": "no", "guarantee_given": "no", "paper": "own_standard",
    "no_exit": "no", "notarise": "no", "foreign_service_provider": "no", "stamp_class": "none",
    "security_instrument": "no", "system_access": "yes", "personal_data": "no", "cross_border_data": "no",
    "ip_terms": "licence", "exclusivity": "no", "resale_price": "no", "non_compete": "no",
    "export_controlled": "no", "sanctioned_country": "no", "government": "no", "on_site_work": "yes",
    "conflict_declared": "no",
}  # fmt: skip
DIGESTS = {
    "document": "sha256:4b1f0c7d9e2a86535cf0a7be91d3c4487a6e25d80b9f13c2e64d7a508f1b92ce",
    "terms": "sha256:a90d37c4517be8f26d04c19b73a5e8f0d2c6418b9e3507fa1d64cb82e7f93015",
    "policy": "sha256:0c63ef1b85d29a74e1f08b356c97d2a4f8e01b7d93c54a62b8e7f1d06935ac48",
}


def sample(
    language: str, *, code: str, classification: str = "", draft: bool = False, **more: Any
) -> dict[str, Any]:
    """Return a whole context: the agreement, the document, and what its kind needs."""
    chinese = language == "zh-TW"
    document = {
        "ref": "AGR-2026-0042",
        "number": f"AGR-2026-0042-{code}-01",
        "revision": "1",
        "date": "中華民國115年11月23日" if chinese else "23 November 2026",
        "language": language,
        "owner": "許庭瑋" if chinese else "Hsu Ting-Wei (許庭瑋)",
        "draft": draft,
        "classification": classification,
    }
    return _terms(language) | {"document": document} | more


def _terms(language: str) -> dict[str, Any]:
    chinese = language == "zh-TW"
    sign = "NT$" if chinese else "TWD "
    ours = OURS[language] | {"side": "ours", "registration": "12345675", "phone": "+886 4 5550 0142"}
    ours["email"] = "contracts@chingchuan.example"
    theirs = THEIRS[language] | {"side": "theirs", "registration": "20000003", "phone": "+886 2 5550 0178"}
    theirs["email"] = "sales.tw@headland.example"
    items = [
        {"no": str(no), "description": text, "quantity": count, "unit": unit,
         "unit_price": sign + each, "amount": sign + amount}
        for no, (text, count, unit, each, amount) in enumerate(ITEMS[language], start=1)
    ]  # fmt: skip
    return {
        "title": "產線數據平台導入顧問服務" if chinese else "Advice on Introducing a Production Data "
                                                            "Platform",
        "purpose": "由乙方協助甲方盤點臺中廠三條產線之資料，規劃並導入數據平台，並培訓甲方種子人員自主維運。"
        if chinese
        else "Party B helps Party A survey the data of three production lines at its Taichung plant, plan "
             "and introduce a data platform, and train Party A’s key users to run it on their own.",
        "contract_type": "services",
        "originals": "2",
        "consent_mode": "notified",
        "parties": [ours, theirs],
        "ours": dict(ours),
        "theirs": dict(theirs),
        "price": {
            "known": True, "currency": "TWD", "estimated": "", "tax_included": False, "tax_rate": "5%",
            "untaxed": f"{sign}1,320,000", "tax": f"{sign}66,000", "total": f"{sign}1,386,000",
            "words": "新臺幣壹佰參拾捌萬陸仟元整" if chinese
            else "New Taiwan Dollars one million three hundred eighty-six thousand only",
            "items": items,
        },
        "period": {
            "start": "中華民國116年1月1日" if chinese else "1 January 2027",
            "end": "中華民國116年12月31日" if chinese else "31 December 2027",
            "perpetual": False, "months": "12", "auto_renew": "no", "renewal_months": "", "notice_days": "30",
        },
        "payment": {"known": True, "days": "30", "prepayment_percent": "20"},
        "liability": {"kind": "capped", "cap_percent": "100", "penalty_percent": "10"},
        "law": {
            "governing": "TW", "governing_name": "中華民國（臺灣）" if chinese else "Taiwan (R.O.C.)",
            "court": "臺灣臺中地方法院" if chinese else "Taiwan Taichung District Court", "arbitration": "",
        },
        "facts": dict(FACTS),
    }  # fmt: skip
