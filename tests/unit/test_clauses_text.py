"""The clause library as text: what a contract of each kind says, in every wording, in both languages."""

import json
import random
import re
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from workflow.documents.catalogue import BOTH, shipped
from workflow.documents.checks import check_contract
from workflow.documents.checks.citations import citations_in, listed
from workflow.documents.contract import make_contract
from workflow.parts import TOPICS
from workflow.terms import Terms

ARTICLES = Path(__file__).resolve().parents[3] / "shared" / "data" / "articles.json"
LANGUAGES = ("zh-TW", "en")
KINDS = ("services", "purchase", "works", "distribution", "nda", "mou", "amendment")
SEEDS = range(25)
ANSWERS = (True, False, "unknown")
# What terms may leave open, and a contract then says so.
OPEN = ("law", "liability.penalty_percent", "originals", "delivery.by")
OURS = {
    "side": "ours", "name": "福爾摩沙股份有限公司", "name_en": "Formosa Ltd.", "email": "a@formosa.example",
    "address": "臺北市 | Taipei", "contact": "王 | Wang",
}  # fmt: skip
THEIRS = {"side": "theirs", "name": "康圖索有限公司", "name_en": "Contoso Ltd.", "country": "US"}
COUNTED = (
    {"counting": "deadline"},
    {"counting": "calendar", "days": 90},
    {"counting": "working", "days": 60},
)


def terms(kind, seed):
    """Return terms of a contract of *kind*, of which this or that is stated or left open."""
    chance = random.Random(f"{kind} {seed}")
    pick = chance.choice

    def some(**said):
        return {name: value for name, value in said.items() if pick((True, False))}

    facts = {
        name: pick(ANSWERS)
        for name in (
            "no_exit", "foreign_service_provider", "security_instrument", "system_access", "personal_data",
            "cross_border_data", "exclusivity", "resale_price", "non_compete", "export_controlled",
            "sanctioned_country", "government", "on_site_work",
        )
    }  # fmt: skip
    facts["ip_terms"] = pick(("none", "licence", "exclusive_licence", "assignment", "joint", "unknown"))
    facts["stamp_class"] = pick(("none", "works", "movables", "unknown"))
    said = {
        "title": "系統維護案",
        "title_en": "Maintenance",
        "our_role": pick(("customer", "supplier")),
        "prevailing": pick(("zh-TW", "en")),
        "contract_type": pick(
            ("services", "purchase", "works", "distribution", "agency", "saas", "it_outsourcing", "unknown")
        ),
        "parties": [OURS, THEIRS],
        "currency": pick(("TWD", "USD")),
        "originals": pick((2, 3)),
        "consent_mode": pick(("agreed", "notified", "paper", "unknown")),
        "liability": pick(
            (
                {"kind": "unknown"},
                {"kind": "unlimited"},
                {"kind": "capped", "cap_percent": "100", "penalty_percent": "10"},
            )
        ),
        "law": pick(
            (
                {},
                {"governing": "US"},
                {"governing": "TW", "court": "臺灣臺北地方法院 | Taiwan Taipei District Court"},
                {"governing": "TW", "arbitration": "中華民國仲裁協會 | the Chinese Arbitration Association"},
            )
        ),
        "facts": facts,
        "period": pick(
            (
                {},
                {"start": date(2027, 1, 1), "perpetual": True, "notice_days": 60},
                {
                    "start": date(2027, 1, 1), "end": date(2029, 12, 31), "auto_renew": pick(ANSWERS),
                    "renewal_months": 12, "notice_days": 30,
                },
            )
        ),
        **some(
            purpose="共同開發市場 | joint development",
            payment={"days": pick((0, 30)), "prepayment_percent": pick(("0", "20"))},
            delivery=some(
                place="臺中廠 | the Taichung plant",
                by=date(2027, 3, 31),
                incoterm="DAP Taichung, Incoterms 2020",
                inspection_days=10,
            ),
            warranty={"months": 12, "starts": pick(("acceptance", "delivery"))},
            delay={"per_mille": "1"},
            deposit={"percent": "10", "form": pick(("cash", "guarantee", "note", "unknown"))},
            secrecy={"discloser": pick(("both", "ours", "theirs"))} | some(years=3),
            works=pick(COUNTED),
            distribution=some(
                territory="臺灣 | Taiwan", products="A1", minimum="5000000", commission_percent="8"
            ),
            kpis=[{"name": "準時率 | on time", "target": "98%"}],
            cooperation={
                "matters": ["展覽 | exhibitions", "研發 | research"][: pick((1, 2))],
                "ours": ["場地 | premises"],
            },
        ),
        **pick(
            (
                {"items": [{"description": "a", "quantity": "2", "unit": "u", "unit_price": "1000"}],
                 "tax": {"included": pick((True, False)), "rate": pick(("5", "0"))}},
                {"estimated_value": "3000000"},
                {},
            )
        ),
    }  # fmt: skip
    if kind == "amendment":
        said["amends"] = {
            "title": "原約 | Original",
            "changes": [{"clause": "5", "before": "a", "after": "b"}],
        }
        said["amends"] |= some(
            number="AGR-1", signed_on=date(2026, 1, 5), reason="調整 | a change", value_before="1000"
        )
    return said


