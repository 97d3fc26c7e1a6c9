"""Counts what each saved filter finds: the history answers in the background, for all at once, and
never for more than a small part of the time."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Final

import shiboken6
from PySide6.QtCore import QObject, QTimer, Signal

from xumm_desk.core.history.query import HistoryQuery
from xumm_desk.core.history.saved_filter import SavedFilter
from xumm_desk.locale.formats import midnight

from .filter_store import FilterStore

MIN_PAUSE_MS: Final = 1000
"""Between two rounds of counting."""

_SHARE: Final = 9
"""The pause is so many times as long as the round before it took: filters of a million requests
are counted for a tenth of the time at most."""

RETRY_MS: Final = 5000
"""Until it is tried again while the index of the history is being made, or cannot be read."""

Answer = Callable[[Sequence[int] | None, bool], None]
AskCounts = Callable[[Sequence[HistoryQuery], Answer], bool]
"""Asks how many requests there are for each question, and calls back with the numbers, None where
nobody knows, and whether they stay so until something happens. False where nobody can be asked."""


class FilterCounts(QObject):
    """The numbers of the filters of `store`. `counted` carries them by name; a filter that is not
    among them is not counted yet. `is_seen` says whether anybody looks."""

    counted = Signal(object)

    def __init__(
        self,
        store: FilterStore,
        ask: AskCounts,
        now: Callable[[], datetime],
        *,
        is_seen: Callable[[], bool] = lambda: True,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(store)
        self._store, self._ask, self._now = store, ask, now
        self._is_seen, self._monotonic = is_seen, monotonic
        self._numbers: dict[HistoryQuery, int] = {}
        self._is_counting = False
        self._is_stale = True
        self._day = self._today()
        self.timer = QTimer(self)
        self.timer.setSingleShot(True)
        self.timer.timeout.connect(self._count)
        store.changed.connect(self._changed)

    @property
    def counts(self) -> dict[str, int]:
        """The numbers by name, as far as they are known."""
        queries = [(one.name, self._query(one)) for one in self._store.filters]
        return {name: self._numbers[query] for name, query in queries if query in self._numbers}

    def refresh(self) -> None:
        """Something has changed: count again, soon."""
        self._is_stale = True
        if self._is_counting or self.timer.isActive() or not self._store.filters:
            return
        if self._is_seen():
            self.timer.start(0)

    def tick(self) -> None:
        """Time has passed: "Today" is another day after midnight."""
        if self._today() != self._day:
            self._day = self._today()
            self._changed()

    def _today(self) -> date:
        return self._now().astimezone().date()

    def _changed(self) -> None:
        self.counted.emit(self.counts)
        self.refresh()

    def _query(self, one: SavedFilter) -> HistoryQuery:
        return one.query_on(self._day, midnight)

    def _count(self) -> None:
        if not self._is_stale or self._is_counting or not self._is_seen():
            return
        self._is_stale = False
        queries = list(dict.fromkeys(map(self._query, self._store.filters)))
        if not queries:
            return
        begun = self._monotonic()
        self._is_counting = True

        def answered(numbers: Sequence[int] | None, settled: bool) -> None:
            if not shiboken6.isValid(self):
                return  # the window has gone meanwhile
            self._is_counting = False
            known = numbers is not None
            self._numbers = dict(zip(queries, numbers, strict=True)) if numbers is not None else {}
            self.counted.emit(self.counts)
            self._is_stale = self._is_stale or not settled or not known
            took = round(1000 * (self._monotonic() - begun))
            # It runs without anything to count too: so the pause is kept.
            self.timer.start(max(MIN_PAUSE_MS, _SHARE * took) if known else RETRY_MS)

        if not self._ask(queries, answered):
            self._is_counting, self._is_stale = False, True
