"""The work list under mouse and keyboard: live, still under the mouse, one press for each entry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QMouseEvent
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ui import sample_rows
from ui.attention import lists
from ui.desk_view_fixture import open_board
from ui.fake_desk import FakeDesk, run_now
from xumm_desk.core.attention.entry import Action, AttentionEntry, Cause
from xumm_desk.core.attention.wording import NOTHING_TO_DO, all_advice
from xumm_desk.core.state.decisions import DecisionKind
from xumm_desk.core.status import Status
from xumm_desk.core.verdict.verdict import judge
from xumm_desk.engine.runtime.registry import RequestRow
from xumm_desk.locale import catalogues
from xumm_desk.locale.translation import tr
from xumm_desk.ui.attention.decision_dialog import DecisionDialog
from xumm_desk.ui.attention.work_list_model import WorkListModel
from xumm_desk.ui.attention.work_list_view import WorkListView
from xumm_desk.ui.desk_view import DeskView
from xumm_desk.ui.language import window_language
from xumm_desk.ui.main_window import MainWindow
from xumm_desk.ui.requests.rows.filtering import Group, filter_groups


@pytest.fixture
def desk() -> FakeDesk:
    made = FakeDesk((*lists.doubtful_rows(), sample_rows.row(Status.PAID)))
    made.payments = tuple(lists.payments(2))
    return made


@pytest.fixture
def board(qtbot: QtBot, tmp_path: Path, desk: FakeDesk) -> DeskView:
    made = open_board(qtbot, tmp_path, desk, run_now)
    made.show()
    made.changes.flush()
    made.pane.filters.choose(Group.ATTENTION)
    made.attention.view.tick()
    QApplication.processEvents()
    return made


def causes(board: DeskView) -> list[Cause]:
    model = board.attention.model
    lines = [model.line_at(model.index(place, 0)) for place in range(model.rowCount())]
    return [line.entry.cause for line in lines if line is not None]


def entry(board: DeskView, cause: Cause) -> AttentionEntry:
    """Select the entry of a cause."""
    board.attention.view.setCurrentIndex(board.attention.model.index(causes(board).index(cause), 0))
    found = board.attention.view.current_entry()
    assert found is not None
    assert found.cause is cause
    return found


def dialog(board: DeskView) -> DecisionDialog:
    [found] = [one for one in board.findChildren(DecisionDialog) if one.isVisible()]
    return found


def point_at(board: DeskView, monkeypatch: pytest.MonkeyPatch, on: bool) -> None:
    """Let the mouse stand over the list, or elsewhere."""
    viewport = board.attention.view.viewport()
    monkeypatch.setattr(viewport, "underMouse", lambda: on, raising=False)
    monkeypatch.setattr(board.attention.view, "_may_move", lambda: not on)


def test_the_list_is_in_order_of_urgency_and_counts_payments_too(board: DeskView) -> None:
    assert causes(board) == sorted(causes(board))
    assert causes(board).count(Cause.UNMATCHED) == 2
    button = board.pane.filters.button(Group.ATTENTION)
    assert button.count == len(causes(board)) == 12
    assert board.attention.view.currentIndex().row() == 0


def test_the_filter_and_the_list_mean_the_same(board: DeskView, desk: FakeDesk) -> None:
    needed = {row.identifier for row in desk.rows() if Group.ATTENTION in filter_groups(row)}
    model = board.attention.model
    shown = {model.line_at(model.index(n, 0)).entry.identifier for n in range(model.rowCount())}  # type: ignore[union-attr]
    assert shown - {""} == needed


def test_the_selected_entry_is_shown_in_the_detail(board: DeskView) -> None:
    found = entry(board, Cause.UNDERPAID)
    assert board.detail.row is not None
    assert board.detail.row.identifier == found.identifier
    assert board.request_actions.row is not None
    assert board.request_actions.row.identifier == found.identifier
    entry(board, Cause.UNMATCHED)
    assert board.request_actions.row is None


def test_enter_accepts_with_a_reason_and_the_row_stays_a_check(
    board: DeskView, desk: FakeDesk
) -> None:
    found = entry(board, Cause.UNDERPAID)
    QTest.keyClick(board.attention.view, Qt.Key.Key_Return)
    asked = dialog(board)
    assert not asked.decide_button.isEnabled()
    asked.reason.setPlainText("regular guest, pays the rest tomorrow")
    asked.decide_button.click()
    board.changes.flush()
    [(identifier, decision)] = desk.decided
    assert identifier == found.identifier
    assert decision.kind is DecisionKind.ACCEPTED_AS_PAID
    assert decision.about == found.about
    row = desk.row(identifier)
    assert row is not None
    assert row.verdict.status is Status.CHECK
    board.attention.view.tick()
    assert Cause.UNDERPAID not in causes(board)
    board.pane.filters.choose(Group.ALL)
    board.pane.view.select(identifier)
    index = board.table.index_of(identifier)
    assert index.data() == "Check · accepted as paid"


def test_what_became_known_meanwhile_is_said_instead_of_recorded(
    board: DeskView, desk: FakeDesk
) -> None:
    found = entry(board, Cause.UNDERPAID)
    QTest.keyClick(board.attention.view, Qt.Key.Key_Return)
    asked = dialog(board)
    asked.reason.setPlainText("regular guest")
    desk.decide_refusal = "Something new is known about this request."
    asked.decide_button.click()
    assert asked.isVisible()
    assert asked.problem.text() == "Something new is known about this request."
    assert entry(board, Cause.UNDERPAID) == found


def test_a_wait_hides_an_entry_for_a_quarter_of_an_hour(board: DeskView, desk: FakeDesk) -> None:
    entry(board, Cause.MAY_STILL_BE_PAID)
    before = board.attention.model.count
    QTest.keyClick(board.attention.view, Qt.Key.Key_Return)
    board.changes.flush()
    board.attention.view.tick()
    assert Cause.MAY_STILL_BE_PAID not in causes(board)
    assert board.attention.model.count == before - 1
    desk.clock.passed += 15 * 60 + 1
    board.attention.model.refresh_times()
    board.attention.view.tick()
    assert Cause.MAY_STILL_BE_PAID in causes(board)


def test_the_button_of_a_line_is_pressed_by_the_mouse(board: DeskView, desk: FakeDesk) -> None:
    view = board.attention.view
    asked: list[tuple[AttentionEntry, Action]] = []
    view.asked.disconnect()
    view.asked.connect(lambda one, action: asked.append((one, action)))
    index = board.attention.model.index(1, 0)
    line = board.attention.model.line_at(index)
    assert line is not None
    rect = view.visualRect(index)
    button = view._painter.button_rect(rect)
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(rect.left() + 40, 5))
    assert asked == []
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=button.center())
    assert asked == [(line.entry, line.entry.action)]
    QTest.mousePress(view.viewport(), Qt.MouseButton.LeftButton, pos=button.center())
    QTest.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, pos=rect.topLeft())
    assert len(asked) == 1, "let go elsewhere, it is not pressed"


def test_a_double_click_leads_to_the_row(board: DeskView) -> None:
    found = entry(board, Cause.UNDERPAID)
    view = board.attention.view
    place = view.visualRect(view.currentIndex()).topLeft() + QPoint(60, 10)
    QTest.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    # The list that was clicked is hidden: the button would stay pressed for all later tests.
    QTest.mouseRelease(board.pane.view.viewport(), Qt.MouseButton.LeftButton)
    assert QGuiApplication.mouseButtons() == Qt.MouseButton.NoButton
    assert not board.pane.shows_attention()
    current = board.pane.current()
    assert current is not None
    assert current.identifier == found.identifier


def test_the_menu_has_all_actions_and_does_them(board: DeskView, desk: FakeDesk) -> None:
    found = entry(board, Cause.SECOND_PAYMENT)
    menu = board.attention.view.menu_of(found)
    labels = [one.text() for one in menu.actions() if not one.isSeparator()]
    assert labels[0] == "Refund…"
    assert "Remind me tomorrow" in labels
    done = next(one for one in menu.actions() if one.text() == "Mark as done")
    done.trigger()
    [(identifier, decision)] = desk.decided
    assert (identifier, decision.kind) == (found.identifier, DecisionKind.REVIEWED)


def test_nothing_moves_while_the_mouse_is_over_the_list(
    board: DeskView, desk: FakeDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    point_at(board, monkeypatch, True)
    before = causes(board)
    settled = entry(board, Cause.UNVERIFIED)
    paid = replace(
        sample_rows.row(Status.PAID),
        request=replace(
            sample_rows.row(Status.PAID).request,
            spec=desk.row(settled.identifier).request.spec,  # type: ignore[union-attr]
        ),
    )
    fresh = lists.long_row()
    desk.show(paid, fresh)
    board.changes.flush()
    board.attention.view.tick()
    assert causes(board) == before
    assert board.attention.view.current_entry() is None, "it is settled"
    QTest.keyClick(board.attention.view, Qt.Key.Key_Return)
    assert desk.decided == []
    point_at(board, monkeypatch, False)
    board.attention.view.tick()
    assert Cause.UNVERIFIED not in causes(board)
    assert causes(board).count(Cause.UNDERPAID) == 2
    assert board.attention.view.current_entry() is not None, "the next one is selected"


def test_new_evidence_brings_a_settled_entry_back(board: DeskView, desk: FakeDesk) -> None:
    found = entry(board, Cause.UNDERPAID)
    QTest.keyClick(board.attention.view, Qt.Key.Key_Return)
    asked = dialog(board)
    asked.reason.setPlainText("why")
    asked.decide_button.click()
    board.changes.flush()
    board.attention.view.tick()
    assert Cause.UNDERPAID not in causes(board)
    row = desk.row(found.identifier)
    assert row is not None
    twice = next(r for r in lists.doubtful_rows() if r.request.payments)
    request = replace(row.request, payments=twice.request.payments)
    desk.show(replace(row, request=request, verdict=judge(request, ledger=True)))
    board.changes.flush()
    board.attention.view.tick()
    model = board.attention.model
    assert model.index_of(found.identifier).isValid()


def test_search_finds_entries(board: DeskView) -> None:
    board.pane.search.setText("2005")
    assert causes(board) == [Cause.SECOND_PAYMENT]
    assert board.pane.filters.button(Group.ATTENTION).count == 12
    board.pane.search.setText("no such thing")
    assert board.attention.view.empty_view.message == "Nothing matches"
    board.attention.view.empty_view.pressed.emit()
    assert len(causes(board)) == 12


@pytest.mark.parametrize("width", [560, 690, 900])
@pytest.mark.parametrize("tag", ["en", "de", "fr", "nl", "es", "pt_BR", "ja", "ar"])
def test_no_language_has_what_to_do_cut(board: DeskView, tag: str, width: int) -> None:
    window_language.speak(catalogues.load(tag))
    try:
        painter = board.attention.view._painter
        some = replace(entry(board, Cause.UNDERPAID), why="Why. " * 60)
        room = painter._room_for_text(width)
        for advice in all_advice():
            lines = painter.text_lines(replace(some, advice=advice), width, room)
            assert len(lines) <= painter._text_lines(width)
            shown = "".join(lines).replace(" ", "")
            assert shown.endswith(tr(advice).replace(" ", ""))
            assert shown.startswith("Why.")
    finally:
        window_language.speak(catalogues.load("en"))


def test_an_empty_list_says_so_with_pleasure_once_the_journal_is_read(
    qtbot: QtBot, tmp_path: Path
) -> None:
    board = open_board(qtbot, tmp_path, FakeDesk([sample_rows.row(Status.PAID)]), run_now)
    board.show()
    board.set_recovering(True)
    board.pane.filters.choose(Group.ATTENTION)
    assert "Reading the journal" in board.attention.view.empty_view.message
    board.set_recovering(False)
    assert board.attention.view.empty_view.message.startswith(NOTHING_TO_DO)
    assert board.attention.view.empty_view.isVisible()


def test_what_a_screen_reader_hears_names_the_action(board: DeskView) -> None:
    found = entry(board, Cause.UNDERPAID)
    spoken = board.attention.view.currentIndex().data(Qt.ItemDataRole.AccessibleTextRole)
    assert found.why in spoken
    assert "Enter: Accept as paid…" in spoken


def test_a_payment_is_assigned_in_its_dialog(
    opened: Callable[..., tuple[MainWindow, FakeDesk]],
) -> None:
    window, desk = opened()
    board = window._desk_view
    assert board is not None
    first, second = lists.payments(2)
    desk.show_unmatched(first, second)
    board.pane.filters.choose(Group.ATTENTION)
    board.attention.view.tick()
    board.attention.view.select(f"payment {second.txid}")
    QTest.keyClick(board.attention.view, Qt.Key.Key_Return)
    assert window._desk_banners is not None
    shown = window._desk_banners.unmatched.dialog
    assert shown is not None
    assert shown.selected_payment() == second
    shown.dismiss_button.click()
    board.attention.view.tick()
    assert causes(board).count(Cause.UNMATCHED) == 1


def test_decisions_about_money_need_the_pin_at_a_locked_desk(
    board: DeskView, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(board.lock, "require", lambda why, _then: asked.append(str(why)))
    entry(board, Cause.UNDERPAID)
    QTest.keyClick(board.attention.view, Qt.Key.Key_Return)
    assert asked == ["The desk is locked. Decisions about money need the PIN."]
    assert not [one for one in board.findChildren(DecisionDialog) if one.isVisible()]


def test_the_model_keeps_qt_s_rules_whatever_happens(qtbot: QtBot) -> None:
    del qtbot
    model = WorkListModel(sample_rows.Clock().now)
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    rows = lists.doubtful_rows()
    paid = sample_rows.row(Status.PAID)
    for count in (3, 7, len(rows)):
        model.update_rows(rows[:count])
        model.tidy()
    model.set_payments(lists.payments(3), {})
    model.tidy()
    for row in rows[::2]:
        gone = replace(row, verdict=paid.verdict)
        model.update_rows([gone])
    assert model.count == model.rowCount() - len(rows[::2])
    model.tidy()
    assert model.count == model.rowCount()
    model.update_rows(rows)
    model.set_search("2005")
    model.set_search("")
    assert model.rowCount() == len(rows) + 3
    del tester


def test_a_flood_of_rows_that_need_nobody_costs_no_line(qtbot: QtBot) -> None:
    model = WorkListModel(sample_rows.Clock().now)
    view = WorkListView(model)
    qtbot.addWidget(view)
    waiting: list[RequestRow] = [sample_rows.row(Status.WAITING)]
    assert not model.update_rows(waiting * 100)
    assert model.rowCount() == 0


def test_a_mouse_over_the_button_shows_a_hand(board: DeskView) -> None:
    view = board.attention.view
    button = view._painter.button_rect(view.visualRect(board.attention.model.index(0, 0)))
    at = QPointF(button.center())
    move = QMouseEvent(
        QMouseEvent.Type.MouseMove,
        at,
        QPointF(view.viewport().mapToGlobal(button.center())),
        Qt.MouseButton.NoButton,
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(view.viewport(), move)
    assert view.viewport().cursor().shape() is Qt.CursorShape.PointingHandCursor
