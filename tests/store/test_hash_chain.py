"""The chain of hashes: whole when nobody touched it, broken at the very row that was."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from xumm_desk.core.journal_error import JournalError
from xumm_desk.store import group_commit
from xumm_desk.store.journal import SqliteJournal
from xumm_desk.store.journal_check import verify_chain

from .builders import intent, note, run, take_back


@pytest.fixture
def written(path: Path) -> Path:
    """A journal of nine rows, closed."""

    async def write() -> None:
        journal = SqliteJournal(path)
        journal.open(asyncio.get_running_loop())
        journal.append("one", intent("one"), urgent=False)
        for number in range(8):
            journal.append("one", note(number), urgent=False)
        await journal.close()

    asyncio.run(write())
    return path


def test_an_untouched_journal_is_whole(written: Path) -> None:
    before = written.read_bytes()
    assert verify_chain(written).whole
    assert written.read_bytes() == before


@pytest.mark.parametrize("column", ["identifier", "at", "witness", "kind", "text"])
def test_a_changed_cell_is_found_in_its_row(written: Path, column: str) -> None:
    run(written, f"UPDATE facts SET {column} = {column} || 'x' WHERE seq = 4")
    [sentence] = verify_chain(written).messages
    assert sentence.startswith("Row 4 of the journal (")
    assert sentence.endswith("was changed.")


def test_a_changed_hash_is_found(written: Path) -> None:
    run(written, "UPDATE facts SET hash = zeroblob(32) WHERE seq = 4")
    assert [s[:5] for s in verify_chain(written).messages] == ["Row 4"]


async def _two_more(path: Path) -> None:
    journal = SqliteJournal(path)
    journal.open(asyncio.get_running_loop())
    for number in range(2):
        journal.append("one", note(100 + number), urgent=False)
    await journal.close()


@pytest.mark.parametrize("cut", [1, 3, 9])
def test_rows_cut_off_the_end_are_missed_and_nothing_takes_their_place(
    written: Path, cut: int
) -> None:
    first = 10 - cut
    run(written, f"DELETE FROM facts WHERE seq >= {first}")
    said = f"Row {first} of the journal is missing, and all after it up to row 9."
    assert list(verify_chain(written).messages) == [said]
    asyncio.run(_two_more(written))
    assert list(verify_chain(written).messages) == [f"Row {first} of the journal is missing."]


def test_an_end_that_was_changed_is_found(written: Path) -> None:
    run(written, "UPDATE chain_end SET hash = zeroblob(32)")
    assert [s[:6] for s in verify_chain(written).messages] == ["Row 9 "]
    run(written, "UPDATE chain_end SET seq = 7")
    assert [s[:6] for s in verify_chain(written).messages] == ["Row 8 "]
    run(written, "DELETE FROM chain_end")
    assert [s[:6] for s in verify_chain(written).messages] == ["Row 1 "]
    asyncio.run(_two_more(written))
    assert verify_chain(written).whole


def test_a_journal_of_before_the_end_was_kept_gets_one(written: Path) -> None:
    take_back(written, 3)
    assert verify_chain(written).whole
    asyncio.run(_two_more(written))
    assert verify_chain(written).whole
    run(written, "DELETE FROM facts WHERE seq = 11")
    assert [s[:6] for s in verify_chain(written).messages] == ["Row 11"]


@pytest.mark.parametrize("seq", [1, 5, 8])
def test_a_deleted_row_is_found(written: Path, seq: int) -> None:
    run(written, f"DELETE FROM facts WHERE seq = {seq}")
    assert list(verify_chain(written).messages) == [f"Row {seq} of the journal is missing."]


def test_a_deleted_row_is_found_even_when_the_others_close_the_gap(written: Path) -> None:
    run(written, "DELETE FROM facts WHERE seq = 5", "UPDATE facts SET seq = seq - 1 WHERE seq > 5")
    assert [s[:5] for s in verify_chain(written).messages] == ["Row 5"]


def test_two_rows_that_changed_places_are_found(written: Path) -> None:
    run(
        written,
        "UPDATE facts SET seq = 100 WHERE seq = 4",
        "UPDATE facts SET seq = 4 WHERE seq = 5",
        "UPDATE facts SET seq = 5 WHERE seq = 100",
    )
    assert [s[:5] for s in verify_chain(written).messages] == ["Row 4"]


def test_an_inserted_row_is_found(written: Path) -> None:
    run(
        written,
        "INSERT INTO facts (seq, identifier, at, witness, kind, text, hash)"
        " SELECT 10, identifier, at, witness, kind, text, hash FROM facts WHERE seq = 9",
    )
    assert [s[:6] for s in verify_chain(written).messages] == ["Row 10"]


def test_an_appended_row_is_found_even_when_it_is_linked(written: Path) -> None:
    with closing(sqlite3.connect(written)) as db:
        row = db.execute("SELECT * FROM facts WHERE seq = 9").fetchone()
        link = group_commit.hash_link(row[6], row[1:6])
        db.execute("INSERT INTO facts VALUES (10, ?, ?, ?, ?, ?, ?)", (*row[1:6], link))
        db.commit()
    assert [s[:6] for s in verify_chain(written).messages] == ["Row 10"]


def test_what_cannot_be_checked(tmp_path: Path) -> None:
    with pytest.raises(JournalError, match="There is no journal"):
        verify_chain(tmp_path / "none")
    other = tmp_path / "text.sqlite3"
    other.write_text("This is a text about a shop, and quite a long one. " * 20)
    [said] = verify_chain(other).messages
    assert "damaged at its beginning, or is no journal" in said
    run(tmp_path / "empty.sqlite3", "CREATE TABLE something (x)")
    with pytest.raises(JournalError, match="cannot be used"):
        verify_chain(tmp_path / "empty.sqlite3")


def test_columns_cannot_be_shifted_into_each_other() -> None:
    links = {
        group_commit.hash_link(group_commit.CHAIN_START, columns)
        for columns in [("a", "b"), ("ab", ""), ("", "ab"), ("a", "b", ""), ("b", "a"), ("ab",)]
    }
    assert len(links) == 6
    assert group_commit.hash_link(b"\1" * 32, ("a",)) != group_commit.hash_link(
        group_commit.CHAIN_START, ("a",)
    )
    assert len(group_commit.hash_link(group_commit.CHAIN_START, ("half \ud83d",))) == 32
