"""Rows of sales at a till, as receipts print them: paid, to be checked, refunded."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from ui.sample_rows import NOW, Story

from xumm_desk.core.money import fiat
from xumm_desk.core.money.amount import XrpAmount
from xumm_desk.core.pricing.quote import Quote, Rate, RateSource
from xumm_desk.core.receipt.receipt import Receipt, ReceiptShop, make_receipt
from xumm_desk.core.sale.sale import Sale
from xumm_desk.core.state import facts
from xumm_desk.core.state.facts import FactKind, Source
from xumm_desk.engine.runtime.registry import RequestRow

PARTIAL = 0x00020000
"""The flag of a payment that may deliver less."""

RATE = Rate(Decimal("2.40"), "EUR", RateSource.PLATFORM, NOW - timedelta(seconds=618))
QUOTE = Quote(fiat.from_decimal(Decimal("12.50"), "EUR"), XrpAmount(5_208_334), RATE)
SALE = Sale(
    number=1042,
    till="Till 2",
    cashier="Anna",
    quote=QUOTE,
    tip=fiat.from_decimal(Decimal("1.25"), "EUR"),
    reference="Table 4",
)
SHOP = ReceiptShop(
    name="Café Uno",
    address=("Rue des Écoles 12", "75005 Paris"),
    footer="Thank you! Exchange within 14 days with this receipt.",
)


class SaleStory(Story):
    """A request that was made at a till."""

    def __init__(self, identifier: str, ago: float, sale: Sale = SALE, **more: Any) -> None:
        super().__init__(identifier, ago, **more)
        body = dict(self.spec.body)
        body["custom_meta"] = {"identifier": identifier, "blob": sale.to_blob()}
        self.spec = replace(self.spec, body=body)
        self.facts[0] = facts.make_fact(
            self.begun, Source.DESK, FactKind.INTENT, self.spec.to_json()
        )


def _waiting(name: str, sale: Sale = SALE, **more: Any) -> SaleStory:
    story = SaleStory(name, 600, sale, **more)
    story.created().answer(0.2)
    return story


def paid(sale: Sale = SALE, name: str = "till-1042") -> RequestRow:
    """A paid sale of € 12.50 with a tip."""
    return _waiting(name, sale).opened().pre_signed().signed("bert").validated().done().row


def paid_late() -> RequestRow:
    """Signed after its time."""
    story = _waiting("till-1043", replace(SALE, number=1043))
    return story.opened(200).pre_signed(120).signed("carla").validated().done().row


def check() -> RequestRow:
    """A partial payment delivered 0.001 XRP of it."""
    story = _waiting("till-1044", replace(SALE, number=1044))
    story.opened().pre_signed().signed("gerda", Flags=PARTIAL).validated(delivered="1000")
    return story.done().row


def waiting(sale: Sale = SALE) -> RequestRow:
    """Nobody has scanned it."""
    return _waiting("till-1045", replace(sale, number=1045)).done(200).row


def declined() -> RequestRow:
    """The customer said no."""
    story = _waiting("till-1046", replace(SALE, number=1046)).opened()
    story.frame(9, '{"payload_uuidv4":null,"signed":false}')
    return story.answer(0.2, resolved=True, app_opened=True).done().row


def refund() -> RequestRow:
    """€ 12.50 paid back."""
    sale = replace(SALE, number=1047, tip=None, refund_of="till-1042")
    story = _waiting("till-1047", sale).opened().pre_signed().signed("shop").validated()
    return story.done().row


def receipt_of(row: RequestRow, shop: ReceiptShop = SHOP, **more: Any) -> Receipt:
    """The receipt, with times in UTC."""
    return make_receipt(
        row.request, row.verdict, shop, printed_at=NOW, to_local=lambda at: at, **more
    )
