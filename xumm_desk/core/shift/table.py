"""Closed shifts as a table for bookkeeping: one row for each sum, payment, change and open item.

Read from the stored documents alone. `record` says what a row is, so that a spreadsheet can filter
by it: rows of different records must not be added up.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from xumm_desk.core.bidi import strip_controls
from xumm_desk.core.wire import json_fields
from xumm_desk.core.wire.json_fields import Json, JsonObject

from .document import ShiftDocument, lines_of, parse_document

COLUMNS: Final = (
    "shift",
    "record",
    "opened_at",
    "closed_at",
    "operator",
    "at",
    "label",
    "identifier",
    "till",
    "cashier",
    "account",
    "network",
    "asset",
    "issuer",
    "received",
    "refunded",
    "net",
    "currency",
    "sales_price",
    "tips_price",
    "refunds_price",
    "net_price",
    "payments",
    "refunds",
    "txid",
    "status",
    "text",
    "hash",
)

_NUMBERS: Final = frozenset(
    {
        "received",
        "refunded",
        "net",
        "sales_price",
        "tips_price",
        "refunds_price",
        "net_price",
    }
)
"""Exact numbers, which may be negative: their sign is no formula."""

Row = dict[str, Json]


def as_csv(shifts: Iterable[ShiftDocument], *, mark: bool = False) -> Iterator[str]:
    """CSV lines with a header (RFC 4180); cells that a spreadsheet would run as a formula are
    escaped. With `mark` the first character is a byte-order mark."""
    yield ("\ufeff" if mark else "") + _csv_line(COLUMNS)
    for shift in shifts:
        for row in shift_rows(shift):
            yield _csv_line([_cell(column, row.get(column)) for column in COLUMNS])


def shift_rows(shift: ShiftDocument) -> Iterator[Row]:
    """All rows of one shift: itself, its sums, its payments, changes, and what is unresolved."""
    value = parse_document(shift.text)
    head: Row = {
        "shift": shift.number,
        "opened_at": value.get("opened_at"),
        "closed_at": value.get("closed_at"),
        "operator": value.get("operator"),
    }
    yield {**head, "record": "shift", "till": value.get("till"), "hash": shift.hash}
    for record, sums, more in _sums(value):
        yield from (
            {**head, **more, "record": f"{record}_{row['record']}"} | _without(row)
            for row in _sum_rows(sums)
        )
    for line in lines_of(shift.lines):
        yield {**head, **_line_row(line)}
    yield from ({**head, **row} for row in _other_rows(value))


def _sums(value: Mapping[str, Json]) -> Iterator[tuple[str, JsonObject, Row]]:
    yield "total", json_fields.object_at(value, "totals"), {}
    for till in _objects(value, "tills"):
        yield "till", till, {"till": till.get("till"), "cashier": till.get("cashier")}
    for account in _objects(value, "accounts"):
        yield "account", account, {"account": account.get("account")}


def _sum_rows(sums: JsonObject) -> Iterator[Row]:
    for name, record in (("assets", "asset"), ("without_price", "without_price")):
        for one in _objects(sums, name):
            yield {"record": record, **one}
    for one in _objects(sums, "prices"):
        yield {
            "record": "price",
            "network": one.get("network"),
            "currency": one.get("currency"),
            "sales_price": one.get("sales"),
            "tips_price": one.get("tips"),
            "refunds_price": one.get("refunds"),
            "net_price": one.get("net"),
            "payments": one.get("payments"),
            "refunds": one.get("refund_count"),
        }


def _line_row(line: JsonObject) -> Row:
    refund = line.get("kind") == "refund"
    return {
        **_kept(line, "at", "label", "identifier", "till", "cashier", "account", "network"),
        **_kept(line, "asset", "issuer", "currency", "txid"),
        "record": line.get("kind"),
        "refunded" if refund else "received": _unsigned(line.get("amount"), refund),
        "net": line.get("amount"),
        "refunds_price" if refund else "sales_price": _unsigned(line.get("price"), refund),
        "net_price": line.get("price"),
        "tips_price": line.get("tip"),
        "refunds" if refund else "payments": line.get("transactions"),
    }


def _unsigned(value: Json, refund: bool) -> Json:
    """A refund as the positive number that stands in the column of refunds; a correction of one
    is negative there."""
    if not refund or not isinstance(value, str):
        return value
    return value[1:] if value.startswith("-") else f"-{value}"


def _other_rows(value: Mapping[str, Json]) -> Iterator[Row]:
    for change in _objects(value, "changes"):
        yield {
            **_kept(change, "label", "identifier", "network", "asset", "issuer", "txid"),
            "record": "change",
            "net": change.get("amount"),
            "status": change.get("after"),
            "text": change.get("kind"),
        }
    for name, record in (
        ("unresolved", "unresolved"),
        ("decided", "decided"),
        ("settled", "settled"),
    ):
        for item in _objects(value, name):
            words = [item.get("what") or item.get("became"), item.get("why"), item.get("note")]
            is_payment = item.get("kind") == "payment"
            yield {
                **_kept(item, "label", "network", "asset", "issuer", "status"),
                "record": record,
                "at": item.get("since") or item.get("at"),
                "txid" if is_payment else "identifier": item.get("key"),
                "text": " | ".join(str(word) for word in words if word),
            }


def _without(row: Row) -> Row:
    return {key: value for key, value in row.items() if key != "record"}


def _kept(source: Mapping[str, Json], *names: str) -> Row:
    return {name: source.get(name) for name in names}


def _objects(source: Mapping[str, Json], key: str) -> list[JsonObject]:
    listed = source.get(key)
    return [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []


def _csv_line(cells: Iterable[Any]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow(cells)
    return out.getvalue()


def _cell(column: str, value: Json) -> Json:
    if not isinstance(value, str) or column in _NUMBERS:
        return value
    value = strip_controls(value)
    return f"'{value}" if value[:1] in ("=", "+", "-", "@", "\t", "\r") else value
