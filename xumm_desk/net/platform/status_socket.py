"""Status sockets, the only module that uses the websockets library.

No compression and no keepalive task: the platform sends a frame every 15 s, and one watchdog looks
for silence. The desk's own sockets (`connect`) are a bare protocol, since ten thousand of them
share one window: short whole texts are read directly, the rest goes to the library's sans-I/O
parser (`tests/benchmarks`: 25 instead of 32 % of a core at 2,000 messages a second). A program's
subscription (`stream`) gets the library's whole connection.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final, cast
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.client import ClientProtocol
from websockets.exceptions import ConnectionClosed
from websockets.frames import CloseCode, Frame, Opcode
from websockets.http11 import Request, Response
from websockets.protocol import State
from websockets.uri import parse_uri

from xumm_desk.core.wire.api_answers import SettingError
from xumm_desk.net import connecting, tls
from xumm_desk.net.proxies import Proxy, ProxyChoice
from xumm_desk.version import __version__

_MAX_MESSAGE: Final = 4 << 20
"""Far above any real frame: an oversized one shall be seen and noted, not end the socket."""

_CLOSE: Final = 0.7
"""Seconds for each half of the closing handshake; together less than a task gets to end."""

_STARTS: Final = frozenset({Opcode.TEXT, Opcode.BINARY})
_AGENT: Final = f"xumm-desk/{__version__}"

_incoming = memoryview(bytearray(8192))
"""Where every socket reads to: one at a time, on the loop's thread. Small, so that a flood on one
socket yields to all others between reads."""


class StatusConnection(asyncio.BufferedProtocol):
    """One open socket of the desk: passes each message to `on_message`, and ends `closed` with the
    reason.

    It takes the place of the connection that the library's `connect` would make, so connecting,
    proxies and the handshake are the library's. Redirects are refused, because they could lead
    anywhere.
    """

    __slots__ = (
        "_at_frame_start",
        "_binary",
        "_handshake_done",
        "_parts",
        "_protocol",
        "_transport",
        "closed",
        "on_message",
    )

    def __init__(self, protocol: ClientProtocol, **_unused: object) -> None:
        loop = asyncio.get_running_loop()
        self._protocol = protocol
        self._transport: asyncio.Transport | None = None
        self._handshake_done: asyncio.Future[None] | None = loop.create_future()
        self._parts: list[bytes | bytearray | memoryview] | None = None
        self._binary = self._at_frame_start = False
        self.on_message: Callable[[str | bytes], None] | None = None
        self.closed: asyncio.Future[str] = loop.create_future()

    @property
    def transport(self) -> asyncio.Transport:
        """The open connection."""
        assert self._transport is not None
        return self._transport

    # What `connect` asks of a connection.

    async def handshake(self, _headers: object, agent: str | None) -> None:
        """Ask to upgrade; raises `InvalidHandshake` or `ConnectionError` when it is refused."""
        request: Request = self._protocol.connect()
        if agent is not None:
            request.headers["User-Agent"] = agent
        self._protocol.send_request(request)
        self._send()
        answered = self._handshake_done
        assert answered is not None
        await answered
        self._handshake_done = None
        error = self._protocol.handshake_exc
        if error is not None:
            raise ConnectionError(_error_text(error, None)) from None

    def start_keepalive(self) -> None:
        """Nothing: the platform's own frames are the keepalive (P§5)."""

    # What the desk asks.

    def abort(self) -> None:
        """Drop the connection at once: a half-open peer would never answer a close."""
        self.transport.abort()

    async def close(self) -> None:
        """Close for at most a moment, passing on nothing more; a second cancel only makes it
        shorter."""
        self.on_message = None
        if self.closed.cancelled():
            # Whoever awaited the end was cancelled, and this future with it: await a new one.
            self.closed = asyncio.get_running_loop().create_future()
        try:
            if self._protocol.state is State.OPEN:
                self._protocol.send_close(CloseCode.NORMAL_CLOSURE)
                self._send()
                await asyncio.wait([self.closed], timeout=_CLOSE)
        finally:
            self.transport.abort()

    # Callbacks of the transport.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The TCP or TLS connection is open."""
        self._transport = cast(asyncio.Transport, transport)

    def get_buffer(self, _sizehint: int) -> memoryview:
        """All sockets read into one buffer; each read is taken out of it before the next."""
        return _incoming

    def buffer_updated(self, count: int) -> None:
        """Bytes arrived: in almost every case one whole short text, which is passed on without the
        parser; the parser would take a third of the time spent on it."""
        if self._at_frame_start and is_short_text_frame(_incoming, count):
            self._binary = False
            self._deliver_text(_incoming[2:count])
            return
        data = bytes(_incoming[:count])
        connecting = self._protocol.state is State.CONNECTING
        self._protocol.receive_data(data)
        self._process_events()
        # Once lost sight of, frames end where only the parser knows.
        frames = body_after_headers(data) if connecting else data if self._at_frame_start else None
        self._at_frame_start = (
            frames is not None
            and ends_at_frame(frames)
            and self._parts is None
            and self._protocol.state is State.OPEN
        )

    def eof_received(self) -> None:
        """The other side closed; the transport closes by itself."""
        self._at_frame_start = False
        self._protocol.receive_eof()
        self._process_events()

    def connection_lost(self, _error: Exception | None) -> None:
        """The connection is closed."""
        self._protocol.receive_eof()
        if self._handshake_done is not None and not self._handshake_done.done():
            self._handshake_done.set_result(None)
        if not self.closed.done():
            self.closed.set_result(self._why())

    def _process_events(self) -> None:
        events = self._protocol.events_received()
        self._send()
        for event in events:
            if isinstance(event, Frame):
                self._on_frame(event)
            elif isinstance(event, Response):
                # The parser keeps the handshake's answer for the connection's life: two kilobytes
                # of headers.
                event.headers.clear()
                if self._handshake_done is not None and not self._handshake_done.done():
                    self._handshake_done.set_result(None)

    def _on_frame(self, frame: Frame) -> None:
        """Put messages together; the parser has answered pings and closes by itself."""
        if frame.opcode in _STARTS:
            self._binary = frame.opcode is Opcode.BINARY
            if frame.fin:
                self._deliver_text(frame.data)
            else:
                self._parts = [frame.data]
        elif frame.opcode is Opcode.CONT and self._parts is not None:
            self._parts.append(frame.data)
            if frame.fin:
                whole, self._parts = b"".join(self._parts), None
                self._deliver_text(whole)

    def _deliver_text(self, raw: bytes | bytearray | memoryview) -> None:
        if not self._binary:
            try:
                self._deliver(str(raw, "utf-8"))
                return
            except UnicodeDecodeError:
                pass  # passed on as bytes: recorded as unreadable, without ending the socket
        self._deliver(bytes(raw))

    def _deliver(self, message: str | bytes) -> None:
        if self.on_message is not None and not self.closed.done():
            self.on_message(message)

    def _send(self) -> None:
        transport = self._transport
        for data in self._protocol.data_to_send():
            if transport is None or transport.is_closing():
                continue
            if data:
                transport.write(data)
            elif transport.can_write_eof():
                with contextlib.suppress(OSError, RuntimeError):
                    transport.write_eof()
            else:
                transport.close()

    def _why(self) -> str:
        reason = self._protocol.close_rcvd
        if reason is None:
            return "broken (no close frame)"
        return f"closed by the platform ({reason.code})"


