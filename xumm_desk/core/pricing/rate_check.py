"""Decide whether what is known of an asset's rate may be used: age, agreement of two sources.

There is no default rate. An asset costs 1 only where the shop's settings say that it is worth one
unit of the shop's own currency, or where the price is written in the asset itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Context, Decimal
from typing import Final

from xumm_desk.core.message import Message
from xumm_desk.core.money import fiat
from xumm_desk.core.money.amount import AmountError
from xumm_desk.core.money.fiat import FiatAmount

from . import conversion, wording
from .accepted_asset import AcceptedAsset
from .quote import Quote, Rate, RateRefusal, RateSource, WayOut
from .rate_readings import Readings
from .rate_settings import RatePolicy

_DIVISION: Final = Context(prec=12)
"""Digits of a rate that is a quotient. A quote writes them all down, so nothing is lost later, and
the platform takes 1,500 characters of a sale's private data (P§2.1)."""


@dataclass(frozen=True, slots=True)
class RateState:
    """What is known of an asset's rate now, for display and for a quote.

    `age` in seconds, None where there is nothing to grow old. `spread` is how far the two sources
    are apart, as a fraction; `not_compared` is a sentence where a second source is set up and says
    nothing. With a `refusal` the rate must not be used, though it may be shown.
    """

    asset: AcceptedAsset
    currency: str
    rate: Rate | None = None
    age: float | None = None
    compared: Rate | None = None
    spread: Decimal | None = None
    not_compared: str = ""
    refusal: RateRefusal | None = None


def asked_currency(shop_currency: str, assets: tuple[AcceptedAsset, ...]) -> str:
    """The currency for which the platform's rates are needed; "" where none are: prices in the
    asset itself, or assets that are pegged to the shop's currency."""
    needing = [one for one in assets if not _needs_no_rate(one, shop_currency)]
    if shop_currency not in fiat.NATIVE:
        return shop_currency if any(_is_priced(one, shop_currency) for one in needing) else ""
    pegs = [one.pegged_to for one in needing if one.pegged_to]
    # Its own currency and USD are both in an answer, so the other one is asked for.
    return next((peg for peg in pegs if peg != "USD"), pegs[0] if pegs else "")


def rate_state(
    asset: AcceptedAsset,
    shop_currency: str,
    readings: Readings,
    policy: RatePolicy,
    *,
    now: float,
    wall: datetime,
) -> RateState:
    """The state of `asset`'s rate; `now` in monotonic seconds, `wall` the time in UTC."""
    if asset.is_native and shop_currency in fiat.NATIVE:
        return _same_asset(asset, shop_currency, wall)
    automatic = _automatic(asset, shop_currency, readings, policy, now)
    typed = readings.typed.get(asset.key)
    if typed is not None and typed.rate.currency == shop_currency:
        age = now - typed.asked_at
        if age <= policy.typed_max_age:
            other = automatic.rate if automatic.refusal is None else None
            return RateState(
                asset, shop_currency, typed.rate, age, other, _spread(typed.rate, other)
            )
    if asset.pegged_to and asset.pegged_to == shop_currency:
        rate = Rate(Decimal(1), shop_currency, RateSource.PEG, wall)
        return RateState(asset, shop_currency, rate)
    return automatic


def quote_for(price: FiatAmount, state: RateState) -> Quote | RateRefusal:
    """The quote of `price` at the rate of `state`, or why there is none."""
    if price.currency != state.currency:
        return RateRefusal(
            Message(
                "The price is in {one}, but the shop's currency is {other}.",
                one=price.currency,
                other=state.currency,
            ),
            WayOut.CHANGE_PRICE,
        )
    if state.refusal is not None:
        return state.refusal
    assert state.rate is not None
    if price.value <= 0:
        return RateRefusal(Message("There is no price yet."), WayOut.CHANGE_PRICE)
    try:
        charged = conversion.amount_for(price, state.rate.price, state.asset)
    except AmountError as error:
        return RateRefusal(error.args[0], WayOut.OTHER_ASSET)
    return Quote(price, charged, state.rate, state.compared)


def state_line(state: RateState) -> str:
    """The line beside an amount, also of a rate that is refused; "" where there is none."""
    if state.rate is None:
        return ""
    return wording.rate_line(
        state.rate, state.age, state.compared, state.spread, state.not_compared
    )


