"""Knows when Python's collector may stop the window: the young often, all of it when nobody looks.

A full collection walks every object there is: with ten thousand requests that stops everything for
a third of a second, and Python runs it whenever enough is new, so while sockets are dialled or a
flood comes in. Here it never comes by itself. Must not know what is collected.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import time
from collections.abc import Callable
from typing import Final

log = logging.getLogger(__name__)

_YOUNG: Final = 2_000
"""New objects after which the youngest are looked through: a tenth of a millisecond."""

_MIDDLE: Final = 10
_NEVER: Final = 1_000_000_000
_LOOK: Final = 5.0
_START: Final = 2.0
"""Seconds of a start, which makes much and drops nothing: nothing is collected then."""

MANY: Final = 200
"""Collections of the middle generation, each of 20,000 objects that stayed, after which all are
worth looking through as soon as nobody is there."""

TOO_MANY: Final = 1_000
"""So many are worth a visible stop: rather that than memory that only grows."""

QUIET: Final = 60.0
"""Seconds without a touch after which nobody is taken to be there."""

AWAY: Final = 600.0
"""Seconds without a touch after which it is done even where little came."""

SELDOM: Final = 6 * 3600.0
"""Seconds between two full collections that nothing but time asks for."""


class Collector:
    """Takes full collections into its own hands, for the life of the process."""

    def __init__(self) -> None:
        gc.set_threshold(_YOUNG, _MIDDLE, _NEVER)
        gc.disable()
        self._last = time.monotonic()

    async def run(self, touched_at: Callable[[], float]) -> None:
        """Collect when it is due. `touched_at` tells the monotonic seconds of a person's last key,
        click or move."""
        await asyncio.sleep(_START)
        self.begin()
        while True:
            await asyncio.sleep(_LOOK)
            now = time.monotonic()
            if due(gc.get_count()[2], now - touched_at(), now - self._last):
                self.collect()

    def begin(self) -> None:
        """The start is over: what it made stays."""
        gc.freeze()
        gc.enable()

    def collect(self) -> None:
        """Look through everything, now."""
        began = time.monotonic()
        found = gc.collect()
        self._last = time.monotonic()
        log.info("collected %d objects in %.0f ms", found, (self._last - began) * 1000)


def due(middle: int, untouched: float, since: float) -> bool:
    """Whether to look through everything: `middle` collections of the middle generation came since
    the last time, `since` seconds ago, and `untouched` seconds passed since a person did
    anything."""
    if untouched >= AWAY and since >= SELDOM:
        return True
    return middle >= (MANY if untouched >= QUIET else TOO_MANY)
