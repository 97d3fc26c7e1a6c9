"""Keep JSON documents on disk."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Document = dict[str, Any]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS documents (
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (kind, name)
)
"""


class StateFileError(Exception):
    """The state file is in use, unwritable or no state file; the text is a whole sentence."""


class DocumentStore:
    """JSON documents by kind and name, in one SQLite file (or in memory without a path).

    Every write outside ``together`` is its own transaction, so a kill leaves either the old
    document or the new one. KeepError when the file cannot be used.
    """

    def __init__(self, path: Path | None = None) -> None:
        name = ":memory:" if path is None else str(path)
        try:
            if path is not None and not path.exists():
                # Who paid what is private, also in practice.
                os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
            self._db = sqlite3.connect(name, isolation_level=None, timeout=3)
        except (sqlite3.Error, OSError) as error:
            raise StateFileError(f"The state file {path} cannot be opened: {error}.") from error
        self._depth = 0
        try:
            # Two worlds on one file would overwrite each other's ledgers.
            self._db.execute("PRAGMA locking_mode=EXCLUSIVE")
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=NORMAL")
            self._db.execute(_SCHEMA)
            self._db.execute("BEGIN IMMEDIATE")
            self._db.execute("COMMIT")
        except sqlite3.Error as error:
            self._db.close()
            raise StateFileError(f"The state file {path} cannot be used: {error}.") from error

    def put(self, kind: str, name: str, document: Document) -> None:
        """Store or replace one document."""
        body = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
        self._db.execute(
            "INSERT INTO documents VALUES (?, ?, ?) "
            "ON CONFLICT (kind, name) DO UPDATE SET body = excluded.body",
            (kind, name, body),
        )

    def get(self, kind: str, name: str) -> Document | None:
        """Read one document, None when there is none."""
        row = self._db.execute(
            "SELECT body FROM documents WHERE kind = ? AND name = ?", (kind, name)
        ).fetchone()
        return None if row is None else json.loads(row[0])

    def drop(self, kind: str, name: str) -> None:
        """Remove one document; harmless when there is none."""
        self._db.execute("DELETE FROM documents WHERE kind = ? AND name = ?", (kind, name))

    def all_of(self, kind: str) -> list[tuple[str, Document]]:
        """All documents of a kind in the order in which they were first stored."""
        rows = self._db.execute(
            "SELECT name, body FROM documents WHERE kind = ? ORDER BY rowid", (kind,)
        )
        return [(name, json.loads(body)) for name, body in rows]

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make several writes one transaction: all of them are kept, or none."""
        self._depth += 1
        if self._depth == 1:
            self._db.execute("BEGIN")
        try:
            yield
        except BaseException:
            self._depth -= 1
            if self._depth == 0:
                self._db.execute("ROLLBACK")
            raise
        self._depth -= 1
        if self._depth == 0:
            self._db.execute("COMMIT")

    def close(self) -> None:
        """Close the file."""
        self._db.close()
