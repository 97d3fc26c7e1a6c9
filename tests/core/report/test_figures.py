"""Figures are exact, whatever the order, and those of the days are those of the month."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xumm_desk.core.history.summary import Kind, RefundMark, RequestSummary
from xumm_desk.core.money.amount import Amount, IssuedAmount, XrpAmount
from xumm_desk.core.money.fiat import FiatAmount
from xumm_desk.core.report.figures import Figures, figures_of, percentile
from xumm_desk.core.status import Status, Step

START = datetime(2026, 11, 1, tzinfo=UTC)
ISSUERS = ("rOne", "rTwo")

ROW = RequestSummary(
    key=1,
    identifier="a",
    created_at=START,
    status=Status.PAID,
    finished=True,
    kind=Kind.SALE,
    network="MAINNET",
    tx_type="Payment",
    asked=None,
    delivered=(XrpAmount(1_000_001),),
    price=FiatAmount("EUR", Decimal("3.10")),
    tip=FiatAmount("EUR", Decimal("0.10")),
    till="",
    cashier="",
    number=1,
    reference="",
    note="",
    instruction="",
    payer="",
    tag=None,
    uuid="",
    txid="",
    refund_of="",
    refunded=RefundMark.NONE,
    signed=True,
    outage=False,
    step=Step.RESOLVED,
    opened_at=START + timedelta(seconds=6),
    signed_at=START + timedelta(seconds=14),
    proven_at=START + timedelta(seconds=18),
    ledger_index=1,
    needs_person=False,
)

AMOUNTS: st.SearchStrategy[Amount] = st.one_of(
    st.builds(XrpAmount, st.integers(0, 10**17)),
    st.builds(
        IssuedAmount,
        st.just("USD"),
        st.sampled_from(ISSUERS),
        st.builds(
            lambda digits, exponent: Decimal(digits).scaleb(exponent),
            st.integers(0, 10**15),
            st.integers(-96, 65),
        ),
    ),
)
PRICES = st.none() | st.builds(
    FiatAmount,
    st.sampled_from(["EUR", "USD"]),
    st.integers(0, 10**8).map(lambda cents: Decimal(cents).scaleb(-2)),
)
TIMES = st.none() | st.integers(-60, 3600)


@st.composite
def summaries(draw: st.DrawFn) -> RequestSummary:
    at = START + timedelta(minutes=draw(st.integers(0, 30 * 24 * 60 - 1)))

    def step() -> datetime | None:
        seconds = draw(TIMES)
        return None if seconds is None else at + timedelta(seconds=seconds)

    return replace(
        ROW,
        created_at=at,
        status=draw(st.sampled_from(Status)),
        kind=draw(st.sampled_from(Kind)),
        network=draw(st.sampled_from(["MAINNET", "TESTNET"])),
        delivered=tuple(draw(st.lists(AMOUNTS, max_size=2))),
        price=draw(PRICES),
        tip=draw(PRICES),
        opened_at=step(),
        signed_at=step(),
        proven_at=step(),
        needs_person=draw(st.booleans()),
    )


def as_it_is(at: datetime) -> datetime:
    return at


def of(*rows: RequestSummary) -> Figures:
    return figures_of(rows, "MAINNET", as_it_is)


def comparable(figures: Figures) -> dict[str, Any]:
    """The figures without the order in which times were met."""
    values = {one.name: getattr(figures, one.name) for one in fields(figures)}
    return {name: sorted(v) if isinstance(v, list) else v for name, v in values.items()}


@given(st.lists(summaries(), max_size=12), st.randoms(use_true_random=False))
def test_the_order_of_rows_never_matters(rows: list[RequestSummary], random: Any) -> None:
    mixed = list(rows)
    random.shuffle(mixed)
    assert comparable(of(*mixed)) == comparable(of(*rows))


@given(st.lists(summaries(), max_size=12))
def test_the_days_add_up_to_the_month(rows: list[RequestSummary]) -> None:
    month = Figures()
    for day in range(1, 31):
        month.add(of(*(row for row in rows if row.created_at.day == day)))
    assert comparable(month) == comparable(of(*rows))


@given(st.lists(summaries(), max_size=12))
def test_drops_are_counted_one_by_one(rows: list[RequestSummary]) -> None:
    drops = sum(
        money.drops
        for row in rows
        if row.network == "MAINNET" and row.kind is not Kind.REFUND
        for money in row.delivered
        if isinstance(money, XrpAmount)
    )
    assert of(*rows).received.values.get("XRP", Decimal(0)) * 1_000_000 == drops


def test_money_of_another_network_is_not_the_shops() -> None:
    assert of(replace(ROW, network="TESTNET")) == Figures()


def test_currencies_of_two_issuers_are_two_assets() -> None:
    paid = [IssuedAmount("USD", issuer, Decimal(5)) for issuer in ISSUERS]
    received = of(*(replace(ROW, delivered=(money,)) for money in paid)).received
    assert received.values == {"USD.rOne": Decimal(5), "USD.rTwo": Decimal(5)}


def test_a_refund_is_no_sale() -> None:
    figures = of(ROW, replace(ROW, kind=Kind.REFUND, delivered=(XrpAmount(1),)))
    assert figures.sales == figures.refunds == 1
    assert figures.received.values == {"XRP": Decimal("1.000001")}
    assert figures.refunded.values == {"XRP": Decimal("0.000001")}


def test_a_declined_sale_is_an_outcome_and_no_takings() -> None:
    figures = of(replace(ROW, status=Status.DECLINED, delivered=()))
    assert figures.outcomes == {Status.DECLINED: 1}
    assert (figures.sales, figures.prices.values, figures.hours) == (0, {}, {})


def test_money_in_doubt_is_the_price_of_what_needs_a_person() -> None:
    figures = of(replace(ROW, status=Status.CHECK, needs_person=True))
    assert (figures.doubts, figures.doubted.values) == (1, {"EUR": Decimal("3.10")})


def test_sales_stand_in_their_local_hour() -> None:
    figures = figures_of([ROW], "MAINNET", lambda at: at + timedelta(hours=2))
    assert figures.hours == {2: 1}


def test_a_step_that_ends_before_it_begins_has_no_time() -> None:
    figures = of(replace(ROW, opened_at=START - timedelta(seconds=1)))
    assert figures.to_scan == []
    assert figures.to_ledger == [timedelta(seconds=4)]


@pytest.mark.parametrize(("percent", "seconds"), [(50, 10), (95, 19), (100, 20), (1, 1)])
def test_a_percentile_is_a_time_that_was_measured(percent: int, seconds: int) -> None:
    times = [timedelta(seconds=one) for one in range(20, 0, -1)]
    assert percentile(times, percent) == timedelta(seconds=seconds)


def test_of_no_times_there_is_no_percentile() -> None:
    assert percentile([], 95) is None