def contract(kind, seed, **more):
    agreed = Terms.read(terms(kind, seed) | more)
    made = make_contract(shipped(), kind, BOTH, agreed)
    return made, check_contract(made, agreed)


def wrong_with(paragraph, language):
    """Say what is wrong with the look of a paragraph."""
    wrong = {
        "a double space": r"\s\s",
        "a line break": r"\n",
        "a tag": r"\{\{|\}\}|\{%|%\}",
        "empty parentheses": r"[(（]\s*[)）]",
        "doubled punctuation": r"[，。、；：,.;:]\s*[，。、；：,;:]|[「“(（][，。、；：,.;:]",
        "a space before punctuation": r"\s[，。、；：,.;:)）]",
        "an unfilled value": r"None|True|False|unknown",
    }
    if language == "zh-TW":
        wrong["half-width punctuation"] = r"[\u4e00-\u9fff][,;:?!()]|[,;:?!()][\u4e00-\u9fff]"
        wrong["a space beside Chinese"] = r"[\u4e00-\u9fff，。；：]\s|\s[\u4e00-\u9fff]"
    else:
        wrong["Chinese"] = r"[\u3000-\u9fff\uff00-\uffef]"
        wrong["a straight quotation mark"] = r"[\"']"
    found = [f"{what}: {paragraph}" for what, pattern in wrong.items() if re.search(pattern, paragraph)]
    # A sentence may end with what the terms say.
    if not paragraph.endswith(("。", "市場") if language == "zh-TW" else (".", "development")):
        found.append(f"no full stop: {paragraph}")
    return found


def faults(made, checked):
    """Return everything that is wrong with a contract but what its terms leave open."""
    found = [str(problem) for problem in (*checked.faults, *checked.doubts) if problem.path not in OPEN]
    for chosen in made.chosen:
        for clause in chosen.clauses:
            for paragraph in clause.paragraphs:
                found += [f"{clause.id}: {what}" for what in wrong_with(paragraph, chosen.language)]
    return found


@cache
def every_fallback():
    """Return each fallback with its clause and a kind of contract it stands in."""
    return [
        (clause.kinds[0], clause.id, fallback.id)
        for clause in shipped().clauses("en")
        for fallback in clause.fallbacks
    ]


# --- what there is -----------------------------------------------------------------------


def test_there_are_clauses_for_every_kind_of_contract_and_of_many_families():
    families = {clause.family for clause in shipped().clauses("en")}

    assert len(families) >= 45
    assert families <= set(TOPICS)
    assert {kind for clause in shipped().clauses("en") for kind in clause.kinds} == set(KINDS)
    assert len(every_fallback()) > 60


def test_both_languages_hold_the_same_clauses():
    texts = {"title", "text", "reason", "language"}

    def bare(row):
        kept = {name: value for name, value in row.items() if name not in texts}
        return kept | {"fallbacks": [bare(fallback) for fallback in row.get("fallbacks", ())]}

    chinese, english = ([bare(clause.source) for clause in shipped().clauses(each)] for each in LANGUAGES)
    assert chinese == english


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_contract_has_one_clause_of_a_family_each_in_its_own_place(kind, language):
    clauses = [clause for clause in shipped().clauses(language) if kind in clause.kinds]

    assert len({clause.family for clause in clauses}) == len(clauses)
    assert len({clause.order for clause in clauses}) == len(clauses)
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", clause.version) for clause in clauses)


