"""Knows when to look: one tick a second for everything that counts, and one calm drain for rows
that change. Must not know what is done at either."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Final

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from xumm_desk.engine.book import Listener, Row

DRAIN_MS: Final = 33
"""Two frames of a usual screen: nobody sees the delay, and a flood becomes thirty repaints."""


class Second(QObject):
    """One tick a second for the whole window, on the wall clock's second."""

    tick = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)

    def start(self) -> None:
        """Begin to tick."""
        self._aim()

    def stop(self) -> None:
        """Tick no more."""
        self._timer.stop()

    def _beat(self) -> None:
        self._aim()
        self.tick.emit()

    def _aim(self) -> None:
        # Aimed anew each time, so that the ticks never drift off the wall's second.
        self._timer.start(1000 - datetime.now(UTC).microsecond // 1000)


class Feed(QObject):
    """Collects rows from the desk and hands each one's newest state on, at most every 33 ms."""

    def __init__(
        self, sink: Callable[[Sequence[Row]], None], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._sink = sink
        self._waiting: dict[str, Row] = {}
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(DRAIN_MS)
        self._timer.timeout.connect(self.drain)

    def follow(self, rows: Sequence[Row], on_rows: Callable[[Listener], object]) -> None:
        """Show `rows` at once and whatever `on_rows` (the desk's) tells from now on."""
        on_rows(self.take)
        self.take(rows)
        self.drain()

    def take(self, rows: Sequence[Row]) -> None:
        """Take in a batch; touches no widget, so the engine may call it."""
        for row in rows:
            self._waiting[row.identifier] = row
        if self._waiting and not self._timer.isActive():
            self._timer.start()

    def drain(self) -> None:
        """Hand on what has come."""
        self._timer.stop()
        if self._waiting:
            rows, self._waiting = tuple(self._waiting.values()), {}
            self._sink(rows)
