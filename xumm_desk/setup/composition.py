"""Build an engine from a configuration, and start and stop its parts in order."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from xumm_desk.core.journal_error import JournalError
from xumm_desk.core.message import error_text
from xumm_desk.core.settings import Credentials
from xumm_desk.core.state.timing import Timing
from xumm_desk.engine.desk import Desk
from xumm_desk.engine.runtime.ports import Clock, CustomerStore
from xumm_desk.net.ledger.account_history import AccountReader
from xumm_desk.net.ledger.account_state_reader import AccountStateReader
from xumm_desk.net.ledger.ledger_nodes import LedgerNodes
from xumm_desk.net.ledger.ledger_prices import LedgerPrices
from xumm_desk.net.ledger.xrpl_codec import XrplCodec
from xumm_desk.net.platform.status_socket_loader import LazyStatusSockets
from xumm_desk.net.platform.xumm_api import ApiKeys, XummApi
from xumm_desk.store import disk_space
from xumm_desk.store.journal import SqliteJournal
from xumm_desk.store.keyring.customer_store import KeyringCustomerStore, MemoryCustomerStore
from xumm_desk.store.replication import local_facts

from .config import Config

if TYPE_CHECKING:
    from xumm_desk.net.webhook_receiver import WebhookCall, WebhookReceiver

    from .shop_replication import ShopReplication


_monotonic: Callable[[], float] = time.monotonic
if hasattr(time, "CLOCK_BOOTTIME"):
    _monotonic = partial(time.clock_gettime, time.CLOCK_BOOTTIME)
elif sys.platform == "darwin":
    _monotonic = partial(
        time.clock_gettime, time.CLOCK_MONOTONIC
    )  # unlike `monotonic` it counts sleep


class SystemClock:
    """The machine's two clocks."""

    def now(self) -> datetime:
        """The wall clock in UTC."""
        return datetime.now(UTC)

    monotonic = staticmethod(_monotonic)
    """Monotonic seconds; where the system has one, the clock that counts sleep too."""


