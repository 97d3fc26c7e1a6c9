"""The journal's public interface: append facts, wait until they are durable, read requests back."""

from __future__ import annotations

import asyncio
import concurrent.futures
import logging
import sqlite3
import threading
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final, TypeVar

from xumm_desk.core.audit import AuditEntry
from xumm_desk.core.fast_records import fast_constructor
from xumm_desk.core.journal_error import JournalError
from xumm_desk.core.message import Message
from xumm_desk.core.request.destination_tags import TagRange
from xumm_desk.core.state.evidence import UnmatchedPayment
from xumm_desk.core.state.facts import Fact

from . import audit_table, database, destination_tags, ledger_tables, queries, sale_numbers
from .group_commit import FactRecord, LedgerReadRecord, StatusRecord
from .history import indexing
from .history.history_reader import HistoryReader
from .replication import account_facts, local_facts, remote_requests
from .shifts.shift_journal import StoredShifts
from .writer_thread import Query, WriterThread

log = logging.getLogger(__name__)

T = TypeVar("T")

_row: Final = fast_constructor(FactRecord)


class SqliteJournal:
    """The journal in one SQLite file (WAL, synchronous FULL).

    Open it on the loop's thread; every method but `open` and `close` returns at once or awaits.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.written = 0
        self.error = ""
        self._loop: asyncio.AbstractEventLoop | None = None
        self._writer = WriterThread(
            path,
            committed=lambda count, refusal: self._call_on_loop(self._committed, count, refusal),
            troubled=lambda words: self._call_on_loop(self._on_error, words),
        )
        self._other_writers = queries.OtherWriters()
        self._listeners: list[Callable[[], None]] = []
        self._error_listeners: list[Callable[[str], None]] = []
        self._rejected_listeners: list[Callable[[str], None]] = []
        self._waiters: list[tuple[int, asyncio.Future[None]]] = []
        # Writes that somebody waits for, and what tells the writer that they were given up.
        self._writes: dict[asyncio.Future[Any], threading.Event] = {}
        self._thread: threading.Thread | None = None
        self.shifts = StoredShifts(path, self._run, self._write)
        self.history = HistoryReader(path)

    @property
    def appended(self) -> int:
        """How many facts and unmatched payments were queued so far."""
        return self._writer.appended

    def open(self, loop: asyncio.AbstractEventLoop, *, check: bool = True) -> None:
        """Open or create the file and start the writer; raises `JournalError`. Without `check` it
        can be read before it was checked for damage, which happens before the first write, or when
        `check_integrity` is called."""
        connection = database.connect(self.path, check=check)
        self._loop = loop
        self._other_writers.begin(connection)
        self._thread = self._writer.start(connection, sound=check)

    async def close(self, patience: float = 10.0) -> None:
        """Write what is queued and close the file; gives up after `patience` seconds, since the
        next start restores whatever a full or stuck disk did not take."""
        thread, self._thread = self._thread, None
        if thread is None:
            return
        # Before the writer: the last connection empties the log into the file, and must be able to.
        await asyncio.to_thread(self.history.close)
        self._writer.close()
        await asyncio.to_thread(thread.join, patience)

    def append(
        self, identifier: str, fact: Fact, *, urgent: bool, status: str = "", finished: bool = False
    ) -> None:
        """Queue one fact; `urgent` (money) goes to the disk at once, others in groups. `status`,
        unless "", goes with it, as by `set_status`."""
        self._writer.enqueue(_row(identifier, fact, status, finished))
        if urgent:
            self._writer.flush_soon()

    def set_status(self, identifier: str, status: str, finished: bool) -> None:
        """Note a request's status for queries; the facts stay the truth."""
        self._writer.enqueue(StatusRecord(identifier, status, finished))

    def add_unmatched(self, payment: UnmatchedPayment) -> None:
        """Queue a payment that belongs to no request for sure; it goes to the disk at once."""
        self._writer.enqueue(payment)
        self._writer.flush_soon()

    def set_ledger_read(self, account: str, index: int, after: int | None = None) -> None:
        """Note up to which validated ledger `account` was read, after all that was queued; without
        a gap behind the ledger `after`, where that is known."""
        self._writer.enqueue(LedgerReadRecord(account, index, after))

    async def durable(self) -> None:
        """Return when everything appended before is on disk; raises `JournalError` if the disk
        refuses it now (it is tried again all the same)."""
        if self.written >= self.appended:
            return
        self._check_open()
        if self._writer.damage:
            raise JournalError(self._writer.damage)
        assert self._loop is not None
        waiter: asyncio.Future[None] = self._loop.create_future()
        self._waiters.append((self.appended, waiter))
        self._writer.flush_soon()
        await waiter

    def on_durable(self, call: Callable[[], None]) -> None:
        """Call `call` on the loop after each group, and each dismissal, that reached the disk."""
        self._listeners.append(call)

    def on_error(self, call: Callable[[str], None]) -> None:
        """Call `call` with a sentence when the disk refuses to write, with "" once it does."""
        self._error_listeners.append(call)

    def on_rejected(self, call: Callable[[str], None]) -> None:
        """Call `call` with a sentence when the tables did not take something; the disk did."""
        self._rejected_listeners.append(call)

    async def check_integrity(self) -> None:
        """Return when the file was checked for damage; raises `JournalError`."""
        await self._run(self._writer.check_integrity)

    async def catch_up_index(self) -> None:
        """Return when the history knows everything that was appended before. Raises
        `JournalError`."""
        await self._run(self._writer.check_integrity)
        # In steps: facts that arrive meanwhile are written in between.
        while await self._run(indexing.catch_up_step):
            pass

    async def load_unfinished(self) -> Sequence[tuple[str, Sequence[Fact]]]:
        """Every request that is not marked finished, oldest first, with its facts in order."""
        return await self._load_by("WHERE finished = 0")

    async def load_recent(self, limit: int) -> Sequence[tuple[str, Sequence[Fact]]]:
        """The `limit` newest finished requests with their facts, oldest first."""
        return await self._load_by("WHERE finished = 1 ORDER BY created_at DESC LIMIT ?", limit)

    async def load_newest(self, limit: int) -> Sequence[tuple[str, Sequence[Fact]]]:
        """The `limit` newest requests, finished or not, with their facts, oldest first."""
        return await self._load_by("ORDER BY created_at DESC LIMIT ?", limit)

    async def load(self, identifiers: Iterable[str]) -> Sequence[tuple[str, Sequence[Fact]]]:
        """These requests with their facts; unknown ones are left out."""
        wanted = list(identifiers)

        def run(db: sqlite3.Connection) -> list[tuple[str, Sequence[Fact]]]:
            found = []
            for identifier in wanted:
                found += queries.load_requests(db, "WHERE identifier = ?", (identifier,))
            return found

        return await self._run(run)

    async def written_elsewhere(self) -> Sequence[tuple[str, Sequence[Fact]]]:
        """Requests, with all their facts in order, to which another process has added some since
        the last call, or since the journal was opened."""
        return await self._run(self._other_writers.read)

    async def find_uuid(self, uuid: str) -> str | None:
        """The identifier of the request with this platform id."""

        def run(db: sqlite3.Connection) -> str | None:
            row = db.execute("SELECT identifier FROM requests WHERE uuid = ?", (uuid,)).fetchone()
            return str(row[0]) if row else None

        return await self._run(run)

    async def unmatched(self) -> Sequence[UnmatchedPayment]:
        """Payments that are still unmatched, oldest first."""
        return await self._run(ledger_tables.unmatched)

    async def ledgers_read(self) -> dict[str, int]:
        """Up to which validated ledger each account was read."""
        return await self._run(ledger_tables.ledgers_read)

    async def is_in_shop(self) -> bool:
        """Whether the facts of this journal have names in a shop."""
        return await self._run(local_facts.own_till) is not None

    async def ledger_read_by_all(self, account: str) -> int | None:
        """From which validated ledger on nobody in the shop has read `account`."""
        return await self._run(lambda db: account_facts.read_up_to(db, account))

    async def known_unmatched(self, txids: Sequence[str]) -> set[str]:
        """Those of these transactions that once were unmatched."""
        return await self._run(lambda db: ledger_tables.known_unmatched(db, txids))

    async def requests_naming(
        self, txid: str, tag: int | None, invoice: str | None
    ) -> Sequence[str]:
        """Requests that name this transaction, tag or invoice id (upper case), newest first."""
        return await self._run(lambda db: ledger_tables.requests_naming(db, txid, tag, invoice))

    async def requests_for_txids(self, txids: Sequence[str]) -> Sequence[tuple[str, str]]:
        """Pairs of transaction (upper case) and request that a platform's answer names for it."""
        return await self._run(lambda db: ledger_tables.requests_for_txids(db, txids))

    async def refunds_of(self, identifiers: Sequence[str]) -> Sequence[str]:
        """The requests that refund one of these, oldest first."""
        return await self._run(lambda db: ledger_tables.refunds_of(db, identifiers))

    async def reserve_tag(self, within: TagRange, now: datetime) -> int | None:
        """Reserve a tag of the range under which nothing else can be paid any more; durable when
        this returns, None if every tag is quarantined. Raises `JournalError`."""
        return await self._write(lambda db: destination_tags.reserve(db, within, now))

    async def reserve_sale_number(self, count_name: str) -> int:
        """The next sale number of this count, from 1; durable when this returns. Raises
        `JournalError`."""
        return await self._write(lambda db: sale_numbers.reserve(db, count_name))

    async def set_dismissed(self, txid: str, dismissed: bool, at: datetime) -> None:
        """Note that a person dismissed a payment, or brought it back; durable when this returns.

        Raises:
            JournalError: it could not be written.
        """

        def run(db: sqlite3.Connection) -> None:
            # What is said now holds, whatever the clock of another till was.
            moment = account_facts.next_moment(db, txid, at)
            ledger_tables.set_dismissed(db, txid, dismissed, moment)

        await self._write(run)
        self._tell_durable()

    async def dismissed(self) -> dict[str, datetime]:
        """When (UTC) each dismissed payment was dismissed, by txid."""
        return await self._run(ledger_tables.dismissed)

    async def add_audit(self, kind: str, who: str, detail: str, at: datetime) -> None:
        """Write down what a person did (`AuditKind`); durable when this returns. It waits for a
        disk that is full, since the record must not be lost. Raises `JournalError`."""

        def run(db: sqlite3.Connection) -> None:
            self._writer.check_integrity(db)
            audit_table.add(db, kind, who, detail, at)

        await self._run(run)

    async def audit(self, limit: int) -> Sequence[AuditEntry]:
        """The last `limit` of what persons did, newest first."""
        return await self._run(lambda db: audit_table.newest(db, limit))

    async def remote_requests(self, identifiers: Sequence[str]) -> dict[str, str]:
        """The till (id) of each of these requests that another till of the shop has made."""
        return await self._run(lambda db: remote_requests.remote_requests(db, identifiers))

    async def unfinished_among(self, identifiers: Sequence[str]) -> Sequence[str]:
        """Those of these requests that are not finished."""
        return await self._run(lambda db: remote_requests.unfinished_among(db, identifiers))

    async def unfinished_of(self, till: str) -> Sequence[str]:
        """The requests of another till that are not finished, oldest first."""
        return await self._run(lambda db: remote_requests.unfinished_of(db, till))

    def run_and_wait(self, run: Callable[[sqlite3.Connection], T]) -> T:
        """Run something on the journal's connection, for a thread other than the loop's, which
        waits. Raises `JournalError` where the journal is closed, else what `run` raises."""
        self._check_open()
        answer: concurrent.futures.Future[T] = concurrent.futures.Future()

        def done(value: T, error: Exception | None) -> None:
            if error is not None:
                answer.set_exception(error)
            else:
                answer.set_result(value)

        def checked(db: sqlite3.Connection) -> T:
            self._writer.check_integrity(db)
            return run(db)

        self._writer.query(Query(checked, done))
        return answer.result()

    async def _load_by(self, which: str, *values: int) -> Sequence[tuple[str, Sequence[Fact]]]:
        """The requests selected by `which`, the end of one of our statements."""
        where = f"WHERE identifier IN (SELECT identifier FROM requests {which})"  # noqa: S608
        return await self._run(lambda db: queries.load_requests(db, where, values))

    def _check_open(self) -> None:
        """A query to a closed journal would never be answered."""
        if self._thread is None:
            raise JournalError(Message("The journal {path} is closed.", path=self.path))

    async def _write(self, run: Callable[[sqlite3.Connection], T]) -> T:
        """Write what a person waits for. Behind a group that the disk refuses, and that is tried
        for ever, it is given up at once and never done: the person is told, and decides anew."""
        if self.error:
            raise JournalError(self.error)
        given_up = threading.Event()

        def write(db: sqlite3.Connection) -> T:
            if given_up.is_set():
                raise JournalError("given up")
            self._writer.check_integrity(db)
            return run(db)

        answer = asyncio.ensure_future(self._run(write))
        self._writes[answer] = given_up
        try:
            return await answer
        except asyncio.CancelledError:
            if not self.error:
                raise
            raise JournalError(self.error) from None
        finally:
            del self._writes[answer]

    async def _run(self, run: Callable[[sqlite3.Connection], T]) -> T:
        self._check_open()
        loop = self._loop
        assert loop is not None
        future: asyncio.Future[T] = loop.create_future()

        def settle(value: T, error: Exception | None) -> None:
            if future.done():
                return
            if error is not None:
                future.set_exception(error)
            else:
                future.set_result(value)

        def done(value: T, error: Exception | None) -> None:
            self._call_on_loop(settle, value, error)

        self._writer.query(Query(run, done))
        return await future

    def _call_on_loop(self, call: Callable[..., None], *values: object) -> None:
        """Call back on the loop; a closed loop has no receivers any more."""
        assert self._loop is not None
        try:
            self._loop.call_soon_threadsafe(call, *values)
        except RuntimeError:
            log.debug("the loop was closed before the journal")

    # Back on the loop's thread.

    def _committed(self, count: int, refusal: str) -> None:
        self.written += count
        if self.error:
            self._set_error("")
        if refusal:
            for report in self._rejected_listeners:
                report(refusal)
        waiting = self._waiters
        self._waiters = [(at, waiter) for at, waiter in waiting if at > self.written]
        for at, waiter in waiting:
            if at <= self.written and not waiter.done():
                if refusal:
                    # It may be what this one waits for, which then must not go on.
                    waiter.set_exception(JournalError(refusal))
                else:
                    waiter.set_result(None)
        self._tell_durable()

    def _tell_durable(self) -> None:
        for listener in self._listeners:
            listener()

    def _on_error(self, words: str) -> None:
        self._set_error(words)
        waiting, self._waiters = self._waiters, []
        for _, waiter in waiting:
            if not waiter.done():
                waiter.set_exception(JournalError(words))
        for answer, given_up in self._writes.items():
            given_up.set()
            answer.cancel()

    def _set_error(self, words: str) -> None:
        self.error = words
        for listener in self._error_listeners:
            listener(words)
