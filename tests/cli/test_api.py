"""`open_desk` for programs: configured as a start is, and never blocking the loop."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest
from memory_keyring import memory_keyring

import xumm_desk
from xumm_desk.core.request.request_spec import RequestSpec, parse_body
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
