"""Accounts, trust lines and tokens are read from real nodes; trouble is unknown, never fine."""

from __future__ import annotations

from collections.abc import AsyncIterator
from decimal import Decimal

import pytest

from xumm_desk.core.account.account_state import (
    Absent,
    AccountRoot,
    Reserve,
    TokenHolding,
    TokenIssuance,
    TrustLine,
    Unknown,
)
from xumm_desk.core.money.amount import XrpAmount
from xumm_desk.core.money.networks import NETWORKS
from xumm_desk.core.pricing.accepted_asset import XRP, AcceptedAsset
from xumm_desk.net.ledger.account_state_reader import AccountStateReader
from xumm_desk.net.ledger.ledger_nodes import LedgerNodes
from xumm_desk.simulator import Simulator, SimulatorOptions
from xumm_desk.simulator.cast import token_of
from xumm_desk.simulator.ledger import account_settings
from xumm_desk.simulator.runtime.keys import wallet_for

pytestmark = pytest.mark.anyio

CLOSED = "http://127.0.0.1:9"
_opened: list[LedgerNodes] = []


@pytest.fixture
async def sim() -> AsyncIterator[Simulator]:
    async with Simulator(SimulatorOptions(speed=0, seed=1)) as one:
        yield one


@pytest.fixture(autouse=True)
async def opened() -> AsyncIterator[list[LedgerNodes]]:
    """What the test asked, closed after it."""
    _opened.clear()
    yield _opened
    for nodes in _opened:
        await nodes.close()


def reader(*urls: str, network: str = "TESTNET") -> AccountStateReader:
    _opened.append(LedgerNodes(urls, NETWORKS[network]))
    return AccountStateReader(_opened[-1], NETWORKS[network])


def assets(sim: Simulator) -> tuple[AcceptedAsset, AcceptedAsset, AcceptedAsset]:
    return XRP, AcceptedAsset("USD", sim.issuer), AcceptedAsset(token_of(sim.cast.issuer).lower())


@pytest.mark.parametrize("socket", [False, True])
async def test_all_that_concerns_the_assets_is_read(sim: Simulator, socket: bool) -> None:
    ledger, token = sim.node_ledger, token_of(sim.cast.issuer)
    account_settings.set_account(ledger, sim.shop, {"requireDestinationTag": True})
    line = {"holder": sim.shop, "issuer": sim.issuer}
    account_settings.set_line(ledger, {**line, "currency": "USD", "limit": "50", "frozen": True})
    account_settings.set_line(ledger, {**line, "currency": token, "authorized": True})
    account_settings.set_token(ledger, token, {"require_auth": True, "maximum": 80_000})
    nodes = LedgerNodes([sim.ledger_ws if socket else sim.ledger], NETWORKS["TESTNET"])
    state = await AccountStateReader(nodes, NETWORKS["TESTNET"]).account_state(
        sim.shop, assets(sim)
    )
    await nodes.close()
    assert isinstance(state.root, AccountRoot)
    assert state.root.requires_tag
    assert state.root.balance == XrpAmount(10_000_000_000)
    assert state.reserve == Reserve(XrpAmount(1_000_000), XrpAmount(200_000))
    assert isinstance(state.lines, tuple)
    assert (
        TrustLine(sim.issuer, "USD", Decimal(0), Decimal(50), frozen=True, no_ripple=True)
        in state.lines
    )
    issuer = state.issuers[sim.issuer]
    assert isinstance(issuer, AccountRoot)
    assert issuer.lets_ripple
    assert state.holdings == {token: TokenHolding(token, authorized=True)}
    assert state.issuances == {
        token: TokenIssuance(
            token,
            sim.issuer,
            requires_authorization=True,
            can_transfer=True,
            maximum=80_000,
            outstanding=70_000,
        )
    }


async def test_what_the_ledger_does_not_have_is_absent(sim: Simulator) -> None:
    nobody, token = wallet_for("nobody").address, token_of(sim.cast.issuer)
    state = await reader(sim.ledger).account_state(nobody, assets(sim))
    assert (state.root, state.issuers) == (Absent(), {})
    assert state.reserve is not None
    account_settings.set_line(
        sim.node_ledger,
        {"holder": sim.shop, "issuer": sim.issuer, "currency": token, "exists": False},
    )
    account_settings.set_token(sim.node_ledger, token, {"exists": False})
    state = await reader(sim.ledger).account_state(
        sim.shop, [AcceptedAsset("EUR", nobody), AcceptedAsset(token)]
    )
    assert state.issuers == {nobody: Absent()}
    assert state.holdings == {token: Absent()}
    assert state.issuances == {token: Absent()}


async def test_only_what_the_assets_need_is_asked(sim: Simulator) -> None:
    state = await reader(sim.ledger).account_state(sim.shop, [XRP])
    assert (state.lines, state.issuers, state.holdings) == ((), {}, {})
    assert sim.calls.count("LEDGER", "account_lines") == 0
    await reader(sim.ledger).account_state(
        sim.issuer, [AcceptedAsset("USD", sim.issuer), AcceptedAsset(token_of(sim.cast.issuer))]
    )
    assert sim.calls.count("LEDGER", "account_lines") == 0


async def test_all_pages_of_trust_lines_are_read(sim: Simulator) -> None:
    for number in range(410):
        sim.node_ledger.state.set_trust_line(
            sim.shop, wallet_for(f"peer {number % 5}").address, f"{number:03d}", Decimal(1)
        )
    state = await reader(sim.ledger).account_state(sim.shop, assets(sim))
    assert isinstance(state.lines, tuple)
    assert len(state.lines) == 412
    assert sim.calls.count("LEDGER", "account_lines") == 2


async def test_no_node_that_answers_is_unknown_and_asked_once(sim: Simulator) -> None:
    state = await reader(CLOSED).account_state(sim.shop, assets(sim))
    assert isinstance(state.root, Unknown)
    assert "no ledger node answers" in state.root.reason
    sim.switches.ledger_error = "tooBusy"
    state = await reader(sim.ledger).account_state(sim.shop, assets(sim))
    assert state.root == Unknown("the node answered tooBusy")
    assert state.lines == Unknown()
    assert sim.calls.count("LEDGER", "account_info") == 1


async def test_another_node_is_asked_and_one_of_another_network_is_not(sim: Simulator) -> None:
    state = await reader(CLOSED, sim.ledger).account_state(sim.shop, [XRP])
    assert isinstance(state.root, AccountRoot)
    state = await reader(sim.ledger, network="MAINNET").account_state(sim.shop, [XRP])
    assert state.root == Unknown("the node is not on MAINNET")


async def test_a_network_with_one_api_version_and_its_own_asset() -> None:
    async with Simulator(SimulatorOptions(speed=0, network="XAHAU")) as sim:
        state = await reader(sim.ledger, network="XAHAU").account_state(
            sim.shop, [AcceptedAsset("XAH"), AcceptedAsset("USD", sim.issuer)]
        )
    assert isinstance(state.root, AccountRoot)
    assert state.root.balance is not None
    assert state.root.balance.asset == "XAH"
    assert isinstance(state.lines, tuple)
