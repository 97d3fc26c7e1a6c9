"""Tables for the account watch: unmatched payments, ledgers read, tags, and who names what."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from xumm_desk.core.journal_error import JournalError
from xumm_desk.core.state.evidence import LedgerTx, UnmatchedPayment
from xumm_desk.core.state.facts import FactKind, Source, make_fact
from xumm_desk.core.wire.json_fields import Json, JsonObject
from xumm_desk.store import database, ledger_tables
from xumm_desk.store.journal import SqliteJournal
from xumm_desk.store.journal_check import verify_chain

from .builders import SHOP, START, intent, make_order, run

pytestmark = pytest.mark.anyio

TXID = "AB" * 32


def payment_without_request(txid: str = TXID, **tx: Json) -> UnmatchedPayment:
    raw: JsonObject = {
        "tx_json": {"Destination": SHOP, "Account": "rPayer", "DestinationTag": 7, **tx},
        "hash": txid,
        "ledger_index": 90,
        "meta": {"delivered_amount": "1500000"},
    }
    return UnmatchedPayment(raw, LedgerTx.from_json(raw), "Nobody's.", START)


async def test_a_unmatched_payment_is_kept_until_a_fact_assigns_it(
    journal: SqliteJournal, path: Path
) -> None:
    journal.append("one", intent("one"), urgent=True)
    journal.add_unmatched(payment_without_request())
    journal.add_unmatched(payment_without_request())
    journal.set_ledger_read(SHOP, 90)
    journal.set_ledger_read(SHOP, 80)
    await journal.durable()
    assert await journal.unmatched() == [payment_without_request()]
    assert await journal.ledgers_read() == {SHOP: 90}
    assert await journal.known_unmatched([TXID, "CD" * 32]) == {TXID}
    value: JsonObject = {**payment_without_request().raw, "paired": "hand"}
    journal.append("one", make_fact(START, Source.OPERATOR, FactKind.PAYMENT, value), urgent=True)
    await journal.durable()
    assert await journal.unmatched() == []
    assert await journal.known_unmatched([TXID]) == {TXID}
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("SELECT assigned_to, amount, tag FROM unmatched").fetchall() == [
            ("one", "1.50 XRP", 7)
        ]
    assert verify_chain(path).whole


async def test_a_unmatched_payment_is_dismissed_and_brought_back_on_record(path: Path) -> None:
    journal = SqliteJournal(path)
    journal.open(asyncio.get_running_loop())
    journal.add_unmatched(payment_without_request())
    await journal.durable()
    assert await journal.dismissed() == {}
    await journal.set_dismissed(TXID, True, START)
    assert await journal.dismissed() == {TXID: START}
    assert await journal.unmatched() == [payment_without_request()]
    later = START + timedelta(hours=1)
    await journal.set_dismissed(TXID, False, later)
    assert await journal.dismissed() == {}
    await journal.set_dismissed(TXID, True, later)
    with pytest.raises(JournalError, match="FOREIGN KEY"):
        await journal.set_dismissed("CD" * 32, True, later)
    await journal.close()
    journal = SqliteJournal(path)
    journal.open(asyncio.get_running_loop())
    assert await journal.dismissed() == {TXID: later}
    await journal.close()
    with closing(sqlite3.connect(path)) as db:
        said = db.execute("SELECT aside FROM set_aside ORDER BY seq").fetchall()
    assert said == [(1,), (0,), (1,)]


async def test_a_dismissal_tells_who_ships_what_is_on_the_disk(journal: SqliteJournal) -> None:
    journal.add_unmatched(payment_without_request())
    await journal.durable()
    told: list[str] = []
    journal.on_durable(lambda: told.append("durable"))
    await journal.set_dismissed(TXID, True, START)
    assert told == ["durable"]


async def test_odd_unmatched_payments_do_not_end_the_writer(journal: SqliteJournal) -> None:
    journal.add_unmatched(payment_without_request("1", DestinationTag=10**30, Account="\ud800"))
    journal.add_unmatched(payment_without_request("2", DestinationTag="x", Account=None))
    journal.append("one", intent("one"), urgent=True)
    await journal.durable()
    assert len(await journal.unmatched()) == 2
    assert await journal.requests_naming("x", 10**30, None) == []


async def test_requests_are_found_by_what_a_payment_names(journal: SqliteJournal) -> None:
    for name, txjson in (
        ("tagged", {"DestinationTag": 0}),
        ("invoiced", {"InvoiceID": "ab" * 32}),
        ("plain", {}),
    ):
        whole: JsonObject = make_order(name).to_json()
        inside: JsonObject = {"TransactionType": "Payment", "Destination": SHOP, **txjson}
        value: JsonObject = {**whole, "txjson": inside}
        journal.append(name, make_fact(START, Source.OPERATOR, FactKind.INTENT, value), urgent=True)
    answer: JsonObject = {"meta": {"uuid": "u"}, "response": {"txid": "cd" * 32}}
    journal.append("plain", make_fact(START, Source.PLATFORM, FactKind.ANSWER, answer), urgent=True)
    await journal.durable()
    assert await journal.requests_naming("", 0, None) == ["tagged"]
    assert await journal.requests_naming("", None, "AB" * 32) == ["invoiced"]
    assert await journal.requests_naming("CD" * 32, None, None) == ["plain"]
    assert await journal.requests_naming("CD" * 32, 0, "AB" * 32) == ["plain", "invoiced", "tagged"]
    assert await journal.requests_naming("EF" * 32, 1, "EF" * 32) == []


def test_the_look_ups_use_their_indexes(path: Path) -> None:
    with closing(database.connect(path)) as db:
        for kind, expression, index in (
            ("intent", ledger_tables._TAG, "facts_tag"),
            ("intent", ledger_tables._INVOICE, "facts_invoice"),
            ("answer", ledger_tables._TXID, "facts_txid"),
        ):
            plan = db.execute(
                f"EXPLAIN QUERY PLAN SELECT identifier FROM facts WHERE kind = '{kind}'"
                f" AND {expression} = ? ORDER BY seq DESC LIMIT 5",
                ("x",),
            ).fetchall()
            assert index in str(plan), plan


async def test_a_journal_of_the_first_version_is_taken_over(path: Path) -> None:
    """Rows of before are found by the new look-ups, and a copy of the old file stays."""
    import asyncio

    scripts = database._scripts()
    path.parent.mkdir(parents=True)
    run(path, *scripts[1].rstrip().removesuffix(";").split(";\n"), "PRAGMA user_version = 1")
    order: JsonObject = make_order("old").to_json()
    value: JsonObject = {**order, "txjson": {"TransactionType": "Payment", "DestinationTag": 3}}
    first = make_fact(START, Source.OPERATOR, FactKind.INTENT, value)
    with closing(sqlite3.connect(path)) as db:
        db.execute("INSERT INTO requests VALUES ('old', NULL, 'cancelled', 1, 'then')")
        db.execute(
            "INSERT INTO facts VALUES (1, 'old', ?, 'operator', 'intent', ?, x'00')",
            (START.isoformat(), first.text),
        )
        db.execute("INSERT INTO facts VALUES (2, 'old', '', 'desk', 'intent', 'damaged {', x'00')")
        db.commit()
    journal = SqliteJournal(path)
    journal.open(asyncio.get_running_loop())
    assert await journal.requests_naming("", 3, None) == ["old"]
    assert await journal.unmatched() == []
    await journal.close()
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (database.newest_version(),)
    copy = path.with_name("journal-before-2.sqlite3")
    with closing(sqlite3.connect(copy)) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (1,)
        assert db.execute("SELECT count(*) FROM facts").fetchone() == (2,)
