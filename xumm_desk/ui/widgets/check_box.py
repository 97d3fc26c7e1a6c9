"""A check box that is visible in both schemes and grows with the text."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QColor, QEnterEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from xumm_desk.ui.style.theme import Space, Theme

from .mirroring import mirrored

_HOOK: Final = ((0.24, 0.52), (0.43, 0.71), (0.77, 0.31))


class CheckBox(QCheckBox):
    """A check box with an appearance of ours: Fusion's own has no edge on a dark ground. With
    `wraps` its words go over several lines where there is no room for one."""

    def __init__(
        self, words: str = "", parent: QWidget | None = None, *, wraps: bool = False
    ) -> None:
        super().__init__(words, parent)
        self._wraps = wraps
        if wraps:
            policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
            policy.setHeightForWidth(True)
            self.setSizePolicy(policy)
        Theme.current().changed.connect(self.update)

    def box_size(self) -> int:
        """How wide the box is."""
        return max(16, round(self.fontMetrics().height() * 1.05))

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        wide = self.box_size() + int(Space.S) + metrics.horizontalAdvance(self.text()) + 4
        return QSize(wide, max(self.box_size() + 6, metrics.height() + 6))

    def minimumSizeHint(self) -> QSize:
        hint = self.sizeHint()
        return QSize(self.box_size() * 6, hint.height()) if self._wraps else hint

    def hasHeightForWidth(self) -> bool:
        return self._wraps

    def heightForWidth(self, width: int) -> int:
        """High enough for all lines of the words."""
        if not self._wraps:
            return -1
        room = QRect(0, 0, max(1, width - self._indent()), 100_000)
        words = self.fontMetrics().boundingRect(room, int(self._flags()), self.text())
        return max(self.sizeHint().height(), words.height() + 6)

    def _indent(self) -> int:
        return self.box_size() + int(Space.S) + 1

    def _flags(self) -> int:
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        wrap = Qt.TextFlag.TextWordWrap if self._wraps else Qt.TextFlag.TextSingleLine
        return int(flags) | int(wrap) | int(Qt.TextFlag.TextShowMnemonic)

    def hitButton(self, place: QPoint) -> bool:
        """A click on the text counts as one on the box."""
        return self.rect().contains(place)

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        free = self.isEnabled()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        side = self.box_size()
        box = QRectF(1, (self.height() - side) / 2, side, side)
        _paint_box(
            painter,
            mirrored(painter, QRectF(self.rect()), box),
            ticked=self.isChecked(),
            free=free,
            focused=self.hasFocus(),
            hovered=self.underMouse(),
        )
        colours = Theme.current().colours
        words = self.rect().adjusted(self._indent(), 0, 0, 0)
        painter.setPen(QColor(colours.text if free else colours.edge))
        words = mirrored(painter, self.rect(), words)
        painter.drawText(words, self._flags(), self.text())


class TickDelegate(QStyledItemDelegate):
    """Paints the same box for the items of a list that can be ticked."""

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """The item as the style paints it, and our box over its own."""
        super().paint(painter, option, index)
        item = QStyleOptionViewItem(option)
        self.initStyleOption(item, index)
        style = item.widget.style() if item.widget is not None else QApplication.style()
        box = style.subElementRect(
            QStyle.SubElement.SE_ItemViewItemCheckIndicator, item, item.widget
        )
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        _paint_box(
            painter,
            QRectF(box),
            ticked=item.checkState is Qt.CheckState.Checked,
            free=bool(item.state & QStyle.StateFlag.State_Enabled),
        )
        painter.restore()


def _paint_box(
    painter: QPainter,
    box: QRectF,
    *,
    ticked: bool,
    free: bool,
    focused: bool = False,
    hovered: bool = False,
) -> None:
    """A box with an edge that is seen on any ground; not `free` is disabled."""
    colours = Theme.current().colours
    full = colours.button if free else colours.line
    edge = full if ticked else colours.edge if free else colours.line
    painter.setPen(QPen(QColor(colours.accent if focused else edge), 2 if focused else 1.2))
    painter.setBrush(
        QColor(full if ticked else colours.hover if hovered and free else colours.card)
    )
    painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), 4, 4)
    if not ticked:
        return
    side = box.width()
    pen = QPen(QColor(colours.button_text if free else colours.muted), max(1.6, side / 9))
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.drawPolyline(
        QPolygonF([QPointF(box.x() + x * side, box.y() + y * side) for x, y in _HOOK])
    )
