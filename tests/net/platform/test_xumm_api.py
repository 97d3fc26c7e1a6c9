"""What counts as an answer of the platform, and what is said of a call that had none."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from decimal import Decimal

import httpx
import pytest

from xumm_desk.core.customers.token_states import PushToken
from xumm_desk.core.wire import json_fields
from xumm_desk.core.wire.api_answers import ApiAnswer, Failure, FailureKind
from xumm_desk.core.wire.json_fields import Json
from xumm_desk.net import tls
from xumm_desk.net.platform import failures
from xumm_desk.net.platform.xumm_api import ApiKeys, XummApi
from xumm_desk.simulator import Simulator, SimulatorOptions

KEY = "1a2b3c4d-0000-4000-8000-123456789012"
SECRET = "9f8e7d6c-0000-4000-8000-210987654321"


@pytest.mark.parametrize(
    ("status", "body", "fault"),
    [
        (200, b'{"uuid": "x"}', None),
        (201, b'{"uuid": "x"}', None),
        (200, b'{"uuid": "x", "error": null}', None),
        (200, b'{"error": {"reference": "r", "code": 603}}', FailureKind.SERVER_ERROR),
        (201, b"[1]", FailureKind.SERVER_ERROR),
        (204, b"", FailureKind.SERVER_ERROR),
    ],
)
def test_what_an_answer_is(status: int, body: bytes, fault: FailureKind | None) -> None:
    judged = failures.classify("platform.example", status, body, {})
    assert isinstance(judged, ApiAnswer) if fault is None else isinstance(judged, Failure)
    assert isinstance(judged, ApiAnswer) or judged.kind is fault


NOW = "Sun, 06 Nov 1994 08:49:37 GMT"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "30"}, 30.0),
        ({"retry-after": "0"}, 1.0),
        ({"retry-after": "-5"}, 1.0),
        ({"retry-after": "86400"}, 600.0),
        ({"retry-after": "Sun, 06 Nov 1994 08:50:07 GMT", "date": NOW}, 30.0),
        ({"retry-after": "Sunday, 06-Nov-94 08:50:07 GMT", "date": NOW}, 30.0),
        ({"retry-after": "Sun Nov  6 08:50:07 1994", "date": NOW}, 30.0),
        ({"retry-after": "Sun, 06 Nov 1994 08:40:00 GMT", "date": NOW}, 1.0),
        ({"retry-after": "Fri, 31 Dec 9999 23:59:59 GMT", "date": NOW}, 600.0),
        ({"retry-after": "Sun, 06 Nov 1994 08:50:07 GMT"}, None),
        ({"retry-after": "Sun, 06 Nov 1994 08:50:07 GMT", "date": "yesterday"}, None),
        ({"retry-after": "Sun, 99 Foo 99999 99:99:99 GMT", "date": NOW}, None),
        ({"retry-after": "soon", "date": NOW}, None),
        ({"retry-after": ""}, None),
        ({}, None),
    ],
)
def test_how_long_the_server_wants_us_to_wait_by_its_own_clock(
    headers: dict[str, Json], seconds: float | None
) -> None:
    assert failures.retry_after(headers) == seconds


@pytest.mark.parametrize("body", [b'{"error": {"code": 429}}', b"<html>", b"", None, b"\xff"])
def test_a_call_that_was_turned_away_did_nothing(body: bytes | None) -> None:
    headers: dict[str, Json] = {"retry-after": "Sun, 06 Nov 1994 08:50:07 GMT", "date": NOW}
    failure = failures.classify("platform.example", 429, body, headers)
    assert isinstance(failure, Failure)
    assert (failure.kind, failure.retry_after) == (FailureKind.RATE_LIMITED, 30.0)
    assert not failure.may_have_arrived
    assert "turned this call away and did nothing with it" in failure.message
    plain = failures.classify("platform.example", 429, body, {})
    assert isinstance(plain, Failure)
    assert plain.retry_after == 5.0


def test_a_platform_in_trouble_may_say_for_how_long() -> None:
    failure = failures.classify("platform.example", 503, b"<html>", {"retry-after": "40"})
    assert isinstance(failure, Failure)
    assert (failure.kind, failure.retry_after) == (FailureKind.SERVER_ERROR, 40.0)


# Calls that had no answer.


@asynccontextmanager
async def server(answer: bytes) -> AsyncIterator[XummApi]:
    """A platform that answers each call with these bytes and closes."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        writer.close()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with listening:
        port = listening.sockets[0].getsockname()[1]
        platform = XummApi(f"http://127.0.0.1:{port}/api", ApiKeys(KEY, SECRET))
        try:
            yield platform
        finally:
            await platform.close()


