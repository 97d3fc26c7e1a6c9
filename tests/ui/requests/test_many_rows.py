"""Ten thousand rows: filtered and sorted in turns, the same answer as at once."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from ui import sample_rows
from xumm_desk.core.status import Status
from xumm_desk.engine.runtime.registry import RequestRow
from xumm_desk.ui.requests.columns import Column
from xumm_desk.ui.requests.rows.filtering import AT_ONCE, Group
from xumm_desk.ui.requests.table_model import ROW_ROLE, RequestTableModel

MANY = 10_000
KINDS = (Status.WAITING, Status.OPENED, Status.PAID, Status.DECLINED, Status.CHECK)


def many(count: int = MANY, first: int = 0) -> list[RequestRow]:
    made = []
    for number, status in zip(range(first, first + count), itertools.cycle(KINDS), strict=False):
        row = sample_rows.row(status)
        spec = replace(row.request.spec, identifier=f"sale-{number:06d}")
        at = sample_rows.NOW - timedelta(seconds=number % 977)
        made.append(replace(row, request=replace(row.request, spec=spec, created_at=at)))
    return made


class Looks:
    """Time that passes by being looked at: so many rows a turn, however fast the machine is."""

    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        self.at += 0.002
        return self.at


@pytest.fixture
def table() -> RequestTableModel:
    made = RequestTableModel(sample_rows.Clock(), monotonic=Looks())
    sample_rows.show(made, many())
    return made


def shown(table: RequestTableModel) -> list[RequestRow]:
    return [table.index(place, 0).data(ROW_ROLE) for place in range(table.rowCount())]


def statuses(table: RequestTableModel) -> set[Status]:
    return {row.verdict.status for row in shown(table)}


def wait(qtbot: QtBot, holds: Callable[[], bool]) -> None:
    qtbot.waitUntil(holds)


def test_a_filter_over_many_rows_comes_in_turns(table: RequestTableModel, qtbot: QtBot) -> None:
    table.set_filter(group=Group.PAID)
    assert table.rowCount() == MANY, "the old answer stands until the new one is whole"
    wait(qtbot, lambda: table.rowCount() < MANY)
    assert table.rowCount() == MANY // len(KINDS)
    assert statuses(table) == {Status.PAID}


def test_what_comes_meanwhile_is_in_the_answer(table: RequestTableModel, qtbot: QtBot) -> None:
    table.set_filter(group=Group.PAID)
    waiting = [row for row in many() if row.verdict.status is Status.WAITING][:50]
    paid = sample_rows.row(Status.PAID).verdict
    sample_rows.show(table, [replace(row, verdict=paid) for row in waiting])
    fresh = many(10, first=MANY)
    sample_rows.show(table, fresh)
    wait(qtbot, lambda: table.rowCount() < MANY)
    assert table.rowCount() == MANY // len(KINDS) + 50 + 2
    assert statuses(table) == {Status.PAID}
    assert len({row.identifier for row in shown(table)}) == table.rowCount()


def test_a_sort_over_many_rows_is_the_sort(table: RequestTableModel, qtbot: QtBot) -> None:
    before = shown(table)
    with qtbot.waitSignal(table.layoutChanged):
        table.sort(Column.STATUS, Qt.SortOrder.AscendingOrder)
        sample_rows.show(table, many(3, first=MANY))
        assert table.rowCount() == MANY + 3
    after = shown(table)
    assert {row.identifier for row in after} > {row.identifier for row in before}
    ranks = [row.verdict.status for row in after]
    assert [status for status, _ in itertools.groupby(ranks)] == [
        Status.CHECK,
        Status.OPENED,
        Status.WAITING,
        Status.PAID,
        Status.DECLINED,
    ]


def test_the_last_question_wins(table: RequestTableModel, qtbot: QtBot) -> None:
    table.set_filter(group=Group.PAID)
    table.set_filter("sale-000123", Group.ALL)
    table.sort(Column.TIME, Qt.SortOrder.AscendingOrder)
    wait(qtbot, lambda: table.rowCount() == 1)
    table.set_filter("")
    wait(qtbot, lambda: table.rowCount() == MANY)
    times = [row.request.created_at for row in shown(table)]
    assert times == sorted(times)


def test_few_rows_are_answered_at_once() -> None:
    table = RequestTableModel(sample_rows.Clock(), monotonic=Looks())
    sample_rows.show(table, many(AT_ONCE))
    table.set_filter(group=Group.PAID)
    assert table.rowCount() == AT_ONCE // len(KINDS)


def test_states_are_in_the_model_before_the_view_is_reported(table: RequestTableModel) -> None:
    told: list[int] = []
    table.dataChanged.connect(lambda first, _last: told.append(first.row()))
    row = shown(table)[7]
    newer = replace(row, verdict=sample_rows.row(Status.PAID).verdict)
    table.stage([newer])
    assert table.row(row.identifier) is newer
    assert told == []
    table.publish()
    assert told == [7]
