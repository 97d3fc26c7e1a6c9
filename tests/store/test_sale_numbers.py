"""Each sale number is handed out once, whatever ends the program."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from xumm_desk.store import database, sale_numbers
from xumm_desk.store.journal import SqliteJournal

pytestmark = pytest.mark.anyio


async def test_numbers_run_from_one_in_each_count(tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path / "journal.sqlite3")
    journal.open(asyncio.get_running_loop())
    try:
        numbers = [await journal.reserve_sale_number("1|") for _ in range(3)]
        assert numbers == [1, 2, 3]
        assert await journal.reserve_sale_number("1|2026-11-30") == 1
        assert await journal.reserve_sale_number("2|") == 1
    finally:
        await journal.close()


async def test_a_number_is_not_given_again_after_a_restart(tmp_path: Path) -> None:
    for expected in (1, 2, 3):
        journal = SqliteJournal(tmp_path / "journal.sqlite3")
        journal.open(asyncio.get_running_loop())
        assert await journal.reserve_sale_number("1|") == expected
        await journal.close()


def test_two_programs_on_one_journal_never_share_a_number(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite3"
    with (
        closing(database.connect(path)) as one,
        closing(sqlite3.connect(path, isolation_level=None)) as other,
    ):
        found = [sale_numbers.reserve(db, "1|") for db in (one, other, other, one)]
    assert found == [1, 2, 3, 4]
