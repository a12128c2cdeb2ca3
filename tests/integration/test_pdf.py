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
from pathlib import Path

import docx
import pytest
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.ns import qn

from workflow.documents.pdf import to_pdf
from workflow.errors import PdfFailedError, PdfUnavailableError

OFFICE = shutil.which("soffice") or shutil.which("libreoffice")
#: The smallest picture there is.
PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d494844520000000100000001080200000090"
    "7753de0000000c4944415408d763f8cfc000000301010018dd8db00000000049454e44ae426082"
)

needs_office = pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed")


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


@pytest.fixture
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
    saved = io.BytesIO()
    document.save(saved)
    return saved.getvalue()


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


@needs_office
def test_makes_a_pdf_of_each_document():
    two = written("第一頁", "第二頁")
    broken = docx.Document(io.BytesIO(two))
    broken.paragraphs[1].paragraph_format.page_break_before = True
    saved = io.BytesIO()
    broken.save(saved)

    made = to_pdf({"one.docx": two, "two.docx": saved.getvalue()})

    assert list(made) == ["one.pdf", "two.pdf"]
    assert all(pdf.startswith(b"%PDF-") for pdf in made.values())
    assert [pages(pdf) for pdf in made.values()] == [1, 2]


@needs_office
@pytest.mark.skipif(not shutil.which("pdftotext"), reason="pdftotext is not installed")
def test_the_pdf_says_what_the_document_says():
    made = to_pdf({"one.docx": written("新臺幣壹佰參拾壹萬貳仟伍佰元整 NT$1,312,500")})

    said = subprocess.run(["pdftotext", "-", "-"], input=made["one.pdf"], capture_output=True, check=True)
    assert "新臺幣壹佰參拾壹萬貳仟伍佰元整 NT$1,312,500" in said.stdout.decode()


@needs_office
def test_a_name_is_no_path_and_no_option(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    body = written("text")

    made = to_pdf({"../above.docx": body, "--help.docx": body, "附 件.docx": body})

    assert list(made) == ["../above.pdf", "--help.pdf", "附 件.pdf"]
    assert not list(tmp_path.rglob("*.pdf"))


@needs_office
def test_a_picture_on_the_network_is_not_fetched(server):
    address, calls = server

    made = to_pdf({"one.docx": written("text", picture=f"{address}/picture.png")})

    assert calls == []
    assert pages(made["one.pdf"]) == 1


@needs_office
def test_a_file_of_this_machine_is_not_copied_into_the_pdf(tmp_path):
    secret = tmp_path / "secret.png"
    secret.write_bytes(PICTURE)

    made = to_pdf({"one.docx": written("text", picture=secret.as_uri())})

    assert not re.search(rb"/Subtype\s*/Image", made["one.pdf"])


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
