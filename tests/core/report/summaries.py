"""Requests of a month as the history has them, and their figures reckoned row by row."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from xumm_desk.core.history.summary import Kind, RefundMark, RequestSummary
from xumm_desk.core.money.amount import Amount, IssuedAmount, MptAmount, XrpAmount
from xumm_desk.core.money.fiat import FiatAmount
from xumm_desk.core.report.figures import Figures, MoneyRow, SlotFigures
from xumm_desk.core.report.periods import Length, Period, Span, period_of, span_of
from xumm_desk.core.status import Status, Step

ZONE: Final = ZoneInfo("Europe/Berlin")
START: Final = datetime(2026, 10, 1, tzinfo=UTC)
"""The clock is put back on the 25th of that month."""

ISSUERS: Final = ("rOne", "rTwo")

ROW: Final = RequestSummary(
    key=1,
    identifier="a",
    created_at=START,
    status=Status.PAID,
    finished=True,
    kind=Kind.SALE,
    network="MAINNET",
    tx_type="Payment",
    asked=XrpAmount(1_000_001),
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
    st.builds(MptAmount, st.just("00" * 23 + "AB"), st.integers(0, 2**63 - 1)),
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
PRICES = st.none() | st.integers(0, 10**14).map(lambda cents: Decimal(cents).scaleb(-2))
TIMES = st.none() | st.integers(-60, 3600)


@st.composite
def summaries(draw: st.DrawFn) -> RequestSummary:
    at = START + timedelta(minutes=draw(st.integers(-3 * 24 * 60, 34 * 24 * 60)))

    def step() -> datetime | None:
        seconds = draw(TIMES)
        return None if seconds is None else at + timedelta(seconds=seconds)

    asked = draw(st.none() | AMOUNTS)
    as_asked = (asked,) if asked is not None else ()
    others = st.lists(AMOUNTS, max_size=2).map(tuple)
    currency = draw(st.sampled_from(["EUR", "JPY", "KWD"]))

    def price() -> FiatAmount | None:
        value = draw(PRICES)
        places = {"EUR": 2, "JPY": 0, "KWD": 3}[currency]
        return None if value is None else FiatAmount(currency, round(value, places))

    whole = price()
    return replace(
        ROW,
        created_at=at,
        status=draw(st.sampled_from(Status)),
        kind=draw(st.sampled_from(Kind)),
        network=draw(st.sampled_from(["MAINNET", "MAINNET", "TESTNET"])),
        asked=asked,
        delivered=draw(st.just(as_asked) | others),
        price=whole,
        tip=price() if whole is not None else None,
        opened_at=step(),
        signed_at=step(),
        proven_at=step(),
        needs_person=draw(st.booleans()),
    )


def rows_of(some: Iterable[RequestSummary]) -> list[RequestSummary]:
    """The same with keys and names of their own."""
    return [replace(row, key=at, identifier=f"r{at}") for at, row in enumerate(some, 1)]


def to_utc(local: datetime) -> datetime:
    """The time in UTC of a local one in Berlin."""
    return local.replace(tzinfo=ZONE).astimezone(UTC)


def to_local(at: datetime) -> datetime:
    """The other way."""
    return at.astimezone(ZONE).replace(tzinfo=None)


def whole_span(period: Period) -> Span:
    """The whole of a period in Berlin."""
    return span_of(period, to_utc, to_local)


def month() -> Span:
    """The month that the requests fill."""
    return whole_span(period_of(Length.MONTH, date(2026, 10, 15)))


def figures_of(rows: Iterable[RequestSummary], span: Span, network: str = "MAINNET") -> Figures:
    """Sums and counts, request by request; no times."""
    found = Figures(network, [SlotFigures() for _ in span.slots])
    for row in rows:
        if network and row.network != network:
            continue
        for slot, place in enumerate(span.slots):
            if place.since <= row.created_at < place.until:
                found.count(slot, row.kind, row.status, 1, needs_person=row.needs_person)
                found.include(
                    MoneyRow(
                        slot,
                        row.kind,
                        row.needs_person,
                        row.asked,
                        row.delivered,
                        row.price,
                        row.tip,
                    )
                )
    return found
