"""Two tills and a shop's database: one sells, both see it, and one takes over from the other."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from engine.engine_fixture import FAST_TIMING, EngineUnderTest, running_engine
from postgres_shop import PostgresShop

from xumm_desk.core.money.amount import XrpAmount
from xumm_desk.core.refund.refund import RefundOrder
from xumm_desk.core.replication.shop_address import ShopAddress
from xumm_desk.core.replication.shop_state import TillRole
from xumm_desk.core.sale.numbering import with_sale
from xumm_desk.core.sale.sale import Sale
from xumm_desk.core.settings import Credentials
from xumm_desk.core.status import Status
from xumm_desk.engine.runtime.registry import RequestRow, SocketState
from xumm_desk.setup import shop_login
from xumm_desk.setup.composition import Composition
from xumm_desk.setup.shop_login import ShopLogin

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    """The engine runs on asyncio."""
    return "asyncio"


class Shop:
    """Logins by data folder."""

    def __init__(self, shop: PostgresShop) -> None:
        self._shop = shop
        self._logins: dict[Path, ShopLogin] = {}

    async def join(self, folder: Path, name: str, role: TillRole = TillRole.TILL) -> None:
        """Let the folder be a till or monitor of the shop."""
        till = await asyncio.to_thread(self._shop.join, name, role)
        self._logins[folder] = ShopLogin(till.address, till.password)

    def load_address(self, folder: Path) -> ShopAddress | None:
        """In the place of the file."""
        login = self._logins.get(folder)
        return login.address if login is not None else None

    def load(self, folder: Path) -> ShopLogin | None:
        """In the place of the keyring."""
        return self._logins.get(folder)


@pytest.fixture
def logins(shop: PostgresShop, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """What `shop_login` finds."""
    for name, seconds in (("LIFE", 1.5), ("RENEW", 0.2)):
        monkeypatch.setattr(f"xumm_desk.store.replication.session.{name}", seconds)
    made = Shop(shop)
    monkeypatch.setattr(shop_login, "load", made.load)
    monkeypatch.setattr(shop_login, "load_address", made.load_address)
    return made


@asynccontextmanager
async def other_till(engine: EngineUnderTest, folder: Path) -> AsyncIterator[Composition]:
    """Another till of the same application, in the shop if the folder is."""
    configuration = replace(engine.configuration(), data_dir=folder)
    keys = Credentials(engine.sim.key, engine.sim.secret)
    made = Composition(configuration, keys, timing=FAST_TIMING)
    await made.build_desk().start()
    assert await made.start_shop() == ""
    try:
        yield made
    finally:
        await made.close()


async def row_of(
    till: Composition, identifier: str, patience: float, seen: Callable[[RequestRow], bool]
) -> RequestRow:
    """The till's row of the request, once it looks like that."""
    changed = asyncio.Event()
    stop = till.desk.on_rows(lambda _rows: changed.set())
    try:
        async with asyncio.timeout(patience):
            while (row := till.desk.row(identifier)) is None or not seen(row):
                await changed.wait()
                changed.clear()
    finally:
        stop()
    return row


async def test_a_sale_is_seen_by_all_and_followed_by_one(logins: Shop, tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("first", "second", "monitor")]
    await logins.join(folders[0], "First")
    await logins.join(folders[1], "Second")
    await logins.join(folders[2], "Monitor", TillRole.MONITOR)
    async with (
        running_engine(folders[0]) as engine,
        other_till(engine, folders[1]) as second,
        other_till(engine, folders[2]) as monitor,
    ):
        assert engine._assembly is not None
        assert await engine._assembly.start_shop() == ""
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
        await engine._assembly.close()
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
        assert engine._assembly is not None
        assert await engine._assembly.start_shop() == ""
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
    folders = [tmp_path / name for name in ("first", "second")]
    await logins.join(folders[0], "First")
    await logins.join(folders[1], "Second")
    async with running_engine(folders[0]) as engine, other_till(engine, folders[1]) as second:
        assert engine._assembly is not None
        assert await engine._assembly.start_shop() == ""
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
        assert engine._assembly is not None
        sale = await sold(engine, 1042)
        login = logins.load(folder)
        assert login is not None
        logins._logins[folder] = ShopLogin(replace(login.address, ports=(1,)), login.password)
        assert await engine._assembly.start_shop() == ""
        answer = await engine.desk.refund(refund_of(engine, sale, "r1", 1_000_000))
        assert isinstance(answer, str)
        assert "does not answer" in answer
        assert "sales go on" in answer
