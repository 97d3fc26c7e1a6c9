"""A damaged file is never called whole: what is damaged, and what of it can still be read."""

from __future__ import annotations

import asyncio
import random
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from ordinary_user import ordinary_user

from xumm_desk.core.journal_error import JournalError
from xumm_desk.store import database
from xumm_desk.store.journal import SqliteJournal
from xumm_desk.store.journal_check import verify_chain

from .builders import intent, note, run

PAGE = 4096


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A journal of 30 requests with some facts each, all of it in one file."""
    path = tmp_path_factory.mktemp("journal") / "journal.sqlite3"

    async def write() -> None:
        journal = SqliteJournal(path)
        journal.open(asyncio.get_running_loop())
        for number in range(30):
            journal.append(f"sale-{number:02d}", intent(f"sale-{number:02d}"), urgent=False)
            for count in range(6):
                journal.append(f"sale-{number:02d}", note(count), urgent=False)
        await journal.close()

    asyncio.run(write())
    run(path, "PRAGMA wal_checkpoint(TRUNCATE)")
    return path


def pages(path: Path) -> int:
    return path.stat().st_size // PAGE


def damaged(whole: Path, folder: Path, page: int, seed: int) -> Path:
    """A copy with one page overwritten."""
    copy = folder / f"page-{page}.sqlite3"
    shutil.copy(whole, copy)
    with copy.open("r+b") as file:
        file.seek((page - 1) * PAGE)
        file.write(random.Random(seed).randbytes(PAGE))
    return copy


def refused(path: Path) -> bool:
    """Whether the program itself will not use it."""
    try:
        database.connect(path).close()
    except JournalError:
        return True
    return False


def test_whatever_the_program_refuses_is_not_whole(whole: Path, tmp_path: Path) -> None:
    assert verify_chain(whole).whole
    told, unusable = 0, 0
    for page in range(1, pages(whole) + 1):
        copy = damaged(whole, tmp_path, page, seed=page)
        before = copy.read_bytes()
        report = verify_chain(copy)
        assert copy.read_bytes() == before
        told += not report.whole
        if refused(copy):
            unusable += 1
            assert not report.whole, f"page {page}"
            assert all(sentence.endswith(".") for sentence in report.messages), report.messages
    assert unusable > 10
    assert told >= unusable


def root_of(path: Path, name: str) -> int:
    with closing(sqlite3.connect(path)) as db:
        (page,) = db.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = ?", (name,)
        ).fetchone()
    return int(page)


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ("facts_request", "The index facts_request of the table facts is damaged"),
        ("requests", "The table requests is damaged"),
        ("unmatched", "The table unmatched is damaged"),
        ("chain_end", "The table chain_end is damaged"),
    ],
)
def test_the_damaged_part_is_named(whole: Path, tmp_path: Path, part: str, words: str) -> None:
    report = verify_chain(damaged(whole, tmp_path, root_of(whole, part), seed=1))
    assert any(words in sentence for sentence in report.messages), report.messages
    assert (report.rows, report.readable, report.lost) == (210, 210, ())
    assert report.remaining_text == "210 of 210 rows of the journal can be read."


def test_what_can_be_read_of_the_facts(whole: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(whole)) as db:
        [*leaves] = [
            page
            for (page,) in db.execute(
                "SELECT pageno FROM dbstat WHERE name = 'facts' AND pagetype = 'leaf'"
            )
        ]
    report = verify_chain(damaged(whole, tmp_path, leaves[len(leaves) // 2], seed=1))
    assert any("The table facts is damaged" in sentence for sentence in report.messages)
    [(first, last)] = report.lost
    assert 1 < first < last < 210
    assert (report.rows, report.readable) == (210, 210 - (last - first + 1))
    assert f"Rows that cannot be read: {first} to {last}." in report.remaining_text


def test_the_first_page_is_lost(whole: Path, tmp_path: Path) -> None:
    report = verify_chain(damaged(whole, tmp_path, 1, seed=1))
    assert not report.whole
    assert report.readable == 0


def test_a_copy_in_a_folder_that_cannot_be_written(whole: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.sqlite3"
    shutil.copy(whole, copy)
    with ordinary_user(copy, tmp_path):
        assert verify_chain(copy).whole
    assert [one.name for one in tmp_path.iterdir()] == ["copy.sqlite3"]
