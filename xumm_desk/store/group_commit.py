"""Write one group of queued records in one transaction, linked by a chain of hashes."""

from __future__ import annotations

import hashlib
import itertools
import logging
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path
from typing import Any, Final, TypeVar, cast

from xumm_desk.core.message import Message
from xumm_desk.core.request.request_spec import RequestSpec
from xumm_desk.core.state.evidence import Payment, UnmatchedPayment
from xumm_desk.core.state.facts import Fact, FactKind
from xumm_desk.core.wire import api_answers, json_fields

from . import destination_tags, ledger_tables
from .history import indexing

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class FactRecord:
    """A fact on its way to the disk, and the status that it brings with it, "" for none."""

    identifier: str
    fact: Fact
    status: str = ""
    finished: bool = False


@dataclass(frozen=True, slots=True)
class StatusRecord:
    """The status column of a request, for queries only: as of its last fact about money."""

    identifier: str
    status: str
    finished: bool


@dataclass(frozen=True, slots=True)
class LedgerReadRecord:
    """How far the ledger was read for an account, and behind which ledger without a gap; written
    after what was found there."""

    account: str
    index: int
    after: int | None = None


Record = FactRecord | StatusRecord | UnmatchedPayment | LedgerReadRecord


@dataclass(frozen=True, slots=True)
class RejectedRecord:
    """What the tables did not take, and why not."""

    identifier: str
    kind: str
    reason: str


_name: Final = attrgetter("identifier")

T = TypeVar("T")
Pause = Callable[[], object]

_BATCH_SIZES: Final = (128, 32, 8, 1)
"""Rows per statement: a few sizes, so that each is compiled once. At every statement the
interpreter's lock is released and taken again, which a busy window delays; one statement a row
would hold up the window, and the writer, for longer than all the writing takes."""

_INSERT: Final = "INSERT INTO facts (seq, identifier, at, witness, kind, text, hash) VALUES "
_UPDATE: Final = "UPDATE requests SET status = ?, finished = ? WHERE identifier IN "
_ADD: Final = {size: _INSERT + ", ".join(["(?, ?, ?, ?, ?, ?, ?)"] * size) for size in _BATCH_SIZES}
_SET: Final = {size: f"{_UPDATE}({', '.join('?' * size)})" for size in _BATCH_SIZES}

HINTS: Final = frozenset({FactKind.FRAME, FactKind.SOCKET_LOST})
"""Hints, which a flood consists of. None of them ends a request. They may be reordered between
requests; each request keeps its own order."""

_DISK_ERRORS: Final = (sqlite3.OperationalError, OSError, MemoryError)
"""What is no fault of what is written: tried again as it is."""


def commit_group(
    connection: sqlite3.Connection, group: list[Record], breathe: Pause
) -> list[RejectedRecord]:
    """Write the records in one transaction; raises the disk's error, and then nothing is written.

    `pause` is called now and then in the middle of many. Records that the tables reject, whatever
    the disk does, are kept apart in the same transaction, since all others must reach the disk.
    Returns the rejected ones.
    """
    connection.execute("BEGIN IMMEDIATE")
    try:
        _write_all(connection, group, breathe)
        refused = []
    except Exception as error:
        if isinstance(error, _DISK_ERRORS) or type(error) is sqlite3.DatabaseError:
            raise
        connection.execute("ROLLBACK")
        connection.execute("BEGIN IMMEDIATE")
        refused = _one_by_one(connection, group)
    connection.execute("COMMIT")
    return refused


def _no_pause() -> None:
    """One item is not worth a break."""


def rejection_text(refused: Sequence[RejectedRecord], path: Path) -> str:
    """What the journal at `path` refused, in the log and as a sentence; "" when it took all."""
    for one in refused:
        log.error(
            "the journal did not take a fact (%s of %s): %s", one.kind, one.identifier, one.reason
        )
    if not refused:
        return ""
    names = ", ".join(sorted({one.identifier for one in refused}))
    return Message(
        "The journal did not take facts about {names} ({reason}). It is kept"
        " apart in {path}, and everything else is saved; but the next start"
        " will not show it. Look at these by hand before you rely on them, and"
        " send the diagnostics.",
        names=names,
        reason=refused[0].reason,
        path=path,
    )


def _one_by_one(connection: sqlite3.Connection, group: list[Record]) -> list[RejectedRecord]:
    refused = []
    for item in group:
        connection.execute("SAVEPOINT item")
        try:
            _write_all(connection, [item], _no_pause)
        except Exception as error:
            if isinstance(error, _DISK_ERRORS) or type(error) is sqlite3.DatabaseError:
                raise
            connection.execute("ROLLBACK TO item")
            refused.append(_store_rejected(connection, item, error))
        connection.execute("RELEASE item")
    return refused


def _store_rejected(
    connection: sqlite3.Connection, item: Record, error: Exception
) -> RejectedRecord:
    why = f"{type(error).__name__}: {error}"
    if isinstance(item, FactRecord):
        name, kind, text = item.identifier, item.fact.kind.value, item.fact.text
        at = item.fact.at.isoformat()
    elif isinstance(item, UnmatchedPayment):
        name, kind, text, at = (
            item.txid,
            "unmatched",
            json_fields.compact_json(item.raw),
            item.at.isoformat(),
        )
    else:
        name, kind, text, at = "", type(item).__name__.lower(), repr(item), ""
    columns = [ledger_tables.encodable(value) for value in (name, at, kind, text, why)]
    connection.execute(
        "INSERT INTO refused (identifier, at, kind, text, why) VALUES (?, ?, ?, ?, ?)", columns
    )
    return RejectedRecord(columns[0], columns[2], columns[4])


