"""Replicate a desk's journal through the database of its shop, while the desk is open."""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Final

from xumm_desk.core.replication.shop_address import ShopAddress
from xumm_desk.engine.desk import Desk
from xumm_desk.store.journal import SqliteJournal
from xumm_desk.store.replication.replicator import Replicator
from xumm_desk.version import __version__

if TYPE_CHECKING:
    from xumm_desk.store.replication.shop_database import ShopDatabase

log = logging.getLogger(__name__)

_PATIENCE: Final = 10.0
"""Seconds that an answer of the database may take."""


class ShopReplication:
    """Made and used on the loop's thread; the database is spoken to on a thread of its own."""

    def __init__(
        self,
        address: ShopAddress,
        password: str,
        *,
        desk: Desk,
        journal: SqliteJournal,
        ledger: bool,
    ) -> None:
        """`ledger` says whether a ledger node is set up."""
        loop = asyncio.get_running_loop()
        # Which run of the program holds the leases of the till.
        instance = str(uuid.uuid4())

        def open_shop() -> ShopDatabase:
            from xumm_desk.store.replication import shop_database  # noqa: PLC0415 - loads psycopg

            return shop_database.connect(address, password, instance=instance, patience=_PATIENCE)

        self._journal, self._desk = journal, desk
        self._replicator = Replicator(
            open_shop,
            journal.run_and_wait,
            ledger=ledger,
            version=__version__,
            on_facts=partial(_on_loop, loop, desk.on_shop_facts),
            on_view=partial(_on_loop, loop, desk.on_shop_view),
            accounts=desk.reading.wanted,
        )

    def start(self) -> None:
        """Begin; what is durable from now on is shipped at once."""
        self._journal.on_durable(self._replicator.wake)
        self._desk.shop.hold = self._hold
        self._desk.reading.on_wanted = self._replicator.wake
        self._desk.reading.join_shop()
        self._replicator.start()

    async def stop(self) -> None:
        """End, and let others follow this till's requests at once."""
        await asyncio.to_thread(self._replicator.stop)

    async def _hold(self, name: str) -> bool:
        return await asyncio.wrap_future(self._replicator.hold(name))


def _on_loop(loop: asyncio.AbstractEventLoop, call: Callable[..., None], *values: object) -> None:
    """Call back on the loop; a closed loop has no receivers any more."""
    try:
        loop.call_soon_threadsafe(call, *values)
    except RuntimeError:
        log.debug("the loop was closed before the replicator")
