"""The parts of the README that are made from the code: run this file to write them anew."""

import io
import re
import sys
from contextlib import redirect_stdout
from pathlib import Path

ROOT = Path(__file__).parent.parent
_BLOCK = re.compile(r"(<!-- made: (\w+) -->\n)(.*?)(<!-- end -->)", re.DOTALL)


def help_text() -> str:
    """Return what ``assent --help`` prints, as a code block."""
    from approvals.cli import main

    printed = io.StringIO()
    with redirect_stdout(printed):
        main(["--help", "--lang", "en"])
    return f"```text\n{printed.getvalue().rstrip()}\n```\n"


def diagram() -> str:
    """Return the state table as a mermaid diagram."""
    from workflow.lifecycle import mermaid

    return f"```mermaid\n{mermaid()}\n```\n"


def errors() -> str:
    """Return every entry of the error catalogue, by code."""
    import approvals.errors  # noqa: F401 - fills the catalogue
    import workflow.values.problems  # noqa: F401
    from workflow.errors import CATALOGUE

    rows = [
        f"| {code} | {found.exit_code} | {(found.__doc__ or '').splitlines()[0]} |"
        for code, found in sorted(CATALOGUE.items())
    ]
    return "\n".join(["| code | exit | means |", "|---|---|---|", *rows]) + "\n"


def kinds() -> str:
    """Return the documents there are, with the stage that issues them."""
    from workflow.documents.catalogue import shipped

    library = shipped()
    named = {kind: [library.layout(kind, language) for language in ("zh-TW", "en")] for kind in library.kinds}
    rows = [
        f"| {kind} | {chinese.title} | {english.title} | {english.stage} | {english.audience} "
        f"| {', '.join(library.languages(kind))} |"
        for kind, (chinese, english) in named.items()
    ]
    heading = ["| kind | 中文 | English | issued in | audience | languages |", "|---|---|---|---|---|---|"]
    return "\n".join([*heading, *rows]) + "\n"


MADE = {"help": help_text, "diagram": diagram, "errors": errors, "kinds": kinds}


def refreshed(text: str) -> str:
    """Return *text* with every block between markers made anew."""
    return _BLOCK.sub(lambda found: found[1] + MADE[found[2]]() + found[4], text)


if __name__ == "__main__":
    for name in ("README.md", "README.zh-TW.md"):
        path = ROOT / name
        if path.exists():
            path.write_text(refreshed(path.read_text(encoding="utf-8")), encoding="utf-8")
    sys.exit(0)
