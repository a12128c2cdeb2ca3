"""What is checked of a contract before it leaves: each check finds what it is for, and nothing else."""

import json
from dataclasses import replace

import pytest

from workflow.documents.catalogue import BOTH, Layout, Library
from workflow.documents.checks import check_contract
from workflow.documents.checks.citations import Citation, citations_in
from workflow.documents.checks.defined import undefined, unused
from workflow.documents.checks.law import against_the_law
from workflow.documents.checks.twins import numbers_in
from workflow.documents.contract import make_contract
from workflow.terms import Terms

TERMS = {
    "title": "採購案",
    "title_en": "Procurement",
    "parties": [
        {"side": "ours", "name": "福爾摩沙股份有限公司", "name_en": "Formosa Ltd."},
        {"side": "theirs", "name": "康圖索有限公司", "name_en": "Contoso Ltd."},
    ],
    "law": {"governing": "TW", "court": "臺灣臺北地方法院"},
}


class Bare(Library):
    """A library of the clauses given, with a layout nobody prints."""

    def layout(self, kind, language):
        return Layout(kind, language, "1", "drafting", "both", "T", (), b"")


def library(folder, texts):
    """Make a library whose clauses say *texts*, by name; a pair says one text a language."""
    for language in ("zh-TW", "en"):
        for order, (name, said) in enumerate(texts.items()):
            text = said if isinstance(said, str) else said[language == "en"]
            about = {
                "id": name,
                "version": "1",
                "kinds": ["goods"],
                "order": order,
                "title": "T",
                "reason": "r",
            }
            about["reason"] = "r"
            lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in about.items()]
            place = folder / "clauses" / language / f"{name.partition('.')[0]}.toml"
            place.parent.mkdir(parents=True, exist_ok=True)
            body = f"text = {json.dumps(text, ensure_ascii=False)}"
            family = f"family = {json.dumps(name.partition('.')[0])}"
            place.write_text("\n".join([family, "[[clauses]]", *lines, body]), encoding="utf-8")
    return Bare(folder)


def checked(folder, texts, language="zh-TW", **said):
    terms = Terms.read({**TERMS, **said})
    return check_contract(make_contract(library(folder, texts), "goods", language, terms), terms)


def faults(*found, **said):
    return [str(problem) for problem in checked(*found, **said).faults]


def doubts(*found, **said):
    return [str(problem) for problem in checked(*found, **said).doubts]


# --- a text against the law --------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("總價為新臺幣壹佰萬元整（NT$1,100,000）。", "in words"),
        ("The price is New Taiwan Dollars one million only (TWD 1,100,000).", "in words"),
        ("遲延利息按年利率百分之二十計算。", "20%"),
        ("遲延利息按年息18%計算。", "18%"),
        ("Interest runs at 17.5% a year.", "17.5%"),
        ("Interest runs at 24 per cent per annum.", "24%"),
        ("賣方就故意或重大過失所生之損害，亦免除責任。", "gross negligence"),
        ("The Seller is not liable for loss caused by gross negligence.", "gross negligence"),
        ("The Buyer waives every claim, also for intent.", "gross negligence"),
    ],
)
def test_finds_what_is_against_the_law(text, what):
    ((serious, said, facts),) = against_the_law(text)

    assert serious
    assert what in said.format(**facts)


@pytest.mark.parametrize(
    "text",
    [
        "總價為新臺幣壹佰萬元整（NT$1,000,000）。",
        "遲延利息按年利率百分之十六計算。",
        "Interest runs at 16% a year.",
        "Nothing in this Agreement may be read as waiving liability for intent or gross negligence.",
        "前項上限，於故意或重大過失所生之責任，不適用之。",
        "That limit does not exclude liability for gross negligence.",
        "服務可用率為百分之九十九。",
    ],
)
def test_finds_nothing_where_nothing_is(text):
    assert against_the_law(text) == ()


# --- citations ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "cited"),
    [
        ("依民法第二百五十二條規定", "民法 §252"),
        ("依民法第二百二十七條之二規定", "民法 §227-2"),
        ("民法 §227-2", "民法 §227-2"),
        ("under Article 252 of the Civil Code", "民法 §252"),
        ("under art. 5 of the Electronic Signatures Act", "電子簽章法 §5"),
        ("不存在法第九條", "不存在法 §9"),
    ],
)
def test_reads_a_citation_in_either_language(text, cited):
    assert [str(citation) for citation in citations_in(text)] == [cited]


