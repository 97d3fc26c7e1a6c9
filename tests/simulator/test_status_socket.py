"""The status socket's sequences (P§5.2) and its faults."""

from __future__ import annotations

import asyncio
import uuid

import aiohttp
import pytest

from xumm_desk.simulator import Simulator

from .simulator_client import PATIENCE, SimulatorClient, eventually

pytestmark = pytest.mark.anyio


async def test_normal_payment(client: SimulatorClient, sim: Simulator) -> None:
    name = await client.new(custom_meta={"identifier": "i", "blob": {"a": 1}})
    line = await client.listen(name)
    assert await line.next() == {"message": f"Welcome {name}"}
    assert await line.next() == {"expires_in_seconds": 300}
    await sim.clock.advance(30)
    assert [await line.next() for _ in range(2)] == [
        {"expires_in_seconds": 285},
        {"expires_in_seconds": 270},
    ]
    deed = await sim.phone.sign(name)
    assert await line.kinds(3) == ["opened", "opened", "pre_signed"]
    await line.nothing_more()
    await sim.clock.advance(4)
    assert await line.next() == {"dispatched": True}
    message = await line.next()
    assert message.pop("reference_call_uuidv4") != name
    assert message == {
        "payload_uuidv4": name,
        "signed": True,
        "user_token": True,
        "return_url": {"app": None, "web": None},
        "txid": deed.txid,
        "opened_by_deeplink": True,
        "custom_meta": {"identifier": "i", "instruction": None},
    }
    await sim.clock.advance(15)
    assert "expires_in_seconds" in await line.next()


async def test_resolved_with_the_first_report(client: SimulatorClient, sim: Simulator) -> None:
    sim.switches.resolve_at = "patch1"
    sim.switches.ws_blob = "include"
    name = await client.new(custom_meta={"blob": {"a": 1}})
    line = await client.live(name)
    await sim.phone.sign(name)
    assert await line.kinds(3) == ["opened", "opened", "pre_signed"]
    assert (await line.next())["custom_meta"]["blob"] == {"a": 1}
    await sim.clock.advance(4)
    assert await line.next() == {"dispatched": True}
    await line.nothing_more()


async def test_sign_in_resolves_with_the_first_report(
    client: SimulatorClient, sim: Simulator
) -> None:
    name = await client.new({"TransactionType": "SignIn"})
    line = await client.live(name)
    await sim.phone.sign(name)
    assert (await line.until("signed"))["signed"] is True
    assert (await client.get(name))["response"]["dispatched_to_node"] is False


@pytest.mark.parametrize(("switch", "txid"), [("absent", "-"), ("null", None), ("", "")])
async def test_rejected(
    client: SimulatorClient, sim: Simulator, switch: str, txid: str | None
) -> None:
    sim.switches.txid_on_reject = switch
    name = await client.new()
    line = await client.live(name)
    await sim.phone.scan(name)
    await sim.phone.decline(name)
    assert await line.kinds(1) == ["opened"]
    message = await line.next()
    assert message["signed"] is False
    assert message.get("txid", "-") == txid


async def test_never_opened_counts_below_nought(client: SimulatorClient, sim: Simulator) -> None:
    name = await client.new(expire=1)
    line = await client.live(name)
    await sim.clock.advance(90)
    frames = [await line.next() for _ in range(7)]
    counts = [f["expires_in_seconds"] for f in frames if "expires_in_seconds" in f]
    assert counts == [45, 30, 15, 0, -15, -30]
    assert {"expired": True} in frames


async def test_signed_after_expiry(client: SimulatorClient, sim: Simulator) -> None:
    name = await client.new(expire=1)
    line = await client.live(name)
    await sim.phone.scan(name)
    await sim.clock.advance(62)
    await line.until("expired")
    await sim.phone.sign(name, "pays_late")
    await sim.clock.advance(4)
    assert (await line.until("signed"))["signed"] is True


async def test_connecting_late(client: SimulatorClient, sim: Simulator) -> None:
    paid, stale, cancelled = [await client.new(expire=1) for _ in range(3)]
    await sim.phone.sign(paid)
    await client.cancel(cancelled)
    await sim.clock.advance(120)
    resolved = await client.listen(paid)
    assert await resolved.kinds(2) == ["message", "expired"]
    for name, count in ((stale, -60), (cancelled, -120)):
        line = await client.listen(name)
        assert await line.kinds(2) == ["message", "expired"]
        assert await line.next() == {"expires_in_seconds": count}
    await sim.clock.advance(60)
    await resolved.nothing_more()


async def test_reconnecting_replays_nothing_unless_reported_to(
    client: SimulatorClient, sim: Simulator
) -> None:
    name = await client.new()
    await sim.phone.scan(name)
    line = await client.live(name)
    await line.nothing_more()
    sim.switches.replay_on_connect = True
    again = await client.live(name)
    assert await again.next() == {"opened": True}