class StatusMessages:
    """One open socket of a program: an iterator of messages that ends when the socket does."""

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
        self._proxies = ProxyChoice()
        self._log = logging.getLogger("websockets.quiet")
        self._log.setLevel(logging.WARNING)

    async def connect(
        self, url: str, on_message: Callable[[str | bytes], None]
    ) -> StatusConnection:
        """Open `url` (P§5) and call `on_message` with every message; raises `OSError` if it cannot
        be reached or is no websocket."""

        def line(protocol: ClientProtocol, **_unused: object) -> StatusConnection:
            made = StatusConnection(protocol)
            made.on_message = on_message
            return made

        return cast(StatusConnection, await self._connect(url, create_connection=line))

    @asynccontextmanager
    async def stream(self, url: str) -> AsyncIterator[StatusMessages]:
        """Open `url` with the library's whole connection; raises `OSError` as `connect` does."""
        raw = await self._connect(url, close_timeout=_CLOSE, max_queue=4)
        try:
            yield StatusMessages(raw)
        finally:
            try:
                await raw.close()
            finally:
                # A second cancel may cut the closing handshake short.
                raw.transport.abort()

    async def _connect(self, url: str, **how: Any) -> ClientConnection:
        """Open `url`; whatever goes wrong is a `ConnectionError` with a sentence for a person."""
        proxy: Proxy | None = None
        try:
            async with asyncio.timeout(self._open_timeout):
                proxy = await self._proxies.for_url(url)
                return await self._open(url, proxy, how)
        except Exception as error:  # noqa: BLE001 - this is where the library is called
            raise ConnectionError(_error_text(error, proxy)) from None

    async def _open(self, url: str, proxy: Proxy | None, how: dict[str, Any]) -> ClientConnection:
        plain = url.startswith("ws://")
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or (80 if plain else 443)
        # Everything that may be refused is checked first: afterwards the library owns the
        # connection.
        parse_uri(url)
        context = None if plain else tls.client_context()
        through: dict[str, Any]
        if proxy is None:
            through = {"sock": await connecting.connect(host, port)}
        elif proxy.kind == "https":
            through = {"proxy": proxy.url, "happy_eyeballs_delay": connecting.HEAD_START}
        else:
            through = {"sock": await connecting.connect_through(proxy, host, port)}
        return await _Connect(
            url,
            ssl=context,
            compression=None,
            ping_interval=None,
            open_timeout=None,
            max_size=_MAX_MESSAGE,
            user_agent_header=_AGENT,
            logger=self._log,
            # Left to itself, the library would read the environment in its own way.
            **{"proxy": None, **through, **how},
        )


