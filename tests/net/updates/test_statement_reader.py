"""The statement is read from a real server, and whatever else that sends is refused."""

from __future__ import annotations

import asyncio
import gzip
import ssl
from collections.abc import Callable

import pytest
import trustme
from release_statements import KEYS, STATEMENT, signed

from xumm_desk.core.updates.envelope import MAX_BYTES
from xumm_desk.core.updates.release_keys import UpdateSource
from xumm_desk.net import tls
from xumm_desk.net.updates.statement_reader import StatementReader, is_allowed

from .statement_server import StatementServer, running


def fetch(
    prepare: Callable[[StatementServer], object], limit: float = 30.0
) -> tuple[bytes | str, list[bytes]]:
    """What a reader gets of a server that answers so, and what it asked."""

    async def run() -> tuple[bytes | str, list[bytes]]:
        async with running() as server:
            prepare(server)
            reader = StatementReader(UpdateSource(server.address(), KEYS), limit=limit)
            return await reader.fetch(), server.asked

    return asyncio.run(run())


def test_the_file_is_read_and_nothing_is_told_of_the_till() -> None:
    body, asked = fetch(lambda server: server.give(signed(), extra="Set-Cookie: till=7\r\n"))
    assert body == signed()
    [question] = asked
    names = {line.split(b":")[0].lower() for line in question.split(b"\r\n")[1:] if line}
    assert names == {b"host", b"accept", b"accept-encoding", b"connection", b"user-agent"}
    assert b"\r\nUser-Agent: xumm-desk\r\n" in question


def test_what_was_read_is_verified() -> None:
    reader = StatementReader(UpdateSource("", KEYS))
    assert asyncio.run(reader.verify(signed())) == STATEMENT
    assert isinstance(asyncio.run(reader.verify(b"")), str)


def test_a_redirect_on_the_same_host_is_followed() -> None:
    def prepare(server: StatementServer) -> None:
        server.redirect("/there.json")
        server.redirect(server.address("/at-last.json"), "/there.json", 308)
        server.give(signed(), "/at-last.json")

    assert fetch(prepare)[0] == signed()


@pytest.mark.parametrize(
    "target",
    [
        "https://elsewhere.example/latest.json",
        "http://elsewhere.example/latest.json",
        "//elsewhere.example/latest.json",
        "http://127.0.0.1:1/latest.json",
        "http://localhost/latest.json",
        "https://127.0.0.1/latest.json",
        "file:///etc/passwd",
        "http://[::1",
        "",
    ],
)
def test_a_redirect_to_anywhere_else_is_refused(target: str) -> None:
    answer, asked = fetch(lambda server: server.redirect(target))
    assert isinstance(answer, str)
    assert len(asked) == (4 if target == "" else 1)


def test_a_circle_of_redirects_ends() -> None:
    answer, asked = fetch(lambda server: server.redirect("/latest.json"))
    assert answer == "its host sends from one address to the next"
    assert len(asked) == 4


@pytest.mark.parametrize(
    "head", [b"HTTP/1.1 200 OK\r\nContent-Length: 20000\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\n"]
)
def test_a_body_that_is_too_large_is_given_up(head: bytes) -> None:
    def prepare(server: StatementServer) -> None:
        server.answers["/latest.json"] = head + b" " * (MAX_BYTES + 1)

    assert fetch(prepare)[0] == "the file is larger than 16384 bytes"


def test_a_compressed_body_is_not_unpacked() -> None:
    packed = gzip.compress(bytes(50_000_000))
    assert len(packed) > MAX_BYTES
    small = gzip.compress(signed())
    answer, _ = fetch(lambda server: server.give(small, extra="Content-Encoding: gzip\r\n"))
    assert answer == small


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\n{}",
        b"HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{",
        b"HTTP/1.1 304 Not Modified\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"\x00\xff" * 400,
        b"",
    ],
)
def test_what_is_no_answer_is_said(answer: bytes) -> None:
    def prepare(server: StatementServer) -> None:
        server.answers["/latest.json"] = answer

    found = fetch(prepare)[0]
    assert isinstance(found, str)
    assert found


def test_a_server_that_says_nothing_is_left() -> None:
    answer, _ = fetch(lambda server: server.answers.clear(), limit=0.3)
    assert isinstance(answer, str)
    assert "no answer" in answer


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        ("https://releases.example/latest.json", True),
        ("http://127.0.0.1:8000/latest.json", True),
        ("http://[::1]/latest.json", True),
        ("http://releases.example/latest.json", False),
        ("http://127.0.0.1.releases.example/", False),
        ("https://user:word@releases.example/", False),
        ("https://", False),
        ("https://x:99999/", False),
        ("ftp://127.0.0.1/", False),
        ("", False),
    ],
)
def test_only_https_and_loopback_are_read(address: str, allowed: bool) -> None:
    assert is_allowed(address) is allowed
    if not allowed:
        found = asyncio.run(StatementReader(UpdateSource(address, KEYS)).fetch())
        assert found == f"{address} is no https address"


@pytest.mark.parametrize("trusted", [True, False])
def test_a_certificate_is_checked(monkeypatch: pytest.MonkeyPatch, trusted: bool) -> None:
    authority = trustme.CA()
    server_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(server_side)
    if trusted:
        client_side = ssl.create_default_context()
        authority.configure_trust(client_side)
        monkeypatch.setattr(tls, "client_context", lambda: client_side)

    async def run() -> bytes | str:
        async with running(server_side) as server:
            server.give(signed())
            source = UpdateSource(server.address(scheme="https"), KEYS)
            return await StatementReader(source).fetch()

    found = asyncio.run(run())
    assert found == signed() if trusted else "certificate" in str(found).lower()
