"""What is checked of a contract before it leaves: what must be mended, and what to look at.

Every finding names the clause. A program reads words, not meaning: what it does not find may
still be wrong, and a lawyer reads the contract all the same.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from workflow.documents.catalogue import BOTH, LANGUAGES
from workflow.documents.checks.agreed import Found, against_itself
from workflow.documents.checks.defined import defined_in, undefined, unused
from workflow.documents.checks.law import NO_CITATION, against_the_law
from workflow.documents.checks.twins import ALIKE, MISSING, differences
from workflow.documents.choosing import OWN, Chosen
from workflow.documents.contract import Contract
from workflow.documents.wording import number_of, spelled_number
from workflow.i18n import mark
from workflow.problems import Problem
from workflow.terms import Terms

_COURT = re.compile(r"第一審管轄法院|court of first instance|jurisdiction (?:in|at) (?:the )?first instance")
_ARBITRATION = re.compile(
    r"提付仲裁|仲裁為終局|(?:submitted|referred|settled|resolved)[^.;]{0,60}\barbitration\b"
)
_ORIGINALS = re.compile(
    r"正本(?:[^。；]{0,6}式)?(?P<zh>[壹貳參肆伍陸柒捌玖拾一二兩三四五六七八九十\d]+)份"
    r"|\b(?:made|signed|executed) in (?P<en>[a-z-]+|\d+) originals?\b"
)
_FORMAL = str.maketrans("壹貳參肆伍陸柒捌玖拾兩", "一二三四五六七八九十二")
_NUMBERED = re.compile(
    r"(?<![法例則])第(?P<zh>[一二三四五六七八九十百]+)條|\bArticles? (?P<en>\d+)\b(?! of the )"
)

_CORRECT = mark("correct the text or the terms")
_LOOK = mark("look it up")
_TWO_FORUMS = mark("speaks of a court and another clause of arbitration; agree one of the two")
_COPIES = mark("says {said} originals, and the terms say {agreed}")
_NO_ARTICLE = mark("refers to article {number}, and the contract has {count}")
_BY_HAND = mark("refers to article {number} by hand; the number does not follow when articles move")
_UNDEFINED = mark("uses {name}, which nothing defines")
_UNUSED = mark("defines {name}, which nothing uses")


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found: *faults* stop a draft, *doubts* are for a person to look at."""

    faults: tuple[Problem, ...]
    doubts: tuple[Problem, ...]


def check_contract(contract: Contract, terms: Terms) -> Checked:
    """Check a contract against itself, its terms and the law."""
    families = {clause.family for clause in contract.chosen[0].clauses}
    found = list(against_itself(terms, contract.layout.kind, families, contract.context["price"]))
    for chosen in contract.chosen:
        found += _of_clauses(chosen, terms)
        found += _of_defined(chosen, contract)
    if contract.layout.language == BOTH:
        found += _only_in_second(*contract.chosen)
        found += differences(contract.context["clauses"])
    return Checked(
        tuple(problem for serious, problem in found if serious),
        tuple(problem for serious, problem in found if not serious),
    )


def _only_in_second(first: Chosen, second: Chosen) -> Found:
    """Yield the clauses that an organisation's own library has in the second language alone."""
    known = {clause.id for clause in first.clauses}
    for clause in second.clauses:
        if clause.id not in known:
            yield True, Problem(f"clauses.{clause.id}", MISSING, ALIKE)


def _of_clauses(chosen: Chosen, terms: Terms) -> Found:
    forums: set[str] = set()
    for clause in chosen.clauses:
        where, text = f"clauses.{clause.id}", "\n".join(clause.paragraphs)
        for serious, what, facts in against_the_law(text):
            yield serious, Problem(where, what, _LOOK if what == NO_CITATION else _CORRECT, facts=facts)
        for match in _ORIGINALS.finditer(text):
            said = _copies(match)
            if said is not None and said != terms.originals:
                yield True, Problem(where, _COPIES, _CORRECT, facts={"said": said, "agreed": terms.originals})
        forums |= _forums(text)
        if len(forums) > 1:
            yield True, Problem(where, _TWO_FORUMS, _CORRECT)
            forums = set()
        if clause.wording == OWN:
            yield from _by_hand(where, text, len(chosen.clauses))


def _copies(match: re.Match[str]) -> int | None:
    if match["zh"]:
        return number_of(match["zh"].translate(_FORMAL))
    return int(match["en"]) if match["en"].isdecimal() else spelled_number(match["en"])


@lru_cache(maxsize=8192)
def _forums(text: str) -> frozenset[str]:
    named = (("court", _COURT), ("arbitration", _ARBITRATION))
    return frozenset(name for name, pattern in named if pattern.search(text))


def _by_hand(where: str, text: str, count: int) -> Found:
    for match in _NUMBERED.finditer(text):
        number = number_of(match["zh"] or match["en"])
        what = _NO_ARTICLE if number > count else _BY_HAND
        yield number > count, Problem(where, what, _CORRECT, facts={"number": number, "count": count})


def _of_defined(chosen: Chosen, contract: Contract) -> Found:
    texts = {clause.id: "\n".join(clause.paragraphs) for clause in chosen.clauses}
    defined, idle = _terms_defined(tuple(texts.values()), chosen.language)
    odd = [(next(name for name, text in texts.items() if each in text), _UNUSED, each) for each in idle]
    if chosen.language == "en":
        for name, text in texts.items():
            odd += [(name, _UNDEFINED, each) for each in dict.fromkeys(undefined(text, defined))]
    # What the terms themselves say, as a party's name, is nobody's defined term.
    told = _told(contract, chosen.language) if odd else ""
    for where, what, each in odd:
        if each not in told:
            yield False, Problem(f"clauses.{where}", what, _CORRECT, facts={"name": each})


@lru_cache(maxsize=512)
def _terms_defined(texts: tuple[str, ...], language: str) -> tuple[frozenset[str], tuple[str, ...]]:
    return defined_in(texts, language), tuple(unused(texts, language))


def _told(contract: Contract, language: str) -> str:
    """Return everything the terms say in a language, as one text."""
    second = contract.layout.language == BOTH and language != LANGUAGES[0]
    told = contract.context["en"] if second else contract.context
    kept = {name: value for name, value in told.items() if name not in ("clauses", "en")}
    return "\x00".join(_leaves(kept))


def _leaves(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _leaves(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(inner)
