"""Reading across agreements: the list, and the parties."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import click

from approvals.cli.forms import form_options, show_rows
from approvals.cli.lazy import command
from approvals.cli.output import plain, say, show
from approvals.cli.settings import Settings
from approvals.cli.words import amount, state_name, when
from approvals.filters import Age, has_party, has_text, read_values
from workflow.i18n import mark
from workflow.lifecycle import State
from workflow.reading import Reader, Row
from workflow.values.dates import TAIPEI

_KEYS = (
    "ref", "title", "state", "outcome", "kind", "counterparty", "currency", "total_minor", "value",
    "drafter", "revision", "created_at", "updated_at",
)  # fmt: skip
_PARTY_KEYS = ("name", "registration", "country", "agreements")
# Whoever drafted, decided (also through a deputy) or gave an opinion, by identifier or name.
_PERSON = """(
    :person IN (a.drafter, a.drafter_name)
    OR EXISTS (SELECT 1 FROM v_decision d WHERE d.agreement = a.ref
               AND :person IN (d.person, d.person_name, d.principal, d.principal_name))
    OR EXISTS (SELECT 1 FROM v_flag f LEFT JOIN v_person p ON p.id = f.expert
               WHERE f.agreement = a.ref AND f.expert <> '' AND :person IN (f.expert, p.name)))
"""


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What the list is narrowed down to; everything that is said has to hold."""

    state: tuple[str, ...]
    kind: str | None
    person: str | None
    value: str | None
    older_than: str | None
    party: str | None
    text: str | None
    drafter: str

    def rows(self, reader: Reader, settings: Settings) -> list[Row]:
        """Return the agreements, newest first; what the database can judge, it judges."""
        terms = "c.body" if self.party or self.text else "NULL"
        join = "LEFT JOIN v_content c ON c.sha256 = a.terms" if terms == "c.body" else ""
        conditions, given = self._conditions()
        query = f"SELECT a.*, {terms} AS body FROM v_agreement a {join} WHERE {' AND '.join(conditions)}"  # noqa: S608
        rows = reader.rows(f"{query} ORDER BY a.created_at DESC, a.ref DESC", **given)
        if self.older_than:
            age, today = Age.read(self.older_than), datetime.now(UTC).astimezone(TAIPEI).date()
            rows = [r for r in rows if age.passed(_day(r["updated_at"]), today, settings.calendar)]
        if self.party or self.text:
            rows = [row for row in rows if self._reads(row)]
        return rows

    def _conditions(self) -> tuple[list[str], dict[str, object]]:
        conditions, given = ["1 = 1"], dict[str, object]()
        if self.state:
            names = [f"state{number}" for number in range(len(self.state))]
            given |= zip(names, self.state, strict=True)
            conditions.append(f"a.state IN ({', '.join(f':{name}' for name in names)})")
        for name, said in (("kind", self.kind), ("drafter", self.drafter)):
            if said:
                conditions.append(f"a.{name} = :{name}")
                given[name] = said
        if self.person:
            conditions.append(_PERSON)
            given["person"] = self.person
        for number, (sign, limit) in enumerate(read_values(self.value) if self.value else ()):
            conditions.append(f"a.value {sign} :value{number}")
            given[f"value{number}"] = limit
        return conditions, given

    def _reads(self, row: Row) -> bool:
        terms = _terms(row)
        return (not self.party or has_party(terms, self.party)) and (
            not self.text or has_text({**terms, "title": row["title"]}, self.text)
        )


@command(
    "list",
    mark(
        "List agreements, newest first.\n\n"
        "Several filters narrow the list down together; several states widen it."
    ),
    epilog='assent list --state sign_off --value ">1000000" --older-than 5wd',
)
@click.option(
    "--state",
    type=click.Choice([state.value for state in State]),
    multiple=True,
    help=mark("Only those in this state; can be given again."),
)
@click.option("--party", help=mark("Only those with this party: part of a name, or a registration."))
@click.option(
    "--person", "who", metavar="PERSON", help=mark("Only those this person drafted, decided on or reviewed.")
)
@click.option(
    "--value",
    metavar="COMPARISON",
    help=mark("Only those of this value before tax, in TWD: '>1000000', 1000..2000."),
)
@click.option(
    "--older-than",
    metavar="TIME",
    help=mark("Only those nothing has happened to for longer: 5wd (working days), 10d, 2w."),
)
@click.option("--text", help=mark("Only those whose terms have these words in them."))
@click.option("--kind", help=mark("Only those of this kind, such as services."))
@click.option("--mine", is_flag=True, help=mark("Only those you drafted."))
@form_options
def list_command(settings: Settings, mine: bool, form: str, who: str | None, **filters: Any) -> None:
    """List agreements."""
    wanted = _Wanted(drafter=settings.person if mine else "", person=who, **filters)
    with settings.reader() as reader:
        rows = wanted.rows(reader, settings)
    if not rows and form == "table" and not settings.as_json:
        show(_nothing(narrowed=mine or bool(who) or any(filters.values())))
        return
    show_rows(
        settings,
        form,
        document=("list", "agreements"),
        keys=_KEYS,
        records=[plain(row, *_KEYS) for row in rows],
        headings=(
            mark("REF"),
            mark("AGREEMENT"),
            mark("COUNTERPARTY"),
            mark("VALUE"),
            mark("STATE"),
            mark("UPDATED"),
        ),
        cells=[
            (
                r["ref"],
                r["title"],
                r["counterparty"] or "-",
                amount(r),
                state_name(r["state"]),
                when(r["updated_at"]),
            )
            for r in rows
        ],
        right=[3],
        flexible=[1, 2],
    )


@command("parties", mark("List the parties of all agreements."), epilog="assent parties")
@form_options
def parties_command(settings: Settings, form: str) -> None:
    """List the parties."""
    found: dict[tuple[str, str, str], list[str]] = {}
    with settings.reader() as reader:
        for row in reader.agreements():
            terms = json.loads(reader.content(row["terms"])) if row["terms"] else {"parties": []}
            for party in terms["parties"]:
                key = (party["name"], party.get("registration", ""), party["country"])
                found.setdefault(key, []).append(row["ref"])
    rows: list[dict[str, Any]] = [
        {"name": name, "registration": number, "country": country, "agreements": sorted(refs)}
        for (name, number, country), refs in sorted(found.items())
    ]
    show_rows(
        settings,
        form,
        document=("parties", "parties"),
        keys=_PARTY_KEYS,
        records=rows,
        headings=(mark("PARTY"), mark("REGISTRATION"), mark("COUNTRY"), mark("AGREEMENTS")),
        cells=[(r["name"], r["registration"] or "-", r["country"], ", ".join(r["agreements"])) for r in rows],
        flexible=[0, 3],
    )


def _nothing(*, narrowed: bool) -> str:
    if narrowed:
        return say(mark("There is no agreement that fits. See them all: assent list"))
    return say(mark("There is no agreement here yet. Begin one: assent new services --terms terms.toml"))


def _terms(row: Row) -> Mapping[str, Any]:
    """Return an agreement's terms; none where there are none, or none that can be read."""
    try:
        terms = json.loads(bytes(row["body"] or b"{}"))
    except (ValueError, TypeError, RecursionError):
        return {}
    return terms if isinstance(terms, dict) else {}


def _day(text: str) -> Any:
    return datetime.fromisoformat(text).astimezone(TAIPEI).date()
