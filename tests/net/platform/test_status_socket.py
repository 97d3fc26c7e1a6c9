"""The desk's own status sockets, against the library's server and against a rude one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import InvalidProxy, InvalidURI, SecurityError

from xumm_desk.core.wire import frames
from xumm_desk.net.platform.status_socket import StatusConnection, StatusSockets
from xumm_desk.net.platform.status_socket_loader import LazyStatusSockets

pytestmark = pytest.mark.anyio

Heard = list[str | bytes]
Handler = Callable[[ServerConnection], Awaitable[None]]


@asynccontextmanager
async def platform(handler: Handler) -> AsyncIterator[str]:
    async with serve(handler, "127.0.0.1", 0, ping_interval=None) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        yield f"ws://127.0.0.1:{port}/sign/x"


@asynccontextmanager
async def rude(answer: bytes) -> AsyncIterator[str]:
    """A server that answers whatever is asked with these bytes and closes."""

    async def serve_one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve_one, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        yield f"ws://127.0.0.1:{port}/sign/x"


async def whole_life(handler: Handler) -> tuple[Heard, str]:
    """What is heard from first to last, and why it ended."""
    heard: Heard = []
    async with platform(handler) as url, asyncio.timeout(10):
        line = await StatusSockets().connect(url, heard.append)
        why = await line.closed
        await line.close()
    return heard, why


async def test_messages_in_order_and_the_code_of_the_end() -> None:
    async def handler(socket: ServerConnection) -> None:
        await socket.send('{"message":"Welcome"}')
        await socket.send('{"opened":true}')
        await socket.close(4001, "gone")

    heard, why = await whole_life(handler)
    assert heard == ['{"message":"Welcome"}', '{"opened":true}']
    assert why == "closed by the platform (4001)"


async def test_a_message_in_pieces_is_one_message() -> None:
    async def handler(socket: ServerConnection) -> None:
        await socket.send(['{"open', 'ed":', "true}"])
        await socket.send([b"by", b"tes"])
        await socket.send('{"pre_signed":true}')

    heard, _ = await whole_life(handler)
    assert heard == ['{"opened":true}', b"bytes", '{"pre_signed":true}']
    assert isinstance(frames.parse_frame(heard[1]), frames.UnreadableFrame)


async def test_text_that_is_no_text_is_garbage_and_not_the_end() -> None:
    async def handler(socket: ServerConnection) -> None:
        socket.protocol.send_text(b'{"opened":\xff}')
        socket.send_data()
        await socket.send('{"opened":true}')

    heard, why = await whole_life(handler)
    assert heard == [b'{"opened":\xff}', '{"opened":true}']
    assert isinstance(frames.parse_frame(heard[0]), frames.UnreadableFrame)
    assert why.startswith("closed by the platform")


async def test_a_ping_is_answered() -> None:
    answered = asyncio.Event()

    async def handler(socket: ServerConnection) -> None:
        await (await socket.ping(b"there?"))
        answered.set()

    await whole_life(handler)
    assert answered.is_set()


async def test_a_connection_that_breaks_says_so() -> None:
    async def handler(socket: ServerConnection) -> None:
        await socket.send("{}")
        socket.transport.abort()

    heard, why = await whole_life(handler)
    assert heard == ["{}"]
    assert why == "broken (no close frame)"


async def test_more_than_one_read_at_a_time_yields_to_others() -> None:
    """A flood on one socket must not hold the loop: others get their turn in between."""
    flood, turns = 5000, 0

    async def handler(socket: ServerConnection) -> None:
        for _ in range(flood):
            socket.protocol.send_text(b'{"opened":true}')
        socket.send_data()

    at: list[int] = []

    async def other() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    async with platform(handler) as url, asyncio.timeout(20):
        task = asyncio.create_task(other())
        line = await StatusSockets().connect(url, lambda _: at.append(turns))
        await line.closed
        task.cancel()
    assert len(at) == flood
    assert max(at.count(turn) for turn in set(at)) < 1000


async def test_who_waited_is_cancelled_and_the_socket_is_closed_all_the_same() -> None:
    codes: list[int | None] = []
    ended = asyncio.Event()

    async def handler(socket: ServerConnection) -> None:
        await socket.wait_closed()
        codes.append(socket.close_code)
        ended.set()

    async with platform(handler) as url, asyncio.timeout(10):
        line = await StatusSockets().connect(url, lambda _: None)

        async def follow() -> None:
            try:
                await line.closed
            finally:
                await line.close()

        task = asyncio.create_task(follow())
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])
        await ended.wait()
    assert codes == [1000]


async def test_nothing_is_received_after_the_close() -> None:
    heard: Heard = []

    async def handler(socket: ServerConnection) -> None:
        await socket.send("first")
        async for _ in socket:
            pass

    async with platform(handler) as url, asyncio.timeout(10):
        first = asyncio.Event()

        def hear(message: str | bytes) -> None:
            heard.append(message)
            first.set()

        line = await StatusSockets().connect(url, hear)
        await first.wait()
        await line.close()
        assert line.closed.done()
    assert heard == ["first"]


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 5\r\n\r\n<htm>", "HTTP 502"),
        (b"HTTP/1.1 404 Not Found\r\n\r\n", "HTTP 404"),
        (b"SSH-2.0-OpenSSH\r\n", "InvalidMessage"),
        (b"", "InvalidMessage"),
        (b"HTTP/1.1 302 Found\r\nLocation: ws://127.0.0.1:1/sign/x\r\n\r\n", "HTTP 302"),
    ],
)
async def test_whatever_is_no_websocket_is_an_error_of_the_connection(
    answer: bytes, says: str
) -> None:
    async with rude(answer) as url, asyncio.timeout(10):
        with pytest.raises(ConnectionError, match=says):
            await StatusSockets().connect(url, lambda _: None)


async def test_no_socket_follows_where_an_answer_sends_it() -> None:
    """A redirect could lead to any host. The library follows it, unless it is told not to."""
    dialled = asyncio.Event()

    async def handler(_socket: ServerConnection) -> None:
        dialled.set()

    async with platform(handler) as elsewhere, asyncio.timeout(10):
        answer = f"HTTP/1.1 302 Found\r\nLocation: {elsewhere}\r\n\r\n".encode()
        async with rude(answer) as url:
            with pytest.raises(ConnectionError, match="HTTP 302"):
                async with StatusSockets().stream(url):
                    pass
    assert not dialled.is_set()


@pytest.mark.parametrize(
    "make",
    [
        lambda: OSError(5, "no"),
        lambda: ValueError("x"),
        lambda: RuntimeError("x"),
        lambda: UnicodeError("x"),
        lambda: ImportError("x"),
        MemoryError,
        lambda: InvalidProxy("x", "y"),
        lambda: InvalidURI("x", "y"),
        lambda: SecurityError("x"),
        EOFError,
        TimeoutError,
    ],
    ids=lambda make: type(make()).__name__,
)
async def test_whatever_the_library_raises_is_an_error_of_the_connection(
    monkeypatch: pytest.MonkeyPatch, make: Callable[[], Exception]
) -> None:
    async def handler(socket: ServerConnection) -> None:
        await socket.wait_closed()

    async def broken(self: connect) -> None:
        self.connection_kwargs["sock"].close()
        raise make()

    async def unconnected(_host: str, _port: int) -> None:
        raise make()

    async with platform(handler) as url, asyncio.timeout(10):
        monkeypatch.setattr("websockets.asyncio.client.connect.create_connection", broken)
        with pytest.raises(OSError, match=r"\w"):
            await StatusSockets().connect(url, lambda _: None)
        monkeypatch.setattr("xumm_desk.net.connecting.connect", unconnected)
        with pytest.raises(OSError, match=r"\w"):
            await StatusSockets().connect(url, lambda _: None)


async def test_a_library_that_could_not_be_loaded_is_loaded_by_the_next_dial(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def handler(socket: ServerConnection) -> None:
        await socket.wait_closed()

    def broken(_name: str) -> None:
        raise ImportError("half an update")

    late = LazyStatusSockets()
    async with platform(handler) as url, asyncio.timeout(10):
        with monkeypatch.context() as patched:
            patched.setattr("importlib.import_module", broken)
            for _ in range(2):
                with pytest.raises(ConnectionError, match="missing or damaged"):
                    await late.connect(url, lambda _: None)
        line = await late.connect(url, lambda _: None)
        await line.close()


async def test_silence_instead_of_a_handshake_ends_in_time() -> None:
    gone = asyncio.Event()

    async def nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()  # until the other side has had enough
        writer.close()
        gone.set()

    server = await asyncio.start_server(nothing, "127.0.0.1", 0)
    async with server, asyncio.timeout(10):
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(ConnectionError, match="no answer in time"):
            await StatusSockets(open_timeout=0.1).connect(f"ws://127.0.0.1:{port}/", lambda _: None)
        await gone.wait()


async def test_many_sockets_are_cheap_to_hold() -> None:
    """No task, no queue and no timer of its own for each socket."""

    async def handler(socket: ServerConnection) -> None:
        await socket.wait_closed()

    async with platform(handler) as url, asyncio.timeout(20):
        sockets = StatusSockets()
        before = len(asyncio.all_tasks())
        lines: list[StatusConnection] = [
            await sockets.connect(url, lambda _: None) for _ in range(50)
        ]
        client_tasks = {t for t in asyncio.all_tasks() if "conn_handler" not in repr(t.get_coro())}
        assert len(client_tasks) <= before + 2
        for line in lines:
            line.abort()
            await line.closed
