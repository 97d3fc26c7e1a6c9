"""Hand out sale numbers, each once, on the writer's connection.

In a shop of several tills two may have the same name and so the same count: each gives out numbers
that the shop's database has leased to it ahead. One to which none is left goes on counting behind
all that it knows, since a sale must not wait for a number.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Final

from xumm_desk.core.sale.numbering import counts_ahead

SPARE: Final = 100
"""So many numbers of a count are leased ahead."""
_DAYS: Final = 7
"""For so many days ahead, where the shop counts by day: a week without the database."""

_NEXT: Final = (
    "INSERT INTO sale_numbers (name, last_number) VALUES (?, 1)"
    " ON CONFLICT (name) DO UPDATE SET last_number = last_number + 1 RETURNING last_number"
)
_NEXT_LEASED: Final = (
    "UPDATE number_blocks SET next = next + 1 WHERE name = :name AND first = ("
    "SELECT min(first) FROM number_blocks WHERE name = :name AND next <= last)"
    " RETURNING next - 1"
)


@dataclass(frozen=True, slots=True)
class Wish:
    """More numbers of a count, from `first` on."""

    count_name: str
    first: int


def reserve(db: sqlite3.Connection, count_name: str) -> int:
    """The next number of this count, durable when this returns: whatever happens to the sale, no
    other one gets it, and two programs on one journal never share one."""
    db.execute("BEGIN IMMEDIATE")
    try:
        db.execute("INSERT OR REPLACE INTO number_wish (one, name) VALUES (1, ?)", (count_name,))
        row = db.execute(_NEXT_LEASED, {"name": count_name}).fetchone()
        if row is None:
            row = db.execute(_NEXT, (count_name,)).fetchone()
        else:
            _raise_last(db, count_name, row[0])
    except BaseException:
        db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")
    return int(row[0])


def note_used(db: sqlite3.Connection, count_name: str, number: int) -> None:
    """Another till has given out this number of a count that it shares with this one; runs in the
    caller's transaction."""
    _raise_last(db, count_name, number)
    db.execute(
        "UPDATE number_blocks SET next = :number + 1"
        " WHERE name = :name AND :number BETWEEN first AND last AND next <= :number",
        {"name": count_name, "number": number},
    )


def wanted(db: sqlite3.Connection) -> list[Wish]:
    """The counts of which this till needs more numbers, those of the next days too."""
    found = []
    for name in _ahead(db):
        (free,) = db.execute(
            "SELECT coalesce(sum(last - next + 1), 0) FROM number_blocks WHERE name = ?", (name,)
        ).fetchone()
        if free < SPARE:
            last = db.execute(
                "SELECT last_number FROM sale_numbers WHERE name = ?", (name,)
            ).fetchone()
            found.append(Wish(name, 1 if last is None else last[0] + 1))
    return found


def add(db: sqlite3.Connection, count_name: str, block: tuple[int, int]) -> None:
    """The first to the last number of `block` are this till's from now on, but for those given out
    meanwhile; durable when this returns."""
    db.execute("BEGIN IMMEDIATE")
    try:
        ahead = _ahead(db)
        marks = ", ".join("?" * len(ahead))
        db.execute(
            f"DELETE FROM number_blocks WHERE next > last OR name NOT IN ({marks})",  # noqa: S608
            ahead,
        )
        # Without a lease this till has counted on, and so may have another of the same name.
        db.execute(
            "INSERT OR REPLACE INTO number_blocks (name, first, last, next)"
            " VALUES (:name, :first, :last, max(:first, min(:last, coalesce("
            "(SELECT last_number FROM sale_numbers WHERE name = :name), 0)) + 1))",
            {"name": count_name, "first": block[0], "last": block[1]},
        )
    except BaseException:
        db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")


def give_up(db: sqlite3.Connection) -> None:
    """None is this till's any more: another journal may give them out as well. Runs in the caller's
    transaction."""
    db.execute("DELETE FROM number_blocks")


def _ahead(db: sqlite3.Connection) -> tuple[str, ...]:
    row = db.execute("SELECT name FROM number_wish").fetchone()
    return counts_ahead(row[0], _DAYS) if row is not None else ()


def _raise_last(db: sqlite3.Connection, count_name: str, number: int) -> None:
    db.execute(
        "INSERT INTO sale_numbers (name, last_number) VALUES (?, ?) ON CONFLICT (name)"
        " DO UPDATE SET last_number = max(last_number, excluded.last_number)",
        (count_name, number),
    )
