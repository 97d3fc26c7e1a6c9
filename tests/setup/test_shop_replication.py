"""Two tills and a shop's database: one sells, both see it, and one takes over from the other."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from engine.engine_fixture import EngineUnderTest, running_engine
from postgres_shop import PostgresShop

from xumm_desk.core.money.amount import XrpAmount
from xumm_desk.core.refund.refund import RefundOrder
from xumm_desk.core.sale.numbering import with_sale
from xumm_desk.core.sale.sale import Sale
from xumm_desk.core.status import Status
from xumm_desk.engine.runtime.registry import RequestRow, SocketState
from xumm_desk.setup.shop_login import ShopLogin

from .shop_tills import Shop, other_till, row_of, start_shop

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    """The engine runs on asyncio."""
    return "asyncio"


async def test_a_sale_is_seen_by_all_and_followed_by_one(logins: Shop, tmp_path: Path) -> None:
    folders = await logins.join_three(tmp_path)
    async with (
        running_engine(folders[0]) as engine,
        other_till(engine, folders[1]) as second,
        other_till(engine, folders[2]) as monitor,
    ):
        first = await start_shop(engine)
        identifier = await engine.create()
        for till in (second, monitor):
            row = await row_of(
                till, identifier, engine.patience, lambda row: row.verdict.status is Status.WAITING
            )
            assert row.socket_state is SocketState.NONE
        await engine.sim.phone.sign(engine.uuid(identifier))
        for till in (second, monitor):
            await row_of(
                till, identifier, engine.patience, lambda row: row.verdict.status is Status.PAID
            )
        late = await engine.create()
        await row_of(
            second, late, engine.patience, lambda row: row.verdict.status is Status.WAITING
        )
        await first.close()
        # The till is closed; somebody has to see how its sale ends.
        await row_of(
            second, late, engine.patience, lambda row: row.socket_state is SocketState.LIVE
        )
        await engine.sim.phone.sign(engine.uuid(late))
        for till in (second, monitor):
            row = await row_of(
                till, late, engine.patience, lambda row: row.verdict.status is Status.PAID
            )
        assert row.socket_state is SocketState.NONE


async def test_a_till_sells_without_its_shops_database(logins: Shop, tmp_path: Path) -> None:
    folder = tmp_path / "first"
    await logins.join(folder, "First")
    login = logins.load(folder)
    assert login is not None
    nowhere = replace(login.address, ports=(1,))
    logins._logins[folder] = ShopLogin(nowhere, login.password)
    async with running_engine(folder) as engine:
        await start_shop(engine)
        told = asyncio.Event()
        engine.desk.shop.on_view(lambda view: told.set() if view.problem else None)
        identifier = await engine.create()
        await engine.sim.phone.sign(engine.uuid(identifier))
        await engine.status(identifier, Status.PAID)
        async with asyncio.timeout(engine.patience):
            await told.wait()
        assert engine.desk.shop.view is not None
        assert not engine.desk.shop.view.connected


def refund_of(engine: EngineUnderTest, sale: str, name: str, drops: int) -> RefundOrder:
    """Pay back so many drops to Ada."""
    return RefundOrder(
        refund_of=sale,
        identifier=f"1-day-1042-{name}",
        payer=engine.sim.cast.named("Ada").account.address,
        part=XrpAmount(drops),
        pays=XrpAmount(drops),
        cashier="Anna",
        note="cup was broken",
    )


async def sold(engine: EngineUnderTest, number: int) -> str:
    """A sale of 1.5 XRP that Ada has paid."""
    spec = with_sale(engine.spec(), Sale(number=number, till="1"), f"1-day-{number}-aa")
    await engine.desk.create(spec)
    await engine.until(spec.identifier, lambda row: row.request.uuid is not None)
    await engine.sim.phone.sign(engine.uuid(spec.identifier), customer="Ada")
    await engine.status(spec.identifier, Status.PAID)
    return spec.identifier


async def test_two_tills_that_refund_one_sale_never_pay_back_more_than_came(
    logins: Shop, tmp_path: Path
) -> None:
    folders = await logins.join_two(tmp_path)
    async with running_engine(folders[0]) as engine, other_till(engine, folders[1]) as second:
        await start_shop(engine)
        sale = await sold(engine, 1042)
        await row_of(second, sale, engine.patience, lambda row: row.verdict.status is Status.PAID)
        desks = (engine.desk, second.desk)
        async with asyncio.timeout(engine.patience):
            while not all(desk.shop.is_connected for desk in desks):  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        answers = await asyncio.gather(
            *(
                desk.refund(refund_of(engine, sale, f"r{place}", 1_000_000))
                for place, desk in enumerate(desks)
            )
        )
        made = [one for one in answers if isinstance(one, RequestRow)]
        assert len(made) == 1, answers
        # Half a minute later the other would know of it by its facts; here at once, by the lease.
        [refused] = [one for one in answers if isinstance(one, str)]
        assert "Another till" in refused


async def test_without_the_database_nothing_is_refunded(
    logins: Shop, shop: PostgresShop, tmp_path: Path
) -> None:
    folder = tmp_path / "first"
    await logins.join(folder, "First")
    async with running_engine(folder) as engine:
        sale = await sold(engine, 1042)
        login = logins.load(folder)
        assert login is not None
        logins._logins[folder] = ShopLogin(replace(login.address, ports=(1,)), login.password)
        await start_shop(engine)
        answer = await engine.desk.refund(refund_of(engine, sale, "r1", 1_000_000))
        assert isinstance(answer, str)
        assert "does not answer" in answer
        assert "sales go on" in answer
