"""Writes one group of what was queued in one transaction: facts, statuses, payments of nobody.

Knows the statements and the chain; must not know threads, or when a group is written.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from xumm_desk.core import snapshot
from xumm_desk.core.facts import Fact, Kind
from xumm_desk.core.proof import Payment, Stray

from . import chain, receipts


@dataclass(frozen=True, slots=True)
class Row:
    """A fact on its way to the disk."""

    identifier: str
    fact: Fact


@dataclass(frozen=True, slots=True)
class Mark:
    """The status column of a request, kept for queries only."""

    identifier: str
    status: str
    finished: bool


@dataclass(frozen=True, slots=True)
class Seen:
    """How far the ledger was read for an account; written after what was found there."""

    account: str
    index: int


Item = Row | Mark | Stray | Seen


def write(connection: sqlite3.Connection, group: list[Item]) -> None:
    """Write them in one transaction; raises whatever SQLite does, and then nothing is written."""
    connection.execute("BEGIN IMMEDIATE")
    # Read inside the transaction: another process may have added rows to the same chain.
    row = connection.execute("SELECT hash FROM facts ORDER BY seq DESC LIMIT 1").fetchone()
    before: bytes = row[0] if row else chain.START
    links: list[tuple[str, str, str, str, str, bytes]] = []
    marks: dict[str, tuple[str, int, str]] = {}
    for item in group:
        if isinstance(item, Row):
            _relate(connection, item)
            fact = item.fact
            columns = (
                item.identifier,
                fact.at.isoformat(),
                fact.witness.value,
                fact.kind.value,
                fact.text if fact.text.isascii() else fact.text.encode("utf-8", "replace").decode(),
            )
            before = chain.link(before, columns)
            links.append((*columns, before))
        elif isinstance(item, Mark):
            marks[item.identifier] = (item.status, int(item.finished), item.identifier)
        elif isinstance(item, Stray):
            receipts.add_stray(connection, item)
        else:
            receipts.note_seen(connection, item.account, item.index)
    connection.executemany(
        "INSERT INTO facts (identifier, at, witness, kind, text, hash) VALUES (?, ?, ?, ?, ?, ?)",
        links,
    )
    connection.executemany(
        "UPDATE requests SET status = ?, finished = ? WHERE identifier = ?", marks.values()
    )
    connection.execute("COMMIT")


def _relate(connection: sqlite3.Connection, item: Row) -> None:
    """Keep the columns by which requests are found in step with their facts."""
    fact = item.fact
    if fact.kind is Kind.FRAME:
        return
    if fact.kind is Kind.INTENT:
        connection.execute(
            "INSERT OR IGNORE INTO requests (identifier, status, created_at)"
            " VALUES (?, 'creating', ?)",
            (item.identifier, fact.at.isoformat()),
        )
    elif isinstance(fact.event, snapshot.Created | snapshot.Snapshot) and fact.event.uuid:
        connection.execute(
            "UPDATE requests SET uuid = ? WHERE identifier = ? AND uuid IS NULL",
            (fact.event.uuid, item.identifier),
        )
    elif isinstance(fact.event, Payment):
        receipts.assign(connection, fact.event.tx.txid, item.identifier)
