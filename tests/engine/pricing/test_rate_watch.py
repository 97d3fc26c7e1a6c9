"""Rates of a till on a real simulated platform and ledger, by a clock that leaps over idle time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from engine.engine_fixture import EngineUnderTest, running_engine
from engine.fast_loop import TimeSkippingClock, TimeSkippingLoop
from xumm_desk.core.money.amount import IssuedAmount, XrpAmount
from xumm_desk.core.money.fiat import FiatAmount
from xumm_desk.core.pricing import rate_check
from xumm_desk.core.pricing.accepted_asset import XRP, AcceptedAsset
from xumm_desk.core.pricing.quote import Quote, RateRefusal, RateSource, WayOut
from xumm_desk.core.pricing.rate_settings import RatePolicy, SecondSource
from xumm_desk.core.state.timing import Timing
from xumm_desk.engine.pricing.rate_watch import RateWatch
from xumm_desk.net.ledger.ledger_prices import LedgerPrices
from xumm_desk.net.platform.xumm_api import XummApi
from xumm_desk.simulator import SimulatorOptions

pytestmark = pytest.mark.anyio

POLICY = RatePolicy()
PACE = Timing(shared_journal_interval=60.0, watch_interval=60.0, account_interval=600.0)
"""The pace of a shop for rates; what else is done every few seconds is left out here."""

ISSUER = "rMxCKbEDwqr76QuheSUMdEGf4B9xJ8m5De"
RLUSD = AcceptedAsset("524C555344000000000000000000000000000000", ISSUER, pegged_to="USD")


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, Any]]:
    """The engine's own waits, leapt over."""
    return "asyncio", {"loop_factory": TimeSkippingLoop}


@pytest.fixture
async def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[EngineUnderTest]:
    """A shop with a ledger node, whose seconds pass at once; one XRP is € 2.40."""
    clock = TimeSkippingClock(asyncio.get_running_loop())
    monkeypatch.setattr("xumm_desk.simulator.runtime.clock.time", clock)
    options = SimulatorOptions(ledger_interval=60.0, seed=1)
    async with running_engine(tmp_path, options=options, timing=PACE, clock=clock) as one:
        one.sim.market.set({"rates": {"EUR": {"XRP": 2.4}}})
        yield one


def calls(engine: EngineUnderTest) -> int:
    """How many questions for rates the platform has counted."""
    return engine.sim.calls.count("GET", "/rates/")


async def until(rates: RateWatch, true: Callable[[], bool]) -> None:
    """Wait for a change of the rates after which `true`."""
    changed = asyncio.Event()
    remove = rates.on_change(changed.set)
    try:
        async with asyncio.timeout(900):
            while not true():
                changed.clear()
                await changed.wait()
    finally:
        remove()


async def usable(rates: RateWatch, asset: AcceptedAsset = XRP) -> None:
    """Wait until the asset has a rate that may be used."""
    await until(rates, lambda: rates.state(asset).refusal is None)


async def refused(rates: RateWatch, words: str) -> RateRefusal:
    """Wait until XRP is refused with these words."""

    def is_so() -> bool:
        refusal = rates.state(XRP).refusal
        return refusal is not None and words in refusal.reason

    await until(rates, is_so)
    found = rates.quote(eur("12.50"), XRP)
    assert isinstance(found, RateRefusal)
    return found


def eur(text: str) -> FiatAmount:
    return FiatAmount("EUR", Decimal(text))


async def test_a_price_is_quoted_with_the_platforms_exact_rate(engine: EngineUnderTest) -> None:
    rates = engine.desk.rates
    rates.use("EUR", [XRP, RLUSD], POLICY)
    first = rates.quote(eur("12.50"), XRP)
    assert first == RateRefusal("The rate of XRP is being asked for.", WayOut.REFRESH)
    await usable(rates)
    quote = rates.quote(eur("12.50"), XRP)
    assert isinstance(quote, Quote)
    assert quote.amount == XrpAmount(5_208_334)
    assert quote.rate.price == Decimal("2.4")
    dollars = rates.quote(eur("12.50"), RLUSD)
    assert isinstance(dollars, Quote)
    assert dollars.amount == IssuedAmount(RLUSD.currency, ISSUER, Decimal("13.586957"))
    assert rates.worth_now(XrpAmount(5_208_334), XRP) == eur("12.50")


