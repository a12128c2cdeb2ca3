"""What the clause engine tells a contract's layout, made here until the engine does.

`contract_context` is the one place to connect: it is given the terms as a person writes them.
"""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from words import BOTH, CHINESE, ENGLISH

from workflow.documents.context import terms_context
from workflow.terms import Terms
from workflow.values.dates import long_date
from workflow.values.money import Money, figures

_LONG = {
    "services": 24,
    "purchase": 26,
    "works": 28,
    "distribution": 27,
    "nda": 14,
    "mou": 12,
    "amendment": 5,
}
_TITLES = [
    ("定義", "Definitions"),
    ("契約文件之優先順序", "Order of Precedence"),
    ("範圍", "Scope"),
    ("履行及注意義務", "Performance and Standard of Care"),
    ("價金", "Price"),
    ("付款", "Payment"),
    ("交付", "Delivery"),
    ("檢查及驗收", "Inspection and Acceptance"),
    ("保固及瑕疵擔保", "Warranty and Defects"),
    ("遲延及違約金", "Delay and Contractual Penalties"),
    ("保密", "Confidentiality"),
    ("智慧財產權", "Intellectual Property Rights"),
    ("個人資料", "Personal Data"),
    ("賠償責任", "Liability"),
    ("期間", "Term"),
    ("終止及解除", "Termination and Rescission"),
    ("終止後之處理", "Consequences of Termination"),
    ("不可抗力", "Force Majeure"),
    ("轉讓", "Assignment"),
    ("通知", "Notices"),
    ("契約之變更", "Variation in Writing"),
    ("完整合意", "Entire Agreement"),
    ("可分性", "Severability"),
    ("權利之不拋棄", "No Waiver"),
    ("準據法", "Governing Law"),
    ("爭議解決及管轄法院", "Disputes and Jurisdiction"),
    ("簽署及電子形式", "Signature and Electronic Form"),
    ("份數", "Originals"),
]
_FIRST = (
    "雙方就「{title}」所負之義務，應依本條及{article}約定，以書面及誠實信用方法為之；"
    "本條未約定者，依民法及其他有關法令之規定辦理。",
    "Each Party performs its obligations on “{title}” under this article and {article}, in writing "
    "and in good faith; whatever this article leaves open follows the Civil Code and the other laws "
    "that apply.",
)
_SECOND = (
    "一方未依前項辦理，經他方定相當期限以書面催告而屆期仍未改正者，他方得（一）請求履行或補正；"
    "（二）請求賠償因此所生之損害；（三）依{article}終止或解除契約。",
    "Where a Party does not do so and fails to put it right within a reasonable time set in writing, "
    "the other Party may (a) demand performance or correction; (b) claim compensation for the loss "
    "caused; and (c) terminate or rescind under {article}.",
)
_THIRD = ("前二項之權利，不因契約期間屆滿而消滅。", "These rights survive the end of the term.")
_DIGITS = "〇一二三四五六七八九"
_PERIODS = {
    "month": ("每月", "monthly"),
    "quarter": ("每季", "quarterly"),
    "half_year": ("每半年", "half-yearly"),
}


def contract_context(kind: str, language: str, terms: Callable[[str, str], dict[str, Any]]) -> dict[str, Any]:
    """Return what a contract of *kind* is told; *terms* gives what was agreed, in a language."""
    spoken_in = (CHINESE, ENGLISH) if language == BOTH else (language,)
    said = terms(kind, spoken_in[0])
    told, *others = [_told(said, each) for each in spoken_in]
    told["clauses"] = chosen_clauses(kind, spoken_in[0], said)
    told["contents"] = len(told["clauses"]) > 15
    for other in others:
        told["en"] = other
        pairs = zip(told["clauses"], chosen_clauses(kind, ENGLISH, said, suffix="_en"), strict=True)
        told["clauses"] = [clause | {"en": beside} for clause, beside in pairs]
    return told


