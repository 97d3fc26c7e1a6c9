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


async def missing_facts(engine: EngineUnderTest, identifier: str) -> int:
    """How often the journal says that the platform does not know the request."""
    return sum(one.kind is FactKind.NOT_FOUND for one in await engine.desk.facts(identifier))


async def test_a_404_that_is_repeated_is_written_once(
    engine: EngineUnderTest, report: FaultReport
) -> None:
    identifier = await engine.create()
    uuid = engine.uuid(identifier)
    await engine.live(identifier)
    gone = engine.sim.platform.payloads.pop(uuid)
    engine.desk.refresh(identifier)
    row = await engine.status(identifier, Status.CHECK)
    assert row.request.not_found
    asked = engine.gets()
    for times in range(1, 6):
        engine.desk.refresh(identifier)
        async with asyncio.timeout(PATIENCE):
            while engine.gets() < asked + times:  # noqa: ASYNC110 - the platform's own count
                await asyncio.sleep(0.01)
    assert await missing_facts(engine, identifier) == 1
    await engine.close()
    await engine.open()
    row = await engine.status(identifier, Status.CHECK)
    assert await missing_facts(engine, identifier) == 1
    engine.sim.platform.payloads[uuid] = gone
    engine.desk.refresh(identifier)
    row = await engine.status(identifier, Status.WAITING)
    await engine.sim.phone.sign(uuid)
    row = await engine.status(identifier, Status.PAID)
    report(
        engine,
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
    async with running_engine(tmp_path) as engine:
        identifier = await engine.create()
        uuid = engine.uuid(identifier)
        await engine.sim.phone.sign(uuid)
        await engine.status(identifier, Status.PAID)
        await engine.close()
        for read in ("_RECENT", "_PAGE"):
            monkeypatch.setattr(f"xumm_desk.engine.recovery.{read}", 0)
        for named in ((uuid.upper(), ""), ("another", identifier)):
            await engine.open()
            assert engine.desk.row(identifier) is None
            assert await engine.desk.on_hint("no such", "none") is None
            assert await engine.desk.on_hint(*named) == identifier
            row = await engine.until(identifier, lambda _: True)
            assert row.verdict.status is Status.PAID
            assert await engine.desk.on_hint(*named) == identifier
            assert len(engine.desk.rows()) == 1
            await engine.close()
        await engine.open()
