"""Lay a receipt out as blocks from top to bottom, in the program's language, for any printer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

from xumm_desk.core.receipt.receipt import Receipt, ReceiptLine
from xumm_desk.core.receipt.wording import TRAINING, TRAINING_SENTENCE
from xumm_desk.locale.translation import tr


class Style(Enum):
    """How a block is printed."""

    LOGO = auto()
    NAME = auto()
    SMALL = auto()
    TITLE = auto()
    """Text at the left, `value` at the right, both bold."""
    HEADING = auto()
    """Bold, at the left."""
    TEXT = auto()
    """At the left."""
    PAIR = auto()
    """A label at the left, its `value` at the right."""
    TOTAL = auto()
    """As a pair, larger."""
    SUBTOTAL = auto()
    """As a pair, bold."""
    LONG = auto()
    """A label, its `value` in lines below it."""
    HEADLINE = auto()
    """The outcome of proven money."""
    WARNING = auto()
    """The outcome of anything else: large, white on black."""
    SENTENCE = auto()
    TRAINING = auto()
    RULE = auto()
    QR = auto()
    """`text` as a QR code."""


@dataclass(frozen=True, slots=True)
class Block:
    """One part of the paper over its whole width."""

    style: Style
    text: str = ""
    value: str = ""


def receipt_blocks(receipt: Receipt) -> tuple[Block, ...]:
    """Everything that is printed, in order."""
    return tuple(_blocks(receipt))


def _blocks(receipt: Receipt) -> Iterator[Block]:
    if receipt.training:
        yield Block(Style.TRAINING, tr(TRAINING))
        yield Block(Style.SMALL, tr(TRAINING_SENTENCE))
    yield Block(Style.LOGO)
    if receipt.shop_name:
        yield Block(Style.NAME, receipt.shop_name)
    for line in receipt.address:
        yield Block(Style.SMALL, line)
    if not receipt.proven:
        yield Block(Style.WARNING, tr(receipt.headline))
        yield Block(Style.SENTENCE, tr(receipt.sentence))
    yield Block(Style.RULE)
    yield Block(Style.TITLE, tr(receipt.title), receipt.number)
    yield from map(_line, receipt.sale_lines)
    yield Block(Style.RULE)
    yield Block(Style.TOTAL, tr(receipt.total.label), tr(receipt.total.value))
    yield from map(_line, receipt.money_lines)
    if receipt.proven:
        yield Block(Style.HEADLINE, tr(receipt.headline))
        if receipt.sentence:
            yield Block(Style.SENTENCE, tr(receipt.sentence))
    yield Block(Style.RULE)
    yield from map(_line, receipt.proof_lines)
    if receipt.link:
        yield Block(Style.QR, receipt.link)
        yield Block(Style.SMALL, tr(receipt.link_caption))
    if receipt.footer:
        yield Block(Style.RULE)
        yield Block(Style.SMALL, receipt.footer)
    if not receipt.proven:
        yield Block(Style.WARNING, tr(receipt.headline))
    if receipt.training:
        yield Block(Style.TRAINING, tr(TRAINING))


def _line(line: ReceiptLine) -> Block:
    return Block(Style.LONG if line.long else Style.PAIR, tr(line.label), tr(line.value))
