"""The seven kinds of contract: one frame around the clauses that are chosen from the library.

Parties, what was agreed on one page, articles, signatures, and what the articles refer to as
annexes; what differs between the kinds is said in `KINDS`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import annexes
import key_terms
from agreements import sample
from articles import articles, contents
from deal import party_block, signature_blocks
from parts import Layout, Page
from words import BOTH, CHINESE, ENGLISH, Words

Rows = tuple[key_terms.Row, ...]


@dataclass(frozen=True, slots=True)
class Contract:
    """What one kind of contract has of its own."""

    kind: str
    code: str
    title: tuple[str, str]
    called: tuple[str, str]
    terms: Rows
    annexes: Callable[[Page], None]
    summary: Words = key_terms.HEADING


def write(contract: Contract, page: Page) -> None:
    """Write a contract of one kind."""
    page.title(contract.title, "{{ title }}")
    page.put(
        (
            "契約編號：{{ document.number }}　　版次：{{ document.revision }}　　"
            "文件日期：{{ document.date }}",
            "Contract no. {{ document.number }}    Revision {{ document.revision }}    {{ document.date }}",
        )
        if page.language != BOTH
        else "編號 No. {{ document.number }}　　版次 Revision {{ document.revision }}　　{{ document.date }}",
        "CellCentre",
    )
    page.heading(("立契約書人", "Parties"), "Heading2")
    # An amendment has few terms, and no contents after them.
    party_block(page, small=contract.kind != "amendment")
    page.heading(contract.summary, "Heading2")
    key_terms.table(page, *contract.terms)
    contents(page)
    _preamble(contract, page)
    articles(page)
    _signatures(contract, page)
    contract.annexes(page)


def _preamble(contract: Contract, page: Page) -> None:
    chinese, english = contract.called
    words: Words = (
        f"立契約書人就「{{{{ title }}}}」，本於誠信原則，經充分協商，同意訂立{chinese}，"
        "並約定條款如下，以資共同遵守：",
        "The parties named above have negotiated in good faith and agree on the terms of this "
        f"{english} for “{{{{ title }}}}” as follows:",
    )
    page.put("", "Gap")
    page.put(words, keep_next=True)


def _signatures(contract: Contract, page: Page) -> None:
    chinese, english = contract.called
    # LibreOffice would leave the heading behind where an amendment's articles fill a page.
    page.heading(("簽署", "Signatures"), "Heading2", new_page=contract.kind == "amendment")
    closing: Words = (
        f"為昭信守，立契約書人已詳閱並同意{chinese}全部條款及附件（如有），特於下列簽署日期簽名或蓋章：",
        f"The parties have read and agree to this {english} and its annexes, if any, and sign or "
        "seal it on the dates below:",
    )
    page.put(closing, keep_next=True)
    signature_blocks(page, 'facts.stamp_class == "works" or facts.stamp_class == "movables"')


def _goods(page: Page) -> None:
    annexes.price(page)
    annexes.kpis(page, "price.known")


def _works(page: Page) -> None:
    _goods(page)
    annexes.time_for_works(page, "price.known", "kpis")


def _sales(page: Page) -> None:
    _goods(page)
    annexes.distribution(page, "price.known", "kpis")


def _amendment(page: Page) -> None:
    annexes.changes(page)
    annexes.price(page, "amends.changes")


AGREEMENT = ("本契約", "Agreement")
_K = key_terms
_LAST: Rows = (_K.LIABILITY, _K.LAW, _K.FORM)
KINDS = (
    Contract(
        "services", "SV", ("勞務契約", "Services Agreement"), AGREEMENT,
        (_K.SUBJECT, _K.DURATION, _K.RENEWAL, _K.PRICE, _K.PAYMENT, _K.INSPECTION, _K.WARRANTY, _K.DELAY,
         _K.DEPOSIT, *_LAST),
        _goods,
    ),
    Contract(
        "purchase", "PU", ("買賣契約", "Sale and Purchase Agreement"), AGREEMENT,
        (_K.SUBJECT, _K.PRICE, _K.PAYMENT, _K.DELIVERY, _K.INSPECTION, _K.WARRANTY, _K.DELAY, _K.DEPOSIT,
         _K.DURATION, *_LAST),
        _goods,
    ),
    Contract(
        "works", "WK", ("承攬契約", "Works Agreement"), AGREEMENT,
        (_K.SUBJECT, _K.PRICE, _K.PAYMENT, _K.TIME, _K.DELIVERY, _K.INSPECTION, _K.WARRANTY, _K.DELAY,
         _K.DEPOSIT, *_LAST),
        _works,
    ),
    Contract(
        "distribution", "DS", ("經銷契約", "Distribution Agreement"), AGREEMENT,
        (_K.SUBJECT, _K.TERRITORY, _K.PRODUCTS, _K.MINIMUM, _K.COMMISSION, _K.DURATION, _K.RENEWAL, _K.PRICE,
         _K.PAYMENT, _K.DELIVERY, _K.INSPECTION, _K.WARRANTY, _K.DEPOSIT, *_LAST),
        _sales,
    ),
    Contract(
        "nda", "ND", ("保密契約", "Non-Disclosure Agreement"), AGREEMENT,
        (_K.PURPOSE, _K.DISCLOSURE, _K.DURATION, _K.SECRECY, _K.LAW, _K.FORM),
        lambda page: None,
    ),
    Contract(
        "mou", "MU", ("合作備忘錄", "Memorandum of Understanding"), ("本備忘錄", "Memorandum"),
        (_K.PURPOSE, _K.DURATION, _K.LAW, _K.FORM),
        lambda page: None, summary=("備忘錄要項", "Key Terms"),
    ),
    Contract(
        "amendment", "AM", ("增補協議", "Amendment Agreement"), ("本協議", "Amendment"),
        (_K.ORIGINAL, _K.REASON, _K.EFFECT, _K.IN_FORCE, _K.UNCHANGED, _K.FORM),
        _amendment, summary=("增補要項", "Summary of the Amendment"),
    ),
)  # fmt: skip

LAYOUTS = tuple(
    Layout(
        contract.kind,
        "drafting",
        "both",
        contract.title,
        partial(write, contract),
        {language: sample(contract.kind, contract.code, language) for language in (CHINESE, ENGLISH, BOTH)},
        has_prevailing_language=True,
        version="2.0.0" if contract.kind == "services" else "1.0.0",
    )
    for contract in KINDS
)
