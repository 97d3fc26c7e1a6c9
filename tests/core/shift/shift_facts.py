"""Facts of sales, payments and refunds as a journal holds them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final

from core.builders import CUSTOMER, ISSUER, SHOP
from xumm_desk.core.money import amount, fiat
from xumm_desk.core.money.amount import Amount, IssuedAmount, MptAmount, XrpAmount
from xumm_desk.core.money.fiat import FiatAmount
from xumm_desk.core.pricing.quote import Quote, Rate, RateSource
from xumm_desk.core.request import request_spec
from xumm_desk.core.request.request_spec import RequestSpec
from xumm_desk.core.sale.sale import Sale
from xumm_desk.core.state.facts import Fact, FactKind, Source, make_fact
from xumm_desk.core.wire.json_fields import JsonObject

START: Final = datetime(2026, 11, 30, 8, 0, tzinfo=UTC)
TOKEN: Final = "0000012F" + "AB" * 20
ASSETS: Final[dict[str, Amount]] = {
    "XRP": XrpAmount(1),
    "EUR": IssuedAmount("EUR", ISSUER, Decimal("0.1")),
    "hex EUR": IssuedAmount(amount.currency_hex("EUR"), ISSUER, Decimal("0.1")),
    "token": MptAmount(TOKEN, 1),
}


def times(asset: Amount, count: int) -> Amount:
    """So many of the smallest amounts of the test's assets."""
    if isinstance(asset, XrpAmount):
        return XrpAmount(asset.drops * count)
    if isinstance(asset, MptAmount):
        return MptAmount(asset.issuance_id, asset.value * count)
    return IssuedAmount(asset.currency, asset.issuer, asset.value * count)


def quote(price: FiatAmount, asked: Amount) -> Quote:
    """A price for an amount, whatever the rate."""
    return Quote(price, asked, Rate(Decimal("2.4"), price.currency, RateSource.PLATFORM, START))


def sale_spec(
    identifier: str,
    asked: Amount,
    *,
    cents: int | None = 1200,
    tip: int = 0,
    till: str = "1",
    cashier: str = "Ana",
    number: int = 1,
    network: str = "MAINNET",
    refund_of: str = "",
    part: Amount | None = None,
) -> RequestSpec:
    """A sale, or the refund of one."""
    price = fiat.from_minor(cents, "EUR") if cents is not None else None
    made = Sale(
        number=number,
        till=till,
        cashier=cashier,
        quote=quote(price, asked) if price is not None else None,
        tip=fiat.from_minor(tip, "EUR") if tip and price is not None else None,
        refund_of=refund_of,
        part=part,
    )
    to, options = (CUSTOMER.address, {"signers": [SHOP]}) if refund_of else (SHOP, {})
    txjson: JsonObject = {
        "TransactionType": "Payment",
        "Destination": to,
        "Amount": amount.amount_json(asked),
    }
    body: JsonObject = {
        "txjson": txjson,
        "options": options,  # type: ignore[dict-item]
        "custom_meta": {"blob": made.to_blob()},
    }
    found = request_spec.parse_body(body, identifier=identifier, network=network)
    assert isinstance(found, RequestSpec), found
    return found


def intent(spec: RequestSpec, at: datetime = START) -> Fact:
    """The first fact of a request."""
    return make_fact(at, Source.OPERATOR, FactKind.INTENT, spec.to_json())


def money_fact(
    spec: RequestSpec,
    txid: str,
    delivered: Amount | None,
    *,
    at: datetime = START,
    kind: FactKind = FactKind.LEDGER_TX,
    result: str = "tesSUCCESS",
    validated: bool = True,
    by: str = "tag",
) -> Fact:
    """What a node says of a transaction for this request."""
    refund = spec.destination != SHOP
    tx: JsonObject = {
        "TransactionType": "Payment",
        "Account": SHOP if refund else CUSTOMER.address,
        "Destination": spec.destination or "",
    }
    meta: JsonObject = {"TransactionResult": result}
    meta["delivered_amount"] = (
        amount.amount_json(delivered) if delivered is not None else "unavailable"
    )
    value: JsonObject = {
        "hash": txid,
        "validated": validated,
        "ledger_index": 90_000_000,
        "tx_json": tx,
        "meta": meta,
    }
    if kind is FactKind.PAYMENT:
        value["paired"] = by
    return make_fact(at, Source.LEDGER, kind, value)


def declined(at: datetime = START) -> Fact:
    """The platform says that the customer declined."""
    value: JsonObject = {
        "meta": {"exists": True, "resolved": True, "signed": False, "app_opened": True},
        "response": {},
    }
    return make_fact(at, Source.PLATFORM, FactKind.ANSWER, value)


def later(seconds: int) -> datetime:
    """So many seconds after the journal began."""
    return START + timedelta(seconds=seconds)
