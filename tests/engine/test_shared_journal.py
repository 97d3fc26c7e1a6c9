"""One folder, one picture: what another process does on a journal appears in the window on it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from xumm_desk.core.request.request_spec import RequestSpec
from xumm_desk.core.settings import Credentials
from xumm_desk.core.status import Status
from xumm_desk.engine.desk import Desk
from xumm_desk.setup.composition import Composition

from .engine_fixture import FAST_TIMING, EngineUnderTest, running_engine

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def command(
    engine: EngineUnderTest, spec: RequestSpec
) -> AsyncIterator[tuple[Composition, Desk]]:
    """A second process beside the window, as `xumm-desk request` is: it knows its own only."""
    keys = Credentials(engine.sim.key, engine.sim.secret)
    beside = Composition(engine.configuration(), keys, timing=FAST_TIMING)
    desk = beside.build_desk()
    await desk.start([spec.identifier])
    try:
        yield beside, desk
    finally:
        await beside.close()


async def test_a_request_of_a_command_appears_and_is_followed_to_paid(
    engine: EngineUnderTest,
) -> None:
    spec = engine.spec()
    async with command(engine, spec) as (_, desk):
        await desk.create(spec)
        await engine.status(spec.identifier, Status.WAITING)
    # The command has ended; the window goes on by itself.
    await engine.live(spec.identifier)
    await engine.sim.phone.sign(engine.uuid(spec.identifier))
    await engine.status(spec.identifier, Status.PAID)
    assert engine.sim.calls.count("POST", "payload") == 1


async def test_both_follow_it_and_both_say_the_same(engine: EngineUnderTest) -> None:
    spec = engine.spec()
    async with command(engine, spec) as (_, desk):
        await desk.create(spec)
        await engine.live(spec.identifier)
        await engine.sim.phone.sign(engine.uuid(spec.identifier))
        ended = asyncio.Event()
        desk.on_rows(lambda rows: ended.set() if rows[-1].verdict.final else None)
        row = await engine.status(spec.identifier, Status.PAID)
        async with asyncio.timeout(engine.patience):
            await ended.wait()
        other = desk.row(spec.identifier)
        assert other is not None
        assert other.verdict.status is row.verdict.status


async def test_a_request_that_is_being_sent_is_shown_and_not_sent_twice(
    engine: EngineUnderTest,
) -> None:
    engine.sim.switches.slow_response_seconds = 0.5
    spec = engine.spec()
    async with command(engine, spec) as (_, desk):
        sending = asyncio.ensure_future(desk.create(spec))
        await engine.status(spec.identifier, Status.CREATING)
        await sending
        await engine.status(spec.identifier, Status.WAITING)
    assert engine.sim.calls.count("POST", "payload") == 1


async def test_a_request_whose_process_died_is_cleared_up_in_the_end(tmp_path: Path) -> None:
    async with running_engine(tmp_path, timing=replace(FAST_TIMING, create_give_up=0.2)) as engine:
        spec = engine.spec()
        async with command(engine, spec) as (beside, desk):
            engine.sim.switches.slow_response_seconds = 30
            sending = desk.tasks.start(desk.create(spec), "create")
            await engine.status(spec.identifier, Status.CREATING)
            sending.cancel()  # a kill while the platform had not answered
            engine.sim.switches.slow_response_seconds = 0
            assert beside.desk is desk
        await engine.status(spec.identifier, Status.WAITING)
        assert len(engine.sim.platform.payloads) == 1


async def test_what_another_process_did_to_a_request_of_the_window_is_shown(
    engine: EngineUnderTest,
) -> None:
    engine.sim.switches.refuse_sockets = True
    identifier = await engine.create()
    spec = engine.desk.engine.request(identifier).spec
    async with command(engine, spec) as (_, desk):
        await desk.cancel(identifier)
        await engine.status(identifier, Status.CANCELLED)


async def test_a_command_does_not_look_for_requests_of_others(engine: EngineUnderTest) -> None:
    spec = engine.spec()
    async with command(engine, spec) as (_, desk):
        names = {task.get_name() for task in asyncio.all_tasks()}
        await desk.create(spec)
        await engine.create()
        assert [row.identifier for row in desk.rows()] == [spec.identifier]
    assert "shared journal" in names  # the window's
