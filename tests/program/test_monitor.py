"""The whole program as a monitor: without keys it shows what a till sells, and asks nobody."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest
from engine.engine_fixture import FAST_TIMING, running_engine
from memory_keyring import MemoryKeyring, memory_keyring
from postgres_shop import PostgresShop
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractButton

from xumm_desk.app import Program
from xumm_desk.core.replication.shop_state import TillRole
from xumm_desk.core.rights import READ_ONLY
from xumm_desk.core.settings import Credentials
from xumm_desk.core.status import Status
from xumm_desk.engine.runtime.registry import RequestRow
from xumm_desk.qt.gc_policy import GarbageCollectorPolicy
from xumm_desk.setup import shop_login
from xumm_desk.setup.config import GivenOptions
from xumm_desk.setup.shop_login import ShopLogin
from xumm_desk.simulator import Simulator
from xumm_desk.store.keyring.secrets import KeyringStore
from xumm_desk.ui.desk_view import REPORT, REQUESTS, TILL

from .conftest import ProgramUnderTest, Run, ending, platform

WRITING = frozenset(
    {
        "New sale or request",
        "New request",
        "Shifts…",
        "Import requests…",
        "Set up…",
        "Create request",
        "Refund…",
        "Cancel request",
        "Cancel",
        "Send again",
        "Close this request…",
        "Close…",
        "Note…",
        "Reviewed",
        "Add a note",
        "Mark as reviewed",
        "Refresh",
        "Show to customer",
    }
)
"""What a till's window calls that which makes or changes something, or asks the platform."""


@pytest.fixture
def ring() -> Iterator[MemoryKeyring]:
    with memory_keyring() as memory:
        yield memory


def _save(folder: Path, login: ShopLogin) -> None:
    folder.mkdir(exist_ok=True)
    shop_login.save(folder, login)


class Login:
    """Makes folders join the shop, as `xumm-desk shop join` does."""

    def __init__(self, shop: PostgresShop) -> None:
        self._shop = shop

    async def join(self, folder: Path, name: str, role: TillRole) -> None:
        joined = await asyncio.to_thread(self._shop.join, name, role)
        await asyncio.to_thread(_save, folder, ShopLogin(joined.address, joined.password))


def monitor_options(sim: Simulator, folder: Path, keys: Credentials | None = None) -> GivenOptions:
    """A start of the program as a person does it who has no keys, or forgot some."""
    return GivenOptions(
        api=sim.api,
        chose_api=False,
        ledger=sim.ledger,
        network=sim.options.network,
        folder=folder,
        practice=False,
        credentials=keys,
        webhook=("127.0.0.1", 0) if keys else None,
    )


@asynccontextmanager
async def opened_monitor(
    sim: Simulator, folder: Path, keys: Credentials | None = None
) -> AsyncIterator[ProgramUnderTest]:
    """The program on a monitor's folder."""
    program = Program(monitor_options(sim, folder, keys), GarbageCollectorPolicy())
    monitor = ProgramUnderTest(sim, folder, program)
    async with ending(monitor):
        await monitor.until(lambda: monitor.window._desk_view is not None, "a desk")
        yield monitor


def row_of(monitor: ProgramUnderTest, identifier: str) -> RequestRow | None:
    return next((one for one in monitor.rows() if one.identifier == identifier), None)


def is_in(monitor: ProgramUnderTest, identifier: str, status: Status) -> bool:
    row = row_of(monitor, identifier)
    return row is not None and row.verdict.status is status


def own_facts(folder: Path) -> int:
    """How many facts the journal of this folder has that no till has sent."""
    with closing(sqlite3.connect(folder / "journal.sqlite3")) as db:
        [(facts, taken)] = db.execute(
            "SELECT (SELECT count(*) FROM facts), (SELECT count(*) FROM replicated)"
        )
    assert taken > 0
    return int(facts - taken)


def actions(monitor: ProgramUnderTest) -> list[QAction]:
    """All that can be chosen in menus or reached by a key."""
    found = monitor.window.findChildren(QAction)
    return [one for one in found if one.isVisible() and one.isEnabled()]


