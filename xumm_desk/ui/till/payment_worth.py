"""Compare what was paid with the price of its sale: what is missing, and what a late payment is
worth now."""

from __future__ import annotations

from collections.abc import Sequence

from xumm_desk.core.message import Message
from xumm_desk.core.money import fiat
from xumm_desk.core.money.fiat import FiatAmount
from xumm_desk.core.pricing.accepted_asset import AcceptedAsset
from xumm_desk.core.pricing.quote import RateRefusal
from xumm_desk.core.sale.sale import missing_price, refunded_identifier, sale_of
from xumm_desk.core.status import Status
from xumm_desk.engine.pricing.rate_watch import RateWatch
from xumm_desk.engine.runtime.registry import RequestRow
from xumm_desk.ui.requests import columns


def missing_of(row: RequestRow | None) -> FiatAmount | None:
    """What of an underpaid sale is missing."""
    ledger = row.request.ledger if row is not None else None
    if row is None or ledger is None or not ledger.validated:
        return None
    sale = sale_of(row.request.spec)
    if row.verdict.status is not Status.CHECK or sale is None or sale.refund_of:
        return None
    return missing_price(row.request.spec.amount, ledger.delivered, sale)


def late_worth(row: RequestRow | None, assets: Sequence[AcceptedAsset], rates: RateWatch) -> str:
    """For a payment that came late: what it is worth now beside what was asked; "" for others."""
    if row is None or row.verdict.status is not Status.PAID_LATE:
        return ""
    if refunded_identifier(row.request.spec):
        return ""
    sale, paid = sale_of(row.request.spec), columns.shown_amount(row)
    asset = next((one for one in assets if one.units_of(paid) is not None), None)
    if sale is None or sale.quote is None or not sale.quote.is_conversion:
        return ""
    if paid is None or asset is None:
        return ""
    worth = rates.worth_now(paid, asset)
    if isinstance(worth, RateRefusal):
        return Message(
            "Asked: {price}. What it is worth now is not known: {reason}",
            price=fiat.format_fiat(sale.quote.price),
            reason=worth.reason,
        )
    return Message(
        "Asked: {price}. What came is worth {worth} now.",
        price=fiat.format_fiat(sale.quote.price),
        worth=fiat.format_fiat(worth),
    )
