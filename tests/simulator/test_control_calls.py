"""The control API below /practice/ (what the window's practice panel uses)."""

from __future__ import annotations

import pytest

from xumm_desk.simulator import Simulator
from xumm_desk.simulator.behaviours import BEHAVIOURS
from xumm_desk.simulator.runtime.keys import wallet_for

from .simulator_client import SimulatorClient, eventually

pytestmark = pytest.mark.anyio


async def test_info_and_lists(client: SimulatorClient, sim: Simulator) -> None:
    _, info = await client.control("GET", "info")
    assert info["api"] == sim.api
    assert info["key"] == sim.key
    assert info["shop"] == {"address": sim.shop}
    assert info["issuer"] == {"address": sim.issuer, "currency": "USD"}
    _, behaviours = await client.control("GET", "behaviours")
    assert set(behaviours) == set(BEHAVIOURS)
    name = await client.new(custom_meta={"identifier": "i"})
    _, listed = await client.control("GET", "payloads")
    assert listed["payloads"][0]["uuid"] == name
    assert listed["payloads"][0]["state"] == "created"
    async with client.session.get(f"{sim.control}/icon.png") as icon:
        assert icon.status == 200


async def test_by_hand(client: SimulatorClient, sim: Simulator) -> None:
    name = await client.new()
    status, answer = await client.control("POST", f"phone/{name}/scan", json={"customer": "Ada"})
    assert (status, answer["payload"]["payload"]["tx_type"]) == (200, "Payment")
    _, listed = await client.control("GET", "payloads")
    assert listed["payloads"][0]["in_hand"] == "Ada"
    status, answer = await client.control("POST", f"phone/{name}/sign")
    assert (status, answer["customer"], answer["first_result"]) == (200, "Ada", "tesSUCCESS")
    status, answer = await client.control("POST", f"phone/{name}/sign")
    assert (status, answer["error"]) == (409, "handled by somebody else")
    other = await client.new()
    assert (await client.control("POST", f"phone/{other}/walk_off"))[0] == 200
    assert (await client.control("POST", f"phone/{other}/decline"))[0] == 200
    assert (await client.meta(other))["resolved"] is True
    assert (await client.control("POST", f"phone/{other}/dance"))[0] == 404
    late = await client.new()
    body = {"behaviour": "wrong_tag"}
    _, answer = await client.control("POST", f"phone/{late}/sign", json=body)
    assert answer["behaviour"] == "wrong_tag"


async def test_customers(client: SimulatorClient, sim: Simulator) -> None:
    name = await client.new()
    delays = {"scan_min": 1, "scan_max": 1, "decide_min": 1, "decide_max": 1}
    body = {"behaviour": "declines", "delays": delays}
    assert (await client.control("POST", f"customer/{name}", json=body))[0] == 200
    await client.control("POST", "clock", json={"advance": 3})
    assert (await client.meta(name))["resolved"] is True
    unknown = "customer/00000000-0000-4000-8000-000000000000"
    assert (await client.control("POST", unknown, json=body))[0] == 404
    script = {"mode": "auto", "mix": {"pays": 1}, "delays": delays}
    status, kept = await client.control("PUT", "customers", json=script)
    assert (status, kept["mix"]) == (200, {"pays": 1})
    assert (await client.control("GET", "customers"))[1] == kept
    paid = await client.new()
    await client.control("POST", "clock", json={"advance": 10})
    assert (await client.meta(paid))["signed"] is True
    assert (await client.control("PUT", "customers", json={"mode": "x"}))[0] == 400


async def test_switches_and_clock(client: SimulatorClient, sim: Simulator) -> None:
    _, before = await client.control("GET", "switches")
    status, after = await client.control("PUT", "switches", json={"html_502": True})
    assert (status, after) == (200, before | {"html_502": True})
    assert sim.switches.html_502 is True
    status, answer = await client.control("PUT", "switches", json={"html": True})
    assert (status, "html" in answer["error"]) == (400, True)
    assert (await client.control("PUT", "switches", data=b"[1]"))[0] == 400
    assert (await client.control("PUT", "switches", data=b"{"))[0] == 400
    _, clock = await client.control("GET", "clock")
    _, later = await client.control("POST", "clock", json={"advance": 100})
    assert later["now"] == clock["now"] + 100
    _, faster = await client.control("POST", "clock", json={"speed": 50})
    assert faster["speed"] == 50


