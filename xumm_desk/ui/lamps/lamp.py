"""One lamp: a mark, a word, and the age of the last good sign."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from xumm_desk.core.health.lamp import LampLevel, LampName, LampReading
from xumm_desk.core.message import Sentences
from xumm_desk.locale.translation import _, tr
from xumm_desk.ui.style import status_shapes, theme
from xumm_desk.ui.style.theme import Space, Theme, escape_tooltip
from xumm_desk.ui.widgets.mirroring import mirrored

from . import lamp_words
from .lamp_layout import Detail, LampWidths

_UNSEEN: Final = LampReading(LampLevel.UNUSED, "", "")


class Lamp(QAbstractButton):
    """One lamp as a button: pressed, it shows its last hour. `detail` is how much of it is
    painted."""

    def __init__(self, name: LampName, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = name
        self.reading = _UNSEEN
        self._label = self._age = ""
        self._detail = Detail.AGE
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        Theme.current().changed.connect(self.update)

    def label(self) -> str:
        """Name, state and age, whether or not there is room for them."""
        if not self._age:
            return self._label
        return _("{label} · {age}", label=self._label, age=self._age)

    def show_reading(self, reading: LampReading, now: float) -> bool:
        """Show another reading at the monotonic second `now`; returns whether its size changed."""
        label, age = lamp_words.label(self.name, reading), lamp_words.age_text(reading.good_at, now)
        resized = (len(label), bool(age), reading.level) != (
            len(self._label),
            bool(self._age),
            self.reading.level,
        )
        if (label, age, reading) == (self._label, self._age, self.reading):
            return False
        self.reading, self._label, self._age = reading, label, age
        self.setAccessibleName(self.label())
        meaning = lamp_words.explanation(reading, now)
        full = tr(lamp_words.FULL_NAMES[self.name])
        self.setAccessibleDescription(meaning)
        self.setToolTip(escape_tooltip(Sentences([full, meaning], "\n")))
        self.update()
        return resized

    def widths(self) -> LampWidths:
        """The room that it needs in each detail."""
        return LampWidths(self.reading.level, (self._width(0), self._width(1), self._width(2)))

    def show_detail(self, detail: Detail) -> None:
        """Paint so much of it."""
        if detail is not self._detail:
            self._detail = detail
            self.update()
        self.updateGeometry()

    @property
    def detail(self) -> Detail:
        """How much of it is painted."""
        return self._detail

    def sizeHint(self) -> QSize:
        height = QFontMetrics(theme.font()).height() + int(Space.S)
        return QSize(self._width(self._detail), height)

    def minimumSizeHint(self) -> QSize:
        """The mark alone: else a window could never become so narrow that words must go."""
        return QSize(self._width(Detail.MARK), self.sizeHint().height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter does what Space does."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, colours = QPainter(self), Theme.current().colours
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.underMouse() or self.isDown():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours.hover))
            painter.drawRoundedRect(QRectF(self.rect()), 4, 4)
        shape, tone = lamp_words.LOOKS[self.reading.level]
        ink, side = QColor(colours.tones[tone]), self._mark_side()
        mark = QRectF(int(Space.XS), (self.height() - side) / 2, side, side)
        whole = self.rect()
        status_shapes.draw(painter, mirrored(painter, QRectF(whole), mark), shape, ink)
        left = int(Space.S) + side
        painter.setPen(ink)
        flags = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        if self._detail >= Detail.WORD:
            font = self._font()
            painter.setFont(font)
            painter.drawText(
                mirrored(painter, whole, whole.adjusted(left, 0, 0, 0)), flags, self._label
            )
            left += QFontMetrics(font).horizontalAdvance(self._label)
        if self._detail >= Detail.AGE and self._age:
            painter.setFont(theme.font(tabular=True))
            painter.drawText(
                mirrored(painter, whole, whole.adjusted(left, 0, 0, 0)), flags, f" · {self._age}"
            )
        if self.hasFocus():
            painter.setPen(QPen(QColor(colours.accent), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 4, 4)
        painter.end()

    def _font(self) -> QFont:
        return theme.font(strong=self.reading.level > LampLevel.WELL, tabular=True)

    def _mark_side(self) -> int:
        """The mark is as high as a letter with its accents."""
        return QFontMetrics(theme.font()).ascent()

    def _width(self, detail: int) -> int:
        width = self._mark_side() + 2 * int(Space.XS)
        if detail >= Detail.WORD:
            # The label may be strong at the next moment, and nothing shall move then.
            metrics = QFontMetrics(theme.font(strong=True, tabular=True))
            width += metrics.horizontalAdvance(self._label) + int(Space.XS)
        if detail >= Detail.AGE and self._age:
            metrics = QFontMetrics(theme.font(tabular=True))
            # Room for the widest age, or all lamps would move with every tick.
            widest = max(
                metrics.horizontalAdvance(text)
                for text in (_("{seconds} s", seconds=59), _("{minutes} min", minutes=59))
            )
            width += metrics.horizontalAdvance(" · ") + widest
        return width
