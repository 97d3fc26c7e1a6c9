"""The simulated time and its alarms; can stand still, run fast, or be moved."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import time
from collections.abc import Callable

Callback = Callable[[], None]
_SETTLE_TURNS = 12


class Alarm:
    """One pending call; ``cancel`` makes it never happen."""

    __slots__ = ("at", "callback", "cancelled")

    def __init__(self, at: float, callback: Callback) -> None:
        self.at = at
        self.callback = callback
        self.cancelled = False

    def cancel(self) -> None:
        """Forget the call; harmless when it has already happened."""
        self.cancelled = True


class Clock:
    """Unix seconds that can run at any speed, stand still, or be moved on by hand.

    With ``speed`` 0 time stands still and only ``advance`` moves it, so a test decides what
    happens when (P§10a asks for an injectable clock).
    """

    def __init__(self, start: float | None = None, speed: float = 1.0) -> None:
        self._base = time.time() if start is None else start
        self._mark = time.monotonic()
        self._speed = speed
        self._alarms: list[tuple[float, int, Alarm]] = []
        self._order = itertools.count()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._wake: asyncio.TimerHandle | None = None

    @property
    def speed(self) -> float:
        """How many practice seconds pass in one real second."""
        return self._speed

    def start(self) -> None:
        """Begin to ring alarms on the running loop."""
        self._loop = asyncio.get_running_loop()
        self._arm()

    def stop(self) -> None:
        """Ring no alarm any more."""
        if self._wake is not None:
            self._wake.cancel()
        self._loop = None
        self._alarms.clear()

    def now(self) -> float:
        """Simulated unix seconds."""
        if self._speed == 0:
            return self._base
        return self._base + (time.monotonic() - self._mark) * self._speed

    def set_speed(self, speed: float) -> None:
        """Run faster, slower or (0) not at all from now on; ValueError when negative."""
        if speed < 0:
            raise ValueError("the clock cannot run backwards")
        self._base = self.now()
        self._mark = time.monotonic()
        self._speed = speed
        self._arm()

    def call_at(self, at: float, callback: Callback) -> Alarm:
        """Call ``callback`` once at unix second ``at`` (at once when past)."""
        alarm = Alarm(at, callback)
        heapq.heappush(self._alarms, (at, next(self._order), alarm))
        if self._alarms[0][2] is alarm:
            self._arm()
        return alarm

    def call_later(self, seconds: float, callback: Callback) -> Alarm:
        """Call ``callback`` once in ``seconds`` practice seconds."""
        return self.call_at(self.now() + seconds, callback)

    async def sleep(self, seconds: float) -> None:
        """Wait for ``seconds`` of simulated time."""
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        rung: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        alarm = self.call_later(seconds, lambda: None if rung.done() else rung.set_result(None))
        try:
            await rung
        finally:
            alarm.cancel()

    async def advance(self, seconds: float) -> None:
        """Move time forward, running every alarm on the way at its own time and in order."""
        if seconds < 0:
            raise ValueError("the clock cannot run backwards")
        # What was started just now belongs to this moment, not to the first alarm's.
        await self._settle()
        target = self.now() + seconds
        while self._alarms and self._alarms[0][0] <= target:
            at, _, alarm = heapq.heappop(self._alarms)
            if alarm.cancelled:
                continue
            self._set(max(at, self.now()))
            alarm.callback()
            await self._settle()
        self._set(max(target, self.now()))
        await self._settle()
        self._arm()

    async def _settle(self) -> None:
        # Woken coroutines must set their next alarm before time moves past it.
        for _ in range(_SETTLE_TURNS):
            await asyncio.sleep(0)

    def _set(self, now: float) -> None:
        self._base = now
        self._mark = time.monotonic()

    def _arm(self) -> None:
        if self._wake is not None:
            self._wake.cancel()
            self._wake = None
        while self._alarms and self._alarms[0][2].cancelled:
            heapq.heappop(self._alarms)
        if self._loop is None or not self._alarms or self._speed == 0:
            return
        wait = max(0.0, (self._alarms[0][0] - self.now()) / self._speed)
        self._wake = self._loop.call_later(wait, self._ring)

    def _ring(self) -> None:
        self._wake = None
        now = self.now()
        while self._alarms and self._alarms[0][0] <= now:
            _, _, alarm = heapq.heappop(self._alarms)
            if not alarm.cancelled:
                alarm.callback()
        self._arm()
