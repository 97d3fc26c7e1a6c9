"""A figure that leads to the requests behind it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import QColor, QEnterEvent, QFont, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from xumm_desk.ui.style import theme
from xumm_desk.ui.style.theme import Size, Theme, escape_tooltip

PAD: Final = 4
"""Pixels on both sides, for the frame of the keyboard."""
_LEAST: Final = 64
"""Pixels below which a figure does not shrink."""
_SMALLEST: Final = 0.7
"""How far it may shrink before it is cut; it is whole in its tooltip."""


class FigureButton(QAbstractButton):
    """Shows a figure in the colour of a link; where there is not enough room it becomes smaller
    first, and is then cut in its middle."""

    def __init__(
        self,
        *,
        size: Size = Size.BODY,
        strong: bool = False,
        left: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._size, self._strong = size, strong
        self._side = Qt.AlignmentFlag.AlignLeft if left else Qt.AlignmentFlag.AlignRight
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        Theme.current().changed.connect(self.update)

    def show_figure(self, text: str, spoken: str, hint: str, *, leads: bool) -> None:
        """Show another figure. `spoken` is its name for a screen reader, `hint` its tooltip; it
        can be pressed where it `leads` anywhere."""
        if text != self.text():
            self.setText(text)
            self.updateGeometry()
        self.setAccessibleName(spoken)
        self.setToolTip(escape_tooltip(hint))
        self.setEnabled(leads)

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self._font())
        # One more: an advance is rounded, and a text that fits to the pixel would be cut.
        wide = metrics.horizontalAdvance(self.text()) + 1
        return QSize(wide + 2 * PAD, metrics.height() + 2)

    def minimumSizeHint(self) -> QSize:
        hint = self.sizeHint()
        return QSize(min(hint.width(), _LEAST), hint.height())

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, colours = QPainter(self), Theme.current().colours
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        room = self.rect().adjusted(PAD, 0, -PAD, 0)
        font = self._fitted(room.width())
        font.setUnderline(self.isEnabled() and (self.underMouse() or self.hasFocus()))
        painter.setFont(font)
        painter.setPen(QColor(colours.accent if self.isEnabled() else colours.muted))
        metrics = QFontMetrics(font)
        text = metrics.elidedText(self.text(), Qt.TextElideMode.ElideMiddle, room.width())
        painter.drawText(room, int(self._alignment()), text)
        if self.hasFocus():
            painter.setPen(QPen(QColor(colours.accent), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            wide = min(metrics.horizontalAdvance(text) + 2 * PAD, self.width()) - 2
            ring = QRect(1, 1, wide, self.height() - 2)
            if self._alignment() & Qt.AlignmentFlag.AlignRight:
                ring.moveRight(self.width() - 2)
            painter.drawRoundedRect(ring, 4, 4)
        painter.end()

    def _alignment(self) -> Qt.AlignmentFlag:
        """The side; where lines run from right to left, both are the right one."""
        side = Qt.AlignmentFlag.AlignRight if self.isRightToLeft() else self._side
        return side | Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignAbsolute

    def _font(self) -> QFont:
        return theme.font(self._size, strong=self._strong, tabular=True)

    def _fitted(self, width: int) -> QFont:
        font, share = self._font(), 1.0
        size = font.pointSizeF()
        while size > 0 and QFontMetrics(font).horizontalAdvance(self.text()) > width:
            share -= 0.05
            if share < _SMALLEST:
                break
            font.setPointSizeF(size * share)
        return font
