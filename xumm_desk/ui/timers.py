"""One timer that ticks each second, batches of changed rows, and the time of the last input."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Final

import shiboken6
from PySide6.QtCore import QElapsedTimer, QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QWindow

from xumm_desk.engine.runtime.registry import Listener, RequestRow

FLUSH_MS: Final = 20
"""Milliseconds between two flushes. The first change after a pause is shown at once; in a flood
nobody sees this delay, and with a frame of painting it stays under two frames of a usual screen."""


class SecondTimer(QObject):
    """One tick a second for the whole window, on the wall clock's second."""

    tick = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._on_timeout)

    def start(self) -> None:
        """Begin to tick."""
        self._schedule()

    def stop(self) -> None:
        """Tick no more."""
        self._timer.stop()

    def _on_timeout(self) -> None:
        self._schedule()
        self.tick.emit()

    def _schedule(self) -> None:
        # Aimed anew each time, so that the ticks never drift off the wall's second.
        self._timer.start(1000 - datetime.now(UTC).microsecond // 1000)


class LastInput(QObject):
    """Notes when a person last touched a window; follow it with `watch` once it is shown."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.at = time.monotonic()
        """Monotonic seconds of the last key, click, wheel or move."""

    def watch(self, window: QWindow | None) -> None:
        """Watch the window's own events: few, where the application's would be all."""
        if window is not None:
            window.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Note the moment, and let everything pass."""
        if event.type() in _INPUT_EVENTS:
            self.at = time.monotonic()
        return False


_INPUT_EVENTS: Final = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
    }
)


def _no_op() -> None:
    """Used where there is nothing to unsubscribe from."""


class ChangeFeed(QObject):
    """Collects rows from the desk and passes on the newest state of each, at most every 20 ms; but
    the one in `urgent_identifier`, for which a person waits, at once.

    `on_row` gets every row as it comes and touches no widget; `on_batch` gets the newest of each
    request when it is time to show them.
    """

    def __init__(
        self,
        on_batch: Callable[[Sequence[RequestRow]], None],
        parent: QObject | None = None,
        on_row: Callable[[Sequence[RequestRow]], None] | None = None,
    ) -> None:
        super().__init__(parent)
        self._on_batch = on_batch
        self._on_row = on_row
        self._unsubscribe: Callable[[], None] = _no_op
        self._waiting: dict[str, RequestRow] = {}
        self.urgent_identifier = ""
        """The request whose next states are not held back; "" for none."""
        self._since = QElapsedTimer()
        self._scheduled = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.flush)

    def follow(
        self, rows: Sequence[RequestRow], on_rows: Callable[[Listener], Callable[[], None]]
    ) -> None:
        """Show `rows` at once and whatever `on_rows` (the desk's) delivers, until `leave`."""
        self.leave()
        self._unsubscribe = on_rows(self.add)
        self.add(rows)
        self.flush()

    def leave(self) -> None:
        """Unsubscribe from the desk."""
        self._unsubscribe()
        self._unsubscribe = _no_op

    def add(self, rows: Sequence[RequestRow]) -> None:
        """Add a batch; touches no widget, so the engine may call it, even if the window is gone
        already."""
        if not shiboken6.isValid(self):
            return
        if self._on_row is not None:
            self._on_row(rows)
        for row in rows:
            self._waiting[row.request.spec.identifier] = row
        if self.urgent_identifier and self.urgent_identifier in self._waiting:
            self._scheduled = True
            self._timer.start(0)
        elif self._waiting and not self._scheduled:
            self._scheduled = True
            idle = self._since.elapsed() if self._since.isValid() else FLUSH_MS
            self._timer.start(max(0, FLUSH_MS - idle))

    def flush(self) -> None:
        """Pass on what was added."""
        self._timer.stop()
        self._scheduled = False
        if self._waiting:
            rows, self._waiting = tuple(self._waiting.values()), {}
            self._on_batch(rows)
            self._since.start()
