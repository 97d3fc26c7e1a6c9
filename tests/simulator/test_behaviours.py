"""Every scripted behaviour: what the platform is told and what the ledger really has."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from xrpl.core.binarycodec import decode, encode

from xumm_desk.simulator import Delays, PhoneRefusedError, Simulator
from xumm_desk.simulator.behaviours import BEHAVIOURS
from xumm_desk.simulator.runtime.keys import txid_of
from xumm_desk.simulator.scripted_customers import NO_DELAYS, Script

from .simulator_client import Body, SimulatorClient

pytestmark = pytest.mark.anyio


async def perform(
    client: SimulatorClient, behaviour: str, txjson: Body | None = None, seconds: float = 120
) -> tuple[Body, list[Body]]:
    """Let a customer act on a fresh request; the GET answer and what the ledger got for it."""
    sim = client.sim
    name = await client.new(txjson)
    sim.customers.send(sim.platform.payloads[name], behaviour, NO_DELAYS)
    await sim.clock.advance(seconds)
    books = sim.report()
    entries = [t for t in books["transactions"] if t["meant_for"] == name]
    return await client.get(name), entries


async def test_pays(client: SimulatorClient, sim: Simulator) -> None:
    answer, entries = await perform(client, "pays")
    response = answer["response"]
    assert response["dispatched_result"] == "tesSUCCESS"
    assert [e["hash"] for e in entries] == [response["txid"]]
    assert entries[0]["delivered"] == "1500000"
    assert entries[0]["destination_tag"] == 7
    fields = decode(response["hex"])
    assert txid_of(response["hex"]) == response["txid"]
    assert fields["LastLedgerSequence"] == sim.node_ledger.first + 20
    assert fields["Account"] == response["account"]


async def test_what_the_phone_fills_in(client: SimulatorClient, sim: Simulator) -> None:
    last = sim.node_ledger.last
    for asked, want in ((50, last + 50), (40_000, last + 20), (last + 500, last + 500)):
        name = await client.new(client.payment(LastLedgerSequence=asked, InvoiceID="AB" * 32))
        await sim.phone.sign(name)
        fields = decode((await client.get(name))["response"]["hex"])
        assert fields["LastLedgerSequence"] == want
        assert fields["InvoiceID"] == "AB" * 32
    without = {k: v for k, v in client.payment().items() if k != "Amount"}
    name = await client.new(without)
    await sim.phone.sign(name)
    assert decode((await client.get(name))["response"]["hex"])["Amount"] == "1000000"


async def test_sign_in_never_reaches_a_ledger(client: SimulatorClient) -> None:
    answer, entries = await perform(client, "pays", {"TransactionType": "SignIn"})
    fields = decode(answer["response"]["hex"])
    assert set(fields) == {"Account", "SigningPubKey", "TxnSignature"}
    assert entries == []
    assert not answer["response"]["dispatched_result"]


@pytest.mark.parametrize(
    ("behaviour", "opened", "resolved"),
    [("declines", True, True), ("walks_off", True, False), ("never", False, False)],
)
async def test_those_who_do_not_pay(
    client: SimulatorClient, behaviour: str, opened: bool, resolved: bool
) -> None:
    answer, entries = await perform(client, behaviour)
    assert answer["meta"]["app_opened"] is opened
    assert answer["meta"]["resolved"] is resolved
    assert answer["meta"]["signed"] is False
    assert entries == []


async def test_pays_late(client: SimulatorClient) -> None:
    answer, entries = await perform(client, "pays_late", seconds=299)
    assert (answer["meta"]["app_opened"], entries) == (True, [])
    await client.sim.clock.advance(20)
    answer = await client.get(answer["meta"]["uuid"])
    assert answer["meta"]["signed"] is True
    assert answer["response"]["resolved_at"] > answer["payload"]["expires_at"]
    assert answer["response"]["dispatched_result"] == "tesSUCCESS"


async def test_wrong_network(client: SimulatorClient) -> None:
    answer, entries = await perform(client, "wrong_network")
    assert answer["response"]["dispatched_nodetype"] == "DEVNET"
    assert answer["response"]["environment_networkid"] == 2
    assert answer["response"]["dispatched_result"] == "tesSUCCESS"
    assert entries == []


def usd(sim: Simulator, value: str = "10") -> Body:
    """An amount of the practice issuer's money."""
    return {"currency": "USD", "issuer": sim.issuer, "value": value}


