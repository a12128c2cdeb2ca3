"""The certificate of completion (簽署完成證明書): what was executed, by whom, and how to check it."""

from typing import Any

import deal
from parts import Cell, Layout, Page, label
from samples import DIGESTS, sample
from words import choose, lines, optional

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
        "核對歷程：取得匯出之稽核資料後執行「assent audit verify」，其終端雜湊值應與上列相符。",
        "The history: run `assent audit verify` on the exported trail; its head must equal the one listed.",
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
HELD = (
    "{{ certificate.originals }} 份：{{ certificate.holders }}",
    "{{ certificate.originals }}: {{ certificate.holders }}",
)
COPIES = choose(
    (
        "certificate.copy_holders",
        (
            "{{ certificate.copies }} 份：{{ certificate.copy_holders }}",
            "{{ certificate.copies }}: {{ certificate.copy_holders }}",
        ),
    ),
    ("", ("無", "None")),
)
NOTICE = "{{ certificate.notice }}"
VOID = ("**作廢**：{{ sealing.void }}", "**Void**: {{ sealing.void }}")


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
            (("核准日期", "Approved on"), "{{ certificate.approved_on }}"),
            (("簽署完成日期", "Executed on"), "{{ certificate.executed_on }}"),
            (("生效日期", "Effective from"), "{{ certificate.effective_on }}"),
            (("正本", "Originals"), HELD),
            (("副本", "Copies"), COPIES),
            (
                ("文件形式", "Form"),
                lines("{{ certificate.consent_name }}", optional("certificate.notice", NOTICE)),
            ),
            (
                ("簽署本", "Signed copy"),
                choose(
                    ("certificate.signed_copy", "{{ certificate.signed_copy }}"),
                    ("", ("未檢附", "None attached")),
                ),
            ),
        ):
            grid.row(label(name), words)
    page.heading(("簽署人及其權限", "Signatories and their authority"))
    with page.table(3.4, 3.0, 4.3, 2.0, 3.3) as grid:
        grid.head(
            ("當事人", "Party"),
            ("姓名及職稱", "Name and title"),
            ("簽署權限", "Authority"),
            ("方式", "Method"),
            ("日期", "Date"),
        )
        with grid.each("person in certificate.signatories"):
            grid.row(
                "{{ person.party }}",
                lines("**{{ person.name }}**", "{{ person.title }}"),
                lines("{{ person.authority_name }}", "{{ person.standing }}"),
                Cell("{{ person.method_name }}", "CellCentre"),
                Cell("{{ person.date }}", "CellCentre"),
            )
    with page.when("certificate.seals"):
        _seals(page)
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
        with grid.each("paper in certificate.attached"):
            grid.row("{{ paper.name }}", "{{ paper.kind_name }}", "`{{ paper.digest }}`")
        grid.row(
            ("稽核歷程之終端雜湊值", "Head of the trail"),
            ("{{ certificate.events }} 筆", "{{ certificate.events }} events"),
            "`{{ certificate.head }}`",
        )
    page.heading(("如何驗證", "How to verify"))
    checks = page.new_list()
    for words in CHECKS:
        page.put(words, "ListItem", number=checks)
    page.put("", "Gap")
    page.put(CAVEAT, "Note")


def _seals(page: Page) -> None:
    page.heading(("用印紀錄", "Seal log"))
    with page.table(1.2, 3.1, 4.4, 2.7, 2.3, 2.3) as grid:
        grid.head(
            ("序號", "No."),
            ("印章", "Seal"),
            ("時間", "Time"),
            ("用印頁次", "Pages sealed"),
            ("保管人", "Custodian"),
            ("見證人", "Witness"),
        )
        with grid.each("sealing in certificate.seals"):
            grid.row(
                Cell("{{ sealing.no }}", "CellCentre"),
                lines("{{ sealing.seal_name }}", optional("sealing.void", VOID)),
                "{{ sealing.time }}",
                "{{ sealing.pages }}",
                "{{ sealing.custodian }}",
                "{{ sealing.witness }}",
            )


