"""Build an engine from a configuration, and start and stop its parts in order."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from xumm_desk.core.message import error_text
from xumm_desk.core.settings import Credentials
from xumm_desk.core.state.timing import Timing
from xumm_desk.engine.desk import Desk
from xumm_desk.engine.runtime.ports import Clock
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
    """One engine with its journal, platform and nodes."""

    def __init__(
        self,
        configuration: Config,
        credentials: Credentials,
        *,
        timing: Timing | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.configuration = configuration
        self.journal = SqliteJournal(configuration.journal_path)
        keys = ApiKeys(credentials.key, credentials.secret)
        self.nodes = (
            LedgerNodes(configuration.ledger_urls, configuration.network)
            if (configuration.ledger_urls)
            else None
        )
        self.codec = XrplCodec()
        self.receiver: WebhookReceiver | None = None
        self._keys = keys
        self._timing = timing
        self._clock = clock or SystemClock()
        self.platform = XummApi(
            configuration.api, keys, now=self._clock.now, monotonic=self._clock.monotonic
        )
        self.customers = (
            MemoryCustomerStore()
            if configuration.practice
            else KeyringCustomerStore(configuration.host, credentials.key, self._clock.now)
        )
        self._desk: Desk | None = None
        self._journal_opened = False
        self._shop: ShopReplication | None = None

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
        self._desk = Desk(
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
        return self._desk

    async def start_webhooks(self) -> str:
        """Receive webhooks if that is set up; after the desk has started, so that it knows the
        requests. A sentence says why that is not possible, "" if it is."""
        if self.configuration.webhook_address is None:
            return ""
        from xumm_desk.net.webhook_receiver import WebhookError, WebhookReceiver  # noqa: PLC0415 - loads aiohttp

        self.receiver = WebhookReceiver(
            self._keys.secret, self._on_webhook, now=self._platform_time
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

        try:
            login = await asyncio.to_thread(shop_login.load, self.configuration.data_dir)
        except shop_login.ShopLoginError as error:
            return error_text(error)
        if login is not None:
            from .shop_replication import ShopReplication  # noqa: PLC0415 - as above

            self._shop = ShopReplication(
                login.address,
                login.password,
                desk=self.desk,
                journal=self.journal,
                ledger=self.nodes is not None,
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
        await self.platform.close()
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
