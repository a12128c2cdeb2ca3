"""The certificate of completion (簽署完成證明書): what was executed, by whom, and how to check it."""

from typing import Any

import deal
from parts import Cell, Layout, Page, label
from samples import DIGESTS, sample

OPENING = (
    "茲證明下列契約業經各方簽署完成，其簽署及核決歷程如下：",
    "This certifies that the contract below has been executed by its parties, with the history of signing "
    "and approval set out here:",
)
CHECKS = (
    (
        "核對文件：以「sha256sum 檔案」計算所持檔案之 SHA-256 值，應與「文件雜湊值」所列相符。",
        "The document: compute the SHA-256 of your file (`sha256sum FILE`); it must equal the digest listed.",
    ),
    (
        "核對歷程：取得匯出之稽核資料後執行「assent audit verify」，其終端雜湊值應與下列相符。",
        "The history: run `assent audit verify` on the exported trail; its head must equal the one below.",
    ),
    (
        "核對決定：各項決定附有 SSH 簽章，得以「ssh-keygen -Y verify」驗證；"
        "簽章金鑰之指紋應另自可信來源核對。",
        "The decisions: each carries an SSH signature, which `ssh-keygen -Y verify` checks. Compare the "
        "fingerprints with a source you trust independently of this document.",
    ),
)
CAVEAT = (
    "本證明書為前述紀錄之摘要，不取代契約正本；與正本或稽核紀錄不符時，以正本及經驗證之稽核紀錄為準。"
    "所載電子簽章，除另有註明外，非電子簽章法第六條之數位簽章。",
    "This certificate sums up those records and does not replace the originals; where they differ, the "
    "originals and the verified trail prevail. Unless stated otherwise, the electronic signatures listed "
    "are not digital signatures within Article 6 of the Electronic Signatures Act.",
)


def write(page: Page) -> None:
    """Write the certificate."""
    page.title(("簽署完成證明書", "Certificate of Completion"), "{{ title }}")
    deal.particulars(page)
    page.put(OPENING)
    page.heading(("簽署情形", "Execution"))
    with page.table(3.4, 12.6) as grid:
        grid.row(label(("契約名稱", "Contract")), "**{{ title }}**")
        with grid.each("party in parties"):
            grid.row(label("{{ party.label }}"), "{{ party.name }}")
        for name, words in (
            (("完成日期", "Executed on"), "{{ certificate.executed_on }}"),
            (("正本份數", "Originals"), "{{ certificate.originals }}"),
            (("正本持有人", "Held by"), "{{ certificate.holders }}"),
            (("文件形式", "Form"), "{{ certificate.consent_name }}"),
        ):
            grid.row(label(name), words)
    page.heading(("簽署人", "Signatories"))
    with page.table(4.0, 3.5, 2.7, 2.6, 3.2) as grid:
        grid.head(
            ("當事人", "Party"), ("姓名", "Name"), ("職稱", "Title"), ("方式", "Method"), ("日期", "Date")
        )
        with grid.each("person in certificate.signatories"):
            grid.row(
                "{{ person.party }}",
                "{{ person.name }}",
                "{{ person.title }}",
                Cell("{{ person.method_name }}", "CellCentre"),
                Cell("{{ person.date }}", "CellCentre"),
            )
    page.heading(("內部核決", "Decisions"))
    with page.table(1.2, 3.6, 2.7, 3.3, 5.2) as grid:
        grid.head(
            ("序號", "No."),
            ("決定人", "Who"),
            ("決定", "What"),
            ("時間", "When"),
            ("金鑰指紋", "Key fingerprint"),
        )
        with grid.each("decision in certificate.decisions"):
            grid.row(
                Cell("{{ decision.seq }}", "CellCentre"),
                "{{ decision.who }}",
                "{{ decision.what }}",
                "{{ decision.when }}",
                "`{{ decision.fingerprint }}`",
            )
    page.heading(("文件雜湊值", "Document digests"))
    with page.table(5.0, 3.0, 8.0) as grid:
        grid.head(("檔案", "File"), ("種類", "Kind"), ("SHA-256", "SHA-256"))
        with grid.each("paper in certificate.documents"):
            grid.row("{{ paper.name }}", "{{ paper.kind_name }}", "`{{ paper.digest }}`")
    page.heading(("如何驗證", "How to verify"))
    checks = page.new_list()
    for words in CHECKS:
        page.put(words, "ListItem", number=checks)
    page.put("", "Gap")
    with page.table(3.4, 12.6) as grid:
        grid.row(label(("紀錄筆數", "Events")), "{{ certificate.events }}")
        grid.row(label(("終端雜湊值", "Head of the trail")), "`{{ certificate.head }}`")
    page.put(CAVEAT, "Note")


