"""Call the system's keyring without waiting for it longer than the caller wants.

A keyring may ask the person for a password, or never answer (a secret service that died). Each
call runs in a daemon thread of its own: it holds up neither the window, nor the worker threads
that other work needs, nor the end of the program.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Final, TypeVar

T = TypeVar("T")

MAX_WAITING: Final = 8
_slots: Final = threading.BoundedSemaphore(MAX_WAITING)


class KeyringSilentError(Exception):
    """The keyring has not answered within the time that was given."""


def start(call: Callable[[], T]) -> Future[T]:
    """Start `call` in a thread of its own; the future holds its value or its exception. After
    `MAX_WAITING` calls without an answer the keyring is not called again until one comes."""
    future: Future[T] = Future()
    future.set_running_or_notify_cancel()
    if not _slots.acquire(blocking=False):
        future.set_exception(KeyringSilentError())
        return future

    def work() -> None:
        try:
            value = call()
        except BaseException as error:  # noqa: BLE001 - whoever waits hears of it
            _slots.release()
            future.set_exception(error)
        else:
            _slots.release()
            future.set_result(value)

    threading.Thread(target=work, name="keyring", daemon=True).start()
    return future


def wait(
    call: Callable[[], T], *, notice_after: float, limit: float, on_notice: Callable[[], None]
) -> T:
    """The value of `call`, for a program without an event loop. `on_notice` is called once when it
    has taken `notice_after` seconds.

    Raises:
        KeyringSilentError: no answer within `limit` seconds.
    """
    future = start(call)
    try:
        return future.result(notice_after)
    except TimeoutError:
        if future.done():
            raise
    on_notice()
    try:
        return future.result(max(0.0, limit - notice_after))
    except TimeoutError:
        if future.done():
            raise
        raise KeyringSilentError from None


async def ask(call: Callable[[], T], limit: float) -> T:
    """The value of `call`, on an event loop.

    Raises:
        KeyringSilentError: no answer within `limit` seconds; the thread goes on waiting.
    """
    waiting = asyncio.wrap_future(start(call))
    done, _ = await asyncio.wait({waiting}, timeout=limit)
    if not done:
        # Nobody waits for its late answer any more.
        waiting.add_done_callback(lambda late: late.cancelled() or late.exception())
        raise KeyringSilentError
    return waiting.result()
