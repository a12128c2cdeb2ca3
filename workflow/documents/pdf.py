"""PDF copies of documents, made by LibreOffice where it is installed.

The DOCX is the record. A PDF is a copy for reading: LibreOffice writes the time into it, so
it is kept with what it was made from and never made again to compare.
"""

import hashlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from workflow.documents.counted import with_pages
from workflow.documents.package import read_package
from workflow.errors import PdfFailedError, PdfUnavailableError, TemplateError
from workflow.i18n import mark

_SECURITY = "org.openoffice.Office.Common/Security/Scripting"
_NETWORK = "org.openoffice.Inet/Settings"
# Without these LibreOffice fetches a picture a document only points to: from the network, or
# from this machine's own files. The proxy leads nowhere, for whatever else would ask.
_SETTINGS = (
    (_SECURITY, "BlockUntrustedRefererLinks", "true"),
    (_SECURITY, "DisableMacrosExecution", "true"),
    (_SECURITY, "MacroSecurityLevel", "3"),
    (_NETWORK, "ooInetProxyType", "2"),
    (_NETWORK, "ooInetNoProxy", ""),
    (_NETWORK, "ooInetHTTPProxyName", "127.0.0.1"),
    (_NETWORK, "ooInetHTTPProxyPort", "9"),
    (_NETWORK, "ooInetHTTPSProxyName", "127.0.0.1"),
    (_NETWORK, "ooInetHTTPSProxyPort", "9"),
)
_PROFILE = """\
<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
{items}
</oor:items>
"""
# The house's Chinese fonts come with Windows. Elsewhere their like is taken, Ming for Ming,
# and not whatever fontconfig finds first; a system without fontconfig never reads this.
_SYSTEM_FONTS = Path("/etc/fonts/fonts.conf")
_FONTS = f"""\
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
<include>{_SYSTEM_FONTS}</include>
<alias binding="same"><family>PMingLiU</family>
<accept><family>Noto Serif CJK TC</family></accept></alias>
<alias binding="same"><family>Microsoft JhengHei</family>
<accept><family>Noto Sans CJK TC</family></accept></alias>
</fontconfig>
"""
_ITEM = '<item oor:path="/{path}"><prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop></item>'


def to_pdf(documents: Mapping[str, bytes], *, seconds: float = 120) -> dict[str, bytes]:
    """Return a PDF of each document, by its name with ``.pdf`` for ``.docx``.

    All of them go through one LibreOffice, because starting it takes longer than a document
    does. Raises `PdfUnavailableError` where it is not installed, and `PdfFailedError` where a
    document cannot be converted or all together took longer than *seconds*.
    """
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        raise PdfUnavailableError
    if not documents:
        return {}
    for name, body in documents.items():
        _require_docx(name, body)
    try:
        # On Windows a program that was killed may hold its files a moment longer.
        with TemporaryDirectory(prefix="assent-pdf-", ignore_cleanup_errors=True) as folder:
            return _convert(program, documents, Path(folder).resolve(), seconds)
    except OSError as error:
        raise PdfFailedError(names=", ".join(documents), reason=error.strerror or str(error)) from None


def _require_docx(name: str, body: bytes) -> None:
    try:
        read_package(body, name=name)
    except TemplateError as error:
        raise PdfFailedError(names=name, reason=error.facts["reason"]) from None


def _convert(program: str, documents: Mapping[str, bytes], folder: Path, seconds: float) -> dict[str, bytes]:
    # Names of our own: one that was given may start with a dash, or lead out of the folder.
    numbered = {f"{number}.docx": name for number, name in enumerate(documents, 1)}
    for file, name in numbered.items():
        (folder / file).write_bytes(with_pages(documents[name], name=name))
    finished = _run(program, list(numbered), folder, seconds)
    made = {name: folder / f"{Path(file).stem}.pdf" for file, name in numbered.items()}
    missing = [name for name, path in made.items() if not path.is_file()]
    if not finished:
        raise PdfFailedError(names=", ".join(missing or made), reason=mark("it did not finish in time"))
    if missing:
        raise PdfFailedError(
            names=", ".join(missing), reason=mark("it could not read or lay out the document")
        )
    return {f"{name.removesuffix('.docx')}.pdf": path.read_bytes() for name, path in made.items()}


def _run(program: str, files: Sequence[str], folder: Path, seconds: float) -> bool:
    """Run LibreOffice on *files* with a profile of its own; return whether it ended by itself."""
    profile = folder / "profile"
    (profile / "user").mkdir(parents=True)
    items = "\n".join(_ITEM.format(path=path, name=name, value=value) for path, name, value in _SETTINGS)
    (profile / "user" / "registrymodifications.xcu").write_text(
        _PROFILE.format(items=items), encoding="utf-8"
    )
    command = [
        program,
        f"-env:UserInstallation={profile.as_uri()}",
        "--headless",
        "--norestore",
        "--convert-to",
        "pdf:writer_pdf_Export",
        "--infilter=MS Word 2007 XML",
        *files,
    ]
    # What it would leave in these places goes with the folder.
    places = dict.fromkeys(("TMPDIR", "TEMP", "TMP", "XDG_RUNTIME_DIR"), str(folder))
    if _SYSTEM_FONTS.is_file() and "FONTCONFIG_FILE" not in os.environ:
        (folder / "fonts.conf").write_text(_FONTS, encoding="utf-8")
        places["FONTCONFIG_FILE"] = str(folder / "fonts.conf")
    process = subprocess.Popen(  # noqa: S603 - a list, no shell, and names of our own
        command,
        cwd=folder,
        env=os.environ | places,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    finally:
        _end(process)
        _remove_socket(profile)
    return True


def _end(process: subprocess.Popen[bytes]) -> None:
    """Kill the program and what it started; it is a launcher, its children do the work."""
    if sys.platform == "win32":
        subprocess.run(["taskkill", "/T", "/F", "/PID", str(process.pid)], capture_output=True, check=False)  # noqa: S603, S607
    else:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _remove_socket(profile: Path) -> None:
    """Remove the socket that a LibreOffice that was killed leaves, called after its profile."""
    if sys.platform == "win32":
        return
    digest = hashlib.md5(profile.as_uri().encode("utf-16-le"), usedforsecurity=False).digest()
    name = f"OSL_PIPE_{os.getuid()}_SingleOfficeIPC_{''.join(f'{byte:x}' for byte in digest)}"
    for place in ("/tmp", "/var/tmp"):  # noqa: S108 - where LibreOffice puts it, whatever TMPDIR says
        with suppress(OSError):
            Path(place, name).unlink(missing_ok=True)
