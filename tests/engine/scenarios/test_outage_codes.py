"""Outage codes with a desk: the platform refuses everything, the ledger alone decides."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit

import pytest

from engine.engine_fixture import EngineUnderTest
from engine.fault_report import FaultReport
from xumm_desk.core.request import outage_code
from xumm_desk.core.request.request_spec import RequestSpec
from xumm_desk.core.state.facts import FactKind
from xumm_desk.core.status import Status
from xumm_desk.core.verdict.duplicate_guard import duplicate_sales
from xumm_desk.core.wire.api_answers import Failure
from xumm_desk.simulator.runtime.keys import sign_fields

pytestmark = pytest.mark.anyio


def code_for(order: RequestSpec) -> RequestSpec:
    """The order as an outage code."""
    assert outage_code.why_unavailable(order, ledger=True) == ""
    return outage_code.outage_spec(
        order, identifier=f"out-{secrets.token_hex(4)}", entropy=secrets.token_hex(32)
    )


def wallet(house: EngineUnderTest, link: str, **otherwise: str) -> None:
    """Pay what a wallet reads from the link, and nothing else; as the app does, a tag of 0 is left
    out."""
    parts = urlsplit(link)
    read: Mapping[str, str] = {k: v[0] for k, v in parse_qs(parts.query).items()} | otherwise
    person = house.sim.cast.customers[0]
    account = house.sim.node_ledger.open_state().accounts[person.account.address]
    money: object = str(round(float(read["amount"]) * 1_000_000))
    if "currency" in read:
        money = {key: read[key] for key in ("currency", "issuer")} | {"value": read["amount"]}
    fields: dict[str, object] = {
        "TransactionType": "Payment",
        "Account": person.account.address,
        "Destination": parts.path.rpartition(":")[2],
        "Amount": money,
        "Fee": "12",
        "Sequence": account.sequence,
    }
    if int(read.get("dt", "0")):
        fields["DestinationTag"] = int(read["dt"])
    if "invoiceid" in read:
        fields["InvoiceID"] = read["invoiceid"]
    house.sim.node_ledger.submit(sign_fields(fields, person.key).blob)


async def test_a_platform_that_is_too_busy_or_gone_is_down_for_good(
    house: EngineUnderTest, report: FaultReport
) -> None:
    house.sim.switches.http_429_every = 1
    row = await house.desk.create(house.order())
    assert row.verdict.status is Status.FAILED
    assert row.request.create_failure is not None
    assert row.request.create_failure.platform_down
    report(house, "429 to every create", "`http_429_every=1`", row.verdict.status, gets=0)


async def test_a_platform_that_cannot_be_reached_is_down_for_good(
    house: EngineUnderTest, report: FaultReport
) -> None:
    house.desk.platform.wrapped.api = "http://127.0.0.1:9"  # type: ignore[attr-defined]
    row = await house.desk.create(house.order())
    assert row.verdict.status is Status.FAILED
    assert row.request.create_failure is not None
    assert row.request.create_failure.platform_down
    report(
        house,
        "nothing listens at the platform's address",
        "a closed port",
        row.verdict.status,
        gets=0,
    )


async def test_a_refusal_is_no_outage(house: EngineUnderTest) -> None:
    house.sim.platform.applications[house.sim.key].disabled = True
    row = await house.desk.create(house.order())
    assert row.request.create_failure is not None
    assert not row.request.create_failure.platform_down


@pytest.mark.parametrize("refuse", ["close", "503"])
async def test_a_lost_answer_stays_creating_and_the_guard_warns(
    house: EngineUnderTest, refuse: str, report: FaultReport
) -> None:
    house.sim.switches.refuse = refuse
    order = house.order()
    house.desk.tasks.start(house.desk.create(order), "create")
    row = await house.until(order.identifier, lambda row: row.request.unsure)
    assert row.verdict.status is Status.CREATING
    code = code_for(order)
    (rival,) = duplicate_sales(code, [row.request], lambda _: Status.CREATING)
    assert rival.identifier == order.identifier
    assert "may still be paid" in rival.message
    shown = await house.desk.create(code)
    assert shown.verdict.status is Status.WAITING
    house.sim.switches.refuse = "off"
    # The earlier one is found or made after all: both stand, each for itself.
    await house.status(order.identifier, Status.WAITING)
    assert len(house.sim.platform.payloads) == 1
    report(
        house,
        f"create refused ({refuse}), an outage code beside it",
        f"`refuse={refuse}`, then off",
        Status.CREATING,
        "then",
        Status.WAITING,
    )


async def test_the_platform_never_hears_of_it_not_even_after_a_crash(
    house: EngineUnderTest, report: FaultReport
) -> None:
    code = code_for(house.order())
    before = sum(house.sim.calls.values())
    row = await house.desk.create(code)
    again = await house.desk.create(code)
    assert row.request == again.request
    assert (row.verdict.status, row.request.uuid) == (Status.WAITING, None)
    assert row.request.qr_link == outage_code.outage_link(code)
    assert isinstance(await house.desk.cancel(code.identifier), Failure)
    house.desk.refresh(code.identifier)
    assert house.desk.health().sockets_wanted == 0
    for _ in range(2):
        await house.crash()
        await house.open()
        back = await house.status(code.identifier, Status.WAITING)
        assert back.request.qr_link == row.request.qr_link
        await asyncio.sleep(0.3)
    ours = [call for call in house.sim.calls if not call.startswith("LEDGER")]
    assert not [call for call in ours if "payload" in call or call.startswith("WS /sign")]
    assert before == 0
    assert not house.sim.platform.payloads
    kinds = [fact.kind for fact in await house.desk.facts(code.identifier)]
    assert kinds == [FactKind.INTENT, FactKind.OUTAGE_CODE]
    report(
        house,
        "two crashes with an outage code on the screen",
        "crash, start, twice",
        Status.WAITING,
        gets=0,
    )


async def test_a_crash_between_its_two_facts_is_mended_without_a_post(
    house: EngineUnderTest,
) -> None:
    from xumm_desk.core.state.facts import Source, make_fact
    from xumm_desk.core.state.lifecycle import new_request

    code, now = code_for(house.order()), house.desk.clock.now()
    intent = make_fact(now, Source.OPERATOR, FactKind.INTENT, code.to_json())
    house.desk.add_request(code, new_request(code, now), intent)
    await house.desk.durable()
    await house.crash()
    await house.open()
    row = await house.status(code.identifier, Status.WAITING)
    assert row.request.outage_link == outage_code.outage_link(code)
    assert not house.sim.platform.payloads


@pytest.mark.parametrize("tag", ["7", ""])
async def test_the_ledger_alone_makes_it_paid(
    house: EngineUnderTest, tag: str, report: FaultReport
) -> None:
    house.sim.switches.refuse = "503"
    failed = house.order(tag=tag)
    house.desk.tasks.start(house.desk.create(failed), "create")
    await house.until(failed.identifier, lambda row: row.request.unsure)
    code = code_for(failed)
    row = await house.desk.create(code)
    assert row.request.qr_link is not None
    wallet(house, row.request.qr_link)
    paid = await house.status(code.identifier, Status.PAID)
    assert paid.request.uuid is None
    assert house.desk.registry[failed.identifier].verdict.status is Status.CREATING
    await house.crash()
    await house.open()
    await house.status(code.identifier, Status.PAID)
    report(
        house,
        f"outage code paid by its wallet (tag {tag or 'none'}), platform down",
        "`refuse=503`",
        Status.PAID,
    )


async def test_an_issued_currency_is_paid_by_its_code(house: EngineUnderTest) -> None:
    info = house.sim.info()["issuer"]
    code = code_for(house.order(amount="12.5", currency=info["currency"], issuer=info["address"]))
    row = await house.desk.create(code)
    assert row.request.qr_link is not None
    wallet(house, row.request.qr_link)
    await house.status(code.identifier, Status.PAID)


async def test_too_little_is_never_paid(house: EngineUnderTest, report: FaultReport) -> None:
    code = code_for(house.order())
    row = await house.desk.create(code)
    assert row.request.qr_link is not None
    wallet(house, row.request.qr_link, amount="1.4")
    row = await house.status(code.identifier, Status.CHECK)
    assert Status.PAID not in house.history[code.identifier]
    report(house, "outage code paid with too little", "1.4 of 1.5 XRP", row.verdict.status, gets=0)
