"""Requests that the platform does not know, or that this program no longer has in memory."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from engine.engine_fixture import PATIENCE, EngineUnderTest, running_engine
from engine.fault_report import FaultReport
from xumm_desk.core.state.facts import FactKind
from xumm_desk.core.status import Status

pytestmark = pytest.mark.anyio


async def missing_facts(house: EngineUnderTest, identifier: str) -> int:
    """How often the journal says that the platform does not know the request."""
    return sum(one.kind is FactKind.NOT_FOUND for one in await house.desk.facts(identifier))


async def test_a_404_that_is_repeated_is_written_once(
    house: EngineUnderTest, report: FaultReport
) -> None:
    identifier = await house.create()
    uuid = house.uuid(identifier)
    await house.live(identifier)
    gone = house.sim.platform.payloads.pop(uuid)
    house.desk.refresh(identifier)
    row = await house.status(identifier, Status.CHECK)
    assert row.request.not_found
    asked = house.gets()
    for times in range(1, 6):
        house.desk.refresh(identifier)
        async with asyncio.timeout(PATIENCE):
            while house.gets() < asked + times:  # noqa: ASYNC110 - the platform's own count
                await asyncio.sleep(0.01)
    assert await missing_facts(house, identifier) == 1
    await house.close()
    await house.open()
    row = await house.status(identifier, Status.CHECK)
    assert await missing_facts(house, identifier) == 1
    house.sim.platform.payloads[uuid] = gone
    house.desk.refresh(identifier)
    row = await house.status(identifier, Status.WAITING)
    await house.sim.phone.sign(uuid)
    row = await house.status(identifier, Status.PAID)
    report(
        house,
        "the platform forgets a request, and knows it again",
        "404 again and again",
        Status.CHECK,
        "then",
        row.verdict.status,
        gets=40,
    )


async def test_a_hint_about_an_ended_request_that_is_not_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running_engine(tmp_path) as house:
        identifier = await house.create()
        uuid = house.uuid(identifier)
        await house.sim.phone.sign(uuid)
        await house.status(identifier, Status.PAID)
        await house.close()
        for read in ("_RECENT", "_PAGE"):
            monkeypatch.setattr(f"xumm_desk.engine.recovery.{read}", 0)
        for named in ((uuid.upper(), ""), ("another", identifier)):
            await house.open()
            assert house.desk.row(identifier) is None
            assert await house.desk.on_hint("no such", "none") is None
            assert await house.desk.on_hint(*named) == identifier
            row = await house.until(identifier, lambda _: True)
            assert row.verdict.status is Status.PAID
            assert await house.desk.on_hint(*named) == identifier
            assert len(house.desk.rows()) == 1
            await house.close()
        await house.open()
