"""A button that opens a menu, with an arrow beside its words."""

from __future__ import annotations

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton, QStyle, QStyleOption

from .mirroring import turned


class MenuButton(QPushButton):
    """Qt 6.11 paints no arrow in a button with a style sheet that is laid out from right to left:
    it turns its place around twice, and so out of the button."""

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self.isRightToLeft() or self.menu() is None:
            return
        option = QStyleOption()
        option.initFrom(self)
        option.rect = self.arrow_rect()
        painter = QPainter(self)
        self.style().drawPrimitive(
            QStyle.PrimitiveElement.PE_IndicatorArrowDown, option, painter, self
        )
        painter.end()

    def arrow_rect(self) -> QRect:
        """Where the arrow is: beside the edge at which the words end."""
        side = self.style().pixelMetric(QStyle.PixelMetric.PM_MenuButtonIndicator, None, self)
        whole = self.rect()
        place = QRect(whole.right() - side - 6, 0, side, whole.height())
        return turned(whole, place) if self.isRightToLeft() else place
