"""Fixtures: a practice platform whose clock stands still, and a till that talks to it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest

from xumm_desk.practice import Simulator, SimulatorOptions

from .till import Till

START = 1_800_000_000.0


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
async def till(sim: Simulator) -> AsyncIterator[Till]:
    """A till of the simulator's first application."""
    async with aiohttp.ClientSession() as session:
        yield Till(sim, session)
