"""The place of the report in the window; the report itself is made when it is first opened."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from xumm_desk.engine.reports import Reports
from xumm_desk.engine.runtime.tasks import StartTask

if TYPE_CHECKING:
    from .report_page import ReportPage


class ReportView(QWidget):
    """Holds a `ReportPage` from `open` on. `asked` carries the question to the history behind a
    figure; `unmatched_asked` wants the payments without a request."""

    asked = Signal(object)
    unmatched_asked = Signal()

    def __init__(
        self,
        reports: Reports,
        *,
        start: StartTask,
        now: Callable[[], datetime],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._reports, self._start, self._now = reports, start, now
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._is_open = False
        self._is_ready = False
        self.page: ReportPage | None = None

    def set_ready(self) -> None:
        """The journal was read: figures can be counted."""
        self._is_ready = True
        if self._is_open:
            self.open()

    def open(self) -> None:
        """The view is shown."""
        self._is_open = True
        if not self._is_ready:
            return
        if self.page is None:
            from .report_page import ReportPage  # noqa: PLC0415 - the till comes first

            self.page = ReportPage(self._reports, start=self._start, now=self._now)
            self.page.asked.connect(self.asked)
            self.page.unmatched_asked.connect(self.unmatched_asked)
            self._column.addWidget(self.page)
        self.page.open()
        self.page.periods.length.setFocus(Qt.FocusReason.OtherFocusReason)

    def rest(self) -> None:
        """The view is hidden: nothing is counted for nobody."""
        self._is_open = False
        if self.page is not None:
            self.page.rest()

    def changed(self) -> None:
        """Requests have changed."""
        if self._is_open and self.page is not None:
            self.page.changed()

    def tick(self) -> None:
        """One second has passed."""
        if self._is_open and self.page is not None:
            self.page.tick()
