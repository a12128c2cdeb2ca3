"""The term sheet (條件要點): what was agreed, before anything is drafted."""

from typing import Any

import deal
import topics
from parts import Layout, Page
from samples import sample

BASIS = (
    "本要點記載雙方於協商中議定之條件，作為書面確認及擬訂契約之依據。除雙方另以書面明定者外，"
    "本要點不構成要約、承諾或預約，亦不使任何一方負締結契約之義務；雙方已另行訂定之保密約定，不受影響。",
    "This sheet records the terms settled in the parties’ negotiations and is the basis for the written "
    "confirmation and the drafting of a contract. Unless the parties expressly agree otherwise in writing, "
    "it is neither an offer nor an acceptance nor a preliminary agreement, and obliges no party to conclude "
    "a contract. Any confidentiality agreement already made remains in force.",
)


def write(page: Page) -> None:
    """Write the term sheet."""
    page.title(("條件要點", "Term Sheet"), "{{ title }}")
    deal.particulars(page)
    page.heading(("當事人", "Parties"))
    deal.party_block(page)
    page.heading(("議定條件", "Terms"))
    deal.terms_table(page)
    with page.when(" or ".join(f"({condition})" for condition, _, _ in topics.TOPICS)):
        page.heading(("其他約定", "Further terms"))
        with page.table(3.4, 12.6) as grid:
            topics.topic_rows(grid)
    with page.when("kpis"):
        page.heading(("績效指標", "Key figures"))
        topics.kpi_table(page)
    with page.when("price.items"):
        page.heading(("價目表", "Price table"))
        deal.items_table(page)
    page.heading(("效力", "Effect"))
    page.put(BASIS)
    page.heading(("確認", "Confirmation"))
    page.put(
        (
            "雙方代表確認以上記載與協商結果相符：",
            "The representatives confirm that this sheet states what was settled:",
        ),
        keep_next=True,
    )
    deal.initials(page)


def _topics(language: str) -> dict[str, Any]:
    def said(chinese: str, english: str) -> str:
        return chinese if language == "zh-TW" else english

    kpi = {
        "no": "1",
        "name": said("平台月可用率", "Platform availability"),
        "target": "≥ 99.5%",
        "formula": said("（總時數－停機時數）÷總時數", "(hours − downtime) ÷ hours"),
        "source": said("甲方監控系統月報", "Party A’s monitoring"),
        "period_name": said("每月", "monthly"),
        "remedy": said("每低 1% 扣抵當月報酬 2%", "2% of the month’s fee for each 1% short"),
    }
    return {
        "delivery": {
            "place": said("臺中廠", "Taichung plant"),
            "by": said("中華民國116年10月31日", "31 October 2027"),
            "incoterm": "",
            "inspection_days": "10",
        },
        "warranty": {"months": "6", "starts": "acceptance"},
        "delay": {"per_mille": "1"},
        "deposit": {"percent": "", "form": ""},
        "secrecy": {"years": "3", "discloser": "both"},
        "works": {"counting": "", "days": ""},
        "distribution": {"territory": "", "products": "", "minimum": "", "commission_percent": ""},
        "cooperation": {"matters": [], "ours": [], "theirs": []},
        "kpis": [kpi],
    }


LAYOUT = Layout(
    "term-sheet",
    "terms_agreed",
    "both",
    ("條件要點", "Term Sheet"),
    write,
    {language: sample(language, code="TS", **_topics(language)) for language in ("zh-TW", "en")},
)
