"""Decide when Python's garbage collector runs, so that it never stops the window in a flood.

CPython triggers a collection on allocations minus deallocations. Replacing 10,000 rows nets to
zero, so the young generation keeps growing until one collection takes 100 ms, and a full one three
times that. What a flood makes and drops holds no cycles and needs no collector. And a widget that
is collected in the middle of a paint event crashes the process. So the young generation is
collected once a second between two callbacks, unless there is much of it, and everything when
nobody uses the window.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import time
from collections.abc import Callable
from typing import Final

log = logging.getLogger(__name__)

_START: Final = 2.0
"""Seconds of a start, which makes much and drops nothing: nothing is collected then."""

_EVERY: Final = 1.0

IDLE_SHARE: Final = 0.1
"""The share of its time that the window's thread may compute to count as idle: a second of it makes
some thousand objects, which are collected in two milliseconds."""

FLOOD_SHARE: Final = 0.8
"""The share from which not even the young objects are counted: that costs a millisecond."""

FEW_YOUNG: Final = 20_000
"""Young objects that are collected in a few milliseconds, at a busy till too. What its sales drop
would else stay until the next full collection: a tenth of a megabyte for three of them."""

SURVIVORS_DUE: Final = 500_000
"""Surviving new objects after which a full collection is due as soon as nobody uses the window."""

SURVIVORS_URGENT: Final = 2_000_000
"""So many are worth a visible stop: rather that than memory that only grows."""

IDLE_INPUT: Final = 60.0
"""Seconds without input after which nobody counts as using the window."""

AWAY_INPUT: Final = 600.0
"""Seconds without input after which it is done even with few survivors."""

FULL_INTERVAL: Final = 6 * 3600.0
"""Seconds between two full collections that only time makes due."""


class GarbageCollectorPolicy:
    """Takes all collections into its own hands, for the life of the process."""

    def __init__(self) -> None:
        gc.disable()
        self.survivors = 0
        """New objects since the last full collection that are still there, rings among them."""
        self._full_at = time.monotonic()

    async def run(self, touched_at: Callable[[], float]) -> None:
        """Collect when it is due. `touched_at` returns the monotonic seconds of the last input."""
        await asyncio.sleep(_START)
        self.freeze()
        while True:
            since, spent = time.monotonic(), time.thread_time()
            await asyncio.sleep(_EVERY)
            now = time.monotonic()
            share = (time.thread_time() - spent) / (now - since)
            idle = share < IDLE_SHARE
            if idle or (share < FLOOD_SHARE and len(gc.get_objects(generation=0)) < FEW_YOUNG):
                self.collect_young()
            self.freeze()
            if full_collection_due(
                self.survivors, now - touched_at(), now - self._full_at, idle=idle
            ):
                self.collect_all()

    def collect_young(self) -> None:
        """Collect the young generation."""
        survived = gc.get_count()[0]
        self.survivors += max(0, survived - gc.collect(0))

    def freeze(self) -> None:
        """Freeze what is there: it is not collected again before a full collection."""
        self.survivors += gc.get_count()[0]
        gc.freeze()

    def collect_all(self) -> None:
        """Collect everything, now."""
        began = time.monotonic()
        gc.unfreeze()
        found = gc.collect()
        gc.freeze()
        self._full_at = time.monotonic()
        self.survivors = 0
        log.info("collected %d objects in %.0f ms", found, (self._full_at - began) * 1000)


def full_collection_due(stayed: int, untouched: float, since: float, *, idle: bool) -> bool:
    """Whether a full collection is due: `stayed` new objects survived since the last one `since`
    seconds ago, and `untouched` seconds passed since the last input."""
    if stayed >= SURVIVORS_URGENT:
        return True
    if idle and untouched >= AWAY_INPUT and since >= FULL_INTERVAL:
        return True
    return idle and untouched >= IDLE_INPUT and stayed >= SURVIVORS_DUE
