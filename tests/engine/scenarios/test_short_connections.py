"""Sockets that are welcomed and closed at once: few dials, hardly a GET, and a sale that does not
wait for either."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any, Final

import pytest

from engine.engine_fixture import EngineUnderTest, running_engine
from engine.fast_loop import TimeSkippingClock, TimeSkippingLoop
from engine.fault_report import FaultReport
from xumm_desk.core.state.timing import CallBudget, Timing
from xumm_desk.core.status import Status
from xumm_desk.simulator import SimulatorOptions

pytestmark = pytest.mark.anyio

MINUTES: Final = 3
CALLS: Final = 900
"""Calls a minute that the platform grants here."""


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, Any]]:
    """The engine's own waits, leapt over."""
    return "asyncio", {"loop_factory": TimeSkippingLoop}


async def made(engine: EngineUnderTest, count: int) -> list[str]:
    """So many requests, all followed and read once."""
    names = [await engine.create(expire="120", tag=str(n)) for n in range(count)]
    await engine.until(
        names[-1], lambda _: engine.desk.health().sockets_live == count, "all sockets live"
    )
    for name in names:
        await engine.until(name, lambda row: row.request.platform is not None, "the first GET")
    return names


@pytest.mark.parametrize(("count", "code"), [(1, 1011), (50, 1013), (300, 1011)])
async def test_a_welcome_that_does_not_last(
    tmp_path: Path, report: FaultReport, monkeypatch: pytest.MonkeyPatch, count: int, code: int
) -> None:
    loop = asyncio.get_running_loop()
    clock, timing = TimeSkippingClock(loop), Timing()
    monkeypatch.setattr("xumm_desk.simulator.runtime.clock.time", clock)
    options = SimulatorOptions(ledger_interval=4.0, seed=1, rate_limit=CALLS, create_limit=CALLS)
    async with running_engine(tmp_path, options=options, timing=timing, clock=clock) as engine:
        engine.patience = 3600.0
        names = await made(engine, count)
        engine.sim.switches.close_after_welcome = code
        await engine.sim.status_socket.close_all()
        # Whoever had a good connection is dialled and read once.
        await asyncio.sleep(60)
        gets, dials = engine.gets(), engine.sim.calls.count("WS", "sign")
        began = loop.time()
        await asyncio.sleep(60 * MINUTES)
        minutes = (loop.time() - began) / 60
        gets = engine.gets() - gets
        dials = engine.sim.calls.count("WS", "sign") - dials
        # One probe each half of `reconnect_max` at the soonest, however many requests there are.
        assert dials <= 60 * minutes / (timing.reconnect_max / 2) + 1
        # Each is read as one without a socket is, and no reconnect reads anything besides.
        assert gets <= count * (60 * minutes / (4 * timing.poll_interval) + 1)
        budget: CallBudget = engine.desk.engine.platform.budget
        assert budget.available(clock.monotonic()) >= int(budget.reserve * budget.limit)
        # A sale is made, followed and paid beside all this.
        sale = engine.spec(tag="5000", expire="60")
        asked = loop.time()
        await engine.desk.create(sale)
        await engine.until(sale.identifier, lambda row: row.request.platform is not None)
        assert loop.time() - asked < 60
        await engine.sim.phone.scan(engine.uuid(sale.identifier))
        await engine.sim.phone.sign(engine.uuid(sale.identifier))
        await engine.status(sale.identifier, Status.PAID)
        # Sockets that live again are all taken up.
        engine.sim.switches.close_after_welcome = 0
        await engine.until(
            names[0], lambda _: engine.desk.health().sockets_live == count, "all sockets back"
        )
        report(
            engine,
            f"{count} sockets welcomed and closed at once, for {MINUTES} minutes",
            f"`close_after_welcome={code}`; idle time leapt over",
            Status.PAID,
            gets=8 * count + 14,
        )
