"""Widgets of the customer's screen, painted at any size."""

from __future__ import annotations

import math
from typing import Final

from PySide6.QtCore import QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QWidget

from xumm_desk.core.message import LIST_SEPARATOR, Message, Sentences
from xumm_desk.locale.translation import _, tr
from xumm_desk.ui.style import palette, status_shapes, theme
from xumm_desk.ui.style.palette import Colours, Tone
from xumm_desk.ui.style.status_shapes import Shape
from xumm_desk.ui.style.theme import Theme
from xumm_desk.ui.widgets.painted_text import PaintedText

STEPS: Final = (
    Message("Scan", context="step"),
    Message("Sign", context="step"),
    Message("Confirm", context="step"),
    Message("Done", context="step"),
)
_SHOW_CLOCK_BELOW: Final = 120
"""Seconds; more is not worth a customer's hurry."""
SMALLEST: Final = 9
"""Pixels of the smallest font; longer text is cut."""


class CustomerWidget(PaintedText):
    """A part of the customer's screen: in the colours of the scheme, or in those of the light one
    while the screen is brightened."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bright = False
        Theme.current().changed.connect(self.update)

    @property
    def colours(self) -> Colours:
        """The colours to paint with."""
        return palette.LIGHT if self._bright else Theme.current().colours

    def set_bright(self, bright: bool) -> None:
        """Paint for a white surround."""
        if bright != self._bright:
            self._bright = bright
            self.update()


class Surround(CustomerWidget):
    """The ground of the screen: the scheme's, or pure white."""

    resized = Signal()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Everything on it gets a new place."""
        super().resizeEvent(event)
        self.resized.emit()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor("#FFFFFF" if self._bright else self.colours.page))
        painter.end()


class Logo(CustomerWidget):
    """The shop's logo, as large as its room allows and never larger than its own pixels."""

    def __init__(self) -> None:
        super().__init__()
        self._image = QImage()
        self._scaled = QPixmap()

    def image(self) -> QImage:
        """The picture; null where there is none."""
        return self._image

    def show_image(self, image: QImage) -> None:
        """Show this picture, none if it is null."""
        self._image, self._scaled = image, QPixmap()
        self.update()

    def width_for(self, height: int, limit: int) -> int:
        """The width that it takes at this height, at most `limit`."""
        if self._image.isNull():
            return 0
        return min(limit, round(height * self._image.width() / self._image.height()))

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._image.isNull():
            return
        ratio = self.devicePixelRatioF()
        room = (self.size().toSizeF() * ratio).toSize()
        wanted = self._image.size().scaled(room, Qt.AspectRatioMode.KeepAspectRatio)
        if wanted.isEmpty():
            return
        if self._scaled.size() != wanted:
            smooth = Qt.TransformationMode.SmoothTransformation
            keep = Qt.AspectRatioMode.IgnoreAspectRatio
            self._scaled = QPixmap.fromImage(self._image.scaled(wanted, keep, smooth))
        self._scaled.setDevicePixelRatio(ratio)
        side = self._scaled.deviceIndependentSize()
        painter = QPainter(self)
        corner = QPointF((self.width() - side.width()) / 2, (self.height() - side.height()) / 2)
        painter.drawPixmap(corner, self._scaled)
        painter.end()


class CodeCard(CustomerWidget):
    """Pure white behind the code in both schemes: its light margin is never too narrow."""

    def __init__(self, code: QWidget) -> None:
        super().__init__()
        self._code = code
        code.setParent(self)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The code fills the card."""
        super().resizeEvent(event)
        self._code.setGeometry(self.rect())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor("#FFFFFF"))
        painter.drawRoundedRect(QRectF(self.rect()), *_corner(self.rect()))
        painter.end()


class StatusCard(CustomerWidget):
    """The card that covers the code: one large shape."""

    def __init__(self) -> None:
        super().__init__()
        self._shape, self._tone = Shape.RING, Tone.NEUTRAL

    def shape(self) -> Shape:
        """The shape shown."""
        return self._shape

    def tone(self) -> Tone:
        """The tone of its colour."""
        return self._tone

    def show_shape(self, shape: Shape, tone: Tone) -> None:
        """Show this shape."""
        self._shape, self._tone = shape, tone
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours = self.colours
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.setPen(QPen(QColor(colours.line), 1.5))
        painter.setBrush(QColor(colours.card))
        painter.drawRoundedRect(box, *_corner(self.rect()))
        side = min(box.width(), box.height()) * 0.56
        place = QRectF(0, 0, side, side)
        place.moveCenter(box.center())
        status_shapes.draw(painter, place, self._shape, QColor(colours.tones[self._tone]))
        painter.end()


def _corner(box: QRect) -> tuple[float, float]:
    """The radii of a card's corners."""
    radius = box.width() * 0.04
    return radius, radius


