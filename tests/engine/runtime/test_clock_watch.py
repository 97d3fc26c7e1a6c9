"""A computer's clock that is set while requests are open, or is wrong from the start."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from engine.engine_fixture import FAST_TIMING, EngineUnderTest, running_engine
from xumm_desk.core.state.clock_check import DateReading
from xumm_desk.core.state.facts import ClockSet, FactKind
from xumm_desk.core.status import Status
from xumm_desk.engine.runtime.clock_watch import ClockWatch
from xumm_desk.setup.composition import SystemClock

pytestmark = pytest.mark.anyio

NOON = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)


class WrongClock(SystemClock):
    """The computer's clock, `ahead` of the right time; the monotonic one goes on as it was."""

    def __init__(self) -> None:
        self.ahead = timedelta(0)

    def now(self) -> datetime:
        """The wall clock in UTC."""
        return super().now() + self.ahead


@pytest.fixture
def clock() -> WrongClock:
    return WrongClock()


@pytest.fixture
async def shop(tmp_path: Path, clock: WrongClock) -> AsyncIterator[EngineUnderTest]:
    async with running_engine(tmp_path, clock=clock) as engine:
        yield engine


# Half a minute more, since the platform's `Date` has whole seconds.
@pytest.mark.parametrize("moved", [-timedelta(hours=1, seconds=30), timedelta(days=3, seconds=30)])
async def test_the_clock_is_set_while_a_request_is_open(
    shop: EngineUnderTest, clock: WrongClock, moved: timedelta
) -> None:
    identifier, paid = await shop.create(), await shop.create()
    await shop.sim.phone.sign(shop.uuid(paid))
    await shop.status(paid, Status.PAID)
    await shop.live(identifier)
    assert shop.desk.health().clock_set == ""
    clock.ahead = moved
    await shop.sim.phone.scan(shop.uuid(identifier))
    await shop.status(identifier, Status.OPENED)
    shop.desk._clock_watch.check()
    health = shop.desk.health()
    way = "back by 1 hour" if moved < timedelta(0) else "forward by 3 days"
    assert way in health.clock_set
    off = "1 hour behind" if moved < timedelta(0) else "3 days ahead of"
    assert off in health.clock_off
    # No verdict depends on it.
    assert shop.history[identifier][-1] is Status.OPENED
    assert shop.history[paid][-1] is Status.PAID
    await shop.sim.phone.sign(shop.uuid(identifier))
    await shop.status(identifier, Status.PAID)
    marks = [f.value for f in await shop.desk.facts(identifier) if f.kind is FactKind.CLOCK_SET]
    assert marks == [ClockSet(round(moved.total_seconds()))]
    assert not [f for f in await shop.desk.facts(paid) if f.kind is FactKind.CLOCK_SET]
    # Read from the journal again, and set right again.
    await shop.close()
    await shop.open()
    assert [f.kind for f in await shop.desk.facts(identifier)].count(FactKind.CLOCK_SET) == 1
    clock.ahead = timedelta(0)
    await shop.desk.ping()
    shop.desk._clock_watch.check()
    assert shop.desk.health().clock_off == ""


async def test_a_clock_that_is_wrong_from_the_start(tmp_path: Path, clock: WrongClock) -> None:
    clock.ahead = timedelta(days=-400)
    async with running_engine(tmp_path, clock=clock) as engine:
        identifier = await engine.create()
        engine.desk._clock_watch.check()
        assert engine.desk.health().clock_set == ""
        assert "behind the platform's" in engine.desk.health().clock_off
        await engine.sim.phone.sign(engine.uuid(identifier))
        await engine.status(identifier, Status.PAID)


async def test_webhooks_are_taken_by_the_platform_s_time(
    shop: EngineUnderTest, clock: WrongClock
) -> None:
    """They are stamped with the right time; a clock that is three days off refused them all."""
    clock.ahead = timedelta(days=3)
    await shop.desk.ping()
    shop.desk._clock_watch.check()
    await shop.listen()
    shop.sim.switches.refuse_sockets = True
    identifier = await shop.create()
    gets = shop.gets()
    await shop.sim.phone.sign(shop.uuid(identifier))
    await shop.status(identifier, Status.PAID)
    assert shop.gets() > gets
    assert await _called(shop, right=True) == 200
    assert await _called(shop, right=False) == 401


