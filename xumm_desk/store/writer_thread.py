"""The one thread that owns the database: it writes queued records in groups and runs queries.

The window goes first: between two groups the thread yields to it.
"""

from __future__ import annotations

import logging
import math
import queue
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from xumm_desk.core.journal_error import JournalDamagedError, JournalError
from xumm_desk.core.state.evidence import UnmatchedPayment

from . import database, group_commit
from .group_commit import FactRecord, Record
from .history import indexing

log = logging.getLogger(__name__)

_GROUP_DELAY: Final = 1.0
"""Group-commit delay for facts that are not about money, in seconds. They are already on screen, a
GET restores them after a power cut, and the first fact about money flushes them too. A flood
changes the same pages again and again: in groups of a second a fact costs half of what it does in
groups of a quarter."""

_PAUSE: Final = 0.008
"""Seconds of a break within a group, after some two milliseconds of work."""

_BACKLOG: Final = 20_000
"""So many are written without waiting and without breaks: the queue must not grow for ever."""

_AWAITABLE: Final = (FactRecord, UnmatchedPayment)
"""A query whose result somebody awaits."""

_RETRY: Final = 1.0
_COMMIT_GAP: Final = 0.005
"""Seconds from one group to the next: a hall full of sales is paid at one moment, and a transaction
for each of its facts takes the interpreter from the window. Alone, a sale waits for nothing."""
_INDEX_DELAY: Final = 0.2
"""Seconds without work before the index of the history is made: what a sale writes in a moment is
one line there."""
_INDEX_LATEST: Final = 5.0
_INDEX_EVERY: Final = 0.25
_INDEX_SHARE: Final = 0.01
"""Seconds for which it waits at most, since a monitor of many tills is never without work; then,
until there is none, how often some of it is made, and for how long."""
_INDEX_PAUSE: Final = 0.02
_INDEX_BREAK: Final = 0.001
"""Seconds between two steps, and between two requests of one."""
_MAX_GROUP: Final = 4000


@dataclass(frozen=True, slots=True)
class Query:
    """Something to run on the writer's connection, after all that was queued before; `done` is
    called on its thread, with the answer or with why there is none."""

    run: Callable[[sqlite3.Connection], Any]
    done: Callable[[Any, Exception | None], None]


