"""Select a new request as soon as it has its code, or a moment after it was created without one."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from xumm_desk.engine.runtime.registry import RequestRow

from .table_model import RequestTableModel
from .table_view import RequestTableView

_DELAY_MS: Final = 100
"""A new request whose code comes sooner than an eye can tell is shown with it at once: painting the
detail twice would only delay the code."""


class NewRowSelection(QObject):
    """Selects in `view` the request that was created last. `selected` carries its row."""

    selected = Signal(object)

    def __init__(self, table: RequestTableModel, view: RequestTableView, parent: QObject) -> None:
        super().__init__(parent)
        self._table, self._view = table, view
        self._identifier = ""
        self.timer = QTimer(self)
        self.timer.setSingleShot(True)
        self.timer.setInterval(_DELAY_MS)
        self.timer.timeout.connect(self._select)

    def select_when_shown(self, identifier: str) -> None:
        """This request was created a moment ago; its row may not be there yet."""
        self._identifier = identifier
        self.timer.start()

    def table_changed(self) -> None:
        """The table shows other rows now."""
        fresh = self._table.row(self._identifier)
        if fresh is not None and (has_code_or_end(fresh) or not self.timer.isActive()):
            self._select()

    def _select(self) -> None:
        row = self._table.row(self._identifier)
        if row is not None:
            self._view.select(self._identifier)
            self._identifier = ""
            self.selected.emit(row)


def has_code_or_end(row: RequestRow) -> bool:
    """Whether there is what a person waits for: a code, or why there is none."""
    return bool(row.request.qr_link) or row.verdict.final
