"""The practice ledger, read through xrpl-py's own clients and by plain JSON-RPC (P§9.4)."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from xrpl.asyncio.clients import AsyncJsonRpcClient, AsyncWebsocketClient
from xrpl.asyncio.transaction import autofill_and_sign
from xrpl.constants import CryptoAlgorithm
from xrpl.core import keypairs
from xrpl.core.addresscodec import decode_classic_address
from xrpl.core.binarycodec import encode, encode_for_multisigning
from xrpl.models.requests import (
    AccountInfo,
    AccountLines,
    AccountTx,
    Fee,
    Ledger,
    ServerInfo,
    SubmitOnly,
    Subscribe,
    Tx,
    Unsubscribe,
)
from xrpl.models.requests.subscribe import StreamParameter
from xrpl.models.transactions import Payment
from xrpl.wallet import Wallet as XrplWallet

from xumm_desk.simulator import Simulator, SimulatorOptions
from xumm_desk.simulator.ledger.records import Override
from xumm_desk.simulator.runtime.keys import Signed, sign_fields, wallet_for

from .conftest import START
from .simulator_client import PATIENCE, SimulatorClient

pytestmark = pytest.mark.anyio


def signed(sim: Simulator, name: str = "Ada", **fields: Any) -> Signed:
    """A payment of one XRP to the shop, complete and signed."""
    wallet = wallet_for(name)
    account = sim.node_ledger.open_state().accounts.get(wallet.address)
    whole = {
        "TransactionType": "Payment",
        "Account": wallet.address,
        "Destination": sim.shop,
        "Amount": "1000000",
        "Fee": "12",
        "Sequence": account.sequence if account else 1,
        "LastLedgerSequence": sim.node_ledger.last + 20,
    } | fields
    return sign_fields({k: v for k, v in whole.items() if v is not None}, wallet)


async def test_not_found_then_open_then_validated(sim: Simulator) -> None:
    node = AsyncJsonRpcClient(sim.ledger)
    payment = signed(sim, DestinationTag=9)
    missing = await node.request(Tx(transaction=payment.txid))
    assert not missing.is_successful()
    assert missing.result["error"] == "txnNotFound"
    sent = await node.request(SubmitOnly(tx_blob=payment.blob))
    assert sent.result["engine_result"] == "tesSUCCESS"
    assert sent.result["engine_result_code"] == 0
    assert sent.result["tx_json"]["hash"] == payment.txid
    waiting = await node.request(Tx(transaction=payment.txid))
    assert waiting.result["validated"] is False
    await sim.clock.advance(3.5)
    done = (await node.request(Tx(transaction=payment.txid))).result
    assert done["validated"] is True
    assert done["meta"]["TransactionResult"] == "tesSUCCESS"
    assert done["meta"]["delivered_amount"] == "1000000"
    assert done["hash"] == payment.txid
    assert done["close_time_iso"].endswith("Z")
    assert done["tx_json"]["DeliverMax"] == "1000000"
    assert "Amount" not in done["tx_json"]
    assert done["tx_json"]["DestinationTag"] == 9


async def test_version_one_answers(client: SimulatorClient, sim: Simulator) -> None:
    payment = signed(sim)
    sim.node_ledger.submit(payment.blob)
    await sim.clock.advance(3.5)
    result = await client.rpc("tx", transaction=payment.txid.lower(), api_version=1)
    assert result["Amount"] == result["DeliverMax"] == "1000000"
    assert result["inLedger"] == result["ledger_index"]
    listed = await client.rpc("account_tx", account=sim.shop)
    assert listed["transactions"][0]["tx"]["hash"] == payment.txid
    by_ctid = await client.rpc("tx", ctid=result["ctid"], api_version=2)
    assert by_ctid["hash"] == payment.txid


async def test_searched_all(client: SimulatorClient, sim: Simulator) -> None:
    first, last = sim.node_ledger.first, sim.node_ledger.last
    lost = {"transaction": "AB" * 32, "min_ledger": first}
    assert (await client.rpc("tx", **lost, max_ledger=last))["searched_all"] is True
    assert (await client.rpc("tx", **lost, max_ledger=last + 9))["searched_all"] is False


async def test_errors_are_worded_like_a_node(client: SimulatorClient, sim: Simulator) -> None:
    assert (await client.rpc("nothing"))["error"] == "unknownCmd"
    assert (await client.rpc("tx", transaction="zz"))["error"] == "notImpl"
    assert (await client.rpc("account_info", account="x"))["error"] == "actMalformed"
    nobody = wallet_for("nobody").address
    assert (await client.rpc("account_info", account=nobody))["error"] == "actNotFound"
    assert (await client.rpc("ledger", ledger_index=5))["error"] == "lgrNotFound"
    body = {"method": "ping", "params": [{"api_version": 7}]}
    async with client.session.post(sim.ledger, json=body) as response:
        told = response.status, (await response.text()).strip()
    assert told == (400, "invalid_API_version")
    assert (await client.rpc("submit"))["error"] == "invalidParams"
    assert (await client.rpc("submit", tx_blob="AB"))["error"] == "invalidTransaction"
    assert (await client.rpc("account_tx", account=sim.shop, limit="x"))["error"] == "invalidParams"
    assert (await client.rpc("ping"))["status"] == "success"
    async with client.session.post(sim.ledger, data=b"{") as broken:
        assert broken.status == 400


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"Amount": "99000000000000"}, "tecUNFUNDED_PAYMENT"),
        ({"Destination": "stranger", "Amount": "999999"}, "tecNO_DST_INSUF_XRP"),
        ({"Destination": "stranger"}, "tesSUCCESS"),
        ({"Sequence": 5}, "tefPAST_SEQ"),
        ({"Sequence": 1_000_003}, "terPRE_SEQ"),
        ({"LastLedgerSequence": 999_999}, "tefMAX_LEDGER"),
        ({"Fee": "1"}, "telINSUF_FEE_P"),
        ({"Amount": "0"}, "temBAD_AMOUNT"),
        ({"Flags": 0x00020000}, "temBAD_SEND_XRP_PARTIAL"),
        ({"Destination": None}, "temMALFORMED"),
        ({"TransactionType": "OfferCreate"}, "temDISABLED"),
        ({"NetworkID": 21337}, "telNETWORK_ID_MAKES_TX_NON_CANONICAL"),
        ({"Account": "issuer"}, "tefBAD_AUTH"),
        ({"Account": "stranger"}, "terNO_ACCOUNT"),
        ({"Account": "shop", "Destination": "shop"}, "temREDUNDANT"),
    ],
)
async def test_submit_codes(
    client: SimulatorClient, sim: Simulator, fields: dict[str, Any], code: str
) -> None:
    for name in ("Account", "Destination"):
        if fields.get(name) in ("stranger", "shop", "issuer"):
            fields = fields | {name: wallet_for(fields[name]).address}
    result = await client.rpc("submit", tx_blob=signed(sim, **fields).blob)
    assert result["engine_result"] == code


async def test_forged_and_repeated_transactions(client: SimulatorClient, sim: Simulator) -> None:
    payment = signed(sim)
    forged = payment.blob.replace("0F4240", "0F4241")
    assert (await client.rpc("submit", tx_blob=forged))["error"] == "invalidTransaction"
    assert (await client.rpc("submit", tx_blob=payment.blob))["engine_result"] == "tesSUCCESS"
    assert (await client.rpc("submit", tx_blob=payment.blob))["engine_result"] == "tefALREADY"
    await sim.clock.advance(4)
    assert (await client.rpc("submit", tx_blob=payment.blob))["engine_result"] == "tefALREADY"


async def test_destination_tag_requirement(client: SimulatorClient, sim: Simulator) -> None:
    sequence = sim.node_ledger.state.accounts[sim.shop].sequence
    fields = {
        "TransactionType": "AccountSet",
        "Account": sim.shop,
        "SetFlag": 1,
        "Fee": "12",
        "Sequence": sequence,
    }
    sim.node_ledger.submit(sign_fields(fields, wallet_for("shop")).blob)
    await sim.clock.advance(4)
    bare, tagged = signed(sim), signed(sim, "Ben", DestinationTag=0)
    result = await client.rpc("submit", tx_blob=bare.blob)
    assert result["engine_result"] == "tecDST_TAG_NEEDED"
    assert (await client.rpc("submit", tx_blob=tagged.blob))["engine_result"] == "tesSUCCESS"
    before = int(await _balance(client, "Ada"))
    await sim.clock.advance(4)
    final = await client.rpc("tx", transaction=bare.txid, api_version=2)
    assert final["meta"]["TransactionResult"] == "tecDST_TAG_NEEDED"
    assert "delivered_amount" not in final["meta"]
    assert int(await _balance(client, "Ada")) == before
    info = await client.rpc("account_info", account=sim.shop, ledger_index="validated")
    assert info["account_flags"]["requireDestinationTag"] is True


async def _balance(client: SimulatorClient, name: str) -> str:
    result = await client.rpc("account_info", account=wallet_for(name).address)
    return str(result["account_data"]["Balance"])


async def test_sequences_wait_for_each_other(sim: Simulator) -> None:
    first = signed(sim)
    second = signed(sim, Sequence=first.fields["Sequence"] + 1, Amount="2000000")
    assert sim.node_ledger.submit(second.blob).code == "terPRE_SEQ"
    await sim.clock.advance(4)
    assert second.txid not in sim.node_ledger.entries
    assert sim.node_ledger.submit(first.blob).code == "tesSUCCESS"
    await sim.clock.advance(4)
    one, two = (sim.node_ledger.entries[s.txid] for s in (first, second))
    assert one.ledger_index == two.ledger_index
    assert (one.meta["TransactionIndex"], two.meta["TransactionIndex"]) == (0, 1)


async def test_last_ledger_sequence_ends_the_waiting(sim: Simulator) -> None:
    payment = signed(sim, LastLedgerSequence=sim.node_ledger.last + 2)
    sim.node_ledger.submit(payment.blob, Override(never=True))
    await sim.clock.advance(7)
    assert payment.txid in sim.node_ledger.pending
    await sim.clock.advance(3.5)
    assert payment.txid not in sim.node_ledger.pending
    assert payment.txid not in sim.node_ledger.entries


async def test_issued_money_and_changing_money(client: SimulatorClient, sim: Simulator) -> None:
    usd = {"currency": "USD", "issuer": sim.issuer, "value": "12.50"}
    plain = signed(sim, Amount=usd)
    cross = signed(sim, "Ben", Amount="1000000", SendMax=usd)
    short = {"currency": "USD", "issuer": sim.issuer, "value": "0.25"}
    partial = signed(sim, "Cleo", Amount="1000000", SendMax=short, Flags=0x00020000)
    unable = signed(sim, "Dan", Amount="1000000", SendMax=short)
    too_much = signed(sim, "Eve", Amount={**usd, "value": "20000"})
    for payment, code in (
        (plain, "tesSUCCESS"),
        (cross, "tesSUCCESS"),
        (partial, "tesSUCCESS"),
        (unable, "tecPATH_PARTIAL"),
        (too_much, "tecPATH_PARTIAL"),
    ):
        assert sim.node_ledger.submit(payment.blob).code == code
    await sim.clock.advance(4)
    entries = sim.node_ledger.entries
    assert entries[plain.txid].meta["delivered_amount"] == {**usd, "value": "12.5"}
    assert entries[cross.txid].meta["delivered_amount"] == "1000000"
    assert entries[partial.txid].meta["delivered_amount"] == "500000"
    assert entries[partial.txid].meta["DeliveredAmount"] == "500000"
    node = AsyncJsonRpcClient(sim.ledger)
    lines = (await node.request(AccountLines(account=sim.shop))).result["lines"]
    held = {line["account"]: line["balance"] for line in lines}
    assert held[sim.issuer] == "12.5"


async def test_regular_keys_and_signer_lists(client: SimulatorClient, sim: Simulator) -> None:
    ada, ben, cleo = (wallet_for(n) for n in ("Ada", "Ben", "Cleo"))
    sequence = sim.node_ledger.state.accounts[ada.address].sequence
    base = {"Account": ada.address, "Fee": "12"}
    key = base | {"TransactionType": "SetRegularKey", "RegularKey": ben.address}
    entries = [{"SignerEntry": {"Account": cleo.address, "SignerWeight": 1}}]
    members = base | {"TransactionType": "SignerListSet", "SignerQuorum": 1}
    steps: list[dict[str, Any]] = [key, {**members, "SignerEntries": entries}]
    for offset, fields in enumerate(steps):
        ready = sign_fields(fields | {"Sequence": sequence + offset}, ada)
        assert sim.node_ledger.submit(ready.blob).code == "tesSUCCESS"
    await sim.clock.advance(4)
    node = AsyncJsonRpcClient(sim.ledger)
    request = AccountInfo(account=ada.address, signer_lists=True, ledger_index="validated")
    result = (await node.request(request)).result
    assert result["account_data"]["RegularKey"] == ben.address
    assert result["signer_lists"][0]["SignerQuorum"] == 1
    old = await client.rpc("account_info", account=ada.address, signer_lists=True)
    assert old["account_data"]["signer_lists"][0]["SignerEntries"] == entries
    by_key = signed(sim).fields | {"Sequence": sequence + 2}
    assert sim.node_ledger.submit(sign_fields(by_key, ben).blob).code == "tesSUCCESS"
    assert sim.node_ledger.submit(sign_fields(by_key, cleo).blob).code == "tefBAD_AUTH"


async def test_several_signers_together(sim: Simulator) -> None:
    ada, ben, cleo = (wallet_for(n) for n in ("Ada", "Ben", "Cleo"))
    members = [{"SignerEntry": {"Account": w.address, "SignerWeight": 1}} for w in (ben, cleo)]
    payment = {k: v for k, v in signed(sim).fields.items() if k != "TxnSignature"}
    payment |= {"SigningPubKey": "", "Sequence": payment["Sequence"] + 1, "Fee": "36"}

    def together(*wallets: Any, spoil: bool = False) -> str:
        signers = []
        for wallet in sorted(wallets, key=lambda w: decode_classic_address(w.address)):
            message = bytes.fromhex(encode_for_multisigning(payment, wallet.address))
            signature = keypairs.sign(message + b"!" * spoil, wallet.private_key)
            signer = {"Account": wallet.address, "SigningPubKey": wallet.public_key}
            signers.append({"Signer": signer | {"TxnSignature": signature}})
        return sim.node_ledger.submit(encode({**payment, "Signers": signers})).code

    members_set = {
        "TransactionType": "SignerListSet",
        "Account": ada.address,
        "SignerQuorum": 2,
        "SignerEntries": members,
        "Fee": "12",
        "Sequence": payment["Sequence"] - 1,
    }
    assert together(ben, cleo) == "tefNOT_MULTI_SIGNING"
    sim.node_ledger.submit(sign_fields(members_set, ada).blob)
    await sim.clock.advance(4)
    assert together(ben) == "tefBAD_QUORUM"
    assert together(ben, wallet_for("Dan")) == "tefBAD_SIGNATURE"
    assert together(ben, cleo, spoil=True) == "invalid"
    assert together(ben, cleo) == "tesSUCCESS"


async def test_proposed_transactions_and_version_one_streams(
    client: SimulatorClient, sim: Simulator
) -> None:
    async with client.session.ws_connect(sim.ledger_ws) as socket:
        await socket.send_str("not json")
        assert (await socket.receive_json(timeout=PATIENCE))["error"] == "jsonInvalid"
        await socket.send_json({"command": "subscribe", "accounts": "x", "id": 1})
        assert (await socket.receive_json(timeout=PATIENCE))["error"] == "invalidParams"
        ask = {"command": "subscribe", "accounts_proposed": [sim.shop], "id": 2}
        await socket.send_json(ask)
        assert (await socket.receive_json(timeout=PATIENCE))["id"] == 2
        payment = signed(sim)
        sim.node_ledger.submit(payment.blob)
        early = await socket.receive_json(timeout=PATIENCE)
        assert (early["validated"], early["status"]) == (False, "proposed")
        assert early["transaction"]["Amount"] == "1000000"
        await sim.clock.advance(4)
        late = await socket.receive_json(timeout=PATIENCE)
        assert late["validated"] is True
        assert late["transaction"]["hash"] == payment.txid
        assert sim.drop_sockets() == 1
    async with client.session.get(sim.ledger) as page:
        assert page.status == 200


async def test_history_comes_in_pages(sim: Simulator) -> None:
    for amount in range(1, 6):
        sim.node_ledger.submit(signed(sim, Amount=str(amount)).blob)
        await sim.clock.advance(3.5)
    node = AsyncJsonRpcClient(sim.ledger)
    for forward, want in ((True, list("12345")), (False, list("54321"))):
        seen: list[str] = []
        marker: Any = None
        for _ in range(3):
            request = AccountTx(account=sim.shop, limit=2, forward=forward, marker=marker)
            page = (await node.request(request)).result
            seen += [t["tx_json"]["DeliverMax"] for t in page["transactions"]]
            marker = page.get("marker")
        assert marker is None
        assert seen == want
    first = sim.node_ledger.first
    low = AccountTx(account=sim.shop, ledger_index_min=first + 2, ledger_index_max=first + 3)
    found = (await node.request(low)).result["transactions"]
    assert [t["ledger_index"] for t in found] == [first + 3, first + 2]


async def test_headers_and_server_facts(sim: Simulator) -> None:
    await sim.clock.advance(10)
    node = AsyncJsonRpcClient(sim.ledger)
    last = sim.node_ledger.last
    for name in ("validated", "closed", last):
        result = (await node.request(Ledger(ledger_index=name))).result
        assert result["ledger_index"] == last
        assert result["validated"] is True
    again = (await node.request(Ledger(ledger_hash=result["ledger_hash"]))).result
    assert again["ledger_index"] == last
    current = (await node.request(Ledger(ledger_index="current"))).result
    assert current["ledger_current_index"] == last + 1
    info = (await node.request(ServerInfo())).result["info"]
    assert info["network_id"] == 1
    assert info["complete_ledgers"] == f"{sim.node_ledger.first}-{last}"
    assert info["validated_ledger"]["seq"] == last
    assert (await node.request(Fee())).result["drops"]["base_fee"] == "10"


async def test_subscriptions(sim: Simulator) -> None:
    async with AsyncWebsocketClient(sim.ledger_ws) as node:
        shop = Subscribe(accounts=[sim.shop], streams=[StreamParameter.LEDGER])
        assert (await node.request(shop)).result["ledger_index"] == sim.node_ledger.last
        payment = signed(sim)
        sim.node_ledger.submit(payment.blob)
        await sim.clock.advance(3.5)
        messages = (m async for m in node if m.get("type") != "response")
        async with asyncio.timeout(PATIENCE):
            closed, told = await anext(messages), await anext(messages)
        assert closed["type"] == "ledgerClosed"
        assert closed["txn_count"] == 1
        assert told["type"] == "transaction"
        assert told["validated"] is True
        assert told["hash"] == payment.txid
        assert told["tx_json"]["DeliverMax"] == "1000000"
        assert told["meta"]["delivered_amount"] == "1000000"
        stop = Unsubscribe(accounts=[sim.shop], streams=[StreamParameter.LEDGER])
        assert (await node.request(stop)).is_successful()
        sim.node_ledger.submit(signed(sim, "Ben").blob)
        await sim.clock.advance(3.5)
        other = Subscribe(streams=[StreamParameter.LEDGER])
        assert (await node.request(other)).is_successful()
        await sim.clock.advance(3.5)
        async with asyncio.timeout(PATIENCE):
            assert (await anext(messages))["txn_count"] == 0


async def test_old_empty_ledgers_are_forgotten_but_still_answered(
    sim: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("xumm_desk.simulator.ledger.ledger.KEPT_EMPTY_LEDGERS", 5)
    sim.node_ledger.submit(signed(sim).blob)
    await sim.clock.advance(70)
    assert len(sim.node_ledger._close_times) == 7
    node = AsyncJsonRpcClient(sim.ledger)
    for index in range(sim.node_ledger.first, sim.node_ledger.last + 1):
        result = (await node.request(Ledger(ledger_index=index))).result
        assert result["ledger"]["closed"] is True


async def test_the_official_library_can_pay(sim: Simulator) -> None:
    ada = wallet_for("Ada")
    algorithm = CryptoAlgorithm.ED25519 if ada.seed.startswith("sEd") else CryptoAlgorithm.SECP256K1
    wallet = XrplWallet.from_seed(ada.seed, algorithm=algorithm)
    assert wallet.address == ada.address
    node = AsyncJsonRpcClient(sim.ledger)
    payment = Payment(account=wallet.address, destination=sim.shop, amount="77")
    ready = await autofill_and_sign(payment, node, wallet)
    result = (await node.request(SubmitOnly(tx_blob=ready.blob()))).result
    assert result["engine_result"] == "tesSUCCESS"
    await sim.clock.advance(4)
    assert ready.get_hash() in sim.node_ledger.entries


async def test_other_networks_carry_their_number() -> None:
    options = SimulatorOptions(network="XAHAUTESTNET", speed=0, start=START)
    async with Simulator(options) as sim:
        assert sim.node_ledger.submit(signed(sim).blob).code == "telWRONG_NETWORK"
        assert sim.node_ledger.submit(signed(sim, NetworkID=21338).blob).code == "tesSUCCESS"
        assert sim.fund(sim.shop, 5)


async def test_ledger_faults(client: SimulatorClient, sim: Simulator) -> None:
    sim.switches.ledger_refuse = "503"
    async with client.session.post(sim.ledger, json={"method": "ping"}) as response:
        assert response.status == 503
    sim.switches.ledger_refuse = "off"
    sim.switches.never_validates = True
    payment = signed(sim)
    assert sim.node_ledger.submit(payment.blob).code == "tesSUCCESS"
    await sim.clock.advance(30)
    assert (await client.rpc("tx", transaction=payment.txid))["error"] == "txnNotFound"
