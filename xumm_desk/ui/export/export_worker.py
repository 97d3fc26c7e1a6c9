"""Run an export in a thread of its own and report its progress to the window's thread."""

from __future__ import annotations

import logging
import threading
from typing import Final

import shiboken6
from PySide6.QtCore import QObject, Signal

from xumm_desk.core.export.job import (
    ExportCancelledError,
    ExportError,
    ExportJob,
    ExportProgress,
    ExportResult,
    ExportRunner,
)
from xumm_desk.core.message import Message, error_text
from xumm_desk.ui.background import run_in_thread

log = logging.getLogger(__name__)

_BUG: Final = Message(
    "An error of this program ended it. No file was changed. The log file holds the details."
)


class ExportWorker(QObject):
    """One export at a time. `progressed` carries an `ExportProgress`, `finished` an `ExportResult`,
    `failed` a sentence; `cancelled` comes after `cancel`."""

    progressed = Signal(object)
    finished = Signal(object)
    failed = Signal(str)
    cancelled = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._stop: threading.Event | None = None

    @property
    def running(self) -> bool:
        """Whether a file is being written."""
        return self._stop is not None

    def start(self, runner: ExportRunner, job: ExportJob) -> None:
        """Begin; returns at once."""
        stop = self._stop = threading.Event()

        def progressed(progress: ExportProgress) -> None:
            if not stop.is_set() and shiboken6.isValid(self):
                self.progressed.emit(progress)

        def work() -> ExportResult | str | None:
            try:
                return runner.run(job, progressed, stop.is_set)
            except ExportCancelledError:
                return None
            except ExportError as error:
                return error_text(error)
            except Exception:
                log.exception("an export failed")
                return _BUG

        def done(result: ExportResult | str | None) -> None:
            if not shiboken6.isValid(self):
                return
            self._stop = None
            if result is None:
                self.cancelled.emit()
            elif isinstance(result, str):
                self.failed.emit(result)
            else:
                self.finished.emit(result)

        run_in_thread(work, done)

    def cancel(self) -> None:
        """Ask it to end; what was written is removed."""
        if self._stop is not None:
            self._stop.set()
