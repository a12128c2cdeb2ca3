"""Terms: what can be agreed, what contradicts itself, and the bytes by which terms are known."""

import tomllib
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflow.errors import InvalidInputError
from workflow.terms import Terms, from_canonical, gaps
from workflow.topics import Facts

FEW = settings(max_examples=100, deadline=None, database=None)

FILE = """
title = "系統維護合約"
title_en = "Maintenance agreement"
contract_type = "services"
purpose = "Keep the system running."
currency = "TWD"
originals = 3
consent_mode = "agreed"

[[parties]]
side = "ours"
name = "福爾摩沙股份有限公司"
registration = "04595257"
address = "臺北市信義區"
representative = "王小明"

[[parties]]
side = "theirs"
name = "Contoso Ltd"
country = "US"
address = "1 Main St"
representative = "Ann"

[[items]]
description = "維護"
quantity = "12"
unit = "月"
unit_price = "1,234,567.50"

[tax]
included = false

[period]
start = 2026-12-01
end = "民國116年11月30日"
auto_renew = false

[payment]
days = 30
prepayment_percent = "12.5"

[liability]
kind = "capped"
cap_percent = 100
penalty_percent = "0.5"

[law]
governing = "TW"
court = "臺灣臺北地方法院"

[facts]
budgeted = true
paper = "own_standard"
"""
PARTIES = [{"side": "ours", "name": "Ours"}, {"side": "theirs", "name": "Theirs"}]
BASE = {"title": "T", "parties": PARTIES}
ITEM = {"description": "d", "quantity": 1, "unit": "u", "unit_price": 100}
TAXED = {"included": False}


def whole(**changes):
    return Terms.read({**tomllib.loads(FILE), **changes})


def terms(**changes):
    return Terms.read({**BASE, **changes})


def problems(**changes):
    with pytest.raises(InvalidInputError) as refusal:
        terms(**changes)
    return {problem.path: problem for problem in refusal.value.problems}


def test_reads_a_file_of_terms(tmp_path):
    (tmp_path / "terms.toml").write_text(FILE, encoding="utf-8")

    read = Terms.load(tmp_path / "terms.toml")

    assert read.ours.name == "福爾摩沙股份有限公司"
    assert read.theirs.country == "US"
    assert read.items[0].unit_price == Decimal("1234567.5")
    assert read.tax.rate == 5
    assert (read.period.start, read.period.end) == (date(2026, 12, 1), date(2027, 11, 30))
    assert read.facts.budgeted is True
    assert read.facts.government == "unknown"


def test_a_deal_files_plan_and_rounds_are_not_terms(tmp_path):
    plan = '[plan]\npurpose = "p"\n[[rounds]]\nsummary = "s"\n'
    (tmp_path / "deal.toml").write_text(FILE + plan, encoding="utf-8")

    assert Terms.load(tmp_path / "deal.toml") == whole()


def test_tells_all_problems_of_a_file_at_once_and_names_it(tmp_path):
    path = tmp_path / "terms.toml"
    broken = FILE.replace('"TWD"', '"NTD"').replace("days = 30", "days = 400\ndasy = 3")
    path.write_text(broken.replace('side = "ours"', 'side = "mine"'), encoding="utf-8")

    with pytest.raises(InvalidInputError) as refusal:
        Terms.load(path)

    assert str(path) in str(refusal.value)
    found = {problem.path: problem for problem in refusal.value.problems}
    assert set(found) == {"parties[0].side", "currency", "payment.days", "payment.dasy"}
    assert (found["currency"].value, found["payment.days"].value) == ("NTD", 400)
    assert all(problem.fix for problem in found.values())


