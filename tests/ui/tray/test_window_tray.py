"""The window and its tray: it hides only where something leads back, and a lock stays a lock."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from ui import sample_rows
from ui.dialogs.test_unmatched_dialog import payment_without_request
from ui.fake_desk import FakeDesk
from xumm_desk.core.status import Status
from xumm_desk.ui.lock.desk_lock import DeskLock
from xumm_desk.ui.main_window import MainWindow
from xumm_desk.ui.requests.rows.filtering import Group
from xumm_desk.ui.tray.window_tray import WindowTray

Opened = Callable[..., tuple[MainWindow, FakeDesk]]


class FakeTray(QObject):
    """A tray that a test lets come and go."""

    clicked = Signal()

    def __init__(self, available: bool = True) -> None:
        super().__init__()
        self.available, self.wanted = available, False
        self.tool_tip, self.icons = "", 0
        self.messages: list[str] = []
        self.menu: QMenu | None = None

    def is_available(self) -> bool:
        return self.available

    def is_shown(self) -> bool:
        return self.available and self.wanted

    def set_shown(self, on: bool) -> None:
        self.wanted = on

    def set_icon(self, _icon: QIcon, tool_tip: str) -> None:
        self.tool_tip, self.icons = tool_tip, self.icons + 1

    def set_menu(self, menu: QMenu) -> None:
        self.menu = menu

    def notify(self, title: str, _words: str) -> bool:
        self.messages.append(title)
        return self.available


class Bench:
    """A main window whose tray is the test's."""

    def __init__(self, window: MainWindow, desk: FakeDesk) -> None:
        self.window, self.desk = window, desk
        self.tray, self.now = FakeTray(), 0.0
        window.tray.leave()
        window.tray.tray = self.tray
        self.tray.clicked.connect(window.come_to_front)
        window.tray._monotonic = lambda: self.now
        window.tray._since = 0.0
        window.tray._painted = None
        window.tray.apply_settings()
        self.ended: list[int] = []
        window.closing.connect(lambda: self.ended.append(1))

    @property
    def controller(self) -> WindowTray:
        return self.window.tray

    def set(self, **values: Any) -> None:
        self.window.apply_settings(values)


@pytest.fixture
def bench(opened: Opened) -> Bench:
    return Bench(*opened())


def test_closing_ends_the_program_unless_the_settings_ask_for_the_tray(bench: Bench) -> None:
    bench.window.close()
    assert bench.ended == [1]
    assert bench.window.isVisible()
    bench.set(close_to_tray=True)
    bench.window.close()
    assert bench.ended == [1]
    assert not bench.window.isVisible()


def test_it_says_once_that_it_goes_on(bench: Bench) -> None:
    bench.set(close_to_tray=True)
    for _ in range(3):
        bench.window.close()
        bench.tray.clicked.emit()
        assert bench.window.isVisible()
    assert bench.tray.messages == ["Xumm Desk goes on in the tray"]


@pytest.mark.parametrize("why", ["no tray", "no icon"])
def test_where_nothing_leads_back_closing_ends_the_program(bench: Bench, why: str) -> None:
    bench.set(close_to_tray=True, tray_icon=why != "no icon")
    bench.tray.available = why != "no tray"
    bench.window.close()
    assert bench.ended == [1]
    assert bench.window.isVisible()


def test_quit_ends_the_program_although_closing_would_hide_it(bench: Bench) -> None:
    bench.set(close_to_tray=True)
    bench.controller.menu.quit_action.trigger()
    bench.window.menu.quit_asked.emit()
    assert bench.ended == [1, 1]


def test_a_tray_that_goes_gives_the_window_back(bench: Bench) -> None:
    bench.set(close_to_tray=True)
    bench.window.close()
    bench.controller.look()
    assert not bench.window.isVisible()
    bench.tray.available = False
    bench.controller.look()
    assert bench.window.isMinimized()


def test_minimised_it_starts_in_the_tray(bench: Bench) -> None:
    bench.window.hide()
    bench.controller.show_first(minimised=True)
    assert not bench.window.isVisible()
    assert bench.window.windowHandle() is not None
    bench.window.come_to_front()
    assert bench.window.isVisible()
    assert not bench.window.isMinimized()


