"""Cleans text that was pasted or typed into a single-line field, or set in a variable.

Copying from web pages and chats brings characters along that nobody sees: zero-width spaces, byte
order marks, soft hyphens, directional controls.
"""

from __future__ import annotations

import unicodedata
from typing import Final

_NO_GLYPH: Final = frozenset({"Cf", "Cc", "Zl", "Zp"})
"""Unicode's categories of characters without a shape of their own: format, control, line and
paragraph separator."""

_JOINERS: Final = "\u200c\u200d"
"""They shape letters of Persian, Hindi and others, and join emoji."""


def without_invisible(text: str, *, prose: bool = False) -> str:
    """`text` without characters that nobody sees, and without blanks at its ends. Line breaks and
    tabs become one blank. In `prose` the joiners between letters stay."""
    kept = []
    for character in text:
        if character in "\t\n\r\x0b\x0c\u2028\u2029":
            kept.append(" ")
        elif unicodedata.category(character) not in _NO_GLYPH or (prose and character in _JOINERS):
            kept.append(character)
    return "".join(kept).strip()


def header_error(name: str, text: str) -> str:
    """Why `text` cannot be sent as an HTTP header, naming it by `name`; "" when it can."""
    for place, character in enumerate(text, 1):
        if not "!" <= character <= "~":
            shown = "a blank" if character == " " else f"the character {character!r}"
            return (
                f"{name}: place {place} holds {shown}, which a key cannot have. Copy it again from"
                " the developer console."
            )
    return ""
