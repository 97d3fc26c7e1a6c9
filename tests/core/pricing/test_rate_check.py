"""Which rates may be used: young enough, agreed on, and never made up."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xumm_desk.core.money.amount import IssuedAmount, XrpAmount
from xumm_desk.core.money.fiat import FiatAmount
from xumm_desk.core.pricing.accepted_asset import XRP, AcceptedAsset
from xumm_desk.core.pricing.platform_rates import PlatformRates
from xumm_desk.core.pricing.quote import Quote, Rate, RateRefusal, RateSource, WayOut
from xumm_desk.core.pricing.rate_check import RateState, asked_currency, quote_for, rate_state
from xumm_desk.core.pricing.rate_readings import (
    FailedReading,
    PlatformReading,
    Readings,
    SecondReading,
    TypedRate,
)
from xumm_desk.core.pricing.rate_settings import RatePolicy, SecondSource

WALL = datetime(2026, 1, 1, 12, tzinfo=UTC)
ISSUER = "rMxCKbEDwqr76QuheSUMdEGf4B9xJ8m5De"
RLUSD = AcceptedAsset("524C555344000000000000000000000000000000", ISSUER, pegged_to="USD")
EURX = AcceptedAsset("EUR", ISSUER, pegged_to="EUR")
POINTS = AcceptedAsset("00000001" + "A" * 40, decimals=2, name="Points")
XAH = AcceptedAsset("XAH")
NOW = 1000.0
ORACLE = SecondSource(RateSource.ORACLE, ("EUR", "USD"), oracles=(("r", 1),))
COMPARED = RatePolicy(second=ORACLE)


def rates(currency: str = "EUR", **prices: str) -> PlatformRates:
    given_prices = prices or {"XRP": "2.4", "USD": "0.92"}
    return PlatformRates(currency, {k: Decimal(v) for k, v in given_prices.items()}, {})


def platform(age: float = 10.0, given_rates: PlatformRates | None = None) -> PlatformReading:
    return PlatformReading(NOW - age, WALL, given_rates or rates())


def second(price: str, age: float = 10.0, currency: str = "EUR") -> SecondReading:
    at = NOW - age
    return SecondReading(at, at, WALL, Decimal(price), currency, RateSource.ORACLE)


def typed(price: str, age: float = 10.0, asset: AcceptedAsset = XRP) -> TypedRate:
    rate = Rate(Decimal(price), "EUR", RateSource.TYPED, WALL)
    return TypedRate(NOW - age, asset.key, rate)


def state(
    *readings: PlatformReading | SecondReading | FailedReading | TypedRate,
    asset: AcceptedAsset = XRP,
    shop: str = "EUR",
    policy: RatePolicy | None = None,
) -> RateState:
    known = Readings()
    for one in readings:
        known = known.add(one)
    return rate_state(asset, shop, known, policy or RatePolicy(), now=NOW, wall=WALL)


def refusal(found: RateState) -> RateRefusal:
    assert found.refusal is not None
    price = FiatAmount(found.currency, Decimal(1))
    assert quote_for(price, found) == found.refusal
    return found.refusal


def test_a_young_rate_of_the_platform_makes_a_quote() -> None:
    found = state(platform(18))
    quote = quote_for(FiatAmount("EUR", Decimal("12.50")), found)
    assert isinstance(quote, Quote)
    assert quote.amount == XrpAmount(5_208_334)
    assert (quote.rate.price, quote.rate.source) == (Decimal("2.4"), RateSource.PLATFORM)
    assert found.age == 18


def test_before_the_first_answer_there_is_no_rate() -> None:
    assert refusal(state()) == RateRefusal("The rate of XRP is being asked for.", WayOut.REFRESH)


def test_a_source_that_fails_gives_its_reason() -> None:
    found = refusal(state(FailedReading(NOW, "It answered with a web page.")))
    assert found.reason == "No rate of XRP: It answered with a web page."
    assert found.way_out is WayOut.TYPE_RATE


def test_a_rate_older_than_the_limit_is_refused_and_still_shown() -> None:
    assert state(platform(300)).refusal is None
    found = state(platform(301))
    assert refusal(found).reason == "The rate is 5 min old, more than 5 min."
    assert refusal(found).way_out is WayOut.REFRESH
    assert found.rate is not None
    failing = state(platform(301), FailedReading(NOW, "It cannot be reached."))
    assert refusal(failing).reason.endswith("more than 5 min: It cannot be reached.")
    assert refusal(failing).way_out is WayOut.TYPE_RATE


def test_a_failure_does_not_take_away_a_rate_that_is_young_enough() -> None:
    assert state(platform(60), FailedReading(NOW, "trouble")).refusal is None


@pytest.mark.parametrize("fault", ["zero", "negative", "missing"])
def test_a_bad_number_is_refused_with_its_reason(fault: str) -> None:
    bad = PlatformRates("EUR", {"USD": Decimal("0.92")}, {"XRP": f"It is {fault}."})
    found = refusal(state(platform(given_rates=bad)))
    assert found == RateRefusal(f"No rate of XRP: It is {fault}.", WayOut.TYPE_RATE)


def test_two_sources_within_the_limit_agree() -> None:
    found = state(platform(), second("2.392"), policy=COMPARED)
    assert found.refusal is None
    assert found.compared is not None
    assert found.compared.source is RateSource.ORACLE
    assert found.spread is not None
    assert Decimal("0.003") < found.spread < Decimal("0.0034")


def test_two_sources_apart_by_more_than_the_limit_are_refused() -> None:
    found = refusal(state(platform(), second("2.6"), policy=COMPARED))
    assert found.reason == (
        "Two rates are 8.4 % apart, more than 2 %: €\u00a02.40 (Xaman) and €\u00a02.60 (ledger's"
        " price oracles)."
    )
    assert found.way_out is WayOut.TYPE_RATE


@given(st.integers(1, 10**6), st.integers(1, 10**6))
def test_the_spread_is_the_same_in_either_order(one: int, other: int) -> None:
    first = state(platform(given_rates=rates(XRP=str(one))), second(str(other)), policy=COMPARED)
    turned = state(platform(given_rates=rates(XRP=str(other))), second(str(one)), policy=COMPARED)
    assert first.spread == turned.spread
    assert (first.refusal is None) == (turned.refusal is None)


def test_a_second_source_without_a_price_is_said_and_does_not_stop_sales() -> None:
    found = state(
        platform(), FailedReading(NOW, "No node answers.", of_second=True), policy=COMPARED
    )
    assert found.refusal is None
    assert found.not_compared == "No node answers."
    old = state(platform(), second("9", age=301), policy=COMPARED)
    assert old.refusal is None
    assert old.not_compared == "The second rate is 5 min old, more than 5 min."


def test_a_second_source_in_dollars_is_compared_in_the_shops_currency() -> None:
    found = state(platform(), second("2.6087", currency="USD"), policy=COMPARED)
    assert found.compared is not None
    assert found.compared.currency == "EUR"
    assert found.compared.price == Decimal("2.400004")
    without = platform(given_rates=rates(XRP="2.4"))
    unknown = state(without, second("2.6", currency="USD"), policy=COMPARED)
    assert unknown.refusal is None
    assert unknown.not_compared == "The platform sent no rate of USD."


def test_a_typed_rate_goes_first_and_is_shown_as_typed() -> None:
    found = state(platform(), typed("2.5"))
    assert found.refusal is None
    assert found.rate is not None
    assert (found.rate.price, found.rate.source) == (Decimal("2.5"), RateSource.TYPED)
    assert found.compared is not None
    assert found.compared.source is RateSource.PLATFORM


def test_a_typed_rate_is_the_way_out_while_the_platform_is_down() -> None:
    failed = FailedReading(NOW, "down")
    assert state(failed, typed("2.5")).refusal is None
    assert refusal(state(failed, typed("2.5", age=3601))).way_out is WayOut.TYPE_RATE


def test_a_pegged_asset_costs_one_only_in_its_own_currency() -> None:
    own = state(asset=EURX)
    assert own.rate == Rate(Decimal(1), "EUR", RateSource.PEG, WALL)
    other = state(platform(), asset=RLUSD)
    assert other.rate == Rate(Decimal("0.92"), "EUR", RateSource.PLATFORM, WALL)
    assert refusal(state(asset=RLUSD)).way_out is WayOut.REFRESH
    francs = PlatformReading(NOW, WALL, rates("CHF", XRP="2.3", USD="0.88"))
    assert refusal(state(francs, asset=EURX, shop="CHF")).reason == (
        "No source has a rate of EUR in CHF."
    )


def test_an_asset_without_a_peg_has_no_rate_until_one_is_typed() -> None:
    found = refusal(state(platform(), asset=POINTS))
    assert found.way_out is WayOut.TYPE_RATE
    assert "tie it to no currency" in found.reason
    assert state(platform(), typed("0.01", asset=POINTS), asset=POINTS).refusal is None


def test_a_price_in_the_asset_itself_needs_no_rate() -> None:
    found = state(shop="XRP")
    quote = quote_for(FiatAmount("XRP", Decimal("5.2")), found)
    assert isinstance(quote, Quote)
    assert quote.amount == XrpAmount(5_200_000)
    assert not quote.is_conversion
    assert refusal(state(shop="XRP", asset=XAH)).way_out is WayOut.SETTINGS


def test_a_shop_that_counts_in_xrp_can_take_dollars() -> None:
    dollars = PlatformReading(NOW, WALL, rates("USD", XRP="2.5", USD="1"))
    quote = quote_for(FiatAmount("XRP", Decimal(10)), state(dollars, asset=RLUSD, shop="XRP"))
    assert isinstance(quote, Quote)
    assert quote.rate.price == Decimal("0.4")
    assert quote.amount == IssuedAmount(RLUSD.currency, ISSUER, Decimal(25))


def test_a_price_in_another_currency_is_refused() -> None:
    found = quote_for(FiatAmount("CHF", Decimal(1)), state(platform()))
    assert isinstance(found, RateRefusal)
    assert found.way_out is WayOut.CHANGE_PRICE


def test_no_price_and_too_much_of_an_asset_are_refused() -> None:
    nothing = quote_for(FiatAmount("EUR", Decimal(0)), state(platform()))
    assert nothing == RateRefusal("There is no price yet.", WayOut.CHANGE_PRICE)
    tiny = state(platform(given_rates=rates(XRP="0.000000001")))
    much = quote_for(FiatAmount("EUR", Decimal(10**12)), tiny)
    assert much == RateRefusal("This is more XRP than exists.", WayOut.OTHER_ASSET)


@pytest.mark.parametrize(
    ("shop", "assets", "asked"),
    [
        ("EUR", (XRP,), "EUR"),
        ("EUR", (RLUSD,), "EUR"),
        ("EUR", (EURX, POINTS), ""),
        ("USD", (RLUSD,), ""),
        ("XRP", (XRP,), ""),
        ("XRP", (XRP, RLUSD), "USD"),
        ("XRP", (RLUSD, EURX), "EUR"),
        ("XAH", (XAH,), ""),
    ],
)
def test_rates_are_asked_for_only_where_they_are_needed(
    shop: str, assets: tuple[AcceptedAsset, ...], asked: str
) -> None:
    assert asked_currency(shop, assets) == asked
