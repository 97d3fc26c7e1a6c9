"""The table under mouse and keyboard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt
from PySide6.QtGui import (
    QGuiApplication,
    QImage,
    QPainter,
    QPaintEvent,
    QRegion,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from ui import sample_rows
from xumm_desk.core.status import Status
from xumm_desk.engine.runtime.registry import RequestRow
from xumm_desk.ui.requests import actions
from xumm_desk.ui.requests.actions import RequestActions
from xumm_desk.ui.requests.columns import Column, changed_columns
from xumm_desk.ui.requests.pane import RequestPane
from xumm_desk.ui.requests.row_painter import ColumnSpan, PaintedLine, RowPainter
from xumm_desk.ui.requests.rows.filtering import Group
from xumm_desk.ui.requests.table_model import RequestTableModel
from xumm_desk.ui.style.palette import Tone
from xumm_desk.ui.style.theme import Theme

MOVING = {Column.STATUS, Column.LEFT, Column.STEPS, Column.LAST_EVENT, Column.EXPIRY}


@pytest.fixture
def pane(qtbot: QtBot) -> RequestPane:
    made = RequestPane(RequestTableModel(sample_rows.Clock()), RequestActions())
    shown(made, qtbot)
    return made


def shown(pane: RequestPane, qtbot: QtBot) -> None:
    qtbot.addWidget(pane)
    pane.resize(1200, 400)
    with qtbot.waitExposed(pane):
        pane.show()


def newer(row: RequestRow) -> RequestRow:
    assert row.last_heard_at is not None
    return replace(row, last_heard_at=row.last_heard_at + timedelta(seconds=1))


def settle() -> None:
    """Let Qt do what it has put off: layouts first, the painting they cause after it."""
    for _ in range(3):
        QGuiApplication.processEvents()


def selected(pane: RequestPane) -> str:
    row = pane.view.current()
    return row.identifier if row else ""


class Painted(QObject):
    """What of a widget was asked to be painted."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.region = QRegion()
        widget.installEventFilter(self)

    def eventFilter(self, _widget: QObject, event: QEvent) -> bool:
        if isinstance(event, QPaintEvent):
            self.region += event.region()
        return False


def different(one: QImage, other: QImage) -> QRegion:
    """Where two pictures differ."""
    found = QRegion()
    assert one.size() == other.size()
    for y in range(one.height()):
        a, b = one.copy(0, y, one.width(), 1), other.copy(0, y, one.width(), 1)
        if a != b:
            xs = [x for x in range(one.width()) if a.pixel(x, 0) != b.pixel(x, 0)]
            for x in xs:
                found += QRect(x, y, 1, 1)
    return found


def cell(pane: RequestPane, row: RequestRow, column: Column) -> QPoint:
    """The middle of a cell."""
    return pane.view.visualRect(pane.table.index_of(row.identifier, column)).center()


class TestSelection:
    def test_survives_sorting_changes_and_new_rows(self, pane: RequestPane) -> None:
        rows = list(sample_rows.rows())
        sample_rows.show(pane.table, rows[:-2])
        pane.view.select("1044")
        pane.table.sort(Column.AMOUNT, Qt.SortOrder.AscendingOrder)
        sample_rows.show(pane.table, [newer(rows[0]), *rows[-2:]])
        assert selected(pane) == "1044"

    def test_survives_a_filter_and_comes_back_after_it(self, pane: RequestPane) -> None:
        sample_rows.show(pane.table, sample_rows.rows())
        pane.view.select("1043")
        pane.search.setText("104")
        assert selected(pane) == "1043"
        pane.search.setText("1037")
        assert selected(pane) == ""
        pane.search.clear()
        assert selected(pane) == "1043"

    def test_the_detail_gets_every_new_state(self, pane: RequestPane) -> None:
        sample_rows.show(pane.table, sample_rows.rows())
        told: list[RequestRow | None] = []
        pane.view.current_changed.connect(told.append)
        pane.view.select("1048")
        fresh = newer(sample_rows.row(Status.WAITING))
        sample_rows.show(pane.table, [fresh])
        assert told[-1] == fresh
        count = len(told)
        sample_rows.show(pane.table, [newer(sample_rows.row(Status.PAID))])
        assert len(told) == count


