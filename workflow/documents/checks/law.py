"""What the text of a clause says against the law, or against itself.

A sentence at a time, by its words. Shipped clauses raise nothing here; wording of one's own may.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from workflow.documents.checks.citations import citations_in
from workflow.documents.wording import amounts_in_words, even, number_of
from workflow.i18n import mark

#: The highest rate of interest a year that can be agreed (民法 §205).
HIGHEST_INTEREST = 16

DIFFER = mark("says {words} in words and {figures} in figures; the words would win (民法 §4)")
USURY = mark("agrees yearly interest of {rate}%; above 16 per cent it is void (民法 §205)")
WAIVES = mark("seems to waive liability for intent or gross negligence, which is void (民法 §222): {text}")
NO_CITATION = mark("cites {citation}, which is not among the articles known here")

_AMOUNT = re.compile("[壹貳參肆伍陸柒捌玖拾佰仟]|hundred|thousand|million|billion", re.IGNORECASE)
_NUMERAL = "[一二三四五六七八九十百]+"
_A_YEAR = r"(?:年利率|年息|週年利率)[^。；]{0,6}?"
_INTEREST = re.compile(
    rf"{_A_YEAR}百分之(?P<zh>{_NUMERAL})"
    rf"|{_A_YEAR}(?P<figures>\d+(?:\.\d+)?) ?%"
    r"|(?P<en>\d+(?:\.\d+)?) ?(?:%|per ?cent) (?:a|per) (?:year|annum)"
)
# A sentence that speaks of intent or gross negligence and lets go of liability, and does not forbid that.
_INTENT = re.compile(r"故意|重大過失|gross negligence|\bwilful|\bintent(?:ional)?\b", re.IGNORECASE)
_RELEASE = re.compile(
    "免除|免責|不負|不予賠償|排除|waive|releas|exclud|not (?:be )?liable|no liability|disclaim", re.IGNORECASE
)
_FORBIDS = re.compile(
    r"不得|不適用|不排除|不免除|不限制|不在此限|除[^。；]*外|仍應|仍得|但"
    r"|\b(?:may|must|can|does|do|is|are) not\b(?! (?:be )?liable)"
    r"|cannot|except|unless|nothing in|however|without limit",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[。；\n]|(?<=[a-z)])[.;](?= |$)")

#: Whether it must be mended, a text of the catalogue, and what fills its places.
Said = tuple[bool, str, dict[str, object]]


@lru_cache(maxsize=8192)
def against_the_law(text: str) -> tuple[Said, ...]:
    """Return what is wrong with a clause's text by itself; most texts are met again and again."""
    return (*_amounts(text), *_interest(text), *_waivers(text), *_citations(text))


def _amounts(text: str) -> Iterator[Said]:
    if _AMOUNT.search(text):
        for amount in amounts_in_words(text):
            if amount.differs:
                yield True, DIFFER, {"words": amount.words, "figures": amount.figures}


def _interest(text: str) -> Iterator[Said]:
    for match in _INTEREST.finditer(even(text)):
        rate = float(match["figures"] or match["en"] or number_of(match["zh"]))
        if rate > HIGHEST_INTEREST:
            yield True, USURY, {"rate": f"{rate:g}"}


def _waivers(text: str) -> Iterator[Said]:
    if _INTENT.search(text):
        for sentence in _SENTENCE.split(text):
            if _INTENT.search(sentence) and _RELEASE.search(sentence) and not _FORBIDS.search(sentence):
                yield True, WAIVES, {"text": sentence.strip()[:60]}


def _citations(text: str) -> Iterator[Said]:
    for citation in citations_in(text):
        if not citation.known:
            yield False, NO_CITATION, {"citation": citation}