class StepIndicator(CustomerWidget):
    """Scan, sign, confirm, done: which steps are done and which come."""

    def __init__(self) -> None:
        super().__init__()
        self._done = -1
        self._labels = [tr(step) for step in STEPS]

    def done(self) -> int:
        """How many steps are behind; -1 when there is no line to show."""
        return self._done

    def show_done(self, done: int) -> None:
        """Show so many steps as done; -1 leaves the room empty, so that nothing jumps."""
        self._done = done
        words = ""
        if done >= 0:
            words = _(
                "Done: {steps}", steps=Sentences(STEPS[:done], LIST_SEPARATOR) or _("nothing yet")
            )
        self.setAccessibleName(words)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._done < 0:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours, unit = self.colours, self.height() / 7
        ink, rest = QColor(colours.tones[Tone.PROGRESS]), QColor(colours.edge)
        font = theme.font()
        font.setPixelSize(max(SMALLEST, round(unit * 2.9)))
        painter.setFont(font)
        wide = min(float(self.width()), unit * 84)
        step, left = wide / len(STEPS), (self.width() - wide) / 2
        radius, line = unit * 1.2, max(1.5, unit * 0.25)
        points = [QPointF(left + step * (i + 0.5), radius + line) for i in range(len(STEPS))]
        if self.layoutDirection() is Qt.LayoutDirection.RightToLeft:
            points.reverse()
        for place in range(1, len(points)):
            reached = place < self._done or self._done == len(STEPS)
            style = Qt.PenStyle.SolidLine if reached else Qt.PenStyle.DotLine
            painter.setPen(QPen(ink if reached else rest, line, style))
            towards = 1 if points[place].x() > points[place - 1].x() else -1
            gap = QPointF(towards * (radius + line), 0)
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
            top = 2 * (radius + line)
            box = QRectF(point.x() - step / 2, top, step, self.height() - top)
            words = painter.fontMetrics().elidedText(
                tr(self._labels[place]), Qt.TextElideMode.ElideRight, int(step)
            )
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)
        painter.end()


class TimeLeftBar(CustomerWidget):
    """A bar that shrinks, and minutes and seconds once they matter."""

    def __init__(self) -> None:
        super().__init__()
        self._left: float | None = None
        self._share = 1.0

    def text(self) -> str:
        """The clock, "" before the last two minutes."""
        if self._left is None or not 0 < self._left <= _SHOW_CLOCK_BELOW:
            return ""
        minutes, seconds = divmod(math.ceil(self._left), 60)
        return f"{minutes:02d}:{seconds:02d}"

    def share(self) -> float | None:
        """How much of the time is left, None when nothing is counted."""
        return None if self._left is None else self._share

    def show_left(self, seconds: float | None, whole: float) -> None:
        """Show this much of `whole`; None leaves the room empty."""
        self._left = seconds if seconds is not None and seconds > 0 else None
        self._share = min(1.0, (self._left or 0.0) / whole) if whole > 0 else 0.0
        self.set_spoken(self._spoken())
        self.update()

    def _spoken(self) -> str:
        """What the bar shows in words; before the last minutes it is enough to know the minute."""
        if self._left is None:
            return ""
        minutes = _("{minutes} min", minutes=int(self._left // 60))
        return _("Time left {clock}", clock=self.text() or minutes)

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._left is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours, high, clock = self.colours, self.height(), self.text()
        font = theme.font(strong=True, tabular=True)
        font.setPixelSize(max(SMALLEST, round(high * 0.75)))
        painter.setFont(font)
        clock_width = painter.fontMetrics().horizontalAdvance("00:00") + high * 0.6
        thick = max(4.0, high * 0.22)
        bar = QRectF(0, 0, min(self.width() - 2 * clock_width, high * 16.0), thick)
        bar.moveCenter(QRectF(self.rect()).center())
        mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.line))
        painter.drawRoundedRect(bar, thick / 2, thick / 2)
        filled = QRectF(bar)
        filled.setWidth(max(thick, bar.width() * self._share))
        box = QRectF(bar.right(), 0, clock_width, high)
        if mirrored:
            filled.moveRight(bar.right())
            box.moveRight(bar.left())
        painter.setBrush(QColor(colours.tones[Tone.PROGRESS]))
        painter.drawRoundedRect(filled, thick / 2, thick / 2)
        painter.setPen(QColor(colours.text))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, clock)
        painter.end()