class Composition:
    """One engine with its journal, platform and nodes. That of a monitor has neither of the last
    two, and no keys."""

    def __init__(
        self,
        configuration: Config,
        credentials: Credentials | None,
        *,
        timing: Timing | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.configuration = configuration
        self.journal = SqliteJournal(configuration.journal_path)
        # Those of the environment are left alone too: a monitor must not have them in memory.
        self._credentials = None if configuration.monitor else credentials
        self.nodes = (
            LedgerNodes(configuration.ledger_urls, configuration.network)
            if configuration.ledger_urls and not configuration.monitor
            else None
        )
        self.codec = XrplCodec()
        self.receiver: WebhookReceiver | None = None
        self._timing = timing
        self._clock = clock or SystemClock()
        self._platform = self._make_platform()
        self._customers = self._make_customers()
        self._desk: Desk | None = None
        self._journal_opened = False
        self._shop: ShopReplication | None = None

    @property
    def platform(self) -> XummApi:
        """What the keys are for; a monitor has none."""
        assert self._platform is not None
        return self._platform

    @property
    def customers(self) -> CustomerStore:
        """Where returning customers are kept; a monitor has none."""
        assert self._customers is not None
        return self._customers

    def _make_platform(self) -> XummApi | None:
        keys = self._credentials
        if keys is None:
            return None
        return XummApi(
            self.configuration.api,
            ApiKeys(keys.key, keys.secret),
            now=self._clock.now,
            monotonic=self._clock.monotonic,
        )

    def _make_customers(self) -> CustomerStore | None:
        keys = self._credentials
        if keys is None:
            return None
        if self.configuration.practice:
            return MemoryCustomerStore()
        return KeyringCustomerStore(self.configuration.host, keys.key, self._clock.now)

    @property
    def desk(self) -> Desk:
        """The engine; exists from `open` on."""
        assert self._desk is not None
        return self._desk

    async def open_journal(self) -> None:
        """Open the journal without blocking the loop: a locked one is waited for. It is read before
        it is checked for damage, see `SqliteJournal.check_integrity`. Raises `JournalError`."""
        loop = asyncio.get_running_loop()
        await asyncio.to_thread(self.journal.open, loop, check=False)
        self._journal_opened = True

    def build_desk(self) -> Desk:
        """Build the desk on the running loop, and open the journal where that was not prepared;
        raises `JournalError`."""
        if not self._journal_opened:
            self.journal.open(asyncio.get_running_loop())
        self._desk = self._till() if self._platform is not None else self._monitor()
        return self._desk

    def _till(self) -> Desk:
        return Desk(
            platform=self.platform,
            sockets=LazyStatusSockets(),
            journal=self.journal,
            network=self.configuration.network.key,
            codec=self.codec,
            ledger=self.nodes,
            clock=self._clock,
            timing=self._timing,
            accounts=(
                AccountReader(
                    self.nodes, self.configuration.ledger_urls, self.configuration.network
                )
                if self.nodes
                else None
            ),
            prices=(LedgerPrices(self.nodes, self.configuration.network) if self.nodes else None),
            account_states=(
                AccountStateReader(self.nodes, self.configuration.network) if self.nodes else None
            ),
            customers=self.customers,
            disk_space=partial(disk_space.measure, self.configuration.journal_path),
        )

    def _monitor(self) -> Desk:
        from xumm_desk.engine.monitor_desk import MonitorDesk  # noqa: PLC0415 - a till needs none

        return MonitorDesk(
            journal=self.journal,
            network=self.configuration.network.key,
            codec=self.codec,
            ledger=bool(self.configuration.ledger_urls),
            clock=self._clock,
            timing=self._timing,
            disk_space=partial(disk_space.measure, self.configuration.journal_path),
        )

    async def start_webhooks(self) -> str:
        """Receive webhooks if that is set up; after the desk has started, so that it knows the
        requests. A sentence says why that is not possible, "" if it is."""
        if self.configuration.webhook_address is None or self._credentials is None:
            return ""
        from xumm_desk.net.webhook_receiver import WebhookError, WebhookReceiver  # noqa: PLC0415 - loads aiohttp

        self.receiver = WebhookReceiver(
            self._credentials.secret, self._on_webhook, now=self._platform_time
        )
        try:
            await self.receiver.open(*self.configuration.webhook_address)
        except WebhookError as error:
            return str(error)
        return ""

    async def start_shop(self) -> str:
        """Replicate the journal where its folder is in a shop; after the desk has started. A
        sentence says why that is not possible, "" if it is, or if there is no shop."""
        from . import shop_login  # noqa: PLC0415 - a till of no shop needs none of it

        folder = self.configuration.data_dir
        try:
            address = await asyncio.to_thread(shop_login.load_address, folder)
            if address is not None and not address.monitor:
                # Before a keyring asks for its password: not every tag is this till's any more.
                join = partial(local_facts.join, till=address.till)
                await asyncio.to_thread(self.journal.run_and_wait, join)
            login = await asyncio.to_thread(shop_login.load, folder)
        except (shop_login.ShopLoginError, JournalError) as error:
            return error_text(error)
        if login is not None:
            from .shop_replication import ShopReplication  # noqa: PLC0415 - as above

            self._shop = ShopReplication(
                login.address,
                login.password,
                desk=self.desk,
                journal=self.journal,
                ledger=bool(self.configuration.ledger_urls),
            )
            self._shop.start()
        return ""

    async def close(self) -> None:
        """Stop in the order in which nothing is lost: receiver, tasks, shop, journal,
        connections."""
        if self.receiver is not None:
            await self.receiver.close()
        if self._desk is not None:
            await self._desk.stop()
        if self._shop is not None:
            await self._shop.stop()
        await self.journal.close()
        if self._platform is not None:
            await self._platform.close()
        if self.nodes is not None:
            await self.nodes.close()

    def _platform_time(self) -> float:
        """Unix seconds by the platform's clock, if known: webhooks are stamped with those, and a
        computer's wrong clock must not refuse them."""
        now = self._clock.now()
        return (now - (self.desk.record_clock_ahead() or timedelta(0))).timestamp()

    def _on_webhook(self, hook: WebhookCall) -> None:
        self.desk.tasks.start(self._handle_webhook(hook), "webhook")

    async def _handle_webhook(self, hook: WebhookCall) -> None:
        identifier = await self.desk.on_hint(hook.uuid, hook.identifier)
        # Never a reason to keep a token: only a person may decide that, see `ReturningCustomers`.
        if identifier is not None and hook.token is not None:
            await self.desk.customers.on_token_used(hook.token, hook.token_expires)
