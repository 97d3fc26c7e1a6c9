"""Translate messages through gettext; English is the source and needs no catalogue."""

from __future__ import annotations

import gettext
from functools import partial

from xumm_desk.core.bidi import isolate_any
from xumm_desk.core.message import Formatted, Message, Sentences

from . import formats
from .languages import Language, make_language, spoken, use_languages
from .words import Words


def use_catalogue(catalogue: gettext.NullTranslations, language: str = "en") -> None:
    """Speak by `catalogue`, and write numbers and times as `language` does, to everybody from now
    on. Raises as `make_language`."""
    use_languages(make_language(language, catalogue))


def tr(text: str) -> str:
    """The text in the language that is spoken: a message by its id and values, a number or a time
    by its value, other text as it is. It follows the language (`words.Words`)."""
    if isinstance(text, Message | Formatted):
        return Words(_translated(text, spoken()), partial(tr, text))
    if isinstance(text, Words):
        return text.again()
    return text


def _translated(text: Message | Formatted, language: Language) -> str:
    if isinstance(text, Formatted):
        number = formats.localized(text)
        return isolate_any(number) if language.is_right_to_left else number
    if isinstance(text, Sentences):
        return tr(text.separator).join(tr(part) for part in text.parts)
    catalogue = language.catalogue
    if text.plural:
        pattern = catalogue.ngettext(text.id, text.plural, text.n)
    else:
        pattern = catalogue.gettext(text.id) if text.id else ""
    if not text.values:
        return pattern
    values = {key: tr(one) if isinstance(one, str) else one for key, one in text.values.items()}
    if language.is_right_to_left:
        values = {key: _isolated(one) for key, one in values.items()}
    try:
        return pattern.format(**values)
    except (KeyError, IndexError, ValueError):
        return str(text)  # a translator's slip in a place's name must not take a window down


def _isolated(value: object) -> object:
    """A name, an address or a number keeps its own direction; what is translated has the
    sentence's."""
    return value if isinstance(value, Words) else isolate_any(str(value))


def _(id: str, /, *, plural: str = "", n: int = 0, **values: object) -> str:
    """A sentence of the window itself, translated at once; see `Message` for the arguments."""
    return tr(Message(id, plural=plural, n=n, **values))
