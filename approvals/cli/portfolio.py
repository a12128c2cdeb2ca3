"""What the trail holds of somebody's work, row by row of a competency unit."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from approvals.cli.forms import TABLE, form_options, show_rows
from approvals.cli.lazy import command
from approvals.cli.output import remark, say, show, show_json, visible
from approvals.cli.settings import Settings
from approvals.cli.words import event_name, judgement_name, method_name, when
from workflow.i18n import language, mark, translate

if TYPE_CHECKING:
    from approvals.dossier import Dossier
    from approvals.portfolio import Shown

_KEYS = (
    "row", "group", "label", "label_zh", "count", "newest", "newest_at", "judgement", "method", "assessor",
    "judged_at", "assessment",
)  # fmt: skip
_PIECE = ("event", "at", "actor", "type", "hash", "document", "digest")


@command(
    "portfolio",
    mark(
        "List the evidence of somebody's work, by the rows of a competency unit.\n\n"
        "What speaks for each row, the newest of it, and what assessors judged; the rest is a gap. "
        "It lists, and judges nothing."
    ),
    epilog="assent portfolio alice --row P3.2",
)
@click.argument("person_id", metavar="PERSON")
@click.argument("refs", metavar="[REF]...", nargs=-1)
@click.option("--unit", "code", metavar="CODE", help=mark("The competency unit; BGM4R0450v2 unless given."))
@click.option("--row", "name", metavar="ROW", help=mark("Everything that speaks for one row, such as P3.2."))
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="DIR|FILE.zip",
    help=mark("Write it with the papers it names: a new folder, or one file where it ends in .zip."),
)
@form_options
def portfolio_command(
    settings: Settings,
    person_id: str,
    refs: tuple[str, ...],
    code: str | None,
    name: str | None,
    out: Path | None,
    form: str,
) -> None:
    """Show the portfolio."""
    from approvals.competency import DEFAULT_UNIT
    from approvals.dossier import read_dossier

    if name and out:
        raise click.UsageError(say(mark("--out writes every row; leave --row out")))
    with settings.reader() as reader:
        wanted = dict.fromkeys(reader.resolve(ref) for ref in refs)
        dossier = read_dossier(reader, person_id, code or DEFAULT_UNIT, wanted)
        if out:
            from approvals.bundle import save_bundle
            from approvals.dossier import files_of
            from approvals.portfolio_paper import paper_of

            files = files_of(dossier, reader, paper_of(dossier, language()))
            save_bundle(files, out)
            _told(settings, out, files)
            return
    if name:
        _show_row(settings, form, dossier, dossier.portfolio.row(name))
    else:
        _show_matrix(settings, form, dossier)


def _show_matrix(settings: Settings, form: str, dossier: "Dossier") -> None:
    from approvals.dossier import summary

    if settings.as_json:
        show_json("portfolio", **dossier.document())
        return
    shown = dossier.portfolio.rows
    if form == TABLE:
        _headline(dossier)
    show_rows(
        settings,
        form,
        document=("portfolio", "rows"),
        keys=_KEYS,
        records=[summary(row) for row in shown],
        headings=(mark("ROW"), mark("WHAT"), "N", mark("NEWEST"), mark("JUDGED")),
        cells=list(_cells(dossier, shown)) if form == TABLE else [_cell(dossier, row) for row in shown],
        right=[2],
        flexible=[1, 4],
    )
    if form == TABLE:
        gaps = sum(not row.artefacts and not row.judgements for row in shown)
        remark("")
        remark(say(mark("Nothing yet for {count} row(s); see one: --row P3.2"), count=gaps))


def _headline(dossier: "Dossier") -> None:
    found = dossier.portfolio
    facts = {
        "name": visible(dossier.name),
        "unit": f"{found.unit.code} {found.unit.title.said(language())}",
        "count": sum(bool(row.artefacts) for row in found.rows),
        "rows": len(found.rows),
        "judged": found.judged,
        "agreements": len(found.works),
    }
    remark(say(mark("{name}: {unit}"), **facts))
    text = mark("Evidence for {count} of {rows} rows, from {agreements} agreement(s); {judged} row(s) judged")
    remark(say(text, **facts))
    remark(say(mark("This lists evidence; judging it is for an assessor.")))
    remark("")


def _cells(dossier: "Dossier", rows: "Sequence[Shown]") -> "Iterator[Sequence[str]]":
    """Yield the rows for people: groups apart, the rows of a task below it."""
    group = ""
    for shown in rows:
        row = shown.row
        if row.group not in (group, row.id) and row.group not in {other.row.id for other in rows}:
            yield "", dossier.portfolio.unit.groups[row.group].said(language()).upper(), "", "", ""
        group = row.group
        name, *rest = _cell(dossier, shown)
        yield (f" {name}" if row.group != row.id else name), *rest


def _cell(dossier: "Dossier", shown: "Shown") -> tuple[str, ...]:
    newest, judged = shown.newest, shown.judged
    by = ""
    if judged:
        facts = {
            "judgement": judgement_name(judged.judgement),
            "assessor": dossier.directory.name_of(judged.assessor),
        }
        by = say(mark("{judgement}, by {assessor}"), **facts)
    return (
        shown.row.id,
        shown.row.label.said(language()),
        str(len(shown.artefacts) or "-"),
        newest.event if newest else say(mark("nothing yet")),
        by or "-",
    )


def _show_row(settings: Settings, form: str, dossier: "Dossier", shown: "Shown") -> None:
    from approvals.dossier import record

    row = shown.row
    if settings.as_json:
        about = {name: value for name, value in dossier.document().items() if name != "rows"}
        show_json("portfolio-row", **about, **dossier.row(shown))
        return
    if form == TABLE:
        unit = dossier.portfolio.unit
        group = unit.groups[row.group].said(language())
        remark(f"{unit.code} {row.id}  {row.label.said(language())}   ({group})")
        remark(visible(dossier.name))
        remark("")
    records = [record(artefact) for artefact in shown.artefacts]
    if records or form != TABLE:
        show_rows(
            settings,
            form,
            document=("portfolio-row", "artefacts"),
            keys=_PIECE,
            records=records,
            headings=(
                mark("EVENT"), mark("WHEN (TAIPEI)"), mark("WHO"), mark("EVIDENCE"), "SHA-256",
            ),
            cells=[
                (
                    r["event"],
                    when(r["at"]),
                    dossier.directory.name_of(r["actor"]),
                    _piece(r, short=form == TABLE),
                    r["digest"][:8],
                )
                for r in records
            ],
            flexible=[2, 3],
        )  # fmt: skip
    if form == TABLE:
        _show_judged(dossier, shown, anything=bool(records))


def _piece(piece: Mapping[str, str], *, short: bool) -> str:
    """Name a piece of evidence; what its event's name says already need not be said again."""
    name = piece["document"] or event_name(piece["type"])
    return name.removeprefix(piece["event"].partition("#")[0] + "-") if short else name