def test_nearly_everything_may_still_be_unknown():
    empty = terms()

    assert {answer for _, answer in empty.facts} == {"unknown"}
    assert (empty.period.months, empty.liability.kind, empty.law.governing) == (None, "unknown", "unknown")
    assert empty.currency == "TWD"


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"titel": "x"}, "titel"),
        ({"parties": [*PARTIES, {"side": "ours", "name": "x", "adress": "y"}]}, "parties[2].adress"),
        ({"items": [ITEM | {"unit_prise": 1}], "tax": TAXED}, "items[0].unit_prise"),
        ({"tax": {"included": True, "rat": 5}}, "tax.rat"),
        ({"period": {"strat": date(2026, 1, 1)}}, "period.strat"),
        ({"payment": {"days": 1, "prepayment": 5}}, "payment.prepayment"),
        ({"liability": {"kind": "unlimited", "penalty": 5}}, "liability.penalty"),
        ({"law": {"courts": "x"}}, "law.courts"),
        ({"exchange": {"rate": 1, "on": date(2026, 1, 1), "source": "x", "fro": "y"}}, "exchange.fro"),
        ({"facts": {"budgetted": True}}, "facts.budgetted"),
    ],
)
def test_finds_an_unknown_key_in_every_table(changes, path):
    found = problems(**changes)

    assert set(found) == {path}
    assert "is not a known key" in str(found[path])


@pytest.mark.parametrize("table", ["period", "payment", "liability", "law", "facts", "tax", "exchange"])
@pytest.mark.parametrize("value", ["x", 1, [], [{}], True])
def test_a_table_is_a_table(table, value):
    assert str(problems(**{table: value})[table]).endswith("is not a table -- write it as a [section]")


NUMBERS = {
    "items[0].quantity": lambda number: {"items": [ITEM | {"quantity": number}], "tax": TAXED},
    "items[0].unit_price": lambda number: {"items": [ITEM | {"unit_price": number}], "tax": TAXED},
    "estimated_value": lambda number: {"estimated_value": number},
    "tax.rate": lambda number: {"tax": {"included": True, "rate": number}},
    "payment.prepayment_percent": lambda number: {"payment": {"days": 1, "prepayment_percent": number}},
    "liability.cap_percent": lambda number: {"liability": {"kind": "capped", "cap_percent": number}},
    "liability.penalty_percent": lambda number: {"liability": {"kind": "unknown", "penalty_percent": number}},
    "exchange.rate": lambda number: {"exchange": {"rate": number, "on": date(2026, 1, 1), "source": "x"}},
}
NO_NUMBERS = (
    1.5, 0.0, float("nan"), float("inf"), -1, "-0.01", "NaN", "sNaN", "Infinity", "1e400", 10**5000,
    "9" * 5000, "1E-60", "0.00000000001", "", "x", "1,5", "1,00", "１２", "壹", True, [], {},
)  # fmt: skip


@pytest.mark.parametrize("number", NO_NUMBERS, ids=lambda number: f"{type(number).__name__}")
@pytest.mark.parametrize("path", NUMBERS)
def test_refuses_a_number_that_is_inexact_negative_or_none(path, number):
    found = problems(**NUMBERS[path](number))

    assert set(found) == {path}
    assert found[path].fix


@pytest.mark.parametrize("path", ["items[0].quantity", "exchange.rate"])
def test_a_quantity_or_a_rate_is_more_than_nothing(path):
    assert "give more than 0" in str(problems(**NUMBERS[path]("0"))[path])


@pytest.mark.parametrize(
    ("written", "value"), [(3, "3"), ("3", "3"), ("0.50", "0.5"), ("1,234,567.5", "1234567.5"), (0, "0")]
)
def test_reads_a_number_exactly(written, value):
    assert str(terms(estimated_value=written).estimated_value) == value


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", "\0"),
        ("title", "a\u202eb"),
        ("title", "\ud800"),
        ("title", "a\u200db"),
        ("title", "x" * 10**6),
        ("title", "a\nb"),
        ("title_en", " "),
        ("purpose", "x" * 10_001),
        ("purpose", "\x1b]0;owned\a"),
        ("currency", "twd"),
        ("currency", ""),
        ("originals", 0),
        ("originals", 51),
        ("originals", 10**5000),
        ("originals", 1.5),
        ("contract_type", "service"),
        ("consent_mode", "yes"),
        ("items", "x"),
    ],
    ids=lambda value: (
        str(value)[:12].encode("ascii", "backslashreplace").decode() if value != 10**5000 else "huge"
    ),
)
def test_refuses_a_hostile_value_where_it_stands(field, value):
    found = problems(**{field: value})

    assert set(found) == {field}
    assert found[field].fix
    assert len(str(found[field])) < 300


