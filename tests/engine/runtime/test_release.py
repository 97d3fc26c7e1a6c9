"""Ended requests leave memory, and whatever comes for one finds it in the journal."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from engine.engine_fixture import EngineUnderTest
from engine.ledger.test_account_watch import Shop, open_shop
from engine.scenarios.test_refunds import order, sold
from xumm_desk.core.status import Status
from xumm_desk.engine.runtime import release

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing has to be old to leave."""
    monkeypatch.setattr(release, "KEPT", 0)
    monkeypatch.setattr(release, "QUIET", 1e-9)


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Shop]:
    async with open_shop(tmp_path) as one:
        yield one


async def let_go(engine: EngineUnderTest, identifier: str) -> None:
    """Wait until its socket is closed, and take all that may leave out of memory."""
    await engine.until(identifier, lambda row: row.socket_state.value == "none")
    engine.desk.release(())
    assert identifier in engine.desk.release(())
    assert engine.desk.row(identifier) is None
    assert engine.desk.request(identifier) is None


async def test_what_is_open_or_in_doubt_or_looked_at_stays(engine: EngineUnderTest) -> None:
    waiting = await engine.create(tag="11")
    doubtful = await engine.create(tag="12")
    await engine.sim.phone.sign(engine.uuid(doubtful), behaviour="wrong_amount")
    await engine.status(doubtful, Status.CHECK)
    looked_at = await sold(engine)
    for _ in range(3):
        assert list(engine.desk.release([looked_at])) == []
    assert {row.identifier for row in engine.desk.rows()} == {waiting, doubtful, looked_at}


async def test_the_newest_stay(engine: EngineUnderTest, monkeypatch: pytest.MonkeyPatch) -> None:
    sales = [await sold(engine, number) for number in (1, 2, 3)]
    for sale in sales:
        await engine.until(sale, lambda row: row.socket_state.value == "none")
    monkeypatch.setattr(release, "KEPT", 2)
    engine.desk.release(())
    assert list(engine.desk.release(())) == sales[:1]


async def test_money_for_one_that_left_is_seen(shop: Shop) -> None:
    identifier = await shop.create()
    await shop.sim.phone.decline(shop.uuid(identifier))
    await shop.status(identifier, Status.DECLINED)
    await shop.reached()
    await let_go(shop, identifier)
    shop.pay(1_500_000, 7)
    await shop.status(identifier, Status.CHECK)


async def test_a_second_payment_of_one_that_left_is_seen(shop: Shop) -> None:
    identifier = await shop.create()
    await shop.sim.phone.sign(shop.uuid(identifier), customer="Ada")
    await shop.status(identifier, Status.PAID)
    await shop.reached()
    await let_go(shop, identifier)
    shop.pay(1_500_000, 7)
    row = await shop.status(identifier, Status.CHECK)
    assert [payment.matched_by for payment in row.request.payments] == ["tag"]


async def test_a_hint_or_a_person_brings_one_back(engine: EngineUnderTest) -> None:
    sale = await sold(engine)
    uuid = engine.uuid(sale)
    await let_go(engine, sale)
    assert await engine.desk.on_hint(uuid) == sale
    await engine.status(sale, Status.PAID)
    await let_go(engine, sale)
    assert await engine.desk.load(sale)
    await engine.status(sale, Status.PAID)
    await let_go(engine, sale)
    gets = engine.gets()
    engine.desk.refresh(sale)
    await engine.status(sale, Status.PAID)
    assert engine.gets() >= gets


async def test_a_sale_and_its_refunds_leave_together(engine: EngineUnderTest) -> None:
    sale = await sold(engine)
    wanted = order(engine, sale, 500_000)
    await engine.desk.refund(wanted)
    await engine.until(wanted.identifier, lambda row: row.request.uuid is not None)
    for _ in range(3):
        assert list(engine.desk.release(())) == []  # the refund is open
    await engine.sim.phone.sign(engine.uuid(wanted.identifier))
    await engine.status(wanted.identifier, Status.PAID)
    for name in (sale, wanted.identifier):
        await engine.until(name, lambda row: row.socket_state.value == "none")
    engine.desk.release(())
    assert list(engine.desk.release([sale])) == []
    assert set(engine.desk.release(())) == {sale, wanted.identifier}
    await engine.desk.load(sale)
    row = await engine.until(sale, lambda row: bool(row.refunds))
    assert row.refunds[0].refunded == wanted.part


async def test_a_transaction_of_one_that_left_pays_no_other(shop: Shop) -> None:
    first = await shop.create()
    deed = await shop.sim.phone.sign(shop.uuid(first), customer="Ada")
    await shop.status(first, Status.PAID)
    await shop.reached()
    await let_go(shop, first)
    [named] = await shop.desk.engine.journal.requests_for_txids(deed.txids)
    assert named[1] == first
    second = await shop.create(tag="8")
    await shop.sim.phone.sign(shop.uuid(second), behaviour="foreign_blob")
    await shop.status(second, Status.CHECK)
    assert shop.desk.row(first) is None


async def test_one_for_which_a_task_works_stays(shop: Shop) -> None:
    """Polled in the place of a socket, or asked about at a node: the task would miss it."""
    identifier = await shop.create()
    await shop.sim.phone.decline(shop.uuid(identifier))
    await shop.status(identifier, Status.DECLINED)
    await shop.until(identifier, lambda row: row.socket_state.value == "none")
    waiting, lookup = shop.desk._watchers._without_socket, shop.desk._transaction_lookup
    assert lookup is not None
    waiting[identifier] = None
    for _ in range(2):
        assert list(shop.desk.release(())) == []
    del waiting[identifier]
    lookup._begin(identifier, "a key")
    for _ in range(2):
        assert list(shop.desk.release(())) == []
    lookup._end(identifier, "a key")
    await let_go(shop, identifier)
