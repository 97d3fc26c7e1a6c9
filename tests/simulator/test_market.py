"""Made-up prices: of the platform, of the ledger's oracles, order book and pool; set and broken."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from xrpl.asyncio.clients import AsyncJsonRpcClient
from xrpl.models.currencies import XRP, IssuedCurrency
from xrpl.models.requests import AMMInfo, BookOffers, GetAggregatePrice
from xrpl.models.requests.ledger_entry import Oracle

from xumm_desk.simulator import Simulator

from .conftest import START
from .simulator_client import SimulatorClient

pytestmark = pytest.mark.anyio


def oracles(sim: Simulator, quote: str = "EUR") -> GetAggregatePrice:
    listed = [Oracle(account=sim.issuer, oracle_document_id=number) for number in (1, 2, 3)]
    return GetAggregatePrice(base_asset="XRP", quote_asset=quote, oracles=listed, trim=20)


async def result(sim: Simulator, request: Any) -> dict[str, Any]:
    answer = await AsyncJsonRpcClient(sim.ledger).request(request)
    found: dict[str, Any] = answer.result
    return found


async def test_rates_are_what_was_set(client: SimulatorClient) -> None:
    status, _ = await client.control("PUT", "market", json={"rates": {"EUR": {"XRP": 2.4}}})
    assert status == 200
    _, rates = await client.call("GET", "rates/EUR")
    assert (rates["XRP"], rates["USD"]) == (2.4, 0.92)
    _, dinars = await client.call("GET", "rates/KWD")
    assert dinars["__meta"]["currency"]["isoDecimals"] == 3
    await client.control("PUT", "market", json={"rates": {"EUR": None}})
    status, _ = await client.call("GET", "rates/EUR")
    assert status == 400


@pytest.mark.parametrize("wrong", [{"tea": {}}, {"rates": 5}, {"rates": {"EUR": 5}}])
async def test_what_is_no_price_is_refused(client: SimulatorClient, wrong: Any) -> None:
    status, answer = await client.control("PUT", "market", json=wrong)
    assert status == 400
    assert "error" in answer
    assert (await client.control("GET", "market"))[1]["rates"] == {}


@pytest.mark.parametrize(
    ("fault", "status", "text"),
    [
        ("html", 200, "<!DOCTYPE html>"),
        ("500", 500, "<!DOCTYPE html>"),
        ("zero", 200, '"XRP":0'),
        ("negative", 200, '"XRP":-2.4'),
        ("nan", 200, '"XRP":NaN'),
        ("text", 200, '"XRP":"two and a half"'),
        ("missing", 200, '{"__meta"'),
    ],
)
async def test_rates_can_be_broken_alone(
    client: SimulatorClient, sim: Simulator, fault: str, status: int, text: str
) -> None:
    await client.control("PUT", "switches", json={"rates_fault": fault})
    async with client.session.get(f"{sim.api}/rates/EUR", headers=client.headers) as answer:
        assert answer.status == status
        assert text in await answer.text()
    assert (await client.call("GET", "ping"))[0] == 200


async def test_oracles_answer_as_a_node_does(client: SimulatorClient, sim: Simulator) -> None:
    price = {"oracle": {"EUR": {"median": "2.41", "age": 30}}}
    await client.control("PUT", "market", json=price)
    found = await result(sim, oracles(sim))
    assert found["median"] == found["trimmed_set"]["mean"] == "2.41"
    assert found["entire_set"]["size"] == 3
    assert found["time"] == START - 30
    await client.control("PUT", "market", json={"oracle": {"EUR": None}})
    assert (await result(sim, oracles(sim)))["error"] == "objectNotFound"


async def test_the_book_has_two_sides_and_unfunded_offers(
    client: SimulatorClient, sim: Simulator
) -> None:
    book = {"book": {"EUR": {"ask": "2.42", "bid": "2.38", "unfunded": 1}}}
    await client.control("PUT", "market", json=book)
    euro = IssuedCurrency(currency="EUR", issuer=sim.issuer)
    ask = await result(sim, BookOffers(taker_gets=XRP(), taker_pays=euro, ledger_index="validated"))
    empty, best = ask["offers"]
    assert empty["taker_gets_funded"] == "0"
    assert Decimal(best["TakerPays"]["value"]) / Decimal(best["TakerGets"]) * 10**6 == Decimal(
        "2.42"
    )
    assert ask["validated"] is True
    bid = await result(sim, BookOffers(taker_gets=euro, taker_pays=XRP()))
    best = bid["offers"][-1]
    assert Decimal(best["TakerGets"]["value"]) / Decimal(best["TakerPays"]) * 10**6 == Decimal(
        "2.38"
    )


async def test_the_pool_names_its_sides_in_the_order_of_the_question(
    client: SimulatorClient, sim: Simulator
) -> None:
    pool = {"pool": {"EUR": {"xrp": "1000", "other": "2400", "frozen": True}}}
    await client.control("PUT", "market", json=pool)
    euro = IssuedCurrency(currency="EUR", issuer=sim.issuer)
    amm = (await result(sim, AMMInfo(asset=XRP(), asset2=euro)))["amm"]
    assert (amm["amount"], amm["amount2"]["value"]) == ("1000000000", "2400")
    assert amm["asset2_frozen"] is True
    turned = (await result(sim, AMMInfo(asset=euro, asset2=XRP())))["amm"]
    assert turned["amount"]["value"] == "2400"
    await client.control("PUT", "market", json={"pool": {"EUR": None}})
    missing = await result(sim, AMMInfo(asset=XRP(), asset2=euro))
    assert missing["error"] == "actNotFound"
