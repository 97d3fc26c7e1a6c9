"""Figures are exact, whatever the order, and those of the days are those of the month."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xumm_desk.core.history.summary import Kind, RequestSummary
from xumm_desk.core.money.amount import IssuedAmount, XrpAmount
from xumm_desk.core.money.fiat import FiatAmount
from xumm_desk.core.report.figures import AssetSums, Figures, PriceSums, Spread, spread_of
from xumm_desk.core.shift.money import EXACT, ZERO, Asset
from xumm_desk.core.status import Status

from .summaries import ISSUERS, ROW, figures_of, month, summaries, whole_span

MONTH = month()
XRP = Asset("MAINNET", "XRP")


def of(*rows: RequestSummary) -> Figures:
    return figures_of(rows, MONTH)


def sums_of(figures: Figures) -> dict[str, Any]:
    """Everything that can be added: numbers, counts and sums."""
    found: dict[str, Any] = {}
    for one in fields(figures):
        value = getattr(figures, one.name)
        if isinstance(value, AssetSums | PriceSums):
            found[one.name] = {key: sum_ for key, sum_ in value.values.items() if sum_}
        elif isinstance(value, int | Counter):
            found[one.name] = value
    return found


def added(parts: list[dict[str, Any]]) -> dict[str, Any]:
    """The sums of several periods, added up."""
    whole = dict(sums_of(of()))
    for part in parts:
        for name, value in part.items():
            if isinstance(value, dict) and not isinstance(value, Counter):
                for key, more in value.items():
                    whole[name][key] = EXACT.add(whole[name].get(key, ZERO), more)
            else:
                whole[name] = whole[name] + value
    return whole


@given(st.lists(summaries(), max_size=10), st.randoms(use_true_random=False))
def test_the_order_of_rows_never_matters(rows: list[RequestSummary], random: Any) -> None:
    mixed = list(rows)
    random.shuffle(mixed)
    assert of(*mixed) == of(*rows)


@settings(deadline=None)
@given(st.lists(summaries(), max_size=10))
def test_the_days_add_up_to_the_month(rows: list[RequestSummary]) -> None:
    days = [whole_span(day) for day in MONTH.period.days()]
    parts = [sums_of(figures_of(rows, day)) for day in days]
    assert added(parts) == sums_of(of(*rows))


@given(st.lists(summaries(), max_size=10))
def test_the_slots_add_up_to_the_whole(rows: list[RequestSummary]) -> None:
    figures = of(*rows)
    assert sum(slot.sales for slot in figures.slots) == sum(
        figures.outcomes[status] for status in (Status.PAID, Status.PAID_LATE)
    )
    for currency, whole in figures.sold.values.items():
        parts = ZERO
        for slot in figures.slots:
            parts = EXACT.add(parts, slot.sold.values.get(currency, ZERO))
        assert parts == whole


@given(st.lists(summaries(), max_size=10))
def test_drops_are_counted_one_by_one(rows: list[RequestSummary]) -> None:
    drops = sum(
        money.drops
        for row in rows
        if row.network == "MAINNET"
        and row.kind is not Kind.REFUND
        and MONTH.since <= row.created_at < MONTH.until
        for money in row.delivered
        if isinstance(money, XrpAmount)
    )
    assert of(*rows).received.values.get(XRP, ZERO) == drops


def test_money_of_another_network_is_not_the_shops() -> None:
    assert of(replace(ROW, network="TESTNET")).is_empty


def test_currencies_of_two_issuers_are_two_assets() -> None:
    paid = [IssuedAmount("USD", issuer, Decimal(5)) for issuer in ISSUERS]
    received = of(*(replace(ROW, asked=money, delivered=(money,)) for money in paid)).received
    assert {asset.issuer: value for asset, value in received.values.items()} == {
        "rOne": Decimal(5),
        "rTwo": Decimal(5),
    }


def test_a_refund_is_no_sale() -> None:
    back = replace(ROW, kind=Kind.REFUND, asked=XrpAmount(1), delivered=(XrpAmount(1),), tip=None)
    figures = of(ROW, back)
    assert (figures.payments, figures.refunds) == (1, 1)
    assert figures.outcomes == {Status.PAID: 1}
    assert figures.received.values == {XRP: Decimal(1_000_001)}
    assert figures.refunded.values == {XRP: Decimal(1)}
    assert figures.sold.values == figures.paid_back.values == {"EUR": Decimal("3.10")}
    assert figures.tips.values == {"EUR": Decimal("0.10")}


def test_a_declined_sale_is_an_outcome_and_no_takings() -> None:
    figures = of(replace(ROW, status=Status.DECLINED, delivered=()))
    assert figures.outcomes == {Status.DECLINED: 1}
    assert (figures.payments, figures.sold.values) == (0, {})
    assert not any(slot.sales for slot in figures.slots)


def test_what_came_in_part_is_worth_its_part_and_has_no_tip_yet() -> None:
    half = replace(
        ROW, asked=XrpAmount(2_000_000), delivered=(XrpAmount(1_000_000),), status=Status.CHECK
    )
    figures = of(half)
    assert figures.sold.values == {"EUR": Decimal("1.55")}
    assert figures.tips.values == {}
    whole = of(replace(half, delivered=(XrpAmount(1_000_000), XrpAmount(1_000_000))))
    assert whole.sold.values == {"EUR": Decimal("3.10")}
    assert whole.tips.values == {"EUR": Decimal("0.10")}


def test_money_in_another_asset_than_was_asked_has_no_price() -> None:
    other = IssuedAmount("USD", "rOne", Decimal(5))
    figures = of(replace(ROW, delivered=(other,)))
    assert (figures.payments, figures.unpriced, figures.sold.values) == (1, 1, {})
    assert list(figures.received.asked.values()) == [{"XRP"}]


def test_money_in_doubt_is_what_was_asked_for_where_a_person_is_needed() -> None:
    figures = of(
        replace(ROW, status=Status.CHECK, needs_person=True, delivered=()),
        replace(ROW, status=Status.CHECK, needs_person=True, delivered=(), price=None, tip=None),
        replace(ROW, kind=Kind.REFUND, needs_person=True),
    )
    assert (figures.doubts, figures.refund_doubts) == (2, 1)
    assert figures.doubted.values == {"EUR": Decimal("3.10")}
    assert figures.doubted_assets.values == {XRP: Decimal(1_000_001)}


def test_a_sum_of_the_largest_and_the_smallest_amount_is_exact() -> None:
    large, small = (
        IssuedAmount("USD", "rOne", Decimal(1).scaleb(exponent)) for exponent in (80, -96)
    )
    received = of(replace(ROW, asked=None, price=None, delivered=(large, small))).received
    (total,) = received.values.values()
    assert EXACT.subtract(total, large.value) == small.value


def test_what_is_worth_more_than_any_price_is_left_out() -> None:
    asked, came = (IssuedAmount("USD", "rOne", Decimal(1).scaleb(e)) for e in (-96, 80))
    figures = of(replace(ROW, asked=asked, delivered=(came,)))
    assert (figures.unpriced, figures.sold.values) == (1, {})


@pytest.mark.parametrize("sales", [1, 5])
def test_sales_that_are_alike_can_be_added_at_once(sales: int) -> None:
    one_by_one = of(*[ROW] * sales)
    at_once = of()
    at_once.count(0, Kind.SALE, Status.PAID, sales, needs_person=False)
    at_once.include_paid(
        0,
        Kind.SALE,
        sales,
        delivered=XrpAmount(1_000_001 * sales),
        price=FiatAmount("EUR", Decimal("3.10") * sales),
        tip=FiatAmount("EUR", Decimal("0.10") * sales),
    )
    assert at_once == one_by_one


def test_a_percentile_is_a_time_that_was_measured() -> None:
    spread = spread_of(second * 1_000_000 for second in range(20, 0, -1))
    assert spread == Spread(20, timedelta(seconds=10), timedelta(seconds=19))
    assert spread_of([7]) == Spread(1, timedelta(microseconds=7), timedelta(microseconds=7))


def test_a_step_that_ends_before_it_begins_has_no_time() -> None:
    assert spread_of([-1, -5]) == Spread()
    assert spread_of([-1, 5]).count == 1


def test_of_no_times_there_is_no_percentile() -> None:
    assert spread_of([]).median is None
