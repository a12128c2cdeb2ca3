"""Build every layout and the report's template: ``python tests/layouts/build.py`` rewrites them.

A template whose parts are already what they should be is left alone: another machine's zip
library compresses the same parts to other bytes, and issued documents name a template by
the digest of its bytes.
"""

import importlib
import io
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LAYOUTS = ROOT / "contract_templates" / "layouts"
#: The one template that is no layout, because no agreement is made of it.
REPORT = ROOT / "approvals" / "reports" / "data" / "report.docx"
KINDS = (
    "term_sheet",
    "confirmation_letter",
    "contracts",
    "review",
    "opinion",
    "approval_sheet",
    "certificate",
    "negotiation_plan",
    "minutes",
    "request_letter",
    "notice",
    "kpi_review",
    "contact_log",
    "acceptance_record",
    "contract_card",
)

sys.path.append(str(Path(__file__).parent))  # needed where a test loads this file by its path


def built() -> dict[str, bytes]:
    """Return every file of every layout, by its path below the layouts' folder."""
    files: dict[str, bytes] = {}
    for name in KINDS:
        module = importlib.import_module(name)
        for layout in getattr(module, "LAYOUTS", None) or (module.LAYOUT,):
            for language in layout.sample:
                files |= _files(layout, language)
    return files


def report() -> bytes:
    """Return the template of a bundle's report."""
    from bundle_report import document
    from package import packed

    return packed(document().document)


def _files(layout, language: str) -> dict[str, bytes]:
    from manifest import fields_of, manifest, toml
    from package import packed
    from paired import PairedPage
    from parts import Page
    from words import BOTH

    kind = PairedPage if language == BOTH else Page
    page = kind(language, layout.titled(language), internal=layout.audience == "internal")
    layout.write(page)
    template = packed(page.document)
    about = {
        "id": layout.kind,
        "version": layout.version,
        "kind": layout.kind,
        "stage": layout.stage,
        "audience": layout.audience,
        "language": language,
        "title": layout.titled(language),
    } | ({"prevailing": language.partition("+")[0]} if layout.has_prevailing_language else {})
    folder = f"{layout.kind}/{language}"
    return {
        f"{folder}/template.docx": template,
        f"{folder}/manifest.toml": manifest(about, fields_of(template)).encode(),
        f"{folder}/sample.toml": toml(layout.sample[language]).encode(),
    }


def parts_of(package: bytes) -> list[tuple[str, tuple[int, ...], bytes]]:
    """Return a package's parts in order, uncompressed, each with its name and date."""
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        return [(entry.filename, entry.date_time, archive.read(entry)) for entry in archive.infolist()]


def main() -> None:
    """Write what differs from what is there."""
    files = {LAYOUTS / name: content for name, content in built().items()} | {REPORT: report()}
    for path, content in files.items():
        if path.suffix == ".docx" and path.exists() and parts_of(path.read_bytes()) == parts_of(content):
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


if __name__ == "__main__":
    main()
