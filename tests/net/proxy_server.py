"""A proxy for tests, over loopback: SOCKS 5 and CONNECT of HTTP on one port.

Whatever name is asked for, it leads to one target on this machine, and notes what was asked.
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class ProxyServer:
    """Connects everybody to `target`; `password` is asked for where it is set ("user:password")."""

    def __init__(self, target: int, password: str = "") -> None:
        self._target = target
        self._password = password
        self.port = 0
        self.asked: list[tuple[str, str, int]] = []
        """Kind ("socks" or "http"), host and port of each connection that was let through."""
        self.open: set[asyncio.StreamWriter] = set()
        self.tasks: set[asyncio.Task[None]] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.tasks.add(task)
        self.open.add(writer)
        try:
            first = await reader.readexactly(1)
            if first == b"\x05":
                passed = await self._socks(reader, writer)
            else:
                passed = await self._http(first + await reader.readuntil(b"\r\n\r\n"), writer)
            if passed:
                await self._join(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _socks(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        methods = await reader.readexactly((await reader.readexactly(1))[0])
        wanted = 2 if self._password else 0
        writer.write(bytes([5, wanted if wanted in methods else 255]))
        if wanted not in methods:
            return False
        if wanted == 2:
            await reader.readexactly(1)
            user = await reader.readexactly((await reader.readexactly(1))[0])
            password = await reader.readexactly((await reader.readexactly(1))[0])
            good = f"{user.decode()}:{password.decode()}" == self._password
            writer.write(bytes([1, 0 if good else 1]))
            if not good:
                return False
        _, _, _, kind = await reader.readexactly(4)
        assert kind == 3, "names are resolved by the proxy"
        host = (await reader.readexactly((await reader.readexactly(1))[0])).decode()
        port = int.from_bytes(await reader.readexactly(2), "big")
        self.asked.append(("socks", host, port))
        writer.write(bytes([5, 0, 0, 1, 127, 0, 0, 1, 0, 0]))
        return True

    async def _http(self, head: bytes, writer: asyncio.StreamWriter) -> bool:
        lines = head.decode().split("\r\n")
        told = {line.partition(":")[0].lower(): line.partition(":")[2].strip() for line in lines}
        right = f"Basic {base64.b64encode(self._password.encode()).decode()}"
        if self._password and told.get("proxy-authorization") != right:
            writer.write(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
            return False
        host, _, port = lines[0].split()[1].rpartition(":")
        self.asked.append(("http", host, int(port)))
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        return True

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, here = await asyncio.open_connection("127.0.0.1", self._target)
        self.open.add(here)

        async def pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
            try:
                while data := await source.read(65536):
                    sink.write(data)
                    await sink.drain()
            except ConnectionError:
                pass
            finally:
                sink.close()

        await asyncio.gather(pump(reader, here), pump(there, writer))


@asynccontextmanager
async def proxy_server(target: int, password: str = "") -> AsyncIterator[ProxyServer]:
    """One that listens until the block ends."""
    made = ProxyServer(target, password)
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        server.close()
        for writer in made.open:
            writer.transport.abort()
        if made.tasks:
            await asyncio.wait(made.tasks)
