"""Decides when sockets may be dialled: a gate for the crowd, one probe while all is down.

Knows successes and failures of dialling; must not know requests.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from xumm_desk.core.pace import Pace, backoff

_AT_ONCE: Final = 32
_OFFLINE_AFTER: Final = 8
"""Failures in a row after which the platform is taken for unreachable as a whole."""


class DialGate:
    """Lets 32 dials through at once; after eight failures in a row only one at a time, until one
    succeeds and lets all others go on."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._slots = asyncio.Semaphore(_AT_ONCE)
        self._probe = asyncio.Lock()
        self._failures = 0

    @property
    def offline(self) -> bool:
        """Whether dialling fails for everybody."""
        return self._failures >= _OFFLINE_AFTER

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for a turn and dial inside. An `OSError` inside counts as a failure."""
        async with self._slots:
            # Looked at only inside: a crowd may have waited here while the first ones failed.
            if not self.offline:
                async with self._counted():
                    yield
                return
        # One probe at a time, each after a growing pause; whoever succeeds frees the others.
        async with self._probe:
            if self.offline:
                await asyncio.sleep(self.delay(self._failures - _OFFLINE_AFTER))
            async with self._counted():
                yield

    def delay(self, attempt: int) -> float:
        """Seconds before the `attempt`-th new dial of one socket, jittered."""
        chance = random.random()  # noqa: S311 - spreading, not secrecy
        return backoff(attempt, chance, self._pace.redial_first, self._pace.redial_most)

    @asynccontextmanager
    async def _counted(self) -> AsyncIterator[None]:
        try:
            yield
        except OSError:
            self._failures += 1
            raise
        self._failures = 0
