"""The dialog that arranges the columns by the keyboard alone."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from xumm_desk.ui.requests.columns import DEFAULT_ORDER, Column
from xumm_desk.ui.requests.table_columns.column_state import (
    ColumnPlace,
    ColumnState,
    default_places,
)
from xumm_desk.ui.requests.table_columns.columns_dialog import ColumnsDialog

GIVEN = ColumnState(places=default_places())


def made(qtbot: QtBot, *, automatic: bool = False) -> tuple[ColumnsDialog, list[ColumnState]]:
    dialog, chosen = ColumnsDialog(GIVEN, automatic=automatic), list[ColumnState]()
    qtbot.addWidget(dialog)
    dialog.chosen.connect(chosen.append)
    with qtbot.waitExposed(dialog):
        dialog.open()
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    dialog.list.setFocus()
    return dialog, chosen


def press(dialog: ColumnsDialog, *keys: Qt.Key) -> None:
    for key in keys:
        QTest.keyClick(dialog.list, key)


def test_keys_show_hide_and_move(qtbot: QtBot) -> None:
    dialog, chosen = made(qtbot)
    press(dialog, Qt.Key.Key_Down, Qt.Key.Key_Space)
    QTest.keyClick(dialog.list, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: dialog.list.currentRow() == 2)
    QTest.keyClick(dialog.list, Qt.Key.Key_Return)
    [state] = chosen
    assert [one.column for one in state.places][:3] == [Column.STATUS, Column.TIME, Column.LEFT]
    assert state.places[2] == ColumnPlace(Column.LEFT, shown=False)
    assert [one.column for one in state.places][3:] == list(DEFAULT_ORDER[3:])


def test_the_status_cannot_be_hidden(qtbot: QtBot) -> None:
    dialog, _ = made(qtbot)
    press(dialog, Qt.Key.Key_Space)
    assert dialog.state().places[0] == ColumnPlace(Column.STATUS)


def test_a_width_is_that_of_the_current_column(qtbot: QtBot) -> None:
    dialog, _ = made(qtbot)
    press(dialog, Qt.Key.Key_Down)
    assert dialog.width_box.value() == 0
    assert dialog.width_box.accessibleName() == "Width of Left / age"
    dialog.width_box.set_value(140)
    press(dialog, Qt.Key.Key_Down)
    assert dialog.width_box.value() == 0
    press(dialog, Qt.Key.Key_Up)
    assert dialog.width_box.value() == 140
    assert dialog.state().places[1] == ColumnPlace(Column.LEFT, 140)


def test_the_sort_is_chosen_too_and_says_what_it_does_to_the_past(qtbot: QtBot) -> None:
    dialog, _ = made(qtbot)
    dialog.sort_box.setCurrentIndex(DEFAULT_ORDER.index(Column.EXPIRY))
    dialog.descending.setChecked(False)
    state = dialog.state()
    assert (state.sort, state.descending) == (Column.EXPIRY, False)
    assert "those that are over follow" in dialog.sort_box.toolTip()
    dialog.sort_box.setCurrentIndex(DEFAULT_ORDER.index(Column.PRICE))
    assert dialog.sort_box.toolTip() == ""


def test_columns_that_fit_themselves_go_on_doing_so(qtbot: QtBot) -> None:
    dialog, chosen = made(qtbot, automatic=True)
    dialog.sort_box.setCurrentIndex(DEFAULT_ORDER.index(Column.TAG))
    dialog.use_button.click()
    assert chosen == [ColumnState(Column.TAG)]


def test_resetting_closes_it(qtbot: QtBot) -> None:
    dialog, chosen = made(qtbot)
    dialog.reset_button.click()
    assert chosen == [ColumnState()]
    assert not dialog.isVisible()