@pytest.mark.parametrize(
    ("currency", "rate", "price", "drops"),
    [("JPY", 302.1, "1500", 4_965_244), ("KWD", 0.737, "3.125", 4_240_163)],
)
async def test_currencies_without_and_with_three_minor_digits(
    engine: EngineUnderTest, currency: str, rate: float, price: str, drops: int
) -> None:
    engine.sim.market.set({"rates": {currency: {"XRP": rate}}})
    rates = engine.desk.rates
    rates.use(currency, [XRP], POLICY)
    await usable(rates)
    quote = rates.quote(FiatAmount(currency, Decimal(price)), XRP)
    assert isinstance(quote, Quote)
    assert quote.amount == XrpAmount(drops)
    assert rates.worth_now(quote.amount, XRP) == quote.price


async def test_nothing_is_asked_where_no_rate_is_needed(engine: EngineUnderTest) -> None:
    rates = engine.desk.rates
    rates.use("XRP", [XRP], POLICY)
    await asyncio.sleep(300)
    assert isinstance(rates.quote(FiatAmount("XRP", Decimal(5)), XRP), Quote)
    rates.use("USD", [RLUSD], POLICY)
    quote = rates.quote(FiatAmount("USD", Decimal(5)), RLUSD)
    assert isinstance(quote, Quote)
    assert quote.rate.source is RateSource.PEG
    await asyncio.sleep(300)
    assert calls(engine) == 0


async def test_rates_are_asked_once_a_minute_and_only_while_needed(
    engine: EngineUnderTest,
) -> None:
    rates = engine.desk.rates
    await asyncio.sleep(300)
    assert calls(engine) == 0
    rates.use("EUR", [XRP], POLICY)
    await asyncio.sleep(605)
    assert 10 <= calls(engine) <= 11
    rates.use("EUR", [XRP], POLICY)
    rates.release()
    before = calls(engine)
    await asyncio.sleep(600)
    assert calls(engine) == before


async def test_a_rate_ages_and_is_refused_past_the_limit(engine: EngineUnderTest) -> None:
    rates = engine.desk.rates
    rates.use("EUR", [XRP], POLICY)
    await usable(rates)
    engine.sim.switches.refuse = "503"
    await asyncio.sleep(200)
    state = rates.state(XRP)
    assert state.refusal is None
    assert state.age is not None
    assert 140 <= state.age <= 262
    await asyncio.sleep(200)
    refusal = await refused(rates, "more than 5 min")
    assert "web page" in refusal.reason
    assert refusal.way_out is WayOut.TYPE_RATE
    engine.sim.switches.refuse = "off"
    rates.refresh()
    await usable(rates)


async def test_while_the_platform_is_down_it_is_asked_ever_more_slowly(
    engine: EngineUnderTest,
) -> None:
    engine.sim.switches.refuse = "503"
    rates = engine.desk.rates
    rates.use("EUR", [XRP], POLICY)
    await refused(rates, "web page")
    await asyncio.sleep(600)
    assert calls(engine) <= 20
    before = calls(engine)
    for _ in range(60):  # a window that quotes every second
        rates.quote(eur("1.00"), XRP)
        await asyncio.sleep(1)
    assert calls(engine) - before <= 5


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("html", "No rate of XRP: 127.0.0.1 answered with a web page (HTTP 200)"),
        ("500", "No rate of XRP: 127.0.0.1 answered with a web page (HTTP 500)"),
        ("zero", "The platform's rate of XRP is zero."),
        ("negative", "The platform's rate of XRP is negative."),
        ("nan", "The platform's rate of XRP is no number."),
        ("text", "The platform's rate of XRP is no number."),
        ("missing", "The platform sent no rate of XRP."),
    ],
)
async def test_a_source_that_answers_nonsense_is_refused_until_it_is_mended(
    engine: EngineUnderTest, fault: str, words: str
) -> None:
    engine.sim.switches.rates_fault = fault
    rates = engine.desk.rates
    rates.use("EUR", [XRP], POLICY)
    refusal = await refused(rates, words)
    assert refusal.way_out is WayOut.TYPE_RATE
    engine.sim.switches.rates_fault = "off"
    await usable(rates)


