"""Takes over what other processes write to the same journal, such as a command beside a window.

Their facts are joined to the requests in memory, and new requests are shown and followed, within
`Pace.shared_journal` seconds. Two processes that follow one request do no harm: facts are joined in
any order, any number of times.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Final

from xumm_desk.core.state.lifecycle import Request
from xumm_desk.core.state.timing import Timing
from xumm_desk.engine.runtime.ports import Journal
from xumm_desk.engine.runtime.registry import RequestRegistry, StoredRequest
from xumm_desk.engine.runtime.tasks import TaskGroup

_NAME: Final = "shared journal"


class SharedJournal:
    """Asks the journal every few seconds for requests that somebody else wrote about."""

    def __init__(
        self,
        *,
        journal: Journal,
        registry: RequestRegistry,
        timing: Timing,
        tasks: TaskGroup,
        join: Callable[[StoredRequest], Request | None],
        follow_up: Callable[[str], None],
        recover: Callable[[Request], Coroutine[Any, Any, None]],
    ) -> None:
        """`join` takes the facts of a request into memory and returns it if that changed anything;
        `follow_up` starts what the request needs now; `recover` clears up a create of which the
        answer is not known."""
        self._journal, self._registry, self._timing, self._tasks = journal, registry, timing, tasks
        self._join, self._follow_up, self._recover = join, follow_up, recover

    async def run(self) -> None:
        """Look for as long as the desk is open."""
        while True:
            await asyncio.sleep(self._timing.shared_journal_interval)
            try:
                written = await self._journal.written_elsewhere()
                await self._take_over(written)
            except Exception as error:  # noqa: BLE001 - told, and asked again
                self._tasks.on_persistent_failure(_NAME, error)
            else:
                self._tasks.on_recovered(_NAME)

    async def _take_over(self, written: Sequence[StoredRequest]) -> None:
        for recorded in written:
            await asyncio.sleep(0)
            is_new = recorded[0] not in self._registry
            request = self._join(recorded)
            if request is None:
                continue
            if request.uuid is not None:
                self._follow_up(request.identifier)
            elif is_new and request.create_failure is None:
                self._tasks.start(self._recover_later(request), f"recover {request.identifier}")

    async def _recover_later(self, request: Request) -> None:
        """The process that made the request is most likely sending it at this moment, and a second
        POST would race with it. Only when it must have given up is the create cleared up here."""
        await asyncio.sleep(self._timing.create_give_up)
        now = self._registry[request.identifier].request
        if now.uuid is None and now.create_failure is None:
            await self._recover(now)
