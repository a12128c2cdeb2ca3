"""Amounts in words: the vectors, the variants that are read, and what is refused."""

import json
from contextlib import suppress
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflow.values.amounts import formal_en, formal_zh, read_formal_zh
from workflow.values.money import LARGEST, Money, exponent
from workflow.values.problems import ValueRefusedError

VECTORS = json.loads(
    (Path(__file__).parents[2] / "data/vectors/amount_formal.json").read_text(encoding="utf-8")
)
FEW = settings(max_examples=200, deadline=None, database=None)


def twd(amount: int | str) -> Money:
    return Money.of(amount, "TWD")


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: str(vector["amount"]))
def test_writes_and_reads_the_vectors(vector):
    assert formal_zh(twd(vector["amount"])) == vector["formal"]
    assert read_formal_zh(vector["formal"]) == twd(vector["amount"])


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        ("1.50", "TWD", "新臺幣壹元伍角整"),
        ("1.05", "USD", "美元壹元零伍分"),
        ("1.55", "USD", "美元壹元伍角伍分"),
        ("10.50", "USD", "美元壹拾元伍角整"),
        ("0.50", "USD", "美元伍角整"),
        ("0.05", "USD", "美元伍分"),
        ("480000", "USD", "美元肆拾捌萬元整"),
        ("1000", "JPY", "日圓壹仟元整"),
        ("1000", "CNY", "人民幣壹仟元整"),
        ("1.005", "KWD", "KWD壹元零伍厘"),
        ("1.050", "KWD", "KWD壹元零伍分整"),
        ("1000", "QAR", "QAR壹仟元整"),
        (10**16, "TWD", "新臺幣壹京元整"),
    ],
)
def test_writes_parts_of_a_dollar_and_other_currencies(amount, currency, text):
    money = Money.of(amount, currency)

    assert formal_zh(money) == text
    assert read_formal_zh(text) == money


@pytest.mark.parametrize(
    "text",
    [
        "新臺幣壹佰貳拾參萬元整",
        "新台幣壹佰貳拾叁萬圓正",
        "台幣壹佰貳拾叄萬圓整",
        "臺幣壹佰貳拾参萬元正",
        "新臺幣 壹佰貳拾參萬元",
        "新臺幣\u3000壹佰貳拾參萬元整",
        "TWD壹佰貳拾參萬元整",
        "壹佰貳拾參萬元整",
    ],
)
def test_reads_the_variants_in_use(text):
    assert read_formal_zh(text) == twd(1230000)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("新臺幣陸億零柒仟柒佰參拾捌元整", 600007738),
        ("新臺幣陸億柒仟柒佰參拾捌元整", 600007738),
        ("新臺幣貳佰萬零伍仟元整", 2005000),
        ("新臺幣壹仟壹拾元整", 1010),
        ("新臺幣拾萬元整", 100000),
        ("新臺幣壹元伍分", "1.05"),
        ("新臺幣零元伍角", "0.5"),
        ("新臺幣零元零伍分", "0.05"),
        ("新臺幣壹拾元零伍角", "10.5"),
    ],
)
def test_reads_with_or_without_a_zero_where_only_one_amount_is_meant(text, amount):
    assert read_formal_zh(text) == twd(amount)


@pytest.mark.parametrize("text", ["新臺幣壹佰伍元整", "新臺幣壹萬伍元整", "新臺幣壹億伍萬元整", "壹仟貳元"])
def test_refuses_words_that_mean_two_amounts(text):
    with pytest.raises(ValueRefusedError, match="formal Chinese"):
        read_formal_zh(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "整",
        "元整",
        "新臺幣",
        "新臺幣元整",
        "新臺幣萬元整",
        "新臺幣壹",
        "新臺幣壹佰",
        "新臺幣壹佰整",
        "新臺幣壹壹元整",
        "新臺幣壹拾佰元整",
        "新臺幣壹佰零元整",
        "新臺幣零壹元整",
        "新臺幣壹佰零貳拾元整",
        "新臺幣壹佰零零伍元整",
        "新臺幣壹萬億元整",
        "新臺幣壹萬壹億元整",
        "新臺幣壹萬貳萬元整",
        "新臺幣負壹元整",
        "新臺幣壹元整整",
        "新臺幣壹元整伍角",
        "新臺幣壹分伍角",
        "新臺幣壹元零伍角",
        "新臺幣壹元伍厘",
        "日圓壹元伍角整",
        "新臺幣壹元整\n壹",
        "一百元",
        "NT$100",
        "新臺幣貳京元整",
        "美元新臺幣壹元整",
    ],
)
def test_refuses_what_is_no_formal_amount(text):
    with pytest.raises(ValueRefusedError):
        read_formal_zh(text)


