"""Which proxy leads where: one rule for HTTP calls and websockets, and both go through it."""

from __future__ import annotations

import asyncio
import gc
import ssl
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import trustme
from aiohttp import WSMsgType, web

from xumm_desk.core.wire.api_answers import Application, Failure, FailureKind, SettingError
from xumm_desk.net import proxies, tls
from xumm_desk.net.platform.status_socket import StatusSockets
from xumm_desk.net.platform.xumm_api import ApiKeys, XummApi

from .proxy_server import proxy_server

NAMES = (
    "http_proxy",
    "https_proxy",
    "all_proxy",
    "no_proxy",
    "ws_proxy",
    "wss_proxy",
    "socks_proxy",
)
CALL = "https://platform.example/api/v1/platform/ping"
SOCKET = "wss://platform.example/sign/x"


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment that names no proxy."""
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.mark.parametrize("url", [CALL, SOCKET])
@pytest.mark.parametrize(
    ("environment", "proxy", "source"),
    [
        ({"all_proxy": "socks://127.0.0.1:7890/"}, "socks5h://127.0.0.1:7890", "all_proxy"),
        ({"ALL_PROXY": "socks5://p"}, "socks5h://p:1080", "ALL_PROXY"),
        ({"ALL_PROXY": "socks5h://p:1"}, "socks5h://p:1", "ALL_PROXY"),
        ({"HTTPS_PROXY": "p:3128"}, "http://p:3128", "HTTPS_PROXY"),
        ({"https_proxy": "https://p"}, "https://p:443", "https_proxy"),
        ({"https_proxy": "http://[::1]:1"}, "http://[::1]:1", "https_proxy"),
        ({"https_proxy": "http://a%40b:c%2F%3Ad@p:1"}, "http://a%40b:c%2F%3Ad@p:1", "https_proxy"),
        ({"HTTPS_PROXY": "http://p:1", "all_proxy": "socks://q"}, "http://p:1", "HTTPS_PROXY"),
        ({"HTTPS_PROXY": "http://p:1", "https_proxy": "http://q:1"}, "http://q:1", "https_proxy"),
        ({"HTTPS_PROXY": "http://p:1", "https_proxy": ""}, "", ""),
        ({"HTTP_PROXY": "http://p:1"}, "", ""),
        ({"http_proxy": "nonsense://", "no_proxy": "*"}, "", ""),
        ({}, "", ""),
    ],
)
def test_calls_and_sockets_read_the_environment_alike(
    url: str, environment: dict[str, str], proxy: str, source: str
) -> None:
    decided = proxies.choose_proxy(url, environment)
    assert (decided.url if decided else "", decided.source if decided else "") == (proxy, source)


@pytest.mark.parametrize(
    ("no_proxy", "host", "direct"),
    [
        ("localhost,[::1]", "platform.example", False),
        ("localhost, [2001:db8::1]", "2001:db8::1", True),
        ("2001:db8::1", "2001:db8::1", True),
        ("[2001:db8::1]:443", "2001:db8::1", True),
        ("[2001:db8::1]:8443", "2001:db8::1", False),
        ("2001:db8::/32", "2001:db8::1", True),
        ("10.0.0.0/8", "10.1.2.3", True),
        ("10.0.0.0/8", "11.1.2.3", False),
        ("10.0.0.0/8", "ten.example", False),
        ("*", "platform.example", True),
        ("platform.example", "platform.example", True),
        ("PLATFORM.example.", "api.platform.example", True),
        (".platform.example", "api.platform.example", True),
        ("*.platform.example", "api.platform.example", True),
        ("form.example", "platform.example", False),
        ("platform.example:443", "platform.example", True),
        ("platform.example:80", "platform.example", False),
        ("a b,,\tplatform.example", "platform.example", True),
        ("https://platform.example/", "platform.example", True),
        ("[::1,[,10.0.0.0/99,:::", "platform.example", False),
        ("", "platform.example", False),
    ],
)
def test_what_no_proxy_exempts(no_proxy: str, host: str, direct: bool) -> None:
    place = f"[{host}]" if ":" in host else host
    environment = {"ALL_PROXY": "http://p:1", "NO_PROXY": no_proxy}
    assert proxies.is_bypassed(host, 443, no_proxy) is direct
    for scheme in ("https", "wss"):
        assert (proxies.choose_proxy(f"{scheme}://{place}/", environment) is None) is direct


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "127.8.8.8"])
def test_what_stays_on_this_computer_goes_through_no_proxy(host: str) -> None:
    for scheme in ("http", "ws", "https", "wss"):
        assert proxies.choose_proxy(f"{scheme}://{host}:8080/", {"ALL_PROXY": "http://p:1"}) is None


@pytest.mark.parametrize(
    "value",
    ["socks4://p", "ftp://p", "http://", "http://p:port", "http://[::1", "://", "http://p:0"],
)
def test_a_value_that_is_no_proxy_is_a_sentence_that_names_the_variable(value: str) -> None:
    with pytest.raises(SettingError, match=r"is no address of a proxy \(ALL_PROXY\)"):
        proxies.choose_proxy(CALL, {"ALL_PROXY": value})


def test_no_password_of_a_proxy_is_in_any_text() -> None:
    for value in ("ftp://user:hidden@p", "http://user:hidden@p:x", "user:hidden@p:x"):
        with pytest.raises(SettingError) as raised:
            proxies.choose_proxy(CALL, {"ALL_PROXY": value})
        assert "hidden" not in str(raised.value)
    decided = proxies.choose_proxy(CALL, {"ALL_PROXY": "http://user:hidden@p:1"})
    assert decided is not None
    assert "hidden" not in f"{decided!r} {decided.place}"


class Moving:
    """Seconds that a test moves on."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.anyio
