"""A choice of a few words side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QSizePolicy, QWidget

from xumm_desk.core.message import LABEL_SEPARATOR, Sentences
from xumm_desk.locale.translation import tr
from xumm_desk.ui.style.theme import Theme

_HEIGHT: Final = 36


class SegmentedControl(QWidget):
    """A choice of a few words side by side; one tab stop, arrow keys move."""

    chosen = Signal(str)

    def __init__(self, spoken: str, choices: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self.setAccessibleName(tr(spoken))
        self._spoken = spoken
        self._group = QButtonGroup(self)
        self._keys = [key for key, __ in choices]
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for place, (__, words) in enumerate(choices):
            button = _Segment(words, place == 0, place == len(choices) - 1)
            button.setAccessibleName(tr(Sentences([spoken, words], LABEL_SEPARATOR)))
            self._group.addButton(button, place)
            row.addWidget(button, 1)
        self._group.button(0).setChecked(True)
        self._group.idToggled.connect(self._toggled)

    def sizeHint(self) -> QSize:
        """Segments of one width, so that the widest label fits."""
        hints = [button.sizeHint() for button in self._group.buttons()]
        return QSize(
            len(hints) * max(hint.width() for hint in hints), max(hint.height() for hint in hints)
        )

    def value(self) -> str:
        """The key of the chosen segment."""
        return self._keys[self._group.checkedId()]

    def set_value(self, key: str) -> None:
        """Choose by key."""
        self._group.button(self._keys.index(key)).setChecked(True)

    def words(self, key: str) -> str:
        """The label of the segment `key`."""
        return self._group.button(self._keys.index(key)).text()

    def set_words(self, key: str, words: str) -> None:
        """Change the label of the segment `key`."""
        button = self._group.button(self._keys.index(key))
        button.setText(tr(words))
        button.setAccessibleName(tr(Sentences([self._spoken, words], LABEL_SEPARATOR)))

    def buttons(self) -> Sequence[QAbstractButton]:
        """The segments as buttons, in order."""
        return self._group.buttons()

    def _toggled(self, place: int, on: bool) -> None:
        if on:
            self.chosen.emit(self._keys[place])


class _Segment(QAbstractButton):
    """One segment of a `SegmentedControl`: chosen it is filled and underlined, not only another
    colour."""

    def __init__(self, words: str, first: bool, last: bool) -> None:
        super().__init__()
        self.setText(tr(words))
        self.setCheckable(True)
        self.setAutoExclusive(True)  # one of several to a screen reader; the group sees to it
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._first, self._last = first, last

    def sizeHint(self) -> QSize:
        font = self.font()
        font.setWeight(QFont.Weight.DemiBold)  # as wide as it is when chosen
        width = QFontMetrics(font).horizontalAdvance(self.text()) + 24
        return QSize(width, max(_HEIGHT, self.fontMetrics().height() + 12))

    def minimumSizeHint(self) -> QSize:
        """Labels may be elided rather than push the panel wider."""
        return QSize(48, self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours, on = Theme.current().colours, self.isChecked()
        turned = self.isRightToLeft()
        first, last = (self._last, self._first) if turned else (self._first, self._last)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5 if last else 0.5, -0.5)
        path = QPainterPath()
        path.addRoundedRect(box, 6, 6)
        if not first:
            path.addRect(QRectF(box.left(), box.top(), 8, box.height()))
        if not last:
            path.addRect(QRectF(box.right() - 8, box.top(), 8, box.height()))
        path.setFillRule(Qt.FillRule.WindingFill)
        painter.setPen(QPen(QColor(colours.edge), 1))
        painter.setBrush(QColor(colours.selected if on else colours.card))
        painter.drawPath(path.simplified())
        accent = QColor(colours.accent)
        if on:
            painter.fillRect(QRectF(box.left(), box.bottom() - 3, box.width(), 3), accent)
        font = self.font()
        font.setWeight(QFont.Weight.DemiBold if on else QFont.Weight.Normal)
        painter.setFont(font)
        painter.setPen(QColor(colours.text if self.isEnabled() else colours.edge))
        room = self.rect().adjusted(6, 0, -6, 0)
        metrics = painter.fontMetrics()
        words = metrics.elidedText(self.text(), Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignCenter, words)
        if self.hasFocus():
            painter.setPen(QPen(accent, 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(2, 2, -2, -2), 3, 3)
        painter.end()
