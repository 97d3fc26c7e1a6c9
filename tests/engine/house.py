"""Knows how to open a shop for a test: platform, desk, and waits on events with a deadline."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from xumm_desk.assembly import Assembly
from xumm_desk.configuration import Configuration
from xumm_desk.core.draft import Draft, check
from xumm_desk.core.lifecycle import Status
from xumm_desk.core.networks import NETWORKS
from xumm_desk.core.order import Order
from xumm_desk.core.pace import Pace
from xumm_desk.engine.book import Row
from xumm_desk.engine.desk import Desk
from xumm_desk.engine.ports import Clock
from xumm_desk.net.webhook import Receiver
from xumm_desk.practice import Simulator, SimulatorOptions
from xumm_desk.store.vault import Credentials

PATIENCE = 90.0

QUICK = Pace(
    redial_first=0.02,
    redial_most=0.1,
    silence=0.6,
    welcome=0.2,
    sweep=0.05,
    poll=0.2,
    linger=600.0,
    settle=0.3,
    announced=(0.0, 0.05, 0.1, 0.2, 0.3),
    dispatch=(0.1, 0.2, 0.3),
    visible=(0.02, 0.05, 0.1, 0.2),
    retry_create=(0.05, 0.05, 0.1, 0.1, 0.2),
    ledger=(0.0, 0.05, 0.1),
    account_poll=0.1,
    account_sweep=1.0,
    report=2.0,
    gap=0.3,
    shared_journal=0.05,
)
"""The engine's waits, shortened where a test would only sit through them."""

_numbers = itertools.count(1)


class House:
    """One shop: its simulator, its folder and the desk that is open at the moment."""

    def __init__(
        self, sim: Simulator, folder: Path, *, ledger: bool, pace: Pace, clock: Clock | None
    ) -> None:
        self.sim = sim
        self.folder = folder
        self.patience = PATIENCE
        self.history: dict[str, list[Status]] = {}
        self._ledger = ledger
        self._pace = pace
        self._clock = clock
        self._assembly: Assembly | None = None
        self._changed = asyncio.Event()

    @property
    def desk(self) -> Desk:
        """The engine that is open now."""
        assert self._assembly is not None
        return self._assembly.desk

    def configuration(self) -> Configuration:
        """What the desk is pointed at."""
        return Configuration(
            api=self.sim.api,
            nodes=(self.sim.ledger,) if self._ledger else (),
            network=NETWORKS[self.sim.options.network],
            folder=self.folder,
            credentials=None,
            practice=False,
        )

    async def open(self) -> Sequence[Row]:
        """Open the desk on the folder, as a start of the program does; what was unfinished."""
        credentials = Credentials(self.sim.key, self.sim.secret)
        self._assembly = Assembly(
            self.configuration(), credentials, pace=self._pace, clock=self._clock
        )
        self._assembly.open().on_rows(self._rows)
        return await self.desk.start()

    async def listen(self) -> None:
        """Receive webhooks, and tell the platform where."""
        assert self._assembly is not None
        given = self._assembly.configuration
        self._assembly.configuration = replace(given, webhook=("127.0.0.1", 0))
        assert await self._assembly.listen() == ""
        url = f"http://127.0.0.1:{self.receiver.port}/hook"
        self.sim.platform.applications[self.sim.key].webhook_url = url
        self.sim.switches.webhook_loopback = True

    @property
    def receiver(self) -> Receiver:
        """What receives webhooks, after `listen`."""
        assert self._assembly is not None
        assert self._assembly.receiver is not None
        return self._assembly.receiver

    async def close(self) -> None:
        """Close the desk in order."""
        if self._assembly is not None:
            await self._assembly.close()
            self._assembly = None

    async def crash(self) -> None:
        """End the desk's tasks as a kill would: nothing is said to anybody."""
        assert self._assembly is not None
        await self._assembly.desk.tasks.stop()
        await self._assembly.journal.close()
        await self._assembly.platform.close()
        if self._assembly.nodes is not None:
            await self._assembly.nodes.close()
        self._assembly = None

    def order(self, **fields: Any) -> Order:
        """A payment of 1.5 XRP to the shop, or what `fields` of a draft say."""
        draft = Draft(**{"destination": self.sim.shop, "amount": "1.5", "tag": "7", **fields})
        made = check(draft, identifier=f"t-{next(_numbers)}", network=self.sim.options.network)
        assert isinstance(made, Order), made
        return made

    async def create(self, **fields: Any) -> str:
        """Create a request and wait until the platform has it; its identifier."""
        order = self.order(**fields)
        await self.desk.create(order)
        await self.until(order.identifier, lambda row: row.request.uuid is not None)
        return order.identifier

    def uuid(self, identifier: str) -> str:
        """The platform's id of a request."""
        uuid = self.desk.book[identifier].request.uuid
        assert uuid is not None
        return uuid

    def gets(self) -> int:
        """How many GETs of requests the platform has counted."""
        return self.sim.calls.of("GET", "payload")

    async def status(self, identifier: str, *wanted: Status) -> Row:
        """Wait until the screen shows one of these statuses."""
        return await self.until(identifier, lambda row: row.verdict.status in wanted, str(wanted))

    async def until(
        self, identifier: str, true: Callable[[Row], bool], what: str = "the condition"
    ) -> Row:
        """Wait until `true` of the row that the screen would show."""
        try:
            async with asyncio.timeout(self.patience):
                while True:
                    row = self.desk.row(identifier)
                    if row is not None and true(row):
                        return row
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            seen = [s.value for s in self.history.get(identifier, [])]
            raise AssertionError(f"{identifier} never met {what}; it was {seen}") from None

    async def live(self, identifier: str) -> None:
        """Wait until the request's socket is open and welcomed."""
        await self.until(identifier, lambda row: row.deadline is not None, "a live socket")

    def _rows(self, rows: Any) -> None:
        for row in rows:
            shown = self.history.setdefault(row.identifier, [])
            if not shown or shown[-1] is not row.verdict.status:
                shown.append(row.verdict.status)
        self._changed.set()


@asynccontextmanager
async def open_house(
    folder: Path,
    *,
    ledger: bool = True,
    pace: Pace = QUICK,
    clock: Clock | None = None,
    options: SimulatorOptions | None = None,
) -> AsyncIterator[House]:
    """A simulator and an open desk; both end with the block."""
    async with Simulator(options or SimulatorOptions(ledger_interval=0.15, seed=1)) as sim:
        house = House(sim, folder, ledger=ledger, pace=pace, clock=clock)
        await house.open()
        try:
            yield house
        finally:
            await house.close()
