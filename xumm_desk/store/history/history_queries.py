"""Questions to the index of the history as SQL; on any connection to the journal."""

from __future__ import annotations

import sqlite3
from array import array
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

from xumm_desk.core.history import search_words
from xumm_desk.core.history.history_lines import HistoryLines
from xumm_desk.core.history.query import HistoryQuery, Order
from xumm_desk.core.history.summary import RequestSummary
from xumm_desk.core.money import networks
from xumm_desk.core.refund.amounts import worth_of_payments
from xumm_desk.core.status import Status

from . import index_table

_AT_ONCE: Final = 900
"""Values in one statement: SQLite takes 999 at least."""

_CHUNK: Final = 10_000

_SORTED_BY: Final[dict[Order, tuple[str, ...]]] = {
    Order.TIME: (),
    Order.STATUS: ("r.status_rank",),
    Order.AMOUNT: ("r.amount_key",),
    Order.PRICE: ("r.currency", "r.price"),
    Order.REFERENCE: ("coalesce(r.number, -1)", "r.identifier"),
    Order.PAYER: ("r.payer",),
    Order.TAG: ("coalesce(r.tag, -1)",),
    Order.TYPE: ("r.tx_type",),
    Order.TILL: ("r.till",),
    Order.CASHIER: ("r.cashier",),
    Order.NETWORK: ("r.network",),
    Order.NOTE: ("r.instruction",),
    Order.UUID: ("r.uuid",),
    Order.TXID: ("r.txid",),
    Order.LAST_EVENT: (
        "max(r.created, coalesce(r.opened_at, 0), coalesce(r.signed_at, 0),"
        " coalesce(r.proven_at, 0))",
    ),
}
"""By what before the key, which grows with time whatever was done to the computer's clock."""

PAID_AS_ASKED: Final = (
    "(r.delivered = '[' || r.asked || ']' AND length(r.asked) BETWEEN 3 AND 19"
    " AND substr(r.asked, 2, length(r.asked) - 2) NOT GLOB '*[^0-9]*')"
)
"""Drops stand in quotation marks; a hundred thousand million XRP have 17 digits."""

_UNPRICED: Final = (
    "r.delivered <> '' AND (r.price IS NULL"
    f" OR NOT ({PAID_AS_ASKED} AND r.currency GLOB '[A-Z][A-Z][A-Z]')"
    " AND NOT has_worth(r.network, r.asked, r.delivered, r.price, r.currency))"
)
"""Nearly all were paid as asked for, so that Python has to look at few."""

_VALUES: Final = frozenset({"till", "cashier", "asset", "network"})


def keys(
    db: sqlite3.Connection, query: HistoryQuery, order: Order, *, descending: bool, limit: int = -1
) -> array[int]:
    """The keys of the requests that are asked for, in order; `limit` of them where it is not
    negative."""
    where, values = _where(db, query)
    by = _order(query, order, descending)
    found: array[int] = array("q")
    rows = db.execute(
        f"SELECT r.key FROM {_tables(query)} {where} ORDER BY {by} LIMIT ?",  # noqa: S608
        [*values, limit],
    )
    while some := rows.fetchmany(_CHUNK):
        found.extend(row[0] for row in some)
    return found


def lines(
    db: sqlite3.Connection,
    query: HistoryQuery,
    order: Order,
    *,
    descending: bool,
    known: Sequence[str],
    limit: int = -1,
) -> HistoryLines:
    """As `keys`, with the keys of the requests `known` and where these are among them."""
    with snapshot(db):
        found = keys(db, query, order, descending=descending, limit=limit)
        in_memory = keys_of(db, known)
    names = {key: name for name, key in in_memory.items()}
    places = {}
    for first in range(0, len(found), _CHUNK):
        some = found[first : first + _CHUNK]
        if names.keys() & some:
            for place, key in enumerate(some, first):
                if key in names:
                    places[names[key]] = place
    return HistoryLines(found, in_memory, places, whole=limit < 0 or len(found) < limit)


@contextmanager
def snapshot(db: sqlite3.Connection) -> Iterator[None]:
    """Several questions to one moment of the journal."""
    db.execute("BEGIN")
    try:
        yield
    finally:
        db.execute("COMMIT")


def count(db: sqlite3.Connection, query: HistoryQuery) -> int:
    """How many requests are asked for."""
    where, values = _where(db, query)
    (number,) = db.execute(f"SELECT count(*) FROM {_tables(query)} {where}", values).fetchone()  # noqa: S608
    return int(number)


def counts(db: sqlite3.Connection) -> dict[tuple[Status, bool], int]:
    """How many requests there are of each status, apart by whether a person has to look."""
    found = {}
    for status, attention, number in db.execute(
        "SELECT status, attention, requests FROM request_counts WHERE requests > 0"
    ):
        if (at := _group(status, attention)) is not None:
            found[at] = int(number)
    return found


