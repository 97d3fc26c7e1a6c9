"""Ask for the figures of a period, and again when requests change: never faster than they come."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

import shiboken6
from PySide6.QtCore import QObject, QTimer, Signal

from xumm_desk.core.history.history_lines import IndexProgress
from xumm_desk.core.journal_error import JournalError
from xumm_desk.core.message import error_text
from xumm_desk.core.report.line import ReportLine
from xumm_desk.core.report.periods import Period, Span, span_of
from xumm_desk.core.report.report_lines import report_lines
from xumm_desk.engine.reports import Reports
from xumm_desk.engine.runtime.tasks import StartTask
from xumm_desk.locale.translation import tr

log = logging.getLogger(__name__)

_PAUSE_MS: Final = 1500
"""Between two readings while requests change."""

_SHARE: Final = 10
"""A reading that takes long is followed by a pause that is so many times as long."""


@dataclass(frozen=True, slots=True)
class Report:
    """The report of a period as it was at `at` (UTC). `is_empty` where neither it nor the one
    before had any request."""

    period: Period
    lines: tuple[ReportLine, ...]
    now: Span
    before: Span
    progress: IndexProgress
    at: datetime
    is_empty: bool


class ReportLoader(QObject):
    """Reads one report after the other from `open` to `rest`. `loaded` carries a `Report`, `failed`
    why there is none."""

    loaded = Signal(object)
    failed = Signal(str)

    def __init__(
        self,
        reports: Reports,
        *,
        start: StartTask,
        now: Callable[[], datetime],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._reports, self._start, self._now = reports, start, now
        self._period: Period | None = None
        self._is_open = self._reading = self._again = False
        self._asked = 0
        self._pause = _PAUSE_MS
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.read)

    def open(self, period: Period) -> None:
        """The report is shown: read this period now."""
        self._is_open = True
        self.show_period(period)

    def show_period(self, period: Period) -> None:
        """Read this one now; an answer about another one is dropped."""
        if period != self._period:
            self._period = period
            self._asked += 1
        self.read()

    def changed(self) -> None:
        """Requests have changed: read soon."""
        if not self._is_open:
            return
        if self._reading:
            self._again = True
        elif not self._timer.isActive():
            self._timer.start(self._pause)

    def rest(self) -> None:
        """Nobody looks: read nothing more until it is opened again."""
        self._is_open = False
        self._timer.stop()
        self._again = False

    def read(self) -> None:
        """Read now, or as soon as the present reading has come."""
        period = self._period
        if period is None or not self._is_open:
            return
        if self._reading:
            self._again = True
            return
        self._timer.stop()
        self._reading, self._again = True, False
        asked, begun, at = self._asked, time.monotonic(), self._now()
        now, before = spans_of(period, at)

        async def answer() -> None:
            problem = ""
            figures = None
            try:
                figures = await self._reports.compare(now, before)
            except JournalError as error:
                log.warning("the figures cannot be read: %s", error)
                problem = tr(error_text(error))
            if not shiboken6.isValid(self):
                return
            self._reading = False
            taken = round(1000 * (time.monotonic() - begun))
            self._pause = max(_PAUSE_MS, _SHARE * taken)
            is_current = asked == self._asked
            if figures is not None and is_current:
                lines = report_lines(figures, now, before)
                empty = figures.now.is_empty and figures.before.is_empty
                self.loaded.emit(Report(period, lines, now, before, figures.progress, at, empty))
            elif is_current:
                self.failed.emit(problem)
            if not is_current:
                self.read()
            elif self._is_open and (
                self._again or (figures is not None and not figures.progress.is_complete)
            ):
                self._timer.start(self._pause)

        self._start(answer(), "report")


def spans_of(period: Period, at: datetime) -> tuple[Span, Span]:
    """A period in this computer's time zone, and the one before; of that as much as there is of
    one that is running at `at`."""
    now = span_of(period, to_utc, to_local)
    stop = None
    here = to_local(at)
    if period.first <= here.date() < period.end:
        stop = to_utc(period.before().like(period, here.replace(second=0, microsecond=0)))
    return now, span_of(period.before(), to_utc, to_local, stop)


def to_utc(local: datetime) -> datetime:
    """The UTC time of a local one without a zone."""
    return local.astimezone(UTC)


def to_local(at: datetime) -> datetime:
    """The local time, without a zone, of a moment."""
    return at.astimezone().replace(tzinfo=None)


def today(at: datetime) -> date:
    """The local day of a moment."""
    return at.astimezone().date()
