"""Sum up the requests of a period out of the index; on any connection to the journal.

What was paid exactly as asked for in a network's own asset, as nearly all is, SQLite adds up in
integers. Everything else is read row by row and added as decimal numbers.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from xumm_desk.core.history.summary import Kind
from xumm_desk.core.money import fiat, networks
from xumm_desk.core.money.amount import XrpAmount
from xumm_desk.core.report.figures import (
    Figures,
    MoneyRow,
    PeriodFigures,
    SlotFigures,
    spread_of,
)
from xumm_desk.core.report.periods import Span
from xumm_desk.core.state.facts import FactKind
from xumm_desk.core.status import Status
from xumm_desk.store import ledger_tables

from . import index_table, indexing
from .history_queries import PAID_AS_ASKED, snapshot

_CHUNK: Final = 2000

_AT_ONCE: Final = 500
"""Values in one statement."""

_MILLION: Final = 1_000_000
"""Sums are taken of millions and of the rest apart: no such sum leaves SQLite's integers."""

_DROPS: Final = "CAST(substr(r.asked, 2, length(r.asked) - 2) AS INTEGER)"


_CODE_AT: Final = (
    "(SELECT f.at FROM facts f WHERE f.identifier = r.identifier"  # noqa: S608 - the words are ours
    f" AND f.kind = '{FactKind.CREATED.value}' ORDER BY f.seq LIMIT 1)"
)
_SIGNED_AT: Final = (
    "(SELECT f.at FROM facts f WHERE f.identifier = r.identifier"  # noqa: S608 - the words are ours
    f" AND f.kind = '{FactKind.FRAME.value}' AND CASE WHEN json_valid(f.text)"
    " THEN json_extract(f.text, '$.signed') = 1 ELSE false END ORDER BY f.seq LIMIT 1)"
)

_TOLD_LATE: Final = 30 * _MILLION
"""Microseconds. A message that comes so long after the signature was not being waited for."""


def compare(db: sqlite3.Connection, now: Span, before: Span, network: str) -> PeriodFigures:
    """The figures of both periods of a shop of `network` ("" for any), of one moment."""
    with snapshot(db):
        return PeriodFigures(
            figures(db, now, network), figures(db, before, network), indexing.progress(db)
        )


def figures(db: sqlite3.Connection, span: Span, network: str) -> Figures:
    """The figures of one period."""
    found = Figures(network, [SlotFigures() for _ in span.slots])
    _count(db, span, found)
    elsewhere = _counted_elsewhere(db, span, network)
    _add_paid_as_asked(db, span, found, elsewhere)
    for row in _money_rows(db, span, network, elsewhere):
        found.include(row)
    _add_unmatched(db, span, found)
    _measure_times(db, span, found)
    return found


def _count(db: sqlite3.Connection, span: Span, found: Figures) -> None:
    for slot, kind, status, attention, requests in _rows(
        db,
        span,
        found.network,
        "s.slot, r.kind, r.status, r.attention, count(*)",
        "GROUP BY 1, 2, 3, 4",
    ):
        found.count(slot, _kind(kind), _status(status), requests, needs_person=bool(attention))


def _counted_elsewhere(db: sqlite3.Connection, span: Span, network: str) -> str:
    """The keys, as a list in SQL, of requests that name a transaction which counts for another
    request: money that came once is received once. Both need a person then, and are few."""
    named: dict[str, tuple[int, str]] = {}
    for key, identifier, txid in _rows(
        db,
        span,
        network,
        "r.key, r.identifier, upper(r.txid)",
        f"AND +r.status = '{Status.CHECK.value}' AND r.delivered <> '' AND r.txid <> ''",
    ):
        named[identifier] = (key, txid)
    owners = _owners(db, sorted({txid for _, txid in named.values()}))
    keys = [
        key
        for identifier, (key, txid) in named.items()
        if owners.get(txid, identifier) != identifier
    ]
    return f"({', '.join(map(str, keys))})"


def _owners(db: sqlite3.Connection, txids: Sequence[str]) -> dict[str, str]:
    """The request for which each transaction counts: one that is no question, else the oldest."""
    best: dict[str, tuple[bool, int, str]] = {}
    for first in range(0, len(txids), _AT_ONCE):
        naming = ledger_tables.requests_for_txids(db, txids[first : first + _AT_ONCE])
        lines = _lines_with_money(db, [identifier for _, identifier in naming])
        for txid, identifier in naming:
            if identifier in lines:
                mine = (*lines[identifier], identifier)
                best[txid] = min(best.get(txid, mine), mine)
    return {txid: identifier for txid, (*_, identifier) in best.items()}


def _lines_with_money(
    db: sqlite3.Connection, identifiers: Sequence[str]
) -> dict[str, tuple[bool, int]]:
    """Whether each is a question, and its key."""
    found: dict[str, tuple[bool, int]] = {}
    for first in range(0, len(identifiers), _AT_ONCE):
        some = list(identifiers[first : first + _AT_ONCE])
        rows = db.execute(
            "SELECT identifier, status, key FROM request_index WHERE delivered <> ''"  # noqa: S608
            f" AND identifier IN ({', '.join('?' * len(some))})",
            some,
        )
        found |= {name: (status == Status.CHECK.value, key) for name, status, key in rows}
    return found


