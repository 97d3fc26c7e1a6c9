"""Shifts from the window: a key, the PIN, the record of who closed, and where files go."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest
from core.shift.sample_shift import sample_journal
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QMessageBox
from pytestqt.qtbot import QtBot

from ui import sample_rows
from ui.attention import lists
from ui.fake_desk import FakeDesk
from xumm_desk.core.audit import AuditKind
from xumm_desk.core.shift.document import ShiftDocument
from xumm_desk.core.shift.report import OpenItem
from xumm_desk.core.shift.share import Unresolved
from xumm_desk.core.state.decisions import DecisionKind
from xumm_desk.core.status import Status
from xumm_desk.ui.attention.decision_dialog import DecisionDialog
from xumm_desk.ui.lock.pin_dialog import PinDialog
from xumm_desk.ui.main_window import MainWindow
from xumm_desk.ui.shift.shift_dialog import ShiftDialog
from xumm_desk.ui.shift.shift_tools import ShiftTools
from xumm_desk.window_printing import PrintingPlace, WindowPrinting

from .fake_shifts import fake_shifts

Opened = Callable[..., tuple[MainWindow, FakeDesk]]


class FakeShiftPrinter(QObject):
    """Notes what it is asked to print."""

    finished = Signal(str, bool)

    def __init__(self, *, has_printer: bool = True) -> None:
        super().__init__()
        self.has_printer = has_printer
        self.printed: list[tuple[str, int]] = []

    def print_shift(self, shift: ShiftDocument) -> None:
        """Note the shift."""
        self.printed.append(("print", shift.number))
        self.finished.emit(f"Shift #{shift.number} was printed.", True)

    def save_pdf(self, shift: ShiftDocument, path: Path) -> None:
        """Note the file."""
        self.printed.append((path.name, shift.number))

    def close(self) -> None:
        """Nothing to close."""


def with_shifts(window: MainWindow, desk: FakeDesk, printer: FakeShiftPrinter) -> None:
    """Let the window have a day of shifts, and this printer."""
    desk.shifts, desk.shift_journal = fake_shifts(sample_journal())
    window.shifts._tools = ShiftTools(lambda: printer, lambda _shift, _path: "")


def dialog_of(window: MainWindow) -> ShiftDialog:
    """The dialog of shifts that is open."""
    [dialog] = [one for one in window.findChildren(ShiftDialog) if one.isVisible()]
    return dialog


def close_shift(dialog: ShiftDialog) -> None:
    """Press the button, and the button of the question."""
    dialog.open_pane.close_shift.click()
    [box] = [one for one in dialog.findChildren(QMessageBox) if one.isVisible()]
    next(one for one in box.buttons() if one.text() == "Close shift").click()


def test_a_key_opens_the_shifts_at_the_till_and_once_only(qtbot: QtBot, opened: Opened) -> None:
    window, desk = opened(view="till")
    with_shifts(window, desk, FakeShiftPrinter())
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    QTest.keyClick(window, Qt.Key.Key_F8)
    first = dialog_of(window)
    window.shifts.ask()
    assert dialog_of(window) is first
    first.reject()
    assert not [one for one in window.findChildren(ShiftDialog) if one.isVisible()]
    assert desk.listeners, "the window itself still listens"


def test_closing_is_recorded_and_printed(opened: Opened) -> None:
    window, desk = opened()
    printer = FakeShiftPrinter()
    with_shifts(window, desk, printer)
    window.preferences.change(cashier="Ana", shop_name="Bakery Sunrise", till="2")
    window.shifts.ask()
    dialog = dialog_of(window)
    assert dialog.open_pane.operator.text() == "Ana"
    close_shift(dialog)
    shift = desk.shift_journal.journal.closed[-1]
    assert desk.audited[-1] == (AuditKind.SHIFT_CLOSED, "Ana", f"#2, {shift.hash}")
    assert printer.printed == [("print", 2)]
    assert '"shop":"Bakery Sunrise"' in shift.text
    assert '"till":"2"' in shift.text
    assert dialog.good.text() == "Shift #2 is closed."


def test_a_locked_desk_asks_for_the_pin_first(opened: Opened) -> None:
    window, desk = opened(rows=())
    with_shifts(window, desk, FakeShiftPrinter())
    window.preferences.change(pin_hash="any")
    window.use_settings(window.preferences)
    window.shifts.ask()
    assert not [one for one in window.findChildren(ShiftDialog) if one.isVisible()]
    [pin] = [one for one in window.findChildren(PinDialog) if one.isVisible()]
    pin.granted.emit("Ada")
    assert dialog_of(window).open_pane.operator.text() == "Ada"
    window.lock._lock()
    assert not [one for one in window.findChildren(ShiftDialog) if one.isVisible()]


def test_a_news_of_the_desk_reaches_the_figures(opened: Opened, qtbot: QtBot) -> None:
    window, desk = opened()
    with_shifts(window, desk, FakeShiftPrinter())
    window.shifts.ask()
    dialog = dialog_of(window)
    desk.shift_journal.journal.closed.clear()
    desk.show(sample_rows.row(Status.PAID))
    qtbot.waitUntil(lambda: "#1" in dialog.paper.toPlainText().split("Opened")[0])


def test_deciding_leads_to_the_request_or_to_the_payments(opened: Opened) -> None:
    window, desk = opened(view="till")
    with_shifts(window, desk, FakeShiftPrinter())
    window.shifts.ask()
    dialog = dialog_of(window)
    shown: list[str] = []
    window.shifts.details_asked.connect(shown.append)
    window.shifts.payments_asked.connect(shown.append)
    items = dialog.open_pane.items
    for row in range(items.rowCount()):
        items.setCurrentCell(row, 0)
        dialog.open_pane.decide.click()
    assert shown == [one.item.key for one in items._items]
    assert dialog.isVisible(), "it stays beside the window"


def test_one_press_decides_as_the_work_list_does(opened: Opened) -> None:
    rows = lists.doubtful_rows()
    window, desk = opened(rows=rows, view="till")
    with_shifts(window, desk, FakeShiftPrinter())
    board = window._desk_view
    assert board is not None
    window.shifts.ask()
    dialog = dialog_of(window)
    pane = dialog.open_pane
    items = [
        OpenItem(Unresolved(row.identifier, row.identifier, "", "", sample_rows.NOW))
        for row in rows
    ]
    pane.items.show_items(items, sample_rows.NOW)
    labels = {}
    for at, row in enumerate(rows):
        pane.items.setCurrentCell(at, 0)
        labels[row.identifier] = pane.decide.text()
        assert labels[row.identifier] == board.attention.label_of(row.identifier)
    assert labels["2002"] == "Accept as paid…"
    pane.items.setCurrentCell([row.identifier for row in rows].index("2002"), 0)
    pane.decide.click()
    [asked] = [one for one in window.findChildren(DecisionDialog) if one.isVisible()]
    asked.reason.setPlainText("regular guest")
    asked.decide_button.click()
    [(identifier, decision)] = desk.decided
    assert (identifier, decision.kind) == ("2002", DecisionKind.ACCEPTED_AS_PAID)
    assert dialog.isVisible()


def test_a_decision_that_was_put_off_can_be_made_all_the_same(opened: Opened) -> None:
    waits = next(row for row in lists.doubtful_rows() if row.identifier == "2001")
    window, desk = opened(rows=[waits], view="till")
    board = window._desk_view
    assert board is not None
    board.attention.act_on("2001")
    board.changes.flush()
    assert desk.decided[-1][1].kind is DecisionKind.WAIT
    listed = board.attention.model.keys()
    assert "2001" not in listed
    assert board.attention.label_of("2001")


def test_without_a_printer_the_close_is_offered_as_a_file(opened: Opened) -> None:
    window, desk = opened()
    printer = FakeShiftPrinter(has_printer=False)
    with_shifts(window, desk, printer)
    window.shifts.ask()
    dialog = dialog_of(window)
    assert not dialog.open_pane.print_it.isVisible()
    dialog.list.setCurrentRow(1)
    dialog.closed_pane.print_again.click()
    [chooser] = [one for one in dialog.findChildren(QFileDialog) if one.isVisible()]
    chooser.fileSelected.emit("/somewhere/shift-1.pdf")
    assert printer.printed == [("shift-1.pdf", 1)]
    chooser.close()


@pytest.mark.parametrize("there", [True, False])
def test_a_table_is_written_whole_or_it_is_said_why_not(
    opened: Opened, qtbot: QtBot, tmp_path: Path, there: bool
) -> None:
    window, desk = opened()
    place = PrintingPlace(window.preferences, tmp_path, "MAINNET", practice=False, window=window)
    tools = WindowPrinting(lambda: place).tools().shifts
    assert tools is not None
    with_shifts(window, desk, FakeShiftPrinter())
    window.shifts._tools = replace(tools, make_printer=FakeShiftPrinter)
    window.shifts.ask()
    dialog = dialog_of(window)
    dialog.list.setCurrentRow(1)
    dialog.closed_pane.save_csv.click()
    [chooser] = [one for one in dialog.findChildren(QFileDialog) if one.isVisible()]
    path = tmp_path / ("" if there else "missing") / "shift-1.csv"
    chooser.fileSelected.emit(str(path))
    chooser.close()
    if not there:
        qtbot.waitUntil(lambda: "cannot be written" in dialog.trouble.text())
        return
    qtbot.waitUntil(lambda: dialog.good.text() == f"Shift #1 was saved as {path}.")
    rows = list(csv.DictReader(path.read_text("utf-8-sig").splitlines()))
    assert cast(str, rows[0]["record"]) == "shift"
    assert path.stat().st_mode & 0o077 == 0


def test_the_dialog_ends_with_its_desk(opened: Opened) -> None:
    window, desk = opened()
    with_shifts(window, desk, FakeShiftPrinter())
    window.shifts.ask()
    dialog_of(window)
    window.remove_desk()
    assert not [one for one in window.findChildren(ShiftDialog) if one.isVisible()]
    window.shifts.ask()
    assert not [one for one in window.findChildren(ShiftDialog) if one.isVisible()]
