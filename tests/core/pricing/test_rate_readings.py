"""Readings of rate sources: in any order, repeated or late, the newest of each stays."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from xumm_desk.core.money.fiat import FiatAmount
from xumm_desk.core.pricing import rate_check
from xumm_desk.core.pricing.accepted_asset import XRP
from xumm_desk.core.pricing.platform_rates import PlatformRates
from xumm_desk.core.pricing.quote import Rate, RateSource
from xumm_desk.core.pricing.rate_readings import (
    FailedReading,
    PlatformReading,
    Reading,
    Readings,
    SecondReading,
    TypedRate,
)
from xumm_desk.core.pricing.rate_settings import RatePolicy, SecondSource

START = datetime(2026, 1, 1, tzinfo=UTC)
POLICY = RatePolicy(second=SecondSource(RateSource.ORACLE, ("EUR",), oracles=(("r", 1),)))


def make(kind: int, second: int, cents: int) -> Reading:
    asked_at, at = float(second), START + timedelta(seconds=second)
    price = Decimal(cents) / 100
    match kind:
        case 0:
            return PlatformReading(asked_at, at, PlatformRates("EUR", {"XRP": price}, {}))
        case 1:
            return SecondReading(asked_at, asked_at, at, price, "EUR", RateSource.ORACLE)
        case 2:
            return FailedReading(asked_at, f"trouble {second}")
        case 3:
            return FailedReading(asked_at, f"trouble {second}", of_second=True)
        case _:
            return TypedRate(asked_at, XRP.key, Rate(price, "EUR", RateSource.TYPED, at))


@st.composite
def shuffled(draw: st.DrawFn) -> tuple[list[Reading], list[Reading]]:
    """Readings in the order of their questions, and as they arrived: shuffled, some twice."""
    seconds = draw(st.lists(st.integers(0, 400), unique=True, max_size=12))
    asked = [make(draw(st.integers(0, 4)), one, draw(st.integers(1, 500))) for one in seconds]
    again = draw(st.lists(st.sampled_from(asked), max_size=4)) if asked else []
    return sorted(asked, key=lambda one: one.asked_at), draw(st.permutations([*asked, *again]))


def total(readings: list[Reading]) -> Readings:
    known = Readings()
    for one in readings:
        known = known.add(one)
    return known


@given(shuffled())
def test_any_order_of_answers_gives_the_same_rate_and_quote(
    both: tuple[list[Reading], list[Reading]],
) -> None:
    in_order, as_arrived = both
    one, other = total(in_order), total(as_arrived)
    assert one == other
    states = [
        rate_check.rate_state(XRP, "EUR", known, POLICY, now=400.0, wall=START)
        for known in (one, other)
    ]
    assert states[0] == states[1]
    price = FiatAmount("EUR", Decimal("12.50"))
    assert rate_check.quote_for(price, states[0]) == rate_check.quote_for(price, states[1])


@given(shuffled())
def test_a_usable_rate_is_young_and_agrees(both: tuple[list[Reading], list[Reading]]) -> None:
    state = rate_check.rate_state(XRP, "EUR", total(both[1]), POLICY, now=400.0, wall=START)
    if state.refusal is not None:
        return
    assert state.rate is not None
    assert state.age is not None
    assert state.rate.price > 0
    if state.rate.source is RateSource.PLATFORM:
        assert state.age <= POLICY.max_age
        assert state.spread is None or state.spread <= POLICY.max_spread


def test_a_late_answer_does_not_replace_a_newer_one() -> None:
    known = total([make(0, 100, 240), make(0, 60, 230)])
    assert known.platform == make(0, 100, 240)


def test_a_failure_is_over_when_a_newer_answer_came() -> None:
    failed = total([make(0, 60, 240), make(2, 100, 0)])
    assert failed.failing is not None
    assert failed.add(make(0, 120, 240)).failing is None
    assert failed.add(make(0, 80, 240)).failing is not None