def _add_paid_as_asked(db: sqlite3.Connection, span: Span, found: Figures, elsewhere: str) -> None:
    native = networks.asset_of(found.network)
    for slot, kind, currency, priced, requests, *sums in _rows(
        db,
        span,
        found.network,
        f"s.slot, r.kind, r.currency, r.price IS NOT NULL, count(*), {_sum(_DROPS)},"
        f" {_sum('r.price')}, {_sum('r.tip')}",
        f"AND {PAID_AS_ASKED} AND r.key NOT IN {elsewhere} GROUP BY 1, 2, 3, 4",
    ):
        drops, price, tip = (
            (high or 0) * _MILLION + (low or 0)
            for high, low in zip(sums[::2], sums[1::2], strict=True)
        )
        is_priced = bool(priced) and fiat.is_currency(currency)
        found.include_paid(
            slot,
            _kind(kind),
            requests,
            delivered=XrpAmount(drops, native),
            price=fiat.from_minor(price, currency) if is_priced else None,
            tip=fiat.from_minor(tip, currency) if is_priced else None,
        )


def _money_rows(
    db: sqlite3.Connection, span: Span, network: str, elsewhere: str
) -> Iterator[MoneyRow]:
    """The others with money, and those in doubt, of which the money that came is summed up
    already."""
    native = networks.asset_of(network)
    for slot, kind, attention, asked, delivered, currency, price, tip in _rows(
        db,
        span,
        network,
        "s.slot, r.kind, r.attention, r.asked,"
        f" iif({PAID_AS_ASKED} OR r.key IN {elsewhere}, '', r.delivered),"
        " r.currency, r.price, r.tip",
        f"AND (r.attention = 1 OR (r.delivered <> '' AND NOT {PAID_AS_ASKED}))",
    ):
        yield MoneyRow(
            slot,
            _kind(kind),
            bool(attention),
            index_table.asked_amount(asked, native),
            index_table.delivered_amounts(delivered, native),
            index_table.price_of(price, currency),
            index_table.price_of(tip, currency),
        )


def _add_unmatched(db: sqlite3.Connection, span: Span, found: Figures) -> None:
    """Payments without a request that were found in the period, but for those that a person has
    dismissed. There are few, whatever the size of the journal."""
    dismissed = ledger_tables.dismissed(db)
    for payment in ledger_tables.unmatched(db):
        if span.since <= payment.at < span.until and payment.txid not in dismissed:
            found.include_unmatched(payment.tx.delivered)


def _measure_times(db: sqlite3.Connection, span: Span, found: Figures) -> None:
    """How long each step took. Two times the index does not have, and the facts do: when the code
    was there, by the platform's answer, and when the socket told of the signature, which the
    platform itself says in whole seconds of its own clock."""
    to_scan: list[int] = []
    to_signature: list[int] = []
    to_ledger: list[int] = []
    for opened, told, proven, code, live in _rows(
        db,
        span,
        found.network,
        f"r.opened_at, r.signed_at, r.proven_at, iif(r.opened_at IS NULL, NULL, {_CODE_AT}),"
        f" iif(r.signed_at IS NULL, NULL, {_SIGNED_AT})",
        f"AND r.kind <> '{Kind.REFUND.value}'"
        " AND (r.opened_at IS NOT NULL OR r.signed_at IS NOT NULL)",
    ):
        shown, heard = _moment(code), _moment(live)
        signed = told
        if told is not None and heard is not None and heard - told <= _TOLD_LATE:
            signed = heard
        if opened is not None and shown is not None:
            to_scan.append(opened - shown)
        if signed is not None and opened is not None:
            to_signature.append(signed - opened)
        if proven is not None and signed is not None:
            to_ledger.append(proven - signed)
    found.to_scan = spread_of(to_scan)
    found.to_signature = spread_of(to_signature)
    found.to_ledger = spread_of(to_ledger)


def _rows(
    db: sqlite3.Connection, span: Span, network: str, columns: str, rest: str
) -> Iterator[Sequence[Any]]:
    """Read from the requests of the period, each with the number of its slot. Both parts of the
    statement are ours."""
    slots = ", ".join("(?, ?, ?)" for _ in span.slots)
    if not slots:
        return
    values: list[Any] = []
    for number, slot in enumerate(span.slots):
        since, until = index_table.microseconds(slot.since), index_table.microseconds(slot.until)
        values += (number, since, until)
    # "+": the requests of a slot are few, those of a network nearly all.
    where = "WHERE +r.network = ?" if network else "WHERE true"
    cursor = db.execute(
        f"WITH s (slot, since, until) AS (VALUES {slots}) SELECT {columns} FROM s"  # noqa: S608
        " CROSS JOIN request_index r ON r.created >= s.since AND r.created < s.until"
        f" {where} {rest}",
        [*values, network] if network else values,
    )
    while some := cursor.fetchmany(_CHUNK):
        yield from some


def _sum(column: str) -> str:
    return f"sum({column} / {_MILLION}), sum({column} % {_MILLION})"


def _kind(stored: str) -> Kind:
    try:
        return Kind(stored)
    except ValueError:
        return Kind.OTHER


def _status(stored: str) -> Status:
    try:
        return Status(stored)
    except ValueError:
        return Status.CHECK  # of a newer program: a person looks


def _moment(text: str | None) -> int | None:
    """A time of a fact as the index holds times; None where it cannot be read."""
    try:
        at = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return index_table.microseconds(at) if at.tzinfo is not None else None
