"""Builders for tests: request specs, facts, GET answers, really signed transactions.

Everything here says what the platform and the ledger would say; nothing here judges.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Final

from hypothesis import HealthCheck, settings
from xrpl import CryptoAlgorithm
from xrpl.core.binarycodec import encode, encode_for_multisigning, encode_for_signing
from xrpl.core.keypairs import derive_classic_address, derive_keypair, generate_seed, sign

from xumm_desk.core.request import request_spec
from xumm_desk.core.request.request_spec import RequestSpec
from xumm_desk.core.state import facts
from xumm_desk.core.state.decisions import Decision, DecisionKind
from xumm_desk.core.state.evidence import BlobCheck
from xumm_desk.core.state.facts import Fact, FactKind, Source
from xumm_desk.core.state.lifecycle import Request, apply_fact, new_request
from xumm_desk.core.wire import frames
from xumm_desk.core.wire.json_fields import Json, JsonObject
from xumm_desk.net.ledger.xrpl_codec import XrplCodec

UUID: Final = "8d9d0e34-5c55-4a86-8d5a-1a2b3c4d5e6f"
OTHER_UUID: Final = "11111111-2222-4333-8444-555555555555"
TOKEN: Final = "6dd90000-aaaa-4bbb-8ccc-0123456789ab"
LINK: Final = f"https://xumm.app/sign/{UUID}"
SOCKET: Final = f"wss://xumm.app/sign/{UUID}"
START: Final = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)
EXPIRES: Final = START + timedelta(minutes=5)
LAST_LEDGER: Final = 1000

MODERATE: Final = settings(
    deadline=None,
    max_examples=120,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
"""Few enough examples for every run of the suite, and no folder left behind."""


def at(seconds: float) -> datetime:
    """So many seconds after everything began."""
    return START + timedelta(seconds=seconds)


def iso(moment: datetime) -> str:
    """A time as the platform writes it."""
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


@dataclass(frozen=True)
class Person:
    """Someone with a key of the ledger."""

    address: str
    public: str
    private: str


@cache
def person(number: int) -> Person:
    """The same person for the same number; odd ones sign with ed25519, as half the wallets do."""
    kind = CryptoAlgorithm.ED25519 if number % 2 else CryptoAlgorithm.SECP256K1
    public, private = derive_keypair(generate_seed(f"{number:032x}", kind))
    return Person(derive_classic_address(public), public, private)


SHOP: Final = person(2).address
CUSTOMER: Final = person(3)
STRANGER: Final = person(4)
ISSUER: Final = person(6).address
EURO: Final[JsonObject] = {"currency": "EUR", "issuer": ISSUER, "value": "12.5"}
INVOICE: Final = "AB" * 32

PAYMENT: Final[JsonObject] = {
    "TransactionType": "Payment",
    "Destination": SHOP,
    "DestinationTag": 495,
    "Amount": "1500000",
}
TRUST: Final[JsonObject] = {"TransactionType": "TrustSet", "LimitAmount": {**EURO, "value": "100"}}
SIGN_IN: Final[JsonObject] = {"TransactionType": "SignIn"}


@dataclass(frozen=True)
class Signed:
    """A transaction that somebody really signed."""

    blob: str
    txid: str
    tx: JsonObject


def txid_of(blob: str) -> str:
    """The transaction's id, computed without any code of the program."""
    return hashlib.sha512(bytes.fromhex("54584E00" + blob)).digest()[:32].hex().upper()


@cache
def _signed(text: str, signer: Person) -> Signed:
    tx = json.loads(text)
    tx["SigningPubKey"] = signer.public
    tx["TxnSignature"] = sign(bytes.fromhex(encode_for_signing(tx)), signer.private)
    blob = encode(tx)
    return Signed(blob, txid_of(blob), tx)


def signed(asked: JsonObject, *, signer: Person = CUSTOMER, **changed: Json) -> Signed:
    """What a wallet makes of `asked`; `changed` are fields which it puts differently (None leaves
    one out)."""
    tx: JsonObject = {
        "Account": CUSTOMER.address,
        "Fee": "12",
        "Sequence": 7,
        "LastLedgerSequence": LAST_LEDGER,
        **asked,
        **changed,
    }
    if asked.get("TransactionType") == "SignIn" and "TransactionType" not in changed:
        for key in ("TransactionType", "Fee", "Sequence", "LastLedgerSequence"):
            tx.pop(key)
    tx = {key: value for key, value in tx.items() if value is not None}
    return _signed(json.dumps(tx, sort_keys=True), signer)


@cache
def multisigned() -> Signed:
    """The payment, signed by two members of the account's list."""
    tx: JsonObject = {
        **PAYMENT,
        "Account": CUSTOMER.address,
        "Fee": "36",
        "Sequence": 7,
        "LastLedgerSequence": LAST_LEDGER,
        "SigningPubKey": "",
    }
    members = sorted((person(8), person(9)), key=lambda p: p.address)
    entries: list[Json] = []
    for member in members:
        message = bytes.fromhex(encode_for_multisigning(tx, member.address))
        entry: JsonObject = {
            "Account": member.address,
            "SigningPubKey": member.public,
            "TxnSignature": sign(message, member.private),
        }
        entries.append({"Signer": entry})
    tx["Signers"] = entries
    blob = encode(tx)
    return Signed(blob, txid_of(blob), tx)


@cache
def blob_check(blob: str, network: str = "TESTNET") -> BlobCheck:
    """What the program's own codec says about a blob."""
    return XrplCodec().read_blob(blob, network)


