"""The drop-downs beside the search: what they ask of the history and of rows in memory."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from pytestqt.qtbot import QtBot

from ui import sample_rows
from ui.fake_desk import run_now
from ui.fake_history import FakeHistory
from xumm_desk.core.bidi import isolate
from xumm_desk.core.history.period import Period
from xumm_desk.core.history.query import HistoryQuery, query_from_json
from xumm_desk.core.history.summary import summarise
from xumm_desk.core.status import Status
from xumm_desk.ui.requests.actions import RequestActions
from xumm_desk.ui.requests.pane import RequestPane
from xumm_desk.ui.requests.rows.filtering import Group, history_query
from xumm_desk.ui.requests.rows.history_source import HistorySource
from xumm_desk.ui.requests.table_model import RequestTableModel


def pane_with_past(qtbot: QtBot) -> RequestPane:
    """Rows of today in memory, the same of ten days ago in the history."""
    pane = RequestPane(RequestTableModel(sample_rows.Clock()), RequestActions())
    qtbot.addWidget(pane)
    rows = list(sample_rows.rows())
    sample_rows.show(pane.table, rows)
    history = FakeHistory(
        replace(
            summarise(key, row.request, row.verdict.status, finished=row.verdict.final),
            identifier=f"old {key}",
            created_at=row.request.created_at - timedelta(days=10),
        )
        for key, row in enumerate(rows, start=1)
    )
    pane.table.attach(HistorySource(history, run_now, pane.table), "MAINNET")
    return pane


def test_a_period_narrows_memory_and_history(qtbot: QtBot) -> None:
    pane = pane_with_past(qtbot)
    whole = pane.table.rowCount()
    pane.bar.choose_period(Period.WEEK)
    assert 0 < pane.table.rowCount() < whole
    query = pane.history_filter()
    assert query is not None
    assert query.since is not None
    pane.clear_filters()
    assert pane.table.rowCount() == whole
    assert pane.history_filter() is None


def test_a_query_from_elsewhere_is_shown_as_filters(qtbot: QtBot) -> None:
    pane = pane_with_past(qtbot)
    pane.filters.choose(Group.PAID)
    wanted = HistoryQuery(statuses=frozenset({Status.DECLINED}), networks=frozenset({"MAINNET"}))
    pane.show_query(wanted)
    assert pane.filters.group is Group.ALL
    assert pane.history_filter() == wanted
    assert pane.bar.query() == wanted
    rows = [pane.table.row_at_line(line) for line in range(pane.table.rowCount())]
    assert {row.verdict.status for row in rows if row is not None} <= {Status.DECLINED}


def test_the_work_list_ignores_the_filters(qtbot: QtBot) -> None:
    pane = pane_with_past(qtbot)
    pane.bar.choose_period(Period.TODAY)
    pane.filters.choose(Group.ATTENTION)
    assert pane.history_filter() == HistoryQuery(attention=True)
    assert pane.bar.isHidden()


def test_a_group_without_a_chosen_status_matches_nothing() -> None:
    query = history_query("", Group.PAID, HistoryQuery(statuses=frozenset({Status.DECLINED})))
    for row in sample_rows.rows():
        status = row.verdict.status
        assert not query.matches(summarise(1, row.request, status, finished=row.verdict.final))


def test_requests_with_money_can_be_asked_for(qtbot: QtBot) -> None:
    pane = pane_with_past(qtbot)
    whole = pane.table.rowCount()
    pane.show_query(HistoryQuery(moved=True))
    assert 0 < pane.table.rowCount() < whole
    assert pane.bar.status.text() == isolate("Money moved")
    asked = pane.history_filter()
    assert asked is not None
    assert asked.moved
    assert query_from_json(asked.to_json()) == asked


def test_money_without_a_price_can_be_asked_for(qtbot: QtBot) -> None:
    pane = pane_with_past(qtbot)
    whole = pane.table.rowCount()
    pane.show_query(HistoryQuery(unpriced=True))
    assert 0 < pane.table.rowCount() < whole
    assert pane.bar.status.text() == isolate("Money without a price")
    asked = pane.history_filter()
    assert asked is not None
    assert asked.unpriced
    assert query_from_json(asked.to_json()) == asked


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        ("2026-03-14 11:00", "2026-03-14 12:00", "2026-03-14 11:00 – 12:00"),
        ("2026-03-14 23:00", "2026-03-15 00:00", "2026-03-14 23:00 – 2026-03-15 00:00"),
        ("2026-03-11 00:00", "2026-03-12 00:00", "2026-03-11"),
        ("2026-03-09 00:00", "2026-03-16 00:00", "2026-03-09 – 2026-03-15"),
    ],
)
def test_hours_of_a_day_are_said(qtbot: QtBot, first: str, last: str, words: str) -> None:
    pane = pane_with_past(qtbot)
    since, until = (datetime.fromisoformat(text).astimezone() for text in (first, last))
    pane.show_query(HistoryQuery(since=since, until=until))
    assert pane.bar.period.text() == words
