"""Translate messages through gettext; English is the source and needs no catalogue."""

from __future__ import annotations

import gettext

from xumm_desk.core.message import Formatted, Message, Sentences
from xumm_desk.locale import formats

_catalogue: gettext.NullTranslations = gettext.NullTranslations()


def use_catalogue(catalogue: gettext.NullTranslations, language: str = "en") -> None:
    """Translate by `catalogue` and write numbers and times as `language` does from now on; before
    the first window is built. Raises as `formats.use_language`."""
    global _catalogue  # noqa: PLW0603 - one language for one process
    formats.use_language(language)
    _catalogue = catalogue


def tr(text: str) -> str:
    """The text in the program's language: a message by its id and values, a number or a time by
    its value, other text as it is."""
    if isinstance(text, Formatted):
        return formats.localized(text)
    if not isinstance(text, Message):
        return text
    if isinstance(text, Sentences):
        return tr(text.separator).join(tr(part) for part in text.parts)
    if text.plural:
        pattern = _catalogue.ngettext(text.id, text.plural, text.n)
    else:
        pattern = _catalogue.gettext(text.id) if text.id else ""
    if not text.values:
        return pattern
    values = {key: tr(one) if isinstance(one, str) else one for key, one in text.values.items()}
    try:
        return pattern.format(**values)
    except (KeyError, IndexError, ValueError):
        return str(text)  # a translator's slip in a place's name must not take a window down


def _(id: str, /, *, plural: str = "", n: int = 0, **values: object) -> str:
    """A sentence of the window itself, translated at once; see `Message` for the arguments."""
    return tr(Message(id, plural=plural, n=n, **values))