async def _called(shop: EngineUnderTest, *, right: bool) -> int:
    import httpx

    stamp = str(int(datetime.now(UTC).timestamp()) + (0 if right else 3 * 86_400))
    body = b'{"meta":{},"payloadResponse":{}}'
    key = shop.sim.secret.replace("-", "").encode()
    signature = hmac.new(key, stamp.encode() + body, hashlib.sha1).hexdigest()
    headers = {
        "content-type": "application/json",
        "x-xumm-request-timestamp": stamp,
        "x-xumm-request-signature": signature,
    }
    async with httpx.AsyncClient(trust_env=False) as client:
        url = f"http://127.0.0.1:{shop.receiver.port}/hook"
        return (await client.post(url, content=body, headers=headers)).status_code


class HandClock:
    """Both clocks in the test's hand."""

    def __init__(self) -> None:
        self.wall, self.at = NOON, 0.0

    def now(self) -> datetime:
        """The wall clock."""
        return self.wall

    def monotonic(self) -> float:
        """Monotonic seconds."""
        return self.at

    def passes(self, seconds: float, shown: float | None = None) -> None:
        """So much time passes, and the wall clock shows so much."""
        self.at += seconds
        self.wall += timedelta(seconds=seconds if shown is None else shown)


def watch(clock: HandClock, readings: list[DateReading | None]) -> tuple[ClockWatch, list[float]]:
    moved: list[float] = []
    return ClockWatch(clock, FAST_TIMING, lambda: readings[-1], moved.append), moved


def test_sleep_and_small_corrections_are_no_jump() -> None:
    clock = HandClock()
    one, moved = watch(clock, [None])
    clock.passes(8 * 3600)  # the lid was closed over night: both clocks count that
    one.check()
    for _ in range(5):
        clock.passes(5, shown=7)
        one.check()
    assert moved == []
    assert one.jump == ""


def test_a_reading_from_before_the_jump_moves_with_it_and_a_new_one_counts() -> None:
    clock, readings = HandClock(), list[DateReading | None]()
    readings.append(DateReading(NOON, NOON))
    one, moved = watch(clock, readings)
    one.check()
    assert one.ahead == timedelta(0)
    clock.passes(5, shown=5 - 3600)
    one.check()
    assert moved == [-3600]
    assert one.ahead == timedelta(hours=-1)
    assert "1 hour behind" in one.off
    clock.passes(5)
    one.check()
    assert moved == [-3600]
    readings.append(DateReading(clock.wall, clock.wall))
    one.check()
    assert one.off == ""


@pytest.mark.parametrize("by", [-3600.0, 3 * 86_400.0])
@pytest.mark.parametrize("before", [True, False])
def test_a_reading_that_comes_with_the_jump_counts_as_it_was_made(by: float, before: bool) -> None:
    clock, readings = HandClock(), list[DateReading | None]()
    readings.append(None)
    one, moved = watch(clock, readings)
    one.check()
    clock.passes(2)
    if before:
        readings.append(DateReading(clock.wall, clock.wall))
    served = clock.wall + timedelta(seconds=1)
    clock.passes(1, shown=1 + by)
    if not before:
        readings.append(DateReading(served, clock.wall))
    clock.passes(2)
    one.check()
    assert moved == [by]
    assert one.ahead == timedelta(seconds=by)
    assert one.off


def test_an_answer_that_took_long_does_not_hide_what_is_known() -> None:
    clock, readings = HandClock(), list[DateReading | None]()
    readings.append(DateReading(NOON - timedelta(seconds=20), NOON, 0.1))
    one, _ = watch(clock, readings)
    one.check()
    assert "20 seconds ahead" in one.off
    clock.passes(30)
    readings.append(DateReading(clock.wall - timedelta(seconds=25), clock.wall, 25.0))
    one.check()
    assert "20 seconds ahead" in one.off
    assert one.read_at == 30
    # Set right meanwhile, in a step that is smaller than a jump: the slow answer contradicts.
    clock.passes(5)
    readings.append(DateReading(clock.wall + timedelta(seconds=5), clock.wall, 4.0))
    one.check()
    assert one.off == ""


def test_a_slow_answer_alone_is_no_reason_to_say_that_the_clock_is_off() -> None:
    clock, readings = HandClock(), list[DateReading | None]()
    readings.append(DateReading(NOON - timedelta(seconds=20), NOON, 19.5))
    one, _ = watch(clock, readings)
    one.check()
    assert one.off == ""
