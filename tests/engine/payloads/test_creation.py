"""Creating while the platform is down: sent again or given up by a person, and never twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from engine.engine_fixture import EngineUnderTest
from engine.fault_report import FaultReport
from engine.ledger.test_account_watch import Shop, open_shop
from engine.scenarios.test_outage_codes import code_for, wallet
from xumm_desk.core.request import outage_code
from xumm_desk.core.state.facts import Fact, FactKind
from xumm_desk.core.status import Status
from xumm_desk.core.verdict.wording import reasons, status_sentence
from xumm_desk.engine.runtime.registry import RequestRow
from xumm_desk.store.journal import SqliteJournal

pytestmark = pytest.mark.anyio


def said(row: RequestRow) -> str:
    return " ".join([*reasons(row.request, row.verdict), status_sentence(row.request, row.verdict)])


def unplug(engine: EngineUnderTest) -> None:
    """The desk finds nobody at the platform's address."""
    engine.desk.engine.platform.wrapped.api = "http://127.0.0.1:9"  # type: ignore[attr-defined]


def plug_in(engine: EngineUnderTest) -> None:
    """The platform is where it was."""
    engine.desk.engine.platform.wrapped.api = engine.sim.api  # type: ignore[attr-defined]


async def failed(engine: EngineUnderTest) -> str:
    """A request that a platform which was down never took."""
    spec = engine.spec()
    unplug(engine)
    row = await engine.desk.create(spec)
    assert row.verdict.status is Status.FAILED
    return spec.identifier


async def test_sent_again_when_the_platform_is_back(
    engine: EngineUnderTest, report: FaultReport
) -> None:
    identifier = await failed(engine)
    assert "does not have it; it can be sent again" in said(
        await engine.status(identifier, Status.FAILED)
    )
    plug_in(engine)
    assert await engine.desk.resend(identifier) == ""
    await engine.status(identifier, Status.WAITING)
    assert "can be sent again" in await engine.desk.resend(identifier)
    await engine.sim.phone.sign(engine.uuid(identifier))
    row = await engine.status(identifier, Status.PAID)
    assert len(engine.sim.platform.payloads) == 1
    # It was looked for before it was sent.
    calls = [call for call in engine.sim.calls if "payload" in call]
    assert "/payload/ci/" in calls[0]
    report(
        engine,
        "nothing listens at the first try, sent again by a person",
        "a closed port, then the platform",
        Status.FAILED,
        "then",
        row.verdict.status,
    )


async def test_sent_again_while_it_is_still_down_fails_again(
    engine: EngineUnderTest, report: FaultReport
) -> None:
    identifier = await failed(engine)
    for _ in range(2):
        assert await engine.desk.resend(identifier) == ""
        await engine.status(identifier, Status.FAILED)
    request = engine.desk.engine.registry[identifier].request
    assert request.resend_count == 2
    assert request.create_failure is not None
    assert request.create_failure.attempt == 2
    await engine.crash()
    await engine.open()
    row = await engine.status(identifier, Status.FAILED)
    plug_in(engine)
    await engine.desk.resend(identifier)
    row = await engine.status(identifier, Status.WAITING)
    report(
        engine,
        "sent again three times, the platform back at the last",
        "a closed port, crash, start, then the platform",
        Status.FAILED,
        "then",
        row.verdict.status,
    )


async def test_sent_again_finds_what_exists_after_all(engine: EngineUnderTest) -> None:
    identifier = await failed(engine)
    plug_in(engine)
    other = engine.desk.engine.registry[identifier].request.spec
    # Somebody else, a second till say, has sent the very same since.
    await engine.desk.engine.platform.create(other)
    await engine.desk.resend(identifier)
    await engine.status(identifier, Status.WAITING)
    assert len(engine.sim.platform.payloads) == 1
    assert engine.sim.calls.count("POST", "payload") == 1


