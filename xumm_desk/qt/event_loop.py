"""One event loop for Qt and asyncio, and the only module that touches private names of either.

It shows Qt one notifier, on the selector's own descriptor, and one precise timer, where qasync
shows one of each per socket and per callback. With thousands of sockets that is the difference
between an idle core and a busy one (`tests/benchmarks`: 6 % instead of 100 %).
"""

from __future__ import annotations

import asyncio
import heapq
import logging
import os
import select
import selectors
import sys
import threading
import time
from asyncio import base_events, events, selector_events, tasks
from collections.abc import Callable
from contextvars import Context
from typing import Any, Final

import qasync
from PySide6.QtCore import (
    QAbstractEventDispatcher,
    QCoreApplication,
    QObject,
    QSocketNotifier,
    Qt,
    QTimer,
)
from PySide6.QtWidgets import QApplication

log = logging.getLogger(__name__)

SLICE_SECONDS: Final = 0.004
"""Seconds of callbacks after which Qt gets its turn."""

_POLL_BATCH: Final = 128
"""Descriptors of one poll: what their callbacks queue, such as changed rows, runs before the next
ones, instead of after ten thousand."""

_POLL_INTERVAL: Final = 0.001
"""Seconds for which callbacks that others have queued may go first."""

_SLOW: Final = 0.05
_FOREVER: Final = 24 * 3600.0
_NEVER: Final = float("inf")
"""The due time of a timer that is not set: asking Qt would be a call at every wake-up."""

_TIMER_TOLERANCE: Final = 0.0005
"""Seconds by which the timer may be off without being set again; its own grain is coarser."""

_MANY_CANCELLED: Final = 100


def make_loop(application: QApplication) -> asyncio.AbstractEventLoop:
    """The loop for `application`: ours where the platform has selectors and the names we build on
    exist, else qasync's own. `XUMM_DESK_LOOP=stock` forces the latter."""
    if os.environ.get("XUMM_DESK_LOOP") == "stock" or sys.platform == "win32":
        return _qasync_loop(application)
    missing = missing_names()
    if missing:
        log.warning("the stock loop is used: %s is missing", ", ".join(missing))
        return _qasync_loop(application)
    return DeskLoop(application)


def _qasync_loop(application: QApplication) -> asyncio.AbstractEventLoop:
    loop: asyncio.AbstractEventLoop = qasync.QEventLoop(application)
    return loop


def missing_names() -> list[str]:
    """The private names that `DeskLoop` needs and this Python or qasync lacks."""
    wanted: dict[Any, tuple[str, ...]] = {
        selector_events.BaseSelectorEventLoop: (
            "_process_events",
            "_make_self_pipe",
            "_close_self_pipe",
            "_add_reader",
            "_remove_reader",
            "_add_writer",
            "_remove_writer",
        ),
        base_events.BaseEventLoop: (
            "call_soon",
            "call_at",
            "call_soon_threadsafe",
            "_timer_handle_cancelled",
            "_check_running",
            "_asyncgen_firstiter_hook",
            "_asyncgen_finalizer_hook",
        ),
        tasks: ("_enter_task", "_leave_task"),
    }
    return [
        f"{owner.__name__}.{name}"
        for owner, names in wanted.items()
        for name in names
        if not hasattr(owner, name)
    ]


_BatchedSelector: type[selectors.BaseSelector] | None = None
if hasattr(selectors, "EpollSelector"):

    class _EpollBatches(selectors.EpollSelector):
        """Returns a batch at a time; the kernel returns the others the next time."""

        _selector: Any
        _fd_to_key: dict[int, selectors.SelectorKey]

        def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
            wait = -1.0 if timeout is None else max(timeout, 0.0)
            try:
                polled = self._selector.poll(wait, _POLL_BATCH)
            except InterruptedError:
                return []
            found = []
            for fd, event in polled:
                key = self._fd_to_key.get(fd)
                if key is not None:
                    readable = event & ~select.EPOLLOUT and selectors.EVENT_READ
                    writable = event & ~select.EPOLLIN and selectors.EVENT_WRITE
                    found.append((key, (readable | writable) & key.events))
            return found

    with selectors.EpollSelector() as _probe:
        if hasattr(_probe, "_selector") and hasattr(_probe, "_fd_to_key"):
            _BatchedSelector = _EpollBatches

