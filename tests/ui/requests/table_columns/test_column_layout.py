"""Columns under a person's hands: shown, moved, sized, sorted, kept and given back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ui import sample_rows
from ui.fake_desk import FakeDesk, FakePrinter, run_now
from xumm_desk.store.settings_file import SettingsFile
from xumm_desk.ui.desk_view import DeskView
from xumm_desk.ui.requests.actions import RequestActions
from xumm_desk.ui.requests.columns import DEFAULT_ORDER, Column
from xumm_desk.ui.requests.pane import RequestPane
from xumm_desk.ui.requests.table_columns import widths
from xumm_desk.ui.requests.table_columns.column_layout import ColumnLayout
from xumm_desk.ui.requests.table_columns.column_state import ColumnState, state_from_text
from xumm_desk.ui.requests.table_model import RequestTableModel

from .test_header_state import KEPT


@pytest.fixture
def pane(qtbot: QtBot) -> RequestPane:
    made = RequestPane(RequestTableModel(sample_rows.Clock()), RequestActions())
    qtbot.addWidget(made)
    made.resize(1300, 400)
    with qtbot.waitExposed(made):
        made.show()
    sample_rows.show(made.table, sample_rows.rows())
    QApplication.processEvents()
    return made


def shown(layout: ColumnLayout) -> list[Column]:
    """The columns that are seen, from the left."""
    header = layout._view.horizontalHeader()
    order = [Column(header.logicalIndex(at)) for at in range(header.count())]
    return [column for column in order if not header.isSectionHidden(column)]


def test_a_new_shop_has_its_columns_in_their_order(pane: RequestPane) -> None:
    pane.resize(2400, 400)
    found = shown(pane.view.columns)
    assert found == [column for column in DEFAULT_ORDER if column in found]
    assert found[:7] == list(DEFAULT_ORDER[:7])
    assert found[-1] is Column.OPERATOR


def test_a_column_that_a_person_shows_stays(pane: RequestPane) -> None:
    pane.view.columns.show_column(Column.UUID, True)
    pane.resize(900, 400)
    assert Column.UUID in shown(pane.view.columns)


def test_the_menu_shows_and_hides_but_for_the_status(pane: RequestPane) -> None:
    layout = pane.view.columns
    menu = layout.menu()
    by_title = {action.text(): action for action in menu.actions() if action.text()}
    assert not by_title["Status"].isEnabled()
    by_title["Last event"].trigger()
    by_title["Payer"].trigger()
    assert Column.LAST_EVENT in shown(layout)
    assert Column.PAYER not in shown(layout)
    by_title["Reset columns"].trigger()
    assert Column.LAST_EVENT not in shown(layout)
    assert Column.PAYER in shown(layout)
    menu.close()


def test_a_column_that_is_dragged_stays_where_it_was_put(pane: RequestPane) -> None:
    header, layout = pane.view.horizontalHeader(), pane.view.columns
    header.moveSection(header.visualIndex(Column.TAG), 1)
    assert layout.by_person
    assert shown(layout)[1] is Column.TAG
    layout.reset()
    assert not layout.by_person
    assert shown(layout)[1] is Column.LEFT


def test_resetting_gives_back_widths_order_and_sort(pane: RequestPane) -> None:
    layout, header = pane.view.columns, pane.view.horizontalHeader()
    before = [(column, header.sectionSize(column)) for column in shown(layout)]
    pane.view.sortByColumn(Column.AMOUNT, Qt.SortOrder.AscendingOrder)
    layout.show_column(Column.NOTE, True)
    header.moveSection(0, 5)
    header.resizeSection(Column.REFERENCE, 333)
    layout.reset_action.trigger()
    assert [(column, header.sectionSize(column)) for column in shown(layout)] == before
    assert layout.state() == ColumnState()
    first = pane.table.row_at_line(0)
    assert first is not None
    assert first.identifier == "1049"


def sizes(pane: RequestPane) -> dict[Column, int]:
    """How wide the columns are that are seen."""
    QApplication.processEvents()
    header = pane.view.horizontalHeader()
    return {column: header.sectionSize(column) for column in shown(pane.view.columns)}


def test_the_last_column_takes_the_room_that_is_left_in_any_window(pane: RequestPane) -> None:
    layout, header = pane.view.columns, pane.view.horizontalHeader()
    layout.show_column(Column.TILL, True)
    header.resizeSection(Column.REFERENCE, 200)
    own = widths.min_width(Column.TILL)
    *others, last = sizes(pane)
    assert last is Column.TILL
    chosen = {column: sizes(pane)[column] for column in others}
    for wide in (1600, 1300, 900, 2000, 1300, 900, 1600):
        pane.resize(wide, 400)
        now = sizes(pane)
        assert {column: now[column] for column in others} == chosen
        room = pane.view.viewport().width() - sum(chosen.values())
        assert now[last] == max(own, room)
    place = next(one for one in layout.state().places if one.column is Column.TILL)
    assert place.width == own, "what is remembered is not of this window"


def test_what_is_no_longer_the_last_column_has_its_own_width_again(pane: RequestPane) -> None:
    layout, header = pane.view.columns, pane.view.horizontalHeader()
    pane.resize(2000, 400)
    layout.show_column(Column.TILL, True)
    assert sizes(pane)[Column.TILL] > 200
    header.moveSection(header.visualIndex(Column.TILL), 2)
    assert sizes(pane)[Column.TILL] == widths.min_width(Column.TILL)
    assert header.length() == pane.view.viewport().width()
    layout.show_column(Column.NOTE, True)
    assert sizes(pane)[Column.OPERATOR] == widths.min_width(Column.OPERATOR)
    layout.show_column(Column.NOTE, False)
    assert header.length() == pane.view.viewport().width()


def test_a_width_that_is_dragged_is_kept_and_the_last_column_gives_way(pane: RequestPane) -> None:
    pane.resize(2000, 400)
    header = pane.view.horizontalHeader()
    edge = header.sectionViewportPosition(Column.TIME) + header.sectionSize(Column.TIME) - 1
    before, middle = sizes(pane), header.height() // 2
    QTest.mousePress(header.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(edge, middle))
    QTest.mouseMove(header.viewport(), QPoint(edge + 70, middle))
    QTest.mouseRelease(header.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(edge + 70, middle))
    last = [*before][-1]
    assert sizes(pane) == before | {
        Column.TIME: before[Column.TIME] + 70,
        last: before[last] - 70,
    }
    assert pane.view.columns.by_person
    pane.resize(1300, 400)
    assert sizes(pane)[Column.TIME] == before[Column.TIME] + 70


def test_a_width_typed_for_the_last_column_is_its_least(pane: RequestPane) -> None:
    layout = pane.view.columns
    layout.show_column(Column.TILL, True)
    wide = [
        replace(one, width=333) if one.column is Column.TILL else one
        for one in layout.state().places
    ]
    layout.use(replace(layout.state(), places=tuple(wide)))
    pane.resize(900, 400)
    assert sizes(pane)[Column.TILL] == 333


def test_a_header_that_is_clicked_sorts_and_that_is_remembered(pane: RequestPane) -> None:
    header = pane.view.horizontalHeader()
    place = QPoint(header.sectionViewportPosition(Column.TAG) + 9, header.height() // 2)
    QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)
    state = pane.view.columns.state()
    assert state.sort is Column.TAG
    assert state.places == ()
    assert state_from_text(state.to_text()) == state


class TestKept:
    def make(self, qtbot: QtBot, folder: Path) -> DeskView:
        made = DeskView(
            FakeDesk(sample_rows.rows()).as_desk(),
            start=run_now,
            preferences=SettingsFile(folder / "settings.json"),
            network="MAINNET",
            phone=None,
            practice=False,
            make_printer=FakePrinter,
        )
        qtbot.addWidget(made)
        made.resize(1366, 700)
        made.show()
        made.open()
        made.show_view("requests")
        return made

    def test_columns_sort_and_following_are_as_they_were_left(
        self, qtbot: QtBot, tmp_path: Path
    ) -> None:
        first = self.make(qtbot, tmp_path)
        view = first.pane.view
        view.columns.show_column(Column.EXPIRY, True)
        header = view.horizontalHeader()
        header.moveSection(header.visualIndex(Column.EXPIRY), 1)
        header.resizeSection(Column.EXPIRY, 123)
        view.sortByColumn(Column.PRICE, Qt.SortOrder.AscendingOrder)
        view.follow.action.setChecked(False)
        left = view.columns.state()
        first.close_down()
        again = self.make(qtbot, tmp_path).pane.view
        assert again.columns.state() == left
        assert shown(again.columns)[1] is Column.EXPIRY
        assert again.horizontalHeader().sectionSize(Column.EXPIRY) == 123
        assert not again.follow.action.isChecked()

    def test_what_an_earlier_version_left_is_taken_over(self, qtbot: QtBot, tmp_path: Path) -> None:
        SettingsFile(tmp_path / "settings.json").change(layout={"columns": KEPT})
        view = self.make(qtbot, tmp_path).pane.view
        assert shown(view.columns)[:2] == [Column.STATUS, Column.PAYER]
        assert view.horizontalHeader().sectionSize(Column.REFERENCE) == 177
        assert view.columns.state().sort is Column.AMOUNT
        assert view.follow.action.isChecked()

    def test_columns_that_were_reset_stay_so(self, qtbot: QtBot, tmp_path: Path) -> None:
        SettingsFile(tmp_path / "settings.json").change(layout={"columns": KEPT})
        first = self.make(qtbot, tmp_path)
        first.pane.view.columns.reset()
        first.close_down()
        assert not self.make(qtbot, tmp_path).pane.view.columns.by_person

    def test_the_view_menu_has_them(self, qtbot: QtBot, tmp_path: Path) -> None:
        board = self.make(qtbot, tmp_path)
        columns = board.pane.view.columns
        assert {columns.arrange_action, columns.reset_action} <= set(board.panel_actions)
        assert board.pane.view.follow.action in board.panel_actions
