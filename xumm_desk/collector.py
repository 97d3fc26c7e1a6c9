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
from enum import Enum
from typing import Final

log = logging.getLogger(__name__)

_YOUNG: Final = 2_000
"""New objects after which the youngest are looked through: a tenth of a millisecond."""

_MIDDLE: Final = 10
_NEVER: Final = 1_000_000_000
_LOOK: Final = 5.0

WORTH: Final = 5
"""Collections of the middle generation, each of 20,000 objects that stayed, that make the next
look at them worth its while."""

TOO_MANY: Final = 200
"""So many are worth a visible stop: rather that than memory that only grows."""

QUIET: Final = 60.0
"""Seconds without a touch after which nobody minds a few hundredths of a second."""

AWAY: Final = 600.0
"""Seconds without a touch after which nobody minds a third of a second."""

THAW: Final = 6 * 3600.0
"""Seconds after which even what was there from the start is looked through again."""


class Reach(Enum):
    """What to look through."""

    NOTHING = "nothing"
    NEW = "new"
    EVERYTHING = "everything"


class Collector:
    """Takes full collections into its own hands. What has survived one is set aside (frozen), so
    that the next costs only what came since."""

    def __init__(self) -> None:
        gc.set_threshold(_YOUNG, _MIDDLE, _NEVER)
        self._thawed_at = time.monotonic()

    def freeze(self) -> None:
        """What is there now stays until the end: it need not be looked through again."""
        gc.freeze()

    async def run(self, touched_at: Callable[[], float]) -> None:
        """Collect whenever that is worth it. `touched_at` tells the monotonic seconds of a
        person's last key, click or move."""
        while True:
            await asyncio.sleep(_LOOK)
            now = time.monotonic()
            self.collect(reach(gc.get_count()[2], now - touched_at(), now - self._thawed_at))

    def collect(self, chosen: Reach) -> None:
        """Collect as far as `chosen` says, and set aside what is left."""
        if chosen is Reach.NOTHING:
            return
        began = time.monotonic()
        if chosen is Reach.EVERYTHING:
            gc.unfreeze()
            self._thawed_at = began
        found = gc.collect()
        gc.freeze()
        log.info("collected %d objects in %.0f ms", found, (time.monotonic() - began) * 1000)


def reach(middle: int, untouched: float, since_thaw: float) -> Reach:
    """What is worth looking through: `middle` collections of the middle generation came since the
    last full one, `untouched` seconds passed since a person did anything."""
    if since_thaw >= THAW and untouched >= AWAY:
        return Reach.EVERYTHING
    if middle >= TOO_MANY or (middle >= WORTH and untouched >= QUIET):
        return Reach.NEW
    return Reach.NOTHING
