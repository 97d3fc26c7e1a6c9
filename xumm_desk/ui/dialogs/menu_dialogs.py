"""What the menus open: keys, shop settings, help, log, diagnostics, about."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QDialog, QFileDialog, QMessageBox

from xumm_desk.core.wire.api_answers import Application, Failure
from xumm_desk.engine.runtime.tasks import StartTask
from xumm_desk.locale.translation import _, tr
from xumm_desk.setup.resources import licences
from xumm_desk.ui.system_tools import SystemTools
from xumm_desk.version import __version__

if TYPE_CHECKING:
    from xumm_desk.ui.diagnostics.log_window import LogWindow
    from xumm_desk.ui.first_run.setup_dialog import SetupDialog
    from xumm_desk.ui.main_window import MainWindow

    from .help_window import HelpWindow

KeyTest = Callable[[str, str], Awaitable[Application | Failure]]


class Dialogs(QObject):
    """Opens each of them; none stops the window's loop, and each deletes itself."""

    keys_saved = Signal(str, str, object)
    keys_removed = Signal()
    practice_chosen = Signal()
    shop_saved = Signal(dict)
    diagnostics_asked = Signal(str)

    def __init__(
        self,
        window: MainWindow,
        *,
        start: StartTask,
        help_folder: Path,
        kept_where: Callable[[], str],
        test_keys: KeyTest,
        system: SystemTools,
    ) -> None:
        super().__init__(window)
        self._window, self._system = window, system
        self._start, self._kept_where, self._test_keys = start, kept_where, test_keys
        self._help_folder = help_folder
        self._guide: HelpWindow | None = None
        self._setup: SetupDialog | None = None
        self._log: LogWindow | None = None

    def keys(self) -> None:
        """The platform's keys."""
        from .keys_dialog import KeysDialog  # noqa: PLC0415 - the window is painted without it

        dialog = KeysDialog(
            kept_where=self._kept_where(),
            test=self._test_keys,
            start=self._start,
            parent=self._window,
        )
        dialog.saved.connect(self.keys_saved)
        dialog.removed.connect(self.keys_removed)
        dialog.practice_chosen.connect(self.practice_chosen)
        self._open(dialog)

    def shop(self) -> None:
        """The shop's settings."""
        from xumm_desk.ui.settings.settings_dialog import SettingsDialog  # noqa: PLC0415 - see above

        dialog = SettingsDialog(
            self._window.preferences.value, self._window.page_context(), parent=self._window
        )
        dialog.saved.connect(self.shop_saved)
        self._open(dialog)

    def set_up(self) -> None:
        """The guided set-up, beside the window; it holds up nothing."""
        from xumm_desk.ui.first_run.setup_dialog import SetupDialog  # noqa: PLC0415 - see above

        if self._setup is None or not shiboken6.isValid(self._setup):
            self._setup = SetupDialog(self._window)
            self._setup.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._setup.show()
        self._setup.raise_()

    def is_setup_open(self) -> bool:
        """Whether the guided set-up is shown."""
        return self._setup is not None and shiboken6.isValid(self._setup)

    def diagnostics(self) -> None:
        """Where to save them; they hold neither keys nor tokens."""
        dialog = QFileDialog(self._window, _("Save diagnostics"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("txt")
        dialog.setNameFilter(_("Text files (*.txt)"))
        dialog.selectFile(f"xumm-desk-diagnostics-{datetime.now().astimezone():%Y-%m-%d-%H%M}.txt")
        dialog.fileSelected.connect(self.diagnostics_asked)
        self._open(dialog)

    def log(self) -> None:
        """The log of this run, beside the window."""
        if self._log is None:
            from xumm_desk.ui.diagnostics.log_window import LogWindow  # noqa: PLC0415 - see above

            self._log = LogWindow(self._system)
        self._log.show()
        self._log.raise_()
        self._log.activateWindow()

    def close_log(self) -> None:
        """Close the log, if it is open."""
        if self._log is not None:
            self._log.close()

    def about(self) -> None:
        """Version, environment and licences."""
        place = self._window.environment
        box = QMessageBox(self._window)
        box.setWindowTitle(_("About Xumm Desk"))
        box.setText(_("Xumm Desk {version}", version=__version__))
        node = _("with a ledger node") if place.ledger else _("without a ledger node")
        if place.rights.writes:
            words = _(
                "Platform: {host}, network {network}, {node}.",
                host=place.host,
                network=place.network,
                node=node,
            )
        else:
            words = tr(place.rights.why_not)
        box.setInformativeText(f"{words}\n\n{_licence_text(licences())}")
        self._open(box)

    def guide(self) -> None:
        """Help, at its beginning."""
        self._open_guide("start.md")

    def shortcuts(self) -> None:
        """Help, at the list of keys."""
        self._open_guide("shortcuts.md")

    def close(self) -> None:
        """The program ends; help, log and set-up are windows of their own."""
        self.close_log()
        if self._guide is not None:
            self._guide.close()
        if self.is_setup_open() and self._setup is not None:
            self._setup.close()

    def _open(self, dialog: QDialog) -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def _open_guide(self, page: str) -> None:
        if self._guide is None:
            from .help_window import HelpWindow  # noqa: PLC0415 - see above

            self._guide = HelpWindow(self._help_folder)
        self._guide.open_page(page)
        self._guide.show()
        self._guide.raise_()


def _licence_text(folder: Path | None) -> str:
    """Under which licences it is, and where those of all that a frozen program brings lie."""
    if folder is None:
        return _("MIT licence. Qt is used under the LGPL, version 3.")
    return _(
        "MIT licence. It brings Qt along under the LGPL, version 3, and other programs; their"
        " licences are in {folder}.",
        folder=folder,
    )
