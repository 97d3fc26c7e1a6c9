"""Long and odd days: drops at every point, a platform that is down, clocks that jump, sleep."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from engine.engine_fixture import FAST_TIMING, EngineUnderTest, running_engine
from engine.fault_report import FaultReport
from xumm_desk.core.state.timing import Timing
from xumm_desk.core.status import Status
from xumm_desk.core.wire.api_answers import Failure, FailureKind
from xumm_desk.net.platform.xumm_api import ApiKeys, XummApi
from xumm_desk.setup.composition import SystemClock
from xumm_desk.simulator import SimulatorOptions

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("frames", range(1, 10))
async def test_the_socket_is_dropped_at_every_point_of_the_sequence(
    engine: EngineUnderTest, frames: int, report: FaultReport
) -> None:
    engine.sim.switches.drop_socket_after = frames
    identifier = await engine.create()
    uuid = engine.uuid(identifier)
    await engine.sim.phone.scan(uuid)
    await engine.sim.phone.sign(uuid)
    await engine.status(identifier, Status.PAID)
    assert Status.EXPIRED not in engine.history[identifier]
    report(
        engine,
        f"socket dropped after {frames} frames",
        f"`drop_socket_after={frames}`",
        Status.PAID,
        gets=60,
    )


async def test_a_connect_after_the_payment_says_expired_and_the_row_says_paid(
    tmp_path: Path, report: FaultReport
) -> None:
    async with running_engine(tmp_path) as engine:
        identifier = await engine.create()
        uuid = engine.uuid(identifier)
        await engine.crash()
        await engine.sim.phone.sign(uuid)
        await engine.sim.settle()
        await engine.open()
        await engine.status(identifier, Status.PAID)
        assert Status.EXPIRED not in engine.history[identifier]
        report(
            engine,
            "signed while the desk was closed: the connect says expired",
            "crash, signature, start",
            Status.PAID,
        )


async def test_two_hundred_requests_through_a_long_outage(
    tmp_path: Path, report: FaultReport
) -> None:
    options = SimulatorOptions(ledger_interval=0.15, seed=1, rate_limit=6000, create_limit=6000)
    patient = replace(FAST_TIMING, socket_silence=45.0)
    async with running_engine(tmp_path, options=options, timing=patient) as engine:
        identifiers = [await engine.create() for _ in range(200)]
        await engine.until(
            identifiers[-1], lambda _: engine.desk.health().sockets_live == 200, "all live"
        )
        before = engine.sim.calls.count("GET", "payload")
        engine.sim.switches.refuse = "503"
        engine.sim.switches.refuse_sockets = True
        await engine.sim.status_socket.close_all()
        await engine.until(
            identifiers[0], lambda _: engine.desk.health().sockets_live == 0, "all lost"
        )
        await asyncio.sleep(1.0)  # ten minutes at the quickened pace: thirty polls' time
        dials = engine.sim.calls.count("WS", "sign")
        for uuid in [engine.uuid(name) for name in identifiers[:50]]:
            await engine.sim.phone.sign(uuid)
        engine.sim.switches.refuse = "off"
        engine.sim.switches.refuse_sockets = False
        for name in identifiers[:50]:
            await engine.status(name, Status.PAID)
        for name in identifiers[50:]:
            await engine.status(name, Status.WAITING)
        assert Status.EXPIRED not in {s for shown in engine.history.values() for s in shown}
        # While all dialling fails, one socket probes for everybody.
        assert dials < 200 + 120
        assert engine.sim.calls.count("GET", "payload") - before < 6000
        report(
            engine,
            "200 requests open, everything down for 1 s at the quickened pace",
            "`refuse=503`, `refuse_sockets=True`",
            "50 paid, 150 waiting",
            gets=900,
            since=before,
        )


class WrongClock(SystemClock):
    """A PC whose clock is wrong, and jumps."""

    def __init__(self) -> None:
        self.wrong = timedelta(hours=1)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.wrong


@pytest.mark.parametrize("hours", [-1, 1, 26])
async def test_a_wrong_and_jumping_clock_changes_no_verdict(
    tmp_path: Path, hours: int, report: FaultReport
) -> None:
    clock = WrongClock()
    clock.wrong = timedelta(hours=hours)
    async with running_engine(tmp_path, clock=clock) as engine:
        paid = await engine.create(expire="1")
        open_ = await engine.create(expire="5")
        await engine.live(paid)
        clock.wrong = -clock.wrong
        await engine.sim.phone.sign(engine.uuid(paid))
        await engine.status(paid, Status.PAID)
        row = await engine.status(open_, Status.WAITING)
        assert row.deadline is not None
        assert 200 < row.deadline - clock.monotonic() <= 300
        report(
            engine,
            f"the PC's clock {abs(hours)} h {'slow' if hours < 0 else 'fast'}, then the other way",
            "a clock that lies",
            Status.PAID,
            Status.WAITING,
        )


class SleepingClock(SystemClock):
    """A machine that can be suspended: the clock goes on, nothing else does."""

    slept = 0.0

    def monotonic(self) -> float:
        return super().monotonic() + self.slept


async def test_suspend_and_resume_reopens_dead_sockets_and_reads_again(
    tmp_path: Path, report: FaultReport
) -> None:
    clock = SleepingClock()
    async with running_engine(tmp_path, clock=clock, timing=FAST_TIMING) as engine:
        identifier = await engine.create()
        await engine.live(identifier)
        uuid = engine.uuid(identifier)
        engine.sim.switches.drop_frames = ["opened", "pre_signed", "dispatched", "resolved"]
        await engine.sim.phone.sign(uuid)
        await engine.sim.settle()
        clock.slept = 3600.0
        await engine.status(identifier, Status.PAID)
        report(
            engine,
            "suspend and resume: the monotonic clock leaps by an hour",
            "signed meanwhile, no frame delivered",
            Status.PAID,
        )


async def test_a_slow_platform_is_waited_for(engine: EngineUnderTest, report: FaultReport) -> None:
    engine.sim.switches.slow_response_seconds = 0.4
    identifier = await engine.create()
    await engine.sim.phone.sign(engine.uuid(identifier))
    await engine.status(identifier, Status.PAID)
    report(engine, "every answer 0.4 s late", "`slow_response_seconds=0.4`", Status.PAID)


async def test_nothing_for_longer_than_the_timeout_is_a_lost_answer(
    engine: EngineUnderTest,
) -> None:

    engine.sim.switches.slow_response_seconds = 5.0
    platform = XummApi(
        engine.sim.api, ApiKeys(engine.sim.key, engine.sim.secret), timeout=0.2, connect=0.2
    )
    answer = await platform.ping()
    await platform.close()
    assert isinstance(answer, Failure)
    assert answer.kind is FailureKind.ANSWER_LOST
    assert "broke before the answer came" in answer.message


async def test_a_name_that_does_not_resolve_is_unreachable() -> None:
    platform = XummApi("https://xumm.invalid/api/v1/platform", ApiKeys("k", "s"))
    answer = await platform.ping()
    await platform.close()
    assert isinstance(answer, Failure)
    assert answer.kind is FailureKind.UNREACHABLE
    assert "internet connection" in answer.message


@pytest.mark.parametrize(
    ("switches", "fault", "words"),
    [
        ({"html_502": True}, FailureKind.SERVER_ERROR, "web page"),
        ({"half_body": True}, None, ""),
        ({"refuse": "503"}, FailureKind.SERVER_ERROR, ""),
        ({"refuse": "close"}, None, ""),
        ({"http_429_every": 1, "retry_after_seconds": 7}, FailureKind.RATE_LIMITED, "slow down"),
    ],
    ids=str,
)
async def test_each_failure_has_its_own_plain_sentence(
    engine: EngineUnderTest, switches: dict[str, object], fault: FailureKind | None, words: str
) -> None:
    engine.sim.switches.update(switches)
    answer = await engine.desk.engine.platform.ping()
    assert isinstance(answer, Failure)
    assert answer.kind is fault or fault is None
    assert answer.kind in (
        FailureKind.SERVER_ERROR,
        FailureKind.ANSWER_LOST,
        FailureKind.RATE_LIMITED,
        FailureKind.UNREACHABLE,
    )
    assert words in answer.message
    assert answer.message.endswith((".", "!"))


async def test_no_key_or_secret_is_ever_logged(
    engine: EngineUnderTest, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    engine.sim.switches.html_502 = True
    await engine.desk.ping()
    engine.sim.switches.html_502 = False
    identifier = await engine.create()
    await engine.sim.phone.sign(engine.uuid(identifier))
    await engine.status(identifier, Status.PAID)
    own = [r.getMessage() for r in caplog.records if r.name.startswith("xumm_desk")]
    for secret in (engine.sim.key, engine.sim.secret):
        assert not any(secret in line for line in own)


async def test_the_budget_holds_back_polls_but_not_money(
    tmp_path: Path, report: FaultReport
) -> None:
    options = SimulatorOptions(ledger_interval=0.15, seed=1, rate_limit=60, create_limit=60)
    timing = Timing(
        reconnect_min=0.02,
        reconnect_max=0.1,
        watch_interval=0.05,
        poll_interval=0.05,
        ledger_retries=(0.0, 0.05),
        welcome_timeout=0.2,
    )
    async with running_engine(tmp_path, options=options, timing=timing) as engine:
        engine.sim.switches.refuse_sockets = True
        loop = asyncio.get_running_loop()
        began = loop.time()
        identifiers = [await engine.create() for _ in range(10)]
        await asyncio.sleep(1.0)  # polls would like to be 200 by now
        used = engine.sim.calls.count("GET", "payload") + engine.sim.calls.count("POST", "payload")
        # A slow machine has more seconds for it, and with each comes one more call.
        granted = 61 + int(loop.time() - began)
        assert used <= granted
        engine.sim.switches.refuse_sockets = False
        await engine.sim.phone.sign(engine.uuid(identifiers[0]))
        await engine.status(identifiers[0], Status.PAID)
        report(
            engine,
            "ten requests without sockets at 60 calls a minute",
            "`refuse_sockets=True`, `rate_limit=60`",
            Status.PAID,
            gets=62 + int(loop.time() - began),
        )
