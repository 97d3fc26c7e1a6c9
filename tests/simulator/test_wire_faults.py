"""Switches that break the platform's answers on the wire (P§10a)."""

from __future__ import annotations

import aiohttp
import pytest

from xumm_desk.simulator import FaultSwitches, Simulator

from .simulator_client import SimulatorClient

pytestmark = pytest.mark.anyio


async def test_refusing_everything(client: SimulatorClient, sim: Simulator) -> None:
    sim.switches.refuse = "503"
    async with client.session.get(f"{sim.api}/ping", headers=client.headers) as response:
        assert response.status == 503
        assert response.content_type == "text/html"
    sim.switches.refuse = "close"
    with pytest.raises(aiohttp.ClientError):
        await client.call("GET", "ping")
    with pytest.raises(aiohttp.ClientError):
        await client.listen("00000000-0000-4000-8000-000000000000")
    sim.switches.refuse = "off"
    assert (await client.call("GET", "ping"))[0] == 200
    sim.switches.refuse_sockets = True
    with pytest.raises(aiohttp.ClientError):
        await client.listen("00000000-0000-4000-8000-000000000000")


async def test_html_502(client: SimulatorClient, sim: Simulator) -> None:
    sim.switches.html_502 = True
    async with client.session.get(f"{sim.api}/ping", headers=client.headers) as response:
        assert response.status == 502
        assert "<html>" in await response.text()


@pytest.mark.parametrize("body", ["json", "html", "empty"])
async def test_every_third_call_is_one_too_many(
    client: SimulatorClient, sim: Simulator, body: str
) -> None:
    sim.switches.update({"http_429_every": 3, "http_429_body": body, "retry_after_seconds": 7})
    statuses = []
    for _ in range(6):
        async with client.session.get(f"{sim.api}/ping", headers=client.headers) as response:
            statuses.append(response.status)
            raw = await response.read()
            if response.status == 429:
                assert response.headers["Retry-After"] == "7"
                assert raw[:1] == {"json": b"{", "html": b"<", "empty": b""}[body]
    assert statuses == [200, 200, 429] * 2


async def test_no_rate_headers(client: SimulatorClient, sim: Simulator) -> None:
    sim.switches.rate_headers = False
    async with client.session.get(f"{sim.api}/ping", headers=client.headers) as response:
        assert "X-RateLimit-Limit" not in response.headers


async def test_a_lost_answer_still_created(client: SimulatorClient, sim: Simulator) -> None:
    sim.switches.lose_post_answer = 1
    meta = {"identifier": "lost-1"}
    with pytest.raises(aiohttp.ClientError):
        await client.create(custom_meta=meta)
    status, found = await client.call("GET", "payload/ci/lost-1")
    assert (status, found["custom_meta"]["identifier"]) == (200, "lost-1")
    body = {"txjson": client.payment(), "custom_meta": meta}
    assert await client.refused(body) == (400, 409)


async def test_a_lost_answer_still_cancelled(client: SimulatorClient, sim: Simulator) -> None:
    sim.switches.lose_cancel_answer = 2  # this client asks once more by itself
    uuid = await client.new()
    with pytest.raises(aiohttp.ClientError):
        await client.call("DELETE", f"payload/{uuid}")
    assert (await client.get(uuid))["meta"]["cancelled"] is True
    _, again = await client.call("DELETE", f"payload/{uuid}")
    assert again["result"] == {"cancelled": False, "reason": "ALREADY_CANCELLED"}


async def test_half_a_body(client: SimulatorClient, sim: Simulator) -> None:
    sim.switches.half_body = True
    with pytest.raises(aiohttp.ClientPayloadError):
        await client.call("GET", "ping")


async def test_slow_answers(client: SimulatorClient, sim: Simulator) -> None:
    sim.switches.slow_response_seconds = 5
    with pytest.raises(TimeoutError):
        await client.call("GET", "ping", timeout=aiohttp.ClientTimeout(total=0.05))


async def test_a_fresh_request_is_not_visible_at_once(
    client: SimulatorClient, sim: Simulator
) -> None:
    sim.switches.visibility_delay_ms = 100_000
    name = await client.new()
    assert (await client.call("GET", f"payload/{name}"))[0] == 404
    sim.switches.visibility_delay_ms = 0
    assert (await client.call("GET", f"payload/{name}"))[0] == 200


async def test_expiry_may_be_capped(client: SimulatorClient, sim: Simulator) -> None:
    sim.switches.expire_cap_minutes = 2
    got = await client.get(await client.new(expire=60))
    assert got["payload"]["expires_in_seconds"] == 120


@pytest.mark.parametrize(
    "change",
    [
        {"nonsense": 1},
        {"resolve_at": "patch3"},
        {"drop_frames": ["everything"]},
        {"drop_frames": "opened"},
        {"ping_reply": 5},
        {"html_502": 1},
        {"repeat_frames": -1},
        {"repeat_frames": True},
        {"force_behaviour": 1},
        {"slow_response_seconds": "1"},
    ],
)
async def test_impossible_switches_change_nothing(change: dict[str, object]) -> None:
    switches = FaultSwitches()
    with pytest.raises(ValueError, match=next(iter(change))):
        switches.update({"replay_on_connect": True, **change})
    assert switches == FaultSwitches()
