"""A payment that already paid something is no second one, whoever reports it and whoever looks."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from engine.engine_fixture import FAST_TIMING, PATIENCE, EngineUnderTest
from engine.fault_report import FaultReport
from xumm_desk.core.settings import Credentials
from xumm_desk.core.status import Status
from xumm_desk.engine.runtime.registry import RequestRow
from xumm_desk.setup.composition import Composition
from xumm_desk.simulator import behaviours
from xumm_desk.simulator.behaviours import Behaviour, Report

pytestmark = pytest.mark.anyio


def replaying(monkeypatch: pytest.MonkeyPatch, engine: EngineUnderTest, uuid: str) -> None:
    """From now on there are customers who report the payment of request `uuid` and pay nothing."""
    answer = engine.sim.platform.payloads[uuid]
    blob, txid = answer.hex, answer.txid
    assert blob is not None
    assert txid is not None

    def spoil(_signed: Any, key: Any, _people: Any) -> Report:
        return Report(blob, txid, key.public_key)

    way = Behaviour(
        "reports an old payment", tamper=spoil, submits=False, claimed_result="tesSUCCESS"
    )
    monkeypatch.setitem(behaviours.BEHAVIOURS, "replays", way)


def failing(row: RequestRow) -> list[str]:
    """The names of the checks that did not hold."""
    return [check.name for check in row.verdict.failed]


async def sold(engine: EngineUnderTest) -> str:
    """A request that is paid for."""
    paid = await engine.create()
    await engine.sim.phone.sign(engine.uuid(paid))
    await engine.status(paid, Status.PAID)
    return paid


async def test_a_payment_of_long_ago_does_not_pay_again(
    engine: EngineUnderTest, monkeypatch: pytest.MonkeyPatch, report: FaultReport
) -> None:
    paid = await sold(engine)
    replaying(monkeypatch, engine, engine.uuid(paid))
    await engine.close()
    for read in ("_RECENT", "_PAGE"):
        monkeypatch.setattr(f"xumm_desk.engine.recovery.{read}", 0)
    await engine.open()
    assert engine.desk.row(paid) is None
    again = await engine.create()
    await engine.sim.phone.sign(engine.uuid(again), behaviour="replays")
    row = await engine.status(again, Status.CHECK, Status.PAID)
    assert Status.PAID not in engine.history[again]
    assert failing(row) == ["Pays no other request"]
    report(
        engine,
        "the payment of an ended sale, reported again for a new one",
        "an old blob and txid, the old sale not in memory",
        row.verdict.status,
        gets=20,
    )


async def test_one_payment_for_two_processes_on_one_journal(
    engine: EngineUnderTest, monkeypatch: pytest.MonkeyPatch, report: FaultReport
) -> None:
    paid = await sold(engine)
    replaying(monkeypatch, engine, engine.uuid(paid))
    # What `request` does beside an open window: it knows its own requests only.
    beside = Composition(
        engine.configuration(), Credentials(engine.sim.key, engine.sim.secret), timing=FAST_TIMING
    )
    desk = beside.build_desk()
    try:
        spec = engine.spec()
        seen: list[RequestRow] = []
        changed = asyncio.Event()

        def heard(rows: Sequence[RequestRow]) -> None:
            seen.extend(rows)
            changed.set()

        desk.on_rows(heard)
        await desk.start([spec.identifier])
        row = await desk.create(spec)
        assert len(desk.rows()) == 1
        assert row.request.uuid is not None
        await engine.sim.phone.sign(row.request.uuid, behaviour="replays")
        async with asyncio.timeout(PATIENCE):
            while not seen[-1].verdict.final:
                changed.clear()
                await changed.wait()
        assert seen[-1].verdict.status is Status.CHECK
        assert failing(seen[-1]) == ["Pays no other request"]
        assert Status.PAID not in {one.verdict.status for one in seen}
    finally:
        await beside.close()
    # The window hears of it from the journal: which of the two it pays is for a person to say.
    row = await engine.status(paid, Status.CHECK)
    assert failing(row) == ["Pays no other request"]
    report(
        engine,
        "a window's payment, reported for the request of a command beside it",
        "two processes on one journal",
        Status.CHECK,
        gets=20,
    )
