"""Fixtures: a simulator whose clock stands still, and a client that calls it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from typing import Any

import aiohttp
import pytest

from xumm_desk.simulator import Simulator, SimulatorOptions

from .simulator_client import SimulatorClient

START = 1_800_000_000.0
CLOSE_SECONDS = 15.0


@pytest.fixture
def anyio_backend() -> str:
    """Only asyncio: aiohttp knows no other loop."""
    return "asyncio"


@pytest.fixture
async def sim() -> AsyncIterator[Simulator]:
    """A platform at a fixed moment; time moves only by ``sim.clock.advance``."""
    async with Simulator(SimulatorOptions(speed=0, start=START, seed=1)) as simulator:
        yield simulator


@pytest.fixture
async def client(sim: Simulator) -> AsyncIterator[SimulatorClient]:
    """A till of the simulator's first application."""
    async with aiohttp.ClientSession() as session:
        yield SimulatorClient(sim, session)


@pytest.fixture(scope="module")
def platform() -> Iterator[dict[str, Any]]:
    """The ready line of a practice platform in a child process."""
    command = [sys.executable, "-m", "xumm_desk.simulator", "--json", "--watch-stdin"]
    command += ["--ledger-interval", "0.2"]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, text=True, **pipes) as child:
        assert child.stdout is not None
        assert child.stdin is not None
        yield json.loads(child.stdout.readline())
        child.stdin.close()
        assert child.wait(CLOSE_SECONDS) == 0
