"""A shop on Xahau: its nodes know API version 1 only, and its own types of transactions."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from xumm_desk.core.lifecycle import Status
from xumm_desk.core.networks import NETWORKS
from xumm_desk.core.proof import History, RegularKey
from xumm_desk.net.account import AccountNodes
from xumm_desk.net.ledger import Nodes
from xumm_desk.practice import Simulator, SimulatorOptions

from .test_safety_net import BOTH, PATIENT, Shop

pytestmark = pytest.mark.anyio

XAHAU = "XAHAUTESTNET"
SINCE = datetime(2000, 1, 1, tzinfo=UTC)


@pytest.fixture(params=BOTH)
async def shop(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Shop]:
    """A shop on Xahau's test network, over each scheme."""
    async with Simulator(SimulatorOptions(ledger_interval=0.15, seed=1, network=XAHAU)) as sim:
        one = Shop(sim, tmp_path, ledger=True, pace=PATIENT, clock=None)
        one.scheme = request.param
        await one.open()
        try:
            yield one
        finally:
            await one.close()


def node_of(shop: Shop) -> str:
    return shop.configuration().nodes[0]


async def test_a_payment_is_proven_by_a_node_that_knows_version_1_only(shop: Shop) -> None:
    identifier = await shop.create()
    await shop.sim.phone.sign(shop.uuid(identifier))
    row = await shop.status(identifier, Status.PAID)
    tx = row.request.ledger
    assert tx is not None
    assert tx.validated
    closed = shop.sim.ledger_core.entries[tx.txid].date
    assert tx.closed_at is not None
    told = datetime.fromisoformat(tx.closed_at)
    assert (told - datetime(2000, 1, 1, tzinfo=UTC)).total_seconds() == closed


async def test_a_payment_that_nobody_reported_is_seen(shop: Shop) -> None:
    identifier = await shop.create()
    await shop.sim.phone.sign(shop.uuid(identifier), behaviour="unreported")
    row = await shop.status(identifier, Status.PAID)
    assert [payment.paired for payment in row.request.payments] == ["tag"]


async def test_every_question_finds_its_answer_in_version_1(shop: Shop) -> None:
    nodes = Nodes([node_of(shop)], NETWORKS[XAHAU])
    try:
        account = AccountNodes(nodes, [node_of(shop)], NETWORKS[XAHAU])
        assert isinstance(await account.history(shop.sim.shop, None, SINCE), History)
        first = shop.sim.ledger_core.first
        assert isinstance(await account.history(shop.sim.shop, first, SINCE), History)
        rita = shop.sim.people.with_regular_key
        found = await nodes.regular_key(rita.account.address)
        assert found == RegularKey(rita.account.address, rita.key.address)
        assert nodes.status == "connected"
    finally:
        await nodes.close()


@pytest.mark.parametrize("network", ["TESTNET", XAHAU])
async def test_the_newest_version_that_a_node_knows_is_used(network: str) -> None:
    async with Simulator(SimulatorOptions(ledger_interval=0.15, seed=1, network=network)) as sim:
        nodes = Nodes([sim.ledger], NETWORKS[network])
        await nodes.regular_key(sim.shop)
        assert [node.api.number for node in nodes._nodes] == [2 if network == "TESTNET" else 1]
