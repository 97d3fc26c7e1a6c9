"""A shop on Xahau: its nodes know API version 1 only, and its own types of transactions."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from engine.engine_fixture import running_engine
from engine.ledger.test_account_watch import BOTH, PATIENT, Shop
from xumm_desk.core.money.networks import NETWORKS
from xumm_desk.core.request.request_spec import RequestSpec, parse_body
from xumm_desk.core.state.evidence import AccountHistory, RegularKey
from xumm_desk.core.status import Status
from xumm_desk.core.wire.json_fields import Json, JsonObject
from xumm_desk.net.ledger.account_history import AccountReader
from xumm_desk.net.ledger.ledger_nodes import LedgerNodes
from xumm_desk.net.ledger.xrpl_codec import XrplCodec
from xumm_desk.simulator import Simulator, SimulatorOptions

pytestmark = pytest.mark.anyio

XAHAU = "XAHAUTESTNET"
SINCE = datetime(2000, 1, 1, tzinfo=UTC)


@pytest.fixture(params=BOTH)
async def shop(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Shop]:
    """A shop on Xahau's test network, over each scheme."""
    async with Simulator(SimulatorOptions(ledger_interval=0.15, seed=1, network=XAHAU)) as sim:
        one = Shop(sim, tmp_path, ledger=True, timing=PATIENT, clock=None)
        one.scheme = request.param
        await one.open()
        try:
            yield one
        finally:
            await one.close()


def node_of(shop: Shop) -> str:
    return shop.configuration().ledger_urls[0]


async def test_a_payment_is_proven_by_a_node_that_knows_version_1_only(shop: Shop) -> None:
    identifier = await shop.create()
    await shop.sim.phone.sign(shop.uuid(identifier))
    row = await shop.status(identifier, Status.PAID)
    tx = row.request.ledger
    assert tx is not None
    assert tx.validated
    closed = shop.sim.node_ledger.entries[tx.txid].date
    assert tx.closed_at is not None
    told = datetime.fromisoformat(tx.closed_at)
    assert (told - datetime(2000, 1, 1, tzinfo=UTC)).total_seconds() == closed


async def test_a_payment_that_nobody_reported_is_seen(shop: Shop) -> None:
    identifier = await shop.create()
    await shop.sim.phone.sign(shop.uuid(identifier), behaviour="unreported")
    row = await shop.status(identifier, Status.PAID)
    assert [payment.matched_by for payment in row.request.payments] == ["tag"]


async def test_every_question_finds_its_answer_in_version_1(shop: Shop) -> None:
    nodes = LedgerNodes([node_of(shop)], NETWORKS[XAHAU])
    try:
        account = AccountReader(nodes, [node_of(shop)], NETWORKS[XAHAU])
        assert isinstance(await account.history(shop.sim.shop, None, SINCE), AccountHistory)
        first = shop.sim.node_ledger.first
        assert isinstance(await account.history(shop.sim.shop, first, SINCE), AccountHistory)
        rita = shop.sim.cast.with_regular_key
        found = await nodes.regular_key(rita.account.address)
        assert found == RegularKey(rita.account.address, rita.key.address)
        assert nodes.status == "connected"
    finally:
        await nodes.close()


BLOBS = json.loads(
    (Path(__file__).parents[2] / "net" / "ledger" / "xahau_blobs.json").read_text("utf-8")
)
FILLED = ("Fee", "Sequence", "LastLedgerSequence", "SigningPubKey", "TxnSignature", "NetworkID")


def asked(name: str, **options: Json) -> RequestSpec:
    """A request for one of Xahau's own transactions, as a wallet would sign it."""
    txjson = {k: v for k, v in BLOBS[name]["tx"].items() if k not in FILLED}
    body: JsonObject = {"txjson": txjson, "options": options}
    made = parse_body(body, identifier=name, network=XAHAU)
    assert isinstance(made, RequestSpec), made
    return made


@pytest.mark.parametrize("name", ["URITokenMint", "URITokenBuy", "Remit", "SetHook", "Invoke"])
async def test_xahau_s_own_transactions_are_asked_for_and_read(tmp_path: Path, name: str) -> None:
    options = SimulatorOptions(ledger_interval=0.15, seed=1, network=XAHAU)
    async with running_engine(tmp_path, options=options) as engine:
        spec = asked(name, submit=False)
        assert await engine.desk.check(spec) == ()
        await engine.desk.create(spec)
        await engine.until(name, lambda row: row.request.uuid is not None)
        user = engine.sim.cast.customers[0].user
        report = {
            "signed_blob": BLOBS[name]["blob"],
            "tx_id": XrplCodec().read_blob(BLOBS[name]["blob"], XAHAU).hash,
            "signpubkey": BLOBS[name]["tx"]["SigningPubKey"],
            "environment": {"nodetype": XAHAU, "networkid": 21338},
        }
        engine.sim.phone_api.open(engine.uuid(name), user)
        engine.sim.phone_api.patch(engine.uuid(name), user, report, unchecked=True)
        row = await engine.status(name, Status.SIGNED, Status.CHECK)
        assert (row.verdict.status, row.verdict.failed) == (Status.SIGNED, ())
        assert row.request.blob is not None
        assert row.request.blob.tx == BLOBS[name]["tx"]


@pytest.mark.parametrize("network", ["TESTNET", XAHAU])
async def test_the_newest_version_that_a_node_knows_is_used(network: str) -> None:
    async with Simulator(SimulatorOptions(ledger_interval=0.15, seed=1, network=network)) as sim:
        nodes = LedgerNodes([sim.ledger], NETWORKS[network])
        await nodes.regular_key(sim.shop)
        await nodes.close()
        assert [node.api.number for node in nodes._nodes] == [2 if network == "TESTNET" else 1]
