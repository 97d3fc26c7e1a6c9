"""Rows of other tills neither look broken nor pretend to be live."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QImage, QPainter

from ui import sample_rows
from ui.fake_desk import FakeDesk
from ui.till.sales import sale_row
from xumm_desk.core.status import Status
from xumm_desk.engine.runtime.registry import OtherTill, RequestRow, SocketState
from xumm_desk.ui.main_window import MainWindow
from xumm_desk.ui.requests import columns
from xumm_desk.ui.requests.columns import Column
from xumm_desk.ui.requests.row_painter import _cell_of

LIVE = OtherTill("Till 12", followed=True)
AWAY = OtherTill("Till 12", followed=False)


def clock(passed: float = 0.0) -> sample_rows.Clock:
    return sample_rows.Clock(passed)


def of(till: OtherTill | None, status: Status = Status.WAITING) -> RequestRow:
    return replace(sample_rows.row(status), other_till=till, socket_state=SocketState.NONE)


def told(row: RequestRow, column: Column = Column.STATUS, passed: float = 0.0) -> str:
    return columns.cell_text(row, column, clock(passed))


def test_a_row_of_a_till_that_lives_looks_like_any_other() -> None:
    assert told(of(LIVE)) == told(of(None)) == "Waiting"
    assert columns.stale_sentence(of(LIVE)) == ""
    assert told(of(LIVE), Column.LEFT, 300) == "time is up — checking"


def test_one_that_nobody_follows_says_of_when_it_is_and_whose() -> None:
    assert told(of(AWAY)) == "Waiting · as of 14:04:17"
    sentence = (
        "Till 12 made this request, and nobody is known to follow it now: this is as of 14:04:17."
    )
    assert columns.stale_sentence(of(AWAY)) == sentence
    assert columns.tooltip(of(AWAY), Column.STATUS, clock()).endswith(sentence)
    assert columns.stale_sentence(of(OtherTill("", followed=False))).startswith(
        "Another till made this request, and nobody is known to follow it now"
    )


def test_nobody_checks_it_when_its_time_is_up() -> None:
    assert told(of(AWAY), Column.LEFT, 300) == "time is up"
    sentence = columns.time_left_sentence(of(AWAY), clock(300))
    assert sentence == "Time is up, and nobody is known to look"


def test_one_that_has_ended_is_true_whoever_follows_it() -> None:
    for status in (Status.PAID, Status.DECLINED):
        assert columns.stale_sentence(of(AWAY, status)) == ""


def test_one_that_is_followed_here_tells_of_its_own_socket() -> None:
    lost = replace(of(LIVE), socket_state=SocketState.LOST)
    assert columns.stale_sentence(lost) == "Live updates are lost: this is as of 14:04:17."


def test_the_till_column_names_the_till_of_the_sale_or_the_one_that_made_the_request() -> None:
    assert told(of(None), Column.TILL) == "–"
    assert told(of(LIVE), Column.TILL) == "Till 12"
    sale = replace(sale_row(Status.WAITING, 7, till="3"), other_till=LIVE)
    assert told(sale, Column.TILL) == "3"
    tip = columns.tooltip(sale, Column.TILL, clock())
    assert tip == "Made by Till 12, another till of this shop."
    assert columns.tooltip(replace(sale, other_till=None), Column.TILL, clock()) == "3"


def test_another_till_changes_every_column_that_may_say_so() -> None:
    assert columns.changed_columns(of(LIVE), of(AWAY)) == frozenset(Column)
    assert Column.TILL not in columns.changed_columns(of(LIVE), of(LIVE))


def test_a_narrow_cell_says_at_least_that_it_is_not_live() -> None:
    assert _cell_of(of(AWAY), Column.STATUS, clock()).aside == " · not live"
    assert _cell_of(of(LIVE), Column.STATUS, clock()).aside == ""


@pytest.mark.parametrize("wide", [110, 185, 260])
def test_each_width_shows_as_much_as_it_has_room_for(
    opened: Callable[..., tuple[MainWindow, FakeDesk]], wide: int
) -> None:
    """The picture of a stale row differs from that of a live one as soon as there is room."""
    window, _ = opened()
    assert window._desk_view is not None
    painter = window._desk_view.pane.view._cells
    pictures = []
    for row in (of(LIVE), of(AWAY)):
        image = QImage(wide, 30, QImage.Format.Format_ARGB32)
        image.fill(0)
        on = QPainter(image)
        painter._status_text(on, QRect(0, 0, wide, 30), _cell_of(row, Column.STATUS, clock()))
        on.end()
        pictures.append(image)
    assert (pictures[0] != pictures[1]) is (wide > 110)


def test_the_detail_and_the_till_say_the_same(
    opened: Callable[..., tuple[MainWindow, FakeDesk]],
) -> None:
    row = replace(sale_row(Status.WAITING, 1043, till="12"), other_till=AWAY)
    window, _ = opened(rows=[row])
    board = window._desk_view
    assert board is not None
    board.pane.view.select(row.identifier)
    board._layout.requests.open_detail()
    sentence = columns.stale_sentence(row)
    assert board.detail._summary._stale.accessibleName() == sentence
    board.till.show_identifier(row.identifier)
    assert sentence.startswith("Till 12 made this request")
