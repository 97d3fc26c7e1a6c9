"""Arithmetic of refunds: exact sums and differences of one asset, and what a part of a sale was
worth when the sale was made."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_CEILING, Context, Decimal, InvalidOperation
from fractions import Fraction
from typing import Final

from xumm_desk.core.money import amount, fiat
from xumm_desk.core.money.amount import Amount, IssuedAmount, MptAmount, XrpAmount
from xumm_desk.core.money.fiat import FiatAmount
from xumm_desk.core.pricing.quote import Quote

_EXACT: Final = Context(prec=60)
_ISSUED: Final = Context(prec=amount.ISSUED_DIGITS, rounding=ROUND_CEILING)


def worth_at_sale(quote: Quote, part: Amount) -> FiatAmount | None:
    """What `part` was worth when the sale was made, to the nearest of the currency's smallest
    units; None where it is of another asset than was charged."""
    return worth_of_part(quote.price, quote.amount, part)


def worth_of_part(price: FiatAmount, whole: Amount, part: Amount) -> FiatAmount | None:
    """What `part` is worth where `whole` is worth `price`, rounded as by `worth_at_sale`."""
    if not amount.same_asset(whole, part) or not is_positive(whole):
        return None
    share = fraction_of(part) / fraction_of(whole) * Fraction(price.value)
    return fiat.from_decimal(_divide(share, _EXACT), price.currency)


def worth_of_payments(
    price: FiatAmount | None, asked: Amount | None, delivered: Sequence[Amount]
) -> FiatAmount | None:
    """What was delivered is worth by the rate of the sale; None where nothing says so. Taken of the
    sum, so that a price paid in parts is exactly that price; what came in another asset has no
    rate."""
    if price is None or asked is None:
        return None
    alike = [one for one in delivered if amount.same_asset(one, asked)]
    if not alike:
        return None
    whole = alike[0]
    try:
        for one in alike[1:]:
            whole = plus(whole, one)
        if amount.amounts_equal(whole, asked):
            return price
        return worth_of_part(price, asked, whole)
    except (InvalidOperation, OverflowError):
        return None  # more than any price: of the hundred digits of a token worth nothing


def part_worth(quote: Quote, price: FiatAmount) -> Amount:
    """The part that was worth `price` when the sale was made, rounded up."""
    share = Fraction(price.value) / Fraction(quote.price.value)
    return of_fraction(quote.amount, share * fraction_of(quote.amount))


def plus(one: Amount, other: Amount) -> Amount:
    """The exact sum of two amounts of one asset."""
    return _exactly(one, fraction_of(one) + fraction_of(other))


def less(one: Amount, other: Amount) -> Amount:
    """The exact difference of two amounts of one asset, at least 0."""
    return _exactly(one, max(Fraction(0), fraction_of(one) - fraction_of(other)))


def none_of(asset: Amount) -> Amount:
    """Nothing of the asset of this amount."""
    return _exactly(asset, Fraction(0))


def is_positive(money: Amount) -> bool:
    """Whether it is more than nothing."""
    return fraction_of(money) > 0


def fraction_of(money: Amount) -> Fraction:
    """The number of units: XRP, not drops."""
    if isinstance(money, XrpAmount):
        return Fraction(money.drops, amount.DROPS_PER_XRP)
    return Fraction(money.value)


def of_fraction(asset: Amount, units: Fraction) -> Amount:
    """So many units of the asset, rounded up to what the ledger can hold of it."""
    if isinstance(asset, XrpAmount):
        return XrpAmount(_ceiling(units * amount.DROPS_PER_XRP), asset.asset)
    if isinstance(asset, MptAmount):
        return MptAmount(asset.issuance_id, _ceiling(units))
    return IssuedAmount(asset.currency, asset.issuer, _divide(units, _ISSUED))


def _exactly(asset: Amount, units: Fraction) -> Amount:
    """As `of_fraction`, for a number that needs no rounding."""
    if isinstance(asset, IssuedAmount):
        return IssuedAmount(asset.currency, asset.issuer, _divide(units, _EXACT))
    return of_fraction(asset, units)


def _divide(number: Fraction, context: Context) -> Decimal:
    return context.divide(Decimal(number.numerator), Decimal(number.denominator))


def _ceiling(number: Fraction) -> int:
    return -(-number.numerator // number.denominator)
