"""Find the catalogues of the program's languages, and choose among them.

Translators write `<tag>/LC_MESSAGES/xumm_desk.po`. `packaging/catalogue.py compile` makes an `.mo`
beside it, which is read in a few milliseconds; a checkout without it, or with an older one, works
from the `.po`, which takes a second.
"""

from __future__ import annotations

import gettext
import io
import logging
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from .languages import ENGLISH, Language, make_language

log = logging.getLogger(__name__)

FOLDER: Final = Path(__file__).resolve().parent
DOMAIN: Final = "xumm_desk"

NAMES: Final[dict[str, str]] = {
    "ar": "العربية",
    "de": "Deutsch",
    "en": "English",
    "es": "Español",
    "fr": "Français",
    "ja": "日本語",
    "nl": "Nederlands",
    "pt_BR": "Português (Brasil)",
}
"""Every language of the program in its own words, so that whoever reads no other finds it."""

VARIABLE: Final = "XUMM_DESK_LANGUAGE"
"""Names this program's language, in place of the computer's."""

_NO_DATE: Final = datetime.fromtimestamp(0, UTC)
_VARIABLES: Final = ("LC_ALL", "LC_MESSAGES", "LANG")


def available() -> list[str]:
    """The tags of the languages that can be spoken, by their own names."""
    return [tag for tag in NAMES if tag == ENGLISH.tag or _file(tag, "po").exists() or _has_mo(tag)]


def load(tag: str) -> Language:
    """The language of this tag; English where there is none, or where its catalogue is damaged."""
    if tag == ENGLISH.tag or tag not in NAMES:
        return ENGLISH
    try:
        return make_language(tag, _catalogue(tag))
    except (OSError, ValueError, LookupError, SyntaxError) as error:
        log.error("The catalogue of %s cannot be read, so the words are English: %s", tag, error)
        return ENGLISH


def best(wanted: Iterable[str]) -> str:
    """The first of the wanted languages ("de-AT", "pt_BR.UTF-8") that exists, else English. Where
    the country is another one, the language counts."""
    known = available()
    for one in wanted:
        name = one.split(".")[0].split("@")[0].replace("-", "_")
        if name in ("C", "POSIX"):
            return ENGLISH.tag
        language = name.split("_")[0].lower()
        for tag in (name, *known):
            if tag in known and (tag == name or tag.split("_")[0] == language):
                return tag
    return ENGLISH.tag


def of_environment(environment: Mapping[str, str]) -> str:
    """The language that a program without a window speaks here, as gettext has it."""
    if forced := environment.get(VARIABLE, ""):
        return best([forced])
    said = next((environment[name] for name in _VARIABLES if environment.get(name)), "")
    if not said or said.split(".")[0] in ("C", "POSIX"):
        return ENGLISH.tag
    return best([*filter(None, environment.get("LANGUAGE", "").split(":")), said])


def compiled(po: bytes) -> bytes:
    """An `.mo` file of a `.po` file. What is marked as fuzzy is left out, and so stays English.
    The same file always makes the same bytes. Raises ValueError for what is no catalogue."""
    from babel.messages.mofile import write_mo  # noqa: PLC0415 - seldom needed, and large
    from babel.messages.pofile import read_po  # noqa: PLC0415

    out = io.BytesIO()
    catalogue = read_po(io.BytesIO(po), charset="utf-8", abort_invalid=True)
    # Else Babel writes the present minute there, and no wheel could be built a second time.
    catalogue.creation_date = _NO_DATE
    write_mo(out, catalogue)
    return out.getvalue()


def _catalogue(tag: str) -> gettext.GNUTranslations:
    if _has_mo(tag):
        content = _file(tag, "mo").read_bytes()
    else:
        content = compiled(_file(tag, "po").read_bytes())
    return gettext.GNUTranslations(io.BytesIO(content))


def _file(tag: str, ending: str) -> Path:
    return FOLDER / tag / "LC_MESSAGES" / f"{DOMAIN}.{ending}"


def _has_mo(tag: str) -> bool:
    """Whether there is a compiled catalogue that is no older than what it was made of."""
    made, source = _file(tag, "mo"), _file(tag, "po")
    if not made.exists():
        return False
    return not source.exists() or made.stat().st_mtime >= source.stat().st_mtime
