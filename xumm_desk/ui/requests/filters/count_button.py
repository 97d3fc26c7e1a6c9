"""A line of the sidebar with a number."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QEnterEvent, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from xumm_desk.core.message import Message
from xumm_desk.locale import formats
from xumm_desk.locale.translation import _, tr
from xumm_desk.ui.language.shown_words import language_change
from xumm_desk.ui.style import status_shapes, theme
from xumm_desk.ui.style.palette import Tone
from xumm_desk.ui.style.status_shapes import Shape
from xumm_desk.ui.style.theme import Space, Theme
from xumm_desk.ui.widgets.mirroring import mirrored


class CountButton(QAbstractButton):
    """A line of the sidebar: shape, label, number, "…" while it is unknown. `highlighted` ones turn
    amber while there are any. `spoken` makes of name and number what a screen reader says."""

    def __init__(
        self,
        name: str,
        spoken: Callable[[str, int], Message],
        keys: str,
        mark: tuple[Shape | None, Tone],
        *,
        highlighted: bool,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._name, self._spoken, self._keys = name, spoken, keys
        self._mark, self._highlighted = mark, highlighted
        self._count: int | None = 0
        self._compact = False
        self.setText(tr(name))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.set_count(0)
        Theme.current().changed.connect(self.update)
        language_change.changed.connect(self._say_again)

    @property
    def count(self) -> int | None:
        """The number that is shown; None while it is unknown."""
        return self._count

    def set_count(self, count: int | None) -> None:
        """Show another number; there is room for it, so nothing else has to move."""
        self._count = count
        name = self._name
        spoken = _UNKNOWN.filled(name=name) if count is None else self._spoken(name, count)
        self.setAccessibleName(tr(spoken))
        self.setToolTip(self.tooltip())
        self.update()

    def _say_again(self) -> None:
        self.set_count(self._count)

    def shown_count(self) -> str:
        """The number as there is room for it."""
        if self._count is None:
            return "…"
        if self._compact:
            return formats.short_number(self._count)
        return formats.whole_number(self._count)

    def tooltip(self) -> str:
        """The tool tip: all that is shown, and the key."""
        count = "…" if self._count is None else formats.whole_number(self._count)
        return _("{name}: {count} ({keys})", name=self._name, count=count, keys=self._keys)

    def set_compact(self, compact: bool) -> None:
        """Show only the shape and the number; the label is in the tooltip."""
        self._compact = compact
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Room for the label and six digits."""
        metrics = QFontMetrics(theme.font(strong=True))
        if self._compact:
            return QSize(metrics.horizontalAdvance(_("All 0000")) + 22, metrics.height() + 14)
        words = metrics.horizontalAdvance(self.text()) + metrics.horizontalAdvance("000\u202f000")
        return QSize(words + metrics.height() + 4 * int(Space.S) + 6, metrics.height() + 14)

    def paint_beside(self, painter: QPainter, place: QRectF) -> None:
        """Paint where others have their shape; nothing here."""

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        colours, chosen = Theme.current().colours, self.isChecked()
        # Amber only while there are any.
        highlighted = self._highlighted and bool(self._count)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        if chosen or self.underMouse():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours.selected if chosen else colours.hover))
            painter.drawRoundedRect(box, 6, 6)
        if self.hasFocus():
            painter.setPen(QPen(QColor(colours.accent), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box, 6, 6)
        font = theme.font(strong=chosen or highlighted, tabular=True)
        metrics = QFontMetrics(font)
        side = max(16, metrics.height())
        shape, role = self._mark
        ink = colours.tones[role] if self._count else colours.muted
        beside = QRectF(int(Space.S), 0, side, self.height())
        if shape is not None:
            place = mirrored(painter, QRectF(self.rect()), beside)
            status_shapes.draw(painter, place, shape, QColor(ink))
        else:
            self.paint_beside(painter, mirrored(painter, QRectF(self.rect()), beside))
        inner = self.rect().adjusted(int(Space.L) + side, 0, -int(Space.S), 0)
        painter.setFont(font)
        painter.setPen(
            QColor(ink if highlighted else colours.text if self._count else colours.muted)
        )
        number = self.shown_count()
        whole = self.rect()
        painter.drawText(
            mirrored(painter, whole, inner), int(_MIDDLE | Qt.AlignmentFlag.AlignRight), number
        )
        if self._compact and shape is not None:
            return
        if self._compact:
            inner.setLeft(int(Space.S))
        words = QRect(inner)
        words.setRight(inner.right() - metrics.horizontalAdvance(number) - int(Space.XS))
        text = metrics.elidedText(self.text(), Qt.TextElideMode.ElideRight, words.width())
        words = mirrored(painter, whole, words)
        painter.drawText(words, int(_MIDDLE | Qt.AlignmentFlag.AlignLeft), text)


_MIDDLE: Final = Qt.AlignmentFlag.AlignVCenter
_UNKNOWN: Final = Message("{name}, not counted yet")
