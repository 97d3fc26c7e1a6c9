"""The tills of the shop in one line of the sidebar; pressed, it opens their list."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QEnterEvent,
    QFont,
    QFontMetrics,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from xumm_desk.core.health.lamp import LampLevel, LampReading
from xumm_desk.core.message import Sentences
from xumm_desk.engine.shop_watch import ShopHealth
from xumm_desk.locale.translation import _
from xumm_desk.ui.lamps import lamp_words
from xumm_desk.ui.style import status_shapes, theme
from xumm_desk.ui.style.theme import Size, Space, Theme, escape_tooltip
from xumm_desk.ui.widgets.mirroring import mirrored

from . import till_words

TILLS_KEYS = "F7"


class ShopLine(QAbstractButton):
    """Hidden until there is a shop to show, and room for it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._level = LampLevel.UNUSED
        self._short = ""
        self._compact = False
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.hide()
        Theme.current().changed.connect(self.update)

    def show_shop(self, health: ShopHealth, reading: LampReading, now: float) -> None:
        """Show the shop as it is at the monotonic second `now`; `reading` is its lamp's."""
        lost = health.is_lost(now)
        words = till_words.summary(health.view, lost=lost)
        short = till_words.short_summary(health.view, lost=lost)
        meaning = lamp_words.explanation(reading, now)
        tip = _("{tills} ({keys})", tills=words, keys=TILLS_KEYS)
        self.setToolTip(escape_tooltip(Sentences([tip, meaning], "\n")))
        self.setAccessibleDescription(meaning)
        if (words, short, reading.level) != (self.text(), self._short, self._level):
            self.setText(words)
            self.setAccessibleName(words)
            self._short, self._level = short, reading.level
            self.update()

    def set_compact(self, compact: bool) -> None:
        """Show only the numbers."""
        self._compact = compact
        self.update()

    def sizeHint(self) -> QSize:
        """As high as the other lines nearly; as wide as these are."""
        return QSize(0, QFontMetrics(self._font()).height() + 12)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter does what Space does."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, colours = QPainter(self), Theme.current().colours
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        if self.underMouse() or self.isDown():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours.hover))
            painter.drawRoundedRect(box, 6, 6)
        if self.hasFocus():
            painter.setPen(QPen(QColor(colours.accent), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box, 6, 6)
        metrics, whole = QFontMetrics(self._font()), self.rect()
        side, left = metrics.ascent(), int(Space.S)
        shape, tone = lamp_words.LOOKS[self._level]
        ill = self._level > LampLevel.WELL
        ink = QColor(colours.tones[tone] if ill else colours.muted)
        mark = QRectF(left, (self.height() - side) / 2, side, side)
        status_shapes.draw(painter, mirrored(painter, QRectF(whole), mark), shape, ink)
        words = whole.adjusted(left + side + int(Space.XS), 0, -int(Space.XS), 0)
        painter.setFont(self._font())
        painter.setPen(ink)
        text = self._short if self._compact else self.text()
        text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, words.width())
        flags = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        painter.drawText(mirrored(painter, whole, words), flags, text)
        painter.end()

    def _font(self) -> QFont:
        return theme.font(Size.SMALL, tabular=True)
