"""Sales of several tills for processes that are started again and again: imports no library that
derives keys, which takes a second, and no window."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final

from xumm_desk.core.money.amount import XrpAmount, amount_json
from xumm_desk.core.money.fiat import FiatAmount
from xumm_desk.core.pricing.quote import Quote, Rate, RateSource
from xumm_desk.core.request.request_spec import RequestSpec, parse_body
from xumm_desk.core.sale.sale import Sale

BEGIN: Final = datetime(2026, 3, 11, 13, 4, 20, tzinfo=UTC)
SHOP: Final = "rUNRf4XoAcLkghbr2RY7EjNauPMKSTMApD"


def sale_spec(
    number: int, *, till: str = "1", cashier: str = "Anna", note: str = ""
) -> RequestSpec:
    """The request of a sale for `number` euros."""
    at = BEGIN + timedelta(minutes=number)
    drops = XrpAmount(number * 500_000)
    price = FiatAmount("EUR", Decimal(number))
    sale = Sale(
        number,
        till=till,
        cashier=cashier,
        note=note,
        reference=f"table {number}",
        quote=Quote(price, drops, Rate(Decimal(2), "EUR", RateSource.PLATFORM, at)),
        tip=FiatAmount("EUR", Decimal("0.50")),
    )
    return payment_spec(f"sale-{number}", drops, sale, SHOP)


def payment_spec(name: str, drops: XrpAmount, sale: Sale, to: str) -> RequestSpec:
    """The request of a payment that belongs to `sale`."""
    spec = parse_body(
        {
            "txjson": {
                "TransactionType": "Payment",
                "Destination": to,
                "Amount": amount_json(drops),
            },
            "custom_meta": {"identifier": name, "blob": sale.to_blob()},
        },
        identifier=name,
        network="MAINNET",
    )
    assert isinstance(spec, RequestSpec), spec
    return spec
