"""What each lamp says now, and its history of the last hour."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence

from xumm_desk.core.health.lamp import LampName, LampReading
from xumm_desk.core.health.lamp_history import LampHistory
from xumm_desk.core.state.timing import Timing
from xumm_desk.engine.runtime.ports import Clock

from .health import Health
from .lamp_rules import lamp_readings


class LampWatch:
    """Reads the health of the desk every few seconds, or whenever somebody looks."""

    def __init__(self, clock: Clock, timing: Timing, health: Callable[[], Health]) -> None:
        self._clock, self._timing, self._health = clock, timing, health
        self._histories = {name: LampHistory() for name in LampName}
        self._worse: list[LampName] = []

    async def run(self) -> None:
        """Record for as long as the desk is open, whether anybody looks or not."""
        while True:
            self.look()
            await asyncio.sleep(self._timing.watch_interval)

    def look(self) -> Mapping[LampName, LampReading]:
        """What the lamps say now; recorded too."""
        now = self._clock.monotonic()
        readings = lamp_readings(self._health(), now)
        for name, reading in readings.items():
            if self._histories[name].record(reading, now):
                self._worse.append(name)
        return readings

    def take_worse(self) -> Sequence[LampName]:
        """The lamps that became worse since the last call, each once."""
        worse, self._worse = tuple(dict.fromkeys(self._worse)), []
        return worse

    def history(self, name: LampName) -> LampHistory:
        """The last hour of one lamp."""
        return self._histories[name]
