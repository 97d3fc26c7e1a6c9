"""The list of tills: where it opens from, what it shows, and that without a shop there is none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QSize, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from ui.fake_desk import FakeDesk
from xumm_desk.core.health.lamp import LampLevel, LampName
from xumm_desk.core.replication.shop_view import ShopView
from xumm_desk.locale import catalogues
from xumm_desk.ui.language import window_language
from xumm_desk.ui.main_window import MainWindow
from xumm_desk.ui.shop import shop_dialog
from xumm_desk.ui.shop.shop_dialog import ShopDialog
from xumm_desk.ui.shop.shop_line import ShopLine
from xumm_desk.ui.widgets import fitted_dialog

from . import shops

Opened = Callable[..., tuple[MainWindow, FakeDesk]]


def second(window: MainWindow) -> None:
    """A second passes."""
    assert window._desk_view is not None
    window._desk_view.second_timer.tick.emit()
    QApplication.processEvents()


def line_of(window: MainWindow) -> ShopLine:
    assert window._desk_view is not None
    return window._desk_view.pane.filters.shop


def lamps_of(window: MainWindow) -> set[LampName]:
    assert window._desk_view is not None
    return set(window._desk_view.lamps.lamps)


def list_of(window: MainWindow) -> ShopDialog | None:
    return next((one for one in window.findChildren(ShopDialog) if one.isVisible()), None)


def in_a_shop(opened: Opened, view: ShopView | None = None) -> tuple[MainWindow, FakeDesk]:
    window, desk = opened()
    desk.shop.show(view or shops.twenty())
    second(window)
    return window, desk


def test_a_till_of_no_shop_shows_nothing_of_it(opened: Opened) -> None:
    window, _ = opened()
    second(window)
    assert not line_of(window).isVisible()
    assert LampName.SHOP not in lamps_of(window)
    assert not window.shop.action.isVisible()
    window.shop.ask()
    QTest.keyClick(window, Qt.Key.Key_F7)
    assert list_of(window) is None


def test_a_shop_has_a_lamp_and_a_line(opened: Opened) -> None:
    window, _ = in_a_shop(opened)
    assert window._desk_view is not None
    lamps = window._desk_view.lamps.lamps
    assert list(lamps)[3:5] == [LampName.RATE, LampName.SHOP]
    assert lamps[LampName.SHOP].reading.level is LampLevel.WARNING
    assert lamps[LampName.SHOP].label().startswith("Shop 18 of 20")
    assert line_of(window).isVisible()
    assert line_of(window).text() == "Tills: 18 of 20 live"
    assert (
        "Not live: Till 7, Till 12. Nobody follows what is open at Till 12."
        in line_of(window).toolTip()
    )


def test_the_list_opens_from_the_line_the_key_the_menu_and_the_lamp(opened: Opened) -> None:
    window, _ = in_a_shop(opened)
    board = window._desk_view
    assert board is not None
    window.activateWindow()

    def from_lamp() -> None:
        hour = board.lamps.open_window(LampName.SHOP)
        hour.tills_button.click()

    ways: tuple[Callable[[], object], ...] = (
        lambda: QTest.mouseClick(line_of(window), Qt.MouseButton.LeftButton),
        lambda: QTest.keyClick(line_of(window), Qt.Key.Key_Return),
        lambda: QTest.keyClick(window, Qt.Key.Key_F7),
        window.shop.action.trigger,
        from_lamp,
    )
    for way in ways:
        way()
        shown = list_of(window)
        assert shown is not None
        assert shown.model.rowCount() == 24
        shown.close()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        assert list_of(window) is None


def test_other_lamps_lead_to_no_list(opened: Opened) -> None:
    window, _ = in_a_shop(opened)
    assert window._desk_view is not None
    hour = window._desk_view.lamps.open_window(LampName.LEDGER)
    assert not hour.tills_button.isVisible()
    hour.close()


def test_the_list_counts_on_and_keeps_what_was_selected(opened: Opened) -> None:
    window, desk = in_a_shop(opened, shops.shop(shops.till(2, seen_ago=1.0), shops.till(3)))
    window.shop.ask()
    shown = list_of(window)
    assert shown is not None
    shown.table.selectRow(0)
    desk.clock.passed = 2
    second(window)
    assert shown.model.index(0, 3).data() == "3 s ago"
    desk.shop.show(shops.shop(shops.till(1), shops.till(2, seen_ago=0.0), shops.till(3)))
    second(window)
    chosen = shown.model.till(shown.table.currentIndex().row())
    assert chosen is not None
    assert chosen.name == "Till 2"
    assert shown.title.text() == "Tills: 3 of 3 live"


def test_a_lost_database_is_said_everywhere_and_no_sale_is_held_up(opened: Opened) -> None:
    window, desk = in_a_shop(opened, shops.twenty())
    window.shop.ask()
    desk.clock.passed = 40
    desk.shop.show(replace(shops.twenty(), connected=False, problem=shops.PROBLEM, unsent=12))
    second(window)
    shown, board = list_of(window), window._desk_view
    assert shown is not None
    assert board is not None
    lamp = board.lamps.lamps[LampName.SHOP]
    assert lamp.reading.level is LampLevel.HARM
    assert "db.cafe-uno.example does not answer" in shown.meaning.accessibleName()
    assert line_of(window).text() == "Tills: unknown now"
    assert {shown.model.index(row, 1).data() for row in range(4, 8)} == {"Unknown now"}
    assert board._blocks == {}
    assert window.banners.shown() == ()


def test_a_shop_of_one_till_says_so(opened: Opened) -> None:
    window, _ = in_a_shop(opened, shops.shop())
    window.shop.ask()
    shown = list_of(window)
    assert shown is not None
    assert "No other till has joined this shop yet." in shown.empty.message
    assert shown.empty.isVisible()
    assert not shown.table.isVisible()


def test_a_desk_that_ends_takes_its_list_along(opened: Opened) -> None:
    window, _ = in_a_shop(opened)
    window.shop.ask()
    window.remove_desk()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert list_of(window) is None
    assert not window.shop.action.isVisible()


def test_a_locked_desk_asks_for_the_pin_first(opened: Opened) -> None:
    window, _ = in_a_shop(opened)
    window.preferences.change(pin_hash="any", operators=["Ada"])
    window.use_settings(window.preferences)
    window.lock.lock()
    window.shop.ask()
    assert list_of(window) is None


@pytest.mark.parametrize("size", [(1366, 768), (1920, 1080)])
def test_twenty_tills_scroll_and_nothing_is_cut_sideways(
    opened: Opened, size: tuple[int, int]
) -> None:
    window, _ = in_a_shop(opened)
    window.resize(*size)
    window.shop.ask()
    shown = list_of(window)
    assert shown is not None
    QApplication.processEvents()
    table = shown.table
    assert table.horizontalScrollBar().maximum() == 0
    for column in (1, 2, 3, 4):
        for row in range(shown.model.rowCount()):
            index = shown.model.index(row, column)
            assert table.sizeHintForIndex(index).width() <= table.columnWidth(column)
    table.scrollToBottom()
    last = table.visualRect(shown.model.index(shown.model.rowCount() - 1, 0))
    assert table.viewport().rect().contains(last)
    shown.close()


@pytest.mark.parametrize("tag", ["en", "de", "fr", "nl", "ja"])
def test_names_and_titles_are_whole_where_the_screen_has_room(
    opened: Opened, tag: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (shop_dialog, fitted_dialog):
        monkeypatch.setattr(module, "room_for", lambda _window: QSize(1350, 720))
    window, _ = in_a_shop(opened)
    window_language.speak(catalogues.load(tag))
    try:
        window.shop.ask()
        shown = list_of(window)
        assert shown is not None
        QApplication.processEvents()
        table = shown.table
        assert table.horizontalScrollBar().maximum() == 0
        whole = table.fontMetrics().horizontalAdvance("n" * 40)
        assert min(table.sizeHintForColumn(0), whole) <= table.columnWidth(0)
        titles = table.horizontalHeader()
        for column in range(5):
            assert titles.sectionSizeHint(column) <= titles.sectionSize(column)
        shown.close()
    finally:
        window_language.speak(catalogues.load("en"))


def test_the_line_is_a_button_to_a_screen_reader(opened: Opened) -> None:
    window, _ = in_a_shop(opened)
    found = QAccessible.queryAccessibleInterface(line_of(window))
    assert found is not None
    assert found.role() is QAccessible.Role.Button
    assert found.text(QAccessible.Text.Name) == "Tills: 18 of 20 live"
    assert "Not live" in found.text(QAccessible.Text.Description)


def test_where_the_filters_need_the_room_the_line_gives_way(opened: Opened) -> None:
    window, _ = in_a_shop(opened)
    board = window._desk_view
    assert board is not None
    sidebar = board.pane.filters
    assert line_of(window).isVisible()
    low = sidebar.minimumSizeHint().height() - 1
    sidebar.resize(sidebar.width(), low)
    assert not line_of(window).isVisible()
    sidebar.resize(sidebar.width(), low + 1)
    assert line_of(window).isVisible()
