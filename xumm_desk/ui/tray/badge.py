"""Paint the program's icon with the number of what needs a person, sharp at every size.

A panel may be light or dark whatever the program's scheme is, so the badge has its own ground and
is cut out of the icon. Red has another shape than amber: the colour is never alone.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QGuiApplication, QIcon, QPainter, QPainterPath, QPixmap

from xumm_desk.ui.style.palette import Colours, Tone

SIZES: Final = (16, 18, 20, 22, 24, 28, 32, 36, 40, 44, 48, 64, 96)
"""Pixels: a panel takes the size that it shows, and scales no other one."""

_LARGE: Final = 32
"""From here on two digits are legible."""

_DARK_INK: Final = "#1B1F24"


def badge_text(count: int, size: int) -> str:
    """The number, as far as there is room for it."""
    most = 99 if size >= _LARGE else 9
    return "" if count <= 0 else str(count) if count <= most else f"{most}+"


def badged_icon(base: QIcon, count: int, harm: bool, colours: Colours) -> QIcon:
    """The icon for a tray: `count` things need a person; `harm` says that something is red."""
    icon = QIcon()
    for size in SIZES:
        icon.addPixmap(badged_pixmap(base, size, count, harm, colours))
    return icon


def badged_pixmap(base: QIcon, size: int, count: int, harm: bool, colours: Colours) -> QPixmap:
    """One size of it, in device pixels."""
    whole = QPixmap(size, size)
    whole.fill(Qt.GlobalColor.transparent)
    painter = QPainter(whole)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.drawPixmap(0, 0, base.pixmap(QSize(size, size), 1.0))
    if count > 0 or harm:
        _paint_badge(painter, size, badge_text(count, size), harm, colours)
    painter.end()
    return whole


def _paint_badge(painter: QPainter, size: int, text: str, harm: bool, colours: Colours) -> None:
    high = round(size * (0.7 if size < _LARGE else 0.58))
    font = QFont(QGuiApplication.font())
    font.setBold(True)
    font.setPixelSize(max(7, round(high * (0.82 if len(text) < 2 else 0.66))))
    painter.setFont(font)
    words = painter.fontMetrics().tightBoundingRect(text or "!")
    wide = min(size, max(high, words.width() + round(high * 0.42)))
    # On whole pixels, at the lower right corner.
    place = QRectF(size - wide, size - high, wide, high)
    fill = QColor(colours.tones[Tone.HARM if harm else Tone.ATTENTION])
    gap = 1.0 if size < _LARGE else size / 24
    shape = _octagon if harm else _pill
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(fill)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Clear)
    painter.drawPath(shape(place.adjusted(-gap, -gap, gap, gap)))
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
    painter.drawPath(shape(place))
    ink = QColor(_DARK_INK if colours.dark else "#FFFFFF")
    if text:
        painter.setPen(ink)
        left = place.center().x() - words.width() / 2 - words.x()
        base_line = place.center().y() - words.height() / 2 - words.y()
        painter.drawText(QPointF(round(left), round(base_line)), text)
        return
    # An exclamation mark of whole pixels: a letter of eight pixels is a smear.
    bar = max(2, round(high / 5.5))
    left = round(place.center().x() - bar / 2)
    top, bottom = round(place.top() + high * 0.2), round(place.bottom() - high * 0.2)
    painter.fillRect(left, top, bar, bottom - top - bar - max(1, bar // 2), ink)
    painter.fillRect(left, bottom - bar, bar, bar, ink)


def _pill(place: QRectF) -> QPainterPath:
    path = QPainterPath()
    radius = place.height() / 2
    path.addRoundedRect(place, radius, radius)
    return path


def _octagon(place: QRectF) -> QPainterPath:
    cut = place.height() * 0.29
    left, top, right, bottom = place.left(), place.top(), place.right(), place.bottom()
    corners = (
        (left + cut, top),
        (right - cut, top),
        (right, top + cut),
        (right, bottom - cut),
        (right - cut, bottom),
        (left + cut, bottom),
        (left, bottom - cut),
        (left, top + cut),
    )
    path = QPainterPath(QPointF(*corners[0]))
    for corner in corners[1:]:
        path.lineTo(QPointF(*corner))
    path.closeSubpath()
    return path