def offered(monitor: ProgramUnderTest) -> set[str]:
    """What all that can be chosen or pressed is called."""
    buttons = monitor.window.findChildren(QAbstractButton)
    pressed = {one.text() for one in buttons if one.isVisible() and one.isEnabled()}
    return pressed | {one.text() for one in actions(monitor)}


def test_a_monitor_without_keys_shows_what_a_till_sells_and_asks_nobody(
    run: Run, tmp_path: Path, shop: PostgresShop, ring: MemoryKeyring
) -> None:
    async def day() -> None:
        till_folder, folder = tmp_path / "till", tmp_path / "monitor"
        logins = Login(shop)
        await logins.join(till_folder, "Till 1", TillRole.TILL)
        await logins.join(folder, "Back office", TillRole.MONITOR)
        # Any call of the monitor would go to a platform and a ledger of its own.
        async with (
            running_engine(till_folder, timing=FAST_TIMING) as till,
            platform() as never_asked,
            opened_monitor(never_asked, folder) as monitor,
        ):
            assert till._assembly is not None
            assert await till._assembly.start_shop() == ""
            board, window = monitor.board, monitor.window
            assert board.view() == REQUESTS
            assert "Monitor" in window.windowTitle()
            identifier = await till.create()
            await monitor.until(lambda: is_in(monitor, identifier, Status.WAITING), "the sale")
            await till.sim.phone.sign(till.uuid(identifier))
            await monitor.until(lambda: is_in(monitor, identifier, Status.PAID), "the payment")
            open_sale = await till.create()
            await monitor.until(lambda: is_in(monitor, open_sale, Status.WAITING), "the second")
            board.changes.flush()
            for name in (identifier, open_sale):
                board.pane.view.select(name)
                board._layout.requests.open_detail()
                await asyncio.sleep(0)
                assert offered(monitor) & WRITING == set()
            assert [one.text() for one in board.switch.buttons()] == ["Requests", "Report"]
            for view in (TILL, REPORT, REQUESTS):
                board.show_view(view)
                assert board.view() == (REQUESTS if view == TILL else view)
                assert offered(monitor) & WRITING == set()
            used = {one.shortcut().toString() for one in actions(monitor)}
            assert used.isdisjoint({"Ctrl+1", "Ctrl+N", "F8", "Del", "Ctrl+R", "F11", "Ctrl+M"})
            assert "Ctrl+2" in used
            board.begin_request()
            assert not board._layout.requests.form_is_open
            keys = window.menu._keys
            assert not keys.isEnabled()
            assert "uses no keys" in keys.toolTip()
            assert "Export requests…" in offered(monitor)
            # Only what is about something has a lamp.
            assert "platform" not in {name.value for name in board.lamps.lamps}
            desk = monitor.desk
            desk.refresh(open_sale)
            assert await desk.close(open_sale) == READ_ONLY
            assert await desk.resend(open_sale) == READ_ONLY
            await desk.ping()
            await desk.cancel(open_sale)
            assert monitor.errors() == 0
            assert window.banners.shown() == ()
            await monitor.close()
            assert not never_asked.calls
            assert own_facts(folder) == 0
        assert [name for name in ring.kept if "shop" not in name[1]] == []

    run(day)


def test_a_monitor_uses_no_keys_that_there_are(
    run: Run, tmp_path: Path, shop: PostgresShop, ring: MemoryKeyring
) -> None:
    async def day() -> None:
        await Login(shop).join(tmp_path, "Back office", TillRole.MONITOR)
        async with platform() as sim:
            keys = Credentials(sim.key, sim.secret)
            await asyncio.to_thread(KeyringStore(sim.api.split("//")[1].split("/")[0]).save, keys)
            async with opened_monitor(sim, tmp_path, keys) as monitor:
                await monitor.until(
                    lambda: monitor.desk.shop.is_connected, "the connection to the shop"
                )
                assert monitor.program._configuration.credentials is None
                composition = monitor.program._composition
                assert composition is not None
                assert composition._platform is None
                assert composition.receiver is None
            assert not sim.calls

    run(day)
