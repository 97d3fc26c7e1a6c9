"""Read the shop's rules for rates from its settings: limits, and the second source to compare.

The readers are total: a person may have edited the file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from typing import Final

from xumm_desk.core.message import Formatted, Message, error_text
from xumm_desk.core.money import address, amount, fiat, typed_number
from xumm_desk.core.money.typed_number import POINT, Marks
from xumm_desk.core.settings import Settings
from xumm_desk.core.wire import json_fields
from xumm_desk.core.wire.json_fields import Json

from .accepted_asset import AcceptedAsset, assets_from_json
from .quote import RateSource

DEFAULT_AGE: Final = Decimal(5)
AGES: Final = (Decimal("0.5"), Decimal(24 * 60))
"""Minutes, least and most."""

DEFAULT_SPREAD: Final = Decimal(2)
SPREADS: Final = (Decimal("0.1"), Decimal(50))
"""Percent, least and most."""

MAX_ORACLES: Final = 200
"""As many as a node takes in one question."""

_MAX_DOCUMENT: Final = 2**32 - 1
_TYPED_AGE: Final = 3600.0
_DIVISION: Final = Context(prec=20)


@dataclass(frozen=True, slots=True)
class SecondSource:
    """Where on the ledger the price of XRP is looked up to compare it.

    For oracles `currencies` are asked one after the other until one has a price; for order book and
    pool it is the one that `code` of `issuer` stands for.
    """

    source: RateSource
    currencies: tuple[str, ...]
    code: str = ""
    issuer: str = ""
    oracles: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class RatePolicy:
    """Which rates may be used: `max_age` in seconds, `max_spread` as a fraction.

    A typed rate may be older than one that renews itself: `typed_max_age`. `second_problem` is a
    sentence where a second source is set up that cannot be asked.
    """

    max_age: float = 300.0
    max_spread: Decimal = Decimal("0.02")
    second: SecondSource | None = None
    second_problem: str = ""
    typed_max_age: float = _TYPED_AGE


def rate_policy(settings: Settings) -> RatePolicy:
    """The rules that the settings hold; a limit that is none of sense is the default."""
    max_age = float(_number(settings.rate_max_age, AGES, DEFAULT_AGE) * 60)
    spread = _number(settings.rate_max_spread, SPREADS, DEFAULT_SPREAD)
    second = second_source(settings)
    return RatePolicy(
        max_age=max_age,
        max_spread=_DIVISION.divide(spread, Decimal(100)),
        second=second if isinstance(second, SecondSource) else None,
        second_problem=second if isinstance(second, str) else "",
        typed_max_age=max(max_age, _TYPED_AGE),
    )


def second_source(settings: Settings) -> SecondSource | str | None:
    """The source to compare with; None where none is chosen, a sentence where one is and something
    is missing."""
    chosen = settings.rate_second.strip()
    if not chosen:
        return None
    if chosen == RateSource.ORACLE.value:
        return _oracles(settings)
    if chosen in (RateSource.ORDER_BOOK.value, RateSource.POOL.value):
        return _issued(RateSource(chosen), settings)
    return Message("The settings name a second source of rates that is not known.")


def oracles_from_json(values: Sequence[Json]) -> tuple[tuple[str, int], ...]:
    """The price oracles of the settings, each as address and document number; what is none is left
    out."""
    found: dict[tuple[str, int], None] = {}
    for value in values:
        if not isinstance(value, Mapping):
            continue
        owner = json_fields.string_at(value, "account") or ""
        number = json_fields.int_at(value, "document")
        if not address.is_classic_address(owner) or number is None:
            continue
        if 0 <= number <= _MAX_DOCUMENT:
            found[(owner, number)] = None
    return tuple(found)[:MAX_ORACLES]


def _oracles(settings: Settings) -> SecondSource | str:
    oracles = oracles_from_json(settings.rate_oracles)
    if not oracles:
        return Message("The settings name no price oracle to compare the rate with.")
    shop = settings.shop_currency
    # Most oracles have dollars only.
    currencies = ("USD",) if shop in fiat.NATIVE or shop == "USD" else (shop, "USD")
    return SecondSource(RateSource.ORACLE, currencies, oracles=oracles)


def _issued(source: RateSource, settings: Settings) -> SecondSource | str:
    """`rate_issuer` is an address, for the shop's currency, or "CODE.address"."""
    name, _, issuer = settings.rate_issuer.strip().rpartition(".")
    if not address.is_classic_address(issuer):
        return Message("The settings name no issuer whose price the rate is compared with.")
    code = amount.parse_currency(name or settings.shop_currency)
    if code is None:
        return Message("The settings name no currency whose price the rate is compared with.")
    currency = _stands_for(code, issuer, assets_from_json(settings.assets, "XRP"))
    if not currency:
        return Message(
            "The settings do not say which currency {code} is worth one unit of.",
            code=amount.currency_label(code),
        )
    if currency not in (settings.shop_currency, "USD"):
        return Message(
            "A price in {currency} cannot be compared with one in {shop_currency}.",
            currency=currency,
            shop_currency=settings.shop_currency,
        )
    return SecondSource(source, (currency,), code, issuer)


def _stands_for(code: str, issuer: str, assets: Sequence[AcceptedAsset]) -> str:
    """The ISO currency of which one unit of an issued currency is worth one."""
    wanted = amount.currency_hex(code)
    for one in assets:
        if one.issuer == issuer and amount.currency_hex(one.currency) == wanted and one.pegged_to:
            return one.pegged_to
    label = amount.currency_label(code)
    return label if fiat.is_currency(label) else ""


def limit_problem(text: str, between: tuple[Decimal, Decimal], marks: Marks = POINT) -> str:
    """Why `text` is no limit of a rate, "" if it is one; `between` is `AGES` or `SPREADS`."""
    try:
        value = typed_number.parse_number(text, marks).value
    except typed_number.NumberError as error:
        return error_text(error)
    if between[0] <= value <= between[1]:
        return ""
    return Message(
        "Type a number from {least} to {most}.",
        least=Formatted(f"{between[0]:f}", between[0]),
        most=Formatted(f"{between[1]:f}", between[1]),
    )


def _number(text: str, between: tuple[Decimal, Decimal], default: Decimal) -> Decimal:
    try:
        value = typed_number.parse_number(text).value
    except typed_number.NumberError:
        return default
    return value if between[0] <= value <= between[1] else default
