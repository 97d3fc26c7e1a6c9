"""Ask the index of the history on a thread and a connection of its own: no question ever waits for
what is being written, nor holds it up."""

from __future__ import annotations

import asyncio
import sqlite3
from array import array
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from xumm_desk.core.history.history_lines import HistoryLines, IndexProgress
from xumm_desk.core.history.query import HistoryQuery, Order
from xumm_desk.core.history.summary import RequestSummary
from xumm_desk.core.journal_error import JournalError
from xumm_desk.core.message import Message
from xumm_desk.core.report.figures import PeriodFigures
from xumm_desk.core.report.periods import Span
from xumm_desk.core.status import Status
from xumm_desk.store import database

from . import history_queries, indexing, report_queries

T = TypeVar("T")


class HistoryReader:
    """The history of one journal. Every method raises `JournalError`."""

    def __init__(self, path: Path) -> None:
        # A page that is scrolled to does not wait for a search, and a search that is not wanted
        # any more can be ended without ending anything else.
        self._lines, self._questions, self._pages = (_ReadingThread(path) for _ in range(3))
        # Nor does anything wait for the saved filters to be counted.
        self._counts = _ReadingThread(path)
        self._figures = _ReadingThread(path)

    async def lines(
        self,
        query: HistoryQuery,
        order: Order,
        *,
        descending: bool,
        known: Sequence[str],
        limit: int = -1,
    ) -> HistoryLines:
        """The keys of the requests that are asked for, in order, `limit` of them unless negative;
        with the keys of the requests `known`, whether asked for or not, and their places."""

        return await self._lines.run(
            lambda db: history_queries.lines(
                db, query, order, descending=descending, known=known, limit=limit
            )
        )

    async def keys_of(self, identifiers: Sequence[str]) -> dict[str, int]:
        """The keys of these requests, as far as they are in the index."""
        return await self._pages.run(lambda db: history_queries.keys_of(db, identifiers))

    async def page(self, keys: array[int] | Sequence[int]) -> dict[int, RequestSummary]:
        """The requests with these keys; some may be gone."""
        return await self._pages.run(lambda db: history_queries.page(db, keys))

    async def summaries(self, query: HistoryQuery) -> Sequence[RequestSummary]:
        """The requests that are asked for, oldest first; for questions of which the answer is
        known to be small, as a day is."""
        return await self._questions.run(
            lambda db: list(history_queries.summaries(db, query, descending=False))
        )

    async def count(self, query: HistoryQuery) -> int:
        """How many requests are asked for."""
        return await self._counts.run(lambda db: history_queries.count(db, query))

    async def counts(self, known: Sequence[str] = ()) -> dict[tuple[Status, bool], int]:
        """How many requests there are of each status, apart by whether a person has to look;
        without the requests `known`."""
        return await self._questions.run(lambda db: history_queries.counts_without(db, known))

    async def values(self, column: str) -> Sequence[str]:
        """The different values of "till", "cashier", "asset" or "network"."""
        return await self._questions.run(lambda db: history_queries.values(db, column))

    async def compare(self, now: Span, before: Span, network: str) -> PeriodFigures:
        """The figures of both periods for a shop of `network`, "" for any."""
        return await self._figures.run(lambda db: report_queries.compare(db, now, before, network))

    async def progress(self) -> IndexProgress:
        """How far the index is."""
        return await self._questions.run(indexing.progress)

    def interrupt(self) -> None:
        """End the question for lines that is being answered, which then fails: nobody waits for
        it."""
        self._lines.interrupt()

    def close(self) -> None:
        """End; what was asked and not answered fails."""
        threads = (self._lines, self._questions, self._pages, self._counts, self._figures)
        for thread in threads:
            thread.close()


class _ReadingThread:
    """One thread with one connection that cannot write."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection: sqlite3.Connection | None = None
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="history")
        self._closed = False

    async def run(self, question: Callable[[sqlite3.Connection], T]) -> T:
        """The answer; raises `JournalError`."""
        if self._closed:
            raise JournalError(Message("The journal {path} is closed.", path=self._path))

        def work() -> T:
            try:
                return question(self._connect())
            except sqlite3.Error as error:
                raise JournalError(database.error_message(error, self._path)) from None

        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def interrupt(self) -> None:
        """End the question that is being answered."""
        if self._connection is not None:
            self._connection.interrupt()

    def close(self) -> None:
        """End the thread and close the connection."""
        self._closed = True
        self.interrupt()
        self._thread.submit(self._disconnect)
        self._thread.shutdown()

    def _connect(self) -> sqlite3.Connection:
        if self._connection is None:
            self._connection = sqlite3.connect(
                f"{self._path.resolve().as_uri()}?mode=ro",
                uri=True,
                isolation_level=None,
                check_same_thread=False,
            )
        return self._connection

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