@pytest.mark.anyio
async def test_a_429_that_breaks_off_is_a_429() -> None:
    async with server(b"HTTP/1.1 429 Too\r\nContent-Length: 9\r\nRetry-After: 7\r\n\r\nha") as one:
        failure = await one.ping()
    assert isinstance(failure, Failure)
    assert (failure.kind, failure.retry_after) == (FailureKind.RATE_LIMITED, 7.0)
    assert one.budget.delay(0.0, urgent=True) > 0


@pytest.mark.anyio
@pytest.mark.parametrize(
    "answer", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", b"?\r\n\r\n"]
)
async def test_what_was_sent_may_have_arrived(answer: bytes) -> None:
    async with server(answer) as one:
        failure = await one.ping()
    assert isinstance(failure, Failure)
    assert failure.kind is FailureKind.ANSWER_LOST
    assert "othing was sent" not in failure.message


KINDS: list[Callable[[], BaseException]] = [
    lambda: OSError(5, "no"),
    lambda: ValueError(SECRET),
    lambda: RuntimeError(SECRET),
    lambda: UnicodeEncodeError("ascii", SECRET, 1, 2, "no"),
    lambda: ImportError(SECRET),
    MemoryError,
    AssertionError,
    lambda: KeyError(SECRET),
    lambda: httpx.InvalidURL(SECRET),
    lambda: httpx.LocalProtocolError(SECRET),
    lambda: httpx.ProxyError(SECRET),
    lambda: httpx.UnsupportedProtocol(SECRET),
    httpx.StreamClosed,
]


def name(make: Callable[[], BaseException]) -> str:
    return type(make()).__name__


@pytest.mark.anyio
@pytest.mark.parametrize("make", KINDS, ids=name)
@pytest.mark.parametrize("place", ["__init__", "build_request", "send"])
async def test_whatever_the_library_raises_is_a_failure_that_says_that_nothing_was_sent(
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    make: Callable[[], BaseException],
    place: str,
) -> None:
    """And the next call opens the library anew, once the cause is gone."""
    caplog.set_level(logging.INFO)
    body = b'{"pong":true,"auth":{"application":{"name":"Shop"}}}'
    head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body)
    async with server(head + body) as one:

        def broken(*_arguments: object, **_named: object) -> None:
            raise make()

        with monkeypatch.context() as patched:
            patched.setattr(httpx.AsyncClient, place, broken)
            failure = await one.ping()
        assert isinstance(failure, Failure)
        assert failure.kind is FailureKind.UNREACHABLE
        assert failure.message.endswith("Nothing was sent.")
        assert SECRET not in failure.message + caplog.text
        assert not isinstance(await one.ping(), Failure)


@pytest.mark.anyio
async def test_a_failed_tls_context_names_the_variable_and_is_made_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tls.client_context.cache_clear()
    monkeypatch.setenv("SSLKEYLOGFILE", "/nowhere/at/all")
    one = XummApi("https://platform.invalid/api", ApiKeys(KEY, SECRET))
    failure = await one.ping()
    assert isinstance(failure, Failure)
    assert failure.message.startswith("SSLKEYLOGFILE names a file")
    monkeypatch.delenv("SSLKEYLOGFILE")
    failure = await one.ping()
    assert isinstance(failure, Failure)
    assert "cannot be reached" in failure.message
    await one.close()


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("key", "secret", "field"),
    [(f"{KEY[:4]}é{KEY[5:]}", SECRET, "API key"), (KEY, f"{SECRET}日", "API secret")],
)
async def test_a_key_that_no_header_can_carry_is_named_and_never_sent(
    key: str, secret: str, field: str
) -> None:
    one = XummApi("http://127.0.0.1:9/api", ApiKeys(key, secret))
    failure = await one.ping()
    await one.close()
    assert isinstance(failure, Failure)
    assert failure.kind is FailureKind.UNREACHABLE
    assert failure.message.startswith(f"{field}: character")
    assert failure.message.endswith("Nothing was sent.")


