"""Rows of sales with a price in the shop's currency, and the time a code takes to be read."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from pytestqt.qtbot import QtBot

from ui.sample_rows import row
from xumm_desk.core.money import amount, fiat
from xumm_desk.core.money.amount import Amount, IssuedAmount, XrpAmount
from xumm_desk.core.pricing.quote import Quote, Rate, RateSource
from xumm_desk.core.sale.sale import Sale
from xumm_desk.core.status import Status
from xumm_desk.core.wire.json_fields import JsonObject
from xumm_desk.engine.runtime.registry import RequestRow
from xumm_desk.ui.customer.customer_window import CustomerWindow
from xumm_desk.ui.customer.phases import Phase

ISSUER = "rMxCKbEDwqr76QuheSUMdEGf4B9xJ8m5De"
XRP = XrpAmount(5_208_334)
RLUSD = IssuedAmount("524C555344000000000000000000000000000000", ISSUER, Decimal("12345.678901"))


def priced(
    status: Status,
    price: str = "12.50",
    currency: str = "EUR",
    charged: Amount = XRP,
    *,
    source: RateSource = RateSource.PLATFORM,
    note: str = "",
) -> RequestRow:
    """The row in this status, as a sale at this price."""
    plain = row(status)
    rate = Rate(Decimal("2.4"), currency, source, datetime(2026, 3, 14, 13, tzinfo=UTC))
    quote = Quote(fiat.parse_fiat(price, currency), charged, rate)
    spec = plain.request.spec
    sale = Sale(1042, till="T2", cashier="Anna", quote=quote, reference="Table 4", note=note)
    meta: JsonObject = {"identifier": spec.identifier, "blob": sale.to_blob()}
    tx = {**spec.txjson, "Amount": amount.amount_json(charged)}
    changed = replace(spec, body={**spec.body, "custom_meta": meta}, txjson=tx)
    return replace(plain, request=replace(plain.request, spec=changed))


def wait_for_code(qtbot: QtBot, window: CustomerWindow) -> None:
    """Until the painted code was read and is shown."""
    qtbot.waitUntil(lambda: window.phase() is Phase.SCAN)
