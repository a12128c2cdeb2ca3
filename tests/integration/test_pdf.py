"""PDF copies: what LibreOffice is asked, what it may not do, and what is left when it fails."""

import io
import json
import os
import re
import shutil
import socket
import socketserver
import subprocess
import sys
import threading
import time
import tomllib
from importlib.resources import files
from pathlib import Path

import docx
import pytest
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.ns import qn

from workflow.documents.catalogue import shipped
from workflow.documents.engine import compile_template
from workflow.documents.pdf import to_pdf
from workflow.errors import PdfFailedError, PdfUnavailableError

OFFICE = shutil.which("soffice") or shutil.which("libreoffice")
#: The smallest picture there is.
PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d494844520000000100000001080200000090"
    "7753de0000000c4944415408d763f8cfc000000301010018dd8db00000000049454e44ae426082"
)

LANGUAGES = ("zh-TW", "en", "zh-TW+en")
#: How many pages the sample of each kind fills: in Chinese, in English, and contracts in the two together.
PAGES = {
    "acceptance-record": (2, 2),
    "amendment": (5, 5, 6),
    "approval-sheet": (3, 2),
    "certificate": (2, 2),
    "confirmation-letter": (3, 3),
    "contact-log": (2, 1),
    "contract-card": (2, 2),
    "distribution": (20, 20, 30),
    "kpi-review": (2, 2),
    "minutes": (2, 2),
    "mou": (9, 9, 14),
    "nda": (10, 9, 15),
    "negotiation-plan": (3, 2),
    "notice": (2, 2),
    "opinion": (2, 2),
    "purchase": (16, 16, 24),
    "request-letter": (2, 2),
    "review-request": (2, 2),
    "services": (19, 19, 29),
    "term-sheet": (3, 2),
    "works": (21, 22, 32),
}
#: How many pages a price table of so many rows takes, with all that stands around it.
LONG = {("services", "en", 24): 20, ("term-sheet", "zh-TW", 24): 3, ("services", "en", 500): 40}

needs_office = pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed")
needs_text = pytest.mark.skipif(not shutil.which("pdftotext"), reason="pdftotext is not installed")


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    """Where temporary files go: empty before and after."""
    folder = tmp_path / "place"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    yield folder
    assert list(folder.iterdir()) == []


@pytest.fixture
def stand_in(tmp_path, monkeypatch):
    """Put a shell script in LibreOffice's place."""

    def put(*lines):
        program = tmp_path / "bin" / "soffice"
        program.parent.mkdir()
        program.write_text("\n".join(("#!/bin/sh", *lines, "")))
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")

    return put


@pytest.fixture(scope="module")
def server():
    """A place on the network, and the calls it got."""
    calls = []

    class Handler(socketserver.BaseRequestHandler):
        def handle(self):
            calls.append(self.client_address)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as listening:
        threading.Thread(target=listening.serve_forever, daemon=True).start()
        yield "http://{}:{}".format(*listening.server_address), calls
        listening.shutdown()


def written(*paragraphs, picture=""):
    """Return a DOCX with these paragraphs, and a picture that lies somewhere else."""
    document = docx.Document()
    for text in paragraphs:
        document.add_paragraph(text)
    if picture:
        document.add_picture(io.BytesIO(PICTURE), 360000)
        blip = next(document.element.body.iter(qn("a:blip")))
        link = document.part.relate_to(picture, RELATIONSHIP_TYPE.IMAGE, is_external=True)
        del blip.attrib[qn("r:embed")]
        blip.set(qn("r:link"), link)
    return saved(document)


def on_two_pages(first, second):
    """Return a DOCX with a page break between two paragraphs."""
    document = docx.Document(io.BytesIO(written(first, second)))
    document.paragraphs[1].paragraph_format.page_break_before = True
    return saved(document)


def with_picture():
    """Return a DOCX with a picture of its own."""
    document = docx.Document()
    document.add_picture(io.BytesIO(PICTURE), 360000)
    return saved(document)


def saved(document):
    body = io.BytesIO()
    document.save(body)
    return body.getvalue()


def filled(kind, language, rows=0):
    """Return a layout filled from its sample, with as many lines in the price table as asked."""
    sample = files("contract_templates") / "layouts" / kind / language / "sample.toml"
    context = tomllib.loads(sample.read_text(encoding="utf-8"))
    if rows:
        first, *_ = context["price"]["items"]
        context["price"]["items"] = [first | {"no": str(number)} for number in range(1, rows + 1)]
    return compile_template(shipped().layout(kind, language).body).render(context)


