"""Choose the period of a report: a day, a week or a month, one after the other or by its date."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Final

from PySide6.QtCore import QDate, Qt, Signal
from PySide6.QtWidgets import QDateEdit, QHBoxLayout, QPushButton, QWidget

from xumm_desk.core.report.periods import Length, Period, period_of
from xumm_desk.locale import formats
from xumm_desk.locale.translation import _
from xumm_desk.ui.style.theme import Space
from xumm_desk.ui.widgets.segmented_control import SegmentedControl

from .report_loader import today

_FIRST_DAY: Final = QDate(2012, 1, 1)
"""The year in which the ledger began."""


class PeriodBar(QWidget):
    """`changed` carries the period that a person chose, or that has become the present one."""

    changed = Signal(object)

    def __init__(self, now: Callable[[], datetime], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._now = now
        self._today = today(now())
        self.period = period_of(Length.DAY, self._today)
        self.length = SegmentedControl(
            _("Period"),
            (
                (Length.DAY.value, _("Day")),
                (Length.WEEK.value, _("Week")),
                (Length.MONTH.value, _("Month")),
            ),
        )
        self.back = _arrow("‹", _("The period before (Alt+Left)"))
        self.forward = _arrow("›", _("The next period (Alt+Right)"))
        self.date = QDateEdit()
        self.date.setCalendarPopup(True)
        self.date.setLayoutDirection(Qt.LayoutDirection.LeftToRight)  # as figures are written
        self.date.setDisplayFormat(formats.date_pattern())
        self.date.setAccessibleName(_("Day of the report"))
        self.date.setToolTip(_("Show the period that holds this day"))
        self.present = QPushButton()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(int(Space.S))
        self.date.setMinimumHeight(self.present.sizeHint().height())
        for widget in (self.length, self.back, self.date, self.forward, self.present):
            row.addWidget(widget)
        row.addStretch(1)
        self.length.chosen.connect(self._choose_length)
        self.back.clicked.connect(self.go_back)
        self.forward.clicked.connect(self.go_forward)
        self.present.clicked.connect(self.go_to_present)
        self.date.dateChanged.connect(self._choose_date)
        self._refresh()

    def show_period(self, period: Period) -> None:
        """Show another period."""
        if period != self.period and self._is_possible(period):
            self.period = period
            self._refresh()
            self.changed.emit(period)

    def go_back(self) -> None:
        """Show the period before."""
        self.show_period(self.period.before())

    def go_forward(self) -> None:
        """Show the next period, up to the present one."""
        self.show_period(self.period.after())

    def go_to_present(self) -> None:
        """Show the period that holds today."""
        self.show_period(period_of(self.period.length, today(self._now())))

    def tick(self) -> None:
        """Time has passed: what showed the present period goes on to the next one at midnight."""
        day = today(self._now())
        if day == self._today:
            return
        was_present = self.period == period_of(self.period.length, self._today)
        self._today = day
        if was_present:
            self.go_to_present()
        self._refresh()

    def _is_possible(self, period: Period) -> bool:
        return _day(_FIRST_DAY) <= period.first <= today(self._now())

    def _choose_length(self, name: str) -> None:
        length = Length(name)
        if length is self.period.length:
            return
        # A longer period is the one that holds the shorter; of a present one the present part.
        day = self.period.first
        if self.period.first <= self._today < self.period.end:
            day = self._today
        self.show_period(period_of(length, day))

    def _choose_date(self, chosen: QDate) -> None:
        self.show_period(period_of(self.period.length, _day(chosen)))

    def _refresh(self) -> None:
        self.length.blockSignals(True)
        self.length.set_value(self.period.length.value)
        self.length.blockSignals(False)
        self.date.blockSignals(True)
        self.date.setDateRange(_FIRST_DAY, _qdate(self._today))
        self.date.setDate(_qdate(max(self.period.first, _day(_FIRST_DAY))))
        self.date.blockSignals(False)
        self.forward.setEnabled(self._is_possible(self.period.after()))
        self.back.setEnabled(self._is_possible(self.period.before()))
        words = {
            Length.DAY: _("Today"),
            Length.WEEK: _("This week"),
            Length.MONTH: _("This month"),
        }
        self.present.setText(words[self.period.length])
        self.present.setToolTip(_("Show the present period (Alt+Home)"))
        self.present.setEnabled(self.period != period_of(self.period.length, self._today))


def _arrow(text: str, what: str) -> QPushButton:
    button = QPushButton(text)
    button.setProperty("icon", True)
    button.setAccessibleName(what)
    button.setToolTip(what)
    return button


def _day(chosen: QDate) -> date:
    return date(chosen.year(), chosen.month(), chosen.day())


def _qdate(day: date) -> QDate:
    return QDate(day.year, day.month, day.day)
