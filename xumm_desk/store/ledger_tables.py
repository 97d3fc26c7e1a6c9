"""Tables beside the facts: unmatched payments, ledgers read, and which requests a payment or
a refund names.

All functions run on the writer's connection.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from xumm_desk.core.state.evidence import LedgerTx, UnmatchedPayment
from xumm_desk.core.wire import json_fields

from . import queries

MAX_CANDIDATES: Final = 50
"""Requests considered for one payment, newest first: a shop with one tag for all sales has many."""

_TAG: Final = "CASE WHEN json_valid(text) THEN json_extract(text, '$.txjson.DestinationTag') END"
_INVOICE: Final = (
    "CASE WHEN json_valid(text) THEN upper(json_extract(text, '$.txjson.InvoiceID')) END"
)
_TXID: Final = "CASE WHEN json_valid(text) THEN upper(json_extract(text, '$.response.txid')) END"

_REFUND_OF: Final = (
    "CASE WHEN json_valid(text)"
    " THEN json_extract(text, '$.body.custom_meta.blob.sale.refund_of') END"
)
_AT_ONCE: Final = 500
"""Names in one statement: SQLite takes 999 values at least."""


def add_unmatched(db: sqlite3.Connection, payment: UnmatchedPayment) -> None:
    """Write one unmatched payment; a known one stays as it was."""
    tx = payment.tx
    db.execute(
        "INSERT OR IGNORE INTO unmatched"
        " (txid, ledger_index, account, sender, amount, tag, why, text, at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            tx.txid,
            fits_integer(tx.ledger_index) or 0,
            encodable(json_fields.string_at(tx.tx, "Destination") or ""),
            encodable(json_fields.string_at(tx.tx, "Account") or ""),
            encodable(payment.amount),
            fits_integer(json_fields.int_at(tx.tx, "DestinationTag")),
            payment.reason,
            json_fields.compact_json(payment.raw),
            payment.at.isoformat(),
        ),
    )


def assign(db: sqlite3.Connection, txid: str, identifier: str) -> None:
    """The payment was matched; runs with the fact that says so."""
    db.execute(
        "UPDATE unmatched SET assigned_to = ? WHERE txid = ? AND assigned_to IS NULL",
        (identifier, txid),
    )


def set_dismissed(db: sqlite3.Connection, txid: str, dismissed: bool, at: datetime) -> None:
    """A person dismisses an unmatched payment, or brings it back."""
    db.execute(
        "INSERT INTO set_aside (txid, aside, at) VALUES (?, ?, ?)",
        (txid, int(dismissed), at.isoformat()),
    )


def dismissed(db: sqlite3.Connection) -> dict[str, datetime]:
    """When each dismissed payment was dismissed; the last entry of a payment counts."""
    rows = db.execute("SELECT txid, aside, at FROM set_aside ORDER BY seq").fetchall()
    last = {txid: (bool(put), at) for txid, put, at in rows}
    return {txid: queries.when(at) for txid, (put, at) in last.items() if put}


def set_ledger_read(
    db: sqlite3.Connection, account: str, index: int, after: int | None = None
) -> None:
    """How far the ledger was read for an account, without a gap behind the ledger `after`; never
    goes back."""
    db.execute(
        "INSERT INTO seen (account, ledger_index) VALUES (?, ?) ON CONFLICT (account)"
        " DO UPDATE SET ledger_index = max(ledger_index, excluded.ledger_index)",
        (account, index),
    )
    first = index if after is None else min(after, index)
    # A range that does not touch the known one takes its place: what is not known is read again.
    db.execute(
        "INSERT INTO ledgers_read_here AS known (account, first, last, told) VALUES (?, ?, ?, -1)"
        " ON CONFLICT (account) DO UPDATE SET"
        " first = iif(excluded.first <= last AND first <= excluded.last,"
        " min(first, excluded.first), excluded.first),"
        " last = iif(excluded.first <= last AND first <= excluded.last,"
        " max(last, excluded.last), excluded.last),"
        " told = iif(excluded.first <= last AND first <= excluded.last, told, -1)",
        (account, first, index),
    )


def unmatched(db: sqlite3.Connection) -> list[UnmatchedPayment]:
    """What is still unmatched, oldest first; a damaged row is left out."""
    found = []
    for why, text, at in db.execute(
        "SELECT why, text, at FROM unmatched WHERE assigned_to IS NULL ORDER BY ledger_index, txid"
    ):
        raw = json_fields.parse_object(text)
        if not isinstance(raw, str):
            found.append(UnmatchedPayment(raw, LedgerTx.from_json(raw), why, queries.when(at)))
    return found


def known_unmatched(db: sqlite3.Connection, txids: Sequence[str]) -> set[str]:
    """Those of `txids` that were written down as unmatched, assigned since or not, or that paid a
    request which is archived."""
    marks = ", ".join("?" * len(txids))
    rows = db.execute(
        f"SELECT txid FROM unmatched WHERE txid IN ({marks})"  # noqa: S608 - placeholders only
        f" UNION SELECT txid FROM archived_txids WHERE txid IN ({marks})",
        [*txids, *txids],
    )
    return {row[0] for row in rows}


def ledgers_read(db: sqlite3.Connection) -> dict[str, int]:
    """How far the ledger was read, by account."""
    return dict(db.execute("SELECT account, ledger_index FROM seen").fetchall())


def requests_naming(
    db: sqlite3.Connection, txid: str, tag: int | None, invoice: str | None
) -> list[str]:
    """Requests that name this transaction, invoice id or tag, newest first."""
    found: dict[str, None] = {}
    for kind, expression, value in (
        ("answer", _TXID, txid),
        ("intent", _INVOICE, invoice),
        ("intent", _TAG, fits_integer(tag)),
    ):
        if value is not None:
            rows = db.execute(
                f"SELECT identifier FROM facts WHERE kind = '{kind}' AND {expression} = ?"  # noqa: S608
                " ORDER BY seq DESC LIMIT ?",
                (value, MAX_CANDIDATES),
            )
            found |= dict.fromkeys(row[0] for row in rows)
    return list(found)


def requests_for_txids(db: sqlite3.Connection, txids: Sequence[str]) -> list[tuple[str, str]]:
    """Which requests the platform's answers name for these transactions (upper case), archived ones
    too: pairs of transaction and identifier, in order."""
    marks = ", ".join("?" * len(txids))
    rows = db.execute(
        f"SELECT {_TXID}, identifier FROM facts"  # noqa: S608 - the expression is ours
        f" WHERE kind = 'answer' AND {_TXID} IN ({marks})"
        f" UNION SELECT txid, identifier FROM archived_txids WHERE txid IN ({marks}) ORDER BY 1, 2",
        [*txids, *txids],
    )
    return [(txid, identifier) for txid, identifier in rows]


def refunds_of(db: sqlite3.Connection, identifiers: Sequence[str]) -> list[str]:
    """The requests that refund one of these, oldest first."""
    found: list[tuple[int, str]] = []
    for first in range(0, len(identifiers), _AT_ONCE):
        some = identifiers[first : first + _AT_ONCE]
        marks = ", ".join("?" * len(some))
        found += db.execute(
            "SELECT seq, identifier FROM facts"  # noqa: S608 - the expression is ours
            f" WHERE kind = 'intent' AND {_REFUND_OF} IN ({marks})",
            list(some),
        ).fetchall()
    return list(dict.fromkeys(identifier for _, identifier in sorted(found)))


def fits_integer(number: int | None) -> int | None:
    """The number if a column can hold it, else None: a node's answer must not end the writer."""
    return number if number is not None and 0 <= number < 2**63 else None


def encodable(text: str) -> str:
    """The text without what no column takes: halves of characters."""
    return text.encode("utf-8", "replace").decode()
