"""Owns background tasks: starts, names, reports, stops; must not know what they do."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

log = logging.getLogger(__name__)


class TaskOwner:
    """Holds every task until it ends, so none is lost to the collector and no error is silent."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()
        self._listeners: list[Callable[[str], None]] = []
        self._closed = False

    def __len__(self) -> int:
        return len(self._tasks)

    def on_error(self, call: Callable[[str], None]) -> None:
        """Call `call` with a task's name when it ended with an error of ours."""
        self._listeners.append(call)

    def start(self, work: Coroutine[Any, Any, Any], name: str) -> asyncio.Task[Any]:
        """Run `work` in a task of its own; after `stop` it is refused and closed."""
        if self._closed:
            work.close()
            raise RuntimeError("the program is closing")
        task = asyncio.get_running_loop().create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    async def stop(self, patience: float = 2.0) -> None:
        """Cancel all tasks and wait at most `patience` seconds for their last words."""
        self._closed = True
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=patience)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if task.cancelled():
            return
        error = task.exception()
        if error is not None:
            log.error("task %s failed", task.get_name(), exc_info=error)
            for listener in self._listeners:
                listener(task.get_name())
