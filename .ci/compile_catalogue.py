"""Compile the interface's translations while the package is being built."""

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


def compile_catalogues(root: Path) -> None:
    """Write a .mo file beside every .po file below *root*."""
    for source in root.glob("workflow/locale/*/LC_MESSAGES/*.po"):
        with source.open("rb") as text:
            catalogue = read_po(text)
        # Put in its place whole: somebody may be reading the one that is there.
        partial = source.with_suffix(".mo.partial")
        with partial.open("wb") as compiled:
            write_mo(compiled, catalogue)
        partial.replace(source.with_suffix(".mo"))


class CatalogueHook(BuildHookInterface):
    """Runs before the wheel is filled."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        compile_catalogues(Path(self.root))
