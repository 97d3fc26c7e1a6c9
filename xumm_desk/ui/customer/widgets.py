"""Widgets of the customer's screen, painted at any size."""

from __future__ import annotations

import math
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from xumm_desk.core.message import Message, Sentences
from xumm_desk.locale.translation import _, tr
from xumm_desk.ui.style import status_shapes, theme
from xumm_desk.ui.style.palette import Tone
from xumm_desk.ui.style.status_shapes import Shape
from xumm_desk.ui.style.theme import Theme

STEPS: Final = (Message("Scan"), Message("Sign"), Message("Confirm"), Message("Done"))
_SHOW_CLOCK_BELOW: Final = 120
_ROUND: Final = 0.04


class FittedText(QWidget):
    """One line of text, as large as it is set and as small as the width demands; text that would
    get too small takes a second line."""

    def __init__(self, *, strong: bool = True, muted: bool = False) -> None:
        super().__init__()
        self._strong, self._muted = strong, muted
        self._text, self._size = "", 24.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        Theme.current().changed.connect(self.update)

    def text(self) -> str:
        """The text shown."""
        return self._text

    def set_text(self, text: str) -> None:
        """Show this text."""
        if text != self._text:
            self._text = text
            self.setAccessibleName(tr(text))
            self.updateGeometry()
            self.update()

    def set_size(self, pixels: float) -> None:
        """The height of its letters where there is room."""
        self._size = max(9.0, pixels)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """One line high, or two if the text needs it."""
        return QSize(100, math.ceil(self._size * 1.3) + 2)

    def minimumSizeHint(self) -> QSize:
        return QSize(40, self.sizeHint().height())

    def lines(self) -> list[str]:
        """The text as it is broken: in two at the dash when one line would be half as large."""
        first, dash, second = self._text.partition(" — ")
        if dash and self._fit([self._text]) < self._size * 0.62:
            return [f"{first} —", second]
        return [self._text]

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        colours = Theme.current().colours
        painter.setPen(QColor(colours.muted if self._muted else colours.text))
        lines = self.lines()
        painter.setFont(self._font(min(self._fit(lines), self._size * (1, 0.5)[len(lines) - 1])))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, "\n".join(lines))
        painter.end()

    def _font(self, pixels: float) -> QFont:
        font = theme.font(strong=self._strong, tabular=True)
        font.setPixelSize(max(8, round(pixels)))
        return font

    def _fit(self, lines: list[str]) -> float:
        """The largest size, up to the wanted one, at which every line fits."""
        metrics = QFontMetricsF(self._font(self._size))
        widest = max(metrics.horizontalAdvance(line) for line in lines)
        room = max(1.0, self.width() - 8.0)
        return self._size if widest <= room else math.floor(self._size * room / widest)


class QrCard(QWidget):
    """Pure white behind the code in both schemes: its light margin is never too narrow."""

    def __init__(self, inside: QWidget) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(inside)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(255, 255, 255))
        round_ = self.width() * _ROUND
        painter.drawRoundedRect(QRectF(self.rect()), round_, round_)
        painter.end()


class StatusCard(QWidget):
    """The card that covers the code: one large shape."""

    def __init__(self) -> None:
        super().__init__()
        self._shape, self._role = Shape.RING, Tone.NEUTRAL
        Theme.current().changed.connect(self.update)

    def shape(self) -> Shape:
        """The shape shown."""
        return self._shape

    def role(self) -> Tone:
        """The tone of its colour."""
        return self._role

    def show_shape(self, shape: Shape, role: Tone) -> None:
        """Show this shape."""
        self._shape, self._role = shape, role
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours = Theme.current().colours
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.setPen(QPen(QColor(colours.line), 1.5))
        painter.setBrush(QColor(colours.card))
        round_ = box.width() * _ROUND
        painter.drawRoundedRect(box, round_, round_)
        side = box.width() * 0.46
        place = QRectF(0, 0, side, side)
        place.moveCenter(box.center())
        status_shapes.draw(painter, place, self._shape, Theme.current().colour(self._role))
        painter.end()


