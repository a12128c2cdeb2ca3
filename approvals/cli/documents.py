"""The documents of an agreement: list them, save them, issue those that go with it."""

from pathlib import Path

import click

from approvals.cli.acting import once_option
from approvals.cli.lazy import command, group
from approvals.cli.output import plain, remark, say, show, show_json, show_table
from approvals.cli.settings import Settings
from workflow.i18n import mark

_AUDIENCES = {"internal": mark("internal"), "both": mark("both")}


@group("documents", mark("List, save and issue the documents of an agreement."))
def documents_command() -> None:
    """Work with documents."""


@command(
    "list", mark("List the documents issued so far, with their digests."), epilog="assent documents list 42"
)
@click.argument("ref")
def list_documents(settings: Settings, ref: str) -> None:
    """List documents."""
    with settings.reader() as reader:
        full = reader.resolve(ref)
        rows = reader.of("v_document", full)
    if settings.as_json:
        columns = (
            "seq",
            "name",
            "kind",
            "language",
            "revision",
            "audience",
            "content",
            "file",
            "size",
            "template",
        )
        show_json("documents", ref=full, documents=[plain(row, *columns) for row in rows])
        return
    show_table(
        ("#", mark("DOCUMENT"), mark("AUDIENCE"), mark("BYTES"), "SHA-256"),
        [
            (str(r["seq"]), r["name"], say(_AUDIENCES[r["audience"]]), str(r["size"]), r["file"][:16])
            for r in rows
        ],
        right=[0, 3],
        flexible=[1],
    )


@command(
    "save", mark("Write the documents into a folder."), epilog="assent documents save 42 --out contracts/"
)
@click.argument("ref")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("documents"),
    show_default=True,
    help=mark("The folder."),
)
@click.option("--pdf", is_flag=True, help=mark("Write a PDF beside each, for reading (needs LibreOffice)."))
def save_documents(settings: Settings, ref: str, out: Path, pdf: bool) -> None:
    """Save documents."""
    from workflow.files import file_names, save_files

    with settings.reader() as reader:
        full = reader.resolve(ref)
        rows = reader.of("v_document", full)
        erased = [row["name"] for row in rows if reader.is_erased(row["file"])]
        rows = [row for row in rows if row["name"] not in erased]
        names = file_names((row["name"], row["seq"]) for row in rows)
        bodies = {name: reader.content(row["file"]) for name, row in zip(names, rows, strict=True)}
    pdfs = {}
    if pdf:
        from workflow.documents.pdf import to_pdf

        pdfs = to_pdf(bodies)
    # A PDF made twice is never the same bytes, and nobody works in one.
    paths = [*save_files(bodies, out), *save_files(pdfs, out, replace=True)]
    if settings.as_json:
        show_json("documents-save", ref=full, files=[str(path) for path in paths])
        return
    for path in paths:
        show(str(path))
    for name in erased:
        remark(say(mark("{name} was erased by request"), name=name))


@command(
    "issue",
    mark(
        "Issue a letter, a notice or another document from a file that says what is in it.\n\n"
        "KIND is one of request-letter, notice, kpi-review, contact-log, acceptance-record, contract-card."
    ),
    epilog="assent documents issue 42 request-letter --data letter.toml",
)
@click.argument("ref")
@click.argument("kind")
@click.option("--data", required=True, type=click.Path(path_type=Path), help=mark("What is in it (TOML)."))
@once_option
def issue_document(settings: Settings, ref: str, kind: str, data: Path, once: str) -> None:
    """Issue a document that a person filled in."""
    from workflow.errors import UnknownDocumentError
    from workflow.records.kinds import KINDS

    if kind not in KINDS:
        raise UnknownDocumentError(what=kind, known=", ".join(KINDS))
    record = KINDS[kind].load(data)
    with settings.workspace() as workspace:
        agreement = workspace.get(ref).issue(record, once=once)
        made = [document for document in agreement.documents if document.kind == kind][-1]
    if settings.as_json:
        show_json("documents-issue", ref=agreement.ref, seq=made.seq, name=made.name, file=made.file)
        return
    show(f"{agreement.ref}#{made.seq}  {made.name}  {made.file[:16]}")
    remark(say(mark("Next: {command}"), command=f"assent documents save {agreement.ref} --out FOLDER"))


for _made in (list_documents, save_documents, issue_document):
    documents_command.add_command(_made)
