"""Opens status sockets; the only place that knows the websocket library.

Must not know what a message means. No compression, no keepalive task: the platform itself sends a
frame every 15 s, and one sweep watches for silence.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidURI

from xumm_desk.version import __version__

from . import tls

_MAX_MESSAGE: Final = 4 << 20
"""Far above any real frame: an oversized one shall be seen and noted, not end the socket."""

_CLOSE: Final = 0.7
"""Seconds for each half of the closing handshake; together less than a task gets to end."""


class StatusLink:
    """One open socket: an iterator of messages that ends when the socket does."""

    def __init__(self, raw: ClientConnection) -> None:
        self.raw = raw
        self.ended = ""

    def abort(self) -> None:
        """Drop the connection at once: a half-open peer would never answer a close."""
        self.raw.transport.abort()

    async def __aiter__(self) -> AsyncIterator[str | bytes]:
        try:
            async for message in self.raw:
                yield message
            self.ended = f"closed by the platform ({self.raw.close_code})"
        except ConnectionClosed as closed:
            self.ended = f"broken ({closed.rcvd.code if closed.rcvd else 'no close frame'})"


class StatusSockets:
    """Opens status sockets with the program's one TLS context."""

    def __init__(self, open_timeout: float = 20.0) -> None:
        self._open_timeout = open_timeout
        self._log = logging.getLogger("websockets.quiet")
        self._log.setLevel(logging.WARNING)

    @asynccontextmanager
    async def open(self, url: str) -> AsyncIterator[StatusLink]:
        """Open `url` (P§5); raises `OSError` when it cannot be reached or is no websocket."""
        loopback = url.startswith("ws://")
        connecting = connect(
            url,
            ssl=None if loopback else tls.context(),
            compression=None,
            ping_interval=None,
            open_timeout=self._open_timeout,
            close_timeout=_CLOSE,
            max_size=_MAX_MESSAGE,
            max_queue=4,
            user_agent_header=f"xumm-desk/{__version__}",
            proxy=None if loopback else True,
            logger=self._log,
        )
        try:
            raw = await connecting
        except (InvalidHandshake, InvalidURI, TimeoutError, EOFError) as error:
            raise ConnectionError(_words(error)) from None
        try:
            yield StatusLink(raw)
        finally:
            try:
                await raw.close()
            finally:
                # A second cancel may cut the closing handshake short.
                raw.transport.abort()


def _words(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time"
    response = getattr(error, "response", None)
    status = getattr(response, "status_code", None)
    return f"HTTP {status}" if status else type(error).__name__
