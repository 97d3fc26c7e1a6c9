"""Lets requests that ended long ago leave memory, while nobody looks at them."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Final

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

from xumm_desk.engine.desk import Desk
from xumm_desk.ui.requests.table_model import RequestTableModel

from .table_history import TableHistory

_EVERY_MS: Final = 60_000


class MemoryReleaseTimer(QObject):
    """Looks once a minute. `shown` returns the identifiers of what a person looks at."""

    def __init__(
        self,
        desk: Desk,
        table: RequestTableModel,
        history: TableHistory,
        shown: Callable[[], Collection[str]],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._desk, self._table, self._history, self._shown = desk, table, history, shown
        self._timer = QTimer(self)
        self._timer.setInterval(_EVERY_MS)
        self._timer.timeout.connect(self.look)

    def start(self) -> None:
        """Begin."""
        self._timer.start()

    def stop(self) -> None:
        """End."""
        self._timer.stop()

    def look(self) -> None:
        """Let go of what may leave; not while the history is being made, which could not show it
        yet, and not beside a dialog, which may be about any request."""
        if self._history.is_whole and QApplication.activeModalWidget() is None:
            self._table.release(self._desk.release(self._shown()))
