"""Which requests refund a sale is found by index, among all that ever were."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from xumm_desk.core.sale.sale import Sale
from xumm_desk.core.state.facts import Fact, FactKind, Source, make_fact
from xumm_desk.store import database, ledger_tables
from xumm_desk.store.journal import SqliteJournal
from xumm_desk.store.journal_reader import JournalReader

from .builders import START, make_order, take_back

pytestmark = pytest.mark.anyio


def intent(name: str, refund_of: str = "") -> Fact:
    """The first fact of a sale, or of a refund."""
    blob = Sale(number=7, refund_of=refund_of).to_blob()
    spec = make_order(name, custom_meta={"identifier": name, "blob": blob})
    return make_fact(START, Source.OPERATOR, FactKind.INTENT, spec.to_json())


async def test_refunds_are_found_by_their_sale_after_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite3"
    journal = SqliteJournal(path)
    journal.open(asyncio.get_running_loop())
    for name, sale in (("s1", ""), ("r1", "s1"), ("s2", ""), ("r2", "s1"), ("r3", "s2")):
        journal.append(name, intent(name, sale), urgent=True)
    await journal.durable()
    await journal.close()
    journal = SqliteJournal(path)
    journal.open(asyncio.get_running_loop())
    try:
        assert await journal.refunds_of(["s1"]) == ["r1", "r2"]
        assert await journal.refunds_of(["s2", "s1"]) == ["r1", "r2", "r3"]
        assert await journal.refunds_of(["r1"]) == []
        many = [f"none-{number}" for number in range(1200)]
        assert await journal.refunds_of([*many, "s2"]) == ["r3"]
        assert await journal.refunds_of([]) == []
    finally:
        await journal.close()
    with JournalReader(path) as reader:
        assert [name for name, _ in reader.refunds_of("s1")] == ["r1", "r2"]


def test_the_question_uses_the_index(tmp_path: Path) -> None:
    with closing(database.connect(tmp_path / "journal.sqlite3")) as db:
        asked: list[str] = []
        db.set_trace_callback(asked.append)
        ledger_tables.refunds_of(db, ["s1", "s2"])
        db.set_trace_callback(None)
        [plan] = db.execute(f"EXPLAIN QUERY PLAN {asked[0]}").fetchall()
    assert "USING INDEX facts_refund_of" in plan[3]


def test_a_journal_of_an_older_program_is_indexed_when_it_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite3"
    database.connect(path).close()
    take_back(path, 6)
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute(
            "INSERT INTO requests (identifier, status, created_at) VALUES ('r1', 'paid', 'x')"
        )
        for text in (intent("r1", "s1").text, "no json"):
            db.execute(
                "INSERT INTO facts (identifier, at, witness, kind, text, hash)"
                " VALUES ('r1', 'x', 'operator', 'intent', ?, x'00')",
                (text,),
            )
    with closing(database.connect(path)) as db:
        assert ledger_tables.refunds_of(db, ["s1"]) == ["r1"]
        with pytest.raises(sqlite3.OperationalError):
            db.execute("CREATE INDEX facts_refund_of ON facts (kind)")
