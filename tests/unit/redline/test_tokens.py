"""What is never split: amounts, dates, references and quoted terms; Chinese goes by the character."""

import pytest

from workflow.documents.redline.tokens import count_words, tokens_of


def pieces(text):
    return [token.key for token in tokens_of(text, {})]


@pytest.mark.parametrize(
    "whole",
    [
        "NT$1,250,000", "NT＄１，２５０，０００", "USD 480,000", "TWD 1,250,000.50", "1,000.50", "50%",
        "12.5％", "新臺幣壹佰貳拾伍萬元整", "新台幣1,250,000元整", "壹佰貳拾伍萬元整", "百分之五十", "€99",
        "三十", "2026-12-01", "2026/12/1", "民國115年12月1日", "中華民國 115 年 12 月 1 日",
        "民國一百年十二月一日", "2026年12月1日", "1 December 2026", "December 1, 2026", "1st Dec 2026",
        "12月1日", "第九條", "第 9 條", "第九條之一", "第三項", "9.1", "9.1.2", "Article 9",
        "Section 9.1(a)", "AGR-2026-0042", "AGR-2026-0042-SV-01", "ISO-27001", "「交付成果」", "『服務』",
        "“Confidential Information”", '"Services"', "a@example.com", "https://example.com/a?b=1", "don’t",
        "e-mail", "3rd",
    ],
)  # fmt: skip
def test_keeps_whole(whole):
    assert whole in pieces(f"就 {whole} 而言")
    assert whole in pieces(f"on ({whole}), and")


def test_cuts_chinese_into_characters_and_english_into_words():
    assert pieces("甲方shall pay乙方") == ["甲", "方", "shall", " ", "pay", "乙", "方"]


def test_keeps_a_character_with_what_combines_with_it():
    assert pieces("葛\U000e0100ｅ\u0301") == ["葛\U000e0100", "ｅ\u0301"]


def test_loses_nothing():
    text = "第九條　「本案」之報酬 NT$1,250,000（50%），\t見 Annex 1。\n\v🙂 x_y 3rd ¥5"

    assert "".join(pieces(text)) == text


def test_a_quotation_mark_alone_swallows_nothing():
    assert pieces("「甲方應") == ["「", "甲", "方", "應"]


def test_an_object_goes_by_its_own_name():
    assert [token.key for token in tokens_of("甲\ufffc乙", {1: "picture"})] == ["甲", "picture", "乙"]


def test_counts_as_word_does():
    assert count_words("The fee is NT$1,250.00 (五十%)，甲方 don’t") == 9


@pytest.mark.parametrize(
    "hostile", ["a." * 20_000, "a-" * 20_000, "民國" * 20_000, "“" * 20_000, "1," * 20_000, "壹" * 40_000]
)
def test_takes_long_nonsense_in_its_stride(hostile):
    assert "".join(pieces(hostile)) == hostile
