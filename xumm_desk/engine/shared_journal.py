"""Read what other processes write to the same journal, such as a command beside a window.

Their facts are merged into the requests in memory within `Timing.shared_journal_interval` seconds.
Two processes that follow one request do no harm: facts merge in any order, any number of times.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from xumm_desk.core.state.lifecycle import Request
from xumm_desk.engine.runtime.context import Engine

from .recovery import Recovery

_NAME: Final = "shared journal"


class SharedJournal:
    """Asks the journal every few seconds for requests that another process wrote about."""

    def __init__(
        self, engine: Engine, recovery: Recovery, on_merged: Callable[[Request, bool], None]
    ) -> None:
        """`on_merged` is called with each request that changed, and whether it is new here."""
        self._engine = engine
        self._recovery = recovery
        self._on_merged = on_merged

    async def run(self) -> None:
        """Read for as long as the desk is open."""
        while True:
            await asyncio.sleep(self._engine.timing.shared_journal_interval)
            try:
                await self._merge()
            except Exception as error:  # noqa: BLE001 - reported, and tried again
                self._engine.tasks.on_persistent_failure(_NAME, error)
            else:
                self._engine.tasks.on_recovered(_NAME)

    async def _merge(self) -> None:
        for stored in await self._engine.journal.written_elsewhere():
            await asyncio.sleep(0)
            is_new = stored[0] not in self._engine.registry
            request = self._recovery.merge_facts(stored)
            if request is not None:
                self._on_merged(request, is_new)
                if is_new:
                    await self._recovery.load_refunds([stored[0]])
