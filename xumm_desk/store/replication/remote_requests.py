"""Find in this journal the requests that other tills of the shop have made.

All functions run on the writer's connection.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any, Final

_AT_ONCE: Final = 500


def remote_requests(db: sqlite3.Connection, identifiers: Sequence[str]) -> dict[str, str]:
    """The till of each of these requests that another one has made."""
    return dict(rows_of(db, "SELECT identifier, till FROM remote_requests WHERE", identifiers))


def unfinished_among(db: sqlite3.Connection, identifiers: Sequence[str]) -> list[str]:
    """Those of these requests that are not finished."""
    query = "SELECT identifier FROM requests WHERE finished = 0 AND"
    return [row[0] for row in rows_of(db, query, identifiers)]


def newest_times(db: sqlite3.Connection, identifiers: Sequence[str]) -> dict[str, str]:
    """When the newest fact of each of these requests that are here was found out, as the journal
    writes times; "" where there is none."""
    query = (
        "SELECT identifier, coalesce((SELECT max(at) FROM facts"
        " WHERE facts.identifier = requests.identifier), '') FROM requests WHERE"
    )
    return dict(rows_of(db, query, identifiers))


def unfinished_of(db: sqlite3.Connection, till: str) -> list[str]:
    """The requests of another till that are not finished, oldest first."""
    rows = db.execute(
        "SELECT identifier FROM remote_requests JOIN requests USING (identifier)"
        " WHERE till = ? AND finished = 0 ORDER BY created_at",
        (till,),
    )
    return [row[0] for row in rows]


def rows_of(
    db: sqlite3.Connection, query: str, identifiers: Sequence[str]
) -> Iterator[tuple[Any, ...]]:
    """What `query` finds of these requests; it ends with `WHERE` or `AND`."""
    for some in in_parts(identifiers):
        yield from db.execute(f"{query} identifier IN ({', '.join('?' * len(some))})", some)


def in_parts(names: Sequence[str]) -> Iterator[list[str]]:
    """All of them in lists that fit into one statement."""
    for first in range(0, len(names), _AT_ONCE):
        yield list(names[first : first + _AT_ONCE])
