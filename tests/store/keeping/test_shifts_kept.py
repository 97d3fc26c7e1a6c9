"""Salvage, restore and archive leave closed shifts as they are, and the open one whole."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from store.builders import START, run
from xumm_desk.core.shift import document
from xumm_desk.core.shift.report import Closing, OpenShift
from xumm_desk.core.shift.share import ShiftRules
from xumm_desk.core.state.facts import FactKind, Source, make_fact
from xumm_desk.store import database
from xumm_desk.store.journal import SqliteJournal
from xumm_desk.store.journal_check import verify_chain
from xumm_desk.store.keeping import archive, copies, restore

from .shop_journal import NOW, content, damage, fill, name_of

RULES: Final = ShiftRules(True, "TESTNET")
LATER: Final = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
TABLES: Final = {
    "shifts": "SELECT * FROM shifts ORDER BY number",
    "claims": "SELECT * FROM shift_transactions ORDER BY txid",
    "rules": "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' ORDER BY name",
}


def shifts_in(path: Path) -> dict[str, list[Any]]:
    """All that a journal holds of closed shifts."""
    with closing(sqlite3.connect(path)) as db:
        return {name: db.execute(question).fetchall() for name, question in TABLES.items()}


async def _close_shift(path: Path) -> None:
    journal = SqliteJournal(path)
    journal.open(asyncio.get_running_loop())
    found = await journal.shifts.read_open(RULES)
    at = START + timedelta(hours=found.report.span.number)
    made = document.close(found.report, Closing("Ana", at), claims=found.claims)
    assert await journal.shifts.add(made)
    await journal.close()


async def _open_shift(path: Path) -> OpenShift:
    journal = SqliteJournal(path)
    journal.open(asyncio.get_running_loop())
    try:
        return await journal.shifts.read_open(RULES)
    finally:
        await journal.close()


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three closed shifts of ten sales each, and an open one."""
    path = tmp_path_factory.mktemp("shop") / "journal.sqlite3"
    for first in (1, 11, 21):
        fill(path, 10, first=first)
        asyncio.run(_close_shift(path))
    return fill(path, 10, first=31)


def put(shop: Path, folder: Path) -> Path:
    path = folder / "journal.sqlite3"
    path.write_bytes(shop.read_bytes())
    return path


def test_closed_shifts_survive_a_salvage_as_they_are(shop: Path, tmp_path: Path) -> None:
    path = put(shop, tmp_path)
    before = shifts_in(path)
    assert len(before["shifts"]) == 3
    assert before["claims"]
    restore.salvage(path, ledger=True, now=NOW)
    assert shifts_in(path) == before
    assert verify_chain(path).whole
    asyncio.run(_close_shift(path))
    assert len(shifts_in(path)["shifts"]) == 4, "the next one follows"


def test_closed_shifts_survive_a_restore_as_they_are(shop: Path, tmp_path: Path) -> None:
    path = put(shop, tmp_path)
    copy = copies.make_copy(path, NOW.date(), keep_days=14)
    fill(path, 3, first=41)
    asyncio.run(_close_shift(path))
    before = shifts_in(path)
    restore.restore(path, copy, ledger=True, now=NOW)
    assert shifts_in(path) == before


@pytest.mark.parametrize("seed", range(12))
def test_a_shift_that_damage_took_is_named_and_no_other_is_lost_with_it(
    shop: Path, tmp_path: Path, seed: int
) -> None:
    path = tmp_path / "journal.sqlite3"
    damage(shop, path, seed, pages=3)
    report = restore.salvage(path, ledger=True, now=NOW)
    before, after = shifts_in(shop), shifts_in(path)
    assert after["rules"] == before["rules"]
    assert set(after["shifts"]) <= set(before["shifts"])
    assert set(after["claims"]) <= set(before["claims"])
    with closing(database.connect(path)) as db:
        (beyond,) = db.execute("SELECT max(seq) FROM chain_end").fetchone()
    if after["shifts"]:
        assert beyond >= after["shifts"][-1][2], "new facts never fall into a closed shift"
        lost = after["shifts"][-1][0] - len(after["shifts"])
        assert report.other_rows >= lost


def test_one_lost_shift_takes_none_after_it(shop: Path, tmp_path: Path) -> None:
    path = put(shop, tmp_path)
    run(path, "DROP TRIGGER shifts_not_deleted", "DELETE FROM shifts WHERE number = 2")
    report = restore.salvage(path, ledger=True, now=NOW)
    after = shifts_in(path)
    assert [row[0] for row in after["shifts"]] == [1, 3]
    assert after["claims"] == shifts_in(shop)["claims"], "what was counted never counts again"
    assert after["rules"] == shifts_in(shop)["rules"]
    assert report.other_rows == 1


def test_archiving_leaves_closed_shifts_and_the_open_one_as_they_are(
    shop: Path, tmp_path: Path
) -> None:
    path = put(shop, tmp_path)
    before, opened = shifts_in(path), asyncio.run(_open_shift(path))
    report = archive.archive(path, LATER, tmp_path / "archive.jsonl", now=LATER)
    assert report.requests == 20, "all that is paid of the closed shifts"
    left = {row[0] for row in content(path)["requests"]}
    assert {name_of(number) for number in range(31, 41)} <= left
    assert shifts_in(path) == before
    assert asyncio.run(_open_shift(path)) == opened
    assert verify_chain(path).whole, verify_chain(path).messages


def test_a_sale_of_a_closed_shift_with_news_in_the_open_one_stays(
    shop: Path, tmp_path: Path
) -> None:
    path = put(shop, tmp_path)

    async def note() -> None:
        journal = SqliteJournal(path)
        journal.open(asyncio.get_running_loop())
        fact = make_fact(START, Source.DESK, FactKind.SOCKET_LOST, {"why": "late"})
        journal.append(name_of(1), fact, urgent=True)
        await journal.durable()
        await journal.close()

    asyncio.run(note())
    archive.archive(path, LATER, tmp_path / "archive.jsonl", now=LATER)
    left = {row[0] for row in content(path)["requests"]}
    assert name_of(1) in left
    assert name_of(2) not in left


def test_where_no_shift_was_ever_closed_archiving_goes_by_age(tmp_path: Path) -> None:
    path = fill(tmp_path / "journal.sqlite3", 10)
    report = archive.archive(path, LATER, tmp_path / "archive.jsonl", now=LATER)
    assert report.requests == 7
