"""An HTTP server on loopback that answers as a test says, byte by byte."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ssl import SSLContext


class StatementServer:
    """`answers` are whole HTTP answers by path; `asked` are the questions as they came."""

    def __init__(self) -> None:
        self.answers: dict[str, bytes] = {}
        self.asked: list[bytes] = []
        self.silent = asyncio.Event()
        self.port = 0

    def address(self, path: str = "/latest.json", *, scheme: str = "http") -> str:
        return f"{scheme}://127.0.0.1:{self.port}{path}"

    def give(self, body: bytes, path: str = "/latest.json", *, extra: str = "") -> None:
        head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n{extra}\r\n"
        self.answers[path] = head.encode() + body

    def redirect(self, target: str, path: str = "/latest.json", status: int = 302) -> None:
        head = f"HTTP/1.1 {status} Moved\r\nLocation: {target}\r\nContent-Length: 0\r\n\r\n"
        self.answers[path] = head.encode("latin-1")

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            question = await reader.readuntil(b"\r\n\r\n")
            self.asked.append(question)
            answer = self.answers.get(question.split()[1].decode())
            if answer is None:
                await self.silent.wait()
            else:
                writer.write(answer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def running(tls: SSLContext | None = None) -> AsyncIterator[StatementServer]:
    """The server while the block runs."""
    made = StatementServer()
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0, ssl=tls)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        made.silent.set()
        server.close()
        await server.wait_closed()
