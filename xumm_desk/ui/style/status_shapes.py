"""The shapes beside a status label, painted crisply at any scale."""

from __future__ import annotations

import math
from collections.abc import Callable
from enum import Enum
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen, QPixmap, QPixmapCache
from PySide6.QtWidgets import QWidget

from xumm_desk.core.status import Status
from xumm_desk.core.verdict.check import Verdict
from xumm_desk.ui.style.palette import Tone

from .theme import Theme, status_tone


class Shape(Enum):
    """A shape; each differs from the others in black and white too."""

    DOTS = "dots"
    RING = "ring"
    HALF = "half"
    THREE_QUARTERS = "most"
    DOT = "dot"
    FULL_TICK = "full-tick"
    RING_TICK = "ring-tick"
    CLOCK_TICK = "clock-tick"
    RETURN = "return"
    CROSS = "cross"
    DASH = "dash"
    TRIANGLE = "triangle"
    OCTAGON = "octagon"
    TICK = "tick"
    X = "x"


_SHAPES: Final[dict[Status, Shape]] = {
    Status.CREATING: Shape.DOTS,
    Status.WAITING: Shape.RING,
    Status.OPENED: Shape.HALF,
    Status.PRE_SIGNED: Shape.HALF,
    Status.DISPATCHED: Shape.THREE_QUARTERS,
    Status.CONFIRMING: Shape.THREE_QUARTERS,
    Status.PAID: Shape.FULL_TICK,
    Status.PAID_LATE: Shape.CLOCK_TICK,
    Status.SIGNED: Shape.RING_TICK,
    Status.UNVERIFIED: Shape.TRIANGLE,
    Status.DECLINED: Shape.CROSS,
    Status.CANCELLED: Shape.DASH,
    Status.EXPIRED: Shape.DASH,
    Status.EXPIRED_OPENED: Shape.TRIANGLE,
    Status.FAILED: Shape.OCTAGON,
    Status.CHECK: Shape.TRIANGLE,
}

_GRID: Final = 16.0
"""All shapes are drawn on a grid of 16 units."""


def shape_of(status: Status, *, refunded: bool = False) -> Shape:
    """The shape of a status, or of a paid one of which some was `refunded`."""
    if refunded and status in (Status.PAID, Status.PAID_LATE):
        return Shape.RETURN
    return _SHAPES[status]


def pixmap(shape: Shape, colour: QColor, size: int, dpr: float) -> QPixmap:
    """The shape in `size` logical pixels, drawn once for each colour and scale."""
    key = f"desk-shape/{shape.value}/{colour.name()}/{size}/{dpr}"
    found = QPixmap()
    if QPixmapCache.find(key, found):
        return found
    side = max(1, round(size * dpr))
    made = QPixmap(side, side)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(side / _GRID, side / _GRID)
    _PAINT[shape](painter, colour)
    painter.end()
    made.setDevicePixelRatio(dpr)
    QPixmapCache.insert(key, made)
    return made


def draw(painter: QPainter, place: QRectF, shape: Shape, colour: QColor) -> None:
    """Draw the shape centred in `place`, on whole device pixels so that it stays sharp."""
    dpr = painter.device().devicePixelRatioF()
    size = int(min(place.width(), place.height()))
    left = round((place.center().x() - size / 2) * dpr) / dpr
    top = round((place.center().y() - size / 2) * dpr) / dpr
    painter.drawPixmap(QPointF(left, top), pixmap(shape, colour, size, dpr))


class ShapeIcon(QWidget):
    """A shape as a widget; the label beside it is the accessible one, so this has no name."""

    def __init__(self, size: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shape, self._role = Shape.RING, Tone.NEUTRAL
        self.setFixedSize(QSize(size, size))
        Theme.current().changed.connect(self.update)

    def show_shape(self, shape: Shape, role: Tone) -> None:
        """Show another shape."""
        self._shape, self._role = shape, role
        self.update()

    def show_status(
        self, status: Status, verdict: Verdict | None = None, *, refunded: bool = False
    ) -> None:
        """Show the shape of a status in its tone, or in that of a row's `verdict`."""
        self.show_shape(
            shape_of(status, refunded=refunded), status_tone(status, verdict, refunded=refunded)
        )

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        painter = QPainter(self)
        draw(painter, QRectF(self.rect()), self._shape, Theme.current().colour(self._role))


def _pen(colour: QColor, width: float) -> QPen:
    caps, joins = Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin
    return QPen(colour, width, Qt.PenStyle.SolidLine, caps, joins)


def _ring(painter: QPainter, colour: QColor) -> None:
    painter.setPen(_pen(colour, 1.75))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawEllipse(QPointF(8, 8), 6, 6)


def _dots(painter: QPainter, colour: QColor) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    for step in range(8):
        turn = step * math.pi / 4
        painter.drawEllipse(QPointF(8 + 6 * math.cos(turn), 8 + 6 * math.sin(turn)), 1.15, 1.15)


def _pie(share: float) -> Callable[[QPainter, QColor], None]:
    def paint(painter: QPainter, colour: QColor) -> None:
        _ring(painter, colour)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        # From twelve o'clock, clockwise, like a clock that runs.
        painter.drawPie(QRectF(4, 4, 8, 8), 90 * 16, -round(360 * 16 * share))

    return paint


def _disc(painter: QPainter, colour: QColor) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawEllipse(QPointF(8, 8), 7, 7)


def _dot(painter: QPainter, colour: QColor) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawEllipse(QPointF(8, 8), 5, 5)


def _cut(painter: QPainter) -> None:
    """Cut whatever follows out of what is there, so that it fits every background."""
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_DestinationOut)


