"""`open_desk` for programs: configured as a start is, and never blocking the loop."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from memory_keyring import memory_keyring
from simulated_desk import desk_at
from xrpl.core.binarycodec import encode

import xumm_desk
from xumm_desk.core.request.request_spec import RequestSpec, parse_body
from xumm_desk.core.status import Status
from xumm_desk.core.wire.json_fields import JsonObject
from xumm_desk.net.platform import url_policy
from xumm_desk.setup.config import ConfigError
from xumm_desk.simulator import Simulator, SimulatorOptions

pytestmark = pytest.mark.anyio


async def test_keys_that_are_handed_over_mean_the_real_network_and_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("XUMM_APIKEY", "XUMM_APISECRET"):
        monkeypatch.delenv(name, raising=False)
    async with Simulator(SimulatorOptions(seed=1)) as sim:
        monkeypatch.setattr(url_policy, "DEFAULT_API", sim.api)
        async with xumm_desk.open_desk(
            data_dir=str(tmp_path), key=f" {sim.key}\u200b", secret=sim.secret, ledger="none"
        ) as desk:
            assert (tmp_path / "journal.sqlite3").exists()
            assert not (tmp_path / "practice").exists()
            txjson: JsonObject = {
                "TransactionType": "Payment",
                "Destination": sim.shop,
                "Amount": "1",
            }
            network = desk.engine.registry.network
            spec = parse_body({"txjson": txjson}, identifier="one", network=network)
            assert isinstance(spec, RequestSpec)
            await desk.create(spec)
        [payload] = sim.platform.payloads.values()
        assert payload.options["force_network"] == "MAINNET"


async def test_without_keys_it_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("XUMM_APIKEY", "XUMM_APISECRET"):
        monkeypatch.delenv(name, raising=False)
    with memory_keyring(), pytest.raises(ConfigError, match="keys are missing"):
        async with xumm_desk.open_desk(data_dir=str(tmp_path)):
            pass


async def test_keys_that_cannot_be_sent_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"^secret: character 2"):
        async with xumm_desk.open_desk(data_dir=str(tmp_path), key="a", secret="bé"):
            pass


async def test_practice_does_not_block_the_loop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What blocks is done in threads: no call of time.sleep, of a child's pipe or of a join comes
    from the loop's own thread, which goes on turning while the simulator starts and stops."""
    turns = 0

    async def turn() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0)
            turns += 1

    monkeypatch.setattr(time, "sleep", lambda _: None)
    turning = asyncio.ensure_future(turn())
    before = turns
    async with xumm_desk.open_desk(data_dir=str(tmp_path), practice=True) as desk:
        assert turns - before > 20
        assert desk.engine.registry.network == "TESTNET"
        before = turns
    assert turns - before > 20
    turning.cancel()


@pytest.fixture
async def sim() -> AsyncIterator[Simulator]:
    """A platform whose customers wait to be told."""
    async with Simulator(SimulatorOptions(seed=1, ledger_interval=0.1)) as simulator:
        yield simulator


def payment(sim: Simulator, drops: str = "1500000") -> dict[str, Any]:
    """A platform body."""
    fields = {"TransactionType": "Payment", "Destination": sim.shop, "Amount": drops}
    return {"txjson": fields, "options": {"expire": 5}}


async def test_a_body_is_charged_and_waited_for(sim: Simulator, tmp_path: Path) -> None:
    async with desk_at(sim, tmp_path) as desk:
        row = await xumm_desk.charge(desk, payment(sim))
        assert row.request.qr_link
        assert row.request.uuid is not None
        await sim.phone.sign(row.request.uuid)
        assert (await xumm_desk.wait_final(desk, row)).verdict.status is Status.PAID
        assert (await xumm_desk.wait_final(desk, row.identifier)).verdict.status is Status.PAID


async def test_the_same_identifier_makes_one_request_in_another_run_too(
    sim: Simulator, tmp_path: Path
) -> None:
    async with desk_at(sim, tmp_path) as desk:
        row = await xumm_desk.charge(desk, payment(sim), identifier="order 1")
        assert row.request.uuid is not None
        await sim.phone.decline(row.request.uuid)
        await xumm_desk.wait_final(desk, row)
    async with desk_at(sim, tmp_path, resume=False) as desk:
        with pytest.raises(xumm_desk.RequestError, match="'order 1' is of an earlier run"):
            await xumm_desk.charge(desk, payment(sim), identifier="order 1")
    async with desk_at(sim, tmp_path) as desk:
        again = await xumm_desk.charge(desk, payment(sim), identifier="order 1")
        assert again.verdict.status is Status.DECLINED
        with pytest.raises(xumm_desk.RequestError, match="'order 1' already stands"):
            await xumm_desk.charge(desk, payment(sim, "2"), identifier="order 1")
    assert len(sim.platform.payloads) == 1


async def test_all_that_is_wrong_with_a_body_is_said_and_nothing_is_sent(
    sim: Simulator, tmp_path: Path
) -> None:
    body = payment(sim) | {"fantasy": 1}
    body["txjson"] |= {"Destination": "nobody"}
    async with desk_at(sim, tmp_path) as desk:
        with pytest.raises(xumm_desk.RequestError) as refused:
            await xumm_desk.charge(desk, body, identifier="x" * 41)
        assert len(refused.value.errors) == 3
        assert all(error.message in str(refused.value) for error in refused.value.errors)
        with pytest.raises(xumm_desk.RequestError, match="txblob"):
            await xumm_desk.charge(desk, {"txblob": "no hex"})
        with pytest.raises(LookupError, match="'x'"):
            await xumm_desk.wait_final(desk, "x")
    assert not sim.platform.payloads


async def test_a_blob_is_charged_too(sim: Simulator, tmp_path: Path) -> None:
    fields = payment(sim)["txjson"] | {"Account": sim.cast.customers[0].account.address}
    async with desk_at(sim, tmp_path) as desk:
        row = await xumm_desk.charge(desk, {"txblob": encode(fields)}, identifier="blob")
        assert row.request.uuid in sim.platform.payloads


async def test_one_that_a_platform_which_was_down_never_took_is_sent_again(
    sim: Simulator, tmp_path: Path
) -> None:
    async with desk_at(sim, tmp_path, api="http://127.0.0.1:9/api/v1/platform") as desk:
        row = await xumm_desk.charge(desk, payment(sim), identifier="order 1")
        assert row.verdict.status is Status.FAILED
    async with desk_at(sim, tmp_path) as desk:
        row = await xumm_desk.charge(desk, payment(sim), identifier="order 1")
        assert row.verdict.status is Status.WAITING


async def test_a_taken_webhook_port_is_said_before_anything_runs(
    sim: Simulator, tmp_path: Path
) -> None:
    with pytest.raises(ConfigError, match="Webhooks cannot be received"):
        async with desk_at(sim, tmp_path, webhook_port=sim.port):
            pass
