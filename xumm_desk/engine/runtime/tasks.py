"""Own background tasks: start, name, supervise and stop them, and report their errors."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from typing import Any, Final, TypeVar

from xumm_desk.core.message import Message
from xumm_desk.core.state.timing import backoff

log = logging.getLogger(__name__)

_HEALTHY_AFTER: Final = 0.5
"""Supervised tasks are few, so their pauses need no jitter."""


class ClosingError(RuntimeError):
    """The desk is closing and takes nothing on any more; the text is a sentence."""


def is_cancelled() -> bool:
    """Whether the running task was asked to end. A `CancelledError` without that came out of a
    library, and is an error like any other."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


class TaskGroup:
    """Holds every task until it ends, so that none is garbage collected.

    Every error is logged and passed to those who called `on_error`. `first` and `most` are the
    seconds before a supervised task is started again: the first time, and at most.
    """

    def __init__(self, first: float = 1.0, most: float = 30.0) -> None:
        self._pauses = first, most
        self._tasks: set[asyncio.Task[Any]] = set()
        self._listeners: list[Callable[[str, BaseException], None]] = []
        self._lasting: set[str] = set()
        self._closed = False

    def on_error(self, call: Callable[[str, BaseException], None]) -> None:
        """Call `call` with a task's name and the error when a bug ended it or was met on its
        way; the log has it already."""
        self._listeners.append(call)

    def start(self, work: Coroutine[Any, Any, Any], name: str) -> asyncio.Task[Any]:
        """Run `work` in a task of its own; after `stop` it is refused and closed."""
        if self._closed:
            work.close()
            raise ClosingError(Message("The program is closing. Nothing was done."))
        task = asyncio.get_running_loop().create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._on_done)
        return task

    def keep_running(
        self, work: Callable[[], Coroutine[Any, Any, Any]], name: str
    ) -> asyncio.Task[Any]:
        """Run `work()` in a supervised task: an error that ends it is reported, and it is started
        again after a growing pause. It ends only when `work` returns or `stop` is called."""
        return self.start(self._supervise(work, name), name)

    def failed(self, name: str, error: BaseException) -> None:
        """Log and report an error that did not end its task."""
        log.error("%s failed", name, exc_info=error)
        for listener in tuple(self._listeners):
            try:
                listener(name, error)
            except Exception:
                log.exception("an error could not be told")

    def on_persistent_failure(self, name: str, error: BaseException) -> None:
        """As `failed`, for what is tried again and again: reported once until `on_recovered`."""
        if name in self._lasting:
            log.info("%s fails still: %s", name, error)
        else:
            self._lasting.add(name)
            self.failed(name, error)

    def on_recovered(self, name: str) -> None:
        """What `on_persistent_failure` reported is over."""
        self._lasting.discard(name)

    async def stop(self, patience: float = 2.0) -> None:
        """Cancel all tasks and wait at most `patience` seconds for their ends."""
        self._closed = True
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=patience)

    async def _supervise(self, work: Callable[[], Coroutine[Any, Any, Any]], name: str) -> None:
        attempt, loop = 0, asyncio.get_running_loop()
        first, most = self._pauses
        while True:
            began = loop.time()
            try:
                await work()
                return
            except asyncio.CancelledError as error:
                if is_cancelled():
                    raise
                self.failed(name, error)
            except Exception as error:  # noqa: BLE001 - told, and begun anew
                self.failed(name, error)
            attempt = 0 if loop.time() - began > most else attempt + 1
            await asyncio.sleep(backoff(attempt, _HEALTHY_AFTER, first, most))

    def _on_done(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self.failed(task.get_name(), error)


T = TypeVar("T")

_AT_A_TIME: Final = 8
"""Items between two turns: at some 100 µs each well within one slice of the loop."""


async def yielding(items: Iterable[T], at_a_time: int = _AT_A_TIME) -> AsyncIterator[T]:
    """The same items, with a turn for everybody else after every `at_a_time` of them."""
    for count, item in enumerate(items, 1):
        yield item
        if count % at_a_time == 0:
            await asyncio.sleep(0)


StartTask = Callable[[Coroutine[Any, Any, Any], str], object]
"""Starts a coroutine under a name, as the program's task owner does."""
