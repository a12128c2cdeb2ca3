"""What drafting a contract costs beside printing it: a contract of twenty clauses and 24 items.

Drafting is choosing the clauses, filling them in, printing the document, checking it and its
digests; the floor is printing alone, from data that is there. Rounds are interleaved, and what
is told is the median of the rounds' ratios, with the quartiles.
"""

import argparse
import statistics
import time
from contextlib import suppress

from workflow.documents.catalogue import shipped
from workflow.documents.checks import check_contract
from workflow.documents.contract import make_contract
from workflow.documents.engine import compile_template
from workflow.errors import ClauseError
from workflow.terms import Terms

CLAUSES, ITEMS = 20, 24
HEADING = {
    "ref": "AGR-2026-0042",
    "number": "AGR-2026-0042-services-draft",
    "revision": "1",
    "date": "23 November 2026",
    "language": "en",
    "owner": "Hsu",
    "draft": True,
    "classification": "",
}


def terms(kind, language):
    """Return terms whose contract has as many clauses and items as wanted."""
    said = {
        "title": "資料平台導入顧問",
        "title_en": "Data Platform Advice",
        "contract_type": "services",
        "parties": [
            {"side": "ours", "name": "晴川精密工業股份有限公司", "name_en": "Chingchuan Precision Co., Ltd."},
            {"side": "theirs", "name": "海岬數據顧問股份有限公司", "name_en": "Headland Data Advisory Ltd."},
        ],
        "items": [
            {"description": f"工作項目 {n}", "quantity": "2", "unit": "式", "unit_price": f"{1000 * n}"}
            for n in range(1, ITEMS + 1)
        ],
        "tax": {"included": False},
        "law": {"governing": "TW", "court": "臺灣臺中地方法院"},
        "liability": {"kind": "capped", "cap_percent": "100", "penalty_percent": "10"},
    }
    whole = make_contract(shipped(), kind, language, Terms.read(said)).context["clauses"]
    kept = {"definitions", "scope", "price", "payment", "law", "disputes", "originals", "signature"}
    spare = [row["id"] for row in whole if row["id"].partition(".")[0] not in kept]
    said["clauses"] = []
    for name in reversed(spare):
        if len(whole) - len(said["clauses"]) == CLAUSES:
            break
        one = {"id": name, "omit": True, "why": "For the measure."}
        with suppress(ClauseError):  # others refer to it
            make_contract(shipped(), kind, language, Terms.read({**said, "clauses": [*said["clauses"], one]}))
            said["clauses"].append(one)
    return Terms.read(said)


def measure(kind, language, rounds):
    """Return the milliseconds of drafting and of printing, a pair a round, and what was drafted."""
    agreed = terms(kind, language)
    context = {**make_contract(shipped(), kind, language, agreed).context, "document": HEADING}
    template = compile_template(shipped().layout(kind, language).body)

    def bare():
        template.issue(context)

    def draft():
        made = make_contract(shipped(), kind, language, agreed)
        check_contract(made, agreed)
        made.wordings.written()
        template.issue({**made.context, "document": HEADING})

    found = []
    for number in range(rounds + 3):
        pair = []
        for work in (bare, draft):
            start = time.perf_counter()
            for _ in range(5):
                work()
            pair.append((time.perf_counter() - start) * 200)
        if number >= 3:
            found.append(tuple(pair))
    return found, len(context["clauses"])


def main():
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=21)
    rounds = parser.parse_args().rounds
    print(f"{'contract':<22}{'clauses':>8}{'printing ms':>13}{'drafting ms':>13}{'ratio':>8}  quartiles")
    for kind, language in (("services", "zh-TW"), ("services", "en")):
        found, clauses = measure(kind, language, rounds)
        ratios = sorted(draft / bare for bare, draft in found)
        low, middle, high = statistics.quantiles(ratios, n=4)
        bare, draft = (statistics.median(column) for column in zip(*found, strict=True))
        name, spread = f"{kind} {language}", f"{low:.2f}-{high:.2f}"
        print(f"{name:<22}{clauses:>8}{bare:>13.2f}{draft:>13.2f}{middle:>8.2f}  {spread}")


if __name__ == "__main__":
    main()