class WriterThread:
    """Takes records and queries from any thread and processes them, in order, on its own.

    `committed` is called there with how many of the counted records a group made durable and which
    were rejected, `troubled` with why the disk takes nothing now.
    """

    def __init__(
        self,
        path: Path,
        *,
        committed: Callable[[int, str], None],
        troubled: Callable[[str], None],
    ) -> None:
        self.appended = 0
        """How many records were queued for which somebody may wait."""
        self.damage = ""
        """Why nothing is ever written to this file; "" while it is sound."""
        self._path = path
        self._on_committed, self._on_error = committed, troubled
        self._queue: queue.SimpleQueue[Record | Query | None] = queue.SimpleQueue()
        self._urgent = threading.Event()
        self._flush_upto = self._taken = self._committed_count = 0
        # Queries come from several threads.
        self._asking = threading.Lock()
        self._asked = self._answered = 0
        self._closing, self._checked = False, True
        self._committed_at = -math.inf
        # When to go on with the index, in seconds without work; None while it is complete.
        self._index_after: float | None = _INDEX_DELAY
        # When to make some of it even if there is work.
        self._index_due = time.monotonic() + _INDEX_LATEST

    # What others ask.

    def start(self, connection: sqlite3.Connection, *, sound: bool) -> threading.Thread:
        """Start on `connection`, which it closes at the end; unless `sound`, the file is checked
        before the first write."""
        self._checked = sound
        thread = threading.Thread(target=self._run, args=(connection,), name="journal", daemon=True)
        thread.start()
        return thread

    def enqueue(self, item: Record) -> None:
        """Queue one item."""
        self.appended += isinstance(item, _AWAITABLE)
        self._queue.put(item)

    def query(self, job: Query) -> None:
        """Queue a query; somebody awaits it."""
        with self._asking:
            self._asked += 1
        self._queue.put(job)
        self._urgent.set()

    def flush_soon(self) -> None:
        """Let nothing that was queued up to now wait for company."""
        self._flush_upto = self.appended
        self._urgent.set()

    def close(self) -> None:
        """Work off what is queued and end."""
        self._closing = True
        self._queue.put(None)
        self._urgent.set()

    # On its own thread.

    def _run(self, connection: sqlite3.Connection) -> None:
        with closing(connection):
            while self._run_once(connection):
                pass

    def _run_once(self, connection: sqlite3.Connection) -> bool:
        """Wait for the next record or query and process it; False if it was the last. A function of
        its own, so that a result, which may be a whole journal, is not held while the next is
        awaited."""
        first = self._next(connection)
        if not isinstance(first, Query) and first is not None and not self._must_write_now():
            self._urgent.wait(_GROUP_DELAY)
        if not isinstance(first, Query) and first is not None and not self._closing:
            time.sleep(max(0.0, self._committed_at + _COMMIT_GAP - time.monotonic()))
        self._urgent.clear()
        items, jobs, last = self._take_group(first)
        if items:
            if not self._commit(connection, items):
                return False
            self._committed_at = time.monotonic()
        changes = connection.total_changes
        for job in jobs:
            self._perform(connection, job)
            self._answered += 1
        self._plan_index(connection, stale=bool(items) or connection.total_changes != changes)
        return not last

    def _plan_index(self, connection: sqlite3.Connection, *, stale: bool) -> None:
        """Let the index be made at the next quiet moment, or go on with it where none comes."""
        now = time.monotonic()
        if self._index_after is None:
            self._index_due = now + _INDEX_LATEST
        if stale:
            self._index_after = _INDEX_DELAY
        wanted = self._index_after is not None and now >= self._index_due
        if wanted and self._checked and not self.damage and not self._closing:
            end = now + _INDEX_SHARE
            self._index_after = self._index_step(connection, lambda: time.monotonic() >= end)
            self._index_due = time.monotonic() + _INDEX_EVERY

    def _next(self, connection: sqlite3.Connection) -> Record | Query | None:
        """Wait for the next record or query, and make the index of the history meanwhile; but not
        in a file of which it is unknown whether it is sound."""
        while self._index_after is not None and self._checked and not self.damage:
            try:
                return self._queue.get(timeout=self._index_after)
            except queue.Empty:
                self._index_after = self._index_step(connection, self._is_wanted)
        return self._queue.get()

    def _index_step(self, connection: sqlite3.Connection, stop: Callable[[], bool]) -> float | None:
        """Make some of the index, until `stop` says so; when to go on with it."""
        try:
            more = indexing.step(connection, stop)
        except sqlite3.Error as error:
            # The facts are on the disk, and the next group says what is wrong with it.
            log.info("the index of the history is late: %s", error)
            return _RETRY
        except Exception:  # the writer must outlive any of them
            log.exception("the index of the history stands still until something is written")
            return None
        return _INDEX_PAUSE if more else None

    def _is_wanted(self) -> bool:
        """Whether there is something else to do, after a break for the window."""
        self._urgent.wait(_INDEX_BREAK)
        return not self._queue.empty()

    def _must_write_now(self) -> bool:
        """Whether what is queued must be written without delay: it is many already, or somebody
        waits for it to be durable, for an answer behind it, or for the end."""
        waited_for = self._taken < self._flush_upto or self._answered < self._asked
        return waited_for or self._closing or self._queue.qsize() >= _BACKLOG

    def _take_group(self, first: Record | Query | None) -> tuple[list[Record], list[Query], bool]:
        items: list[Record] = []
        jobs: list[Query] = []
        item = first
        while True:
            if item is None:
                return items, jobs, True
            if isinstance(item, Query):
                jobs.append(item)
                return items, jobs, False
            items.append(item)
            self._taken += isinstance(item, _AWAITABLE)
            if len(items) >= _MAX_GROUP:
                return items, jobs, False
            try:
                item = self._queue.get_nowait()
            except queue.Empty:
                return items, jobs, False

    def _commit(self, connection: sqlite3.Connection, items: list[Record]) -> bool:
        """Write one group, again and again while the disk refuses; False if told to stop."""
        while True:
            try:
                self.check_integrity(connection)
                refused = group_commit.commit_group(connection, items, self._yield_to_gui)
            except Exception as error:  # noqa: BLE001 - the writer must outlive any of them
                if connection.in_transaction:
                    try:
                        connection.execute("ROLLBACK")
                    except sqlite3.Error:
                        log.debug("the failed group was already rolled back")
                words = self.damage or database.error_message(error, self._path)
                log.error("%s", words)
                self._on_error(words)
                if self._closing:
                    return False
                if self.damage:
                    return True
                self._urgent.wait(_RETRY)
                self._urgent.clear()
                continue
            count = sum(isinstance(item, _AWAITABLE) for item in items)
            self._committed_count += count
            self._on_committed(count, group_commit.rejection_text(refused, self._path))
            return True

    def _yield_to_gui(self) -> None:
        """Let the window's thread run for a moment, unless somebody waits for the group: the two
        share one interpreter, and a flood keeps both busy."""
        waited_for = self._committed_count < self._flush_upto or self._closing
        if not waited_for and self._queue.qsize() < _BACKLOG:
            self._urgent.wait(_PAUSE)

    def check_integrity(self, connection: sqlite3.Connection) -> None:
        """Check the file once, before anything is written; a damaged one is never written. Raises
        `JournalError` or the error of the disk."""
        if self.damage:
            raise JournalDamagedError(self.damage)
        if not self._checked:
            try:
                database.quick_check(connection)
            except sqlite3.DatabaseError as error:
                # Its subclasses are errors that pass: a lock, a disk that reports an error.
                if type(error) is sqlite3.DatabaseError:
                    self.damage = database.error_message(error, self._path)
                raise
            self._checked = True

    def _perform(self, connection: sqlite3.Connection, job: Query) -> None:
        try:
            value = job.run(connection)
        except Exception as error:
            # The caller gets the error; the next query must still be answered.
            if not isinstance(error, sqlite3.Error | JournalError):
                log.exception("the journal could not answer")
            damage = JournalDamagedError(self.damage) if self.damage else None
            job.done(None, damage or database.journal_error(error, self._path))
        else:
            job.done(value, None)
