"""The ledger refuses what accounts, issuers and tokens do not let through, and a node says so."""

from __future__ import annotations

from typing import Any

import pytest
from xrpl.asyncio.clients import AsyncJsonRpcClient
from xrpl.models.requests import AccountLines, LedgerEntry
from xrpl.models.requests.ledger_entry import MPToken

from xumm_desk.simulator import Simulator, SimulatorOptions
from xumm_desk.simulator.cast import token_of
from xumm_desk.simulator.ledger import account_settings
from xumm_desk.simulator.runtime.keys import sign_fields, wallet_for

from .simulator_client import SimulatorClient
from .test_ledger_node import signed

pytestmark = pytest.mark.anyio

FEE_SETTINGS = "4BC50C9B0D8515D3EAAE1E74B29A95804346C491EE1A95BF25E4AAB854A6A651"


def usd(sim: Simulator, value: str = "1") -> dict[str, str]:
    return {"currency": "USD", "issuer": sim.issuer, "value": value}


def token(sim: Simulator) -> dict[str, str]:
    return {"mpt_issuance_id": token_of(sim.cast.issuer), "value": "5"}


def result(sim: Simulator, name: str = "Ada", **fields: Any) -> str:
    return sim.node_ledger.submit(signed(sim, name, **fields).blob).code


def shop_line(sim: Simulator, **more: Any) -> dict[str, Any]:
    return {"holder": sim.shop, "issuer": sim.issuer, "currency": "USD", **more}


def send(sim: Simulator, name: str, **fields: Any) -> str:
    """A transaction other than a payment, by the wallet of that name."""
    wallet = wallet_for(name)
    sequence = sim.node_ledger.open_state().accounts[wallet.address].sequence
    whole = {"Account": wallet.address, "Fee": "12", "Sequence": sequence, **fields}
    return sim.node_ledger.submit(sign_fields(whole, wallet).blob).code


async def test_settings_stand_in_the_answers_and_survive_a_restart(tmp_path: Any) -> None:
    options = SimulatorOptions(speed=0, state=tmp_path / "state.db")
    async with Simulator(options) as sim:
        account_settings.set_account(
            sim.node_ledger, sim.shop, {"depositAuth": True, "regular_key": sim.issuer}
        )
        account_settings.set_line(sim.node_ledger, shop_line(sim, frozen=True, limit="5"))
        account_settings.set_token(sim.node_ledger, token_of(sim.cast.issuer), {"locked": True})
    async with Simulator(options) as again:
        state = again.node_ledger.state
        assert state.accounts[again.shop].flags == 0x01000000
        assert state.accounts[again.shop].regular_key == again.issuer
        line = state.line(again.shop, again.issuer, "USD")
        assert line is not None
        assert (line.frozen, str(line.limit)) == (True, "5")
        assert state.issuances[token_of(again.cast.issuer)].flags == 0x21


async def test_the_control_calls_name_what_they_do_not_take(
    client: SimulatorClient, sim: Simulator
) -> None:
    path = f"account/{sim.shop}"
    status, flags = await client.control("PUT", path, json={"requireDestinationTag": True})
    assert (status, flags["requireDestinationTag"]) == (200, True)
    info = await client.rpc("account_info", account=sim.shop, ledger_index="validated")
    assert info["account_flags"]["requireDestinationTag"] is True
    assert (await client.control("PUT", path, json={"nonsense": True}))[0] == 400
    assert (await client.control("PUT", path, json={"depositAuth": 1}))[0] == 400
    assert (await client.control("PUT", "account/x", json={}))[0] == 404
    assert (await client.control("PUT", "line", json=shop_line(sim, limit="much")))[0] == 400
    assert (await client.control("PUT", "line", json=shop_line(sim, holder="x")))[0] == 404
    status, line = await client.control("PUT", "line", json=shop_line(sim, limit="7"))
    assert (status, line["limit"]) == (200, "7")
    assert (await client.control("PUT", "token/00", json={}))[0] == 404
    name = token_of(sim.cast.issuer)
    status, made = await client.control("PUT", f"token/{name}", json={"maximum": 9, "scale": 2})
    assert (status, made["maximum"], made["scale"]) == (200, 9, 2)
    assert (await client.control("PUT", path, json={"exists": False}))[0] == 200
    assert (await client.rpc("account_info", account=sim.shop))["error"] == "actNotFound"


