"""Which requests that were unfinished at the start have not been heard of since.

Knows what counts as having been read again; must not know how it is read or who waits for it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from xumm_desk.core.facts import Kind
from xumm_desk.core.lifecycle import Request, Step

from .book import Row
from .ports import Clock
from .turns import in_turns

DOWN_AFTER: Final = 3.0
"""Seconds of nothing but failures after which the platform is taken for down."""

_AT_A_TIME: Final = 500
"""Requests looked at between two turns; a microsecond or two for each."""

_PROOF: Final = frozenset(
    {
        Kind.CREATED,
        Kind.NOT_CREATED,
        Kind.GIVEN_UP,
        Kind.ANSWER,
        Kind.MISSING,
        Kind.OUTAGE,
    }
)
"""Facts that answer for a request: the platform was asked and has said something, or the intent
was cleared up."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """How reading again stands: how many there were, of how many nothing was heard yet, and which
    were not read (of some, their socket said that they wait and have time left)."""

    total: int = 0
    left: int = 0
    unread: frozenset[str] = frozenset()


class Reread:
    """Waits for the first word about each request of before the start."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._total = 0
        self._unread: set[str] = set()
        self._told: frozenset[str] | None = None
        self._unheard: set[str] = set()
        self._changed = asyncio.Event()
        self._answered = False
        self._failing_since: float | None = None

    async def begin(self, requests: Iterable[Request]) -> None:
        """Wait for these. What the platform cannot say more about is left out: a resolved request
        waits for the ledger alone, an outage code was never the platform's."""
        async for request in in_turns(requests, _AT_A_TIME):
            if _can_be_read(request):
                self._unread.add(request.identifier)
                self._unheard.add(request.identifier)
                self._total += 1
                self._told = None

    def state(self) -> Earlier:
        """How it stands now."""
        if self._told is None:
            # Asked for every second, and thousands long.
            self._told = frozenset(self._unread)
        return Earlier(self._total, len(self._unheard), self._told)

    def heard(self, identifier: str, kind: Kind) -> None:
        """A fact came in, whether or not it told anything new."""
        if kind in _PROOF and identifier in self._unread:
            self._unread.discard(identifier)
            self._told = None
            self._settle(identifier)

    def rows_changed(self, rows: Sequence[Row]) -> None:
        """A socket may have said that a request waits and has time left: while thousands are read
        within the call budget, that is enough to let a sale go on."""
        if self._unheard:
            now = self._clock.mono()
            for row in rows:
                waits = row.request.step < Step.OPENED
                if waits and row.deadline is not None and row.deadline > now:
                    self._settle(row.identifier)

    def answered(self, *, well: bool) -> None:
        """A call to the platform went well or failed."""
        if well:
            self._answered, self._failing_since = True, None
        elif not self._answered and self._failing_since is None:
            self._failing_since = self._clock.mono()
        self._changed.set()

    async def wait(self, patience: float) -> Earlier:
        """Return when all of them were read, `patience` seconds are over, or the platform is
        down; the state tells which."""
        end = self._clock.mono() + patience
        while self._unheard:
            left = end - self._clock.mono()
            if self._failing_since is not None:
                left = min(left, self._failing_since + DOWN_AFTER - self._clock.mono())
            if left <= 0:
                break
            self._changed.clear()
            try:
                async with asyncio.timeout(left):
                    await self._changed.wait()
            except TimeoutError:
                continue
        return self.state()

    def _settle(self, identifier: str) -> None:
        self._unheard.discard(identifier)
        self._changed.set()


def _can_be_read(request: Request) -> bool:
    if request.outage is not None or request.resolved or request.missing:
        return False
    return request.uuid is not None or request.failure is None
