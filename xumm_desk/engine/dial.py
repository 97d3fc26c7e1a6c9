"""Decide when status sockets may be dialled: a gate for the crowd, one probe in times of trouble.

Two troubles are told apart. While dialling itself fails for everybody, one socket at a time probes,
and the first that gets through lets all others go on. While sockets are welcomed but closed again
soon, a welcome proves nothing: reconnects go one at a time until a connection has lived.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final

from xumm_desk.core.pace import Pace, backoff

from .ports import Clock

_AT_ONCE: Final = 32
_TROUBLE_AFTER: Final = 8
"""Failures in a row after which not one socket but the platform is taken to be in trouble."""


class DialGate:
    """Lets 32 dials through at once; in trouble only one at a time, ever more slowly."""

    def __init__(self, pace: Pace, clock: Clock) -> None:
        self._pace = pace
        self._clock = clock
        self._slots = asyncio.Semaphore(_AT_ONCE)
        self._probe = asyncio.Lock()
        self._probed_at = clock.mono()
        self._well = asyncio.Event()
        self._failures = 0
        self._short = 0

    @property
    def offline(self) -> bool:
        """Whether dialling fails for everybody."""
        return self._failures >= _TROUBLE_AFTER

    @property
    def unsteady(self) -> bool:
        """Whether connections are made, and none lives."""
        return self._short >= _TROUBLE_AFTER

    @asynccontextmanager
    async def turn(self, *, again: bool) -> AsyncIterator[None]:
        """Wait for a turn and dial inside; an exception inside counts as a failure. `again` says
        that this request was welcomed before: a new sale does not wait for the reconnects."""
        while True:
            async with self._slots:
                # Looked at only inside: a crowd may have waited here while the first ones failed.
                if not self._held(again):
                    async with self._counted():
                        yield
                    return
            # One probe at a time. It holds no slot while it waits, which a new sale may need.
            async with self._probe:
                if self._held(again):
                    await self._pause()
                if self._held(again):
                    self._probed_at = self._clock.mono()
                    async with self._slots, self._counted():
                        yield
                    return

    def lived(self) -> None:
        """A connection has stayed open and talked for a while: the platform is well."""
        self._short = 0
        self._well.set()

    def died(self) -> None:
        """A connection was made and lost before it had lived."""
        self._short += 1

    def delay(self, attempt: int) -> float:
        """Seconds before the `attempt`-th new dial of one socket, jittered."""
        chance = random.random()  # noqa: S311 - spreading, not secrecy
        return backoff(attempt, chance, self._pace.redial_first, self._pace.redial_most)

    def _held(self, again: bool) -> bool:
        return self.offline or (again and self.unsteady)

    async def _pause(self) -> None:
        """Let a growing time pass since the last probe, or less if the platform gets well."""
        worst = max(self._failures, self._short) - _TROUBLE_AFTER
        pause = self._probed_at + self.delay(worst) - self._clock.mono()
        if pause > 0:
            self._well.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._well.wait()

    @asynccontextmanager
    async def _counted(self) -> AsyncIterator[None]:
        try:
            yield
        except Exception:
            self._failures += 1
            raise
        if self.offline:
            self._well.set()
        self._failures = 0