@pytest.mark.parametrize("issued", [False, True])
async def test_less_than_asked(client: SimulatorClient, sim: Simulator, issued: bool) -> None:
    txjson = client.payment(Amount=usd(sim)) if issued else None
    for behaviour in ("wrong_amount", "partial"):
        answer, entries = await perform(client, behaviour, txjson)
        assert answer["response"]["dispatched_result"] == "tesSUCCESS"
        assert entries[0]["result"] == "tesSUCCESS"
        assert entries[0]["delivered"] == (usd(sim, "5") if issued else "750000")
        fields = decode(answer["response"]["hex"])
        asked = txjson["Amount"] if txjson else "1500000"
        assert (fields["Amount"] == asked) is (behaviour == "partial")


@pytest.mark.parametrize("issued", [False, True])
async def test_wrong_issuer(client: SimulatorClient, sim: Simulator, issued: bool) -> None:
    txjson = client.payment(Amount=usd(sim)) if issued else None
    _, entries = await perform(client, "wrong_issuer", txjson)
    delivered: Any = entries[0]["delivered"]
    assert delivered["issuer"] == sim.cast.other_issuer.address
    assert delivered["value"] == ("10" if issued else "1.5")


async def test_tags(client: SimulatorClient) -> None:
    _, wrong = await perform(client, "wrong_tag")
    _, missing = await perform(client, "missing_tag")
    assert wrong[0]["destination_tag"] == 8
    assert missing[0]["destination_tag"] is None
    assert missing[0]["delivered"] == "1500000"


async def test_tec(client: SimulatorClient) -> None:
    answer, entries = await perform(client, "tec")
    assert entries[0]["result"] == "tecUNFUNDED_PAYMENT"
    assert entries[0]["delivered"] is None
    assert answer["response"]["dispatched_result"] == "tecUNFUNDED_PAYMENT"


async def test_never_validates(client: SimulatorClient) -> None:
    answer, entries = await perform(client, "never_validates")
    assert answer["response"]["dispatched_result"] == "tesSUCCESS"
    assert entries == []
    missing = await client.rpc("tx", transaction=answer["response"]["txid"])
    assert missing["error"] == "txnNotFound"


async def test_tef(client: SimulatorClient) -> None:
    answer, entries = await perform(client, "tef", seconds=240)
    assert answer["meta"]["signed"] is True
    assert answer["response"]["dispatched_result"] == "tefPAST_SEQ"
    assert entries == []
    missing = await client.rpc("tx", transaction=answer["response"]["txid"])
    assert missing["error"] == "txnNotFound"


async def test_tef_but_validates(client: SimulatorClient) -> None:
    answer, entries = await perform(client, "tef_but_validates")
    assert answer["response"]["dispatched_result"] == "tefALREADY"
    assert [e["result"] for e in entries] == ["tesSUCCESS"]


async def test_ter_then_validates(client: SimulatorClient) -> None:
    answer, entries = await perform(client, "ter_then_validates", seconds=33)
    assert answer["response"]["dispatched_result"] == "terQUEUED"
    assert entries == []
    await client.sim.clock.advance(30)
    books = client.sim.report()
    assert [t["result"] for t in books["transactions"]] == ["tesSUCCESS"]


async def test_unreported(client: SimulatorClient) -> None:
    answer, entries = await perform(client, "unreported")
    assert answer["meta"]["app_opened"] is True
    assert answer["meta"]["resolved"] is False
    assert entries[0]["delivered"] == "1500000"


