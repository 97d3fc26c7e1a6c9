"""The main path: created, opened, signed, decided; each against a real local platform."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.engine_fixture import EngineUnderTest, running_engine
from xumm_desk.core.money import amount
from xumm_desk.core.status import Status, Step
from xumm_desk.core.wire.api_answers import CancelAnswer
from xumm_desk.engine.runtime.registry import RequestRow

pytestmark = pytest.mark.anyio


async def test_a_payment_goes_all_the_way_to_paid(engine: EngineUnderTest) -> None:
    identifier = await engine.create()
    await engine.live(identifier)
    uuid = engine.uuid(identifier)
    await engine.sim.phone.scan(uuid)
    await engine.status(identifier, Status.OPENED)
    await engine.sim.phone.sign(uuid)
    row = await engine.status(identifier, Status.PAID)
    assert row.verdict.final
    assert row.request.txid == engine.sim.platform.payloads[uuid].txid
    assert row.request.step is Step.RESOLVED
    assert {check.state.value for check in row.verdict.checks} == {"passed"}


async def test_without_a_node_a_signed_payment_is_unverified_and_final(
    engine_without_ledger: EngineUnderTest,
) -> None:
    identifier = await engine_without_ledger.create()
    await engine_without_ledger.sim.phone.sign(engine_without_ledger.uuid(identifier))
    row = await engine_without_ledger.status(identifier, Status.UNVERIFIED)
    assert row.verdict.final
    assert Status.PAID not in engine_without_ledger.history[identifier]


@pytest.mark.parametrize("kind", ["SignIn"])
async def test_a_sign_in_ends_signed(engine: EngineUnderTest, kind: str) -> None:
    identifier = await engine.create(kind=kind)
    await engine.sim.phone.sign(engine.uuid(identifier))
    assert (await engine.status(identifier, Status.SIGNED)).verdict.final


async def test_a_sign_in_by_a_regular_key_is_proven_by_the_ledger(engine: EngineUnderTest) -> None:
    # Put in the way: no node answers at first.
    engine.sim.switches.ledger_refuse = "503"
    identifier = await engine.create(kind="SignIn")
    await engine.sim.phone.sign(engine.uuid(identifier), behaviour="regular_key")
    row = await engine.status(identifier, Status.UNVERIFIED)
    assert not row.verdict.final
    engine.sim.switches.ledger_refuse = "off"
    row = await engine.status(identifier, Status.SIGNED)
    assert row.verdict.final
    await engine.crash()
    await engine.open()
    await engine.status(identifier, Status.SIGNED)


async def test_without_a_node_a_sign_in_by_a_regular_key_is_for_a_person(
    engine_without_ledger: EngineUnderTest,
) -> None:
    identifier = await engine_without_ledger.create(kind="SignIn")
    await engine_without_ledger.sim.phone.sign(
        engine_without_ledger.uuid(identifier), behaviour="regular_key"
    )
    row = await engine_without_ledger.status(identifier, Status.CHECK)
    assert "Nothing proves that this key may sign" in row.verdict.failed[0].advice


async def test_a_sign_in_by_a_key_that_is_not_the_account_s_is_for_a_person(
    engine: EngineUnderTest,
) -> None:
    cast = engine.sim.cast
    account = engine.sim.node_ledger.state.accounts[cast.with_regular_key.account.address]
    account.regular_key = None
    identifier = await engine.create(kind="SignIn")
    await engine.sim.phone.sign(engine.uuid(identifier), behaviour="regular_key")
    await engine.status(identifier, Status.CHECK)


async def test_a_declined_request(engine: EngineUnderTest) -> None:
    identifier = await engine.create()
    await engine.sim.phone.decline(engine.uuid(identifier))
    assert (await engine.status(identifier, Status.DECLINED)).verdict.final


async def test_cancel_before_anybody_opened_it(engine: EngineUnderTest) -> None:
    identifier = await engine.create()
    answer = await engine.desk.cancel(identifier)
    assert answer == CancelAnswer(True, "OK")
    assert (await engine.status(identifier, Status.CANCELLED)).verdict.final


async def test_an_opened_request_cannot_be_cancelled_and_is_followed_on(
    engine: EngineUnderTest,
) -> None:
    identifier = await engine.create()
    await engine.live(identifier)
    uuid = engine.uuid(identifier)
    await engine.sim.phone.scan(uuid)
    await engine.status(identifier, Status.OPENED)
    answer = await engine.desk.cancel(identifier)
    assert answer == CancelAnswer(False, "ALREADY_OPENED")
    row = await engine.status(identifier, Status.OPENED)
    assert not row.verdict.final
    await engine.sim.phone.sign(uuid)
    await engine.status(identifier, Status.PAID)


async def test_never_opened_and_over_is_expired(engine: EngineUnderTest) -> None:
    identifier = await engine.create(expire="1")
    await engine.live(identifier)
    await engine.sim.clock.advance(61)
    assert (await engine.status(identifier, Status.EXPIRED)).verdict.final


async def test_opened_in_time_and_signed_after_the_expiry_is_paid_late(
    engine: EngineUnderTest,
) -> None:
    identifier = await engine.create(expire="1")
    await engine.live(identifier)
    uuid = engine.uuid(identifier)
    await engine.sim.phone.scan(uuid)
    await engine.status(identifier, Status.OPENED)
    await engine.sim.clock.advance(61)
    row = await engine.status(identifier, Status.EXPIRED_OPENED)
    assert not row.verdict.final
    await engine.sim.phone.sign(uuid, behaviour="pays_late")
    assert (await engine.status(identifier, Status.PAID_LATE)).verdict.final


async def test_an_issued_currency_is_paid(engine: EngineUnderTest) -> None:
    info = engine.sim.info()["issuer"]
    identifier = await engine.create(
        amount="12.5", currency=info["currency"], issuer=info["address"]
    )
    await engine.sim.phone.sign(engine.uuid(identifier))
    await engine.status(identifier, Status.PAID)


async def token_sale(engine: EngineUnderTest) -> str:
    """A sale for ten units of the multi-purpose token that every customer holds."""
    token = engine.sim.info()["token"]["mpt_issuance_id"]
    return await engine.create(amount="10", currency=token, issuer="")


async def test_a_multi_purpose_token_is_paid(engine: EngineUnderTest) -> None:
    identifier = await token_sale(engine)
    await engine.sim.phone.sign(engine.uuid(identifier))
    row = await engine.status(identifier, Status.PAID)
    assert row.request.ledger is not None
    assert amount.amounts_equal(row.request.ledger.delivered, row.request.spec.amount)


@pytest.mark.parametrize("behaviour", ["wrong_amount", "partial", "wrong_issuer"])
async def test_less_of_a_token_or_another_one_is_never_paid(
    engine: EngineUnderTest, behaviour: str
) -> None:
    identifier = await token_sale(engine)
    await engine.sim.phone.sign(engine.uuid(identifier), behaviour=behaviour)

    def short(row: RequestRow) -> bool:
        return "Amount delivered" in [check.name for check in row.verdict.failed]

    row = await engine.until(identifier, short, "something else was delivered")
    assert row.verdict.status is Status.CHECK
    assert Status.PAID not in engine.history[identifier]


async def test_a_token_that_nobody_reported_is_seen_on_the_ledger(engine: EngineUnderTest) -> None:
    identifier = await token_sale(engine)
    await engine.sim.phone.sign(engine.uuid(identifier), behaviour="unreported")
    row = await engine.status(identifier, Status.PAID)
    assert [payment.matched_by for payment in row.request.payments] == ["tag"]


async def test_pressing_twice_makes_one_request(engine: EngineUnderTest) -> None:
    spec = engine.spec()
    first = await engine.desk.create(spec)
    second = await engine.desk.create(spec)
    assert first.request.uuid == second.request.uuid
    assert len(engine.sim.platform.payloads) == 1


async def test_everything_shown_is_on_disk_before(engine: EngineUnderTest) -> None:
    identifier = await engine.create()
    await engine.sim.phone.sign(engine.uuid(identifier))
    row = await engine.status(identifier, Status.PAID)
    folder = engine.folder
    await engine.close()
    async with running_engine(folder / "elsewhere") as other:
        other.folder = folder
        await other.close()
        await other.open()
        again = await other.until(identifier, lambda _: True)
    assert again.verdict.status is Status.PAID
    assert again.request.txid == row.request.txid


async def test_a_crash_in_the_middle_is_taken_up_again(tmp_path: Path) -> None:
    async with running_engine(tmp_path) as engine:
        waiting = await engine.create()
        opened = await engine.create()
        await engine.live(opened)
        await engine.sim.phone.scan(engine.uuid(opened))
        await engine.status(opened, Status.OPENED)
        uuids = engine.uuid(waiting), engine.uuid(opened)
        await engine.crash()
        await engine.sim.phone.sign(uuids[1])
        await engine.open()
        await engine.status(opened, Status.PAID)
        await engine.status(waiting, Status.WAITING)
        await engine.sim.phone.decline(uuids[0])
        await engine.status(waiting, Status.DECLINED)