def _write_all(connection: sqlite3.Connection, group: list[Record], breathe: Pause) -> None:
    before, first = chain_end(connection)
    links, last = [], first
    marks: dict[str, tuple[str, int]] = {}
    for item in _cluster_hints(group):
        if isinstance(item, FactRecord):
            update_request_columns(connection, item.identifier, item.fact)
            columns = _columns(item)
            before, last = hash_link(before, columns), last + 1
            links.append((last, *columns, before))
            if item.status:
                marks[item.identifier] = (item.status, int(item.finished))
            if len(links) == _BATCH_SIZES[0]:
                add_links(connection, links)
                links.clear()
                breathe()
        elif isinstance(item, StatusRecord):
            marks[item.identifier] = (item.status, int(item.finished))
        elif isinstance(item, UnmatchedPayment):
            ledger_tables.add_unmatched(connection, item)
        else:
            ledger_tables.set_ledger_read(connection, item.account, item.index, item.after)
    add_links(connection, links)
    _set(connection, marks, breathe)
    if last > first:
        connection.execute(
            "INSERT OR REPLACE INTO chain_end (one, seq, hash) VALUES (1, ?, ?)", (last, before)
        )


def _cluster_hints(group: list[Record]) -> Iterator[Record]:
    """All records, with runs of hints clustered by request: the index of facts takes neighbours at
    two thirds of the cost."""
    for hints, run in itertools.groupby(group, _is_hint):
        if hints:
            yield from sorted(cast(Iterable[FactRecord], run), key=_name)
        else:
            yield from run


def _is_hint(item: Record) -> bool:
    return isinstance(item, FactRecord) and item.fact.kind in HINTS


def _columns(row: FactRecord) -> tuple[str, str, str, str, str]:
    fact = row.fact
    return (
        row.identifier,
        fact.at.isoformat(),
        fact.source._value_,  # `value` is two calls of Python, and this is done by the thousand
        fact.kind._value_,
        fact.text if fact.text.isascii() else ledger_tables.encodable(fact.text),
    )


def add_links(connection: sqlite3.Connection, links: list[tuple[Any, ...]]) -> None:
    """Write rows of facts: number, columns and hash of each."""
    for part in _parts(links):
        connection.execute(_ADD[len(part)], list(itertools.chain.from_iterable(part)))


def _set(connection: sqlite3.Connection, marks: dict[str, tuple[str, int]], breathe: Pause) -> None:
    alike: dict[tuple[str, int], list[str]] = {}
    for identifier, mark in marks.items():
        alike.setdefault(mark, []).append(identifier)
    for mark, names in alike.items():
        # Neighbours on the disk are written together, at less than half of the cost.
        for part in _parts(sorted(names)):
            connection.execute(_SET[len(part)], (*mark, *part))
            destination_tags.update(connection, part)
            indexing.note_changed(connection, part)
            if len(part) == _BATCH_SIZES[0]:
                breathe()


def _parts(rows: list[T]) -> Iterator[list[T]]:
    """All rows in order, in chunks of the sizes for which there are statements."""
    begin = 0
    for size in _BATCH_SIZES:
        while len(rows) - begin >= size:
            yield rows[begin : begin + size]
            begin += size


def chain_end(connection: sqlite3.Connection) -> tuple[bytes, int]:
    """Hash and number of the last row. Read inside the transaction: another process may have added
    rows to the same chain. If rows were cut off its end, new ones do not take their numbers."""
    last = connection.execute("SELECT seq, hash FROM facts ORDER BY seq DESC LIMIT 1").fetchone()
    recorded = connection.execute("SELECT seq, hash FROM chain_end").fetchone()
    ends = [(end[1], int(end[0])) for end in (last, recorded) if end is not None]
    return max(ends, key=lambda end: end[1]) if ends else (CHAIN_START, 0)


def update_request_columns(connection: sqlite3.Connection, identifier: str, fact: Fact) -> None:
    """Update the columns by which a request is found from one of its facts."""
    if fact.kind is FactKind.FRAME:
        return
    if fact.kind is FactKind.INTENT:
        tag = (
            destination_tags.tag_of(fact.value.tag) if isinstance(fact.value, RequestSpec) else None
        )
        rest = None if tag is None else destination_tags.WHILE_OPEN
        connection.execute(
            "INSERT OR IGNORE INTO requests (identifier, status, created_at, tag, tag_rests_until)"
            " VALUES (?, 'creating', ?, ?, ?)",
            (identifier, fact.at.isoformat(), tag, rest),
        )
        if tag is not None:
            destination_tags.use(connection, tag)
        indexing.note_changed(connection, [identifier])
    elif (
        isinstance(fact.value, api_answers.CreateAnswer | api_answers.Snapshot) and fact.value.uuid
    ):
        connection.execute(
            "UPDATE requests SET uuid = ? WHERE identifier = ? AND uuid IS NULL",
            (fact.value.uuid, identifier),
        )
    elif isinstance(fact.value, Payment):
        ledger_tables.assign(connection, fact.value.tx.txid, identifier)


CHAIN_START: Final = bytes(32)
"""The hash before the first row."""


def hash_link(before: bytes, columns: tuple[str, ...]) -> bytes:
    """The 32 bytes that a row carries: of the row before it and of all its own columns."""
    parts = [before]
    for column in columns:
        raw = column.encode("utf-8", "surrogatepass")
        parts += (len(raw).to_bytes(8, "big"), raw)
    return hashlib.sha256(b"".join(parts)).digest()
