"""Pages to look at: every layout's sample and the demonstration's documents, as pictures.

``python .ci/contact_sheet.py`` writes ``.ci/out/*.png``, a picture for each document with its
pages side by side. Where a program it needs is missing it does nothing.
"""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from tempfile import TemporaryDirectory

from workflow.documents.catalogue import shipped
from workflow.documents.engine import compile_template
from workflow.documents.pdf import to_pdf

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / ".ci" / "out"
NEEDED = ("soffice", "pdftoppm", "montage")
DPI = 75
PAGES_A_ROW = 4


def main() -> None:
    """Draw everything anew."""
    if not all(map(shutil.which, NEEDED)):
        return
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    with TemporaryDirectory() as place:
        folder = Path(place)
        for name, pdf in to_pdf(samples() | demonstration(folder), seconds=600).items():
            draw(Path(name).stem, pdf, folder)
    print(f"{len(list(OUT.iterdir()))} pictures of pages in {OUT.relative_to(ROOT)}")


def samples() -> dict[str, bytes]:
    """Return every layout filled from its sample."""
    filled = {}
    for kind in shipped().kinds:
        for language in shipped().languages(kind):
            sample = ROOT / "contract_templates" / "layouts" / kind / language / "sample.toml"
            context = tomllib.loads(sample.read_text(encoding="utf-8"))
            template = compile_template(shipped().layout(kind, language).body)
            filled[f"sample-{kind}-{language}.docx"] = template.render(context)
    return filled


def demonstration(folder: Path) -> dict[str, bytes]:
    """Play the demonstration and return its documents."""
    run(sys.executable, "-m", "approvals", "demo", "--dir", str(folder / "demo"))
    return {f"demo-{path.name}": path.read_bytes() for path in (folder / "demo" / "documents").glob("*.docx")}


def draw(name: str, pdf: bytes, folder: Path) -> None:
    """Draw the pages of a PDF side by side into one picture."""
    pages = folder / name
    pages.mkdir()
    (pages / "all.pdf").write_bytes(pdf)
    run("pdftoppm", "-r", str(DPI), "-png", str(pages / "all.pdf"), str(pages / "page"))
    drawn = [str(path) for path in sorted(pages.glob("*.png"))]
    look = ("-tile", f"{min(len(drawn), PAGES_A_ROW)}x", "-geometry", "+6+6", "-background", "grey")
    run("montage", *drawn, *look, str(OUT / f"{name}.png"))


def run(*command: str) -> None:
    """Run a program in silence; raise where it fails."""
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)  # noqa: S603


if __name__ == "__main__":
    main()