async def test_dispatch_never_or_late(client: SimulatorClient) -> None:
    answer, entries = await perform(client, "no_dispatch")
    assert answer["meta"]["signed"] is True
    assert not answer["response"]["dispatched_result"]
    assert entries[0]["result"] == "tesSUCCESS"
    answer, _ = await perform(client, "late_dispatch", seconds=50)
    assert not answer["response"]["dispatched_result"]
    await client.sim.clock.advance(20)
    answer = await client.get(answer["meta"]["uuid"])
    assert answer["response"]["dispatched_result"] == "tesSUCCESS"


async def test_dispatch_switches(client: SimulatorClient, sim: Simulator) -> None:
    sim.switches.late_dispatch_seconds = 30
    answer, _ = await perform(client, "pays", seconds=20)
    assert not answer["response"]["dispatched_result"]
    await sim.clock.advance(30)
    answer = await client.get(answer["meta"]["uuid"])
    assert answer["response"]["dispatched_result"] == "tesSUCCESS"
    sim.switches.never_dispatch = True
    answer, _ = await perform(client, "pays")
    assert not answer["response"]["dispatched_result"]


@pytest.mark.parametrize("by_switch", [False, True])
async def test_second_payer(client: SimulatorClient, sim: Simulator, by_switch: bool) -> None:
    sim.switches.second_payer = by_switch
    answer, entries = await perform(client, "pays" if by_switch else "second_payer")
    assert len(entries) == 2
    assert len({e["account"] for e in entries}) == 2
    assert {e["delivered"] for e in entries} == {"1500000"}
    assert answer["response"]["txid"] in {e["hash"] for e in entries}
    assert sim.phone.actions[-1].refused == [409]


async def test_pays_twice(client: SimulatorClient) -> None:
    answer, entries = await perform(client, "pays_twice")
    assert len({e["hash"] for e in entries}) == 2
    assert len({e["account"] for e in entries}) == 1
    assert answer["response"]["txid"] == entries[0]["hash"]


async def test_truncated_blob(client: SimulatorClient) -> None:
    answer, entries = await perform(client, "truncated_blob")
    blob = answer["response"]["hex"]
    assert encode(decode(blob)) == blob + "F1", "it decodes, but is not canonical"
    assert txid_of(blob) != answer["response"]["txid"]
    assert entries[0]["hash"] == answer["response"]["txid"]


async def test_foreign_blob(client: SimulatorClient, sim: Simulator) -> None:
    answer, entries = await perform(client, "foreign_blob")
    blob = answer["response"]["hex"]
    assert decode(blob)["Destination"] == sim.issuer
    assert txid_of(blob) != answer["response"]["txid"]
    assert entries[0]["hash"] == answer["response"]["txid"]


async def test_bad_pubkey(client: SimulatorClient) -> None:
    answer, entries = await perform(client, "bad_pubkey")
    blob = answer["response"]["hex"]
    assert decode(blob)["SigningPubKey"] == "02" + "FF" * 32
    assert txid_of(blob) == answer["response"]["txid"]
    assert answer["response"]["dispatched_result"] == "tesSUCCESS"
    assert entries == []


async def test_regular_key(client: SimulatorClient) -> None:
    answer, entries = await perform(client, "regular_key")
    response = answer["response"]
    assert response["signer"] != response["account"] == entries[0]["account"]
    info = await client.rpc("account_info", account=response["account"])
    assert info["account_data"]["RegularKey"] == response["signer"]


def test_every_behaviour_has_a_test_here() -> None:
    text = Path(__file__).read_text(encoding="utf-8")
    assert [name for name in BEHAVIOURS if f'"{name}"' not in text] == []


async def test_a_switch_overrules_the_behaviour(client: SimulatorClient, sim: Simulator) -> None:
    sim.switches.force_behaviour = "wrong_tag"
    _, entries = await perform(client, "pays")
    assert entries[0]["destination_tag"] == 8


