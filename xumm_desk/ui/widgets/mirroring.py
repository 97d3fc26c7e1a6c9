"""Turn what is painted around in a window that is laid out from right to left.

Qt turns layouts and the alignment of painted text by itself, but not the places that a widget
computes for its parts: those are computed from left to right and turned where they are used.
Columns of numbers are not turned: digits run from left to right in every language, so their units
stand below each other only at the right.
"""

from __future__ import annotations

from typing import Final, TypeVar

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QPainter

NUMBER_SIDE: Final = (
    Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter
)
"""Where the numbers of a column and its title stand."""

TEXT_SIDE: Final = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
"""Where other columns begin; Qt turns it around."""

Place = TypeVar("Place", QRect, QRectF)


def mirrored(painter: QPainter, whole: QRect | QRectF, part: Place) -> Place:
    """Where `part` of `whole` is, in the direction in which `painter` paints."""
    if painter.layoutDirection() is not Qt.LayoutDirection.RightToLeft:
        return part
    return turned(whole, part)


def turned(whole: QRect | QRectF, part: Place) -> Place:
    """The place at the other side of `whole`."""
    turned = type(part)(part)
    left = whole.left() + whole.right() - part.right()
    turned.moveLeft(int(left) if isinstance(turned, QRect) else left)
    return turned