def _same_asset(asset: AcceptedAsset, shop_currency: str, wall: datetime) -> RateState:
    if asset.currency == shop_currency:
        rate = Rate(Decimal(1), shop_currency, RateSource.SAME, wall)
        return RateState(asset, shop_currency, rate)
    return RateState(
        asset,
        shop_currency,
        refusal=RateRefusal(
            Message(
                "Prices are in {currency}, which no payment in {asset} can be compared with.",
                currency=shop_currency,
                asset=asset.label,
            ),
            WayOut.SETTINGS,
        ),
    )


def _automatic(
    asset: AcceptedAsset, shop_currency: str, readings: Readings, policy: RatePolicy, now: float
) -> RateState:
    """The platform's rate, compared with the second source."""

    def refused(reason: str, way_out: WayOut) -> RateState:
        return RateState(asset, shop_currency, refusal=RateRefusal(reason, way_out))

    if not _is_priced(asset, shop_currency):
        reason = wording.unpriced(asset.label, asset.pegged_to, shop_currency)
        return refused(reason, WayOut.TYPE_RATE)
    platform, failure = readings.platform, readings.failing
    if platform is None:
        reason = wording.no_rate(asset.label, failure.reason if failure else "")
        return refused(reason, failure.way_out if failure else WayOut.REFRESH)
    price = _platform_price(asset, shop_currency, readings)
    if isinstance(price, str):
        return refused(wording.no_rate(asset.label, price), WayOut.TYPE_RATE)
    rate = Rate(price, shop_currency, RateSource.PLATFORM, platform.at)
    age = now - platform.asked_at
    if age > policy.max_age:
        reason = wording.too_old(age, policy.max_age, failure.reason if failure else "")
        old = RateRefusal(reason, failure.way_out if failure else WayOut.REFRESH)
        return RateState(asset, shop_currency, rate, age, refusal=old)
    compared = _second_rate(asset, shop_currency, readings, policy, now)
    if isinstance(compared, str):
        return RateState(asset, shop_currency, rate, age, not_compared=compared)
    spread = _spread(rate, compared)
    apart = None
    if compared is not None and spread is not None and spread > policy.max_spread:
        reason = wording.apart(rate, compared, spread, policy.max_spread)
        apart = RateRefusal(reason, WayOut.TYPE_RATE)
    return RateState(asset, shop_currency, rate, age, compared, spread, refusal=apart)


def _needs_no_rate(asset: AcceptedAsset, shop_currency: str) -> bool:
    if asset.is_native:
        return shop_currency in fiat.NATIVE
    return bool(asset.pegged_to) and asset.pegged_to == shop_currency


def _is_priced(asset: AcceptedAsset, shop_currency: str) -> bool:
    """Whether the platform's rates can tell its price in the shop's currency."""
    if asset.is_native:
        return True
    return asset.pegged_to == "USD" or bool(asset.pegged_to and shop_currency in fiat.NATIVE)


def _platform_price(asset: AcceptedAsset, shop_currency: str, readings: Readings) -> Decimal | str:
    assert readings.platform is not None
    rates = readings.platform.rates
    price = rates.price_of(asset.currency if asset.is_native else asset.pegged_to)
    if shop_currency not in fiat.NATIVE or isinstance(price, str):
        return price
    unit = rates.price_of(shop_currency)
    return unit if isinstance(unit, str) else _DIVISION.divide(price, unit)


def _second_rate(
    asset: AcceptedAsset, shop_currency: str, readings: Readings, policy: RatePolicy, now: float
) -> Rate | str | None:
    """The second source's rate in the shop's currency; a sentence where there is none, None where
    there is nothing to compare."""
    if asset.currency != "XRP":
        return None
    if policy.second_problem or policy.second is None:
        return policy.second_problem or None
    second, failing = readings.second, readings.second_failing
    if second is None or now - second.known_at > policy.max_age:
        if failing is not None:
            return failing.reason
        if second is None:
            return Message("The second rate is being asked for.")
        return wording.second_too_old(now - second.known_at, policy.max_age)
    price = second.price
    if second.currency != shop_currency:
        # A price in dollars, made one in the shop's currency by the platform's price of a dollar.
        assert readings.platform is not None
        unit = readings.platform.rates.price_of(second.currency)
        if isinstance(unit, str):
            return unit
        price = _DIVISION.multiply(price, unit)
    return Rate(price, shop_currency, second.source, second.at)


def _spread(one: Rate, other: Rate | None) -> Decimal | None:
    """How far two rates are apart, as a fraction of the smaller one: the same in either order."""
    if other is None:
        return None
    low, high = sorted((one.price, other.price))
    return _DIVISION.divide(high - low, low)
