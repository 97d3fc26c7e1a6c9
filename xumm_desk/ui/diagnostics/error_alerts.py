"""Tell a person of unhandled errors: one window, or a banner where a window would be in the way."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from xumm_desk.core.message import Message
from xumm_desk.locale.translation import _, tr
from xumm_desk.setup.error_reports import Origin
from xumm_desk.ui.banners.banner import BannerStack, Severity
from xumm_desk.ui.lock.desk_lock import DeskLock
from xumm_desk.ui.system_tools import SystemTools

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from .report_window import ReportWindow

KEY: Final = "bug"
"""The banner about errors of this program."""

_TOGETHER_MS: Final = 300
"""Errors within this time are shown together: one of a paint event comes with every frame."""

_LOCKED: Final = Message("The desk is locked. Error reports need the PIN.")


class ErrorAlerts(QObject):
    """Watches the reports of every thread. `notify` tells someone who does not see the window."""

    _met = Signal()

    def __init__(
        self,
        window: QWidget,
        tools: SystemTools,
        *,
        banners: BannerStack,
        lock: DeskLock,
        has_desk: Callable[[], bool],
        notify: Callable[[str, str], None],
    ) -> None:
        super().__init__(window)
        self._window, self._tools, self._banners, self._lock = window, tools, banners, lock
        self._has_desk, self._notify = has_desk, notify
        self._report: ReportWindow | None = None
        self._known = 0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_TOGETHER_MS)
        self._timer.timeout.connect(self._show)
        self._met.connect(self._schedule, Qt.ConnectionType.QueuedConnection)
        self._leave = tools.reports.on_change(self._met.emit)
        lock.changed.connect(self._lock_changed)
        if tools.reports.reports():
            self._timer.start()

    def open(self) -> None:
        """A person wants to read them; at a locked desk after the PIN."""
        self._lock.require(_LOCKED, self._open)

    def leave(self) -> None:
        """The window closes for good."""
        self._leave()
        self._timer.stop()
        if self._report is not None:
            self._report.close()

    def _schedule(self) -> None:
        if not self._timer.isActive():
            self._timer.start()

    def _show(self) -> None:
        """Another error, or one more time the same."""
        reports = self._tools.reports.reports()
        is_new, self._known = len(reports) > self._known, len(reports)
        if self._report is not None and self._report.isVisible():
            self._report.show_reports(has_desk=self._has_desk())
        elif is_new and self._may_appear():
            self._make().show_reports(has_desk=self._has_desk())
            self._make().show_quietly()
        elif is_new:
            self._show_banner(reports[-1].origin)

    def _may_appear(self) -> bool:
        """Whether a person is there who may read it."""
        seen = self._window.isVisible() and not self._window.isMinimized()
        return seen and not self._lock.locked

    def _show_banner(self, origin: Origin) -> None:
        from .report_window import NO_DESK  # noqa: PLC0415 - the window is painted without it

        words = (
            _("The program ended suddenly the last time.")
            if origin is Origin.CRASH
            else _("An error of this program occurred.")
        )
        goes_on = self._has_desk() or origin is Origin.CRASH
        meaning = Message("Requests go on being followed.") if goes_on else NO_DESK
        self._banners.show_banner(KEY, words, meaning, _("Show the report…"), Severity.ATTENTION)
        if not self._window.isVisible() or self._window.isMinimized():
            self._notify(words, tr(meaning))

    def _open(self) -> None:
        self._banners.remove(KEY)
        report = self._make()
        report.show_reports(has_desk=self._has_desk())
        report.show()
        report.raise_()
        report.activateWindow()

    def _make(self) -> ReportWindow:
        if self._report is None:
            from .report_window import ReportWindow  # noqa: PLC0415 - seldom needed

            self._report = ReportWindow(self._tools, self._window)
        return self._report

    def _lock_changed(self) -> None:
        """What it shows is behind the PIN."""
        if self._lock.locked and self._report is not None and self._report.isVisible():
            self._report.close()
            self._show_banner(self._tools.reports.reports()[-1].origin)