def _lines(painter: QPainter, colour: QColor, width: float, *runs: list[QPointF]) -> None:
    painter.setPen(_pen(colour, width))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for run in runs:
        painter.drawPolyline(run)


_HOOK: Final = [QPointF(4.7, 8.3), QPointF(7.1, 10.7), QPointF(11.4, 5.7)]


def _full_tick(painter: QPainter, colour: QColor) -> None:
    _disc(painter, colour)
    _cut(painter)
    _lines(painter, QColor("black"), 1.9, _HOOK)


def _ring_tick(painter: QPainter, colour: QColor) -> None:
    _ring(painter, colour)
    inner = [QPointF(5.5, 8.2), QPointF(7.3, 10.0), QPointF(10.5, 6.2)]
    _lines(painter, colour, 1.7, inner)


def _tick(painter: QPainter, colour: QColor) -> None:
    wide = [QPointF(3, 8.5), QPointF(6.5, 12), QPointF(13, 4.5)]
    _lines(painter, colour, 2.2, wide)


def _clock_tick(painter: QPainter, colour: QColor) -> None:
    """A clock with its hands, and a tick at its corner."""
    painter.setPen(_pen(colour, 1.6))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawEllipse(QPointF(6.9, 6.9), 5.6, 5.6)
    _lines(painter, colour, 1.5, [QPointF(6.9, 3.9), QPointF(6.9, 7), QPointF(9, 7)])
    painter.save()
    _cut(painter)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor("black"))
    painter.drawEllipse(QPointF(11.7, 11.8), 4.4, 4.4)
    painter.restore()
    _lines(painter, colour, 1.9, [QPointF(8.9, 12), QPointF(11, 14.1), QPointF(15, 9.6)])


def _return_arrow(painter: QPainter, colour: QColor) -> None:
    _lines(painter, colour, 2.0, [QPointF(7.2, 2.6), QPointF(3.6, 5.5), QPointF(7.2, 8.4)])
    bow = QPainterPath(QPointF(5.5, 5.5))
    bow.lineTo(9.5, 5.5)
    bow.arcTo(QRectF(6.0, 5.5, 7.0, 7.0), 90, -180)
    bow.lineTo(5.0, 12.5)
    painter.drawPath(bow)


def _cross(painter: QPainter, colour: QColor) -> None:
    _ring(painter, colour)
    _x(painter, colour, 2.1, 1.6)


def _x(painter: QPainter, colour: QColor, reach: float, width: float) -> None:
    low, high = 8 - reach, 8 + reach
    falling, rising = (
        [QPointF(low, low), QPointF(high, high)],
        [
            QPointF(low, high),
            QPointF(high, low),
        ],
    )
    _lines(painter, colour, width, falling, rising)


def _dash(painter: QPainter, colour: QColor) -> None:
    _ring(painter, colour)
    _lines(painter, colour, 1.7, [QPointF(5.6, 8), QPointF(10.4, 8)])


def _big_x(painter: QPainter, colour: QColor) -> None:
    _x(painter, colour, 4.3, 2.2)


def _triangle(painter: QPainter, colour: QColor) -> None:
    path = QPainterPath(QPointF(8, 2.2))
    path.lineTo(14.6, 13.6)
    path.lineTo(1.4, 13.6)
    path.closeSubpath()
    painter.setPen(_pen(colour, 1.8))
    painter.setBrush(colour)
    painter.drawPath(path)
    _cut(painter)
    _lines(painter, QColor("black"), 1.7, [QPointF(8, 6.2), QPointF(8, 9.4)])
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor("black"))
    painter.drawEllipse(QPointF(8, 12), 1.05, 1.05)


def _octagon(painter: QPainter, colour: QColor) -> None:
    corner = 7.2 * math.tan(math.pi / 8)
    around = [(8 + x, 8 + y) for x, y in _eight(7.2, corner)]
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawPolygon([QPointF(x, y) for x, y in around])
    _cut(painter)
    _x(painter, QColor("black"), 2.7, 1.9)


def _eight(far: float, near: float) -> list[tuple[float, float]]:
    return [
        (-near, -far),
        (near, -far),
        (far, -near),
        (far, near),
        (near, far),
        (-near, far),
        (-far, near),
        (-far, -near),
    ]


_PAINT: Final[dict[Shape, Callable[[QPainter, QColor], None]]] = {
    Shape.DOTS: _dots,
    Shape.RING: _ring,
    Shape.HALF: _pie(0.5),
    Shape.THREE_QUARTERS: _pie(0.75),
    Shape.DOT: _dot,
    Shape.FULL_TICK: _full_tick,
    Shape.RING_TICK: _ring_tick,
    Shape.CLOCK_TICK: _clock_tick,
    Shape.RETURN: _return_arrow,
    Shape.CROSS: _cross,
    Shape.DASH: _dash,
    Shape.TRIANGLE: _triangle,
    Shape.OCTAGON: _octagon,
    Shape.TICK: _tick,
    Shape.X: _big_x,
}
