"""The view of the report: its period, cards with a chart or a table, and what is not there."""

from __future__ import annotations

import importlib
import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from xumm_desk.core.message import LIST_SEPARATOR, Message, Sentences
from xumm_desk.core.report.line import Figure, Section
from xumm_desk.core.report.periods import Length
from xumm_desk.engine.reports import Reports
from xumm_desk.engine.runtime.tasks import StartTask
from xumm_desk.locale import formats
from xumm_desk.locale.translation import _, tr
from xumm_desk.ui.language.shown_words import language_change
from xumm_desk.ui.style import theme
from xumm_desk.ui.style.theme import Size, Space
from xumm_desk.ui.widgets.containers import EmptyView, VerticalScrollArea
from xumm_desk.ui.widgets.segmented_control import SegmentedControl

from . import wording
from .period_bar import PeriodBar
from .report_cards import ReportCards
from .report_loader import Report, ReportLoader, today
from .report_table import ReportTable

log = logging.getLogger(__name__)

_CARDS: Final = "cards"
_TABLE: Final = "table"

_PATIENCE_MS: Final = 250
"""How long the figures of another period stay while the new ones are counted."""

_LIBRARIES: Final = ("numpy", "xumm_desk.ui.report.sales_chart")
"""What the chart needs, in the order in which it is loaded: each takes some 0.2 s, once."""
_TURN_MS: Final = 30
"""Between them, so that everything else gets its turn."""

_COUNTING: Final = Message("Counting…")
_EMPTY: Final[dict[Length, Message]] = {
    Length.DAY: Message("No requests on this day"),
    Length.WEEK: Message("No requests in this week"),
    Length.MONTH: Message("No requests in this month"),
}
_CHART_TITLES: Final[dict[Length, Message]] = {
    Length.DAY: Message("Sales by hour"),
    Length.WEEK: Message("Sales by day"),
    Length.MONTH: Message("Sales by day"),
}


