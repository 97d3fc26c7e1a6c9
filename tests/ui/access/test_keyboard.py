"""Everything that a mouse can do, done by keys alone."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu
from pytestqt.qtbot import QtBot

from ui.fake_desk import FakeDesk
from ui.till.sales import sale_row
from xumm_desk.core.status import Status
from xumm_desk.ui.main_window import MainWindow

from .accessible_objects import key_for_menu
from .all_windows import HELP

Opened = Callable[..., tuple[MainWindow, FakeDesk]]


def entries(menu: QMenu) -> list[QAction]:
    """All entries of a menu and of those below it."""
    found: list[QAction] = []
    for action in menu.actions():
        below = action.menu()
        if isinstance(below, QMenu):
            found += entries(below)
        elif not action.isSeparator():
            found.append(action)
    return found


def test_every_menu_of_the_bar_has_a_letter_of_its_own(opened: Opened) -> None:
    window, _ = opened()
    titles = [action.text() for action in window.menuBar().actions()]
    letters = Counter(QKeySequence.mnemonic(title).toString() for title in titles)
    assert "" not in letters
    assert max(letters.values()) == 1, titles


def test_every_action_is_in_a_menu_or_has_a_key(opened: Opened) -> None:
    window, _ = opened(rows=[sale_row(Status.WAITING, 7)])
    board = window._desk_view
    assert board is not None
    board.changes.flush()
    board.pane.view.select("sale-7")
    board.show_to_customer()
    customer = board.customer.window
    assert customer is not None
    QApplication.sendEvent(customer, key_for_menu(customer))
    customer.close()
    bar = [action.menu() for action in window.menuBar().actions()]
    listed = {id(one) for menu in bar if isinstance(menu, QMenu) for one in entries(menu)}
    lost = []
    for action in window.findChildren(QAction):
        inside_field = isinstance(action.parent(), QLineEdit)
        in_menu = any(isinstance(one, QMenu) for one in action.associatedObjects())
        if action.isSeparator() or action.menu() or inside_field or in_menu:
            continue
        if id(action) not in listed and action.shortcut().isEmpty():
            lost.append(action.text())
    assert lost == []


def test_the_page_of_keys_names_every_key(opened: Opened) -> None:
    window, _ = opened()
    page = (HELP / "shortcuts.md").read_text(encoding="utf-8")
    everywhere = (Qt.ShortcutContext.WindowShortcut, Qt.ShortcutContext.ApplicationShortcut)
    keys = {
        sequence.toString()
        for action in window.findChildren(QAction)
        for sequence in action.shortcuts()
    }
    keys |= {
        one.key().toString()
        for one in window.findChildren(QShortcut)
        if one.context() in everywhere
    }
    keys = {key.replace("Return", "Enter") for key in keys}
    written = {key for key in keys if re.search(rf"(?<![\w+]){re.escape(key)}(?![\w+])", page)}
    filters = {f"Alt+{number}" for number in range(1, 8)}
    assert "Alt+1 to Alt+7" in page
    assert keys - written - filters == set()


def test_enter_presses_the_button_of_the_till_that_tab_has_reached(
    qtbot: QtBot, opened: Opened
) -> None:
    window, desk = opened(
        rows=[sale_row(Status.WAITING, 7)],
        view="till",
        settings={"presets": [{"name": "Espresso", "price": "2.80"}]},
    )
    board = window._desk_view
    assert board is not None
    board.changes.flush()
    with qtbot.waitActive(window):
        window.activateWindow()
    preset = board.till.entry.preset_buttons[0]
    preset.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(preset, Qt.Key.Key_Return)
    assert board.till.entry.entry.typed
    assert desk.created == [], "the price is entered, and nothing is charged"