def _certificate(language: str) -> dict[str, Any]:
    def said(chinese: str, english: str) -> str:
        return chinese if language == "zh-TW" else english

    signed = said("115年12月21日", "21 Dec 2026")
    sealed, by_hand = (
        said("公司章及負責人章", "Company and chair’s seal"),
        said("親筆簽名", "Signature by hand"),
    )
    ours = said("晴川精密工業股份有限公司", "Chingchuan Precision Industrial Co., Ltd.")
    theirs = said(
        "新加坡商海岬數據顧問股份有限公司台灣分公司", "Headland Data Advisory Pte. Ltd., Taiwan Branch"
    )
    custodian, witness = said("游淑芬", "Yu Shu-Fen (游淑芬)"), said("許庭瑋", "Hsu Ting-Wei (許庭瑋)")
    what = said("核准：商務", "Approve: commercial"), said("核准：財務", "Approve: financial")
    return {
        "executed_on": said("中華民國115年12月21日", "21 December 2026"),
        "approved_on": said("中華民國115年11月26日", "26 November 2026"),
        "effective_on": said("中華民國116年1月1日", "1 January 2027"),
        "originals": "2",
        "holders": f"{ours}{said('（1 份）、', ' (1), ')}{theirs}{said('（1 份）', ' (1)')}",
        "copies": "1",
        "copy_holders": said("採購部（1 份）", "Purchasing department (1)"),
        "consent_name": said(
            "已通知採用電子形式，未收到反對", "Notified of the electronic form, no objection received"
        ),
        "notice": said(
            "中華民國115年11月27日以電子郵件通知：得於中華民國115年12月11日前反對，"
            "未反對者推定同意（電子簽章法 §5 IV）。",
            "Notice of 27 November 2026 by e-mail: objections until 11 December 2026, and silence counts "
            "as consent (電子簽章法 §5 IV).",
        ),
        "signatories": [
            {
                "party": ours,
                "name": said("陳怡君", "Chen Yi-Chun (陳怡君)"),
                "title": said("董事長", "Chairperson"),
                "authority_name": said(
                    "代表人（公司法 §208）", "Representative of the company (公司法 §208)"
                ),
                "standing": said("經核對", "Verified"),
                "method_name": sealed,
                "date": signed,
            },
            {
                "party": theirs,
                "name": said("林柏翰", "Daniel Lim (林柏翰)"),
                "title": said("台灣分公司經理人", "Branch Manager"),
                "authority_name": said(
                    "代理人，依中華民國115年12月1日授權書（民法 §167）",
                    "Attorney, under a power of 1 December 2026 (民法 §167)",
                ),
                "standing": said("依其陳述，未經查證", "As they stated; not verified"),
                "method_name": by_hand,
                "date": signed,
            },
        ],
        "seals": [
            {
                "no": str(number),
                "seal_name": seal,
                "time": said(f"115年12月21日 {time}", f"21 Dec 2026 {time}"),
                "pages": pages,
                "custodian": custodian,
                "witness": witness,
                "void": void,
            }
            for number, (seal, time, pages, void) in enumerate(
                (
                    (
                        said("公司章", "Company seal"),
                        "10:05",
                        said("第 11 頁", "Page 11"),
                        said(
                            "誤蓋於乙方欄位，該份銷毀重印",
                            "put in Party B’s place; that original was destroyed",
                        ),
                    ),
                    (said("公司章", "Company seal"), "10:20", said("第 12 頁", "Page 12"), ""),
                    (said("負責人章", "Representative’s seal"), "10:22", said("第 12 頁", "Page 12"), ""),
                    (
                        said("騎縫章", "Seal across the pages"),
                        "10:25",
                        said("第 1 至 12 頁", "Pages 1 to 12"),
                        "",
                    ),
                ),
                start=1,
            )
        ],
        "signed_copy": said(
            "已核對：簽署本之文字與核准文本相同。", "Compared: it says what the approved text says."
        ),
        "attached": [
            {
                "name": said("海岬數據授權書.pdf", "headland-power-of-attorney.pdf"),
                "kind_name": said("林柏翰之授權書", "Power of attorney of Daniel Lim"),
                "digest": DIGESTS["policy"].removeprefix("sha256:")[::-1],
            },
            {
                "name": "AGR-2026-0042-SV-02-signed.docx",
                "kind_name": said("簽署本", "Signed copy"),
                "digest": DIGESTS["document"].removeprefix("sha256:")[::-1],
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
