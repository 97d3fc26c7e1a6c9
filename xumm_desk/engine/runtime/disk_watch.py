"""Ask how full the disk under the journal is, rarely and in a thread."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from xumm_desk.core.health.disk_space import DiskSpace
from xumm_desk.core.health.lamp import LampLevel
from xumm_desk.core.state.timing import Timing

from .ports import Clock

_SOONER: Final = 6
"""A disk that is low is measured so many times as often."""


class DiskWatch:
    """The newest measurement; None while there is none, or while the system does not tell."""

    def __init__(
        self, measure: Callable[[], DiskSpace | None], clock: Clock, timing: Timing
    ) -> None:
        """`measure` may take long, and does not raise."""
        self._measure, self._clock, self._timing = measure, clock, timing
        self._asking = False
        self.space: DiskSpace | None = None
        self.measured_at: float | None = None
        """When it was last measured, in monotonic seconds."""

    async def run(self) -> None:
        """Measure for as long as the desk is open."""
        while True:
            await self.measure_now()
            low = self.space is not None and self.space.level > LampLevel.WELL
            await asyncio.sleep(self._timing.disk_interval / (_SOONER if low else 1))

    async def measure_now(self) -> None:
        """Measure because a person asks; one that is running already is enough."""
        if self._asking:
            return
        self._asking = True
        try:
            found = await asyncio.to_thread(self._measure)
        finally:
            self._asking = False
        if found is not None:
            self.space, self.measured_at = found, self._clock.monotonic()
