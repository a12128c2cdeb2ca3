"""What a contract of each kind calls those who pay and perform, the price, and what is done."""

from collections.abc import Mapping
from typing import Any

_NAMES = ("customer", "supplier", "fee", "subject", "agreement")
_WORDS = {
    "zh-TW": {
        "services": ("客戶", "服務提供者", "報酬", "本服務", "本契約"),
        "purchase": ("買方", "賣方", "價金", "標的物", "本契約"),
        "works": ("定作人", "承攬人", "報酬", "本工作", "本契約"),
        "distribution": ("經銷商", "供應商", "價金", "本產品", "本契約"),
        "nda": ("", "", "價金", "本目的", "本契約"),
        "mou": ("", "", "價金", "本合作", "本備忘錄"),
        "amendment": ("", "", "價金", "本合作", "本協議"),
    },
    "en": {
        "services": ("Customer", "Provider", "Fee", "Services", "Agreement"),
        "purchase": ("Buyer", "Seller", "Price", "Goods", "Agreement"),
        "works": ("Client", "Contractor", "Contract Price", "Works", "Agreement"),
        "distribution": ("Distributor", "Supplier", "Price", "Products", "Agreement"),
        "nda": ("", "", "Price", "Purpose", "Agreement"),
        "mou": ("", "", "Price", "Cooperation", "Memorandum"),
        "amendment": ("", "", "Price", "Cooperation", "Amendment"),
    },
}


def role_words(kind: str, language: str, context: Mapping[str, Any]) -> dict[str, str]:
    """Return the words of a kind of contract; where it has no roles, those are the parties' labels.

    A kind that an organisation added has the words of services.
    """
    words = _WORDS[language].get(kind, _WORDS[language]["services"])
    found = dict(zip(_NAMES, words, strict=True))
    return found | {role: context[role]["label"] for role in ("customer", "supplier") if not found[role]}
