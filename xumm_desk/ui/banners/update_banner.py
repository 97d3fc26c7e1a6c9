"""The quiet bar about a newer version of the program, and the dialog behind its button."""

from __future__ import annotations

from typing import Final

import shiboken6
from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QWidget

from xumm_desk.core.message import Message
from xumm_desk.engine.runtime.tasks import StartTask
from xumm_desk.locale.translation import _
from xumm_desk.ui.lock.desk_lock import DeskLock
from xumm_desk.ui.system_tools import Updates

from .banner import BannerStack, Severity

KEY: Final = "new version"

_LOCKED: Final = Message("The desk is locked. What is new needs the PIN.")


class UpdateBanner(QObject):
    """Shows what `updates` has to tell; yellow only where this version must no longer be used."""

    def __init__(
        self,
        window: QWidget,
        updates: Updates,
        *,
        bars: BannerStack,
        lock: DeskLock,
        start: StartTask,
    ) -> None:
        super().__init__(window)
        self._window, self._updates, self._bars = window, updates, bars
        self._lock, self._start = lock, start
        updates.on_change(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show what is known now."""
        if not shiboken6.isValid(self):
            return
        notice = self._updates.notice
        if notice is None:
            self._bars.remove(KEY)
        elif notice.unsafe:
            self._bars.show_banner(
                KEY,
                _("This version, {own}, is no longer safe to use.", own=notice.own),
                _("Install version {version} soon. Sales go on meanwhile.", version=notice.version),
                _("What to do…"),
                Severity.ATTENTION,
            )
        else:
            self._bars.show_banner(
                KEY,
                _("Version {version} of Xumm Desk is available.", version=notice.version),
                _("This is version {own}. Nothing is installed by itself.", own=notice.own),
                _("What is new…"),
                Severity.NEUTRAL,
            )

    def open(self) -> None:
        """Say more; at a locked desk after the PIN, since a browser opens from there."""
        self._lock.require(_LOCKED, self._open)

    def _open(self) -> None:
        from xumm_desk.ui.dialogs.update_dialog import UpdateDialog  # noqa: PLC0415 - when opened

        notice = self._updates.notice
        if notice is None:
            return
        dialog = UpdateDialog(notice, self._window)
        dialog.hide_asked.connect(lambda: self._start(self._updates.hide(), "hide version"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()