def test_a_tray_that_comes_after_the_login_takes_the_minimised_window(bench: Bench) -> None:
    bench.window.hide()
    bench.tray.available = False
    bench.controller.show_first(minimised=True)
    assert bench.window.isMinimized()
    bench.controller.look()
    assert bench.window.isMinimized()
    bench.tray.available = True
    bench.controller.look()
    assert not bench.window.isVisible()


@pytest.mark.parametrize("what", ["a person has opened it", "it came much later"])
def test_a_late_tray_takes_no_window_that_a_person_may_expect(bench: Bench, what: str) -> None:
    bench.window.hide()
    bench.tray.available = False
    bench.controller.show_first(minimised=True)
    if what == "it came much later":
        bench.now = 600.0
        bench.controller.look()
    else:
        bench.window.come_to_front()
        bench.window.showMinimized()
    bench.tray.available = True
    bench.controller.look()
    assert bench.window.isMinimized()


def test_the_icon_counts_what_needs_a_person(qtbot: QtBot, bench: Bench) -> None:
    bench.desk.show(sample_rows.row(Status.CHECK))
    board = bench.window._desk_view
    assert board is not None
    board.changes.flush()
    rows = board.table.counts[Group.ATTENTION]
    assert rows > 0
    qtbot.waitUntil(lambda: bench.controller.count == rows)
    bench.desk.show_unmatched(payment_without_request(1))
    qtbot.waitUntil(lambda: bench.controller.count == rows + 1)
    qtbot.waitUntil(lambda: f"{rows + 1} need" in bench.tray.tool_tip)
    assert f"({rows + 1})" in bench.controller.menu.attention_action.text()
    bench.window.remove_desk()
    assert bench.controller.count == 0
    assert not bench.controller.menu.new_action.isEnabled()


def test_something_red_is_said_by_the_icon_until_it_is_over(qtbot: QtBot, bench: Bench) -> None:
    bench.window.show_error("webhook", "The disk is full.")
    qtbot.waitUntil(lambda: "The disk is full." in bench.tray.tool_tip)
    bench.window.clear_error("webhook")
    qtbot.waitUntil(lambda: "The disk is full." not in bench.tray.tool_tip)


def test_an_icon_that_looks_the_same_is_not_painted_again(qtbot: QtBot, bench: Bench) -> None:
    bench.controller._paint()
    before = bench.tray.icons
    for _ in range(20):
        bench.controller.count_rows(7)
        bench.controller.count_rows(bench.controller._rows)
    bench.controller._paint()
    bench.controller._paint()
    assert bench.tray.icons == before + 1


def test_the_menu_leads_to_what_needs_a_person(bench: Bench) -> None:
    bench.window.hide()
    bench.controller.menu.attention_action.trigger()
    assert bench.window.isVisible()
    board = bench.window._desk_view
    assert board is not None
    assert board.view() == "requests"
    assert board.pane.filters.group is Group.ATTENTION


def test_a_locked_desk_stays_locked(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    monkeypatch.setattr(DeskLock, "locked", property(lambda _self: True))

    def ask(words: str) -> Asked:
        asked.append(words)
        return Asked()

    monkeypatch.setattr(bench.window.lock, "_ask_pin", ask)
    bench.window.lock.changed.emit()
    assert not bench.controller.menu.lock_action.isEnabled()
    bench.controller.menu.attention_action.trigger()
    board = bench.window._desk_view
    assert board is not None
    assert board.view() == "till"
    assert len(asked) == 1


class Asked(QObject):
    """A dialog in which nobody types a PIN."""

    granted = Signal(str)


def test_locking_without_a_pin_shows_the_window_that_asks_for_one(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    monkeypatch.setattr(bench.window.lock, "ask_new_pin", lambda: asked.append(1))
    bench.window.hide()
    bench.controller.menu.lock_action.trigger()
    assert bench.window.isVisible()
    assert asked == [1]


def test_a_maximised_window_comes_back_maximised(bench: Bench) -> None:
    bench.window.showMaximized()
    bench.window.showMinimized()
    bench.window.come_to_front()
    assert bench.window.isMaximized()