@pytest.mark.parametrize("name", Facts.model_fields)
def test_every_question_can_be_answered_or_left_open_and_nothing_else(name):
    assert getattr(terms(facts={name: "unknown"}).facts, name) == "unknown"
    assert set(problems(facts={name: "perhaps"})) == {f"facts.{name}"}


CONTRADICTIONS = {
    "an end before the start": (
        {"period": {"start": date(2026, 2, 1), "end": date(2026, 1, 1)}},
        "period",
        "ends on or before its start",
    ),
    "no time at all": (
        {"period": {"start": date(2026, 2, 1), "end": date(2026, 2, 1)}},
        "period",
        "ends on or before its start",
    ),
    "an end and none": (
        {"period": {"end": date(2026, 2, 1), "perpetual": True}},
        "period",
        "has an end and is perpetual",
    ),
    "a court and an arbitration": (
        {"law": {"court": "Taipei", "arbitration": "CAA"}},
        "law",
        "names a court and",
    ),
    "capped without a cap": ({"liability": {"kind": "capped"}}, "liability", "does not say one thing"),
    "unlimited with a cap": (
        {"liability": {"kind": "unlimited", "cap_percent": 100}},
        "liability",
        "does not say one thing",
    ),
    "unknown with a cap": (
        {"liability": {"kind": "unknown", "cap_percent": 100}},
        "liability",
        "does not say one thing",
    ),
    "prices without tax": ({"items": [ITEM]}, ".", "do not say whether they include tax"),
    "half a yen": (
        {"items": [ITEM | {"unit_price": "0.5"}], "tax": TAXED, "currency": "JPY"},
        ".",
        "items[0].unit_price is no",
    ),
    "a mill of a dollar": ({"estimated_value": "0.001"}, ".", "estimated_value is no amount in TWD"),
    "a sum beyond all words": (
        {"items": [ITEM | {"quantity": 10**9, "unit_price": 10**9}], "tax": TAXED},
        ".",
        "items is no amount in TWD",
    ),
    "one side alone": ({"parties": [PARTIES[0], PARTIES[0]]}, "parties", "lack one side"),
    "one party": ({"parties": PARTIES[:1]}, "parties", "has too few entries"),
    "nobody": ({"parties": []}, "parties", "has too few entries"),
    "a crowd": ({"parties": PARTIES * 11}, "parties", "has too many entries"),
}


@pytest.mark.parametrize(("changes", "path", "what"), CONTRADICTIONS.values(), ids=CONTRADICTIONS.keys())
def test_refuses_terms_that_contradict_themselves(changes, path, what):
    found = problems(**changes)

    assert set(found) == {path}
    assert what in str(found[path])


@pytest.mark.parametrize("kind", ["unlimited", "unknown"])
def test_liability_without_a_cap_needs_no_cap(kind):
    assert terms(liability={"kind": kind}).liability.cap_percent is None


@pytest.mark.parametrize(
    ("start", "end", "months"),
    [
        ("2026-01-01", "2026-01-31", 1),
        ("2026-01-01", "2026-12-31", 12),
        ("2026-01-15", "2029-01-14", 36),
        ("2026-01-15", "2029-01-15", 37),
        ("2026-01-31", "2026-02-28", 1),
        ("2026-12-31", "2027-01-01", 1),
        ("2026-01-01", None, None),
        (None, "2026-01-01", None),
    ],
)
def test_counts_a_part_of_a_month_as_one(start, end, months):
    assert terms(period={"start": start, "end": end}).period.months == months


# --- the bytes ---------------------------------------------------------------------------


def test_equal_terms_are_written_one_way():
    written = (5, "5", "5.0", "5.000", "5E+0", "0.5E1")
    digests = {
        whole(items=[ITEM | {"quantity": text, "unit_price": text}], estimated_value=text).digest
        for text in written
    }

    assert len(digests) == 1


