"""Asks the history for the lines of the table, and reads those that are looked at."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from typing import Any, Final, TypeVar

import shiboken6
from PySide6.QtCore import QObject, QTimer, Signal

from xumm_desk.core.history.history_lines import HistoryLines
from xumm_desk.core.history.query import HistoryQuery, Order
from xumm_desk.core.history.summary import RequestSummary
from xumm_desk.core.journal_error import JournalError
from xumm_desk.core.status import Status
from xumm_desk.engine.runtime.ports import History
from xumm_desk.engine.runtime.tasks import StartTask

log = logging.getLogger(__name__)

T = TypeVar("T")

_FIRST: Final = 500
"""Lines of the first answer, which is there before all the others: some screens full."""

_CACHED: Final = 4000
"""Requests kept, some 6 MB; a screen shows some fifty."""

RETRY_MS: Final = 5000
"""Before lines that could not be read are asked for again."""

_AHEAD: Final = 100
"""Lines that are read on both sides of those in view."""


class HistorySource(QObject):
    """The history as the table needs it. `arrived` says that lines that were wanted can be read,
    `failed` why an answer will not come, "" once each that failed has come after all;
    `unanswered`, some seconds after a question for lines has failed, that they are to be asked for
    again."""

    arrived = Signal()
    failed = Signal(str)
    unanswered = Signal()

    def __init__(self, history: History, start: StartTask, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._history, self._start = history, start
        self._rows: OrderedDict[int, RequestSummary] = OrderedDict()
        self._keys: dict[str, int] = {}
        self._wanted: dict[int, None] = {}
        self._asked = 0
        self.is_asking = False
        """Whether the lines are asked for, and not all of them are there yet."""
        self._reading = False
        # The kinds of questions whose last answer failed.
        self._failing: set[str] = set()
        self._retry = QTimer(self)
        self._retry.setSingleShot(True)
        self._retry.setInterval(RETRY_MS)
        self._retry.timeout.connect(self.unanswered)
        self._turn = QTimer(self)
        self._turn.setSingleShot(True)
        self._turn.timeout.connect(self._read)

    def row(self, key: int) -> RequestSummary | None:
        """The request with this key, if it was read."""
        return self._rows.get(key)

    def key_of(self, identifier: str) -> int | None:
        """The key of a request that was read."""
        return self._keys.get(identifier)

    def want(self, keys: Iterable[int]) -> None:
        """Read these soon, the last ones first: they are in view now."""
        fresh = [key for key in keys if key >= 0 and key not in self._rows]
        if fresh:
            self._wanted = dict.fromkeys(fresh)
            if not self._reading:
                self._turn.start(0)

    def forget(self, keys: Iterable[int]) -> None:
        """Read these again: they have changed."""
        for key in keys:
            self._rows.pop(key, None)

    def ask(
        self,
        query: HistoryQuery,
        order: Order,
        *,
        descending: bool,
        known: Sequence[str],
        then: Callable[[HistoryLines], None],
    ) -> None:
        """Call `then` with the first lines, and again with all of them. An earlier question that is
        not answered yet is dropped."""
        self._asked += 1
        self._history.interrupt()
        number = self._asked
        self.is_asking = True
        self._retry.stop()

        async def answer() -> None:
            whole = False
            try:
                whole = await in_two_steps()
            finally:
                if number == self._asked:
                    self.is_asking = False
                    if not whole and shiboken6.isValid(self):
                        self._retry.start()

        async def in_two_steps() -> bool:
            for limit in (_FIRST, -1):
                lines = await self._try(
                    "lines",
                    self._history.lines(
                        query, order, descending=descending, known=known, limit=limit
                    ),
                    lambda: number == self._asked,
                )
                if lines is None or number != self._asked:
                    return False
                then(lines)
                if lines.whole:
                    return True
            return False

        self._start(answer(), "history")

    def find(self, identifiers: Sequence[str], then: Callable[[Mapping[str, int]], None]) -> None:
        """Call `then` with the keys of those of these requests that the index knows."""

        async def answer() -> None:
            found = await self._try("keys", self._history.keys_of(identifiers))
            if shiboken6.isValid(self):
                then(found or {})

        self._start(answer(), "history keys")

    def count(
        self, known: Sequence[str], then: Callable[[Mapping[tuple[Status, bool], int]], None]
    ) -> None:
        """Call `then` with how many requests of each status there are besides these."""

        async def answer() -> None:
            found = await self._try("counts", self._history.counts(known))
            if found is not None:
                then(found)

        self._start(answer(), "history counts")

    def count_each(
        self,
        queries: Sequence[HistoryQuery],
        then: Callable[[Sequence[int] | None, bool], None],
    ) -> None:
        """Call `then` with how many requests there are for each question, and whether the index
        knows all that the journal does; with None while it lacks older ones, or cannot be read."""

        async def answer() -> None:
            state = await self._try("progress", self._history.progress())
            numbers: list[int] = []
            for query in queries if state is not None and not state.behind else ():
                number = await self._try("count", self._history.count(query))
                if number is None:
                    break
                numbers.append(number)
            if shiboken6.isValid(self):
                whole = len(numbers) == len(queries)
                then(numbers if whole else None, state is not None and state.is_complete)

        self._start(answer(), "history counts of filters")

    def values(self, column: str, then: Callable[[Sequence[str]], None]) -> None:
        """Call `then` with the different values of "till", "cashier", "asset" or "network"."""

        async def answer() -> None:
            found = await self._try("values", self._history.values(column))
            if found is not None:
                then(found)

        self._start(answer(), "history values")

    def _read(self) -> None:
        wanted, self._wanted = list(self._wanted), {}
        if not wanted:
            return
        self._reading = True

        async def answer() -> None:
            found = await self._try("page", self._history.page(wanted))
            if not shiboken6.isValid(self):
                return
            self._reading = False
            for key, row in (found or {}).items():
                self._rows[key] = row
                self._keys[row.identifier] = key
            while len(self._rows) > _CACHED:
                _, gone = self._rows.popitem(last=False)
                self._keys.pop(gone.identifier, None)
            if found:
                self.arrived.emit()
            if self._wanted:
                self._turn.start(0)

        self._start(answer(), "history page")

    async def _try(
        self,
        kind: str,
        question: Coroutine[Any, Any, T],
        is_wanted: Callable[[], bool] = lambda: True,
    ) -> T | None:
        """The answer; None where there is none, or nobody who waits for it. A `kind` of question
        that fails is said until one of the kind is answered."""
        try:
            found = await question
        except JournalError as error:
            if shiboken6.isValid(self) and is_wanted():
                log.warning("the history does not answer: %s", error)
                self._failing.add(kind)
                self.failed.emit(str(error))
            return None
        if not shiboken6.isValid(self):
            return None
        if kind in self._failing:
            self._failing.discard(kind)
            if not self._failing:
                self.failed.emit("")
        return found


def around(first: int, last: int, count: int) -> tuple[int, int]:
    """The lines to read when `first` to `last` of `count` are in view."""
    return max(0, first - _AHEAD), min(count, last + 1 + _AHEAD)