class StepIndicator(QWidget):
    """Scan, sign, confirm, done: which steps are done and which come."""

    def __init__(self) -> None:
        super().__init__()
        self._done, self._unit = 0, 6.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        Theme.current().changed.connect(self.update)

    def done(self) -> int:
        """How many steps are behind; -1 when there is no line to show."""
        return self._done

    def show_done(self, done: int) -> None:
        """Show so many steps as done; -1 leaves the room empty, so that nothing jumps."""
        self._done = done
        words = ""
        if done >= 0:
            words = _("Done: {steps}", steps=Sentences(STEPS[:done], ", ") or _("nothing yet"))
        self.setAccessibleName(tr(words))
        self.update()

    def set_unit(self, unit: float) -> None:
        """A hundredth of the screen's height."""
        self._unit = unit
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        return QSize(200, round(self._unit * 7))

    minimumSizeHint = sizeHint

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._done < 0:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours, unit = Theme.current().colours, self._unit
        ink, rest = QColor(colours.tones[Tone.PROGRESS]), QColor(colours.edge)
        font = theme.font()
        font.setPixelSize(max(9, round(unit * 2.6)))
        painter.setFont(font)
        wide = min(float(self.width()), unit * 84)
        step, left = wide / len(STEPS), (self.width() - wide) / 2
        radius, line = unit * 1.1, max(1.5, unit * 0.25)
        points = [QPointF(left + step * (i + 0.5), radius + line) for i in range(len(STEPS))]
        for place in range(1, len(points)):
            reached = place < self._done or self._done == len(STEPS)
            style = Qt.PenStyle.SolidLine if reached else Qt.PenStyle.DotLine
            painter.setPen(QPen(ink if reached else rest, line, style))
            gap = QPointF(radius + line, 0)
            painter.drawLine(points[place - 1] + gap, points[place] - gap)
        for place, point in enumerate(points):
            done, now = place < self._done, place == self._done
            painter.setPen(QPen(ink if done or now else rest, line))
            painter.setBrush(ink if done else Qt.BrushStyle.NoBrush)
            painter.drawEllipse(point, radius, radius)
            if now:
                painter.setBrush(ink)
                painter.drawEllipse(point, radius * 0.35, radius * 0.35)
            painter.setPen(QColor(colours.text if done or now else colours.muted))
            box = QRectF(point.x() - step / 2, unit * 3.2, step, unit * 3.8)
            words = painter.fontMetrics().elidedText(
                tr(STEPS[place]), Qt.TextElideMode.ElideRight, int(step)
            )
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)
        painter.end()


class TimeLeftBar(QWidget):
    """A bar that shrinks, and minutes and seconds once they matter."""

    def __init__(self) -> None:
        super().__init__()
        self._left: float | None = None
        self._share, self._unit = 1.0, 6.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        Theme.current().changed.connect(self.update)

    def text(self) -> str:
        """The clock, "" before the last two minutes."""
        if self._left is None or not 0 < self._left <= _SHOW_CLOCK_BELOW:
            return ""
        minutes, seconds = divmod(math.ceil(self._left), 60)
        return f"{minutes}:{seconds:02d}"

    def share(self) -> float | None:
        """How much of the time is left, None when nothing is counted."""
        return None if self._left is None else self._share

    def show_left(self, seconds: float | None, whole: float) -> None:
        """Show this much of `whole`; None leaves the room empty."""
        self._left = seconds if seconds is not None and seconds > 0 else None
        self._share = min(1.0, (self._left or 0.0) / whole) if whole > 0 else 0.0
        clock = self.text()
        self.setAccessibleName(_("Time left {clock}", clock=clock) if clock else "")
        self.update()

    def set_unit(self, unit: float) -> None:
        """A hundredth of the screen's height."""
        self._unit = unit
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        return QSize(200, round(self._unit * 4.5))

    minimumSizeHint = sizeHint

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._left is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours, unit, clock = Theme.current().colours, self._unit, self.text()
        font = theme.font(strong=True, tabular=True)
        font.setPixelSize(max(9, round(unit * 3)))
        painter.setFont(font)
        clock_width = painter.fontMetrics().horizontalAdvance("0:00") + unit * 1.5
        bar = QRectF(0, 0, min(self.width() * 0.7, unit * 70), max(4.0, unit * 0.9))
        bar.moveCenter(QRectF(self.rect()).center())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.line))
        painter.drawRoundedRect(bar, bar.height() / 2, bar.height() / 2)
        filled = QRectF(bar)
        filled.setWidth(max(bar.height(), bar.width() * self._share))
        painter.setBrush(QColor(colours.tones[Tone.PROGRESS]))
        painter.drawRoundedRect(filled, bar.height() / 2, bar.height() / 2)
        painter.setPen(QColor(colours.text))
        box = QRectF(bar.right() + unit, 0, clock_width + unit * 2, self.height())
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, clock)
        painter.end()
