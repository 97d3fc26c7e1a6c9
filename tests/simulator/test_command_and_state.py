"""The command, its ready line, its ends, and a state file that survives all of them."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from xumm_desk.simulator import Simulator, SimulatorOptions
from xumm_desk.simulator.__main__ import main
from xumm_desk.simulator.scripted_customers import Script

from .conftest import START
from .simulator_client import SimulatorClient

pytestmark = pytest.mark.anyio
COMMAND = [sys.executable, "-m", "xumm_desk.simulator"]


@contextmanager
def running(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    """The command as a child process, with its ready line."""
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    command = [*COMMAND, "--json", *arguments]
    with subprocess.Popen(command, text=True, **pipes) as child:
        try:
            assert child.stdout is not None
            yield child, json.loads(child.stdout.readline())
        finally:
            child.kill()


def options(path: Path, **more: Any) -> SimulatorOptions:
    """A world on disk whose clock stands still."""
    return SimulatorOptions(state=path, speed=0, start=START, **more)


async def test_a_restart_knows_everything_again(tmp_path: Path) -> None:
    path = tmp_path / "practice.db"
    async with Simulator(options(path)) as sim, aiohttp.ClientSession() as session:
        client = SimulatorClient(sim, session)
        facts = (sim.key, sim.secret, sim.other_key, sim.shop)
        paid = await client.new(custom_meta={"identifier": "paid"})
        await sim.phone.sign(paid)
        await sim.clock.advance(10)
        waiting = await client.new(expire=60)
        pending = await sim.phone.sign(await client.new(), "unreported")
        before, last = await client.get(paid), sim.node_ledger.last
        sim.customers.set_script(Script.named("declines"))
    async with Simulator(options(path)) as sim, aiohttp.ClientSession() as session:
        client = SimulatorClient(sim, session)
        assert (sim.key, sim.secret, sim.other_key, sim.shop) == facts
        assert (await client.get(paid))["response"] == before["response"]
        body = {"txjson": client.payment(), "custom_meta": {"identifier": "paid"}}
        assert await client.refused(body) == (400, 409)
        assert sim.node_ledger.last == last
        assert sim.clock.now() == START + 10
        assert sim.report()["pending"][0]["hash"] == pending.txid
        assert sim.customers.script.behaviour == "declines"
        await sim.clock.advance(30)
        assert len(sim.report()["transactions"]) == 2
        assert (await client.meta(waiting))["resolved"] is True, "its customer came again"
        again = await client.new()
        await sim.clock.advance(30)
        assert (await client.meta(again))["resolved"] is True
        balance = sim.report()["balances"][sim.shop]
        assert int(balance) == 10_000_000_000 + 3_000_000


async def test_a_kill_at_any_moment_leaves_a_good_file(tmp_path: Path) -> None:
    path = str(tmp_path / "practice.db")
    made: list[str] = []
    arguments = ("--state", path, "--customers", "pays", "--speed", "200")
    for _ in range(2):
        with running(*arguments) as (child, facts):
            headers = {"X-API-Key": facts["key"], "X-API-Secret": facts["secret"]}
            async with aiohttp.ClientSession(headers=headers) as session:
                for uuid in made:
                    async with session.get(f"{facts['api']}/payload/{uuid}") as got:
                        assert got.status == 200
                for _ in range(15):
                    txjson = {
                        "TransactionType": "Payment",
                        "Destination": facts["shop"]["address"],
                        "Amount": "5",
                    }
                    body = {"txjson": txjson}
                    async with session.post(f"{facts['api']}/payload", json=body) as answer:
                        made.append((await answer.json())["uuid"])
            child.send_signal(signal.SIGKILL)
            child.wait()
    async with Simulator(SimulatorOptions(state=Path(path), speed=0)) as sim:
        assert set(made) <= set(sim.platform.payloads)
        money = sum(a.balance for a in sim.node_ledger.state.accounts.values())
        fees = 12 * len(sim.node_ledger.entries)
        whole = sum(a.balance for a in _fresh_accounts())
        assert money + fees == whole


def _fresh_accounts() -> list[Any]:
    sim = Simulator(SimulatorOptions(speed=0))
    sim._build()
    sim.store.close()
    return list(sim.node_ledger.state.accounts.values())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signals_end_it_cleanly(number: signal.Signals) -> None:
    with running("--network", "DEVNET") as (child, facts):
        assert facts["ready"] is True
        assert facts["network"] == "DEVNET"
        assert facts["issuer"]["currency"] == "USD"
        assert facts["ledger_ws"].startswith("ws://127.0.0.1:")
        child.send_signal(number)
        assert child.wait(10) == 0


def test_it_ends_with_its_parent() -> None:
    with running("--watch-stdin") as (child, _):
        assert child.poll() is None
        assert child.stdin is not None
        child.stdin.close()
        assert child.wait(10) == 0


def test_a_taken_port_is_one_clear_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert main(["--port", str(port)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == f"Port {port} is already taken.\n"


async def test_a_state_file_serves_one_world_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "practice.db"
    async with Simulator(options(path)):
        second = await asyncio.create_subprocess_exec(
            *COMMAND, "--state", str(path), stderr=asyncio.subprocess.PIPE
        )
        _, said = await second.communicate()
    assert second.returncode == 2
    assert said.decode() == f"The state file {path} cannot be used: database is locked.\n"


def test_a_file_that_is_no_state_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("Dear Sir or Madam, " * 50)
    assert main(["--state", str(path)]) == 2
    assert "file is not a database" in capsys.readouterr().err
    assert path.read_text().startswith("Dear Sir")
    assert main(["--state", str(tmp_path / "no" / "such" / "place.db")]) == 2
    assert "cannot be opened" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        ["--customers", "dancers"],
        ["--speed", "0"],
        ["--rate-limit", "0"],
        ["--ledger-interval", "x"],
        ["--network", "MOON"],
    ],
)
def test_bad_arguments_end_with_two(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert arguments[0] in capsys.readouterr().err


def test_the_friendly_words() -> None:
    with subprocess.Popen(COMMAND, stdout=subprocess.PIPE, text=True) as child:
        try:
            assert child.stdout is not None
            text = "".join(child.stdout.readline() for _ in range(8))
            assert "export XUMM_APIKEY=" in text
            assert "export XUMM_APISECRET=" in text
            assert "No real money" in text
        finally:
            os.kill(child.pid, signal.SIGTERM)


async def test_an_unknown_network_is_refused() -> None:
    with pytest.raises(ValueError, match="network"):
        Simulator(SimulatorOptions(network="MOON"))
