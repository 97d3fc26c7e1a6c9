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


async def test_a_payment_goes_all_the_way_to_paid(house: EngineUnderTest) -> None:
    identifier = await house.create()
    await house.live(identifier)
    uuid = house.uuid(identifier)
    await house.sim.phone.scan(uuid)
    await house.status(identifier, Status.OPENED)
    await house.sim.phone.sign(uuid)
    row = await house.status(identifier, Status.PAID)
    assert row.verdict.final
    assert row.request.txid == house.sim.platform.payloads[uuid].txid
    assert row.request.step is Step.RESOLVED
    assert {check.state.value for check in row.verdict.checks} == {"passed"}


async def test_without_a_node_a_signed_payment_is_unverified_and_final(
    blind: EngineUnderTest,
) -> None:
    identifier = await blind.create()
    await blind.sim.phone.sign(blind.uuid(identifier))
    row = await blind.status(identifier, Status.UNVERIFIED)
    assert row.verdict.final
    assert Status.PAID not in blind.history[identifier]


@pytest.mark.parametrize("kind", ["SignIn"])
async def test_a_sign_in_ends_signed(house: EngineUnderTest, kind: str) -> None:
    identifier = await house.create(kind=kind)
    await house.sim.phone.sign(house.uuid(identifier))
    assert (await house.status(identifier, Status.SIGNED)).verdict.final


async def test_a_sign_in_by_a_regular_key_is_proven_by_the_ledger(house: EngineUnderTest) -> None:
    # Put in the way: no node answers at first.
    house.sim.switches.ledger_refuse = "503"
    identifier = await house.create(kind="SignIn")
    await house.sim.phone.sign(house.uuid(identifier), behaviour="regular_key")
    row = await house.status(identifier, Status.UNVERIFIED)
    assert not row.verdict.final
    house.sim.switches.ledger_refuse = "off"
    row = await house.status(identifier, Status.SIGNED)
    assert row.verdict.final
    await house.crash()
    await house.open()
    await house.status(identifier, Status.SIGNED)


async def test_without_a_node_a_sign_in_by_a_regular_key_is_for_a_person(
    blind: EngineUnderTest,
) -> None:
    identifier = await blind.create(kind="SignIn")
    await blind.sim.phone.sign(blind.uuid(identifier), behaviour="regular_key")
    row = await blind.status(identifier, Status.CHECK)
    assert "Nothing proves that this key may sign" in row.verdict.failed[0].advice


async def test_a_sign_in_by_a_key_that_is_not_the_account_s_is_for_a_person(
    house: EngineUnderTest,
) -> None:
    people = house.sim.cast
    account = house.sim.node_ledger.state.accounts[people.with_regular_key.account.address]
    account.regular_key = None
    identifier = await house.create(kind="SignIn")
    await house.sim.phone.sign(house.uuid(identifier), behaviour="regular_key")
    await house.status(identifier, Status.CHECK)


async def test_a_declined_request(house: EngineUnderTest) -> None:
    identifier = await house.create()
    await house.sim.phone.decline(house.uuid(identifier))
    assert (await house.status(identifier, Status.DECLINED)).verdict.final


async def test_cancel_before_anybody_opened_it(house: EngineUnderTest) -> None:
    identifier = await house.create()
    answer = await house.desk.cancel(identifier)
    assert answer == CancelAnswer(True, "OK")
    assert (await house.status(identifier, Status.CANCELLED)).verdict.final


async def test_an_opened_request_cannot_be_cancelled_and_is_followed_on(
    house: EngineUnderTest,
) -> None:
    identifier = await house.create()
    await house.live(identifier)
    uuid = house.uuid(identifier)
    await house.sim.phone.scan(uuid)
    await house.status(identifier, Status.OPENED)
    answer = await house.desk.cancel(identifier)
    assert answer == CancelAnswer(False, "ALREADY_OPENED")
    row = await house.status(identifier, Status.OPENED)
    assert not row.verdict.final
    await house.sim.phone.sign(uuid)
    await house.status(identifier, Status.PAID)