def chosen_clauses(kind: str, language: str, terms: dict[str, Any], suffix: str = "") -> list[dict[str, Any]]:
    """Return the articles of a contract, as the clause engine would number them and refer between them."""
    chinese, count = language == CHINESE, _LONG[kind]
    titles = _TITLES[: count - 4] + _TITLES[-4:]
    rows = []
    for number, title in enumerate(titles, start=1):
        lines = []
        for text, other in ((_FIRST, number % count + 1), (_SECOND, (number + 9) % count + 1), (_THIRD, 0)):
            said = text[not chinese].replace("{title}", title[not chinese])
            before, found, after = said.partition("{article}")
            pieces = [{"text": before, "bookmark": ""}]
            if found:
                pieces.append({"text": _number(other, chinese), "bookmark": f"clause_{other}{suffix}"})
                pieces.append({"text": after, "bookmark": ""})
            lines.append({"pieces": pieces})
        rows.append(
            {
                "id": f"standin.{number}",
                "version": "1.0.0",
                "title": title[not chinese],
                "number": _number(number, chinese),
                "bookmark": f"clause_{number}{suffix}",
                "mark": str(100 + number),
                "paragraphs": ["".join(piece["text"] for piece in line["pieces"]) for line in lines],
                "lines": lines,
            }
        )
    return rows


def _number(number: int, chinese: bool) -> str:
    if not chinese:
        return f"Article {number}"
    tens, ones = divmod(number, 10)
    return (
        "第"
        + ("" if tens < 1 else "十" if tens == 1 else f"{_DIGITS[tens]}十")
        + (_DIGITS[ones] if ones else "")
        + "條"
    )


def _told(terms: dict[str, Any], language: str) -> dict[str, Any]:
    known = Terms.model_validate({name: value for name, value in terms.items() if name in Terms.model_fields})
    told = terms_context(known, language)
    ours, theirs = told["ours"], told["theirs"]
    paying = terms.get("our_role", "customer") == "customer"
    amends = terms.get("amends", {})
    change = Decimal("264000") if amends else Decimal(0)
    before = Decimal(amends.get("value_before", "0"))

    def day(value: str | None) -> str:
        return long_date(date.fromisoformat(value), language) if value else ""

    def money(value: Decimal) -> str:
        return figures(Money.of(value, "TWD"), language) if value else ""

    def text(section: str, *names: str) -> dict[str, str]:
        return {name: str(terms.get(section, {}).get(name, "")) for name in names}

    return told | {
        "our_role": terms.get("our_role", "customer"),
        "prevailing": CHINESE,
        "customer": ours if paying else theirs,
        "supplier": theirs if paying else ours,
        "delivery": text("delivery", "place", "incoterm", "inspection_days")
        | {"by": day(terms.get("delivery", {}).get("by"))},
        "warranty": {"starts": "acceptance" if "warranty" in terms else ""}
        | {
            name: value
            for name, value in text("warranty", "months", "starts").items()
            if value or name == "months"
        },
        "delay": text("delay", "per_mille"),
        "deposit": text("deposit", "percent", "form"),
        "secrecy": {"years": str(terms.get("secrecy", {}).get("years", "")), "discloser": "both"},
        "works": text("works", "counting", "days"),
        "distribution": text("distribution", "territory", "products", "commission_percent")
        | {"minimum": money(Decimal(terms.get("distribution", {}).get("minimum", "0")))},
        "kpis": [
            {
                "no": str(number),
                "name": kpi["name"],
                "target": kpi["target"],
                "formula": kpi.get("formula", ""),
                "source": kpi.get("source", ""),
                "period_name": _PERIODS[kpi["period"]][language == ENGLISH],
                "remedy": kpi.get("remedy", ""),
            }
            for number, kpi in enumerate(terms.get("kpis", ()), start=1)
        ],
        "cooperation": {
            name: terms.get("cooperation", {}).get(name, []) for name in ("matters", "ours", "theirs")
        },
        "amends": text("amends", "title", "number", "reason")
        | {
            "signed_on": day(amends.get("signed_on")),
            "value_before": money(before),
            "value_change": money(change),
            "value_after": money(before + change) if amends else "",
            "percent": "20.0%" if amends else "",
            "changes": [
                {"no": str(number)} | change
                for number, change in enumerate(amends.get("changes", ()), start=1)
            ],
        },
    }
