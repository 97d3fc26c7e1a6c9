"""Xahau's transactions are read with Xahau's definitions, and nothing else is.

`xahau_blobs.json` holds a transaction of each type, signed and encoded by xahau-py 3.0.0.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest
from xrpl.core import binarycodec

from xumm_desk.core.money.networks import NETWORKS
from xumm_desk.core.wire.json_fields import JsonObject
from xumm_desk.net.ledger import definitions
from xumm_desk.net.ledger.xrpl_codec import XrplCodec

BLOBS: Final[dict[str, Any]] = json.loads(
    Path(__file__).with_name("xahau_blobs.json").read_text(encoding="utf-8")
)
XAHAU: Final = ["XAHAU", "XAHAUTESTNET"]
OWN_TYPES: Final = sorted(set(BLOBS) - {"Payment", "EscrowFinish"})
SHOP: Final = "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh"
HASH: Final = "AB" * 32


def asked(name: str) -> JsonObject:
    """The transaction as a body asks for it."""
    filled = ("Account", "Fee", "Sequence", "SigningPubKey", "TxnSignature", "NetworkID")
    return {k: v for k, v in BLOBS[name]["tx"].items() if k not in filled}


@pytest.mark.parametrize("network", XAHAU)
@pytest.mark.parametrize("name", BLOBS)
def test_every_type_is_read_and_its_signature_is_checked(name: str, network: str) -> None:
    blob = BLOBS[name]["blob"]
    found = XrplCodec().read_blob(blob, network)
    assert (found.error, found.canonical, found.valid) == (None, True, True)
    assert found.tx == BLOBS[name]["tx"]
    assert (
        found.hash == hashlib.sha512(bytes.fromhex("54584E00" + blob)).digest()[:32].hex().upper()
    )
    assert found.signatures[0].signed_by == found.account == BLOBS[name]["tx"]["Account"]
    assert XrplCodec().decode(blob, network) == found.tx


@pytest.mark.parametrize("name", BLOBS)
def test_one_changed_digit_is_never_valid(name: str) -> None:
    blob = BLOBS[name]["blob"]
    fee = blob.index("68400000000000000C")
    changed = f"{blob[: fee + 17]}D{blob[fee + 18 :]}"
    assert not XrplCodec().read_blob(changed, "XAHAU").valid


@pytest.mark.parametrize("name", OWN_TYPES)
def test_on_the_xrp_ledger_they_are_not_readable(name: str) -> None:
    """Not even where every field happens to have a number there: another field would be read."""
    assert XrplCodec().read_blob(BLOBS[name]["blob"], "MAINNET").tx != BLOBS[name]["tx"]


@pytest.mark.parametrize("name", BLOBS)
def test_every_type_can_be_asked_for(name: str) -> None:
    assert XrplCodec().transaction_errors(asked(name), "XAHAU") == ()


@pytest.mark.parametrize("name", OWN_TYPES)
def test_elsewhere_they_are_reported_where_they_exist(name: str) -> None:
    (problem,) = XrplCodec().transaction_errors(asked(name), "MAINNET")
    assert problem.message == (
        f"Transaction: TransactionType {name!r} is not known on MAINNET."
        " Choose one of the networks XAHAU, XAHAUTESTNET"
    )


@pytest.mark.parametrize(
    ("txjson", "words"),
    [
        ({"TransactionType": "URITokenMint"}, "URI is missing, URITokenMint needs it"),
        ({"TransactionType": "URITokenBuy", "URITokenID": HASH}, "Amount is missing"),
        ({"TransactionType": "Remit"}, "Destination is missing"),
        ({"TransactionType": "SetHook"}, "Hooks is missing"),
        ({"TransactionType": "URITokenBurn", "URITokenID": "AB"}, "URITokenID is not right"),
        ({"TransactionType": "AMMCreate"}, "'AMMCreate' is not known on XAHAU"),
        ({"TransactionType": "Foo"}, "'Foo' is not known on XAHAU"),
        ({"TransactionType": "Invoke", "Foo": 1}, "Foo is not a field of the ledger"),
        (
            {"TransactionType": "Payment", "Destination": SHOP, "Amount": "1", "Flags": "x"},
            "Flags",
        ),
    ],
)
def test_what_is_wrong_is_said(txjson: JsonObject, words: str) -> None:
    (problem,) = XrplCodec().transaction_errors(txjson, "XAHAU")
    assert words in problem.message


@pytest.mark.parametrize(
    "txjson",
    [
        {"TransactionType": "ClaimReward", "Flags": 1},
        {"TransactionType": "SetRemarks", "ObjectID": HASH, "Remarks": []},
        {
            "TransactionType": "SetRemarks",
            "ObjectID": HASH,
            "Remarks": [{"Remark": {"RemarkName": "AB", "RemarkValue": "CD", "Flags": 1}}],
        },
        {"TransactionType": "CronSet", "StartTime": 0, "RepeatCount": 2, "DelaySeconds": 60},
        {
            "TransactionType": "SetHook",
            "Hooks": [{"Hook": {"HookCanEmit": HASH, "HookOnIncoming": HASH, "HookName": "AB"}}],
        },
    ],
)
def test_types_that_xahau_added_later_are_known(txjson: JsonObject) -> None:
    assert XrplCodec().transaction_errors(txjson, "XAHAUTESTNET") == ()


# One network's definitions never reach another's transactions.


def told(network: str, name: str) -> bool:
    """Whether the blob is read there as what it is on Xahau."""
    return bool(XrplCodec().read_blob(BLOBS[name]["blob"], network).tx == BLOBS[name]["tx"])


def test_threads_of_two_networks_do_not_meet() -> None:
    start = threading.Barrier(4)
    wrong: list[str] = []
    work: list[tuple[str, Callable[[], bool]]] = [
        ("XAHAU", lambda: told("XAHAU", "Remit")),
        ("MAINNET", lambda: not told("MAINNET", "Remit")),
        ("XAHAU", lambda: told("XAHAU", "URITokenBuy")),
        ("MAINNET", lambda: told("MAINNET", "EscrowFinish") is False),
    ]

    def run(name: str, right: Callable[[], bool]) -> None:
        start.wait()
        for _ in range(60):
            if not right():
                wrong.append(name)

    threads = [threading.Thread(target=run, args=one) for one in work]
    before = sys.getswitchinterval()
    sys.setswitchinterval(0.0001)
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(before)
    assert wrong == []


def test_tasks_of_two_networks_do_not_meet() -> None:
    async def both() -> tuple[bool, bool]:
        return await asyncio.gather(
            asyncio.to_thread(told, "XAHAU", "Remit"), asyncio.to_thread(told, "MAINNET", "Remit")
        )

    assert tuple(asyncio.run(both())) == (True, False)


def test_a_failure_leaves_nothing_behind() -> None:
    with pytest.raises(KeyError), definitions.definitions_in("XAHAU"):
        binarycodec.encode({"TransactionType": "Foo"})
    assert XrplCodec().transaction_errors({"TransactionType": "AMMDelete"}, "MAINNET") != ()
    assert binarycodec.encode({"TransactionType": "AMMCreate"}) == "120023"


@pytest.mark.parametrize("network", NETWORKS)
def test_the_xrp_ledger_s_networks_have_the_library_s_own(network: str) -> None:
    assert (definitions.definitions_for(network) is None) is (network not in XAHAU)


def test_a_shop_on_the_xrp_ledger_runs_the_library_as_it_is() -> None:
    code = f"""
from xumm_desk.net.ledger.xrpl_codec import XrplCodec
codec = XrplCodec()
codec.warm_up()
codec.read_blob({BLOBS["Payment"]["blob"]!r}, "TESTNET")
codec.transaction_errors({asked("Payment")!r}, "TESTNET")
from xrpl.core.binarycodec.definitions import definitions
assert type(definitions._FIELD_INFO_MAP) is dict
assert type(definitions._DEFINITIONS) is dict
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
