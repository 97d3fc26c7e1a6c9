"""The official Python SDK drives the practice platform in a child process.

The SDK has its addresses baked in (P§5.4): ``xumm.client`` copies ``api_base`` when it is
imported, and ``subscribe`` builds ``wss://xumm.app/sign/<uuid>`` by itself instead of using
``refs.websocket_status``; its "sandbox" is one fixed local port without a path. So the test
replaces the copied base and the host of the socket address, and nothing else.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

PATIENCE = 90.0
# The SDK starts its threads with Thread.setDaemon, which this project's settings call an error.
pytestmark = pytest.mark.filterwarnings("ignore:setDaemon:DeprecationWarning")


@pytest.fixture
def platform() -> Iterator[dict[str, Any]]:
    """The ready line of a practice platform in a child process."""
    command = [sys.executable, "-m", "xumm_desk.practice", "--json", "--watch-stdin"]
    command += ["--ledger-interval", "0.2"]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, text=True, **pipes) as child:
        assert child.stdout is not None
        assert child.stdin is not None
        yield json.loads(child.stdout.readline())
        child.stdin.close()
        assert child.wait(PATIENCE) == 0


@pytest.fixture
def sdk(platform: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Any:
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
    monkeypatch.setattr(xumm, "api_key", None)
    monkeypatch.setattr(xumm, "api_secret", None)
    return xumm.XummSdk(platform["key"], platform["secret"])


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
