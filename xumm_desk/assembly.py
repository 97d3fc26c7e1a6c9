"""Builds an engine from a configuration and owns the order in which its parts start and stop.

Knows every part below the window; must not know Qt.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

from xumm_desk.configuration import Configuration
from xumm_desk.core.pace import Pace
from xumm_desk.engine.desk import Desk
from xumm_desk.engine.ports import Clock
from xumm_desk.net.account import AccountNodes
from xumm_desk.net.codec import XrplCodec
from xumm_desk.net.late import LateSockets
from xumm_desk.net.ledger import Nodes
from xumm_desk.net.platform import Keys, XummPlatform
from xumm_desk.store import keyring_calls
from xumm_desk.store.journal import SqliteJournal
from xumm_desk.store.vault import Credentials, Tokens

if TYPE_CHECKING:
    from xumm_desk.net.webhook import Hook, Receiver


_KEYRING_LIMIT: Final = 20.0
"""Seconds to keep a customer's token: it serves the next sale's comfort only."""

_mono: Callable[[], float] = time.monotonic
if hasattr(time, "CLOCK_BOOTTIME"):
    _mono = partial(time.clock_gettime, time.CLOCK_BOOTTIME)
elif sys.platform == "darwin":
    _mono = partial(time.clock_gettime, time.CLOCK_MONOTONIC)  # unlike `monotonic` it counts sleep


class SystemClock:
    """The machine's two clocks."""

    def now(self) -> datetime:
        """The wall clock in UTC."""
        return datetime.now(UTC)

    mono = staticmethod(_mono)
    """Monotonic seconds; where the system has one, the clock that counts sleep too."""


class Assembly:
    """One engine with its journal, platform and nodes."""

    def __init__(
        self,
        configuration: Configuration,
        credentials: Credentials,
        *,
        pace: Pace | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.configuration = configuration
        self.journal = SqliteJournal(configuration.journal)
        keys = Keys(credentials.key, credentials.secret)
        self.nodes = (
            Nodes(configuration.nodes, configuration.network) if (configuration.nodes) else None
        )
        self.codec = XrplCodec()
        self.receiver: Receiver | None = None
        self._keys = keys
        self._pace = pace
        self._clock = clock or SystemClock()
        self.platform = XummPlatform(configuration.api, keys, now=self._clock.now)
        self._desk: Desk | None = None
        self._prepared = False

    @property
    def desk(self) -> Desk:
        """The engine; exists from `open` on."""
        assert self._desk is not None
        return self._desk

    async def prepare(self) -> None:
        """Open the journal without holding up the loop: one that is in use is waited for. It is
        read before it was looked through for damage, see `SqliteJournal.look_through`. Raises
        `JournalError`."""
        loop = asyncio.get_running_loop()
        await asyncio.to_thread(self.journal.open, loop, look=False)
        self._prepared = True

    def open(self) -> Desk:
        """Build the desk on the running loop, and open the journal where that was not prepared;
        raises `JournalError`."""
        if not self._prepared:
            self.journal.open(asyncio.get_running_loop())
        self._desk = Desk(
            platform=self.platform,
            sockets=LateSockets(),
            journal=self.journal,
            shelf=self.journal,
            network=self.configuration.network.key,
            codec=self.codec,
            ledger=self.nodes,
            clock=self._clock,
            pace=self._pace,
            accounts=(
                AccountNodes(self.nodes, self.configuration.nodes, self.configuration.network)
                if self.nodes
                else None
            ),
        )
        return self._desk

    async def listen(self) -> str:
        """Receive webhooks if that is asked for; after the desk has started, so that it knows what
        they are about. A sentence says why that is not possible, "" when all is well."""
        if self.configuration.webhook is None:
            return ""
        from xumm_desk.net.webhook import Receiver, WebhookError  # noqa: PLC0415 - loads aiohttp

        self.receiver = Receiver(self._keys.secret, self._hooked, now=self._platform_time)
        try:
            await self.receiver.open(*self.configuration.webhook)
        except WebhookError as error:
            return str(error)
        return ""

    async def close(self) -> None:
        """Stop in the order in which nothing is lost: receiver, tasks, journal, connections."""
        if self.receiver is not None:
            await self.receiver.close()
        if self._desk is not None:
            await self._desk.stop()
        await self.journal.close()
        await self.platform.close()
        if self.nodes is not None:
            await self.nodes.close()

    def _platform_time(self) -> float:
        """Unix seconds by the platform's clock, where it told them: calls of webhooks are stamped
        with those, and a computer's wrong clock must not refuse them."""
        now = self._clock.now()
        return (now - (self.desk.clock_ahead() or timedelta(0))).timestamp()

    def _hooked(self, hook: Hook) -> None:
        self.desk.tasks.start(self._heed(hook), "webhook")

    async def _heed(self, hook: Hook) -> None:
        identifier = await self.desk.hint(hook.uuid, hook.identifier)
        # Practice mode has customers of its own; the real keyring is none of its business.
        if identifier is None or hook.token is None or self.configuration.practice:
            return
        tokens = Tokens(self.configuration.host)
        keep = partial(tokens.keep, identifier, hook.token, hook.token_expires, time.time())
        with suppress(keyring_calls.KeyringSilentError):
            await keyring_calls.ask(keep, _KEYRING_LIMIT)
