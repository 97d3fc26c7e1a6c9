"""More requests than the system allows sockets: some wait for one, and all rows come true."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from engine.engine_fixture import FAST_TIMING, PATIENCE, running_engine
from xumm_desk.core.status import Status
from xumm_desk.engine.runtime.registry import SocketState

pytestmark = pytest.mark.anyio


async def test_what_has_no_socket_is_read_in_turn_and_gets_one_when_one_is_free(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("xumm_desk.net.platform.status_socket_loader.socket_limit", lambda: 2)
    async with running_engine(tmp_path) as engine:
        names = [await engine.create(tag=str(number)) for number in range(4)]
        await engine.live(names[1])
        health = engine.desk.health()
        assert (health.sockets_live, health.sockets_wanted, health.sockets_over_limit) == (2, 4, 2)
        # Nobody listens to the last one: it is only read now and then.
        await engine.sim.phone.sign(engine.uuid(names[3]))
        await engine.status(names[3], Status.PAID)
        assert engine.desk.health().sockets_over_limit == 1
        await engine.sim.phone.decline(engine.uuid(names[0]))
        await engine.status(names[0], Status.DECLINED)
        await engine.until(names[2], lambda row: row.socket_state is SocketState.LIVE)
        health = engine.desk.health()
        assert (health.sockets_live, health.sockets_wanted, health.sockets_over_limit) == (2, 2, 0)
        await engine.sim.phone.sign(engine.uuid(names[2]))
        await engine.status(names[2], Status.PAID)


async def test_what_ended_without_a_socket_is_asked_for_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("xumm_desk.net.platform.status_socket_loader.socket_limit", lambda: 1)
    async with running_engine(
        tmp_path, timing=replace(FAST_TIMING, listen_after_end=1.0)
    ) as engine:
        first = await engine.create(tag="1")
        await engine.live(first)
        second = await engine.create(tag="2", expire="1")
        await engine.sim.clock.advance(61)
        await engine.status(second, Status.EXPIRED)
        # It may be paid late for a while; then nothing tells of it but the sweep.
        assert engine.desk.health().sockets_over_limit == 1
        async with asyncio.timeout(PATIENCE):
            while engine.desk.health().sockets_over_limit:  # noqa: ASYNC110 - no row tells of it
                await asyncio.sleep(0.02)
