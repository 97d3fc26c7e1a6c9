"""Cancelling while something else happens: what the row says, and that money is still seen."""

from __future__ import annotations

import asyncio

import pytest

from engine.engine_fixture import EngineUnderTest
from engine.fault_report import FaultReport
from xumm_desk.core.status import Status, Step
from xumm_desk.core.verdict.wording import reasons, status_sentence
from xumm_desk.core.wire.api_answers import CancelAnswer, Failure
from xumm_desk.engine.runtime.registry import RequestRow

pytestmark = pytest.mark.anyio


def said(row: RequestRow) -> str:
    return " ".join([*reasons(row.request, row.verdict), status_sentence(row.request, row.verdict)])


async def test_signed_by_a_phone_whose_fetch_raced_with_the_cancel(
    engine: EngineUnderTest, report: FaultReport
) -> None:
    identifier = await engine.create()
    uuid = engine.uuid(identifier)
    await engine.sim.phone.scan(uuid)
    engine.sim.platform.payloads[uuid].app_open_count = 0  # the DELETE was served first
    assert await engine.desk.cancel(identifier) == CancelAnswer(True, "OK")
    await engine.status(identifier, Status.CANCELLED)
    await engine.sim.phone.sign(uuid, behaviour="pays_late")
    row = await engine.status(identifier, Status.CHECK)
    row = await engine.until(
        identifier, lambda row: row.verdict.final and row.request.ledger is not None
    )
    assert "cancelled sale. Accept it as paid, or refund it." in said(row)
    assert Status.PAID not in engine.history[identifier]
    report(
        engine,
        "cancel answered OK, then a phone that had fetched it signs",
        "DELETE served between fetch and signature",
        row.verdict.status,
    )


async def test_already_opened_of_which_no_socket_reported(
    engine: EngineUnderTest, report: FaultReport
) -> None:
    engine.sim.switches.drop_frames = ["opened"]
    identifier = await engine.create()
    await engine.live(identifier)
    uuid = engine.uuid(identifier)
    await engine.sim.phone.scan(uuid)
    assert await engine.desk.cancel(identifier) == CancelAnswer(False, "ALREADY_OPENED")
    assert engine.desk.engine.registry[identifier].request.step is Step.OPENED
    row = await engine.until(identifier, lambda row: bool(row.request.cancel_answers))
    assert row.verdict.status is Status.OPENED
    assert "cannot be called back. It may still be paid and is followed until it ends" in said(row)
    await engine.sim.phone.sign(uuid)
    row = await engine.status(identifier, Status.PAID)
    report(
        engine,
        "ALREADY_OPENED, of which no socket had told",
        "`drop_frames=['opened']`, scan, DELETE, signature",
        Status.OPENED,
        "then",
        row.verdict.status,
    )


@pytest.mark.parametrize(("act", "ends"), [("sign", Status.PAID), ("decline", Status.DECLINED)])
async def test_already_resolved_of_which_no_socket_reported(
    engine: EngineUnderTest, report: FaultReport, act: str, ends: Status
) -> None:
    engine.sim.switches.drop_frames = ["opened", "pre_signed", "dispatched", "resolved"]
    identifier = await engine.create()
    await engine.live(identifier)
    await getattr(engine.sim.phone, act)(engine.uuid(identifier))
    assert await engine.desk.cancel(identifier) == CancelAnswer(False, "ALREADY_RESOLVED")
    row = await engine.status(identifier, ends)
    assert Status.CANCELLED not in engine.history[identifier]
    report(
        engine,
        f"ALREADY_RESOLVED ({act}), of which no socket had told",
        "every frame dropped, DELETE",
        row.verdict.status,
    )


async def test_the_cancels_answer_is_lost(engine: EngineUnderTest, report: FaultReport) -> None:
    engine.sim.switches.lose_cancel_answer = 1
    identifier = await engine.create()
    await engine.live(identifier)
    assert isinstance(await engine.desk.cancel(identifier), Failure)
    row = await engine.status(identifier, Status.CANCELLED)
    report(engine, "the cancel's answer lost", "`lose_cancel_answer=1`", row.verdict.status)


async def test_a_lost_cancel_that_never_arrived_changes_nothing(
    engine: EngineUnderTest, report: FaultReport
) -> None:
    identifier = await engine.create()
    await engine.live(identifier)
    engine.sim.switches.refuse = "close"
    assert isinstance(await engine.desk.cancel(identifier), Failure)
    engine.sim.switches.refuse = "off"
    before = engine.desk.engine.registry[identifier].request.last_snapshot_at
    # A row of before the cancel may be shown a moment longer than the book has it.
    row = await engine.until(
        identifier,
        lambda row: row.request.cancel_asked and row.request.last_snapshot_at != before,
    )
    assert row.verdict.status is Status.WAITING
    await engine.sim.phone.sign(engine.uuid(identifier))
    row = await engine.status(identifier, Status.PAID)
    assert Status.CANCELLED not in engine.history[identifier]
    report(
        engine,
        "a cancel that never reached the platform",
        "`refuse=close` at the DELETE, then a signature",
        row.verdict.status,
    )


async def test_cancelled_while_the_socket_is_down(
    engine: EngineUnderTest, report: FaultReport
) -> None:
    identifier = await engine.create()
    await engine.live(identifier)
    engine.sim.switches.refuse_sockets = True
    await engine.sim.status_socket.close_all()
    await engine.until(identifier, lambda _: engine.desk.health().sockets_live == 0)
    assert await engine.desk.cancel(identifier) == CancelAnswer(True, "OK")
    row = await engine.status(identifier, Status.CANCELLED)
    report(
        engine,
        "cancelled while the socket is down",
        "`refuse_sockets=True`, DELETE",
        row.verdict.status,
    )


async def test_two_cancels_at_once(engine: EngineUnderTest, report: FaultReport) -> None:
    identifier = await engine.create()
    answers = await asyncio.gather(engine.desk.cancel(identifier), engine.desk.cancel(identifier))
    assert set(answers) == {CancelAnswer(True, "OK"), CancelAnswer(False, "ALREADY_CANCELLED")}
    row = await engine.status(identifier, Status.CANCELLED)
    assert "Not cancelled" not in said(row)
    report(engine, "two cancels at once", "two DELETEs", row.verdict.status)


async def test_the_second_of_two_tills_is_reported_that_it_was_cancelled(
    engine: EngineUnderTest,
) -> None:
    identifier = await engine.create()
    await engine.live(identifier)
    engine.sim.switches.drop_frames = ["cancelled", "expired"]
    payload = engine.sim.platform.payloads[engine.uuid(identifier)]
    engine.sim.platform.cancel(payload)
    assert await engine.desk.cancel(identifier) == CancelAnswer(False, "ALREADY_CANCELLED")
    await engine.status(identifier, Status.CANCELLED)


async def test_cancelled_while_the_customer_signs(
    engine: EngineUnderTest, report: FaultReport
) -> None:
    identifier = await engine.create()
    await engine.live(identifier)
    uuid = engine.uuid(identifier)
    await asyncio.gather(engine.sim.phone.sign(uuid), engine.desk.cancel(identifier))
    row = await engine.status(identifier, Status.PAID)
    assert Status.CANCELLED not in engine.history[identifier]
    report(
        engine,
        "cancelled while the customer signs",
        "DELETE beside the signature",
        row.verdict.status,
    )
