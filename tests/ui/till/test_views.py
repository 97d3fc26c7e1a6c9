"""Two views of one desk: switched by a control and by keys, remembered, each with its own keys."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from ui.fake_desk import FakeDesk
from xumm_desk.core.status import Status
from xumm_desk.ui.desk_view import REQUESTS, TILL, DeskView
from xumm_desk.ui.main_window import MainWindow

from .sales import sale_row

Opened = Callable[..., tuple[MainWindow, FakeDesk]]


def board_of(window: MainWindow) -> DeskView:
    board = window._desk_view
    assert board is not None
    return board


def test_a_new_shop_begins_at_the_till(qtbot: QtBot, opened: Opened) -> None:
    window, _ = opened(view="")
    board = board_of(window)
    assert board.view() == TILL
    assert board.till.isVisible()
    assert not board.form.isVisible()


def test_keys_and_the_switch_change_the_view_and_it_is_remembered(
    qtbot: QtBot, opened: Opened
) -> None:
    window, _ = opened(view="till")
    board = board_of(window)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    QTest.keyClick(window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    assert board.view() == REQUESTS
    assert board.pane.isVisible()
    assert not board.form.isVisible()
    assert window.preferences.value.view == REQUESTS
    QTest.keyClick(window, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    assert board.view() == TILL
    board.switch.buttons()[1].click()
    assert board.view() == REQUESTS
    assert window.preferences.value.view == REQUESTS


def test_at_the_till_no_key_submits_the_hidden_form(qtbot: QtBot, opened: Opened) -> None:
    window, desk = opened(view="till")
    board = board_of(window)
    board.form.field("amount").set_text("2.5")
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    board.till.setFocus()
    for key, modifier in (
        (Qt.Key.Key_F12, Qt.KeyboardModifier.NoModifier),
        (Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier),
    ):
        QTest.keyClick(board.till, key, modifier)
    assert desk.created == []


def test_at_the_till_the_menu_acts_on_the_sale_in_hand(qtbot: QtBot, opened: Opened) -> None:
    window, desk = opened(view="till")
    board = board_of(window)
    row = sale_row(Status.WAITING, 7)
    desk.show(row)
    board.changes.flush()
    assert board.request_actions.row is None
    board.till.show_identifier(row.identifier)
    assert board.request_actions.row is row
    other = board.table.row(desk.rows()[0].identifier)
    assert other is not None
    board.pane.view.select(other.identifier)
    assert board.request_actions.row is row, "a line of the hidden table is not acted on"
    board.show_view(REQUESTS)
    assert board.request_actions.row is other


def test_details_open_the_requests_at_that_sale(qtbot: QtBot, opened: Opened) -> None:
    window, desk = opened(view="till")
    board = board_of(window)
    row = sale_row(Status.CHECK, 7)
    desk.show(row)
    board.changes.flush()
    board.till.show_identifier(row.identifier)
    board.pane.search.setText("nothing like it")
    board.till.pane.details_button.click()
    assert board.view() == REQUESTS
    current = board.pane.view.current()
    assert current is not None
    assert current.identifier == row.identifier


def test_a_search_finds_a_sale_by_its_number_and_by_its_identifier(
    qtbot: QtBot, opened: Opened
) -> None:
    window, desk = opened()
    board = board_of(window)
    desk.show(sale_row(Status.PAID, 7042))
    board.changes.flush()
    for text in ("#7042", "sale-7042", "7042 €\u00a012.50"):
        board.pane.search.setText(text)
        assert board.table.rowCount() == 1, text
