"""The smallest pieces of text that are replaced as a whole.

Words in alphabets, single characters in Chinese. Amounts, dates, references and quoted terms
are never split: a reader must see NT$1,250,000 become NT$1,350,000, not a 2 become a 3.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from workflow.documents.redline.inline import OBJECT

_HAN = r"\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_WIDE = _HAN + r"\u3000-\u30ff\uff00-\uffef"
_NUMERAL = r"〇零一二三四五六七八九十百千萬億兆兩廿卅壹貳參肆伍陸柒捌玖拾佰仟两万亿"
_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sep(?:t(?:ember)?)?"
    r"|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\.?"
)
_NUMBER = r"\d+(?:[,，]\d{3})*(?:[.．]\d+)?"
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_CURRENCY = (
    r"新臺幣|新台幣|臺幣|台幣|人民幣|美金|美元|日圓|歐元|港幣|(?:NT|US|HK|S|A|C|AU|CA|SG)?[$＄]|[€£¥￥]|"
    r"(?<![A-Za-z])(?:NTD|TWD|USD|EUR|JPY|CNY|RMB|GBP|HKD|SGD|AUD|CAD|CHF|KRW)"
)
_PATTERNS = (
    # Addresses of mail and of pages.
    rf"(?:https?://|www\.)[^\s{_WIDE}<>\"]+[\w/]",
    r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}",
    # Defined terms in their quotation marks.
    r"「[^「」\n\t\v\ufffc]{1,60}」|『[^『』\n\t\v\ufffc]{1,60}』",
    r"“[^“”\n\t\v\ufffc]{1,80}”|(?<![\w\"])\"[^\"\n\t\v\ufffc]{1,80}\"(?!\w)",
    # Dates: 2026-12-01, 民國115年12月1日, 2026年12月, 1 December 2026, December 1, 2026.
    r"\d{4}([-/.])\d{1,2}\1\d{1,2}(?!\d)",
    rf"(?:中華)?民國\s*(?:前\s*)?(?:\d+|[{_NUMERAL}元]+)\s*年"
    rf"(?:\s*(?:\d+|[{_NUMERAL}]+)\s*月(?:\s*(?:\d+|[{_NUMERAL}]+)\s*日)?)?",
    r"\d{2,4}\s*年\s*\d{1,2}\s*月(?:\s*\d{1,2}\s*日)?|\d{1,2}\s*月\s*\d{1,2}\s*日",
    rf"\b{_DAY}\s+(?:day\s+of\s+)?{_MONTH},?\s+\d{{4}}\b|\b{_MONTH}\s+{_DAY},?\s+\d{{4}}\b|\b{_MONTH}\s+\d{{4}}\b",
    # References: 第九條之一, Article 9.1(a), AGR-2026-0042-SV-01.
    rf"第\s*(?:\d+(?:\.\d+)*|[{_NUMERAL}]+)\s*(?:條|項|款|目|章|節|編|期|次|號|頁|版)(?:之(?:\d+|[{_NUMERAL}]+))?",
    r"\b(?:Article|Section|Clause|Schedule|Annex|Appendix|Exhibit|Paragraph)s?\s+\d+(?:\.\d+)*(?:\([a-z0-9]{1,4}\))*",
    r"\b[A-Za-z]{1,12}(?:[-‑][A-Za-z0-9]{1,20}){0,6}[-‑]\d+(?:[-‑][A-Za-z0-9]{1,20}){0,6}",
    # Amounts: 新臺幣壹佰貳拾伍萬元整, NT$1,250,000, USD 480,000.00, 50%, 百分之五十.
    rf"(?:{_CURRENCY})\s*(?:{_NUMBER}|[{_NUMERAL}]+)(?:\s?[萬億]?[元圓](?:[{_NUMERAL}]+角)?(?:[{_NUMERAL}]+分)?[整正]?)?",
    rf"[{_NUMERAL}]+[元圓](?:[{_NUMERAL}]+角)?(?:[{_NUMERAL}]+分)?[整正]?",
    rf"{_NUMBER}\s?[%％‰]|[百千萬]分之[{_NUMERAL}]+(?:點[{_NUMERAL}]+)?",
    # Numbers: 9.1.2, 1,000.50, 三十.
    rf"\d+(?:\.\d+){{2,}}|{_NUMBER}(?:st|nd|rd|th)?|[{_NUMERAL}]{{2,}}",
    # Words, blanks, then any character with what combines with it.
    rf"(?:(?![{_WIDE}\d_])\w)(?:(?![{_WIDE}])\w)*(?:['’‑-](?:(?![{_WIDE}])\w)+)*",
    r"[ \u00a0\u3000]+",
    r"(?s:.)[\u0300-\u036f\ufe00-\ufe0f\u200d\U000e0100-\U000e01ef]*",
)
_TOKEN = re.compile("|".join(f"(?:{pattern})" for pattern in _PATTERNS))
_WORD = re.compile(rf"[{_HAN}]|(?=(?:(?![{_WIDE}])[^\s\w])*(?![{_WIDE}])\w)(?:(?![{_WIDE}])\S)+")
_ANY_WIDE = re.compile(f"[{_WIDE}]")


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of text that stays whole; for an object *key* says which one it is."""

    key: str
    start: int
    end: int


def tokens_of(text: str, objects: Mapping[int, str]) -> list[Token]:
    """Cut *text* into tokens; *objects* says what stands for each object in it."""
    return [
        Token(objects.get(found.start(), found[0]) if found[0] == OBJECT else found[0], *found.span())
        for found in _TOKEN.finditer(text)
    ]


def count_words(text: str) -> int:
    """Count as Word does: a word in an alphabet is one, and so is every Chinese character."""
    return sum(1 for _ in _WORD.finditer(text))


def is_wide(character: str) -> bool:
    """Say whether a character is Chinese, Japanese or full-width, and needs no blank beside it."""
    return bool(_ANY_WIDE.match(character))
