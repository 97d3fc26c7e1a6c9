"""The order in which Qt paints the letters of a line."""

from __future__ import annotations

import unicodedata

from PySide6.QtCore import Qt
from PySide6.QtGui import QTextLayout, QTextOption

_WIDE = 1_000_000


def from_the_left(text: str) -> str:
    """The visible characters of a line of a page from right to left, as they stand from the left.
    Digits and Latin letters read as usual, Arabic words backwards."""
    layout = QTextLayout(text)
    option = QTextOption()
    option.setTextDirection(Qt.LayoutDirection.RightToLeft)
    option.setWrapMode(QTextOption.WrapMode.NoWrap)
    layout.setTextOption(option)
    layout.beginLayout()
    layout.createLine().setLineWidth(_WIDE)
    layout.endLayout()
    placed = []
    for place, one in enumerate(text):
        runs = layout.glyphRuns(place, 1)
        if runs and unicodedata.category(one) not in ("Cf", "Mn"):
            placed.append((runs[0].positions()[0].x(), one))
    return "".join(one for _place, one in sorted(placed))
