"""Keeps small pictures that many cells share, so that each is drawn once. Must not know what is on
them."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Final

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QColor, QPainter, QPixmap

_MAX_ENTRIES: Final = 300
"""Some screens full of different cells; at 20 KB each the memory of one photograph."""

Draw = Callable[[QPainter, QRect], None]


class PixmapCache:
    """Pictures by what they show; the least lately made go first."""

    def __init__(self) -> None:
        self._made: dict[Hashable, QPixmap] = {}

    def clear(self) -> None:
        """Forget all: colours or fonts have changed."""
        self._made.clear()

    def draw(
        self, painter: QPainter, place: QRect, shows: Hashable, ground: QColor, draw: Draw
    ) -> None:
        """Paint at `place` what `draw` draws, which depends on `shows` and on the size alone.
        `ground` is opaque, so that letters are smoothed as on the screen itself."""
        device = painter.device()
        ratio = device.devicePixelRatioF() if device is not None else 1.0
        size = place.size()
        key = (shows, size.width(), size.height(), ratio)
        picture = self._made.get(key)
        if picture is None:
            picture = QPixmap(size * ratio)
            picture.setDevicePixelRatio(ratio)
            picture.fill(ground)
            inside = QPainter(picture)
            inside.setRenderHints(painter.renderHints())
            draw(inside, QRect(QPoint(0, 0), size))
            inside.end()
            while len(self._made) >= _MAX_ENTRIES:
                del self._made[next(iter(self._made))]
            self._made[key] = picture
        painter.drawPixmap(place.topLeft(), picture)
