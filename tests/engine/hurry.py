"""A loop on which time runs faster than on the wall: minutes of waiting in seconds.

Every sleep, timeout and alarm of desk and simulator runs on this loop's clock; sockets, disk and
computing take the time they take. Must not know what is being tested.
"""

from __future__ import annotations

import asyncio
import selectors
import time
from datetime import UTC, datetime, timedelta
from typing import Any


class _Selector(selectors.DefaultSelector):
    """Waits on the wall for what is a longer time on the loop."""

    def __init__(self, speed: float) -> None:
        super().__init__()
        self._speed = speed

    def select(self, timeout: float | None = None) -> Any:
        return super().select(None if timeout is None else timeout / self._speed)


class HurriedLoop(asyncio.SelectorEventLoop):
    """One second of the wall is `speed` seconds here."""

    def __init__(self, speed: float) -> None:
        self.speed = speed
        self._began = time.monotonic()
        super().__init__(_Selector(speed))

    def time(self) -> float:
        """Seconds on the loop."""
        return self._began + (time.monotonic() - self._began) * self.speed


class HurriedClock:
    """Both clocks of the desk, and the modules `time` of the simulator, as the loop runs."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._began = loop.time(), datetime.now(UTC)

    def now(self) -> datetime:
        """The wall clock in UTC."""
        mono, wall = self._began
        return wall + timedelta(seconds=self._loop.time() - mono)

    def mono(self) -> float:
        """Monotonic seconds."""
        return self._loop.time()

    monotonic = mono

    def time(self) -> float:
        """Unix seconds."""
        return self.now().timestamp()