def test_takes_the_currency_the_words_name_before_the_one_supposed():
    assert read_formal_zh("壹元整", unmarked="USD") == Money.of(1, "USD")
    assert read_formal_zh("新臺幣壹元整", unmarked="USD") == twd(1)
    with pytest.raises(ValueRefusedError, match="is not a currency"):
        read_formal_zh("壹元整", unmarked="元")


@pytest.mark.parametrize("write", [formal_zh, formal_en])
def test_writes_no_negative_amount(write):
    with pytest.raises(ValueRefusedError, match=r"'-1\.00' is not"):
        write(twd(-1))


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        (1230000, "TWD", "New Taiwan Dollars one million two hundred thirty thousand only"),
        (0, "TWD", "New Taiwan Dollars zero only"),
        (21, "TWD", "New Taiwan Dollars twenty-one only"),
        (100000, "USD", "United States Dollars one hundred thousand only"),
        ("1.05", "USD", "United States Dollars one and 05/100 only"),
        ("0.5", "GBP", "Pounds Sterling zero and 50/100 only"),
        ("2.005", "KWD", "KWD two and 005/1000 only"),
        (1001019, "JPY", "Japanese Yen one million one thousand nineteen only"),
        (10**16, "TWD", "New Taiwan Dollars ten quadrillion only"),
    ],
)
def test_writes_english(amount, currency, text):
    assert formal_en(Money.of(amount, currency)) == text


def number_in_words(text: str) -> int:
    """Read English words by another way than they are written."""
    ones = (
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
        "sixteen seventeen eighteen nineteen"
    )
    values = {word: number for number, word in enumerate(ones.split())}
    tens = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
    values |= {word: 10 * number for number, word in enumerate(tens, 2)}
    groups = {
        "thousand": 10**3,
        "million": 10**6,
        "billion": 10**9,
        "trillion": 10**12,
        "quadrillion": 10**15,
    }
    total = group = 0
    for word in text.replace("-", " ").split():
        if word in groups:
            total, group = total + group * groups[word], 0
        else:
            group = group * 100 if word == "hundred" else group + values[word]
    return total + group


# Round numbers are where 零 goes wrong, so most digits of these are zeros.
SPARSE = st.lists(st.tuples(st.integers(0, 15), st.integers(1, 9)), max_size=4).map(
    lambda digits: sum({place: digit * 10**place for place, digit in digits}.values())
)
WHOLE = st.one_of(SPARSE, st.integers(0, LARGEST))


@FEW
@given(WHOLE)
def test_reads_back_whole_dollars_as_written(amount):
    assert read_formal_zh(formal_zh(twd(amount))) == twd(amount)
    words = formal_en(twd(amount)).removeprefix("New Taiwan Dollars ").removesuffix(" only")
    assert number_in_words(words) == amount


@FEW
@given(WHOLE, st.integers(0, 9999), st.sampled_from(["TWD", "USD", "JPY", "CNY", "KWD", "CLF", "CHF", "QAR"]))
def test_reads_back_every_currency_as_written(amount, part, currency):
    scale = 10 ** exponent(currency)
    money = Money(min(amount * scale + part % scale, LARGEST * scale), currency)

    assert read_formal_zh(formal_zh(money)) == money


@FEW
@given(st.text(alphabet="新臺幣美元零壹貳拾佰仟萬億兆京圓角分厘毫整正USD ", max_size=14))
def test_whatever_is_read_would_be_written_the_same_but_for_its_zeros(text):
    try:
        money = read_formal_zh(text)
    except ValueRefusedError:
        return
    digits = [sign for sign in text if sign in "壹貳"]
    if not text.startswith("拾"):
        assert [sign for sign in formal_zh(money) if sign in "壹貳參肆伍陸柒捌玖"][-len(digits) :] == digits


@FEW
@given(st.one_of(st.text(), st.integers(), st.decimals(), st.just(Decimal("sNaN"))), st.text(max_size=3))
def test_nothing_but_a_refusal_escapes(text, unmarked):
    for call in (lambda: read_formal_zh(text), lambda: read_formal_zh("壹元", unmarked=unmarked)):
        with suppress(ValueRefusedError):
            call()
