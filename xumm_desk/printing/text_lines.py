"""Break text into lines of a paper, in its own writing direction."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QFont, QTextLayout, QTextLine, QTextOption

from xumm_desk.locale.languages import spoken

_LEFT: Final = Qt.AlignmentFlag.AlignLeft
_RIGHT: Final = Qt.AlignmentFlag.AlignRight
CENTRE: Final = Qt.AlignmentFlag.AlignHCenter


def line_sides() -> tuple[Qt.AlignmentFlag, Qt.AlignmentFlag]:
    """Where a line begins and where it ends in the language that is spoken."""
    return (_RIGHT, _LEFT) if spoken().is_right_to_left else (_LEFT, _RIGHT)


def wrapped(
    text: str, font: QFont, width: float, alignment: Qt.AlignmentFlag
) -> list[tuple[QTextLayout, QTextLine]]:
    """The lines of `text` in `width` dots: a word that is too long is broken, never clipped. Its
    writing direction is its own."""
    layout = QTextLayout(text, font)
    option = QTextOption(alignment | Qt.AlignmentFlag.AlignAbsolute)
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    option.setTextDirection(Qt.LayoutDirection.LayoutDirectionAuto)
    option.setUseDesignMetrics(True)
    layout.setTextOption(option)
    lines: list[tuple[QTextLayout, QTextLine]] = []
    y = 0.0
    layout.beginLayout()
    while (line := layout.createLine()).isValid():
        line.setLineWidth(width)
        line.setPosition(QPointF(0, y))
        y += line.height()
        lines.append((layout, line))
    layout.endLayout()
    return lines
