"""Import parts of xrpl-py, one at a time for the whole program.

Its packages import each other in circles. If two threads import different parts at once, one of
them meets a half-loaded module and fails: a signed request would then stay unread.
"""

from __future__ import annotations

import asyncio
import functools
import importlib
import logging
import sys
import threading
import typing
from typing import Any, Final

log = logging.getLogger(__name__)

_import_lock: Final = threading.RLock()
_CLIENTS: Final = "xrpl.asyncio.clients"
_MODELS: Final = "xrpl.models.base_model"

_type_hints: Final = functools.cache(typing.get_type_hints)
"""Of a class they never change, and xrpl-py resolves them for each question and each answer: a
fifth of a millisecond of the window's thread."""


def import_xrpl(name: str) -> Any:
    """The module `name`; takes about half a second the first time, so not on the loop's thread."""
    with _import_lock:
        module = importlib.import_module(name)
        if name == _CLIENTS:
            # It prints what a node sends wrongly; standard output belongs to the command's objects.
            base = importlib.import_module(f"{name}.websocket_base")
            vars(base)["print"] = _to_log
        if _MODELS in sys.modules:
            vars(sys.modules[_MODELS])["get_type_hints"] = _type_hints
        return module


class _NoQueue(asyncio.Queue[Any]):
    """Keeps nothing. The library puts each answer, besides handing it to whoever asked, into a
    queue for those who iterate; where nobody does, it would grow as long as the window is open."""

    def put_nowait(self, item: Any) -> None:
        """Drop the message."""
        del item


async def open_websocket(url: str, *, iterated: bool = False) -> Any:
    """A connected websocket client of xrpl-py, for questions; `iterated` also for its messages.
    Raises whatever its connecting raises."""
    clients = await asyncio.to_thread(import_xrpl, _CLIENTS)
    client = clients.AsyncWebsocketClient(url)
    await client.open()
    if not iterated:
        client._messages = _NoQueue()
    reader = getattr(client, "_handler_task", None)
    if isinstance(reader, asyncio.Task):
        # The library leaves its reader's last error to the collector, which then complains.
        reader.add_done_callback(_retrieve)
    _tell_of_failed_sends(client)
    return client


def _tell_of_failed_sends(client: Any) -> None:
    """Pass on failed sends. The library sends in a task that nobody awaits: a caller would wait for
    the time-out although the request was never sent."""
    send = client._do_send_no_future

    async def send_or_fail(request: Any) -> None:
        try:
            await send(request)
        except Exception as error:  # noqa: BLE001 - handed on to whoever waits for the answer
            waiting = client._open_requests.get(str(request.id))
            if waiting is not None and not waiting.done():
                waiting.set_exception(error)
            else:
                log.info("ledger socket: %s", type(error).__name__)

    client._do_send_no_future = send_or_fail


def _retrieve(reader: asyncio.Task[None]) -> None:
    if not reader.cancelled() and reader.exception() is not None:
        log.info("ledger socket: %s", type(reader.exception()).__name__)


def _to_log(*words: object) -> None:
    log.info("ledger socket: %s", " ".join(map(str, words))[:200])
