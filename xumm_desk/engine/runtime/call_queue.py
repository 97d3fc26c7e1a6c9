"""The one queue of calls to the platform: by priority, within the budget, a few at a time.

Every awaited call ends with a result or an exception, also when the desk closes. A scheduled call
that fails because of a bug is reported and made again.
"""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final, TypeVar

from xumm_desk.core.message import Message
from xumm_desk.core.state.timing import CallBudget, backoff

from .ports import Clock
from .tasks import ClosingError, TaskGroup, is_cancelled

T = TypeVar("T")

_MAX_IN_FLIGHT: Final = 8

_ERROR_PAUSE: Final = (5.0, 300.0)
"""Seconds before a call that failed by a bug is made again: at first, and at most."""

_CLOSED: Final = Message("The program is closing; this call was not made.")
_CUT_OFF: Final = Message(
    "The program is closing. What became of this call is found out at the next start."
)


class Priority(IntEnum):
    """What goes first; only the last three leave a reserve for the others.

    Money before persons: while calls are short, a long file of new requests must not keep signed
    ones from being read.
    """

    MONEY = 0
    PERSON = 1
    EXPIRY = 2
    CONNECTED = 3
    POLL = 4
    BULK = 5
    """A file of new requests: a customer waits for everything else."""


@dataclass(slots=True)
class _ScheduledCall:
    """One call to be made: never before `due`; asking again can only make it sooner. Thousands
    may wait, so they hold one function and what it is about, and no closure each."""

    due: float
    priority: Priority
    run: Callable[[str], Awaitable[None]]
    identifier: str
    failures: int = 0


class CallQueue:
    """The one queue before the platform. A call wanted twice under one key is made once."""

    def __init__(self, budget: CallBudget, clock: Clock, tasks: TaskGroup) -> None:
        self._budget = budget
        self._clock = clock
        self._tasks = tasks
        self._scheduled: dict[str, _ScheduledCall] = {}
        self._later: list[tuple[float, str]] = []
        self._ready: list[tuple[int, float, str]] = []
        self._in_flight: set[str] = set()
        self._awaited: dict[str, asyncio.Future[Any]] = {}
        self._wake = asyncio.Event()
        self._serial = 0
        self._closed = False

    def start(self) -> None:
        """Begin to serve."""
        self._tasks.keep_running(self._serve, "calls")

    def close(self) -> None:
        """Accept no more calls, and reject those that wait for a turn. A call in flight ends with
        its task."""
        self._closed = True
        for key, future in self._awaited.items():
            if key not in self._in_flight:
                _reject(future, _CLOSED)

    def schedule(
        self,
        key: str,
        urgency: Priority,
        run: Callable[[str], Awaitable[None]],
        after: float = 0.0,
        about: str = "",
    ) -> None:
        """Schedule `run(identifier)` no sooner than `after` seconds from now. A key that is already
        scheduled keeps the earlier time and the higher priority."""
        due = self._clock.monotonic() + after
        known = self._scheduled.get(key)
        if known is not None:
            if due >= known.due and urgency >= known.priority:
                return
            due, urgency = min(due, known.due), min(urgency, known.priority)
        self._scheduled[key] = _ScheduledCall(due, urgency, run, about)
        heapq.heappush(self._later, (due, key))
        self._wake.set()

    def holds(self, key: str) -> bool:
        """Whether the call under this key is still to be made, or is being made."""
        return key in self._scheduled or key in self._in_flight

    def cancel(self, key: str) -> None:
        """Drop what waits under `key`; a call on its way is not stopped."""
        self._scheduled.pop(key, None)

    async def call(self, urgency: Priority, call: Callable[[], Awaitable[T]]) -> T:
        """Make one call when its turn comes; returns or raises what it does. Raises `ClosingError`
        if the desk closes before that."""
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
                    _reject(future, _CUT_OFF)
                    raise
                _raise_there(
                    future,
                    RuntimeError(
                        Message("the call was cancelled by a library: {error}", error=error)
                    ),
                )
            except Exception as error:  # noqa: BLE001 - it belongs to whoever awaits the call
                _raise_there(future, error)
            else:
                if not future.done():
                    future.set_result(result)

        self._awaited[key] = future
        self.schedule(key, urgency, run)
        try:
            return await future
        finally:
            self._awaited.pop(key, None)
            self.cancel(key)

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
        now = self._clock.monotonic()
        while self._later and self._later[0][0] <= now:
            due, key = heapq.heappop(self._later)
            wanted = self._scheduled.get(key)
            if wanted is not None and wanted.due <= due:
                heapq.heappush(self._ready, (wanted.priority, wanted.due, key))
        held: list[tuple[int, float, str]] = []
        pause = self._later[0][0] - now if self._later else None
        while self._ready and len(self._in_flight) < _MAX_IN_FLIGHT:
            urgency, due, key = self._ready[0]
            wanted = self._scheduled.get(key)
            if wanted is None or (wanted.priority, wanted.due) != (urgency, due):
                heapq.heappop(self._ready)
                continue
            if key in self._in_flight:
                held.append(heapq.heappop(self._ready))
                continue
            wait = self._budget.delay(now, urgent=urgency <= Priority.EXPIRY)
            if wait > 0:
                pause = wait if pause is None else min(pause, wait)
                break
            heapq.heappop(self._ready)
            del self._scheduled[key]
            self._in_flight.add(key)
            self._budget.count(now)
            self._tasks.start(self._run(key, wanted), f"call {key[:24]}")
        for entry in held:
            heapq.heappush(self._ready, entry)
        return pause

    async def _run(self, key: str, wanted: _ScheduledCall) -> None:
        try:
            await wanted.run(wanted.identifier)
        except asyncio.CancelledError as error:
            if is_cancelled():
                raise
            self._retry_later(key, wanted, error)
        except Exception as error:  # noqa: BLE001 - told, and made again
            self._retry_later(key, wanted, error)
        finally:
            self._in_flight.discard(key)
            self._wake.set()

    def _retry_later(self, key: str, wanted: _ScheduledCall, error: BaseException) -> None:
        """Retry a scheduled call that failed by a bug: a request waits for it."""
        self._tasks.failed(f"call {key[:24]}", error)
        pause = backoff(wanted.failures, 0.5, *_ERROR_PAUSE)
        self.schedule(key, wanted.priority, wanted.run, pause, wanted.identifier)
        self._scheduled[key].failures = wanted.failures + 1


def _reject(future: asyncio.Future[Any], why: str) -> None:
    _raise_there(future, ClosingError(why))


def _raise_there(future: asyncio.Future[Any], error: Exception) -> None:
    """Let whoever awaits `future` get `error`; if nobody does any more, drop it."""
    if not future.done():
        future.set_exception(error)
        future.exception()  # marks it as seen
