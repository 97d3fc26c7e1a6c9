"""The numbers of saved filters: asked for all at once, seldom, and never guessed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
import shiboken6
from pytestqt.qtbot import QtBot

from ui.sample_rows import NOW
from xumm_desk.core.history.period import Period
from xumm_desk.core.history.query import HistoryQuery
from xumm_desk.core.history.saved_filter import SavedFilter
from xumm_desk.ui.requests.saved_filters.filter_counts import (
    MIN_PAUSE_MS,
    RETRY_MS,
    Answer,
    FilterCounts,
)
from xumm_desk.ui.requests.saved_filters.filter_store import FilterStore

ANNA = SavedFilter("Anna", HistoryQuery(cashiers=frozenset({"Anna"})))
TILL = SavedFilter("Till", HistoryQuery(tills=frozenset({"1"})))
TODAY = SavedFilter("Today", HistoryQuery(), Period.TODAY)


class Desk:
    """Counts when the test says so."""

    def __init__(self) -> None:
        self.asked: list[Sequence[HistoryQuery]] = []
        self.waiting: list[Answer] = []
        self.is_there = self.is_seen = True
        self.clock, self.passed = 0.0, timedelta()
        self.store = FilterStore()
        self.counts = FilterCounts(
            self.store,
            self.ask,
            self.now,
            is_seen=lambda: self.is_seen,
            monotonic=lambda: self.clock,
        )

    def now(self) -> datetime:
        return NOW + self.passed

    def ask(self, queries: Sequence[HistoryQuery], then: Answer) -> bool:
        if self.is_there:
            self.asked.append(queries)
            self.waiting.append(then)
        return self.is_there

    def answer(self, *numbers: int, settled: bool = True) -> None:
        self.waiting.pop()(numbers, settled)

    def run(self) -> None:
        """The pause is over."""
        assert self.counts.timer.isActive()
        self.counts.timer.stop()
        self.counts.timer.timeout.emit()


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    return Desk()


def test_all_are_asked_at_once_and_one_question_once(desk: Desk) -> None:
    desk.store.save(ANNA)
    desk.store.save(TILL)
    desk.store.save(SavedFilter("Anna too", ANNA.query))
    assert desk.counts.counts == {}
    desk.run()
    assert desk.asked == [[ANNA.query, TILL.query]]
    desk.answer(3, 5)
    assert desk.counts.counts == {"Anna": 3, "Till": 5, "Anna too": 3}


def test_a_flood_of_changes_is_one_question_more(desk: Desk) -> None:
    desk.store.save(ANNA)
    desk.run()
    for _ in range(1000):
        desk.counts.refresh()
    assert not desk.counts.timer.isActive()
    desk.answer(1)
    assert desk.counts.timer.interval() == MIN_PAUSE_MS
    for _ in range(1000):
        desk.counts.refresh()
    desk.run()
    assert len(desk.asked) == 2
    desk.answer(2)
    desk.run()
    assert len(desk.asked) == 2, "nothing has changed since"
    assert desk.counts.counts == {"Anna": 2}


def test_the_longer_it_takes_the_rarer_it_is(desk: Desk) -> None:
    desk.store.save(ANNA)
    desk.run()
    desk.clock += 2.5
    desk.answer(1)
    assert desk.counts.timer.interval() == 22_500


@pytest.mark.parametrize("settled", [True, False])
def test_what_nobody_knows_is_no_number(desk: Desk, settled: bool) -> None:
    desk.store.save(ANNA)
    desk.run()
    desk.answer(7)
    desk.counts.refresh()
    desk.run()
    desk.waiting.pop()(None, settled)
    assert desk.counts.counts == {}
    assert desk.counts.timer.interval() == RETRY_MS
    desk.run()
    desk.answer(8)
    assert desk.counts.counts == {"Anna": 8}


def test_an_index_that_is_behind_is_asked_again(desk: Desk) -> None:
    desk.store.save(ANNA)
    desk.run()
    desk.answer(7, settled=False)
    desk.run()
    desk.answer(8)
    desk.run()
    assert len(desk.asked) == 2


def test_without_filters_nothing_runs(desk: Desk) -> None:
    desk.counts.refresh()
    desk.counts.tick()
    assert not desk.counts.timer.isActive()


def test_nothing_is_counted_for_nobody(desk: Desk) -> None:
    desk.is_seen = False
    desk.store.save(ANNA)
    desk.counts.refresh()
    assert not desk.counts.timer.isActive()
    desk.is_seen = True
    desk.counts.refresh()
    desk.run()
    assert len(desk.asked) == 1


def test_before_there_is_a_history_nothing_is_known(desk: Desk) -> None:
    desk.is_there = False
    desk.store.save(ANNA)
    desk.run()
    assert desk.counts.counts == {}
    desk.is_there = True
    desk.counts.refresh()
    desk.run()
    desk.answer(4)
    assert desk.counts.counts == {"Anna": 4}


def test_a_number_stays_with_its_question(desk: Desk) -> None:
    desk.store.save(ANNA)
    desk.run()
    desk.answer(4)
    desk.store.rename("Anna", "Berta")
    assert desk.counts.counts == {"Berta": 4}
    desk.store.save(SavedFilter("Berta", TILL.query))
    assert desk.counts.counts == {}


def test_one_that_is_saved_while_others_are_counted_is_counted_next(desk: Desk) -> None:
    desk.store.save(ANNA)
    desk.run()
    desk.store.save(TILL)
    desk.answer(4)
    assert desk.counts.counts == {"Anna": 4}
    desk.run()
    desk.answer(5, 6)
    assert desk.counts.counts == {"Anna": 5, "Till": 6}


def test_after_midnight_today_is_another_day(desk: Desk) -> None:
    desk.store.save(TODAY)
    desk.run()
    desk.answer(9)
    desk.counts.tick()
    assert desk.counts.counts == {"Today": 9}
    desk.passed = timedelta(days=1)
    desk.counts.tick()
    assert desk.counts.counts == {}
    desk.run()
    [first], [second] = desk.asked
    assert first.since is not None
    assert second.since == first.since + timedelta(days=1)


def test_an_answer_to_a_window_that_is_gone_is_dropped(desk: Desk) -> None:
    desk.store.save(ANNA)
    desk.run()
    shiboken6.delete(desk.store)
    desk.answer(4)
