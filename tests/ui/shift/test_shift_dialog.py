"""The dialog of shifts: live figures, notes, closing once, reprints; pictures in both schemes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from core.shift.pure_journal import PureJournal
from core.shift.sample_shift import sample_journal
from core.shift.shift_facts import intent, money_fact, sale_spec
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QMessageBox, QTableWidgetItem
from pytestqt.qtbot import QtBot

from ui.fake_desk import run_now
from xumm_desk.core.journal_error import JournalError
from xumm_desk.core.message import Message
from xumm_desk.core.money.amount import XrpAmount
from xumm_desk.core.shift.document import ShiftDocument, parse_document
from xumm_desk.engine.shifts import ShiftPlace
from xumm_desk.ui.shift.shift_dialog import ShiftDialog

from .fake_shifts import FakeShiftJournal, fake_shifts

OUTPUT = Path(__file__).parent.parent.parent / "output"
NOW = datetime(2026, 11, 30, 18, 0, tzinfo=UTC)
Open = Callable[..., tuple[ShiftDialog, FakeShiftJournal]]


@pytest.fixture
def open_dialog(qtbot: QtBot) -> Open:
    """Opens the dialog over a journal in memory."""

    def make(
        journal: PureJournal | None = None,
        *,
        operator: str = "Ana",
        has_printer: bool = True,
        practice: bool = False,
    ) -> tuple[ShiftDialog, FakeShiftJournal]:
        shifts, stored = fake_shifts(journal, NOW)
        dialog = ShiftDialog(
            shifts,
            start=run_now,
            place=ShiftPlace("Bakery Sunrise", "1", practice),
            operator=operator,
            now=lambda: NOW,
            label_of=lambda item: f"Decide {item.item.key}",
            has_printer=has_printer,
        )
        qtbot.addWidget(
            dialog,
            before_close_func=lambda one: one.setAttribute(
                Qt.WidgetAttribute.WA_DeleteOnClose, False
            ),
        )
        with qtbot.waitExposed(dialog):
            dialog.show()
        return dialog, stored

    return make


def answer(dialog: ShiftDialog, words: str) -> None:
    """Press a button of the question that is open."""
    [box] = [one for one in dialog.findChildren(QMessageBox) if one.isVisible()]
    [button] = [one for one in box.buttons() if one.text() == words]
    button.click()


def cell(dialog: ShiftDialog, row: int, column: int) -> QTableWidgetItem:
    """A cell of the list of what is unresolved."""
    found = dialog.open_pane.items.item(row, column)
    assert found is not None
    return found


def keys(dialog: ShiftDialog) -> list[str]:
    """What the lines of the list are about."""
    return [one.item.key for one in dialog.open_pane.items._items]


def test_the_open_shift_shows_its_figures_and_everything_that_is_unresolved(
    open_dialog: Open,
) -> None:
    dialog, _ = open_dialog()
    shown = dialog.paper.toPlainText()
    assert "Open shift" in shown
    assert "Takings" in shown
    assert "#3 of an earlier shift was paid: 5.00 XRP." in shown
    assert "Unresolved" not in shown, "that is the list beside it"
    items = dialog.open_pane.items
    assert dialog.open_pane.title.text() == f"{items.rowCount()} things are unresolved"
    texts = [cell(dialog, row, 0).text() for row in range(items.rowCount())]
    assert {"#4", "#1", "#92"} < set(texts)
    assert any(text.startswith("Payment from") for text in texts)


def test_what_is_recorded_while_it_is_open_changes_the_figures(
    open_dialog: Open, qtbot: QtBot
) -> None:
    journal = PureJournal()
    dialog, _ = open_dialog(journal)
    assert "No money came" in dialog.paper.toPlainText()
    spec = sale_spec("s1", XrpAmount(2_000_000), cents=480)
    journal.append("s1", intent(spec), money_fact(spec, "A" * 64, XrpAmount(2_000_000)))
    dialog.changed()
    qtbot.waitUntil(lambda: "€ 4.80" in dialog.paper.toPlainText())


def test_a_shift_is_closed_once_and_only_after_a_question(open_dialog: Open) -> None:
    dialog, stored = open_dialog()
    closed: list[tuple[ShiftDocument, bool]] = []
    dialog.closed.connect(lambda shift, print_it: closed.append((shift, print_it)))
    dialog.open_pane.close_shift.click()
    answer(dialog, "Keep it open")
    assert len(stored.journal.closed) == 1
    dialog.open_pane.close_shift.click()
    answer(dialog, "Close shift")
    [(shift, print_it)] = closed
    assert (shift.number, shift.operator, print_it) == (2, "Ana", True)
    assert dialog.selected_number() == 2
    assert dialog.side.currentWidget() is dialog.closed_pane
    assert dialog.good.text() == "Shift #2 is closed."
    dialog.list.setCurrentRow(0)
    assert "#3" in dialog.paper.toPlainText()
    assert "No money came" in dialog.paper.toPlainText()


def test_a_shift_needs_the_name_of_who_closes_it(open_dialog: Open) -> None:
    dialog, _ = open_dialog(operator="")
    pane = dialog.open_pane
    assert not pane.close_shift.isEnabled()
    assert pane.close_shift.toolTip() == "Type who closes the shift."
    pane.operator.setText("  ")
    assert not pane.close_shift.isEnabled()
    pane.operator.setText("Ben")
    assert pane.close_shift.isEnabled()


def test_notes_go_with_what_is_carried_over(open_dialog: Open) -> None:
    dialog, stored = open_dialog()
    row = keys(dialog).index("short")
    cell(dialog, row, 4).setText("Customer brings the rest tomorrow.")
    dialog.refresh()
    assert cell(dialog, row, 4).text() == "Customer brings the rest tomorrow."
    dialog.open_pane.close_shift.click()
    answer(dialog, "Close shift")
    value = parse_document(stored.journal.closed[-1].text)
    listed = value["unresolved"]
    assert isinstance(listed, list)
    notes = {one["key"]: one["note"] for one in listed if isinstance(one, dict)}
    assert notes["short"] == "Customer brings the rest tomorrow."
    assert "Note: Customer brings the rest tomorrow." in dialog.paper.toPlainText()


def test_a_shift_that_another_program_closed_is_not_closed_again(open_dialog: Open) -> None:
    dialog, stored = open_dialog()
    stored.closed_elsewhere = True
    dialog.open_pane.close_shift.click()
    answer(dialog, "Close shift")
    assert [one.operator for one in stored.journal.closed] == ["Ana", "Somebody"]
    assert dialog.trouble.text().startswith("Another window or program has just closed this shift")
    assert dialog.list.count() == 3


def test_a_disk_that_refuses_is_said_and_can_be_tried_again(open_dialog: Open) -> None:
    dialog, stored = open_dialog()
    stored.refusal = JournalError(Message("The disk is full."))
    dialog.open_pane.close_shift.click()
    answer(dialog, "Close shift")
    assert dialog.trouble.text() == "The disk is full."
    assert len(stored.journal.closed) == 1
    stored.refusal = None
    dialog.refresh()
    dialog.open_pane.close_shift.click()
    answer(dialog, "Close shift")
    assert len(stored.journal.closed) == 2


def test_a_closed_shift_is_printed_and_saved_as_it_was(open_dialog: Open) -> None:
    dialog, stored = open_dialog()
    asked: list[tuple[str, ShiftDocument]] = []
    dialog.print_asked.connect(lambda shift: asked.append(("print", shift)))
    dialog.pdf_asked.connect(lambda shift: asked.append(("pdf", shift)))
    dialog.csv_asked.connect(lambda shift: asked.append(("csv", shift)))
    dialog.list.setCurrentRow(1)
    pane = dialog.closed_pane
    for button in (pane.print_again, pane.save_pdf, pane.save_csv):
        button.click()
    first = stored.journal.closed[0]
    assert asked == [("print", first), ("pdf", first), ("csv", first)]
    assert "Shift close" in dialog.paper.toPlainText()


def test_what_is_unresolved_can_be_decided_or_looked_at(open_dialog: Open) -> None:
    dialog, _ = open_dialog()
    decided: list[str] = []
    opened: list[str] = []
    dialog.decide_asked.connect(lambda item: decided.append(item.item.key))
    dialog.details_asked.connect(lambda item: opened.append(item.item.key))
    dialog.open_pane.items.setCurrentCell(1, 0)
    assert dialog.open_pane.decide.text() == f"Decide {keys(dialog)[1]}"
    dialog.open_pane.decide.click()
    dialog.open_pane.items.cellDoubleClicked.emit(2, 0)
    assert (decided, opened) == (keys(dialog)[1:2], keys(dialog)[2:3])


def test_what_people_typed_is_never_markup(open_dialog: Open) -> None:
    journal = sample_journal()
    journal.close(NOW, "<b>Eve</b>", shop="<img src=x> & Sons")
    dialog, _ = open_dialog(journal)
    dialog.list.setCurrentRow(1)
    shown = dialog.paper.toPlainText()
    assert "<b>Eve</b>" in shown
    assert "<img src=x> & Sons" in shown


@pytest.mark.parametrize("which", ["open", "closed", "practice"])
def test_pictures_of_the_dialog_in_both_schemes(open_dialog: Open, scheme: str, which: str) -> None:
    dialog, _ = open_dialog(practice=which == "practice")
    if which == "closed":
        dialog.open_pane.close_shift.click()
        answer(dialog, "Close shift")
    QApplication.processEvents()
    assert dialog.width() <= 1366
    assert dialog.height() <= 768
    OUTPUT.mkdir(exist_ok=True)
    assert dialog.grab().save(str(OUTPUT / f"shift-{which}-{scheme}.png"))
