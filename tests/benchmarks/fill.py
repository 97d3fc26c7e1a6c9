"""Fills a journal as a desk would have left it: unfinished requests, past ones, signed blobs.

Every row is written by the store's own functions.
"""

from __future__ import annotations

import asyncio
import functools
import json
from collections.abc import Iterable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from xrpl.core import binarycodec, keypairs

from xumm_desk.core.request.request_spec import RequestSpec, parse_body
from xumm_desk.core.state import facts
from xumm_desk.core.state.facts import Fact, FactKind, Source
from xumm_desk.core.wire.frames import parse_frame
from xumm_desk.core.wire.json_fields import JsonObject
from xumm_desk.net.ledger.xrpl_codec import XrplCodec
from xumm_desk.store import database
from xumm_desk.store.history import indexing
from xumm_desk.store.journal import SqliteJournal

from . import plan
from .plan import End

_PAST_KINDS: Final = ("paid", "declined", "expired")


def spec(index: int, identifier: str = "") -> RequestSpec:
    """The payment that request `index` asks for."""
    body: JsonObject = {
        "txjson": {
            "TransactionType": "Payment",
            "Destination": plan.SHOP,
            "DestinationTag": index,
            "Amount": str(1_000_000 + index),
        },
        "options": {"expire": plan.EXPIRE_MINUTES, "submit": True},
    }
    made = parse_body(
        body, identifier=identifier or plan.identifier_of(index), network=plan.NETWORK
    )
    assert isinstance(made, RequestSpec), made
    return made


def signed_ones(count: int) -> list[int]:
    """The requests that end signed."""
    return [index for index in range(count) if plan.end_of(index) is End.SIGNED]


@functools.cache
def signature(index: int) -> dict[str, str]:
    """Blob, txid and account of the customer who signs request `index`."""
    seed = keypairs.generate_seed("00112233445566778899aabbccddeeff")
    public, private = keypairs.derive_keypair(seed)
    account = keypairs.derive_classic_address(public)
    tx: dict[str, Any] = {
        **spec(index).txjson,
        "Account": account,
        "Fee": "12",
        "Sequence": 1000 + index,
        "LastLedgerSequence": 98_412_900,
        "SigningPubKey": public,
    }
    tx["TxnSignature"] = keypairs.sign(bytes.fromhex(binarycodec.encode_for_signing(tx)), private)
    blob = binarycodec.encode(tx)
    return {"hex": blob, "txid": XrplCodec().read_blob(blob, plan.NETWORK).hash, "account": account}


def created(index: int, api: str) -> JsonObject:
    """What the platform answered to the POST."""
    parts = urlsplit(api)
    scheme = "wss" if parts.scheme == "https" else "ws"
    uuid = plan.uuid_of(index)
    return {
        "uuid": uuid,
        "next": {"always": f"{parts.scheme}://{parts.netloc}/sign/{uuid}"},
        "refs": {"websocket_status": f"{scheme}://{parts.netloc}/sign/{uuid}"},
        "pushed": False,
    }


def unfinished(index: int, count: int, api: str, expires_at: datetime) -> list[Fact]:
    """The facts of a request that waits for its customer."""
    at = datetime.now(UTC) - timedelta(seconds=count - index)
    return [
        facts.make_fact(at, Source.DESK, FactKind.INTENT, spec(index).to_json()),
        facts.make_fact(at, Source.PLATFORM, FactKind.CREATED, created(index, api)),
        facts.make_fact(
            at,
            Source.PLATFORM,
            FactKind.ANSWER,
            _answer(plan.uuid_of(index), plan.identifier_of(index), expires_at),
        ),
    ]


def past(number: int, api: str) -> tuple[str, str, list[Fact]]:
    """Identifier, status and facts of a request of an earlier day."""
    name, kind = f"past-{number:06d}", _PAST_KINDS[number % 3]
    at = datetime.now(UTC) - timedelta(days=2, seconds=number)
    index = 0x10000000 + number
    told = {**created(index, api)}
    uuid = plan.uuid_of(index)
    proof = _SIGNED if kind == "paid" else {}
    resolve = f'{{"payload_uuidv4":"{uuid}","signed":{"true" if proof else "false"}}}'
    end = '{"expired":true}' if kind == "expired" else resolve
    made = [
        facts.make_fact(at, Source.DESK, FactKind.INTENT, spec(number, name).to_json()),
        facts.make_fact(at, Source.PLATFORM, FactKind.CREATED, told),
        *(
            facts.fact_from_frame(at, text, parse_frame(text, uuid))
            for text in ('{"opened":true}', '{"pre_signed":true}', end)
        ),
        facts.make_fact(
            at,
            Source.PLATFORM,
            FactKind.ANSWER,
            _answer(
                uuid,
                name,
                at,
                resolved=kind != "expired",
                signed=bool(proof),
                expired=kind == "expired",
                response=proof,
            ),
        ),
    ]
    return name, "unverified" if proof else kind, made


