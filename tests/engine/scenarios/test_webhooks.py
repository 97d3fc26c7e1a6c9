"""Webhooks: the signature over raw bytes, refusals, and a call that is only a reason to look."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import logging
import socket
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from memory_keyring import MemoryKeyring, memory_keyring

from engine.engine_fixture import FAST_TIMING, PATIENCE, EngineUnderTest, running_engine
from engine.fault_report import FaultReport
from xumm_desk.core.status import Status
from xumm_desk.net.webhook_receiver import (
    MAX_BODY,
    WebhookCall,
    WebhookError,
    WebhookReceiver,
    matching_secret_form,
    parse_call,
)
from xumm_desk.simulator.platform.webhook_sender import sign_hook

pytestmark = pytest.mark.anyio

SECRET = "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee"
UUID = "22222222-2222-4222-8222-222222222222"
TOKEN = "6dd90000-aaaa-4bbb-8ccc-0123456789ab"
STAMP = "1785100000"
NOW = 1785100000.0
V1 = (
    '{"meta":{"application_uuidv4":"11111111-1111-4111-8111-111111111111",'
    '"payload_uuidv4":"22222222-2222-4222-8222-222222222222"},"payloadResponse":'
    '{"payload_uuidv4":"22222222-2222-4222-8222-222222222222",'
    '"reference_call_uuidv4":"33333333-3333-4333-8333-333333333333",'
    '"signed":true,"txid":"' + "A" * 64 + '"}}'
).encode()
V2 = '{"custom_meta":{"instruction":"Café ☕ 😀"},"n":1}'.encode()

PATIENT = replace(FAST_TIMING, poll_interval=600.0, socket_silence=600.0)
"""No poll and no silence brings a look of its own while a test runs."""


@pytest.mark.parametrize(
    ("body", "signature", "matched"),
    [
        (V1, "536b4e7ca433f2976c97bd7d3ae210caff9efc3d", "the first dash"),
        (V2, "ffa25fd4697a652ef94b0158b11b40b4a6604c8f", "the first dash"),
        (V1, "6a5eaaeeabe1739142f8213889ca50ae58b07eac", "all dashes"),
        (V2, "dd61ece1d55d5ed1df3e0a6107989e22b5ab0f48", "all dashes"),
        (V1, "3e078f1f7a60cb3590f4daff86703507416cfb89", ""),
        (V2, "1b12f04d3f207013d5c2316abee27ebc356b8159", ""),
        (V1, "ffa25fd4697a652ef94b0158b11b40b4a6604c8f", ""),
        (V1, "", ""),
        (V1, "é" * 40, ""),
        (V1, " 536B4E7CA433F2976C97BD7D3AE210CAFF9EFC3D ", "the first dash"),
    ],
)
async def test_the_platform_s_own_vectors(body: bytes, signature: str, matched: str) -> None:
    assert matching_secret_form(SECRET, STAMP, body, signature, NOW) == matched


async def test_bytes_are_signed_not_their_meaning() -> None:
    again = json.dumps(json.loads(V2)).encode()
    signature = "ffa25fd4697a652ef94b0158b11b40b4a6604c8f"
    assert matching_secret_form(SECRET, STAMP, again, signature, NOW) == ""


@pytest.mark.parametrize(
    ("stamp", "now", "good"),
    [
        (STAMP, NOW + 300, True),
        (STAMP, NOW - 300, True),
        (STAMP, NOW + 301, False),
        (STAMP, NOW - 301, False),
        ("", NOW, False),
        ("-1785100000", NOW, False),
        ("²", NOW, False),
        ("9" * 5000, NOW, False),
        ("1785100000.0", NOW, False),
    ],
)
async def test_only_a_recent_time_is_taken(stamp: str, now: float, good: bool) -> None:
    key = SECRET.replace("-", "", 1).encode()
    signature = hmac.new(key, stamp.encode() + V1, hashlib.sha1).hexdigest()
    assert bool(matching_secret_form(SECRET, stamp, V1, signature, now)) is good


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"[]",
        b"\xff\xfe",
        b"{}",
        b"[" * 9999,
        b'{"payloadResponse":{"payload_uuidv4":1}}',
    ],
)
async def test_a_body_that_names_no_request_is_a_sentence(raw: bytes) -> None:
    assert isinstance(parse_call(raw), str)


async def test_a_body_is_read_without_showing_its_token() -> None:
    body = {
        "payloadResponse": {"payload_uuidv4": UUID.upper()},
        "custom_meta": {"identifier": "till 7"},
        "userToken": {"user_token": TOKEN, "token_expiration": 1787692000},
    }
    hook = parse_call(json.dumps(body).encode())
    assert hook == WebhookCall(UUID, "till 7", TOKEN, 1787692000)
    assert TOKEN not in repr(hook)


@dataclass
class Caller:
    """Calls a receiver as the platform, or as somebody else."""

    receiver: WebhookReceiver
    told: list[WebhookCall] = field(default_factory=list)

    async def __call__(
        self,
        body: bytes = V1,
        *,
        stamp: str = STAMP,
        secret: str = SECRET,
        attempt: str = "1",
        method: str = "POST",
        **headers: str | None,
    ) -> int:
        """The status of one call; a header set to None is left out."""
        signature = sign_hook(secret, stamp, body)
        sent: dict[str, str | None] = {
            "content-type": "application/json",
            "x-xumm-attempt": attempt,
            "x-xumm-request-timestamp": stamp,
            "x-xumm-request-signature": signature,
        }
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        url = f"http://127.0.0.1:{self.receiver.port}/any/path?at=all"
        kept = {name: value for name, value in sent.items() if value is not None}
        async with (
            aiohttp.ClientSession() as session,
            session.request(method, url, data=body, headers=kept) as response,
        ):
            assert await response.read() is not None
            return response.status


@pytest.fixture
async def call() -> AsyncIterator[Caller]:
    """A receiver whose clock stands still."""
    told: list[WebhookCall] = []
    receiver = WebhookReceiver(SECRET, told.append, now=lambda: NOW)
    await receiver.open("127.0.0.1", 0)
    yield Caller(receiver, told)
    await receiver.close()


async def test_a_genuine_call_is_reported_once_for_each_attempt(
    call: Caller, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    assert [await call() for _ in range(3)] == [200, 200, 200]
    assert call.told == [WebhookCall(UUID)]
    assert await call(attempt="2") == 200
    assert len(call.told) == 2
    # The attempt is not signed: a copied call must not be made into many.
    for number in range(6, 40):
        assert await call(attempt=str(number)) == 200
    assert len(call.told) == 3
    assert "signed without the first dash" in caplog.text
    assert SECRET not in caplog.text


@pytest.mark.parametrize(
    "headers",
    [
        {"x_xumm_request_signature": None},
        {"x_xumm_request_timestamp": None},
        {"x_xumm_request_signature": "0" * 40},
        {"x_xumm_request_signature": ""},
        {"x_xumm_request_timestamp": str(int(NOW) - 301)},
    ],
)
async def test_refused_calls_are_401_and_one_line(
    call: Caller, caplog: pytest.LogCaptureFixture, headers: dict[str, Any]
) -> None:
    assert await call(**headers) == 401
    assert call.told == []
    lines = [r.getMessage() for r in caplog.records if r.name == "xumm_desk.net.webhook_receiver"]
    assert len(lines) == 1
    assert "refused" in lines[0]
    for private in (SECRET, UUID, sign_hook(SECRET, STAMP, V1)):
        assert private not in caplog.text


async def test_another_secret_and_an_old_time_are_401(call: Caller) -> None:
    assert await call(secret=UUID) == 401
    assert await call(stamp=str(int(NOW) - 301)) == 401
    assert call.told == []


async def test_a_huge_body_is_413_reported_or_not_reported_before(call: Caller) -> None:
    assert await call(b"x" * (MAX_BODY + 1)) == 413
    chunks = b"x" * MAX_BODY

    async def endless() -> AsyncIterator[bytes]:
        for _ in range(4):
            yield chunks

    url = f"http://127.0.0.1:{call.receiver.port}/"
    headers = {"x-xumm-request-timestamp": STAMP, "x-xumm-request-signature": "0" * 40}
    async with aiohttp.ClientSession() as session:
        try:
            async with session.post(url, data=endless(), headers=headers) as response:
                assert response.status == 413
        except aiohttp.ClientOSError:
            pass  # hung up on while still sending
    assert call.told == []


async def test_only_post(call: Caller) -> None:
    assert await call(method="GET") == 405
    assert await call(method="PUT") == 405
    assert call.told == []


async def test_a_packed_body_is_signed_as_it_came(call: Caller) -> None:
    """Nothing is unpacked: neither the signature nor the bound would hold."""
    assert await call(V2, content_encoding="gzip") == 200
    assert call.told == []


async def test_a_signed_call_that_is_no_json_is_200_and_a_line(
    call: Caller, caplog: pytest.LogCaptureFixture
) -> None:
    assert await call(b"{oops") == 200
    assert call.told == []
    assert "could not be read: not JSON" in caplog.text


async def test_a_taken_port_and_a_foreign_name_are_sentences(call: Caller) -> None:
    other = WebhookReceiver(SECRET, lambda _: None, now=time.time)
    for host, port in (("127.0.0.1", call.receiver.port), ("no such host", 0)):
        with pytest.raises(WebhookError) as refused:
            await other.open(host, port)
        words = str(refused.value)
        assert words.startswith(f"Webhooks cannot be received at {host} port {port} (")
        assert "--webhook-port" in words
    assert other.port == 0
    await other.close()


# With a desk and the platform's own sender.


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[EngineUnderTest]:
    """A desk that is told by webhooks alone: its sockets are refused and it polls once."""
    async with running_engine(tmp_path, timing=PATIENT) as engine:
        await engine.listen()
        engine.sim.switches.refuse_sockets = True
        yield engine


async def asked_once(engine: EngineUnderTest, identifier: str) -> str:
    """Wait until the first look of a request without a socket is over; its uuid."""
    uuid = engine.uuid(identifier)
    await until(lambda: gets(engine, uuid) == 1)
    return uuid


def gets(engine: EngineUnderTest, uuid: str) -> int:
    """How often the desk has read this request."""
    return engine.sim.calls.count("GET", uuid)


async def until(true: Callable[[], object]) -> None:
    """Wait for something that nobody announces."""
    async with asyncio.timeout(PATIENCE):
        while not true():  # noqa: ASYNC110 - neither the simulator nor a keyring has an event
            await asyncio.sleep(0.01)


async def test_a_payment_without_sockets_ends_because_of_the_hook(
    shop: EngineUnderTest, report: FaultReport
) -> None:
    identifier = await shop.create()
    uuid = await asked_once(shop, identifier)
    await shop.sim.phone.sign(uuid)
    await shop.status(identifier, Status.PAID)
    assert [a.outcome for a in shop.sim.webhooks.attempts] == [200]
    report(
        shop, "no sockets, a webhook tells the end", "`refuse_sockets=True`", Status.PAID, gets=3
    )


async def test_declining_is_reported_too(shop: EngineUnderTest, report: FaultReport) -> None:
    identifier = await shop.create()
    uuid = await asked_once(shop, identifier)
    await shop.sim.phone.decline(uuid)
    await shop.status(identifier, Status.DECLINED)
    assert gets(shop, uuid) == 2
    report(
        shop,
        "no sockets, a webhook tells of declining",
        "`refuse_sockets=True`",
        Status.DECLINED,
        gets=2,
    )


async def test_a_wrong_secret_is_401_and_nothing_is_read(
    shop: EngineUnderTest, caplog: pytest.LogCaptureFixture, report: FaultReport
) -> None:
    identifier = await shop.create()
    uuid = await asked_once(shop, identifier)
    application = shop.sim.platform.applications[shop.sim.key]
    right, application.secret = application.secret, SECRET
    await shop.sim.phone.decline(uuid)
    await until(lambda: shop.sim.webhooks.attempts)
    application.secret = right
    assert shop.sim.webhooks.attempts[0].outcome == 401
    assert gets(shop, uuid) == 1
    assert shop.desk.engine.registry[identifier].verdict.status is Status.WAITING
    assert right not in caplog.text
    report(shop, "a webhook signed with another secret", "401", Status.WAITING, gets=1)


async def test_a_repeated_call_reads_once_and_strangers_are_200(
    shop: EngineUnderTest, report: FaultReport
) -> None:
    identifier = await shop.create()
    uuid = await asked_once(shop, identifier)
    call = Caller(shop.receiver)
    stamp, secret = str(round(time.time())), shop.sim.secret
    body = json.dumps({"payloadResponse": {"payload_uuidv4": uuid}}).encode()
    for _ in range(5):
        assert await call(body, stamp=stamp, secret=secret) == 200
    await until(lambda: gets(shop, uuid) == 2)
    stranger = json.dumps({"payloadResponse": {"payload_uuidv4": UUID}}).encode()
    assert await call(stranger, stamp=stamp, secret=secret) == 200
    # What a genuine call says moves nothing by itself.
    lie = json.dumps(
        {"payloadResponse": {"payload_uuidv4": uuid, "signed": True, "txid": "A" * 64}}
    )
    assert await call(lie.encode(), stamp=stamp, secret=secret, attempt="3") == 200
    await until(lambda: gets(shop, uuid) == 3)
    assert gets(shop, UUID) == 0
    assert shop.desk.engine.registry[identifier].verdict.status is Status.WAITING
    report(
        shop, "webhooks repeated, lying, and about strangers", "seven calls", Status.WAITING, gets=3
    )


async def test_our_identifier_names_it_too(shop: EngineUnderTest) -> None:
    identifier = await shop.create()
    await asked_once(shop, identifier)
    assert await shop.desk.on_hint(UUID, identifier) == identifier
    assert await shop.desk.on_hint(UUID, "another") is None
    assert await shop.desk.on_hint(UUID) is None


async def test_closed_before_the_desk(tmp_path: Path) -> None:
    async with running_engine(tmp_path) as engine:
        await engine.listen()
        port = engine.receiver.port
        await engine.close()
        with socket.socket() as probe:
            assert probe.connect_ex(("127.0.0.1", port)) != 0


@pytest.fixture
def ring() -> Iterator[MemoryKeyring]:
    """A keyring that works."""
    with memory_keyring() as memory:
        yield memory


async def test_a_customer_s_token_is_kept_nowhere_before_a_person_says_so(
    ring: MemoryKeyring, shop: EngineUnderTest, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "xumm_desk")
    identifier = await shop.create()
    uuid = await asked_once(shop, identifier)
    await shop.sim.phone.sign(uuid)
    await shop.status(identifier, Status.PAID)
    await until(lambda: shop.sim.webhooks.attempts)
    token = shop.sim.platform.payloads[uuid].issued_token
    assert token
    assert await shop.desk.customers.open() == ""
    assert not shop.desk.customers.known()
    assert ring.kept == {}
    await shop.close()
    files = b"".join(p.read_bytes() for p in shop.folder.rglob("*") if p.is_file())
    own = "\n".join(r.getMessage() for r in caplog.records if r.name.startswith("xumm_desk"))
    for private in (token, shop.sim.secret):
        assert private.encode() not in files
        assert private not in own


async def test_a_webhook_prolongs_a_customer_who_is_remembered(
    ring: MemoryKeyring, shop: EngineUnderTest
) -> None:
    first = await shop.create()
    await asked_once(shop, first)
    await shop.sim.phone.sign(shop.uuid(first), customer="Ada")
    await shop.status(first, Status.PAID)
    user = shop.sim.cast.named("Ada").user
    token = shop.sim.platform.token_for(shop.sim.key, user)
    assert token is not None
    tomorrow = shop.sim.clock.now() + 86_400
    shop.sim.platform.change_token(token, expires=tomorrow, revoked=False, reachable=None)
    assert (await shop.desk.customers.remember(first, "Anna")).done
    [before] = shop.desk.customers.known()
    assert before.expires.timestamp() == int(tomorrow)
    second = await shop.create(tag="8")
    await shop.sim.phone.sign(shop.uuid(second), customer="Ada")
    await until(lambda: shop.desk.customers.known()[0].expires > before.expires)
