"""Sample sales: rows of every status, as a till made them."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from ui import sample_rows
from xumm_desk.core.money import fiat
from xumm_desk.core.money.amount import XrpAmount
from xumm_desk.core.pricing.quote import Quote, Rate, RateSource
from xumm_desk.core.sale import numbering
from xumm_desk.core.sale.sale import Sale
from xumm_desk.core.status import Status
from xumm_desk.engine.runtime.registry import RequestRow

RATE = Rate(Decimal("2.40"), "EUR", RateSource.PLATFORM, sample_rows.NOW)


def sale_row(status: Status, number: int, *, price: str = "12.50", till: str = "") -> RequestRow:
    """The sample row of this status as a sale in euros."""
    row = sample_rows.row(status)
    asked = row.request.spec.amount or XrpAmount(1)
    quote = Quote(fiat.from_decimal(Decimal(price), "EUR"), asked, RATE)
    sale = Sale(number=number, till=till, quote=quote)
    identifier = f"sale-{number}"
    spec = numbering.with_sale(row.request.spec, sale, identifier, "Café Uno")
    request = replace(row.request, spec=spec)
    return replace(row, request=request)
