"""The whole program in this process: its own loop, window, engine and journal, against a platform
on the same loop. No screen is needed."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import asyncio
import gc
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QWidget

from xumm_desk.app import Program
from xumm_desk.core.settings import Credentials
from xumm_desk.engine.desk import Desk
from xumm_desk.engine.runtime.registry import RequestRow
from xumm_desk.qt.event_loop import make_loop
from xumm_desk.qt.gc_policy import GarbageCollectorPolicy
from xumm_desk.setup.config import GivenOptions
from xumm_desk.simulator import Simulator, SimulatorOptions
from xumm_desk.ui.desk_view import DeskView
from xumm_desk.ui.main_window import MainWindow
from xumm_desk.ui.sound_player import MiniaudioOutput
from xumm_desk.ui.style import theme

PATIENCE = 240.0

Run = Callable[[Callable[[], Awaitable[None]]], None]


@pytest.fixture(scope="session")
def app(qapp: QApplication) -> QApplication:
    """The dressed application."""
    qapp.setQuitOnLastWindowClosed(False)
    theme.apply(qapp)
    return qapp


@pytest.fixture(autouse=True)
def silent(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test is heard."""
    monkeypatch.setattr(MiniaudioOutput, "play", lambda *_: None)


@pytest.fixture
def run(app: QApplication) -> Iterator[Run]:
    """Runs a test on the program's own loop."""
    loop = make_loop(app)
    asyncio.set_event_loop(loop)
    loop.set_default_executor(ThreadPoolExecutor(4))

    def go(test: Callable[[], Awaitable[None]]) -> None:
        async def whole() -> None:
            # Longer than a single wait, whose error says what did not come.
            async with asyncio.timeout(2 * PATIENCE):
                await test()

        loop.run_until_complete(whole())

    with loop:  # type: ignore[attr-defined]
        yield go
    asyncio.set_event_loop(None)
    gc.collect()


class ProgramUnderTest:
    """One start of the program on a folder."""

    def __init__(self, sim: Simulator, folder: Path, program: Program | None = None) -> None:
        self.sim = sim
        given = GivenOptions(
            api=sim.api,
            chose_api=True,
            ledger=sim.ledger,
            network=sim.options.network,
            folder=folder,
            practice=False,
            credentials=Credentials(sim.key, sim.secret),
        )
        self.program = program or Program(given, GarbageCollectorPolicy())
        self.ended = asyncio.ensure_future(self.program.run())

    @property
    def window(self) -> MainWindow:
        """Its window."""
        return self.program._window

    @property
    def board(self) -> DeskView:
        """What shows the desk."""
        board = self.window._desk_view
        assert board is not None
        return board

    @property
    def desk(self) -> Desk:
        """The engine behind it."""
        assert self.program._composition is not None
        return self.program._composition.desk

    def rows(self) -> Sequence[RequestRow]:
        """What the engine has to show; nothing while it is exchanged for another."""
        assembly = self.program._composition
        return () if assembly is None or assembly._desk is None else assembly._desk.rows()

    async def until(self, true: Callable[[], object], what: str) -> None:
        """Wait until the window shows it. Its own second moves it on, so looking is all there
        is."""
        try:
            async with asyncio.timeout(PATIENCE):
                while not true():  # noqa: ASYNC110 - see above
                    await asyncio.sleep(0.02)
        except TimeoutError:
            bars = [
                b.text()
                for k in self.window.banners.shown()
                if (b := self.window.banners.banner(k))
            ]
            raise AssertionError(f"{what} did not come; bars: {bars}") from None

    async def ready(self) -> None:
        """Wait until a sale may begin."""
        await self.until(
            lambda: self.window._desk_view is not None and self.board.form.button.isEnabled(),
            "a form that can be sent",
        )

    def bar(self, key: str) -> str:
        """What a bar says, "" while there is none."""
        bar = self.window.banners.banner(key)
        return bar.text() if bar is not None else ""

    def errors(self) -> int:
        """How many kinds of errors of the program itself were reported."""
        return len(self.window.errors._tools.reports.reports())

    def charge(self, amount: str) -> None:
        """Type a sale and press the button."""
        self.board.form.field("destination").set_text(self.sim.shop)
        self.board.form.field("amount").set_text(amount)
        self.board.form.button.click()

    async def close(self) -> None:
        """Close the window as a person does, and wait until the program has ended."""
        self.window.close()
        await asyncio.wait_for(self.ended, PATIENCE)
        assert not self.window.isVisible()


@asynccontextmanager
async def platform() -> AsyncIterator[Simulator]:
    """A platform with a ledger, customers by hand."""
    async with Simulator(SimulatorOptions(ledger_interval=0.15, seed=1)) as sim:
        yield sim


@asynccontextmanager
async def opened(sim: Simulator, folder: Path) -> AsyncIterator[ProgramUnderTest]:
    """The program, from start to end."""
    shop = ProgramUnderTest(sim, folder)
    async with ending(shop):
        yield shop


@asynccontextmanager
async def ending(shop: ProgramUnderTest) -> AsyncIterator[None]:
    """Close the program at the end of the block, and leave nothing of it behind."""
    try:
        yield
    finally:
        if not shop.ended.done():
            await shop.close()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            with suppress(NotImplementedError):
                loop.remove_signal_handler(number)
        for widget in QApplication.topLevelWidgets():
            if isinstance(widget, QWidget) and widget is shop.window:
                widget.deleteLater()
