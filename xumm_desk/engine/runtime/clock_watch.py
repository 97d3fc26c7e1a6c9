"""Notice when the computer's clock is set anew, and when it differs from the platform's.

No verdict depends on the clock: deadlines are monotonic, and the platform decides what has
expired. Displayed times do depend on it, so a person must know.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from xumm_desk.core.state import clock_check
from xumm_desk.core.state.clock_check import DateReading
from xumm_desk.core.state.timing import Timing

from .ports import Clock

_QUICK: Final = 2.0
"""Seconds of an answer that is precise enough to be believed in any case."""


class ClockWatch:
    """Compares the wall clock with the monotonic one, which counts sleep too, every few seconds."""

    def __init__(
        self,
        clock: Clock,
        timing: Timing,
        reading: Callable[[], DateReading | None],
        moved: Callable[[float], None],
    ) -> None:
        """`reading` returns the platform's newest `Date`; `moved` is called with the seconds by
        which the clock was set, positive for forward."""
        self._clock, self._timing = clock, timing
        self._newest, self._moved = reading, moved
        self._base = clock.now(), clock.monotonic()
        self._looked_at = clock.monotonic()
        self._reading: DateReading | None = None
        self._seen: DateReading | None = None
        self.read_at: float | None = None
        """When the platform's time last came, in monotonic seconds."""
        self._since_reading = 0.0
        self.jump = ""
        """A sentence about the last time it was set; "" while it was not."""

    @property
    def ahead(self) -> timedelta | None:
        """How far the clock is ahead of the platform's; None while that is unknown."""
        if self._reading is None:
            return None
        return self._reading.ahead + timedelta(seconds=self._since_reading)

    @property
    def off(self) -> str:
        """A sentence when it differs from the platform's by more than ten seconds, else ""."""
        return clock_check.clock_off_text(self.ahead, self._reading.travel if self._reading else 0)

    async def run(self) -> None:
        """Check for as long as the desk is open."""
        while True:
            await asyncio.sleep(self._timing.watch_interval)
            self.check()

    def check(self) -> None:
        """Compare the clocks now."""
        newest = self._newest()
        wall, monotonic = self._clock.now(), self._clock.monotonic()
        is_present = False
        if newest is not self._seen:
            self._seen, self.read_at = newest, monotonic
            if newest is None or not self._is_vaguer(newest):
                self._reading, self._since_reading = newest, 0.0
                # The clock was set since the last check: readings from before it cannot be
                # compared.
                age = (wall - newest.wall).total_seconds() if newest is not None else 0.0
                is_present = -1.0 <= age <= monotonic - self._looked_at + 1.0
        self._looked_at = monotonic
        before, then = self._base
        seconds = (wall - before).total_seconds() - (monotonic - then)
        if abs(seconds) < clock_check.JUMP_SECONDS:
            return
        self._base = wall, monotonic
        if not is_present:
            self._since_reading += seconds
        self.jump = clock_check.clock_set_text(seconds, wall.astimezone())
        self._moved(seconds)

    def _is_vaguer(self, newest: DateReading) -> bool:
        """Whether an answer that took long says less than what is known, and does not contradict
        it."""
        known, ahead = self._reading, self.ahead
        if known is None or ahead is None or newest.travel <= max(_QUICK, known.travel):
            return False
        least = newest.ahead - timedelta(seconds=newest.travel + _QUICK)
        return least <= ahead <= newest.ahead + timedelta(seconds=_QUICK)