def documents(address, secret):
    """Return what is to become PDFs."""
    return {
        "one.docx": written("新臺幣壹佰參拾壹萬貳仟伍佰元整 NT$1,312,500", "第二頁"),
        "two.docx": on_two_pages("第一頁", "第二頁"),
        "../above.docx": written("text"),
        "--help.docx": written("text"),
        "附 件.docx": written("text"),
        "network.docx": written("text", picture=f"{address}/picture.png"),
        "machine.docx": written("text", picture=secret.as_uri()),
        "here.docx": with_picture(),
        **{
            f"{kind}-{language}.docx": filled(kind, language)
            for kind in shipped().kinds
            for language in shipped().languages(kind)
        },
        **{f"{kind}-{language}-{rows}.docx": filled(kind, language, rows) for kind, language, rows in LONG},
    }


def text_of(pdf):
    """Return what a PDF says, a form feed after each page."""
    done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True)
    return done.stdout.decode()


def pages(pdf):
    """Return how many pages a PDF has."""
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


def runs(process):
    """Say whether a process is there and not merely unburied."""
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def abandoned():
    """Return LibreOffice's sockets that nobody listens at."""
    found = set()
    for path in Path("/tmp").glob("OSL_PIPE_*"):
        with socket.socket(socket.AF_UNIX) as caller:
            try:
                caller.connect(str(path))
            except OSError:
                found.add(path)
    return found


@pytest.fixture(scope="module")
def around(tmp_path_factory):
    """The folder above the one that is current while the PDFs are made."""
    return tmp_path_factory.mktemp("around")


@pytest.fixture(scope="module")
def made(server, around, tmp_path_factory):
    """PDFs that one LibreOffice made: of papers with a catch, of each kind's sample, of long tables."""
    address, _ = server
    secret = tmp_path_factory.mktemp("secret") / "secret.png"
    secret.write_bytes(PICTURE)
    temporary, current = tmp_path_factory.mktemp("temporary"), around / "current"
    current.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tempfile.tempdir", str(temporary))
        patch.chdir(current)
        pdfs = to_pdf(documents(address, secret))
    assert list(temporary.iterdir()) == []
    return pdfs


@needs_office
def test_makes_a_pdf_of_each_document(made):
    assert list(made)[:2] == ["one.pdf", "two.pdf"]
    assert all(pdf.startswith(b"%PDF-") for pdf in made.values())
    assert [pages(made[name]) for name in ("one.pdf", "two.pdf")] == [1, 2]


@needs_office
@needs_text
def test_the_pdf_says_what_the_document_says(made):
    assert "新臺幣壹佰參拾壹萬貳仟伍佰元整 NT$1,312,500" in text_of(made["one.pdf"])


@needs_office
def test_a_name_is_no_path_and_no_option(made, around):
    assert list(made)[2:5] == ["../above.pdf", "--help.pdf", "附 件.pdf"]
    assert not list(around.rglob("*.pdf"))


@needs_office
def test_a_picture_on_the_network_is_not_fetched(server, made):
    _, calls = server

    assert calls == []
    assert pages(made["network.pdf"]) == 1


@needs_office
def test_a_file_of_this_machine_is_not_copied_into_the_pdf(made):
    pictures = {
        name: bool(re.search(rb"/Subtype\s*/Image", made[name])) for name in ("machine.pdf", "here.pdf")
    }

    assert pictures == {"machine.pdf": False, "here.pdf": True}


@needs_office
def test_each_kind_fills_the_pages_it_should(made):
    found = {
        kind: tuple(
            pages(made[f"{kind}-{language}.pdf"])
            for language in LANGUAGES
            if language in shipped().languages(kind)
        )
        for kind in shipped().kinds
    }

    assert found == PAGES


@needs_office
@needs_text
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_table_of_contents_names_the_page_of_every_article(made, language):
    sample = files("contract_templates") / "layouts" / "services" / language / "sample.toml"
    articles = tomllib.loads(sample.read_text(encoding="utf-8"))["clauses"]

    sheets = text_of(made[f"services-{language}.pdf"]).split("\f")
    listed = dict(
        re.findall(r"^ *(第[一二三四五六七八九十]+條|Article \d+) .*\.{5} *(\d+)$", "\n".join(sheets), re.M)
    )
    assert list(listed) == [article["number"] for article in articles]
    for article in articles:
        heading = rf"^ *{article['number']} +{article['title']}$"
        assert re.search(heading, sheets[int(listed[article["number"]]) - 1], re.M), article["number"]


@needs_office
@needs_text
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_reference_names_the_article_it_leads_to(made, language):
    sample = files("contract_templates") / "layouts" / "services" / language / "sample.toml"
    clauses = tomllib.loads(sample.read_text(encoding="utf-8"))["clauses"]
    lines = [[piece["text"] for piece in line["pieces"]] for clause in clauses for line in clause["lines"]]

    # LibreOffice counts by itself; what the document says is not what it shows.
    printed = text_of(made[f"services-{language}.pdf"]).replace("\f", "\n").splitlines()
    # A reference may go over a page's end, where header and footer stand between.
    said = "".join("".join(line.split()) for line in printed if not re.search("AGR-2026-|DRAFT", line))
    shown = [
        f"{''.join(before.split())[-4:]}{''.join(reference.split())}" in said
        for pieces in lines
        for before, reference in zip(pieces[::2], pieces[1::2], strict=False)
    ]
    assert len(shown) > 5
    assert all(shown)


