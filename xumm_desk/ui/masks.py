"""Knows which of a QR code's eight masks a camera reads best: the one with the fewest penalties of
ISO/IEC 18004. Must not know what the code says, nor how it is drawn.

The library weighs each mask module by module, which takes longer than all the rest of a code. Here
a matrix is one long number, line after line, and each rule some shifts of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

Matrix = Sequence[Sequence[bool | None]]

_DIGITS: Final = bytes.maketrans(b"\0\1", b"01")
_FINDERS: Final = ("10111010000", "00001011101")
"""What looks like a corner of the code, with light before or behind it."""


def as_bits(modules: Matrix) -> int:
    """The modules as one number: the first of the first line is its lowest bit."""
    raw = b"".join(bytes(map(bool, line)) for line in modules)
    return int(raw[::-1].translate(_DIGITS), 2)


def transposed(modules: Matrix) -> Matrix:
    """The same with columns for lines."""
    return tuple(zip(*modules, strict=True))


def penalty(lines: int, columns: int, side: int) -> int:
    """The penalties of a matrix of `side` modules each way, given as `bits` of it and of it
    turned."""
    every = _area_mask(side, side, side)
    points = _in_lines(lines, side, every) + _in_lines(columns, side, every)
    beside = _equal_neighbours(lines, 1, every) & _area_mask(side, side - 1, side)
    below = _equal_neighbours(lines, side, every)
    blocks = beside & (beside >> side) & below & _area_mask(side, side - 1, side - 1)
    share = lines.bit_count() / side**2
    return points + 3 * blocks.bit_count() + int(abs(share * 100 - 50) / 5) * 10


def _in_lines(number: int, side: int, every: int) -> int:
    """Penalties for runs of five or more alike and for false corners."""
    pairs = _equal_neighbours(number, 1, every) & _area_mask(side, side - 1, side)
    fives = pairs & (pairs >> 1) & (pairs >> 2) & (pairs >> 3)
    runs = fives & ~(fives << 1)
    points = fives.bit_count() + 2 * runs.bit_count()
    light = number ^ every
    room = _area_mask(side, side - len(_FINDERS[0]) + 1, side)
    for finder in _FINDERS:
        found = room
        for place, module in enumerate(finder):
            found &= (number if module == "1" else light) >> place
        points += 40 * found.bit_count()
    return points


def _equal_neighbours(number: int, distance: int, every: int) -> int:
    """Where a module is like the one so many places further."""
    return every & ~(number ^ (number >> distance))


def _area_mask(side: int, wide: int, high: int) -> int:
    """The first `wide` places of each of the first `high` lines."""
    kept = _blocks.get((side, wide, high))
    if kept is None:
        line = (1 << wide) - 1
        kept = _blocks[side, wide, high] = sum(line << (side * at) for at in range(high))
    return kept


_blocks: dict[tuple[int, int, int], int] = {}
