"""What GET and DELETE say in every situation of P§3.2 and P§4."""

from __future__ import annotations

import pytest

from xumm_desk.simulator import PhoneRefusedError, Simulator

from .simulator_client import SimulatorClient

pytestmark = pytest.mark.anyio
FLAGS = ("app_opened", "resolved", "signed", "cancelled", "expired")


async def flags(client: SimulatorClient, uuid: str) -> str:
    """The five booleans as letters, and whether ``resolved_at`` is set."""
    answer = await client.get(uuid)
    letters = "".join("T" if answer["meta"][f] else "F" for f in FLAGS)
    assert answer["meta"]["exists"] is True
    return letters + ("+" if answer["response"]["resolved_at"] else "-")


async def test_nobody_looked_then_opened(client: SimulatorClient, sim: Simulator) -> None:
    name = await client.new()
    assert await flags(client, name) == "FFFFF-"
    await sim.phone.scan(name)
    assert await flags(client, name) == "TFFFF-"
    await sim.phone.walk_off(name)
    assert await flags(client, name) == "TFFFF-"


async def test_signed_before_and_read_after_expiry(client: SimulatorClient, sim: Simulator) -> None:
    name = await client.new()
    await sim.phone.sign(name)
    assert await flags(client, name) == "TTTFF+"
    await sim.clock.advance(301)
    assert await flags(client, name) == "TTTFT+"


async def test_rejected_before_and_read_after_expiry(
    client: SimulatorClient, sim: Simulator
) -> None:
    name = await client.new()
    await sim.phone.decline(name)
    assert await flags(client, name) == "TTFFF+"
    await sim.clock.advance(301)
    assert await flags(client, name) == "TTFFT+"


async def test_never_opened_expires(client: SimulatorClient, sim: Simulator) -> None:
    name = await client.new()
    await sim.clock.advance(299)
    assert await flags(client, name) == "FFFFF-"
    await sim.clock.advance(1)
    assert await flags(client, name) == "FFFFT-"
    assert (await client.get(name))["payload"]["expires_in_seconds"] == 0
    with pytest.raises(PhoneRefusedError, match="expired"):
        await sim.phone.scan(name)
    assert await flags(client, name) == "FFFFT-"


async def test_opened_in_time_then_signed_late(client: SimulatorClient, sim: Simulator) -> None:
    name = await client.new()
    await sim.phone.scan(name)
    await sim.clock.advance(310)
    assert await flags(client, name) == "TFFFT-"
    with pytest.raises(PhoneRefusedError, match="expired"):
        await sim.phone.sign(name)
    await sim.phone.sign(name, "pays_late")
    assert await flags(client, name) == "TTTFT+"


async def test_opened_in_time_then_rejected_late(client: SimulatorClient, sim: Simulator) -> None:
    name = await client.new()
    await sim.phone.scan(name)
    await sim.clock.advance(310)
    await sim.phone.decline(name)
    assert await flags(client, name) == "TTFFT+"


async def test_cancelled_before_anyone_opened(client: SimulatorClient, sim: Simulator) -> None:
    name = await client.new()
    answer = await client.cancel(name)
    assert answer["result"] == {"cancelled": True, "reason": "OK"}
    assert answer["meta"]["expired"] is True
    assert answer["meta"]["cancelled"] is False, "the meta is a snapshot from before"
    assert await flags(client, name) == "FFFTT-"
    assert (await client.cancel(name))["result"]["reason"] == "ALREADY_CANCELLED"


async def test_cancel_after_opening_changes_nothing(
    client: SimulatorClient, sim: Simulator
) -> None:
    name = await client.new()
    await sim.phone.scan(name)
    answer = await client.cancel(name)
    assert answer["result"] == {"cancelled": False, "reason": "ALREADY_OPENED"}
    assert answer["meta"]["expired"] is True, "forced, although the request is alive"
    assert await flags(client, name) == "TFFFF-"


async def test_cancel_of_the_resolved_and_the_expired(
    client: SimulatorClient, sim: Simulator
) -> None:
    signed, rejected, expired = [await client.new() for _ in range(3)]
    await sim.phone.sign(signed)
    await sim.phone.decline(rejected)
    await sim.clock.advance(301)
    for name, reason in (
        (signed, "ALREADY_RESOLVED"),
        (rejected, "ALREADY_RESOLVED"),
        (expired, "ALREADY_EXPIRED"),
    ):
        result = (await client.cancel(name))["result"]
        assert result == {"cancelled": False, "reason": reason}


async def test_cancelled_and_then_signed_all_the_same(
    client: SimulatorClient, sim: Simulator
) -> None:
    name = await client.new()
    assert (await client.cancel(name))["result"]["cancelled"] is True
    await sim.phone.sign(name, "pays_late")
    assert await flags(client, name) == "FTTTT+"


async def test_deeplink_flag(client: SimulatorClient, sim: Simulator) -> None:
    own_code, web_page = await client.create(), await client.create()
    assert (await client.meta(own_code["uuid"]))["opened_by_deeplink"] is None
    await sim.phone.scan(own_code["uuid"])
    assert (await client.meta(own_code["uuid"]))["opened_by_deeplink"] is True
    async with client.session.get(web_page["next"]["always"]) as page:
        assert page.status == 200
        assert "Practice sign request" in await page.text()
    assert (await client.meta(web_page["uuid"]))["opened_by_deeplink"] is None
    await sim.phone.scan(web_page["uuid"])
    assert (await client.meta(web_page["uuid"]))["opened_by_deeplink"] is False


@pytest.mark.parametrize("empty", ["", None])
async def test_rejected_answers_are_empty(
    client: SimulatorClient, sim: Simulator, empty: str | None
) -> None:
    sim.switches.empty_as = empty
    name = await client.new()
    await sim.phone.decline(name)
    response = (await client.get(name))["response"]
    for field in ("hex", "txid", "account", "dispatched_to", "dispatched_result"):
        assert response[field] == empty
    assert response["dispatched_to_node"] is False


async def test_signed_answers_are_complete(client: SimulatorClient, sim: Simulator) -> None:
    name = await client.new()
    deed = await sim.phone.sign(name, customer="Ada")
    early = (await client.get(name))["response"]
    assert early["txid"] == deed.txid
    assert not early["dispatched_result"], "the phone reports the dispatch later"
    assert early["environment_nodetype"] == "TESTNET"
    await sim.clock.advance(4)
    late = await client.get(name)
    assert late["response"]["dispatched_result"] == "tesSUCCESS"
    assert late["response"]["dispatched_nodetype"] == "TESTNET"
    assert late["response"]["dispatched_to_node"] is True
    assert late["response"]["environment_networkid"] == 1
    assert late["response"]["signer"] == late["response"]["account"]
    assert late["payload"]["signmethod"] == "PIN"
    assert late["payload"]["origintype"] == "QR"