async def test_deposit_authorization_lets_only_a_little_xrp_through(
    client: SimulatorClient, sim: Simulator
) -> None:
    await client.control("PUT", f"account/{sim.shop}", json={"depositAuth": True})
    assert result(sim) == "tecNO_PERMISSION"
    assert result(sim, "Ben", Amount=usd(sim)) == "tecNO_PERMISSION"
    await sim.clock.advance(4)  # the refused payments would come before the next one
    sim.node_ledger.state.accounts[sim.shop].balance = 900_000
    assert result(sim, "Cleo") == "tesSUCCESS"


@pytest.mark.parametrize(
    ("account", "line", "code"),
    [
        ({"globalFreeze": True}, {}, "tecPATH_DRY"),
        ({}, {"frozen": True}, "tesSUCCESS"),
        ({}, {"frozen": True, "deep_frozen": True}, "tecPATH_DRY"),
        ({"requireAuthorization": True}, {}, "tecPATH_DRY"),
        ({"requireAuthorization": True}, {"authorized": True}, "tesSUCCESS"),
        ({"requireAuthorization": True}, {"balance": "1"}, "tesSUCCESS"),
        ({}, {"limit": "0.5"}, "tecPATH_PARTIAL"),
        ({}, {"exists": False}, "tecPATH_DRY"),
        ({"exists": False}, {}, "tecPATH_DRY"),
        ({}, {"no_ripple_peer": True}, "tesSUCCESS"),
        ({"disallowIncomingXRP": True}, {}, "tesSUCCESS"),
    ],
)
async def test_issued_money_arrives_as_issuer_and_holder_let_it(
    client: SimulatorClient, sim: Simulator, account: Any, line: Any, code: str
) -> None:
    assert (await client.control("PUT", "line", json=shop_line(sim, **line)))[0] == 200
    assert (await client.control("PUT", f"account/{sim.issuer}", json=account))[0] == 200
    assert result(sim, Amount=usd(sim)) == code
    assert result(sim, "Ben") == "tesSUCCESS", "XRP cannot be frozen"


async def test_a_frozen_holder_pays_the_issuer_only(
    client: SimulatorClient, sim: Simulator
) -> None:
    ada = wallet_for("Ada").address
    frozen = {"holder": ada, "issuer": sim.issuer, "currency": "USD", "frozen": True}
    await client.control("PUT", "line", json=frozen)
    assert result(sim, Amount=usd(sim)) == "tecPATH_DRY"
    assert result(sim, Amount=usd(sim), Destination=sim.issuer) == "tesSUCCESS"
    assert result(sim, Amount="1000000", SendMax=usd(sim)) == "tecPATH_DRY"


async def test_no_ripple_on_both_lines_stops_a_payment(
    client: SimulatorClient, sim: Simulator
) -> None:
    for holder in (sim.shop, wallet_for("Ada").address):
        body = shop_line(sim, holder=holder, no_ripple_peer=True)
        await client.control("PUT", "line", json=body)
    assert result(sim, Amount=usd(sim)) == "tecPATH_DRY"


@pytest.mark.parametrize(
    ("changes", "line", "code"),
    [
        ({"locked": True}, {}, "tecLOCKED"),
        ({"can_transfer": False}, {}, "tecNO_AUTH"),
        ({"require_auth": True}, {}, "tecNO_AUTH"),
        ({}, {"frozen": True}, "tecLOCKED"),
        ({}, {"exists": False}, "tecNO_AUTH"),
        ({"exists": False}, {}, "tecOBJECT_NOT_FOUND"),
        ({"maximum": 1}, {}, "tesSUCCESS"),
    ],
)
async def test_tokens_arrive_as_issuer_and_holder_let_them(
    client: SimulatorClient, sim: Simulator, changes: Any, line: Any, code: str
) -> None:
    name = token_of(sim.cast.issuer)
    body = shop_line(sim, currency=name, **line)
    assert (await client.control("PUT", "line", json=body))[0] == 200
    assert (await client.control("PUT", f"token/{name}", json=changes))[0] == 200
    assert result(sim, Amount=token(sim)) == code


