"""Exact amounts of money: XRP, issued currencies and multi-purpose tokens (MPT), read from people
and the wire, compared and shown.

Integers and `Decimal` only, never float.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Context, Decimal, InvalidOperation
from typing import Final, TypeAlias

from xumm_desk.core.message import Formatted, Message
from xumm_desk.core.wire.json_fields import Json

from . import mpt, typed_number
from .pasted_text import without_invisible
from .typed_number import Marks

DROPS_PER_XRP: Final = 1_000_000
MAX_DROPS: Final = 100_000_000_000 * DROPS_PER_XRP
ISSUED_DIGITS: Final = 15
_ISSUED_EXPONENTS: Final = range(-96, 81)

_EXACT: Final = Context(prec=200)
"""More digits than any text that is read here: the default context would round to 28."""

_WHOLE: Final = re.compile(r"[0-9]{1,19}")
_WIRE_VALUE: Final = re.compile(r"[+-]?[0-9]{1,100}(?:\.[0-9]{0,120})?(?:[eE][+-]?[0-9]{1,3})?")


@dataclass(frozen=True, slots=True)
class XrpAmount:
    """An amount of a network's own asset in drops, a millionth each.

    `asset` is what it is called there: "XRP", or "XAH" on Xahau. It is a name only: amounts are
    compared within one network, by their drops.
    """

    drops: int
    asset: str = field(default="XRP", compare=False)


@dataclass(frozen=True, slots=True)
class IssuedAmount:
    """An amount of an issued currency: code (either notation), issuer address, exact value."""

    currency: str
    issuer: str
    value: Decimal


@dataclass(frozen=True, slots=True)
class MptAmount:
    """An amount of a multi-purpose token: 48 hex digits in upper case, and how many of its smallest
    units."""

    issuance_id: str
    value: int


Amount: TypeAlias = XrpAmount | IssuedAmount | MptAmount


class AmountError(ValueError):
    """What a person typed cannot be taken; the text states the rule, without the field's name."""


def parse_decimal(text: str, marks: Marks = typed_number.POINT) -> Decimal:
    """Read a positive number as a person types it, see `typed_number.read`.

    Raises:
        AmountError: two readings that `marks` do not decide, signs, letters, zero, nothing.
    """
    try:
        value = typed_number.parse_number(text, marks).value
    except typed_number.NumberError as error:
        raise AmountError(error.args[0]) from None
    if value == 0:
        raise AmountError(Message("Type more than zero"))
    return value


def parse_xrp(text: str, marks: Marks = typed_number.POINT, asset: str = "XRP") -> XrpAmount:
    """Read an amount of XRP, or of what else a network's own asset is called; raises `AmountError`
    for more than 6 decimals or more than exists."""
    value = parse_decimal(text, marks)
    decimals = -int(value.normalize(_EXACT).as_tuple().exponent)
    if decimals > 6:
        raise AmountError(
            Message(
                "{asset} has at most 6 decimals, this has {decimals}",
                asset=asset,
                decimals=decimals,
            )
        )
    drops = int(_EXACT.multiply(value, Decimal(DROPS_PER_XRP)))
    if drops > MAX_DROPS:
        raise AmountError(
            Message("This is more {asset} than exists (100 000 000 000)", asset=asset)
        )
    return XrpAmount(drops, asset)


def parse_issued(
    text: str, code: str, issuer: str, marks: Marks = typed_number.POINT
) -> IssuedAmount:
    """Read an issued amount; raises `AmountError` past 15 digits or the ledger's range."""
    value = parse_decimal(text, marks)
    check_precision(value)
    return IssuedAmount(code, issuer, value)


def parse_mpt(text: str, issuance_id: str, marks: Marks = typed_number.POINT) -> MptAmount:
    """Read an amount of a multi-purpose token; raises `AmountError` for decimals, which no amount
    of one has, and past 63 bits."""
    value = parse_decimal(text, marks)
    if value != value.to_integral_value(context=_EXACT):
        raise AmountError(
            Message("A multi-purpose token is paid as a whole number of its smallest unit")
        )
    if value > mpt.MAX_VALUE:
        raise AmountError(
            Message(
                "Amounts of a multi-purpose token are at most {max_value}", max_value=mpt.MAX_VALUE
            )
        )
    return MptAmount(issuance_id.upper(), int(value))


