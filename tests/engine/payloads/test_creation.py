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


def unplug(house: EngineUnderTest) -> None:
    """The desk finds nobody at the platform's address."""
    house.desk.platform.wrapped.api = "http://127.0.0.1:9"  # type: ignore[attr-defined]


def plug_in(house: EngineUnderTest) -> None:
    """The platform is where it was."""
    house.desk.platform.wrapped.api = house.sim.api  # type: ignore[attr-defined]


async def failed(house: EngineUnderTest) -> str:
    """A request that a platform which was down never took."""
    order = house.order()
    unplug(house)
    row = await house.desk.create(order)
    assert row.verdict.status is Status.FAILED
    return order.identifier


async def test_sent_again_when_the_platform_is_back(
    house: EngineUnderTest, report: FaultReport
) -> None:
    identifier = await failed(house)
    assert "does not have it; it can be sent again" in said(
        await house.status(identifier, Status.FAILED)
    )
    plug_in(house)
    assert await house.desk.resend(identifier) == ""
    await house.status(identifier, Status.WAITING)
    assert "can be sent again" in await house.desk.resend(identifier)
    await house.sim.phone.sign(house.uuid(identifier))
    row = await house.status(identifier, Status.PAID)
    assert len(house.sim.platform.payloads) == 1
    # It was looked for before it was sent.
    calls = [call for call in house.sim.calls if "payload" in call]
    assert "/payload/ci/" in calls[0]
    report(
        house,
        "nothing listens at the first try, sent again by a person",
        "a closed port, then the platform",
        Status.FAILED,
        "then",
        row.verdict.status,
    )


async def test_sent_again_while_it_is_still_down_fails_again(
    house: EngineUnderTest, report: FaultReport
) -> None:
    identifier = await failed(house)
    for _ in range(2):
        assert await house.desk.resend(identifier) == ""
        await house.status(identifier, Status.FAILED)
    request = house.desk.registry[identifier].request
    assert request.resend_count == 2
    assert request.create_failure is not None
    assert request.create_failure.attempt == 2
    await house.crash()
    await house.open()
    row = await house.status(identifier, Status.FAILED)
    plug_in(house)
    await house.desk.resend(identifier)
    row = await house.status(identifier, Status.WAITING)
    report(
        house,
        "sent again three times, the platform back at the last",
        "a closed port, crash, start, then the platform",
        Status.FAILED,
        "then",
        row.verdict.status,
    )


async def test_sent_again_finds_what_exists_after_all(house: EngineUnderTest) -> None:
    identifier = await failed(house)
    plug_in(house)
    other = house.desk.registry[identifier].request.spec
    # Somebody else, a second till say, has sent the very same since.
    await house.desk.platform.create(other)
    await house.desk.resend(identifier)
    await house.status(identifier, Status.WAITING)
    assert len(house.sim.platform.payloads) == 1
    assert house.sim.calls.count("POST", "payload") == 1


