"""The context: what a template can say of the terms, as text in the document's language."""

from datetime import date

import pytest

from workflow.documents.context import terms_context
from workflow.terms import Terms

OURS = {
    "side": "ours", "name": "福爾摩沙股份有限公司", "name_en": "Formosa Ltd", "registration": "04595257",
    "address": "臺北市", "representative": "王小明",
}  # fmt: skip
THEIRS = {"side": "theirs", "name": "康圖索", "name_en": "Contoso Ltd", "country": "US"}
BASE = {"title": "系統維護合約", "parties": [OURS, THEIRS]}
ITEM = {"description": "維護", "quantity": "2.50", "unit": "月", "unit_price": "1000"}


def context(language="zh-TW", **said):
    return terms_context(Terms.read({**BASE, **said}), language)


def leaves(value, path=""):
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, f"{path}.{key}")
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner, f"{path}[]")
    else:
        yield path, value


def shape(value):
    if isinstance(value, dict):
        return {key: shape(inner) for key, inner in value.items()}
    return [shape(value[0])] if isinstance(value, list) and value else type(value).__name__


WHOLE = {
    "title_en": "Maintenance",
    "contract_type": "services",
    "purpose": "p",
    "items": [ITEM],
    "tax": {"included": False},
    "period": {
        "start": date(2026, 12, 1),
        "end": date(2027, 11, 30),
        "auto_renew": True,
        "renewal_months": 12,
        "notice_days": 60,
    },
    "payment": {"days": 30, "prepayment_percent": "12.50"},
    "liability": {"kind": "capped", "cap_percent": 100, "penalty_percent": "0.50"},
    "law": {"governing": "TW", "court": "臺北地院"},
    "facts": {"budgeted": True, "government": False},
    "originals": 3,
    "consent_mode": "agreed",
}


@pytest.mark.parametrize("language", ["zh-TW", "en"])
@pytest.mark.parametrize("said", [{}, WHOLE], ids=["nothing", "everything"])
def test_every_value_is_text_but_for_three_yes_or_no(said, language):
    kinds = {path: type(value) for path, value in leaves(context(language, **said))}
    plain = {".price.known", ".price.tax_included", ".period.perpetual", ".payment.known"}

    assert {path for path, kind in kinds.items() if kind is not str} == plain
    assert {kinds[path] for path in plain} == {bool}


def test_both_languages_have_the_same_places():
    assert shape(context("zh-TW", **WHOLE)) == shape(context("en", **WHOLE))


PARTIES = (".part", ".ours", ".theirs", ".customer", ".supplier")


def test_what_nobody_stated_is_empty_or_unknown():
    told = {value for path, value in leaves(context()) if not path.startswith(PARTIES)}

    assert told == {"系統維護合約", "unknown", "TWD", "2", "", False, "both", "customer", "zh-TW"}


def test_an_answer_is_yes_no_or_unknown():
    facts = context(**WHOLE)["facts"]

    assert (facts["budgeted"], facts["government"], facts["notarise"]) == ("yes", "no", "unknown")
    assert context(**WHOLE)["period"]["auto_renew"] == "yes"
    assert context()["period"]["auto_renew"] == "unknown"


def test_parties_are_labelled_in_their_order_and_by_their_side():
    zh, en = context("zh-TW"), context("en")

    assert [party["label"] for party in zh["parties"]] == ["甲方", "乙方"]
    assert [party["label"] for party in en["parties"]] == ["Party A", "Party B"]
    assert (zh["ours"], zh["theirs"]) == tuple(zh["parties"])
    turned = context("zh-TW", parties=[THEIRS, OURS])
    assert (turned["ours"]["label"], turned["theirs"]["label"]) == ("乙方", "甲方")