def _show_judged(dossier: "Dossier", shown: "Shown", *, anything: bool) -> None:
    if not anything:
        show(say(mark("The trail holds nothing for this row yet.")))
    for one in shown.judgements:
        show()
        facts = {
            "when": when(one.at.isoformat()),
            "assessor": dossier.directory.name_of(one.assessor),
            "judgement": judgement_name(one.judgement),
            "method": method_name(one.method),
        }
        show(visible(say(mark("{when}  {assessor}: {judgement} (by {method})"), **facts)))
        if one is not shown.judged:
            show("  " + say(mark("a later judgement took its place")))
        if one.evidence:
            show("  " + say(mark("saw {evidence}"), evidence=", ".join(c.ref for c in one.evidence)))
        words = dossier.words.get(one.reason, "")
        if words:
            show(visible(f"  {words}", lines=True))
        receipt = f"{one.receipt}   assessments#{one.seq}"
        show("  " + say(mark("receipt {receipt}"), receipt=receipt))
    remark("")
    ways = say(mark(", ")).join(method_name(method) for method in shown.row.methods)
    remark(say(mark("An assessor can add to it by {ways}:"), ways=ways))
    example = f"assent assess {dossier.portfolio.candidate} --row {shown.row.id} --judgement … --method …"
    remark(f"  {example}")


def _told(settings: Settings, out: Path, files: dict[str, bytes]) -> None:
    import hashlib

    digest = hashlib.sha256(files["manifest.json"]).hexdigest()
    if settings.as_json:
        show_json("portfolio-out", out=str(out), manifest=digest, files=sorted(files))
        return
    text = translate(mark("{path}: {count} files, manifest {digest}"))
    show(text.format(path=visible(str(out)), count=len(files), digest=digest))
