"""The invented agreements on which the layouts of contracts are tried: one of each kind.

They are terms as a person writes them, in ``terms/``; names and addresses belong to nobody.
What is said differently in English stands beside the Chinese, as a list of the two.
"""

import tomllib
from pathlib import Path
from typing import Any

from words import BOTH, ENGLISH

from workflow.documents.catalogue import shipped
from workflow.documents.contract import make_contract
from workflow.terms import Terms

TERMS = Path(__file__).parent / "terms"


def terms(kind: str, language: str) -> dict[str, Any]:
    """Return the terms of a kind of contract in the language of the document."""
    written = tomllib.loads((TERMS / f"{kind}.toml").read_text(encoding="utf-8"))
    said: dict[str, Any] = _in(written, language)
    return said | {"title": written["title"][language == ENGLISH], "title_en": written["title"][1]}


def sample(kind: str, code: str, language: str) -> dict[str, Any]:
    """Return a whole context: the contract, and what it is told of itself."""
    chinese = language != ENGLISH
    document = {
        "ref": "AGR-2026-0042",
        "number": f"AGR-2026-0042-{code}-01",
        "revision": "1",
        "date": "中華民國115年11月23日" if chinese else "23 November 2026",
        "language": language,
        "owner": "許庭瑋" if chinese else "Hsu Ting-Wei (許庭瑋)",
        "draft": True,
        "classification": "一般" if chinese else "General",
    }
    agreed = Terms.read(terms(kind, language))
    return dict(make_contract(shipped(), kind, language, agreed).context) | {"document": document}


def _in(value: Any, language: str) -> Any:
    if isinstance(value, dict):
        return {key: _in(entry, language) for key, entry in value.items()}
    if isinstance(value, list):
        pair = len(value) == 2 and all(isinstance(entry, str) for entry in value)
        if pair and language == BOTH:
            return " | ".join(value)
        return value[language == ENGLISH] if pair else [_in(entry, language) for entry in value]
    return value
