"""Words in two languages, and the template tags that choose between them.

Words come in pairs, Chinese and English side by side, so that nobody changes one language
and forgets the other. Several paragraphs are one text with line ends; a line that is a tag
becomes a paragraph of its own, which docxtpl removes.
"""

#: One text for both languages, or the Chinese and the English one.
Words = str | tuple[str, str]

CHINESE, ENGLISH = "zh-TW", "en"
BOTH = f"{CHINESE}+{ENGLISH}"
NOT_STATED: Words = ("未載明", "Not stated")
BOX = "□"
TICKED = "■"


def lines(*texts: Words) -> Words:
    """Return *texts* as paragraphs that follow one another."""
    return (
        "\n".join(spoken(text, CHINESE) for text in texts),
        "\n".join(spoken(text, ENGLISH) for text in texts),
    )


def choose(*branches: tuple[str, Words]) -> Words:
    """Return the first branch whose condition holds; the empty condition always does."""
    tags = [
        f"{{%p {'elif' if n else 'if'} {condition} %}}" if condition else "{%p else %}"
        for n, (condition, _) in enumerate(branches)
    ]
    return lines(*(lines(tag, words) for tag, (_, words) in zip(tags, branches, strict=True)), "{%p endif %}")


def optional(condition: str, words: Words) -> Words:
    """Return *words* under a condition. A table cell needs another paragraph beside them."""
    return choose((condition, words))


def stated(name: str) -> Words:
    """Return the field, or that it is not stated."""
    return choose((name, f"{{{{ {name} }}}}"), ("", NOT_STATED))


def spoken(words: Words, language: str) -> str:
    """Return *words* in one language."""
    return words if isinstance(words, str) else words[language == ENGLISH]
