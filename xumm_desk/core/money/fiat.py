"""Prices in the shop's own currency (ISO 4217, or XRP): parsed, rounded and formatted."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, ROUND_UP, Context, Decimal, InvalidOperation
from typing import Final

from xumm_desk.core.message import Formatted, Message
from xumm_desk.core.wire.json_fields import Json

from . import amount, typed_number
from .typed_number import Marks

_DIGITS: Final = {
    **dict.fromkeys(
        [
            "BIF",
            "CLP",
            "DJF",
            "GNF",
            "ISK",
            "JPY",
            "KMF",
            "KRW",
            "PYG",
            "RWF",
            "UGX",
            "UYI",
            "VND",
            "VUV",
            "XAF",
            "XOF",
            "XPF",
        ],
        0,
    ),
    **dict.fromkeys(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"], 3),
    **dict.fromkeys(["CLF", "UYW"], 4),
    **dict.fromkeys(["XAH", "XRP"], 6),
}
"""Digits after the decimal mark where they are not 2 (ISO 4217, list one). A shop may also think in
the ledger's own asset, whose prices need no rate."""

NATIVE: Final = frozenset({"XRP", "XAH"})
"""Assets of a ledger itself, in which a shop may write its prices."""

_SYMBOLS: Final = {
    "AUD": "A$",
    "BRL": "R$",
    "CAD": "CA$",
    "CNY": "CN¥",
    "EUR": "€",
    "GBP": "£",
    "INR": "₹",
    "JPY": "¥",
    "KRW": "₩",
    "USD": "$",
}
"""How English writes a currency; the others by their code."""

_UNIT_DIGITS: Final = 5
_MAX_UNIT_DECIMALS: Final = 12
"""Significant digits, and most decimals, with which the price of one unit is shown."""

_CODE: Final = re.compile(r"[A-Z]{3}")
_JSON_VALUE: Final = re.compile(r"-?[0-9]{1,20}(?:\.[0-9]{1,8})?")
_EXACT: Final = Context(prec=60)
MAX_VALUE: Final = Decimal(10) ** 12
"""More than any price: above it something was typed twice."""


@dataclass(frozen=True, slots=True)
class FiatAmount:
    """An amount of a currency by its ISO code; `value` in whole units (euros, not cents), with at
    most the decimals that the currency has."""

    currency: str
    value: Decimal


def is_currency(code: str) -> bool:
    """Whether `code` has the form of an ISO code; which of them have a rate, the platform knows."""
    return _CODE.fullmatch(code) is not None


def on_network(code: str, native: str) -> str:
    """The currency of a shop's prices where the network's own asset is `native`: prices in XRP are
    in XAH on Xahau."""
    return native if code in NATIVE else code


def minor_digits(code: str) -> int:
    """How many decimals the currency has: 2 for EUR, 0 for JPY, 3 for KWD."""
    return _DIGITS.get(code, 2)


def parse_fiat(text: str, code: str, marks: Marks = typed_number.POINT) -> FiatAmount:
    """Read a price as a person types it; zero is no price.

    Raises:
        AmountError: no number, zero, more decimals than the currency has, or far too large.
    """
    value = amount.parse_decimal(text, marks)
    digits = minor_digits(code)
    if value != value.quantize(Decimal(1).scaleb(-digits), context=_EXACT):
        raise amount.AmountError(
            Message(
                "{currency} has at most {n} decimal",
                plural="{currency} has at most {n} decimals",
                n=digits,
                currency=code,
            )
            if digits
            else Message("{currency} has no decimals", currency=code)
        )
    if value > MAX_VALUE:
        raise amount.AmountError(Message("This is larger than any price"))
    return from_decimal(value, code)


def from_decimal(value: Decimal, code: str, *, up: bool = False) -> FiatAmount:
    """`value` in the currency's minor unit: to the nearest, halves away from zero, or `up`."""
    step = Decimal(1).scaleb(-minor_digits(code))
    rounding = ROUND_UP if up else ROUND_HALF_UP
    return FiatAmount(code, value.quantize(step, rounding, context=_EXACT))


def from_minor(units: int, code: str) -> FiatAmount:
    """So many cents, or whatever the smallest unit of the currency is."""
    return FiatAmount(code, Decimal(units).scaleb(-minor_digits(code)))


def to_minor(price: FiatAmount) -> int:
    """How many of the currency's smallest units it is."""
    return int(price.value.scaleb(minor_digits(price.currency)))


def value_text(price: FiatAmount) -> str:
    """The number as JSON, exports and the journal write it: "12.50"."""
    return f"{price.value:.{minor_digits(price.currency)}f}"


def fiat_json(value: Json, code: Json) -> FiatAmount | None:
    """Read what `value_text` wrote; None for anything else."""
    if not (isinstance(value, str) and isinstance(code, str) and is_currency(code)):
        return None
    if not _JSON_VALUE.fullmatch(value):
        return None
    try:
        return from_decimal(Decimal(value), code)  # an older program's decimals are rounded
    except InvalidOperation:
        return None


def format_unit_price(value: Decimal, code: str) -> str:
    """The price of one unit of something as a person reads it: "€ 2.40", "€ 0.62723". With the
    currency's decimals, or as many as 5 significant digits need."""
    digits = max(minor_digits(code), min(_UNIT_DIGITS - 1 - value.adjusted(), _MAX_UNIT_DECIMALS))
    shown = value.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP, context=_EXACT)
    whole, _, decimals = f"{shown:f}".partition(".")
    least = 2 if code in NATIVE else minor_digits(code)
    decimals = decimals[:least] + decimals[least:].rstrip("0")
    text = f"{int(whole):,}".replace(",", "\u202f") + (f".{decimals}" if decimals else "")
    if code in NATIVE:
        return Message("{number} {asset}", number=Formatted(text, shown), asset=code)
    return Formatted(f"{_SYMBOLS.get(code, code)}\u00a0{text}", FiatAmount(code, shown))


def format_number(price: FiatAmount) -> str:
    """The number alone, its digits grouped: with all decimals of the currency, of XRP with the 2 to
    6 that it needs."""
    whole, _, decimals = value_text(price).partition(".")
    if price.currency in NATIVE:
        decimals = decimals[:2] + decimals[2:].rstrip("0")
    sign, whole = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
    grouped = f"{int(whole):,}".replace(",", "\u202f")
    text = sign + grouped + (f".{decimals}" if decimals else "")
    return Formatted(text, price.value)


def format_fiat(price: FiatAmount) -> str:
    """The price as a person reads it: "€ 12.50", "CHF 12.50"."""
    if price.currency in NATIVE:
        return Message("{number} {asset}", number=format_number(price), asset=price.currency)
    symbol = _SYMBOLS.get(price.currency, price.currency)
    return Formatted(f"{symbol}\u00a0{format_number(price)}", price)