class ReportPage(QWidget):
    """The report of one desk. `asked` carries the question to the history behind a figure;
    `unmatched_asked` wants the payments without a request."""

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
        self._now = now
        self._minute = -1
        self._day = today(now())
        self.report: Report | None = None
        self.loader = ReportLoader(reports, start=start, now=now, parent=self)
        self.periods = PeriodBar(now)
        self.switch = SegmentedControl(
            _("Show as"), ((_CARDS, _("Overview")), (_TABLE, _("Table")))
        )
        self.copy = QPushButton(_("Copy table"))
        self.copy.setProperty("quiet", True)
        self.title, self._compared, self._note = QLabel(), QLabel(), QLabel()
        self.cards, self.table = ReportCards(), ReportTable()
        self.chart: Any = None
        self._chart_failed = False
        self._libraries = list(_LIBRARIES)
        self._loading = QTimer(self)
        self._loading.setSingleShot(True)
        self._loading.setInterval(_TURN_MS)
        self._chart_title, self._legend = QLabel(), QLabel()
        self._chart_column = QVBoxLayout()
        self.empty = EmptyView()
        self._body = QStackedWidget()
        self._slow = QTimer(self)
        self._slow.setSingleShot(True)
        self._slow.setInterval(_PATIENCE_MS)
        self._build()
        self._wire()

    def open(self) -> None:
        """The view is shown: read the figures."""
        self.tick()  # it may have been midnight meanwhile
        self._show_waiting()
        self.loader.open(self.periods.period)

    def rest(self) -> None:
        """The view is hidden."""
        self.loader.rest()

    def changed(self) -> None:
        """Requests have changed."""
        self.loader.changed()

    def tick(self) -> None:
        """One second has passed: a running period is compared with as much of the one before, and
        what is today is yesterday after midnight."""
        self.periods.tick()
        day = today(self._now())
        if day != self._day:
            self._day = day
            if self.report is not None and self.report.period == self.periods.period:
                self._show(self.report)
        minute = self._now().minute
        is_running = self.report is not None and not self.report.before.is_whole
        if is_running and self._minute not in (-1, minute):
            self.loader.changed()
        self._minute = minute

    # Building.

    def _build(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(int(Space.S))
        top.addWidget(self.periods, 1)
        top.addWidget(self.copy)
        top.addWidget(self.switch)
        self.title.setFont(theme.font(Size.LARGE, strong=True))
        for label in (self._compared, self._note):
            label.setProperty("muted", True)
            label.setWordWrap(True)
        self._note.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        head = QHBoxLayout()
        head.setSpacing(int(Space.S))
        head.addWidget(self.title)
        head.addWidget(self._compared, 2)
        head.addWidget(self._note, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(int(Space.M), int(Space.M), int(Space.M), 0)
        column.setSpacing(int(Space.S))
        column.addLayout(top)
        column.addLayout(head)
        column.addWidget(self._body, 1)
        overview = QWidget()
        inside = QVBoxLayout(overview)
        inside.setContentsMargins(0, 0, 0, int(Space.M))
        inside.setSpacing(int(Space.M))
        inside.addWidget(self.cards)
        inside.addWidget(self._chart_card(), 1)
        self._scroll = VerticalScrollArea(overview)
        for page in (self.empty, self._scroll, self.table):
            self._body.addWidget(page)
        self.copy.hide()

    def _chart_card(self) -> QWidget:
        card = QFrame()
        card.setProperty("card", True)
        card.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self._chart_title.setFont(theme.font(strong=True))
        self._legend.setProperty("muted", True)
        self._legend.setFont(theme.font(Size.SMALL))
        self._legend.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        line = QHBoxLayout()
        line.addWidget(self._chart_title)
        line.addWidget(self._legend, 1)
        self._chart_column = QVBoxLayout(card)
        self._chart_column.setContentsMargins(
            int(Space.L), int(Space.M), int(Space.M), int(Space.M)
        )
        self._chart_column.addLayout(line)
        return card

    def _wire(self) -> None:
        self.periods.changed.connect(self._choose)
        self.switch.chosen.connect(self._switch)
        self._body.currentChanged.connect(self._show_copy)
        self.copy.clicked.connect(self.table.copy_all)
        self.cards.asked.connect(self._ask)
        self.table.asked.connect(self._ask)
        self.empty.pressed.connect(self.loader.read)
        self.loader.loaded.connect(self._show)
        self.loader.failed.connect(self._fail)
        self._slow.timeout.connect(self._show_waiting)
        self._loading.timeout.connect(self._load_chart)
        language_change.changed.connect(self._say_again)
        for keys, act in (
            ("Alt+Left", self.periods.go_back),
            ("Alt+Right", self.periods.go_forward),
            ("Alt+Home", self.periods.go_to_present),
        ):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(act)

    # The report.

    def _choose(self) -> None:
        self._slow.start()
        self.loader.show_period(self.periods.period)

    def _show_waiting(self) -> None:
        """Figures of another period would be taken for those of this one."""
        if self.report is None or self.report.period != self.periods.period:
            self.empty.show_message(_COUNTING)
            self._body.setCurrentWidget(self.empty)
            self._head("", "")

    def _show(self, report: Report) -> None:
        self._slow.stop()
        self.report = report
        day = today(self._now())
        title = wording.period_title(report.period, day)
        compared = wording.compared_with(report.before, day)
        dates = wording.period_dates(report.period)
        self._head(title, tr(Sentences([dates, compared], LIST_SEPARATOR)))
        self._show_note(report)
        if report.is_empty:
            self.empty.show_message(
                tr(_EMPTY[report.period.length]),
                _("Choose another period above, or start a sale with Ctrl+N."),
            )
            self._body.setCurrentWidget(self.empty)
            return
        self.cards.show_lines(report.lines)
        before = wording.before_title(report.before, day)
        self.table.rows.show_lines(report.lines, title, before)
        self._chart_title.setText(tr(_CHART_TITLES[report.period.length]))
        if not self._chart_failed:
            self._legend.setText(
                _("filled: {period}, framed: {before}", period=title, before=before)
            )
        self._switch(self.switch.value())
        self._draw_chart()

    def _say_again(self) -> None:
        if self.report is not None and self.report.period == self.periods.period:
            self._show(self.report)

    def _fail(self, why: str) -> None:
        self._slow.stop()
        self.report = None
        self._head("", "")
        self.empty.show_message(
            _("The figures cannot be read"),
            tr(Sentences([why, _("Nothing is lost: the figures are made from the journal.")])),
            _("Try again"),
        )
        self._body.setCurrentWidget(self.empty)

    def _ask(self, figure: Figure) -> None:
        if figure.unmatched:
            self.unmatched_asked.emit()
        elif figure.query is not None:
            self.asked.emit(figure.query)

    def _switch(self, name: str) -> None:
        if self.report is not None and not self.report.is_empty:
            self._body.setCurrentWidget(self.table if name == _TABLE else self._scroll)

    def _show_copy(self) -> None:
        """What is copied is what is seen: a table that is not shown may be of another period."""
        self.copy.setVisible(self._body.currentWidget() is self.table)

    def _head(self, title: str, compared: str) -> None:
        self.title.setText(title)
        self._compared.setText(compared)
        self._note.setText("")

    def _show_note(self, report: Report) -> None:
        """Of when the figures are, or what they lack."""
        missing = report.progress.waiting + report.progress.behind
        if missing:
            self._note.setText(
                _(
                    "{n} request of the journal is not counted yet",
                    plural="{n} requests of the journal are not counted yet",
                    n=missing,
                )
            )
            return
        self._note.setText(_("as of {time}", time=formats.time_of_day(report.at)))

    # The chart.

    def _draw_chart(self) -> None:
        """Show the chart; its libraries are loaded the first time, after the figures are shown."""
        if self.chart is not None:
            self._fill_chart()
        elif self._libraries:
            self._loading.start()

    def _load_chart(self) -> None:
        """Load one of the libraries, and the next one in another turn of the loop. Not in a thread:
        the binding crashes where two threads meet its names for the first time, and pyqtgraph
        meets all of them."""
        try:
            module = importlib.import_module(self._libraries.pop(0))
        except Exception:
            log.exception("the chart cannot be loaded")
            self._libraries.clear()
            self._chart_failed = True
            self._legend.setText(_("The chart cannot be drawn. The table has the same numbers."))
            return
        if self._libraries:
            self._loading.start()
            return
        self.chart = module.SalesChart()
        self.chart.asked.connect(self._ask)
        self._chart_column.addWidget(self.chart, 1)
        self._fill_chart()

    def _fill_chart(self) -> None:
        report = self.report
        if report is None or self.chart is None:
            return
        lines = [
            line
            for line in report.lines
            if line.section is Section.SLOTS and line.key.startswith("sales ")
        ]
        day = today(self._now())
        self.chart.show_lines(
            lines,
            wording.period_title(report.period, day),
            wording.before_title(report.before, day),
        )