@pytest.mark.parametrize("event", ["none", "cancelled", "expired"])
async def test_cancelled_while_connected(
    client: SimulatorClient, sim: Simulator, event: str
) -> None:
    sim.switches.cancel_event = event
    name = await client.new()
    line = await client.live(name)
    await client.cancel(name)
    assert await line.next() == {"devapp_fetched": True}
    if event != "none":
        assert await line.next() == {event: True}
    await sim.clock.advance(15)
    assert await line.next() == {"expires_in_seconds": 285}


async def test_own_reads_are_reported(client: SimulatorClient) -> None:
    name = await client.new()
    line = await client.live(name)
    await client.get(name)
    assert await line.next() == {"devapp_fetched": True}


async def test_unknown_uuid(client: SimulatorClient, sim: Simulator) -> None:
    line = await client.listen(str(uuid.uuid4()))
    assert await line.next() == {"message": "Invalid payload!"}
    assert (await line.socket.receive(PATIENCE)).type is aiohttp.WSMsgType.CLOSE
    sim.switches.unknown_uuid = "silent"
    silent = await client.listen(str(uuid.uuid4()))
    await silent.socket.send_str("{}")
    with pytest.raises(TimeoutError):
        await silent.socket.receive(0.05)


async def test_pings_are_answered_or_not(client: SimulatorClient, sim: Simulator) -> None:
    line = await client.live(await client.new())
    await line.socket.send_str('{"ping":true}')
    assert await line.next() == {"message": "Right back at you!"}
    sim.switches.ping_reply = "pong"
    await line.socket.send_str("anything")
    assert await line.next() == {"message": "pong"}


async def test_frames_lost_repeated_or_odd(client: SimulatorClient, sim: Simulator) -> None:
    sim.switches.update({"drop_frames": ["opened", "pre_signed"], "repeat_frames": 2})
    name = await client.new()
    line = await client.listen(name)
    assert await line.kinds(4) == ["message", "message"] + ["expires_in_seconds"] * 2
    await sim.phone.sign(name)
    await sim.clock.advance(4)
    assert await line.kinds(2) == ["dispatched", "dispatched"]
    sim.switches.update({"drop_frames": [], "repeat_frames": 1})
    for sort, kind in (
        ("malformed", aiohttp.WSMsgType.TEXT),
        ("garbage", aiohttp.WSMsgType.TEXT),
        ("array", aiohttp.WSMsgType.TEXT),
        ("binary", aiohttp.WSMsgType.BINARY),
        ("huge", aiohttp.WSMsgType.TEXT),
    ):
        sim.switches.odd_frames = sort
        other = client.session.ws_connect(
            f"{sim.platform.socket_base}/sign/{await client.new()}", max_msg_size=0
        )
        async with other as socket:
            odd = await socket.receive(PATIENCE)
            assert odd.type is kind
            assert sort != "huge" or len(odd.data) > 1 << 20
            assert (await socket.receive_json()).get("message", "").startswith("Welcome")


async def test_silent_and_unwelcoming_sockets(client: SimulatorClient, sim: Simulator) -> None:
    sim.switches.no_welcome = True
    line = await client.listen(await client.new())
    assert await line.kinds(1) == ["expires_in_seconds"]
    sim.switches.silent_sockets = True
    silent = await client.listen(await client.new())
    with pytest.raises(TimeoutError):
        await silent.socket.receive(0.05)


async def test_sockets_are_dropped(client: SimulatorClient, sim: Simulator) -> None:
    sim.switches.drop_socket_after = 2
    line = await client.live(await client.new())
    assert (await line.socket.receive(PATIENCE)).type is aiohttp.WSMsgType.CLOSED
    sim.switches.drop_socket_after = 0
    other = await client.live(await client.new())
    assert sim.drop_sockets() == 1
    assert (await other.socket.receive(PATIENCE)).type is aiohttp.WSMsgType.CLOSED
    await eventually(lambda: sim.hub.count() == 0)


async def test_the_server_may_close_after_the_end(client: SimulatorClient, sim: Simulator) -> None:
    sim.switches.close_after_resolve = True
    name = await client.new()
    line = await client.live(name)
    await sim.phone.decline(name)
    await line.until("signed")
    assert (await line.socket.receive(PATIENCE)).type is aiohttp.WSMsgType.CLOSE


async def test_reported_before_it_is_stored(client: SimulatorClient, sim: Simulator) -> None:
    sim.switches.update({"publish_before_store_ms": 150, "resolve_at": "patch1"})
    name = await client.new()
    line = await client.live(name)
    await sim.phone.sign(name)
    await line.until("signed")
    assert (await client.meta(name))["resolved"] is False
    sim.developer_api._general.limit = 1_000_000
    async with asyncio.timeout(PATIENCE):
        while not (await client.meta(name))["resolved"]:
            pass
