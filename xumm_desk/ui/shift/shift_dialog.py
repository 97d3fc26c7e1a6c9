"""The dialog of shifts: figures of the open one, what is unresolved, closing, and closed shifts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Final

import shiboken6
from PySide6.QtCore import Qt, QTimer, Signal, SignalInstance
from PySide6.QtWidgets import (
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from xumm_desk.core.journal_error import JournalError
from xumm_desk.core.message import error_text
from xumm_desk.core.shift.document import ClosedShift, ShiftDocument, paper_of, parse_document
from xumm_desk.core.shift.paper import shift_paper
from xumm_desk.core.shift.report import OpenItem, ShiftReport
from xumm_desk.core.shift.wording import time_text
from xumm_desk.engine.runtime.tasks import StartTask
from xumm_desk.engine.shifts import ShiftPlace, Shifts
from xumm_desk.locale import formats
from xumm_desk.locale.translation import _, tr
from xumm_desk.ui.dialogs.confirm import Choice, Role, ask
from xumm_desk.ui.style import theme
from xumm_desk.ui.style.palette import Tone
from xumm_desk.ui.style.theme import Space
from xumm_desk.ui.widgets.fitted_dialog import FittedDialog
from xumm_desk.ui.widgets.labelled_field import MessageLine

from .paper_view import PaperView
from .shift_panes import ClosedShiftPane, OpenShiftPane

_SIZE: Final = (1280, 690)
_REFRESH_MS: Final = 400
"""Milliseconds after a change before the figures are read again: changes come in bursts."""

_NUMBER: Final = Qt.ItemDataRole.UserRole
_OPEN: Final = 0
"""Stands for the open shift in the list; closed ones have numbers from 1."""


class ShiftDialog(FittedDialog):
    """`closed` carries a shift that was just closed, and whether to print it; `print_asked`,
    `pdf_asked` and `csv_asked` a closed one; `decide_asked` what a person wants to decide, and
    `details_asked` what he wants to look at. `label_of` names the decision about an item."""

    closed = Signal(object, bool)
    print_asked = Signal(object)
    pdf_asked = Signal(object)
    csv_asked = Signal(object)
    decide_asked = Signal(object)
    details_asked = Signal(object)
    _report_read = Signal(object)
    _list_read = Signal(object)
    _document_read = Signal(object)
    _progressed = Signal(int, int)
    _failed = Signal(str)
    _closed = Signal(object)

    def __init__(
        self,
        shifts: Shifts,
        *,
        start: StartTask,
        place: ShiftPlace,
        operator: str,
        now: Callable[[], datetime],
        label_of: Callable[[OpenItem], str],
        has_printer: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Shifts"))
        self.resize(*_SIZE)
        self._shifts, self._start, self._place, self._now = shifts, start, place, now
        self._report: ShiftReport | None = None
        self._document: ShiftDocument | None = None
        self._reading = self._stale = self._closing = False
        self.list = QListWidget()
        self.paper = PaperView()
        self.open_pane = OpenShiftPane(operator, has_printer=has_printer, label_of=label_of)
        self.closed_pane = ClosedShiftPane()
        self.leave = QPushButton(_("Done", context="button"))
        self.good, self.trouble = MessageLine(Tone.GOOD), MessageLine(Tone.ATTENTION)
        self.state = MessageLine()
        self.side = QStackedWidget()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_REFRESH_MS)
        self._build()
        self._wire()
        self._read_list()
        self.refresh()

    # Called by whoever opened it.

    def changed(self) -> None:
        """Something was recorded: read the figures again, in a moment."""
        if not self._timer.isActive():
            self._timer.start()

    def show_result(self, sentence: str, worked: bool) -> None:
        """Say how a print or a file ended."""
        self.good.set_text(sentence if worked else "")
        self.trouble.set_text("" if worked else sentence)

    def selected_number(self) -> int:
        """The number of the closed shift that is selected, 0 for the open one."""
        item = self.list.currentItem()
        return int(item.data(_NUMBER)) if item is not None else _OPEN

    # Building.

    def _build(self) -> None:
        self.list.setAccessibleName(_("Shifts, the open one first"))
        self.list.setMinimumWidth(180)
        self.paper.setMinimumWidth(280)
        self.list.setStyleSheet("QListView::item { padding: 6px; }")
        self.side.addWidget(self.open_pane)
        self.side.addWidget(self.closed_pane)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        split.setHandleWidth(Space.M)
        for widget, stretch in ((self.list, 0), (self.paper, 2), (self.side, 3)):
            split.addWidget(widget)
            split.setStretchFactor(split.count() - 1, stretch)
        split.setSizes([180, 410, 660])
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.L, Space.L, Space.L, Space.M)
        column.setSpacing(Space.S)
        column.addWidget(split, 1)
        for line in (self.good, self.trouble, self.state):
            column.addWidget(line)
        buttons = QHBoxLayout()
        buttons.addStretch()
        buttons.addWidget(self.leave)
        self.leave.setAutoDefault(False)
        column.addLayout(buttons)

    def _wire(self) -> None:
        self.list.currentItemChanged.connect(self._selected)
        self.open_pane.decide_asked.connect(self.decide_asked)
        self.open_pane.items.opened.connect(self.details_asked)
        self.open_pane.close_asked.connect(self._ask_close)
        for button, signal in (
            (self.closed_pane.print_again, self.print_asked),
            (self.closed_pane.save_pdf, self.pdf_asked),
            (self.closed_pane.save_csv, self.csv_asked),
        ):
            button.clicked.connect(partial(self._with_document, signal))
        self.leave.clicked.connect(self.reject)
        self._timer.timeout.connect(self.refresh)
        self._report_read.connect(self._show_report)
        self._list_read.connect(self._show_list)
        self._document_read.connect(self._show_document)
        self._progressed.connect(self._show_progress)
        self._failed.connect(self._show_failure)
        self._closed.connect(self._after_closing)
        self._show_list(())
        self._show_open()

    # Reading. A coroutine, or another thread, only emits signals.

    def refresh(self) -> None:
        """Read the figures of the open shift again."""
        if self._reading:
            self._stale = True
            return
        self._reading = True

        def progress(done: int, count: int) -> None:
            if count > 1000 and (done % 500 == 0 or done == count) and shiboken6.isValid(self):
                self._progressed.emit(done, count)

        async def read() -> None:
            try:
                found = await self._shifts.open_report(progress)
            except JournalError as error:
                self._say(self._failed, error_text(error))
            else:
                self._say(self._report_read, found)

        self._start(read(), "open shift")

    def _read_list(self) -> None:
        async def read() -> None:
            try:
                self._say(self._list_read, await self._shifts.closed())
            except JournalError as error:
                self._say(self._failed, error_text(error))

        self._start(read(), "shifts")

    def _read_document(self, number: int) -> None:
        async def read() -> None:
            try:
                self._say(self._document_read, await self._shifts.document(number))
            except JournalError as error:
                self._say(self._failed, error_text(error))

        self._start(read(), "shift")

    def _say(self, signal: object, value: object) -> None:
        if shiboken6.isValid(self):
            signal.emit(value)  # type: ignore[attr-defined]

    # Showing.

    def _show_report(self, report: ShiftReport) -> None:
        self._reading = False
        self._report = report
        self.state.set_text("")
        if report.span.number != self._open_number():
            self._read_list()  # another program has closed a shift
        self._show_open()
        if self._stale:
            self._stale = False
            self.changed()

    def _open_number(self) -> int:
        newest = self.list.item(1)
        return int(newest.data(_NUMBER)) + 1 if newest is not None else 1

    def _show_open(self) -> None:
        report = self._report
        if self.selected_number() != _OPEN:
            return
        self.side.setCurrentWidget(self.open_pane)
        if report is not None:
            self.paper.show_lines(
                shift_paper(report, practice=self._place.practice, to_local=datetime.astimezone)
            )
            self.open_pane.items.show_items(report.unresolved, self._now())
            self.open_pane.show_count(len(report.unresolved))
        self.open_pane.set_ready(report is not None and not self._closing)

    def _show_list(self, closed: Sequence[ClosedShift]) -> None:
        selected = self.selected_number()
        self.list.blockSignals(True)
        self.list.clear()
        entry = QListWidgetItem(_("Open shift"), self.list)
        entry.setData(_NUMBER, _OPEN)
        entry.setFont(theme.font(strong=True))
        for shift in closed:
            at = tr(time_text(shift.closed_at.astimezone()))
            text = f"#{shift.number}\n{at}"
            item = QListWidgetItem(f"{text}\n{shift.operator}" if shift.operator else text)
            item.setData(_NUMBER, shift.number)
            self.list.addItem(item)
        self.list.blockSignals(False)
        self._select(selected)

    def _select(self, number: int) -> None:
        for row in range(self.list.count()):
            if self.list.item(row).data(_NUMBER) == number:
                self.list.setCurrentRow(row)
                return
        self.list.setCurrentRow(0)

    def _selected(self) -> None:
        self.show_result("", worked=True)
        number = self.selected_number()
        if number == _OPEN:
            self._show_open()
        elif self._document is not None and self._document.number == number:
            self._show_document(self._document)
        else:
            self._read_document(number)

    def _show_document(self, shift: ShiftDocument | None) -> None:
        if shift is None or shift.number != self.selected_number():
            return
        self._document = shift
        self.side.setCurrentWidget(self.closed_pane)
        self.paper.show_lines(paper_of(parse_document(shift.text)))
        self.closed_pane.show_shift(shift)

    def _show_progress(self, done: int, count: int) -> None:
        self.state.set_text(
            _(
                "Reading the journal: {done} of {count} requests",
                done=formats.whole_number(done),
                count=formats.whole_number(count),
            )
        )

    def _show_failure(self, sentence: str) -> None:
        self._reading = self._closing = False
        self.show_result(sentence, worked=False)
        self.open_pane.set_ready(self._report is not None and not self._closing)

    # Acting.

    def _with_document(self, signal: SignalInstance) -> None:
        if self._document is not None and self._document.number == self.selected_number():
            signal.emit(self._document)

    def _ask_close(self) -> None:
        report = self._report
        if report is None:
            return
        count = len(report.unresolved)
        carried = (
            _(
                "{n} thing is unresolved and is carried over.",
                plural="{n} things are unresolved and are carried over.",
                n=count,
            )
            if count
            else _("Nothing is unresolved.")
        )
        ask(
            self,
            _("Close the shift?"),
            _("Close shift #{number} now?", number=report.span.number),
            f"{carried} {_('A closed shift never changes; the next one begins at once.')}",
            Choice(
                _("Keep it open", context="shift"), role=Role.RejectRole, default=True, escape=True
            ),
            Choice(_("Close shift"), self._close),
        )

    def _close(self) -> None:
        self._closing = True
        self.open_pane.set_ready(self._report is not None and not self._closing)
        notes, operator = self.open_pane.items.notes(), self.open_pane.name()

        async def close() -> None:
            try:
                found = await self._shifts.close(self._place, operator, notes=notes, translate=tr)
            except JournalError as error:
                self._say(self._failed, error_text(error))
            else:
                self._say(self._closed, found)

        self._start(close(), "close shift")

    def _after_closing(self, found: ShiftDocument | str) -> None:
        self._closing = False
        self._report = None
        self._read_list()
        self.refresh()
        if isinstance(found, str):
            self.show_result(tr(found), worked=False)
            return
        self._document = found
        self.closed.emit(found, self.open_pane.print_it.isChecked())
        self._select(found.number)
        self.show_result(_("Shift #{number} is closed.", number=found.number), worked=True)
