"""The table with a history: rows of memory among all requests that ever were."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from PySide6.QtCore import QObject, QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from ui import sample_rows
from ui.fake_desk import FakeDesk, run_now
from ui.fake_history import FakeHistory
from ui.held_history import HeldHistory
from xumm_desk.core.history.summary import RequestSummary, summarise
from xumm_desk.core.journal_error import JournalError
from xumm_desk.core.money.fiat import FiatAmount
from xumm_desk.core.status import Status
from xumm_desk.engine.runtime.registry import RequestRow
from xumm_desk.ui.requests import columns, past_cells
from xumm_desk.ui.requests.columns import Column
from xumm_desk.ui.requests.rows import history_source, table_history
from xumm_desk.ui.requests.rows.filtering import Group
from xumm_desk.ui.requests.rows.history_source import HistorySource
from xumm_desk.ui.requests.rows.lines import Lines
from xumm_desk.ui.requests.rows.past_counts import StatusCounts
from xumm_desk.ui.requests.table_model import RequestTableModel
from xumm_desk.ui.widgets import step_line

PAST = 700
"""More than the first answer holds."""


def summary(key: int, row: RequestRow) -> RequestSummary:
    verdict = row.verdict
    return summarise(key, row.request, verdict.status, finished=verdict.final)


def day(count: int, first: int = 0) -> list[RequestRow]:
    """So many rows, oldest first, that are over; of numbers from `first`."""
    rows = [row for row in sample_rows.many(16 * (first + count)) if row.verdict.final]
    start = sample_rows.NOW - timedelta(days=20)
    return [
        replace(
            row, request=replace(row.request, created_at=start + timedelta(minutes=first + number))
        )
        for number, row in enumerate(rows[first : first + count])
    ]


@pytest.fixture
def past() -> list[RequestRow]:
    return day(PAST)


@pytest.fixture
def history(past: list[RequestRow]) -> FakeHistory:
    return FakeHistory(summary(number * 10, row) for number, row in enumerate(past, start=1))


@pytest.fixture
def table(qapp: object) -> Iterator[RequestTableModel]:
    model = RequestTableModel(sample_rows.Clock())
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    yield model
    del tester


def attach(table: RequestTableModel, history: FakeHistory) -> HistorySource:
    source = HistorySource(history, run_now, table)
    table.attach(source, "MAINNET")
    return source


def is_read(table: RequestTableModel, line: int) -> bool:
    """Whether the line of the history can be painted."""
    return table.past_at_line(line) is not None


def shown(table: RequestTableModel, qtbot: QtBot) -> list[str]:
    """The identifiers of all lines; each is read as scrolling would."""
    found = []
    for line in range(table.rowCount()):
        row = table.row_at_line(line)
        if row is None and table.past_at_line(line) is None:
            table.show_lines(line, line)
            qtbot.waitUntil(partial(is_read, table, line))
        past = table.past_at_line(line)
        found.append(row.identifier if row is not None else past.identifier if past else "")
    return found


def newest_first(rows: list[RequestRow]) -> list[str]:
    return [row.identifier for row in sorted(rows, key=lambda r: r.request.created_at)][::-1]


def test_rows_of_memory_stand_where_they_belong(
    table: RequestTableModel, history: FakeHistory, past: list[RequestRow], qtbot: QtBot
) -> None:
    chance = random.Random(3)
    in_memory = chance.sample(past, 60)
    fresh = list(sample_rows.many(5))
    sample_rows.show(table, [*in_memory, *fresh])
    attach(table, history)
    assert table.rowCount() == PAST + 5
    assert shown(table, qtbot) == newest_first([*past, *fresh])
    assert table.total == PAST + 5
    table.sort(Column.TIME, Qt.SortOrder.AscendingOrder)
    assert shown(table, qtbot) == newest_first([*past, *fresh])[::-1]


def test_counts_are_of_all_requests(
    table: RequestTableModel, history: FakeHistory, past: list[RequestRow]
) -> None:
    sample_rows.show(table, past[::7])
    attach(table, history)
    assert table.counts[Group.ALL] == PAST
    paid = sum(row.verdict.status in (Status.PAID, Status.PAID_LATE, Status.SIGNED) for row in past)
    assert table.counts[Group.PAID] == paid


def test_a_filter_finds_the_same_in_memory_and_in_the_history(
    table: RequestTableModel, history: FakeHistory, past: list[RequestRow], qtbot: QtBot
) -> None:
    sample_rows.show(table, past[::5])
    attach(table, history)
    table.set_filter(group=Group.PAID)
    wanted = [
        row for row in past if row.verdict.status in (Status.PAID, Status.PAID_LATE, Status.SIGNED)
    ]
    assert shown(table, qtbot) == newest_first(wanted)
    table.set_filter(text=past[100].identifier, group=Group.ALL)
    assert past[100].identifier in shown(table, qtbot)
    table.set_filter(text="nothing like it")
    assert table.rowCount() == 0
    assert table.filtered
    table.set_filter(text="")
    assert table.rowCount() == PAST


def test_a_new_row_comes_on_top_and_moves_no_other(
    table: RequestTableModel, history: FakeHistory, past: list[RequestRow], qtbot: QtBot
) -> None:
    attach(table, history)
    mark = QPersistentModelIndex(table.index(300, Column.STATUS))
    before = shown(table, qtbot)
    [fresh] = [
        replace(row, request=replace(row.request, created_at=sample_rows.NOW))
        for row in [sample_rows.row(Status.WAITING)]
    ]
    sample_rows.show(table, [fresh])
    assert shown(table, qtbot) == [fresh.identifier, *before]
    assert mark.row() == 301


def test_a_request_of_the_history_that_comes_into_memory_takes_its_line(
    table: RequestTableModel, history: FakeHistory, past: list[RequestRow], qtbot: QtBot
) -> None:
    attach(table, history)
    before = shown(table, qtbot)
    wanted: list[str] = []
    table.past_wanted.connect(wanted.append)
    line = before.index(past[20].identifier)
    table.show_lines(line, line)
    qtbot.waitUntil(lambda: table.past_at_line(line) is not None)
    table.take_to_memory(line)
    assert wanted == [past[20].identifier]
    counts = table.counts
    sample_rows.show(table, [past[20]])
    assert table.row_at_line(line) is past[20]
    assert shown(table, qtbot) == before
    assert table.counts == counts


def test_one_that_comes_by_itself_is_there_once(
    table: RequestTableModel, history: FakeHistory, past: list[RequestRow], qtbot: QtBot
) -> None:
    """A late payment for an old request: nobody has looked at its line."""
    attach(table, history)
    old = replace(past[3], verdict=sample_rows.row(Status.CHECK).verdict)
    sample_rows.show(table, [old])
    assert shown(table, qtbot) == newest_first(past)
    assert table.row(old.identifier) is old
    assert table.index_of(old.identifier).row() == PAST - 4


def test_one_that_matches_only_now_comes_into_the_filter(
    table: RequestTableModel, history: FakeHistory, past: list[RequestRow], qtbot: QtBot
) -> None:
    attach(table, history)
    table.set_filter(group=Group.ATTENTION)
    before = set(shown(table, qtbot))
    quiet = next(row for row in past if row.verdict.status is Status.PAID)
    assert quiet.identifier not in before
    sample_rows.show(table, [replace(quiet, verdict=sample_rows.row(Status.CHECK).verdict)])
    assert set(shown(table, qtbot)) == before | {quiet.identifier}


def test_other_columns_sort_what_is_over_and_keep_what_moves_on_top(
    table: RequestTableModel, history: FakeHistory, past: list[RequestRow], qtbot: QtBot
) -> None:
    waiting = sample_rows.row(Status.WAITING)
    sample_rows.show(table, [waiting, *past[::50]])
    attach(table, history)
    table.sort(Column.STATUS, Qt.SortOrder.AscendingOrder)
    names = shown(table, qtbot)
    assert names[0] == waiting.identifier
    assert sorted(names[1:]) == sorted(row.identifier for row in past)
    status = {row.identifier: row.verdict.status for row in past}
    ranks = [list(Status).index(status[name]) for name in names[1:]]
    assert len([1 for a, b in itertools.pairwise(ranks) if a != b]) < len(Status)


@pytest.mark.parametrize("order", list(Qt.SortOrder))
def test_prices_operators_and_last_events_sort_what_is_over(
    table: RequestTableModel,
    history: FakeHistory,
    past: list[RequestRow],
    qtbot: QtBot,
    order: Qt.SortOrder,
) -> None:
    chance = random.Random(5)
    history.rows = {
        key: replace(
            row,
            price=FiatAmount(chance.choice(["CHF", "EUR"]), Decimal(chance.randrange(1, 99))),
            cashier=chance.choice(["Anna", "Berta", ""]),
            opened_at=chance.choice([None, row.created_at + timedelta(days=chance.random())]),
            signed_at=None,
            proven_at=None,
        )
        for key, row in list(history.rows.items())[:200]
    }
    sample_rows.show(table, past[:200:9])
    attach(table, history)
    known = {row.identifier: row for row in history.rows.values()}
    for column, by in (
        (Column.PRICE, lambda row: (row.price.currency, row.price.value)),
        (Column.OPERATOR, lambda row: row.cashier),
        (Column.LAST_EVENT, lambda row: max(row.created_at, row.opened_at or row.created_at)),
    ):
        table.sort(column, order)
        found = [by(known[name]) for name in shown(table, qtbot)]
        assert len(found) == len(known)
        assert found == sorted(found, reverse=order is Qt.SortOrder.DescendingOrder), column


def test_the_first_answer_shows_no_row_where_it_does_not_stay(
    table: RequestTableModel, history: FakeHistory, past: list[RequestRow], qtbot: QtBot
) -> None:
    sample_rows.show(table, past[::7])
    attach(table, history)
    first: list[list[int]] = []
    table.modelReset.connect(lambda: first.append(list(table._lines.part(0, 400))))
    for column in (Column.TAG, Column.PAYER, Column.TIME):
        first.clear()
        table.sort(column, Qt.SortOrder.AscendingOrder)
        assert first, column
        assert first[0] == list(table._lines.part(0, 400)), column


def test_a_history_that_cannot_be_read_says_so_and_hides_no_row_of_memory(
    table: RequestTableModel, history: FakeHistory, past: list[RequestRow]
) -> None:
    source = attach(table, history)
    said: list[str] = []
    source.failed.connect(said.append)
    history.refusal = JournalError("the disk reports an error")
    table.set_filter(text="x")
    assert said == ["the disk reports an error"]
    history.refusal = None
    table.set_filter(text="")
    assert said[-1] == ""
    history.rows.clear()  # an index that does not know the request yet
    late = replace(past[3], verdict=sample_rows.row(Status.CHECK).verdict)
    sample_rows.show(table, [late])
    assert table.index_of(late.identifier).isValid()


def test_only_what_is_looked_at_is_read(
    table: RequestTableModel, history: FakeHistory, qtbot: QtBot
) -> None:
    source = attach(table, history)
    assert history.pages == 0
    with qtbot.waitSignal(source.arrived):
        table.show_lines(400, 420)
    assert history.pages == 1
    assert table.past_at_line(410) is not None
    assert table.past_at_line(1) is None


@pytest.mark.parametrize(
    "sample",
    [sample for sample in sample_rows.samples() if sample.row.verdict.final],
    ids=lambda s: s.row.identifier,
)
def test_a_request_looks_alike_in_memory_and_in_the_history(sample: sample_rows.Sample) -> None:
    row, clock = sample.row, sample_rows.Clock()
    past = summary(1, row)
    for column in Column:
        if column is Column.STEPS:
            assert step_line.past_step_marks(past) == step_line.step_marks(row)
            continue
        told = past_cells.cell_text(past, column, clock, "")
        whole = columns.cell_text(row, column, clock)
        if column is Column.LAST_EVENT:  # the history keeps fewer times
            assert whole.startswith(told)
            continue
        assert told == whole, column
    assert past_cells.short_text(past, "") == columns.short_text(row, Column.STATUS, clock)


@pytest.mark.parametrize(
    "sample",
    [sample for sample in sample_rows.samples() if sample.row.verdict.final],
    ids=lambda s: s.row.identifier,
)
def test_what_is_over_expires_no_more(sample: sample_rows.Sample) -> None:
    """The index of the history has no such time; where memory has it, it says so in words."""
    row, clock = sample.row, sample_rows.Clock()
    past = summary(1, row)
    assert past_cells.cell_text(past, Column.EXPIRY, clock, "") == columns.EMPTY
    assert past_cells.tooltip(past, Column.EXPIRY, clock, "").startswith("It is over")
    assert columns.cell_text(row, Column.EXPIRY, clock) == columns.EMPTY
    told = columns.tooltip(row, Column.EXPIRY, clock)
    if columns.expiry(row) is None:
        assert told == "No time limit known"
    elif row.verdict.status is Status.EXPIRED:
        assert told.startswith("Expired ")
    else:
        assert told.startswith("Would have expired ")
    assert "Expires" not in columns.tooltip(row, Column.LEFT, clock)


def test_rows_that_left_memory_are_lines_of_the_history_at_the_same_place(
    table: RequestTableModel, history: FakeHistory, past: list[RequestRow], qtbot: QtBot
) -> None:
    waiting = sample_rows.row(Status.WAITING)
    # Few, since Qt's model tester looks at every cell after each.
    ended = past[:24:3]
    sample_rows.show(table, [waiting, *ended])
    attach(table, history)
    before, counts = shown(table, qtbot), table.counts
    mark = QPersistentModelIndex(table.index_of(past[6].identifier))
    resets: list[str] = []
    table.modelReset.connect(lambda: resets.append("reset"))
    table.release([row.identifier for row in ended])
    assert table.row(past[6].identifier) is None
    assert table.row(waiting.identifier) is waiting
    assert not resets
    assert shown(table, qtbot) == before
    assert mark.row() == before.index(past[6].identifier)
    assert table.counts == counts
    table.set_filter(text=past[6].identifier)
    assert past[6].identifier in shown(table, qtbot)
    table.set_filter(text="")
    sample_rows.show(table, [past[6]])
    assert table.row(past[6].identifier) is past[6]
    assert shown(table, qtbot) == before
    assert table.counts == counts


def test_a_row_that_the_history_does_not_know_stays_until_it_does(
    table: RequestTableModel, history: FakeHistory, past: list[RequestRow], qtbot: QtBot
) -> None:
    late = past[5]
    key, line = next(
        (k, row) for k, row in history.rows.items() if row.identifier == late.identifier
    )
    del history.rows[key]
    sample_rows.show(table, [late])
    attach(table, history)
    table.release([late.identifier])
    assert table.row(late.identifier) is late
    history.rows[key] = line
    table.release([])
    assert table.row(late.identifier) is None
    assert late.identifier in shown(table, qtbot)


def test_a_row_that_came_back_stays_as_it_is_now(
    table: RequestTableModel, history: FakeHistory, past: list[RequestRow], qtbot: QtBot
) -> None:
    """A payment arrives between the question where the row stands and its answer."""
    sample_rows.show(table, past[:50])
    source = attach(table, history)
    answers: list[Callable[[], None]] = []
    real = source.count

    def later(known: Sequence[str], then: Callable[[StatusCounts], None]) -> None:
        answers.append(lambda: real(known, then))

    old = past[3]
    back = replace(old, verdict=sample_rows.row(Status.CHECK).verdict)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(source, "count", later)
        table.release([row.identifier for row in past[:50]])
        sample_rows.show(table, [back])
    [answer] = answers
    answer()
    assert table.row(old.identifier) is back
    assert table.row(past[4].identifier) is None
    assert set(shown(table, qtbot)) == {row.identifier for row in past}
    assert table.counts[Group.ALL] == PAST


def test_rows_leave_and_come_back_in_any_order(
    table: RequestTableModel, history: FakeHistory, past: list[RequestRow], qtbot: QtBot
) -> None:
    chance = random.Random(5)
    few = past[::10]
    attach(table, history)
    whole = newest_first(past)
    for _ in range(30):
        some = chance.sample(few, 8)
        match chance.randrange(4):
            case 0:
                sample_rows.show(table, some)
            case 1:
                table.release([row.identifier for row in some])
            case 2:
                words = chance.choice(["", some[0].identifier])
                table.set_filter(text=words)
            case 3:
                order = chance.choice(list(Qt.SortOrder))
                table.sort(chance.choice([Column.TIME, Column.TAG]), order)
        assert table.counts[Group.ALL] == PAST
    table.set_filter(text="")
    table.sort(Column.TIME, Qt.SortOrder.DescendingOrder)
    assert shown(table, qtbot) == whole


def test_a_flood_breaks_off_no_answer(
    table: RequestTableModel, history: FakeHistory, past: list[RequestRow], qtbot: QtBot
) -> None:
    """Rows whose lines are not there yet change all the time: each change asked again, no answer
    ever came whole, and the table stood at its first 500 lines."""
    sample_rows.show(table, past)
    source = HistorySource(history, run_now, table)
    asked: list[Callable[[], None]] = []
    real = source.ask

    def ask(*given: Any, **more: Any) -> None:
        asked.append(lambda: real(*given, **more))
        source.is_asking = True

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(source, "ask", ask)
        table.attach(source, "MAINNET")
        table._show(Lines(table._memory.numbers(newest_first(past)[:500])))
        for number in range(20):
            late = replace(past[number], last_heard_at=sample_rows.NOW)
            sample_rows.show(table, [late])
        assert len(asked) == 1
        asked[0]()
    assert len(asked) == 2  # once more, since something changed meanwhile
    asked[1]()
    assert shown(table, qtbot) == newest_first(past)
    assert not source.is_asking


@pytest.mark.parametrize("seed", range(12))
def test_answers_in_any_order_lose_and_double_no_row(
    table: RequestTableModel, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """Rows come, change and leave, and questions are asked, while older answers are on the way."""
    monkeypatch.setattr(history_source, "_FIRST", 40)
    chance, past = random.Random(seed), day(100)
    history = HeldHistory(summary(number * 10, row) for number, row in enumerate(past, start=1))
    if seed % 2:  # an index that does not know all yet
        for key in chance.sample(sorted(history.rows), 5):
            history.rows.pop(key)
    few = past[::4]
    sample_rows.show(table, chance.sample(few, 10))
    source = attach(table, history)
    for _ in range(60):
        some = chance.sample(few, 4)
        match chance.randrange(6):
            case 0:
                sample_rows.show(table, some)
            case 1:
                sample_rows.show(
                    table, [replace(one, last_heard_at=sample_rows.NOW) for one in some]
                )
            case 2:
                table.release([row.identifier for row in some])
            case 3:
                table.set_filter(text=chance.choice(["", some[0].identifier]))
            case 4:
                table.sort(
                    chance.choice([Column.TIME, Column.TAG]), chance.choice(list(Qt.SortOrder))
                )
            case _:
                history.release(chance.randrange(9))
    table.set_filter(text="")
    table.sort(Column.TIME, Qt.SortOrder.DescendingOrder)
    known = {row.identifier for row in history.rows.values()} | set(table._memory.rows)
    while history.waiting:
        history.release(chance.randrange(9))
    assert not source.is_asking
    names = shown(table, qtbot)
    assert len(names) == len(set(names))
    assert set(names) == known
    assert [name for name in names if name in known] == [
        name for name in newest_first(past) if name in known
    ] or seed % 2
    assert table.counts[Group.ALL] == len(known)


def test_lines_that_could_not_be_read_are_asked_for_again(
    table: RequestTableModel, history: FakeHistory, past: list[RequestRow], qtbot: QtBot
) -> None:
    source = attach(table, history)
    said: list[str] = []
    source.failed.connect(said.append)
    history.refusal = JournalError("the disk reports an error")
    table.set_filter(group=Group.ATTENTION)
    late = replace(past[3], verdict=sample_rows.row(Status.CHECK).verdict)
    sample_rows.show(table, [late])  # its count and its key are answered
    assert said == ["the disk reports an error"]
    history.refusal = None
    assert source._retry.isActive()
    source.unanswered.emit()
    assert said[-1] == ""
    assert table.index_of(late.identifier).isValid()
    assert not source._retry.isActive()


def test_the_past_of_another_till_comes_among_the_lines(
    table: RequestTableModel, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is in the journal, and not in memory."""
    monkeypatch.setattr(table_history, "_PROGRESS_MS", 1)
    desk = FakeDesk()
    rows = day(12)
    desk.history = FakeHistory(summary(number, row) for number, row in enumerate(rows[:4], 1))
    parent = QObject()
    made = table_history.TableHistory(desk.as_desk(), table, run_now, parent)
    made.attach("MAINNET")
    qtbot.waitUntil(lambda: table.rowCount() == 4)
    desk.history.rows |= {number: summary(number, row) for number, row in enumerate(rows, 1)}
    desk.shop.tell_past()
    qtbot.waitUntil(lambda: table.rowCount() == 12)
    assert made.is_whole


def test_asking_again_never_takes_lines_away_for_a_moment(
    table: RequestTableModel, history: FakeHistory
) -> None:
    """What is selected behind an answer's first lines would be lost, and the view would jump."""
    attach(table, history)
    counts: list[int] = []
    for told in (table.modelReset, table.rowsInserted, table.rowsRemoved):
        told.connect(lambda: counts.append(table.rowCount()))
    assert table.rowCount() == PAST
    table.look_again()
    history.rows |= {9000 + n: summary(9000 + n, row) for n, row in enumerate(day(3, PAST))}
    table.look_again()
    assert table.rowCount() == PAST + 3
    assert min(counts) >= PAST
    # Another question shows its first lines at once.
    table.sort(Column.TIME, Qt.SortOrder.AscendingOrder)
    assert history_source._FIRST in counts
