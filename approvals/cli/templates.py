"""Templates: which there are, what is wrong with one, and what it looks like with data."""

import re
from pathlib import Path
from typing import Any

import click

from approvals.cli.lazy import command, group
from approvals.cli.output import say, show, show_json, show_table, show_wrapped
from approvals.cli.settings import Settings
from workflow.errors import TemplateError
from workflow.i18n import mark

_PLACES = {
    "document": mark("in the text"),
    "header": mark("in a page header"),
    "footer": mark("in a page footer"),
    "footnotes": mark("in a footnote"),
    "endnotes": mark("in an endnote"),
    "comments": mark("in a comment"),
    "core": mark("in the document's properties"),
    "styles": mark("in the styles"),
}
# The lint cuts the text of a paragraph there.
_CUT = 80
# So many places of the same mistake are named.
_SHOWN = 3


@group("templates", mark("List, check and try document templates."), default="list")
def templates_command() -> None:
    """Work with templates."""


@command("list", mark("List the layouts that are shipped."), epilog="assent templates list")
def list_templates(settings: Settings) -> None:
    """List layouts."""
    library = settings.library
    layouts = [library.layout(kind, each) for kind in library.kinds for each in library.languages(kind)]
    if settings.as_json:
        show_json(
            "templates",
            templates=[
                {
                    "kind": found.kind,
                    "language": found.language,
                    "version": found.version,
                    "stage": found.stage,
                    "audience": found.audience,
                    "title": found.title,
                    "digest": found.digest,
                }
                for found in layouts
            ],
        )
        return
    show_table(
        (mark("KIND"), mark("LANGUAGE"), mark("VERSION"), mark("AUDIENCE"), mark("TITLE"), "SHA-256"),
        [(f.kind, f.language, f.version, f.audience, f.title, f.digest[:16]) for f in layouts],
        flexible=[4],
    )


@command(
    "check",
    mark("Say what a template needs and what is wrong with it (exit 1 when something would fail)."),
    epilog="assent templates check contract.docx --kind services",
)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--kind", default="", help=mark("The kind of document whose data it will be given."))
def check_templates(settings: Settings, files: tuple[Path, ...], kind: str) -> int:
    """Check templates, each in a process of its own."""
    from workflow.documents.worker import check_apart

    reports = [check_apart(_read(path), name=path.name, kind=kind) for path in files]
    if settings.as_json:
        show_json("templates-check", templates=reports)
    else:
        for report in reports:
            _show(report)
    return 0 if all(report["ok"] for report in reports) else 1


@command(
    "try",
    mark("Render a template with data from a TOML file."),
    epilog="assent templates try contract.docx --data data.toml --out try.docx",
)
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--data", type=click.Path(path_type=Path), help=mark("The data (TOML); made-up data unless given.")
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("try.docx"),
    show_default=True,
    help=mark("The document."),
)
def try_template(settings: Settings, file: Path, data: Path | None, out: Path) -> None:
    """Render a template."""
    from workflow.documents.worker import try_apart
    from workflow.files import save_files
    from workflow.problems import read_toml

    if data:
        read_toml(data)  # says what is wrong with it
    fields, made = try_apart(_read(file), name=file.name, data=data.read_bytes() if data else None)
    (path,) = save_files({out.name: made}, out.parent, replace=True)
    if settings.as_json:
        show_json("templates-try", file=str(path), fields=fields)
    else:
        show(str(path))


def _read(path: Path) -> bytes:
    from workflow.documents.worker import read_foreign

    try:
        return read_foreign(path)
    except OSError as error:
        raise TemplateError(template=path, reason=error.strerror) from None


def _place(part: str, text: str) -> str:
    """Say where something stands, as its author sees the document."""
    kind = re.sub(r"\d*\.xml$", "", part.rpartition("/")[2])
    where = say(_PLACES[kind]) if kind in _PLACES else part
    shown = f"{text}..." if len(text) >= _CUT else text
    return say(mark('{where}: "{said}"'), where=where, said=shown) if text and where else where or shown


def _show(report: dict[str, Any]) -> None:
    show(
        say(
            mark("{name}: it can be used") if report["ok"] else mark("{name}: it cannot be used as it is"),
            name=report["name"],
        )
    )
    alike: dict[tuple[bool, str, str], list[str]] = {}
    for finding in report["findings"]:
        key = finding["severity"] != "error", finding["what"], finding["fix"]
        alike.setdefault(key, []).append(_place(finding["part"], finding["text"]))
    for (mild, what, fix), places in sorted(alike.items(), key=lambda entry: entry[0][0]):
        show_wrapped("  !  " if mild else "  xx ", what)
        for place in places[:_SHOWN]:
            if place:
                show_wrapped("     ", place)
        if len(places) > _SHOWN:
            show_wrapped("     ", say(mark("and in {count} more places"), count=len(places) - _SHOWN))
        show_wrapped("     ", say(mark("try  {fix}"), fix=fix))
    if report["fields"]:
        show_table(
            (mark("FIELD"), mark("SHAPE")),
            [(name, say(shape)) for name, shape in report["fields"].items()],
            flexible=[0],
        )


for _made in (list_templates, check_templates, try_template):
    templates_command.add_command(_made)