async def test_never_opened_and_over_is_expired(house: EngineUnderTest) -> None:
    identifier = await house.create(expire="1")
    await house.live(identifier)
    await house.sim.clock.advance(61)
    assert (await house.status(identifier, Status.EXPIRED)).verdict.final


async def test_opened_in_time_and_signed_after_the_expiry_is_paid_late(
    house: EngineUnderTest,
) -> None:
    identifier = await house.create(expire="1")
    await house.live(identifier)
    uuid = house.uuid(identifier)
    await house.sim.phone.scan(uuid)
    await house.status(identifier, Status.OPENED)
    await house.sim.clock.advance(61)
    row = await house.status(identifier, Status.EXPIRED_OPENED)
    assert not row.verdict.final
    await house.sim.phone.sign(uuid, behaviour="pays_late")
    assert (await house.status(identifier, Status.PAID_LATE)).verdict.final


async def test_an_issued_currency_is_paid(house: EngineUnderTest) -> None:
    info = house.sim.info()["issuer"]
    identifier = await house.create(
        amount="12.5", currency=info["currency"], issuer=info["address"]
    )
    await house.sim.phone.sign(house.uuid(identifier))
    await house.status(identifier, Status.PAID)


async def token_sale(house: EngineUnderTest) -> str:
    """A sale for ten units of the multi-purpose token that every customer holds."""
    token = house.sim.info()["token"]["mpt_issuance_id"]
    return await house.create(amount="10", currency=token, issuer="")


async def test_a_multi_purpose_token_is_paid(house: EngineUnderTest) -> None:
    identifier = await token_sale(house)
    await house.sim.phone.sign(house.uuid(identifier))
    row = await house.status(identifier, Status.PAID)
    assert row.request.ledger is not None
    assert amount.amounts_equal(row.request.ledger.delivered, row.request.spec.amount)


@pytest.mark.parametrize("behaviour", ["wrong_amount", "partial", "wrong_issuer"])
async def test_less_of_a_token_or_another_one_is_never_paid(
    house: EngineUnderTest, behaviour: str
) -> None:
    identifier = await token_sale(house)
    await house.sim.phone.sign(house.uuid(identifier), behaviour=behaviour)

    def short(row: RequestRow) -> bool:
        return "Amount delivered" in [check.name for check in row.verdict.failed]

    row = await house.until(identifier, short, "something else was delivered")
    assert row.verdict.status is Status.CHECK
    assert Status.PAID not in house.history[identifier]


async def test_a_token_that_nobody_reported_is_seen_on_the_ledger(house: EngineUnderTest) -> None:
    identifier = await token_sale(house)
    await house.sim.phone.sign(house.uuid(identifier), behaviour="unreported")
    row = await house.status(identifier, Status.PAID)
    assert [payment.matched_by for payment in row.request.payments] == ["tag"]


async def test_pressing_twice_makes_one_request(house: EngineUnderTest) -> None:
    order = house.order()
    first = await house.desk.create(order)
    second = await house.desk.create(order)
    assert first.request.uuid == second.request.uuid
    assert len(house.sim.platform.payloads) == 1


async def test_everything_shown_is_on_disk_before(house: EngineUnderTest) -> None:
    identifier = await house.create()
    await house.sim.phone.sign(house.uuid(identifier))
    row = await house.status(identifier, Status.PAID)
    folder = house.folder
    await house.close()
    async with running_engine(folder / "elsewhere") as other:
        other.folder = folder
        await other.close()
        await other.open()
        again = await other.until(identifier, lambda _: True)
    assert again.verdict.status is Status.PAID
    assert again.request.txid == row.request.txid


async def test_a_crash_in_the_middle_is_taken_up_again(tmp_path: Path) -> None:
    async with running_engine(tmp_path) as house:
        waiting = await house.create()
        opened = await house.create()
        await house.live(opened)
        await house.sim.phone.scan(house.uuid(opened))
        await house.status(opened, Status.OPENED)
        uuids = house.uuid(waiting), house.uuid(opened)
        await house.crash()
        await house.sim.phone.sign(uuids[1])
        await house.open()
        await house.status(opened, Status.PAID)
        await house.status(waiting, Status.WAITING)
        await house.sim.phone.decline(uuids[0])
        await house.status(waiting, Status.DECLINED)
