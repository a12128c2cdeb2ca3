"""The clause library as text: both languages say the same, and every branch reads well."""

import json
import re
import tomllib
from collections.abc import Mapping
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from jinja2 import StrictUndefined, nodes
from jinja2.sandbox import SandboxedEnvironment

import contract_templates

ROOT = Path(__file__).resolve().parents[2]
# As it is installed, so that a wheel's library is read too.
LIBRARY = Path(contract_templates.__file__).parent / "clauses"
ARTICLES = ROOT.parent / "shared" / "data" / "articles.json"
LANGUAGES = ("zh-TW", "en")
KEYS = {"id", "version", "kinds", "order", "title", "reason", "basis", "text"}

# A clause text is data: names, comparisons and choices, and nothing that computes.
ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Getattr, nodes.If,
    nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Const,
)  # fmt: skip

_ANSWERS = ("unknown", "yes", "no")
# What each name that a text may ask about can hold; first what it holds when nothing was stated.
CHOICES: Mapping[str, tuple[Any, ...]] = {
    "consent_mode": ("unknown", "agreed", "notified", "paper"),
    "facts.cross_border_data": _ANSWERS,
    "facts.foreign_service_provider": _ANSWERS,
    "facts.ip_terms": ("unknown", "none", "licence", "exclusive_licence", "assignment", "joint"),
    "facts.no_exit": _ANSWERS,
    "facts.on_site_work": _ANSWERS,
    "facts.personal_data": _ANSWERS,
    "facts.system_access": _ANSWERS,
    "law.arbitration": ("", "ICC, Paris"),
    "law.court": ("", "Taipei District Court"),
    "law.governing": ("unknown", "TW", "US"),
    "law.governing_name": ("", "Japan"),
    "liability.kind": ("unknown", "capped", "unlimited"),
    "liability.penalty_percent": ("", "0", "20"),
    "originals": ("2", "1", "3"),
    "payment.days": ("", "0", "1", "30"),
    "payment.prepayment_percent": ("", "0", "30"),
    "period.auto_renew": _ANSWERS,
    "period.end": ("", "DATE"),
    "period.notice_days": ("", "1", "60"),
    "period.perpetual": (False, True),
    "period.renewal_months": ("", "1", "12"),
    "period.start": ("", "DATE"),
    "price.currency": ("TWD", "USD"),
    "price.known": (False, True),
    "price.tax_included": (False, True),
    "price.tax_rate": ("5%", "0%"),
    "purpose": ("", "PURPOSE"),
}


def _given(language: str) -> dict[str, Any]:
    """Return a context in which everything is stated."""
    chinese = language == "zh-TW"
    return {
        "title": "客服系統維運" if chinese else "Helpdesk Operations",
        "purpose": "確保客服系統全年穩定運作。" if chinese else "to keep the helpdesk running all year.",
        "contract_type": "services",
        "ours": {"label": "甲方" if chinese else "Party A"},
        "theirs": {"label": "乙方" if chinese else "Party B"},
        "price": {
            "known": True,
            "currency": "TWD",
            "untaxed": "NT$400,000" if chinese else "TWD 400,000",
            "tax_rate": "5%",
            "tax": "NT$20,000" if chinese else "TWD 20,000",
            "total": "NT$420,000" if chinese else "TWD 420,000",
            "words": "新臺幣肆拾貳萬元整"
            if chinese
            else "New Taiwan Dollars four hundred twenty thousand only",
            "tax_included": False,
        },
        "period": {
            "start": "中華民國116年1月1日" if chinese else "1 January 2027",
            "end": "中華民國116年12月31日" if chinese else "31 December 2027",
            "perpetual": False,
            "months": "12",
            "auto_renew": "yes",
            "renewal_months": "12",
            "notice_days": "60",
        },
        "payment": {"known": True, "days": "30", "prepayment_percent": "20"},
        "liability": {"kind": "capped", "cap_percent": "100", "penalty_percent": "10"},
        "law": {
            "governing": "TW",
            "governing_name": "中華民國（臺灣）" if chinese else "Taiwan (R.O.C.)",
            "court": "臺灣臺北地方法院" if chinese else "the Taiwan Taipei District Court",
            "arbitration": "",
        },
        "originals": "2",
        "consent_mode": "agreed",
        "facts": {
            "cross_border_data": "yes",
            "foreign_service_provider": "yes",
            "ip_terms": "assignment",
            "no_exit": "no",
            "on_site_work": "yes",
            "personal_data": "yes",
            "system_access": "yes",
        },
    }


