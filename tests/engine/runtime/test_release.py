"""Ended requests leave memory, and whatever comes for one finds it in the journal."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path

import pytest

from engine.engine_fixture import PATIENCE, EngineUnderTest
from engine.ledger.test_account_watch import Shop, open_shop
from engine.scenarios.test_refunds import order, sold
from xumm_desk.core.state.facts import FactKind, Source, make_fact
from xumm_desk.core.status import Status
from xumm_desk.engine.runtime import release
from xumm_desk.engine.runtime.call_queue import Priority

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


async def leaves(engine: EngineUnderTest, *names: str, keep: Sequence[str] = ()) -> set[str]:
    """Wait until no task works for these any more and they have left; what left."""
    gone: set[str] = set()
    async with asyncio.timeout(PATIENCE):
        while not gone.issuperset(names):
            gone |= set(engine.desk.release(keep))
            await asyncio.sleep(0.02)
    return gone


async def let_go(engine: EngineUnderTest, identifier: str) -> None:
    """Take all that may leave out of memory, this request among it."""
    await leaves(engine, identifier)
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
    monkeypatch.setattr(release, "KEPT", 2)
    sales = [await sold(engine, number) for number in (1, 2, 3)]
    assert await leaves(engine, sales[0]) == {sales[0]}


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
    for _ in range(3):
        assert list(engine.desk.release([sale])) == []
    assert await leaves(engine, sale, wanted.identifier) == {sale, wanted.identifier}
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


async def test_one_for_which_a_task_works_stays(shop: Shop) -> None:
    """Polled in the place of a socket, or asked about at a node: the task would miss it."""
    identifier = await shop.create()
    await shop.sim.phone.decline(shop.uuid(identifier))
    await shop.status(identifier, Status.DECLINED)
    desk, lookup = shop.desk, shop.desk._transaction_lookup
    assert lookup is not None
    async with asyncio.timeout(PATIENCE):
        while desk._is_followed(identifier):  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.02)
    deferred, waiting = desk._reader._deferred, desk._watchers._without_socket
    reasons: tuple[tuple[Callable[[], object], Callable[[], object]], ...] = (
        (lambda: waiting.setdefault(identifier), lambda: waiting.pop(identifier)),
        (lambda: deferred.setdefault(identifier), lambda: deferred.pop(identifier)),
        (
            lambda: desk._reader.fetch(identifier, Priority.POLL, 3600.0),
            lambda: desk.engine.calls.cancel(identifier),
        ),
        (lambda: lookup._begin(identifier, "key"), lambda: lookup._end(identifier, "key")),
        (
            lambda: desk._verification._claims_to_check.append(identifier),
            desk._verification._claims_to_check.clear,
        ),
    )
    for begin, end in reasons:
        begin()
        for _ in range(3):
            assert list(desk.release(())) == []
        end()
    await let_go(shop, identifier)


async def test_one_that_comes_into_memory_while_it_is_looked_for_is_found(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A webhook and the ledger tell of the same late payment at the same moment."""
    identifier = await shop.create()
    await shop.sim.phone.decline(shop.uuid(identifier))
    await shop.status(identifier, Status.DECLINED)
    await shop.reached()
    await let_go(shop, identifier)
    journal = shop.desk.engine.journal
    real = journal.requests_naming

    async def beside(txid: str, tag: int | None, invoice: str | None) -> Sequence[str]:
        found = await real(txid, tag, invoice)
        await shop.desk.load(identifier)
        return found

    monkeypatch.setattr(journal, "requests_naming", beside)
    shop.pay(1_500_000, 7)
    await shop.status(identifier, Status.CHECK)
    assert not shop.desk.unmatched()


async def test_both_requests_of_one_transaction_are_for_a_person(shop: Shop) -> None:
    first = await shop.create()
    deed = await shop.sim.phone.sign(shop.uuid(first), customer="Ada")
    await shop.status(first, Status.PAID)
    await shop.reached()
    await let_go(shop, first)
    second = await shop.create(tag="8")
    facts = await shop.desk.facts(first)
    [answer] = [one.text for one in facts if f'"txid":"{deed.txids[0]}"' in one.text][:1]
    told = json.loads(answer)
    told["meta"]["uuid"] = shop.uuid(second)
    now = shop.desk.clock.now()
    shop.desk.record(
        second, make_fact(now, Source.PLATFORM, FactKind.ANSWER, told, shop.uuid(second))
    )
    await shop.until(second, lambda row: first in row.request.same_txid_as)
    row = await shop.status(first, Status.CHECK)
    assert row.request.same_txid_as == {second}
