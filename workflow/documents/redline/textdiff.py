"""What changed inside a paragraph, as ranges of its flat text, put so that people can read it.

A change is a group of whole tokens. Blanks and commas that happen to be the same between two
changes join them, and so does a single word between longer changes: three clear replacements
read better than ten small ones.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from workflow.documents.redline.align import equal_pairs
from workflow.documents.redline.inline import Inline
from workflow.documents.redline.tokens import Token, count_words, tokens_of

# Below this share of words in common a paragraph is replaced, not edited.
_LEAST_IN_COMMON = 0.2
_BRACKETS = {"(": ")", "（": "）", "[": "]", "〔": "〕"}


class Op(StrEnum):
    """What happened to a stretch of text."""

    EQUAL = "equal"
    DELETE = "delete"
    INSERT = "insert"


@dataclass(frozen=True, slots=True)
class Edit:
    """A stretch of the old flat text and what stands in the new one instead, or the same."""

    equal: bool
    old: tuple[int, int]
    new: tuple[int, int]


@dataclass(slots=True)
class _Span:
    """The same in token numbers, with how many words the equal or larger side has."""

    equal: bool
    old: tuple[int, int]
    new: tuple[int, int]
    weight: int


def edits(old: Inline, new: Inline) -> list[Edit]:
    """Return what turns *old* into *new*, in order, covering both."""
    before, after = tokens_of(old.text, old.objects()), tokens_of(new.text, new.objects())
    if not before or not after:
        whole = Edit(False, (0, len(old.text)), (0, len(new.text)))
        return [whole] if old.text or new.text else []
    spans = _spans(before, after)
    if any(span.equal for span in spans) and not _worth_editing(spans):
        spans = _trimmed(before, after)
    return [_in_text(span, before, after) for span in _readable(spans, before, after)]


def replaced(old: Inline, new: Inline) -> list[Edit]:
    """Return the edit that takes all of *old* away and puts *new* there."""
    return [Edit(False, (0, len(old.text)), (0, len(new.text)))]


def _spans(old: Sequence[Token], new: Sequence[Token]) -> list[_Span]:
    pairs = equal_pairs([t.key for t in old], [t.key for t in new], junk=str.isspace)
    return _from_pairs(pairs, old, new)


def _from_pairs(pairs: Sequence[tuple[int, int]], old: Sequence[Token], new: Sequence[Token]) -> list[_Span]:
    spans: list[_Span] = []
    i = j = 0
    for a, b in [*pairs, (len(old), len(new))]:
        if a > i or b > j:
            spans.append(_span(False, (i, a), (j, b), old, new))
        if a < len(old):
            if spans and spans[-1].equal and spans[-1].old[1] == a:
                last = spans[-1]
                spans[-1] = _Span(True, (last.old[0], a + 1), (last.new[0], b + 1), 0)
            else:
                spans.append(_Span(True, (a, a + 1), (b, b + 1), 0))
        i, j = a + 1, b + 1
    return [span if not span.equal else _span(True, span.old, span.new, old, new) for span in spans]


def _span(
    equal: bool, at_old: tuple[int, int], at_new: tuple[int, int], old: Sequence[Token], new: Sequence[Token]
) -> _Span:
    weight = max(_words(old[slice(*at_old)]), _words(new[slice(*at_new)]))
    return _Span(equal, at_old, at_new, weight)


def _worth_editing(spans: Sequence[_Span]) -> bool:
    same = sum(span.weight for span in spans if span.equal)
    return same >= _LEAST_IN_COMMON * (same + sum(span.weight for span in spans if not span.equal))


def _trimmed(old: Sequence[Token], new: Sequence[Token]) -> list[_Span]:
    """Keep only the beginning and the end that both share."""
    start, stop = 0, 0
    least = min(len(old), len(new))
    while start < least and old[start].key == new[start].key:
        start += 1
    while stop < least - start and old[-1 - stop].key == new[-1 - stop].key:
        stop += 1
    pairs = [(i, i) for i in range(start)]
    pairs += [(len(old) - k, len(new) - k) for k in range(stop, 0, -1)]
    return _from_pairs(pairs, old, new)


def _readable(spans: list[_Span], old: Sequence[Token], new: Sequence[Token]) -> list[_Span]:
    """Join changes over what is too little to keep apart, and let brackets go with their content."""
    made: list[_Span] = []
    for number, span in enumerate(spans):
        inside = 0 < number < len(spans) - 1
        if span.equal and inside and _too_little(span, made[-1], spans[number + 1]):
            span = _Span(False, span.old, span.new, span.weight)
        if made and not span.equal and not made[-1].equal:
            last = made.pop()
            span = _span(False, (last.old[0], span.old[1]), (last.new[0], span.new[1]), old, new)
        made.append(span)
    return _with_brackets(made, old, new)


def _too_little(equal: _Span, before: _Span, after: _Span) -> bool:
    if equal.weight == 0:
        return equal.old[1] - equal.old[0] <= 3
    return equal.weight == 1 and min(before.weight, after.weight) >= 2


def _with_brackets(spans: list[_Span], old: Sequence[Token], new: Sequence[Token]) -> list[_Span]:
    made: list[_Span] = []
    for span in spans:
        if span.equal and made and not made[-1].equal:
            closing = _left_open(old[slice(*made[-1].old)]), _left_open(new[slice(*made[-1].new)])
            first = old[span.old[0]].key
            if closing == (first, first):
                last = made.pop()
                made.append(
                    _Span(False, (last.old[0], last.old[1] + 1), (last.new[0], last.new[1] + 1), last.weight)
                )
                if span.old[1] - span.old[0] == 1:
                    continue
                span = _span(True, (span.old[0] + 1, span.old[1]), (span.new[0] + 1, span.new[1]), old, new)
        if made and not span.equal and not made[-1].equal:
            last = made.pop()
            span = _span(False, (last.old[0], span.old[1]), (last.new[0], span.new[1]), old, new)
        made.append(span)
    return made


def _left_open(tokens: Sequence[Token]) -> str:
    """Return the bracket that is missing at the end of *tokens*."""
    missing = []
    for token in tokens:
        if token.key in _BRACKETS:
            missing.append(_BRACKETS[token.key])
        elif missing and token.key == missing[-1]:
            missing.pop()
    return missing[-1] if missing else ""


def _in_text(span: _Span, old: Sequence[Token], new: Sequence[Token]) -> Edit:
    return Edit(span.equal, _range(span.old, old), _range(span.new, new))


def _range(numbers: tuple[int, int], tokens: Sequence[Token]) -> tuple[int, int]:
    first, after = numbers
    start = tokens[first].start if first < len(tokens) else tokens[-1].end
    return start, tokens[after - 1].end if after > first else start


def _words(tokens: Sequence[Token]) -> int:
    return sum(count_words(token.key) for token in tokens)
