"""The examples for other programs do what they say, as processes of their own.

`test_your_shop.py` is run by `tests/testing/test_pytest_plugin.py`.
"""

from __future__ import annotations

import asyncio
import os
import re
import socket
import sys
import textwrap
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from simulated_desk import desk_at

import xumm_desk
from xumm_desk.simulator import Simulator, SimulatorOptions
from xumm_desk.simulator.scripted_customers import NO_DELAYS

pytestmark = pytest.mark.anyio

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "resources" / "examples"
PATIENCE = 240.0


@pytest.fixture
def anyio_backend() -> str:
    """The simulator runs on asyncio."""
    return "asyncio"


@pytest.fixture
async def sim() -> AsyncIterator[Simulator]:
    """A platform of this test."""
    async with Simulator(SimulatorOptions(seed=1, ledger_interval=0.1)) as simulator:
        simulator.switches.webhook_loopback = True
        yield simulator


@asynccontextmanager
async def started(
    sim: Simulator, folder: Path, name: str, *arguments: str
) -> AsyncIterator[Process]:
    """An example while it runs."""
    environment = {
        **os.environ,
        # The reader of a pipe sees a short line only then; the example prints to a terminal.
        "PYTHONUNBUFFERED": "1",
        "HOME": str(folder),
        "XUMM_APIKEY": sim.key,
        "XUMM_APISECRET": sim.secret,
        "XUMM_DESK_API": sim.api,
        "XUMM_DESK_LEDGER": sim.ledger_ws,
        "XUMM_DESK_NETWORK": "TESTNET",
        "XUMM_DESK_DATA_DIR": str(folder),
    }
    command = [sys.executable, str(EXAMPLES / name), *arguments]
    process = await asyncio.create_subprocess_exec(
        *command, env=environment, stdout=PIPE, stderr=PIPE
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def line_with(process: Process, words: str) -> str:
    """Read standard output on to the first line with these words."""
    assert process.stdout is not None
    async with asyncio.timeout(PATIENCE):
        while line := (await process.stdout.readline()).decode():
            if words in line:
                return line.strip()
    assert process.stderr is not None
    raise AssertionError((await process.stderr.read()).decode())


@pytest.mark.parametrize(
    ("behaviour", "code", "words"),
    [("pays", 0, "paid"), ("declines", 1, "declined"), ("wrong_amount", 2, "check")],
)
async def test_a_script_charges_and_tells_by_its_exit_code(
    sim: Simulator, tmp_path: Path, behaviour: str, code: int, words: str
) -> None:
    async with started(sim, tmp_path, "charge.py", sim.shop, "2.50", "order 17") as process:
        await line_with(process, "Let the customer scan")
        [payload] = sim.platform.payloads.values()
        assert payload.request_json["Amount"] == "2500000"
        sim.customers.send(payload, behaviour, NO_DELAYS)
        assert (await line_with(process, "order 17")).startswith(f"order 17: {words}")
        async with asyncio.timeout(PATIENCE):
            assert await process.wait() == code


async def test_the_same_order_again_charges_nobody_twice(sim: Simulator, tmp_path: Path) -> None:
    for _ in range(2):
        async with started(sim, tmp_path, "charge.py", sim.shop, "2.50", "order 17") as process:
            await line_with(process, "Let the customer scan")
            [payload] = sim.platform.payloads.values()
            if not payload.resolved:
                await sim.phone.sign(payload.uuid)
            async with asyncio.timeout(PATIENCE):
                assert await process.wait() == 0
    assert len(sim.platform.payloads) == 1


async def test_practice_needs_no_key_and_its_customer_pays(sim: Simulator, tmp_path: Path) -> None:
    async with started(sim, tmp_path, "charge.py", "--practice") as process:
        await line_with(process, ": paid ")  # after the seconds that people take
        async with asyncio.timeout(PATIENCE):
            assert await process.wait() == 0
    assert not sim.platform.payloads


async def test_requests_that_another_system_made_are_followed(
    sim: Simulator, tmp_path: Path
) -> None:
    uuids = [await made_elsewhere(sim) for _ in range(2)]
    async with started(sim, tmp_path, "follow.py", *uuids) as process:
        for _ in uuids:
            await line_with(process, "'message': 'Welcome")
        done = await sim.phone.sign(uuids[0])
        assert await line_with(process, f"{uuids[0]}: ") == f"{uuids[0]}: signed, {done.txids[0]}"
        await sim.phone.decline(uuids[1])
        assert await line_with(process, f"{uuids[1]}: ") == f"{uuids[1]}: declined"
        async with asyncio.timeout(PATIENCE):
            assert await process.wait() == 0


async def made_elsewhere(sim: Simulator) -> str:
    """The uuid of a request that a web shop made with the same keys."""
    payment = {"TransactionType": "Payment", "Destination": sim.shop, "Amount": "1000000"}
    headers = {"X-API-Key": sim.key, "X-API-Secret": sim.secret}
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.post(f"{sim.api}/payload", json={"txjson": payment}) as response,
    ):
        return str((await response.json())["uuid"])


