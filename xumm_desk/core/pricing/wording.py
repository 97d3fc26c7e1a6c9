"""Sentences about rates: price of one unit, age, source, how well two sources agree, refusals."""

from __future__ import annotations

from decimal import ROUND_UP, Context, Decimal
from typing import Final

from xumm_desk.core.message import Formatted, Message
from xumm_desk.core.money import fiat
from xumm_desk.core.money.fiat import FiatAmount

from .accepted_asset import AcceptedAsset
from .quote import SOURCE_LABELS, Rate, RateSource

SHORT_LABELS: Final[dict[RateSource, str]] = {
    **SOURCE_LABELS,
    RateSource.ORACLE: Message("oracle"),
    RateSource.ORDER_BOOK: Message("order book"),
    RateSource.POOL: Message("pool"),
}
"""Sources where there is room for a word."""

_WIDE: Final = Context(prec=60)


def age_text(seconds: float) -> str:
    """A time span in its largest unit: "18 s", "4 min", "2 h"."""
    whole = max(0, int(seconds))
    if whole < 90:
        return Message("{count} s", count=whole)
    if whole < 90 * 60:
        return Message("{count} min", count=whole // 60)
    return Message("{count} h", count=whole // 3600)


def percent_text(fraction: Decimal) -> str:
    """A fraction in percent with one decimal, rounded up so that it never looks better than it is:
    "0.3", "2"."""
    percent = _WIDE.multiply(fraction, Decimal(100))
    shown = percent.quantize(Decimal("0.1"), ROUND_UP, context=_WIDE)
    return Formatted(f"{shown:f}".removesuffix(".0"), shown)


def rate_line(
    rate: Rate,
    age: float | None = None,
    compared: Rate | None = None,
    spread: Decimal | None = None,
    not_compared: str = "",
) -> str:
    """One line beside an amount: "€ 2.40 each · 18 s old · Xaman, oracle within 0.3 %"; "" where
    nothing is converted. Takes the fields of a `RateState`."""
    if rate.source is RateSource.SAME:
        return ""
    price = fiat.format_unit_price(rate.price, rate.currency)
    source = SHORT_LABELS[rate.source]
    if age is None:
        return Message("{price} each · {source}", price=price, source=source)
    old = age_text(age)
    if compared is not None and spread is not None:
        return Message(
            "{price} each · {age} old · {source}, {other} within {spread} %",
            price=price,
            age=old,
            source=source,
            other=SHORT_LABELS[compared.source],
            spread=percent_text(spread),
        )
    if not_compared:
        return Message(
            "{price} each · {age} old · {source}, not compared",
            price=price,
            age=old,
            source=source,
        )
    return Message("{price} each · {age} old · {source}", price=price, age=old, source=source)


def quoted_line(rate: Rate, compared: Rate | None = None) -> str:
    """The rate of a sale that was made, for receipts and details, without an age."""
    if rate.source is RateSource.SAME:
        return ""
    price = fiat.format_unit_price(rate.price, rate.currency)
    if compared is None:
        return Message("{price} each · {source}", price=price, source=SHORT_LABELS[rate.source])
    return Message(
        "{price} each · {source}, {other} {other_price}",
        price=price,
        source=SHORT_LABELS[rate.source],
        other=SHORT_LABELS[compared.source],
        other_price=fiat.format_unit_price(compared.price, compared.currency),
    )


def rounding_text(asset: AcceptedAsset) -> str:
    """How the amount of an asset was rounded, to stand beside it."""
    if asset.is_native:
        return Message("rounded up to the drop")
    if asset.is_token and asset.decimals == 0:
        return Message("rounded up to a whole number")
    return Message(
        "rounded up to {n} decimal", plural="rounded up to {n} decimals", n=asset.decimals
    )


def worth_text(asked: FiatAmount, now: FiatAmount) -> str:
    """What a payment that came late is worth, beside what was asked."""
    return Message(
        "Asked for {asked}. What came is worth {now} now.",
        asked=fiat.format_fiat(asked),
        now=fiat.format_fiat(now),
    )


def typed_differs(typed: Decimal, known: Rate, age: float) -> str:
    """A typed rate is far from the last one known: a digit may be missing."""
    low, high = sorted((typed, known.price))
    return Message(
        "{price} is {percent} % away from {known} ({source}, {age} ago).",
        price=fiat.format_unit_price(typed, known.currency),
        percent=percent_text(_WIDE.divide(high - low, low)),
        known=fiat.format_unit_price(known.price, known.currency),
        source=SOURCE_LABELS[known.source],
        age=age_text(age),
    )


def too_old(age: float, limit: float, why: str = "") -> str:
    """The rate is older than the shop's limit, `why` being the last failure."""
    old, most = age_text(age), age_text(limit)
    if why:
        return Message(
            "The rate is {age} old, more than {limit}: {reason}", age=old, limit=most, reason=why
        )
    return Message("The rate is {age} old, more than {limit}.", age=old, limit=most)


def second_too_old(age: float, limit: float) -> str:
    """The rate to compare with is older than the shop's limit."""
    return Message(
        "The second rate is {age} old, more than {limit}.",
        age=age_text(age),
        limit=age_text(limit),
    )


def apart(rate: Rate, other: Rate, spread: Decimal, limit: Decimal) -> str:
    """Two sources contradict each other."""
    return Message(
        "Two rates are {spread} % apart, more than {limit} %: {price} ({one}) and {other_price}"
        " ({other}).",
        one=SOURCE_LABELS[rate.source],
        price=fiat.format_unit_price(rate.price, rate.currency),
        other=SOURCE_LABELS[other.source],
        other_price=fiat.format_unit_price(other.price, other.currency),
        spread=percent_text(spread),
        limit=percent_text(limit),
    )


def no_rate(asset: str, why: str) -> str:
    """No source has answered yet, `why` being the last failure."""
    if not why:
        return Message("The rate of {asset} is being asked for.", asset=asset)
    return Message("No rate of {asset}: {reason}", asset=asset, reason=why)


def unpriced(asset: str, pegged_to: str, currency: str) -> str:
    """No source can know a rate of this asset."""
    if pegged_to:
        return Message(
            "No source has a rate of {asset} in {currency}.", asset=asset, currency=currency
        )
    return Message(
        "No source has a rate of {asset}, and the settings tie it to no currency.", asset=asset
    )