async def test_nonsense_takes_a_good_rate_away_and_silence_does_not(
    engine: EngineUnderTest,
) -> None:
    rates = engine.desk.rates
    rates.use("EUR", [XRP], POLICY)
    await usable(rates)
    engine.sim.switches.rates_fault = "html"
    rates.refresh()
    await until(rates, lambda: rates.state(XRP).age is not None and calls(engine) == 2)
    assert rates.state(XRP).refusal is None
    engine.sim.switches.rates_fault = "zero"
    rates.refresh()
    await refused(rates, "is zero")


async def test_a_currency_without_rates_leads_to_the_settings(engine: EngineUnderTest) -> None:
    rates = engine.desk.rates
    rates.use("ZZZ", [XRP], POLICY)
    words = "The platform has no rates in ZZZ."
    await until(rates, lambda: words in str(rates.state(XRP).refusal))
    found = rates.state(XRP).refusal
    assert found == RateRefusal(f"No rate of XRP: {words}", WayOut.SETTINGS)


async def test_a_typed_rate_is_the_way_out_and_is_shown_as_typed(engine: EngineUnderTest) -> None:
    engine.sim.switches.refuse = "close"
    rates = engine.desk.rates
    rates.use("EUR", [XRP], POLICY)
    await refused(rates, "No rate of XRP")
    assert rates.set_typed(XRP, Decimal("2.5")) == ""
    quote = rates.quote(eur("10.00"), XRP)
    assert isinstance(quote, Quote)
    assert (quote.amount, quote.rate.source) == (XrpAmount(4_000_000), RateSource.TYPED)
    await asyncio.sleep(120)
    line = rate_check.state_line(rates.state(XRP))
    assert line == "€\u00a02.50 each · 2 min old · typed by the shop"
    rates.set_typed(XRP, None)
    assert isinstance(rates.quote(eur("10.00"), XRP), RateRefusal)
    for wrong in ("0", "-1", "NaN", "1e40"):
        assert "above zero" in rates.set_typed(XRP, Decimal(wrong))


async def test_a_typed_rate_with_a_slip_is_asked_about(engine: EngineUnderTest) -> None:
    rates = engine.desk.rates
    assert rates.typed_warning(XRP, Decimal(24)) == ""
    rates.use("EUR", [XRP], POLICY)
    await usable(rates)
    assert rates.typed_warning(XRP, Decimal("2.5")) == ""
    warning = rates.typed_warning(XRP, Decimal(24))
    assert warning.startswith("€\u00a024.00 is 900 % away from €\u00a02.40 (Xaman, ")


def second(engine: EngineUnderTest, source: RateSource) -> RatePolicy:
    currency = ("EUR",)
    if source is RateSource.ORACLE:
        return RatePolicy(second=SecondSource(source, currency, oracles=((ISSUER, 1),)))
    return RatePolicy(second=SecondSource(source, currency, "EUR", engine.sim.issuer))


@pytest.mark.parametrize("source", [RateSource.ORACLE, RateSource.ORDER_BOOK, RateSource.POOL])
async def test_the_ledgers_price_is_compared_and_stops_sales_when_it_is_apart(
    engine: EngineUnderTest, source: RateSource
) -> None:
    prices: dict[str, Any] = {
        "oracle": {"EUR": {"median": "2.394", "age": 30}},
        "book": {"EUR": {"ask": "2.396", "bid": "2.392", "unfunded": 2}},
        "pool": {"EUR": {"xrp": "1000", "other": "2394"}},
    }
    engine.sim.market.set(prices)
    rates = engine.desk.rates
    rates.use("EUR", [XRP], second(engine, source))
    await until(rates, lambda: rates.state(XRP).compared is not None)
    quote = rates.quote(eur("12.50"), XRP)
    assert isinstance(quote, Quote)
    assert quote.compared is not None
    assert (quote.compared.price, quote.compared.source) == (Decimal("2.394"), source)
    assert rate_check.state_line(rates.state(XRP)).endswith(" within 0.3 %")
    engine.sim.market.set({"rates": {"EUR": {"XRP": 2.5}}})
    rates.refresh()
    refusal = await refused(rates, "4.5 % apart, more than 2 %")
    assert refusal.way_out is WayOut.TYPE_RATE


