"""Builds an engine from a configuration and owns the order in which its parts start and stop.

Knows every part below the window; must not know Qt.
"""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime

from xumm_desk.configuration import Configuration
from xumm_desk.core.pace import Pace
from xumm_desk.engine.desk import Desk
from xumm_desk.net.codec import XrplCodec
from xumm_desk.net.ledger import Nodes
from xumm_desk.net.platform import Keys, XummPlatform
from xumm_desk.net.status import StatusSockets
from xumm_desk.store.journal import SqliteJournal
from xumm_desk.store.vault import Credentials


class SystemClock:
    """The machine's two clocks."""

    def now(self) -> datetime:
        """The wall clock in UTC."""
        return datetime.now(UTC)

    def mono(self) -> float:
        """Monotonic seconds; where the system has one, the clock that counts sleep too."""
        return _boottime()


def _boottime() -> float:
    return time.clock_gettime(time.CLOCK_BOOTTIME)


if not hasattr(time, "CLOCK_BOOTTIME"):
    _boottime = time.monotonic


class Assembly:
    """One engine with its journal, platform and nodes."""

    def __init__(
        self,
        configuration: Configuration,
        credentials: Credentials,
        *,
        pace: Pace | None = None,
    ) -> None:
        self.configuration = configuration
        self.journal = SqliteJournal(configuration.journal)
        keys = Keys(credentials.key, credentials.secret)
        self.platform = XummPlatform(configuration.api, keys)
        self.nodes = (
            Nodes(configuration.nodes, configuration.network) if (configuration.nodes) else None
        )
        self.codec = XrplCodec()
        self._pace = pace
        self._desk: Desk | None = None

    @property
    def desk(self) -> Desk:
        """The engine; exists from `open` on."""
        assert self._desk is not None
        return self._desk

    def open(self) -> Desk:
        """Open the journal and build the desk, on the running loop; raises `JournalError`."""
        self.journal.open(asyncio.get_running_loop())
        self._desk = Desk(
            platform=self.platform,
            sockets=StatusSockets(),
            journal=self.journal,
            codec=self.codec,
            ledger=self.nodes,
            clock=SystemClock(),
            pace=self._pace,
        )
        return self._desk

    async def close(self) -> None:
        """Stop in the order in which nothing is lost: tasks, journal, connections."""
        if self._desk is not None:
            await self._desk.stop()
        await self.journal.close()
        await self.platform.close()
        if self.nodes is not None:
            await self.nodes.close()
