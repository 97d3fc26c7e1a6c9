"""Keep the writing direction of text from outside to itself (Unicode UAX #9)."""

from __future__ import annotations

import unicodedata
from typing import Final

_CONTROLS: Final = dict.fromkeys(
    map(ord, "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
)
"""Marks, embeddings, overrides and isolates: they change the direction of the text around them."""

_LEFT_TO_RIGHT, _RIGHT_TO_LEFT, _FIRST_STRONG = "\u2066", "\u2067", "\u2068"
"""Isolates: from left to right, from right to left, and in the direction of the first letter."""
_POP = "\u2069"
"""The end of an isolate."""
_RIGHT_TO_LEFT_MARK = "\u200f"
"""A mark that counts as a letter of such a language."""
_ISOLATES = (_LEFT_TO_RIGHT, _RIGHT_TO_LEFT, _FIRST_STRONG)
_EMBEDDINGS: Final = frozenset("\u202a\u202b\u202c\u202d\u202e")


def strip_controls(text: str) -> str:
    """`text` without characters that set a direction, for data that others read on."""
    return text.translate(_CONTROLS)


def isolate(text: str) -> str:
    """`text` made safe to stand inside a sentence: without controls of its own, and isolated where
    it is written from right to left."""
    visible = strip_controls(text)
    return f"{_FIRST_STRONG}{visible}{_POP}" if is_right_to_left(visible) else visible


def isolate_any(text: str) -> str:
    """`text` made to stand as it is inside a sentence from right to left: it goes from left to
    right unless it has letters of such a language itself."""
    if not text:
        return ""
    text = text.removeprefix(_RIGHT_TO_LEFT_MARK)
    begin = _FIRST_STRONG if is_right_to_left(text) else _LEFT_TO_RIGHT
    return f"{begin}{text}{_POP}"


def as_line(text: str) -> str:
    """The same for what stands alone on a line of a page from right to left: it keeps its order,
    and the line begins at the right."""
    return f"{_RIGHT_TO_LEFT_MARK}{isolate_any(text)}" if text else ""


def as_right_to_left_line(text: str) -> str:
    """The same for what goes from right to left as a whole, whatever its first letter is."""
    return f"{_RIGHT_TO_LEFT_MARK}{from_right_to_left(text)}" if text else ""


def from_right_to_left(text: str) -> str:
    """A line that goes from right to left, for a page that does not."""
    return f"{_RIGHT_TO_LEFT}{text}{_POP}" if text else ""


def closed(text: str) -> str:
    """`text` as it is if each isolate in it has its end, as in words that are put together; else
    without controls."""
    if text.isascii():
        return text
    depth = 0
    for one in text:
        depth += (one in _ISOLATES) - (one == _POP)
        if depth < 0 or one in _EMBEDDINGS:
            return strip_controls(text)
    return strip_controls(text) if depth else text


def without_line(text: str) -> str:
    """What `as_line` was given; other text as it is."""
    begin = text[:2]
    if begin[:1] != _RIGHT_TO_LEFT_MARK or begin[1:] not in _ISOLATES or text[-1] != _POP:
        return text
    depth = 0
    for place, one in enumerate(text[1:], 1):
        depth += (one in _ISOLATES) - (one == _POP)
        if not depth:
            return text[2:-1] if place == len(text) - 1 else text
    return text


def is_right_to_left(text: str) -> bool:
    """Whether it has a letter of a language that is written from right to left, or a mark that
    stands for one, as in dates."""
    return not text.isascii() and any(
        unicodedata.bidirectional(one) in ("R", "AL")
        and (one != _RIGHT_TO_LEFT_MARK or text[place + 1 : place + 2] not in _ISOLATES)
        for place, one in enumerate(text)
    )


def escape_controls(json_text: str) -> str:
    """JSON in which those characters are written as escapes: it means the same, and turns no line
    of a terminal or an editor."""
    if json_text.isascii():
        return json_text
    return "".join(f"\\u{ord(one):04x}" if ord(one) in _CONTROLS else one for one in json_text)
