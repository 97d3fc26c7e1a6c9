"""What is remembered of the columns is read by any version, and damage of it loses no column."""

from __future__ import annotations

import json

import pytest
from core.test_total import JSON
from hypothesis import given
from hypothesis import strategies as st

from xumm_desk.core.wire.json_fields import Json
from xumm_desk.ui.requests.columns import DEFAULT_ORDER, HIDDEN, Column
from xumm_desk.ui.requests.table_columns.column_state import (
    MAX_WIDTH,
    MIN_WIDTH,
    ColumnPlace,
    ColumnState,
    complete,
    default_places,
    state_from_text,
)

PLACES = st.builds(
    ColumnPlace,
    st.sampled_from(Column),
    st.one_of(st.just(0), st.integers(MIN_WIDTH, MAX_WIDTH)),
    st.booleans(),
)
STATES = st.builds(
    ColumnState,
    st.sampled_from(Column),
    st.booleans(),
    st.one_of(st.just(()), st.lists(PLACES, min_size=1).map(complete)),
)
ENTRIES = st.fixed_dictionaries(
    {},
    optional={
        "name": st.one_of(JSON, st.sampled_from([c.name.lower() for c in Column])),
        "width": JSON,
        "shown": JSON,
    },
)
DAMAGED = st.fixed_dictionaries(
    {},
    optional={"sort": JSON, "descending": JSON, "columns": st.one_of(JSON, st.lists(ENTRIES))},
)


@given(STATES)
def test_what_was_written_is_read(state: ColumnState) -> None:
    assert state_from_text(state.to_text()) == state


@given(st.one_of(DAMAGED.map(json.dumps), JSON.map(json.dumps), st.text()))
def test_damage_loses_no_column(text: str) -> None:
    state = state_from_text(text)
    if state.places:
        assert sorted(one.column for one in state.places) == sorted(Column)
        assert next(one for one in state.places if one.column is Column.STATUS).shown
        assert all(one.width == 0 or MIN_WIDTH <= one.width <= MAX_WIDTH for one in state.places)
    assert state_from_text(state.to_text()) == state


@given(st.integers(0, 200))
def test_a_text_that_was_cut_is_read_as_that_of_a_new_shop(cut: int) -> None:
    whole = ColumnState(Column.TAG, False, default_places()).to_text()
    assert state_from_text(whole[: -1 - cut]) == ColumnState()


def test_columns_that_an_earlier_version_lacked_are_hidden_where_they_belong() -> None:
    old = [
        {"name": name, "width": 90, "shown": True}
        for name in ("status", "amount", "reference", "time")
    ]
    state = state_from_text(json.dumps({"columns": old}))
    order = [one.column for one in state.places]
    shown = [one.column for one in state.places if one.shown]
    assert shown == [Column.STATUS, Column.AMOUNT, Column.REFERENCE, Column.TIME]
    assert order.index(Column.PRICE) == order.index(Column.REFERENCE) + 1


def test_a_column_of_a_later_version_is_left_out() -> None:
    kept: dict[str, Json] = {"columns": [{"name": "weather"}, {"name": "tag"}], "sort": "weather"}
    state = state_from_text(json.dumps(kept))
    assert [one.column for one in state.places if one.shown] == [Column.STATUS, Column.TAG]
    assert state.sort is Column.TIME


def test_a_new_shop_keeps_nothing() -> None:
    assert ColumnState().to_text() == ""
    assert state_from_text("") == ColumnState()


@pytest.mark.parametrize("column", Column)
def test_each_column_has_a_place_in_a_new_shop(column: Column) -> None:
    assert DEFAULT_ORDER.count(column) == 1
    [place] = [one for one in default_places() if one.column is column]
    assert place.shown is (column not in HIDDEN)
