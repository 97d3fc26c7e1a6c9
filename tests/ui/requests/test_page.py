"""The requests view: who stands where at which size, which keys open and close, what is kept."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ui import sample_rows
from ui.fake_desk import FakeDesk, FakePrinter, run_now
from xumm_desk.core.status import Status
from xumm_desk.core.wire.api_answers import SimulatorNews
from xumm_desk.store.settings_file import SettingsFile
from xumm_desk.ui.desk_view import DeskView
from xumm_desk.ui.main_window import MainWindow
from xumm_desk.ui.requests.page import RequestsPage

Opened = Callable[..., tuple[MainWindow, FakeDesk]]


class Phone:
    """A practice phone that does nothing."""

    async def phone_action(self, _uuid: str, _verb: str) -> str:
        return ""

    async def set_customers(self, _choice: str) -> str:
        return ""

    async def news(self, _after: int) -> SimulatorNews | str:
        return SimulatorNews("manual", 0, ())


def page_of(board: DeskView) -> RequestsPage:
    return board._layout.requests


@pytest.fixture
def board(qtbot: QtBot, opened: Opened) -> DeskView:
    window, _ = opened()
    window.resize(1366, 768)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    QApplication.processEvents()
    made = window._desk_view
    assert made is not None
    return made


def rows_in_sight(board: DeskView) -> int:
    view = board.pane.view
    return view.viewport().height() // view.verticalHeader().defaultSectionSize()


def key(board: DeskView, which: Qt.Key, modifier: Qt.KeyboardModifier | None = None) -> None:
    target = board.window().focusWidget() or board.window()
    QTest.keyClick(target, which, modifier or Qt.KeyboardModifier.NoModifier)


class TestRoom:
    @pytest.mark.parametrize("status", [Status.WAITING, Status.PAID, Status.CHECK])
    def test_fourteen_rows_beside_a_detail_on_a_small_laptop(
        self, board: DeskView, status: Status
    ) -> None:
        board.pane.view.select(sample_rows.row(status).identifier)
        QApplication.processEvents()
        assert page_of(board).is_beside
        assert board.detail.isVisible()
        assert rows_in_sight(board) >= 14
        assert board.pane.view.horizontalScrollBar().maximum() == 0

    def test_the_form_is_no_third_of_the_screen(self, board: DeskView) -> None:
        assert not board.form.isVisible()
        assert rows_in_sight(board) >= 14

    def test_a_narrow_window_has_the_detail_below(self, board: DeskView) -> None:
        board.window().resize(900, 900)
        QApplication.processEvents()
        assert not page_of(board).is_beside
        assert board.detail.isVisible()
        assert board.detail.width() == board.width()
        board.window().resize(1366, 768)
        QApplication.processEvents()
        assert page_of(board).is_beside

    def test_a_code_in_the_detail_can_be_scanned_or_is_not_there(
        self, board: DeskView, qtbot: QtBot
    ) -> None:
        board.pane.view.select(sample_rows.row(Status.WAITING).identifier)
        code = board.detail.code

        def whole_or_hidden() -> bool:
            whole = code.visibleRegion().boundingRect() == code.rect()
            return whole or not code.isVisible()

        for size in ((1366, 768), (900, 600), (1024, 768), (1920, 1080), (900, 1000)):
            board.window().resize(*size)
            for _ in range(4):  # layouts that wait for each other
                QApplication.processEvents()
            qtbot.waitUntil(whole_or_hidden)
            if code.isVisible():
                assert code.module_px(code.devicePixelRatioF()) >= 4, size
            shown = [one for one in board.detail._summary._all if one.isVisible()]
            assert shown[0].text() == "Show to customer"

    def test_a_wide_window_has_room_for_form_and_detail(self, board: DeskView) -> None:
        board.window().resize(1920, 1080)
        board.begin_request()
        QApplication.processEvents()
        assert board.form.isVisible()
        assert board.detail.isVisible()
        assert rows_in_sight(board) >= 14


class TestKeys:
    def test_the_form_opens_with_a_key_and_closes_with_another_and_keeps_its_draft(
        self, board: DeskView
    ) -> None:
        key(board, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
        assert board.form.isVisible()
        amount = board.form.field("amount").editor
        assert amount.hasFocus()
        QTest.keyClicks(amount, "12.5")
        key(board, Qt.Key.Key_Escape)
        assert not board.form.isVisible()
        assert board.pane.view.hasFocus()
        assert board.detail.isVisible(), "Esc closes one thing at a time"
        key(board, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
        assert board.form.draft().amount == "12.5"

    @pytest.mark.parametrize("name", ["memo", "instruction", "destination"])
    def test_escape_closes_the_form_from_each_field(self, board: DeskView, name: str) -> None:
        board.begin_request()
        board.form.field(name).editor.setFocus()
        key(board, Qt.Key.Key_Escape)
        assert not board.form.isVisible()

    def test_no_key_submits_a_closed_form(self, board: DeskView) -> None:
        desk = board._desk
        board.form.field("amount").set_text("2.5")
        board.pane.view.setFocus()
        key(board, Qt.Key.Key_F12)
        key(board, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        assert isinstance(desk, FakeDesk)
        assert desk.created == []

    def test_a_key_closes_and_opens_the_detail(self, board: DeskView) -> None:
        board.pane.view.select("1043")
        board.pane.view.setFocus()
        key(board, Qt.Key.Key_F4)
        assert not board.detail.isVisible()
        key(board, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
        assert board.detail.isVisible()
        key(board, Qt.Key.Key_Escape)
        assert not board.detail.isVisible()

    def test_the_keyboard_is_never_left_in_a_panel_that_was_closed(self, board: DeskView) -> None:
        board.pane.view.select("1043")
        board.detail.tabs.tabBar().setFocus()
        key(board, Qt.Key.Key_Escape)
        assert board.pane.view.hasFocus()

    def test_escape_in_the_search_empties_it_first(self, board: DeskView) -> None:
        board.pane.search.setFocus()
        board.pane.search.setText("1043")
        key(board, Qt.Key.Key_Escape)
        assert board.pane.search.text() == ""
        assert board.detail.isVisible()
        key(board, Qt.Key.Key_Escape)
        assert not board.detail.isVisible()

    def test_enter_opens_the_detail_of_the_row(self, board: DeskView) -> None:
        board.pane.view.select("1043")
        page_of(board).close_detail()
        board.pane.view.setFocus()
        key(board, Qt.Key.Key_Return)
        assert board.detail.isVisible()
        assert board.detail.row is board.pane.view.current()

    def test_the_panels_are_in_the_menu_with_their_keys(self, board: DeskView) -> None:
        window = board.window()
        found = {one.text(): one for one in window.findChildren(QAction) if one.isCheckable()}
        assert [one.toString() for one in found["Details"].shortcuts()] == ["F4", "Ctrl+D"]
        assert found["Details"].isVisible()
        board.show_view("till")
        assert not found["Details"].isVisible()


class TestDetail:
    def test_a_closed_detail_costs_nothing_and_is_right_when_it_opens(
        self, board: DeskView
    ) -> None:
        page_of(board).close_detail()
        shown = board.detail._summary._row
        board.pane.view.select("1035")
        assert board.detail._summary._row is shown
        page_of(board).open_detail()
        assert board.detail._summary._row is board.pane.view.current()

    def test_selecting_quickly_builds_no_hidden_tab(self, board: DeskView) -> None:
        for row in sample_rows.rows():
            board.pane.view.select(row.identifier)
        assert board.detail._raw.tree.topLevelItemCount() == 0
        assert board.detail._ledger._shown is None
        assert board.detail._fields._shown is None

    def test_a_key_that_is_held_down_shows_only_where_it_stops(
        self, board: DeskView, qtbot: QtBot
    ) -> None:
        board.pane.view.select("1049")
        board.pane.view.setFocus()
        before = board.detail._summary._row
        for _ in range(10):
            event = QKeyEvent(
                QEvent.Type.KeyPress,
                Qt.Key.Key_Down,
                Qt.KeyboardModifier.NoModifier,
                autorep=True,
            )
            QApplication.sendEvent(board.pane.view, event)
            assert board.detail._summary._row is before
        assert board.request_actions.row is board.pane.view.current()
        qtbot.waitUntil(lambda: board.detail._summary._row is board.pane.view.current())

    def test_a_created_request_is_shown_in_place_of_the_form(self, board: DeskView) -> None:
        page_of(board).close_detail()
        board.begin_request()
        board.form.field("destination").set_text(sample_rows.SHOP)
        board.form.field("amount").set_text("77")
        board.form.submit()
        assert not board.form.isVisible()
        assert board.detail.isVisible()


class TestKept:
    def make(self, qtbot: QtBot, folder: Path, *, practice: bool = False) -> DeskView:
        made = DeskView(
            FakeDesk(sample_rows.rows()).as_desk(),
            start=run_now,
            preferences=SettingsFile(folder / "settings.json"),
            network="MAINNET",
            phone=Phone() if practice else None,
            practice=practice,
            make_printer=FakePrinter,
        )
        qtbot.addWidget(made)
        made.resize(1366, 700)
        made.show()
        made.open()
        made.show_view("requests")
        QApplication.processEvents()
        return made

    def test_sizes_are_remembered_for_each_order(self, qtbot: QtBot, tmp_path: Path) -> None:
        first = self.make(qtbot, tmp_path)
        page_of(first)._inner.setSizes([900, 466])
        page_of(first)._inner.splitterMoved.emit(900, 1)
        beside = first.detail.width()
        first.resize(800, 900)
        QApplication.processEvents()
        page_of(first)._inner.setSizes([500, 400])
        page_of(first)._inner.splitterMoved.emit(500, 1)
        below = first.detail.height()
        first.close_down()
        again = self.make(qtbot, tmp_path)
        assert abs(again.detail.width() - beside) <= 2
        again.resize(800, 900)
        QApplication.processEvents()
        assert abs(again.detail.height() - below) <= 2

    def test_a_closed_detail_stays_closed(self, qtbot: QtBot, tmp_path: Path) -> None:
        first = self.make(qtbot, tmp_path)
        page_of(first).close_detail()
        first.close_down()
        assert not self.make(qtbot, tmp_path).detail.isVisible()

    @pytest.mark.parametrize(
        "kept",
        [
            {"split": "000000ff", "middle": "00ff", "columns": ""},
            {"requests detail beside": "-5", "requests form width": "wide"},
            {"requests detail beside": "99999999999", "requests closed": "what ever"},
            {"requests detail below": "\u0663\u0664"},
        ],
    )
    def test_any_layout_of_another_program_is_read(
        self, qtbot: QtBot, tmp_path: Path, kept: dict[str, str]
    ) -> None:
        SettingsFile(tmp_path / "settings.json").change(layout=kept)
        board = self.make(qtbot, tmp_path)
        assert board.detail.isVisible()
        assert board.pane.view.width() > 400
        board.close_down()
        after = SettingsFile(tmp_path / "settings.json").value.layout
        assert after.get("split") == kept.get("split")

    def test_the_practice_phone_takes_nothing_from_the_table(
        self, qtbot: QtBot, tmp_path: Path
    ) -> None:
        without = self.make(qtbot, tmp_path / "a").pane.size()
        board = self.make(qtbot, tmp_path / "b", practice=True)
        assert board.phone is not None
        assert board.phone.isVisible()
        assert board.pane.size() == without
        page_of(board).phone_action.trigger()
        assert not board.phone.isVisible()
        board.show_view("till")
        assert board.phone.isVisible()
        board.show_view("requests")
        assert not board.phone.isVisible()