async def test_a_webhook_comes_through_a_proxy(sim: Simulator, tmp_path: Path) -> None:
    port = free_port()
    async with desk_at(sim, tmp_path) as desk:
        txjson = {"TransactionType": "Payment", "Destination": sim.shop, "Amount": "1000000"}
        row = await xumm_desk.charge(desk, {"txjson": txjson}, identifier="left open")
    uuid = row.request.uuid
    assert uuid is not None
    sim.switches.refuse_sockets = True
    async with (
        started(sim, tmp_path, "webhook.py", str(tmp_path), str(port)) as process,
        proxy(port) as public,
    ):
        sim.platform.applications[sim.key].webhook_url = f"{public}/xumm-webhook"
        await line_with(process, "left open waiting")
        await line_with(process, "ready")
        await sim.phone.sign(uuid)
        assert (await line_with(process, "left open paid")).split()[-1] == row_txid(sim, uuid)
    assert [attempt.outcome for attempt in sim.webhooks.attempts] == [200]


@pytest.mark.parametrize("page", ["resources/help/programs.md", "README.md"])
async def test_the_first_example_of_a_page_runs_as_it_stands(
    sim: Simulator, tmp_path: Path, page: str
) -> None:
    code = python_of(ROOT / page).replace('"r…"', f'"{sim.shop}"')
    (tmp_path / "page.py").write_text(code, "utf-8")
    async with started(sim, tmp_path, str(tmp_path / "page.py")) as process:
        await line_with(process, "http")
        [payload] = sim.platform.payloads.values()
        await sim.phone.sign(payload.uuid)
        assert await line_with(process, "paid") == "paid"
        async with asyncio.timeout(PATIENCE):
            assert await process.wait() == 0


def python_of(page: Path) -> str:
    """The first Python program of a page, in an indented block or a fence."""
    text = page.read_text("utf-8")
    if (fence := re.search(r"```python\n(.*?)```", text, re.DOTALL)) is not None:
        return fence[1]
    block = re.search(r"(?:^    import .*\n)(?:(?:    .*)?\n)*", text, re.MULTILINE)
    assert block is not None
    return textwrap.dedent(block[0])


def row_txid(sim: Simulator, uuid: str) -> str:
    """The transaction of a request, as the platform knows it."""
    return sim.platform.payloads[uuid].txid or ""


def free_port() -> int:
    """A port that nothing listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def proxy(port: int) -> AsyncIterator[str]:
    """A reverse proxy with the headers that such programs add; its address."""

    async def forward(request: web.Request) -> web.Response:
        headers = {
            **request.headers,
            "X-Forwarded-For": "203.0.113.7",
            "X-Forwarded-Proto": "https",
        }
        async with (
            aiohttp.ClientSession() as session,
            session.post(
                f"http://127.0.0.1:{port}{request.path}", data=await request.read(), headers=headers
            ) as response,
        ):
            return web.Response(status=response.status, body=await response.read())

    application = web.Application()
    application.router.add_post("/xumm-webhook", forward)
    runner = web.AppRunner(application)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()
