"""The last hour of a lamp as a bar over time: the worse, the higher."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from xumm_desk.core.health.lamp import LampLevel
from xumm_desk.core.health.lamp_history import GAP, SPAN, LampPeriod, LampSample
from xumm_desk.locale.translation import _
from xumm_desk.ui.style import theme
from xumm_desk.ui.style.theme import Size, Theme
from xumm_desk.ui.widgets.painted_text import PaintedText

from .lamp_words import LOOKS

_HEIGHTS: Final = {
    LampLevel.UNKNOWN: 0.0,
    LampLevel.UNUSED: 0.12,
    LampLevel.WELL: 0.34,
    LampLevel.WARNING: 0.68,
    LampLevel.HARM: 1.0,
}
"""Of the bar's height: levels differ by it where colours do not."""

_MARKS: Final = (60, 45, 30, 15, 0)
"""Minutes ago that are written below."""

_BAR: Final = 52
_LEAST: Final = 2.0
"""Pixels of a period that is shorter, so that it is seen."""


class HourBar(PaintedText):
    """Shows the hour before a moment; what was not recorded stays empty. A line shows the lamp's
    value, if it has one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._periods: Sequence[LampPeriod] = ()
        self._samples: Sequence[LampSample] = ()
        self._now = 0.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        Theme.current().changed.connect(self.update)

    def show_hour(
        self,
        periods: Sequence[LampPeriod],
        samples: Sequence[LampSample],
        now: float,
    ) -> None:
        """Show the hour before `now`, monotonic seconds."""
        self._periods, self._samples, self._now = periods, samples, now
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(440, _BAR + self._text_height() + 6)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, colours = QPainter(self), Theme.current().colours
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        field = QRectF(0.5, 0.5, self.width() - 1, _BAR - 1)
        painter.setPen(QPen(QColor(colours.line), 1))
        painter.setBrush(QColor(colours.page))
        painter.drawRect(field)
        for minutes in _MARKS[1:-1]:
            x = self._x(self._now - minutes * 60)
            painter.drawLine(QPointF(x, 1), QPointF(x, _BAR - 1))
        painter.setPen(Qt.PenStyle.NoPen)
        for one in self._periods:
            self._paint_period(painter, one)
        self._paint_samples(painter)
        self._paint_times(painter)
        painter.end()

    def _paint_period(self, painter: QPainter, one: LampPeriod) -> None:
        high = _HEIGHTS[one.level] * (_BAR - 4)
        left, right = self._x(one.start), self._x(one.end)
        if not high:
            return
        colour = QColor(Theme.current().colours.tones[LOOKS[one.level][1]])
        if one.level <= LampLevel.WELL:
            colour.setAlpha(110)
        wide = max(_LEAST, abs(right - left))
        # What is too short to be seen begins earlier; later there may be no room.
        begin = right if self.isRightToLeft() else right - wide
        painter.fillRect(QRectF(begin, _BAR - 2 - high, wide, high), colour)

    def _paint_samples(self, painter: QPainter) -> None:
        """The lowest values as a line, from the lowest to the highest of the hour."""
        if len(self._samples) < 2:
            return
        low, high = min(s.low for s in self._samples), max(s.high for s in self._samples)
        if low == high:
            return
        painter.setPen(QPen(QColor(Theme.current().colours.accent), 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        line, before = QPolygonF(), self._samples[0].start
        for one in self._samples:
            if one.start - before > 2 * GAP:  # nothing is known of the time between
                painter.drawPolyline(line)
                line = QPolygonF()
            share, before = (one.low - low) / (high - low), one.start
            line.append(QPointF(self._x(one.start), _BAR - 6 - share * (_BAR - 12)))
        painter.drawPolyline(line)

    def _paint_times(self, painter: QPainter) -> None:
        painter.setFont(theme.font(Size.SMALL, tabular=True))
        painter.setPen(QColor(Theme.current().colours.muted))
        metrics = painter.fontMetrics()
        for minutes in _MARKS:
            words = _("{minutes} min", minutes=minutes) if minutes else _("now")
            wide = metrics.horizontalAdvance(words)
            left = self._x(self._now - minutes * 60) - wide / 2
            left = min(max(0.0, left), self.width() - wide)
            painter.drawText(QPointF(left, _BAR + 4 + metrics.ascent()), words)

    def _x(self, moment: float) -> float:
        """Where a moment is: the present at the end of the line in which people read."""
        share = min(1.0, max(0.0, (self._now - moment) / SPAN))
        share = share if self.isRightToLeft() else 1 - share
        return 1 + share * (self.width() - 2)

    def _text_height(self) -> int:
        return QFontMetrics(theme.font(Size.SMALL)).height()
