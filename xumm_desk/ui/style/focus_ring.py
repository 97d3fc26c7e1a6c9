"""A ring around the widget that keys reach, for those of Qt that hardly show it themselves."""

from __future__ import annotations

from typing import Final

import shiboken6
from PySide6.QtCore import QEvent, QObject, QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QRegion
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QScrollArea,
    QSlider,
    QWidget,
)

from .theme import Theme

_WIDTH: Final = 2
"""Pixels of the ring."""

_RINGED: Final = (QSlider, QScrollArea, QAbstractItemView)
"""Buttons and fields of text show their focus by their own edge."""


class FocusRing(QObject):
    """Follows the focus of the application. A click needs no ring: the eye is there already."""

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._ring: _Ring | None = None
        app.focusChanged.connect(self._moved)

    def _moved(self, _old: QWidget | None, now: QWidget | None) -> None:
        if self._ring is not None and shiboken6.isValid(self._ring):
            self._ring.hide()
            self._ring.deleteLater()
        self._ring = None
        if isinstance(now, QAbstractItemView) and now.selectedIndexes():
            return  # the line that is chosen shows it
        by_key = Qt.WidgetAttribute.WA_KeyboardFocusChange
        if isinstance(now, _RINGED) and now.window().testAttribute(by_key):
            self._ring = _Ring(now)
            self._ring.show()


class _Ring(QWidget):
    """Lies over the edge of its parent, and lets everything through."""

    def __init__(self, around: QWidget) -> None:
        super().__init__(around)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        around.installEventFilter(self)
        self._fit(around.rect())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Grow and shrink with the widget."""
        if event.type() is QEvent.Type.Resize and isinstance(watched, QWidget):
            self._fit(watched.rect())
        return False

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), QColor(Theme.current().colours.accent))

    def _fit(self, place: QRect) -> None:
        self.setGeometry(place)
        # Nothing but the edge, so that what scrolls below is not painted anew for it.
        inside = place.adjusted(_WIDTH, _WIDTH, -_WIDTH, -_WIDTH)
        self.setMask(QRegion(place).subtracted(QRegion(inside)))
        self.raise_()
