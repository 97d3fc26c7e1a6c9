"""Tills of one shop, each with a data folder and an engine of its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from engine.engine_fixture import FAST_TIMING, EngineUnderTest
from postgres_shop import PostgresShop

from xumm_desk.core.replication.shop_address import ShopAddress
from xumm_desk.core.replication.shop_state import TillRole
from xumm_desk.core.settings import Credentials
from xumm_desk.engine.runtime.registry import RequestRow
from xumm_desk.setup.composition import Composition
from xumm_desk.setup.config import Config
from xumm_desk.setup.shop_login import ShopLogin


class Shop:
    """Logins by data folder."""

    def __init__(self, shop: PostgresShop) -> None:
        self._shop = shop
        self._logins: dict[Path, ShopLogin] = {}

    async def join(self, folder: Path, name: str, role: TillRole = TillRole.TILL) -> None:
        """Let the folder be a till or monitor of the shop."""
        till = await asyncio.to_thread(self._shop.join, name, role)
        self._logins[folder] = ShopLogin(till.address, till.password)

    async def join_three(self, folder: Path) -> tuple[Path, Path, Path]:
        """Two tills and a monitor, each in a folder of its own."""
        first, second, monitor = (folder / name for name in ("first", "second", "monitor"))
        await self.join(first, "First")
        await self.join(second, "Second")
        await self.join(monitor, "Monitor", TillRole.MONITOR)
        return first, second, monitor

    async def join_two(self, folder: Path) -> tuple[Path, Path]:
        """Two tills, each in a folder of its own."""
        first, second = folder / "first", folder / "second"
        await self.join(first, "First")
        await self.join(second, "Second")
        return first, second

    def load_address(self, folder: Path) -> ShopAddress | None:
        """In the place of the file."""
        login = self._logins.get(folder)
        return login.address if login is not None else None

    def load(self, folder: Path) -> ShopLogin | None:
        """In the place of the keyring."""
        return self._logins.get(folder)


async def start_shop(engine: EngineUnderTest) -> Composition:
    """Connect the engine to its shop."""
    assert engine._assembly is not None
    assert await engine._assembly.start_shop() == ""
    return engine._assembly


@asynccontextmanager
async def other_till(engine: EngineUnderTest, folder: Path) -> AsyncIterator[Composition]:
    """Another till of the same application, in the shop if the folder is."""
    configuration = replace(engine.configuration(), data_dir=folder)
    async with _in_shop(configuration, Credentials(engine.sim.key, engine.sim.secret)) as till:
        yield till


@asynccontextmanager
async def monitor_of(engine: EngineUnderTest, folder: Path) -> AsyncIterator[Composition]:
    """A window that only looks on."""
    async with _in_shop(
        replace(engine.configuration(), data_dir=folder, monitor=True), None
    ) as monitor:
        yield monitor


@asynccontextmanager
async def _in_shop(configuration: Config, keys: Credentials | None) -> AsyncIterator[Composition]:
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
