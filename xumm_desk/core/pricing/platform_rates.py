"""Parse the platform's answer to `GET rates/{CUR}`: prices of one XRP, XAH and USD (P§1.5).

No answer becomes a price of 1 or of nothing: whatever is wrong with a number is kept as a sentence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from xumm_desk.core.message import Message
from xumm_desk.core.wire import json_fields
from xumm_desk.core.wire.json_fields import Json

PRICED: Final = ("XRP", "XAH", "USD")
"""What the platform knows a price of."""

_SMALLEST: Final = Decimal("1e-15")
_LARGEST: Final = Decimal("1e15")
MAX_DECIMALS: Final = 40
"""A quote's text holds no more."""


@dataclass(frozen=True, slots=True)
class PlatformRates:
    """Prices of one unit in `currency`; `faults` says what is wrong with those that are missing."""

    currency: str
    prices: Mapping[str, Decimal]
    faults: Mapping[str, str]

    def price_of(self, code: str) -> Decimal | str:
        """The price of one `code` ("XRP", "USD"), or a sentence that says why there is none."""
        if code == self.currency:
            return Decimal(1)
        price = self.prices.get(code)
        return self.faults.get(code, _missing(code)) if price is None else price


def parse_rates(value: Mapping[str, Json], currency: str) -> PlatformRates:
    """Parse an answer that was read with exact numbers."""
    about = json_fields.object_at(json_fields.object_at(value, "__meta"), "currency")
    named = json_fields.string_at(about, "code")
    if named is not None and named.upper() != currency:
        other = Message(
            "The platform sent the rates of {other} instead of {currency}.",
            other=named[:10],
            currency=currency,
        )
        return PlatformRates(currency, {}, dict.fromkeys(PRICED, other))
    prices: dict[str, Decimal] = {}
    faults: dict[str, str] = {}
    for code in PRICED:
        price = price_at(value, code)
        if isinstance(price, Decimal):
            prices[code] = price
        else:
            faults[code] = price
    return PlatformRates(currency, prices, faults)


def price_at(value: Mapping[str, Json], code: str) -> Decimal | str:
    """The price of one `code` in an answer, or a sentence that says what stands there instead."""
    given = value.get(code)
    if given is None:
        return _missing(code)
    number = json_fields.decimal_at(value, code)
    if number is None:
        return Message("The platform's rate of {code} is no number.", code=code)
    if number == 0:
        return Message("The platform's rate of {code} is zero.", code=code)
    if number < 0:
        return Message("The platform's rate of {code} is negative.", code=code)
    if not is_sensible(number):
        return Message("The platform's rate of {code} is beyond any price.", code=code)
    return number


def is_sensible(price: Decimal) -> bool:
    """Whether `price` can be the price of anything, and a quote can hold all its digits."""
    if not (price.is_finite() and _SMALLEST <= price <= _LARGEST):
        return False
    return -int(price.as_tuple().exponent) <= MAX_DECIMALS


def _missing(code: str) -> str:
    return Message("The platform sent no rate of {code}.", code=code)
