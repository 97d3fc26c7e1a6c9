"""The table of closed shifts: add the next one, list them, read one back, check their chain."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Final

from xumm_desk.core.message import Message
from xumm_desk.core.shift import document
from xumm_desk.core.shift.document import ClosedShift, ShiftDocument
from xumm_desk.core.wire import json_fields
from xumm_desk.store import queries
from xumm_desk.store.ledger_tables import encodable

_COLUMNS: Final = (
    "number, from_seq, to_seq, closed_at, operator, document, lines, hash, dismissals_to"
)


def add(db: sqlite3.Connection, shift: ShiftDocument) -> bool:
    """Write a closed shift, durable when this returns; False if another process has closed it
    meanwhile, and then nothing is written.

    Whatever is appended from now on has a higher number than `shift.to`: it falls into the next
    shift.
    """
    db.execute("BEGIN IMMEDIATE")
    try:
        if _last_place(db) != (shift.number - 1, shift.after):
            db.execute("ROLLBACK")
            return False
        db.execute(
            f"INSERT INTO shifts ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
            (
                shift.number,
                shift.after,
                shift.to,
                shift.closed_at.isoformat(),
                encodable(shift.operator),
                shift.text,
                shift.lines,
                shift.hash,
                shift.dismissals_to,
            ),
        )
        db.executemany(
            "INSERT INTO shift_transactions (txid, identifier, shift) VALUES (?, ?, ?)",
            ((txid, identifier, shift.number) for txid, identifier in shift.claims),
        )
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")
    return True


def listing(db: sqlite3.Connection, limit: int) -> list[ClosedShift]:
    """The last `limit` closed shifts, newest first."""
    rows = db.execute(
        "SELECT number, closed_at, operator, hash FROM shifts ORDER BY number DESC LIMIT ?",
        (limit,),
    ).fetchall()
    return [ClosedShift(number, queries.when(at), who, sha) for number, at, who, sha in rows]


def read(db: sqlite3.Connection, number: int) -> ShiftDocument | None:
    """One closed shift, as it was written; None where there is none of that number."""
    row = db.execute(
        f"SELECT {_COLUMNS} FROM shifts WHERE number = ?",  # noqa: S608 - columns of ours
        (number,),
    ).fetchone()
    return _shift(row) if row is not None else None


def last(db: sqlite3.Connection) -> ShiftDocument | None:
    """The shift that was closed last."""
    number, _ = _last_place(db)
    return read(db, number) if number else None


def owner_of(db: sqlite3.Connection, txid: str) -> str | None:
    """The request for which a closed shift counted a transaction."""
    row = db.execute("SELECT identifier FROM shift_transactions WHERE txid = ?", (txid,)).fetchone()
    return str(row[0]) if row is not None else None


def problems(db: sqlite3.Connection) -> Iterator[str]:
    """A sentence about each closed shift that is not as it was written."""
    number, end, previous = 0, 0, ""
    for (found,) in db.execute("SELECT number FROM shifts ORDER BY number").fetchall():
        shift = read(db, found)
        if shift is None:
            continue
        number += 1
        value = document.parse_document(shift.text)
        if shift.number != number or shift.after != end:
            yield Message("Shift #{number} is missing.", number=number)
            number = shift.number
        elif (
            document.hash_of(shift.text) != shift.hash
            or (json_fields.string_at(value, "previous") or "") != previous
            or json_fields.string_at(value, "lines_hash") != document.hash_of(shift.lines)
            or json_fields.int_at(value, "to_fact") != shift.to
        ):
            yield Message("Shift #{number} was changed after it was closed.", number=number)
        elif not _fits_journal(db, shift.to, json_fields.string_at(value, "journal_hash") or ""):
            yield Message("Shift #{number} does not fit the facts of the journal.", number=number)
        end, previous = shift.to, shift.hash


def journal_hash(db: sqlite3.Connection, seq: int) -> str:
    """The hash that a fact carries, as hex digits; "" for one that is not there."""
    row = db.execute("SELECT hash FROM facts WHERE seq = ?", (seq,)).fetchone()
    return bytes(row[0]).hex() if row is not None else ""


def _fits_journal(db: sqlite3.Connection, seq: int, written: str) -> bool:
    found = journal_hash(db, seq)
    return not found or found == written  # an archived fact proves nothing


def _last_place(db: sqlite3.Connection) -> tuple[int, int]:
    row = db.execute("SELECT number, to_seq FROM shifts ORDER BY number DESC LIMIT 1").fetchone()
    return (int(row[0]), int(row[1])) if row is not None else (0, 0)


def _shift(row: tuple[object, ...]) -> ShiftDocument:
    number, after, to, at, operator, text, lines, sha, dismissals = row
    assert isinstance(number, int)
    assert isinstance(after, int)
    assert isinstance(to, int)
    assert isinstance(dismissals, int)
    return ShiftDocument(
        number=number,
        after=after,
        to=to,
        closed_at=queries.when(str(at)),
        operator=str(operator),
        text=str(text),
        lines=str(lines),
        hash=str(sha),
        dismissals_to=dismissals,
    )
