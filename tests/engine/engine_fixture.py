"""The engine under test: simulator, desk, and waits for events with a deadline."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from xumm_desk.core.money.networks import NETWORKS
from xumm_desk.core.request.form_input import FormInput, parse_form
from xumm_desk.core.request.request_spec import RequestSpec
from xumm_desk.core.settings import Credentials
from xumm_desk.core.state.timing import Timing
from xumm_desk.core.status import Status
from xumm_desk.engine.desk import Desk
from xumm_desk.engine.runtime.ports import Clock
from xumm_desk.engine.runtime.registry import RequestRow
from xumm_desk.net.webhook_receiver import WebhookReceiver
from xumm_desk.setup.composition import Composition
from xumm_desk.setup.config import Config
from xumm_desk.simulator import Simulator, SimulatorOptions

PATIENCE = 240.0

FAST_TIMING = Timing(
    reconnect_min=0.02,
    reconnect_max=0.1,
    socket_silence=0.6,
    welcome_timeout=0.2,
    watch_interval=0.05,
    poll_interval=0.2,
    listen_after_end=600.0,
    reread_delay=0.3,
    resolve_retries=(0.0, 0.05, 0.1, 0.2, 0.3),
    dispatch_retries=(0.1, 0.2, 0.3),
    not_found_retries=(0.02, 0.05, 0.1, 0.2),
    create_retries=(0.05, 0.05, 0.1, 0.1, 0.2),
    ledger_retries=(0.0, 0.05, 0.1),
    account_poll_interval=0.1,
    account_interval=1.0,
    report_wait=2.0,
    gap_retry=0.3,
    shared_journal_interval=0.05,
)
"""The engine's waits, shortened where a test would only sit through them."""

_numbers = itertools.count(1)


class EngineUnderTest:
    """One shop: its simulator, its folder and the desk that is open at the moment."""

    def __init__(
        self, sim: Simulator, folder: Path, *, ledger: bool, timing: Timing, clock: Clock | None
    ) -> None:
        self.sim = sim
        self.folder = folder
        self.patience = PATIENCE
        self.history: dict[str, list[Status]] = {}
        self._ledger = ledger
        self._timing = timing
        self._clock = clock
        self._assembly: Composition | None = None
        self._changed = asyncio.Event()

    @property
    def desk(self) -> Desk:
        """The engine that is open now."""
        assert self._assembly is not None
        return self._assembly.desk

    def configuration(self) -> Config:
        """What the desk is pointed at."""
        return Config(
            api=self.sim.api,
            ledger_urls=(self.sim.ledger,) if self._ledger else (),
            network=NETWORKS[self.sim.options.network],
            data_dir=self.folder,
            credentials=None,
            practice=False,
        )

    async def open(self) -> Sequence[RequestRow]:
        """Open the desk on the folder, as a start of the program does; what was unfinished."""
        credentials = Credentials(self.sim.key, self.sim.secret)
        self._assembly = Composition(
            self.configuration(), credentials, timing=self._timing, clock=self._clock
        )
        self._assembly.build_desk().on_rows(self._rows)
        return await self.desk.start()

    async def listen(self) -> None:
        """Receive webhooks, and tell the platform where."""
        assert self._assembly is not None
        given = self._assembly.configuration
        self._assembly.configuration = replace(given, webhook_address=("127.0.0.1", 0))
        assert await self._assembly.start_webhooks() == ""
        url = f"http://127.0.0.1:{self.receiver.port}/hook"
        self.sim.platform.applications[self.sim.key].webhook_url = url
        self.sim.switches.webhook_loopback = True

    @property
    def receiver(self) -> WebhookReceiver:
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

    def spec(self, **fields: Any) -> RequestSpec:
        """A payment of 1.5 XRP to the shop, or what `fields` of a draft say."""
        draft = FormInput(**{"destination": self.sim.shop, "amount": "1.5", "tag": "7", **fields})
        made = parse_form(draft, identifier=f"t-{next(_numbers)}", network=self.sim.options.network)
        assert isinstance(made, RequestSpec), made
        return made

    async def create(self, **fields: Any) -> str:
        """Create a request and wait until the platform has it; its identifier."""
        spec = self.spec(**fields)
        await self.desk.create(spec)
        await self.until(spec.identifier, lambda row: row.request.uuid is not None)
        return spec.identifier

    def uuid(self, identifier: str) -> str:
        """The platform's id of a request."""
        uuid = self.desk.engine.registry[identifier].request.uuid
        assert uuid is not None
        return uuid

    def gets(self) -> int:
        """How many GETs of requests the platform has counted."""
        return self.sim.calls.count("GET", "payload")

    async def status(self, identifier: str, *wanted: Status) -> RequestRow:
        """Wait until the screen shows one of these statuses."""
        return await self.until(identifier, lambda row: row.verdict.status in wanted, str(wanted))

    async def until(
        self, identifier: str, true: Callable[[RequestRow], bool], what: str = "the condition"
    ) -> RequestRow:
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
async def running_engine(
    folder: Path,
    *,
    ledger: bool = True,
    timing: Timing = FAST_TIMING,
    clock: Clock | None = None,
    options: SimulatorOptions | None = None,
) -> AsyncIterator[EngineUnderTest]:
    """A simulator and an open desk; both end with the block."""
    async with Simulator(options or SimulatorOptions(ledger_interval=0.15, seed=1)) as sim:
        engine = EngineUnderTest(sim, folder, ledger=ledger, timing=timing, clock=clock)
        await engine.open()
        try:
            yield engine
        finally:
            await engine.close()