class TestSecond:
    def test_only_the_visible_cells_that_count_are_painted(self, qtbot: QtBot) -> None:
        asked: list[tuple[int, Column]] = []

        class Spy(RowPainter):
            def paint(
                self,
                painter: QPainter,
                row: RequestRow,
                line: PaintedLine,
                across: Sequence[ColumnSpan],
            ) -> None:
                asked.extend((line.rect.top(), column) for column, _, _ in across)
                super().paint(painter, row, line, across)

        clock = sample_rows.Clock()
        pane = RequestPane(RequestTableModel(clock), RequestActions())
        pane.view._cells = Spy(clock, pane)
        shown(pane, qtbot)
        sample_rows.show(pane.table, sample_rows.many(3000))
        settle()
        asked.clear()
        pane.view.tick()
        settle()
        assert {column for _, column in asked} == {Column.LEFT}
        assert len(asked) < 20

    def test_only_the_lines_that_changed_are_painted(
        self, pane: RequestPane, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        rows = list(sample_rows.many(300))
        sample_rows.show(pane.table, rows)
        settle()
        settle()
        painted: list[str] = []
        paint = RowPainter.paint

        def noted(self: RowPainter, painter: QPainter, row: RequestRow, *rest: Any) -> None:
            painted.append(row.identifier)
            paint(self, painter, row, *rest)

        monkeypatch.setattr(RowPainter, "paint", noted)
        top = [pane.table.row_at_line(place) for place in range(6)]
        assert all(top)
        chosen = [row for row in (top[1], top[4]) if row is not None]
        sample_rows.show(pane.table, [newer(row) for row in (*chosen, rows[0])])
        settle()
        assert sorted(painted) == sorted(row.identifier for row in chosen)

    @pytest.mark.parametrize("told", sample_rows.samples(), ids=lambda told: told.row.identifier)
    def test_whatever_looks_different_is_painted_and_of_a_hint_no_more(
        self, pane: RequestPane, told: sample_rows.Sample
    ) -> None:
        pane.resize(2400, 400)
        pane.view.setColumnHidden(Column.TXID, False)
        pane.view.setColumnHidden(Column.UUID, False)
        sample_rows.show(pane.table, [*sample_rows.many(3), first := sample_rows.early(told, 1)])
        pane.view.select("day-00000")
        settle()
        port = pane.view.viewport()
        painted = Painted(port)
        before, shown = port.grab().toImage(), first
        for count in range(2, len(told.facts) + 1):
            settle()
            painted.region = QRegion()
            row = sample_rows.early(told, count)
            sample_rows.show(pane.table, [row])
            settle()
            region, after = QRegion(painted.region), port.grab().toImage()
            assert not different(before, after) - region
            if changed_columns(shown, row) == MOVING:
                assert not region.contains(cell(pane, row, Column.AMOUNT))
            before, shown = after, row

    def test_rows_that_left_their_filter_go_at_the_tick(self, pane: RequestPane) -> None:
        sample_rows.show(pane.table, sample_rows.rows())
        pane.filters.choose(Group.WAITING)
        shown = pane.table.rowCount()
        moved = replace(
            sample_rows.row(Status.WAITING), verdict=sample_rows.row(Status.PAID).verdict
        )
        sample_rows.show(pane.table, [moved])
        assert pane.table.rowCount() == shown
        pane.view.tick()
        assert pane.table.rowCount() == shown - 1


class TestPainting:
    def test_a_line_that_cannot_be_painted_takes_no_other_with_it(
        self,
        pane: RequestPane,
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        sample_rows.show(pane.table, sample_rows.many(8))
        settle()
        names = [row.identifier for place in range(8) if (row := pane.table.row_at_line(place))]
        painted: list[str] = []
        paint = RowPainter.paint

        def broken(self: RowPainter, painter: QPainter, row: RequestRow, *rest: Any) -> None:
            if row.identifier == names[2]:
                raise ValueError("a bug")
            paint(self, painter, row, *rest)
            painted.append(row.identifier)

        monkeypatch.setattr(RowPainter, "paint", broken)
        picture = pane.view.viewport().grab().toImage()
        height = pane.view.verticalHeader().defaultSectionSize()
        line = picture.copy(0, 2 * height + 1, picture.width(), height - 2)
        colours = {line.pixelColor(x, y).name() for x in range(300) for y in range(line.height())}
        harm = Theme.current().colours.tones[Tone.HARM].lower()
        assert harm in colours, "an empty line would look like no request"
        assert painted == names[:2] + names[3:]
        assert f"the line of {names[2]} cannot be painted" in caplog.text
        # The tick paints a part of it, over what stands there.
        port, later = pane.view.viewport(), QImage(picture)
        part = QRect(pane.view.columnViewportPosition(Column.LEFT), 0, 90, port.height())
        port.render(later, part.topLeft(), QRegion(part))
        assert later.copy(0, 2 * height, picture.width(), height) == picture.copy(
            0, 2 * height, picture.width(), height
        )
        assert caplog.text.count("cannot be painted") == 1
        # The next state of the row is tried again.
        monkeypatch.setattr(RowPainter, "paint", paint)
        row = pane.table.row(names[2])
        assert row is not None
        sample_rows.show(pane.table, [newer(row)])
        mended = pane.view.viewport().grab().toImage().copy(0, 2 * height, 300, height)
        assert harm not in {
            mended.pixelColor(x, y).name() for x in range(300) for y in range(height)
        }

    def test_a_double_click_on_an_edge_gives_a_column_a_sensible_width(
        self, pane: RequestPane
    ) -> None:
        sample_rows.show(pane.table, sample_rows.rows())
        for column in Column:
            assert 40 <= pane.view.sizeHintForColumn(column) <= 400, column


class TestFilters:
    def test_keys_choose_filters(self, pane: RequestPane) -> None:
        sample_rows.show(pane.table, sample_rows.rows())
        pane.work_list.model().update_rows(sample_rows.rows())
        pane.activateWindow()
        QTest.keyClick(pane, Qt.Key.Key_2, Qt.KeyboardModifier.AltModifier)
        assert pane.filters.group is Group.ATTENTION
        assert pane.table.rowCount() == pane.work_list.model().rowCount() == 5
        assert pane.work_list.isVisible()
        assert pane.filters.button(Group.ATTENTION).accessibleName() == "Attention, 5 requests"

    def test_an_empty_day_and_an_empty_filter_say_different_things(self, pane: RequestPane) -> None:
        assert pane.view.empty_view.message == "No requests yet Start one with Ctrl+N"
        sample_rows.show(pane.table, sample_rows.rows())
        assert not pane.view.empty_view.isVisible()
        pane.search.setText("nothing like it")
        assert pane.view.empty_view.message == "Nothing matches"
        pane.view.empty_view.pressed.emit()
        assert pane.table.rowCount() == pane.table.total
        assert pane.search.text() == ""


class TestActions:
    def test_copies(self, pane: RequestPane, qtbot: QtBot) -> None:
        sample_rows.show(pane.table, sample_rows.rows())
        pane.view.select("1043")
        one = pane.view._actions
        request = sample_rows.row(Status.PAID).request
        for action, wanted in (
            (one.copy_link, request.qr_link),
            (one.copy_id, request.uuid),
            (one.copy_txid, request.txid),
        ):
            with qtbot.waitSignal(one.copied):
                action.trigger()
            assert QGuiApplication.clipboard().text() == wanted

    def test_keys_ask_for_the_selected_request(self, pane: RequestPane, qtbot: QtBot) -> None:
        sample_rows.show(pane.table, sample_rows.rows())
        pane.view.select("1048")
        pane.activateWindow()
        pane.view.setFocus()
        one = pane.view._actions
        with qtbot.waitSignal(one.refresh_asked) as refresh:
            QTest.keyClick(pane.view, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
        with qtbot.waitSignal(one.cancel_asked) as cancel:
            QTest.keyClick(pane.view, Qt.Key.Key_Delete)
        with qtbot.waitSignal(one.show_asked) as show:
            QTest.keyClick(pane.view, Qt.Key.Key_F11)
        assert [s.args for s in (refresh, cancel, show)] == [["1048"]] * 3

    def test_del_in_the_search_line_never_cancels(self, pane: RequestPane, qtbot: QtBot) -> None:
        sample_rows.show(pane.table, sample_rows.rows())
        pane.view.select("1048")
        pane.activateWindow()
        pane.search.setFocus()
        with qtbot.assertNotEmitted(pane.view._actions.cancel_asked):
            QTest.keyClick(pane.search, Qt.Key.Key_Delete)

    def test_a_refused_action_says_why(self) -> None:
        expected = {
            Status.CREATING: "It has not reached the platform yet.",
            Status.WAITING: "",
            Status.PAID: "Cannot be cancelled. It is already signed or declined.",
            Status.CANCELLED: "Cannot be cancelled. It is already cancelled.",
            Status.EXPIRED: "Cannot be cancelled. Its time is already over.",
        }
        for status, why in expected.items():
            assert actions.why_no_cancel(sample_rows.row(status)) == why
        assert "may still be paid" in actions.why_no_cancel(sample_rows.row(Status.EXPIRED_OPENED))
        assert (
            actions.why_no_txid(sample_rows.row(Status.WAITING))
            == "Nobody has signed a transaction."
        )
        one = RequestActions()
        one.set_row(sample_rows.row(Status.PAID))
        assert not one.cancel.isEnabled()
        assert one.cancel.toolTip().startswith("Cannot be cancelled")