def test_a_name_is_given_in_the_documents_language_and_the_other_beside_it():
    assert (context("zh-TW")["ours"]["name"], context("zh-TW")["ours"]["name_other"]) == (
        "福爾摩沙股份有限公司", "Formosa Ltd",
    )  # fmt: skip
    assert (context("en")["ours"]["name"], context("en")["ours"]["name_other"]) == (
        "Formosa Ltd", "福爾摩沙股份有限公司",
    )  # fmt: skip
    nameless = {"side": "theirs", "name": "康圖索"}
    assert context("en", parties=[OURS, nameless])["theirs"]["name"] == "康圖索"
    assert context("en", parties=[OURS, nameless])["theirs"]["name_other"] == ""


def test_a_title_falls_back_on_chinese():
    assert context("en")["title"] == "系統維護合約"
    assert context("en", title_en="Maintenance")["title"] == "Maintenance"
    assert context("zh-TW", title_en="Maintenance")["title"] == "系統維護合約"


@pytest.mark.parametrize(
    ("code", "zh", "en"),
    [("TW", "中華民國（臺灣）", "Taiwan (R.O.C.)"), ("US", "美國", "United States"), ("JP", "日本", "Japan")],
)
def test_a_country_is_written_out(code, zh, en):
    abroad = [OURS, THEIRS | {"country": code}]

    assert context("zh-TW", parties=abroad)["theirs"]["country"] == zh
    assert context("en", parties=abroad)["theirs"]["country"] == en
    assert context("en", law={"governing": code})["law"]["governing_name"] == en


def test_words_and_figures_of_a_price_come_from_one_sum():
    zh, en = context("zh-TW", **WHOLE)["price"], context("en", **WHOLE)["price"]

    assert (zh["untaxed"], zh["tax"], zh["total"]) == ("NT$2,500", "NT$125", "NT$2,625")
    assert zh["words"] == "新臺幣貳仟陸佰貳拾伍元整"
    assert en["total"] == "TWD 2,625"
    assert "two thousand six hundred" in en["words"].lower()
    assert zh["tax_rate"] == "5%"


def test_a_price_table_is_numbered_and_formatted():
    (item,) = context("en", **WHOLE)["price"]["items"]

    assert item == {
        "no": "1", "description": "維護", "quantity": "2.5", "unit": "月",
        "unit_price": "TWD 1,000", "amount": "TWD 2,500",
    }  # fmt: skip


def test_an_estimate_is_shown_where_there_is_no_price():
    price = context("en", estimated_value="150000")["price"]

    assert (price["known"], price["estimated"], price["items"]) == (False, "TWD 150,000", [])


def test_dates_and_numbers_are_written_for_their_readers():
    zh, en = context("zh-TW", **WHOLE), context("en", **WHOLE)

    assert (zh["period"]["start"], en["period"]["start"]) == ("中華民國115年12月1日", "1 December 2026")
    assert (zh["period"]["months"], zh["period"]["renewal_months"], zh["period"]["notice_days"]) == (
        "12",
        "12",
        "60",
    )
    assert (zh["payment"]["days"], zh["payment"]["prepayment_percent"]) == ("30", "12.5")
    assert (zh["liability"]["cap_percent"], zh["liability"]["penalty_percent"]) == ("100", "0.5")
    assert zh["originals"] == "3"


def test_holds_only_what_both_sides_may_see():
    assert set(context(**WHOLE)) == {
        "title",
        "purpose",
        "contract_type",
        "parties",
        "ours",
        "theirs",
        "our_role",
        "customer",
        "supplier",
        "delivery",
        "warranty",
        "delay",
        "deposit",
        "secrecy",
        "works",
        "distribution",
        "kpis",
        "cooperation",
        "amends",
        "prevailing",
        "price",
        "period",
        "payment",
        "liability",
        "law",
        "originals",
        "consent_mode",
        "facts",
    }
    accepted = OURS | {"registration": "90316313", "registration_note": "internal doubt"}
    said = context(**WHOLE | {"parties": [accepted, THEIRS]})
    assert "internal doubt" not in str(said)
