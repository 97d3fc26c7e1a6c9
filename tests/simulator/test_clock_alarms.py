"""The clock that every timed thing of the practice world hangs on."""

from __future__ import annotations

import asyncio

import pytest

from xumm_desk.simulator.runtime.clock import Clock

pytestmark = pytest.mark.anyio


async def test_alarms_ring_in_order_at_their_own_moment() -> None:
    clock = Clock(100.0, 0)
    clock.start()
    rung: list[tuple[str, float]] = []

    def again() -> None:
        rung.append(("again", clock.now()))
        if clock.now() < 106:
            clock.call_later(2, again)

    clock.call_at(105, lambda: rung.append(("five", clock.now())))
    clock.call_at(102, again)
    forgotten = clock.call_at(103, lambda: rung.append(("never", 0)))
    forgotten.cancel()
    await clock.advance(10)
    assert rung == [("again", 102), ("again", 104), ("five", 105), ("again", 106)]
    assert clock.now() == 110
    clock.stop()


async def test_sleepers_see_every_step() -> None:
    clock = Clock(0.0, 0)
    clock.start()
    seen: list[float] = []

    async def sleeper() -> None:
        for _ in range(3):
            await clock.sleep(10)
            seen.append(clock.now())

    task = asyncio.ensure_future(sleeper())
    await clock.advance(25)
    assert seen == [10, 20]
    await clock.advance(5)
    assert task.done()
    clock.stop()


async def test_a_fast_clock_rings_by_itself() -> None:
    clock = Clock(0.0, 1000.0)
    clock.start()
    async with asyncio.timeout(5):
        await clock.sleep(20)
    assert clock.now() >= 20
    clock.set_speed(0)
    moment = clock.now()
    await asyncio.sleep(0.01)
    assert clock.now() == moment
    clock.set_speed(1000)
    async with asyncio.timeout(5):
        await clock.sleep(5)
    clock.stop()


async def test_time_never_runs_back() -> None:
    clock = Clock(0.0, 0)
    with pytest.raises(ValueError, match="backwards"):
        await clock.advance(-1)
    with pytest.raises(ValueError, match="backwards"):
        clock.set_speed(-1)
    await clock.sleep(0)
