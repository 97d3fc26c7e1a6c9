"""Single fields of a sale for tables, which show thousands of them: nothing else of it is read."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Context, Decimal
from typing import Final

from xumm_desk.core.money import amount, fiat
from xumm_desk.core.money.amount import Amount
from xumm_desk.core.money.fiat import FiatAmount
from xumm_desk.core.request.request_spec import RequestSpec
from xumm_desk.core.wire import json_fields
from xumm_desk.core.wire.json_fields import Json

_DIGITS: Final = Context(prec=28)
_LEAST: Final = Decimal("1e-12")
_MOST: Final = Decimal("1e12")
"""Rates outside of these are of amounts that nobody is asked for."""


def price_of(spec: RequestSpec) -> FiatAmount | None:
    """The price with the tip, in the shop's currency."""
    quote = json_fields.object_at(_sale_data(spec), "quote")
    return fiat.fiat_json(quote.get("price"), quote.get("currency"))


def till_of(spec: RequestSpec) -> str:
    """The till at which it was made; "" for none."""
    return json_fields.string_at(_sale_data(spec), "till") or ""


def cashier_of(spec: RequestSpec) -> str:
    """Who made it; "" for nobody."""
    return json_fields.string_at(_sale_data(spec), "cashier") or ""


def charged_rate(price: FiatAmount | None, asked: Amount | None) -> Decimal | None:
    """What one unit of the asset cost in the currency of the price, as it was charged; None where
    nothing was converted."""
    if price is None or asked is None or price.currency == amount.asset_label(asked):
        return None
    units = amount.as_decimal(asked)
    if units <= 0:
        return None
    rate = _DIGITS.divide(price.value, units)
    return rate if _LEAST <= rate <= _MOST else None


def _sale_data(spec: RequestSpec) -> Mapping[str, Json]:
    blob = json_fields.object_at(spec.body, "custom_meta").get("blob")
    return json_fields.object_at(blob, "sale") if isinstance(blob, Mapping) else {}