async def test_the_report_know_everything(client: SimulatorClient, sim: Simulator) -> None:
    name = await client.new()
    stranger = wallet_for("stranger").address
    body = {"address": stranger, "drops": 5_000_000}
    assert (await client.control("POST", "fund", json=body))[0] == 200
    await sim.phone.sign(name, "unreported")
    _, books = await client.control("GET", "books")
    assert len(books["pending"]) == 2
    assert (await client.control("POST", "ledger/close"))[0] == 200
    _, books = await client.control("GET", "books")
    by_purpose = {t["meant_for"]: t for t in books["transactions"]}
    assert by_purpose[name]["delivered"] == "1500000"
    assert by_purpose[None]["destination"] == stranger
    assert books["balances"][stranger] == "5000000"
    assert books["payloads"][0]["state"] == "opened"
    assert books["payloads"][0]["paid_by"] == [by_purpose[name]["hash"]]
    too_little = {"address": wallet_for("other").address, "drops": 1}
    assert (await client.control("POST", "fund", json=too_little))[0] == 400
    _, calls = await client.control("GET", "calls")
    assert calls["POST /api/v1/platform/payload"] == 1


async def test_applications_and_sockets(client: SimulatorClient, sim: Simulator) -> None:
    body = {"webhookurl": "http://192.168.1.2/hook"}
    assert (await client.control("PUT", "application", json=body))[0] == 200
    await sim.phone.decline(await client.new())
    await eventually(lambda: sim.webhooks.attempts)
    _, attempts = await client.control("GET", "webhooks")
    assert attempts[0]["outcome"] == "Invalid URL"
    line = await client.live(await client.new())
    assert await client.control("POST", "drop_sockets") == (200, {"dropped": 1})
    await line.socket.receive(5)
    disabled = {"disabled": True, "key": sim.key}
    assert (await client.control("PUT", "application", json=disabled))[0] == 200
    assert (await client.call("GET", "ping"))[1]["error"]["code"] == 810
    assert (await client.control("PUT", "application", json={"key": "x"}))[0] == 404


async def test_a_customer_s_push_token_ends_or_his_phone_is_off(
    client: SimulatorClient, sim: Simulator
) -> None:
    first = await client.new({"TransactionType": "SignIn"})
    assert (await client.control("PUT", "push_token/Ada", json={"expired": True}))[0] == 404
    await sim.phone.sign(first, customer="Ada")
    token = (await client.get(first))["application"]["issued_user_token"]

    async def state() -> tuple[bool, bool]:
        _, known = await client.call("POST", "user-tokens", json={"tokens": [token]})
        pushed = await client.create(user_token=token)
        return known["tokens"][0]["active"], pushed["pushed"]

    _, listed = await client.control("GET", "push_tokens")
    assert [(one["customer"], one["reachable"]) for one in listed] == [("Ada", True)]
    assert token not in str(listed)
    assert await state() == (True, True)
    for body, after in (
        ({"reachable": False}, (True, False)),
        ({"reachable": True}, (True, True)),
        ({"expired": True}, (False, False)),
        ({"expires": sim.clock.now() + 60}, (True, True)),
        ({"revoked": True}, (False, False)),
    ):
        assert (await client.control("PUT", "push_token/Ada", json=body))[0] == 200
        assert await state() == after, body
    assert (await client.control("PUT", "push_token/Nobody", json={}))[0] == 404
    again = await client.new({"TransactionType": "SignIn"})
    await sim.phone.sign(again, customer="Ada")
    renewed = (await client.get(again))["application"]["issued_user_token"]
    assert renewed not in (None, token), "what was taken back is not given out again"
