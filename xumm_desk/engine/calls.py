"""The queue of calls to the platform: by urgency, within the budget, a few at a time.

Every call that is awaited ends with a result or an exception, also when the desk closes. A call
that nobody awaits and that an error of ours broke off is told and made again.
"""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final, TypeVar

from xumm_desk.core.pace import Budget, backoff

from .ports import Clock
from .tasks import ClosingError, TaskOwner, is_cancelled

T = TypeVar("T")

_IN_FLIGHT: Final = 8

_AFTER_ERROR: Final = (5.0, 300.0)
"""Seconds before a call is made again that an error of ours broke off: at first, and at most."""

_CLOSED: Final = "The program is closing; this call was not made."
_CUT_OFF: Final = "The program is closing. What became of this call is found out at the next start."


class Urgency(IntEnum):
    """What goes first; only the last two leave a reserve for the others.

    Money before persons: where calls are short, a long file of new requests must not keep those
    that are already signed from being seen.
    """

    MONEY = 0
    PERSON = 1
    EXPIRY = 2
    CONNECTED = 3
    POLL = 4


@dataclass(slots=True)
class _Wanted:
    """One call to be made: never before `due`; asking again can only make it sooner. Thousands
    may wait, so they hold one function and what it is about, and no closure each."""

    due: float
    urgency: Urgency
    run: Callable[[str], Awaitable[None]]
    about: str
    failures: int = 0


class Calls:
    """The one queue before the platform. A call wanted twice under one key is made once."""

    def __init__(self, budget: Budget, clock: Clock, tasks: TaskOwner) -> None:
        self._budget = budget
        self._clock = clock
        self._tasks = tasks
        self._wanted: dict[str, _Wanted] = {}
        self._later: list[tuple[float, str]] = []
        self._ready: list[tuple[int, float, str]] = []
        self._flying: set[str] = set()
        self._awaited: dict[str, asyncio.Future[Any]] = {}
        self._wake = asyncio.Event()
        self._serial = 0
        self._closed = False

    def start(self) -> None:
        """Begin to serve."""
        self._tasks.keep(self._serve, "calls")

    def close(self) -> None:
        """Take on nothing more, and tell those who wait for a turn that it will not come. A call
        on its way ends with its task."""
        self._closed = True
        for key, future in self._awaited.items():
            if key not in self._flying:
                _refuse(future, _CLOSED)

    def want(
        self,
        key: str,
        urgency: Urgency,
        run: Callable[[str], Awaitable[None]],
        after: float = 0.0,
        about: str = "",
    ) -> None:
        """Ask for `run(about)` no sooner than `after` seconds from now. A key that already waits
        keeps the earlier time and the higher urgency."""
        due = self._clock.mono() + after
        known = self._wanted.get(key)
        if known is not None:
            if due >= known.due and urgency >= known.urgency:
                return
            due, urgency = min(due, known.due), min(urgency, known.urgency)
        self._wanted[key] = _Wanted(due, urgency, run, about)
        heapq.heappush(self._later, (due, key))
        self._wake.set()

    def forget(self, key: str) -> None:
        """Drop what waits under `key`; a call on its way is not stopped."""
        self._wanted.pop(key, None)

    async def make(self, urgency: Urgency, call: Callable[[], Awaitable[T]]) -> T:
        """Make one call when its turn comes; returns or raises what it does. Raises `ClosingError`
        where the desk closes before that."""
        if self._closed:
            raise ClosingError(_CLOSED)
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._serial += 1
        key = f"#{self._serial}"

        async def run(_about: str) -> None:
            if future.done():
                return
            try:
                result = await call()
            except asyncio.CancelledError as error:
                if is_cancelled():
                    _refuse(future, _CUT_OFF)
                    raise
                _raise_there(future, RuntimeError(f"the call was cancelled by a library: {error}"))
            except Exception as error:  # noqa: BLE001 - it belongs to whoever awaits the call
                _raise_there(future, error)
            else:
                if not future.done():
                    future.set_result(result)

        self._awaited[key] = future
        self.want(key, urgency, run)
        try:
            return await future
        finally:
            self._awaited.pop(key, None)
            self.forget(key)

    async def _serve(self) -> None:
        while True:
            self._wake.clear()
            pause = self._launch()
            try:
                async with asyncio.timeout(pause):
                    await self._wake.wait()
            except TimeoutError:
                continue

    def _launch(self) -> float | None:
        """Start all calls whose turn it is; seconds until something may change by itself."""
        now = self._clock.mono()
        while self._later and self._later[0][0] <= now:
            due, key = heapq.heappop(self._later)
            wanted = self._wanted.get(key)
            if wanted is not None and wanted.due <= due:
                heapq.heappush(self._ready, (wanted.urgency, wanted.due, key))
        held: list[tuple[int, float, str]] = []
        pause = self._later[0][0] - now if self._later else None
        while self._ready and len(self._flying) < _IN_FLIGHT:
            urgency, due, key = self._ready[0]
            wanted = self._wanted.get(key)
            if wanted is None or (wanted.urgency, wanted.due) != (urgency, due):
                heapq.heappop(self._ready)
                continue
            if key in self._flying:
                held.append(heapq.heappop(self._ready))
                continue
            wait = self._budget.wait(now, urgent=urgency <= Urgency.EXPIRY)
            if wait > 0:
                pause = wait if pause is None else min(pause, wait)
                break
            heapq.heappop(self._ready)
            del self._wanted[key]
            self._flying.add(key)
            self._budget.spend(now)
            self._tasks.start(self._fly(key, wanted), f"call {key[:24]}")
        for entry in held:
            heapq.heappush(self._ready, entry)
        return pause

    async def _fly(self, key: str, wanted: _Wanted) -> None:
        try:
            await wanted.run(wanted.about)
        except asyncio.CancelledError as error:
            if is_cancelled():
                raise
            self._again(key, wanted, error)
        except Exception as error:  # noqa: BLE001 - told, and made again
            self._again(key, wanted, error)
        finally:
            self._flying.discard(key)
            self._wake.set()

    def _again(self, key: str, wanted: _Wanted, error: BaseException) -> None:
        """What a request waits for is not given up because of an error of ours."""
        self._tasks.failed(f"call {key[:24]}", error)
        pause = backoff(wanted.failures, 0.5, *_AFTER_ERROR)
        self.want(key, wanted.urgency, wanted.run, pause, wanted.about)
        self._wanted[key].failures = wanted.failures + 1


def _refuse(future: asyncio.Future[Any], why: str) -> None:
    _raise_there(future, ClosingError(why))


def _raise_there(future: asyncio.Future[Any], error: Exception) -> None:
    """Let whoever awaits `future` get `error`; where nobody does any more, nothing is said."""
    if not future.done():
        future.set_exception(error)
        future.exception()  # marks it as seen
