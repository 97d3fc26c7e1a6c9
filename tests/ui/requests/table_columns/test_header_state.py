"""What an earlier version remembered of the columns still holds."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from xumm_desk.ui.requests.columns import Column
from xumm_desk.ui.requests.table_columns.column_state import ColumnPlace
from xumm_desk.ui.requests.table_columns.header_state import state_from_header

KEPT = (
    "000000ff00000000000000010000000000000004010000000e00000000000000020000000300000004000000"
    "0500000006000000010000000700000008000000090000000a0000000b0000000c0000000d0000000e000000"
    "000000000600000001000000020000000300000004000000050000000700000008000000090000000a000000"
    "0b0000000c0000000d0000000e003b00000005000000080000006c0000000b000000640000000d0000006400"
    "000009000000640000000c000000640000049b0000000e010100010000000000000000000000006400000024"
    "00000084000000000000000e000000cd00000001000000000000009a00000001000000000000005700000001"
    "00000000000000480000000100000000000000b100000001000000000000007500000001000000000000003f"
    "00000001000000000000005e0000000100000000000000000000000100000000000000000000000100000000"
    "000000d200000001000000000000000000000001000000000000000000000001000000000000000000000001"
    "00000000000003e800000000d200000000000000000000000000000001"
)
"""Fourteen columns: the payer moved to the second place, the steps hidden, the id shown with 210
pixels, the reference made 177 wide, sorted by the amount upwards."""


def test_order_widths_and_sort_are_read(qtbot: QtBot) -> None:
    state = state_from_header(KEPT)
    assert state is not None
    assert (state.sort, state.descending) == (Column.AMOUNT, False)
    shown = [one for one in state.places if one.shown]
    assert [one.column for one in shown][:3] == [Column.STATUS, Column.PAYER, Column.LEFT]
    assert ColumnPlace(Column.UUID, 210) in shown
    assert ColumnPlace(Column.REFERENCE, 177) in shown
    hidden = {one.column for one in state.places if not one.shown}
    assert Column.STEPS in hidden
    assert {column for column in Column if column >= Column.PRICE} <= hidden


@pytest.mark.parametrize(
    "text", ["", "00", "zz", "äö", KEPT[:200], KEPT[:-60], "ff" * 300, KEPT.replace("0e", "ff")]
)
def test_what_is_none_is_left_alone(qtbot: QtBot, text: str) -> None:
    state = state_from_header(text)
    assert state is None or sorted(one.column for one in state.places) == sorted(Column)
