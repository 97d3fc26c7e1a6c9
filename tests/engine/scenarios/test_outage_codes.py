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


def code_for(spec: RequestSpec) -> RequestSpec:
    """The order as an outage code."""
    assert outage_code.why_unavailable(spec, ledger=True) == ""
    return outage_code.outage_spec(
        spec, identifier=f"out-{secrets.token_hex(4)}", entropy=secrets.token_hex(32)
    )


def wallet(engine: EngineUnderTest, link: str, **otherwise: str) -> None:
    """Pay what a wallet reads from the link, and nothing else; as the app does, a tag of 0 is left
    out."""
    parts = urlsplit(link)
    read: Mapping[str, str] = {k: v[0] for k, v in parse_qs(parts.query).items()} | otherwise
    person = engine.sim.cast.customers[0]
    account = engine.sim.node_ledger.open_state().accounts[person.account.address]
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
    engine.sim.node_ledger.submit(sign_fields(fields, person.key).blob)


async def test_a_platform_that_is_too_busy_or_gone_is_down_for_good(
    engine: EngineUnderTest, report: FaultReport
) -> None:
    engine.sim.switches.http_429_every = 1
    engine.sim.switches.retry_after_seconds = 1
    row = await engine.desk.create(engine.spec())
    assert row.verdict.status is Status.FAILED
    assert row.request.create_failure is not None
    assert row.request.create_failure.platform_down
    report(engine, "429 to every create", "`http_429_every=1`", row.verdict.status, gets=0)


async def test_a_platform_that_cannot_be_reached_is_down_for_good(
    engine: EngineUnderTest, report: FaultReport
) -> None:
    engine.desk.engine.platform.wrapped.api = "http://127.0.0.1:9"  # type: ignore[attr-defined]
    row = await engine.desk.create(engine.spec())
    assert row.verdict.status is Status.FAILED
    assert row.request.create_failure is not None
    assert row.request.create_failure.platform_down
    report(
        engine,
        "nothing listens at the platform's address",
        "a closed port",
        row.verdict.status,
        gets=0,
    )


async def test_a_refusal_is_no_outage(engine: EngineUnderTest) -> None:
    engine.sim.platform.applications[engine.sim.key].disabled = True
    row = await engine.desk.create(engine.spec())
    assert row.request.create_failure is not None
    assert not row.request.create_failure.platform_down


@pytest.mark.parametrize("refuse", ["close", "503"])
async def test_a_lost_answer_stays_creating_and_the_guard_warns(
    engine: EngineUnderTest, refuse: str, report: FaultReport
) -> None:
    engine.sim.switches.refuse = refuse
    spec = engine.spec()
    engine.desk.tasks.start(engine.desk.create(spec), "create")
    row = await engine.until(spec.identifier, lambda row: row.request.unsure)
    assert row.verdict.status is Status.CREATING
    code = code_for(spec)
    (rival,) = duplicate_sales(code, [row.request], lambda _: Status.CREATING)
    assert rival.identifier == spec.identifier
    assert "may still be paid" in rival.message
    shown = await engine.desk.create(code)
    assert shown.verdict.status is Status.WAITING
    engine.sim.switches.refuse = "off"
    # The earlier one is found or made after all: both stand, each for itself.
    await engine.status(spec.identifier, Status.WAITING)
    assert len(engine.sim.platform.payloads) == 1
    report(
        engine,
        f"create refused ({refuse}), an outage code beside it",
        f"`refuse={refuse}`, then off",
        Status.CREATING,
        "then",
        Status.WAITING,
    )


async def test_the_platform_never_gets_it_not_even_after_a_crash(
    engine: EngineUnderTest, report: FaultReport
) -> None:
    code = code_for(engine.spec())
    before = sum(engine.sim.calls.values())
    row = await engine.desk.create(code)
    again = await engine.desk.create(code)
    assert row.request == again.request
    assert (row.verdict.status, row.request.uuid) == (Status.WAITING, None)
    assert row.request.qr_link == outage_code.outage_link(code)
    assert isinstance(await engine.desk.cancel(code.identifier), Failure)
    engine.desk.refresh(code.identifier)
    assert engine.desk.health().sockets_wanted == 0
    for _ in range(2):
        await engine.crash()
        await engine.open()
        back = await engine.status(code.identifier, Status.WAITING)
        assert back.request.qr_link == row.request.qr_link
        await asyncio.sleep(0.3)
    ours = [call for call in engine.sim.calls if not call.startswith("LEDGER")]
    assert not [call for call in ours if "payload" in call or call.startswith("WS /sign")]
    assert before == 0
    assert not engine.sim.platform.payloads
    kinds = [fact.kind for fact in await engine.desk.facts(code.identifier)]
    assert kinds == [FactKind.INTENT, FactKind.OUTAGE_CODE]
    report(
        engine,
        "two crashes with an outage code on the screen",
        "crash, start, twice",
        Status.WAITING,
        gets=0,
    )


async def test_a_crash_between_its_two_facts_is_mended_without_a_post(
    engine: EngineUnderTest,
) -> None:
    from xumm_desk.core.state.facts import Source, make_fact
    from xumm_desk.core.state.lifecycle import new_request

    code, now = code_for(engine.spec()), engine.desk.clock.now()
    intent = make_fact(now, Source.OPERATOR, FactKind.INTENT, code.to_json())
    engine.desk.add_request(code, new_request(code, now), intent)
    await engine.desk.engine.journal.durable()
    await engine.crash()
    await engine.open()
    row = await engine.status(code.identifier, Status.WAITING)
    assert row.request.outage_link == outage_code.outage_link(code)
    assert not engine.sim.platform.payloads


@pytest.mark.parametrize("tag", ["7", ""])
async def test_the_ledger_alone_makes_it_paid(
    engine: EngineUnderTest, tag: str, report: FaultReport
) -> None:
    engine.sim.switches.refuse = "503"
    failed = engine.spec(tag=tag)
    engine.desk.tasks.start(engine.desk.create(failed), "create")
    await engine.until(failed.identifier, lambda row: row.request.unsure)
    code = code_for(failed)
    row = await engine.desk.create(code)
    assert row.request.qr_link is not None
    wallet(engine, row.request.qr_link)
    paid = await engine.status(code.identifier, Status.PAID)
    assert paid.request.uuid is None
    assert engine.desk.engine.registry[failed.identifier].verdict.status is Status.CREATING
    await engine.crash()
    await engine.open()
    await engine.status(code.identifier, Status.PAID)
    report(
        engine,
        f"outage code paid by its wallet (tag {tag or 'none'}), platform down",
        "`refuse=503`",
        Status.PAID,
    )


async def test_an_issued_currency_is_paid_by_its_code(engine: EngineUnderTest) -> None:
    info = engine.sim.info()["issuer"]
    code = code_for(engine.spec(amount="12.5", currency=info["currency"], issuer=info["address"]))
    row = await engine.desk.create(code)
    assert row.request.qr_link is not None
    wallet(engine, row.request.qr_link)
    await engine.status(code.identifier, Status.PAID)


async def test_too_little_is_never_paid(engine: EngineUnderTest, report: FaultReport) -> None:
    code = code_for(engine.spec())
    row = await engine.desk.create(code)
    assert row.request.qr_link is not None
    wallet(engine, row.request.qr_link, amount="1.4")
    row = await engine.status(code.identifier, Status.CHECK)
    assert Status.PAID not in engine.history[code.identifier]
    report(engine, "outage code paid with too little", "1.4 of 1.5 XRP", row.verdict.status, gets=0)
