"""Read a journal request by request, without changing the file or holding it in memory."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Final

from xumm_desk.core.history.query import HistoryQuery, Order
from xumm_desk.core.journal_error import JournalError
from xumm_desk.core.message import Message
from xumm_desk.core.shift.document import ShiftDocument
from xumm_desk.core.state.account_facts import SUBJECT
from xumm_desk.core.state.facts import Fact

from . import database, ledger_tables, queries
from .history import history_queries, indexing
from .keeping import swap
from .shifts import shift_table

_REFUNDS_SINCE: Final = 7
"""The first schema version whose programs made refunds."""

_SHIFTS_SINCE: Final = 10
"""The first schema version whose programs closed shifts."""


_HISTORY_SINCE: Final = 9
"""The first schema version with an index of the history."""


class JournalReader:
    """A journal as it is at this moment, while a window may go on writing.

    Every method raises `JournalError`, with a sentence for a person.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection: sqlite3.Connection | None = None

    def __enter__(self) -> JournalReader:
        if not self._path.exists():
            raise JournalError(Message("There is no journal at {path}.", path=self._path))
        try:
            self._connection = open_for_reading(self._path)
            database.refuse_newer(self._connection, self._path)
        except sqlite3.Error as error:
            self._close()
            raise JournalError(database.error_message(error, self._path)) from None
        except JournalError:
            self._close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._close()

    def count(self) -> int:
        """How many requests there are."""
        try:
            (count,) = self._db.execute(
                "SELECT count(*) FROM requests WHERE identifier <> ?", (SUBJECT,)
            ).fetchone()
        except sqlite3.Error as error:
            raise JournalError(database.error_message(error, self._path)) from None
        return int(count)

    def requests(self) -> Iterator[tuple[str, Sequence[Fact]]]:
        """Each request with its facts in order, oldest request first."""
        try:
            # A request has its row since its first fact, so that nothing is sorted in memory.
            names = self._db.execute(
                "SELECT identifier FROM requests WHERE identifier <> ? ORDER BY rowid", (SUBJECT,)
            )
            for (name,) in names:
                yield from queries.load_requests(self._db, "WHERE identifier = ?", (name,))
        except sqlite3.Error as error:
            raise JournalError(database.error_message(error, self._path)) from None

    def named(self, identifiers: Iterable[str]) -> Iterator[tuple[str, Sequence[Fact]]]:
        """These requests with their facts, in this order; one that is not there is left out."""
        try:
            for name in identifiers:
                yield from queries.load_requests(self._db, "WHERE identifier = ?", (name,))
        except sqlite3.Error as error:
            raise JournalError(database.error_message(error, self._path)) from None

    def matching(self, query: HistoryQuery) -> Iterator[tuple[str, Sequence[Fact]]]:
        """The requests that `query` asks for with their facts, oldest first."""
        try:
            if not self._has_whole_index():
                yield from self._matching_facts(query)
                return
            keys = history_queries.keys(self._db, query, Order.TIME, descending=False)
            for key in keys:
                (name,) = self._db.execute(
                    "SELECT identifier FROM request_index WHERE key = ?", (key,)
                ).fetchone()
                yield from queries.load_requests(self._db, "WHERE identifier = ?", (name,))
        except sqlite3.Error as error:
            raise JournalError(database.error_message(error, self._path)) from None

    def count_matching(self, query: HistoryQuery) -> int:
        """How many requests are looked at for `query`."""
        try:
            if self._has_whole_index():
                return history_queries.count(self._db, query)
        except sqlite3.Error as error:
            raise JournalError(database.error_message(error, self._path)) from None
        return self.count()

    def _matching_facts(self, query: HistoryQuery) -> Iterator[tuple[str, Sequence[Fact]]]:
        """The same without the index, which may not be made yet, or not for all requests."""
        names = self._db.execute(
            "SELECT identifier FROM requests WHERE identifier <> ? ORDER BY rowid", (SUBJECT,)
        )
        for (name,) in names:
            summary = indexing.summary_of(self._db, name) if self._is_indexed() else None
            if summary is not None and query.matches(summary):
                yield from queries.load_requests(self._db, "WHERE identifier = ?", (name,))
            else:
                yield name, ()

    def _has_whole_index(self) -> bool:
        (version,) = self._db.execute("PRAGMA user_version").fetchone()
        return int(version) >= _HISTORY_SINCE and indexing.progress(self._db).is_complete

    def refunds_of(self, identifier: str) -> Iterator[tuple[str, Sequence[Fact]]]:
        """The requests that refund this one, with their facts."""
        try:
            if not self._is_indexed():
                return  # written by a program that made no refunds
            for name in ledger_tables.refunds_of(self._db, [identifier]):
                yield from queries.load_requests(self._db, "WHERE identifier = ?", (name,))
        except sqlite3.Error as error:
            raise JournalError(database.error_message(error, self._path)) from None

    def shift_numbers(self) -> list[int]:
        """The numbers of all closed shifts, oldest first."""
        try:
            if self._version() < _SHIFTS_SINCE:
                return []  # written by a program that closed none
            return [
                number for (number,) in self._db.execute("SELECT number FROM shifts ORDER BY 1")
            ]
        except sqlite3.Error as error:
            raise JournalError(database.error_message(error, self._path)) from None

    def shift(self, number: int) -> ShiftDocument | None:
        """One closed shift, as it was written."""
        try:
            return shift_table.read(self._db, number)
        except sqlite3.Error as error:
            raise JournalError(database.error_message(error, self._path)) from None

    def _is_indexed(self) -> bool:
        """Whether refunds are found by index; a journal is read as it is, however old."""
        return self._version() >= _REFUNDS_SINCE

    def _version(self) -> int:
        (version,) = self._db.execute("PRAGMA user_version").fetchone()
        return int(version)

    @property
    def _db(self) -> sqlite3.Connection:
        assert self._connection is not None, "use it in a `with` statement"
        return self._connection

    def _close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


def open_for_reading(path: Path) -> sqlite3.Connection:
    """Open the file so that nothing is ever written to it, in one transaction: rows of one moment.
    A copy in a folder that cannot be written is read as it lies there. Raises `sqlite3.Error`."""
    with suppress(OSError):
        swap.finish(path)
    where = path.resolve().as_uri()
    try:
        return _begun(f"{where}?mode=ro")
    except sqlite3.OperationalError:
        # SQLite needs a file of its own beside one with a write-ahead log. Where it cannot make
        # one, the file is read without its log, if that is empty: else something would be missing.
        log = path.with_name(path.name + "-wal")
        if log.exists() and log.stat().st_size:
            raise
        return _begun(f"{where}?mode=ro&immutable=1")


def _begun(uri: str) -> sqlite3.Connection:
    connection = sqlite3.connect(uri, uri=True, isolation_level=None)
    try:
        connection.execute("BEGIN")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except BaseException:
        connection.close()
        raise
    return connection
