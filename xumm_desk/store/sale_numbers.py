"""Hand out sale numbers, each once, on the writer's connection."""

from __future__ import annotations

import sqlite3
from typing import Final

_NEXT: Final = (
    "INSERT INTO sale_numbers (name, last_number) VALUES (?, 1)"
    " ON CONFLICT (name) DO UPDATE SET last_number = last_number + 1 RETURNING last_number"
)


def reserve(db: sqlite3.Connection, count_name: str) -> int:
    """The next number of this count, durable when this returns: whatever happens to the sale, no
    other one gets it, and two programs on one journal never share one."""
    db.execute("BEGIN IMMEDIATE")
    try:
        [number] = db.execute(_NEXT, (count_name,)).fetchone()
    except BaseException:
        db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")
    return int(number)


def note_used(db: sqlite3.Connection, count_name: str, number: int) -> None:
    """Another till has given out this number of a count that it shares with this one; runs in the
    caller's transaction."""
    db.execute(
        "INSERT INTO sale_numbers (name, last_number) VALUES (?, ?) ON CONFLICT (name)"
        " DO UPDATE SET last_number = max(last_number, excluded.last_number)",
        (count_name, number),
    )