def test_what_a_copied_key_brings_along_unseen_is_no_part_of_it() -> None:
    told = ApiKeys(f"\ufeff {KEY}\u200b\r\n", f"\u2066{SECRET}\u2069\xa0").headers()
    assert told == {"X-API-Key": KEY, "X-API-Secret": SECRET}


@pytest.mark.anyio
async def test_a_closed_platform_says_so() -> None:
    async with server(b"") as one:
        pass
    failure = await one.ping()
    assert isinstance(failure, Failure)
    assert "closed already. Nothing was sent." in failure.message


@pytest.fixture
async def platform() -> AsyncIterator[tuple[Simulator, XummApi]]:
    """The simulator's platform, and its REST client."""
    async with Simulator(SimulatorOptions(seed=1)) as sim:
        api = XummApi(sim.api, ApiKeys(sim.key, sim.secret))
        yield sim, api
        await api.close()


@pytest.mark.anyio
async def test_budget_and_date_are_told_by_the_clock_that_is_asked(
    platform: tuple[Simulator, XummApi],
) -> None:
    """After a suspend the engine's clock is ahead of `time.monotonic`; a pause must outlast it."""
    sim, _ = platform
    at = 90_000.0
    api = XummApi(sim.api, ApiKeys(sim.key, sim.secret), monotonic=lambda: at)
    await api.ping()
    assert api.budget.told_at == at
    assert api.date is not None
    assert api.date.travel == 0
    sim.switches.http_429_every = 1
    sim.switches.retry_after_seconds = 7
    await api.ping()
    assert api.budget.paused(at) == 7
    assert api.budget.delay(at + 1, urgent=True) == 6
    await api.close()


@pytest.mark.anyio
async def test_rates_are_the_digits_that_were_sent(platform: tuple[Simulator, XummApi]) -> None:
    sim, api = platform
    sim.market.set({"rates": {"EUR": {"XRP": 0.1 + 0.2}}})
    answer = await api.rates("EUR")
    assert isinstance(answer, ApiAnswer)
    assert json_fields.decimal_at(answer.value, "XRP") == Decimal("0.30000000000000004")


@pytest.mark.anyio
async def test_a_currency_without_rates_is_said(platform: tuple[Simulator, XummApi]) -> None:
    _, api = platform
    answer = await api.rates("ZZZ")
    assert isinstance(answer, Failure)
    assert (answer.kind, answer.message) == (
        FailureKind.REFUSED,
        "The platform has no rates in ZZZ.",
    )


@pytest.mark.anyio
@pytest.mark.parametrize("fault", ["html", "500"])
async def test_rates_that_are_a_web_page_are_a_failure(
    platform: tuple[Simulator, XummApi], fault: str
) -> None:
    sim, api = platform
    sim.switches.rates_fault = fault
    answer = await api.rates("EUR")
    assert isinstance(answer, Failure)
    assert answer.kind is FailureKind.SERVER_ERROR
    assert "web page" in answer.message


@pytest.mark.anyio
async def test_only_the_call_that_asks_for_a_token_sees_it(
    platform: tuple[Simulator, XummApi],
) -> None:
    sim, api = platform
    created = await api._call("POST", "payload", {"txjson": {"TransactionType": "SignIn"}})
    assert isinstance(created, ApiAnswer)
    uuid = json_fields.string_at(created.value, "uuid")
    assert uuid is not None
    assert await api.issued_token(uuid) is None, "nobody has signed"
    await sim.phone.sign(uuid, customer="Ada")
    found = await api.issued_token(uuid)
    assert isinstance(found, PushToken)
    plain = await api.get_payload(uuid)
    assert isinstance(plain, ApiAnswer)
    assert found.value not in repr(plain)
    assert found.value not in repr(found)
    states = await api.token_states([found.value, KEY])
    assert not isinstance(states, Failure)
    assert [(one.token, one.active) for one in states] == [(found.value, True), (KEY, False)]
    assert found.value not in repr(states)


@pytest.mark.anyio
@pytest.mark.parametrize("answer", [b"{}", b'{"tokens": 5}'])
async def test_a_bulk_answer_without_a_list_is_a_failure(answer: bytes) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
    whole = head + str(len(answer)).encode() + b"\r\n\r\n" + answer
    async with server(whole) as api:
        states = await api.token_states([KEY])
    assert isinstance(states, Failure)
    assert states.kind is FailureKind.SERVER_ERROR
