"""Convert a price to an amount of an asset, rounded up, and an amount to what it is worth.

Fractions all the way: the only rounding is the one that is meant.
"""

from __future__ import annotations

import math
from decimal import Context, Decimal
from fractions import Fraction
from typing import Final

from xumm_desk.core.message import Message
from xumm_desk.core.money import fiat, mpt
from xumm_desk.core.money.amount import ISSUED_DIGITS, MAX_DROPS, Amount, AmountError
from xumm_desk.core.money.fiat import FiatAmount

from .accepted_asset import AcceptedAsset

_NATIVE_DIGITS: Final = 6
_EXACT: Final = Context(prec=200)


def amount_for(price: FiatAmount, unit_price: Decimal, asset: AcceptedAsset) -> Amount:
    """The least amount of `asset` that is worth `price`, where one unit costs `unit_price` in the
    price's currency: rounded up to the drop, to the asset's decimals (of an issued currency also to
    15 significant digits), to the token's smallest unit.

    Raises:
        AmountError: the price or the rate is not above zero, or the ledger cannot hold so much.
    """
    if price.value <= 0:
        raise AmountError(Message("The price must be more than zero."))
    if not (unit_price.is_finite() and unit_price > 0):
        raise AmountError(Message("The rate must be more than zero."))
    exact = Fraction(price.value) / Fraction(unit_price)
    digits = _NATIVE_DIGITS if asset.is_native else asset.decimals
    if not (asset.is_native or asset.is_token):
        digits = min(digits, ISSUED_DIGITS - _whole_digits(exact))
    steps = math.ceil(exact * Fraction(10) ** digits)
    units = Decimal(steps).scaleb(-digits, context=_EXACT)
    _check_size(steps, asset)
    return asset.amount_of(units)


def worth(paid: Amount, unit_price: Decimal, currency: str, asset: AcceptedAsset) -> FiatAmount:
    """What `paid` is worth where one unit of `asset` costs `unit_price`: to the nearest of the
    currency's smallest units, halves up.

    Raises:
        AmountError: it is an amount of another asset.
    """
    units = asset.units_of(paid)
    if units is None:
        raise AmountError(Message("The payment is of another asset."))
    return fiat.from_decimal(_EXACT.multiply(units, unit_price), currency)


def _whole_digits(value: Fraction) -> int:
    """How many digits stand before the decimal mark: 0 below 1."""
    whole = math.floor(value)
    return len(str(whole)) if whole else 0


def _check_size(steps: int, asset: AcceptedAsset) -> None:
    if asset.is_native and steps > MAX_DROPS:
        raise AmountError(Message("This is more {asset} than exists.", asset=asset.currency))
    if asset.is_token and steps > mpt.MAX_VALUE:
        raise AmountError(
            Message("This is more {asset} than one payment can hold.", asset=asset.label)
        )
