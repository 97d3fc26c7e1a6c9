"""The shop's rules for rates, out of a file that a person may have edited."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xumm_desk.core.message import Message
from xumm_desk.core.pricing.quote import RateSource
from xumm_desk.core.pricing.rate_settings import (
    SecondSource,
    oracles_from_json,
    rate_policy,
    second_source,
)
from xumm_desk.core.settings import Settings

ISSUER = "rMxCKbEDwqr76QuheSUMdEGf4B9xJ8m5De"
HEX = "524C555344000000000000000000000000000000"
RLUSD = {"currency": HEX, "issuer": ISSUER, "pegged_to": "USD"}


def euro(**more: Any) -> Settings:
    return Settings(shop_currency="EUR", **more)


def test_the_limits_are_five_minutes_and_two_percent_by_default() -> None:
    policy = rate_policy(Settings())
    assert (policy.max_age, policy.max_spread) == (300.0, Decimal("0.02"))
    assert policy.second is None
    assert policy.second_problem == ""


@pytest.mark.parametrize(
    ("age", "spread", "seconds", "fraction"),
    [
        ("10", "5", 600.0, "0.05"),
        ("2.5", "0.5", 150.0, "0.005"),
        ("0", "0", 300.0, "0.02"),
        ("-1", "-1", 300.0, "0.02"),
        ("", "", 300.0, "0.02"),
        ("NaN", "Infinity", 300.0, "0.02"),
        ("1e9", "1000", 300.0, "0.02"),
    ],
)
def test_a_limit_without_sense_is_the_default(
    age: str, spread: str, seconds: float, fraction: str
) -> None:
    policy = rate_policy(Settings(rate_max_age=age, rate_max_spread=spread))
    assert (policy.max_age, policy.max_spread) == (seconds, Decimal(fraction))


def test_oracles_are_asked_in_the_shops_currency_and_in_dollars() -> None:
    found = second_source(
        euro(rate_second="oracle", rate_oracles=[{"account": ISSUER, "document": 34}])
    )
    assert found == SecondSource(RateSource.ORACLE, ("EUR", "USD"), oracles=((ISSUER, 34),))


def test_an_order_book_needs_an_issuer() -> None:
    found = second_source(euro(rate_second="order book", rate_issuer=ISSUER))
    assert found == SecondSource(RateSource.ORDER_BOOK, ("EUR",), "EUR", ISSUER)
    named = second_source(euro(rate_second="pool", rate_issuer=f"USD.{ISSUER}"))
    assert named == SecondSource(RateSource.POOL, ("USD",), "USD", ISSUER)


def test_a_stablecoin_counts_as_the_currency_that_the_shop_ties_it_to() -> None:
    text = f"RLUSD.{ISSUER}"
    found = second_source(euro(rate_second="pool", rate_issuer=text, assets=[RLUSD]))
    assert found == SecondSource(RateSource.POOL, ("USD",), HEX, ISSUER)
    unknown = second_source(euro(rate_second="pool", rate_issuer=text))
    assert unknown == "The settings do not say which currency RLUSD is worth one unit of."


@pytest.mark.parametrize(
    "wrong",
    [
        {"rate_second": "oracle"},
        {"rate_second": "oracle", "rate_oracles": [{"account": "nobody", "document": 1}]},
        {"rate_second": "order book"},
        {"rate_second": "pool", "rate_issuer": "nobody"},
        {"rate_second": "pool", "rate_issuer": f"?.{ISSUER}"},
        {"rate_second": "pool", "rate_issuer": f"JPY.{ISSUER}"},
        {"rate_second": "tea leaves"},
    ],
)
def test_what_is_missing_is_said_and_stops_nothing(wrong: dict[str, Any]) -> None:
    policy = rate_policy(euro(**wrong))
    assert policy.second is None
    assert isinstance(policy.second_problem, Message)


@given(
    st.lists(
        st.none()
        | st.text(max_size=4)
        | st.dictionaries(
            st.sampled_from(["account", "document"]),
            st.none() | st.just(ISSUER) | st.integers() | st.text(max_size=4) | st.floats(),
        )
    )
)
def test_a_list_of_oracles_is_read_as_far_as_it_can_be(values: list[Any]) -> None:
    for account, document in oracles_from_json(values):
        assert account == ISSUER
        assert 0 <= document < 2**32


@given(st.text(), st.text(), st.text(max_size=12), st.text(), st.text(max_size=4))
def test_no_setting_raises(age: str, spread: str, source: str, issuer: str, shop: str) -> None:
    for chosen in (source, "oracle", "order book", "pool"):
        rate_policy(
            Settings(
                rate_max_age=age,
                rate_max_spread=spread,
                rate_second=chosen,
                rate_issuer=issuer,
                shop_currency=shop,
            )
        )
