"""A ledger node over HTTP: one client and one connection for all questions."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from xumm_desk.core.money.networks import NETWORKS
from xumm_desk.net import tls
from xumm_desk.net.ledger import json_rpc
from xumm_desk.net.ledger.json_rpc import JsonRpcClient
from xumm_desk.net.ledger.ledger_nodes import LedgerNodes
from xumm_desk.net.ledger.xrpl_import import import_xrpl

pytestmark = pytest.mark.anyio

ANSWER = json.dumps({"result": {"status": "success", "info": {}}}).encode()


class Node:
    """Answers every question with `answer`; closes the connection after so many."""

    def __init__(self) -> None:
        self.url = ""
        self.answer, self.status = ANSWER, "200 OK"
        self.connections = self.questions = 0
        self.close_after = 10**9
        self.asked, self.may_answer = asyncio.Event(), asyncio.Event()
        self.may_answer.set()
        self.writers: list[asyncio.StreamWriter] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.writers.append(writer)
        try:
            for _ in range(self.close_after):
                head = await reader.readuntil(b"\r\n\r\n")
                [length] = [
                    line.split(b":")[1]
                    for line in head.split(b"\r\n")
                    if line.lower().startswith(b"content-length")
                ]
                await reader.readexactly(int(length))
                self.questions += 1
                self.asked.set()
                await self.may_answer.wait()
                writer.write(
                    f"HTTP/1.1 {self.status}\r\nContent-Length: {len(self.answer)}\r\n\r\n".encode()
                    + self.answer
                )
            await reader.readuntil(b"\r\n\r\n")  # the next question is read, and never answered
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def running() -> AsyncIterator[tuple[Node, JsonRpcClient]]:
    node = Node()
    server = await asyncio.start_server(node.serve, "127.0.0.1", 0)
    node.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    client = JsonRpcClient(node.url)
    try:
        yield node, client
    finally:
        await client.close()
        for writer in node.writers:
            writer.close()
        server.close()
        await server.wait_closed()


def question() -> Any:
    return import_xrpl("xrpl.models.requests").ServerInfo(id="1")


async def test_questions_share_a_connection_and_a_tls_context(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made: list[Callable[..., Any]] = []
    real = ssl.create_default_context

    def create(*given: Any, **more: Any) -> ssl.SSLContext:
        made.append(real)
        return real(*given, **more)

    tls.client_context()
    monkeypatch.setattr(ssl, "create_default_context", create)
    async with running() as (node, client):
        for _ in range(5):
            assert (await client.request(question())).result == {"info": {}}
        assert (node.connections, node.questions) == (1, 5)
    assert not made


async def test_a_connection_that_the_node_closed_is_no_failure() -> None:
    async with running() as (node, client):
        node.close_after = 1
        for _ in range(3):
            assert (await client.request(question())).result == {"info": {}}
        assert node.connections == 3


async def test_text_instead_of_an_answer_names_its_status() -> None:
    async with running() as (node, client):
        node.answer, node.status = b"invalid_API_version", "400 Bad Request"
        with pytest.raises(Exception, match="invalid_API_version") as caught:
            await client.request(question())
        assert type(caught.value).__name__ == "XRPLRequestFailureException"
        node.answer = b"\xff\xfe"
        with pytest.raises(Exception, match="400"):
            await client.request(question())


async def test_an_answer_without_end_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_rpc, "_MOST", 1000)
    async with running() as (node, client):
        node.answer = b" " * 2000 + ANSWER
        with pytest.raises(Exception, match="too long"):
            await client.request(question())
        node.answer = ANSWER
        assert (await client.request(question())).result == {"info": {}}


async def test_a_client_that_was_closed_opens_again() -> None:
    async with running() as (node, client):
        await client.request(question())
        await client.close()
        await client.request(question())
        assert node.connections == 2


async def test_questions_at_once_open_one_client() -> None:
    async with running() as (node, client):
        answers = await asyncio.gather(*(client.request(question()) for _ in range(5)))
        assert [answer.result for answer in answers] == [{"info": {}}] * 5
        assert node.questions == 5


async def test_a_question_that_failed_breaks_off_no_other() -> None:
    async with running() as (node, _):
        nodes = LedgerNodes([node.url], NETWORKS["TESTNET"])
        await nodes.ask({"method": "server_info"})
        node.asked.clear()
        node.may_answer.clear()
        other = asyncio.ensure_future(nodes.ask({"method": "server_info"}))
        await node.asked.wait()
        await nodes._drop(nodes._nodes[0])
        node.may_answer.set()
        assert await other == {"info": {}}
        await nodes.close()
