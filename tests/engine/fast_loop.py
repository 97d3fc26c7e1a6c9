"""An event loop that skips idle time: while nothing runs, its clock jumps to the next timer.

Every sleep, timeout and alarm of desk and simulator runs on this loop's clock; sockets, disk and
computing take the time they take, so a slow machine makes no timeout fire.
"""

from __future__ import annotations

import asyncio
import selectors
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

_IDLE: Final = 0.01
"""Seconds of the wall without a single event after which nothing is under way any more: both ends
of every socket are on this loop, and the disk answers sooner."""


class _Selector(selectors.DefaultSelector):
    """Tells `leap` how much waiting was left when nothing came."""

    def __init__(self, leap: Callable[[float], None]) -> None:
        super().__init__()
        self._leap = leap

    def select(self, timeout: float | None = None) -> Any:
        if timeout is None or timeout <= _IDLE:
            return super().select(timeout)
        events = super().select(_IDLE)
        if not events:
            self._leap(timeout - _IDLE)
        return events


class TimeSkippingLoop(asyncio.SelectorEventLoop):
    """The wall's seconds, and those that were leapt over."""

    def __init__(self) -> None:
        self._leapt = 0.0
        self._at_work = 0
        super().__init__(_Selector(self._leap))

    def time(self) -> float:
        """Seconds on the loop."""
        return time.monotonic() + self._leapt

    def run_in_executor(self, executor: Any, func: Any, *args: Any) -> Any:  # type: ignore[override]
        """While a thread computes, time does not leap."""
        future = super().run_in_executor(executor, func, *args)
        self._at_work += 1
        future.add_done_callback(self._done)
        return future

    def _done(self, _future: object) -> None:
        self._at_work -= 1

    def _leap(self, seconds: float) -> None:
        if not self._at_work:
            self._leapt += seconds


class TimeSkippingClock:
    """Both clocks of the desk, and the modules `time` of the simulator, as the loop runs."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._began = loop.time(), datetime.now(UTC)

    def now(self) -> datetime:
        """The wall clock in UTC."""
        monotonic, wall = self._began
        return wall + timedelta(seconds=self._loop.time() - monotonic)

    def monotonic(self) -> float:
        """Monotonic seconds."""
        return self._loop.time()

    monotonic = monotonic

    def time(self) -> float:
        """Unix seconds."""
        return self.now().timestamp()
