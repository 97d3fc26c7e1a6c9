"""A dialog that is large enough for its words at any text size."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QScrollArea, QWidget

from .screens import screen_of

_FRAME: Final = QSize(16, 48)
"""Pixels of the screen that a window's own frame takes."""

_WIDER: Final = 1.2


class FittedDialog(QDialog):
    """Grows when it is shown: Qt itself gives a new dialog no more than two thirds of the screen,
    and cuts lines and buttons that need more."""

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        fit_to_words(self)


def fit_to_words(window: QWidget) -> None:
    """Make the window so large that its layout cuts nothing: higher first, and wider where the
    screen is not high enough."""
    layout = window.layout()
    if layout is None:
        return
    room = room_for(window)

    def height(width: int) -> int:
        if layout.hasHeightForWidth():
            return layout.totalMinimumHeightForWidth(width)
        return layout.totalMinimumSize().height()

    wide = max(window.width() + _lack(window), layout.totalMinimumSize().width())
    while height(wide) > room.height() and wide < room.width():
        wide = round(wide * _WIDER)
    wide = min(wide, room.width())
    high = min(max(window.height(), height(wide)), room.height())
    if QSize(wide, high) != window.size():
        window.resize(wide, high)


def _lack(window: QWidget) -> int:
    """How much wider the widest content of an area is that cannot be scrolled sideways."""
    never = Qt.ScrollBarPolicy.ScrollBarAlwaysOff
    lacks = [
        content.minimumSizeHint().width() - area.viewport().width()
        for area in window.findChildren(QScrollArea)
        if area.horizontalScrollBarPolicy() is never
        and area.isVisible()
        and (content := area.widget()) is not None
    ]
    return max([0, *lacks])


def room_for(window: QWidget) -> QSize:
    """The largest size that a window may have on its screen."""
    return screen_of(window).availableSize() - _FRAME