def parse_amount(value: Json, asset: str = "XRP") -> Amount | None:
    """Read `Amount`, `DeliverMax` or `delivered_amount` of a transaction; None if it is none of a
    string of drops, a currency object (P§9.4) and a token object (XLS-33). `asset` is what drops
    are called on the network."""
    if isinstance(value, str):
        if value.isascii() and value.isdigit() and len(value) <= 20:
            return XrpAmount(int(value), asset)
        return None
    if not isinstance(value, Mapping):
        return None
    if "mpt_issuance_id" in value:
        return _parse_token(value)
    code, issuer, number = value.get("currency"), value.get("issuer"), value.get("value")
    if not (isinstance(code, str) and isinstance(issuer, str) and isinstance(number, str)):
        return None
    if not _WIRE_VALUE.fullmatch(number):
        return None
    try:
        return IssuedAmount(code, issuer, Decimal(number))
    except InvalidOperation:
        return None


def _parse_token(value: Mapping[str, Json]) -> MptAmount | None:
    issuance_id, number = value.get("mpt_issuance_id"), value.get("value")
    if not (isinstance(issuance_id, str) and isinstance(number, str)) or set(value) - {
        "mpt_issuance_id",
        "value",
    }:
        return None
    if not (
        mpt.is_issuance_id(issuance_id)
        and _WHOLE.fullmatch(number)
        and int(number) <= mpt.MAX_VALUE
    ):
        return None
    return MptAmount(issuance_id.upper(), int(number))


def amount_json(amount: Amount) -> Json:
    """The form which `txjson` needs: always strings, never numbers, hex digits in upper case
    (P§2.2, code 603)."""
    if isinstance(amount, XrpAmount):
        return str(amount.drops)
    if isinstance(amount, MptAmount):
        return {"mpt_issuance_id": amount.issuance_id, "value": str(amount.value)}
    return {
        "currency": amount.currency,
        "issuer": amount.issuer,
        "value": _decimal_text(amount.value),
    }


def amounts_equal(one: Amount | None, other: Amount | None) -> bool:
    """Whether both are the same money: drops, or currency in either notation, issuer and value, or
    token and value."""
    if isinstance(one, XrpAmount) and isinstance(other, XrpAmount):
        return one.drops == other.drops
    return same_asset(one, other) and as_decimal(one) == as_decimal(other)


def same_asset(one: Amount | None, other: Amount | None) -> bool:
    """Whether both are amounts of one asset: XRP, one currency of one issuer, or one token."""
    if isinstance(one, XrpAmount) and isinstance(other, XrpAmount):
        return True
    if isinstance(one, MptAmount) and isinstance(other, MptAmount):
        return one.issuance_id == other.issuance_id
    return (
        isinstance(one, IssuedAmount)
        and isinstance(other, IssuedAmount)
        and currency_hex(one.currency) == currency_hex(other.currency)
        and one.issuer == other.issuer
    )


def as_decimal(amount: Amount | None) -> Decimal:
    """The number in units of the asset (XRP, not drops; the smallest unit of a multi-purpose
    token); 0 for none."""
    if amount is None:
        return Decimal(0)
    if isinstance(amount, XrpAmount):
        return Decimal(amount.drops) / DROPS_PER_XRP
    return Decimal(amount.value)


def total(amounts: Sequence[Amount | None]) -> Amount | None:
    """The sum; None for no amounts, or if one is unknown or of another asset."""
    first = amounts[0] if amounts else None
    if not all(same_asset(first, one) for one in amounts):
        return None
    match first:
        case XrpAmount():
            return XrpAmount(
                sum(one.drops for one in amounts if isinstance(one, XrpAmount)), first.asset
            )
        case MptAmount():
            whole = sum(one.value for one in amounts if isinstance(one, MptAmount))
            return MptAmount(first.issuance_id, whole)
        case IssuedAmount():
            parts = (as_decimal(one) for one in amounts)
            return IssuedAmount(first.currency, first.issuer, sum(parts, start=Decimal(0)))
    return None


def asset_label(amount: Amount | None) -> str:
    """The asset's short name: "XRP" (or "XAH"), the issued code as a person reads it, or "MPT" and
    the two ends of the token's id."""
    if isinstance(amount, IssuedAmount):
        return currency_label(amount.currency)
    if isinstance(amount, MptAmount):
        return mpt.short_issuance_id(amount.issuance_id)
    return "" if amount is None else amount.asset


def full_asset_label(amount: Amount | None) -> str:
    """As `asset_label`, but a token by its whole id, which programs and books need."""
    return amount.issuance_id if isinstance(amount, MptAmount) else asset_label(amount)


def issuer_of(amount: Amount | None) -> str:
    """The address of the asset's issuer; "" for XRP, XAH and None."""
    if isinstance(amount, IssuedAmount):
        return amount.issuer
    return mpt.issuer_of(amount.issuance_id) if isinstance(amount, MptAmount) else ""


def format_number(amount: Amount | None) -> str:
    """The number alone: XRP with 2 to 6 decimals, issued values as they are; digits grouped by a
    narrow blank, which no one can take for a decimal mark."""
    return "" if amount is None else Formatted(_number_text(amount), as_decimal(amount))