class _Connect(connect):
    """The library's way to a connection, without redirects: they could lead to any host."""

    def process_redirect(self, exc: Exception) -> Exception:
        """See `connect`: the error is raised as it is."""
        return exc


def _error_text(error: Exception, proxy: Proxy | None) -> str:
    """What went wrong, for the timeline. The messages of libraries are not repeated: they quote
    whatever the other side has sent."""
    by = f" through the proxy {proxy.place} ({proxy.source})" if proxy is not None else ""
    if isinstance(error, SettingError):
        return str(error)
    if isinstance(error, TimeoutError):
        return f"no answer in time{by}"
    response = getattr(error, "response", None)
    status = getattr(response, "status_code", None)
    if status:
        return f"HTTP {status}{by}"
    if isinstance(error, OSError):
        return f"{str(error) or type(error).__name__}{by}"
    return f"{type(error).__name__}{by}"


_TEXT: Final = 0x81
"""A whole message of text: the last frame of it, and no extension."""

_LONG: Final = 126
"""126 means that a 16-bit length follows (RFC 6455 §5.2). Longer or masked frames are left to the
parser."""

_HEADERS_END: Final = b"\r\n\r\n"


def is_short_text_frame(data: Sequence[int], count: int) -> bool:
    """Whether the first `count` bytes of `data` are one whole text message of less than 126 bytes,
    which then are all but the first two. `data` must begin where a frame does."""
    return data[1] == count - 2 and data[0] == _TEXT and data[1] < _LONG


def ends_at_frame(data: bytes) -> bool:
    """Whether `data`, which begins where a frame does, ends where one does. Frames of 64 KiB and
    more, or with a mask, are taken for unfinished."""
    at, end = 0, len(data)
    while at + 1 < end and data[at + 1] <= _LONG:
        if data[at + 1] < _LONG:
            at += 2 + data[at + 1]
        else:
            at += 4 + int.from_bytes(data[at + 2 : at + 4], "big")
    return at == end


def body_after_headers(data: bytes) -> bytes | None:
    """What follows the answer to an upgrade; None if `data` alone does not tell, because the end of
    the headers, which a text may hold too, is not in it or may begin before it."""
    _, found, rest = data.partition(_HEADERS_END)
    return rest if found and data[:1] not in (b"\r", b"\n") else None