if sys.platform != "win32":
    from asyncio.unix_events import _UnixSelectorEventLoop as _Asyncio

    class DeskLoop(qasync.QEventLoop):  # type: ignore[misc]
        """asyncio's own loop, turned by Qt.

        Readers, writers, timers and signals are asyncio's, untouched; only `run_forever` is
        different: it runs Qt, and Qt calls `turn` whenever the selector or the timer has news.
        """

        _scheduled: list[Any]
        _timer_cancelled_count: int
        _thread_id: int | None

        def __init__(self, application: QCoreApplication) -> None:
            # qasync's constructor builds what this loop replaces, so asyncio's alone is run.
            _Asyncio.__init__(self, (_BatchedSelector or selectors.DefaultSelector)())
            self._application = application
            self._holder = QObject(application)
            self._notifier = QSocketNotifier(
                self._selector.fileno(), QSocketNotifier.Type.Read, self._holder
            )
            self._notifier.activated.connect(self._readable)
            self._timer = QTimer(self._holder)
            self._timer.setSingleShot(True)
            self._timer.setTimerType(Qt.TimerType.PreciseTimer)
            self._timer.timeout.connect(self._fired)
            self._armed_for = _NEVER
            self._turning = False
            self._round = 0
            self._polled_at = 0.0
            dispatcher = QAbstractEventDispatcher.instance()
            if dispatcher is not None:
                dispatcher.aboutToBlock.connect(self._before_blocking)

        def run_forever(self) -> int:
            """Run Qt until `stop`; nested Qt loops (menus, drags) keep this one running."""
            self._check_closed()
            self._check_running()
            self._thread_id = threading.get_ident()
            hooks = sys.get_asyncgen_hooks()
            sys.set_asyncgen_hooks(
                firstiter=self._asyncgen_firstiter_hook, finalizer=self._asyncgen_finalizer_hook
            )
            before = events._get_running_loop()
            events._set_running_loop(self)
            try:
                self._arm(0.0)
                return int(self._application.exec())
            finally:
                self._stopping = False
                self._thread_id = None
                events._set_running_loop(before)
                sys.set_asyncgen_hooks(*hooks)

        def stop(self) -> None:
            """End `run_forever` after the callbacks that are ready now."""
            self._stopping = True
            self._arm(0.0)

        def close(self) -> None:
            """Close selector, pipe and timers; the loop must not be running."""
            if self.is_closed():
                return
            if self.is_running():
                raise RuntimeError("Cannot close a running event loop")
            self._timer.stop()
            self._notifier.setEnabled(False)
            _Asyncio.close(self)
            self._holder.deleteLater()

        def call_soon(
            self, callback: Callable[..., object], *args: Any, context: Context | None = None
        ) -> asyncio.Handle:
            """Run `callback` in the next turn."""
            handle = _Asyncio.call_soon(self, callback, *args, context=context)
            if not self._turning:
                self._arm(0.0)
            return handle

        def call_at(
            self,
            when: float,
            callback: Callable[..., object],
            *args: Any,
            context: Context | None = None,
        ) -> asyncio.TimerHandle:
            """Run `callback` when `time` reaches `when`."""
            handle = _Asyncio.call_at(self, when, callback, *args, context=context)
            if not self._turning and when < self._armed_for:
                self._arm(when - self.time())
            return handle

        def _readable(self) -> None:
            self.turn()

        def _fired(self) -> None:
            self._armed_for = _NEVER
            self.turn()

        def turn(self) -> None:
            """Run what is due, for at most one slice, then give Qt its turn.

            Re-entrant: a callback or coroutine that spins a nested Qt loop lets the other callbacks
            go on, because each one leaves the queue before it runs.
            """
            if self._closed or self._thread_id is None:
                return
            outer, self._turning = self._turning, True
            # asyncio runs no task inside the step of another one: a wake-up would be lost for ever.
            stepping = tasks.current_task(self)
            if stepping is not None:
                tasks._leave_task(self, stepping)
            try:
                now = time.monotonic()
                until = now + SLICE_SECONDS
                while now < until:
                    if self._round <= 0:
                        # Not before the last round is through: polling would queue the same
                        # readable descriptor again. Nor much later: callbacks that queue each other
                        # for ever must not keep sockets waiting.
                        if not self._ready or now - self._polled_at > _POLL_INTERVAL:
                            self._process_events(self._selector.select(0))
                            self._polled_at = now
                        self._take_due(now)
                        self._round = len(self._ready)
                    now = self._run_round(until)
                    if not self._ready:
                        break
            finally:
                self._turning = outer
                if stepping is not None:
                    tasks._enter_task(self, stepping)
            self._rearm()

        def _take_due(self, now: float) -> None:
            scheduled, ready = self._scheduled, self._ready
            while scheduled and (scheduled[0]._cancelled or scheduled[0]._when <= now):
                handle = heapq.heappop(scheduled)
                handle._scheduled = False
                if handle._cancelled:
                    self._timer_cancelled_count -= 1
                else:
                    ready.append(handle)
            # As asyncio does, but only where cancelled timers outnumber the others.
            if (
                self._timer_cancelled_count > _MANY_CANCELLED
                and self._timer_cancelled_count > len(scheduled) // 2
            ):
                kept = []
                for handle in scheduled:
                    if handle._cancelled:
                        handle._scheduled = False
                    else:
                        kept.append(handle)
                heapq.heapify(kept)
                self._scheduled = kept
                self._timer_cancelled_count = 0

        def _run_round(self, until: float) -> float:
            """Run what was ready when the sockets were polled, and not what that makes ready;
            stops when the time is up. Returns the time."""
            ready, now = self._ready, time.monotonic()
            while self._round > 0 and ready and now < until:
                # Counted first: a nested Qt loop goes on with the rest of this very round.
                self._round -= 1
                handle = ready.popleft()
                if handle._cancelled:
                    continue
                before = now
                handle._run()
                now = time.monotonic()
                if now - before > _SLOW:
                    log.info(
                        "%s held the loop for %.0f ms",
                        handle,
                        (now - before) * 1000,
                    )
            if not ready:
                self._round = 0
            return now

        def _rearm(self) -> None:
            if self._stopping and not self._turning:
                self._application.exit(0)
                return
            if self._ready:
                self._arm(0.0)
            elif self._scheduled:
                when = self._scheduled[0]._when
                if abs(when - self._armed_for) > _TIMER_TOLERANCE:
                    self._arm(when - time.monotonic())
            elif self._armed_for < _NEVER:
                self._timer.stop()
                self._armed_for = _NEVER

        def _before_blocking(self) -> None:
            """Qt is about to wait: inside a callback of ours that runs a nested Qt loop (a menu, a
            native dialog), what is left must not wait with it."""
            if self._turning:
                self._rearm()

        def _arm(self, seconds: float) -> None:
            wait = min(max(seconds, 0.0), _FOREVER)
            self._armed_for = time.monotonic() + wait
            # Rounded up: a timer that fires early would only be armed again.
            self._timer.start(-int(-wait * 1000 // 1))

    def _take_back() -> None:
        """Give the subclass asyncio's own method where qasync has replaced it and this module has
        not: qasync's methods need notifiers that do not exist here."""
        for owner in qasync.QEventLoop.__mro__:
            if owner.__module__.partition(".")[0] != "qasync":
                continue
            for name in vars(owner):
                ours = name.startswith("__") or name in vars(DeskLoop)
                if not ours and hasattr(_Asyncio, name):
                    setattr(DeskLoop, name, getattr(_Asyncio, name))

    _take_back()
