"""Limit how many status sockets connect at once; while the platform is in trouble, one probes.

Two troubles are told apart. While connecting fails for everybody, one socket at a time probes; the
first success releases all others. While sockets are welcomed but closed soon after, a welcome
proves nothing: reconnects go one at a time until a connection has stayed open for a while.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final

from xumm_desk.core.state.timing import Timing, backoff
from xumm_desk.engine.runtime.ports import Clock

_MAX_DIALING: Final = 32
_OFFLINE_AFTER: Final = 8
"""Failures in a row after which the platform, not one socket, counts as in trouble."""


class DialGate:
    """Lets 32 sockets connect at once; in trouble one at a time, with back-off."""

    def __init__(self, timing: Timing, clock: Clock) -> None:
        self._timing = timing
        self._clock = clock
        self._slots = asyncio.Semaphore(_MAX_DIALING)
        self._probe_lock = asyncio.Lock()
        self._probed_at = clock.monotonic()
        self._reachable = asyncio.Event()
        self._failures = 0
        self._short = 0

    @property
    def is_offline(self) -> bool:
        """Whether dialling fails for everybody."""
        return self._failures >= _OFFLINE_AFTER

    @property
    def is_unsteady(self) -> bool:
        """Whether connections are made, and none stays open."""
        return self._short >= _OFFLINE_AFTER

    @asynccontextmanager
    async def slot(self, *, again: bool) -> AsyncIterator[None]:
        """Wait for a turn and connect inside; an exception inside counts as a failure. `again` says
        that this request was welcomed before: a new sale does not wait for the reconnects."""
        while True:
            async with self._slots:
                # Checked only inside: many may have waited here while the first ones failed.
                if not self._wait_for_probe(again):
                    async with self._count_failures():
                        yield
                    return
            # One probe at a time. It holds no slot while it waits, which a new sale may need.
            async with self._probe_lock:
                if self._wait_for_probe(again):
                    await self._pause()
                if self._wait_for_probe(again):
                    self._probed_at = self._clock.monotonic()
                    async with self._slots, self._count_failures():
                        yield
                    return

    def on_stable(self) -> None:
        """A connection has stayed open for a while: the platform is well."""
        self._short = 0
        self._reachable.set()

    def on_lost(self) -> None:
        """A connection was lost before it was stable."""
        self._short += 1

    def delay(self, attempt: int) -> float:
        """Seconds before the `attempt`-th new dial of one socket, jittered."""
        chance = random.random()  # noqa: S311 - spreading, not secrecy
        return backoff(attempt, chance, self._timing.reconnect_min, self._timing.reconnect_max)

    def _wait_for_probe(self, again: bool) -> bool:
        return self.is_offline or (again and self.is_unsteady)

    async def _pause(self) -> None:
        """Wait for a growing time since the last probe, or until the platform is well again."""
        worst = max(self._failures, self._short) - _OFFLINE_AFTER
        pause = self._probed_at + self.delay(worst) - self._clock.monotonic()
        if pause > 0:
            self._reachable.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._reachable.wait()

    @asynccontextmanager
    async def _count_failures(self) -> AsyncIterator[None]:
        try:
            yield
        except Exception:
            self._failures += 1
            raise
        if self.is_offline:
            self._reachable.set()
        self._failures = 0
