"""Read requests back, each with its facts in the order in which they were recorded.

All functions run on the writer's connection.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Final

from xumm_desk.core.state import facts
from xumm_desk.core.state.facts import Fact
from xumm_desk.core.wire import api_answers


def load_requests(
    db: sqlite3.Connection, where: str, values: tuple[object, ...]
) -> list[tuple[str, Sequence[Fact]]]:
    """The requests selected by `where` (one of our clauses), oldest first."""
    rows = db.execute(
        "SELECT identifier, at, witness, kind, text FROM facts "  # noqa: S608 - `where` is ours
        f"{where} ORDER BY seq",
        values,
    )
    found: dict[str, list[Fact]] = {}
    uuids: dict[str, str] = {}
    for identifier, at, witness, kind, text in rows:
        fact = facts.fact_from_journal(when(at), witness, kind, text, uuids.get(identifier))
        if fact is None:
            continue
        if isinstance(fact.value, api_answers.CreateAnswer):
            uuids[identifier] = fact.value.uuid
        found.setdefault(identifier, []).append(fact)
    return list(found.items())


_AT_ONCE: Final = 200
"""Requests of other processes that are read together; facts about money wait meanwhile."""


class OtherWriters:
    """Finds the requests to which another process added facts. Between two questions nothing is
    read but the number of the newest fact and SQLite's count of commits by other connections."""

    def __init__(self) -> None:
        # The last fact that was seen, and SQLite's `data_version` at that time.
        self._seq = self._version = 0

    def begin(self, db: sqlite3.Connection) -> None:
        """Take everything that is there now as known; damage is reported by whoever reads it."""
        with suppress(sqlite3.DatabaseError):
            self._seq, self._version = _newest(db), _version(db)

    def read(self, db: sqlite3.Connection) -> list[tuple[str, Sequence[Fact]]]:
        """Those requests, with all their facts."""
        # In this order: a commit between the two counts as new at the next call.
        newest, version = _newest(db), _version(db)
        if version == self._version:
            self._seq = newest
            return []
        # One statement, so that what is written while it runs is not skipped.
        rows = db.execute(
            "SELECT max(seq), identifier FROM facts WHERE seq > ? GROUP BY identifier"
            " ORDER BY max(seq) LIMIT ?",
            (self._seq, _AT_ONCE),
        ).fetchall()
        self._seq = max([self._seq, *(seq for seq, _ in rows)])
        if len(rows) < _AT_ONCE:
            self._version = version
        found = []
        for _, identifier in rows:
            found += load_requests(db, "WHERE identifier = ?", (identifier,))
        return found


def _newest(db: sqlite3.Connection) -> int:
    (seq,) = db.execute("SELECT coalesce(max(seq), 0) FROM facts").fetchone()
    return int(seq)


def _version(db: sqlite3.Connection) -> int:
    (version,) = db.execute("PRAGMA data_version").fetchone()
    return int(version)


def when(text: str) -> datetime:
    """The time in a column (UTC); 1970 for one that cannot be read."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return datetime.fromtimestamp(0, UTC)
