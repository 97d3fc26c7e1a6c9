"""The disk is measured rarely, in a thread, and sooner while it is low."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import replace

import pytest

from xumm_desk.core.health.disk_space import DiskSpace
from xumm_desk.core.state.timing import Timing
from xumm_desk.engine.runtime.disk_watch import DiskWatch
from xumm_desk.setup.composition import SystemClock

pytestmark = pytest.mark.anyio

ROOM = DiskSpace(free=10**10, total=10**11, journal=10**6)


async def test_it_is_measured_in_another_thread_and_kept_when_the_system_is_silent() -> None:
    threads: list[threading.Thread] = []
    found: list[DiskSpace | None] = [ROOM]

    def measure() -> DiskSpace | None:
        threads.append(threading.current_thread())
        return found[-1]

    watch = DiskWatch(measure, SystemClock(), Timing())
    assert (watch.space, watch.measured_at) == (None, None)
    await watch.measure_now()
    assert watch.space == ROOM
    at = watch.measured_at
    assert threads[0] is not threading.current_thread()
    found.append(None)
    await watch.measure_now()
    assert (watch.space, watch.measured_at) == (ROOM, at)


async def test_a_disk_that_does_not_answer_is_asked_once_only() -> None:
    go, calls = threading.Event(), list[int]()

    def measure() -> DiskSpace:
        calls.append(1)
        go.wait(30)
        return ROOM

    watch = DiskWatch(measure, SystemClock(), Timing())
    first = asyncio.ensure_future(watch.measure_now())
    await asyncio.sleep(0)
    await watch.measure_now()
    assert not calls or len(calls) == 1
    go.set()
    await first
    assert (watch.space, len(calls)) == (ROOM, 1)


async def test_a_low_disk_is_measured_sooner(monkeypatch: pytest.MonkeyPatch) -> None:
    spaces = iter([ROOM, replace(ROOM, free=10**6)])
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) == 2:
            raise asyncio.CancelledError

    monkeypatch.setattr("xumm_desk.engine.runtime.disk_watch.asyncio.sleep", sleep)
    watch = DiskWatch(lambda: next(spaces), SystemClock(), Timing())
    with pytest.raises(asyncio.CancelledError):
        await watch.run()
    assert slept == [60.0, 10.0]
