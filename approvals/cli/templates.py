"""Templates: which there are, what is wrong with one, and what it looks like with data."""

from pathlib import Path
from typing import Any

import click

from approvals.cli.lazy import command, group
from approvals.cli.output import say, show, show_json, show_table
from approvals.cli.settings import Settings
from workflow.errors import TemplateError
from workflow.i18n import mark


@group("templates", mark("List, check and try document templates."), default="list")
def templates_command() -> None:
    """Work with templates."""


@command("list", mark("List the layouts that are shipped."), epilog="assent templates list")
def list_templates(settings: Settings) -> None:
    """List layouts."""
    from workflow.documents.catalogue import find_layout, kinds, languages

    layouts = [find_layout(kind, language) for kind in kinds() for language in languages(kind)]
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
    from workflow.documents.engine import compile_template
    from workflow.documents.samples import made_up
    from workflow.documents.worker import check_apart
    from workflow.files import save_files
    from workflow.problems import read_toml

    body = _read(file)
    report = check_apart(body, name=file.name)
    template = compile_template(body, name=file.name)
    context = read_toml(data) if data else made_up(report["fields"])
    (path,) = save_files({out.name: template.render(context)}, out.parent, replace=True)
    if settings.as_json:
        show_json("templates-try", file=str(path), fields=report["fields"])
    else:
        show(str(path))


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise TemplateError(template=path, reason=error.strerror) from None


def _show(report: dict[str, Any]) -> None:
    show(
        say(
            mark("{name}: it can be used") if report["ok"] else mark("{name}: it cannot be used as it is"),
            name=report["name"],
        )
    )
    for finding in report["findings"]:
        severity = "xx" if finding["severity"] == "error" else "! "
        place = " ".join(filter(None, (finding["part"], repr(finding["text"]) if finding["text"] else "")))
        show(f"  {severity} {place}".rstrip())
        show(f"     {finding['what']}")
        show(f"     {finding['fix']}")
    if report["fields"]:
        show_table(
            (mark("FIELD"), mark("SHAPE")),
            [(name, say(shape)) for name, shape in report["fields"].items()],
            flexible=[0],
        )


for _made in (list_templates, check_templates, try_template):
    templates_command.add_command(_made)
