"""A quote: what a price in the shop's currency is in an asset, at which rate, from where, and when.

It is kept in the request's private data, so that journal, receipt and export tell the same.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from typing import Final

from xumm_desk.core.message import Message
from xumm_desk.core.money import amount, fiat
from xumm_desk.core.money.amount import Amount
from xumm_desk.core.money.fiat import FiatAmount
from xumm_desk.core.wire import json_fields
from xumm_desk.core.wire.json_fields import Json, JsonObject

_RATE: Final = re.compile(r"[0-9]{1,20}(?:\.[0-9]{1,40})?")


class RateSource(Enum):
    """Where a rate comes from."""

    PLATFORM = "xumm"
    PEG = "peg"
    """The shop's setting says that one unit is worth one of its currency."""
    ORACLE = "oracle"
    ORDER_BOOK = "order book"
    POOL = "pool"
    TYPED = "typed"
    SAME = "same"
    """The price is written in the asset itself: nothing is converted."""


SOURCE_LABELS: Final[dict[RateSource, str]] = {
    RateSource.PLATFORM: Message("Xaman"),
    RateSource.PEG: Message("fixed by the shop's settings"),
    RateSource.ORACLE: Message("ledger's price oracles"),
    RateSource.ORDER_BOOK: Message("ledger's order book"),
    RateSource.POOL: Message("ledger's liquidity pool"),
    RateSource.TYPED: Message("typed by the shop"),
    RateSource.SAME: Message("no conversion"),
}


class WayOut(Enum):
    """What a person can do about a price that cannot be converted."""

    REFRESH = "refresh"
    """Ask again: the answer is on its way, or the last one has grown old."""
    TYPE_RATE = "type rate"
    OTHER_ASSET = "other asset"
    SETTINGS = "settings"
    CHANGE_PRICE = "change price"


WAY_OUT_LABELS: Final[dict[WayOut, str]] = {
    WayOut.REFRESH: Message("Ask again"),
    WayOut.TYPE_RATE: Message("Type a rate"),
    WayOut.OTHER_ASSET: Message("Choose another asset"),
    WayOut.SETTINGS: Message("Open the settings"),
    WayOut.CHANGE_PRICE: Message("Change the price"),
}


@dataclass(frozen=True, slots=True)
class RateRefusal:
    """Why a price is not converted, as one sentence, and the one way out."""

    reason: str
    way_out: WayOut


@dataclass(frozen=True, slots=True)
class Rate:
    """What one unit of an asset costs in `currency`; `at` is when that was known (UTC)."""

    price: Decimal
    currency: str
    source: RateSource
    at: datetime


@dataclass(frozen=True, slots=True)
class Quote:
    """A price and what is charged for it. `amount` was rounded up to the asset's digits; `compared`
    is the rate of a second source, None where there is none."""

    price: FiatAmount
    amount: Amount
    rate: Rate
    compared: Rate | None = None

    @property
    def is_conversion(self) -> bool:
        """Whether a rate was needed."""
        return self.rate.source is not RateSource.SAME

    def to_json(self) -> JsonObject:
        """The form in the request's private data, small: the platform takes 1,500 characters of
        it (P§2.1)."""
        value: JsonObject = {
            "price": fiat.value_text(self.price),
            "currency": self.price.currency,
            "amount": amount.amount_json(self.amount),
            "rate": _rate_json(self.rate),
            "rounding": "up",
        }
        if self.compared is not None:
            value["compared"] = _rate_json(self.compared)
        return value


def quote_from_json(value: Mapping[str, Json], asset: str = "XRP") -> Quote | None:
    """Read a quote; None for what is none. `asset` is what drops are called on the network."""
    price = fiat.fiat_json(value.get("price"), value.get("currency"))
    charged = amount.parse_amount(value.get("amount"), asset)
    if price is None or charged is None:
        return None
    rate = _rate_from_json(json_fields.object_at(value, "rate"), price.currency)
    if rate is None:
        return None
    compared = _rate_from_json(json_fields.object_at(value, "compared"), price.currency)
    return Quote(price, charged, rate, compared)


def _rate_json(rate: Rate) -> JsonObject:
    return {
        "price": f"{rate.price:f}",
        "source": rate.source.value,
        "at": rate.at.astimezone(UTC).isoformat(timespec="seconds"),
    }


def _rate_from_json(value: Mapping[str, Json], currency: str) -> Rate | None:
    text, source = value.get("price"), value.get("source")
    if not (isinstance(text, str) and _RATE.fullmatch(text)):
        return None
    try:
        at = datetime.fromisoformat(json_fields.string_at(value, "at") or "")
        known = RateSource(source)
    except ValueError:
        return None
    if at.tzinfo is None:
        return None
    return Rate(Decimal(text), currency, known, at)