def _certificate(language: str) -> dict[str, Any]:
    def said(chinese: str, english: str) -> str:
        return chinese if language == "zh-TW" else english

    signed = said("115年12月21日", "21 Dec 2026")
    sealed, by_hand = (
        said("公司章及負責人章", "Company and chair’s seal"),
        said("親筆簽名", "Signature by hand"),
    )
    what = said("核准：商務", "Approve: commercial"), said("核准：財務", "Approve: financial")
    return {
        "executed_on": said("中華民國115年12月21日", "21 December 2026"),
        "originals": "2",
        "holders": said("雙方各執 1 份", "One by each party"),
        "consent_name": said(
            "紙本正本；內部核決採電子形式", "Originals on paper; internal decisions electronic"
        ),
        "signatories": [
            {
                "party": said("晴川精密工業股份有限公司", "Chingchuan Precision Industrial Co., Ltd."),
                "name": said("陳怡君", "Chen Yi-Chun (陳怡君)"),
                "title": said("董事長", "Chairperson"),
                "method_name": sealed,
                "date": signed,
            },
            {
                "party": said(
                    "新加坡商海岬數據顧問股份有限公司台灣分公司",
                    "Headland Data Advisory Pte. Ltd., Taiwan Branch",
                ),
                "name": said("林柏翰", "Daniel Lim (林柏翰)"),
                "title": said("台灣分公司經理人", "Branch Manager"),
                "method_name": by_hand,
                "date": signed,
            },
        ],
        "decisions": [
            {
                "seq": "14",
                "who": said("王曉雯（部門主管）", "Wang Hsiao-Wen (王曉雯), department manager"),
                "what": what[0],
                "when": "2026-11-26 10:42",
                "fingerprint": "SHA256:q0Xn7mPzR1tYw8uKc3vLb5aHd9eGf2sJ4iO6xT0kE+M",
            },
            {
                "seq": "15",
                "who": said("孫米娜（代理 林偉）", "Sun Mi-Na (孫米娜), for Lin Wei"),
                "what": what[1],
                "when": "2026-11-26 15:08",
                "fingerprint": "SHA256:Zc5b1Nq8Wv3yTr7uPo2iLk9jHg4fDs6aMx0eCnVtR/E",
            },
        ],
        "documents": [
            {
                "name": "AGR-2026-0042-SV-02.docx",
                "kind_name": said("勞務契約（簽署版）", "Services agreement, as executed"),
                "digest": DIGESTS["document"].removeprefix("sha256:"),
            },
            {
                "name": "AGR-2026-0042-AS-01.docx",
                "kind_name": said("簽呈", "Approval sheet"),
                "digest": DIGESTS["policy"].removeprefix("sha256:"),
            },
        ],
        "events": "23",
        "head": DIGESTS["terms"].removeprefix("sha256:"),
    }


LAYOUT = Layout(
    "certificate",
    "executed",
    "internal",
    ("簽署完成證明書", "Certificate of Completion"),
    write,
    {
        language: sample(language, code="CC", certificate=_certificate(language))
        for language in ("zh-TW", "en")
    },
)