def counts_without(db: sqlite3.Connection, known: Sequence[str]) -> dict[tuple[Status, bool], int]:
    """As `counts`, less these requests."""
    with snapshot(db):
        found = counts(db)
        for first in range(0, len(known), _AT_ONCE):
            some = list(known[first : first + _AT_ONCE])
            marks = ", ".join("?" * len(some))
            for status, attention, number in db.execute(
                "SELECT status, attention, count(*) FROM request_index"  # noqa: S608
                f" WHERE identifier IN ({marks}) GROUP BY 1, 2",
                some,
            ):
                if (at := _group(status, attention)) is not None:
                    found[at] = found.get(at, 0) - int(number)
    return found


def _group(status: str, attention: int) -> tuple[Status, bool] | None:
    try:
        return Status(status), bool(attention)
    except ValueError:
        return None  # of a newer program


def page(db: sqlite3.Connection, wanted: Sequence[int]) -> dict[int, RequestSummary]:
    """The requests with these keys."""
    found = {}
    for first in range(0, len(wanted), _AT_ONCE):
        some = list(wanted[first : first + _AT_ONCE])
        marks = ", ".join("?" * len(some))
        for row in db.execute(
            f"SELECT {index_table.COLUMNS} FROM request_index WHERE key IN ({marks})",  # noqa: S608
            some,
        ):
            found[row[0]] = index_table.summary_from(row)
    return found


def keys_of(db: sqlite3.Connection, identifiers: Sequence[str]) -> dict[str, int]:
    """The keys of these requests, as far as they are in the index."""
    found: dict[str, int] = {}
    for first in range(0, len(identifiers), _AT_ONCE):
        some = list(identifiers[first : first + _AT_ONCE])
        marks = ", ".join("?" * len(some))
        found |= dict(
            db.execute(
                f"SELECT identifier, key FROM request_index WHERE identifier IN ({marks})",  # noqa: S608
                some,
            ).fetchall()
        )
    return found


def summaries(
    db: sqlite3.Connection, query: HistoryQuery, order: Order = Order.TIME, *, descending: bool
) -> Iterator[RequestSummary]:
    """The requests that are asked for, one after the other."""
    where, values = _where(db, query)
    by = _order(query, order, descending)
    columns = ", ".join(f"r.{name}" for name in index_table.COLUMNS.split(", "))
    for row in db.execute(
        f"SELECT {columns} FROM {_tables(query)} {where} ORDER BY {by}",  # noqa: S608
        values,
    ):
        yield index_table.summary_from(row)


def values(db: sqlite3.Connection, column: str) -> list[str]:
    """The different values of till, cashier, asset or network, "" among them; each costs one look
    into the index, however many requests have it."""
    if column not in _VALUES:
        raise ValueError(column)
    rows = db.execute(
        f"WITH RECURSIVE found(v) AS (SELECT min({column}) FROM request_index UNION ALL"  # noqa: S608
        f" SELECT (SELECT min({column}) FROM request_index WHERE {column} > v) FROM found"
        " WHERE v IS NOT NULL) SELECT v FROM found WHERE v IS NOT NULL"
    )
    return [str(row[0]) for row in rows]


def _tables(query: HistoryQuery) -> str:
    if not query.phrases:
        return "request_index r"
    return "request_text CROSS JOIN request_index r ON r.key = request_text.rowid"


def _where(db: sqlite3.Connection, query: HistoryQuery) -> tuple[str, list[Any]]:
    parts: list[str] = []
    values: list[Any] = []
    if query.phrases:
        parts.append("request_text MATCH ?")
        values.append(search_words.match_expression(query.phrases))
    if query.attention:
        parts.append("r.attention = 1")
    if query.moved:
        parts.append("r.delivered <> ''")
    if query.unpriced:
        db.create_function("has_worth", 5, _has_worth, deterministic=True)
        parts.append(f"({_UNPRICED})")
    if query.since is not None:
        parts.append("r.created >= ?")
        values.append(index_table.microseconds(query.since))
    if query.until is not None:
        parts.append("r.created < ?")
        values.append(index_table.microseconds(query.until))
    for column, names in (
        ("r.status", [one.value for one in query.statuses]),
        ("r.asset", query.assets),
        ("r.till", query.tills),
        ("r.cashier", query.cashiers),
        ("r.kind", [one.value for one in query.kinds]),
        ("r.network", query.networks),
    ):
        parts += _any_of(column, names, values)
    return (f"WHERE {' AND '.join(parts)}" if parts else ""), values


def _has_worth(network: str, asked: str, delivered: str, price: int, currency: str) -> bool:
    """Whether what came has a worth in a currency, by the columns of the index."""
    native = networks.asset_of(network)
    worth = worth_of_payments(
        index_table.price_of(price, currency),
        index_table.asked_amount(asked, native),
        index_table.delivered_amounts(delivered, native),
    )
    return worth is not None


def _any_of(column: str, names: Iterable[str], values: list[Any]) -> list[str]:
    wanted = sorted(names)
    if not wanted:
        return []
    values += wanted
    return [f"{column} IN ({', '.join('?' * len(wanted))})"]


def _order(query: HistoryQuery, order: Order, descending: bool) -> str:
    direction = "DESC" if descending else "ASC"
    # A search has its rows in this order already where they are wanted by it.
    last = "request_text.rowid" if query.phrases else "r.key"
    return ", ".join(f"{column} {direction}" for column in (*_SORTED_BY[order], last))
