"""The fake-phone API and the server's checks on a signed PATCH (P§10a)."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from xumm_desk.simulator import Simulator
from xumm_desk.simulator.runtime.keys import sign_fields, wallet_for

from .simulator_client import Body, SimulatorClient

pytestmark = pytest.mark.anyio


async def phone(client: SimulatorClient, method: str, name: str, **more: Any) -> tuple[int, Body]:
    """One call as a phone; ``user`` picks whose."""
    user = more.pop("user", "11111111-1111-4111-8111-111111111111")
    url = f"{client.sim.platform.base}/api/v1/app/payload/{name}"
    headers = {"X-Practice-User": user}
    async with client.session.request(method, url, headers=headers, **more) as response:
        return response.status, await response.json()


def signature(sim: Simulator) -> Body:
    """The first PATCH body of an honest phone."""
    ada = wallet_for("Ada")
    fields = {
        "TransactionType": "Payment",
        "Account": ada.address,
        "Destination": sim.shop,
        "Amount": "1500000",
        "Fee": "12",
        "Sequence": 1_000_000,
    }
    signed = sign_fields(fields, ada)
    return {
        "signed_blob": signed.blob,
        "tx_id": signed.txid,
        "signmethod": "PIN",
        "signpubkey": ada.public_key,
        "multisigned": "",
        "environment": {"nodeuri": "wss://node.example", "nodetype": "TESTNET"},
        "permission": {"push": True, "days": 365},
        "origintype": "DEEP_LINK",
    }


async def test_a_phone_reads_without_credentials(client: SimulatorClient) -> None:
    name = await client.new(custom_meta={"instruction": "Table 4", "blob": {"secret": 1}})
    status, answer = await phone(client, "GET", name, params={"from": "PUSH_NOTIFICATION"})
    assert status == 200
    assert answer["meta"]["custom_instruction"] == "Table 4"
    assert "custom_meta" not in answer
    assert "hash" in answer["payload"]
    assert (await client.get(name))["payload"]["origintype"] == "PUSH_NOTIFICATION"
    sign_in = await client.new({"TransactionType": "SignIn"})
    _, answer = await phone(client, "GET", sign_in)
    assert answer["payload"]["request_json"] == {"SignIn": True}
    assert (await phone(client, "GET", str(uuid.uuid4())))[0] == 404
    assert (await phone(client, "GET", "nope"))[0] == 404
    assert (await phone(client, "PUT", name))[0] == 404


async def test_two_reports_of_one_signature(client: SimulatorClient, sim: Simulator) -> None:
    name = await client.new()
    line = await client.live(name)
    await phone(client, "GET", name)
    body = signature(sim)
    assert (await phone(client, "PATCH", name, json=body))[0] == 200
    got = await client.get(name)
    assert got["response"]["hex"] == body["signed_blob"]
    assert got["response"]["txid"] == body["tx_id"]
    assert got["payload"]["origintype"] == "DEEP_LINK"
    dispatch = {"to": "wss://node.example", "nodetype": "testnet", "result": "tesSUCCESS"}
    report = {"dispatched": dispatch, "origintype": "QR"}
    assert (await phone(client, "PATCH", name, json=report))[0] == 200
    assert (await client.get(name))["response"]["dispatched_nodetype"] == "TESTNET"
    assert (await line.until("signed"))["txid"] == body["tx_id"]
    stranger = "22222222-2222-4222-8222-222222222222"
    status, answer = await phone(client, "PATCH", name, json=report, user=stranger)
    assert (status, answer["error"]["code"]) == (400, 509)
    status, answer = await phone(client, "GET", name, user=stranger)
    assert (status, answer["error"]["code"]) == (403, 403)
    assert (await phone(client, "GET", name))[0] == 200


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"tx_id": "XYZ"}, 802),
        ({"tx_id": None}, 802),
        ({"signed_blob": ""}, 800),
        ({"signed_blob": "not hex"}, 800),
        ({"signed_blob": "12000022FF"}, 801),
        ({"tx_id": "AB" * 32}, 803),
        ({"multisigned": "rNobody"}, 804),
    ],
)
async def test_bad_signatures_are_refused(
    client: SimulatorClient, sim: Simulator, change: Body, code: int
) -> None:
    name = await client.new()
    status, answer = await phone(client, "PATCH", name, json=signature(sim) | change)
    assert (status, answer["error"]["code"]) == (400, code)
    assert (await client.meta(name))["resolved"] is False


async def test_a_resolved_request_takes_no_second_signature(
    client: SimulatorClient, sim: Simulator
) -> None:
    name = await client.new()
    await phone(client, "PATCH", name, json=signature(sim))
    for body in (signature(sim), {"reject": True}):
        status, answer = await phone(client, "PATCH", name, json=body)
        assert (status, answer["error"]["code"]) == (400, 409)


async def test_expiry_and_cancellation_do_not_stop_a_signature(
    client: SimulatorClient, sim: Simulator
) -> None:
    expired, cancelled = await client.new(), await client.new()
    await client.cancel(cancelled)
    await sim.clock.advance(400)
    for name in (expired, cancelled):
        assert (await phone(client, "PATCH", name, json=signature(sim)))[0] == 200
        assert (await client.meta(name))["signed"] is True


async def test_rejecting_and_nonsense(client: SimulatorClient) -> None:
    name = await client.new()
    assert (await phone(client, "PATCH", name, data=b"{"))[0] == 400
    status, answer = await phone(client, "PATCH", name, json=[])
    assert (status, answer["error"]["code"]) == (400, 509)
    dispatched = {"dispatched": {"result": "tesSUCCESS"}}
    assert (await phone(client, "PATCH", name, json=dispatched))[1]["error"]["code"] == 509
    body = {"reject": True, "reject_initiator": "USER", "origintype": "QR"}
    assert (await phone(client, "PATCH", name, json=body))[0] == 200
    meta = await client.meta(name)
    assert (meta["resolved"], meta["signed"]) == (True, False)
