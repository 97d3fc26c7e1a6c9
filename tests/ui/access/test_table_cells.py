"""Cells of the request table as a screen reader finds them, of live requests and of past ones."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication

from ui import sample_rows
from ui.fake_desk import FakeDesk
from ui.requests.rows.test_table_history import day, summary
from xumm_desk.core.verdict.wording import status_label
from xumm_desk.locale.translation import tr
from xumm_desk.ui.main_window import MainWindow
from xumm_desk.ui.requests.columns import TITLES, Column
from xumm_desk.ui.requests.table_view import RequestTableView

from .accessible_objects import interface


def spoken(view: RequestTableView, line: int, column: Column) -> str:
    """The name of the cell, found by its place on the screen."""
    place = view.visualRect(view.model().index(line, column)).center()
    corner = view.viewport().mapToGlobal(place)
    cell = interface(view).childAt(corner.x(), corner.y())
    assert cell is not None
    assert cell.role() is QAccessible.Role.Cell
    return cell.text(QAccessible.Text.Name)


def test_every_visible_row_says_its_status_and_its_numbers_in_words(
    opened: Callable[..., tuple[MainWindow, FakeDesk]],
) -> None:
    window, desk = opened(rows=sample_rows.rows()[-5:], read=False)
    past = day(40)
    desk.history.rows.update({row.key: row for row in map(summary, range(10, 500, 10), past)})
    window.show_resumed(())
    board = window._desk_view
    assert board is not None
    board.changes.flush()
    window.resize(1366, 768)
    for _ in range(4):
        QApplication.processEvents()
    view, live, old = board.pane.view, 0, 0
    view.grab()  # what is painted is read
    for line, _top in view._visible_lines(view.viewport().rect()):
        row, gone = board.table.row_at_line(line), board.table.past_at_line(line)
        status = row.verdict.status if row is not None else gone.status if gone else None
        assert status is not None
        live, old = live + (row is not None), old + (row is None)
        assert tr(status_label(status)) in spoken(view, line, Column.STATUS)
        for column in (Column.STATUS, Column.LEFT, Column.AMOUNT):
            assert spoken(view, line, column).startswith(f"{tr(TITLES[column])}: ")
    assert live == 5
    assert old > 5