async def test_nothing_is_sent_or_closed_while_the_journal_is_being_read(
    house: EngineUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    identifier = await failed(house)
    plug_in(house)
    await house.close()
    read, go_on = SqliteJournal.load_unfinished, asyncio.Event()

    async def later(journal: SqliteJournal) -> Sequence[tuple[str, Sequence[Fact]]]:
        await go_on.wait()
        return await read(journal)

    monkeypatch.setattr(SqliteJournal, "load_unfinished", later)
    opening = asyncio.create_task(house.open())
    await asyncio.sleep(0)
    # Its line is there already, and with it the verbs.
    await house.until(identifier, lambda _: True)
    assert "still being read" in await house.desk.resend(identifier)
    assert "still being read" in await house.desk.close(identifier)
    go_on.set()
    await opening
    assert await house.desk.resend(identifier) == ""
    await house.status(identifier, Status.WAITING)
    assert house.sim.calls.count("POST", "payload") == 1


@pytest.mark.parametrize("moment", ["before", "during"])
async def test_killed_while_it_is_sent_again(
    house: EngineUnderTest, moment: str, report: FaultReport
) -> None:
    identifier = await failed(house)
    plug_in(house)
    house.sim.switches.slow_response_seconds = 0.3
    arrived = asyncio.Event()
    house.sim.platform.on_created.append(lambda _: arrived.set())
    sending = asyncio.ensure_future(house.desk.resend(identifier))
    if moment == "before":
        await house.status(identifier, Status.CREATING)
    else:
        await arrived.wait()
    await house.crash()
    sending.cancel()
    house.sim.switches.slow_response_seconds = 0.0
    await house.open()
    await house.status(identifier, Status.WAITING)
    assert len(house.sim.platform.payloads) == 1
    await house.sim.phone.sign(house.uuid(identifier))
    row = await house.status(identifier, Status.PAID)
    report(
        house,
        f"killed {moment} the POST of a second sending",
        "a closed port, then `slow_response_seconds=0.3`, crash, start",
        row.verdict.status,
    )


@pytest.mark.parametrize("lost", [1, 2])
async def test_the_answer_to_the_second_sending_is_lost(house: EngineUnderTest, lost: int) -> None:
    identifier = await failed(house)
    plug_in(house)
    house.sim.switches.lose_post_answer = lost
    await house.desk.resend(identifier)
    row = await house.status(identifier, Status.WAITING)
    assert row.request.unsure
    assert len(house.sim.platform.payloads) == 1


async def test_what_was_refused_or_exists_is_not_sent_again(house: EngineUnderTest) -> None:
    identifier = await house.create()
    assert "not created" in await house.desk.resend(identifier)
    house.sim.platform.applications[house.sim.key].disabled = True
    row = await house.desk.create(house.order())
    assert "refused" in await house.desk.resend(row.identifier)
    assert await house.desk.resend("x") == "There is no request x here."
    assert house.sim.calls.count("POST", "payload") == 2


async def test_an_endless_502_can_be_given_up_and_late_money_is_for_a_person(
    wired: Shop, report: FaultReport
) -> None:
    wired.sim.switches.html_502 = True
    order = wired.order()
    creating = asyncio.ensure_future(wired.desk.create(order))
    row = await wired.until(order.identifier, lambda row: row.request.unsure)
    assert "may exist" in said(row)
    assert await wired.desk.close(order.identifier) == ""
    row = await wired.status(order.identifier, Status.CANCELLED)
    assert row.verdict.final
    assert "Closed by a person" in said(row)
    await creating
    assert "already ended" in await wired.desk.close(order.identifier)
    wired.sim.switches.html_502 = False
    await wired.close()
    await wired.open()
    await wired.status(order.identifier, Status.CANCELLED)
    wired.pay(1_500_000, 7)
    row = await wired.status(order.identifier, Status.CHECK)
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
    house: EngineUnderTest, report: FaultReport
) -> None:
    house.sim.switches.slow_response_seconds = 0.3
    order = house.order()
    creating = asyncio.ensure_future(house.desk.create(order))
    await house.status(order.identifier, Status.CREATING)
    assert await house.desk.close(order.identifier) == ""
    await creating
    row = await house.until(order.identifier, lambda row: row.request.uuid is not None)
    row = await house.until(order.identifier, lambda row: row.request.cancelled)
    assert row.verdict.status is Status.CANCELLED
    (payload,) = house.sim.platform.payloads.values()
    assert payload.cancelled
    report(
        house,
        "given up while the POST is on its way: cancelled at the platform",
        "`slow_response_seconds=0.3`",
        row.verdict.status,
    )


async def test_an_outage_code_is_closed_and_late_money_is_for_a_person(
    wired: Shop, report: FaultReport
) -> None:
    code = code_for(wired.order())
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


async def test_what_the_platform_has_is_cancelled_not_given_up(house: EngineUnderTest) -> None:
    identifier = await house.create()
    assert "cancel it there" in await house.desk.close(identifier)


@pytest.fixture
async def wired(tmp_path: Path) -> AsyncIterator[Shop]:
    """A shop on a websocket node."""
    async with open_shop(tmp_path) as one:
        yield one
