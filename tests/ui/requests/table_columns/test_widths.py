"""The columns that fit a width."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from xumm_desk.ui.requests.columns import HIDDEN, Column
from xumm_desk.ui.requests.table_columns import widths


@pytest.mark.parametrize("width", [700, 820, 1000, 1200, 1600, 1920])
def test_everything_shown_fits(qtbot: QtBot, width: int) -> None:
    chosen = widths.fit_columns(width)
    assert sum(chosen.values()) <= width
    assert {Column.STATUS, Column.LEFT, Column.REFERENCE, Column.AMOUNT} <= set(chosen)
    assert not HIDDEN & set(chosen)


def test_with_room_all_that_are_not_hidden_are_shown(qtbot: QtBot) -> None:
    assert set(widths.fit_columns(2400)) == set(Column) - HIDDEN


def test_each_column_has_a_sensible_width(qtbot: QtBot) -> None:
    for column in Column:
        assert 36 <= widths.min_width(column) <= widths.comfortable_width(column) <= 400, column


@pytest.mark.parametrize("width", [700, 1000, 1366, 1920])
def test_a_column_that_a_shop_wants_is_shown_where_there_is_room(qtbot: QtBot, width: int) -> None:
    chosen = widths.fit_columns(width, (Column.TILL,))
    assert sum(chosen.values()) <= width
    assert (Column.TILL in chosen) is (width >= 1000)
    assert not (HIDDEN - {Column.TILL}) & set(chosen)
