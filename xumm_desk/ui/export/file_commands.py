"""The menu entries that write requests to a file and create requests from one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QDialog, QWidget

from xumm_desk.core.history.query import HistoryQuery
from xumm_desk.core.message import Message
from xumm_desk.core.settings import SettingsStore
from xumm_desk.engine.desk import Desk
from xumm_desk.engine.runtime.tasks import StartTask
from xumm_desk.locale.translation import _
from xumm_desk.ui.lock.desk_lock import DeskLock

if TYPE_CHECKING:
    from xumm_desk.core.export.job import ExportRunner

_EXPORT_LOCKED: Final = Message("The desk is locked. Exports need the PIN.")
_IMPORT_LOCKED: Final = Message("The desk is locked. Imports need the PIN.")
EXPORT_KEYS: Final = "Ctrl+E"

ViewQuery = Callable[[], HistoryQuery | None]
"""What the view shows; None where it leaves nothing out."""


class FileCommands(QObject):
    """Opens both dialogs over `window`; at a locked desk only with the PIN. `runner` makes what
    writes files, for the journal of the present configuration; None where there is none."""

    def __init__(
        self,
        window: QWidget,
        lock: DeskLock,
        *,
        start: StartTask,
        preferences: Callable[[], SettingsStore],
        runner: Callable[[], ExportRunner] | None,
    ) -> None:
        super().__init__(window)
        self._window, self._lock, self._start = window, lock, start
        self._preferences, self._runner = preferences, runner
        self._desk: Desk | None = None
        self._network = ""
        self._view: ViewQuery = lambda: None
        self.export_action = QAction(_("Export requests…"), window)
        self.export_action.setShortcut(QKeySequence(EXPORT_KEYS))
        self.import_action = QAction(_("Import requests…"), window)
        self.export_action.triggered.connect(lambda: lock.require(_EXPORT_LOCKED, self._export))
        self.import_action.triggered.connect(lambda: lock.require(_IMPORT_LOCKED, self._import))
        self.use_desk(None)

    def use_desk(
        self, desk: Desk | None, network: str = "", view: ViewQuery = lambda: None
    ) -> None:
        """Export and import with this desk; with none there is nothing to do."""
        self._desk, self._network, self._view = desk, network, view
        for action in (self.export_action, self.import_action):
            action.setEnabled(desk is not None and self._runner is not None)

    def _export(self) -> None:
        from .export_dialog import ExportDialog, ViewFilter  # noqa: PLC0415 - seldom asked for

        if self._runner is None or self._desk is None:
            return
        dialog = ExportDialog(
            self._runner(),
            self._preferences(),
            now=lambda: datetime.now(UTC),
            view=ViewFilter(query=self._view()),
            parent=self._window,
        )
        self._open(dialog)

    def _import(self) -> None:
        from xumm_desk.ui.bulk_import.import_dialog import ImportDialog  # noqa: PLC0415 - see above

        if self._runner is None or self._desk is None:
            return
        dialog = ImportDialog(
            self._desk,
            self._preferences(),
            self._runner(),
            network=self._network,
            start=self._start,
            parent=self._window,
        )
        self._open(dialog)

    def _open(self, dialog: QDialog) -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()