def ended(number: int, api: str) -> tuple[str, list[Fact]]:
    """Identifier and facts of a request of an earlier day that nobody has to look at any more: two
    of three are paid and proven by the ledger."""
    name, kind = f"ended-{number:06d}", _PAST_KINDS[max(0, number % 6 - 3)]
    at = datetime.now(UTC) - timedelta(days=2, seconds=number)
    index = 0x20000000 + number
    uuid = plan.uuid_of(index)
    asked, paid = spec(number, name), kind == "paid"
    tx, txid = {**_signed_tx(), **asked.txjson}, f"{index:064X}"
    signer = tx["Account"]
    frames = ['{"expired":true}']
    if kind != "expired":
        told = f'{{"payload_uuidv4":"{uuid}","signed":{"true" if paid else "false"}}}'
        frames = ['{"opened":true}', '{"pre_signed":true}', told]
    response: JsonObject = {
        "hex": "12" * 150,
        "txid": txid,
        "account": signer,
        "dispatched_nodetype": plan.NETWORK,
        "dispatched_result": "tesSUCCESS",
    }
    answer = _answer(
        uuid,
        name,
        at,
        resolved=kind != "expired",
        signed=paid,
        expired=kind == "expired",
        response=response if paid else None,
    )
    answer["meta"] = {**answer["meta"], "app_opened": kind != "expired"}  # type: ignore[dict-item]
    made = [
        facts.make_fact(at, Source.DESK, FactKind.INTENT, asked.to_json()),
        facts.make_fact(at, Source.PLATFORM, FactKind.CREATED, created(index, api)),
        *(facts.fact_from_frame(at, text, parse_frame(text, uuid)) for text in frames),
        facts.make_fact(at, Source.PLATFORM, FactKind.ANSWER, answer),
    ]
    if paid:
        valid: JsonObject = {"account": signer, "signed_by": signer, "valid": True}
        blob: JsonObject = {"hash": txid, "canonical": True, "signatures": [valid], "tx": tx}
        ledger: JsonObject = {
            "tx_json": {**tx, "DeliverMax": tx["Amount"]},
            "hash": txid,
            "validated": True,
            "ledger_index": 98_400_000 + number,
            "close_time_iso": f"{at:%Y-%m-%dT%H:%M:%SZ}",
            "meta": {"TransactionResult": "tesSUCCESS", "delivered_amount": tx["Amount"]},
        }
        made += [
            facts.make_fact(at, Source.DESK, FactKind.BLOB_CHECK, blob),
            facts.make_fact(at, Source.LEDGER, FactKind.LEDGER_TX, ledger),
        ]
    return name, made


@functools.cache
def _signed_tx() -> JsonObject:
    """The fields that a wallet adds, as they are in a blob."""
    read = XrplCodec().read_blob(signature(0)["hex"], plan.NETWORK).to_json()["tx"]
    assert isinstance(read, dict)
    return read


_SIGNED: Final[JsonObject] = {
    "hex": "12" * 150,
    "txid": "AB" * 32,
    "account": plan.SHOP,
    "dispatched_nodetype": plan.NETWORK,
    "dispatched_result": "tesSUCCESS",
}


def _answer(
    uuid: str,
    identifier: str,
    expires_at: datetime,
    *,
    resolved: bool = False,
    signed: bool = False,
    expired: bool = False,
    response: JsonObject | None = None,
) -> JsonObject:
    opened = resolved or expired
    return {
        "meta": {
            "exists": True,
            "uuid": uuid,
            "resolved": resolved,
            "signed": signed,
            "cancelled": False,
            "expired": expired,
            "app_opened": opened,
        },
        "payload": {
            "tx_type": "Payment",
            "expires_at": f"{expires_at:%Y-%m-%dT%H:%M:%SZ}",
            "expires_in_seconds": int((expires_at - datetime.now(UTC)).total_seconds()),
        },
        "response": response or {},
        "custom_meta": {"identifier": identifier},
    }


def journal(path: Path, api: str, expires_at: datetime, *, count: int, old: int = 0) -> None:
    """Write a journal of `count` unfinished requests after `old` past ones."""
    path.parent.mkdir(parents=True, exist_ok=True)
    asyncio.run(_write(path, api, expires_at, count, old))


async def _write(path: Path, api: str, expires_at: datetime, count: int, old: int) -> None:
    journal = SqliteJournal(path)
    journal.open(asyncio.get_running_loop())
    try:
        for number in range(old):
            name, status, told = past(number, api)
            for one in told:
                journal.append(name, one, urgent=False)
            journal.set_status(name, status, True)
            if number % 5000 == 4999:
                await journal.durable()
        for index in range(count):
            for one in unfinished(index, count, api, expires_at):
                journal.append(plan.identifier_of(index), one, urgent=False)
            journal.set_status(plan.identifier_of(index), "waiting", False)
        await journal.durable()
    finally:
        await journal.close()
    with closing(database.connect(path)) as connection:
        indexing.catch_up(connection)  # as the desk that wrote it had done


def save_signatures(path: Path, which: Iterable[int]) -> None:
    """Write a really signed transaction for each of these requests, for the load server."""
    path.write_text(json.dumps({index: signature(index) for index in which}))
