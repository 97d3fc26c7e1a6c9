"""New rows scroll into view while they are followed, and else move nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from ui import sample_rows
from xumm_desk.engine.runtime.registry import RequestRow
from xumm_desk.ui.requests.actions import RequestActions
from xumm_desk.ui.requests.columns import Column
from xumm_desk.ui.requests.pane import RequestPane
from xumm_desk.ui.requests.rows.filtering import Group
from xumm_desk.ui.requests.table_model import RequestTableModel

OLD, NEW = 200, 3


@pytest.fixture
def pane(qtbot: QtBot) -> RequestPane:
    made = RequestPane(RequestTableModel(sample_rows.Clock()), RequestActions())
    qtbot.addWidget(made)
    made.resize(1200, 400)
    with qtbot.waitExposed(made):
        made.show()
    sample_rows.show(made.table, rows()[:OLD])
    settle()
    return made


def rows() -> Sequence[RequestRow]:
    """The newest last."""
    return list(sample_rows.many(OLD + NEW))


def come(pane: RequestPane) -> None:
    sample_rows.show(pane.table, rows()[OLD:])


def settle() -> None:
    for _ in range(3):
        QGuiApplication.processEvents()


def at_middle(pane: RequestPane) -> str:
    """Which request is in the middle of the view."""
    index = pane.view.indexAt(pane.view.viewport().rect().center())
    return str(index.siblingAtColumn(Column.REFERENCE).data())


def chip(pane: RequestPane) -> str:
    button = pane.view.new_rows_button
    return button.text() if button.isVisible() else ""


def top(pane: RequestPane) -> int:
    return pane.view.verticalScrollBar().value()


class TestOn:
    def test_at_the_top_new_rows_are_seen(self, pane: RequestPane) -> None:
        come(pane)
        assert (top(pane), chip(pane)) == (0, "")

    def test_further_down_nothing_moves_and_a_chip_reports(self, pane: RequestPane) -> None:
        pane.view.verticalScrollBar().setValue(1000)
        before = at_middle(pane)
        come(pane)
        assert (at_middle(pane), chip(pane)) == (before, "↑ 3 new")
        pane.view.new_rows_button.click()
        assert (top(pane), chip(pane)) == (0, "")

    def test_scrolling_back_is_following_again(self, pane: RequestPane) -> None:
        bar = pane.view.verticalScrollBar()
        bar.setValue(1000)
        come(pane)
        bar.setValue(0)
        assert chip(pane) == ""
        [more] = [replace_created(rows()[0], "later")]
        sample_rows.show(pane.table, [more])
        assert top(pane) == 0

    def test_in_the_order_of_time_upwards_it_goes_to_the_bottom(self, pane: RequestPane) -> None:
        pane.view.sortByColumn(Column.TIME, Qt.SortOrder.AscendingOrder)
        come(pane)
        assert chip(pane) == "↓ 3 new"
        pane.view.new_rows_button.click()
        bar = pane.view.verticalScrollBar()
        assert bar.value() == bar.maximum()
        sample_rows.show(pane.table, [replace_created(rows()[0], "later")])
        settle()
        assert bar.value() == bar.maximum()
        assert pane.view.visualRect(pane.table.index_of("later")).bottom() > 0
        assert chip(pane) == ""

    def test_sorted_by_something_else_it_goes_where_the_row_is(self, pane: RequestPane) -> None:
        pane.view.sortByColumn(Column.REFERENCE, Qt.SortOrder.AscendingOrder)
        settle()
        sample_rows.show(pane.table, [replace_created(rows()[0], "day-00150a")])
        settle()
        rect = pane.view.visualRect(pane.table.index_of("day-00150a"))
        assert pane.view.viewport().rect().contains(rect.center())

    def test_older_rows_from_the_journal_are_no_news(self, pane: RequestPane) -> None:
        old = replace(rows()[5], request=replace(rows()[5].request, created_at=long_ago()))
        spec = replace(old.request.spec, identifier="old")
        old = replace(old, request=replace(old.request, spec=spec))
        sample_rows.show(pane.table, [old])
        assert (top(pane), chip(pane)) == (0, "")
        pane.view.verticalScrollBar().setValue(1000)
        before = at_middle(pane)
        sample_rows.show(pane.table, [replace_created(old, "older", ago=True)])
        assert (at_middle(pane), chip(pane)) == (before, "")


class TestOff:
    def test_even_at_the_top_nothing_moves(self, pane: RequestPane) -> None:
        pane.view.follow.action.setChecked(False)
        before = at_middle(pane)
        come(pane)
        settle()
        assert (at_middle(pane), chip(pane)) == (before, "↑ 3 new")

    def test_switching_it_on_goes_to_the_newest(self, pane: RequestPane) -> None:
        pane.view.follow.action.setChecked(False)
        come(pane)
        pane.view.follow.action.setChecked(True)
        assert (top(pane), chip(pane)) == (0, "")

    def test_rows_that_all_fit_show_no_chip(self, pane: RequestPane) -> None:
        pane.view.follow.action.setChecked(False)
        pane.filters.choose(Group.CONFIRMING)
        pane.search.setText("day-0020")
        settle()
        come(pane)
        assert chip(pane) == ""


class TestHands:
    """Nothing moves under the mouse or the keyboard."""

    def test_a_mouse_that_moves_over_the_rows_holds_them(self, pane: RequestPane) -> None:
        move_mouse(pane)
        assert pane.view.follow.rest.isActive()
        before = at_middle(pane)
        come(pane)
        assert (at_middle(pane), chip(pane)) == (before, "↑ 3 new")
        rest(pane)
        assert (top(pane), chip(pane)) == (0, "")

    def test_a_key_that_walks_through_the_rows_holds_them(self, pane: RequestPane) -> None:
        QTest.keyClick(pane.view, Qt.Key.Key_Down)
        before = at_middle(pane)
        come(pane)
        assert (at_middle(pane), chip(pane)) == (before, "↑ 3 new")
        rest(pane)
        assert chip(pane) == ""

    def test_a_button_that_is_held_down_holds_them(
        self, pane: RequestPane, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(
            QGuiApplication, "mouseButtons", staticmethod(lambda: Qt.MouseButton.LeftButton)
        )
        come(pane)
        assert chip(pane) == "↑ 3 new"
        rest(pane)
        assert chip(pane) == "↑ 3 new"
        monkeypatch.undo()
        rest(pane)
        assert (top(pane), chip(pane)) == (0, "")

    def test_an_open_menu_holds_them(self, pane: RequestPane) -> None:
        menu = QMenu(pane)
        menu.addAction("x")
        menu.popup(pane.mapToGlobal(QPoint(30, 30)))
        settle()
        assert QApplication.activePopupWidget() is menu
        come(pane)
        assert chip(pane) == "↑ 3 new"
        menu.close()
        rest(pane)
        assert chip(pane) == ""

    def test_a_mouse_that_leaves_ends_that(self, pane: RequestPane) -> None:
        pane.view.follow.input_noticed()
        come(pane)
        assert chip(pane) == "↑ 3 new"
        pane.view.follow.input_ended()
        assert (top(pane), chip(pane)) == (0, "")

    def test_who_scrolled_away_meanwhile_is_left_alone(self, pane: RequestPane) -> None:
        pane.view.follow.input_noticed()
        come(pane)
        pane.view.verticalScrollBar().setValue(1200)
        rest(pane)
        assert (top(pane), chip(pane)) == (1200, "↑ 3 new")


class TestToggle:
    def test_box_and_action_are_one(self, pane: RequestPane) -> None:
        action, box = pane.view.follow.action, pane.follow_box
        assert action.isChecked()
        assert box.isChecked()
        box.click()
        assert not action.isChecked()
        action.setChecked(True)
        assert box.isChecked()
        assert box.accessibleName() == "Follow newest"

    def test_its_key_switches_it(self, pane: RequestPane) -> None:
        pane.activateWindow()
        settle()
        QTest.keyClick(
            pane,
            Qt.Key.Key_F,
            Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier,
        )
        assert not pane.view.follow.action.isChecked()


def move_mouse(pane: RequestPane) -> None:
    """Move it over a row; the real one stays where it is, and disturbs no other test."""
    port, place = pane.view.viewport(), QPointF(50, 60)
    QCoreApplication.sendEvent(
        port,
        QMouseEvent(
            QEvent.Type.MouseMove,
            place,
            port.mapToGlobal(place),
            Qt.MouseButton.NoButton,
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
        ),
    )


def rest(pane: RequestPane) -> None:
    """Nothing was touched for a while."""
    timer = pane.view.follow.rest
    assert timer.isActive()
    timer.stop()
    timer.timeout.emit()


def long_ago() -> datetime:
    return sample_rows.NOW - timedelta(days=2)


def replace_created(row: RequestRow, name: str, *, ago: bool = False) -> RequestRow:
    """The same under another name, created after all others, or before."""
    at = sample_rows.NOW + timedelta(minutes=1) if not ago else long_ago()
    request = replace(row.request, created_at=at, spec=replace(row.request.spec, identifier=name))
    return replace(row, request=request)


class TestRoom:
    @pytest.mark.parametrize("width", [1200, 700, 520])
    def test_it_takes_no_room_from_the_filters(self, pane: RequestPane, width: int) -> None:
        pane.resize(width, 400)
        settle()
        box, bar = pane.follow_box, pane.bar
        assert bar.width() >= bar.minimumSizeHint().width()
        assert pane.search.width() >= pane.search.minimumWidth()
        if box.isVisible():
            assert box.width() >= box.sizeHint().width()
            assert box.text() == ("Follow newest" if width == 1200 else "↑")
        assert pane.view.follow.action.isVisible()

    def test_the_work_list_has_none(self, pane: RequestPane) -> None:
        pane.filters.choose(Group.ATTENTION)
        assert not pane.follow_box.isVisible()
        pane.filters.choose(Group.ALL)
        assert pane.follow_box.isVisible()
