"""The language of the interface: one gettext catalogue for both packages.

`mark` names a text for translation where it is written; `translate` looks it up
where it is shown. Nothing that is stored, hashed or printed as JSON passes here.
"""

import gettext
import os
from functools import cache
from pathlib import Path

LANGUAGES = ("en", "zh-TW")
_DOMAIN = "assent"
_FOLDER = Path(__file__).parent / "locale"

_language = "en"


def mark(text: str) -> str:
    """Return *text* unchanged; the catalogue's extractor finds texts by this name."""
    return text


#: What the system or the database says of a file it cannot use; errors pass it on as their reason.
SYSTEM_REASONS = (
    mark("No such file or directory"),
    mark("Not a directory"),
    mark("Is a directory"),
    mark("Permission denied"),
    mark("No space left on device"),
    mark("Read-only file system"),
    mark("not a directory"),
    mark("is a directory"),
    mark("permission denied"),
    mark("no space left on device"),
    mark("read-only file system"),
    mark("database is locked"),
    mark("attempt to write a readonly database"),
    mark("unable to open database file"),
    mark("database or disk is full"),
    mark("disk I/O error"),
    mark("file is not a database"),
    mark("database disk image is malformed"),
)


def translate(text: str) -> str:
    """Return *text* in the interface's language."""
    return in_language(text, _language)


def in_language(text: str, name: str) -> str:
    """Return *text* in the language *name*, or as it is when that is English."""
    return _catalogue(name).gettext(text) if text else text


def language() -> str:
    """Return the interface's language, one of `LANGUAGES`."""
    return _language


def preferred_language(asked: str = "") -> str:
    """Choose the interface's language: *asked*, then ``ASSENT_LANG``, then the locale's."""
    names = (asked, *(os.environ.get(name, "") for name in ("ASSENT_LANG", "LC_ALL", "LC_MESSAGES", "LANG")))
    wanted = next((name for name in names if name), "").lower().replace("_", "-")
    return "zh-TW" if wanted.startswith("zh") else "en"


def use_language(name: str) -> None:
    """Switch the interface to *name*; click's own messages follow, as they use gettext too."""
    global _language
    _language = name
    # click asks the module-level functions of gettext, which read the environment.
    gettext.bindtextdomain(_DOMAIN, str(_FOLDER))
    gettext.textdomain(_DOMAIN)
    os.environ["LANGUAGE"] = name.replace("-", "_")


@cache
def _catalogue(name: str) -> gettext.NullTranslations:
    if name not in LANGUAGES or name == "en":
        return gettext.NullTranslations()
    return gettext.translation(_DOMAIN, _FOLDER, languages=[name.replace("-", "_")], fallback=True)
