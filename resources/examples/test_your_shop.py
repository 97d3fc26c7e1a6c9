"""Test a Xumm integration of your own against practice mode: no keys, no network, no money.

    pytest test_your_shop.py

Where the wheel of Xumm Desk is installed beside pytest, that knows the fixture `xumm_simulator`: a
whole platform with ledger and phones, new for each test. `WebShop` stands for your program, in
whatever way it talks to the platform; all it needs is another base address.
"""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any

import pytest

from xumm_desk.testing.running_simulator import RunningSimulator


class WebShop:
    """Your integration. This one asks for a payment and looks what became of it."""

    def __init__(self, api: str, key: str, secret: str) -> None:
        self.api = api
        self.headers = {"X-API-Key": key, "X-API-Secret": secret}

    def ask_for(self, destination: str, drops: int) -> str:
        """Create a request; returns its uuid."""
        payment = {"TransactionType": "Payment", "Destination": destination, "Amount": str(drops)}
        uuid: str = self._call("POST", "payload", {"txjson": payment})["uuid"]
        return uuid

    def is_paid(self, uuid: str, drops: int) -> bool:
        """Whether the customer signed what was asked for, and the ledger took it."""
        answer = self._call("GET", f"payload/{uuid}")
        if answer["response"]["dispatched_result"] != "tesSUCCESS":
            return False
        return self._delivered(answer["response"]["txid"]) == str(drops)

    def _delivered(self, txid: str) -> object:
        changes = self._call("GET", f"xrpl-tx/{txid}")["transaction"]["meta"]
        return changes.get("delivered_amount")

    def _call(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        headers = {**self.headers, "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.api}/{path}", data, headers, method=method)
        with urllib.request.urlopen(request, timeout=30) as response:
            answer: dict[str, Any] = json.load(response)
        return answer


@pytest.fixture
def web_shop(xumm_simulator: RunningSimulator) -> WebShop:
    """Your integration, led to the simulator instead of https://xumm.app/api/v1/platform."""
    return WebShop(xumm_simulator.api, xumm_simulator.key, xumm_simulator.secret)


def test_a_customer_pays(web_shop: WebShop, xumm_simulator: RunningSimulator) -> None:
    uuid = web_shop.ask_for(xumm_simulator.shop, 2_500_000)
    assert not web_shop.is_paid(uuid, 2_500_000)
    xumm_simulator.sign(uuid)
    xumm_simulator.settle()
    assert web_shop.is_paid(uuid, 2_500_000)


def test_a_customer_declines(web_shop: WebShop, xumm_simulator: RunningSimulator) -> None:
    uuid = web_shop.ask_for(xumm_simulator.shop, 2_500_000)
    xumm_simulator.decline(uuid)
    assert not web_shop.is_paid(uuid, 2_500_000)


def test_half_of_it_is_not_enough(web_shop: WebShop, xumm_simulator: RunningSimulator) -> None:
    uuid = web_shop.ask_for(xumm_simulator.shop, 2_500_000)
    xumm_simulator.sign(uuid, "wrong_amount")
    xumm_simulator.settle()
    assert not web_shop.is_paid(uuid, 2_500_000)


def test_the_platform_is_down(web_shop: WebShop, xumm_simulator: RunningSimulator) -> None:
    xumm_simulator.set_faults(refuse="503")
    with pytest.raises(urllib.error.HTTPError, match="503"):
        web_shop.ask_for(xumm_simulator.shop, 2_500_000)


@pytest.mark.xumm_simulator(network="MAINNET", customers="pays")
def test_the_marker_sets_the_simulator_up(
    web_shop: WebShop, xumm_simulator: RunningSimulator
) -> None:
    uuid = web_shop.ask_for(xumm_simulator.shop, 1)
    xumm_simulator.settle()  # the customer came by himself
    assert web_shop.is_paid(uuid, 1)
    assert xumm_simulator.network == "MAINNET"