def test_every_fallback_has_a_name_of_its_own():
    names = [name for _, _, name in every_fallback()]

    assert len(set(names)) == len(names)
    assert not set(names) & {clause.id for clause in shipped().clauses("en")}


def test_the_topics_are_the_families():
    assert set(TOPICS) == {clause.family for clause in shipped().clauses("en")}


# --- citations ---------------------------------------------------------------------------


def test_every_article_a_clause_rests_on_or_speaks_of_is_listed():
    unlisted = {
        str(citation)
        for language in LANGUAGES
        for clause in shipped().clauses(language)
        for text in (*clause.basis, clause.text, *(fallback.text for fallback in clause.fallbacks))
        for citation in citations_in(text)
        if not citation.known
    }

    assert unlisted == set()


@pytest.mark.skipif(not ARTICLES.is_file(), reason="the text of the statutes is not here")
def test_every_article_listed_exists():
    acts = json.loads(ARTICLES.read_text(encoding="utf-8"))

    assert listed()
    for act, articles in listed().items():
        assert articles <= acts[act]["articles"].keys(), act


# --- what contracts say ------------------------------------------------------------------


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_contract_reads_well_and_alike_in_both_languages(kind, seed):
    assert faults(*contract(kind, seed)) == []


@pytest.mark.parametrize(("kind", "clause", "fallback"), every_fallback(), ids=lambda value: str(value))
def test_a_fallback_reads_well_and_alike_in_both_languages(kind, clause, fallback):
    for seed in range(8):
        made, checked = contract(kind, seed, clauses=[{"id": clause, "use": fallback, "why": "Agreed."}])

        assert faults(made, checked) == []
        assert [row["chosen"] for row in made.wordings.deviations] == [fallback]


@pytest.mark.parametrize(
    ("kind", "fact", "family"),
    [
        ("services", "personal_data", "personal_data"),
        ("services", "system_access", "security"),
        ("purchase", "export_controlled", "export_control"),
        ("works", "on_site_work", "safety"),
        ("works", "government", "government"),
    ],
)
def test_a_clause_that_a_risk_calls_for_stands_unless_the_answer_is_no(kind, fact, family):
    stands = {}
    for answer in ANSWERS:
        said = {"facts": {fact: answer, "sanctioned_country": False, "personal_data": False} | {fact: answer}}
        made, _ = contract(kind, 0, contract_type="services", **said)
        stands[answer] = family in {clause.family for clause in made.chosen[0].clauses}

    assert stands == {True: True, False: False, "unknown": True}


@pytest.mark.parametrize("liability", [{"kind": "capped", "cap_percent": "50"}, {"kind": "unlimited"}])
@pytest.mark.parametrize(("language", "words"), [(0, "故意或重大過失"), (1, "intent or gross negligence")])
def test_no_cap_reaches_intent_or_gross_negligence(language, words, liability):
    made, _ = contract("services", 1, liability=liability)
    text = next(c.paragraphs for c in made.chosen[language].clauses if c.family == "liability")

    assert any(words in paragraph for paragraph in text)


@pytest.mark.parametrize(
    ("law", "said"),
    [
        ({"governing": "TW", "court": "臺灣臺北地方法院"}, "第一審管轄法院"),
        ({"governing": "TW", "arbitration": "中華民國仲裁協會"}, "仲裁"),
    ],
)
def test_exactly_one_forum_is_named(law, said):
    made, checked = contract("purchase", 2, law=law)
    text = "".join(next(c.paragraphs for c in made.chosen[0].clauses if c.family == "disputes"))

    assert said in text
    assert not [problem for problem in checked.faults if "arbitration" in str(problem)]


def test_a_wordings_facts_reach_the_policy():
    made, _ = contract(
        "distribution",
        3,
        clauses=[{"id": "resale_price.freedom", "use": "resale_price.justified", "why": "w"}],
    )

    assert {"resale_price": True} in made.wordings.for_rules["wordings"]
    assert made.wordings.for_rules["deviations"] == 1
