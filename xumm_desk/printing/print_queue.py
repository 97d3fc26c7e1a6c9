"""Run print jobs one after the other in worker threads, so that no printer holds up a sale.

A printing service that hangs is given up after a time-out: its thread is left behind and the next
job gets a new one. Results come back on the GUI thread.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from xumm_desk.core.message import Message

from .print_result import PrintResult

log = logging.getLogger(__name__)

JOB_LIMIT: Final = 45.0
"""Seconds after which a job is given up; a receipt printer needs fewer than ten."""

Job = Callable[[], PrintResult]

_NO_ANSWER: Final = Message(
    "Printing takes too long and was given up. Look at the printer and at the system's list of"
    " waiting prints, then print again if no receipt comes out."
)
_FAILED: Final = Message(
    "The receipt could not be printed because of an error in the program; the log has the details."
    " The sale is safe."
)


@dataclass(frozen=True, slots=True)
class _Queued:
    number: int
    job: Job


class PrintQueue(QObject):
    """`finished` tells the number of each job that ended, and its `PrintResult`."""

    finished = Signal(int, object)
    _came_back = Signal(int, object)

    def __init__(self, parent: QObject | None = None, *, limit: float = JOB_LIMIT) -> None:
        super().__init__(parent)
        self._waiting: deque[_Queued] = deque()
        self._running: _Queued | None = None
        self._thread: threading.Thread | None = None
        self._last_number = 0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(int(limit * 1000))
        self._timer.timeout.connect(self._give_up)
        # Emitted in a worker thread: only a queued connection brings it to this one.
        self._came_back.connect(self._take_result, Qt.ConnectionType.QueuedConnection)

    @property
    def count(self) -> int:
        """How many jobs wait or run."""
        return len(self._waiting) + (self._running is not None)

    def add(self, job: Job) -> int:
        """Run `job` in a worker thread when its turn comes; returns its number."""
        self._last_number += 1
        self._waiting.append(_Queued(self._last_number, job))
        self._start_next()
        return self._last_number

    def close(self, timeout: float = 2.0) -> None:
        """Drop what waits, and give the running job some seconds to finish; nobody is told of it,
        since what would be told may be gone by then."""
        self._waiting.clear()
        self._running = None
        self._timer.stop()
        if self._thread is not None:
            self._thread.join(timeout)

    def _start_next(self) -> None:
        if self._running is not None or not self._waiting:
            return
        queued = self._running = self._waiting.popleft()
        # A daemon: a printing service that hangs must not keep the program from ending.
        self._thread = threading.Thread(target=self._run, args=(queued,), name="print", daemon=True)
        self._timer.start()
        self._thread.start()

    def _run(self, queued: _Queued) -> None:
        try:
            result = queued.job()
        except Exception:
            log.exception("A receipt could not be printed")
            result = PrintResult(False, _FAILED)
        try:
            self._came_back.emit(queued.number, result)
        except RuntimeError:
            return  # the window has been closed meanwhile

    def _take_result(self, number: int, result: PrintResult) -> None:
        if self._running is None or self._running.number != number:
            return  # given up before
        self._end(result)

    def _give_up(self) -> None:
        if self._running is not None:
            self._end(PrintResult(False, _NO_ANSWER))

    def _end(self, result: PrintResult) -> None:
        assert self._running is not None
        number, self._running, self._thread = self._running.number, None, None
        self._timer.stop()
        self.finished.emit(number, result)
        self._start_next()
