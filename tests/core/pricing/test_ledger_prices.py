"""Prices out of a ledger node's answers: exact, or a sentence."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xumm_desk.core.message import Message
from xumm_desk.core.pricing import ledger_prices
from xumm_desk.core.pricing.ledger_prices import LedgerPrice
from xumm_desk.core.wire.json_fields import Json, JsonObject

ISSUER = "rMxCKbEDwqr76QuheSUMdEGf4B9xJ8m5De"


def usd(value: str) -> JsonObject:
    return {"currency": "USD", "issuer": ISSUER, "value": value}


def offer(gets: Json, pays: Json, **more: Json) -> JsonObject:
    return {"TakerGets": gets, "TakerPays": pays, **more}


AGGREGATE: JsonObject = {
    "entire_set": {"mean": "2.41", "size": 3, "standard_deviation": "0.01"},
    "median": "2.4",
    "time": 1_767_225_600,
    "validated": False,
}
SELLING: JsonObject = {
    "offers": [
        offer("1000000", usd("1"), taker_gets_funded="0", taker_pays_funded=usd("0")),
        offer("100000000", usd("242")),
        offer("100000000", usd("250")),
    ]
}
BUYING: JsonObject = {"offers": [offer(usd("238"), "100000000", taker_gets_funded=usd("5"))]}


def test_the_median_of_the_oracles_is_the_price() -> None:
    published = datetime(2026, 1, 1, tzinfo=UTC)
    found = ledger_prices.parse_aggregate_price(AGGREGATE, "USD")
    assert found == LedgerPrice(Decimal("2.4"), "USD", published)


@pytest.mark.parametrize("median", ["0", "-2", "NaN", "Infinity", "two", "", None, 2.4, "1e99"])
def test_oracles_without_a_price_are_a_reason(median: Json) -> None:
    found = ledger_prices.parse_aggregate_price({**AGGREGATE, "median": median}, "USD")
    assert found == ledger_prices.NO_ORACLE


def test_a_price_of_an_unknown_time_is_a_reason() -> None:
    for time in (None, 0, -5, 10**30, "soon"):
        found = ledger_prices.parse_aggregate_price({**AGGREGATE, "time": time}, "USD")
        assert isinstance(found, Message)


def test_the_middle_of_the_best_funded_offers_is_the_price() -> None:
    found = ledger_prices.parse_order_book(SELLING, BUYING, "USD")
    assert found == LedgerPrice(Decimal("2.4"), "USD")


def test_an_empty_or_unfunded_side_is_a_reason() -> None:
    unfunded: JsonObject = {"offers": [offer(usd("238"), "100000000", taker_gets_funded=usd("0"))]}
    others: list[JsonObject] = [{}, {"offers": []}, unfunded, {"offers": ["?", None]}]
    for buying in others:
        found = ledger_prices.parse_order_book(SELLING, buying, "USD")
        assert found == "The order book has no funded offers on both sides."


def test_offers_far_apart_are_no_price() -> None:
    low: JsonObject = {"offers": [offer(usd("100"), "100000000")]}
    found = ledger_prices.parse_order_book(SELLING, low, "USD")
    assert isinstance(found, Message)
    assert "too far apart" in found


@pytest.mark.parametrize("xrp_first", [True, False])
def test_the_pools_ratio_is_the_price_whichever_side_is_named_first(xrp_first: bool) -> None:
    sides: list[Json] = ["50000000", usd("120")]
    first, other = sides if xrp_first else reversed(sides)
    pool: JsonObject = {"amm": {"amount": first, "amount2": other, "asset2_frozen": False}}
    assert ledger_prices.parse_pool(pool, "USD") == LedgerPrice(Decimal("2.4"), "USD")


def test_a_frozen_or_empty_pool_is_a_reason() -> None:
    frozen: JsonObject = {
        "amm": {"amount": "50000000", "amount2": usd("120"), "asset2_frozen": True}
    }
    assert ledger_prices.parse_pool(frozen, "USD") == "The liquidity pool is frozen."
    others: list[JsonObject] = [
        {"amount": "5"},
        {"amount": "0", "amount2": usd("1")},
        {"amount": "1", "amount2": "1"},
    ]
    for amm in others:
        found = ledger_prices.parse_pool({"amm": amm}, "USD")
        assert found == "The ledger's answer holds no price."


def test_no_pool_is_a_reason() -> None:
    found = ledger_prices.parse_pool({}, "USD")
    assert found == "The ledger has no liquidity pool for this currency."


NUMBERS = st.sampled_from(["1000000", "0", "-1", "NaN", "x", None, 2.4, 7, usd("2"), usd("0")])
FIELDS = st.dictionaries(
    st.sampled_from(["TakerGets", "TakerPays", "taker_gets_funded", "amount", "amount2"]), NUMBERS
)
ANSWERS = st.fixed_dictionaries(
    {},
    optional={
        "offers": st.lists(FIELDS, max_size=3) | NUMBERS,
        "amm": FIELDS | NUMBERS,
        "median": NUMBERS,
        "time": NUMBERS,
    },
)
PARSERS: list[Callable[[JsonObject, JsonObject], LedgerPrice | str]] = [
    lambda one, _other: ledger_prices.parse_aggregate_price(one, "USD"),
    lambda one, other: ledger_prices.parse_order_book(one, other, "USD"),
    lambda one, _other: ledger_prices.parse_pool(one, "USD"),
]


@given(ANSWERS, ANSWERS, st.sampled_from(PARSERS))
def test_no_answer_raises(
    one: JsonObject,
    other: JsonObject,
    parse: Callable[[JsonObject, JsonObject], LedgerPrice | str],
) -> None:
    found = parse(one, other)
    assert isinstance(found, Message) or (isinstance(found, LedgerPrice) and found.price > 0)
