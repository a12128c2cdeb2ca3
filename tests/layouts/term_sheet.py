"""The term sheet (條件要點): what was agreed, before anything is drafted."""

import deal
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


LAYOUT = Layout(
    "term-sheet",
    "terms_agreed",
    "both",
    ("條件要點", "Term Sheet"),
    write,
    {language: sample(language, code="TS") for language in ("zh-TW", "en")},
)
