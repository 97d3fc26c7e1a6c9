"""Translate messages through gettext; English is the source and needs no catalogue."""

from __future__ import annotations

import gettext
import re
from collections.abc import Iterable
from functools import partial
from typing import Final

from xumm_desk.core.bidi import as_line, isolate_any, strip_controls
from xumm_desk.core.message import Formatted, Message, Sentences

from . import formats
from .languages import Language, make_language, spoken, use_languages
from .words import Words

_PLACE: Final = re.compile(r"\{\w*\}")
_WIDE_STOPS: Final = ("。", "！", "？", "）", "」")
"""Ends of a sentence that hold the blank after it in themselves."""


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
        return as_line(number) if language.is_right_to_left else number
    if isinstance(text, Sentences):
        return _joined([tr(part) for part in text.parts], tr(text.separator))
    pattern = _pattern(text, language.catalogue)
    if not text.values:
        return pattern
    values = {key: tr(one) if isinstance(one, str) else one for key, one in text.values.items()}
    turned = language.is_right_to_left
    has_words = turned and any(one.isalpha() for one in _PLACE.sub("", pattern))
    if has_words:
        values = {key: _isolated(one) for key, one in values.items()}
    try:
        said = pattern.format(**values)
    except (KeyError, IndexError, ValueError):
        return str(text)  # a translator's slip in a place's name must not take a window down
    # "{number} {asset}" keeps its order as a whole, not number and asset each for itself.
    return as_line(said) if turned and not has_words else said


def _joined(parts: Iterable[str], separator: str) -> str:
    said = ""
    for part in parts:
        needs_blank = separator != " " or not said.endswith(_WIDE_STOPS)
        said += (separator if said and needs_blank else "") + part
    return said


def _pattern(text: Message, catalogue: gettext.NullTranslations) -> str:
    if text.plural:
        if text.context:
            return catalogue.npgettext(text.context, text.id, text.plural, text.n)
        return catalogue.ngettext(text.id, text.plural, text.n)
    if text.context:
        return catalogue.pgettext(text.context, text.id)
    return catalogue.gettext(text.id) if text.id else ""


def _isolated(value: object) -> object:
    """A name, an address or a number keeps its own direction; what is translated has the
    sentence's."""
    return value if isinstance(value, Words) else isolate_any(strip_controls(str(value)))


def _(id: str, /, *, context: str = "", plural: str = "", n: int = 0, **values: object) -> str:
    """A sentence of the window itself, translated at once; see `Message` for the arguments."""
    return tr(Message(id, context=context, plural=plural, n=n, **values))