async def test_nothing_is_sent_or_closed_while_the_journal_is_being_read(
    engine: EngineUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    identifier = await failed(engine)
    plug_in(engine)
    await engine.close()
    read, go_on = SqliteJournal.load_unfinished, asyncio.Event()

    async def later(journal: SqliteJournal) -> Sequence[tuple[str, Sequence[Fact]]]:
        await go_on.wait()
        return await read(journal)

    monkeypatch.setattr(SqliteJournal, "load_unfinished", later)
    opening = asyncio.create_task(engine.open())
    await asyncio.sleep(0)
    # Its line is there already, and with it the verbs.
    await engine.until(identifier, lambda _: True)
    assert "still being read" in await engine.desk.resend(identifier)
    assert "still being read" in await engine.desk.close(identifier)
    go_on.set()
    await opening
    assert await engine.desk.resend(identifier) == ""
    await engine.status(identifier, Status.WAITING)
    assert engine.sim.calls.count("POST", "payload") == 1


@pytest.mark.parametrize("moment", ["before", "during"])
async def test_killed_while_it_is_sent_again(
    engine: EngineUnderTest, moment: str, report: FaultReport
) -> None:
    identifier = await failed(engine)
    plug_in(engine)
    engine.sim.switches.slow_response_seconds = 0.3
    arrived = asyncio.Event()
    engine.sim.platform.on_created.append(lambda _: arrived.set())
    sending = asyncio.ensure_future(engine.desk.resend(identifier))
    if moment == "before":
        await engine.status(identifier, Status.CREATING)
    else:
        await arrived.wait()
    await engine.crash()
    sending.cancel()
    engine.sim.switches.slow_response_seconds = 0.0
    await engine.open()
    await engine.status(identifier, Status.WAITING)
    assert len(engine.sim.platform.payloads) == 1
    await engine.sim.phone.sign(engine.uuid(identifier))
    row = await engine.status(identifier, Status.PAID)
    report(
        engine,
        f"killed {moment} the POST of a second sending",
        "a closed port, then `slow_response_seconds=0.3`, crash, start",
        row.verdict.status,
    )


@pytest.mark.parametrize("lost", [1, 2])
async def test_the_answer_to_the_second_sending_is_lost(engine: EngineUnderTest, lost: int) -> None:
    identifier = await failed(engine)
    plug_in(engine)
    engine.sim.switches.lose_post_answer = lost
    await engine.desk.resend(identifier)
    row = await engine.status(identifier, Status.WAITING)
    assert row.request.unsure
    assert len(engine.sim.platform.payloads) == 1


async def test_what_was_refused_or_exists_is_not_sent_again(engine: EngineUnderTest) -> None:
    identifier = await engine.create()
    assert "not created" in await engine.desk.resend(identifier)
    engine.sim.platform.applications[engine.sim.key].disabled = True
    row = await engine.desk.create(engine.spec())
    assert "refused" in await engine.desk.resend(row.identifier)
    assert await engine.desk.resend("x") == "There is no request x here."
    assert engine.sim.calls.count("POST", "payload") == 2


async def test_an_endless_502_can_be_given_up_and_late_money_is_for_a_person(
    wired: Shop, report: FaultReport
) -> None:
    wired.sim.switches.html_502 = True
    spec = wired.spec()
    creating = asyncio.ensure_future(wired.desk.create(spec))
    row = await wired.until(spec.identifier, lambda row: row.request.unsure)
    assert "may exist" in said(row)
    assert await wired.desk.close(spec.identifier) == ""
    row = await wired.status(spec.identifier, Status.CANCELLED)
    assert row.verdict.final
    assert "Closed by a person" in said(row)
    await creating
    assert "already ended" in await wired.desk.close(spec.identifier)
    wired.sim.switches.html_502 = False
    await wired.close()
    await wired.open()
    await wired.status(spec.identifier, Status.CANCELLED)
    wired.pay(1_500_000, 7)
    row = await wired.status(spec.identifier, Status.CHECK)
    assert "a sale that a person had closed. Accept it as paid, or refund it" in said(row)
    assert not wired.sim.platform.payloads
    report(
        wired,
        "502 for ever, given up by a person, then money by hand",
        "`html_502=True`",
        Status.CREATING,
        "then",
        Status.CANCELLED,
        "then",
        row.verdict.status,
        gets=20,
    )


async def test_given_up_while_the_post_is_on_its_way_is_cancelled_there(
    engine: EngineUnderTest, report: FaultReport
) -> None:
    engine.sim.switches.slow_response_seconds = 0.3
    spec = engine.spec()
    creating = asyncio.ensure_future(engine.desk.create(spec))
    await engine.status(spec.identifier, Status.CREATING)
    assert await engine.desk.close(spec.identifier) == ""
    await creating
    row = await engine.until(spec.identifier, lambda row: row.request.uuid is not None)
    row = await engine.until(spec.identifier, lambda row: row.request.cancelled)
    assert row.verdict.status is Status.CANCELLED
    (payload,) = engine.sim.platform.payloads.values()
    assert payload.cancelled
    report(
        engine,
        "given up while the POST is on its way: cancelled at the platform",
        "`slow_response_seconds=0.3`",
        row.verdict.status,
    )


async def test_an_outage_code_is_closed_and_late_money_is_for_a_person(
    wired: Shop, report: FaultReport
) -> None:
    code = code_for(wired.spec())
    shown = await wired.desk.create(code)
    assert shown.request.qr_link == outage_code.outage_link(code)
    assert "There is no request" in await wired.desk.close("x")
    assert await wired.desk.close(code.identifier) == ""
    row = await wired.status(code.identifier, Status.CANCELLED)
    assert row.verdict.final
    await wired.crash()
    await wired.open()
    await wired.status(code.identifier, Status.CANCELLED)
    kinds = [fact.kind for fact in await wired.desk.facts(code.identifier)]
    assert kinds == [FactKind.INTENT, FactKind.OUTAGE_CODE, FactKind.CLOSED]
    assert shown.request.qr_link is not None
    wallet(wired, shown.request.qr_link)
    row = await wired.status(code.identifier, Status.CHECK)
    assert "a sale that a person had closed" in said(row)
    assert Status.PAID not in wired.history[code.identifier]
    report(
        wired,
        "an outage code closed by a person, paid afterwards",
        "`give_up`, crash, start, its wallet pays",
        Status.CANCELLED,
        "then",
        row.verdict.status,
        gets=0,
    )


async def test_what_the_platform_has_is_cancelled_not_given_up(engine: EngineUnderTest) -> None:
    identifier = await engine.create()
    assert "cancel it there" in await engine.desk.close(identifier)


@pytest.fixture
async def wired(tmp_path: Path) -> AsyncIterator[Shop]:
    """A shop on a websocket node."""
    async with open_shop(tmp_path) as one:
        yield one