async def test_a_decision_holds_for_half_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    monotonic = Moving()
    choice = proxies.ProxyChoice(monotonic)
    monkeypatch.setenv("ALL_PROXY", "http://p:1")
    first = await choice.for_url(CALL)
    monkeypatch.setenv("ALL_PROXY", "http://q:1")
    assert await choice.for_url(CALL) == first
    monotonic.now = 31.0
    later = await choice.for_url(CALL)
    assert later is not None
    assert later.host == "q"


# Through real ones.


@asynccontextmanager
async def platform(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[int]:
    """A platform with TLS at the name platform.example; its port."""
    authority = trustme.CA()
    certificate = authority.issue_cert("platform.example")
    theirs = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(theirs)
    ours = ssl.create_default_context()
    authority.configure_trust(ours)
    monkeypatch.setattr(tls, "client_context", lambda: ours)

    async def ping(_request: web.Request) -> web.Response:
        shop = {"name": "Shop", "uuidv4": "u"}
        return web.json_response({"pong": True, "auth": {"application": shop}})

    async def sign(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_str("hello")
        async for message in socket:
            assert message.type is WSMsgType.TEXT
        return socket

    application = web.Application()
    application.router.add_get("/api/v1/platform/ping", ping)
    application.router.add_get("/sign/x", sign)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=theirs)
    await site.start()
    try:
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


async def ping() -> Application | Failure:
    one = XummApi("https://platform.example/api/v1/platform", ApiKeys("k", "s"))
    try:
        return await one.ping()
    finally:
        await one.close()


async def hear() -> str | bytes:
    """The first message of a status socket."""
    heard: asyncio.Queue[str | bytes] = asyncio.Queue()
    line = await StatusSockets(open_timeout=10).connect(SOCKET, heard.put_nowait)
    try:
        return await heard.get()
    finally:
        await line.close()


@pytest.mark.anyio
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
@pytest.mark.parametrize("password", ["", "user:p@ss/w:rd"])
@pytest.mark.parametrize("scheme", ["socks", "socks5", "socks5h", "http"])
async def test_both_go_through_the_proxy(
    monkeypatch: pytest.MonkeyPatch, scheme: str, password: str, host: str
) -> None:
    user = "user:p%40ss%2Fw%3Ard@" if password else ""
    async with (
        asyncio.timeout(30),
        platform(monkeypatch) as target,
        proxy_server(target, password) as proxy,
    ):
        monkeypatch.setenv("ALL_PROXY", f"{scheme}://{user}{host}:{proxy.port}/")
        monkeypatch.setenv("NO_PROXY", "localhost,[::1]")
        assert await ping() == Application("Shop", "u", False)
        assert await hear() == "hello"
    kind = "http" if scheme == "http" else "socks"
    assert proxy.asked == [(kind, "platform.example", 443)] * 2


@pytest.mark.anyio
@pytest.mark.parametrize("scheme", ["socks5", "http"])
async def test_a_proxy_that_refuses_is_named_and_nothing_was_sent(
    monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    async with asyncio.timeout(30), proxy_server(1, "user:right") as proxy:
        monkeypatch.setenv("https_proxy", f"{scheme}://user:wrong@127.0.0.1:{proxy.port}")
        answer = await ping()
        assert isinstance(answer, Failure)
        assert answer.kind is FailureKind.UNREACHABLE
        assert f"through the proxy 127.0.0.1:{proxy.port} (https_proxy)" in answer.message
        assert answer.message.endswith("Nothing was sent.")
        with pytest.raises(ConnectionError, match="https_proxy") as raised:
            await hear()
    assert "wrong" not in f"{answer.message} {raised.value}"
    with warnings.catch_warnings():
        # httpcore leaves the connection to a SOCKS proxy that refuses to the collector.
        warnings.simplefilter("ignore", ResourceWarning)
        await asyncio.sleep(0)
        gc.collect()


@pytest.mark.anyio
@pytest.mark.parametrize("value", ["foo://127.0.0.1:9", "socks4://127.0.0.1:9"])
async def test_a_setting_that_is_no_proxy_is_named_by_both(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("ALL_PROXY", value)
    answer = await ping()
    assert isinstance(answer, Failure)
    assert answer.kind is FailureKind.UNREACHABLE
    assert "no address of a proxy (ALL_PROXY)" in answer.message
    with pytest.raises(ConnectionError, match=r"no address of a proxy \(ALL_PROXY\)"):
        await hear()
