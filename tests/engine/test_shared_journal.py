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
    house: EngineUnderTest, order: RequestSpec
) -> AsyncIterator[tuple[Composition, Desk]]:
    """A second process beside the window, as `xumm-desk request` is: it knows its own only."""
    keys = Credentials(house.sim.key, house.sim.secret)
    beside = Composition(house.configuration(), keys, pace=FAST_TIMING)
    desk = beside.build_desk()
    await desk.start([order.identifier])
    try:
        yield beside, desk
    finally:
        await beside.close()


async def test_a_request_of_a_command_appears_and_is_followed_to_paid(
    house: EngineUnderTest,
) -> None:
    order = house.order()
    async with command(house, order) as (_, desk):
        await desk.create(order)
        await house.status(order.identifier, Status.WAITING)
    # The command has ended; the window goes on by itself.
    await house.live(order.identifier)
    await house.sim.phone.sign(house.uuid(order.identifier))
    await house.status(order.identifier, Status.PAID)
    assert house.sim.calls.count("POST", "payload") == 1


async def test_both_follow_it_and_both_say_the_same(house: EngineUnderTest) -> None:
    order = house.order()
    async with command(house, order) as (_, desk):
        await desk.create(order)
        await house.live(order.identifier)
        await house.sim.phone.sign(house.uuid(order.identifier))
        ended = asyncio.Event()
        desk.on_rows(lambda rows: ended.set() if rows[-1].verdict.final else None)
        row = await house.status(order.identifier, Status.PAID)
        async with asyncio.timeout(house.patience):
            await ended.wait()
        other = desk.row(order.identifier)
        assert other is not None
        assert other.verdict.status is row.verdict.status


async def test_a_request_that_is_being_sent_is_shown_and_not_sent_twice(
    house: EngineUnderTest,
) -> None:
    house.sim.switches.slow_response_seconds = 0.5
    order = house.order()
    async with command(house, order) as (_, desk):
        sending = asyncio.ensure_future(desk.create(order))
        await house.status(order.identifier, Status.CREATING)
        await sending
        await house.status(order.identifier, Status.WAITING)
    assert house.sim.calls.count("POST", "payload") == 1


async def test_a_request_whose_process_died_is_cleared_up_in_the_end(tmp_path: Path) -> None:
    async with running_engine(tmp_path, pace=replace(FAST_TIMING, create_give_up=0.2)) as house:
        order = house.order()
        async with command(house, order) as (beside, desk):
            house.sim.switches.slow_response_seconds = 30
            sending = desk.tasks.start(desk.create(order), "create")
            await house.status(order.identifier, Status.CREATING)
            sending.cancel()  # a kill while the platform had not answered
            house.sim.switches.slow_response_seconds = 0
            assert beside.desk is desk
        await house.status(order.identifier, Status.WAITING)
        assert len(house.sim.platform.payloads) == 1


async def test_what_another_process_did_to_a_request_of_the_window_is_shown(
    house: EngineUnderTest,
) -> None:
    house.sim.switches.refuse_sockets = True
    identifier = await house.create()
    order = house.desk.request(identifier).spec
    async with command(house, order) as (_, desk):
        await desk.cancel(identifier)
        await house.status(identifier, Status.CANCELLED)


async def test_a_command_does_not_look_for_requests_of_others(house: EngineUnderTest) -> None:
    order = house.order()
    async with command(house, order) as (_, desk):
        names = {task.get_name() for task in asyncio.all_tasks()}
        await desk.create(order)
        await house.create()
        assert [row.identifier for row in desk.rows()] == [order.identifier]
    assert "shared journal" in names  # the window's