async def test_without_an_answer_of_the_second_source_sales_go_on(
    engine: EngineUnderTest,
) -> None:
    engine.sim.switches.ledger_refuse = "503"
    rates = engine.desk.rates
    rates.use("EUR", [XRP], second(engine, RateSource.ORACLE))
    await until(rates, lambda: "not known" in rates.state(XRP).not_compared)
    await usable(rates)
    assert rate_check.state_line(rates.state(XRP)).endswith("Xaman, not compared")
    engine.sim.switches.ledger_refuse = "off"
    engine.sim.market.set({"oracle": {"EUR": {"median": "9", "age": 7200}}})
    rates.refresh()
    await until(rates, lambda: "is 2 h old" in rates.state(XRP).not_compared)
    assert rates.state(XRP).refusal is None


@pytest.mark.parametrize("error", [ValueError("bug"), MemoryError(), OSError(9, "bad")])
async def test_a_bug_behind_a_port_is_a_reason_and_is_told(
    engine: EngineUnderTest, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    async def fails(*_: object) -> None:
        raise error

    told: list[str] = []
    engine.desk.tasks.on_error(lambda name, _error: told.append(name))
    rates = engine.desk.rates
    with monkeypatch.context() as patched:
        patched.setattr(XummApi, "rates", fails)
        patched.setattr(LedgerPrices, "price", fails)
        rates.use("EUR", [XRP], second(engine, RateSource.POOL))
        await refused(rates, "An error of this program kept the platform's answer")
    rates.refresh()
    await until(rates, lambda: rates.state(XRP).compared is not None)
    assert set(told) == {"rates", "ledger prices"}


async def test_without_a_ledger_node_the_second_source_says_so(
    engine_without_ledger: EngineUnderTest,
) -> None:
    rates = engine_without_ledger.desk.rates
    rates.use("EUR", [XRP], second(engine_without_ledger, RateSource.POOL))
    await usable(rates)
    assert rates.state(XRP).not_compared == "No ledger node is set up."


async def test_the_same_use_while_an_answer_is_on_its_way_asks_once(
    engine: EngineUnderTest,
) -> None:
    engine.sim.switches.rates_slow_seconds = 2.0
    rates = engine.desk.rates
    rates.use("EUR", [XRP], POLICY)
    await asyncio.sleep(1)
    assert rates.asking
    rates.use("EUR", [XRP], POLICY)
    rates.refresh()
    rates.quote(eur("1.00"), XRP)
    await usable(rates)
    await asyncio.sleep(30)
    assert calls(engine) == 1


async def test_an_answer_for_the_former_currency_is_not_taken(engine: EngineUnderTest) -> None:
    engine.sim.switches.rates_slow_seconds = 2.0
    rates = engine.desk.rates
    rates.use("EUR", [XRP], POLICY)
    await asyncio.sleep(1)
    rates.use("USD", [XRP], POLICY)
    await usable(rates)
    state = rates.state(XRP)
    assert state.rate is not None
    assert (state.rate.price, state.rate.currency) == (Decimal(2), "USD")
    assert calls(engine) == 2


async def test_a_slow_answer_is_as_old_as_its_question(engine: EngineUnderTest) -> None:
    engine.sim.switches.rates_slow_seconds = 20.0
    rates = engine.desk.rates
    rates.use("EUR", [XRP], POLICY)
    await asyncio.sleep(0)
    await usable(rates)
    age = rates.state(XRP).age
    assert age is not None
    assert age >= 20


async def test_listeners_are_told_until_they_leave(engine: EngineUnderTest) -> None:
    rates = engine.desk.rates
    told: list[Decimal | None] = []

    def listen() -> None:
        known = rates.state(XRP).rate
        told.append(known.price if known is not None else None)

    remove = rates.on_change(listen)
    rates.use("EUR", [XRP], POLICY)
    await usable(rates)
    assert told == [None, Decimal("2.4")]
    remove()
    remove()
    rates.set_typed(XRP, Decimal(2))
    assert len(told) == 2
