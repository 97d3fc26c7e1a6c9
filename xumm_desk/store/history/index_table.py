"""The table `request_index`: write a summary as a line, and read it back."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final, TypeVar

from xumm_desk.core.history import query
from xumm_desk.core.history.summary import Kind, RefundMark, RequestSummary
from xumm_desk.core.money import amount, fiat, networks
from xumm_desk.core.money.amount import Amount
from xumm_desk.core.money.fiat import FiatAmount
from xumm_desk.core.status import RANK, Status, Step
from xumm_desk.store.ledger_tables import encodable, fits_integer

T = TypeVar("T")

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_EXPONENT: Final = 500
"""Added to exponents, so that they sort as text; a ledger's numbers stay within ±100."""

_STORED: Final = (
    "key",
    "identifier",
    "created",
    "status",
    "finished",
    "kind",
    "network",
    "tx_type",
    "asked",
    "delivered",
    "currency",
    "price",
    "tip",
    "till",
    "cashier",
    "number",
    "reference",
    "note",
    "instruction",
    "payer",
    "tag",
    "uuid",
    "txid",
    "refund_of",
    "refunded",
    "signed",
    "outage",
    "step",
    "opened_at",
    "signed_at",
    "proven_at",
    "ledger_index",
    "attention",
)
_DERIVED: Final = (
    "status_rank",
    "asset",
    "amount_key",
    "amount_text",
    "price_text",
)
COLUMNS: Final = ", ".join(_STORED)
"""What `summary_from` reads, in its order."""

_ALL: Final = (*_STORED, *_DERIVED)
_WRITE: Final = (
    f"INSERT INTO request_index ({', '.join(_ALL)})"  # noqa: S608 - the names are ours
    f" VALUES ({', '.join('?' * len(_ALL))})"
    " ON CONFLICT (key) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in _ALL if name not in ("key", "identifier"))
)


def write(db: sqlite3.Connection, row: RequestSummary) -> None:
    """Add the line of a request, or bring it up to date."""
    texts = query.searched_texts(row)
    db.execute(
        _WRITE,
        (
            row.key,
            encodable(row.identifier),
            microseconds(row.created_at),
            row.status.value,
            int(row.finished),
            row.kind.value,
            encodable(row.network),
            encodable(row.tx_type),
            _json_text(row.asked),
            _json_text(row.delivered) if row.delivered else "",
            row.price.currency if row.price is not None else "",
            _minor(row.price),
            _minor(row.tip),
            encodable(row.till),
            encodable(row.cashier),
            fits_integer(row.number),
            encodable(row.reference),
            encodable(row.note),
            encodable(row.instruction),
            encodable(row.payer),
            fits_integer(row.tag),
            encodable(row.uuid),
            encodable(row.txid),
            encodable(row.refund_of),
            row.refunded.value,
            int(row.signed),
            int(row.outage),
            int(row.step),
            _optional(row.opened_at),
            _optional(row.signed_at),
            _optional(row.proven_at),
            fits_integer(row.ledger_index),
            int(row.needs_person),
            RANK[row.status],
            encodable(query.asset_key(row.shown_amount)),
            encodable(_amount_key(row.shown_amount)),
            encodable(texts["amount_text"]),
            texts["price_text"],
        ),
    )


def remove(db: sqlite3.Connection, identifiers: Sequence[str]) -> None:
    """Take the lines of these requests out of the index."""
    db.executemany(
        "DELETE FROM request_index WHERE identifier = ?", [(name,) for name in identifiers]
    )


def summary_from(row: Sequence[Any]) -> RequestSummary:
    """The summary in the columns `COLUMNS`; what cannot be read is taken for nothing."""
    value = dict(zip(_STORED, row, strict=True))
    native = networks.asset_of(value["network"])
    return RequestSummary(
        key=value["key"],
        identifier=value["identifier"],
        created_at=moment(value["created"]),
        status=_known(Status, value["status"], Status.CHECK),
        finished=bool(value["finished"]),
        kind=_known(Kind, value["kind"], Kind.OTHER),
        network=value["network"],
        tx_type=value["tx_type"],
        asked=asked_amount(value["asked"], native),
        delivered=delivered_amounts(value["delivered"], native),
        price=price_of(value["price"], value["currency"]),
        tip=price_of(value["tip"], value["currency"]),
        till=value["till"],
        cashier=value["cashier"],
        number=value["number"],
        reference=value["reference"],
        note=value["note"],
        instruction=value["instruction"],
        payer=value["payer"],
        tag=value["tag"],
        uuid=value["uuid"],
        txid=value["txid"],
        refund_of=value["refund_of"],
        refunded=_known(RefundMark, value["refunded"], RefundMark.NONE),
        signed=bool(value["signed"]),
        needs_person=bool(value["attention"]),
        outage=bool(value["outage"]),
        step=_known(Step, value["step"], Step.INTENDED),
        opened_at=_moment(value["opened_at"]),
        signed_at=_moment(value["signed_at"]),
        proven_at=_moment(value["proven_at"]),
        ledger_index=value["ledger_index"],
    )


def asked_amount(stored: str, native: str) -> Amount | None:
    """The amount in the column `asked`; `native` is what drops are called on its network."""
    return amount.parse_amount(_parse(stored), native)


def delivered_amounts(stored: str, native: str) -> tuple[Amount, ...]:
    """The amounts in the column `delivered`."""
    found = _parse(stored)
    return tuple(
        money
        for one in (found if isinstance(found, list) else ())
        if (money := amount.parse_amount(one, native)) is not None
    )


def price_of(units: int | None, currency: str) -> FiatAmount | None:
    """The price in the columns `price` or `tip`, and `currency`."""
    if units is None or not fiat.is_currency(currency):
        return None
    return fiat.from_minor(units, currency)


def microseconds(at: datetime) -> int:
    """A time as the table holds it."""
    return (at - _EPOCH) // _MICROSECOND


def moment(stored: int) -> datetime:
    """A time (UTC) out of the table; 1970 for one that no calendar has."""
    try:
        return _EPOCH + stored * _MICROSECOND
    except OverflowError:
        return _EPOCH


def _optional(at: datetime | None) -> int | None:
    return None if at is None else microseconds(at)


def _moment(stored: int | None) -> datetime | None:
    return None if stored is None else moment(stored)


def _minor(price: FiatAmount | None) -> int | None:
    return None if price is None else fits_integer(fiat.to_minor(price))


def _json_text(money: Amount | Sequence[Amount] | None) -> str:
    if money is None:
        return ""
    if isinstance(money, Sequence):
        return json.dumps([amount.amount_json(one) for one in money], separators=(",", ":"))
    return json.dumps(amount.amount_json(money), separators=(",", ":"))


def _parse(text: str) -> Any:
    try:
        return json.loads(text) if text else None
    except (ValueError, RecursionError):
        return None


def _known(kind: Callable[[Any], T], value: object, otherwise: T) -> T:
    try:
        return kind(value)
    except ValueError:
        return otherwise


def _amount_key(money: Amount | None) -> str:
    """A text by which amounts sort: by asset, then by number."""
    if money is None:
        return ""
    return f"{amount.asset_label(money)}\x1f{_ordered(amount.as_decimal(money))}"


def _ordered(number: Decimal) -> str:
    """A text for a number of at least 0; texts sort as their numbers do."""
    if number <= 0:
        return "0"
    digits = "".join(map(str, number.as_tuple().digits)).strip("0")
    return f"1{number.adjusted() + _EXPONENT:04d}{digits}"
