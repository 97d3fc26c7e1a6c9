"""Buttons in as many rows as their words need: none is ever cut, at any text size."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QEvent, QObject, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from xumm_desk.ui.style.theme import Space

_LEAST: Final = 150
_MOST: Final = 260
"""Pixels of a button's width: a finger needs no more."""


class ButtonRows(QWidget):
    """Lays out the visible ones of its buttons again whenever one comes, goes, or changes its
    words."""

    def __init__(self, buttons: Sequence[QPushButton]) -> None:
        super().__init__()
        self._buttons = tuple(buttons)
        self._placed: tuple[QPushButton, ...] = ()
        self._columns = 0
        self._lines: list[QHBoxLayout] = []
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(int(Space.S))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        for button in self._buttons:
            button.setParent(self)
            button.setProperty("touch", "48")
            button.installEventFilter(self)
        self._arrange()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A button came, went, or has other words."""
        if event.type() in (
            QEvent.Type.ShowToParent,
            QEvent.Type.HideToParent,
            QEvent.Type.LayoutRequest,
        ):
            self._arrange()
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def minimumSizeHint(self) -> QSize:
        """The widest button, and all rows of the present arrangement."""
        return QSize(self._widest(), super().sizeHint().height())

    def sizeHint(self) -> QSize:
        """All in one row."""
        count = max(1, len(self._visible()))
        gaps = (count - 1) * int(Space.S)
        return QSize(count * self._widest() + gaps, super().sizeHint().height())

    def _visible(self) -> tuple[QPushButton, ...]:
        return tuple(one for one in self._buttons if not one.isHidden())

    def _widest(self) -> int:
        return max([_LEAST, *(one.sizeHint().width() for one in self._visible())])

    def _arrange(self) -> None:
        shown, gap, widest = self._visible(), int(Space.S), self._widest()
        fit = max(1, (self.width() + gap) // (widest + gap))
        rows = -(-len(shown) // fit) or 1
        columns = -(-len(shown) // rows) or 1  # rows as even as they can be
        wanted = columns * max(widest, _MOST) + (columns - 1) * gap
        side = max(0, (self.width() - wanted) // 2)
        self._rows.setContentsMargins(side, 0, side, 0)
        if (shown, columns) == (self._placed, self._columns):
            return
        for line in self._lines:
            while line.takeAt(0):
                pass
            self._rows.removeItem(line)
            line.deleteLater()
        self._lines.clear()
        for first in range(0, len(shown), columns):
            # The last row is as wide as the others: no button stands alone beside a gap.
            line = QHBoxLayout()
            line.setSpacing(int(Space.S))
            for one in shown[first : first + columns]:
                line.addWidget(one, 1)
            self._rows.addLayout(line)
            self._lines.append(line)
        self._placed, self._columns = shown, columns
        self.updateGeometry()
