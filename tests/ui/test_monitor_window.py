"""The window of a monitor offers nothing that makes or changes something, whatever is selected."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QMenu, QMessageBox

from ui import sample_rows
from ui.attention import lists
from ui.fake_desk import FakeDesk
from ui.shop import shops
from ui.shop.test_shop_pictures import save
from xumm_desk.core.attention.entry import Action
from xumm_desk.core.desk_lock import LockState
from xumm_desk.core.rights import MONITOR, READ_ONLY
from xumm_desk.ui.desk_view import REPORT, REQUESTS, TILL, DeskView
from xumm_desk.ui.main_window import MainWindow
from xumm_desk.ui.requests.rows.filtering import Group
from xumm_desk.ui.style.theme import Theme

Opened = Callable[..., tuple[MainWindow, FakeDesk]]

READING = frozenset(
    {
        "Requests", "Report", "Tills…", "Details", "Export requests…", "Shop settings…",
        "PIN and lock…", "Lock", "Journal…", "Quit", "Guide", "Keyboard shortcuts", "Log…",
        "Save diagnostics…", "About Xumm Desk", "Copy link", "Copy id", "Copy transaction id",
        "Copy everything for support", "Print receipt", "Save filter…", "Follow newest",
        "Arrange columns…", "Unmatched payments…", "Columns…", "Reset columns", "&File", "&Request",
        "&View", "&Help",
    }
)  # fmt: skip
"""All that stands in the menus of a monitor, but for the colour schemes."""


def board_of(window: MainWindow) -> DeskView:
    board = window._desk_view
    assert board is not None
    return board


def everything() -> tuple[object, ...]:
    return (*sample_rows.rows(), *lists.doubtful_rows())


def monitor(opened: Opened) -> tuple[MainWindow, FakeDesk]:
    return opened(rows=everything(), rights=MONITOR)


def lock_with_pin(window: MainWindow) -> None:
    window.lock._state = LockState.at_start(True, 0, 0.0)
    window.lock.changed.emit()


def menu_words(window: MainWindow) -> set[str]:
    menus = [one.menu() for one in window.menuBar().actions()]
    return {
        one.text()
        for menu in menus
        if isinstance(menu, QMenu)
        for one in menu.actions()
        if one.isVisible() and one.isEnabled() and one.text() and not one.isCheckable()
    }


def test_every_menu_offers_only_what_reads(opened: Opened) -> None:
    window, _ = monitor(opened)
    board = board_of(window)
    for row in board._desk.rows():
        board.pane.view.select(row.identifier)
        assert menu_words(window) - READING == set()
        found = board.request_actions.menu(window)
        assert {one.text() for one in found.actions() if one.text()} - READING == set()
        found.close()


def test_no_key_and_no_button_reaches_the_desk(opened: Opened) -> None:
    window, desk = monitor(opened)
    board = board_of(window)
    board._layout.requests.open_detail()
    for row in board._desk.rows():
        board.pane.view.select(row.identifier)
        board.pane.focus_list()
        for key in (Qt.Key.Key_Delete, Qt.Key.Key_F11, Qt.Key.Key_F12, Qt.Key.Key_F8):
            QTest.keyClick(board.pane.view, key)
        for key in (Qt.Key.Key_M, Qt.Key.Key_R, Qt.Key.Key_N):
            QTest.keyClick(board.pane.view, key, Qt.KeyboardModifier.ControlModifier)
        for button in board.detail.findChildren(QAbstractButton):
            if button.isVisible() and button.isEnabled() and button.text() != "⋯":
                button.click()
        board._layout.requests.open_detail()
    for done in (desk.created, desk.cancelled, desk.decided, desk.refreshed, desk.refunded):
        assert not done
    assert not board.customer.is_open()
    assert not board._layout.requests.form_is_open


def test_what_needs_a_person_leads_to_the_details_alone(opened: Opened) -> None:
    window, desk = monitor(opened)
    board = board_of(window)
    board.pane.filters.choose(Group.ATTENTION)
    model = board.attention.model
    assert model.count > 5
    keys = model.keys()
    for key in keys:
        entry = model.entry(key)
        assert entry is not None
        assert entry.actions == (Action.DETAILS,)
        assert board.attention.act_on(key)
    assert desk.decided == []


def test_there_is_no_till_and_a_locked_monitor_shows_nothing(opened: Opened) -> None:
    window, _ = opened(rows=everything(), rights=MONITOR, view=TILL)
    board = board_of(window)
    assert board.view() == REQUESTS
    board.show_view(REPORT)
    assert board.view() == REPORT
    lock_with_pin(window)
    assert "the till" not in window.menu._lock_button.toolTip()
    assert not board.pane.isVisible()
    assert not board.report.isVisible()
    assert not board.till.isVisible()
    window.lock._state = LockState.at_start(False, 0, 0.0)
    window.lock.changed.emit()
    assert board.report.isVisible()


def test_the_window_says_that_it_is_a_monitor_and_holds_no_keys(opened: Opened) -> None:
    window, _ = monitor(opened)
    assert window.windowTitle() == "Monitor — Xumm Desk"
    keys = [one for one in window.findChildren(QAction) if one.text() == "Platform keys…"]
    assert [one.isEnabled() for one in keys] == [False]
    assert "uses no keys" in keys[0].toolTip()
    window.dialogs.about()
    [about] = [one for one in window.findChildren(QMessageBox) if one.isVisible()]
    assert READ_ONLY in about.informativeText()
    about.close()


@pytest.mark.parametrize("size", [(1366, 768), (1920, 1080)])
def test_pictures(opened: Opened, scheme: str, size: tuple[int, int]) -> None:
    window, desk = monitor(opened)
    Theme.current().set_scheme("dark" if scheme == "dark" else "light")
    window.resize(*size)
    desk.shop.show(shops.twenty())
    board = board_of(window)
    board.second_timer.tick.emit()
    board.pane.view.select("1048")
    board._layout.requests.open_detail()
    save(window, f"monitor-{size[0]}-{scheme}")
    board.pane.filters.choose(Group.ATTENTION)
    QApplication.processEvents()
    save(window, f"monitor-attention-{size[0]}-{scheme}")
    lock_with_pin(window)
    save(window, f"monitor-locked-{size[0]}-{scheme}")
