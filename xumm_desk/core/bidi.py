"""Keep the writing direction of text from outside to itself (Unicode UAX #9)."""

from __future__ import annotations

import unicodedata
from typing import Final

_CONTROLS: Final = dict.fromkeys(
    map(ord, "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
)
"""Marks, embeddings, overrides and isolates: they change the direction of the text around them."""

_FIRST_STRONG, _POP = "\u2068", "\u2069"


def strip_controls(text: str) -> str:
    """`text` without characters that set a direction, for data that others read on."""
    return text.translate(_CONTROLS)


def isolate(text: str) -> str:
    """`text` made safe to stand inside a sentence: without controls of its own, and isolated where
    it is written from right to left."""
    visible = strip_controls(text)
    if visible.isascii() or not any(
        unicodedata.bidirectional(one) in ("R", "AL") for one in visible
    ):
        return visible
    return f"{_FIRST_STRONG}{visible}{_POP}"


def isolate_any(text: str) -> str:
    """`text` made to stand as it is inside a sentence from right to left: its direction is that of
    its first letter, and from left to right where it has none."""
    if not text or text.startswith(_FIRST_STRONG):
        return text
    return f"{_FIRST_STRONG}{text}{_POP}"


def escape_controls(json_text: str) -> str:
    """JSON in which those characters are written as escapes: it means the same, and turns no line
    of a terminal or an editor."""
    if json_text.isascii():
        return json_text
    return "".join(f"\\u{ord(one):04x}" if ord(one) in _CONTROLS else one for one in json_text)
