"""Gives the table its history once the journal was read, and says how much of it is there."""

from __future__ import annotations

from typing import Final

import shiboken6
from PySide6.QtCore import QObject, QTimer, Signal

from xumm_desk.core.history.history_lines import IndexProgress
from xumm_desk.core.journal_error import JournalError
from xumm_desk.engine.desk import Desk
from xumm_desk.engine.runtime.tasks import StartTask
from xumm_desk.locale.translation import _
from xumm_desk.ui.requests.table_model import RequestTableModel

from .history_source import HistorySource

_PROGRESS_MS: Final = 2000
"""Between two looks at an index that is being made."""

_FEW: Final = 500
"""Requests whose lines are made in a moment, of which nothing needs to be said."""


class TableHistory(QObject):
    """The table's history. `progressed` carries how much of it is there, or why it cannot be read,
    as a sentence; "" once it is whole."""

    progressed = Signal(str)

    def __init__(
        self, desk: Desk, table: RequestTableModel, start: StartTask, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._desk, self._table, self._start = desk, table, start
        self.source: HistorySource | None = None
        self._left = self._whole = 0
        self._is_whole = False
        # Whether requests have come that are neither in memory nor among the lines.
        self._past_came = False
        self._timer = QTimer(self)
        self._timer.setInterval(_PROGRESS_MS)
        self._timer.timeout.connect(self._look)
        table.past_wanted.connect(self._load)
        desk.shop.on_past(self._on_past)

    def attach(self, network: str) -> None:
        """The journal was read: show all of it, in a shop of `network`."""
        if self.source is None:
            self.source = HistorySource(self._desk.history, self._start, self)
            self.source.failed.connect(self._failed)
            self._table.attach(self.source, network)
            self._look()

    @property
    def is_whole(self) -> bool:
        """Whether the history has taken in all that an earlier run had left."""
        return self._is_whole

    def _on_past(self) -> None:
        """Another till of the shop has told of its past."""
        if shiboken6.isValid(self) and self.source is not None:
            self._past_came = True
            if not self._timer.isActive():
                self._timer.start()

    def _failed(self, why: str) -> None:
        """What is shown may be old, and older requests may be missing."""
        self.progressed.emit(_("The history cannot be read: {reason}", reason=why) if why else "")

    def _load(self, identifier: str) -> None:
        self._start(self._desk.load(identifier), "load a request")

    def _look(self) -> None:
        async def look() -> None:
            try:
                state = await self._desk.history.progress()
            except JournalError:
                return  # what is wrong with the journal is said by its own banner
            if shiboken6.isValid(self):
                self._show(state)

        self._start(look(), "history progress")

    def _show(self, state: IndexProgress) -> None:
        left = state.behind + state.waiting
        self._whole = max(self._whole, state.whole, left)
        if left != self._left or self._past_came:
            self._left, self._past_came = left, False
            self._table.look_again()
        self._is_whole = not left
        if not left:
            # From now on what changes is in memory.
            self._timer.stop()
            self.progressed.emit("")
            return
        self._timer.start()
        if left > _FEW:
            done = 100 * (self._whole - left) // self._whole
            self.progressed.emit(
                _("Older requests are being prepared for the history: {percent} %", percent=done)
            )
