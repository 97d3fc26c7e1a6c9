"""Salvage of a journal that was archived, salvaged and damaged before: its chain is whole again.

Which rows share a page depends on the tables of the day, so besides pages also single rows are
lost here, those that explain what is missing among them.
"""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest

from store.builders import run
from xumm_desk.store.journal_check import verify_chain
from xumm_desk.store.keeping import archive, restore

from .shop_journal import NOW, damage, fill

COUNT: Final = 12
LATER: Final = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
CHAIN: Final = ("chain_end", "chain_records", "chain_gaps", "chain_anchors")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A journal of which some sales were archived."""
    folder = tmp_path_factory.mktemp("shop")
    path = fill(folder / "journal.sqlite3", COUNT)
    before = datetime(2026, 1, 1, 12, 6, tzinfo=UTC)
    assert archive.archive(path, before, folder / "archive.jsonl", now=LATER).requests
    return path


def lose_rows(path: Path, chance: random.Random) -> None:
    """Rows are gone as if their pages were damaged, and some facts are not what was written."""
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA secure_delete = ON")
        for table in CHAIN:
            share = chance.choice((0, 0, 30, 60, 100))
            for (row,) in db.execute(f"SELECT rowid FROM {table}").fetchall():
                if chance.randrange(100) < share:
                    db.execute(f"DELETE FROM {table} WHERE rowid = ?", (row,))
        seqs = [row[0] for row in db.execute("SELECT seq FROM facts ORDER BY seq")]
        for _ in range(chance.randrange(3)):
            place = chance.choice((chance.randrange(len(seqs)), len(seqs) - 1))
            lost = [(seq,) for seq in seqs[place : place + chance.randrange(1, 4)]]
            db.executemany("DELETE FROM facts WHERE seq = ?", lost)
        if chance.randrange(2):
            changed = (chance.choice(seqs),)
            db.execute("UPDATE facts SET text = replace(text, '1', '2') WHERE seq = ?", changed)
        db.commit()


def named_and_there(path: Path) -> tuple[set[int], set[int], int]:
    """The numbers in gaps, those of rows, and the last of the chain."""
    with closing(sqlite3.connect(path)) as db:
        gaps = db.execute("SELECT first_seq, last_seq FROM chain_gaps").fetchall()
        rows = db.execute("SELECT seq FROM facts UNION ALL SELECT seq FROM chain_records")
        there = {row[0] for row in rows}
        (end,) = db.execute("SELECT seq FROM chain_end").fetchone()
    return {seq for first, last in gaps for seq in range(first, last + 1)}, there, end


def check(path: Path) -> None:
    found = verify_chain(path)
    assert found.whole, found.messages
    named, there, end = named_and_there(path)
    assert not named & there, "nothing is said to be missing that is there"
    assert named | there == set(range(1, end + 1))


@pytest.mark.parametrize("first", range(0, 120, 10))
def test_whatever_rows_are_lost_the_chain_names_every_gap(
    shop: Path, tmp_path: Path, first: int
) -> None:
    path = tmp_path / "journal.sqlite3"
    for seed in range(first, first + 10):
        chance = random.Random(seed)
        shutil.copy(shop, path)
        for _ in range(3):
            lose_rows(path, chance)
            restore.salvage(path, ledger=True, now=NOW)
            check(path)


@pytest.mark.parametrize("first", range(0, 60, 10))
def test_whatever_pages_are_damaged_the_chain_names_every_gap(
    shop: Path, tmp_path: Path, first: int
) -> None:
    path = tmp_path / "journal.sqlite3"
    for seed in range(first, first + 10):
        shutil.copy(shop, path)
        for step in range(3):
            damage(path, tmp_path / "damaged", 10 * seed + step, pages=2)
            os.replace(tmp_path / "damaged", path)
            restore.salvage(path, ledger=True, now=NOW)
            check(path)


def test_each_page_of_a_salvaged_journal_may_be_damaged(shop: Path, tmp_path: Path) -> None:
    once = tmp_path / "once.sqlite3"
    shutil.copy(shop, once)
    run(once, "DELETE FROM facts WHERE seq BETWEEN 40 AND 44")
    restore.salvage(once, ledger=True, now=NOW)
    path = tmp_path / "journal.sqlite3"
    whole = once.read_bytes()
    for at in range(0, len(whole), 4096):
        path.write_bytes(whole[:at] + bytes(4096) + whole[at + 4096 :])
        restore.salvage(path, ledger=True, now=NOW)
        check(path)


def test_a_sale_after_a_salvage_takes_no_number_that_was_lost(shop: Path, tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite3"
    shutil.copy(shop, path)
    run(path, "DELETE FROM facts WHERE seq > 60", "DELETE FROM chain_end")
    run(path, "DELETE FROM chain_records")
    with closing(sqlite3.connect(path)) as db:
        (record,) = db.execute("SELECT max(record) FROM chain_gaps").fetchone()
    report = restore.salvage(path, ledger=True, now=NOW)
    assert report.lost
    assert named_and_there(path)[2] == record + 1
    with closing(sqlite3.connect(path)) as db:
        (next_number,) = db.execute("SELECT last_number + 1 FROM sale_numbers").fetchone()
    fill(path, 2, first=next_number)
    check(path)
