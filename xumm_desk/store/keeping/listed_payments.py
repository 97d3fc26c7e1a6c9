"""Erase the payer of a payment that was listed without a request, once it is an erased request's.

Such a payment is in the table `unmatched`, and in a shop in facts under `SUBJECT` too
(`core/state/account_facts.py`). An erasure order names the payments of its request by digests, so
that a fact is recognised that comes later, or where the request does not name it any more. All
functions run in the caller's transaction.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from xumm_desk.core.keeping.letting_go import MARK, ErasureChoices
from xumm_desk.core.replication.erasure_order import (
    ErasureOrder,
    joined,
    payment_digest,
    read_order,
)
from xumm_desk.core.state.account_facts import SUBJECT
from xumm_desk.core.state.evidence import LedgerTx
from xumm_desk.core.state.facts import FactKind
from xumm_desk.core.wire import json_fields

from . import erased_text

Row = tuple[int, str, str, str, str, str, bytes]
"""A fact of the journal: number, identifier, time, source, kind, text, hash."""

_LISTED: Final = """
    SELECT seq, identifier, at, witness, kind, text, hash FROM facts
    WHERE kind IN ('payment', 'unmatched', 'dismissed') AND kind = ? AND identifier = ?
    AND CASE WHEN json_valid(text) THEN upper(coalesce(
        json_extract(text, '$.hash'), json_extract(text, '$.tx_json.hash'))) END = ?
    ORDER BY seq
"""  # as the index `facts_transaction` has it
_NAMELESS: Final = """
    SELECT text FROM facts f
    WHERE kind = ? AND identifier = ? AND seq > (SELECT looked_at FROM tills WHERE own = 1)
    AND NOT EXISTS (SELECT 1 FROM replicated r WHERE r.seq = f.seq)
"""  # values and not literals: else an index of all facts under `SUBJECT` would be taken
_WHICH: Final = (FactKind.LISTED.value, SUBJECT)


@dataclass(frozen=True, slots=True)
class ErasedRequest:
    """A request, what is to be erased from it, and accounts that are no customer's."""

    identifier: str
    choices: ErasureChoices
    shop: frozenset[str]

    @property
    def mark(self) -> str:
        """What stands for its transactions. Not the same for two requests: that would look like
        one payment for both."""
        return f"{MARK}-{hashlib.sha256(self.identifier.encode()).hexdigest()[:16]}".upper()


def is_mark(txid: str) -> bool:
    """Whether this stands where the id of a transaction was erased."""
    return txid.upper().startswith(f"{MARK}-".upper())


def orders_of_all(
    db: sqlite3.Connection, told: Mapping[str, ErasureOrder]
) -> dict[bytes, ErasedRequest]:
    """The requests of which something was erased, by the digests of their payments: as it is known
    here, and `told` by orders that are not here yet."""
    orders = {name: [order] for name, order in told.items()}
    for name, text in db.execute("SELECT identifier, text FROM facts WHERE kind = 'erasure'"):
        if (read := read_order(text)) is not None:
            orders.setdefault(name, []).append(read)
    found: dict[bytes, ErasedRequest] = {}
    for name in sorted(orders, reverse=True):
        order = joined(orders[name])
        for digest in order.payments:
            known = found.get(digest)
            one = ErasedRequest(name, order.choices, order.shop)
            found[digest] = one if known is None else _both(one, known)
    return found


def listed_here(db: sqlite3.Connection) -> list[str]:
    """All transactions of which a payment may be listed here."""
    rows = db.execute(
        "SELECT txid FROM unmatched UNION SELECT txid FROM payments_to_settle"
        " UNION SELECT txid FROM archived_txids"
    )
    return [txid for (txid,) in rows.fetchall()]


def nameless(db: sqlite3.Connection) -> list[str]:
    """The transactions of such facts of this till that the shop does not know yet."""
    return txids_in(text for (text,) in db.execute(_NAMELESS, _WHICH).fetchall())


def txids_in(texts: Iterable[str]) -> list[str]:
    """The transactions that the texts of such facts are of."""
    found: dict[str, None] = {}
    for text in texts:
        value = json_fields.parse_object(text)
        txid = "" if isinstance(value, str) else LedgerTx.from_json(value).txid
        if txid:
            found[txid] = None
    return list(found)


def assigned(db: sqlite3.Connection, identifier: str) -> list[str]:
    """The transactions of listed payments that are this request's."""
    rows = db.execute("SELECT txid FROM unmatched WHERE assigned_to = ?", (identifier,))
    return [txid for (txid,) in rows.fetchall()]


def digests(txids: Iterable[str]) -> frozenset[bytes]:
    """What an order says of these transactions, those apart that were erased before."""
    return frozenset(payment_digest(txid) for txid in txids if not is_mark(txid))


def facts_of(db: sqlite3.Connection, txid: str) -> list[Row]:
    """The facts that a payment was listed."""
    return db.execute(_LISTED, (*_WHICH, txid.upper())).fetchall()


def changed_facts(db: sqlite3.Connection, txid: str, erased: ErasedRequest) -> list[Row]:
    """Those of these facts in which something is to be erased, as they will be."""
    if is_mark(txid):
        return []
    after = [(old, _erase(old[5], txid, erased)) for old in facts_of(db, txid)]
    return [(*old[:5], text, old[6]) for old, text in after if text != old[5]]


def erase_row(db: sqlite3.Connection, txid: str, erased: ErasedRequest) -> bool:
    """Erase the same in the table, where the payment is the request's from now on, if it was no
    other's; whether that changed anything."""
    row = db.execute(
        "SELECT sender, text, assigned_to FROM unmatched WHERE txid = ?", (txid,)
    ).fetchone()
    if row is None:
        return False
    sender, text, holder = row
    if (
        holder is None
        and db.execute(
            "SELECT 1 FROM requests WHERE identifier = ?", (erased.identifier,)
        ).fetchone()
    ):
        holder = erased.identifier
    after = (MARK if erased.choices.payer else sender, _erase(text, txid, erased), holder)
    if after == row:
        return False
    db.execute(
        "UPDATE unmatched SET sender = ?, text = ?, assigned_to = ? WHERE txid = ?", (*after, txid)
    )
    return True


def _erase(text: str, txid: str, erased: ErasedRequest) -> str:
    marks: dict[str, str] = {}
    if erased.choices.payer:
        value = json_fields.parse_object(text)
        tx = {} if isinstance(value, str) else LedgerTx.from_json(value).tx
        paid = json_fields.string_at(tx, "Destination")
        own = erased.shop | ({paid} if paid else set())
        marks |= dict.fromkeys(sorted(erased_text.payers_in([text], own)), MARK)
    if erased.choices.txid:
        marks[txid] = erased.mark
    return erased_text.erase(text, marks, erased.choices)


def _both(one: ErasedRequest, other: ErasedRequest) -> ErasedRequest:
    """A payment that two requests had: what either erases is erased."""
    choices = ErasureChoices(
        payer=one.choices.payer or other.choices.payer,
        note=one.choices.note or other.choices.note,
        txid=one.choices.txid or other.choices.txid,
    )
    return ErasedRequest(one.identifier, choices, one.shop | other.shop)
