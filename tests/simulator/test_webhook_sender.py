"""Webhooks: signature vectors, bodies, retries and refusals (P§6)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from aiohttp import web

from xumm_desk.simulator import Simulator
from xumm_desk.simulator.platform.webhook_sender import sign_hook

from .simulator_client import Body, SimulatorClient, eventually

pytestmark = pytest.mark.anyio
SECRET = "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee"
V1 = (
    '{"meta":{"application_uuidv4":"11111111-1111-4111-8111-111111111111",'
    '"payload_uuidv4":"22222222-2222-4222-8222-222222222222"},"payloadResponse":'
    '{"payload_uuidv4":"22222222-2222-4222-8222-222222222222",'
    '"reference_call_uuidv4":"33333333-3333-4333-8333-333333333333",'
    '"signed":true,"txid":"' + "A" * 64 + '"}}'
)
V2 = '{"custom_meta":{"instruction":"Café ☕ 😀"},"n":1}'


@dataclass
class Receiver:
    """A web address that keeps what it got."""

    url: str = ""
    statuses: list[int] = field(default_factory=list)
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    async def handle(self, request: web.Request) -> web.Response:
        """Keep one delivery and answer with the next status."""
        headers = {k.lower(): v for k, v in request.headers.items()}
        self.got.append((headers, await request.read()))
        return web.Response(status=self.statuses.pop(0) if self.statuses else 200)


@pytest.fixture
async def receiver(sim: Simulator) -> AsyncIterator[Receiver]:
    """A receiver on loopback, known to the simulator and allowed."""
    receiver = Receiver()
    app = web.Application()
    app.router.add_post("/hook", receiver.handle)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    sim.platform.applications[sim.key].webhook_url = receiver.url
    sim.switches.webhook_loopback = True
    yield receiver
    await runner.cleanup()


@pytest.mark.parametrize(
    ("body", "key", "signature"),
    [
        (V1, "first", "536b4e7ca433f2976c97bd7d3ae210caff9efc3d"),
        (V1, "all", "6a5eaaeeabe1739142f8213889ca50ae58b07eac"),
        (V2, "first", "ffa25fd4697a652ef94b0158b11b40b4a6604c8f"),
        (V2, "all", "dd61ece1d55d5ed1df3e0a6107989e22b5ab0f48"),
    ],
)
async def test_signature_vectors(body: str, key: str, signature: str) -> None:
    assert sign_hook(SECRET, "1785100000", body.encode(), key) == signature


async def test_a_signed_request_is_reported(
    client: SimulatorClient, sim: Simulator, receiver: Receiver
) -> None:
    name = await client.new(custom_meta={"identifier": "i", "instruction": "Café ☕ 😀"})
    deed = await sim.phone.sign(name)
    await sim.clock.advance(4)
    await eventually(lambda: receiver.got)
    headers, raw = receiver.got[0]
    assert headers["user-agent"] == "xumm-webhook"
    assert headers["content-type"] == "application/json"
    assert headers["x-xumm-attempt"] == "1"
    assert headers["x-xumm-payload"] == name
    stamp = headers["x-xumm-request-timestamp"]
    assert stamp == str(round(sim.clock.now()))
    assert headers["x-xumm-request-signature"] == sign_hook(sim.secret, stamp, raw)
    assert "Café ☕ 😀".encode() in raw
    body: Body = json.loads(raw)
    assert body["meta"] == {
        "url": receiver.url,
        "application_uuidv4": sim.key,
        "payload_uuidv4": name,
        "opened_by_deeplink": True,
    }
    assert body["payloadResponse"]["txid"] == deed.txid
    assert body["payloadResponse"]["signed"] is True
    assert body["userToken"]["token_expiration"] - body["userToken"]["token_issued"] == 2592000
    assert body["custom_meta"]["identifier"] == "i"


async def test_a_rejection_is_reported_and_nothing_else(
    client: SimulatorClient, sim: Simulator, receiver: Receiver
) -> None:
    rejected, cancelled, expired = [await client.new(expire=1) for _ in range(3)]
    await client.cancel(cancelled)
    await sim.phone.decline(rejected)
    await sim.clock.advance(90)
    await eventually(lambda: sim.webhooks.attempts)
    body = json.loads(receiver.got[0][1])
    assert body["payloadResponse"]["signed"] is False
    assert body["userToken"] is None
    assert [a.payload for a in sim.webhooks.attempts] == [rejected]
    assert expired


async def test_retries_keep_the_real_schedule(
    client: SimulatorClient, sim: Simulator, receiver: Receiver
) -> None:
    receiver.statuses = [500, 302, 404, 202, 201]
    name = await client.new()
    begun = sim.clock.now()
    await sim.phone.decline(name)
    for number, wait in enumerate((10, 60, 600, 600), start=1):
        await eventually(lambda n=number: len(sim.webhooks.attempts) == n)
        await _asleep(sim)
        await sim.clock.advance(wait - 1)
        assert len(receiver.got) == number
        await sim.clock.advance(1)
        await eventually(lambda n=number: len(receiver.got) == n + 1)
    await eventually(lambda: len(sim.webhooks.attempts) == 5)
    assert [a.outcome for a in sim.webhooks.attempts] == [500, 302, 404, 202, 201]
    assert [h["x-xumm-attempt"] for h, _ in receiver.got] == list("12345")
    stamps = {h["x-xumm-request-timestamp"] for h, _ in receiver.got}
    assert len(stamps) == 5, "each attempt is signed afresh"
    assert sim.clock.now() == begun + 1270


async def _asleep(sim: Simulator) -> None:
    for _ in range(5):
        await asyncio.sleep(0)
    assert sim.webhooks.attempts


async def test_a_dead_address_waits_out_its_timer_too(
    client: SimulatorClient, sim: Simulator, receiver: Receiver
) -> None:
    sim.platform.applications[sim.key].webhook_url = "http://127.0.0.1:9/hook"
    await sim.phone.decline(await client.new())
    await eventually(lambda: sim.webhooks.attempts)
    assert sim.webhooks.attempts[0].outcome == "no connection"
    await sim.clock.advance(24)
    assert len(sim.webhooks.attempts) == 1
    await sim.clock.advance(1)
    await eventually(lambda: len(sim.webhooks.attempts) == 2)


async def test_private_addresses_are_refused(
    client: SimulatorClient, sim: Simulator, receiver: Receiver
) -> None:
    sim.switches.webhook_loopback = False
    for url in (receiver.url, "ftp://shop.example/hook", "http://10.0.0.5/", "nonsense"):
        sim.platform.applications[sim.key].webhook_url = url
        before = len(sim.webhooks.attempts)
        await sim.phone.decline(await client.new())
        await eventually(lambda n=before: len(sim.webhooks.attempts) == n + 1)
        assert sim.webhooks.attempts[-1].outcome == "Invalid URL"
    await sim.clock.advance(3000)
    assert receiver.got == []


async def test_an_address_that_is_never_there_is_given_up(
    client: SimulatorClient, sim: Simulator, receiver: Receiver
) -> None:
    for _ in range(10):
        sim.webhooks.note_given_up(receiver.url)
    await sim.phone.decline(await client.new())
    assert sim.webhooks.attempts == []
    await sim.clock.advance(3601)
    await sim.phone.decline(await client.new())
    await eventually(lambda: receiver.got)