def make_order(txjson: JsonObject | None = None, **options: Json) -> RequestSpec:
    """A stored order; asks for the usual payment on TESTNET."""
    body: JsonObject = {"txjson": txjson or PAYMENT, "options": options}
    made = request_spec.parse_body(body, identifier="order-1", network="TESTNET")
    assert isinstance(made, RequestSpec), made
    return made


# Facts, as each witness tells them.


def intent(asked: RequestSpec) -> Fact:
    """Our own intent, as the first row of the journal."""
    return facts.make_fact(START, Source.OPERATOR, FactKind.INTENT, asked.to_json())


def created(seconds: float = 1) -> Fact:
    """The answer to the POST."""
    value: JsonObject = {
        "uuid": UUID,
        "next": {"always": LINK},
        "refs": {"websocket_status": SOCKET},
        "pushed": False,
    }
    return facts.make_fact(at(seconds), Source.PLATFORM, FactKind.CREATED, value)


def frame(text: str, seconds: float = 2) -> Fact:
    """One message of the status socket."""
    return facts.fact_from_frame(at(seconds), text, frames.parse_frame(text, UUID))


def answer(value: JsonObject, seconds: float = 3) -> Fact:
    """One GET answer."""
    return facts.make_fact(at(seconds), Source.PLATFORM, FactKind.ANSWER, value)


def cancelled(ok: bool, reason: str, seconds: float = 4) -> Fact:
    """The answer to a DELETE."""
    value: JsonObject = {"result": {"cancelled": ok, "reason": reason}}
    return facts.make_fact(at(seconds), Source.PLATFORM, FactKind.CANCEL_ANSWER, value)


def blob(made: Signed | str, seconds: float = 5) -> Fact:
    """What the local look at a blob found."""
    found = blob_check(made if isinstance(made, str) else made.blob)
    return facts.make_fact(at(seconds), Source.DESK, FactKind.BLOB_CHECK, found.to_json())


def on_ledger(
    made: Signed,
    *,
    result: str = "tesSUCCESS",
    delivered: Json = "1500000",
    validated: bool = True,
    seconds: float = 6,
    **changed: Json,
) -> Fact:
    """What a node tells about a transaction, in the words of API v2."""
    value: JsonObject = {
        "tx_json": {**made.tx, "DeliverMax": made.tx.get("Amount"), **changed},
        "hash": made.txid,
        "validated": validated,
        "ledger_index": 990,
        "close_time_iso": iso(at(60)),
        "meta": {"TransactionResult": result, "delivered_amount": delivered},
    }
    return facts.make_fact(at(seconds), Source.LEDGER, FactKind.LEDGER_TX, value)


def tx_not_found(index: int, *, never: bool = False, seconds: float = 6) -> Fact:
    """A node does not have the transaction."""
    kind = FactKind.LEDGER_NEVER if never else FactKind.LEDGER_ABSENT
    return facts.make_fact(at(seconds), Source.LEDGER, kind, {"validated_index": index})


def frame_fact(kind: FactKind, witness: Source = Source.DESK, **value: Json) -> Fact:
    """Any other fact."""
    return facts.make_fact(at(7), witness, kind, value)


def decided(
    kind: DecisionKind,
    *,
    about: str = "",
    revision: int = 1,
    by: str = "Anna",
    text: str = "",
    until: datetime | None = None,
    seconds: float = 100,
) -> Fact:
    """What a person decided."""
    value = Decision(kind, by, text, until, about, revision).to_json()
    return facts.make_fact(at(seconds), Source.OPERATOR, FactKind.DECISION, value)


def get(
    made: Signed | None = None,
    *,
    resolved: bool | None = None,
    cancelled: bool = False,
    expired: bool = False,
    opened: bool | None = None,
    resolved_at: datetime | None = None,
    nodetype: str | None = "TESTNET",
    network_id: int | None = 1,
    result: str | None = "tesSUCCESS",
    empty: str | None = None,
    fraction: str = "",
) -> JsonObject:
    """A GET answer in the full shape of P§3.1; `made` is what was signed."""
    done = made is not None if resolved is None else resolved
    when = resolved_at or at(60)
    stamp = iso(when).replace("Z", f"{fraction}Z")
    return {
        "meta": {
            "exists": True,
            "uuid": UUID,
            "multisign": False,
            "submit": True,
            "destination": SHOP,
            "resolved": done,
            "signed": made is not None,
            "cancelled": cancelled,
            "expired": expired,
            "pushed": False,
            "app_opened": done if opened is None else opened,
            "return_url_app": None,
        },
        "application": {"name": "Shop", "disabled": 0, "issued_user_token": None},
        "payload": {
            "tx_type": "Payment",
            "request_json": dict(PAYMENT),
            "created_at": iso(START),
            "expires_at": iso(EXPIRES),
            "expires_in_seconds": -10 if expired else 200,
        },
        "response": {
            "hex": made.blob if made else empty,
            "txid": made.txid if made else empty,
            "resolved_at": stamp if done else None,
            "dispatched_to": "wss://testnet.example" if made and result else empty,
            "dispatched_nodetype": nodetype if made and result else empty,
            "dispatched_result": result if made else empty,
            "dispatched_to_node": bool(made and result),
            "environment_nodetype": nodetype if made else empty,
            "environment_networkid": network_id if made else None,
            "multisign_account": "",
            "account": CUSTOMER.address if made else empty,
            "signer": CUSTOMER.address if made else empty,
            "user": None,
        },
        "custom_meta": {"identifier": "order-1", "blob": None, "instruction": None},
    }


def apply_all(asked: RequestSpec, *told: Fact) -> Request:
    """The request after these facts, in this order."""
    request = new_request(asked, START)
    for one in told:
        request = apply_fact(request, one)
    return request
