"""Connect every place where Python reports an unhandled error to the error reports.

Main thread, other threads, callbacks and tasks of the event loop, and errors while an object is
freed. None of them ends the program.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
import sys
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any, Final

from .error_reports import ErrorReports, Origin

log = logging.getLogger(__name__)

_WISHES: Final = (KeyboardInterrupt, SystemExit, GeneratorExit)
"""These end a program on purpose."""

_NETWORK: Final = (ConnectionError, TimeoutError, ssl.SSLError)
"""A broken line, which asyncio reports when a library has let go of its connection already."""


def install(reports: ErrorReports) -> Callable[[], None]:
    """Report from now on; returns what puts the earlier hooks back."""
    before = sys.excepthook, threading.excepthook, sys.unraisablehook

    def main_hook(
        kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if isinstance(error, _WISHES):
            before[0](kind, error, trace)
        else:
            reports.add(error.with_traceback(trace), Origin.WINDOW)

    def thread_hook(arguments: threading.ExceptHookArgs) -> None:
        error = arguments.exc_value
        if error is not None and not isinstance(error, _WISHES):
            name = arguments.thread.name if arguments.thread is not None else ""
            reports.add(error.with_traceback(arguments.exc_traceback), Origin.THREAD, name)

    def clean_up_hook(arguments: Any) -> None:
        error = arguments.exc_value
        if error is None or sys.is_finalizing():
            before[2](arguments)
        else:
            # Its name and not itself: keeping the object would bring it back to life.
            name = f"{arguments.err_msg or ''} {type(arguments.object).__name__}".strip()
            reports.add(error.with_traceback(arguments.exc_traceback), Origin.CLEAN_UP, name)

    sys.excepthook, threading.excepthook, sys.unraisablehook = main_hook, thread_hook, clean_up_hook

    def restore() -> None:
        sys.excepthook, threading.excepthook, sys.unraisablehook = before

    return restore


def watch_loop(loop: asyncio.AbstractEventLoop, reports: ErrorReports) -> None:
    """Report errors of the loop's callbacks, and of tasks that nobody has awaited."""

    def handle(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error, what = context.get("exception"), str(context.get("message", ""))
        if not isinstance(error, BaseException) or isinstance(error, _NETWORK):
            log.error("%s", what, exc_info=error)
            return
        task = context.get("task") or context.get("future")
        name = task.get_name() if isinstance(task, asyncio.Task) else what
        reports.add(error, Origin.TASK, name)

    loop.set_exception_handler(handle)
