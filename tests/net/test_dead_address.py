"""A host with several addresses, of which the first swallows whatever is sent to it."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection, serve

from xumm_desk.net.connecting import HEAD_START, connect, connect_through
from xumm_desk.net.platform import url_policy
from xumm_desk.net.platform.status_socket import StatusSockets
from xumm_desk.net.proxies import Proxy

from .proxy_server import proxy_server

linux = pytest.mark.skipif(
    sys.platform != "linux", reason="a full queue swallows SYN on Linux only"
)

DEAD, ALIVE = "127.0.0.2", "127.0.0.1"


@contextmanager
def swallowing(port: int) -> Iterator[None]:
    """A listener at `DEAD` whose queue is full: the system drops whatever comes then."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind((DEAD, port))
        listener.listen(0)
        for _ in range(3):
            filler = stack.enter_context(socket.socket())
            filler.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                filler.connect((DEAD, port))
        yield


def resolves(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Let `name` have both addresses, the dead one first."""
    real = socket.getaddrinfo

    def found(host: Any, port: Any, *more: Any, **named: Any) -> Any:
        if host != name:
            return real(host, port, *more, **named)
        return [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))
            for address in (DEAD, ALIVE)
        ]

    monkeypatch.setattr(socket, "getaddrinfo", found)


async def hello(connection: ServerConnection) -> None:
    await connection.send("hello")
    await connection.wait_closed()


def test_the_next_address_is_tried_long_before_a_second_is_over() -> None:
    assert HEAD_START <= 0.25


@pytest.mark.anyio
@linux
async def test_a_status_socket_does_not_wait_for_the_dead_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    resolves(monkeypatch, "two.example")
    monkeypatch.setattr(url_policy, "is_loopback", lambda host: host == "two.example")
    heard = asyncio.Queue[str | bytes]()
    async with serve(hello, ALIVE, 0, ping_interval=None) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        with swallowing(port):
            line = await StatusSockets().connect(f"ws://two.example:{port}/", heard.put_nowait)
            assert await heard.get() == "hello"
            await line.close()


@pytest.mark.anyio
@linux
async def test_so_is_the_way_through_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    resolves(monkeypatch, "proxy.example")
    async with serve(hello, ALIVE, 0) as server:
        target = next(iter(server.sockets)).getsockname()[1]
        async with proxy_server(target) as proxy:
            with swallowing(proxy.port):
                way = Proxy("socks5h", "proxy.example", proxy.port, "ALL_PROXY")
                async with asyncio.timeout(20):
                    made = await connect_through(way, "platform.example", 443)
                made.close()
    assert proxy.asked == [("socks", "platform.example", 443)]


@linux
@pytest.mark.anyio
async def test_a_dial_that_is_given_up_leaves_nothing_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given up at every point of the race; what was connected by then is closed."""
    resolves(monkeypatch, "two.example")

    async def serve_one(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    async with await asyncio.start_server(serve_one, ALIVE, 0) as server:
        port = server.sockets[0].getsockname()[1]
        for turns in range(12):
            # Nobody listens at the dead address: refused at once, and the next one is tried.
            task = asyncio.create_task(connect("two.example", port))
            for _ in range(turns):
                await asyncio.sleep(0.001)
            task.cancel()
            await asyncio.wait([task])
            if not task.cancelled():
                task.result().close()
            await asyncio.sleep(0)


@pytest.mark.anyio
async def test_when_all_addresses_refuse_each_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    resolves(monkeypatch, "two.example")
    with socket.socket() as unused:
        unused.bind((ALIVE, 0))
        port = unused.getsockname()[1]
        with pytest.raises(OSError, match=rf"{DEAD}.*; .*{ALIVE}"):
            await connect("two.example", port)


@pytest.mark.anyio
async def test_a_name_without_any_address_is_an_error_of_the_network(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [])
    with pytest.raises(OSError, match="has no address"):
        await connect("none.example", 443)
