"""A sale: what the shop knows of a request besides the transaction, kept in its private data.

The private data (`custom_meta.blob`, P§2.1) is stored in the journal with the request and returned
by the platform to this application alone; customers never see it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from xumm_desk.core.message import Message
from xumm_desk.core.money import amount, fiat, networks
from xumm_desk.core.money.amount import Amount
from xumm_desk.core.money.fiat import FiatAmount
from xumm_desk.core.pricing.quote import Quote, quote_from_json
from xumm_desk.core.request.request_spec import RequestSpec
from xumm_desk.core.wire import json_fields
from xumm_desk.core.wire.json_fields import Json, JsonObject

_KEY: Final = "sale"
MAX_REFERENCE: Final = 60
MAX_NOTE: Final = 200
"""Characters; with them the private data stays under the platform's 1,500 (P§2.1)."""


@dataclass(frozen=True, slots=True)
class Sale:
    """One sale, or a refund of one.

    `number` is what people call it; `series` is the count that it belongs to ("" for a running one,
    else its local day). `quote` holds the whole price with the tip; `tip` is its part.
    `refund_of` is the identifier of the request that is refunded, "" for a sale; a refund has the
    number of its sale. `part` is what it pays back of the amount that was paid, in that asset,
    whatever it is paid in.
    """

    number: int
    series: str = ""
    till: str = ""
    cashier: str = ""
    quote: Quote | None = None
    tip: FiatAmount | None = None
    reference: str = ""
    note: str = ""
    refund_of: str = ""
    part: Amount | None = None

    @property
    def price(self) -> FiatAmount | None:
        """The price with the tip, in the shop's currency."""
        return self.quote.price if self.quote is not None else None

    def to_blob(self) -> JsonObject:
        """The private data of the request."""
        value: JsonObject = {"number": self.number}
        for key, text in (
            ("series", self.series),
            ("till", self.till),
            ("cashier", self.cashier),
            ("reference", self.reference),
            ("note", self.note),
            ("refund_of", self.refund_of),
        ):
            if text:
                value[key] = text
        if self.quote is not None:
            value["quote"] = self.quote.to_json()
        if self.tip is not None:
            value["tip"] = fiat.value_text(self.tip)
        if self.part is not None:
            value["part"] = amount.amount_json(self.part)
        return {_KEY: value}


def sale_of(spec: RequestSpec) -> Sale | None:
    """The sale of a request; None where it was not made at a till, or its data cannot be read."""
    blob = json_fields.object_at(spec.body, "custom_meta").get("blob")
    if isinstance(blob, str):
        try:
            blob = json.loads(blob)
        except (ValueError, RecursionError):
            return None
    value = json_fields.object_at(blob, _KEY) if isinstance(blob, Mapping) else {}
    return _parse_sale(value, networks.asset_of(spec.network)) if value else None


def _parse_sale(value: Mapping[str, Json], asset: str) -> Sale | None:
    number = json_fields.int_at(value, "number")
    if number is None or number < 0:
        return None
    quote = quote_from_json(json_fields.object_at(value, "quote"), asset)
    return Sale(
        number=number,
        series=json_fields.string_at(value, "series") or "",
        till=json_fields.string_at(value, "till") or "",
        cashier=json_fields.string_at(value, "cashier") or "",
        quote=quote,
        tip=fiat.fiat_json(value.get("tip"), quote.price.currency) if quote is not None else None,
        reference=json_fields.string_at(value, "reference") or "",
        note=json_fields.string_at(value, "note") or "",
        refund_of=json_fields.string_at(value, "refund_of") or "",
        part=amount.parse_amount(value.get("part"), asset),
    )


def number_label(sale: Sale) -> str:
    """ "#1042": what cashiers and customers call the sale."""
    return f"#{sale.number}"


def request_label(spec: RequestSpec) -> str:
    """What people call a request: its sale number, else its identifier; of a refund, whose."""
    sale = _sale_data(spec)
    number = json_fields.int_at(sale, "number")
    refunded = json_fields.string_at(sale, "refund_of") or ""
    if refunded:
        return Message("Refund of {number}", number=f"#{number}" if number else refunded)
    return spec.identifier if number is None else f"#{number}"


def refunded_identifier(spec: RequestSpec) -> str:
    """The identifier of the request that this one refunds; "" if it is no refund."""
    return json_fields.string_at(_sale_data(spec), "refund_of") or ""


def _sale_data(spec: RequestSpec) -> Mapping[str, Json]:
    """The sale's private data alone, unread; looked at for each row that is painted."""
    blob = json_fields.object_at(spec.body, "custom_meta").get("blob")
    return json_fields.object_at(blob, _KEY) if isinstance(blob, Mapping) else {}


def missing_price(asked: Amount | None, paid: Amount | None, sale: Sale) -> FiatAmount | None:
    """What of the sale's price is missing where less of the same asset arrived, rounded up; None
    where nothing is, or where it cannot be said."""
    if sale.quote is None or asked is None or not amount.same_asset(asked, paid):
        return None
    wanted, got = amount.as_decimal(asked), amount.as_decimal(paid)
    if not 0 < got < wanted:
        return None
    price = sale.quote.price
    return fiat.from_decimal(price.value * (wanted - got) / wanted, price.currency, up=True)


def price_label(spec: RequestSpec, sale: Sale | None) -> str:
    """What was asked, as the shop thinks: its price, else the amount on the ledger."""
    if sale is not None and sale.quote is not None:
        return fiat.format_fiat(sale.quote.price)
    return amount.format_amount(spec.amount)
