"""The numbers Word shows, which stand in no run of text."""

import pytest

from workflow.documents.redline.names import P
from workflow.documents.redline.numbering import Numbering
from workflow.documents.redline.numerals import numeral
from workflow.documents.redline.source import open_source


def level(number, form, text, extra=""):
    return (
        f'<w:lvl w:ilvl="{number}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>{extra}'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
    )


def lists(*levels, nums=""):
    shared = f'<w:abstractNum w:abstractNumId="0">{"".join(levels)}</w:abstractNum>'
    return shared + (nums or '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>')


def shown(body):
    source = open_source(body, name="a document")
    labels = Numbering(source).labels(source.body)
    return [labels[p].text if p in labels else "" for p in source.body.iter(P)]


@pytest.mark.parametrize(
    ("number", "form", "text"),
    [
        (7, "decimal", "7"), (7, "decimalZero", "07"), (4, "lowerRoman", "iv"), (94, "upperRoman", "XCIV"),
        (1, "lowerLetter", "a"), (27, "lowerLetter", "aa"), (3, "upperLetter", "C"), (22, "ordinal", "22nd"),
        (13, "ordinal", "13th"), (3, "decimalEnclosedCircle", "③"), (12, "decimalFullWidth", "１２"),
        (1, "ideographTraditional", "甲"), (12, "ideographZodiac", "亥"), (10, "taiwaneseCounting", "十"),
        (11, "taiwaneseCountingThousand", "十一"), (20, "chineseCounting", "二十"),
        (105, "taiwaneseCountingThousand", "一百零五"), (110, "taiwaneseCountingThousand", "一百一十"),
        (1001, "chineseCountingThousand", "一千零一"), (12005, "taiwaneseCounting", "一萬二千零五"),
        (10, "ideographLegalTraditional", "壹拾"), (25, "ideographLegalTraditional", "貳拾伍"),
        (105, "ideographDigital", "一〇五"), (5, "bullet", ""), (5, "none", ""), (5, "hebrew1", "5"),
        (-1, "lowerRoman", "-1"), (11, "ideographTraditional", "11"),
    ],
)  # fmt: skip
def test_writes_numbers_as_word_does(number, form, text):
    assert numeral(number, form) == text


def test_counts_levels_and_begins_again_below_a_higher_one(word):
    made = lists(level(0, "taiwaneseCountingThousand", "第%1條　"), level(1, "decimal", "%2、"))
    places = [(1, 0), (1, 1), (1, 1), (1, 0), (1, 1)]

    body = word.docx(*(word.p("甲", number=place) for place in places), numbering=made)

    assert shown(body) == ["第一條", "1、", "2、", "第二條", "1、"]


def test_shows_higher_levels_in_lower_numbers(word):
    made = lists(
        level(0, "upperRoman", "%1."),
        level(1, "decimal", "%1.%2"),
        level(2, "decimal", "%1.%2", "<w:isLgl/>"),
    )

    body = word.docx(*(word.p("甲", number=(1, n)) for n in (0, 1, 2)), numbering=made)

    assert shown(body) == ["I.", "I.1", "1.1"]


def test_a_level_that_never_restarts_goes_on(word):
    made = lists(level(0, "decimal", "%1."), level(1, "decimal", "(%2)", '<w:lvlRestart w:val="0"/>'))

    body = word.docx(*(word.p("甲", number=(1, n)) for n in (0, 1, 0, 1)), numbering=made)

    assert shown(body) == ["1.", "(1)", "2.", "(2)"]


def test_lists_of_one_kind_count_together_unless_one_says_where_to_start(word):
    nums = (
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
        '<w:num w:numId="2"><w:abstractNumId w:val="0"/></w:num>'
        '<w:num w:numId="3"><w:abstractNumId w:val="0"/>'
        '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride></w:num>'
    )
    made = lists(level(0, "decimal", "%1."), nums=nums)

    body = word.docx(*(word.p("甲", number=(n, 0)) for n in (1, 2, 3, 3)), numbering=made)

    assert shown(body) == ["1.", "2.", "5.", "6."]


def test_a_style_brings_its_list_and_its_level(word):
    style = (
        '<w:style w:type="paragraph" w:styleId="Base">'
        '<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="Clause"><w:basedOn w:val="Base"/></w:style>'
    )
    made = lists(level(0, "decimal", "%1."), level(1, "decimal", "%2)", '<w:pStyle w:val="Clause"/>'))

    body = word.docx(word.p("甲", style="Clause"), numbering=made, styles=style)

    assert shown(body) == ["1)"]


def test_list_number_zero_is_no_list(word):
    body = word.docx(word.p("甲", number=(0, 0)), numbering=lists(level(0, "decimal", "%1.")))

    assert shown(body) == [""]


def test_a_style_based_on_itself_is_survived(word):
    style = '<w:style w:type="paragraph" w:styleId="A"><w:basedOn w:val="A"/></w:style>'

    assert shown(word.docx(word.p("甲", style="A"), styles=style)) == [""]
