"""A question to the history: which requests, in what order; read from and written to settings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import Final, TypeVar

from xumm_desk.core.money import amount, fiat
from xumm_desk.core.money.amount import Amount, IssuedAmount, MptAmount
from xumm_desk.core.refund.amounts import worth_of_payments
from xumm_desk.core.status import Status
from xumm_desk.core.wire import json_fields
from xumm_desk.core.wire.json_fields import Json, JsonObject

from . import search_words
from .summary import Kind, RequestSummary

T = TypeVar("T")


class Order(Enum):
    """What the history can be sorted by; the values are stored."""

    TIME = "time"
    STATUS = "status"
    AMOUNT = "amount"
    PRICE = "price"
    REFERENCE = "reference"
    PAYER = "payer"
    TAG = "tag"
    TYPE = "type"
    TILL = "till"
    CASHIER = "cashier"
    NETWORK = "network"
    NOTE = "note"
    UUID = "uuid"
    TXID = "txid"
    LAST_EVENT = "last event"


@dataclass(frozen=True, slots=True)
class HistoryQuery:
    """Which requests. An empty part asks for nothing; times are UTC, `until` is not included."""

    text: str = ""
    statuses: frozenset[Status] = frozenset()
    attention: bool = False
    moved: bool = False
    """Only those for which the ledger shows that money moved."""
    unpriced: bool = False
    """Of these only those whose money has no worth in a currency."""
    since: datetime | None = None
    until: datetime | None = None
    assets: frozenset[str] = frozenset()
    """As `asset_key` makes them."""
    tills: frozenset[str] = frozenset()
    cashiers: frozenset[str] = frozenset()
    kinds: frozenset[Kind] = frozenset()
    networks: frozenset[str] = frozenset()

    @property
    def is_everything(self) -> bool:
        """Whether it asks for all requests."""
        return self == HistoryQuery() or (not self.phrases and self == HistoryQuery(text=self.text))

    @property
    def phrases(self) -> tuple[tuple[str, ...], ...]:
        """What is searched for."""
        return search_words.phrases_of(self.text)

    def matches(self, row: RequestSummary) -> bool:
        """Whether it asks for this request; the index of the journal answers alike."""
        return self.matches_fields(row) and (
            not self.phrases or search_words.matches(self.phrases, search_fields(row))
        )

    def matches_fields(self, row: RequestSummary) -> bool:
        """The same without the search."""
        return (
            _has(self.statuses, row.status)
            and (not self.attention or row.needs_person)
            and (not self.moved or bool(row.delivered))
            and (not self.unpriced or _is_unpriced(row))
            and (self.since is None or row.created_at >= self.since)
            and (self.until is None or row.created_at < self.until)
            and _has(self.assets, asset_key(row.shown_amount))
            and _has(self.tills, row.till)
            and _has(self.cashiers, row.cashier)
            and _has(self.kinds, row.kind)
            and _has(self.networks, row.network)
        )

    def to_json(self) -> JsonObject:
        """The form in the settings."""
        value: JsonObject = {}
        if self.text.strip():
            value["text"] = self.text
        if self.attention:
            value["attention"] = True
        if self.moved:
            value["moved"] = True
        if self.unpriced:
            value["unpriced"] = True
        for key, at in (("since", self.since), ("until", self.until)):
            if at is not None:
                value[key] = at.astimezone(UTC).isoformat()
        for key, names in (
            ("statuses", [one.value for one in self.statuses]),
            ("assets", self.assets),
            ("tills", self.tills),
            ("cashiers", self.cashiers),
            ("kinds", [one.value for one in self.kinds]),
            ("networks", self.networks),
        ):
            if names:
                value[key] = [str(name) for name in sorted(names)]
        return value


def query_from_json(value: Mapping[str, Json]) -> HistoryQuery:
    """Read a query; parts that cannot be read are left out."""
    return HistoryQuery(
        text=json_fields.string_at(value, "text") or "",
        statuses=frozenset(_known(value.get("statuses"), Status)),
        attention=json_fields.bool_at(value, "attention") is True,
        moved=json_fields.bool_at(value, "moved") is True,
        unpriced=json_fields.bool_at(value, "unpriced") is True,
        since=_time(value, "since"),
        until=_time(value, "until"),
        assets=frozenset(_texts(value.get("assets"))),
        tills=frozenset(_texts(value.get("tills"))),
        cashiers=frozenset(_texts(value.get("cashiers"))),
        kinds=frozenset(_known(value.get("kinds"), Kind)),
        networks=frozenset(_texts(value.get("networks"))),
    )


def asset_key(money: Amount | None) -> str:
    """One text for each asset: "XRP", currency and issuer of an issued one, the id of a token; ""
    where no amount is known."""
    if isinstance(money, IssuedAmount):
        return f"{amount.currency_label(money.currency)}.{money.issuer}"
    if isinstance(money, MptAmount):
        return money.issuance_id
    return "" if money is None else money.asset


SEARCHED: Final = (
    "identifier",
    "number",
    "uuid",
    "txid",
    "payer",
    "reference",
    "note",
    "instruction",
    "amount_text",
    "price_text",
    "till",
    "cashier",
    "tag",
)
"""The texts of a request that are searched."""


def searched_texts(row: RequestSummary) -> dict[str, str]:
    """Those texts, by name."""
    return {
        "identifier": row.identifier,
        "number": "" if row.number is None else str(row.number),
        "uuid": row.uuid,
        "txid": row.txid,
        "payer": row.payer,
        "reference": row.reference,
        "note": row.note,
        "instruction": row.instruction,
        "amount_text": _amount_text(row.shown_amount),
        "price_text": fiat.value_text(row.price) if row.price is not None else "",
        "till": row.till,
        "cashier": row.cashier,
        "tag": "" if row.tag is None else str(row.tag),
    }


def search_fields(row: RequestSummary) -> list[tuple[str, ...]]:
    """The terms of all texts that are searched."""
    return [search_words.terms_of(text) for text in searched_texts(row).values() if text]


def _amount_text(money: Amount | None) -> str:
    if money is None:
        return ""
    return f"{amount.as_decimal(money):f} {amount.asset_label(money)}"


def _is_unpriced(row: RequestSummary) -> bool:
    if not row.delivered:
        return False
    return worth_of_payments(row.price, row.asked, row.delivered) is None


def _has(wanted: frozenset[T], value: T) -> bool:
    return not wanted or value in wanted


def _texts(value: Json) -> Iterable[str]:
    return (one for one in value if isinstance(one, str)) if isinstance(value, list) else ()


def _known(value: Json, kind: Callable[[str], T]) -> Iterable[T]:
    for text in _texts(value):
        try:
            yield kind(text)
        except ValueError:
            continue


def _time(value: Mapping[str, Json], key: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(json_fields.string_at(value, key) or "")
    except ValueError:
        return None
    return at.astimezone(UTC) if at.tzinfo is not None else None
