"""The report's own words that depend on the trail, both languages side by side.

Headings, labels and what always stands in it are in its template.
"""

from collections.abc import Mapping
from typing import Final

from approvals.reports.words import Both

_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "for": ("for {person}", "代理 {person}"),
    "revision": ("revision {number}", "第 {number} 版"),
    "several": ("{first} to {last} ({count})", "{first} 至 {last}（{count} 份）"),
    "not yet": ("not yet", "尚未"),
    "not all": ("not all who were asked have approved", "尚未全數核准"),
    "recorded by": ("recorded by", "登錄"),
    "ours": ("our side", "我方"),
    "theirs": ("the other side", "相對人"),
    "broken": ("(the events do not add up)", "（各事件無法組成合約）"),
    "unread": ("it cannot be read", "無法讀取"),
    "seat": ("sign-off, step {step}", "簽核，第 {step} 步"),
    "vote": ("by vote of the board", "依董事會表決"),
    "people": ("{count} to sign", "需 {count} 人"),
    "review": ("advice {flag}", "審查 {flag}"),
    "raised": ("asked for by a person, no rule", "由人員提出，非規則要求"),
    "condition": ("{id}, {weight}, {closed}", "{id}，{weight}，{closed}"),
    "closed": ("closed by {person}", "由 {person} 結案"),
    "open": ("open", "未結"),
    "recorded": ("recorded", "備查"),
    "way": ("{old} → {new}", "{old} → {new}"),
    "times": ("{way}, {count} times", "{way}，{count} 次"),
    "changed parts": ("parts that changed: {parts}", "變更的部分：{parts}"),
    "kept": ("{count} sign-offs still held", "{count} 項簽核仍有效"),
    "voided": ("{count} no longer held", "{count} 項失效"),
    "much": (
        "{some} of {all} clauses changed, words added {come}, removed {gone}",
        "{all} 條中 {some} 條有變更，增 {come} 字、刪 {gone} 字",
    ),
    "same": ("the text is the same", "文字相同"),
    "not comparable": (
        "the texts could not be compared here: one is withheld, missing or no document",
        "無法於此比較文本：有文本未附、缺漏或並非文件",
    ),
    "late": ("late", "逾期"),
    "due": ("due", "期限"),
    "before": ("before the first clause", "首條之前"),
}


def said(key: str, /, **facts: object) -> Both:
    """Return one of the report's own texts."""
    return Both(*_WORDS[key]).format(**facts)


def listed(texts: list[Both]) -> Both:
    """Return texts as one enumeration."""
    return Both(", ".join(text.en for text in texts), "、".join(text.zh for text in texts))


def joined(texts: list[Both]) -> Both:
    """Return statements one after the other."""
    return Both("; ".join(text.en for text in texts), "；".join(text.zh for text in texts))
