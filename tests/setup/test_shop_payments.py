"""Payments that name no request, in a shop: read by one till, listed at all, assigned once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest
from engine.engine_fixture import EngineUnderTest, running_engine
from engine.ledger.test_account_watch import Shop as ShopEngine
from postgres_shop import PostgresShop

from xumm_desk.core.message import Message
from xumm_desk.core.replication.shop_error import Unreachable
from xumm_desk.core.rights import READ_ONLY
from xumm_desk.core.status import Status
from xumm_desk.core.wire.json_fields import JsonObject
from xumm_desk.engine.desk import Desk
from xumm_desk.net.ledger.ledger_nodes import _Node
from xumm_desk.setup.composition import Composition

from .shop_tills import Shop, monitor_of, other_till, row_of, start_shop

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    """The engine runs on asyncio."""
    return "asyncio"


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leases that are over as soon as those of the other tests here."""
    monkeypatch.setattr("xumm_desk.store.replication.reading_leases.LIFE", 1.5)
    monkeypatch.setattr("xumm_desk.engine.ledger.history_reading._PATIENCE", 1.7)


async def until(engine: EngineUnderTest, seen: Callable[[], bool], what: str) -> None:
    """Wait until it is so."""
    try:
        async with asyncio.timeout(engine.patience):
            while not seen():  # noqa: ASYNC110
                await asyncio.sleep(0.02)
    except TimeoutError:
        raise AssertionError(what) from None


def listed(desk: Desk) -> list[str]:
    """The transactions that a till or monitor lists."""
    return [one.txid for one in desk.unmatched()]


def reads(desk: Desk) -> bool:
    """Whether the till reads the account for all."""
    return desk.shop.view is not None and bool(desk.shop.view.reads)


def knows_reader(desk: Desk) -> bool:
    """Whether the till knows that another one reads."""
    return desk.shop.view is not None and bool(desk.shop.view.read_elsewhere)


def count_reads(till: Composition) -> list[JsonObject]:
    """What the till asks its node about the history of accounts, from now on."""
    nodes, asked = till.nodes, list[JsonObject]()
    assert nodes is not None
    request_of = nodes._request

    async def counted(node: _Node, request: JsonObject) -> JsonObject:
        if request.get("method") == "account_tx":
            asked.append(request)
        return await request_of(node, request)

    nodes._request = counted  # type: ignore[method-assign]
    return asked


async def test_one_till_reads_for_all_and_another_goes_on(logins: Shop, tmp_path: Path) -> None:
    folders = await logins.join_three(tmp_path)
    async with running_engine(folders[0]) as engine:
        shop = as_shop(engine)
        engine.desk.watch_account(engine.sim.shop)
        first = await start_shop(engine)
        await until(engine, lambda: reads(engine.desk), "the first till reads")
        async with (
            other_till(engine, folders[1]) as second,
            monitor_of(engine, folders[2]) as monitor,
        ):
            second.desk.watch_account(engine.sim.shop)
            await until(engine, lambda: knows_reader(second.desk), "the second knows who reads")
            asked, idle = count_reads(first), count_reads(second)
            engine.sim.calls.clear()
            txid = shop.pay(1_000_000, None)
            for desk in (engine.desk, second.desk, monitor.desk):
                await until(engine, lambda desk=desk: listed(desk) == [txid], "listed at all")  # type: ignore[misc]
            assert await monitor.desk.assign(txid, "t-1") == READ_ONLY
            # Whatever the number of tills, one of them asks.
            assert not idle
            assert 0 < engine.sim.calls.count("LEDGER", "account_tx") <= len(asked)
            await second.desk.dismissed.dismiss(txid, True)
            await until(
                engine, lambda: list(engine.desk.dismissed.since()) == [txid], "dismissed at all"
            )
            vanish(logins, first, folders[0])
            await engine.desk.tasks.stop()
            await until(engine, lambda: reads(second.desk), "the second goes on")
            later = shop.pay(2_000_000, None)
            for desk in (second.desk, monitor.desk):
                await until(engine, lambda desk=desk: listed(desk) == [txid, later], "listed")  # type: ignore[misc]
            assert idle


def vanish(logins: Shop, till: Composition, folder: Path) -> None:
    """The till never speaks to the database again, as after a power cut: nothing is given back."""

    def gone() -> NoReturn:
        raise Unreachable(Message("gone"))

    login, shop = logins.load(folder), till._shop
    assert login is not None
    assert shop is not None
    shop._replicator._open_shop = gone
    logins._shop.cluster.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        f" WHERE usename = '{login.address.login}'"
    )


def as_shop(engine: EngineUnderTest) -> ShopEngine:
    """The engine with customers who pay by hand."""
    made = ShopEngine.__new__(ShopEngine)
    made.sim = engine.sim
    return made


async def test_two_tills_that_assign_one_payment_give_it_to_one_sale(
    logins: Shop, shop: PostgresShop, tmp_path: Path
) -> None:
    folders = await logins.join_two(tmp_path)
    async with running_engine(folders[0]) as engine, other_till(engine, folders[1]) as second:
        first = await start_shop(engine)
        sales = [await engine.create(tag="7"), await engine.create(tag="8")]
        for sale in sales:
            await row_of(
                second, sale, engine.patience, lambda row: row.verdict.status is Status.WAITING
            )
        txid = as_shop(engine).pay(1_500_000, None)
        tills = (first, second)
        for till in tills:
            await until(engine, lambda till=till: listed(till.desk) == [txid], "listed")  # type: ignore[misc]
        answers = await asyncio.gather(
            *(till.desk.assign(txid, sale) for till, sale in zip(tills, sales, strict=True))
        )
        assert answers.count("") == 1, answers
        won, lost = sales if not answers[0] else reversed(sales)
        for till in tills:
            await row_of(till, won, engine.patience, lambda row: row.verdict.status is Status.PAID)
            row = till.desk.row(lost)
            assert row is not None
            assert row.verdict.status is Status.WAITING
            await until(engine, lambda till=till: not listed(till.desk), "in no list")  # type: ignore[misc]
        # Without the database it is refused.
        other = as_shop(engine).pay(1_400_000, None)
        await until(engine, lambda: listed(second.desk) == [other], "listed")
        shop.cluster.execute(f"ALTER DATABASE {shop.database} WITH ALLOW_CONNECTIONS false")
        shop.cluster.execute(
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            f" WHERE datname = '{shop.database}'"
        )
        await until(engine, lambda: not second.desk.shop.is_connected, "the database is away")
        refused = await second.desk.assign(other, lost)
        assert "sales go on meanwhile" in refused
        assert listed(second.desk) == [other]
        # Each reads for itself now: a sale that only the ledger reports is noticed.
        unreported = await engine.create(tag="9")
        paid = as_shop(engine).pay(1_500_000, 9)
        row = await engine.status(unreported, Status.PAID)
        assert [one.tx.txid for one in row.request.payments] == [paid]
        await until(engine, lambda: paid in listed(second.desk), "the second till reads too")
        shop.cluster.execute(f"ALTER DATABASE {shop.database} WITH ALLOW_CONNECTIONS true")
        # It was listed by one who did not know the sale, and leaves the list when he does.
        await until(engine, lambda: listed(second.desk) == [other], "it has its sale")
        assert listed(engine.desk) == [other]
