"""The lamps of a real desk: what fails at the platform, at the ledger, or on the disk."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from engine.engine_fixture import PATIENCE, EngineUnderTest, running_engine
from xumm_desk.core.health.lamp import LampLevel, LampName, LampReading
from xumm_desk.core.pricing.accepted_asset import AcceptedAsset
from xumm_desk.core.pricing.rate_settings import RatePolicy
from xumm_desk.core.status import Status
from xumm_desk.setup.composition import SystemClock

pytestmark = pytest.mark.anyio


async def until(
    engine: EngineUnderTest, name: LampName, true: Callable[[LampReading], bool]
) -> LampReading:
    """Wait until a lamp says what `true` accepts."""
    async with asyncio.timeout(PATIENCE):
        while not true(reading := engine.desk.lamps.look()[name]):  # noqa: ASYNC110 - silence tells nobody
            await asyncio.sleep(0.02)
    return reading


def is_well(reading: LampReading) -> bool:
    return reading.level is LampLevel.WELL


async def test_a_sale_brings_the_first_good_signs(engine: EngineUnderTest) -> None:
    identifier = await engine.create()
    await engine.live(identifier)
    await engine.sim.phone.sign(engine.uuid(identifier))
    await engine.status(identifier, Status.PAID)
    for name in (LampName.PLATFORM, LampName.LEDGER, LampName.DISK, LampName.CLOCK):
        reading = await until(engine, name, is_well)
        assert reading.good_at is not None
        assert 0 <= engine.desk.clock.monotonic() - reading.good_at < PATIENCE
    calls = engine.desk.lamps.look()[LampName.CALLS]
    assert calls.value is not None
    assert calls.good_at is not None
    assert engine.desk.health().disk is not None


async def test_nodes_that_refuse_and_come_back(engine: EngineUnderTest) -> None:
    await engine.create()
    await until(engine, LampName.LEDGER, is_well)
    engine.desk.lamps.take_worse()
    engine.sim.switches.ledger_refuse = "503"
    engine.sim.drop_sockets()
    reading = await until(engine, LampName.LEDGER, lambda one: one.level is LampLevel.WARNING)
    assert "No payment can be proved now" in reading.meaning
    assert reading.good_at is not None
    assert LampName.LEDGER in engine.desk.lamps.take_worse()
    assert LampName.LEDGER not in engine.desk.lamps.take_worse()
    engine.sim.switches.ledger_refuse = "off"
    await until(engine, LampName.LEDGER, is_well)
    now = engine.desk.clock.monotonic()
    levels = [one.level for one in engine.desk.lamps.history(LampName.LEDGER).periods(now)]
    assert levels[-2:] == [LampLevel.WARNING, LampLevel.WELL]


async def test_a_platform_that_is_down_and_comes_back(engine: EngineUnderTest) -> None:
    await engine.desk.ping()
    assert is_well(engine.desk.lamps.look()[LampName.PLATFORM])
    engine.sim.switches.refuse = "503"
    await engine.desk.ping()
    reading = engine.desk.lamps.look()[LampName.PLATFORM]
    assert reading.level is LampLevel.WARNING
    assert reading.good_at is not None
    engine.sim.switches.refuse = "off"
    await engine.desk.ping()
    assert is_well(engine.desk.lamps.look()[LampName.PLATFORM])


async def test_a_rate_is_awaited_and_then_well_and_not_needed_after_it(
    engine: EngineUnderTest,
) -> None:
    xrp = AcceptedAsset()
    engine.sim.market.set({"rates": {"EUR": {"XRP": 2.4}}})
    assert engine.desk.lamps.look()[LampName.RATE].level is LampLevel.UNUSED
    engine.desk.rates.use("EUR", [xrp], RatePolicy())
    assert engine.desk.lamps.look()[LampName.RATE].level is LampLevel.UNUSED
    reading = await until(engine, LampName.RATE, is_well)
    assert "2.4" in reading.meaning
    engine.desk.rates.release()
    assert engine.desk.lamps.look()[LampName.RATE].level is LampLevel.UNUSED


class WrongClock(SystemClock):
    """Runs behind by some seconds."""

    def now(self) -> datetime:
        """The wall clock in UTC."""
        return super().now() - timedelta(seconds=14)


async def test_a_clock_that_is_off_by_more_than_ten_seconds_is_said(tmp_path: Path) -> None:
    async with running_engine(tmp_path, clock=WrongClock()) as engine:
        await engine.desk.ping()
        reading = await until(engine, LampName.CLOCK, lambda one: one.level is LampLevel.WARNING)
        assert "behind the platform's" in reading.meaning
        assert engine.desk.health().clock_off == reading.meaning
