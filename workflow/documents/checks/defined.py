"""Defined terms: each that a contract uses is defined, and each that it defines is used."""

import re
from collections.abc import Collection, Iterator
from functools import lru_cache

from workflow.documents.checks.citations import english_names

_QUOTED = {
    "zh-TW": re.compile("(?:稱|簡稱|稱為)「([^「」]{1,30})」|「([^「」]{1,30})」，?(?:係|均|各)?指"),
    "en": re.compile("“([^“”]{1,40})”"),
}
_LITTLE = re.compile(r"^(?:the|an?) ", re.IGNORECASE)
# A capital within a sentence is a name: of a party, an article, a law, or of what was defined.
_CAPITAL = re.compile(r"(?<![.:;?!“(] )(?<![.:;?!“(])(?<=[a-z,’ ] )\b[A-Z][a-z]+(?:[ -][A-Z][a-z]+)*")
# What every contract calls itself and its parties, and what needs no definition.
_PLAIN = frozenset({"Agreement", "Memorandum", "Amendment", "Party", "Parties", "Act", "I"})
_OF_LAW = re.compile(
    r"\b(?:[A-Z][\w’-]* (?:of |and |the |for )*)+(?:Act|Code|Rules|Regulations|Court|Association|Law)\b"
    r"|\bUnited Nations Convention on Contracts for the International Sale of Goods\b"
    r"|\bDirectorate-General of Budget, Accounting and Statistics\b|\bExecutive Yuan\b"
    r"|\bNew Taiwan Dollars?\b|\bArticles? \d+|\bParty [A-Z]\b|\bIncoterms\b"
    r"|\bTaiwan\b|\bChinese\b|\bEnglish\b"
)


def defined_in(texts: Collection[str], language: str) -> frozenset[str]:
    """Return what a contract's texts define: what stands in quotation marks."""
    return frozenset(name for text in texts for name in _names(text, language))


def _names(text: str, language: str) -> Iterator[str]:
    for match in _QUOTED[language].finditer(text):
        yield _LITTLE.sub("", next(filter(None, match.groups()))).removesuffix("’s")


def unused(texts: Collection[str], language: str) -> Iterator[str]:
    """Yield each defined term that stands nowhere but in its own definition."""
    whole = "\n".join(texts)
    for name in sorted(defined_in(texts, language)):
        quoted = len(re.findall(f"[「“](?:[Tt]he |[Aa]n? )?{re.escape(name)}[」”]", whole))
        if whole.casefold().count(name.casefold()) - quoted < 1 and not _in_plural(name, whole):
            yield name


def _in_plural(name: str, whole: str) -> bool:
    return name.endswith("s") and whole.count(name[:-1]) > 1


@lru_cache(maxsize=8192)
def undefined(text: str, defined: frozenset[str]) -> tuple[str, ...]:
    """Return the capitalised terms of an English text that nothing defines."""
    for act in english_names():
        text = text.replace(act, " ")
    known = _known(defined)
    names = (match[0] for match in _CAPITAL.finditer(_OF_LAW.sub(" ", text)))
    return tuple(name for name in names if not all(word in known for word in re.split("[ -]", name)))


@lru_cache(maxsize=512)
def _known(defined: frozenset[str]) -> frozenset[str]:
    """Return every word of the defined terms, in the singular and the plural, and those nobody defines."""
    words = {word for name in defined for word in re.split("[ -]", name)} | _PLAIN
    return frozenset(form for word in words for form in (word, f"{word}s", word.removesuffix("s")))