@pytest.mark.parametrize(
    ("written", "plain"), [("1E+3", "1000"), ("-0", "0"), ("0.10", "0.1"), (10**15, "1" + "0" * 15)]
)
def test_writes_a_number_plainly(written, plain):
    assert f'"estimated_value":"{plain}"'.encode() in terms(estimated_value=written).canonical()


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "其他"},
        {"originals": 4},
        {"items": [ITEM]},
        {"facts": {"budgeted": False}},
        {"parties": PARTIES},
        {"estimated_value": "0"},
    ],
)
def test_any_change_of_the_terms_changes_their_digest(changes):
    assert whole(**changes).digest != whole().digest


def test_the_order_of_keys_does_not_matter():
    assert Terms.read(dict(reversed(tomllib.loads(FILE).items()))).digest == whole().digest


def test_a_digest_is_the_same_on_every_machine():
    assert terms().canonical() == (
        b'{"consent_mode":"unknown","contract_type":"unknown","currency":"TWD","facts":{"budgeted":"unknown",'
        b'"conflict_declared":"unknown","cross_border_data":"unknown","exclusivity":"unknown",'
        b'"export_controlled":"unknown","foreign_service_provider":"unknown","government":"unknown",'
        b'"guarantee_given":"unknown","ip_terms":"unknown","no_exit":"unknown","non_compete":"unknown",'
        b'"notarise":"unknown","on_site_work":"unknown","paper":"unknown","personal_data":"unknown",'
        b'"related_party":"unknown","resale_price":"unknown","sanctioned_country":"unknown",'
        b'"security_instrument":"unknown","stamp_class":"unknown","system_access":"unknown"},"items":[],'
        b'"law":{"governing":"unknown"},"liability":{"kind":"unknown","penalty_percent":"unknown"},"originals":2,'
        b'"parties":[{"country":"TW","name":"Ours","side":"ours"},{"country":"TW","name":"Theirs","side":"theirs"}],'
        b'"period":{"auto_renew":"unknown","perpetual":false},"title":"T"}'
    )


@FEW
@given(
    title=st.text("合約 ABC&<'\"é𠮷", min_size=1, max_size=40).filter(str.strip),
    price=st.decimals(0, 10**6, places=2),
    quantity=st.decimals(Decimal("0.001"), 10**4, places=3),
    start=st.dates(),
    answers=st.dictionaries(st.sampled_from(["budgeted", "government", "no_exit"]), st.booleans()),
)
def test_terms_read_back_from_their_bytes_are_the_same(title, price, quantity, start, answers):
    item = ITEM | {"quantity": quantity, "unit_price": price}
    written = whole(title=title, items=[item], period={"start": start}, facts=answers)

    assert from_canonical(written.canonical()) == written
    assert from_canonical(written.canonical()).canonical() == written.canonical()


def test_cannot_be_changed():
    with pytest.raises(ValueError, match="frozen"):
        terms().title = "Other"


# --- gaps --------------------------------------------------------------------------------


def test_names_everything_that_is_still_unknown():
    places = [problem.path for problem in gaps(terms())]

    assert places == [
        *(f"facts.{name}" for name in Facts.model_fields),
        "items",
        "period.start",
        "parties[0].address",
        "parties[0].representative",
        "parties[1].address",
        "parties[1].representative",
    ]


def test_has_nothing_to_ask_once_everything_is_told():
    answers = dict.fromkeys(Facts.model_fields, False)
    answers |= {"paper": "own_standard", "stamp_class": "none", "ip_terms": "none"}

    assert gaps(whole(facts=answers)) == ()


def test_an_estimate_stands_in_for_a_price_table():
    assert "items" not in {problem.path for problem in gaps(terms(estimated_value="0"))}


def test_reminds_of_a_number_accepted_in_spite_of_its_check_digit():
    doubtful = {"registration": "90316313", "registration_note": "seen on the register"}

    found = {
        problem.path: str(problem) for problem in gaps(terms(parties=[PARTIES[0] | doubtful, PARTIES[1]]))
    }

    assert found["parties[0].registration"].endswith("accepted because: seen on the register")