def _number_text(amount: Amount) -> str:
    if isinstance(amount, XrpAmount):
        whole, part = divmod(amount.drops, DROPS_PER_XRP)
        decimals = f"{part:06d}"
        decimals = decimals[:2] + decimals[2:].rstrip("0")
        return f"{whole:,}".replace(",", "\u202f") + "." + decimals
    if isinstance(amount, MptAmount):
        return f"{amount.value:,}".replace(",", "\u202f")
    sign, _, rest = "", "", _decimal_text(amount.value)
    if "E" in rest:
        return rest
    if rest.startswith("-"):
        sign, rest = "-", rest[1:]
    whole_text, _, decimals = rest.partition(".")
    grouped = f"{int(whole_text):,}".replace(",", "\u202f")
    return sign + grouped + (f".{decimals}" if decimals else "")


def format_amount(amount: Amount | None) -> str:
    """The amount as a person reads it: "12.50 XRP"; empty for none."""
    if amount is None:
        return ""
    number, asset = format_number(amount), asset_label(amount)
    return Message("{number} {asset}", number=number, asset=asset) if asset else number


def check_precision(value: Decimal) -> None:
    """Raise `AmountError` where the ledger cannot hold `value` of an issued currency exactly."""
    normal = value.normalize(_EXACT).as_tuple()
    if len(normal.digits) > ISSUED_DIGITS:
        raise AmountError(
            Message(
                "An issued currency has at most {issued_digits} significant digits,"
                " this has {count}",
                issued_digits=ISSUED_DIGITS,
                count=len(normal.digits),
            )
        )
    # The ledger stores a mantissa of exactly 15 or 16 digits, so the exponent moves with it.
    if int(normal.exponent) - (16 - len(normal.digits)) not in _ISSUED_EXPONENTS:
        raise AmountError(Message("This is too large or too small for the ledger"))


def _decimal_text(value: Decimal) -> str:
    """Plain digits where they stay short, scientific notation where zeros would bury them."""
    normal = value.normalize(_EXACT)
    exponent = int(normal.as_tuple().exponent)
    if -20 <= exponent <= 20:
        return f"{normal:f}"
    return str(normal)


_STANDARD: Final = re.compile(r"[A-Za-z0-9?!@#$%^&*<>(){}\[\]|]{3}")
_HEX: Final = re.compile(r"[0-9A-Fa-f]{40}")
_NAME: Final = re.compile(r"[!-~](?:[ -~]{2,18})[!-~]")
_NATIVE: Final = "XRP"


def is_currency_code(text: str) -> bool:
    """Whether `text` is a valid issued currency code: 3 characters but not XRP, or 40 hex
    digits."""
    if _STANDARD.fullmatch(text):
        return text.upper() != _NATIVE
    return bool(_HEX.fullmatch(text)) and int(text, 16) != 0 and _standard_code(text) != _NATIVE


def parse_currency(text: str) -> str | None:
    """The code that is sent for what a person typed: a code as it is, a name of 4 to 20 ASCII
    characters such as RLUSD as the 40 hex digits that spell it; None for anything else."""
    typed = without_invisible(text)
    if is_currency_code(typed):
        return typed
    if _NAME.fullmatch(typed) and not _HEX.fullmatch(typed):
        return typed.encode().hex().upper().ljust(40, "0")
    return None


def currency_hex(code: str) -> str:
    """The 40 hex digits, upper case, of `code` on the ledger. Two codes are the same currency if
    this is equal: "USD" and its 40 hex digits are."""
    if _HEX.fullmatch(code):
        return code.upper()
    return ("00" * 12 + code.encode("ascii", "replace").hex() + "00" * 5).upper()


def currency_label(code: str) -> str:
    """The code as a person reads it: 3 characters, printable text of a 40-hex code, or its hex."""
    if not _HEX.fullmatch(code):
        return code
    spelled = _standard_code(code)
    if spelled is not None:
        return spelled
    raw = bytes.fromhex(code).rstrip(b"\0")
    name = raw.decode("ascii", "ignore")
    # Three characters would look like a standard code, or like XRP itself.
    if len(name) == len(raw) and len(name) not in (0, 3) and all(" " < c <= "~" for c in name):
        return name
    return f"{code[:6].upper()}…"


def _standard_code(code: str) -> str | None:
    """The 3 characters inside 40 hex digits of the standard form, else None."""
    raw = bytes.fromhex(code)
    if raw[:12] == bytes(12) and raw[15:] == bytes(5):
        name = raw[12:15].decode("ascii", "replace")
        if _STANDARD.fullmatch(name):
            return name
    return None
