"""Track which requests that were unfinished at the start have not been read again yet."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from xumm_desk.core.state.facts import FactKind
from xumm_desk.core.state.lifecycle import Request
from xumm_desk.core.status import Step
from xumm_desk.engine.runtime.ports import Clock
from xumm_desk.engine.runtime.registry import RequestRow
from xumm_desk.engine.runtime.tasks import yielding

PLATFORM_DOWN_AFTER: Final = 3.0
"""Seconds of nothing but failures after which the platform is taken for down."""

_BATCH: Final = 500
"""Requests handled between two turns of the event loop; a microsecond or two for each."""

_ANSWERING_KINDS: Final = frozenset(
    {
        FactKind.CREATED,
        FactKind.NOT_CREATED,
        FactKind.CLOSED,
        FactKind.ANSWER,
        FactKind.NOT_FOUND,
        FactKind.OUTAGE_CODE,
    }
)
"""Facts after which a request counts as read again: the platform has answered, or the intent was
settled."""


@dataclass(frozen=True, slots=True)
class CatchUpState:
    """Progress of the catch-up: how many requests there were, how many are still unanswered, and
    which were not read again (of some of those the socket said that they have time left)."""

    total: int = 0
    remaining: int = 0
    not_reread: frozenset[str] = frozenset()


class CatchUp:
    """Waits for the first answer about each request that was unfinished at the start."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._total = 0
        self._unread: set[str] = set()
        self._snapshot: frozenset[str] | None = None
        self._pending: set[str] = set()
        self._changed = asyncio.Event()
        self._answered = False
        self._failing_since: float | None = None

    async def begin(self, requests: Iterable[Request]) -> None:
        """Add requests. Those about which the platform cannot say more are left out: a resolved
        request waits for the ledger alone, and the platform never had an outage code."""
        async for request in yielding(requests, _BATCH):
            if _can_be_read(request):
                self._unread.add(request.identifier)
                self._pending.add(request.identifier)
                self._total += 1
                self._snapshot = None

    def state(self) -> CatchUpState:
        """The present state."""
        if self._snapshot is None:
            # Asked for every second, and thousands long.
            self._snapshot = frozenset(self._unread)
        return CatchUpState(self._total, len(self._pending), self._snapshot)

    def on_fact(self, identifier: str, kind: FactKind) -> None:
        """A fact was recorded, whether or not it changed the request."""
        if kind in _ANSWERING_KINDS and identifier in self._unread:
            self._unread.discard(identifier)
            self._snapshot = None
            self._finish(identifier)

    def rows_changed(self, rows: Sequence[RequestRow]) -> None:
        """A socket may have reported the time left of a request: while thousands are read within
        the call budget, that is enough to let a sale go on."""
        if self._pending:
            now = self._clock.monotonic()
            for row in rows:
                waits = row.request.step < Step.OPENED
                if waits and row.deadline is not None and row.deadline > now:
                    self._finish(row.identifier)

    def on_platform_answer(self, *, well: bool) -> None:
        """A call to the platform went well or failed."""
        if well:
            self._answered, self._failing_since = True, None
        elif not self._answered and self._failing_since is None:
            self._failing_since = self._clock.monotonic()
        self._changed.set()

    async def wait(self, patience: float) -> CatchUpState:
        """Return when all of them were read, `patience` seconds are over, or the platform is down;
        the returned state says which."""
        end = self._clock.monotonic() + patience
        while self._pending:
            left = end - self._clock.monotonic()
            if self._failing_since is not None:
                left = min(
                    left, self._failing_since + PLATFORM_DOWN_AFTER - self._clock.monotonic()
                )
            if left <= 0:
                break
            self._changed.clear()
            try:
                async with asyncio.timeout(left):
                    await self._changed.wait()
            except TimeoutError:
                continue
        return self.state()

    def _finish(self, identifier: str) -> None:
        self._pending.discard(identifier)
        self._changed.set()


def _can_be_read(request: Request) -> bool:
    if request.outage_link is not None or request.resolved or request.not_found:
        return False
    return request.uuid is not None or request.create_failure is None