async def test_a_node_names_fees_tokens_and_what_it_does_not_have(
    client: SimulatorClient, sim: Simulator
) -> None:
    node, name = AsyncJsonRpcClient(sim.ledger), token_of(sim.cast.issuer)
    fees = (await node.request(LedgerEntry(index=FEE_SETTINGS, ledger_index="validated"))).result
    assert fees["validated"] is True
    assert fees["node"]["ReserveBaseDrops"] == "1000000"
    issuance = (await node.request(LedgerEntry(mpt_issuance=name))).result["node"]
    assert (issuance["Issuer"], issuance["Flags"]) == (sim.issuer, 0x20)
    assert issuance["OutstandingAmount"] == "70000"
    await client.control("PUT", "line", json=shop_line(sim, currency=name, authorized=True))
    asked = LedgerEntry(mptoken=MPToken(mpt_issuance_id=name, account=sim.shop))
    assert (await node.request(asked)).result["node"]["Flags"] == 2
    root = (await node.request(LedgerEntry(account_root=sim.shop))).result["node"]
    assert root["Account"] == sim.shop
    nobody = wallet_for("nobody").address
    for missing in (
        {"index": "AB" * 32},
        {"account_root": nobody},
        {"mpt_issuance": "AB" * 24},
        {"mptoken": {"mpt_issuance_id": name, "account": nobody}},
    ):
        assert (await client.rpc("ledger_entry", **missing))["error"] == "entryNotFound"
    assert (await client.rpc("ledger_entry", offer="AB" * 32))["error"] == "unknownOption"
    assert (await client.rpc("ledger_entry", mptoken="x"))["error"] == "malformedRequest"
    async with Simulator(SimulatorOptions(speed=0, network="XAHAU")) as xahau:
        answer = await AsyncJsonRpcClient(xahau.ledger).request(
            LedgerEntry(mpt_issuance=name, api_version=1)
        )
        assert answer.result["error"] == "unknownOption"


async def test_trust_lines_come_in_pages_and_by_peer(
    client: SimulatorClient, sim: Simulator
) -> None:
    for number in range(25):
        peer = wallet_for(f"peer {number}").address
        await client.control("PUT", "line", json=shop_line(sim, issuer=peer))
    node, found, marker = AsyncJsonRpcClient(sim.ledger), [], None
    for count in (10, 10, 7):
        asked = AccountLines(account=sim.shop, limit=1, marker=marker)
        page = (await node.request(asked)).result
        assert len(page["lines"]) == count
        found += page["lines"]
        marker = page.get("marker")
    assert marker is None
    assert len({line["account"] for line in found}) == 27
    one = (await node.request(AccountLines(account=sim.shop, peer=sim.issuer))).result["lines"]
    assert [line["account"] for line in one] == [sim.issuer]
    assert (await client.rpc("account_lines", account=sim.shop, marker="x"))["error"]


async def test_an_issuer_sets_its_side_of_a_trust_line(
    client: SimulatorClient, sim: Simulator
) -> None:
    limit = {"currency": "USD", "issuer": sim.shop, "value": "0"}
    trust: dict[str, Any] = {"TransactionType": "TrustSet", "LimitAmount": limit}
    assert send(sim, "issuer", **trust, Flags=0x00400000) == "tecNO_PERMISSION"
    await sim.clock.advance(4)
    assert send(sim, "issuer", **trust, Flags=0x00500000 | 0x00010000) == "tesSUCCESS"
    await sim.clock.advance(4)
    mine = (await client.rpc("account_lines", account=sim.shop, peer=sim.issuer))["lines"][0]
    assert (mine["freeze_peer"], mine["deep_freeze_peer"], mine["peer_authorized"]) == (
        True,
        True,
        True,
    )
    theirs = (await client.rpc("account_lines", account=sim.issuer, peer=sim.shop))["lines"][0]
    assert (theirs["freeze"], theirs["deep_freeze"], theirs["authorized"]) == (True, True, True)
    assert send(sim, "issuer", TransactionType="AccountSet", SetFlag=15) == "tesSUCCESS"
    await sim.clock.advance(4)
    euro = {"currency": "EUR", "issuer": sim.issuer, "value": "9"}
    opened = {"TransactionType": "TrustSet", "LimitAmount": euro}
    assert send(sim, "Ada", **opened) == "tecNO_PERMISSION"
