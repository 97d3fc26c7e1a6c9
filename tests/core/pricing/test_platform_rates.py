"""The platform's rates: exact, or a sentence that says what is wrong."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xumm_desk.core.message import Message
from xumm_desk.core.pricing.platform_rates import PlatformRates, parse_rates
from xumm_desk.core.wire import json_fields

ANSWER = """{"USD": 0.92, "XRP": 2.4, "XAH": 0.1135,
"__meta": {"currency": {"en": "Euro", "code": "EUR", "symbol": "€", "isoDecimals": 2}}}"""


def parse(text: str, currency: str = "EUR") -> PlatformRates:
    value = json_fields.parse_object(text, exact=True)
    assert isinstance(value, dict)
    return parse_rates(value, currency)


def test_prices_are_the_numbers_that_were_sent() -> None:
    rates = parse(ANSWER)
    assert rates.price_of("XRP") == Decimal("2.4")
    assert rates.price_of("USD") == Decimal("0.92")
    assert rates.price_of("XAH") == Decimal("0.1135")


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        ("0", "is zero"),
        ("0.0", "is zero"),
        ("-2.4", "is negative"),
        ("NaN", "is no number"),
        ("Infinity", "is no number"),
        ('"2.4"', "is no number"),
        ("true", "is no number"),
        ("[2.4]", "is no number"),
        ("null", "sent no rate"),
        ("1e30", "beyond any price"),
        ("1e-30", "beyond any price"),
    ],
)
def test_a_bad_number_is_a_reason_and_leaves_the_others(number: str, reason: str) -> None:
    rates = parse(f'{{"XRP": {number}, "USD": 0.92}}')
    price = rates.price_of("XRP")
    assert isinstance(price, Message)
    assert reason in price
    assert rates.price_of("USD") == Decimal("0.92")


def test_a_missing_number_is_a_reason() -> None:
    rates = parse('{"USD": 0.92}')
    assert rates.price_of("XRP") == "The platform sent no rate of XRP."


def test_an_answer_without_any_price_is_a_reason() -> None:
    rates = parse("{}")
    assert rates.prices == {}
    assert rates.price_of("USD") == "The platform sent no rate of USD."


def test_rates_of_another_currency_are_refused() -> None:
    rates = parse(ANSWER, "CHF")
    assert rates.price_of("XRP") == "The platform sent the rates of EUR instead of CHF."


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=8,
)
KEYS = st.sampled_from(["XRP", "XAH", "USD", "__meta", "currency", "code", "other"])


@given(st.dictionaries(KEYS, JSON | st.dictionaries(KEYS, JSON)))
def test_no_answer_raises_and_no_price_is_made_up(value: json_fields.JsonObject) -> None:
    rates = parse_rates(value, "EUR")
    for price in rates.prices.values():
        assert price > 0
        assert price in [one for one in value.values() if isinstance(one, int)]
