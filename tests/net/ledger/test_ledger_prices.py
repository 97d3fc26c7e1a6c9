"""The ledger's price of XRP, asked of a real node: the simulator's."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from xumm_desk.core.message import Message
from xumm_desk.core.money.networks import NETWORKS
from xumm_desk.core.pricing.ledger_prices import NO_ORACLE, LedgerPrice
from xumm_desk.core.pricing.quote import RateSource
from xumm_desk.core.pricing.rate_settings import SecondSource
from xumm_desk.core.state.evidence import TransactionNotFound
from xumm_desk.net.ledger.ledger_nodes import LedgerNodes
from xumm_desk.net.ledger.ledger_prices import LedgerPrices
from xumm_desk.simulator import Simulator, SimulatorOptions

pytestmark = pytest.mark.anyio

START = 1_800_000_000.0
RLUSD = "524C555344000000000000000000000000000000"


@pytest.fixture
def anyio_backend() -> str:
    """The clients run on asyncio."""
    return "asyncio"


@pytest.fixture
async def sim() -> AsyncIterator[Simulator]:
    """A ledger whose time stands still."""
    async with Simulator(SimulatorOptions(speed=0, start=START, seed=1)) as simulator:
        yield simulator


@pytest.fixture(params=["http", "websocket"])
async def nodes(sim: Simulator, request: pytest.FixtureRequest) -> AsyncIterator[LedgerNodes]:
    """The node, over either transport."""
    url = sim.ledger if request.param == "http" else sim.ledger_ws
    made = LedgerNodes([url], NETWORKS["TESTNET"])
    yield made
    await made.close()


@pytest.fixture
def prices(nodes: LedgerNodes) -> LedgerPrices:
    """What is tested."""
    return LedgerPrices(nodes, NETWORKS["TESTNET"])


def oracles(sim: Simulator, *currencies: str) -> SecondSource:
    return SecondSource(RateSource.ORACLE, currencies, oracles=((sim.issuer, 1), (sim.shop, 2)))


async def test_oracles_have_a_price_and_its_time(sim: Simulator, prices: LedgerPrices) -> None:
    sim.market.set({"oracle": {"EUR": {"median": "2.41", "age": 60}}})
    published = datetime.fromtimestamp(START - 60, UTC)
    found = await prices.price(oracles(sim, "EUR", "USD"))
    assert found == LedgerPrice(Decimal("2.41"), "EUR", published)


async def test_oracles_that_have_dollars_only_are_asked_for_dollars(
    sim: Simulator, prices: LedgerPrices
) -> None:
    sim.market.set({"oracle": {"EUR": None, "USD": {"median": "2.6"}}})
    found = await prices.price(oracles(sim, "EUR", "USD"))
    assert isinstance(found, LedgerPrice)
    assert (found.price, found.currency) == (Decimal("2.6"), "USD")
    assert await prices.price(oracles(sim, "EUR")) == NO_ORACLE


async def test_the_order_book_of_an_issuer_has_a_price(
    sim: Simulator, prices: LedgerPrices
) -> None:
    sim.market.set({"book": {"RLUSD": {"ask": "2.42", "bid": "2.38", "unfunded": 3}}})
    source = SecondSource(RateSource.ORDER_BOOK, ("USD",), RLUSD, sim.issuer)
    assert await prices.price(source) == LedgerPrice(Decimal("2.4"), "USD")
    sim.market.set({"book": {"RLUSD": {"bid": None}}})
    assert await prices.price(source) == "The order book has no funded offers on both sides."


async def test_the_pool_of_an_issuer_has_a_price(sim: Simulator, prices: LedgerPrices) -> None:
    sim.market.set({"pool": {"EUR": {"xrp": "1000", "other": "2400"}}})
    source = SecondSource(RateSource.POOL, ("EUR",), "EUR", sim.issuer)
    assert await prices.price(source) == LedgerPrice(Decimal("2.4"), "EUR")
    sim.market.set({"pool": {"EUR": {"frozen": True}}})
    assert await prices.price(source) == "The liquidity pool is frozen."
    sim.market.set({"pool": {"EUR": None}})
    assert await prices.price(source) == "The ledger has no liquidity pool for this currency."


async def test_a_node_that_fails_is_a_reason(sim: Simulator, prices: LedgerPrices) -> None:
    sim.switches.ledger_refuse = "503"
    found = await prices.price(oracles(sim, "EUR"))
    assert isinstance(found, Message)
    assert found.startswith("The ledger's price is not known: ")


async def test_a_node_without_such_a_method_stays_good_for_payments(
    sim: Simulator, nodes: LedgerNodes, prices: LedgerPrices
) -> None:
    sim.switches.ledger_error = "unknownCmd"
    found = await prices.price(oracles(sim, "EUR"))
    assert found == "The ledger node has no prices: it answered unknownCmd."
    sim.switches.ledger_error = ""
    assert nodes.status == "connected"
    assert isinstance(await nodes.transaction("AB" * 32, None), TransactionNotFound)


async def test_a_network_without_prices_says_so(sim: Simulator, nodes: LedgerNodes) -> None:
    xahau = LedgerPrices(nodes, NETWORKS["XAHAU"])
    found = await xahau.price(oracles(sim, "EUR"))
    assert found == "This network has no prices to compare the rate with."