def test_knows_which_articles_there_are():
    assert Citation("民法", "252").known
    assert not Citation("民法", "9999").known
    assert not Citation("不存在法", "1").known


def test_an_article_of_the_contract_is_no_statutes():
    assert list(citations_in("依第十二條約定；under Article 12 of this Agreement")) == []


def test_a_citation_nobody_knows_is_a_doubt_that_names_the_clause(tmp_path):
    (doubt,) = doubts(tmp_path, {"price.total": "依民法第九千條。"[:3] + "民法第九百九十九條之九。"})

    assert "clauses.price.total" in doubt
    assert "民法 §999-9" in doubt


# --- court or arbitration, originals, articles by hand -----------------------------------


def test_a_court_and_an_arbitration_in_one_contract_are_a_fault(tmp_path):
    texts = {
        "disputes.forum": "以臺灣臺北地方法院為第一審管轄法院。",
        "law.governing": "因本契約所生爭議，提付仲裁。",
    }

    (fault,) = faults(tmp_path, texts)
    assert "clauses.law.governing" in fault
    assert faults(tmp_path, {**texts, "law.governing": "以中華民國法律為準據法。"}) == []


def test_neither_a_court_nor_an_arbitration_is_a_doubt(tmp_path):
    texts = {"disputes.forum": "由依法律有管轄權之法院管轄。"}

    assert any("neither" in doubt for doubt in doubts(tmp_path, texts, law={"governing": "TW"}))
    assert doubts(tmp_path, texts) == []


@pytest.mark.parametrize(("originals", "found"), [(2, 0), (3, 1)])
@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("zh-TW", "本契約正本壹式貳份，由雙方各執壹份。"),
        ("zh-TW", "本契約作成正本二份，由雙方各執一份。"),
        ("zh-TW", "本契約作成正本2份。"),
        ("en", "This Agreement is made in two originals, one for each Party."),
        ("en", "This Agreement is executed in 2 originals."),
    ],
)
def test_the_originals_a_text_counts_are_those_of_the_terms(tmp_path, language, text, originals, found):
    texts = {"originals.counterparts": text}

    assert len(faults(tmp_path, texts, language, originals=originals)) == found


def test_fewer_originals_than_parties_are_a_doubt(tmp_path):
    assert any("originals" in doubt for doubt in doubts(tmp_path, {"law.governing": "x。"}, originals=1))


def test_an_article_named_by_hand_does_not_follow_and_must_exist(tmp_path):
    texts = {"law.governing": "準據法。", "price.total": "價金。"}
    near = [{"id": "price.total", "own": "依第二條約定。", "why": "w"}]
    far = [{"id": "price.total", "own": "依第九條約定，及民法第一條。", "why": "w"}]

    assert any("by hand" in doubt for doubt in doubts(tmp_path, texts, clauses=near))
    (fault,) = faults(tmp_path, texts, clauses=far)
    assert "article 9" in fault
    assert "clauses.price.total" in fault


# --- defined terms -----------------------------------------------------------------------


def test_a_defined_term_is_used():
    texts = ("「標的物」，指設備。「附件」，指附件。", "買方應檢查標的物。")

    assert list(unused(texts, "zh-TW")) == []  # 附件 is spoken of in its own definition
    assert list(unused(("「標的物」，指設備。", "買方應付款。"), "zh-TW")) == ["標的物"]
    assert list(unused(("“The Goods” means machines.", "The Buyer pays."), "en")) == ["Goods"]


def test_a_capital_within_a_sentence_is_defined():
    defined = frozenset({"Goods", "Buyer", "Working Day"})

    assert undefined("The Buyer inspects the Goods within ten Working Days.", defined) == ()
    assert undefined("The Buyer inspects the Widgets.", defined) == ("Widgets",)
    assert undefined("It is governed by the Civil Code and Article 5 of the Fair Trade Act.", defined) == ()


