"""The official Python SDK drives the practice platform in a child process.

The SDK has its addresses baked in (P§5.4): ``xumm.client`` copies ``api_base`` when it is
imported, and ``subscribe`` builds ``wss://xumm.app/sign/<uuid>`` by itself instead of using
``refs.websocket_status``; its "sandbox" is one fixed local port without a path. So the test
replaces the copied base, the host of the socket address and that of the sign-in service, and
nothing else.
"""

from __future__ import annotations

import ast
import asyncio
import importlib
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

PATIENCE = 240.0
# The SDK starts its threads with Thread.setDaemon, which this project's settings call an error.
pytestmark = pytest.mark.filterwarnings("ignore:setDaemon:DeprecationWarning")


@pytest.fixture
def sdk(platform: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The SDK, pointed at the child process."""
    xumm = importlib.import_module("xumm")
    client = importlib.import_module("xumm.client")
    payload = importlib.import_module("xumm.resource.payload")
    real_client = payload.WSClient
    base = platform["api"].removesuffix("platform")
    socket_base = platform["ledger_ws"].removesuffix("/ledger")

    def connect_here(**named: Any) -> Any:
        named["server"] = named["server"].replace("wss://xumm.app", socket_base)
        return real_client(**named)

    monkeypatch.setattr(client, "api_base", base)
    monkeypatch.setattr(payload, "WSClient", connect_here)
    service = importlib.import_module("xumm.resource")
    monkeypatch.setattr(service, "oauth2_base", base.removesuffix("/api/v1/") + "/oauth2")
    monkeypatch.setattr(xumm, "api_key", None)
    monkeypatch.setattr(xumm, "api_secret", None)
    yield xumm.XummSdk(platform["key"], platform["secret"])
    # A message that arrives while it disconnects starts its timers again; they would send later.
    for thread in threading.enumerate():
        if isinstance(thread, threading.Timer):
            thread.cancel()


def _payment(platform: dict[str, Any]) -> dict[str, Any]:
    return {
        "txjson": {
            "TransactionType": "Payment",
            "Destination": platform["shop"]["address"],
            "DestinationTag": 7,
            "Amount": "1500000",
        },
        "options": {"expire": 5, "force_network": "TESTNET"},
    }


def test_ping_create_get_cancel(sdk: Any, platform: dict[str, Any]) -> None:
    pong = sdk.ping()
    assert pong.application.uuidv4 == platform["key"]
    created = sdk.payload.create(_payment(platform))
    assert created.next.always.endswith(created.uuid)
    assert created.pushed is False
    got = sdk.payload.get(created.uuid)
    assert got.meta.uuid == created.uuid
    assert got.meta.expired is False
    assert got.payload.tx_type == "Payment"
    cancelled = sdk.payload.cancel(created.uuid)
    assert cancelled.result.cancelled is True
    assert str(cancelled.result.reason).endswith("OK")
    assert sdk.payload.get(created.uuid).meta.cancelled is True


def test_wrong_credentials_and_rates(sdk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert sdk.get_rates("usd").to_dict()["XRP"] == 2.0
    xumm, errors = (importlib.import_module(n) for n in ("xumm", "xumm.error"))
    monkeypatch.setattr(xumm, "api_secret", "00000000-0000-4000-8000-000000000000")
    with pytest.raises(errors.APIError, match="813"):
        sdk.ping()


def test_subscribe_to_the_resolve_message(sdk: Any, platform: dict[str, Any]) -> None:
    frames: list[dict[str, Any]] = []
    greeted, resolved = threading.Event(), threading.Event()

    def on_event(event: dict[str, Any]) -> Any:
        data = event["data"]
        frames.append(data)
        if "expires_in_seconds" in data:
            greeted.set()
        if "signed" in data:
            resolved.set()
            return data
        return None

    created = sdk.payload.create(_payment(platform))
    subscription = asyncio.run(sdk.payload.subscribe(created.uuid, on_event))
    try:
        assert greeted.wait(PATIENCE)
        with httpx.Client(timeout=PATIENCE) as phone:
            signed = phone.post(f"{platform['control']}/phone/{created.uuid}/sign", json={})
        assert signed.status_code == 200
        assert resolved.wait(PATIENCE)
        # resolved() busy-waits, so it is asked only when the answer is already there.
        message = asyncio.run(subscription.resolved())
        assert message["signed"] is True
        assert message["txid"] == signed.json()["txids"][0]
    finally:
        sdk.payload.unsubscribe()
    kinds = {next(iter(frame)) for frame in frames}
    assert {"message", "opened", "pre_signed", "dispatched", "payload_uuidv4"} <= kinds
    got = sdk.payload.get(created.uuid)
    assert got.meta.signed is True
    assert got.response.dispatched_result == "tesSUCCESS"


def _sign(platform: dict[str, Any], uuid: str, customer: str) -> str:
    with httpx.Client(timeout=PATIENCE) as phone:
        answer = phone.post(f"{platform['control']}/phone/{uuid}/sign", json={"customer": customer})
    assert answer.status_code == 200
    return str(answer.json()["txids"][0])


def test_storage(sdk: Any) -> None:
    assert sdk.storage.delete().stored is True
    assert sdk.storage.get().data is None
    kept = {"name": "Ada’s shop", "tills": [1, 2]}
    assert sdk.storage.set(kept).stored is True
    assert sdk.storage.get().data == kept
    assert sdk.storage.delete().data is None


def test_a_transaction(sdk: Any, platform: dict[str, Any]) -> None:
    uuid = sdk.payload.create(_payment(platform)).uuid
    txid = _sign(platform, uuid, "Ada")
    found = sdk.get_transaction(txid)
    assert found.txid == txid
    assert found.node == platform["ledger_ws"]
    assert found.transaction["validated"] is True
    assert found.balance_changes[platform["shop"]["address"]][0]["value"] == "1.5"


def test_tokens_pushes_and_identities(sdk: Any, platform: dict[str, Any]) -> None:
    uuid = sdk.payload.create(_payment(platform)).uuid
    _sign(platform, uuid, "Ada")
    got = sdk.payload.get(uuid)
    token, account = got.application.issued_user_token, got.response.account
    # This SDK sends the bare list, and reads names of its own.
    assert sdk.verify_user_token(token).active is True
    assert sdk.verify_user_tokens([token])[0].token_expiration > 1_800_000_000 // 2
    assert sdk.get_kyc_status(account) == sdk.get_kyc_status(token) == "SUCCESSFUL"
    assert sdk.get_kyc_status(platform["shop"]["address"]) == "NONE"
    types = importlib.import_module("xumm.resource.types")
    message = types.XummPushEventRequest(user_token=token, subtitle="Order", body="It is ready.")
    assert sdk.push.push(message).pushed is True
    event = sdk.push.event(message)
    assert event.pushed is True
    assert event.uuid
    assert sdk.get_curated_assets().currencies == ["USD"]


def test_sign_in(sdk: Any, platform: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    shop = "https://shop.example/back"
    address, state = sdk.oauth2.auth(shop)
    with httpx.Client(timeout=PATIENCE) as browser:
        sent_back = browser.get(address)
    assert sent_back.status_code == 302
    back = str(sent_back.headers["Location"])
    assert back.startswith(f"{shop}?")
    util = importlib.import_module("xumm.util")
    # The SDK wants a fraction of a second here, of which oauthlib has made a whole number.
    kinds = importlib.import_module("xumm.resource.types").OAuth2TokenResponse.model_types
    monkeypatch.setitem(kinds, "expires_at", int)
    code, same_state = util.parse_oauth2_response(back)
    assert same_state == state
    token = sdk.oauth2.token(shop, code)
    user = sdk.oauth2.userinfo(token.access_token)
    assert user.network_type == platform["network"]
    assert user.name == "Ada"
    assert user.sub == user.account


def test_create_and_subscribe(sdk: Any, platform: dict[str, Any]) -> None:
    live = threading.Event()

    def on_event(event: dict[str, Any]) -> None:
        if "expires_in_seconds" in event["data"]:
            live.set()

    made = asyncio.run(sdk.payload.create_and_subscribe(_payment(platform), on_event))
    try:
        assert live.wait(PATIENCE)
        assert made.created.uuid == made.payload.meta.uuid
    finally:
        sdk.payload.unsubscribe()


def test_every_call_of_the_sdk_is_tried_here(sdk: Any) -> None:
    """A newer SDK may have calls that no test makes: then this fails, and names them."""
    source = ast.parse(Path(__file__).read_text(encoding="utf-8"))
    tried = {node.attr for node in ast.walk(source) if isinstance(node, ast.Attribute)}
    inherited = set(dir(importlib.import_module("xumm.resource").XummResource))
    addresses = {"post_url", "get_url", "delete_url", "event_url", "push_url", "auth_url"}
    addresses |= {"token_url", "userinfo_url"}
    parts = {"payload", "storage", "push", "oauth2"}
    for part in (sdk, *(getattr(sdk, name) for name in parts)):
        calls = {n for n in dir(part) if not n.startswith("_")} - inherited - addresses - parts
        assert calls - {"resolve_payload"} <= tried