async def test_reasons_to_refuse(client: SimulatorClient, sim: Simulator) -> None:
    elsewhere = await client.new(options={"force_network": "MAINNET"})
    with pytest.raises(PhoneRefusedError, match="wrong network"):
        await sim.phone.sign(elsewhere)
    typo = await client.new(options={"force_network": "TESTNETT"})
    await sim.phone.sign(typo)
    reserved = await client.new(options={"signers": [sim.issuer]})
    with pytest.raises(PhoneRefusedError, match="signer"):
        await sim.phone.sign(reserved)
    with pytest.raises(PhoneRefusedError, match="somebody else"):
        await sim.phone.scan(typo, "Finn")
    foreign = {"currency": "EUR", "issuer": sim.issuer, "value": "1"}
    for amount in ("99000000000", usd(sim, "10001"), foreign):
        dear = await client.new(client.payment(Amount=amount))
        with pytest.raises(PhoneRefusedError, match="balance"):
            await sim.phone.sign(dear)
        assert (await client.meta(dear))["resolved"] is False
    with pytest.raises(PhoneRefusedError, match="unknown"):
        await sim.phone.scan("00000000-0000-4000-8000-000000000000")
    with pytest.raises(KeyError):
        await sim.phone.sign(reserved, "dances")


async def test_customers_come_by_themselves(client: SimulatorClient, sim: Simulator) -> None:
    script = Script.read({"mode": "auto", "behaviour": "pays"})
    assert script.delays == Delays()
    sim.customers.set_script(script)
    name = await client.new()
    await sim.clock.advance(1)
    assert (await client.meta(name))["app_opened"] is False
    await sim.clock.advance(5)
    assert (await client.meta(name))["app_opened"] is True
    await sim.clock.advance(15)
    assert (await client.get(name))["response"]["dispatched_result"] == "tesSUCCESS"
    assert sim.customers.progress[name] == "pays: done"


async def test_a_mix_of_customers(client: SimulatorClient, sim: Simulator) -> None:
    mix = {"pays": 0.5, "declines": 0.5}
    sim.customers.set_script(Script("auto", "pays", mix, NO_DELAYS))
    names = [await client.new() for _ in range(12)]
    await sim.clock.advance(60)
    signed = [(await client.meta(n))["signed"] for n in names]
    assert {True, False} == set(signed)
    async with asyncio.timeout(10):
        await sim.settle()


@pytest.mark.parametrize(
    "document",
    [
        {"mode": "sometimes"},
        {"mode": "auto", "behaviour": "dances"},
        {"mode": "auto", "mix": {"dances": 1}},
        {"mode": "auto", "mix": {"pays": -1}},
        {"mode": "auto", "delays": {"scan_min": 3, "scan_max": 1}},
        {"mode": "auto", "delays": {"lunch": 3}},
    ],
)
def test_impossible_scripts(document: Body) -> None:
    with pytest.raises((ValueError, TypeError)):
        Script.read(document)


async def test_what_only_the_shop_may_sign_is_signed_by_the_shop(
    client: SimulatorClient, sim: Simulator
) -> None:
    refund = client.payment(Destination=sim.cast.customers[0].account.address)
    uuid = await client.new(refund, options={"signers": [sim.shop]})
    await sim.phone.scan(uuid)
    assert sim.phone.holding() == {uuid: "Shop"}
    await sim.phone.sign(uuid)
    answer = await client.get(uuid)
    assert answer["response"]["account"] == sim.shop
    named = await client.new(refund, options={"signers": [sim.cast.customers[2].account.address]})
    await sim.phone.sign(named)
    assert (await client.get(named))["response"]["account"] == sim.cast.customers[2].account.address


async def test_customers_by_themselves_leave_the_shops_own_refunds_to_the_shop(
    client: SimulatorClient, sim: Simulator
) -> None:
    sim.customers.set_script(Script.named("declines", NO_DELAYS))
    refund = client.payment(Destination=sim.cast.customers[0].account.address)
    uuid = await client.new(refund, options={"signers": [sim.shop]})
    await sim.clock.advance(120)
    assert (await client.get(uuid))["response"]["account"] == sim.shop
