"""The developer API: credentials, error shapes, validation, limits (P§1, P§2)."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from xumm_desk.simulator import Simulator

from .simulator_client import Body, SimulatorClient

pytestmark = pytest.mark.anyio


async def test_ping_reports_the_application(client: SimulatorClient, sim: Simulator) -> None:
    for path in ("ping", "ping/"):
        status, answer = await client.call("GET", path)
        assert status == 200
        assert answer["pong"] is True
        assert answer["auth"]["application"]["uuidv4"] == sim.key
        assert answer["auth"]["application"]["disabled"] == 0
        assert answer["auth"]["call"]["uuidv4"]


async def test_credentials_get_their_own_codes(client: SimulatorClient, sim: Simulator) -> None:
    stranger = str(uuid.uuid4())
    cases = [
        ({}, 812),
        ({"X-API-Key": sim.key}, 812),
        ({"X-API-Key": "abc", "X-API-Secret": sim.secret}, 812),
        ({"X-API-Key": str(uuid.uuid1()), "X-API-Secret": sim.secret}, 812),
        ({"X-API-Key": stranger, "X-API-Secret": sim.secret}, 811),
        ({"X-API-Key": sim.key, "X-API-Secret": stranger}, 813),
    ]
    for headers, code in cases:
        status, answer = await client.call("GET", "ping", headers=headers)
        assert (status, answer["error"]["code"]) == (403, code)
    shouted = {"X-API-Key": sim.key.upper(), "X-API-Secret": f" {sim.secret} "}
    assert (await client.call("GET", "ping", headers=shouted))[0] == 200
    sim.platform.applications[sim.key].disabled = True
    status, answer = await client.call("GET", "ping")
    assert (status, answer["error"]["code"]) == (403, 810)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "nothing"),
        ("POST", "ping"),
        ("PUT", "payload"),
        ("GET", "payload/not-a-uuid"),
        ("GET", "payload/c232ab00-9414-11ec-b3c8-9f6bdeced846"),
        ("GET", "payload"),
    ],
)
async def test_unknown_routes_are_fatal(client: SimulatorClient, method: str, path: str) -> None:
    status, answer = await client.call(method, path)
    assert status == 404
    assert answer["error"] is True
    assert answer["code"] == 404
    assert answer["method"] == method
    assert answer["req"] == f"/v1/platform/{path}"
    assert answer["message"]


async def test_every_answer_carries_its_call_and_the_limits(
    client: SimulatorClient, sim: Simulator
) -> None:
    body = {"txjson": client.payment()}
    async with client.session.post(f"{sim.api}/payload", json=body, headers=client.headers) as made:
        answer = await made.json()
        assert made.headers["X-Call-Ref"] == answer["uuid"]
    left = []
    for _ in range(2):
        async with client.session.get(f"{sim.api}/ping", headers=client.headers) as response:
            assert response.headers["X-RateLimit-Limit"] == "600"
            left.append(int(response.headers["X-RateLimit-Remaining"]))
    assert left[0] - left[1] == 1


async def test_the_limit_is_real_and_passes_with_time(
    client: SimulatorClient, sim: Simulator
) -> None:
    sim.developer_api._general.limit = 3
    statuses = [(await client.call("GET", "ping"))[0] for _ in range(4)]
    assert statuses == [200, 200, 200, 429]
    async with client.session.get(f"{sim.api}/ping", headers=client.headers) as response:
        assert response.headers["X-RateLimit-Remaining"] == "0"
        assert 0 < int(response.headers["Retry-After"]) <= 61
    await client.create()
    other = {"X-API-Key": sim.other_key, "X-API-Secret": sim.other_secret}
    assert (await client.call("GET", "ping", headers=other))[0] == 200
    await sim.clock.advance(61)
    assert (await client.call("GET", "ping"))[0] == 200


async def test_create_answers_its_addresses(client: SimulatorClient, sim: Simulator) -> None:
    status, answer = await client.call("POST", "payload/", json={"txjson": client.payment()})
    assert status == 200
    name, base = answer["uuid"], sim.platform.base
    assert answer["next"] == {"always": f"{base}/sign/{name}"}
    assert answer["pushed"] is False
    refs = answer["refs"]
    assert refs["websocket_status"] == f"{base.replace('http', 'ws')}/sign/{name}"
    assert refs["qr_uri_quality_opts"] == ["m", "q", "h"]
    got = await client.get(name)
    assert got["payload"]["expires_in_seconds"] == 86_400
    assert got["payload"]["created_at"] == "2027-01-15T08:00:00Z"
    async with client.session.get(refs["qr_png"]) as picture:
        assert (await picture.read()).startswith(b"\x89PNG")
    async with client.session.get(refs["qr_matrix"]) as matrix:
        rows = (await matrix.json())["matrix"]
        assert len(rows) == len(rows[0])
        assert rows[0][:7] == [True] * 7


def _payment(sim: Simulator, **fields: Any) -> Body:
    return {"TransactionType": "Payment", "Destination": sim.shop, "Amount": "1"} | fields


async def test_bodies_that_are_no_request(client: SimulatorClient, sim: Simulator) -> None:
    good = _payment(sim)
    assert await client.refused([]) == (400, 599)
    assert await client.refused({}) == (400, 599)
    assert await client.refused({"options": {}}) == (400, 600)
    assert await client.refused({"txblob": "abc"}) == (400, 600)
    assert await client.refused({"txblob": "12000022FF"}) == (400, 601)
    assert await client.refused({"txjson": good, "txblob": "1200002280"}) == (400, 604)
    for raw in (b"", b"{", b'"text"'):
        headers = client.headers | {"Content-Type": "application/json"}
        status, answer = await client.call("POST", "payload", data=raw, headers=headers)
        assert (status, answer["error"]["code"]) == (400, 599)
    large = {"txjson": good, "custom_meta": {"instruction": "x" * 100_001}}
    status, answer = await client.call("POST", "payload", json=large)
    assert (status, answer["error"]) == (413, True)


@pytest.mark.parametrize("kind", [None, "", "payment", "Nonsense", 0, ["Payment"]])
async def test_unknown_types_are_602(client: SimulatorClient, sim: Simulator, kind: object) -> None:
    assert await client.refused({"txjson": _payment(sim, TransactionType=kind)}) == (400, 602)


@pytest.mark.parametrize(
    "fields",
    [
        {"Amount": 1},
        {"Amount": 1.5},
        {"Amount": "1.5"},
        {"Amount": "-1"},
        {"Amount": {"currency": "USD", "value": "1"}},
        {"Amount": {"currency": "TOOLONG", "issuer": "rrrrrrrrrrrrrrrrrrrrBZbvji", "value": "1"}},
        {"Destination": "rNotAnAddress"},
        {"Destination": 5},
        {"DestinationTag": "7"},
        {"DestinationTag": 2**32},
        {"DestinationTag": -1},
        {"DestinationTag": True},
        {"InvoiceID": "ab" * 32},
        {"InvoiceID": "AB" * 31},
        {"Memos": [{"Memo": {"MemoData": "zz"}}]},
    ],
)
async def test_fields_no_ledger_would_take_are_603(
    client: SimulatorClient, sim: Simulator, fields: Body
) -> None:
    assert await client.refused({"txjson": _payment(sim, **fields)}) == (400, 603)


async def test_small_repairs_and_lenient_fields(client: SimulatorClient, sim: Simulator) -> None:
    amount = {"currency": "USD", "issuer": sim.issuer, "value": 1.5}
    txjson = _payment(sim, Amount=amount, Fee=12, Unheard="of")
    got = await client.get(await client.new(txjson))
    assert got["payload"]["request_json"]["Amount"]["value"] == "1.5"
    assert got["payload"]["request_json"]["Fee"] == "12"
    for kind in ("SignIn", "URITokenBuy", "AccountDelete"):
        await client.new({"TransactionType": kind})


async def test_options_and_their_defaults(client: SimulatorClient, sim: Simulator) -> None:
    for given, seconds in ((0, 86_400), (-3, 86_400), ("x", 86_400), ("7", 420), (None, 86_400)):
        body = {"txjson": _payment(sim), "options": {"expire": given}}
        _, answer = await client.call("POST", "payload", json=body)
        assert (await client.get(answer["uuid"]))["payload"]["expires_in_seconds"] == seconds
    meta = await client.meta(
        await client.new(options={"submit": "false", "force_network": "TESTNET"})
    )
    assert meta["submit"] is False
    assert meta["force_network"] == "TESTNET"
    sign_in = await client.meta(await client.new({"TransactionType": "SignIn"}))
    assert sign_in["submit"] is False
    _, answer = await client.call(
        "POST", "payload", json={"txjson": _payment(sim), "options": None, "custom_meta": None}
    )
    assert (await client.meta(answer["uuid"]))["submit"] is True


async def test_custom_meta_rules(client: SimulatorClient, sim: Simulator) -> None:
    good = _payment(sim)
    too_long: list[Body] = [
        {"identifier": "x" * 41},
        {"instruction": "x" * 281},
        {"blob": {"a": "x" * 1500}},
    ]
    for meta in too_long:
        assert await client.refused({"txjson": good, "custom_meta": meta}) == (400, 413)
    meta = {
        "identifier": "till 3/ä",
        "instruction": "  Cafe   Uno \n  table\t\t4 " + " " * 300,
        "blob": {"order": ["1", 2]},
    }
    name = await client.new(custom_meta=meta)
    got = (await client.get(name))["custom_meta"]
    assert got == {
        "identifier": "till 3/ä",
        "instruction": "Cafe Uno\ntable 4",
        "blob": {"order": ["1", 2]},
    }
    status, answer = await client.call("GET", "payload/ci/till%203%2F%C3%A4")
    assert (status, answer["meta"]["uuid"]) == (200, name)
    assert (await client.call("GET", "payload/ci/till%203"))[0] == 404


async def test_an_identifier_serves_once_per_application(
    client: SimulatorClient, sim: Simulator
) -> None:
    body = {"txjson": _payment(sim), "custom_meta": {"identifier": "order-1"}}
    name = (await client.call("POST", "payload", json=body))[1]["uuid"]
    assert await client.refused(body) == (400, 409)
    await client.cancel(name)
    assert await client.refused(body) == (400, 409)
    other = {"X-API-Key": sim.other_key, "X-API-Secret": sim.other_secret}
    assert (await client.call("POST", "payload", json=body, headers=other))[0] == 200
    number = {"txjson": _payment(sim), "custom_meta": {"identifier": 42}}
    assert (await client.call("POST", "payload", json=number))[0] == 200
    assert (await client.call("GET", "payload/ci/42"))[0] == 200


async def test_other_applications_requests_are_unknown(
    client: SimulatorClient, sim: Simulator
) -> None:
    name = await client.new()
    other = {"X-API-Key": sim.other_key, "X-API-Secret": sim.other_secret}
    for method in ("GET", "DELETE"):
        foreign = await client.call(method, f"payload/{name}", headers=other)
        unknown = await client.call(method, f"payload/{uuid.uuid4()}")
        for status, answer in (foreign, unknown):
            assert status == 404
            assert answer["error"]["code"] == 404


async def test_tag_nought_reads_as_null(client: SimulatorClient) -> None:
    got = await client.get(await client.new(client.payment(DestinationTag=0)))
    assert got["payload"]["tx_destination_tag"] is None
    assert got["payload"]["request_json"]["DestinationTag"] == 0


async def test_unresolved_answers_prefill_the_account(
    client: SimulatorClient, sim: Simulator
) -> None:
    got = await client.get(await client.new(client.payment(Account=sim.issuer)))
    response = got["response"]
    assert response.pop("account") == sim.issuer
    assert response.pop("dispatched_to_node") is False
    assert set(response.values()) == {None}


async def test_market_calls(client: SimulatorClient) -> None:
    status, rates = await client.call("GET", "rates/eur")
    assert status == 200
    assert rates["XRP"] > 0
    assert rates["__meta"]["currency"]["code"] == "EUR"
    status, answer = await client.call("GET", "rates/ZZZ")
    assert (status, answer["error"]["code"]) == (400, 400)
    status, rails = await client.call("GET", "rails", headers={})
    assert (status, rails["TESTNET"]["chain_id"]) == (200, 1)
    status, assets = await client.call("GET", "curated-assets")
    assert (status, assets["currencies"]) == (200, ["USD"])


async def test_push_tokens(client: SimulatorClient, sim: Simulator) -> None:
    first = await client.new({"TransactionType": "SignIn"})
    await sim.phone.sign(first, customer="Ada")
    token = (await client.get(first))["application"]["issued_user_token"]
    assert token
    pushed = await client.create(user_token=token)
    assert pushed["pushed"] is True
    assert pushed["next"]["no_push_msg_received"].endswith("/qr")
    for bad in (str(uuid.uuid4()), "x", None):
        answer = await client.create(user_token=bad)
        assert answer["pushed"] is False
        assert set(answer["next"]) == {"always"}
    status, known = await client.call("GET", f"user-token/{token}")
    assert (status, known["tokens"][0]["active"]) == (200, True)
    asked = {"tokens": [token, "nobody"]}
    _, both = await client.call("POST", "user-tokens/", json=asked)
    assert [t["active"] for t in both["tokens"]] == [True, False]
    assert "issued" not in both["tokens"][1]
    await sim.phone.sign(pushed["uuid"], customer="Ada")
    assert (await client.get(first))["application"]["issued_user_token"] is None
    assert (await client.get(pushed["uuid"]))["application"]["issued_user_token"] == token
    sim.platform.tokens[token].expires = sim.clock.now()
    assert (await client.create(user_token=token))["pushed"] is False


async def test_return_addresses_are_filled(client: SimulatorClient, sim: Simulator) -> None:
    urls = {"app": "shop://done/{id}?c={cid}", "web": "https://shop.example/{txid}"}
    meta = {"identifier": "a b"}
    name = await client.new(options={"return_url": urls}, custom_meta=meta)
    deed = await sim.phone.sign(name)
    got = await client.meta(name)
    assert got["return_url_app"] == f"shop://done/{name}?c=a%20b"
    assert got["return_url_web"] == f"https://shop.example/{deed.txid}"


async def test_calls_are_counted(client: SimulatorClient, sim: Simulator) -> None:
    name = await client.new()
    await client.get(name)
    await client.get(name)
    assert sim.calls[f"GET /api/v1/platform/payload/{name}"] == 2
    assert sim.calls.count("GET", name) == 2
    assert sim.calls.count("POST") == 1
