"""Facts to write, and what is found in the file without any help of the program."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from xumm_desk.core.request import request_spec
from xumm_desk.core.request.request_spec import RequestSpec
from xumm_desk.core.state.facts import Fact, FactKind, Source, make_fact
from xumm_desk.core.wire.json_fields import Json, JsonObject

START: Final = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)
SHOP: Final = "rPEPPER7kfTD9w2To4CQk6UCfuHM9c6GDY"
TOKEN: Final = "6dd90000-aaaa-4bbb-8ccc-0123456789ab"


def make_order(identifier: str, **more: Json) -> RequestSpec:
    """A sale with this identifier."""
    txjson: JsonObject = {"TransactionType": "Payment", "Destination": SHOP, "Amount": "1"}
    made = request_spec.parse_body(
        {"txjson": txjson, **more}, identifier=identifier, network="TESTNET"
    )
    assert isinstance(made, RequestSpec)
    return made


def intent(identifier: str, seconds: float = 0) -> Fact:
    """The first fact of a request."""
    moment = START + timedelta(seconds=seconds)
    return make_fact(moment, Source.OPERATOR, FactKind.INTENT, make_order(identifier).to_json())


def uuid_of(number: int) -> str:
    """A platform id."""
    return f"00000000-0000-4000-8000-{number:012d}"


def created(number: int) -> Fact:
    """The create answer with the id of this number."""
    uuid = uuid_of(number)
    link = f"https://xumm.app/sign/{uuid}"
    return make_fact(
        START, Source.PLATFORM, FactKind.CREATED, {"uuid": uuid, "next": {"always": link}}
    )


def note(number: int) -> Fact:
    """Some fact that can be told from all others."""
    moment = START + timedelta(milliseconds=number)
    return make_fact(moment, Source.DESK, FactKind.SOCKET_LOST, {"why": f"number {number}"})


def texts(path: Path) -> list[tuple[str, str]]:
    """Identifier and text of every row on disk, in order, read by another connection."""
    with closing(sqlite3.connect(path)) as db:
        return db.execute("SELECT identifier, text FROM facts ORDER BY seq").fetchall()


def run(path: Path, *statements: str) -> None:
    """Change the file behind the program's back."""
    with closing(sqlite3.connect(path)) as db:
        for statement in statements:
            db.execute(statement)
        db.commit()


_UNDO: Final = {
    15: (
        *(f"DROP TRIGGER {name}" for name in ("facts_to_settle", "unmatched_untold")),
        "DROP TRIGGER set_aside_untold",
        *(f"DROP INDEX {name}" for name in ("facts_transaction", "facts_of_accounts")),
        *(
            f"DROP TABLE {name}"
            for name in (
                "payments_to_settle",
                "untold_payments",
                "untold_dismissals",
                "ledgers_read_here",
                "ledgers_read_by_all",
            )
        ),
    ),
    14: ("DROP TABLE erased_links", "DROP INDEX facts_erasures"),
    13: ("DROP TABLE number_blocks", "DROP TABLE number_wish"),
    12: tuple(
        f"DROP TABLE {name}"
        for name in ("tag_wish", "tag_blocks", "remote_requests", "replicated", "tills")
    ),
    11: tuple(
        f"DROP TABLE {name}"
        for name in ("archived_txids", "chain_anchors", "chain_gaps", "chain_records")
    ),
    10: ("DROP TABLE shift_transactions", "DROP TABLE shifts"),
    9: (
        "DROP TABLE request_text",
        "DROP TABLE request_index",
        "DROP TABLE request_counts",
        "DROP TABLE index_todo",
        "DROP TABLE index_backlog",
    ),
    8: ("DROP TABLE audit",),
    7: ("DROP INDEX facts_refund_of",),
    6: ("DROP TABLE sale_numbers",),
    5: (
        "DROP TABLE tag_rests",
        "DROP INDEX tags_at",
        "DROP INDEX requests_tag",
        "ALTER TABLE requests DROP COLUMN tag",
        "ALTER TABLE requests DROP COLUMN tag_rests_until",
    ),
    4: ("DROP TABLE chain_end", "DROP TABLE refused"),
}
"""What takes a journal from a version of the schema to the one before it."""


def take_back(path: Path, version: int) -> None:
    """Make the journal look as an older program left it."""
    for number in sorted(_UNDO, reverse=True):
        if number > version:
            run(path, *_UNDO[number])
    run(path, f"PRAGMA user_version = {version}")