@needs_office
@needs_text
@pytest.mark.parametrize(("kind", "language", "rows"), LONG)
def test_a_long_table_has_its_header_on_every_page(made, kind, language, rows):
    pdf = made[f"{kind}-{language}-{rows}.pdf"]

    heads = {"en": ("Description", "Unit price"), "zh-TW": ("項目說明", "單價")}[language]
    sheets = text_of(pdf).split("\f")[:-1]
    with_rows = [sheet for sheet in sheets if re.search(r"^ +\d+ .*\d,\d{3}", sheet, re.MULTILINE)]
    assert len(sheets) == pages(pdf) == LONG[kind, language, rows]
    assert len(with_rows) > 1
    assert all(head in sheet for sheet in with_rows for head in heads)


def test_without_libreoffice_it_says_what_to_install(monkeypatch):
    monkeypatch.setenv("PATH", "")

    with pytest.raises(PdfUnavailableError) as refused:
        to_pdf({"one.docx": written("text")})

    assert all(system in refused.value.explain()[2] for system in ("Debian", "macOS", "Windows"))


def test_what_is_no_docx_is_refused_before_anything_runs(stand_in, tmp_path):
    stand_in(f"touch '{tmp_path}/called'")

    with pytest.raises(PdfFailedError) as refused:
        to_pdf({"one.docx": written("text"), "two.docx": b"{\\rtf1 text}"})

    assert refused.value.facts["names"] == "two.docx"
    assert not (tmp_path / "called").exists()


def test_a_document_that_gives_no_pdf_is_named(stand_in):
    stand_in("touch 1.pdf")

    with pytest.raises(PdfFailedError) as refused:
        to_pdf({"one.docx": written("1"), "two.docx": written("2")})

    assert refused.value.facts["names"] == "two.docx"


def test_one_call_takes_all_documents(stand_in, tmp_path):
    stand_in(f"echo called >> '{tmp_path}/calls'", "for file in *.docx; do touch ${file%.docx}.pdf; done")

    to_pdf({f"{number}.docx": written(str(number)) for number in range(5)})

    assert (tmp_path / "calls").read_text() == "called\n"


def test_each_call_has_a_profile_of_its_own(stand_in, tmp_path):
    stand_in(f"echo $1 >> '{tmp_path}/profiles'", "touch 1.pdf")

    for _ in range(2):
        to_pdf({"one.docx": written("text")})

    first, second = (tmp_path / "profiles").read_text().split()
    assert first != second
    assert first.startswith("-env:UserInstallation=file:///")


def test_at_the_limit_it_is_killed_with_its_children(stand_in, tmp_path):
    stand_in("sleep 600 &", f"echo $$ $! > '{tmp_path}/processes'", "wait")

    with pytest.raises(PdfFailedError):
        to_pdf({"one.docx": written("text")}, seconds=1)

    processes = (tmp_path / "processes").read_text().split()
    assert len(processes) == 2
    # A signal is sent at once and taken when the machine finds the time.
    deadline = time.monotonic() + 20
    while any(map(runs, processes)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(map(runs, processes))


@needs_office
def test_killing_it_leaves_no_socket(stand_in):
    before = abandoned()
    # Without a document to convert it waits for ever, as one that hangs does.
    stand_in(f"exec '{OFFICE}' \"$1\" --headless --norestore")

    with pytest.raises(PdfFailedError):
        to_pdf({"one.docx": written("text")}, seconds=4)

    assert abandoned() <= before


def assent(*words, place, **environment):
    """Run the command in a process of its own."""
    command = [sys.executable, "-m", "approvals", *words, "--db", place.path]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ASSENT_")}
    return subprocess.run(command, env=kept | environment, capture_output=True, text=True, check=False)


@needs_office
def test_the_command_saves_pdfs_beside_the_documents(sqlite_world, tmp_path):
    ref = sqlite_world.negotiated().ref
    out = tmp_path / "out"

    done = assent("documents", "save", ref, "--pdf", "--out", out, "--json", place=sqlite_world.place)

    assert done.returncode == 0, done.stderr
    names = {path.name for path in out.iterdir()}
    assert {Path(path).name for path in json.loads(done.stdout)["files"]} == names
    documents = {name.removesuffix(".docx") for name in names if name.endswith(".docx")}
    assert documents
    assert {name.removesuffix(".pdf") for name in names if name.endswith(".pdf")} == documents
    assert all(pages(path.read_bytes()) for path in out.glob("*.pdf"))


def test_the_command_writes_nothing_where_no_pdf_can_be_made(sqlite_world, tmp_path):
    ref = sqlite_world.negotiated().ref
    out = tmp_path / "out"

    done = assent("documents", "save", ref, "--pdf", "--out", out, place=sqlite_world.place, PATH="")

    assert done.returncode == 1
    assert "W055" in done.stderr
    assert not out.exists()
