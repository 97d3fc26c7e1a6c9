"""Align and wrap text of any language for a terminal, which gives a Japanese letter two columns."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Final

_NOT_FIRST: Final = frozenset(
    "、。，．・：；？！）」』】〕ーぁぃぅぇぉっゃゅょァィゥェォッャュョ々%)]},.:;!?"
)
"""Letters with which no line begins: they stay with the one before."""
_NOT_LAST: Final = frozenset("（「『【〔([{")


def columns(text: str) -> int:
    """How many columns of a terminal the text takes."""
    return sum(0 if unicodedata.combining(one) else 1 + _is_wide(one) for one in text)


def pad(text: str, width: int) -> str:
    """The text with blanks behind it up to so many columns."""
    return text + " " * (width - columns(text))


def wrap(text: str, width: int, indent: str) -> list[str]:
    """The text in lines of at most so many columns; all but the first begin with `indent`. What is
    longer than a line stays whole."""
    lines = [""]
    for piece in _pieces(text):
        if lines[-1].strip() and columns(lines[-1] + piece.rstrip()) > width:
            lines.append(indent)
        lines[-1] += piece
    return [line.rstrip() for line in lines]


def _pieces(text: str) -> Iterator[str]:
    """What has to stay in one line: words with the blanks behind them, and wide letters."""
    piece = ""
    for one in text:
        if piece and _may_break(piece[-1], one):
            yield piece
            piece = ""
        piece += one
    yield piece


def _may_break(before: str, after: str) -> bool:
    if after == " " or after in _NOT_FIRST or before in _NOT_LAST:
        return False
    return before == " " or _is_wide(before) or _is_wide(after)


def _is_wide(one: str) -> bool:
    return unicodedata.east_asian_width(one) in "WF"
