"""Ten minutes without a platform, with the pace of a shop, on a loop that leaps over idle time."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any, Final

import pytest

from engine.engine_fixture import running_engine
from engine.fast_loop import TimeSkippingClock, TimeSkippingLoop
from engine.fault_report import FaultReport
from xumm_desk.core.state.timing import Timing
from xumm_desk.core.status import Status
from xumm_desk.simulator import SimulatorOptions

pytestmark = pytest.mark.anyio

CALLS: Final = 600
"""Calls a minute that the platform grants here; it tells them in its headers."""


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, Any]]:
    """The engine's own waits, leapt over."""
    return "asyncio", {"loop_factory": TimeSkippingLoop}


async def test_the_platform_is_down_for_ten_minutes_with_200_requests_open(
    tmp_path: Path, report: FaultReport, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop = asyncio.get_running_loop()
    clock = TimeSkippingClock(loop)
    monkeypatch.setattr("xumm_desk.simulator.runtime.clock.time", clock)
    options = SimulatorOptions(ledger_interval=4.0, seed=1, rate_limit=CALLS, create_limit=CALLS)
    async with running_engine(tmp_path, options=options, timing=Timing(), clock=clock) as engine:
        engine.patience = 900.0
        names = [await engine.create(expire="60", tag=str(n)) for n in range(200)]
        await engine.until(
            names[-1], lambda _: engine.desk.health().sockets_live == 200, "all live"
        )
        for name in names[:100]:
            await engine.sim.phone.scan(engine.uuid(name))
        await engine.until(names[99], lambda row: row.verdict.status is Status.OPENED)
        before, began = engine.gets(), loop.time()
        engine.sim.switches.refuse = "503"
        engine.sim.switches.refuse_sockets = True
        await engine.sim.status_socket.close_all()
        await asyncio.sleep(600)
        lasted = loop.time() - began
        assert lasted >= 600
        during, dials = engine.gets() - before, engine.sim.calls.count("WS", "sign")
        # One request asks for all of them, and ever more slowly.
        assert during <= 200
        assert dials <= 200 + 200
        for name in names[:20]:
            await engine.sim.phone.sign(engine.uuid(name))
        shown = {s for name in names for s in engine.history[name]}
        assert not shown & {Status.EXPIRED, Status.EXPIRED_OPENED, Status.FAILED, Status.CHECK}
        engine.sim.switches.refuse = "off"
        engine.sim.switches.refuse_sockets = False
        for name in names[:20]:
            await engine.status(name, Status.PAID)
        await engine.until(
            names[-1], lambda _: engine.desk.health().sockets_live >= 180, "all back"
        )
        for name in names[20:100]:
            await engine.status(name, Status.OPENED)
        for name in names[100:]:
            await engine.status(name, Status.WAITING)
        used, minutes = engine.gets() - before, (loop.time() - began) / 60
        assert used <= CALLS * (minutes + 1)
        report(
            engine,
            "the platform down for ten minutes, 200 requests open, the pace of a shop",
            "`refuse=503`, `refuse_sockets=True` for 600 s; idle time leapt over",
            "20 paid, 80 opened, 100 waiting",
            gets=int(CALLS * (minutes + 1)),
            since=before,
        )


@pytest.mark.parametrize("seconds", [20.0, 60.0])
async def test_nothing_comes_for_a_long_time(
    tmp_path: Path, report: FaultReport, monkeypatch: pytest.MonkeyPatch, seconds: float
) -> None:
    loop = asyncio.get_running_loop()
    clock = TimeSkippingClock(loop)
    monkeypatch.setattr("xumm_desk.simulator.runtime.clock.time", clock)
    options = SimulatorOptions(ledger_interval=4.0, seed=1)
    async with running_engine(tmp_path, options=options, timing=Timing(), clock=clock) as engine:
        engine.patience = 900.0
        engine.sim.switches.slow_response_seconds = seconds
        spec = engine.spec(expire="60")
        creating = asyncio.ensure_future(engine.desk.create(spec))
        if seconds > 30:  # longer than anybody waits for one answer
            row = await engine.until(spec.identifier, lambda row: row.request.unsure)
            assert row.verdict.status is Status.CREATING
            assert "broke before the answer came" in engine.desk.health().platform_error
            await asyncio.sleep(120)
        else:
            await engine.status(spec.identifier, Status.WAITING)
        engine.sim.switches.slow_response_seconds = 0.0
        await creating
        await engine.status(spec.identifier, Status.WAITING)
        assert len(engine.sim.platform.payloads) == 1
        await engine.sim.phone.sign(engine.uuid(spec.identifier))
        row = await engine.status(spec.identifier, Status.PAID)
        report(
            engine,
            f"{seconds:.0f} seconds of nothing to every call",
            f"`slow_response_seconds={seconds:.0f}`, then off",
            Status.CREATING,
            "then",
            row.verdict.status,
            gets=20,
        )
