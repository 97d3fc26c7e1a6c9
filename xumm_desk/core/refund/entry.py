"""What a person types to refund a sale, and the order that comes of it.

Where the sale has a price in the shop's currency, that is typed: the customer brings back what cost
so much. It is converted by the rate of the sale; what it is worth today never matters by itself.
"""

from __future__ import annotations

from dataclasses import dataclass

from xumm_desk.core.message import Message
from xumm_desk.core.money import amount, fiat, typed_number
from xumm_desk.core.money.amount import Amount, AmountError, MptAmount, XrpAmount
from xumm_desk.core.money.fiat import FiatAmount
from xumm_desk.core.money.typed_number import Marks
from xumm_desk.core.pricing.accepted_asset import AcceptedAsset
from xumm_desk.core.pricing.quote import Quote
from xumm_desk.core.request.request_spec import RequestSpec
from xumm_desk.core.sale.sale import sale_of

from .amounts import part_worth, worth_at_sale
from .refund import RefundBalance


@dataclass(frozen=True, slots=True)
class RefundEntry:
    """One balance of a sale, as the dialog shows it. `quote` is the sale's price where the balance
    is of the asset that was charged for it, else None."""

    balance: RefundBalance
    quote: Quote | None = None

    @property
    def unit(self) -> str:
        """What the amount is typed in."""
        if self.quote is not None:
            return self.quote.price.currency
        return amount.asset_label(self.balance.left)

    def worth(self, part: Amount) -> FiatAmount | None:
        """What `part` was worth at the time of sale; None where the sale has no price."""
        return worth_at_sale(self.quote, part) if self.quote is not None else None

    def parse_part(self, text: str, marks: Marks = typed_number.POINT) -> Amount:
        """The part of the balance that is meant by what was typed.

        Raises:
            AmountError: no number, zero, or more than is left.
        """
        left = self.balance.left
        if self.quote is None:
            part = _parse_amount(text, left, marks)
        else:
            price = fiat.parse_fiat(text, self.quote.price.currency, marks)
            most = worth_at_sale(self.quote, left)
            assert most is not None
            if price == most:
                return left
            if price.value > most.value:
                raise AmountError(
                    Message("Only {left} are left to refund", left=fiat.format_fiat(most))
                )
            part = part_worth(self.quote, price)
            if amount.as_decimal(part) > amount.as_decimal(left):
                return left  # by less than the smallest unit of the shop's currency
        if amount.as_decimal(part) > amount.as_decimal(left):
            raise AmountError(
                Message("Only {left} are left to refund", left=amount.format_amount(left))
            )
        return part

    def text_of_left(self) -> str:
        """Everything that is left, as it would be typed with a decimal point."""
        left = self.balance.left
        worth = self.worth(left)
        return f"{amount.as_decimal(left):f}" if worth is None else fiat.value_text(worth)

    def quote_of(self, part: Amount) -> Quote | None:
        """The price of a refund of `part` in the asset that was paid: by the rate of the sale."""
        worth = self.worth(part)
        if self.quote is None or worth is None:
            return None
        return Quote(worth, part, self.quote.rate)


def refund_entry(spec: RequestSpec, balance: RefundBalance) -> RefundEntry:
    """The entry of one balance of the request `spec`."""
    sale = sale_of(spec)
    quote = sale.quote if sale is not None else None
    known = quote is not None and quote.is_conversion
    if not known or quote is None or not amount.same_asset(quote.amount, balance.delivered):
        return RefundEntry(balance)
    worth = worth_at_sale(quote, balance.left)
    if worth is None or not worth.value:
        return RefundEntry(balance)  # less than the smallest unit of the shop's currency
    return RefundEntry(balance, quote)


def asset_of(money: Amount) -> AcceptedAsset:
    """The asset of an amount, for one that the shop no longer accepts."""
    if isinstance(money, XrpAmount):
        return AcceptedAsset(money.asset)
    if isinstance(money, MptAmount):
        return AcceptedAsset(money.issuance_id, decimals=0)
    return AcceptedAsset(money.currency, money.issuer)


def _parse_amount(text: str, asset: Amount, marks: Marks) -> Amount:
    if isinstance(asset, XrpAmount):
        return amount.parse_xrp(text, marks, asset.asset)
    if isinstance(asset, MptAmount):
        return amount.parse_mpt(text, asset.issuance_id, marks)
    return amount.parse_issued(text, asset.currency, asset.issuer, marks)