def _with(context: dict[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return *context* with the values at the dotted names replaced."""
    changed = {key: dict(value) if isinstance(value, dict) else value for key, value in context.items()}
    for name, value in changes.items():
        group, _, field = name.rpartition(".")
        (changed[group] if group else changed)[field] = value
    return changed


_UNKNOWN = {name: values[0] for name, values in CHOICES.items()} | {
    f"price.{field}": "" for field in ("untaxed", "tax_rate", "tax", "total", "words")
}
CASES: Mapping[str, Mapping[str, Any]] = {
    "all given": {},
    "all unknown": _UNKNOWN,
    "unlimited liability": {"liability.kind": "unlimited", "liability.cap_percent": ""},
    "arbitration": {"law.court": "", "law.arbitration": "ICC, Paris"},
    "no personal data": {"facts.personal_data": "no", "facts.cross_border_data": "no"},
    "endless, on paper, in dollars": {
        "period.perpetual": True,
        "period.end": "",
        "consent_mode": "paper",
        "price.currency": "USD",
    },
}


@cache
def _library(language: str) -> tuple[dict[str, Any], ...]:
    clauses = []
    for path in sorted((LIBRARY / language).glob("*.toml")):
        family = tomllib.loads(path.read_text(encoding="utf-8"))
        assert set(family) == {"family", "clauses"}, path
        assert family["family"] == path.stem
        clauses += family["clauses"]
    return tuple(sorted(clauses, key=lambda clause: clause["order"]))


@cache
def _compiled(text: str) -> Any:
    # Plain text is looked at here, so nothing is escaped; the documents' own engine escapes.
    return SandboxedEnvironment(undefined=StrictUndefined, autoescape=False).from_string(text)


def _paragraphs(clause: Mapping[str, Any], context: Mapping[str, Any]) -> list[str]:
    parts = re.split(r"\n\s*\n", _compiled(clause["text"]).render(context))
    return [part.strip() for part in parts if part.strip()]


def _names(*trees: nodes.Node) -> set[str]:
    """Return the dotted names below *trees*."""
    nodes_below = [node for tree in trees for node in (tree, *tree.find_all(nodes.Node))]
    dotted = [node for node in nodes_below if isinstance(node, nodes.Getattr)]
    inner = {id(node.node) for node in dotted}
    plain = {node.name for node in nodes_below if isinstance(node, nodes.Name) and id(node) not in inner}
    return plain | {f"{node.node.name}.{node.attr}" for node in dotted}


def _asked(text: str) -> set[str]:
    """Return the names on which the wording of *text* depends."""
    return _names(*(branch.test for branch in SandboxedEnvironment().parse(text).find_all(nodes.If)))


def _faults(paragraph: str, language: str) -> list[str]:
    """Say what is wrong with the look of a paragraph."""
    wrong = {
        "a double space": r"\s\s",
        "a line break": r"\n",
        "a tag": r"\{\{|\}\}|\{%|%\}",
        "empty parentheses": r"[(（]\s*[)）]",
        "doubled punctuation": r"[，。、；：,.;:]\s*[，。、；：,.;:]|[「“(（][，。、；：,.;:]",
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
    if not paragraph.endswith(("。", "PURPOSE") if language == "zh-TW" else (".", "PURPOSE")):
        found.append(f"no full stop: {paragraph}")
    return found


def _ids() -> list[str]:
    return [clause["id"] for clause in _library("en")]


def _clause(language: str, identity: str) -> dict[str, Any]:
    return next(clause for clause in _library(language) if clause["id"] == identity)


def test_both_languages_hold_the_same_clauses():
    same = ("id", "version", "kinds", "order", "basis")
    chinese, english = (
        [{key: clause[key] for key in same} for clause in _library(language)] for language in LANGUAGES
    )

    assert len(chinese) >= 20
    assert chinese == english


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_clause_is_whole_and_has_its_own_place(language):
    clauses = _library(language)

    for clause in clauses:
        assert set(clause) == KEYS
        assert clause["kinds"] == ["services"]
        assert re.fullmatch(r"\d+\.\d+\.\d+", clause["version"])
        assert clause["title"]
        assert clause["reason"]
    for key in ("id", "order", "title"):
        assert len({clause[key] for clause in clauses}) == len(clauses), key


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("identity", _ids())
def test_a_text_only_names_and_compares(language, identity):
    tree = SandboxedEnvironment().parse(_clause(language, identity)["text"])
    known = set()
    for name, value in _given(language).items():
        known |= {f"{name}.{field}" for field in value} if isinstance(value, dict) else {name}

    assert all(isinstance(node, ALLOWED) for node in (tree, *tree.find_all(nodes.Node)))
    assert _names(tree) <= known


@pytest.mark.parametrize("identity", _ids())
def test_both_languages_depend_on_the_same_facts(identity):
    chinese, english = (_asked(_clause(language, identity)["text"]) for language in LANGUAGES)

    # "the United States": grammar that Chinese does not have.
    assert chinese - {"law.governing"} == english - {"law.governing"}


@pytest.mark.parametrize("case", CASES)
def test_a_whole_contract_reads_well_and_alike_in_both_languages(case):
    contracts = {}
    for language in LANGUAGES:
        context = _with(_given(language), CASES[case])
        contracts[language] = {clause["id"]: _paragraphs(clause, context) for clause in _library(language)}

    for language, contract in contracts.items():
        paragraphs = [paragraph for clause in contract.values() for paragraph in clause]
        assert not [fault for paragraph in paragraphs for fault in _faults(paragraph, language)]
    counts = [{name: len(clause) for name, clause in contract.items()} for contract in contracts.values()]
    assert counts[0] == counts[1]


@pytest.mark.parametrize("identity", _ids())
def test_every_branch_reads_well_and_alike_in_both_languages(identity):
    asked = sorted(_asked(_clause("en", identity)["text"]) | _asked(_clause("zh-TW", identity)["text"]))
    faults = []

    for values in product(*(CHOICES[name] for name in asked)):
        changes = dict(zip(asked, values, strict=True))
        counts = set()
        for language in LANGUAGES:
            paragraphs = _paragraphs(_clause(language, identity), _with(_given(language), changes))
            faults += [fault for paragraph in paragraphs for fault in _faults(paragraph, language)]
            counts.add(len(paragraphs))
        assert len(counts) == 1, changes

    assert not faults


@pytest.mark.parametrize("language", LANGUAGES)
def test_clauses_about_data_and_systems_stand_unless_the_answer_is_no(language):
    for identity, fact in (
        ("personal_data.processor", "personal_data"),
        ("security.access", "system_access"),
    ):
        clause = _clause(language, identity)
        stands = {
            answer: bool(_paragraphs(clause, _with(_given(language), {f"facts.{fact}": answer})))
            for answer in _ANSWERS
        }
        assert stands == {"unknown": True, "yes": True, "no": False}


@pytest.mark.parametrize("kind", CHOICES["liability.kind"])
@pytest.mark.parametrize(
    ("language", "words"), [("zh-TW", "故意或重大過失"), ("en", "intent or gross negligence")]
)
def test_no_cap_reaches_intent_or_gross_negligence(language, words, kind):
    # 民法 §222; the penalty paragraph says it too, so it is left out here.
    context = _with(_given(language), {"liability.kind": kind, "liability.penalty_percent": ""})
    text = "".join(_paragraphs(_clause(language, "liability.cap"), context))

    assert words in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_exactly_one_forum_is_named(language):
    for court, arbitration in (("COURT", ""), ("", "SEAT"), ("", "")):
        context = _with(_given(language), {"law.court": court, "law.arbitration": arbitration})
        text = "".join(_paragraphs(_clause(language, "disputes.forum"), context))

        assert ("COURT" in text) == bool(court)
        assert ("SEAT" in text) == bool(arbitration)
        assert ("仲裁" in text or "arbitrat" in text) == bool(arbitration)


@pytest.mark.parametrize(
    ("language", "reference"), [("zh-TW", r"「([^」]+)」條"), ("en", r"the “([^”]+)” article")]
)
def test_articles_refer_only_to_articles_that_always_stand(language, reference):
    unknown = _with(_given(language), {"facts.personal_data": "no", "facts.system_access": "no"})
    standing = {clause["title"] for clause in _library(language) if _paragraphs(clause, unknown)}
    named = [name for clause in _library(language) for name in re.findall(reference, clause["text"])]

    assert named
    assert set(named) <= standing


def test_the_cited_articles_exist():
    if not ARTICLES.exists():
        pytest.skip(f"the statutes are not here: {ARTICLES}")
    acts = json.loads(ARTICLES.read_text(encoding="utf-8"))

    for clause in _library("zh-TW"):
        for citation in clause["basis"]:
            act, _, article = citation.partition(" §")
            assert article in acts[act]["articles"], f"{clause['id']} cites {citation}"