def test_a_name_from_the_terms_is_no_defined_term(tmp_path):
    texts = {
        "parties.names": "“The Goods” means what the seller, Contoso Ltd., sells as Goods to Nobody Known."
    }
    found = doubts(tmp_path, texts, "en")

    assert any("Nobody Known" in doubt for doubt in found)
    assert not any("Contoso" in doubt for doubt in found)


# --- the terms against themselves --------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "where"),
    [
        ({"delivery": {"by": "2027-01-04"}, "period": {"start": "2027-02-01"}}, "delivery.by"),
        ({"delivery": {"by": "2027-06-01"}, "period": {"end": "2027-03-31"}}, "delivery.by"),
        (
            {"delay": {"per_mille": "1"}, "liability": {"kind": "unlimited", "penalty_percent": "0"}},
            "liability.penalty_percent",
        ),
    ],
)
def test_terms_that_contradict_themselves_are_a_fault(tmp_path, said, where):
    (fault,) = faults(tmp_path, {"law.governing": "x。"}, **said)

    assert fault.startswith(where)


@pytest.mark.parametrize("included", [True, False])
@pytest.mark.parametrize("currency", ["TWD", "USD"])
@pytest.mark.parametrize("name", ["untaxed", "tax", "total", "items"])
def test_a_printed_table_that_does_not_add_up_is_a_fault(tmp_path, name, currency, included):
    items = [{"description": "a", "quantity": "3", "unit": "u", "unit_price": "1234"}] * 2
    said = {"items": items, "tax": {"included": included}, "currency": currency}
    terms = Terms.read({**TERMS, **said})
    made = make_contract(library(tmp_path, {"law.governing": "x。"}), "goods", "zh-TW", terms)
    assert check_contract(made, terms).faults == ()

    price = made.context["price"]
    other = price["items"][:1] if name == "items" else "NT$1,000,001"
    wrong = replace(made, context={**made.context, "price": {**price, name: other}})
    assert [fault.path for fault in check_contract(wrong, terms).faults] == ["items"]


def test_a_deadline_on_a_day_of_rest_is_a_doubt(tmp_path):
    on_sunday = doubts(tmp_path, {"law.governing": "x。"}, delivery={"by": "2027-01-03"})
    on_monday = doubts(tmp_path, {"law.governing": "x。"}, delivery={"by": "2027-01-04"})

    assert len(on_sunday) == 1
    assert on_monday == []


# --- two languages -----------------------------------------------------------------------


def test_both_languages_have_as_many_paragraphs(tmp_path):
    (fault,) = faults(tmp_path, {"price.total": ("一。\n\n二。", "One.")}, BOTH)

    assert fault.startswith("clauses.price.total")


def test_a_clause_in_the_second_language_alone_is_a_fault(tmp_path):
    own = library(tmp_path, {"price.total": ("一。", "One.")})
    extra = (tmp_path / "clauses" / "en" / "price.toml").read_text(encoding="utf-8")
    (tmp_path / "clauses" / "en" / "bonus.toml").write_text(extra.replace("price", "bonus"), encoding="utf-8")
    terms = Terms.read(TERMS)

    (fault,) = check_contract(make_contract(own, "goods", BOTH, terms), terms).faults
    assert fault.path == "clauses.bonus.total"


def test_both_languages_say_the_same_numbers(tmp_path):
    same = {
        "price.total": ("應於三十日內付款，利率百分之五。", "It is due within thirty days, at five percent.")
    }
    other = {"price.total": ("應於三十日內付款。", "It is due within sixty days.")}

    assert doubts(tmp_path, same, BOTH) == []
    (doubt,) = doubts(tmp_path, other, BOTH)
    assert "clauses.price.total" in doubt
    assert ": 30 and 60" in doubt


@pytest.mark.parametrize(
    ("chinese", "english"),
    [
        ("二十四小時內", "within twenty-four hours"),
        ("十個工作日", "ten Working Days"),
        ("中華民國116年1月1日起", "from 1 January 2027"),
        ("總價NT$1,386,000", "total TWD 1,386,000"),
        ("千分之二", "two per mille"),
        ("正本二份", "two originals"),
        ("一個月", "a month"),
    ],
)
def test_reads_one_number_out_of_both_languages(chinese, english):
    assert numbers_in(chinese) == numbers_in(english)
