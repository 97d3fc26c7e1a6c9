"""Import the websockets library at the first connection, in a worker thread.

So the window is painted before it is loaded.
"""

from __future__ import annotations

import asyncio
import importlib
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from xumm_desk.core.message import Message
from xumm_desk.net.fd_limit import socket_limit

from .failures import host_name

if TYPE_CHECKING:
    from .status_socket import StatusConnection, StatusMessages, StatusSockets

log = logging.getLogger(__name__)


class LazyStatusSockets:
    """Opens status sockets as `StatusSockets` does."""

    def __init__(self) -> None:
        self.limit = socket_limit()
        """How many sockets this process may hold open at once."""
        self._loading: asyncio.Task[StatusSockets] | None = None

    async def connect(
        self, url: str, on_message: Callable[[str | bytes], None]
    ) -> StatusConnection:
        """See `StatusSockets.dial`; raises `OSError` also where the library cannot be loaded."""
        return await (await self._loaded()).connect(url, on_message)

    @asynccontextmanager
    async def stream(self, url: str) -> AsyncIterator[StatusMessages]:
        """See `StatusSockets.open`."""
        async with (await self._loaded()).stream(url) as link:
            yield link

    async def _loaded(self) -> StatusSockets:
        loading = self._loading
        if loading is None or (loading.done() and (loading.cancelled() or loading.exception())):
            # A failed import is tried again: its cause may be gone by now.
            loading = self._loading = asyncio.create_task(self._load())
        try:
            return await asyncio.shield(loading)
        except Exception as error:  # noqa: BLE001 - this is where the library is loaded
            log.warning("status sockets cannot be loaded: %s", host_name(error))
            raise ConnectionError(
                Message(
                    "A part of this program that speaks websocket is missing or damaged"
                    " ({error_type}). Install the program again.",
                    error_type=type(error).__name__,
                )
            ) from None

    async def _load(self) -> StatusSockets:
        status: Any = await asyncio.to_thread(
            importlib.import_module, f"{__package__}.status_socket"
        )
        sockets: StatusSockets = status.StatusSockets()
        return sockets
