"""The printed lines of a shift as blocks. They are the words of the closing document: a reprint
needs nothing else, and is the same to the last dot."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from xumm_desk.core.shift.document import ShiftDocument, paper_of, parse_document
from xumm_desk.core.shift.paper import PaperLine, PaperStyle

from .receipt_blocks import Block, Style

_STYLES: Final = {
    PaperStyle.TRAINING: Style.TRAINING,
    PaperStyle.NAME: Style.NAME,
    PaperStyle.TITLE: Style.TITLE,
    PaperStyle.HEADING: Style.HEADING,
    PaperStyle.PAIR: Style.PAIR,
    PaperStyle.TOTAL: Style.TOTAL,
    PaperStyle.SUBTOTAL: Style.SUBTOTAL,
    PaperStyle.TEXT: Style.TEXT,
    PaperStyle.SMALL: Style.SMALL,
    PaperStyle.WARNING: Style.WARNING,
    PaperStyle.RULE: Style.RULE,
}
_HASH_SHOWN: Final = 32


def shift_blocks(shift: ShiftDocument) -> tuple[Block, ...]:
    """Everything that is printed of a closed shift, in order."""
    lines = paper_of(parse_document(shift.text))
    return (*_blocks(lines), Block(Style.SMALL, f"SHA-256 {shift.hash[:_HASH_SHOWN]}"))


def shift_title(shift: ShiftDocument) -> str:
    """The title of its PDF file: what stands in its title line."""
    lines = paper_of(parse_document(shift.text))
    title = next((line for line in lines if line.style is PaperStyle.TITLE), None)
    return f"{title.text} {title.value}" if title is not None else f"#{shift.number}"


def training_word(shift: ShiftDocument) -> str:
    """The word across its pages; "" for real money."""
    lines = paper_of(parse_document(shift.text))
    return next((line.text for line in lines if line.style is PaperStyle.TRAINING), "")


def _blocks(lines: Iterable[PaperLine]) -> Iterator[Block]:
    for line in lines:
        if line.style is PaperStyle.SIGNATURE:
            yield Block(Style.SMALL, "\u00a0")
            yield Block(Style.SMALL, "\u00a0")
            yield Block(Style.RULE)
            yield Block(Style.SMALL, line.text)
        else:
            yield Block(_STYLES[line.style], line.text, line.value)
