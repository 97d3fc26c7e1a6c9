"""Transactions of the journal about facts that the shop's database has, or will get again."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[None]:
    """Durable when the block ends, unless it raises: then nothing of it is there."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")


@contextmanager
def repeatable_transaction(db: sqlite3.Connection) -> Iterator[None]:
    """The same without waiting for the disk. A power cut can undo the last of these, with all that
    was written behind them, and never a sale that was acknowledged: where this till stands is
    undone with them, so that it names or reads them again."""
    # WAL: the next durable commit takes these along.
    (level,) = db.execute("PRAGMA synchronous").fetchone()
    db.execute("PRAGMA synchronous = NORMAL" if level > 1 else f"PRAGMA synchronous = {level}")
    try:
        with transaction(db):
            yield
    finally:
        db.execute(f"PRAGMA synchronous = {level}")
