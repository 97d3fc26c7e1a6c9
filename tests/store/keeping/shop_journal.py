"""A journal as a shop has it, what of it must be the same afterwards, and ways to damage it."""

from __future__ import annotations

import asyncio
import random
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from store.builders import SHOP, START, uuid_of
from xumm_desk.core.request import request_spec
from xumm_desk.core.request.destination_tags import TagRange
from xumm_desk.core.request.request_spec import RequestSpec
from xumm_desk.core.state.evidence import LedgerTx, UnmatchedPayment
from xumm_desk.core.state.facts import Fact, FactKind, Source, make_fact
from xumm_desk.core.wire.json_fields import JsonObject
from xumm_desk.store.journal import SqliteJournal

PAGE: Final = 4096
NOW: Final = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
PAYER: Final = "rPT1Sjq2YGrBMTttX4GZHjKu9dyfzbpAYe"


def sale(number: int, *, note: str = "", months_ago: int = 0) -> Fact:
    """The intent of a sale at a till."""
    tx: JsonObject = {
        "TransactionType": "Payment",
        "Destination": SHOP,
        "Amount": str(1_000_000 + number),
        "DestinationTag": 1000 + number,
    }
    blob: JsonObject = {
        "sale": {"number": number, "till": "front", "note": note or f"note {number}"}
    }
    made = request_spec.parse_body(
        {"txjson": tx, "custom_meta": {"identifier": name_of(number), "blob": blob}},
        identifier=name_of(number),
        network="TESTNET",
    )
    assert isinstance(made, RequestSpec)
    at = START + timedelta(minutes=number) - timedelta(days=30 * months_ago)
    return make_fact(at, Source.OPERATOR, FactKind.INTENT, made.to_json())


def name_of(number: int) -> str:
    """The identifier of a sale."""
    return f"front-20260101-{number}-abcd{number:04d}"


def txid_of(number: int) -> str:
    """The transaction that pays a sale."""
    return f"{number:064X}"


def created(number: int) -> Fact:
    """The platform's create answer."""
    uuid = uuid_of(number)
    value: JsonObject = {"uuid": uuid, "next": {"always": f"https://xumm.app/sign/{uuid}"}}
    return make_fact(START, Source.PLATFORM, FactKind.CREATED, value)


def payment(number: int, size: int = 0) -> Fact:
    """The ledger's word that a sale was paid; with `size` it is a long one."""
    value: JsonObject = {
        "hash": txid_of(number),
        "validated": True,
        "ledger_index": 1000 + number,
        "paired": "tag",
        "meta": {
            "TransactionResult": "tesSUCCESS",
            "delivered_amount": str(1_000_000 + number),
            "more": "x" * size,
        },
        "tx_json": {
            "TransactionType": "Payment",
            "Account": PAYER,
            "Destination": SHOP,
            "DestinationTag": 1000 + number,
            "Amount": str(1_000_000 + number),
        },
    }
    at = START + timedelta(minutes=number, seconds=30)
    return make_fact(at, Source.LEDGER, FactKind.PAYMENT, value)


def unmatched(number: int) -> UnmatchedPayment:
    """A payment of no request."""
    raw: JsonObject = {
        "hash": txid_of(900_000 + number),
        "validated": True,
        "ledger_index": 5,
        "meta": {"TransactionResult": "tesSUCCESS", "delivered_amount": "5"},
        "tx_json": {"Account": PAYER, "Destination": SHOP, "Amount": "5"},
    }
    return UnmatchedPayment(raw, LedgerTx.from_json(raw), "no tag", START)


async def _fill(path: Path, first: int, count: int) -> None:
    journal = SqliteJournal(path)
    journal.open(asyncio.get_running_loop())
    for number in range(first, first + count):
        assert await journal.reserve_sale_number("front|") == number
        name = name_of(number)
        journal.append(name, sale(number), urgent=False)
        journal.append(name, created(number), urgent=False, status="waiting")
        for step in range(3):
            why: JsonObject = {"why": f"step {step} of {number}"}
            journal.append(
                name, make_fact(START, Source.DESK, FactKind.SOCKET_LOST, why), urgent=False
            )
        if number % 3:
            # Every tenth is longer than a page.
            long = payment(number, 9000 if number % 10 == 0 else 0)
            journal.append(name, long, urgent=False, status="paid", finished=True)
        if number % 7 == 0:
            journal.add_unmatched(unmatched(number))
        await journal.reserve_tag(TagRange(50_000, 60_000), START)
        if number % 20 == 0:
            await journal.add_audit("unlocked", "Ann", f"number {number}", START)
    journal.set_ledger_read(SHOP, 4000 + first + count)
    if first <= 7 < first + count:
        await journal.set_dismissed(txid_of(900_007), True, START)
    await journal.durable()
    await journal.close()


def fill(path: Path, count: int, first: int = 1) -> Path:
    """A closed journal at `path` with sales from number `first` on, in one file."""
    asyncio.run(_fill(path, first, count))
    return path


TABLES: Final = {
    "facts": "SELECT * FROM facts ORDER BY seq",
    "requests": "SELECT * FROM requests ORDER BY identifier",
    "unmatched": "SELECT * FROM unmatched ORDER BY txid",
    "set_aside": "SELECT txid, aside, at FROM set_aside ORDER BY seq",
    "seen": "SELECT * FROM seen ORDER BY account",
    "tags": "SELECT * FROM tags ORDER BY tag",
    "tag_rests": "SELECT * FROM tag_rests ORDER BY tag",
    "sale_numbers": "SELECT * FROM sale_numbers ORDER BY name",
    "audit": "SELECT * FROM audit ORDER BY seq",
}


def content(path: Path) -> dict[str, list[Any]]:
    """All that counts in a journal, by table."""
    with closing(sqlite3.connect(path)) as db:
        return {name: db.execute(question).fetchall() for name, question in TABLES.items()}


def damage(source: Path, target: Path, seed: int, pages: int = 1) -> list[int]:
    """A copy of the file with some pages overwritten, each whole or in part; which ones."""
    shutil.copy(source, target)
    chance = random.Random(seed)
    count = source.stat().st_size // PAGE
    chosen = chance.sample(range(1, count + 1), min(pages, count))
    with target.open("r+b") as file:
        for page in chosen:
            size = chance.choice((PAGE, PAGE, 512, 40))
            file.seek((page - 1) * PAGE + chance.randrange(0, PAGE - size + 1))
            file.write(chance.choice((chance.randbytes(size), bytes(size))))
    return chosen
