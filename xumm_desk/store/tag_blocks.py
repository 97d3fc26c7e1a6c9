"""Which destination tags this till may hand out: in a shop of several, those that are leased to it.

A tag never serves two open sales, also while the shop's database is away.
"""

from __future__ import annotations

import sqlite3
from typing import Final

from xumm_desk.core.request.destination_tags import TagRange

SPARE: Final = 200
"""So many free tags are leased ahead: a long evening without the database."""


def usable(db: sqlite3.Connection, within: TagRange) -> list[TagRange]:
    """The parts of a range out of which this till may choose; the whole range where it is in no
    shop. Notes the range, of which the till gets more when it has few."""
    blocks = db.execute("SELECT first, last FROM tag_blocks ORDER BY first").fetchall()
    if not blocks and db.execute("SELECT 1 FROM tills WHERE own = 1").fetchone() is None:
        return [within]
    db.execute(
        "INSERT OR REPLACE INTO tag_wish (one, first, last) VALUES (1, ?, ?)",
        (within.first, within.last),
    )
    parts = [TagRange(max(first, within.first), min(last, within.last)) for first, last in blocks]
    return [part for part in parts if part.first <= part.last]


def wanted(db: sqlite3.Connection, now: int) -> TagRange | None:
    """The range of which this till needs more tags at `now` (seconds since 1970); None while it has
    enough, or was never asked for one."""
    row = db.execute("SELECT first, last FROM tag_wish").fetchone()
    if row is None:
        return None
    (held,) = db.execute(
        "SELECT coalesce(sum(min(last, ?) - max(first, ?) + 1), 0) FROM tag_blocks"
        " WHERE last >= ? AND first <= ?",
        (row[1], row[0], *row),
    ).fetchone()
    (resting,) = db.execute(
        "SELECT count(*) FROM tag_blocks b JOIN tag_rests r ON r.tag BETWEEN b.first AND b.last"
        " WHERE r.rests_until > ? AND r.tag BETWEEN ? AND ?",
        (now, *row),
    ).fetchone()
    return TagRange(*row) if held - resting < SPARE else None


def add(db: sqlite3.Connection, block: TagRange) -> None:
    """These are this till's from now on; durable when this returns."""
    db.execute(
        "INSERT OR REPLACE INTO tag_blocks (first, last) VALUES (?, ?)", (block.first, block.last)
    )


def give_up(db: sqlite3.Connection) -> None:
    """None is this till's any more: another journal may hand them out as well. Runs in the caller's
    transaction."""
    db.execute("DELETE FROM tag_blocks")
