"""Checks that no fact of a journal was changed or lost; reads only.

Knows the chain and the tables that it lies in; must not know what a fact means.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

from . import chain, database
from .database import JournalError

WITH_END: Final = 4
"""The version since which a journal says where its chain ends, and what its tables refused."""


def verify(path: Path) -> Iterator[str]:
    """Check the chain of the journal at `path`; yields one sentence about the first broken row,
    nothing when it is whole. Raises `JournalError` when it cannot be read."""
    if not path.exists():
        raise JournalError(f"There is no journal at {path}.")
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as db:
            db.execute("BEGIN")  # rows and end of one moment, while a window goes on writing
            before, last = chain.START, 0
            for seq, identifier, at, witness, kind, text, kept in db.execute(
                "SELECT seq, identifier, at, witness, kind, text, hash FROM facts ORDER BY seq"
            ):
                if seq != last + 1:
                    yield f"Row {last + 1} of the journal is missing."
                    return
                if chain.link(before, (identifier, at, witness, kind, text)) != kept:
                    yield f"Row {seq} of the journal ({identifier}, {at}) was changed."
                    return
                before, last = kept, seq
            yield from _end(db, last, before)
    except sqlite3.Error as error:
        raise JournalError(database.sentence(error, path)) from None


def _end(db: sqlite3.Connection, last: int, before: bytes) -> Iterator[str]:
    """What the journal itself says of its last row."""
    (version,) = db.execute("PRAGMA user_version").fetchone()
    if version < WITH_END:
        return
    told = db.execute("SELECT seq, hash FROM chain_end").fetchone()
    seq, kept = told if told else (0, chain.START)
    if seq > last:
        yield f"Row {last + 1} of the journal is missing, and all after it up to row {seq}."
    elif seq < last:
        yield f"Row {seq + 1} of the journal, or what it says of its end, is not of this program."
    elif kept != before:
        yield f"Row {last} of the journal was changed, or what it says of its end."
