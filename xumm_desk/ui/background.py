"""Run a function in a daemon thread and hand its result to the GUI thread.

For calls that may never return, such as a file on a lost network share: a daemon thread does not
hold up the end of the program.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any, Final, TypeVar

from PySide6.QtCore import QObject, Signal

log = logging.getLogger(__name__)
T = TypeVar("T")


def run_in_thread(function: Callable[[], T], done: Callable[[T], object]) -> None:
    """Call `function` in a thread, then `done` with its result in the calling thread, whose event
    loop must run. A function that raises is logged, and `done` is not called."""
    call = _Call(function, done)
    _running.add(call)
    call.thread_of_work = threading.Thread(
        target=call.run, name=f"background {function!r}", daemon=True
    )
    call.thread_of_work.start()


class _Call(QObject):
    finished = Signal(object)

    def __init__(self, function: Callable[[], Any], done: Callable[[Any], object]) -> None:
        super().__init__()
        self._function, self._done = function, done
        self.thread_of_work: threading.Thread | None = None
        self.finished.connect(self._deliver)

    def run(self) -> None:
        """In the thread."""
        try:
            result: list[Any] = [self._function()]
        except Exception:
            log.exception("A call in the background failed")
            result = []
        self.finished.emit(result)

    def _deliver(self, result: list[Any]) -> None:
        # It has emitted and is about to end. Else it could drop the last reference to this object,
        # and delete it in its own thread while Qt still uses it here, which crashes the program.
        if self.thread_of_work is not None:
            self.thread_of_work.join()
        _running.discard(self)
        if result:
            self._done(result[0])


_running: Final[set[_Call]] = set()
"""Calls under way: Qt must not delete an object whose thread is about to emit its signal."""
